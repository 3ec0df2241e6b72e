"""What execution asks of rooms above it, place by place in the order of the guards (spec 05.4, 05.5).

The implementations and their order are tuples in `app.py`. Two things differ: a guard raises `Refused` and so undoes the
act; an effect writes in the same transaction, so that its fault undoes the act too. Rooms that are not built yet have no
entry: their guards are not asked.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from fiducial.execution.answers import Warned
from fiducial.execution.standing import Run, Station, Unit
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.routing.frozen import FrozenRoute, FrozenStep


@dataclass(frozen=True, slots=True)
class Entering:
    """A unit at the door of a station: every guard before this one has let it pass."""

    station: Station
    run: Run
    unit: Unit
    route: FrozenRoute
    step: FrozenStep
    tool_codes: Sequence[str] = ()
    keep: dict[str, Any] = field(default_factory=dict)  # what a guard wants kept with the track, by its name there


@dataclass(frozen=True, slots=True)
class Given:
    """What the person at the station said of a fault: `code` with `location`, `qty` and `remark`."""

    code: str
    location: str | None = None
    qty: int = 1
    remark: str | None = None


@dataclass(frozen=True, slots=True)
class Leaving:
    """A unit on its way out. `result` is the one that counts, `defects` what the body named."""

    station: Station
    run: Run
    unit: Unit
    route: FrozenRoute
    step: FrozenStep
    track_id: int
    result: str
    defects: Sequence[Given] = ()


@dataclass(slots=True)
class Outcome:
    """What the effects of a track-out add to its answer."""

    defects: list[dict[str, Any]] = field(default_factory=list)
    closed_rework_tasks: list[str] = field(default_factory=list)
    oqc: Mapping[str, Any] | None = None
    warnings: list[Warned] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Trial:
    """An open trial: the first article being inspected (spec 05.4, trial gate)."""

    fai_id: int


class EquipmentGuard(Protocol):
    """Guard 5: the equipment of the station may work (spec 05.10)."""

    def check(self, tx: Tx, station: Station) -> Sequence[Warned]:
        """Give warnings; refuses TPM_EQUIPMENT_UNAVAILABLE, TPM_MAINTENANCE_IN_PROGRESS, EQUIPMENT_IN_MAINTENANCE."""

    def status(self, tx: Tx, station: Station) -> Mapping[str, Any]:
        """Give `{status, blocked, reason}` for the head of the queue."""


class TrialGate(Protocol):
    """Guards 13, 19 and 20 for a run in PREP: is its first article being made?"""

    def open(self, tx: Tx, run: Run) -> Trial:
        """Give the trial; refuses FAI_TRIAL_NOT_READY, RUN_NOT_AUTHORIZED, READINESS_CHECK_FAILED."""

    def admit(self, tx: Tx, trial: Trial, entering: Entering) -> None:
        """Refuse FAI_TRIAL_LIMIT_REACHED when the sample is full; takes the lock of the first article while it counts."""

    def runs_in_trial(self, tx: Tx, line_id: int) -> Sequence[int]:
        """Give the runs of a line that are in PREP with a first article being inspected, for the queue."""


class StartGuard(Protocol):
    """Guard 13 for the first board of an authorised run: does what the run was authorised on still hold? (spec 03.8)"""

    def fallen_back(self, tx: Tx, run: Run) -> Refused | None:
        """Give RUN_NOT_AUTHORIZED when it does not, and have taken the authorisation back; None when it does.

        The caller has the run alone.
        """


class TrackInGuard(Protocol):
    """Guards 22 to 24, in that order: tools and test program, slots, first piece of the segment."""

    def check(self, tx: Tx, entering: Entering) -> Sequence[Warned]:
        """Give warnings; refuses with the codes of its room."""


class TrackInEffect(Protocol):
    """What else is true once a unit is in: a result that a machine sent before it came finds its visit (spec 08.3.6)."""

    def apply(self, tx: Tx, entering: Entering, track_id: int) -> None:
        """Write, in the transaction of the track-in."""


class Verdict(Protocol):
    """Something that turns a PASS into a FAIL at track-out (spec 05.8)."""

    def forces_fail(self, tx: Tx, leaving: Leaving) -> Sequence[Mapping[str, Any]]:
        """Give `{kind, reference}` of each reason; empty when there is none."""

    def of_track(self, tx: Tx, track_id: int) -> Sequence[Mapping[str, Any]]:
        """Give `{kind, result, eventTime, reference}` of what is known of an open track, for the form."""


class TrackOutGuard(Protocol):
    """Guards 14 (test record) and 15 (strict defect codes) of a track-out, in that order."""

    def check(self, tx: Tx, leaving: Leaving) -> None:
        """Refuse with the codes of its room."""


class TrackOutEffect(Protocol):
    """What else is true once the unit is out (spec 05.5, points 4 and 5): rework closed, tools counted, first piece noted."""

    def apply(self, tx: Tx, leaving: Leaving, outcome: Outcome) -> None:
        """Write, and add to the outcome what the answer shall tell."""


class DefectBook(Protocol):
    """Where faults are kept. A unit is never OUT_FAILED without a row there (spec 05.5, point 3)."""

    def record(self, tx: Tx, leaving: Leaving) -> list[dict[str, Any]]:
        """Write the defects of a FAIL; give `{id, code}` of each. Adds STATION_FAIL when nothing else tells why."""

    def open_of(self, tx: Tx, unit_ids: Sequence[int]) -> Mapping[int, Sequence[Mapping[str, Any]]]:
        """Give the open defects of units: `{id, defectNo, code, codeName, location, qty, stepNo}` of each."""

    def on_track(self, tx: Tx, track_id: int) -> bool:
        """Tell whether a defect was recorded on this visit."""

    def choices(self, tx: Tx, operation_code: str) -> Sequence[tuple[str, str, str]]:
        """Give `(code, name, English name)` of the active defect codes, those of the operation first."""


@dataclass(frozen=True, slots=True)
class Wires:
    """Everything that is wired to execution, in the order in which it is asked."""

    defects: DefectBook
    equipment: EquipmentGuard | None = None
    trial: TrialGate | None = None
    start: StartGuard | None = None
    track_in: tuple[TrackInGuard, ...] = ()
    entered: tuple[TrackInEffect, ...] = ()
    verdicts: tuple[Verdict, ...] = ()
    track_out: tuple[TrackOutGuard, ...] = ()
    effects: tuple[TrackOutEffect, ...] = ()


_wires: list[Wires] = []


def wire(wires: Wires) -> None:
    """Give execution the rooms above it (from `app.py`)."""
    _wires[:] = [wires]


def wired() -> Wires:
    """Give what is wired; a fault of ours when nothing is."""
    if not _wires:
        raise RuntimeError("execution is not wired: nobody would write the defects of a FAIL")
    return _wires[0]
