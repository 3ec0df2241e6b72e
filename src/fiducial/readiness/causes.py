"""Why an item fails, in words (spec 03.5): each cause is declared once, beside its gate, with what to do next in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote


@dataclass(frozen=True, slots=True)
class Cause:
    """One reason to fail. `{name}` in a sentence, or in the address of the page where it is mended, is filled from the item's evidence."""

    code: str
    zh: str
    en: str
    todo_zh: str
    todo_en: str
    page: str = ""


_causes: dict[str, Cause] = {}


class _Blank(dict[str, Any]):
    """Evidence for a sentence; what is missing is shown as a dash, for a failure must never fail to be said."""

    def __missing__(self, key: str) -> str:
        return "–"


def declare(code: str, *, zh: str, en: str, todo_zh: str, todo_en: str, page: str = "") -> None:
    """Declare a cause; several gates may fail for one, which says the same of each."""
    cause = Cause(code, zh, en, todo_zh, todo_en, page)
    if _causes.setdefault(code, cause) != cause:
        raise ValueError(f"cause {code} is declared twice")


def declared() -> Iterator[Cause]:
    """Give every cause, by code."""
    return iter(sorted(_causes.values(), key=lambda cause: cause.code))


def is_declared(code: str) -> bool:
    """Tell whether a cause has its words."""
    return code in _causes


def fail_reason(code: str | None, evidence: Mapping[str, Any], language: str) -> str | None:
    """Give what is wrong, in `zh-CN` or `en`; None when nothing is."""
    if code is None:
        return None
    cause = _causes[code]
    return (cause.en if language == "en" else cause.zh).format_map(_Blank(evidence))


def what_to_do(code: str | None, evidence: Mapping[str, Any], language: str) -> str | None:
    """Give the next step, in `zh-CN` or `en`; None when there is none."""
    if code is None:
        return None
    cause = _causes[code]
    return (cause.todo_en if language == "en" else cause.todo_zh).format_map(_Blank(evidence))


def mended_at(code: str | None, evidence: Mapping[str, Any]) -> str | None:
    """Give the address of the page where it is mended; None when there is none, or the evidence does not name the thing."""
    if code is None or not _causes[code].page:
        return None
    named = {name: quote(str(value), safe="") for name, value in evidence.items() if isinstance(value, str | int)}
    try:
        return _causes[code].page.format_map(named)
    except KeyError:
        return None


declare(
    "GATE_NOT_BUILT", zh="检查项 {gate} 已启用，但本版本尚未提供。", en="Gate {gate} is enabled but not built in this version.",
    todo_zh="请工艺工程师停用该检查项（接口 PUT /api/lines/{lineCode}/readiness-config），或升级系统。",
    todo_en="Have an engineer switch the gate off (PUT /api/lines/{lineCode}/readiness-config), or upgrade the system.",
)  # fmt: skip
declare(
    "GATE_GAVE_NOTHING", zh="检查项 {gate} 没有给出任何结果（系统故障）。", en="Gate {gate} gave no answer, which is a fault of ours.",
    todo_zh="请记下批次号并联系管理员。", todo_en="Note the run number and tell the administrator.",
)  # fmt: skip
