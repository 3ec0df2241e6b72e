"""Tables of notices."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table, UniqueConstraint

from fiducial.kit import columns as c

notifications = Table(
    "notification", c.metadata, c.key(),
    c.ref("recipient_id", "person"),
    c.whole("event_id", nullable=False),  # no foreign key: events are swept, what was told of them stays
    c.text("type", nullable=False),
    c.text("priority", nullable=False),
    c.json("data", nullable=False),
    c.instant("created_at", nullable=False),
    c.instant("read_at"),
    c.instant("dismissed_at"),  # kept, or the event told again would bring it back
    UniqueConstraint("recipient_id", "event_id"),
    Index("ix_notification_unread", "recipient_id", "read_at"),
)  # fmt: skip

# What is to be sent outside; the address of a robot is a secret and stands in the setting alone.
deliveries = Table(
    "notification_delivery", c.metadata, c.key(),
    c.whole("event_id", nullable=False),
    c.text("type", nullable=False),
    c.text("channel", nullable=False),
    c.text("target", nullable=False),
    c.ref("recipient_id", "person", nullable=True),
    c.text("line_code"),
    c.json("data", nullable=False),
    c.text("state", nullable=False),
    c.whole("attempts", nullable=False),
    c.instant("next_at", nullable=False),
    c.text("error"),
    c.instant("created_at", nullable=False),
    c.instant("ended_at"),
    UniqueConstraint("event_id", "channel", "target"),
    Index("ix_notification_delivery_due", "state", "next_at"),
)  # fmt: skip

choices = Table(
    "notification_setting", c.metadata,
    c.ref("user_id", "person"),
    c.text("type", nullable=False),
    c.flag("in_app", default=True),
    c.flag("wecom", default=False),
    c.flag("email", default=False),
    PrimaryKeyConstraint("user_id", "type"),
)  # fmt: skip
