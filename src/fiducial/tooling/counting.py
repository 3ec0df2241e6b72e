"""How the life of a tool is counted (寿命, spec 03.11): from tracks in the track-out's own transaction, from typed counts of records.

Nobody types a total. A count is one atomic increment; whoever makes it cross 80 % or the limit is the one that tells of
it, so each crossing is told once, whatever comes at the same moment.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, case, or_, select, update

from fiducial.kit import clock
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.plant.tables import materials
from fiducial.routing.frozen import frozen_route
from fiducial.tooling.reading import ACTIVE, BLOCKED, FIXTURE, WARNING_PERCENT, ToolRow
from fiducial.tooling.tables import recorded_tools, tool_days, tool_runs, tools
from fiducial.tooling.telling import tell_of_tool

LIFE_REACHED = "LIFE_REACHED"

_life = Hot(select(tools.c.life_no).where(tools.c.id == bindparam("tool")).with_for_update(key_share=True))
_this_run = (
    tool_runs.c.tool_id == bindparam("tool"),
    tool_runs.c.run_id == bindparam("run"),
    tool_runs.c.life_no == bindparam("life"),
)
_one_more = Hot(
    update(tool_runs)
    .where(*_this_run, or_(tool_runs.c.last_track_id.is_(None), tool_runs.c.last_track_id != bindparam("track")))
    .values(boards=tool_runs.c.boards + 1, last_track_id=bindparam("track"), last_at=bindparam("now"))
    .returning(tool_runs.c.boards, tool_runs.c.panel_size)
)  # fmt: skip
_panel_size = Hot(select(materials.c.panel_size).where(materials.c.code == bindparam("product")))
_used = Hot(
    update(tools)
    .where(tools.c.id == bindparam("tool"))
    .values(used=tools.c.used + bindparam("more"), last_used_at=bindparam("now"))
    .returning(tools.c.code, tools.c.kind, tools.c.used, tools.c.count_base, tools.c.life_limit, tools.c.status)
)  # fmt: skip
_day = Hot(
    update(tool_days)
    .where(tool_days.c.tool_id == bindparam("tool"), tool_days.c.day == bindparam("of_day"))
    .values(used=tool_days.c.used + bindparam("more"))
)  # fmt: skip


def panel_size(tx: Tx, product_code: str) -> int:
    """Give how many boards of a product are printed at once; 1 for a product that nobody described."""
    return int(_panel_size.scalar(tx, product=product_code) or 1)


def prints_of(boards: int, panel: int) -> int:
    """Give the prints that boards take: `boards` ÷ `panel`, rounded up (spec 03.11)."""
    return -(-boards // panel)


def count_track(tx: Tx, tool_id: int, *, run_id: int, track_id: int, panel: int) -> None:
    """Count one board of a run on a tool, once for each track; `panel` boards are one print (1 for fixtures).

    In the transaction of the track-out. Tells TOOL_LIFE_80 and TOOL_LIFE_REACHED at their crossing, and blocks at the limit.
    """
    life = _life.scalar(tx, tool=tool_id)
    place = {"tool": tool_id, "run": run_id, "life": life}
    counted = _one_more.first(tx, **place, track=track_id, now=tx.now)
    is_first = counted is None and tx.insert_once(
        tool_runs, tool_id=tool_id, run_id=run_id, life_no=life, boards=0, panel_size=panel, first_at=tx.now, last_at=tx.now,
    )  # fmt: skip
    if is_first:
        counted = _one_more.first(tx, **place, track=track_id, now=tx.now)
    if counted is None:  # this track was counted before
        return
    more = prints_of(counted.boards, counted.panel_size) - prints_of(counted.boards - 1, counted.panel_size)
    if more:
        add(tx, tool_id, more)
    if is_first:  # a print of another run makes a cleaning old: its gate wants to know, once
        tell_of_tool(tx, tx.one(select(tools).where(tools.c.id == tool_id)))


def add(tx: Tx, tool_id: int, more: int) -> None:
    """Add prints or uses to a tool's life, or give them back when `more` is negative."""
    row = _used.first(tx, tool=tool_id, more=more, now=tx.now)
    of_day = clock.plant_day(tx.now, tx.store.zone).isoformat()
    if not _day.run(tx, tool=tool_id, of_day=of_day, more=more) and not tx.insert_once(
        tool_days, tool_id=tool_id, day=of_day, used=more
    ):
        _day.run(tx, tool=tool_id, of_day=of_day, more=more)
    before, after, limit = row.count_base + row.used - more, row.count_base + row.used, row.life_limit
    warned, reached = before * 100 < WARNING_PERCENT * limit <= after * 100, before < limit <= after
    if warned and not reached:
        tx.emit("TOOL_LIFE_80", tool_id, toolCode=row.code, count=after, limit=limit)
    if reached:
        _end_of_life(tx, tool_id, row.code, after, limit)
    if warned or reached or more < 0:
        tell_of_tool(tx, tx.one(select(tools).where(tools.c.id == tool_id)))


def _end_of_life(tx: Tx, tool_id: int, code: str, count: int, limit: int) -> None:
    """Block a tool whose life is used up: the use that reaches the limit still counts, the next is refused (spec 11.4)."""
    is_active = tools.c.status == ACTIVE
    tx.run(
        update(tools).where(tools.c.id == tool_id).values(
            status=case((is_active, BLOCKED), else_=tools.c.status),
            status_reason=case((is_active, LIFE_REACHED), else_=tools.c.status_reason),
            updated_at=tx.now,
        )
    )  # fmt: skip
    tx.record(code, action="TOOL_BLOCK", entity="TOOL", key=tool_id, reason=LIFE_REACHED, count=count, limit=limit)
    tx.emit("TOOL_LIFE_REACHED", tool_id, toolCode=code, count=count, limit=limit)


# What forms count


def counts_itself(tx: Tx, run: Any, tool: ToolRow) -> bool:
    """Tell whether the tracks of a run count this tool already, so that a typed count for it is refused (COUNT_TRACKED)."""
    steps = frozen_route(tx, run.version_id).steps
    if tool.kind == FIXTURE:
        return any(step.facts.get("requiredTools") for step in steps)
    return any(step.process_kind == "PRINT" for step in steps)


def count_recorded(tx: Tx, tool: ToolRow, count: int) -> ToolRow:
    """Count what a record typed for production that is not tracked; give the tool's row as it is then. Keep `life_no` to give it back."""
    add(tx, tool.id, count)
    return tx.one(select(tools).where(tools.c.id == tool.id))


def give_back(tx: Tx, tool: ToolRow, count: int, *, life_no: int) -> None:
    """Take the count of a voided record back; it changes nothing when that life has ended since."""
    if _life.scalar(tx, tool=tool.id) == life_no and count:
        add(tx, tool.id, -count)


def recorded_on(tx: Tx, tool: ToolRow, *, line_id: int, run_id: int | None) -> None:
    """Note that a check named this tool for a line, or for a run on it: prints of that run count on it from now on."""
    place = {"line_id": line_id, "kind": tool.kind, "run_key": run_id or 0}
    same = (recorded_tools.c[name] == value for name, value in place.items())
    again = update(recorded_tools).where(*same).values(tool_id=tool.id, at=tx.now)
    if not tx.run(again) and not tx.insert_once(recorded_tools, **place, tool_id=tool.id, at=tx.now):
        tx.run(again)
    tell_of_tool(tx, tool)
