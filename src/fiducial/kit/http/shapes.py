"""Shapes of what comes in: camelCase on the wire, strict types, no unknown field, no control character (spec 00.2, 00.4)."""

from __future__ import annotations

import re
from typing import Annotated, Any

import orjson
from pydantic import AwareDatetime, BaseModel, ConfigDict, StringConstraints, ValidationError
from pydantic.alias_generators import to_camel

from fiducial.kit import clock
from fiducial.kit.refusals import Refused


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


def _limited(low: int, high: int) -> Any:
    return StringConstraints(min_length=low, max_length=high, strip_whitespace=True)


Key = Annotated[str, _limited(1, 64)]  # business keys
Name = Annotated[str, _limited(1, 100)]
Remark = Annotated[str, _limited(1, 500)]
Reason = Annotated[str, _limited(4, 500)]
Instant = AwareDatetime

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u2028\u2029\ud800-\udfff]")
_ESCAPED_CONTROL = re.compile(rb"\\(u00[01]|u007|u202[89]|ud[89a-f]|b|f)", re.IGNORECASE)

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
}  # fmt: skip


def _reason(error: Any, language: str) -> str:
    if language == "en" or error["type"] not in _REASONS_ZH:
        message: str = error["msg"]
        return message.removeprefix("Value error, ")
    return _REASONS_ZH[error["type"]].format_map({**error.get("ctx", {})})


def refused_shape(problem: ValidationError, language: str) -> Refused:
    """Give VALIDATION_ERROR with path and reason of each field (spec 00.2)."""
    fields = [
        {"path": ".".join(str(part) for part in error["loc"]), "reason": _reason(error, language)}
        for error in problem.errors(include_url=False, include_input=False)[:50]
    ]
    return Refused("VALIDATION_ERROR", fields=fields)


def _control_paths(value: Any, path: str) -> list[str]:
    if isinstance(value, str):
        return [path] if _CONTROL.search(value) else []
    if isinstance(value, dict):
        return [
            hit for name, inner in value.items() for hit in _control_paths(inner, f"{path}.{name}" if path else name)
        ]
    if isinstance(value, list):
        return [hit for place, inner in enumerate(value) for hit in _control_paths(inner, f"{path}.{place}")]
    return []


def parse(model: type[Body], raw: bytes, language: str) -> Body:
    """Give the body as its shape; refuses VALIDATION_ERROR. An empty body is `{}` (spec 00.2)."""
    raw = raw or b"{}"
    if _ESCAPED_CONTROL.search(raw):
        try:
            paths = _control_paths(orjson.loads(raw), "")
        except orjson.JSONDecodeError:
            paths = []
        if paths:
            reason = _REASONS_ZH["control_characters"] if language != "en" else "holds control characters"
            raise Refused("VALIDATION_ERROR", fields=[{"path": path[:200], "reason": reason} for path in paths[:50]])
    try:
        return model.model_validate_json(raw)
    except ValidationError as problem:
        raise refused_shape(problem, language) from None


def path_text(value: str) -> str:
    """Give a path parameter as text: trimmed, at most 200 characters, no control character; a bad one names nothing."""
    trimmed = value.replace("%2F", "/").replace("%2f", "/").strip()
    if len(trimmed) > 200 or _CONTROL.search(trimmed) or "\n" in trimmed or "\t" in trimmed:
        raise Refused("VALIDATION_ERROR", fields=[{"path": "path", "reason": "not a business key"}])
    return trimmed


def instant_or_none(value: Any) -> int | None:
    """Give the milliseconds of an aware datetime; None for None."""
    return None if value is None else clock.from_datetime(value)
