"""The points of in-process inspection as they are set up (spec 06.8). A point that is not wanted any more is switched off, for
inspections name it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from fiducial.kit import clock, ids
from fiducial.kit.acting import action, query
from fiducial.kit.listing import Listed, Listing, Page, one_of, part, yes_no
from fiducial.kit.refusals import Refused, bad_field, changed_fields
from fiducial.kit.tx import Tx
from fiducial.plant.tables import stations
from fiducial.quality.answers import IpqcPoint
from fiducial.quality.inprocess.shapes import NewPoint, PointChange, point_fault
from fiducial.quality.inspections.words import TAKEN
from fiducial.quality.tables import ipqc_points
from fiducial.routing.choose import find_route

MAY_READ = ("quality:fai", "quality:config")
POINTS = Listing(
    filters={
        "routingCode": part(ipqc_points.c.routing_code), "checkType": one_of(ipqc_points.c.check_type, ("FIRST_PIECE", "PATROL", "EVENT")),
        "isActive": yes_no(ipqc_points.c.is_active), "search": part(ipqc_points.c.code, ipqc_points.c.name),
    },
    sorts={"code": ipqc_points.c.code, "name": ipqc_points.c.name, "updatedAt": ipqc_points.c.updated_at},
    default_sort="code.asc", key=ipqc_points.c.id,
)  # fmt: skip


@query(*MAY_READ)
def list_points(tx: Tx, page: Page) -> Listed[IpqcPoint]:
    """Give the points as a list."""
    return POINTS.answer(tx, select(ipqc_points), page, point_shown)


@query(*MAY_READ)
def point_detail(tx: Tx, code: str) -> IpqcPoint:
    """Give a point. Refuses IPQC_POINT_NOT_FOUND."""
    return point_shown(_the_point(tx, code))


@action("quality:config", audit="IPQC_POINT_CREATE", entity="IPQC_POINT", key="body.code")
def create_point(tx: Tx, body: NewPoint) -> IpqcPoint:
    """Set a point up. Refuses ROUTE_NOT_FOUND, STATION_NOT_FOUND, VALIDATION_ERROR for a code that is taken."""
    _must_exist(tx, body.routing_code, body.station_code)
    values = _columns(body.model_dump()) | {"created_at": tx.now, "updated_at": tx.now}
    key = tx.new_id()
    if not tx.insert_once(ipqc_points, id=key, **values):
        raise bad_field("code", TAKEN)
    row = _the_point(tx, body.code)
    tx.record(body.code, key=key, changes=changed_fields({}, _said(row)))
    return point_shown(row)


@action("quality:config", audit="IPQC_POINT_UPDATE", entity="IPQC_POINT", key="code")
def change_point(tx: Tx, code: str, body: PointChange) -> IpqcPoint:
    """Change a point. Refuses IPQC_POINT_NOT_FOUND and what creating refuses."""
    row = _the_point(tx, code, lock=True)
    given = body.given()
    for name in ("name", "check_type", "sample_qty", "items", "gate", "retrigger_on", "is_active"):
        if name in given and given[name] is None:
            given.pop(name)
    _must_exist(tx, given.get("routing_code"), given.get("station_code"))
    values = _columns(body.model_dump(include=set(given)))
    now = {
        name: values.get(name, getattr(row, name)) for name in ("check_type", "step_no", "process_kind", "frequency")
    }
    fault = point_fault(now["check_type"], now["step_no"], now["process_kind"], now["frequency"])
    if fault is not None:
        raise bad_field(fault.path, fault)
    tx.run(update(ipqc_points).where(ipqc_points.c.id == row.id).values(**values, updated_at=tx.now))
    after = _the_point(tx, code)
    tx.record(code, key=row.id, changes=changed_fields(_said(row), _said(after)))
    return point_shown(after)


@action("quality:config", audit="IPQC_POINT_DELETE", entity="IPQC_POINT", key="code")
def switch_point_off(tx: Tx, code: str) -> IpqcPoint:
    """Switch a point off: it asks nothing any more. Refuses IPQC_POINT_NOT_FOUND."""
    row = _the_point(tx, code, lock=True)
    tx.run(update(ipqc_points).where(ipqc_points.c.id == row.id).values(is_active=False, updated_at=tx.now))
    tx.record(code, key=row.id, changes=changed_fields({"isActive": row.is_active}, {"isActive": False}))
    return point_shown(_the_point(tx, code))


def _the_point(tx: Tx, code: str, *, lock: bool = False) -> Any:
    found = select(ipqc_points).where(ipqc_points.c.code == code)
    row = tx.first(found.with_for_update() if lock else found)
    if row is None:
        raise Refused("IPQC_POINT_NOT_FOUND", code=code)
    return row


def _must_exist(tx: Tx, routing_code: str | None, station_code: str | None) -> None:
    if routing_code is not None and find_route(tx, routing_code) is None:
        raise Refused("ROUTE_NOT_FOUND", routingCode=routing_code)
    if station_code is not None and tx.first(select(stations.c.id).where(stations.c.code == station_code)) is None:
        raise Refused("STATION_NOT_FOUND", stationCode=station_code)


def _columns(values: dict[str, Any]) -> dict[str, Any]:
    """Give the fields as they are kept: items and frequency as they stand on the wire."""
    if values.get("items") is not None:
        values["items"] = [
            {"itemName": item["item_name"], "itemSpec": item["item_spec"], "required": item["required"]} for item in values["items"]
        ]  # fmt: skip
    if values.get("retrigger_on") is not None:
        values["retrigger_on"] = list(dict.fromkeys(values["retrigger_on"]))
    if values.get("frequency") is not None:
        values["frequency"] = {name: value for name, value in values["frequency"].items() if value is not None} or None
    return values


def _said(row: Any) -> dict[str, Any]:
    shown: dict[str, Any] = dict(point_shown(row))
    return {name: value for name, value in shown.items() if name not in ("id", "createdAt", "updatedAt")}


def point_shown(row: Any) -> IpqcPoint:
    """Give a point as it stands on the wire."""
    return {
        "id": ids.to_wire(row.id), "code": row.code, "name": row.name, "routingCode": row.routing_code, "stepNo": row.step_no,
        "processKind": row.process_kind, "stationCode": row.station_code, "checkType": row.check_type, "sampleQty": row.sample_qty,
        "items": row.items or [], "gate": row.gate, "frequency": row.frequency, "retriggerOn": row.retrigger_on or [],
        "isActive": row.is_active, "createdAt": clock.to_wire(row.created_at), "updatedAt": clock.to_wire(row.updated_at),
    }  # fmt: skip
