"""Opening a maintenance record (报修, spec 04.11), by a person or because a check failed."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from fiducial.kit import clock
from fiducial.kit.counters import next_number
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.plant.equipment import tell_of_equipment
from fiducial.plant.lookup import line_of_id
from fiducial.tooling.reading import EQUIPMENT, find_tool
from fiducial.tooling.states import OPEN
from fiducial.tooling.tables import maintenance
from fiducial.tooling.telling import tell_of_tool

TAKES_OUT_OF_USE = ("REPAIR", "REPLACEMENT", "CALIBRATION")


def open_record(
    tx: Tx,
    *,
    entity_type: str,
    entity_id: str,
    entity_name: str | None,
    line_id: int | None,
    maintenance_type: str,
    description: str,
    opened_from: str,
    blocks_use: bool | None = None,
    assigned_to: str | None = None,
) -> str:
    """Open a record and give its number. A person is refused MAINTENANCE_ALREADY_OPEN when one of the type is open; a form
    is given the number of that one."""
    day = clock.plant_day(tx.now, tx.store.zone).strftime("%Y%m%d")
    record_no = f"MNT-{day}-{next_number(tx, f'MNT-{day}'):04d}"
    key = tx.new_id()
    made = tx.insert_once(
        maintenance, id=key, record_no=record_no, entity_type=entity_type, entity_id=entity_id, entity_name=entity_name,
        line_id=line_id, maintenance_type=maintenance_type, status="PENDING",
        blocks_use=maintenance_type in TAKES_OUT_OF_USE if blocks_use is None else blocks_use, description=description,
        assigned_to=assigned_to, reported_at=tx.now, reported_by=tx.actor.id, reported_by_name=tx.actor.name,
        opened_from=opened_from, reset_life=False, created_at=tx.now, updated_at=tx.now,
    )  # fmt: skip
    if not made:
        there = _open_one(tx, entity_type, entity_id, maintenance_type)
        if there is None:  # it was ended at this moment
            raise Refused("CONFLICT_RETRY")
        if opened_from == "FORM_NG":
            return str(there)
        raise Refused("MAINTENANCE_ALREADY_OPEN", entityId=entity_id, recordNo=there)
    line = None if line_id is None else line_of_id(tx, line_id)
    tx.record(
        record_no, action="MAINTENANCE_CREATE", entity="MAINTENANCE", key=key, line=line.code if line else None,
        entityType=entity_type, entityId=entity_id, maintenanceType=maintenance_type, origin=opened_from,
    )  # fmt: skip
    tell_gates(tx, entity_type, entity_id)
    return record_no


def _open_one(tx: Tx, entity_type: str, entity_id: str, maintenance_type: str) -> Any:
    return tx.scalar(
        select(maintenance.c.record_no).where(
            maintenance.c.entity_type == entity_type, maintenance.c.entity_id == entity_id,
            maintenance.c.maintenance_type == maintenance_type, maintenance.c.status.in_(OPEN),
        )
    )  # fmt: skip


def tell_gates(tx: Tx, entity_type: str, entity_id: str) -> None:
    """Announce that the upkeep of a thing changed."""
    if entity_type == EQUIPMENT:
        tell_of_equipment(tx, entity_id)
    elif (tool := find_tool(tx, entity_id)) is not None:
        tell_of_tool(tx, tool)
