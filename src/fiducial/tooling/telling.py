"""What tooling tells readiness, in the transaction of each change (spec 03.8)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import select

from fiducial.kit.tx import Tx
from fiducial.plant.tables import stations
from fiducial.tooling.reading import EQUIPMENT, FIXTURE, SOLDER_PASTE, SQUEEGEE, STENCIL, lines_of_tool
from fiducial.tooling.tables import assignments

GATES: dict[str, tuple[str, ...]] = {
    STENCIL: ("STENCIL", "PREP_STENCIL_USAGE", "PREP_STENCIL_CLEAN"),
    SQUEEGEE: ("PREP_SCRAPER",),
    FIXTURE: ("PREP_FIXTURE",),
    SOLDER_PASTE: ("SOLDER_PASTE", "PREP_PASTE", "TIME_RULE"),
    EQUIPMENT: ("EQUIPMENT",),
}


def tell_lines(tx: Tx, line_ids: Collection[int], gates: Sequence[str]) -> None:
    """Announce READINESS_INPUT_CHANGED for lines."""
    for line_id in sorted(set(line_ids)):
        tx.emit("READINESS_INPUT_CHANGED", line_id, lineId=line_id, gates=list(gates))


def tell_run(tx: Tx, run_id: int, gates: Sequence[str]) -> None:
    """Announce READINESS_INPUT_CHANGED for one run."""
    tx.emit("READINESS_INPUT_CHANGED", run_id, runId=run_id, gates=list(gates))


def tell_of_tool(tx: Tx, tool: Any) -> None:
    """Announce that something about a tool changed: to the lines it is bound to or recorded for, and the runs it is assigned to."""
    tell_lines(tx, lines_of_tool(tx, tool.id), GATES[tool.kind])
    if tool.kind == FIXTURE:
        held = select(assignments.c.run_id).where(
            assignments.c.tool_id == tool.id, assignments.c.unassigned_at.is_(None)
        )
        for row in tx.all(held):
            tell_run(tx, row.run_id, GATES[FIXTURE])


def tell_stations(tx: Tx, tool: Any) -> None:
    """Announce that a fixture was repaired or calibrated, to the station of the run that has it: its first piece is due anew (spec 11.6)."""
    held = (
        select(assignments.c.run_id, stations.c.code)
        .join(stations, stations.c.id == assignments.c.station_id)
        .where(assignments.c.tool_id == tool.id, assignments.c.unassigned_at.is_(None))
    )
    for row in tx.all(held):
        tell_station(tx, row.run_id, row.code)


def tell_station(tx: Tx, run_id: int, station_code: str) -> None:
    """Announce that a tool of a run changed at a station."""
    tx.emit("TOOL_CHANGED_AT_STATION", run_id, stationCode=station_code)
