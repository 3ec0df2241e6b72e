"""Shapes of what comes in: camelCase on the wire, strict types, no unknown field, no control character (spec 00.2, 00.4)."""

from __future__ import annotations

import json
import math
import re
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from fiducial.kit import clock
from fiducial.kit.ids import LARGEST
from fiducial.kit.refusals import Refused, Said, bad_field, reason_of


class Body(BaseModel):
    """What a request carries."""

    model_config = ConfigDict(
        alias_generator=to_camel, validate_by_alias=True, validate_by_name=True, extra="forbid", strict=True,
        str_strip_whitespace=True, frozen=True, allow_inf_nan=False,
    )  # fmt: skip

    def given(self) -> dict[str, Any]:
        """Give the fields that were sent, by their Python names: for a PATCH, where absent is not null."""
        return {name: getattr(self, name) for name in self.model_fields_set}


class Nothing(Body):
    """An empty body."""


def _limited(low: int, high: int, *, pattern: str | None = None) -> Any:
    return StringConstraints(min_length=low, max_length=high, strip_whitespace=True, pattern=pattern)


Key = Annotated[str, _limited(1, 64, pattern=r"^[^\x00-\x1f\x7f-\u009f]+$")]  # business keys: one line (spec 00.4)
Name = Annotated[str, _limited(1, 100)]
Remark = Annotated[str, _limited(1, 500)]
Reason = Annotated[str, _limited(4, 500)]


EARLIEST, LATEST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)


def _can_be_shown(moment: datetime) -> datetime:
    """Refuse an instant that falls out of the calendar in some zone: it would be kept, and break every page that shows it."""
    if not EARLIEST <= moment <= LATEST:
        raise PydanticCustomError("instant_out_of_range", "must lie between the years 1900 and 9999")
    return moment


Instant = Annotated[AwareDatetime, AfterValidator(_can_be_shown)]

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def has_control_characters(text: str) -> bool:
    """Tell whether a text holds what no body may hold (spec 00.4), for texts that come in another way."""
    return _CONTROL.search(text) is not None


# What a body must hold before it is worth a second look: control characters, escaped or bare, and numbers beyond a column.
_SUSPECT = re.compile(
    rb"\\(?:u00[01789]|u202[89]|ud[89a-f]|b|f)|\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xa8\xa9]|\d{19}|e\+?\d{3}|NaN|Infinity", re.IGNORECASE
)  # fmt: skip

SMALL, MOST_FAULTS = 64 * 1024, 1000

_REASONS_EN = {
    "control_characters": "holds control characters", "finite_number": "must be a finite number",
    "number_too_large": "is a number too large to be kept",
}  # fmt: skip
_REASONS_ZH = {
    "missing": "必填", "extra_forbidden": "未知字段", "string_too_short": "过短（至少 {min_length} 个字符）",
    "string_too_long": "过长（最多 {max_length} 个字符）", "string_type": "必须是文本", "int_type": "必须是整数",
    "float_type": "必须是数字", "bool_type": "必须是 true 或 false", "list_type": "必须是列表", "dict_type": "必须是对象",
    "int_from_float": "必须是整数", "finite_number": "必须是有限的数字", "model_type": "必须是对象", "model_attributes_type": "必须是对象",
    "greater_than": "必须大于 {gt}", "greater_than_equal": "必须不小于 {ge}", "less_than": "必须小于 {lt}",
    "less_than_equal": "必须不大于 {le}", "literal_error": "必须是 {expected} 之一", "string_pattern_mismatch": "格式不正确",
    "too_long": "最多 {max_length} 项", "too_short": "至少 {min_length} 项", "json_invalid": "不是有效的 JSON",
    "datetime_type": "必须是带时区的时间（ISO 8601）", "timezone_aware": "必须带时区", "decimal_type": "必须是数字",
    "decimal_max_places": "最多 {decimal_places} 位小数", "control_characters": "含有控制字符",
    "number_too_large": "数值过大，无法保存", "instant_out_of_range": "必须在 1900 年至 9999 年之间",
}  # fmt: skip


