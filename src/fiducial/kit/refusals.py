"""A refusal is data (house, idea 5): code, status and both languages are declared once, and every refusal says what to do next.

A rule that says no raises `Refused`, which undoes the action. A rule that says no and must keep what it wrote (a stored
check, a rejected event) returns `Kept(Refused(…))`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Refusal:
    """One way of saying no: a stable code, its status, a sentence and a next step in both languages."""

    code: str
    status: int
    zh: str
    en: str
    todo_zh: str
    todo_en: str


class _Blank(dict[str, Any]):
    """Details for a sentence; a missing one is shown as a dash, for a refusal must never fail to be said."""

    def __missing__(self, key: str) -> str:
        return "–"


class Refusals:
    """Every refusal of the program by code; a code is declared once."""

    def __init__(self) -> None:
        self._by_code: dict[str, Refusal] = {}

    def declare(self, code: str, status: int, *, zh: str, en: str, todo_zh: str, todo_en: str) -> None:
        """Declare a refusal. `{name}` in a sentence is filled from the details of the moment."""
        if code in self._by_code:
            raise ValueError(f"refusal {code} is declared twice")
        self._by_code[code] = Refusal(code, status, zh, en, todo_zh, todo_en)

    def missing(self, thing: str, *, zh: str, en: str) -> None:
        """Declare `<THING>_NOT_FOUND` 404 (spec 14.5), with the words of the thing."""
        self.declare(
            f"{thing}_NOT_FOUND", 404, zh=f"找不到{zh}。", en=f"{en} not found.",
            todo_zh="请核对编号，或从列表中选择。", todo_en="Check the code, or pick it from the list.",
        )  # fmt: skip

    def __getitem__(self, code: str) -> Refusal:
        return self._by_code[code]

    def __iter__(self) -> Iterator[Refusal]:
        return iter(sorted(self._by_code.values(), key=lambda refusal: refusal.code))

    def __contains__(self, code: str) -> bool:
        return code in self._by_code


refusals = Refusals()
MOST_TOLD = 10  # of a list, in a sentence; the details hold all


class Said(str):
    """A reason in both languages: English to whoever takes it as a text, Chinese where a refusal is told in Chinese.

    `path` names the field where the judge of a whole body means one of them.
    """

    __slots__ = ("path", "zh")
    path: str
    zh: str

    def __new__(cls, *, zh: str, en: str, path: str = "") -> Said:
        said = super().__new__(cls, en)
        said.zh, said.path = zh, path
        return said


def reason_of(fault: ValueError) -> str:
    """Give why a value was not taken, in both languages when whoever judged it said so."""
    return fault.args[0] if fault.args and isinstance(fault.args[0], str) else str(fault)


def bad_field(path: str, reason: str) -> Refused:
    """Give VALIDATION_ERROR for one field (spec 00.2); the reason is best `Said`."""
    return Refused("VALIDATION_ERROR", fields=[{"path": path, "reason": reason}])


def _in_chinese(value: Any) -> Any:
    """Give details with everything that was `Said` in Chinese."""
    if isinstance(value, Said):
        return value.zh
    if isinstance(value, dict):
        return {name: _in_chinese(inner) for name, inner in value.items()}
    return [_in_chinese(inner) for inner in value] if isinstance(value, list | tuple) else value


def _as_written(value: Any, language: str) -> Any:
    """Give a detail as it stands in a sentence: a list as people write it, its first ten."""
    if not isinstance(value, list | tuple):
        return value.zh if isinstance(value, Said) and language != "en" else value
    told = [str(_as_written(inner, language)) for inner in value[:MOST_TOLD]]
    return (", " if language == "en" else "、").join(told) + ("…" if len(value) > MOST_TOLD else "")


class Refused(Exception):
    """A rule says no. `details` names what a person needs to mend it, in wire spelling (camelCase)."""

    def __init__(self, code: str, /, **details: Any) -> None:
        super().__init__(code)
        self.code = code
        self.details: dict[str, Any] = details
        self.entered = False  # whether the writers have judged it already, and entered it if it was to be entered

    @property
    def status(self) -> int:
        """Give the HTTP status of the code."""
        return refusals[self.code].status

    def sentence(self, language: str) -> str:
        """Give what is wrong and what to do next, in `zh-CN` or `en`."""
        declared = refusals[self.code]
        text, todo = (declared.en, declared.todo_en) if language == "en" else (declared.zh, declared.todo_zh)
        glue = " " if language == "en" else ""
        known = _Blank(
            {name: _as_written(value, language) for name, value in self.details.items() if value is not None}
        )
        return f"{text.format_map(known)}{glue}{todo.format_map(known)}".strip()

    def on_wire(self, language: str) -> dict[str, Any]:
        """Give the refusal as the `error` of an answer (spec 00.2)."""
        error: dict[str, Any] = {"code": self.code, "message": self.sentence(language)}
        if not self.details:
            return error
        return error | {"details": self.details if language == "en" else _in_chinese(self.details)}


@dataclass(frozen=True, slots=True)
class Kept:
    """A refusal whose action is committed all the same."""

    refused: Refused


def changed_fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give `{path, before, after}` of the fields that differ, for an audit entry (spec 09.7.1)."""
    paths = dict.fromkeys([*before, *after])
    return [
        {"path": path, "before": before.get(path), "after": after.get(path)}
        for path in paths
        if before.get(path) != after.get(path)
    ]


