"""What the gates of printing share: whether a run prints at all, what is bound to its line, why a tool is out (spec 03.6)."""

from __future__ import annotations

from typing import Any

from fiducial.kit import clock, ids
from fiducial.kit.tx import Tx
from fiducial.readiness.causes import declare
from fiducial.readiness.items import Case, Failed, NotApplicable
from fiducial.tooling.reading import ToolRow, why_out

PRINT = "PRINT"


def does_not_print(case: Case) -> list[NotApplicable]:
    """Give the answer of a gate of printing for a run without a step of kind PRINT; nothing for one that has it."""
    if case.has(PRINT):
        return []
    return [NotApplicable(key=case.line.code, why="NO_PRINT_STEP", evidence=case.about)]


def not_bound(case: Case, cause: str) -> Failed:
    """Give the answer when no stencil, or no paste, is bound to the line."""
    return Failed(key=case.line.code, cause=cause, evidence=case.about)


def bound_evidence(bound: Any) -> dict[str, Any]:
    """Give who bound it to the line, and when."""
    return {
        "boundAt": clock.to_wire(bound.bound_at), "boundBy": ids.wire_or_none(bound.bound_by), "boundByName": bound.bound_by_name,
    }  # fmt: skip


def out_of_use_item(tx: Tx, case: Case, tool: ToolRow) -> Failed | None:
    """Give the failure of a tool that is blocked, retired or in maintenance; None when it is not. Held, as all that is judged."""
    why = why_out(tx, tool)
    if why is None:
        return None
    evidence = case.about | {"toolCode": tool.code, "reason": why.reason, **why.details}
    return Failed(
        key=tool.code,
        cause="TOOL_NOT_USABLE",
        fingerprint=(tool.code, why.reason, why.details.get("recordNo")),
        evidence=evidence,
    )


declare(
    "STENCIL_NOT_BOUND", zh="产线 {lineCode} 没有绑定钢网。", en="No stencil is bound to line {lineCode}.",
    todo_zh="请在产线页面绑定要使用的钢网。", todo_en="Bind the stencil that is used on the line's page.", page="/lines/{lineCode}",
)  # fmt: skip
declare(
    "PASTE_NOT_BOUND", zh="产线 {lineCode} 没有绑定锡膏。", en="No solder paste is bound to line {lineCode}.",
    todo_zh="请在产线页面扫描锡膏瓶绑定。", todo_en="Scan the jar and bind it on the line's page.", page="/lines/{lineCode}",
)  # fmt: skip
declare(
    "TOOL_NOT_USABLE", zh="{toolCode} 不能使用（{reason}）。", en="{toolCode} may not be used ({reason}).",
    todo_zh="请更换，或由工艺工程师完成维修后放行。", todo_en="Take another, or have an engineer release it after repair.", page="/tools/{toolCode}",
)  # fmt: skip
declare(
    "TOOL_PRODUCT_MISMATCH", zh="{toolCode} 不适用于产品 {productCode}。", en="{toolCode} is not for product {productCode}.",
    todo_zh="请更换为适用的工具；若台账有误，请工艺工程师更正。",
    todo_en="Take the right one; if the register is wrong, have an engineer correct it.", page="/tools/{toolCode}",
)  # fmt: skip
