"""Review by the MRB (物料评审, spec 06.11): a run that failed its outgoing inspection is released, reworked or scrapped, once.

One transaction, under the run's lock: of two who decide at once one wins, the other is told what the run has become.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, insert, select, update

from fiducial.execution.holding import let_go_of_run
from fiducial.kit import clock, ids
from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders import ports as orders_ports
from fiducial.orders.lookup import must_reach_run, order_of_run, run_of_id, run_to_change
from fiducial.orders.states import COMPLETED, ON_HOLD, RUN, UNIT
from fiducial.orders.states import SCRAPPED as RUN_SCRAPPED
from fiducial.orders.tables import runs, units
from fiducial.people import signing
from fiducial.people.proof import Proof
from fiducial.people.reach import must_reach_line
from fiducial.plant.lookup import line_of_id
from fiducial.quality.answers import MrbDecided, ReworkStarted
from fiducial.quality.disposing import rework_runs
from fiducial.quality.disposing.shapes import MrbDecision, ReworkRun
from fiducial.quality.disposing.tasks import settle_tasks
from fiducial.quality.inspections.reading import newest_of
from fiducial.quality.states import DEFECT, FAIL, OPEN_DEFECT, OQC, REWORK, SCRAP
from fiducial.quality.tables import defects, mrb_decisions, rework_tasks

RELEASE = "RELEASE"
MRB_DECISION = "MRB_DECISION"
CLOSE_REASONS = {RELEASE: "USE_AS_IS", SCRAP: "SCRAPPED", REWORK: "MRB_REWORK"}
NO_REASON = "MRB REWORK"


@dataclass(frozen=True, slots=True)
class _Asked:
    """What is decided, whichever door it came through."""

    decision: str
    reason: str
    rework_type: str | None
    fai_waiver: bool
    fai_waiver_reason: str | None
    participants: list[str] | None = None


@action("quality:disposition", audit="MRB_RELEASE", entity="RUN", key="run_no")
def decide_run(tx: Tx, run_no: str, body: MrbDecision, proof: Proof) -> MrbDecided:
    """Decide on a run that is on hold, with a signature. Give it with what came of it.

    Refuses RUN_NOT_FOUND, FORBIDDEN, RUN_NOT_ON_HOLD, NO_FAILED_OQC, REWORK_TYPE_REQUIRED, FAI_WAIVER_NOT_ALLOWED,
    FAI_WAIVER_REASON_REQUIRED, NO_ELIGIBLE_UNITS, REAUTH_REQUIRED, REAUTH_FAILED. Spec 06.11.
    """
    run = _run_on_hold(tx, run_no)
    asked = _Asked(
        body.decision, body.reason, body.rework_type, body.fai_waiver, body.fai_waiver_reason, body.participants
    )
    return _decide(tx, run, _failed_oqc(tx, run), asked, proof)


@action("quality:disposition", audit="MRB_REWORK", entity="RUN", key="run_no")
def rework_run(tx: Tx, run_no: str, body: ReworkRun, proof: Proof) -> ReworkStarted:
    """Send a run to rework, named by its failed outgoing inspection: the MRB's REWORK, with the same guards and record.

    Refuses as `decide_run`, and INVALID_MRB_DECISION. Spec 06.11.
    """
    run = _run_on_hold(tx, run_no)
    oqc = _failed_oqc(tx, run)
    if ids.from_wire(body.mrb_decision_id) != oqc.id:
        raise Refused("INVALID_MRB_DECISION", runNo=run_no, mrbDecisionId=body.mrb_decision_id)
    asked = _Asked(REWORK, body.reason or NO_REASON, body.rework_type, body.fai_waiver, body.waiver_reason)
    made = _decide(tx, run, oqc, asked, proof)["reworkRun"]
    assert made is not None, "a REWORK makes a run"
    return {
        "reworkRunNo": made["runNo"], "status": made["status"], "authorizationType": made["authorizationType"],
        "mrbFaiWaiver": made["mrbFaiWaiver"], "parentRunNo": run_no, "parentRunStatus": "CLOSED_REWORK",
    }  # fmt: skip


def _run_on_hold(tx: Tx, run_no: str) -> Any:
    run = run_to_change(tx, run_no)
    must_reach_run(tx, run, "quality:disposition")
    if run.status != ON_HOLD:
        raise Refused("RUN_NOT_ON_HOLD", runNo=run_no, status=run.status)
    return run


def _failed_oqc(tx: Tx, run: Any) -> Any:
    oqc = newest_of(tx, run.id, OQC)
    decided = tx.first(select(mrb_decisions.c.id).where(mrb_decisions.c.run_id == run.id))
    if oqc is None or oqc.status != FAIL or decided is not None:
        raise Refused("NO_FAILED_OQC", runNo=run.run_no, oqcStatus=oqc.status if oqc is not None else None)
    return oqc


def _judge(tx: Tx, run: Any, asked: _Asked) -> None:
    if asked.decision == REWORK and asked.rework_type is None:
        raise Refused("REWORK_TYPE_REQUIRED", runNo=run.run_no)
    if asked.fai_waiver:
        if asked.decision != REWORK or asked.rework_type != "REUSE_PREP":
            raise Refused("FAI_WAIVER_NOT_ALLOWED", decision=asked.decision, reworkType=asked.rework_type)
        if asked.fai_waiver_reason is None:
            raise Refused("FAI_WAIVER_REASON_REQUIRED", runNo=run.run_no)
        if not tx.actor.holds("readiness:override"):
            raise Refused("FORBIDDEN", permission="readiness:override")
        must_reach_line(tx, run.line_id, "readiness:override")


def _decide(tx: Tx, run: Any, oqc: Any, asked: _Asked, proof: Proof) -> MrbDecided:
    _judge(tx, run, asked)
    eligible = rework_runs.eligible(tx, run.id)
    if asked.decision == REWORK and not eligible:
        raise Refused("NO_ELIGIBLE_UNITS", runNo=run.run_no)
    key = _keep(tx, run, oqc, asked, proof)
    warnings = rework_runs.warnings_for(tx, run) if asked.decision == REWORK else []
    _end_run(tx, run, asked)
    _close_defects(tx, run, asked)
    made = None
    if asked.decision == SCRAP:
        _scrap_units(tx, run, asked.reason)
    if asked.decision == REWORK:
        made = rework_runs.make(
            tx, run, mrb_id=key, rework_type=str(asked.rework_type), waived=asked.fai_waiver, reason=asked.reason
        )
    orders_ports.tell_ended(tx, run, {RELEASE: COMPLETED, SCRAP: RUN_SCRAPPED}.get(asked.decision, "CLOSED_REWORK"))
    return {
        "mrbDecisionId": ids.to_wire(key), "decision": asked.decision, "run": _run_shown(tx, run.id),
        "reworkRunNo": made["runNo"] if made is not None else None, "reworkRun": made, "warnings": [dict(one) for one in warnings],
    }  # fmt: skip


def _keep(tx: Tx, run: Any, oqc: Any, asked: _Asked, proof: Proof) -> int:
    """Write the decision and sign it; the entries made afterwards name the signature."""
    key = tx.new_id()
    tx.run(
        insert(mrb_decisions).values(
            id=key, run_id=run.id, inspection_id=oqc.id, decision=asked.decision, reason=asked.reason, rework_type=asked.rework_type,
            fai_waived=asked.fai_waiver, fai_waiver_reason=asked.fai_waiver_reason, participants=asked.participants,
            decided_by=tx.actor.id, decided_by_name=tx.actor.name, decided_at=tx.now,
        )
    )  # fmt: skip
    signature = signing.sign(
        tx, subject_type=MRB_DECISION, subject_id=key, meaning=f"MRB_{asked.decision}", proof=proof, remark=asked.reason[:500],
        recorded_by={oqc.decided_by},
    )  # fmt: skip
    tx.run(update(mrb_decisions).where(mrb_decisions.c.id == key).values(signature_id=signature))
    return key


def _end_run(tx: Tx, run: Any, asked: _Asked) -> None:
    line = line_of_id(tx, run.line_id)
    moved = RUN.move(
        tx, f"mrb_{asked.decision.lower()}", runs.c.id == run.id, key=run.id, display=run.run_no, line=line.code if line else None,
        reason=asked.reason, payload={"reworkType": asked.rework_type, "faiWaiver": asked.fai_waiver} if asked.rework_type else None,
        ended_at=tx.now, updated_at=tx.now,
    )  # fmt: skip
    if not moved:
        now = run_of_id(tx, run.id)
        raise Refused("RUN_NOT_ON_HOLD", runNo=run.run_no, status=now.status if now is not None else None)


def _close_defects(tx: Tx, run: Any, asked: _Asked) -> None:
    """Close what is open of the run's units, and cancel their repairs: the lot was decided on as a whole."""
    of_run = select(units.c.id).where(units.c.run_id == run.id)
    close = DEFECT.statement(
        "close_by_mrb", defects.c.unit_id.in_(of_run), close_reason=CLOSE_REASONS[asked.decision], updated_at=tx.now
    )
    tx.run(close.where(defects.c.status.in_(OPEN_DEFECT)))
    settle_tasks(tx, "cancel", rework_tasks.c.unit_id.in_(of_run))


