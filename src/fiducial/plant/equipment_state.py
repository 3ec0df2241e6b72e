"""The state of a machine as it is reported, by the maintenance system or by hand (spec 08.3.4)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, func, select

from fiducial.kit.tx import Tx
from fiducial.people import reach
from fiducial.plant.equipment import TPM, stations_with, tell_of_equipment
from fiducial.plant.pushes import EquipmentStatus
from fiducial.plant.receiving import Taken, must_be_allowed, repeated, sender_of, take, take_over
from fiducial.plant.state_tables import equipment, equipment_states

_SAID = {
    "EQUIPMENT_CREATED": ("设备 {equipmentCode} 未登记，已自动建立。", "Equipment {equipmentCode} was not known and was put there."),
    "EQUIPMENT_NO_STATION": ("没有工位使用设备 {equipmentCode}。", "No station has the equipment {equipmentCode}."),
}  # fmt: skip


def _warned(tx: Tx, code: str, equipment_code: str) -> dict[str, Any]:
    zh, en = _SAID[code]
    text = (en if tx.caller.language == "en" else zh).format(equipmentCode=equipment_code)
    return {"code": code, "message": text, "details": {"equipmentCode": equipment_code}}


def find_equipment(tx: Tx, code: str) -> Row[Any] | None:
    """Give a machine by its code; None when nobody has told of it."""
    return tx.first(select(equipment).where(equipment.c.code == code))


def report_equipment(tx: Tx, push: EquipmentStatus) -> dict[str, Any]:
    """Take the state of a machine; one that nobody knew is put there, with a warning.

    Give the common answer with `equipmentCode`, `status`. Refuses FORBIDDEN for a machine of lines out of reach, and as `take`.
    """
    places = stations_with(tx, push.equipment_code)
    if places:
        for line_id in sorted({place.line_id for place in places}):
            reach.must_reach_line(tx, line_id, "readiness:manual", "integration:push")
    if (there := repeated(tx, equipment_states, push)) is not None:
        return _answer(push, there)
    must_be_allowed(tx, push)
    warnings = [] if places else [_warned(tx, "EQUIPMENT_NO_STATION", push.equipment_code)]
    if tx.insert_once(
        equipment, id=tx.new_id(), code=push.equipment_code, name=None, source_system=sender_of(tx), created_at=tx.now,
        updated_at=tx.now,
    ):  # fmt: skip
        warnings.append(_warned(tx, "EQUIPMENT_CREATED", push.equipment_code))
    machine = find_equipment(tx, push.equipment_code)
    assert machine is not None, "it was put there a moment ago"
    taken = take(
        tx, equipment_states, push, feed=TPM, subject_id=machine.id, line_id=places[0].line_id if places else None,
        warnings=warnings, status=push.status,
    )  # fmt: skip
    if taken.effective and not taken.is_duplicate:
        tell_of_equipment(tx, push.equipment_code)
    return _answer(push, taken)


def _answer(push: EquipmentStatus, taken: Taken) -> dict[str, Any]:
    return {**taken.common(), "equipmentCode": push.equipment_code, "status": taken.row.status}


class EquipmentHeld:
    """What was held of machines while people spoke for the maintenance system."""

    systems = (TPM,)

    def take_over(self, tx: Tx, system: str) -> dict[str, int]:
        """Let what was held count again; give how many records were held and taken over."""
        held, taken = take_over(tx, equipment_states, feed=system)
        for machine_id in taken:
            code = tx.scalar(select(equipment.c.code).where(equipment.c.id == machine_id))
            tell_of_equipment(tx, code)
        return {"held": held, "takenOver": len(taken)}

    def held_now(self, tx: Tx, system: str) -> int:  # noqa: ARG002 - one table, one system
        """Give how many records wait."""
        return int(tx.scalar(select(func.count()).where(equipment_states.c.standing == "HELD")) or 0)
