"""STENCIL (钢网就绪): a stencil is bound to the line, may be used, and somebody said not long ago that it is ready (spec 03.6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fiducial.kit import clock, ids
from fiducial.kit.tx import Tx
from fiducial.readiness.causes import declare
from fiducial.readiness.items import Case, Failed, Item, Passed
from fiducial.readiness.printing import bound_evidence, does_not_print, not_bound, out_of_use_item
from fiducial.tooling.reading import READY, bound_stencil, fits_product, last_tension, min_tension, stencil_state


class StencilGate:
    """One item, key stencil; none bound: key line."""

    type = "STENCIL"

    def check(self, tx: Tx, case: Case) -> Sequence[Item]:
        """Judge the stencil that is bound to the line now."""
        if skipped := does_not_print(case):
            return skipped
        tool = bound_stencil(tx, case.line.id)
        if tool is None:
            return [not_bound(case, "STENCIL_NOT_BOUND")]
        return [out_of_use_item(tx, case, tool) or self._judge(tx, case, tool)]

    @staticmethod
    def _judge(tx: Tx, case: Case, tool: Any) -> Item:
        code = tool.code
        evidence = case.about | {
            "toolCode": code, "stencilId": code, "version": tool.version, "lastCleanedAt": clock.to_wire(tool.last_cleaned_at),
            **bound_evidence(tool),
        }  # fmt: skip
        if not fits_product(tool, case.product_code):
            binder = {"actorId": ids.wire_or_none(tool.bound_by), "actorName": tool.bound_by_name}
            said = evidence | {"productCodes": list(tool.product_codes), **binder}
            return Failed(key=code, cause="TOOL_PRODUCT_MISMATCH", fingerprint=(code, case.product_code), evidence=said)
        state = stencil_state(tx, tool)
        record = state.record
        if record is None:
            return Failed(key=code, cause="STENCIL_STATUS_MISSING", fingerprint=(code,), evidence=evidence)
        tension, least = last_tension(tx, tool), min_tension(tool)
        evidence |= {**state.evidence(), "tension": tension, "minTension": least}
        standing = state.blocked_by or record
        if state.status != READY:
            said = evidence | {"status": state.status}
            return Failed(
                key=code, cause="STENCIL_NOT_READY", fingerprint=(code, state.status, standing.id), evidence=said
            )
        if tension is not None and tension <= least:
            return Failed(key=code, cause="STENCIL_TENSION_LOW", fingerprint=(code, tension), evidence=evidence)
        until = case.age_ends(state.confirmed_at or 0, manual=record.source == "MANUAL", made=record.id)
        evidence["expiresAt"] = clock.to_wire(until)
        if until <= case.now:
            return Failed(key=code, cause="STENCIL_STATUS_STALE", fingerprint=(record.id,), evidence=evidence)
        return Passed(key=code, evidence=evidence, until=until)


declare(
    "STENCIL_STATUS_MISSING", zh="钢网 {stencilId} 没有状态记录。", en="Nothing is known of the state of stencil {stencilId}.",
    todo_zh="请检查钢网系统的连接，或人工录入状态。", todo_en="Look after the link to the stencil system, or enter the state by hand.",
    page="/integration/manual-entry",
)  # fmt: skip
declare(
    "STENCIL_NOT_READY", zh="钢网 {stencilId} 未就绪（{status}）。", en="Stencil {stencilId} is not ready ({status}).",
    todo_zh="请完成清洗或维修；人工录入的“未就绪”须由人员重新录入“就绪”。",
    todo_en="Clean or repair it; what a person called not ready only a person calls ready again.", page="/integration/manual-entry",
)  # fmt: skip
declare(
    "STENCIL_TENSION_LOW", zh="钢网 {stencilId} 张力 {tension} N/cm，须大于 {minTension}。",
    en="Stencil {stencilId} has a tension of {tension} N/cm; it must be above {minTension}.",
    todo_zh="请更换钢网，或张网后重新测量。", todo_en="Take another stencil, or stretch and measure it anew.", page="/tools/{toolCode}",
)  # fmt: skip
declare(
    "STENCIL_STATUS_STALE", zh="钢网 {stencilId} 的状态已过期（{evidenceAt}）。",
    en="What is known of stencil {stencilId} is too old ({evidenceAt}).",
    todo_zh="请检查钢网系统的连接，或人工录入当前状态。", todo_en="Look after the link to the stencil system, or enter the present state by hand.",
    page="/integration/manual-entry",
)  # fmt: skip
