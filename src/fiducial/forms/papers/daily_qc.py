"""Daily QC 每日 QC 检验报表, QR-Ins-02 (spec 10.4.10, 06.12): the record; its statistics are in `forms/daily_qc_stats.py`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from fiducial.forms.boards_seen import boards_seen
from fiducial.forms.permissions import QUALITY_READS, QUALITY_RECORDS
from fiducial.kit import ids
from fiducial.kit.forms import fields as f
from fiducial.kit.forms.declaration import Draft, Form, Traced, When
from fiducial.kit.forms.fields import Label
from fiducial.kit.refusals import Said
from fiducial.kit.settings import Setting, number
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import the_unit
from fiducial.plant.shifts import WORDS, shift_of
from fiducial.quality.tables import defects

ALARM_RATE: Setting[float] = Setting(
    "form.daily_qc.alarmRate",
    0.03,
    number(0, 1),
    "日常 QC 不良板率告警值",
    "rate of bad boards above which a measure is required",
)
WINDOW = re.compile(r"([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d")
DECIMALS = 4


def prepare(tx: Tx, draft: Draft) -> None:
    """Take what the run tells; fill in what was counted; sum the defects; link them to those that are recorded. Refuses UNIT_NOT_FOUND."""
    place, values = draft.facts, draft.values
    if place.order is not None:
        told = {"customer": place.order.customer, "assembly_number": place.product_code, "job_no": place.order.job_no or place.order.wo_no,
                "job_qty": int(place.order.planned_qty)}  # fmt: skip
        values |= {name: value for name, value in told.items() if value is not None}
    values["shift_code"] = values.get("shift_code") or shift_of(tx, place.line_id, draft.at)
    summary = [_linked(tx, draft, row) for row in values.get("defect_summary") or ()]
    values["defect_summary"] = summary
    seen = boards_seen(tx, place.run_id, values.get("station"), draft.at) if place.run_id is not None else None
    total = sum(row["qty"] for row in summary)
    bad = len({row["unitSn"] for row in summary if row.get("unitSn")}) + sum(
        1 for row in summary if not row.get("unitSn")
    )
    for name, counted in (("inspected_qty", seen), ("defect_board_qty", min(bad, total)), ("defect_qty", total)):
        values[f"{name}_prefill"] = counted
        values[name] = counted if values.get(name) is None else values[name]
    inspected = values["inspected_qty"]
    for rate, of in (("defect_board_rate", "defect_board_qty"), ("defect_rate", "defect_qty")):
        values[rate] = round(values[of] / inspected, DECIMALS) if inspected else None


def _linked(tx: Tx, draft: Draft, row: dict[str, Any]) -> dict[str, Any]:
    """Give an entry with the id of the unit's newest defect of that code; warn when nobody has recorded one."""
    sn = row.get("unitSn")
    if sn is None:
        return row
    unit = the_unit(tx, sn)
    newest = (
        select(defects.c.id)
        .where(defects.c.unit_id == unit.id, defects.c.code == row["code"])
        .order_by(defects.c.id.desc())
        .limit(1)
    )
    key = tx.scalar(newest)
    if key is None:
        draft.warn(
            "DEFECT_NOT_RECORDED",
            zh=f"单件 {sn} 没有不良 {row['code']} 的记录",
            en=f"no defect {row['code']} of board {sn} is recorded",
            sn=sn,
            defectCode=row["code"],
        )
    return row | {"defectId": ids.wire_or_none(key)}


def check(tx: Tx, draft: Draft) -> Sequence[Said]:
    """The figures fit together; above the alarm rate a measure is required."""
    v, faults = draft.values, []
    inspected, boards, total = v["inspected_qty"], v["defect_board_qty"], v["defect_qty"]
    if total != v["defect_qty_prefill"]:
        faults.append(Said(zh="必须等于不良明细之和", en="must be the sum of the defects listed", path="defectQty"))
    if boards > total or boards > (inspected or 0):
        faults.append(
            Said(
                zh="不能大于检验数或不良数",
                en="must not be above the inspected or the defect quantity",
                path="defectBoardQty",
            )
        )
    window = v.get("time_window")
    if window is not None and (WINDOW.fullmatch(window) is None or window[:5] == window[6:]):
        faults.append(
            Said(
                zh="必须是 HH:MM-HH:MM，且始末不同",
                en="must be HH:MM-HH:MM with two different times",
                path="timeWindow",
            )
        )
    rate, most = v["defect_board_rate"], ALARM_RATE.of(tx)
    if rate is not None and rate > most and not v.get("corrective_action"):
        faults.append(
            Said(
                zh=f"不良板率超过 {most:.1%}，必须填写纠正措施",
                en=f"required when the rate of bad boards is above {most:.1%}",
                path="correctiveAction",
            )
        )
    return faults


DAILY_QC = Form(
    key="daily_qc", code="QR-Ins-02", title=Label("每日 QC 检验报表", "Daily QC report"), path="daily-qc-records", prefix="DQC",
    entity="DAILY_QC_RECORD", reads=QUALITY_READS, records=QUALITY_RECORDS,
    when=When("inspectedAt", Label("检验时间", "Inspected at"), typed=True), by=("inspectedBy", Label("检验员", "Inspected by")),
    traced=Traced("dailyQc", "RUN"),
    fields=(
        f.text("customer", "客户", "Customer", source="CT", filtered=True),
        f.text("station", "工位", "Station", listed=True, filtered=True),
        f.text("assemblyNumber", "产品", "Assembly", source="CT", listed=True, filtered=True),
        f.text("jobNo", "工单号", "Job", source="CT", filtered=True),
        f.whole("jobQty", "工单数量", "Job quantity", source="CT", low=0, high=10_000_000),
        f.whole("totalParts", "零件总数（每板）", "Parts per board", low=0, high=100_000),
        f.text("shiftCode", "班次", "Shift", source="CT", known=WORDS, listed=True, filtered=True),
        f.text("timeWindow", "时段", "Time window", longest=11, filtered=True),
        f.whole("inspectedQty", "检验数", "Inspected", source="CT", low=0, high=10_000_000, listed=True),
        f.whole("inspectedQtyPrefill", "检验数（系统）", "Inspected (counted)", source="C"),
        f.rows("defectSummary", "不良明细", "Defects", (
            f.key("code", "不良代码", "Code", required=True), f.whole("qty", "数量", "Quantity", low=1, high=9999, required=True),
            f.text("location", "位置", "Place"), f.key("unitSn", "单件", "Board", scans="unit"),
        ), high=500),
        f.whole("defectBoardQty", "不良板数", "Bad boards", source="CT", low=0, high=10_000_000, listed=True),
        f.whole("defectBoardQtyPrefill", "不良板数（系统）", "Bad boards (counted)", source="C"),
        f.whole("defectQty", "不良数", "Defects", source="CT", low=0, high=10_000_000),
        f.whole("defectQtyPrefill", "不良数（系统）", "Defects (counted)", source="C"),
        f.number("defectBoardRate", "不良板率", "Rate of bad boards", source="C", ratio=True, listed=True),
        f.number("defectRate", "不良率", "Defect rate", source="C", ratio=True),
        f.text("yellowCardNo", "黄卡#", "Yellow card"),
        f.text("correctiveAction", "纠正措施", "Corrective action", longest=1000, wide=True),
    ),
    prepare=prepare, check=check,
)  # fmt: skip
