"""What notifications say of the events of forms (spec 09.6): the form's name, the record, its run, where to look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fiducial.forms.papers import BY_KEY
from fiducial.forms.tables import TABLES
from fiducial.kit.outbox import Event
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs

LONGEST = 80


def of_record(tx: Tx, event: Event) -> Mapping[str, Any]:
    """Give what is said of a record: FORM_OUT_OF_LIMIT, FORM_CORRECTED and the events of production exceptions."""
    form = BY_KEY[event.payload.get("form", "production_exception")]
    table = TABLES[form.key]
    joined = table.outerjoin(runs, runs.c.id == table.c.run_id)
    row = tx.first(select(table, runs.c.run_no).select_from(joined).where(table.c.id == event.thing))
    if row is None:
        return event.payload
    return {
        "formName": form.title.zh, "formPath": f"{form.path}/{row.record_no}", "recordNo": row.record_no, "runNo": row.run_no or "–",
        "what": str(getattr(row, "description", "") or "")[:LONGEST], "lineId": row.line_id,
    }  # fmt: skip


def of_due(tx: Tx, event: Event) -> Mapping[str, Any]:  # noqa: ARG001
    """Give what is said of a record that is due (FORM_DUE)."""
    form = BY_KEY[event.payload["form"]]
    return {
        "formName": form.title.zh, "formPath": form.path, "subject": event.payload["subject"], "lineId": event.payload.get("lineId"),
    }  # fmt: skip


NOTICE_FACTS = {
    "FORM_OUT_OF_LIMIT": of_record, "FORM_CORRECTED": of_record, "FORM_DUE": of_due, "PRODUCTION_EXCEPTION_RAISED": of_record,
    "PRODUCTION_EXCEPTION_CONFIRMED": of_record, "PRODUCTION_EXCEPTION_OPEN": of_record,
}  # fmt: skip
"""For `app.py`."""
