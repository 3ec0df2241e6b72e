"""One judgement of all gates of a run at one moment (spec 03.4). Nothing is written here; `checks.py` keeps it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, select

from fiducial.kit.refusals import Refused
from fiducial.kit.set_backs import set_backs_of
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.orders.tables import work_orders
from fiducial.plant.lookup import LineRow, line_of_id
from fiducial.readiness.config import LineConfig, config_of
from fiducial.readiness.gates import BY_TYPE
from fiducial.readiness.items import (
    Case,
    Failed,
    Item,
    NotApplicable,
    Passed,
    RunRow,
    WaivedElsewhere,
    fingerprint_of,
)
from fiducial.readiness.standing import Standing, standing_waivers
from fiducial.routing.frozen import frozen_route

PASSED, FAILED, WAIVED = "PASSED", "FAILED", "WAIVED"
MANUAL = "MANUAL"


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
    until: int | None = None
    waiver_id: int | None = None

    @property
    def source(self) -> str | None:
        """Give where its evidence comes from: AUTO, MANUAL or SYSTEM."""
        source: str | None = self.evidence.get("source")
        return source

    @property
    def not_needed(self) -> bool:
        """Tell whether a person said that it does not concern this run."""
        return not self.applicable and self.evidence.get("by") is not None


@dataclass(frozen=True, slots=True)
class Judgement:
    """What all enabled gates say of a run now."""

    config: LineConfig
    line: LineRow
    items: tuple[Judged, ...]

    @property
    def status(self) -> str:
        """PASSED if no item is FAILED and at least one item really applied; an empty set is not a pass."""
        if any(item.status == FAILED for item in self.items):
            return FAILED
        return PASSED if any(item.applicable for item in self.items) else FAILED

    @property
    def next_expiry_at(self) -> int | None:
        """Give the earliest instant at which a PASSED or WAIVED item ceases to be so."""
        ends = [item.until for item in self.items if item.status != FAILED and item.until is not None]
        return min(ends, default=None)

    def counts(self) -> dict[str, int]:
        """Give how many items are so, by the columns of the check."""
        return {
            "total": len(self.items),
            "passed": sum(item.status == PASSED for item in self.items),
            "failed": sum(item.status == FAILED for item in self.items),
            "waived": sum(item.status == WAIVED for item in self.items),
            "not_applicable": sum(not item.applicable for item in self.items),
            "manual": sum(item.source == MANUAL for item in self.items),
            "not_needed": sum(item.not_needed for item in self.items),
            "superseded": sum("superseded" in item.evidence for item in self.items),
        }


def config_for(tx: Tx, run: RunRow) -> tuple[LineRow, LineConfig]:
    """Give the line of a run and its gates. Refuses RUN_LINE_NOT_SET, READINESS_NOT_CONFIGURED."""
    line = line_of_id(tx, run.line_id) if run.line_id is not None else None
    if line is None:
        raise Refused("RUN_LINE_NOT_SET", runNo=run.run_no)
    config = config_of(tx, line.id, line.process_type)
    if not config.enabled:
        raise Refused("READINESS_NOT_CONFIGURED", lineCode=line.code)
    return line, config


_product_of = Hot(select(work_orders.c.product_code).where(work_orders.c.id == bindparam("key")))


def evaluate(tx: Tx, run: RunRow) -> Judgement:
    """Ask every enabled gate of the run's line now.

    In a write the run's row must be locked by the caller, and what the gates read is held. Refuses RUN_LINE_NOT_SET,
    READINESS_NOT_CONFIGURED. Spec 03.4.
    """
    line, config = config_for(tx, run)
    waivers = standing_waivers(tx, run.id)
    route = frozen_route(tx, run.version_id)
    product = _product_of.scalar(tx, key=run.work_order_id)
    items: list[Judged] = []
    set_backs = set_backs_of(tx)
    for gate in config.enabled:
        case = Case(run, line, route, product, config.settings(gate), tx.now, set_backs)
        judged = [_judge(gate, case, item, waivers) for item in _answers(tx, gate, case)]
        items += sorted(judged, key=lambda item: (item.status != FAILED, item.key))
    return Judgement(config, line, tuple(items))


def _answers(tx: Tx, gate: str, case: Case) -> Sequence[Item]:
    built = BY_TYPE.get(gate)
    said = {"source": "SYSTEM", "gate": gate, "lineCode": case.line.code}
    if built is None:
        return [Failed(key=case.line.code, cause="GATE_NOT_BUILT", evidence=said, waivable=False)]
    answers = built.check(tx, case)
    return answers or [Failed(key=case.line.code, cause="GATE_GAVE_NOTHING", evidence=said, waivable=False)]


def _judge(gate: str, case: Case, item: Item, waivers: Mapping[str, Standing]) -> Judged:
    evidence = dict(item.evidence)
    if isinstance(item, Passed):
        return Judged(gate, item.key, PASSED, True, None, None, evidence, item.until)
    if isinstance(item, NotApplicable):
        return Judged(gate, item.key, PASSED, False, None, None, evidence | {"notApplicable": item.why}, item.until)
    if isinstance(item, WaivedElsewhere):
        waived = {"waivedBy": item.by, "waivedByName": item.by_name, "waivedAt": item.at, "waiveReason": item.reason}
        return Judged(gate, item.key, WAIVED, True, item.cause, None, evidence | {"waived": waived})
    fingerprint = fingerprint_of(gate, item)
    if not item.waivable:
        evidence["waivable"] = False
    waiver = waivers.get(fingerprint) if item.waivable and case.settings["waivable"] else None
    if waiver is not None:
        return Judged(
            gate, item.key, WAIVED, True, item.cause, fingerprint, evidence, waiver.valid_until, waiver.id
        )  # fmt: skip
    return Judged(gate, item.key, FAILED, True, item.cause, fingerprint, evidence)
