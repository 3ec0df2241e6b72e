"""Stencil usage and check 钢网使用次数和点检记录表, QR-Pro-089 (spec 10.4.4)."""

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
from fiducial.tooling.reading import STENCIL, min_tension

CHECKS = {"checkDeform": "钢片变形", "checkHoleDamage": "网孔损坏", "checkSealIntact": "封胶脱落"}
PLACES = 5  # four corners and the centre


def prepare(tx: Tx, draft: Draft) -> None:
    """Find the stencil, count what was typed for production that is not tracked, take the thickness from the register."""
    tool = tools_used.use(tx, draft, "stencil_id", STENCIL, count="print_count", total="total_print_count")
    draft.values["stencil_thickness"] = tool.thickness_mm


def check(tx: Tx, draft: Draft) -> Sequence[Said]:  # noqa: ARG001
    """Exactly five tensions; a product where no run tells it."""
    faults = tools_used.product_missing(draft)
    if len(draft["tension_values"]) != PLACES:
        faults.append(Said(zh="必须填写五个张力值", en="five tensions are needed", path="tensionValues"))
    return faults


def judge(tx: Tx, draft: Draft) -> None:  # noqa: ARG001
    """PASS: the three checks are in order, every tension is above the stencil's least, its life is not used up."""
    tools_used.judge_checks(draft, CHECKS)
    least = min_tension(tools_used.tool_of(draft))
    if slack := [value for value in draft["tension_values"] if value <= least]:
        draft.fail(
            "TENSION",
            "tensionValues",
            zh=f"张力 {min(slack):g} 不大于 {least:g} N/cm",
            en=f"tension {min(slack):g} is not above {least:g} N/cm",
        )
    tools_used.judge_life(draft, "total_print_count", "totalPrintCount")
    draft.judged()


def after(tx: Tx, draft: Draft, key: int) -> None:  # noqa: ARG001
    """A stencil that failed is blocked at once; one that passed counts for this line and run from now on."""
    tools_used.follow(tx, draft)


def undo(tx: Tx, row: Any) -> None:
    """Give the typed count back."""
    tools_used.give_back_count(tx, row, row.stencil_id, row.print_count)


STENCIL_USAGE = Form(
    key="stencil_usage", code="QR-Pro-089", title=Label("钢网使用次数和点检记录表", "Stencil usage and check"), path="stencil-usage-records",
    prefix="STU", entity="STENCIL_USAGE", reads=PREPARATION_READS, records=PREPARATION_RECORDS, read_by=("PREP_STENCIL_USAGE", "PREP_STENCIL_CLEAN"),
    when=When("recordDate", Label("日期", "Date")), by=("usedBy", Label("使用人", "Used by")), traced=Traced("stencilUsage", "RUN"),
    fields=(
        f.key("stencilId", "钢网编号", "Stencil", required=True, listed=True, filtered=True, scans="stencil"),
        f.number("stencilThickness", "钢网厚度", "Thickness", source="C", unit="mm", low=0.05, high=0.5),
        f.key("productModel", "产品型号", "Product", source="CT", listed=True, filtered=True),
        f.flag("checkDeform", "钢片无变形", "Sheet not deformed", required=True),
        f.flag("checkHoleDamage", "网孔无损坏", "Apertures not damaged", required=True),
        f.flag("checkSealIntact", "四边封胶无脱落", "Glue seal intact", required=True),
        f.numbers("tensionValues", "张力（四角与中心）", "Tension (corners, centre)", most=PLACES, unit="N/cm", low=0, high=100, required=True),
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
