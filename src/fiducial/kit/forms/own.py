"""The fields that a plant adds to a form (spec 10.1): declared in a setting, judged like the form's own, kept together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

from pydantic import StringConstraints, model_validator

from fiducial.kit.forms.fields import TYPED, Field, Label
from fiducial.kit.http.shapes import Body
from fiducial.kit.refusals import Said

LONGEST_TEXT = 200
UNKNOWN, MISSING = Said(zh="未知字段", en="unknown field"), Said(zh="必填", en="required")


class OwnField(Body):
    """One field of the plant's own: `low` and `high` are limits of a number; a text takes at most 200 characters."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][A-Za-z0-9]{0,39}$")]
    zh: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    en: Annotated[str, StringConstraints(min_length=1, max_length=40)]
    type: Literal["text", "number", "flag"] = "text"
    unit: Annotated[str, StringConstraints(max_length=16)] | None = None
    low: float | None = None
    high: float | None = None
    required: bool = False

    @model_validator(mode="after")
    def _in_order(self) -> OwnField:
        if self.low is not None and self.high is not None and self.low > self.high:
            raise ValueError(Said(zh="下限大于上限", en="low is above high"))
        return self


def field_of(declared: Mapping[str, Any]) -> Field:
    """Give a field of the plant's own as one of a form, so that it is shown like them."""
    return Field(
        name=declared["name"], label=Label(declared["zh"], declared["en"]), kind=declared.get("type", "text"), source=TYPED,
        unit=declared.get("unit"),
    )  # fmt: skip


def faults_of(declared: Sequence[Mapping[str, Any]], sent: Mapping[str, Any]) -> list[Said]:
    """Give what is wrong with the values sent for the plant's own fields, each with its path."""
    known = {str(item["name"]): item for item in declared}
    faults = [Said(zh=UNKNOWN.zh, en=str(UNKNOWN), path=f"extra.{name}") for name in sent if name not in known]
    for name, item in known.items():
        value = sent.get(name)
        said = (MISSING if item.get("required") else None) if value is None else _fault(item, value)
        if said:
            faults.append(Said(zh=said.zh, en=str(said), path=f"extra.{name}"))
    return faults


def _fault(item: Mapping[str, Any], value: Any) -> Said | None:
    match item.get("type", "text"):
        case "flag":
            return None if isinstance(value, bool) else Said(zh="必须是 true 或 false", en="must be true or false")
        case "number":
            return _number_fault(item, value)
        case _:
            fits = isinstance(value, str) and 1 <= len(value) <= LONGEST_TEXT
            return (
                None
                if fits
                else Said(
                    zh=f"必须是最多 {LONGEST_TEXT} 个字符的文本",
                    en=f"must be a text of at most {LONGEST_TEXT} characters",
                )
            )


def _number_fault(item: Mapping[str, Any], value: Any) -> Said | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return Said(zh="必须是数字", en="must be a number")
    low, high = item.get("low"), item.get("high")
    if (low is not None and value < low) or (high is not None and value > high):
        return Said(
            zh=f"必须在 {low if low is not None else '–'} 至 {high if high is not None else '–'} 之间",
            en=f"must lie from {low} to {high}",
        )
    return None
