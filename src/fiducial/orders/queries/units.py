"""The units of one run (spec 02.6)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import false, select

from fiducial.kit import clock
from fiducial.kit.acting import query
from fiducial.kit.listing import Listing, Page, one_of, part
from fiducial.kit.tx import Tx
from fiducial.orders.answers import RunUnit, UnitsOfRun
from fiducial.orders.lookup import must_reach_run, order_of_run, the_run
from fiducial.orders.queries.run_detail import steps_with_stations
from fiducial.orders.states import UNIT
from fiducial.orders.tables import units
from fiducial.plant.lookup import the_station
from fiducial.routing.fit import fits
from fiducial.routing.frozen import FrozenRoute, frozen_route


def _at_station(value: str) -> Any:
    raise AssertionError(f"answered by units_of_run: {value}")


UNITS = Listing(
    filters={"status": one_of(units.c.status, UNIT.states), "sn": part(units.c.sn), "stationCode": _at_station},
    sorts={"updatedAt": units.c.updated_at, "sn": units.c.sn},
    default_sort="sn",
    key=units.c.id,
)  # fmt: skip


@query("run:read")
def units_of_run(tx: Tx, run_no: str, page: Page) -> UnitsOfRun:
    """Give the units of a run with where each is and goes next; `stationCode` keeps those whose current step it fits.

    Refuses RUN_NOT_FOUND, FORBIDDEN, STATION_NOT_FOUND.
    """
    run = the_run(tx, run_no)
    must_reach_run(tx, run, "run:read")
    route, order = frozen_route(tx, run.version_id), order_of_run(tx, run)
    steps = steps_with_stations(tx, run, route)
    statement = select(units).where(units.c.run_id == run.id)
    filters = dict(page.filters)
    station_code = filters.pop("stationCode", None)
    if station_code:
        station = the_station(tx, station_code)
        fitting = [step.step_no for step in route.steps if fits(step, station)]
        there = units.c.current_step_no.in_(fitting) & units.c.status.not_in(UNIT.terminal) if fitting else false()
        statement = statement.where(there)
    answer = UNITS.answer(tx, statement, replace(page, filters=filters), lambda row: _unit(row, route, steps))
    return {
        "run": {"runNo": run.run_no, "status": run.status}, "workOrder": {"woNo": order.wo_no, "productCode": order.product_code},
        **answer,
    }  # fmt: skip


def _unit(row: Any, route: FrozenRoute, steps: dict[int, dict[str, Any]]) -> RunUnit:
    here = steps.get(row.current_step_no) if row.status not in UNIT.terminal else None
    following = route.after(row.current_step_no) if here else None
    return {
        "sn": row.sn, "status": row.status, "currentStepNo": row.current_step_no, "currentStep": here,
        "nextStep": steps[following.step_no] if following else None, "updatedAt": clock.to_wire(row.updated_at),
    }  # fmt: skip
