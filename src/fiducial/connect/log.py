"""Keeping every push in the message log, whatever comes of it (spec 08.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import insert

from fiducial.connect.tables import messages
from fiducial.kit import clock
from fiducial.kit.refusals import Kept, Refused
from fiducial.kit.tx import Tx
from fiducial.plant.pushes import Push

APPLIED, HELD, DUPLICATE, REJECTED = "APPLIED", "HELD", "DUPLICATE", "REJECTED"
MODE = "SYSTEM_MODE_MANUAL"


def logged(
    tx: Tx, push: Any, *, system: str, entity_type: str, key: str, take: Callable[[], dict[str, Any]]
) -> dict[str, Any] | Kept:
    """Take a push and enter it into the log; a push that is refused is undone, and entered as refused.

    Give what `take` gives. The log row, the effects and the audit entry are one transaction.
    """
    try:
        with tx.savepoint():
            answer = take()
    except Refused as refused:
        enter(tx, push, system=system, entity_type=entity_type, key=key, status=REJECTED, refused=refused)
        return Kept(refused)
    status = DUPLICATE if answer["isDuplicate"] else HELD if answer.get("heldReason") == MODE else APPLIED
    enter(tx, push, system=system, entity_type=entity_type, key=key, status=status)
    return answer


def enter(
    tx: Tx, push: Any, *, system: str, entity_type: str, key: str, status: str, refused: Refused | None = None
) -> None:
    """Write one row of the log. What is no `Push` (a work order) has no time of its sender's own."""
    tx.run(
        insert(messages).values(
            id=tx.new_id(), direction="IN", system=system, entity_type=entity_type, business_key=key, dedupe_key=push.event_id,
            status=status, payload=push.model_dump(mode="json", by_alias=True, exclude_unset=True),
            error_code=refused.code if refused else None, error_details=plain(refused.details) if refused else None,
            actor_kind=tx.actor.kind, actor_id=tx.actor.id, actor_name=tx.actor.name, request_id=tx.caller.request_id,
            skew_ms=tx.now - clock.from_datetime(push.event_time) if isinstance(push, Push) else None, received_at=tx.now,
        )
    )  # fmt: skip


def plain(details: dict[str, Any]) -> dict[str, Any]:
    """Give details as JSON takes them: what was said in two languages as its English text."""
    return {name: plain(value) if isinstance(value, dict) else _texts(value) for name, value in details.items()}


def _texts(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [plain(inner) if isinstance(inner, dict) else _texts(inner) for inner in value]
    return str(value) if isinstance(value, str) else value
