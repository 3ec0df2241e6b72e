"""Oven program 炉温程式使用记录表, QR-Pro-105 (spec 10.4.9): the program chosen is that of the routing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fiducial.forms.permissions import PREPARATION_READS, PREPARATION_RECORDS
from fiducial.kit.forms import fields as f
from fiducial.kit.forms.declaration import Draft, Form, Traced, When
from fiducial.kit.forms.fields import Label
from fiducial.kit.refusals import Said
from fiducial.kit.tx import Tx
from fiducial.routing.frozen import frozen_route

MOST_ZONES = 30


def _profile(tx: Tx, draft: Draft) -> Mapping[str, Any] | None:
    """Give the profile that the run's route expects at the step, or at the first step that expects one."""
    place = draft.facts
    if place.run is None:
        return None
    steps = frozen_route(tx, place.run.version_id).steps
    wanted = (
        step for step in steps if place.step_no in (None, step.step_no) and step.facts.get("expectedReflowProfile")
    )
    step = next(wanted, None)
    return None if step is None else step.facts["expectedReflowProfile"]


def prepare(tx: Tx, draft: Draft) -> None:
    """Take the product from the run, the expected program from its route; compare them trimmed and exact."""
    profile = draft.values["_profile"] = _profile(tx, draft)
    draft.values["product_name"] = draft.facts.product_code or draft["product_name"]
    expected = (profile.get("programName") or profile.get("code")) if profile else None
    draft.values["expected_program"] = expected
    draft.values["is_matched"] = None if expected is None else draft["program_name"].strip() == str(expected).strip()


def check(tx: Tx, draft: Draft) -> Sequence[Said]:  # noqa: ARG001
    """A product where no run tells it."""
    return [] if draft["product_name"] else [Said(zh="没有批次时必填", en="required without a run", path="productName")]


def judge(tx: Tx, draft: Draft) -> None:  # noqa: ARG001
    """PASS: the program is the expected one, and the peak lies in the profile's limits; nothing expected, nothing judged."""
    expected, chosen = draft["expected_program"], draft["program_name"]
    if expected is None:
        return
    if not draft["is_matched"]:
        draft.fail(
            "PROGRAM",
            "programName",
            zh=f"应为 {expected}，实际 {chosen}",
            en=f"{expected} is expected, {chosen} was chosen",
        )
    peak, profile = draft["peak_temp"], draft["_profile"]
    low, high = profile.get("peakTempMin"), profile.get("peakTempMax")
    if peak is not None and ((low is not None and peak < low) or (high is not None and peak > high)):
        draft.fail(
            "PEAK",
            "peakTemp",
            zh=f"峰值 {peak:g} ℃ 超出 {low} 至 {high} ℃",
            en=f"the peak of {peak:g} ℃ lies outside {low} to {high} ℃",
        )
    draft.judged()


OVEN_PROGRAM = Form(
    key="oven_program", code="QR-Pro-105", title=Label("炉温程式使用记录表", "Oven program"), path="oven-program-records", prefix="OVN",
    entity="OVEN_PROGRAM_RECORD", reads=PREPARATION_READS, records=PREPARATION_RECORDS, read_by=("PREP_PROGRAM",),
    when=When("recordDate", Label("日期", "Date")), by=("usedBy", Label("使用人", "Used by")), traced=Traced("ovenProgram", "RUN"),
    fields=(
        f.key("equipmentId", "设备编号", "Oven", listed=True, filtered=True, scans="equipment"),
        f.key("productName", "产品名称", "Product", source="CT", listed=True, filtered=True),
        f.text("programName", "程式名称", "Program", required=True, listed=True, filtered=True),
        f.number("peakTemp", "峰值温度", "Peak temperature", unit="℃", low=100, high=350),
        f.number("chainSpeed", "链速", "Belt speed", unit="cm/min", low=10, high=300),
        f.numbers("zoneTemps", "各温区温度", "Zone temperatures", most=MOST_ZONES, unit="℃", low=20, high=400),
        f.text("expectedProgram", "应选程式", "Expected program", source="C", listed=True),
        f.flag("isMatched", "程式一致", "Program matches", source="C"),
    ),
    prepare=prepare, check=check, judge=judge,
)  # fmt: skip
