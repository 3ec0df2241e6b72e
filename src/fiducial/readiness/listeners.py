"""What readiness does when something happened (spec 03.8): the early check of a new run, a new judgement when an input changed.

These run in the event worker, each in a transaction of its own, and may come twice: a judgement twice does no harm.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from fiducial.kit.outbox import Event
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.states import AUTHORIZED, IN_PROGRESS, PREP
from fiducial.orders.tables import runs
from fiducial.readiness.actions import judge_and_keep
from fiducial.readiness.checks import PRECHECK
from fiducial.readiness.evaluate import evaluate

_JUDGED_IN = (PREP, AUTHORIZED, IN_PROGRESS)


def precheck_new_run(tx: Tx, event: Event) -> None:
    """Make the PRECHECK of a run that was just created (listens to RUN_CREATE)."""
    _precheck(tx, runs.c.id == event.thing, trigger="RUN_CREATE")


def recheck_on_input(tx: Tx, event: Event) -> None:
    """Judge the runs anew that an input concerns (listens to READINESS_INPUT_CHANGED).

    The payload names them: `runId`, `lineId`, `versionId`, `orderId`; of an authorised run that does not pass any more the
    authorisation lapses, and a FORMAL check that had passed is invalidated.
    """
    named = {
        "runId": runs.c.id,
        "lineId": runs.c.line_id,
        "versionId": runs.c.version_id,
        "orderId": runs.c.work_order_id,
    }
    for name, column in named.items():
        if name in event.payload:
            _precheck(tx, column == event.payload[name], trigger="INPUT_CHANGED")


def _precheck(tx: Tx, which: Any, *, trigger: str) -> None:
    wanted = select(runs).where(which, runs.c.status.in_(_JUDGED_IN)).order_by(runs.c.id)
    for run in tx.all(wanted.with_for_update()):
        try:
            judgement = evaluate(tx, run)
        except Refused:  # a line without gates: authorising will say so
            continue
        check_id = judge_and_keep(tx, run, judgement, type=PRECHECK, trigger=trigger)
        tx.record(
            run.run_no, action="READINESS_PRECHECK", entity="READINESS_CHECK", key=check_id, line=judgement.line.code,
            status=judgement.status, trigger=trigger,
        )  # fmt: skip
