"""Applying a stored message again (spec 08.3): what was refused when it came, with today's configuration, in its sender's name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import orjson
from pydantic import ValidationError
from sqlalchemy import select, update

from fiducial.connect.log import APPLIED, DUPLICATE, HELD, MODE, REJECTED, plain
from fiducial.connect.queries import message_of
from fiducial.connect.tables import messages
from fiducial.execution.device_data import report_device_data
from fiducial.execution.device_shapes import DeviceData
from fiducial.kit import ids
from fiducial.kit.acting import Actor, action
from fiducial.kit.http.shapes import Body, refused_shape
from fiducial.kit.refusals import Kept, Refused
from fiducial.kit.tx import Tx
from fiducial.orders.actions.receive import receive_order
from fiducial.orders.shapes import Receive
from fiducial.people.reach import ALL, ASSIGNED_LINES
from fiducial.people.tables import tokens
from fiducial.plant.equipment_state import report_equipment
from fiducial.plant.pushes import EquipmentStatus
from fiducial.quality.machines.shapes import InspectionResult
from fiducial.quality.machines.taking import report_result
from fiducial.tooling.reports import report_paste, report_stencil
from fiducial.tooling.shapes import PasteStatus, StencilStatus

MAY_SENDERS = ("integration:push", "readiness:manual", "wo:receive", "exec:data_collect", "exec:track_out")


@dataclass(frozen=True, slots=True)
class Replay:
    """How a kind of message is applied: its shape, and what takes it."""

    shape: type[Body]
    take: Callable[[Tx, Any], Any]


# What may be replayed, by the `entityType` of the message.
REPLAYS: dict[str, Replay] = {
    "WORK_ORDER": Replay(Receive, receive_order),
    "STENCIL_STATUS": Replay(StencilStatus, report_stencil),
    "SOLDER_PASTE_STATUS": Replay(PasteStatus, report_paste),
    "EQUIPMENT_STATUS": Replay(EquipmentStatus, report_equipment),
    "INSPECTION_RESULT": Replay(InspectionResult, report_result),
    "DEVICE_DATA": Replay(DeviceData, report_device_data),
}


@action("system:integration", audit="INTEGRATION_REPLAY", entity="INTEGRATION", key="message_id")
def replay_message(tx: Tx, message_id: str) -> dict[str, Any] | Kept:
    """Apply a stored REJECTED or FAILED message again and give it as it is then.

    Refuses MESSAGE_NOT_FOUND (also for what was pulled or sent: a sync and a retry are for those), MESSAGE_ALREADY_APPLIED, and
    whatever refuses the message now: that is kept with it.
    """
    key = ids.from_wire(message_id)
    row = None if key is None else tx.first(select(messages).where(messages.c.id == key).with_for_update())
    if row is None or row.direction != "IN" or row.entity_type not in REPLAYS:
        raise Refused("MESSAGE_NOT_FOUND", id=message_id)
    if row.status in (APPLIED, HELD, DUPLICATE):
        raise Refused("MESSAGE_ALREADY_APPLIED", id=message_id, status=row.status)
    me = tx.actor
    try:
        with tx.savepoint():
            tx.actor = _sender(tx, row)
            answer = REPLAYS[row.entity_type].take(tx, _body(row, tx.caller.language))
        status = DUPLICATE if answer["isDuplicate"] else HELD if answer.get("heldReason") == MODE else APPLIED
        refused = None
    except Refused as no:
        status, refused = REJECTED, no
    finally:
        tx.actor = me
    tx.run(
        update(messages).where(messages.c.id == row.id).values(
            status=status, error_code=refused.code if refused else None, error_details=plain(refused.details) if refused else None,
            replayed_at=tx.now, replayed_by=me.id, replayed_by_name=me.name,
        )
    )  # fmt: skip
    if refused is not None:
        return Kept(refused)
    tx.record(
        message_id,
        key=row.id,
        system=row.system,
        entityType=row.entity_type,
        businessKey=row.business_key,
        status=status,
    )
    return message_of(tx.one(select(messages).where(messages.c.id == row.id)))


def _body(row: Any, language: str) -> Any:
    try:
        return REPLAYS[row.entity_type].shape.model_validate_json(orjson.dumps(row.payload))
    except ValidationError as problem:
        raise refused_shape(problem, language) from None


def _sender(tx: Tx, row: Any) -> Actor:
    """Give who sent it: a token within its lines, a person as that person; whoever replays it has looked and decided."""
    reach, lines = ALL, None
    if row.actor_kind == "TOKEN":
        token = tx.first(select(tokens.c.line_ids).where(tokens.c.id == row.actor_id))
        limited = frozenset(int(key) for key in token.line_ids.split()) if token is not None else frozenset()
        reach, lines = (ASSIGNED_LINES, limited) if limited else (ALL, None)
    return replace(
        tx.actor, kind=row.actor_kind, id=row.actor_id, name=row.actor_name or "", roles=(), permissions=dict.fromkeys(MAY_SENDERS, reach),
        system=row.system, lines=lines,
    )  # fmt: skip
