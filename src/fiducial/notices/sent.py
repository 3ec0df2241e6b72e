"""What was sent outside and what became of it, for whoever runs the plant's computer."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from fiducial.kit import clock, ids, listing
from fiducial.kit.acting import query
from fiducial.kit.listing import Listed, Listing, Page
from fiducial.kit.tx import Tx
from fiducial.notices.outward import DEAD, DROPPED, EMAIL, PENDING, RETRY, SENT, SINK, WECOM, target_of
from fiducial.notices.tables import deliveries

DELIVERIES = Listing(
    filters={
        "status": listing.one_of(deliveries.c.state, (PENDING, RETRY, SENT, DEAD, DROPPED, SINK)),
        "channel": listing.one_of(deliveries.c.channel, (WECOM, EMAIL)),
    },
    sorts={"createdAt": deliveries.c.created_at},
    default_sort="createdAt.desc", key=deliveries.c.id,
)  # fmt: skip


@query("system:ops")
def list_deliveries(tx: Tx, page: Page) -> Listed[dict[str, Any]]:
    """Give what was entered to be sent, newest first: to whom, how far it is, what the other side answered."""
    return DELIVERIES.answer_all(tx, select(deliveries), page, lambda rows: _facts(tx, rows))


def _facts(tx: Tx, rows: Any) -> list[dict[str, Any]]:
    listed = list(rows)
    return [
        {
            "id": ids.to_wire(row.id), "type": row.type, "data": row.data, "channel": row.channel, "target": target,
            "status": row.state, "attempts": row.attempts, "error": row.error, "createdAt": clock.to_wire(row.created_at),
            "endedAt": clock.to_wire(row.ended_at), "nextAt": clock.to_wire(row.next_at) if row.ended_at is None else None,
        }
        for row, target in zip(listed, target_of(tx, listed), strict=True)
    ]  # fmt: skip
