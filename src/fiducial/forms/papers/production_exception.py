"""Production exception 生产异常报告, QR-Pro-034, also the material review 不良物料评审 (spec 10.4.11, 06.13).

It is open until another person confirms a measure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table

from fiducial.forms.permissions import QUALITY_READS, QUALITY_RECORDS
from fiducial.kit.forms import fields as f
from fiducial.kit.forms.declaration import Draft, Form, Traced, When
from fiducial.kit.forms.fields import Label
from fiducial.kit.listing import Condition, known_are, yes_no
from fiducial.kit.refusals import Said
from fiducial.kit.tx import Tx

CATEGORIES = {
    "EQUIPMENT": ("设备", "equipment"), "MATERIAL": ("物料", "material"), "PROCESS": ("工艺", "process"), "QUALITY": ("质量", "quality"),
    "OTHER": ("其他", "other"),
}  # fmt: skip
DISPOSITIONS = {"RTV": ("退货", "return to vendor"), "SCRAP": ("报废", "scrap"), "REPAIR": ("维修", "repair"), "UAI": ("特采", "use as is"),
                "OTHER": ("其他", "other")}  # fmt: skip
SOURCES = {
    "MANUAL": ("人工", "a person"), "EQUIPMENT_INSPECTION": ("设备点检", "equipment inspection"), "IPQC_FAIL": ("过程检验", "in-process inspection"),
    "FQC_FAIL": ("末件检验", "last piece inspection"),
}  # fmt: skip
OPEN, CONFIRMED = "OPEN", "CONFIRMED"
REQUIRED = Said(zh="确认时必填", en="required to confirm")


def prepare(tx: Tx, draft: Draft) -> None:  # noqa: ARG001
    """Take job, product, customer and line from the run where there is one; what caused it stays with a correction."""
    place, old = draft.facts, draft.corrects
    if place.order is not None:
        told = {
            "job_no": place.order.job_no or place.order.wo_no,
            "assembly_number": place.product_code,
            "customer": place.order.customer,
        }
        draft.values |= {name: value for name, value in told.items() if value is not None}
    if place.line is not None:
        draft.values["line_no"] = place.line.code
    for name in ("cause_source", "cause_id"):
        kept = getattr(old, name) if old is not None else draft[name]
        draft.values[name] = kept or ("MANUAL" if name == "cause_source" else None)


def confirmable(tx: Tx, values: Mapping[str, Any]) -> Sequence[Said]:  # noqa: ARG001
    """A measure is given; a material review says what becomes of the material."""
    missing = [] if values["corrective_action"] else ["correctiveAction"]
    if values["category"] == "MATERIAL" and not values["disposition"]:
        missing.append("disposition")
    return [Said(zh=REQUIRED.zh, en=str(REQUIRED), path=path) for path in missing]


def more(tx: Tx, rows: Sequence[Any]) -> list[dict[str, Any]]:  # noqa: ARG001
    """Give the state: CONFIRMED once it is confirmed, OPEN until then."""
    return [{"status": OPEN if row.confirmed_at is None else CONFIRMED} for row in rows]


def filters(table: Table) -> Mapping[str, Condition]:
    """Give the filter by state."""

    def status(value: str) -> Any:
        if value not in (OPEN, CONFIRMED):
            raise ValueError(known_are((OPEN, CONFIRMED)))
        return yes_no(table.c.confirmed_at.is_(None))("true" if value == OPEN else "false")

    return {"status": status}


PRODUCTION_EXCEPTION = Form(
    key="production_exception", code="QR-Pro-034", title=Label("生产异常报告", "Production exception"), path="production-exception-records",
    prefix="EXC", entity="PRODUCTION_EXCEPTION", reads=QUALITY_READS, records=QUALITY_RECORDS, confirm="REQUIRED", meaning="FORM_CONFIRM",
    confirms=("correctiveAction", "disposition"), confirmable=confirmable, missing="EXCEPTION_NOT_FOUND", id_name="exceptionId",
    raised="PRODUCTION_EXCEPTION_RAISED", confirmed="PRODUCTION_EXCEPTION_CONFIRMED",
    when=When("issuedAt", Label("提出时间", "Issued at"), typed=True), by=("issuedBy", Label("提出人", "Issued by")),
    traced=Traced("productionExceptions", "RUN"),
    fields=(
        f.choice("category", "类别", "Category", CATEGORIES, default="OTHER", listed=True, filtered=True),
        f.text("description", "异常描述", "Description", low=1, longest=2000, required=True, listed=True, wide=True),
        f.text("jobNo", "工单号", "Job", source="CT", filtered=True),
        f.text("assemblyNumber", "产品", "Assembly", source="CT", listed=True, filtered=True),
        f.text("revision", "版本", "Revision"),
        f.text("customer", "客户", "Customer", source="CT", filtered=True),
        f.text("lineNo", "线别", "Line", source="CT"),
        f.instant("shipDate", "出货日期", "Ship date", source="T"),
        f.whole("qty", "数量", "Quantity", low=0, high=10_000_000),
        f.whole("downtimeMinutes", "停线时间", "Downtime", unit="min", low=0, high=100_000),
        f.text("downtimeRange", "停线时段", "Time of the stop"),
        f.text("impact", "影响", "Impact", longest=500, wide=True),
        f.key("lotNo", "物料批次", "Material lot", scans="lot", filtered=True),
        f.key("equipmentCode", "设备编码", "Equipment", scans="equipment", filtered=True),
        f.choice("source", "来源", "Source", SOURCES, source="Y", column="cause_source", listed=True, filtered=True),
        f.Field(name="sourceId", label=Label("来源编号", "Source (id)"), kind="id", source="Y", column="cause_id"),
        f.text("correctiveAction", "纠正措施", "Corrective action", low=4, longest=2000, wide=True),
        f.choice("disposition", "物料处置", "Disposition", DISPOSITIONS, listed=True),
    ),
    prepare=prepare, filters=filters, answer_more={"status": str}, give_more=more,
)  # fmt: skip
