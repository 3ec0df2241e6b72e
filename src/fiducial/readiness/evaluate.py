"""One judgement of all gates of a run at one moment (spec 03.4). Nothing is written here; `checks.py` keeps it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.plant.lookup import LineRow, line_of_id
from fiducial.readiness.config import LineConfig, config_of
from fiducial.readiness.gates import BY_TYPE
from fiducial.readiness.items import Failed, Item, NotApplicable, Passed, RunRow, fingerprint_of
from fiducial.readiness.waivers import Waiver, matching_waiver

PASSED, FAILED, WAIVED = "PASSED", "FAILED", "WAIVED"


@dataclass(frozen=True, slots=True)
class Judged:
    """One item as it is kept."""

    gate: str
    key: str
    status: str
    applicable: bool
    cause: str | None
    fingerprint: str | None
    evidence: dict[str, Any]
    until: int | None
    waiver: Waiver | None = None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What all enabled gates say of a run now."""

    config: LineConfig
    line: LineRow
    items: tuple[Judged, ...]

    @property
    def status(self) -> str:
        """PASSED if no item is FAILED and at least one really applied; an empty set is not a pass."""
        if any(item.status == FAILED for item in self.items):
            return FAILED
        return PASSED if any(item.applicable for item in self.items) else FAILED

    @property
    def next_expiry_at(self) -> int | None:
        """Give the earliest instant at which a PASSED or WAIVED item ceases to be so."""
        ends = [item.until for item in self.items if item.status != FAILED and item.until is not None]
        return min(ends, default=None)


def config_for(tx: Tx, run: RunRow) -> tuple[LineRow, LineConfig]:
    """Give the line of a run and its gates. Refuses RUN_LINE_NOT_SET, READINESS_NOT_CONFIGURED."""
    line = line_of_id(tx, run.line_id) if run.line_id is not None else None
    if line is None:
        raise Refused("RUN_LINE_NOT_SET", runNo=run.run_no)
    config = config_of(tx, line.id, line.process_type)
    if not config.enabled:
        raise Refused("READINESS_NOT_CONFIGURED", lineCode=line.code)
    return line, config


def evaluate(tx: Tx, run: RunRow) -> Judgement:
    """Ask every enabled gate of the run's line now.

    In a write the run's row must be locked by the caller, and what the gates read is held. Refuses RUN_LINE_NOT_SET,
    READINESS_NOT_CONFIGURED. Spec 03.4.
    """
    line, config = config_for(tx, run)
    items: list[Judged] = []
    for gate in config.enabled:
        judged = [_judge(tx, run, gate, item) for item in _answers(tx, run, gate, line)]
        items += sorted(judged, key=lambda item: (item.status != FAILED, item.key))
    return Judgement(config, line, tuple(items))


def _answers(tx: Tx, run: RunRow, gate: str, line: LineRow) -> Sequence[Item]:
    built = BY_TYPE.get(gate)
    if built is None:
        return [
            Failed(
                key=line.code,
                cause="GATE_NOT_BUILT",
                evidence={"source": "SYSTEM", "gate": gate, "lineCode": line.code},
            )
        ]
    answers = built.check(tx, run)
    return answers or [Failed(key=line.code, cause="GATE_GAVE_NOTHING", evidence={"source": "SYSTEM", "gate": gate})]


def _judge(tx: Tx, run: RunRow, gate: str, item: Item) -> Judged:
    evidence = dict(item.evidence)
    if isinstance(item, Passed):
        return Judged(gate, item.key, PASSED, True, None, None, evidence, item.until)
    if isinstance(item, NotApplicable):
        return Judged(gate, item.key, PASSED, False, None, None, evidence | {"notApplicable": item.why}, None)
    fingerprint = fingerprint_of(gate, item)
    waiver = matching_waiver(tx, run, gate=gate, key=item.key, cause=item.cause, fingerprint=fingerprint)
    if waiver is not None:
        return Judged(gate, item.key, WAIVED, True, item.cause, fingerprint, evidence, waiver.valid_until, waiver)
    return Judged(gate, item.key, FAILED, True, item.cause, fingerprint, evidence, None)
