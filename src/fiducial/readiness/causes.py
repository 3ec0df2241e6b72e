"""Why an item fails, in words (spec 03.5): each cause is declared once, beside its gate, with what to do next in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from fiducial.kit.tx import Tx


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


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a sentence: the language, and the zone in which instants are told."""

    language: str
    zone: str

    @classmethod
    def of(cls, tx: Tx) -> Reader:
        """Give whoever asks."""
        return cls(tx.caller.language, tx.store.zone)


def fail_reason(code: str | None, evidence: Mapping[str, Any], reader: Reader) -> str | None:
    """Give what is wrong; None when nothing is."""
    if code is None:
        return None
    cause = _causes[code]
    return _filled(cause.en if reader.language == "en" else cause.zh, evidence, reader)


def what_to_do(code: str | None, evidence: Mapping[str, Any], reader: Reader) -> str | None:
    """Give the next step; None when there is none."""
    if code is None:
        return None
    cause = _causes[code]
    return _filled(cause.todo_en if reader.language == "en" else cause.todo_zh, evidence, reader)


def _filled(sentence: str, evidence: Mapping[str, Any], reader: Reader) -> str:
    shown = {name: _shown(name, value, reader) for name, value in evidence.items() if value is not None}
    return sentence.format_map(_Blank(shown))


def _shown(name: str, value: Any, reader: Reader) -> Any:
    """Give a value as people read it: instants by the clock of the plant."""
    if not (name.endswith("At") and isinstance(value, str)):
        return value
    try:
        return datetime.fromisoformat(value).astimezone(ZoneInfo(reader.zone)).strftime("%Y-%m-%d %H:%M")
    except ValueError:
        return value


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
