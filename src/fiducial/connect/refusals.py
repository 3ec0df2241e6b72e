"""How the doors for other systems say no (spec 08.2)."""

from __future__ import annotations

from fiducial.kit.refusals import refusals

refusals.declare(
    "TOKEN_SYSTEM_MISMATCH", 403, zh="该令牌属于系统 {system}，不能用于此接口（需要 {needed}）。",
    en="This token belongs to system {system}; the endpoint is for {needed}.",
    todo_zh="请使用对应系统的令牌。", todo_en="Use a token of that system.",
)  # fmt: skip
refusals.missing("MESSAGE", zh="集成报文", en="Message")
refusals.declare(
    "MESSAGE_ALREADY_APPLIED", 409, zh="该报文已处理（{status}），不能再次重放。",
    en="This message has been taken already ({status}); it is not applied twice.",
    todo_zh="无需处理。", todo_en="There is nothing to do.",
)  # fmt: skip
refusals.missing("OUTBOUND_EVENT", zh="外发报文", en="Outbound message")
refusals.declare(
    "OUTBOUND_ALREADY_DELIVERED", 409, zh="{businessKey} 的报文已于 {deliveredAt} 送达。",
    en="The message of {businessKey} was delivered at {deliveredAt}.",
    todo_zh="无需处理。", todo_en="There is nothing to do.",
)  # fmt: skip
refusals.declare(
    "RUN_NOT_TERMINAL", 409, zh="批次 {runNo} 尚未结束（{status}），没有可回传的内容。",
    en="Run {runNo} has not ended ({status}); there is nothing to tell yet.",
    todo_zh="请先完成批次收尾。", todo_en="Close the run out first.",
)  # fmt: skip
