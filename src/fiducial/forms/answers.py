"""Records as they stand on the wire (spec 10.2)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, select
from typing_extensions import TypedDict

from fiducial.forms.tables import TABLES
from fiducial.kit import clock, ids
from fiducial.kit.forms.declaration import Draft, Form
from fiducial.kit.forms.fields import to_wire
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs
from fiducial.plant.tables import lines


class FormFacts(TypedDict):
    """A declaration: what a form asks for, in the language of the caller, and who may do what with it."""

    key: str
    formCode: str
    formRevision: str
    title: str
    titleZh: str
    titleEn: str
    path: str
    enabled: bool
    manualEntry: bool
    confirm: str
    meaning: str | None
    fourEyes: bool
    timeField: str | None
    backEntryDays: int
    gates: list[str]
    traceSection: str | None
    readPermissions: list[str]
    recordPermissions: list[str]
    fields: list[dict[str, Any]]
    extraFields: list[dict[str, Any]]


class Forms(TypedDict):
    """All declarations."""

    items: list[FormFacts]


LateWindow = TypedDict(
    "LateWindow",
    {
        "id": str, "from": str | None, "to": str | None, "until": str | None, "reason": str, "openedBy": str | None, "openedByName": str,
        "openedAt": str | None, "open": bool,
    },
)  # fmt: skip
"""A time in which late entries are taken; made so because `from` is no name a class can have."""


def rows_of(form: Form) -> Select[Any]:
    """Give the statement of the records of a form with the codes of line and run."""
    table = TABLES[form.key]
    joined = table.outerjoin(lines, lines.c.id == table.c.line_id).outerjoin(runs, runs.c.id == table.c.run_id)
    return select(table, lines.c.code.label("line_code"), runs.c.run_no).select_from(joined)


def records(tx: Tx, form: Form, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Give records as they are answered; what changes with time is told as of now."""
    shown = [_record(tx, form, row) for row in rows]
    if form.give_more is not None:
        for item, more in zip(shown, form.give_more(tx, rows), strict=True):
            item.update(more)
    return shown


def record_of(tx: Tx, form: Form, key: int, draft: Draft | None = None) -> dict[str, Any]:
    """Give one record, with the warnings of the act that made it."""
    row = tx.one(rows_of(form).where(TABLES[form.key].c.id == key))
    answer = records(tx, form, [row])[0]
    if draft is not None:
        answer["warnings"] = [
            {"code": told.code, "message": _in(tx, told.said.zh, str(told.said)), "details": dict(told.details)}
            for told in draft.warnings
        ]
    return answer


def _in(tx: Tx, zh: str, en: str) -> str:
    return en if tx.caller.language == "en" else zh


def _record(tx: Tx, form: Form, row: Any) -> dict[str, Any]:
    known = row._mapping
    answer: dict[str, Any] = {
        "id": ids.to_wire(row.id), "recordNo": row.record_no, "formKey": form.key, "formCode": row.form_code,
        "formRevision": row.form_revision, "lineCode": row.line_code, "runNo": row.run_no, "stepNo": row.step_no,
        "recordedBy": ids.wire_or_none(row.recorded_by), "recordedByName": row.recorded_by_name,
        "recordedAt": clock.to_wire(row.recorded_at), "source": row.source, "scanned": row.scanned, "result": row.result,
        "resultReasons": [
            {"code": reason["code"], "field": reason["field"], "message": _in(tx, reason["zh"], reason["en"])} for reason in row.result_reasons
        ],
        "confirmedBy": ids.wire_or_none(row.confirmed_by), "confirmedByName": row.confirmed_by_name,
        "confirmedAt": clock.to_wire(row.confirmed_at), "confirmRemark": row.confirm_remark,
        "signatureId": ids.wire_or_none(row.signature_id), "remark": row.remark, "namesTyped": row.names_typed, "extra": row.extra or {},
        "lateEntry": row.late_entry, "lateReason": row.late_reason, "voided": row.voided, "voidReason": row.void_reason,
        "voidedBy": ids.wire_or_none(row.voided_by), "voidedByName": row.voided_by_name, "voidedAt": clock.to_wire(row.voided_at),
        "corrects": ids.wire_or_none(row.corrects_id), "correctedBy": ids.wire_or_none(row.corrected_by_id), "warnings": [],
    }  # fmt: skip
    if form.when:
        answer[form.when.name] = clock.to_wire(row.happened_at)
    if form.by:
        answer |= {form.by[0]: ids.wire_or_none(row.recorded_by), f"{form.by[0]}Name": row.recorded_by_name}
    for item in form.fields:
        answer[item.name] = to_wire(item, known[item.column_name]) if item.column_name in known else None
    return answer
