"""What was done to one order or run, from the audit book: successes only, newest first."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import select

from fiducial.kit import audit, clock, ids
from fiducial.kit.tx import Tx

MOST = 200


def history_of(tx: Tx, entity: str, display: str) -> list[dict[str, Any]]:
    """Give `[{at, by, byName, action, from, to, reason}]` of one thing (spec 02.11), newest first, at most 200."""
    entry, context = audit.entry, audit.context
    found = (
        select(entry.c.at, entry.c.action, entry.c.detail, context.c.facts)
        .join(context, context.c.id == entry.c.context_id)
        .where(entry.c.entity_display == display, entry.c.entity_type == entity, entry.c.code.is_(None))
        .order_by(entry.c.at.desc(), entry.c.seq.desc())
        .limit(MOST)
    )
    return [_happened(row) for row in tx.all(found)]


def _happened(row: Any) -> dict[str, Any]:
    detail = orjson.loads(row.detail) if row.detail else {}
    status: dict[str, Any] = next((change for change in detail.get("changes", ()) if change["path"] == "status"), {})
    return {
        "at": clock.to_wire(row.at), "by": ids.wire_or_none(row.facts.get("actorId")), "byName": row.facts.get("actorName"),
        "action": row.action, "from": status.get("before"), "to": status.get("after"), "reason": detail.get("reason"),
    }  # fmt: skip
