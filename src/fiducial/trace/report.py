"""A trace as a file: PDF on A4, a spreadsheet with a sheet for each section, or the JSON itself (spec 07.8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import orjson

from fiducial.kit.pdf.parts import Column, Head, Signed
from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.sheets.writing import Workbook
from fiducial.kit.text import use_language
from fiducial.people.meanings import words_of
from fiducial.trace import labels
from fiducial.trace.takeaway import Table, Takeaway, value_at

if TYPE_CHECKING:
    from fiducial.kit.pdf.paper import Paper

PDF, XLSX, JSON = "pdf", "xlsx", "json"
MEDIA = {
    PDF: "application/pdf", XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", JSON: "application/json",
}  # fmt: skip
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
MOST_COLUMNS, LANDSCAPE_FROM = 11, 9
WIDE = {"text": 3.0, "summary": 3.0, "reason": 2.0, "contentHash": 2.4, "remark": 1.6, "failReason": 2.0, "waiveReason": 1.6, "name": 1.5,
        "operationName": 1.3, "sn": 1.5, "runNo": 1.4, "lotNo": 1.3, "itemName": 1.6, "itemSpec": 1.4, "action": 1.6}  # fmt: skip
NARROW = {
    "stepNo": 0.6,
    "visitNo": 0.5,
    "result": 0.7,
    "judge": 0.7,
    "qty": 0.6,
    "unit": 0.6,
    "cycleSeconds": 0.7,
    "alarmed": 0.6,
}
# What paper has no room for stands in the spreadsheet alone.
NOT_ON_PAPER: dict[str, frozenset[str]] = {
    "tracks": frozenset({"toolCodes", "voidReason", "mode", "source", "runNo"}),
    "defects": frozenset({"source", "closeReason", "stationCode", "createdAt"}),
    "inspections": frozenset({"contentHash", "signedByName", "signatureMeaning", "signedAt", "sampleQty"}),
    "runs": frozenset({"reworkType", "mrbWaiverReason"}),
    "materials": frozenset({"isKeyPart"}), "flags": frozenset({"section"}),
}  # fmt: skip


def drawn(away: Takeaway, kind: str, *, zone: str, language: str) -> bytes:
    """Give the file. On a thread of its own: a PDF costs a second or more."""
    makers: Mapping[str, Callable[..., bytes]] = {PDF: _pdf, XLSX: _xlsx, JSON: _json}
    with use_language(language):
        return makers[kind](away, ZoneInfo(zone))


def _json(away: Takeaway, zone: ZoneInfo) -> bytes:  # noqa: ARG001 - instants stay in UTC
    return orjson.dumps(away.data)


def _now(zone: ZoneInfo) -> str:
    return f"{datetime.now(zone):%Y-%m-%d %H:%M}"


def _both(zh: str, en: str) -> str:
    return str(labels.Word(en, zh))


# On paper


def _pdf(away: Takeaway, zone: ZoneInfo) -> bytes:
    title = {"unit": ("单件追溯报告", "Trace of a unit"), "run": ("批次追溯报告", "Trace of a run")}.get(
        away.kind, ("反查报告", "Reverse trace")
    )
    head = Head(
        _both(*title), away.product, away.key, "", f"fiducial · {away.key} · {away.by} · {_now(zone)}", f"SHA-256 {away.hash}",
    )  # fmt: skip
    from fiducial.kit.pdf.paper import Paper

    paper = Paper(head, orientation="landscape")
    paper.facts([(str(labels.field(name)), _said(value, zone)) for name, value in away.head], columns=3)
    for table in away.tables:
        if table.rows:
            _table(paper, table, zone)
        if table.section == "inspections":
            _signatures(paper, table, zone)
    empty = [table.title for table in away.tables if not table.rows]
    if empty:
        paper.section(_both("没有记录的内容", "None recorded"))
        paper.said("、".join(empty) if _both("zh", "en") == "zh" else ", ".join(empty))
    return paper.finished()


def _table(paper: Paper, table: Table, zone: ZoneInfo) -> None:
    hidden = NOT_ON_PAPER.get(table.section, frozenset())
    fields = [
        name for name in table.fields
        if name not in hidden and (name in table.fields[:3] or any(value_at(row, name) not in (None, "", False) for row in table.rows))
    ][:MOST_COLUMNS]  # fmt: skip
    paper.section(
        f"{table.title}（{len(table.rows)}）" if _both("zh", "en") == "zh" else f"{table.title} ({len(table.rows)})"
    )
    paper.rows(
        [Column(str(labels.field(name)), WIDE.get(name, NARROW.get(name, 1.0))) for name in fields],
        [[_said(value_at(row, name), zone) for name in fields] for row in table.rows],
    )


def _signatures(paper: Paper, table: Table, zone: ZoneInfo) -> None:
    """Draw each signature with the printed name, its meaning, the time, and the hash of what was signed (spec 09.4)."""
    signed = [row for row in table.rows if row.get("signedByName")]
    if not signed:
        return
    paper.section(_both("电子签名", "Signatures"))
    paper.signatures([
        Signed(f"{row['type']} {row.get('runNo', '')} · {_meaning(row['signatureMeaning'])}", row["signedByName"], _said(row["signedAt"], zone))
        for row in signed
    ])  # fmt: skip
    for row in signed:
        paper.said(f"{row['type']} · {row['signedByName']} · SHA-256 {row['contentHash']}", size=7)


def _meaning(code: str | None) -> str:
    if code is None:
        return "–"
    zh, en = words_of(code)
    return f"{_both(zh, en)} {code}"


def _said(value: Any, zone: ZoneInfo) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _both("是", "yes") if value else _both("否", "no")
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, str) and INSTANT.fullmatch(value):
        return f"{datetime.fromisoformat(value).astimezone(zone):%Y-%m-%d %H:%M:%S}"
    return labels.VALUES.get(str(value), str(value)) if _both("zh", "en") == "zh" else str(value)


# As a spreadsheet


def _xlsx(away: Takeaway, zone: ZoneInfo) -> bytes:
    file = BytesIO()
    about = [
        SheetColumn("field", labels.field("field"), width=24), SheetColumn("value", labels.field("value"), width=80),
    ]  # fmt: skip
    book = Workbook(file, about, title=str(labels.section("about")), zone=str(zone))
    filters = ", ".join(f"{name}={value}" for name, value in away.filters.items())
    said: Sequence[tuple[str, Any]] = (
        (_both("内容", "What"), f"{away.kind} {away.key}"), (_both("产品", "Product"), away.product), (_both("导出时间", "When"), _now(zone)),
        (_both("导出人", "Who"), away.by), (_both("筛选", "Filters"), filters), (_both("行数", "Rows"), away.rows),
        (_both("内容哈希 SHA-256", "SHA-256 of the content"), away.hash),
        *((str(labels.field(name)), _said(value, zone)) for name, value in away.head),
    )  # fmt: skip
    book.add([{"field": name, "value": value} for name, value in said])
    for table in away.tables:
        book.next_sheet([_column(table, name) for name in table.fields], table.title)
        book.add([{name: value_at(row, name) for name in table.fields} for row in table.rows])
    book.close()
    return file.getvalue()


class FlatColumn(SheetColumn):
    """A column whose field is a name as it is, dots and all."""

    def value_of(self, item: Mapping[str, Any]) -> Any:
        """Give the value under exactly this name."""
        return item.get(self.field)


def _column(table: Table, name: str) -> SheetColumn:
    """Give the column of a field: real dates where the values are instants."""
    values = [value for row in table.rows if (value := value_at(row, name)) is not None]
    timed = bool(values) and all(isinstance(value, str) and INSTANT.fullmatch(value) for value in values)
    return FlatColumn(name, labels.field(name), "instant" if timed else "text", width=20 if name in WIDE else 14)
