"""What readiness does by itself (spec 03.8): the early check of a new run, a new judgement when an input changed or evidence ran out.

Each judgement is a transaction of its own, and may come twice: a judgement twice does no harm.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select

from fiducial.kit import ids
from fiducial.kit.acting import action, query
from fiducial.kit.collisions import has_met_another
from fiducial.kit.outbox import Event
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.states import IN_PROGRESS, PREP
from fiducial.orders.tables import runs
from fiducial.readiness import due
from fiducial.readiness.actions import judge_and_keep
from fiducial.readiness.causes import Reader, fail_reason
from fiducial.readiness.checks import FORMAL, PRECHECK, items_of, newest
from fiducial.readiness.evaluate import FAILED, PASSED, Judgement, evaluate


def precheck_new_run(tx: Tx, event: Event) -> None:
    """Make the PRECHECK of a run that was just created (listens to RUN_CREATE)."""
    if event.thing is not None:
        _precheck(tx, event.thing, trigger="RUN_CREATE")


@query("system:ops")
def any_run_due(tx: Tx) -> bool:
    """Tell whether a run is to be judged anew: asked by reading, so that an idle plant writes nothing."""
    return due.next_due(tx) is not None


@action(audit="READINESS_PRECHECK", entity="READINESS_CHECK", internal_only=True)
def judge_next_due(tx: Tx) -> bool:
    """Judge one run whose inputs changed or whose evidence ran out. Give False when there was none. Spec 03.8.

    A FORMAL check that had passed is invalidated when it no longer does; the authorisation of a run that has not started lapses.
    """
    tx.unrecorded()
    run_id = due.next_due(tx)
    if run_id is None:
        return False
    try:
        with tx.savepoint():
            _precheck(tx, run_id)
    except Exception as fault:
        # run again at once: in a minute an authorisation may have been used that no longer holds
        if has_met_another(fault):
            raise
        tx.store.log.error("readiness_failed", run_id=run_id, exc_info=fault)
        due.later(tx, run_id)
    return True


def _precheck(tx: Tx, run_id: int, *, trigger: str | None = None) -> None:
    run = tx.first(select(runs).where(runs.c.id == run_id).with_for_update())
    if run is None or run.status not in due.JUDGED_IN:
        due.forget(tx, run_id)
        return
    why = due.taken(tx, run_id)
    before, formal = newest(tx, run_id), newest(tx, run_id, FORMAL)
    seen = _seen(items_of(tx, before.id)) if before else None
    try:
        judgement = evaluate(tx, run)
    except Refused:  # a line without gates: authorising will say so
        due.forget(tx, run_id)
        return
    check_id = judge_and_keep(tx, run, judgement, type=PRECHECK, trigger=trigger or why)
    tx.record(
        run.run_no, action="READINESS_PRECHECK", entity="READINESS_CHECK", key=check_id, line=judgement.line.code,
        status=judgement.status, trigger=trigger or why,
    )  # fmt: skip
    if seen is None:
        return
    told = {
        "runNo": run.run_no,
        "lineId": judgement.line.id,
        "lineCode": judgement.line.code,
        "checkId": ids.to_wire(check_id),
    }
    stood = formal is not None and formal.status == PASSED and formal.invalidated_at is None
    went_on = run.status == IN_PROGRESS and before is not None and before.status == PASSED
    if judgement.status != PASSED and ((run.status == PREP and stood) or went_on):
        tx.emit("RUN_READINESS_FAILED", run_id, failed=_words_of(judgement, FAILED, tx), **told)
    elif run.status == PREP and seen != {(item.gate, item.key, item.status, item.cause) for item in judgement.items}:
        tx.emit("PRECHECK_CHANGED", run_id, changed=_words_of(judgement, FAILED, tx) or judgement.status, **told)


def _words_of(judgement: Judgement, status: str, tx: Tx) -> str:
    """Give the first items of a status in the plant's own language."""
    reader = Reader("zh-CN", tx.store.zone)
    found = [item for item in judgement.items if item.status == status]
    return "；".join(f"{item.gate} {item.key}：{fail_reason(item.cause, item.evidence, reader)}" for item in found[:3])[
        :500
    ]


def _seen(rows: Sequence[Row[Any]]) -> set[tuple[str, str, str, str | None]]:
    return {(row.item_type, row.item_key, row.status, row.cause_code) for row in rows}
