"""Solder paste usage 锡膏使用记录表, QR-Pro-013 (spec 10.4.2): one record is one jar, each scan moves it on (`forms/paste_scan.py`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Index, select, text

from fiducial.forms.permissions import PREPARATION_READS, PREPARATION_RECORDS
from fiducial.kit.forms import fields as f
from fiducial.kit.forms.declaration import Draft, Form, Traced
from fiducial.kit.forms.fields import Label
from fiducial.kit.refusals import Said
from fiducial.kit.set_backs import as_seen_now, set_backs_of
from fiducial.kit.settings import Setting, whole
from fiducial.kit.tx import Tx
from fiducial.tooling import from_forms as tooling
from fiducial.tooling.reading import find_paste

THAW_MIN_MINUTES = Setting(
    "form.solder_paste.thawMinMinutes",
    240,
    whole(0, 10_080),
    "锡膏最短回温时间",
    "shortest thawing of solder paste",
    unit="min",
)
STIR_MIN_MINUTES = Setting(
    "form.solder_paste.stirMinMinutes",
    1,
    whole(0, 240),
    "锡膏最短搅拌时间",
    "shortest stirring of solder paste",
    unit="min",
)
STIR_MAX_MINUTES = Setting(
    "form.solder_paste.stirMaxMinutes",
    10,
    whole(1, 240),
    "锡膏最长搅拌时间",
    "longest stirring of solder paste",
    unit="min",
)
MAX_RETURNS = Setting(
    "form.solder_paste.maxReturns", 1, whole(0, 20), "锡膏最多回冰箱次数", "times a jar may go back to the cold store"
)

RECEIVE, THAW_START, THAW_END, STIR_START, STIR_END, ISSUE, RETURN, SCRAP = (
    "RECEIVE", "THAW_START", "THAW_END", "STIR_START", "STIR_END", "ISSUE", "RETURN", "SCRAP",
)  # fmt: skip
STEPS = {
    RECEIVE: ("入库", "received"), THAW_START: ("开始回温", "thawing begun"), THAW_END: ("回温完成", "thawed"),
    STIR_START: ("开始搅拌", "stirring begun"), STIR_END: ("搅拌完成", "stirred"), ISSUE: ("领用", "issued"),
    RETURN: ("回冰箱", "returned"), SCRAP: ("报废", "scrapped"),
}  # fmt: skip
MINUTE_MS = 60_000


def minutes_between(since: int | None, until: int | None) -> float | None:
    """Give the minutes between two instants, one decimal; None when one is missing."""
    return None if since is None or until is None else round((until - since) / MINUTE_MS, 1)


def prepare(tx: Tx, draft: Draft) -> None:  # noqa: ARG001
    """A corrected record keeps its steps and their times: only what was typed of the jar is put right."""
    old = draft.corrects
    if old is not None:
        told = {item.column_name for item in SOLDER_PASTE.written} - {"step"}
        draft.values |= {
            item.column_name: getattr(old, item.column_name)
            for item in SOLDER_PASTE.fields
            if item.stored and item.column_name not in told
        }


def check(tx: Tx, draft: Draft) -> Sequence[Said]:
    """A jar that was issued stands on a line, and a corrected record does not become that of another jar that has one."""
    faults, old = [], draft.corrects
    if draft["step"] == ISSUE and draft.facts.line_id is None:
        faults.append(Said(zh="已领用的锡膏必须填写产线", en="required for a jar that was issued", path="lineCode"))
    if old is not None and draft["lot_id"] != old.lot_id:
        t = SOLDER_PASTE.table.c
        other = tx.scalar(select(t.record_no).where(t.lot_id == draft["lot_id"], t.voided.is_(False)))
        if other is not None:
            faults.append(Said(zh=f"该锡膏已有记录 {other}", en=f"this jar has the record {other}", path="lotId"))
    return faults


def after(tx: Tx, draft: Draft, key: int) -> None:  # noqa: ARG001
    """Know what the label tells of the jar; one that was taken for another stands on the line since it was issued."""
    lot = tooling.know_jar(tx, draft["lot_id"], expires_at=draft["expires_at"], material_code=draft["material_code"])
    old, place = draft.corrects, draft.facts
    if old is not None and draft["step"] == ISSUE and draft["lot_id"] != old.lot_id:
        tooling.jar_issued(tx, lot, line_id=place.line_id, run_id=place.run_id, at=draft["issued_at"])


def stays(old: Any, given: Mapping[str, Any]) -> bool:
    """The same jar stays on its line, and its clock runs on, when only its label was misread."""
    return bool(old.lot_id == given.get("lot_id"))


def undo(tx: Tx, row: Any) -> None:
    """A jar whose record is voided while it stands on a line is taken off."""
    lot = find_paste(tx, row.lot_id)
    if row.step == ISSUE and lot is not None:
        tooling.jar_taken_off(tx, lot, at=tx.now)


def more(tx: Tx, rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Give what changes with time: how long the jar has been open on a line, all its issues together."""
    found = set_backs_of(tx)
    running = [
        minutes_between(as_seen_now(found, row.issued_at), tx.now) if row.step == ISSUE and row.issued_at else 0.0 for row in rows
    ]  # fmt: skip
    return [
        {
            "exposureMinutes": round((row.exposure_minutes or 0) + (now or 0), 1) if row.issued_at else None,
            "isReturned": bool(row.return_count),
        }
        for row, now in zip(rows, running, strict=True)
    ]


