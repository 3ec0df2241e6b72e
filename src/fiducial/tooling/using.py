"""Which fixtures a board uses at a station, and whether they may be used (spec 11.4)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from fiducial.execution.answers import Warned
from fiducial.kit import clock
from fiducial.kit.refusals import Refused
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.tooling.reading import (
    FIXTURE,
    WARNING_PERCENT,
    ToolRow,
    calibration_state,
    life_percent,
    must_be,
    must_be_usable,
    total_count,
)
from fiducial.tooling.tables import assignments, tools
from fiducial.tooling.warnings import warned

# Asked at every track-in of a step that needs fixtures.
_of_run = Hot(
    select(tools.c.id, tools.c.code, assignments.c.station_id)
    .join(assignments, assignments.c.tool_id == tools.c.id)
    .where(assignments.c.run_id == bindparam("run"), assignments.c.unassigned_at.is_(None))
    .order_by(tools.c.code)
)  # fmt: skip


def fixtures_of(tx: Tx, run_id: int, station_id: int | None = None) -> Sequence[Any]:
    """Give the fixtures assigned to a run now, at one station or at any: tool rows with `station_id`, by code."""
    wanted = (
        select(tools, assignments.c.station_id, assignments.c.assigned_at)
        .join(assignments, assignments.c.tool_id == tools.c.id)
        .where(assignments.c.run_id == run_id, assignments.c.unassigned_at.is_(None))
        .order_by(tools.c.code)
    )
    return tx.all(wanted if station_id is None else wanted.where(assignments.c.station_id == station_id))


def choose_fixtures(
    tx: Tx,
    *,
    run_id: int,
    run_no: str,
    product_code: str,
    station_id: int,
    named: Sequence[str],
    needs: Mapping[str, Any] | None,
) -> tuple[list[ToolRow], list[Warned]]:
    """Give the fixtures a board uses, locked against a change, and what to warn of: those named, else all of the run at the station.

    Refuses TOOL_NOT_FOUND, TOOL_KIND_MISMATCH, TOOL_NOT_ASSIGNED, TOOL_REQUIRED, and U1 to U4 for each.
    """
    of_run = {tool.id: tool for tool in _of_run.all(tx, run=run_id)}
    if named:
        used = _kept(tx, list(dict.fromkeys(named)))
        for tool in used:
            if needs and tool.id not in of_run:
                raise Refused("TOOL_NOT_ASSIGNED", toolCode=tool.code, runNo=run_no)
    else:
        here = [tool.code for tool in of_run.values() if tool.station_id == station_id]
        used = _kept(tx, here)
    if needs:
        wanted, least = needs.get("fixtureTypes") or (), needs.get("min") or 1
        fitting = [tool for tool in used if not wanted or tool.fixture_type in wanted]
        if len(fitting) < least:
            raise Refused("TOOL_REQUIRED", fixtureTypes=list(wanted), min=least)
    for tool in used:
        must_be_usable(tx, tool, product_code)
    return used, [warning for tool in used for warning in warnings_of(tx, tool)]


def _kept(tx: Tx, codes: Sequence[str]) -> list[ToolRow]:
    """Give fixtures in the order of their codes as given, kept as they are. They are taken in the order of their keys, as whoever
    counts takes them: two boards that name the same two never wait for each other."""
    wanted = select(tools).where(tools.c.code.in_(codes)).order_by(tools.c.id).with_for_update(read=True)
    there = {row.code: row for row in tx.all(wanted)} if codes else {}
    return [must_be(there.get(code), code, FIXTURE) for code in codes]


def warnings_of(tx: Tx, tool: ToolRow) -> list[Warned]:
    """Give what is to be known of a tool that may be used: its life at 80 %, its calibration due within 7 days."""
    found = []
    percent = life_percent(tool)
    if percent >= WARNING_PERCENT:
        found.append(
            warned(
                tx,
                "TOOL_LIFE_80",
                toolCode=tool.code,
                percent=percent,
                count=total_count(tool),
                limit=tool.life_limit,
            )
        )
    if calibration_state(tool, tx.now) == "DUE_SOON":
        found.append(
            warned(tx, "TOOL_CALIBRATION_DUE", toolCode=tool.code, dueAt=clock.to_wire(tool.calibration_due_at))
        )
    return found
