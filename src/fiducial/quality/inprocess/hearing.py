"""What happens elsewhere and makes a first piece due anew (spec 06.8 `retriggerOn`, 11.5, 11.6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from fiducial.kit import ids
from fiducial.kit.outbox import Event
from fiducial.kit.tx import Tx
from fiducial.orders.states import RUN
from fiducial.orders.tables import runs, work_orders
from fiducial.plant.equipment import stations_with
from fiducial.plant.lookup import find_station
from fiducial.quality.inprocess.triggers import retrigger

IN_WORK = ("MAINTENANCE", "REPAIR")


def _again(tx: Tx, event: Event, cause: str, **where: Any) -> None:
    """Make them due anew, but for one that passed after the event: the event is heard a moment later."""
    retrigger(tx, cause, before=ids.time_of(event.id), **where)


def hear_program(tx: Tx, event: Event) -> None:
    """Ask first pieces anew at the stations of a test program that was activated, of the open runs of its product."""
    for code in event.payload.get("stationCodes", ()):
        station = find_station(tx, code)
        if station is None:
            continue
        open_runs = (
            select(runs.c.id).join(work_orders, work_orders.c.id == runs.c.work_order_id)
            .where(
                work_orders.c.product_code == event.payload.get("productCode"), runs.c.line_id == station.line_id,
                runs.c.status.not_in(RUN.terminal),
            )
        )  # fmt: skip
        for run in tx.all(open_runs):
            _again(tx, event, "PROGRAM_CHANGE", run_id=run.id, station_code=code)


def hear_tool(tx: Tx, event: Event) -> None:
    """Ask the first piece anew where a fixture of a run was assigned, taken away, repaired or calibrated."""
    if event.thing is not None:
        _again(tx, event, "TOOL_CHANGE", run_id=event.thing, station_code=event.payload.get("stationCode"))


def hear_reel(tx: Tx, event: Event) -> None:
    """Ask first pieces of a run anew when a reel was put on one of its slots while boards may be made."""
    _again(tx, event, "MATERIAL_CHANGE", run_id=event.payload["runId"])


def hear_lot(tx: Tx, event: Event) -> None:
    """Ask them anew at a station at which a part came from another lot than before."""
    if event.thing is not None:
        _again(tx, event, "MATERIAL_CHANGE", run_id=event.thing, station_code=event.payload["stationCode"])


def hear_binding(tx: Tx, event: Event) -> None:
    """Ask them anew on a line that was given another stencil (a tool) or another jar of paste (a material)."""
    _again(tx, event, "TOOL_CHANGE" if event.payload["kind"] == "STENCIL" else "MATERIAL_CHANGE", line_id=event.thing)


def hear_oven(tx: Tx, event: Event) -> None:
    """Ask them anew at an oven that runs another program."""
    station = find_station(tx, event.payload["stationCode"])
    if station is not None:
        _again(tx, event, "PROGRAM_CHANGE", line_id=station.line_id, station_code=station.code)


def hear_stop(tx: Tx, event: Event) -> None:
    """Ask them anew on the lines of a machine that stands still; at its stations too when it is being maintained."""
    places = stations_with(tx, event.payload["equipmentCode"])
    for line_id in sorted({place.line_id for place in places}):
        _again(tx, event, "LINE_STOP", line_id=line_id)
    if event.payload["status"] in IN_WORK:
        _maintained(tx, event, places)


def hear_maintenance(tx: Tx, event: Event) -> None:
    """Ask them anew at the stations of a machine whose upkeep somebody found in order; of a fixture its own event tells."""
    _maintained(tx, event, stations_with(tx, event.payload["equipmentCode"]))


def _maintained(tx: Tx, event: Event, places: Sequence[Any]) -> None:
    for place in places:
        _again(tx, event, "MAINTENANCE", line_id=place.line_id, station_code=place.code)
