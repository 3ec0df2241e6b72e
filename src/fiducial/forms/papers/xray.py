"""X-ray X-ray 检查记录表, QR-Mac-134 (spec 10.4.16): off until a plant wants it."""

from __future__ import annotations

from collections.abc import Sequence

from fiducial.forms.permissions import QUALITY_READS, QUALITY_RECORDS
from fiducial.kit.forms import fields as f
from fiducial.kit.forms.declaration import Draft, Form, When
from fiducial.kit.forms.fields import Label
from fiducial.kit.refusals import Said
from fiducial.kit.settings import Setting, number
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import the_unit

MAX_VOID: Setting[float] = Setting(
    "form.xray.maxVoidPercent", 25, number(0, 100), "X-ray 最大气泡面积", "largest void that X-ray may find", unit="%"
)
REASONS = {
    "A": ("炉前", "before the oven"), "B": ("炉后", "after the oven"), "C": ("维修", "repair"), "D": ("工程分析", "engineering analysis"),
    "E": ("其他", "other"),
}  # fmt: skip
RESULTS = {"OK": ("合格", "OK"), "NG": ("不合格", "NG")}


def prepare(tx: Tx, draft: Draft) -> None:
    """Take the product from the run; the boards that were looked at exist. Refuses UNIT_NOT_FOUND."""
    draft.values["product_name"] = draft.facts.product_code or draft["product_name"]
    for sn in draft["unit_sns"] or ():
        the_unit(tx, sn)


def check(tx: Tx, draft: Draft) -> Sequence[Said]:  # noqa: ARG001
    """No more boards than the sample; a reason that is none of the listed ones is explained."""
    faults = []
    if not draft["product_name"]:
        faults.append(Said(zh="没有批次时必填", en="required without a run", path="productName"))
    if len(draft["unit_sns"] or ()) > draft["sample_qty"]:
        faults.append(Said(zh="不能多于样本数", en="must not be more than the sample", path="unitSns"))
    if draft["reason_code"] == "E" and "remark" not in draft.given:
        faults.append(Said(zh="原因为其他时必填", en="required when the reason is another one", path="remark"))
    return faults


def judge(tx: Tx, draft: Draft) -> None:
    """PASS: the person found it OK, and the largest void is within the limit where one was measured."""
    most, void = MAX_VOID.of(tx), draft["max_void_percent"]
    if draft["check_result"] != "OK":
        draft.fail("CHECK", "checkResult", zh="检查不合格", en="found not OK")
    if void is not None and void > most:
        draft.fail(
            "VOID",
            "maxVoidPercent",
            zh=f"气泡 {void:g}% 超过 {most:g}%",
            en=f"a void of {void:g} % is above {most:g} %",
        )
    draft.judged()


XRAY = Form(
    key="xray", code="QR-Mac-134", title=Label("X-ray 检查记录表", "X-ray inspection"), path="xray-inspection-records", prefix="XRY",
    entity="XRAY_INSPECTION", reads=QUALITY_READS, records=QUALITY_RECORDS, enabled=False,
    when=When("inspectedAt", Label("检查时间", "Inspected at")), by=("operator", Label("检查人", "Inspected by")),
    fields=(
        f.key("productName", "产品名称", "Product", source="CS", listed=True, filtered=True, scans="material"),
        f.whole("sampleQty", "样本数", "Sample", unit="pcs", low=1, high=1000, required=True, listed=True),
        f.choice("reasonCode", "检查原因", "Reason", REASONS, required=True, listed=True, filtered=True),
        f.keys("unitSns", "单件", "Boards", scans="unit", high=500),
        f.number("maxVoidPercent", "最大气泡面积", "Largest void", unit="%", low=0, high=100, listed=True),
        f.choice("checkResult", "检查结果", "Result of the check", RESULTS, required=True, listed=True),
    ),
    prepare=prepare, check=check, judge=judge,
)  # fmt: skip
