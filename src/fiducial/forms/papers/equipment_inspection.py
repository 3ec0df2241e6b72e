"""Equipment inspection AOI/SPI 每天开机点检记录表, QR-Mac-238 (spec 10.4.8): here the person judges; a FAIL opens a production exception."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from fiducial.forms.opening import Opening
from fiducial.forms.permissions import MACHINES, PREPARATION_READS, PREPARATION_RECORDS
from fiducial.kit.forms import fields as f
from fiducial.kit.forms.declaration import FAIL, Draft, Form, Traced, When
from fiducial.kit.forms.fields import Label
from fiducial.kit.refusals import Said
from fiducial.kit.tx import Tx
from fiducial.plant.state_tables import equipment
from fiducial.plant.tables import stations

TYPES = {"SPI": ("SPI", "SPI"), "AOI": ("AOI", "AOI"), "XRAY": ("X-ray", "X-ray"), "OTHER": ("其他", "other")}
RESULTS = {"PASS": ("符合", "fits"), "FAIL": ("不符合", "does not fit")}


def prepare(tx: Tx, draft: Draft) -> None:
    """Take the machine's name from its code; an exception that a corrected record opened stays its own."""
    code, old = draft["equipment_code"], draft.corrects
    if code is not None:
        named = tx.scalar(select(equipment.c.name).where(equipment.c.code == code))
        named = named or tx.scalar(select(stations.c.name).where(stations.c.code == code))
        draft.values["machine_name"] = named or draft["machine_name"] or code
    for name in ("exception_id", "exception_no"):
        draft.values[name] = getattr(old, name) if old is not None else None


def check(tx: Tx, draft: Draft) -> Sequence[Said]:  # noqa: ARG001
    """A machine is named, by code or by name."""
    return (
        []
        if draft["machine_name"]
        else [Said(zh="没有设备编码时必填", en="required without an equipment code", path="machineName")]
    )


def judge(tx: Tx, draft: Draft) -> None:  # noqa: ARG001
    """The person's judgement is the record's; a FAIL opens a production exception, one for each record."""
    if draft["result"] == FAIL:
        draft.fail("DOES_NOT_FIT", "result", zh="点检不符合", en="the inspection found that it does not fit")
    draft.judged()
    if draft.result == FAIL and draft["exception_id"] is None:
        kind, machine = (
            EQUIPMENT_INSPECTION.field_of("equipmentType").choices[draft["equipment_type"]],
            draft["machine_name"],
        )
        draft.follows.append(Opening(
            source="EQUIPMENT_INSPECTION", category="EQUIPMENT", equipment_code=draft["equipment_code"],
            description=f"{kind.zh} {machine} 开机点检不符合（程式 {draft['program_name']}，样品 {draft['sample_model']}）",
        ))  # fmt: skip


EQUIPMENT_INSPECTION = Form(
    key="equipment_inspection", code="QR-Mac-238", title=Label("每天开机点检记录表", "Daily equipment inspection"),
    path="equipment-inspection-records", prefix="EQI", entity="EQUIPMENT_INSPECTION", reads=PREPARATION_READS, records=PREPARATION_RECORDS,
    tokens=MACHINES, read_by=("EQUIPMENT",), when=When("inspectedAt", Label("点检时间", "Inspected at")),
    by=("inspector", Label("点检人", "Inspector")), traced=Traced("equipmentInspections", "LINE"),
    fields=(
        f.choice("equipmentType", "设备类型", "Equipment type", TYPES, required=True, listed=True, filtered=True),
        f.key("equipmentCode", "设备编码", "Equipment", listed=True, filtered=True, scans="equipment"),
        f.text("machineName", "设备名称", "Machine", source="CT", listed=True, filtered=True),
        f.text("sampleModel", "点检样品型号", "Sample", source="S", required=True, filtered=True, scans="sample"),
        f.text("version", "版本", "Version", longest=16),
        f.text("programName", "点检程式", "Program", required=True, listed=True),
        f.choice("result", "点检结果", "Result", RESULTS, required=True, stored=False),
        f.Field(name="exceptionId", label=Label("生产异常编号", "Exception (id)"), kind="id", source="Y"),
        f.text("exceptionNo", "生产异常", "Exception", source="Y", listed=True),
    ),
    prepare=prepare, check=check, judge=judge,
)  # fmt: skip