def indexes() -> Sequence[Index]:
    """A jar has one record."""
    alone = text("NOT voided")
    return (Index("uq_form_solder_paste_lot", "lot_id", unique=True, sqlite_where=alone, postgresql_where=alone),)


SOLDER_PASTE = Form(
    key="solder_paste", code="QR-Pro-013", title=Label("锡膏使用记录表", "Solder paste usage"), path="solder-paste-usage-records", prefix="PASTE",
    entity="SOLDER_PASTE_USAGE", reads=PREPARATION_READS, records=PREPARATION_RECORDS, read_by=("PREP_PASTE",), confirm="NONE",
    traced=Traced("solderPasteUsage", "LINE"), kept=("step",),
    fields=(
        f.key("lotId", "锡膏序号", "Jar", required=True, listed=True, filtered=True, scans="paste"),
        f.choice("step", "步骤", "Step", STEPS, required=True, listed=True, filtered=True),
        f.key("batchNo", "批次号", "Batch", listed=True, filtered=True, scans="lot"),
        f.key("materialCode", "物料编码", "Material", filtered=True, scans="material"),
        f.instant("expiresAt", "有效期至", "Use by", source="S", listed=True),
        f.whole("receivedQty", "入库数量", "Jars received", unit="jars", low=1, high=1000),
        f.instant("receivedAt", "入库时间", "Received at", filtered=True),
        f.instant("thawStartedAt", "开始回温", "Thawing begun at"),
        f.instant("thawedAt", "回温完成", "Thawed at"),
        f.instant("stirStartedAt", "开始搅拌", "Stirring begun at"),
        f.instant("stirredAt", "搅拌完成", "Stirred at"),
        f.instant("issuedAt", "领用时间", "Issued at", listed=True, filtered=True),
        f.instant("returnedAt", "回冰箱时间", "Returned at"),
        f.instant("scrappedAt", "报废时间", "Scrapped at"),
        f.number("thawMinutes", "回温时间", "Thawing time", source="C", unit="min"),
        f.number("stirMinutes", "搅拌时间", "Stirring time", source="C", unit="min"),
        f.number("exposureMinutes", "开封暴露时间", "Exposure", source="C", unit="min"),
        f.whole("returnCount", "回冰箱次数", "Returns", source="C"),
        f.flag("isReturned", "已回冰箱", "Returned", source="C", stored=False),
        *f.account("usedBy", "领用人", "Used by"),
    ),
    prepare=prepare, check=check, after=after, undo=undo, stays=stays, give_more=more, indexes=indexes,
)  # fmt: skip