def _reason(error: Any, language: str) -> str:
    known = error.get("ctx", {})
    said = reason_of(known["error"]) if isinstance(known.get("error"), ValueError) else None
    if language == "en":
        return said or str(error["msg"])
    if said is not None:
        return getattr(said, "zh", said)
    if "datetime" in error["type"] or error["type"].startswith("date_"):
        return _REASONS_ZH["datetime_type"]
    return _REASONS_ZH.get(error["type"], "不符合要求").format_map(known).replace(" or ", "、")


def _path(error: Any) -> str:
    fault = error.get("ctx", {}).get("error")
    meant = getattr(reason_of(fault), "path", "") if isinstance(fault, ValueError) else ""
    return ".".join(str(part) for part in (*error["loc"], *filter(None, [meant])))[:200]


def refused_shape(problem: ValidationError, language: str) -> Refused:
    """Give VALIDATION_ERROR with path and reason of each field (spec 00.2), of the first 50."""
    if problem.error_count() > MOST_FAULTS:  # to name them all would hold up everybody else
        count = problem.error_count()
        return Refused(
            "VALIDATION_ERROR",
            fields=[{"path": "", "reason": f"{count} faults" if language == "en" else f"共 {count} 处错误"}],
        )
    fields = [
        {"path": _path(error), "reason": _reason(error, language)[:300]}
        for error in problem.errors(include_url=False, include_input=False)[:50]
    ]
    return Refused("VALIDATION_ERROR", fields=fields)


def _bad_paths(value: Any, path: str) -> list[tuple[str, str]]:
    """Give path and kind of every text with a control character and every number that no column can take."""
    if isinstance(value, str):
        return [(path, "control_characters")] if _CONTROL.search(value) else []
    if isinstance(value, dict):
        bad = [name for name in value if _CONTROL.search(name)]
        # A name that cannot be written is not written into a path either.
        return [(path, "control_characters") for _ in bad] + [
            hit
            for name, inner in value.items()
            if name not in bad
            for hit in _bad_paths(inner, f"{path}.{name}" if path else name)
        ]
    if isinstance(value, list):
        return [hit for place, inner in enumerate(value) for hit in _bad_paths(inner, f"{path}.{place}")]
    if isinstance(value, float):
        return [] if math.isfinite(value) else [(path, "finite_number")]
    if isinstance(value, int) and not -LARGEST - 1 <= value <= LARGEST:
        return [(path, "number_too_large")]
    return []


def _refuse_suspects(raw: bytes, language: str) -> None:
    """Refuse what JSON allows and the database does not. Looked for only in bodies that could hold it."""
    try:
        found = _bad_paths(json.loads(raw), "")
    except (ValueError, RecursionError):  # no JSON, or nested too deeply: the shape refuses it with the place
        return
    if found:
        said = _REASONS_EN if language == "en" else _REASONS_ZH
        raise Refused(
            "VALIDATION_ERROR", fields=[{"path": path[:200], "reason": said[kind]} for path, kind in found[:50]]
        )


def parse(model: type[Body], raw: bytes, language: str) -> Body:
    """Give the body as its shape; refuses VALIDATION_ERROR. An empty body is `{}` (spec 00.2)."""
    raw = raw or b"{}"
    suspect = _SUSPECT.search(raw) is not None
    if suspect and len(raw) <= SMALL:
        _refuse_suspects(raw, language)
    try:
        body = model.model_validate_json(raw)
    except ValidationError as problem:
        raise refused_shape(problem, language) from None
    if suspect and len(raw) > SMALL:  # a large one is looked through only when its shape is right, which bounds it
        _refuse_suspects(raw, language)
    return body


def path_text(value: str) -> str:
    """Give a path parameter as text: trimmed, at most 200 characters, no control character; a bad one names nothing."""
    trimmed = value.replace("%2F", "/").replace("%2f", "/").strip()
    if len(trimmed) > 200 or _CONTROL.search(trimmed) or "\n" in trimmed or "\t" in trimmed:
        raise bad_field("path", Said(zh="不是有效的编号", en="not a business key"))
    return trimmed


def instant_or_none(value: Any) -> int | None:
    """Give the milliseconds of an aware datetime; None for None."""
    return None if value is None else clock.from_datetime(value)
