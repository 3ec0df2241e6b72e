"""How the doors for other systems say no (spec 08.2)."""

from __future__ import annotations

from fiducial.kit.refusals import refusals

refusals.declare(
    "TOKEN_SYSTEM_MISMATCH", 403, zh="该令牌属于系统 {system}，不能用于此接口（需要 {needed}）。",
    en="This token belongs to system {system}; the endpoint is for {needed}.",
    todo_zh="请使用对应系统的令牌。", todo_en="Use a token of that system.",
)  # fmt: skip
refusals.missing("MESSAGE", zh="集成报文", en="Message")
