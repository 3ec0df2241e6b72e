"""Which stations fit a step (spec 01.9): one rule, asked at run creation, by the ROUTE gate and on the route page."""

from __future__ import annotations

from typing import Any

from fiducial.kit.tx import Tx
from fiducial.plant.lookup import StationRow, stations_of_line
from fiducial.routing.frozen import FrozenRoute, FrozenStep


def fits(step: FrozenStep, station: StationRow) -> bool:
    """Tell whether the station may do the step: active, of its type, among its stations, in its group."""
    return step.fits(
        code=station.code, station_type=station.station_type, group_code=station.group_code, is_active=station.is_active
    )


def fitting_stations(tx: Tx, line_id: int, step: FrozenStep) -> list[StationRow]:
    """Give the stations of the line that fit the step, by code."""
    return [station for station in stations_of_line(tx, line_id) if fits(step, station)]


def unfit_steps(tx: Tx, line_id: int, route: FrozenRoute) -> list[dict[str, Any]]:
    """Give the steps that no station of the line fits, in wire spelling (spec 02.5 guard 7); empty when the line can do it all."""
    there = stations_of_line(tx, line_id)
    return [
        {
            "stepNo": step.step_no, "operationCode": step.operation_code, "stationType": step.station_type,
            "stationGroupCode": step.station_group_code, "allowedStationCodes": sorted(step.allowed_station_codes),
        }
        for step in route.steps
        if not any(fits(step, station) for station in there)
    ]  # fmt: skip
