"""Fixture usage and maintenance 夹具维护记录表, QR-Mac-155 (spec 10.4.7)."""

from __future__ import annotations

from typing import Any

from fiducial.forms import tools_used
from fiducial.forms.permissions import PREPARATION_READS, PREPARATION_RECORDS
from fiducial.kit.forms import fields as f
from fiducial.kit.forms.declaration import Draft, Form, Traced, When
from fiducial.kit.forms.fields import Label
from fiducial.kit.tx import Tx
from fiducial.tooling.reading import FIXTURE as KIND
from fiducial.tooling.reading import out_of_use

ITEMS = {
    "1": ("无损坏、变形、螺丝松动", "no damage, deformation, loose screws"), "2": ("滑动部件正常", "sliding parts work"),
    "3": ("压板弹簧正常", "springs of the press plate"), "4": ("使用后清除杂物", "debris removed after use"),
    "5": ("使用后上防锈油", "rust oil after use"),
}  # fmt: skip
RESULTS = {"OK": ("正常", "OK"), "NG": ("不良", "NG"), "NA": ("不适用", "does not apply")}


def prepare(tx: Tx, draft: Draft) -> None:
    """Find the fixture and count what was typed for steps that are not tracked."""
    tools_used.use(tx, draft, "fixture_id", KIND, count="usage_count", total="total_usage_count")


def judge(tx: Tx, draft: Draft) -> None:
    """PASS: nothing is NG, its life is not used up, no maintenance that takes it out of use is open."""
    for row in draft["maintenance"] or ():
        if row["result"] == "NG":
            zh, en = ITEMS[row["item"]]
            draft.fail(f"MAINTENANCE_{row['item']}", "maintenance", zh=f"不良：{zh}", en=f"not in order: {en}")
    tools_used.judge_life(draft, "total_usage_count", "totalUsageCount")
    tool = tools_used.tool_of(draft)
    if (repair := out_of_use(tx, tool.kind, tool.code)) is not None:
        draft.fail(
            "MAINTENANCE_OPEN",
            "fixtureId",
            zh=f"维修 {repair.record_no} 未结束",
            en=f"repair {repair.record_no} is open",
        )
    draft.judged()


def after(tx: Tx, draft: Draft, key: int) -> None:  # noqa: ARG001
    """A fixture that failed is blocked at once."""
    tools_used.follow(tx, draft)


def undo(tx: Tx, row: Any) -> None:
    """Give the typed count back."""
    tools_used.give_back_count(tx, row, row.fixture_id, row.usage_count)


FIXTURE = Form(
    key="fixture", code="QR-Mac-155", title=Label("夹具维护记录表", "Fixture usage and maintenance"), path="fixture-usage-records", prefix="FIX",
    entity="FIXTURE_USAGE", reads=PREPARATION_READS, records=PREPARATION_RECORDS, read_by=("PREP_FIXTURE",),
    when=When("recordDate", Label("日期", "Date"), days_back=30), by=("maintainedBy", Label("维护人", "Maintained by")),
    traced=Traced("fixtureUsage", "RUN"),
    fields=(
        f.key("fixtureId", "夹具编号", "Fixture", required=True, listed=True, filtered=True, scans="fixture"),
        f.whole("usageCount", "使用次数", "Uses this time", source="CT", low=0, high=100_000, listed=True),
        f.whole("totalUsageCount", "累计次数", "Uses in total", source="C", listed=True),
        f.whole("lifeLimit", "寿命", "Life limit", source="C"),
        f.number("lifePercent", "寿命已用", "Life used", source="C", unit="%", listed=True),
        f.whole("lifeNo", "寿命序号", "Life number", source="C"),
        f.rows("maintenance", "维护项目", "Maintenance", (
            f.choice("item", "项目", "Item", ITEMS, required=True), f.choice("result", "结果", "Result", RESULTS, required=True),
        ), high=20),
    ),
    prepare=prepare, judge=judge, after=after, undo=undo,
)  # fmt: skip
