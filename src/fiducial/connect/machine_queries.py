"""What machines sent, as it is read (spec 08.3): results of inspection machines, device data."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from fiducial.execution.device_tables import device_events
from fiducial.kit import clock, ids
from fiducial.kit.acting import query
from fiducial.kit.listing import Condition, Listed, Listing, Page, exact, one_of, part, since, until, yes_no
from fiducial.kit.refusals import Said
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, units
from fiducial.people.reach import lines_in_reach
from fiducial.plant.reported import AUTO, EFFECTIVE, MANUAL
from fiducial.plant.tables import stations
from fiducial.quality.machine_tables import machine_results

VIEW = "integration:view"
WHOLE = Said(zh="必须是整数", en="must be a whole number")


def whole_number(column: Any) -> Condition:
    """Match a whole number exactly."""

    def condition(value: str) -> Any:
        if not value.isascii() or not value.isdigit() or len(value) > 9:
            raise ValueError(WHOLE)
        return column == int(value)

    return condition


m, d = machine_results.c, device_events.c
RESULTS = Listing(
    filters={
        "eventId": exact(m.event_id), "runNo": part(runs.c.run_no), "unitSn": part(units.c.sn), "stationCode": exact(stations.c.code),
        "stepNo": whole_number(m.step_no), "inspectionType": one_of(m.kind, ("SPI", "AOI")), "result": one_of(m.status, ("PASS", "FAIL")),
        "matchStatus": one_of(m.match_status, ("MATCHED", "PENDING", "ORPHAN")), "source": one_of(m.source, (AUTO, MANUAL)),
        "equipmentId": exact(m.equipment_id), "effective": yes_no(m.standing == EFFECTIVE), "eventFrom": since(m.event_time),
        "eventTo": until(m.event_time), "search": part(units.c.sn, runs.c.run_no),
    },
    sorts={"eventTime": m.event_time, "receivedAt": m.received_at, "unitSn": units.c.sn}, default_sort="eventTime.desc", key=m.id,
)  # fmt: skip
DEVICE_DATA = Listing(
    filters={
        "eventId": exact(d.event_id), "runNo": part(runs.c.run_no), "unitSn": part(units.c.sn), "stationCode": exact(stations.c.code),
        "stepNo": whole_number(d.step_no), "source": one_of(d.source, (AUTO, MANUAL)), "equipmentId": exact(d.equipment_id),
        "late": yes_no(d.late), "eventFrom": since(d.event_time), "eventTo": until(d.event_time), "search": part(units.c.sn, runs.c.run_no),
    },
    sorts={"eventTime": d.event_time, "receivedAt": d.received_at, "unitSn": units.c.sn}, default_sort="eventTime.desc", key=d.id,
)  # fmt: skip


def _joined(table: Any, unit_id: Any) -> Any:
    return (
        table.join(runs, runs.c.id == table.c.run_id).join(stations, stations.c.id == table.c.station_id)
        .outerjoin(units, units.c.id == unit_id)
    )  # fmt: skip


def _in_reach(tx: Tx, statement: Any) -> Any:
    reach = lines_in_reach(tx, VIEW)
    return statement if reach is None else statement.where(runs.c.line_id.in_(reach))


@query(VIEW)
def list_results(tx: Tx, page: Page) -> Listed[dict[str, Any]]:
    """Give what SPI and AOI, or people in their place, said of boards, newest first."""
    told = select(machine_results, units.c.sn, runs.c.run_no, stations.c.code).select_from(
        _joined(machine_results, m.subject_id)
    )
    return RESULTS.answer(tx, _in_reach(tx, told), page, _result)


def _result(row: Any) -> dict[str, Any]:
    return {
        "id": ids.to_wire(row.id), "eventId": row.event_id, "system": row.system, "runNo": row.run_no, "unitSn": row.sn, "stationCode": row.code,
        "stepNo": row.step_no, "inspectionType": row.kind, "result": row.status, "trackId": ids.wire_or_none(row.track_id),
        "matchStatus": row.match_status, "source": row.source, "effective": row.standing == EFFECTIVE and row.overruled_by is None,
        "heldReason": row.held_reason, "defects": row.defects or [], "remark": row.remark, "reason": row.reason,
        "overruledByName": row.overruled_by_name, "overruledAt": clock.to_wire(row.overruled_at), "operatorId": row.operator_id,
        "enteredByName": row.by_name, "equipmentId": row.equipment_id, "eventTime": clock.to_wire(row.event_time),
        "receivedAt": clock.to_wire(row.received_at), "clockSuspect": row.clock_suspect, "warnings": row.warnings or [],
    }  # fmt: skip


@query(VIEW)
def list_device_data(tx: Tx, page: Page) -> Listed[dict[str, Any]]:
    """Give the events of machines that measured, newest first."""
    told = select(device_events, units.c.sn, runs.c.run_no, stations.c.code).select_from(
        _joined(device_events, d.unit_id)
    )
    return DEVICE_DATA.answer(tx, _in_reach(tx, told), page, _event)


def _event(row: Any) -> dict[str, Any]:
    return {
        "id": ids.to_wire(row.id), "eventId": row.event_id, "system": row.system, "runNo": row.run_no, "unitSn": row.sn, "stationCode": row.code,
        "stepNo": row.step_no, "trackId": ids.wire_or_none(row.track_id), "carrierTrackId": ids.wire_or_none(row.carrier_track_id),
        "source": row.source, "effective": row.held_reason is None, "heldReason": row.held_reason, "late": row.late,
        "dataValuesCreated": row.passed + row.failed + row.not_judged,
        "judged": {"pass": row.passed, "fail": row.failed, "na": row.not_judged}, "operatorId": row.operator_id, "reason": row.reason,
        "enteredByName": row.by_name, "equipmentId": row.equipment_id, "eventTime": clock.to_wire(row.event_time),
        "receivedAt": clock.to_wire(row.received_at), "clockSuspect": row.clock_suspect, "warnings": row.warnings or [],
    }  # fmt: skip
