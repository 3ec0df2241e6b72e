"""How time rules say no (spec 04.9)."""

from __future__ import annotations

from fiducial.kit.refusals import refusals

refusals.missing("TIME_RULE", zh="时间规则", en="Time rule")
refusals.missing("TIME_RULE_INSTANCE", zh="时间规则计时", en="Running clock")
refusals.declare(
    "TIME_RULE_CODE_DUPLICATE", 409, zh="时间规则编号 {code} 已存在（不区分大小写，已有 {existing}）。",
    en="The code {code} already names a time rule (upper and lower case count as the same; there is {existing}).",
    todo_zh="请换一个编号，或修改已有的规则。", todo_en="Choose another code, or change the rule that is there.",
)  # fmt: skip
refusals.declare(
    "TIME_RULE_SCOPE_INVALID", 409, zh="适用范围 {scope} 的值 {scopeValue} 无效：全局规则不带值，其他范围必须指定已有的产线、工艺路线或产品。",
    en="The scope {scope} does not go with {scopeValue}: a global rule names nothing, every other names a line, routing or product that exists.",
    todo_zh="请选择已有的产线、工艺路线或产品编号。", todo_en="Name a line, routing or product that exists.",
)  # fmt: skip
refusals.declare(
    "TIME_RULE_HAS_INSTANCES", 409, zh="时间规则 {code} 已有 {count} 个计时记录，不能删除。",
    en="Time rule {code} has {count} clocks and cannot be deleted.",
    todo_zh="请改为停用该规则。", todo_en="Switch it off instead.",
)  # fmt: skip
refusals.declare(
    "TIME_RULE_INSTANCE_STATUS", 409, zh="{entity} 的计时已是 {status}，不能再执行此操作。",
    en="The clock of {entity} is {status}; this cannot be done to it any more.",
    todo_zh="无需处理。", todo_en="There is nothing to do.",
)  # fmt: skip
refusals.declare(
    "TIME_RULE_NOT_WAIVABLE", 409, zh="时间规则 {code} 不允许豁免。", en="Time rule {code} cannot be waived.",
    todo_zh="请按规定处理该物品，或请工程师确认规则设置。", todo_en="Treat the thing as the rule says, or have an engineer look at the rule.",
)  # fmt: skip
