"""What is signed when a form is confirmed by signature (spec 09.4): the record's own values, not who confirms it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fiducial.forms.papers import FORMS
from fiducial.forms.tables import TABLES
from fiducial.kit import clock
from fiducial.kit.forms.declaration import Form
from fiducial.kit.forms.fields import to_wire
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.people.reach import must_reach_line


class FormSubject:
    """The records of one form as a thing that is signed."""

    version = 1

    def __init__(self, form: Form) -> None:
        self._form = form

    @property
    def type(self) -> str:
        """Give the name of the kind on the wire."""
        return self._form.entity

    def content(self, tx: Tx, subject_id: int, meaning: str, version: int) -> Mapping[str, Any] | None:  # noqa: ARG002
        """Give number, time and every field of the record."""
        table = TABLES[self._form.key]
        row = tx.first(select(table).where(table.c.id == subject_id))
        if row is None:
            return None
        known = row._mapping
        own = {
            item.name: to_wire(item, known[item.column_name]) for item in self._form.fields if item.column_name in known
        }
        return {
            "recordNo": row.record_no, "formCode": row.form_code, "formRevision": row.form_revision, "happenedAt": clock.to_wire(row.happened_at),
            "recordedByName": row.recorded_by_name, "result": row.result, "remark": row.remark, "extra": row.extra, "fields": own,
        }  # fmt: skip

    def must_read(self, tx: Tx, subject_id: int) -> None:
        """Refuse unless the actor may read the record."""
        table = TABLES[self._form.key]
        row = tx.first(select(table).where(table.c.id == subject_id))
        if row is None:
            raise Refused(self._form.missing)
        if not any(tx.actor.holds(permission) for permission in self._form.reads):
            raise Refused("FORBIDDEN", permission=" | ".join(self._form.reads))
        if row.line_id is not None:
            must_reach_line(tx, row.line_id, *self._form.reads)


SUBJECTS: tuple[FormSubject, ...] = tuple(FormSubject(form) for form in FORMS if form.meaning is not None)
"""Every form whose confirmation is a signature."""
