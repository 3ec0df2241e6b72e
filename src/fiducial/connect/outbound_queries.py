"""What is told to other systems, as it is read (spec 08.6)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from fiducial.connect import ports
from fiducial.connect.outbound import RUN_COMPLETION, find_outbound, shown
from fiducial.connect.outbound_states import DEAD, PENDING, RETRY_WAIT, SENDING, STATES
from fiducial.connect.outbound_tables import attempts, outbound
from fiducial.kit import clock
from fiducial.kit.acting import query
from fiducial.kit.listing import Listed, Listing, Page, one_of, part, since, until
from fiducial.kit.tx import Tx

# Keys stand in the order in which events were made: no index on the time, and no sorting of them all.
OUTBOUND_EVENTS = Listing(
    filters={
        "status": one_of(outbound.c.status, STATES), "messageType": one_of(outbound.c.message_type, (RUN_COMPLETION,)),
        "businessKey": part(outbound.c.business_key), "from": since(outbound.c.created_at), "to": until(outbound.c.created_at),
    },
    sorts={"createdAt": outbound.c.id, "status": outbound.c.status, "nextAttemptAt": outbound.c.next_attempt_at},
    default_sort="createdAt.desc", key=outbound.c.id,
)  # fmt: skip


@query("system:integration")
def list_outbound(tx: Tx, page: Page) -> Listed[dict[str, Any]]:
    """Give the messages, newest first."""
    return OUTBOUND_EVENTS.answer(tx, select(outbound), page, shown)


@query("system:integration")
def outbound_detail(tx: Tx, event_id: str) -> dict[str, Any]:
    """Give a message with what it says and every attempt. Refuses OUTBOUND_EVENT_NOT_FOUND."""
    row = find_outbound(tx, event_id)
    tried = tx.all(select(attempts).where(attempts.c.event_id == row.id).order_by(attempts.c.id))
    return {
        **shown(row), "payload": row.payload,
        "history": [
            {
                "at": clock.to_wire(one.at), "httpStatus": one.http_status, "answer": one.answer, "error": one.error,
                "durationMs": one.duration_ms,
            }
            for one in tried
        ],
    }  # fmt: skip


def outbound_standing(tx: Tx) -> dict[str, Any]:
    """Give whether feedback is on, and what waits (spec 08.7)."""
    counted = select(outbound.c.status, func.count().label("qty")).group_by(outbound.c.status)
    waiting = {
        row.status: int(row.qty)
        for row in tx.all(counted.where(outbound.c.status.in_((PENDING, SENDING, RETRY_WAIT, DEAD))))
    }
    oldest = tx.scalar(
        select(func.min(outbound.c.created_at)).where(outbound.c.status.in_((PENDING, SENDING, RETRY_WAIT)))
    )
    return {
        "enabled": ports.feedback_is_on(), "pending": waiting.get(PENDING, 0) + waiting.get(SENDING, 0),
        "retryWait": waiting.get(RETRY_WAIT, 0), "dead": waiting.get(DEAD, 0), "oldestPendingAt": clock.to_wire(oldest),
    }  # fmt: skip
