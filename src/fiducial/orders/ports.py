"""What orders ask of rooms above them: may this run be authorised, may it be closed, what do others know of it.

The implementations and their order are tuples in `app.py`, for the order is part of the contract (spec 02.7, 02.8).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from sqlalchemy import ColumnElement

from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx

RunRow = Any
"""A row of the table `run`, all columns."""


@dataclass(frozen=True, slots=True)
class CheckOutcome:
    """What a check says. `refused` says no, and what the checks have written by then stays (spec 02.7: the FORMAL check
    of the attempt); a check that must leave nothing raises `Refused` instead."""

    refused: Refused | None = None
    check_id: int | None = None  # of readiness
    fai_id: int | None = None
    authorization_type: str | None = None  # MRB_OVERRIDE when a decision of the MRB stands in for a first article
    readiness: Mapping[str, Any] | None = None  # {checkId, status, waivedCount} for the answer


class AuthorizeCheck(Protocol):
    """One question that is asked before a run is authorised."""

    def check(self, tx: Tx, run: RunRow) -> CheckOutcome:
        """Judge inside the authorising transaction, which holds the run's row lock."""

    def foresee(self, tx: Tx, run: RunRow) -> str | None:
        """Give the code that would refuse now, None when nothing is known that would. Reads only: for pages and `nextActions`."""


@dataclass(frozen=True, slots=True)
class Finishing:
    """What a check says when the last unit has become terminal. `due`: what must be done first (the `oqc` of spec 05.5);
    `released`: an inspection has passed the run, so that it completes whatever is set of runs without one."""

    due: Mapping[str, Any] | None = None
    released: bool = False


class CloseCheck(Protocol):
    """One question that is asked before a run ends (last piece, outgoing inspection)."""

    def at_close(self, tx: Tx, run: RunRow) -> CheckOutcome:
        """Judge a close-out (spec 02.8 steps 6, 7); what was written stays when it refuses: the created inspection."""

    def at_finish(self, tx: Tx, run: RunRow) -> Finishing:
        """The last unit has become terminal and the run has `planQty` units: give what must be done before it may complete."""

    def foresee(self, tx: Tx, run: RunRow) -> str | None:
        """Give the code that would refuse a close-out now. Reads only."""


class RunEnd(Protocol):
    """Who must hear that a run has ended, in the transaction that ends it: open inspections, loading records, time rules."""

    def ended(self, tx: Tx, run: RunRow, status: str) -> None:
        """The run, locked, has become `status` (COMPLETED, CLOSED_REWORK, SCRAPPED, CANCELLED); end what belongs to it."""


class Reuse(Protocol):
    """Who takes preparation over from a failed run to the rework run that reuses it (spec 02.10 step 4): slots, waivers."""

    def take_over(self, tx: Tx, parent: RunRow, run: RunRow) -> None:
        """Copy what still holds; both runs are locked, the gates are evaluated after it."""


class RunReadiness(Protocol):
    """What readiness knows of runs, for details and lists."""

    def standing(self, tx: Tx, run: RunRow) -> Refused | None:
        """Give None when the newest FORMAL check is PASSED and not invalidated, else READINESS_CHECK_FAILED. Reads only."""

    def check_now(self, tx: Tx, run: RunRow, trigger: str) -> CheckOutcome:
        """Make a FORMAL check now and keep it; `refused` is READINESS_CHECK_FAILED. Refuses READINESS_NOT_CONFIGURED."""

    def detail(self, tx: Tx, run: RunRow) -> Mapping[str, Any]:
        """Give `{latestFormal, latestPrecheck, stale, enabled}` (spec 02.11)."""

    def latest_items(self, tx: Tx, run: RunRow) -> Mapping[str, Any] | None:
        """Give the newest check with its items in the reader's language (spec 03.5), for the run's page; None without one."""

    def latest_status(self, run_id: ColumnElement[int]) -> ColumnElement[str | None]:
        """Give an expression: status of the latest check of any type of a run."""

    def latest_is_stale(self, run_id: ColumnElement[int], now: int) -> ColumnElement[bool]:
        """Give an expression: whether that check no longer tells what is (invalidated, or evidence has run out)."""


class RunSection(Protocol):
    """One part of a run's details that another room knows: `fai`, `oqc`, `loading`, `timeRules` (spec 02.11)."""

    def of_run(self, tx: Tx, run: RunRow) -> Any:
        """Give the part as it stands on the wire."""


class RunPart(Protocol):
    """One part of a run's page that another room shows (spec 14.2): a card among the others, or a tab of its own."""

    @property
    def template(self) -> str:
        """Give the template, which finds what `of_page` gave as `part`."""

    @property
    def tab(self) -> str | None:
        """Give the key of its tab (its label is `label()`); None: it stands on the first tab."""

    def label(self) -> str:
        """Give the name of its tab in the reader's language."""

    def of_page(self, tx: Tx, run: RunRow, query: Mapping[str, str]) -> Mapping[str, Any] | None:
        """Give what the template shows; None when there is nothing to show to this reader. `query` is the page's."""


@dataclass(slots=True)
class _Wires:
    authorize: Sequence[AuthorizeCheck] = ()
    close: Sequence[CloseCheck] = ()
    ends: Sequence[RunEnd] = ()
    reuse: Sequence[Reuse] = ()
    readiness: RunReadiness | None = None
    sections: Mapping[str, RunSection] = field(default_factory=dict)
    parts: Sequence[RunPart] = ()


_wires = _Wires()


def wire(
    *,
    authorize_checks: Sequence[AuthorizeCheck],
    readiness: RunReadiness,
    close_checks: Sequence[CloseCheck] = (),
    sections: Mapping[str, RunSection] | None = None,
    ends: Sequence[RunEnd] = (),
    reuse: Sequence[Reuse] = (),
    parts: Sequence[RunPart] = (),
) -> None:
    """Give orders the rooms above (from `app.py`): readiness is asked first, then the first article."""
    if not authorize_checks:
        raise ValueError("a run may not be authorised without a check")
    _wires.authorize, _wires.close = tuple(authorize_checks), tuple(close_checks)
    _wires.readiness, _wires.sections = readiness, dict(sections or {})
    _wires.ends, _wires.reuse = tuple(ends), tuple(reuse)
    _wires.parts = tuple(parts)


def authorize_checks() -> Sequence[AuthorizeCheck]:
    """Give the questions before an authorisation, in order."""
    if not _wires.authorize:
        raise RuntimeError("orders are not wired: no check before an authorisation")
    return _wires.authorize


def close_checks() -> Sequence[CloseCheck]:
    """Give the questions before a close-out, in order."""
    return _wires.close


def tell_ended(tx: Tx, run: RunRow, status: str) -> None:
    """Let everybody end what belongs to a run that has just ended; the caller holds its lock."""
    for end in _wires.ends:
        end.ended(tx, run, status)


def take_over(tx: Tx, parent: RunRow, run: RunRow) -> None:
    """Have the preparation of a failed run taken over to its rework run."""
    for part in _wires.reuse:
        part.take_over(tx, parent, run)


def readiness() -> RunReadiness:
    """Give what readiness knows of runs."""
    if _wires.readiness is None:
        raise RuntimeError("orders are not wired: no readiness")
    return _wires.readiness


def section(name: str) -> RunSection | None:
    """Give who knows a part of a run's details; None while that room is not built."""
    return _wires.sections.get(name)


def parts() -> Sequence[RunPart]:
    """Give what other rooms show on a run's page, in order."""
    return _wires.parts
