"""Fixtures at the stations of a run (spec 11.4): assigned by a person, free again by a person or when the run ends."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from fiducial.execution.tables import tracks
from fiducial.kit.acting import action
from fiducial.kit.outbox import Event
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import order_of_run, run_to_change
from fiducial.orders.states import AUTHORIZED, IN_PROGRESS, PREP, RUN
from fiducial.orders.tables import runs, units
from fiducial.people.reach import must_reach_line
from fiducial.plant.lookup import line_of_id, the_station
from fiducial.plant.tables import stations
from fiducial.tooling import answers
from fiducial.tooling.queries import assignments_statement
from fiducial.tooling.reading import FIXTURE, ToolRow, must_be_usable, tool_to_change
from fiducial.tooling.shapes import AssignTool, UnassignTool
from fiducial.tooling.tables import assignments
from fiducial.tooling.telling import GATES, tell_run, tell_station
from fiducial.tooling.using import warnings_of

MAY_USE = (PREP, AUTHORIZED, IN_PROGRESS, "ON_HOLD")


def _shown(tx: Tx, key: int) -> Any:
    return tx.one(assignments_statement().where(assignments.c.id == key))


@action("readiness:record", audit="TOOL_ASSIGN", entity="TOOL", key="tool_code")
def assign_tool(tx: Tx, tool_code: str, body: AssignTool) -> answers.Assignment:
    """Assign a fixture to a run and a station of its line; it counts as the fixture's record of the run.

    Refuses TOOL_NOT_FOUND, TOOL_KIND_MISMATCH, RUN_NOT_FOUND, FORBIDDEN, U1 to U4, INVALID_RUN_STATUS, STATION_NOT_FOUND,
    STATION_LINE_MISMATCH, TOOL_ALREADY_ASSIGNED.
    """
    run = run_to_change(tx, body.run_no)
    must_reach_line(tx, run.line_id, "readiness:record")
    tool = tool_to_change(tx, tool_code, FIXTURE)
    must_be_usable(tx, tool, order_of_run(tx, run).product_code)
    if run.status not in MAY_USE:
        raise Refused("INVALID_RUN_STATUS", runNo=run.run_no, status=run.status)
    station = the_station(tx, body.station_code)
    if station.line_id != run.line_id:
        line = line_of_id(tx, run.line_id)
        raise Refused(
            "STATION_LINE_MISMATCH", stationCode=station.code, stationLine=station.line_code, runLine=line.code if line else None
        )  # fmt: skip
    _free_of_ended(tx, tool)
    key = tx.new_id()
    made = tx.insert_once(
        assignments, id=key, tool_id=tool.id, run_id=run.id, station_id=station.id, assigned_by=tx.actor.id,
        assigned_by_name=tx.actor.name, assigned_at=tx.now,
    )  # fmt: skip
    if not made:
        there = tx.one(
            assignments_statement().where(assignments.c.tool_id == tool.id, assignments.c.unassigned_at.is_(None))
        )
        raise Refused("TOOL_ALREADY_ASSIGNED", toolCode=tool.code, runNo=there.run_no, stationCode=there.station_code)
    tx.record(tool.code, key=tool.id, line=station.line_code, station=station.code, runNo=run.run_no)
    tell_run(tx, run.id, GATES[FIXTURE])
    tell_station(tx, run.id, station.code)
    return answers.assignment_of(_shown(tx, key), warnings_of(tx, tool))


def _free_of_ended(tx: Tx, tool: ToolRow) -> None:
    """Free a fixture whose run has ended, should the listener not have come yet."""
    ended = select(runs.c.id).where(runs.c.status.in_(RUN.terminal))
    tx.run(
        update(assignments)
        .where(assignments.c.tool_id == tool.id, assignments.c.unassigned_at.is_(None), assignments.c.run_id.in_(ended))
        .values(unassigned_at=tx.now)
    )


@action("readiness:record", audit="TOOL_UNASSIGN", entity="TOOL", key="tool_code")
def unassign_tool(tx: Tx, tool_code: str, body: UnassignTool) -> answers.Assignment:
    """Take a fixture from a run. Refuses as `assign_tool` for what is named, TOOL_NOT_ASSIGNED, TOOL_IN_USE."""
    run = run_to_change(tx, body.run_no)
    must_reach_line(tx, run.line_id, "readiness:record")
    tool = tool_to_change(tx, tool_code, FIXTURE)
    mine = (assignments.c.tool_id == tool.id, assignments.c.run_id == run.id, assignments.c.unassigned_at.is_(None))
    there = tx.first(assignments_statement().where(*mine))
    if there is None:
        raise Refused("TOOL_NOT_ASSIGNED", toolCode=tool.code, runNo=run.run_no)
    _must_be_idle(tx, tool, run.id)
    tx.run(
        update(assignments).where(*mine).values(
            unassigned_at=tx.now, unassigned_by=tx.actor.id, unassigned_by_name=tx.actor.name
        )
    )  # fmt: skip
    line = line_of_id(tx, run.line_id)
    tx.record(tool.code, key=tool.id, line=line.code if line else None, station=there.station_code, runNo=run.run_no)
    tell_run(tx, run.id, GATES[FIXTURE])
    tell_station(tx, run.id, there.station_code)
    return answers.assignment_of(_shown(tx, there.id))


def _must_be_idle(tx: Tx, tool: ToolRow, run_id: int) -> None:
    """Refuse TOOL_IN_USE while a unit of the run that came in with the fixture is still in its station."""
    inside = (
        select(tracks.c.more, units.c.sn, stations.c.code)
        .join(units, units.c.id == tracks.c.unit_id)
        .join(stations, stations.c.id == tracks.c.station_id)
        .where(
            tracks.c.run_id == run_id,
            tracks.c.out_at.is_(None),
            tracks.c.voided_at.is_(None),
            tracks.c.more.is_not(None),
        )
    )
    for row in tx.all(inside):
        if tool.id in row.more.get("toolIds", ()):
            raise Refused("TOOL_IN_USE", toolCode=tool.code, sn=row.sn, stationCode=row.code)


def free_when_run_ends(tx: Tx, event: Event) -> None:
    """Free the fixtures of a run that has ended (listens to the ends of runs)."""
    held = (assignments.c.run_id == event.thing, assignments.c.unassigned_at.is_(None))
    if tx.scalar(select(runs.c.status).where(runs.c.id == event.thing)) in RUN.terminal:
        tx.run(update(assignments).where(*held).values(unassigned_at=tx.now))
