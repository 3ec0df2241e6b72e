"""Checking a run, and configuring a line's gates (spec 03.3, 03.7)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused, changed_fields
from fiducial.kit.tx import Tx
from fiducial.orders.actions.authorize import lapse
from fiducial.orders.lookup import must_reach_run, run_to_change
from fiducial.orders.states import AUTHORIZED, IN_PROGRESS, PREP
from fiducial.people.reach import must_reach_line
from fiducial.plant.lookup import the_line
from fiducial.readiness.answers import Check, LineGates
from fiducial.readiness.causes import Reader, fail_reason
from fiducial.readiness.checks import FORMAL, PRECHECK, keep, whole_check
from fiducial.readiness.config import config_of, in_order
from fiducial.readiness.evaluate import FAILED, Judgement, evaluate
from fiducial.readiness.queries import gates_on_wire
from fiducial.readiness.shapes import PutConfig
from fiducial.readiness.tables import checks, line_configs

CHECKED_IN = {PRECHECK: (PREP, AUTHORIZED, IN_PROGRESS), FORMAL: (PREP,)}


@action("readiness:check", audit="READINESS_PRECHECK", entity="READINESS_CHECK", key="run_no")
def precheck_run(tx: Tx, run_no: str) -> Check:
    """Make an early check of a run. Give it; FAILED is an answer, not a refusal.

    An authorised run that does not pass any more loses its authorisation. Refuses RUN_NOT_FOUND, FORBIDDEN, RUN_LINE_NOT_SET,
    INVALID_RUN_STATUS, READINESS_NOT_CONFIGURED. Spec 03.7.
    """
    return _check(tx, run_no, PRECHECK)


@action("readiness:check", audit="READINESS_FORMAL_CHECK", entity="READINESS_CHECK", key="run_no")
def check_run(tx: Tx, run_no: str) -> Check:
    """Make the formal check of a run in preparation. Give it; FAILED is an answer, not a refusal.

    Refuses as `precheck_run`. Spec 03.7.
    """
    return _check(tx, run_no, FORMAL)


def _check(tx: Tx, run_no: str, type: str) -> Check:
    run = run_to_change(tx, run_no)
    must_reach_run(tx, run, "readiness:check")
    if run.line_id is None:
        raise Refused("RUN_LINE_NOT_SET", runNo=run_no)
    if run.status not in CHECKED_IN[type]:
        raise Refused("INVALID_RUN_STATUS", status=run.status, allowed=list(CHECKED_IN[type]))
    judgement = evaluate(tx, run)
    check_id = judge_and_keep(tx, run, judgement, type=type, trigger="MANUAL")
    said: dict[str, Any] = {"status": judgement.status}
    failed = [f"{item.gate} {item.key}: {item.cause}" for item in judgement.items if item.status == FAILED]
    if failed:
        said["failed"] = failed[:20]
    tx.record(run_no, key=check_id, line=judgement.line.code, **said)
    return whole_check(tx, tx.one(select(checks).where(checks.c.id == check_id)), run_no, judgement.config)


def judge_and_keep(tx: Tx, run: Any, judgement: Judgement, *, type: str, trigger: str) -> int:
    """Keep a judgement, and take an authorisation back that no longer stands on it (spec 03.8). Give the check's key."""
    check_id = keep(tx, run, judgement, type=type, trigger=trigger)
    if run.status == AUTHORIZED and judgement.status == FAILED:
        lapse(tx, run, reason_of(judgement, tx.store.zone))
    return check_id


def reason_of(judgement: Judgement, zone: str) -> str:
    """Give the first failed item in words of the plant's own language, for the book."""
    failed = next((item for item in judgement.items if item.status == FAILED), None)
    if failed is None:
        return "nothing applied"
    return f"{failed.gate} {failed.key}: {fail_reason(failed.cause, failed.evidence, Reader('zh-CN', zone))}"[:500]


@action("readiness:config", audit="LINE_READINESS_CONFIG_UPDATE", entity="LINE", key="id_or_code")
def put_config(tx: Tx, id_or_code: str, body: PutConfig) -> LineGates:
    """Set the gates of a line; of settings only those given change. Give the configuration.

    Refuses LINE_NOT_FOUND, FORBIDDEN. Spec 03.3.
    """
    line = the_line(tx, id_or_code)
    must_reach_line(tx, line.id, "readiness:config")
    row = tx.first(select(line_configs).where(line_configs.c.line_id == line.id).with_for_update())
    before = config_of(tx, line.id, line.process_type)
    said = {gate: dict(settings) for gate, settings in before.said.items()}
    for gate, settings in (body.gates or {}).items():
        said[gate] = {**said.get(gate, {}), **settings}
    values = {
        "enabled": list(in_order(body.enabled)), "gates": said, "version": before.version + 1, "updated_by": tx.actor.id,
        "updated_by_name": tx.actor.name, "updated_at": tx.now,
    }  # fmt: skip
    if row is None:
        if not tx.insert_once(line_configs, id=tx.new_id(), line_id=line.id, **values):
            raise Refused("CONFLICT_RETRY")  # somebody configured the line for the first time in this very moment
    else:
        tx.run(update(line_configs).where(line_configs.c.id == row.id).values(values))
    after = config_of(tx, line.id, line.process_type)
    changes = changed_fields(
        {"enabled": list(before.enabled), "gates": before.all_settings()},
        {"enabled": list(after.enabled), "gates": after.all_settings()},
    )
    tx.record(line.code, key=line.id, line=line.code, changes=changes, reason=body.reason, version=after.version)
    tx.emit("READINESS_INPUT_CHANGED", line.id, lineId=line.id)
    return gates_on_wire(line, after)
