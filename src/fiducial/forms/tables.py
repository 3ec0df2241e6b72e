"""Tables of forms: one for each form, made from its declaration, and the windows for late entry (spec 10.2)."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table

from fiducial.forms.common import declare_table
from fiducial.forms.papers import FORMS
from fiducial.kit import columns as c

TABLES: dict[str, Table] = {form.key: declare_table(form) for form in FORMS}
"""The tables of records, by the key of the form."""

late_windows = Table(
    "late_entry_window", c.metadata, c.key(),
    c.instant("from_at", nullable=False),
    c.instant("to_at", nullable=False),
    c.instant("until_at", nullable=False),
    c.text("reason", nullable=False),
    c.whole("opened_by"),
    c.text("opened_by_name", nullable=False),
    c.instant("opened_at", nullable=False),
    Index("ix_late_entry_window_until", "until_at"),
)  # fmt: skip

# Of what people were told today: once a day is enough.
reminders = Table(
    "form_reminder", c.metadata,
    c.text("form", nullable=False),
    c.text("subject", nullable=False),
    c.text("day", nullable=False),  # of the plant, YYYY-MM-DD
    PrimaryKeyConstraint("form", "subject", "day"),
)  # fmt: skip
