"""Squeegee usage and check 印刷机刮刀使用次数和点检记录表, QR-Mac-144 (spec 10.4.6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fiducial.forms import tools_used
from fiducial.forms.permissions import PREPARATION_READS, PREPARATION_RECORDS
from fiducial.kit.forms import fields as f
from fiducial.kit.forms.declaration import Draft, Form, Traced, When
from fiducial.kit.forms.fields import Label
from fiducial.kit.refusals import Said
from fiducial.kit.tx import Tx
from fiducial.tooling.reading import SQUEEGEE as KIND

CHECKS = {"checkSurface": "表面不良", "checkEdge": "刀口不良", "checkFlatness": "不平整"}


def prepare(tx: Tx, draft: Draft) -> None:
    """Find the squeegee, count what was typed for production that is not tracked, take its spec from the register."""
    draft.values["squeegee_spec"] = tools_used.use(
        tx, draft, "squeegee_id", KIND, count="print_count", total="total_print_count"
    ).spec


def check(tx: Tx, draft: Draft) -> Sequence[Said]:  # noqa: ARG001
    """A product where no run tells it."""
    return tools_used.product_missing(draft)


def judge(tx: Tx, draft: Draft) -> None:  # noqa: ARG001
    """PASS: surface, edge and flatness are in order, its life is not used up."""
    tools_used.judge_checks(draft, CHECKS)
    tools_used.judge_life(draft, "total_print_count", "totalPrintCount")
    draft.judged()


def after(tx: Tx, draft: Draft, key: int) -> None:  # noqa: ARG001
    """A squeegee that failed is blocked at once; prints of this line and run count on one that passed."""
    tools_used.follow(tx, draft)


def undo(tx: Tx, row: Any) -> None:
    """Give the typed count back."""
    tools_used.give_back_count(tx, row, row.squeegee_id, row.print_count)


SQUEEGEE = Form(
    key="squeegee", code="QR-Mac-144", title=Label("印刷机刮刀使用次数和点检记录表", "Squeegee usage and check"), path="squeegee-usage-records",
    prefix="SQU", entity="SQUEEGEE_USAGE", reads=PREPARATION_READS, records=PREPARATION_RECORDS, read_by=("PREP_SCRAPER",),
    when=When("recordDate", Label("日期", "Date")), by=("usedBy", Label("使用人", "Used by")), traced=Traced("squeegeeUsage", "RUN"),
    fields=(
        f.key("squeegeeId", "刮刀编号", "Squeegee", required=True, listed=True, filtered=True, scans="squeegee"),
        f.text("squeegeeSpec", "刮刀规格", "Spec", source="C"),
        f.key("productModel", "产品型号", "Product", source="CT", listed=True, filtered=True),
        f.flag("checkSurface", "表面", "Surface in order", required=True),
        f.flag("checkEdge", "刀口", "Edge in order", required=True),
        f.flag("checkFlatness", "平整度", "Flatness in order", required=True),
        f.whole("printCount", "单次印刷数", "Prints this time", source="CT", low=0, high=100_000),
        f.whole("totalPrintCount", "累计印刷数", "Prints in total", source="C", listed=True),
        f.whole("lifeLimit", "寿命", "Life limit", source="C"),
        f.number("lifePercent", "寿命已用", "Life used", source="C", unit="%", listed=True),
        f.whole("lifeNo", "寿命序号", "Life number", source="C"),
        f.flag("replaced", "已更换", "Replaced"),
        f.instant("replacedAt", "更换时间", "Replaced at"),
    ),
    prepare=prepare, check=check, judge=judge, after=after, undo=undo,
)  # fmt: skip
