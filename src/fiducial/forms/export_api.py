"""Records taken away (spec 10.2): as a spreadsheet, or as a PDF that looks like the paper. Made beside the lane, and entered."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from typing import Any, Literal
from zoneinfo import ZoneInfo

from fastapi import Request
from starlette.responses import Response

from fiducial.forms import printing
from fiducial.forms.queries import LISTINGS, list_query, named
from fiducial.forms.settings import own_fields_of
from fiducial.kit import text
from fiducial.kit.acting import action, mark_of
from fiducial.kit.forms.declaration import JUDGED, Form
from fiducial.kit.forms.fields import Field, Label
from fiducial.kit.http.door import Doors, File, answer, caller_of
from fiducial.kit.http.shapes import Body
from fiducial.kit.listing import known_are
from fiducial.kit.pdf.parts import must_have_font
from fiducial.kit.refusals import bad_field
from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.sheets import exports_api
from fiducial.sheets.exports import Sheet
from fiducial.web.shell import LANGUAGE_COOKIE

PDF, MOST_PRINTED = "application/pdf", 500
FORMATS = ("csv", "xlsx", "pdf")
KINDS: dict[str, Any] = {"instant": "instant", "flag": "flag", "whole": "number", "number": "number"}


@dataclass(frozen=True, slots=True)
class LabelText(Text):
    """A label of a form as headings are: it carries its Chinese itself."""

    zh: str = ""

    def __str__(self) -> str:
        return self.message if text.current_language() == "en" else self.zh


def _said(label: Label) -> LabelText:
    return LabelText(label.en, label.zh)


def _head(zh: str, en: str) -> LabelText:
    return LabelText(en, zh)


class RecordsExport(Body):
    """Besides the filters and the order of the list."""

    format: Literal["csv", "xlsx", "pdf"] = "xlsx"


def sheet_of(form: Form, query: Callable[..., Any]) -> Sheet:
    """Give the list of a form as a spreadsheet: every field is a column."""
    when = [SheetColumn(form.when.name, _said(form.when.label), "instant")] if form.when else []
    own = [
        SheetColumn(item.name, _said(item.label), KINDS.get(item.kind, "text"), item.choices or item.known or None)
        for item in form.fields
        if item.kind not in ("id", "rows")
    ]
    columns = (
        SheetColumn("recordNo", _head("记录号", "Record"), width=22), SheetColumn("formCode", _head("表单编号", "Form")),
        SheetColumn("formRevision", _head("版本", "Revision"), width=8), SheetColumn("lineCode", _head("产线", "Line")),
        SheetColumn("runNo", _head("批次", "Run"), width=22), *when, *own, SheetColumn("result", _head("系统判断", "Judged"), words=JUDGED),
        SheetColumn("recordedByName", _head("记录人", "Recorded by")), SheetColumn("recordedAt", _head("记录时间", "Recorded at"), "instant"),
        SheetColumn("confirmedByName", _head("确认人", "Confirmed by")), SheetColumn("confirmedAt", _head("确认时间", "Confirmed at"), "instant"),
        SheetColumn("remark", _head("备注", "Remark"), width=32), SheetColumn("voided", _head("已作废", "Voided"), "flag"),
        SheetColumn("voidReason", _head("作废原因", "Why voided"), width=24),
    )  # fmt: skip
    seen: dict[str, SheetColumn] = {}
    for column in columns:
        seen.setdefault(column.field, column)
    return Sheet(form.path, _said(form.title), query, LISTINGS[form.key], tuple(seen.values()))


def open_export(doors: Doors, form: Form) -> None:
    """Open `GET P/export`."""
    query = list_query(form, LISTINGS[form.key], "export")
    sheet = sheet_of(form, query)
    entered = _enter(form)

    async def export(request: Request) -> Response:
        asked = request.query_params.multi_items()
        kind = next((value for name, value in asked if name == "format"), "xlsx")
        if kind not in FORMATS:
            raise bad_field("format", known_are(FORMATS))
        if kind != "pdf":
            return await exports_api.send(request, sheet, entered)
        return answer(await _printed(request, form, query, entered))

    doors.custom("GET", f"/api/{form.path}/export", entered, export, params=RecordsExport, listing=LISTINGS[form.key],
                 file=(*exports_api.MEDIA.values(), PDF))  # fmt: skip


def _enter(form: Form) -> Callable[..., Any]:
    def enter_export(tx: Tx, name: str, kind: str, filters: dict[str, str], rows: int) -> None:
        """Enter that records were taken away"""
        tx.record(name, format=kind, filters=filters, rows=rows)

    return named(
        action(*form.reads, audit="EXPORT", entity="EXPORT", key="name"), enter_export, form, "enter_export", None
    )


async def _printed(request: Request, form: Form, query: Callable[..., Any], entered: Callable[..., Any]) -> File:
    """Read the records, draw them on a thread of their own, enter it, and give the file."""
    must_have_font()
    language = text.negotiate(request.headers.get("accept-language"), request.cookies.get(LANGUAGE_COOKIE))
    caller, store = replace(caller_of(request), language=language), request.app.state.store
    asked = [(name, value) for name, value in request.query_params.multi_items() if name != "format"]
    page = replace(LISTINGS[form.key].parse(asked), number=1)

    def read(tx: Tx) -> tuple[Sequence[dict[str, Any]], int, str, list[Field]]:
        found = query(tx, replace(page, size=MOST_PRINTED))
        return found["items"], found["total"], tx.actor.name, own_fields_of(tx, form)

    read.__mark__ = mark_of(query)  # type: ignore[attr-defined]
    items, total, name, own = await store.read(caller, read, slow=True)
    drawn = partial(printing.printed, form, items, total=total, zone=store.zone, by=name, language=language, own=own)
    content = await asyncio.to_thread(drawn)
    await store.write(caller, entered, form.path, "pdf", dict(page.filters), len(items))
    title = form.title.en if language == "en" else form.title.zh
    single = f"{items[0]['recordNo']} " if len(items) == 1 else ""
    return File(
        content, PDF, f"{single}{title} {datetime.now(ZoneInfo(store.zone)):%Y-%m-%d %H%M}.pdf".replace("/", "-")
    )
