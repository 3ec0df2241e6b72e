"""What the records of all forms have in common (spec 10.2): columns, names on the wire."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field as Limits
from pydantic import JsonValue, StringConstraints
from pydantic.alias_generators import to_camel
from sqlalchemy import Boolean, Column, Index, Table, text

from fiducial.kit import columns as c
from fiducial.kit.forms.declaration import Form
from fiducial.kit.forms.fields import snake
from fiducial.kit.forms.tables import as_time, declare_view, shown_in_view, table_of
from fiducial.kit.http.shapes import Instant, Key, Remark

MANUAL, AUTO = "MANUAL", "AUTO"


def columns_of(form: Form) -> list[Any]:
    """Give the columns and indexes that every record has; new ones for each table."""
    table = form.table_name
    alive: dict[str, Any] = {"sqlite_where": text("NOT voided"), "postgresql_where": text("NOT voided")}
    return [
        c.key(),
        c.text("record_no", nullable=False, unique=True),
        c.text("form_code", nullable=False),
        c.text("form_revision", nullable=False),
        c.ref("line_id", "line", nullable=True),
        c.ref("run_id", "run", nullable=True),
        c.whole("step_no"),
        c.whole("recorded_by"),
        c.text("recorded_by_name", nullable=False),
        c.instant("recorded_at", nullable=False),
        c.instant("happened_at", nullable=False),  # the form's own time; the server's where it has none
        c.text("source", nullable=False),  # MANUAL or AUTO
        Column("scanned", Boolean(create_constraint=False)),
        c.text("result"),
        c.json("result_reasons", nullable=False),  # [{code, field, zh, en}]
        c.text("remark"),
        c.json("names_typed"),
        c.json("extra"),
        c.whole("confirmed_by"),
        c.text("confirmed_by_name"),
        c.instant("confirmed_at"),
        c.text("confirm_remark"),
        c.whole("signature_id"),
        c.flag("late_entry", default=False),
        c.text("late_reason"),
        c.flag("voided", default=False),
        c.text("void_reason"),
        c.whole("voided_by"),
        c.text("voided_by_name"),
        c.instant("voided_at"),
        c.whole("corrects_id"),
        c.whole("corrected_by_id"),
        c.text("origin"),
        Index(f"ix_{table}_happened", "happened_at"),
        Index(f"ix_{table}_line", "line_id", "happened_at"),
        Index(f"ix_{table}_run", "run_id", "happened_at"),
        Index(f"ix_{table}_result", "result", "happened_at", **alive),
    ]  # fmt: skip


def declare_table(form: Form) -> Table:
    """Give the table of a form, and declare the view in which reporting tools find its fields as columns."""
    table = table_of(form, columns_of(form))
    declare_view(
        f"report_{form.key}", form.table_name, {engine: _view(form, engine) for engine in ("sqlite", "postgresql")}
    )
    return table


def _view(form: Form, engine: str) -> str:
    plain = {
        "recordNo": "r.record_no", "formCode": "r.form_code", "formRevision": "r.form_revision", "lineCode": "l.code", "runNo": "b.run_no",
        "stepNo": "r.step_no", "recordedByName": "r.recorded_by_name", "recordedAt": as_time("r.recorded_at", engine),
        "happenedAt": as_time("r.happened_at", engine), "recordSource": "r.source", "result": "r.result", "remark": "r.remark",
        "confirmedByName": "r.confirmed_by_name", "confirmedAt": as_time("r.confirmed_at", engine), "lateEntry": "r.late_entry",
        "voided": "r.voided", "voidReason": "r.void_reason", "extra": "r.extra",
    }  # fmt: skip
    own = [shown_in_view(item, engine) for item in form.fields if item.stored and item.name not in plain]
    shown = [f'{expression} AS "{name}"' for name, expression in plain.items()] + own
    joined = "LEFT JOIN line l ON l.id = r.line_id LEFT JOIN run b ON b.id = r.run_id"
    return f"SELECT {', '.join(shown)} FROM {form.table_name} r {joined}"  # noqa: S608 - made of names in this program alone


# On the wire

Note = Annotated[str, StringConstraints(min_length=1, max_length=100)]
Names = Annotated[dict[Key, Note], Limits(max_length=20)]
Extra = Annotated[dict[Key, JsonValue], Limits(max_length=20)]

BODY: dict[str, tuple[Any, Any]] = {
    "line_code": (Key | None, None), "run_no": (Key | None, None), "step_no": (Annotated[int, Limits(ge=1, le=100_000)] | None, None),
    "scanned": (bool | None, None), "remark": (Remark | None, None), "names_typed": (Names | None, None), "extra": (Extra | None, None),
}  # fmt: skip
"""What a request may carry for any record, besides the form's own fields."""

ANSWER: dict[str, Any] = {
    "id": str, "recordNo": str, "formKey": str, "formCode": str, "formRevision": str, "lineCode": str | None, "runNo": str | None,
    "stepNo": int | None, "recordedBy": str | None, "recordedByName": str, "recordedAt": str | None, "source": str, "scanned": bool | None,
    "result": str | None, "resultReasons": list[dict[str, Any]], "confirmedBy": str | None, "confirmedByName": str | None,
    "confirmedAt": str | None, "confirmRemark": str | None, "signatureId": str | None, "remark": str | None,
    "namesTyped": dict[str, str] | None, "extra": dict[str, Any], "lateEntry": bool, "lateReason": str | None, "voided": bool,
    "voidReason": str | None, "voidedBy": str | None, "voidedByName": str | None, "voidedAt": str | None, "corrects": str | None,
    "correctedBy": str | None, "warnings": list[dict[str, Any]],
}  # fmt: skip


def body_fields(form: Form) -> dict[str, tuple[Any, Any]]:
    """Give what a request for a record of this form may carry besides its own fields: the time where the form has one."""
    own = {item.key for item in form.fields}
    common = {name: kind for name, kind in BODY.items() if name not in own}
    if form.when is None:
        return common
    time: dict[str, tuple[Any, Any]] = {
        snake(form.when.name): (Instant, ...) if form.when.typed else (Instant | None, None)
    }
    return common | time | ({"reason": (Remark | None, None)} if form.when.days_back else {})


def answer_fields(form: Form) -> dict[str, Any]:
    """Give what an answer has besides the form's own fields: the time and the person also under the paper's own names."""
    more: dict[str, Any] = {form.when.name: str | None} if form.when else {}
    if form.by:
        more |= {form.by[0]: str | None, f"{form.by[0]}Name": str | None}
    return ANSWER | more


def read_only_of(form: Form) -> list[str]:
    """Give the names that an answer has and a request may not carry."""
    taken = {to_camel(name) for name in body_fields(form)} | {item.name for item in form.fields if item.written}
    named = {*answer_fields(form), *(item.name for item in form.fields), *form.answer_more}
    return sorted(named - taken)
