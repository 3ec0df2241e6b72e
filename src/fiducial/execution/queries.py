"""What stands before a station and what a scan is (spec 05.3)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field, field_validator
from sqlalchemy import Select, Text, and_, bindparam, false, func, null, or_, select, type_coerce

from fiducial.execution import guards
from fiducial.execution.answers import FormAsked, Queue, QueueItem, ResolvedUnit, SpecAsked, StepShown
from fiducial.execution.holding import open_hold
from fiducial.execution.ports import Wires, wired
from fiducial.execution.standing import Station, UnitToLeave, find_station, unit_to_leave
from fiducial.execution.tables import data_values, tracks
from fiducial.execution.values import alarm_limits_of, asked_at_track_out
from fiducial.kit import clock
from fiducial.kit.acting import query
from fiducial.kit.http.shapes import Body, Key
from fiducial.kit.listing import LARGEST_SIZE, known_are, part
from fiducial.kit.refusals import Refused
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, units, work_orders
from fiducial.people.reach import must_reach_line, must_reach_station
from fiducial.plant.lookup import stations_of_line
from fiducial.plant.tables import stations
from fiducial.routing.fit import fits
from fiducial.routing.frozen import FrozenRoute, FrozenSpec, FrozenStep, frozen_route

MAY_LOOK = ("exec:track_in", "exec:track_out", "exec:read")
IN_STATION, WAITING = "IN_STATION", "WAITING"

_station_code = Hot(select(stations.c.code).where(stations.c.id == bindparam("station")))
_worked_runs = Hot(
    select(runs.c.id, runs.c.run_no, runs.c.version_id).where(
        runs.c.line_id == bindparam("line"), runs.c.status.in_(guards.WORKED)
    )
)
_collected = Hot(
    select(
        data_values.c.spec_id, type_coerce(data_values.c.value_number, Text).label("value_number"),
        data_values.c.value_text, data_values.c.value_boolean,
        data_values.c.value_json, data_values.c.judge, data_values.c.collected_at, data_values.c.source,
    ).where(data_values.c.track_id == bindparam("track")).order_by(data_values.c.id)
)  # fmt: skip


class QueueAsked(Body):
    """What may be asked of a queue."""

    state: str = f"{IN_STATION},{WAITING}"
    sn: Key | None = None
    run_no: Key | None = None
    page: Annotated[int, Field(ge=1, le=1000)] = 1
    page_size: Annotated[int, Field(ge=1, le=LARGEST_SIZE)] = 30

    @field_validator("state")
    @classmethod
    def known(cls, value: str) -> str:
        """Refuse a state that is neither IN_STATION nor WAITING."""
        if not {piece.strip() for piece in value.split(",")} <= {IN_STATION, WAITING}:
            raise ValueError(known_are((IN_STATION, WAITING)))
        return value

    @property
    def states(self) -> frozenset[str]:
        """Give the states asked for."""
        return frozenset(piece.strip() for piece in self.state.split(","))


class Places:
    """Which stations of a line may do a step; asked once for a list, not once for a row."""

    def __init__(self, tx: Tx, line_id: int) -> None:
        self._stations = stations_of_line(tx, line_id)

    def step(self, step: FrozenStep | None) -> StepShown | None:
        """Give a step as a queue shows it."""
        if step is None:
            return None
        return {
            "stepNo": step.step_no, "operationCode": step.operation_code, "operationName": step.operation_name,
            "stationCodes": [station.code for station in self._stations if fits(step, station)],
        }  # fmt: skip


@query(*MAY_LOOK)
def resolve_unit(tx: Tx, sn: str) -> ResolvedUnit:
    """Give what a scanned serial is and where it stands. Refuses UNIT_NOT_FOUND, FORBIDDEN."""
    unit = unit_to_leave(tx, sn)
    if unit is None:
        raise Refused("UNIT_NOT_FOUND", sn=sn)
    step: StepShown | None = None
    if unit.run_id is not None:
        must_reach_line(tx, unit.line_id, *MAY_LOOK)
        step = Places(tx, unit.line_id).step(frozen_route(tx, unit.version_id).by_no.get(unit.current_step_no))
    hold = open_hold(tx, unit.unit_id) if unit.status == "ON_HOLD" or unit.hold_pending else None
    station = _station_code.scalar(tx, station=unit.track_station_id) if unit.track_id is not None else None
    return {
        "sn": unit.sn, "woNo": unit.wo_no, "runNo": unit.run_no, "status": unit.status, "currentStepNo": unit.current_step_no,
        "currentStep": step,
        "openTrack": {"stationCode": station, "stepNo": unit.track_step_no, "inAt": clock.to_wire(unit.in_at)} if station else None,
        "hold": {"reason": hold.reason or hold.source, "placedAt": clock.to_wire(hold.placed_at)} if hold is not None else None,
        "openDefects": len(wired().defects.open_of(tx, [unit.unit_id]).get(unit.unit_id, ())),
    }  # fmt: skip


@query("exec:read", "exec:track_in", "exec:track_out")
def station_queue(tx: Tx, station_code: str, asked: QueueAsked) -> Queue:
    """Give the units in a station, oldest first, then those that wait for it. Refuses STATION_NOT_FOUND, FORBIDDEN."""
    wires = wired()
    station = find_station(tx, station_code)
    must_reach_station(tx, station.id, station.line_id, *MAY_LOOK, code=station_code)
    inside = _inside(station, asked) if IN_STATION in asked.states else None
    waiting = _waiting(tx, wires, station, asked) if WAITING in asked.states else None
    rows, total = _one_after_the_other(tx, [part for part in (inside, waiting) if part is not None], asked)
    faulty = wires.defects.open_of(tx, [row.unit_id for row in rows])
    places = Places(tx, station.line_id)
    equipment = (
        wires.equipment.status(tx, station) if wires.equipment else {"status": None, "blocked": False, "reason": None}
    )
    return {
        "station": {
            "code": station.code, "name": station.name, "stationType": station.station_type, "lineCode": station.line_code,
            "equipment": dict(equipment),
        },
        "items": [_item(tx, row, places, len(faulty.get(row.unit_id, ()))) for row in rows],
        "total": total, "page": asked.page, "pageSize": asked.page_size,
    }  # fmt: skip


_COLUMNS = (
    units.c.id.label("unit_id"), units.c.sn, units.c.status, units.c.current_step_no, units.c.updated_at, runs.c.run_no,
    runs.c.version_id, work_orders.c.wo_no,
)  # fmt: skip
_unit_of_run = units.join(runs, runs.c.id == units.c.run_id).join(
    work_orders, work_orders.c.id == units.c.work_order_id
)


def _narrowed(statement: Select[Any], asked: QueueAsked) -> Select[Any]:
    if asked.sn:
        statement = statement.where(part(units.c.sn)(asked.sn))
    return statement.where(runs.c.run_no == asked.run_no) if asked.run_no else statement


def _inside(station: Station, asked: QueueAsked) -> Select[Any]:
    """Units with an open track here."""
    there = and_(tracks.c.unit_id == units.c.id, tracks.c.out_at.is_(None), tracks.c.voided_at.is_(None))
    statement = (
        select(*_COLUMNS, tracks.c.in_at, tracks.c.operator_id_in, tracks.c.mode).select_from(_unit_of_run.join(tracks, there))
        .where(tracks.c.station_id == station.id).order_by(tracks.c.in_at, tracks.c.id)
    )  # fmt: skip
    return _narrowed(statement, asked)


def _waiting(tx: Tx, wires: Wires, station: Station, asked: QueueAsked) -> Select[Any]:
    """Queued units of runs that may be worked, whose step this station may do. Asked by run and step, which an index knows."""
    nothing = null()
    steps = or_(false(), *_steps_here(tx, wires, station))
    statement = (
        select(*_COLUMNS, nothing.label("in_at"), nothing.label("operator_id_in"), nothing.label("mode")).select_from(_unit_of_run)
        .where(units.c.status == "QUEUED", steps).order_by(units.c.updated_at, units.c.id)
    )  # fmt: skip
    return _narrowed(statement, asked)


def _steps_here(tx: Tx, wires: Wires, station: Station) -> list[Any]:
    trial_runs = wires.trial.runs_in_trial(tx, station.line_id) if wires.trial else ()
    worked = [(row.id, frozen_route(tx, row.version_id).steps) for row in _worked_runs.all(tx, line=station.line_id)]
    if trial_runs:  # a trial is of the first step alone (spec 05.4): a board that was made waits for quality, not here
        worked += [
            (row.id, (frozen_route(tx, row.version_id).first,))
            for row in tx.all(select(runs.c.id, runs.c.version_id).where(runs.c.id.in_(trial_runs)))
        ]
    found = []
    for run_id, route_steps in worked:
        steps = [step.step_no for step in route_steps if _does(tx, station, step)]
        if steps:
            found.append(and_(units.c.run_id == run_id, units.c.current_step_no.in_(steps)))
    return found


def _does(tx: Tx, station: Station, step: FrozenStep) -> bool:
    exactly = step.fits(
        code=station.code, station_type=station.station_type, group_code=station.group_code, is_active=station.is_active
    )
    return exactly or (station.is_active and guards.steps_in(tx, station, step))


def _one_after_the_other(tx: Tx, parts: Sequence[Select[Any]], asked: QueueAsked) -> tuple[list[Any], int]:
    """Give the page of rows of several selects that follow each other, and how many there are in all."""
    skip, rows, total = (asked.page - 1) * asked.page_size, list[Any](), 0
    for statement in parts:
        count = int(tx.scalar(select(func.count()).select_from(statement.order_by(None).subquery())) or 0)
        wanted = asked.page_size - len(rows)
        if wanted > 0 and skip < count:
            rows += tx.all(statement.limit(wanted).offset(skip))
        skip, total = max(0, skip - count), total + count
    return rows, total


def _item(tx: Tx, row: Any, places: Places, open_defects: int) -> QueueItem:
    route: FrozenRoute = frozen_route(tx, row.version_id)
    step = route.by_no.get(row.current_step_no)
    inside = row.in_at is not None
    return {
        "sn": row.sn, "status": row.status, "woNo": row.wo_no, "runNo": row.run_no, "currentStepNo": row.current_step_no,
        "currentStep": places.step(step), "nextStep": places.step(route.after(step.step_no)) if step else None,
        "inAt": clock.to_wire(row.in_at), "operatorIdIn": row.operator_id_in,
        "mode": (row.mode or "NORMAL") if inside else None,
        "waitingSince": None if inside else clock.to_wire(row.updated_at), "openDefects": open_defects,
    }  # fmt: skip


@query("exec:track_out")
def data_specs(tx: Tx, station_code: str, sn: str) -> FormAsked:
    """Give what the track-out form of a unit at a station must ask.

    Refuses STATION_NOT_FOUND, UNIT_NOT_FOUND, UNIT_NO_RUN, ROUTE_VERSION_NOT_READY, ROUTING_EMPTY, STEP_MISMATCH,
    STATION_MISMATCH, FORBIDDEN.
    """
    station = find_station(tx, station_code)
    must_reach_station(tx, station.id, station.line_id, "exec:track_out", code=station_code)
    unit = unit_to_leave(tx, sn)
    if unit is None:
        raise Refused("UNIT_NOT_FOUND", sn=sn)
    if unit.run_id is not None:
        must_reach_line(tx, unit.line_id, *MAY_LOOK)
    return asked_of(tx, station, unit)


def asked_of(tx: Tx, station: Station, unit: UnitToLeave) -> FormAsked:
    """Give what the form of a unit that was found must ask; refuses as `data_specs`."""
    wires, sn = wired(), unit.sn
    run = guards.run_of(tx, unit, sn, None)
    route = guards.route_of(tx, run)
    step = route.by_no.get(unit.current_step_no)
    if step is None:
        raise Refused("STEP_MISMATCH", sn=sn, currentStepNo=unit.current_step_no)
    guards.may_do(tx, station, route, step, run)
    collected = (
        {row.spec_id: row for row in _collected.all(tx, track=unit.track_id)} if unit.track_id is not None else {}
    )
    asked = [_asked(spec, collected.get(spec.id)) for spec in step.specs]
    verdicts = (
        [seen for verdict in wires.verdicts for seen in verdict.of_track(tx, unit.track_id)] if unit.track_id else []
    )
    return {
        "sn": unit.sn, "runNo": run.run_no, "stepNo": step.step_no, "operationCode": step.operation_code,
        "operationName": step.operation_name, "specs": sorted(asked, key=lambda spec: (not spec["requiredNow"], spec["name"])),
        "verdicts": [dict(seen) for seen in verdicts],
        "openDefects": [dict(defect) for defect in wires.defects.open_of(tx, [unit.unit_id]).get(unit.unit_id, ())],
    }  # fmt: skip


def worked_runs(tx: Tx, line_id: int) -> list[tuple[str, int]]:
    """Give number and frozen version of the runs of a line that may be worked."""
    return [(row.run_no, row.version_id) for row in _worked_runs.all(tx, line=line_id)]


def route_progress(tx: Tx, unit: UnitToLeave) -> list[dict[str, Any]]:
    """Give the steps of a unit's route and how far it is, as the page draws them."""
    marks = {"OUT_FAILED": "FAIL", "ON_HOLD": "HOLD", "SCRAPPED": "FAIL"}
    found = []
    for step in frozen_route(tx, unit.version_id).steps:
        state = "TODO"
        if unit.status == "DONE" or step.step_no < unit.current_step_no:
            state = "DONE"
        elif step.step_no == unit.current_step_no:
            state = marks.get(unit.status, "CURRENT")
        found.append({"no": step.step_no, "label": step.operation_name or step.operation_code, "state": state})
    return found


