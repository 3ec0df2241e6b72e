"""What happens elsewhere and makes a first piece due anew (spec 06.8 `retriggerOn`, 11.5, 11.6)."""

from __future__ import annotations

from sqlalchemy import select

from fiducial.kit.outbox import Event
from fiducial.kit.tx import Tx
from fiducial.orders.states import RUN
from fiducial.orders.tables import runs, work_orders
from fiducial.plant.lookup import find_station
from fiducial.quality.inprocess.triggers import retrigger


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
            retrigger(tx, "PROGRAM_CHANGE", run_id=run.id, station_code=code)


def hear_tool(tx: Tx, event: Event) -> None:
    """Ask the first piece anew where a fixture of a run was assigned, taken away, repaired or calibrated."""
    if event.thing is not None:
        retrigger(tx, "TOOL_CHANGE", run_id=event.thing, station_code=event.payload.get("stationCode"))
