"""How pushes and modes say no (spec 08.2, 08.7)."""

from __future__ import annotations

from fiducial.kit.refusals import refusals

refusals.declare(
    "SOURCE_NOT_ALLOWED", 403, zh="来源 {source} 不允许：系统令牌只能发送 AUTO，人员只能发送 MANUAL。",
    en="The source {source} is not allowed: a token may send AUTO only, a person MANUAL only.",
    todo_zh="请更正 source 后重新发送。", todo_en="Correct `source` and send it again.",
)  # fmt: skip
refusals.declare(
    "OPERATOR_MISMATCH", 403, zh="操作员 {operatorId} 不是当前登录的账号。", en="The operator {operatorId} is not the account that is signed in.",
    todo_zh="请不要填写操作员，或由本人登录后录入。", todo_en="Leave the operator out, or have that person sign in and enter it.",
)  # fmt: skip
refusals.declare(
    "EVENT_ID_REUSED", 409, zh="事件编号 {eventId} 已用于另一内容（首次收到 {firstReceivedAt}）。",
    en="The event {eventId} came before with another body (first received {firstReceivedAt}).",
    todo_zh="请为新的事件使用新的编号。", todo_en="Give a new event an id of its own.",
)  # fmt: skip
refusals.declare(
    "MODE_UNCHANGED", 409, zh="系统 {system} 已是 {mode} 模式。", en="System {system} is in mode {mode} already.",
    todo_zh="无需切换。", todo_en="There is nothing to switch.",
)  # fmt: skip
