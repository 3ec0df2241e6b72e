"""The writes of the tool register (工具台账, spec 10.3)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update

from fiducial.kit import clock
from fiducial.kit.acting import action
from fiducial.kit.http.shapes import instant_or_none
from fiducial.kit.refusals import Refused, changed_fields
from fiducial.kit.tx import Tx
from fiducial.plant.changing import add_coded, bad, must_be_fresh, save, stamp
from fiducial.tooling import answers
from fiducial.tooling.counting import LIFE_REACHED
from fiducial.tooling.lives import new_life
from fiducial.tooling.queries import tool_detail
from fiducial.tooling.reading import ACTIVE, BLOCKED, RETIRED, ToolRow, tool_to_change, total_count
from fiducial.tooling.shapes import NewCalibration, NewTool, ToolChange, ToolReason
from fiducial.tooling.states import TOOL
from fiducial.tooling.tables import calibrations, tools
from fiducial.tooling.telling import tell_of_tool, tell_stations

OWN = {
    "STENCIL": ("thickness_mm", "version", "min_tension"),
    "SQUEEGEE": ("spec", "length_mm"),
    "FIXTURE": ("fixture_type", "material"),
}  # what only one kind has
LIFE = {"STENCIL": 60_000, "SQUEEGEE": 100_000}
LIFE_OF_MATERIAL = {"SYNTHETIC_STONE": 10_000, "GLASS_FIBRE": 5_000}
CALIBRATED_TYPES = ("ICT_JIG", "FCT_JIG")
_WIRE = {
    "thickness_mm": "thicknessMm", "version": "version", "min_tension": "minTension", "spec": "spec", "length_mm": "lengthMm",
    "fixture_type": "fixtureType", "material": "material",
}  # fmt: skip


def _must_suit_kind(kind: str, given: dict[str, Any]) -> None:
    for other, names in OWN.items():
        for name in names if other != kind else ():
            if given.get(name) is not None:
                raise bad(_WIRE[name], zh=f"{kind} 没有此字段", en=f"a {kind} has no such field")


@action("tool:config", audit="TOOL_CREATE", entity="TOOL", key="body.tool_code")
def create_tool(tx: Tx, body: NewTool) -> answers.ToolDetail:
    """Put a tool into the register. Refuses TOOL_CODE_DUPLICATE, VALIDATION_ERROR for a field of another kind or a life nobody can know."""
    values = body.model_dump()
    code = values.pop("tool_code")
    _must_suit_kind(body.kind, values)
    if body.kind == "FIXTURE" and body.fixture_type is None:
        raise bad("fixtureType", zh="夹具必须填写类型", en="required for a fixture")
    limit = body.life_limit or LIFE.get(body.kind) or LIFE_OF_MATERIAL.get(body.material or "")
    if limit is None:
        raise bad(
            "lifeLimit", zh="此材质没有默认寿命，请填写", en="required: there is no default life for this material"
        )
    if body.kind == "STENCIL" and body.min_tension is None:
        values["min_tension"] = 30.0
    if body.calibration_required is None:
        values["calibration_required"] = body.fixture_type in CALIBRATED_TYPES
    used_up = body.count_base >= limit
    values |= {
        "life_limit": limit,
        "used": 0,
        "life_no": 1,
        "life_started_at": tx.now,
        "status": BLOCKED if used_up else ACTIVE,
    }
    key = add_coded(
        tx, tools, "TOOL_CODE_DUPLICATE", code=code, status_reason=LIFE_REACHED if used_up else None, **values
    )
    tx.record(code, key=key, kind=body.kind)
    return tool_detail(tx, code)


@action("tool:config", audit="TOOL_UPDATE", entity="TOOL", key="tool_code")
def update_tool(tx: Tx, tool_code: str, body: ToolChange) -> answers.ToolDetail:
    """Change a tool. Refuses TOOL_NOT_FOUND, STALE_UPDATE, VALIDATION_ERROR for another opening balance without a reason.

    A tool whose count reaches its limit by the change is blocked; one that falls below stays blocked until it is released.
    """
    tool, given = tool_to_change(tx, tool_code), body.given()
    before = tool_detail(tx, tool_code)
    reason = given.pop("reason", None)
    must_be_fresh(given.pop("if_updated_at", None), tool.updated_at, lambda: dict(before))
    _must_suit_kind(tool.kind, given)
    if given.get("count_base", tool.count_base) != tool.count_base and reason is None:
        raise bad("reason", zh="更正期初计数必须填写原因", en="required to correct the opening balance")
    after_row = save(tx, tools, tool, given)
    if after_row.status == ACTIVE and total_count(after_row) >= after_row.life_limit > 0:
        _used_up(tx, after_row)
    after = tool_detail(tx, tool_code)
    changes = [change for change in changed_fields(before, after) if change["path"] != "updatedAt"]
    tx.record(tool_code, key=tool.id, changes=changes, reason=reason)
    if changes:
        tell_of_tool(tx, tool)
    return after


def _used_up(tx: Tx, tool: ToolRow) -> None:
    """Block a tool whose limit was moved below its count: that is a crossing like any other."""
    tx.run(update(tools).where(tools.c.id == tool.id).values(status=BLOCKED, status_reason=LIFE_REACHED))
    tx.emit("TOOL_LIFE_REACHED", tool.id, toolCode=tool.code, count=total_count(tool), limit=tool.life_limit)


def _move(tx: Tx, tool_code: str, name: str, reason: str) -> answers.ToolDetail:
    tool = tool_to_change(tx, tool_code)
    moved = TOOL.move(
        tx, name, tools.c.id == tool.id, key=tool.id, display=tool.code, seen=tool.status, reason=reason,
        status_reason=None if name == "release" else reason, updated_at=stamp(tx, tool.updated_at),
    ) if tool.status in TOOL[name].source else False  # fmt: skip
    if not moved:
        raise Refused("TOOL_STATUS_INVALID", toolCode=tool.code, status=tool.status)
    tell_of_tool(tx, tool)
    return tool_detail(tx, tool_code)


@action("tool:config", audit="TOOL_BLOCK", entity="TOOL", key="tool_code")
def block_tool(tx: Tx, tool_code: str, body: ToolReason) -> answers.ToolDetail:
    """Take a tool out of use. Refuses TOOL_NOT_FOUND, TOOL_STATUS_INVALID unless it is ACTIVE."""
    return _move(tx, tool_code, "block", body.reason)


@action("tool:config", audit="TOOL_RELEASE", entity="TOOL", key="tool_code")
def release_tool(tx: Tx, tool_code: str, body: ToolReason) -> answers.ToolDetail:
    """Give a blocked tool free. Refuses TOOL_NOT_FOUND, TOOL_STATUS_INVALID unless it is BLOCKED."""
    return _move(tx, tool_code, "release", body.reason)


@action("tool:config", audit="TOOL_RETIRE", entity="TOOL", key="tool_code")
def retire_tool(tx: Tx, tool_code: str, body: ToolReason) -> answers.ToolDetail:
    """Take a tool away for good. Refuses TOOL_NOT_FOUND, TOOL_STATUS_INVALID when it is retired already."""
    return _move(tx, tool_code, "retire", body.reason)


@action("tool:config", audit="TOOL_REPLACE", entity="TOOL", key="tool_code")
def replace_tool(tx: Tx, tool_code: str, body: ToolReason) -> answers.ToolDetail:
    """Begin a new life at 0. Refuses TOOL_NOT_FOUND, TOOL_STATUS_INVALID for a retired tool."""
    tool = tool_to_change(tx, tool_code)
    if tool.status == RETIRED:
        raise Refused("TOOL_STATUS_INVALID", toolCode=tool.code, status=tool.status)
    new_life(tx, tool, body.reason)
    tx.record(
        tool_code, key=tool.id, reason=body.reason, lifeNo=tool.life_no + 1,
        changes=[{"path": "totalCount", "before": total_count(tool), "after": 0}],
    )  # fmt: skip
    return tool_detail(tx, tool_code)


@action("tool:config", audit="TOOL_CALIBRATE", entity="TOOL", key="tool_code")
def calibrate_tool(tx: Tx, tool_code: str, body: NewCalibration) -> answers.Calibration:
    """Record a calibration; FAIL blocks the tool, PASS does not give it free. Refuses TOOL_NOT_FOUND, VALIDATION_ERROR (future, due before)."""
    tool = tool_to_change(tx, tool_code)
    at, due = clock.from_datetime(body.calibrated_at), instant_or_none(body.due_at)
    if at > tx.now:
        raise bad("calibratedAt", zh="不能是将来的时间", en="must not lie in the future")
    if due is None and body.result == "PASS":
        due = at + tool.calibration_interval_days * answers.DAY_MS
    if due is not None and due <= at:
        raise bad("dueAt", zh="必须晚于校准时间", en="must be later than the calibration")
    key = tx.new_id()
    values = {
        "id": key, "tool_id": tool.id, "calibrated_at": at, "result": body.result, "certificate_no": body.certificate_no,
        "due_at": due, "remark": body.remark, "recorded_by": tx.actor.id, "recorded_by_name": tx.actor.name, "created_at": tx.now,
    }  # fmt: skip
    tx.run(insert(calibrations).values(values))
    tx.record(tool_code, key=tool.id, result=body.result, certificateNo=body.certificate_no, dueAt=clock.to_wire(due))
    _computed(tx, tool)
    if body.result == "FAIL":
        TOOL.move(
            tx, "block", tools.c.id == tool.id, key=tool.id, display=tool.code, reason="CALIBRATION_FAILED",
            status_reason="CALIBRATION_FAILED", updated_at=stamp(tx, tool.updated_at),
        )  # fmt: skip
    tell_of_tool(tx, tool)
    tell_stations(tx, tool)
    return answers.calibration_of(tx.one(select(calibrations).where(calibrations.c.id == key)))


def _computed(tx: Tx, tool: ToolRow) -> None:
    """Set what a tool shows of its calibrations: the newest that passed."""
    passed = select(calibrations).where(calibrations.c.tool_id == tool.id, calibrations.c.result == "PASS")
    newest = tx.first(passed.order_by(calibrations.c.calibrated_at.desc(), calibrations.c.id.desc()).limit(1))
    if newest is None:
        return
    tx.run(
        update(tools).where(tools.c.id == tool.id).values(
            calibrated_at=newest.calibrated_at, calibration_due_at=newest.due_at, certificate_no=newest.certificate_no,
            due_told_at=None, updated_at=stamp(tx, tool.updated_at),
        )
    )  # fmt: skip
