"""What other systems, or people in their place, say of a thing: the columns that every such table has (spec 08.2).

Records are only added. `standing` says what counts: an EFFECTIVE one with the greatest effective time is the current
state; a HELD one waits until its system is in automatic mode again, and then becomes EFFECTIVE or HISTORY.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, Table, UniqueConstraint, text

from fiducial.kit import columns as c

AUTO, MANUAL = "AUTO", "MANUAL"
EFFECTIVE, HELD, HISTORY = "EFFECTIVE", "HELD", "HISTORY"
IS_HELD = f"standing = '{HELD}'"


def reported(name: str, subject: str, *own: Any) -> Table:
    """Give a table of reported states of the things of another table; `own` are its own columns."""
    return Table(
        name, c.metadata, c.key(),
        c.ref("subject_id", subject),
        c.text("status", nullable=False),
        c.text("source", nullable=False),  # AUTO: a system said it; MANUAL: a person
        c.text("standing", nullable=False),
        c.text("system", nullable=False),  # the sender: the system of the token, MANUAL for people
        c.text("event_id", nullable=False),
        c.blob("digest", nullable=False),  # of the body as sent: the same event with another body is refused
        c.instant("event_time", nullable=False),  # the sender's
        c.instant("received_at", nullable=False),
        c.instant("effective_at", nullable=False),
        c.whole("offset_ms"),  # of a sender whose clock is known to be wrong
        c.flag("clock_suspect", default=False),
        c.instant("confirmed_at", nullable=False),  # last contact in which its system said so
        c.text("held_reason"),  # why it did not take effect when it came
        c.json("warnings"),
        c.whole("line_id"),  # the line the thing stood on then, by whose mode it was judged
        c.text("operator_id"),
        c.text("reason"),
        c.text("equipment_id"),
        c.json("meta"),
        c.whole("by_id"),
        c.text("by_name"),
        c.text("origin"),
        *own,
        UniqueConstraint("system", "event_id"),
        Index(f"ix_{name}_current", "subject_id", "effective_at", "received_at"),
        Index(f"ix_{name}_held", "subject_id", sqlite_where=text(IS_HELD), postgresql_where=text(IS_HELD)),
    )  # fmt: skip
