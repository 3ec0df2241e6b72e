"""Maintenance records (维修记录, spec 04.11): reported, worked on, verified by somebody else."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select
from sqlalchemy.sql import Select

from fiducial.kit import ids
from fiducial.kit.acting import action, query
from fiducial.kit.listing import Listed, Listing, Page, exact, one_of, part, since, until, yes_no
from fiducial.kit.refusals import Refused, changed_fields
from fiducial.kit.tx import Tx
from fiducial.people import reach
from fiducial.plant.changing import bad, save, stamp
from fiducial.plant.equipment import stations_with
from fiducial.plant.equipment_state import find_equipment
from fiducial.plant.lookup import find_station, line_of_id, the_line
from fiducial.plant.tables import lines
from fiducial.tooling import answers
from fiducial.tooling.lives import new_life
from fiducial.tooling.reading import EQUIPMENT, line_of_binding, the_tool
from fiducial.tooling.repairs import open_record, tell_gates
from fiducial.tooling.shapes import CompleteWork, NewRecord, RecordChange, StartWork, ToolReason, VerifyWork
from fiducial.tooling.states import MAINTENANCE, OPEN
from fiducial.tooling.tables import maintenance
from fiducial.tooling.telling import tell_stations

ENTITY_TYPES = ("STENCIL", "SQUEEGEE", "FIXTURE", "EQUIPMENT")
TYPES = ("REPAIR", "PREVENTIVE", "CALIBRATION", "CLEANING", "REPLACEMENT", "INSPECTION")

RECORDS = Listing(
    filters={
        "search": part(maintenance.c.record_no, maintenance.c.entity_id, maintenance.c.entity_name),
        "recordNo": part(maintenance.c.record_no), "entityType": one_of(maintenance.c.entity_type, ENTITY_TYPES),
        "entityId": exact(maintenance.c.entity_id), "lineCode": exact(lines.c.code),
        "status": one_of(maintenance.c.status, MAINTENANCE.states), "maintenanceType": one_of(maintenance.c.maintenance_type, TYPES),
        "assignedTo": part(maintenance.c.assigned_to), "reportedFrom": since(maintenance.c.reported_at),
        "reportedTo": until(maintenance.c.reported_at), "open": yes_no(maintenance.c.status.in_(OPEN)),
    },
    sorts={
        "reportedAt": maintenance.c.reported_at, "recordNo": maintenance.c.record_no, "status": maintenance.c.status,
        "entityId": maintenance.c.entity_id, "updatedAt": maintenance.c.updated_at,
    },
    default_sort="reportedAt.desc", key=maintenance.c.id,
)  # fmt: skip


def _statement() -> Select[Any]:
    joined = maintenance.outerjoin(lines, lines.c.id == maintenance.c.line_id)
    return select(maintenance, lines.c.code.label("line_code")).select_from(joined)


def _reached(tx: Tx, permission: str) -> Select[Any]:
    lines_in_reach = reach.lines_in_reach(tx, permission)
    if lines_in_reach is None:
        return _statement()
    return _statement().where(maintenance.c.line_id.is_(None) | maintenance.c.line_id.in_(lines_in_reach))


@query("maintenance:read")
def list_records(tx: Tx, page: Page) -> Listed[answers.Record]:
    """Give the records of lines in reach, and those of no line."""
    return RECORDS.answer(tx, _reached(tx, "maintenance:read"), page, answers.record_of)


@query("maintenance:read")
def record_detail(tx: Tx, record_id: str) -> answers.Record:
    """Give a record by its id or number. Refuses MAINTENANCE_NOT_FOUND, FORBIDDEN."""
    row = _found(tx, record_id)
    if row.line_id is not None:
        reach.must_reach_line(tx, row.line_id, "maintenance:read")
    return _shown(tx, row.id)


def _shown(tx: Tx, key: int) -> answers.Record:
    return answers.record_of(tx.one(_statement().where(maintenance.c.id == key)))


def _found(tx: Tx, record_id: str) -> Row[Any]:
    key = ids.from_wire(record_id)
    which = maintenance.c.record_no == record_id if key is None else maintenance.c.id == key
    wanted = select(maintenance).where(which)
    row = tx.first(wanted.with_for_update() if tx.chain is not None else wanted)
    if row is None:
        raise Refused("MAINTENANCE_NOT_FOUND", recordId=record_id)
    return row


def _to_change(tx: Tx, record_id: str, permission: str) -> Row[Any]:
    row = _found(tx, record_id)
    if row.line_id is not None:
        reach.must_reach_line(tx, row.line_id, permission)
    return row


@action("maintenance:write", audit="MAINTENANCE_CREATE", entity="MAINTENANCE", key="body.entity_id")
def report_repair(tx: Tx, body: NewRecord) -> answers.Record:
    """Report that a tool or a machine needs work (报修).

    Refuses TOOL_NOT_FOUND, TOOL_KIND_MISMATCH, EQUIPMENT_NOT_FOUND, LINE_NOT_FOUND, FORBIDDEN, MAINTENANCE_ALREADY_OPEN.
    """
    name, line_id = _entity(tx, body.entity_type, body.entity_id)
    named = None if body.line_code is None else the_line(tx, body.line_code).id
    for line in filter(None, (line_id, named)):  # naming a line of one's own takes nothing of another line out of use
        reach.must_reach_line(tx, line, "maintenance:write")
    record_no = open_record(
        tx, entity_type=body.entity_type, entity_id=body.entity_id, entity_name=name,
        line_id=line_id if named is None else named,
        maintenance_type=body.maintenance_type, description=body.description, opened_from="MANUAL", blocks_use=body.blocks_use,
        assigned_to=body.assigned_to,
    )  # fmt: skip
    return _shown(tx, _found(tx, record_no).id)


def _entity(tx: Tx, entity_type: str, code: str) -> tuple[str | None, int | None]:
    """Give name and line of what is to be repaired; a machine is known by its record, or as a station."""
    if entity_type != EQUIPMENT:
        tool = the_tool(tx, code, entity_type)
        return tool.name, line_of_binding(tx, tool_id=tool.id)
    machine, station = find_equipment(tx, code), find_station(tx, code)
    places = stations_with(tx, code)
    if machine is None and not places:
        raise Refused("EQUIPMENT_NOT_FOUND", equipmentCode=code)
    name = (machine.name if machine else None) or (station.name if station else None)
    return name, places[0].line_id if places else None


@action("maintenance:write", audit="MAINTENANCE_UPDATE", entity="MAINTENANCE", key="record_id")
def change_record(tx: Tx, record_id: str, body: RecordChange) -> answers.Record:
    """Change a record that is open. Refuses MAINTENANCE_NOT_FOUND, FORBIDDEN, MAINTENANCE_STATUS_INVALID."""
    row = _to_change(tx, record_id, "maintenance:write")
    if row.status not in OPEN:
        raise Refused("MAINTENANCE_STATUS_INVALID", recordNo=row.record_no, status=row.status)
    before = _shown(tx, row.id)
    save(tx, maintenance, row, body.given())
    after = _shown(tx, row.id)
    changes = [change for change in changed_fields(before, after) if change["path"] != "updatedAt"]
    tx.record(row.record_no, key=row.id, line=after["lineCode"], changes=changes)
    return after


def _move(tx: Tx, row: Row[Any], name: str, *, reason: str | None = None, **values: Any) -> answers.Record:
    line = None if row.line_id is None else line_of_id(tx, row.line_id)
    moved = row.status in MAINTENANCE[name].source and MAINTENANCE.move(
        tx, name, maintenance.c.id == row.id, key=row.id, display=row.record_no, line=line.code if line else None, seen=row.status,
        reason=reason,
        payload={"entityType": row.entity_type, "entityId": row.entity_id}, updated_at=stamp(tx, row.updated_at), **values,
    )  # fmt: skip
    if not moved:
        raise Refused("MAINTENANCE_STATUS_INVALID", recordNo=row.record_no, status=row.status)
    tell_gates(tx, row.entity_type, row.entity_id)
    return _shown(tx, row.id)


@action("maintenance:write", audit="MAINTENANCE_START", entity="MAINTENANCE", key="record_id")
def start_work(tx: Tx, record_id: str, body: StartWork) -> answers.Record:
    """Begin to work on a record. Refuses MAINTENANCE_NOT_FOUND, FORBIDDEN, MAINTENANCE_STATUS_INVALID unless it is PENDING."""
    row = _to_change(tx, record_id, "maintenance:write")
    who = {} if body.assigned_to is None else {"assigned_to": body.assigned_to}
    return _move(tx, row, "start", started_at=tx.now, started_by=tx.actor.id, started_by_name=tx.actor.name, **who)


@action("maintenance:write", audit="MAINTENANCE_COMPLETE", entity="MAINTENANCE", key="record_id")
def complete_work(tx: Tx, record_id: str, body: CompleteWork) -> answers.Record:
    """Finish the work. Refuses MAINTENANCE_NOT_FOUND, FORBIDDEN, MAINTENANCE_STATUS_INVALID, VALIDATION_ERROR for `resetLife`
    of anything but the replacement of a tool."""
    row = _to_change(tx, record_id, "maintenance:write")
    if body.reset_life and (row.maintenance_type != "REPLACEMENT" or row.entity_type == EQUIPMENT):
        raise bad("resetLife", zh="仅用于工具更换（REPLACEMENT）", en="goes with the REPLACEMENT of a tool only")
    told = {"parts_replaced": body.parts_replaced, "cost": body.cost}
    more: dict[str, Any] = {name: value for name, value in told.items() if value is not None}
    return _move(
        tx, row, "complete", resolution=body.resolution, reset_life=body.reset_life, completed_at=tx.now,
        completed_by=tx.actor.id, completed_by_name=tx.actor.name, **more,
    )  # fmt: skip


@action("maintenance:verify", audit="MAINTENANCE_VERIFY", entity="MAINTENANCE", key="record_id")
def verify_work(tx: Tx, record_id: str, body: VerifyWork) -> answers.Record:
    """Say whether the thing is in order; if so it comes back into use, and a replaced tool begins a new life.

    Refuses MAINTENANCE_NOT_FOUND, FORBIDDEN, MAINTENANCE_STATUS_INVALID unless it is COMPLETED, SIGNER_MUST_DIFFER for whoever
    completed it, VALIDATION_ERROR for "not in order" without a remark.
    """
    row = _to_change(tx, record_id, "maintenance:verify")
    if not body.ok and body.remark is None:
        raise bad("remark", zh="不合格时必须填写说明", en="required when it is not in order")
    if row.status == "COMPLETED" and row.completed_by is not None and row.completed_by == tx.actor.id:
        raise Refused("SIGNER_MUST_DIFFER", signedBy=row.completed_by_name)
    if not body.ok:
        return _move(tx, row, "send_back", reason=body.remark, verify_remark=body.remark)
    shown = _move(
        tx, row, "verify", reason=body.remark, verified_at=tx.now, verified_by=tx.actor.id, verified_by_name=tx.actor.name,
        verify_remark=body.remark,
    )  # fmt: skip
    if row.entity_type != EQUIPMENT:
        tell_stations(tx, the_tool(tx, row.entity_id))
    if row.reset_life:
        tool = the_tool(tx, row.entity_id)
        new_life(tx, tool, row.record_no)
        tx.record(
            tool.code, action="TOOL_REPLACE", entity="TOOL", key=tool.id, reason=row.record_no, lifeNo=tool.life_no + 1
        )
    return shown


@action("maintenance:write", audit="MAINTENANCE_CANCEL", entity="MAINTENANCE", key="record_id")
def cancel_record(tx: Tx, record_id: str, body: ToolReason) -> answers.Record:
    """Give a record up. Refuses MAINTENANCE_NOT_FOUND, FORBIDDEN, MAINTENANCE_STATUS_INVALID once the work is done."""
    row = _to_change(tx, record_id, "maintenance:write")
    return _move(tx, row, "cancel", reason=body.reason, cancel_reason=body.reason)
