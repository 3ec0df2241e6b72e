"""What the plant is reminded of about its tools (spec 10.3): calibration due within 7 days, a fixture whose life ends within 3 months."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select, update

from fiducial.kit import clock
from fiducial.kit.acting import action
from fiducial.kit.tx import Tx
from fiducial.tooling.answers import DAY_MS, expected_end
from fiducial.tooling.queries import percent, used_lately
from fiducial.tooling.reading import DUE_SOON_MS, FIXTURE, RETIRED
from fiducial.tooling.tables import tools
from fiducial.tooling.telling import tell_of_tool

SOON_MS = 91 * DAY_MS
AGAIN_MS = 23 * 3_600_000  # daily, whatever hour the sweep comes at
AT_ONCE = 500


@action(audit="TOOL_SWEEP", entity="TOOL", internal_only=True)
def sweep_tools(tx: Tx) -> dict[str, int]:
    """Tell of calibrations that are due (daily) and of fixtures that will be worn out within three months (once a life).

    Safe on several nodes: whoever marks a tool tells of it. Give how many of each.
    """
    tx.unrecorded()
    return {"calibration": _calibrations(tx), "life": _lives(tx)}


def _calibrations(tx: Tx) -> int:
    told = 0
    again = or_(tools.c.due_told_at.is_(None), tools.c.due_told_at <= tx.now - AGAIN_MS)
    due = select(tools).where(tools.c.calibration_due_at <= tx.now + DUE_SOON_MS, tools.c.status != RETIRED, again)
    for tool in tx.all(due.limit(AT_ONCE)):
        if _mark(tx, tool, "due_told_at"):
            told += 1
            tx.emit(
                "TOOL_CALIBRATION_DUE",
                tool.id,
                toolCode=tool.code,
                dueAt=clock.to_wire(tool.calibration_due_at),
                dueOn=clock.plant_day(tool.calibration_due_at, tx.store.zone).isoformat(),
            )
            if tool.calibration_due_at <= tx.now:
                tell_of_tool(tx, tool)
    return told


def _lives(tx: Tx) -> int:
    told = 0
    open_ones = select(tools).where(tools.c.kind == FIXTURE, tools.c.status != RETIRED, tools.c.end_told_at.is_(None))
    fixtures = tx.all(open_ones.order_by(percent.desc(), tools.c.id).limit(AT_ONCE))  # the most worn first
    used = used_lately(tx, [tool.id for tool in fixtures])
    for tool in fixtures:
        end = expected_end(tool, used.get(tool.id, 0), tx.now)
        if end is not None and end - tx.now < SOON_MS and _mark(tx, tool, "end_told_at"):
            told += 1
            tx.emit("FIXTURE_LIFE_3_MONTHS", tool.id, toolCode=tool.code, expectedEndOfLife=clock.to_wire(end))
    return told


def _mark(tx: Tx, tool: Any, name: str) -> bool:
    before = getattr(tool, name)
    column = tools.c[name]
    same = column.is_(None) if before is None else column == before
    return tx.run(update(tools).where(tools.c.id == tool.id, same).values({name: tx.now})) == 1
