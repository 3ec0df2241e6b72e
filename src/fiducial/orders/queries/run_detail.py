"""Everything about one run (spec 02.11): where it is, what it is made of, what may be done next."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, func, select

from fiducial.kit import clock, columns, ids
from fiducial.kit.acting import query
from fiducial.kit.tx import Tx
from fiducial.orders import ports
from fiducial.orders.lookup import must_reach_run, order_of_run, the_run
from fiducial.orders.queries.next_actions import of_run
from fiducial.orders.queries.runs import unit_stats
from fiducial.orders.states import IN_STATION, OUT_FAILED, QUEUED, UNIT
from fiducial.orders.tables import authorizations, runs, units
from fiducial.orders.views import authorization_on_wire, effective_pick_status, plain, run_now
from fiducial.plant.lookup import line_of_id, material_name, stations_of_line
from fiducial.routing.choose import version_of_id
from fiducial.routing.fit import fits
from fiducial.routing.frozen import FrozenRoute, FrozenStep, frozen_route

RECENT = 20


@query("run:read")
def run_detail(tx: Tx, run_no: str) -> dict[str, Any]:
    """Give a run with its order, line, frozen route, units, readiness and next actions. Refuses RUN_NOT_FOUND, FORBIDDEN."""
    run = the_run(tx, run_no)
    must_reach_run(tx, run, "run:read")
    order, line = order_of_run(tx, run), line_of_id(tx, run.line_id)
    assert line is not None, "a run's line is never deleted"
    route = frozen_route(tx, run.version_id)
    return {
        "run": run_now(tx, run.id),
        "workOrder": {
            "woNo": order.wo_no, "productCode": order.product_code, "productName": material_name(tx, order.product_code),
            "plannedQty": plain(order.planned_qty), "status": order.status, "pickStatus": effective_pick_status(order),
            "dueDate": clock.to_wire(order.due_date),
        },
        "line": {"id": ids.to_wire(line.id), "code": line.code, "name": line.name, "processType": line.process_type},
        "routeVersion": _version(tx, route),
        "routeSteps": _steps(tx, run, route),
        "unitStats": unit_stats(tx, [run.id])[run.id],
        "readiness": dict(ports.readiness().detail(tx, run)),
        "fai": _section(tx, run, "fai", _no_first_article(route)),
        "oqc": _section(tx, run, "oqc", None),
        "loading": _section(tx, run, "loading", {"expected": 0, "loaded": 0, "mismatch": 0, "locked": 0}),
        "timeRules": _section(tx, run, "timeRules", {"active": 0, "warning": 0, "expired": 0}),
        "authorizations": _authorizations(tx, run),
        "reworkRuns": _rework_runs(tx, run),
        "recentUnits": _recent_units(tx, run),
        "nextActions": of_run(tx, run),
    }  # fmt: skip


def _section(tx: Tx, run: Any, name: str, nothing: Any) -> Any:
    """Give a part that another room knows; what there is to say while that room is not built stands here."""
    known = ports.section(name)
    return known.of_run(tx, run) if known else nothing


def _no_first_article(route: FrozenRoute) -> dict[str, Any]:
    return {
        "required": route.requires_fai, "faiId": None, "status": None, "sampleQty": None, "trackedQty": None, "signedAt": None,
    }  # fmt: skip


def _version(tx: Tx, route: FrozenRoute) -> dict[str, Any]:
    version = version_of_id(tx, route.id)
    said = route.snapshot["route"]
    return {
        "id": ids.to_wire(route.id), "versionNo": route.version_no, "status": route.status,
        "retiredAt": clock.to_wire(version.retired_at) if version else None, "compiledAt": clock.to_wire(route.compiled_at),
        "route": {"code": route.route_code, "name": route.route_name, "sourceSystem": said.get("sourceSystem")},
    }  # fmt: skip


def step_on_wire(step: FrozenStep, station_codes: list[str]) -> dict[str, Any]:
    """Give a step as lists of units name it; `station_codes` are the line's stations that fit it."""
    return {
        "stepNo": step.step_no, "operationCode": step.operation_code, "operationName": step.operation_name,
        "stationType": step.station_type, "stationGroup": step.station_group_code, "stationCodes": station_codes,
    }  # fmt: skip


def steps_with_stations(tx: Tx, run: Any, route: FrozenRoute) -> dict[int, dict[str, Any]]:
    """Give the steps of a run's route by number, each with the stations of its line that fit."""
    there = stations_of_line(tx, run.line_id)
    return {
        step.step_no: step_on_wire(step, [station.code for station in there if fits(step, station)]) for step in route.steps
    }  # fmt: skip


def _steps(tx: Tx, run: Any, route: FrozenRoute) -> list[dict[str, Any]]:
    named = steps_with_stations(tx, run, route)
    waiting = _units_at_steps(tx, run)
    passed = _passed_at_steps(tx, run)
    total = unit_stats(tx, [run.id])[run.id]["total"]
    return [
        {
            **named[step.step_no], "processKind": step.process_kind, "requiresFAI": step.requires_fai,
            "queued": waiting.get((step.step_no, QUEUED), 0), "inStation": waiting.get((step.step_no, IN_STATION), 0),
            "completed": passed.get(step.step_no, 0), "failed": waiting.get((step.step_no, OUT_FAILED), 0), "total": total,
        }
        for step in route.steps
    ]  # fmt: skip


def _units_at_steps(tx: Tx, run: Any) -> dict[tuple[int, str], int]:
    there = select(units.c.current_step_no, units.c.status, func.count().label("n")).where(
        units.c.run_id == run.id, units.c.status.not_in(UNIT.terminal)
    )
    rows = tx.all(there.group_by(units.c.current_step_no, units.c.status))
    return {(row.current_step_no, row.status): row.n for row in rows}


def _passed_at_steps(tx: Tx, run: Any) -> dict[int, int]:
    """Give how many units of the run have passed each step, each once however often it came back."""
    tracks = columns.metadata.tables.get("track")
    if tracks is None:  # a program without execution: nothing was ever tracked
        return {}
    step_no: Column[Any] = tracks.c.step_no
    passed = (
        select(step_no, func.count(func.distinct(tracks.c.unit_id)).label("n"))
        .where(tracks.c.run_id == run.id, tracks.c.result == "PASS", tracks.c.voided_at.is_(None))
        .group_by(step_no)
    )
    return {row.step_no: row.n for row in tx.all(passed)}


def _authorizations(tx: Tx, run: Any) -> list[Any]:
    found = select(authorizations).where(authorizations.c.run_id == run.id).order_by(authorizations.c.id.desc())
    return [authorization_on_wire(row) for row in tx.all(found)]


def _rework_runs(tx: Tx, run: Any) -> list[dict[str, Any]]:
    found = select(runs).where(runs.c.parent_run_id == run.id).order_by(runs.c.id)
    return [
        {"runNo": row.run_no, "status": row.status, "reworkType": row.rework_type, "planQty": row.plan_qty} for row in tx.all(found)
    ]  # fmt: skip


def _recent_units(tx: Tx, run: Any) -> list[dict[str, Any]]:
    found = (
        select(units)
        .where(units.c.run_id == run.id)
        .order_by(units.c.updated_at.desc(), units.c.id.desc())
        .limit(RECENT)
    )
    return [
        {"sn": row.sn, "status": row.status, "currentStepNo": row.current_step_no, "updatedAt": clock.to_wire(row.updated_at)}
        for row in tx.all(found)
    ]  # fmt: skip
