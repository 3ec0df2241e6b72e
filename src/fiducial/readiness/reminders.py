"""Telling the leader that a changeover comes near and nobody has prepared its list (spec 10.4.13)."""

from __future__ import annotations

from sqlalchemy import select

from fiducial.kit.acting import action
from fiducial.kit.settings import Setting, number
from fiducial.kit.tx import Tx
from fiducial.orders.states import PREP
from fiducial.orders.tables import runs, work_orders
from fiducial.readiness.tables import checklist_reminders, checklist_rows

LEAD_HOURS: Setting[float] = Setting(
    "form.prechange.leadHours", 4, number(0, 24), "转拉前检查提醒提前时间", "reminder before a changeover", by_place=True, unit="h",
)  # fmt: skip
AT_ONCE = 50
LONGEST_LEAD_MS = 24 * 3_600_000


@action(audit="CHECKLIST_ITEM_SET", entity="READINESS_CHECK", internal_only=True)
def remind_of_lists(tx: Tx) -> int:
    """Announce CHECKLIST_DUE for each run whose changeover is near and whose list nobody has begun; give how many. For the timer.

    The changeover is when the order is planned to start; a run is told of once.
    """
    tx.unrecorded()
    begun = select(checklist_rows.c.run_id).union(select(checklist_reminders.c.run_id))
    near = (
        select(runs.c.id, runs.c.run_no, runs.c.line_id, work_orders.c.plan_start_date)
        .join(work_orders, work_orders.c.id == runs.c.work_order_id)
        .where(
            runs.c.status == PREP, work_orders.c.plan_start_date <= tx.now + LONGEST_LEAD_MS, runs.c.id.not_in(begun)
        )
        .order_by(runs.c.id)
        .limit(AT_ONCE)
    )
    told = 0
    for row in tx.all(near):
        lead_ms = int(LEAD_HOURS.of(tx, row.line_id) * 3_600_000)
        if row.plan_start_date <= tx.now + lead_ms and tx.insert_once(
            checklist_reminders, run_id=row.id, told_at=tx.now
        ):
            tx.emit("CHECKLIST_DUE", row.id, runNo=row.run_no, lineId=row.line_id)
            told += 1
    return told
