"""Records on paper: one as its form with every field, several as the rows of the form's table (spec 10.1, print layout)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from fiducial.kit.forms.declaration import FAIL, JUDGED, Form
from fiducial.kit.forms.fields import Field, Label
from fiducial.kit.pdf.parts import Column, Head, Signed
from fiducial.kit.text import use_language

YES, NO = Label("是", "yes"), Label("否", "no")
MOST_COLUMNS = 9


def printed(
    form: Form,
    records: Sequence[Mapping[str, Any]],
    *,
    total: int,
    zone: str,
    by: str,
    language: str,
    own: Sequence[Field] = (),
) -> bytes:
    """Draw records as the plant's paper; a single one with every field (`own`: those that the plant added) and its signatures.

    What is left out of `total` is said.
    """
    with use_language(language):
        first = records[0] if records else {}
        head = Head(
            form.title.zh, form.title.en, str(first.get("formCode", form.code)), f"Rev. {first['formRevision']}" if first.get("formRevision") else "",
            f"fiducial · {by} · {datetime.now(ZoneInfo(zone)):%Y-%m-%d %H:%M}",
        )  # fmt: skip
        if len(records) == total == 1:
            return _single(form, records[0], head, ZoneInfo(zone), own)
        return _table(form, records, head, ZoneInfo(zone), left_out=total - len(records))


def both(label: Label) -> str:
    """Give a label as the paper has it: Chinese, then English."""
    return label.zh if label.zh == label.en else f"{label.zh} {label.en}"


def _single(form: Form, record: Mapping[str, Any], head: Head, zone: ZoneInfo, own: Sequence[Field]) -> bytes:
    from fiducial.kit.pdf.paper import Paper

    paper = Paper(head)
    paper.qr(record["recordNo"], x=paper.l_margin + paper.epw - 22, y=paper.get_y(), size=20)
    top = paper.get_y()
    paper.set_y(top + 2)
    paper.said(record["recordNo"], size=12)
    if record["voided"]:
        paper.verdict(f"已作废 VOIDED：{record['voidReason']}", good=False)
    elif record["result"]:
        paper.verdict(f"系统判断 Judged: {both(JUDGED[record['result']])}", good=record["result"] != FAIL)
    paper.set_y(max(paper.get_y(), top + 22))
    pairs = [("产线 Line", record["lineCode"] or ""), ("批次 Run", record["runNo"] or "")]
    if form.when:
        pairs.append((both(form.when.label), shown_instant(record[form.when.name], zone)))
    pairs += [
        (both(item.label), shown(item, record.get(item.name), zone))
        for item in form.fields
        if item.kind not in ("id", "rows") and item.name != "result"
    ]
    labels = {item.name: item for item in own}
    pairs += [
        (both(labels[name].label), shown(labels[name], value, zone)) if name in labels else (str(name), str(value))
        for name, value in (record.get("extra") or {}).items()
    ]
    paper.facts([*pairs, ("备注 Remark", record["remark"] or "")])
    for item in form.fields:
        if item.kind == "rows":
            paper.section(both(item.label))
            paper.rows([Column(both(part.label)) for part in item.parts], [
                [shown(part, row.get(part.name), zone) for part in item.parts] for row in record.get(item.name) or ()
            ])  # fmt: skip
    if record["resultReasons"]:
        paper.section("判断依据 Reasons")
        for reason in record["resultReasons"]:
            paper.said(f"· {reason['message']}")
    paper.section("签署 Signatures")
    by = both(form.by[1]) if form.by else "记录人 Recorded by"
    signed = [Signed(by, record["recordedByName"], shown_instant(record["recordedAt"], zone))]
    if form.confirm != "NONE":
        note = "电子签名 signed" if record["signatureId"] else ""
        signed.append(
            Signed("确认 Confirmed", record["confirmedByName"] or "", shown_instant(record["confirmedAt"], zone), note)
        )
    paper.signatures(signed)
    return paper.finished()


def _table(form: Form, records: Sequence[Mapping[str, Any]], head: Head, zone: ZoneInfo, *, left_out: int) -> bytes:
    from fiducial.kit.pdf.paper import Paper

    paper = Paper(head, orientation="landscape")
    told = [item for item in form.fields if item.listed and item.name != "result"][:MOST_COLUMNS]
    columns = [
        Column("记录号 Record", 1.5), Column(both(form.when.label if form.when else Label("时间", "Time")), 1.2), Column("产线 Line", 0.8),
        *(Column(both(item.label)) for item in told), Column("判断 Judged", 0.7), Column("记录人 By", 0.8), Column("确认 Confirmed", 0.8),
    ]  # fmt: skip
    time = form.when.name if form.when else "recordedAt"
    paper.rows(columns, [
        [
            record["recordNo"], shown_instant(record[time], zone), record["lineCode"] or "",
            *(shown(item, record.get(item.name), zone) for item in told), _judged(record), record["recordedByName"],
            record["confirmedByName"] or "",
        ]
        for record in records
    ])  # fmt: skip
    if left_out > 0:
        first = len(records)
        paper.said(f"仅打印前 {first} 条，请缩小筛选范围。Only the first {first} records are here; narrow the filter.")
    return paper.finished()


def _judged(record: Mapping[str, Any]) -> str:
    return both(JUDGED[record["result"]]) if record["result"] else ""


def shown(item: Field, value: Any, zone: ZoneInfo, called: Callable[[Label], str] = both) -> str:
    """Give a value of a field as people read it; `called` gives a word of both languages, or of one (`str`)."""
    if value is None:
        return ""
    if item.kind == "flag":
        return called(YES if value else NO)
    if item.kind == "instant":
        return shown_instant(value, zone)
    word = item.word(value)
    if word is not None:
        return called(word)
    if item.ratio:
        return f"{value:.2%}"
    said = (
        ", ".join(str(part) for part in value)
        if isinstance(value, list)
        else f"{value:g}"
        if isinstance(value, float)
        else str(value)
    )
    return f"{said} {item.unit}" if item.unit else said


def shown_instant(value: str | None, zone: ZoneInfo) -> str:
    """Give an instant of the wire as wall-clock time of the plant."""
    return "" if value is None else f"{datetime.fromisoformat(value).astimezone(zone):%Y-%m-%d %H:%M}"
