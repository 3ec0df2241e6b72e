"""The first board of an authorised run: every gate is asked once more (spec 03.8).

A change of an input is heard by the job that judges anew, a second or two later. A board may come in between. So the first
track-in, which moves the run anyway and has it alone, does not rest on what was found then: it judges in its own
transaction. That is one evaluation for each run; the boards after it cost nothing.
"""

from __future__ import annotations

from sqlalchemy import select

from fiducial.execution.ports import StartGuard
from fiducial.execution.standing import Run
from fiducial.kit import ids
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.states import PREP
from fiducial.orders.tables import runs
from fiducial.readiness.actions import judge_and_keep, reason_of
from fiducial.readiness.checks import PRECHECK, failed_items
from fiducial.readiness.evaluate import PASSED, evaluate


class StillReady(StartGuard):
    """Guard 13 of a track-in: the run that is to start now is as ready as it was when it was authorised."""

    def fallen_back(self, tx: Tx, run: Run) -> Refused | None:
        """Judge the run now. Give None when it passes; else keep the check, take the authorisation back and give
        RUN_NOT_AUTHORIZED with `checkId`, `failedItems` and the first `reason`. Refuses READINESS_NOT_CONFIGURED.
        """
        row = tx.one(select(runs).where(runs.c.id == run.run_id))
        judgement = evaluate(tx, row)
        if judgement.status == PASSED:
            return None
        check_id = judge_and_keep(tx, row, judgement, type=PRECHECK, trigger="INPUT_CHANGED")
        tx.record(
            run.run_no, action="READINESS_PRECHECK", entity="READINESS_CHECK", key=check_id, line=judgement.line.code,
            status=judgement.status, trigger="INPUT_CHANGED",
        )  # fmt: skip
        return Refused(
            "RUN_NOT_AUTHORIZED", runNo=run.run_no, runStatus=PREP, faiStatus=None, checkId=ids.to_wire(check_id),
            failedItems=failed_items(tx, check_id), reason=reason_of(judgement, tx.store.zone),
        )  # fmt: skip
