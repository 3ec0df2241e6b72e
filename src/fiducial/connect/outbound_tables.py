"""What is told to other systems (spec 08.6): one row for each message, one for each attempt to deliver it."""

from __future__ import annotations

from sqlalchemy import Index, Table

from fiducial.kit import columns as c

outbound = Table(
    "outbound_event", c.metadata, c.key(),
    c.text("message_type", nullable=False),
    c.text("target_system", nullable=False),
    c.text("business_key", nullable=False),  # the run's number
    c.text("idempotency_key", nullable=False, unique=True),
    c.json("payload", nullable=False),  # as it was when it was queued
    c.text("status", nullable=False),
    c.whole("attempts", nullable=False, default=0),
    c.instant("next_attempt_at", nullable=False),
    c.instant("leased_until"),
    c.whole("last_http_status"),
    c.text("last_error"),
    c.instant("delivered_at"),
    c.text("cancel_reason"),
    c.whole("cancelled_by"),
    c.text("cancelled_by_name"),
    c.text("origin"),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
    Index("ix_outbound_event_due", "status", "next_attempt_at"),
    Index("ix_outbound_event_key", "business_key"),
)  # fmt: skip

attempts = Table(
    "outbound_attempt", c.metadata, c.key(),
    c.ref("event_id", "outbound_event", index=True),
    c.instant("at", nullable=False),
    c.whole("http_status"),
    c.text("answer"),  # its first 4,000 characters
    c.text("error"),
    c.whole("duration_ms", nullable=False),
)  # fmt: skip

# How each system was when it was last looked at, and when people were last told that its clock goes wrong.
systems_seen = Table(
    "system_seen", c.metadata, c.key(),
    c.text("system", nullable=False, unique=True),
    c.text("health", nullable=False),
    c.instant("since", nullable=False),
    c.instant("skew_told_at"),
)  # fmt: skip
