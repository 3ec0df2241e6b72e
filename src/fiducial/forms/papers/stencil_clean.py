"""Stencil cleaning 钢网清洗记录表, QR-Pro-130 (spec 10.4.5)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from fiducial.forms.permissions import PREPARATION_READS, PREPARATION_RECORDS
from fiducial.kit.forms import fields as f
from fiducial.kit.forms.declaration import PASS, Draft, Form, Traced, When
from fiducial.kit.forms.fields import Label
from fiducial.kit.tx import Tx
from fiducial.tooling import from_forms as tooling
from fiducial.tooling.reading import STENCIL, the_tool

METHODS = {"ULTRASONIC": ("超声波", "ultrasonic"), "MACHINE": ("机洗", "machine"), "HAND": ("手洗", "by hand")}
RESULTS = {"OK": ("干净", "clean"), "NG": ("不干净", "not clean")}


def prepare(tx: Tx, draft: Draft) -> None:
    """Find the stencil. Refuses TOOL_NOT_FOUND, TOOL_KIND_MISMATCH."""
    the_tool(tx, draft["stencil_id"], STENCIL)


def judge(tx: Tx, draft: Draft) -> None:  # noqa: ARG001
    """PASS: it is clean."""
    if draft["clean_result"] != "OK":
        draft.fail("NOT_CLEAN", "cleanResult", zh="清洗后不干净", en="not clean after cleaning")
    draft.judged()


def after(tx: Tx, draft: Draft, key: int) -> None:  # noqa: ARG001
    """Note in the register when the stencil was cleaned."""
    if draft.result == PASS:
        tooling.cleaned(tx, the_tool(tx, draft["stencil_id"], STENCIL), draft.at)


def undo(tx: Tx, row: Any) -> None:
    """Take the cleaning back: the register tells of the one before it, as the records have it."""
    if row.result == PASS:
        t = STENCIL_CLEAN.table.c
        others = (t.stencil_id == row.stencil_id, t.result == PASS, t.voided.is_(False))
        before = tx.scalar(select(func.max(t.happened_at)).where(*others))
        tooling.cleaning_voided(tx, the_tool(tx, row.stencil_id, STENCIL), row.happened_at, before)


STENCIL_CLEAN = Form(
    key="stencil_clean", code="QR-Pro-130", title=Label("钢网清洗记录表", "Stencil cleaning"), path="stencil-cleaning-records", prefix="STC",
    entity="STENCIL_CLEANING", reads=PREPARATION_READS, records=PREPARATION_RECORDS, read_by=("PREP_STENCIL_CLEAN",), confirm="NONE",
    when=When("cleanedAt", Label("清洗时间", "Cleaned at")), by=("cleanedBy", Label("清洗人", "Cleaned by")),
    traced=Traced("stencilCleaning", "LINE"),
    fields=(
        f.key("stencilId", "钢网编号", "Stencil", required=True, listed=True, filtered=True, scans="stencil"),
        f.choice("method", "清洗方式", "Method", METHODS, listed=True),
        f.choice("cleanResult", "清洗结果", "Result of cleaning", RESULTS, required=True, listed=True),
    ),
    prepare=prepare, judge=judge, after=after, undo=undo,
)  # fmt: skip
