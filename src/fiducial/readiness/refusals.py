"""How readiness says no (spec 03). READINESS_NOT_CONFIGURED and READINESS_CHECK_FAILED are declared in orders, which raise them too."""

from __future__ import annotations

from fiducial.kit.refusals import refusals

refusals.declare(
    "NO_CHECK_FOUND", 404, zh="没有找到就绪检查记录。", en="No readiness check was found.",
    todo_zh="请先执行预检或正式检查。", todo_en="Run a precheck or a formal check first.",
)  # fmt: skip
refusals.declare(
    "READINESS_ITEM_NOT_FOUND", 404, zh="批次 {runNo} 没有这个检查项。", en="Run {runNo} has no such item.",
    todo_zh="请刷新批次页面。", todo_en="Load the run's page again.",
)  # fmt: skip
refusals.declare(
    "READINESS_ITEM_SUPERSEDED", 409, zh="该检查项不属于最新的正式检查，不能豁免。",
    en="This item does not belong to the newest formal check; it cannot be waived.",
    todo_zh="请执行正式检查，再豁免新检查中的检查项。", todo_en="Make a formal check, then waive the item of that one.",
)  # fmt: skip
refusals.declare(
    "ITEM_NOT_FAILED", 409, zh="检查项 {itemType} {itemKey} 不是未通过状态（{status}）。", en="Item {itemType} {itemKey} has not failed ({status}).",
    todo_zh="无需豁免；请刷新批次页面。", todo_en="Nothing is to be waived; load the run's page again.",
)  # fmt: skip
refusals.declare(
    "READINESS_ITEM_NOT_WAIVABLE", 409, zh="检查项 {itemType} {itemKey} 不允许豁免。", en="Item {itemType} {itemKey} may not be waived.",
    todo_zh="请解决它指出的问题；允许豁免的检查项由工艺工程师在产线页面设置。",
    todo_en="Mend what it found; which gates may be waived an engineer sets on the line's page.",
)  # fmt: skip
refusals.declare(
    "WAIVER_NOT_FOUND", 404, zh="没有找到该豁免。", en="There is no such waiver.",
    todo_zh="请刷新批次页面。", todo_en="Load the run's page again.",
)  # fmt: skip
refusals.declare(
    "WAIVER_NOT_ACTIVE", 409, zh="该豁免已失效（{status}）。", en="The waiver is no longer in force ({status}).",
    todo_zh="无需撤销。", todo_en="There is nothing to revoke.",
)  # fmt: skip
refusals.declare(
    "CHECK_ITEM_NOT_FOUND", 404, zh="批次 {runNo} 的转拉前检查表没有 {itemKey} 这一行。",
    en="The pre-changeover list of run {runNo} has no row {itemKey}.",
    todo_zh="请刷新批次页面。", todo_en="Load the run's page again.",
)  # fmt: skip
refusals.declare(
    "NOT_NEEDED_NOT_ALLOWED", 409, zh="{itemKey} 由门禁 {gate} 判断，不能标记为“不需要”。",
    en="{itemKey} is answered by the gate {gate}; it cannot be called not needed.",
    todo_zh="请完成该项准备；确需放行时由质量豁免。", todo_en="Prepare what it asks for; if the run must go on, quality waives the item.",
)  # fmt: skip
refusals.declare(
    "CHECKLIST_INCOMPLETE", 409, zh="转拉前检查表尚有未填写的行：{rows}。", en="Rows of the pre-changeover list are not answered yet: {rows}.",
    todo_zh="请填写这些行；系统行请先执行检查。", todo_en="Answer those rows; for rows of the system make a check first.",
)  # fmt: skip