refusals.declare(
    "UNAUTHORIZED", 401, zh="尚未登录，或登录已失效。", en="You are not signed in, or the sign-in has ended.",
    todo_zh="请重新登录。", todo_en="Sign in again.",
)  # fmt: skip
refusals.declare(
    "FORBIDDEN", 403, zh="没有权限，或超出您的数据范围。", en="This is not permitted to you, or lies outside your lines and stations.",
    todo_zh="请联系管理员授权或绑定。", todo_en="Ask an administrator for the permission or the binding.",
)  # fmt: skip
refusals.declare(
    "VALIDATION_ERROR", 422, zh="提交的内容不符合要求。", en="What was sent does not have the required form.",
    todo_zh="请按提示修改标出的字段。", todo_en="Correct the fields that are named.",
)  # fmt: skip
refusals.declare(
    "PAYLOAD_TOO_LARGE", 413, zh="提交的内容过大（上限 {limitBytes} 字节）。", en="The body is too large (at most {limitBytes} bytes).",
    todo_zh="请减少内容后重试。", todo_en="Send less at once.",
)  # fmt: skip
refusals.declare(
    "RATE_LIMITED", 429, zh="操作过于频繁。", en="Too many attempts.",
    todo_zh="请稍候再试。", todo_en="Wait a little and try again.",
)  # fmt: skip
refusals.declare(
    "INTERNAL_ERROR", 500, zh="系统内部错误，操作未执行。", en="A fault of ours; nothing was done.",
    todo_zh="请记下请求编号 {requestId} 并联系管理员。", todo_en="Note the request id {requestId} and tell the administrator.",
)  # fmt: skip
refusals.declare(
    "NOT_FOUND", 404, zh="没有这个地址。", en="There is nothing at this address.",
    todo_zh="请检查地址，或返回首页。", todo_en="Check the address, or go back to the home page.",
)  # fmt: skip
refusals.declare(
    "METHOD_NOT_ALLOWED", 405, zh="该地址不支持此方法。", en="This address does not take that method.",
    todo_zh="请查看接口文档。", todo_en="See the API description.",
)  # fmt: skip
refusals.declare(
    "IDEMPOTENCY_KEY_REUSED", 409, zh="该幂等键已用于另一请求。", en="This Idempotency-Key was used with another body.",
    todo_zh="请为新的操作使用新的键。", todo_en="Use a new key for a new act.",
)  # fmt: skip
refusals.declare(
    "IDEMPOTENCY_RESULT_GONE", 409, zh="操作已完成，但结果只显示一次。", en="It was done, but its result is shown once only.",
    todo_zh="如未记下结果，请重新生成。", todo_en="If it was not noted, make a new one.",
)  # fmt: skip
refusals.declare(
    "STALE_UPDATE", 409, zh="数据已被他人修改。", en="Somebody else has changed this meanwhile.",
    todo_zh="请查看当前内容后再保存。", todo_en="Look at what it is now, then save again.",
)  # fmt: skip
refusals.declare(
    "CONFLICT_RETRY", 409, zh="与其他操作冲突，未执行。", en="It collided with another act and was not done.",
    todo_zh="请重试一次。", todo_en="Try once more.",
)  # fmt: skip
refusals.declare(
    "WRITE_QUEUE_FULL", 503, zh="系统繁忙，操作未执行。", en="The system is busy; nothing was done.",
    todo_zh="请稍候用同一幂等键重试。", todo_en="Repeat shortly with the same Idempotency-Key.",
)  # fmt: skip
refusals.declare(
    "DATABASE_UNAVAILABLE", 503, zh="数据库暂不可用，操作未执行。", en="The database is not available; nothing was done.",
    todo_zh="请稍候重试；持续出现请联系管理员。", todo_en="Repeat shortly; if it stays, call the administrator.",
)  # fmt: skip
refusals.declare(
    "STORAGE_LOW", 503, zh="磁盘空间不足，操作未执行。", en="The disk is full; nothing was done.",
    todo_zh="请联系管理员清理磁盘。", todo_en="Call the administrator to free space.",
)  # fmt: skip
refusals.declare(
    "MIGRATING", 503, zh="系统正在升级。", en="The system is being upgraded.",
    todo_zh="请稍候再试。", todo_en="Try again shortly.",
)  # fmt: skip