def _asked(spec: FrozenSpec, stored: Any) -> SpecAsked:
    rules, alarm = spec.spec or {}, spec.alarm or {}
    limits = alarm_limits_of(spec) if alarm and spec.data_type == "NUMBER" else None
    return {
        "id": spec.id, "name": spec.name, "itemType": spec.item_type, "dataType": spec.data_type, "method": spec.method,
        "triggerType": spec.trigger_type, "isRequired": spec.is_required,
        "requiredNow": asked_at_track_out(spec) and stored is None,
        "spec": {name: rules.get(name) for name in ("min", "max", "lsl", "usl", "target", "unit", "decimals", "pattern", "expected")}
        | {"enum": list(rules.get("enum") or [])},
        "alarm": {
            "min": limits.lower if limits else None, "max": limits.upper if limits else None, "action": alarm.get("action"),
        },
        "collected": None if stored is None else {
            "value": value_of(stored), "judge": stored.judge, "collectedAt": clock.to_wire(stored.collected_at), "source": stored.source,
        },
    }  # fmt: skip


def value_of(row: Any) -> Any:
    """Give the one value of a stored row, of whatever type it is."""
    import orjson

    if row.value_number is not None:
        return row.value_number
    if row.value_boolean is not None:
        return bool(row.value_boolean)
    return orjson.loads(row.value_json) if row.value_json is not None else row.value_text
