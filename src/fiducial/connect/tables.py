"""The message log (spec 08.2): one row for every push, as it came and what came of it. No gate and no trace reads it."""

from __future__ import annotations

from sqlalchemy import Index, Table

from fiducial.kit import columns as c

messages = Table(
    "integration_message", c.metadata, c.key(),
    c.text("direction", nullable=False),  # IN OUT
    c.text("system", nullable=False),
    c.text("entity_type", nullable=False),
    c.text("business_key"),
    c.text("dedupe_key"),
    c.text("status", nullable=False),  # APPLIED HELD DUPLICATE REJECTED FAILED
    c.json("payload"),
    c.text("error_code"),
    c.json("error_details"),
    c.text("actor_kind", nullable=False),
    c.whole("actor_id"),
    c.text("actor_name"),
    c.text("request_id"),
    c.whole("skew_ms"),  # time of receipt less the sender's time
    c.instant("received_at", nullable=False),
    c.instant("replayed_at"),
    c.whole("replayed_by"),
    c.text("replayed_by_name"),
    c.text("origin"),
    Index("ix_integration_message_system", "system", "received_at"),
    Index("ix_integration_message_status", "status", "received_at"),
)  # fmt: skip