def _scrap_units(tx: Tx, run: Any, reason: str) -> None:
    let_go_of_run(tx, run.id, reason)
    tx.run(UNIT.statement("mrb_scrap", units.c.run_id == run.id, hold_pending=False, updated_at=tx.now))


def _run_shown(tx: Tx, run_id: int) -> Any:
    run = tx.one(select(runs).where(runs.c.id == run_id))
    order = order_of_run(tx, run)
    counted = select(units.c.status, func.count().label("n")).where(units.c.run_id == run_id).group_by(units.c.status)
    return {
        "id": ids.to_wire(run.id), "runNo": run.run_no, "status": run.status, "endedAt": clock.to_wire(run.ended_at),
        "workOrder": {"woNo": order.wo_no, "productCode": order.product_code},
        "unitCounts": {row.status: row.n for row in tx.all(counted)},
    }  # fmt: skip


class MrbSubject:
    """Decisions of the MRB as people sign them (the port of people)."""

    type, version = MRB_DECISION, 1

    def content(self, tx: Tx, subject_id: int, meaning: str, version: int) -> Mapping[str, Any] | None:  # noqa: ARG002
        """Give the decision with the inspection it is on."""
        row = tx.first(select(mrb_decisions).where(mrb_decisions.c.id == subject_id))
        if row is None:
            return None
        run = run_of_id(tx, row.run_id)
        return {
            "runNo": run.run_no if run is not None else None, "oqcId": ids.to_wire(row.inspection_id), "decision": row.decision,
            "reason": row.reason, "reworkType": row.rework_type, "faiWaiver": row.fai_waived, "faiWaiverReason": row.fai_waiver_reason,
            "participants": row.participants, "decidedBy": ids.wire_or_none(row.decided_by), "decidedAt": row.decided_at,
        }  # fmt: skip

    def must_read(self, tx: Tx, subject_id: int) -> None:
        """Refuse FORBIDDEN unless the run's line is in reach of a reader of runs."""
        row = tx.first(
            select(runs.c.line_id)
            .join_from(mrb_decisions, runs, runs.c.id == mrb_decisions.c.run_id)
            .where(mrb_decisions.c.id == subject_id)
        )
        if row is None:
            raise Refused("RUN_NOT_FOUND")
        must_reach_line(tx, row.line_id, "run:read", "trace:read", "quality:disposition")
