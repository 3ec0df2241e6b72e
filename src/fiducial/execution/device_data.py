"""Taking device data (设备数采, spec 08.3.7): found its visit, judged by the frozen limits, stored all or none, each event once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from fiducial.execution import collecting
from fiducial.execution.carrier_tables import carrier_values
from fiducial.execution.device_places import DataPlace, data_place
from fiducial.execution.device_shapes import DeviceData, DeviceItem
from fiducial.execution.device_tables import device_events
from fiducial.execution.holding import hold_for_alarm
from fiducial.execution.values import Reading, Unfit, read
from fiducial.kit import clock, ids
from fiducial.kit.refusals import Refused, Said, bad_field, reason_of
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs
from fiducial.plant.lookup import find_operation
from fiducial.plant.modes import HELD_BY_MODE, is_manual
from fiducial.plant.receiving import Taken, digest_of, must_be_allowed, repeated, sender_of, times_of
from fiducial.plant.reported import AUTO, MANUAL
from fiducial.routing.frozen import FrozenSpec, spec_of_row
from fiducial.routing.tables import data_specs

DEVICE = "DEVICE"


def report_device_data(tx: Tx, push: DeviceData) -> dict[str, Any]:
    """Take one event. Give the common answer with `trackId, carrierTrackId, dataValuesCreated, judged, late`.

    Refuses as `data_place`, DATA_SPEC_NOT_FOUND, DATA_SPEC_NOT_BOUND, DATA_SPEC_METHOD_MISMATCH, DATA_VALUE_INVALID, DATA_UNIT_MISMATCH,
    EVENT_ID_REUSED, SOURCE_NOT_ALLOWED, OPERATOR_MISMATCH, and VALIDATION_ERROR when a person gives no reason.
    """
    if (there := repeated(tx, device_events, push)) is not None:
        return _answer(there)
    operator = must_be_allowed(tx, push)
    place = data_place(tx, push)
    # The end of a run and late data do not pass each other.
    tx.first(select(runs.c.id).where(runs.c.id == place.run.id).with_for_update(read=True))
    by_hand = is_manual(tx, DEVICE, None)
    if push.source == MANUAL and not by_hand and push.reason is None:
        raise bad_field(
            "reason",
            Said(zh="系统 DEVICE 处于自动模式，手工录入必须填写原因", en="required while DEVICE is in automatic mode"),
        )
    readings = _readings(tx, place, push)
    held = push.source == AUTO and by_hand
    return _keep(tx, push, place, () if held else readings, operator=operator, held=held)


def _keep(
    tx: Tx, push: DeviceData, place: DataPlace, readings: Sequence[Reading], *, operator: str | None, held: bool
) -> dict[str, Any]:
    warnings: list[dict[str, Any]] = []
    times = times_of(tx, push, warnings)
    judged = [reading.judge for reading in readings]
    key = tx.new_id()
    row = {
        "id": key, "system": sender_of(tx), "event_id": push.event_id, "digest": digest_of(push), "source": push.source,
        "event_time": clock.from_datetime(push.event_time), "received_at": tx.now, **times, "held_reason": HELD_BY_MODE if held else None,
        "warnings": warnings or None, "track_id": place.track.id if place.track is not None else None,
        "carrier_track_id": place.carrier_track.id if place.carrier_track is not None else None, "run_id": place.run.id,
        "unit_id": place.unit_id, "station_id": place.station.id, "step_no": place.step.step_no, "late": place.late,
        "passed": judged.count("PASS"), "failed": judged.count("FAIL"), "not_judged": judged.count("NA"), "operator_id": operator,
        "reason": push.reason, "equipment_id": push.equipment_id, "meta": push.meta, "by_id": tx.actor.id, "by_name": tx.actor.name,
    }  # fmt: skip
    if not tx.insert_once(device_events, **row):  # it came twice at the same moment, and the other was first
        there = repeated(tx, device_events, push)
        assert there is not None, "a unique key held"
        return _answer(there)
    at = [clock.from_datetime(item.collected_at) if item.collected_at else times["effective_at"] for item in push.data]
    if place.track is not None:
        collecting.store(tx, place.track.id, readings, source=push.source, at=at, event_id=key)
        if alarms := [reading for reading in readings if reading.holds_the_unit]:
            hold_for_alarm(tx, place.track.unit_id, alarms)
    elif place.carrier_track is not None:
        _store_carriers(tx, place.carrier_track.id, readings, push.source, at)
    if push.source == MANUAL and not is_manual(tx, DEVICE, None):
        tx.emit(
            "MANUAL_ENTRY_IN_AUTO", key, system=DEVICE, what=push.event_id, lineId=place.run.line_id, byName=tx.actor.name, reason=push.reason,
        )  # fmt: skip
    return _answer(Taken(tx.one(select(device_events).where(device_events.c.id == key)), is_duplicate=False))


def _readings(tx: Tx, place: DataPlace, push: DeviceData) -> list[Reading]:
    """Give what is to be stored; refuses all faults of one kind at once."""
    specs = [_spec(tx, place, push, item) for item in push.data]
    collecting.may_write(tx, place.station, specs)
    found, faults = list[Reading](), list[dict[str, Any]]()
    for spec, item in zip(specs, push.data, strict=True):
        unit = (spec.spec or {}).get("unit")
        if item.unit is not None and item.unit != unit:
            raise Refused("DATA_UNIT_MISMATCH", specName=spec.name, unit=item.unit, expected=unit or "–")
        try:
            if any(other.spec.id == spec.id for other in found):
                raise Unfit(Said(zh="重复给出", en="is given twice"))
            found.append(read(spec, item.values()))
        except Unfit as reason:
            faults.append({"specName": spec.name, "dataType": spec.data_type, "reason": reason_of(reason)})
    if faults:
        raise Refused("DATA_VALUE_INVALID", specs=faults, names=", ".join(fault["specName"] for fault in faults))
    return found


def _spec(tx: Tx, place: DataPlace, push: DeviceData, item: DeviceItem) -> FrozenSpec:
    """Give the spec of an item: of the step as it was frozen, else an active one of the operation while the step has none bound."""
    name = item.spec_id or item.spec_name
    for spec in place.step.specs:
        if spec.id == item.spec_id or (item.spec_id is None and spec.name == item.spec_name):
            return spec
    operation = find_operation(tx, push.operation_id or place.step.operation_code)
    key = ids.from_wire(item.spec_id) if item.spec_id is not None else None
    named = (
        data_specs.c.id == (key if key is not None else -1)
        if item.spec_id is not None
        else data_specs.c.name == item.spec_name
    )
    row = tx.first(
        select(data_specs).where(named, data_specs.c.is_active.is_(True), data_specs.c.operation_id == (operation.id if operation else -1))
    )  # fmt: skip
    if row is None:
        raise Refused("DATA_SPEC_NOT_FOUND", specNames=[name])
    if place.step.specs:
        raise Refused("DATA_SPEC_NOT_BOUND", specName=row.name, stepNo=place.step.step_no)
    return spec_of_row(row)


def _store_carriers(tx: Tx, carrier_track_id: int, readings: Sequence[Reading], source: str, at: Sequence[int]) -> None:
    for reading, moment in zip(readings, at, strict=False):
        values = collecting.row_of(tx, reading, source=source, at=moment) | {"carrier_track_id": carrier_track_id}
        tx.run(carrier_values.insert().values(**values))


def _answer(taken: Taken) -> dict[str, Any]:
    row = taken.row
    return {
        **taken.common(), "trackId": ids.wire_or_none(row.track_id), "carrierTrackId": ids.wire_or_none(row.carrier_track_id),
        "dataValuesCreated": row.passed + row.failed + row.not_judged,
        "judged": {"pass": row.passed, "fail": row.failed, "na": row.not_judged}, "late": row.late,
    }  # fmt: skip
