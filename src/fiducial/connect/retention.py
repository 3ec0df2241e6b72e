"""Old messages go (spec 13.6): after `integration.messageRetentionDays`, some at a time."""

from __future__ import annotations

from sqlalchemy import delete, select

from fiducial.connect.queries import DAY_MS
from fiducial.connect.settings import MESSAGE_RETENTION_DAYS
from fiducial.connect.tables import messages
from fiducial.kit import ids
from fiducial.kit.acting import action
from fiducial.kit.tx import Tx

AT_ONCE = 2_000


@action(audit="MESSAGE_RETENTION", entity="INTEGRATION", internal_only=True)
def forget_messages(tx: Tx) -> dict[str, int]:
    """Delete messages older than the setting says, 2,000 at a time; give how many."""
    tx.unrecorded()
    before = tx.now - MESSAGE_RETENTION_DAYS.of(tx) * DAY_MS
    old = select(messages.c.id).where(messages.c.id < ids.first_of(before), messages.c.received_at < before)
    return {"deleted": tx.run(delete(messages).where(messages.c.id.in_(old.order_by(messages.c.id).limit(AT_ONCE))))}
