"""The fields of a form: name, label in both languages, kind, unit, limits, and where the value comes from.

A field says once what its column, its place in a request and in an answer, its filter, its input and its line on paper follow from.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, StringConstraints
from pydantic import Field as Limits
from sqlalchemy import Boolean, Column, Float, Text

from fiducial.kit import clock, ids
from fiducial.kit import columns as c
from fiducial.kit.http.shapes import Body, Instant, Key
from fiducial.kit.refusals import Said
from fiducial.kit.text import current_language

Kind = Literal["text", "key", "whole", "number", "flag", "choice", "instant", "numbers", "keys", "rows", "id"]
SCANNED, TYPED, ACCOUNT, SYSTEM, COMPUTED = "S", "T", "A", "Y", "C"
MOST_ITEMS = 500


class Label(NamedTuple):
    """A word in both languages, as the paper has it."""

    zh: str
    en: str

    def __str__(self) -> str:
        """Give the word in the language that is spoken."""
        return self.en if current_language() == "en" else self.zh


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field. `source` is SCANNED, TYPED, SYSTEM, COMPUTED, or two of them: computed where it can be, else typed (`"CT"`).

    `known` are the words for the usual values of a text that may also be another. A `ratio` (0.0031) is shown to people as a percentage.
    `low` and `high` are the least and greatest number, or how many items a list takes; `longest` is of a text. `scans` is the kind of
    barcode that fills it. `stored=False`: the form keeps it elsewhere (in the record's own result, say).
    """

    name: str
    label: Label
    kind: Kind
    source: str
    unit: str | None = None
    low: float | None = None
    high: float | None = None
    decimals: int | None = None
    longest: int = 64
    choices: Mapping[str, Label] = field(default_factory=dict)
    known: Mapping[str, Label] = field(default_factory=dict)
    ratio: bool = False
    parts: tuple[Field, ...] = ()  # of the items of a list of rows
    required: bool = False
    default: Any = None
    listed: bool = False
    filtered: bool = False
    scans: str | None = None
    stored: bool = True
    column: str = ""
    hint: Label | None = None
    wide: bool = False

    @property
    def column_name(self) -> str:
        """Give the name of its column."""
        return self.column or snake(self.name)

    @property
    def key(self) -> str:
        """Give its name in Python."""
        return snake(self.name)

    @property
    def written(self) -> bool:
        """Tell whether a request may carry it; what the system gives or computes may not be sent (spec 10.1)."""
        return SCANNED in self.source or TYPED in self.source

    def word(self, value: Any) -> Label | None:
        """Give what people call a code of this field; None for what has no word, or is none."""
        return (self.choices or self.known).get(value) if isinstance(value, str) else None


def snake(name: str) -> str:
    """Give a name of the wire (camelCase) in Python's spelling."""
    return re.sub(r"(?<!^)([A-Z])", r"_\1", name).lower()


def column_of(item: Field) -> Column[Any]:
    """Give the column in which a field's value is kept."""
    name = item.column_name
    if item.kind in ("text", "key", "choice"):
        return Column(name, Text)
    if item.kind in ("whole", "instant", "id"):
        return c.whole(name)
    if item.kind == "number":
        return Column(name, Float)
    return Column(name, Boolean(create_constraint=False)) if item.kind == "flag" else c.json(name)


def _rounded(decimals: int) -> Any:
    def check(value: float) -> float:
        if round(value, decimals) != value:
            raise ValueError(Said(zh=f"最多 {decimals} 位小数", en=f"at most {decimals} decimals"))
        return value

    return AfterValidator(check)


def _limits(item: Field) -> Any:
    """Give the least and greatest value of a number."""
    known: dict[str, Any] = {name: value for name, value in (("ge", item.low), ("le", item.high)) if value is not None}
    return Limits(**known)


def _items(item: Field) -> Any:
    """Give how many items a list takes."""
    return Limits(min_length=int(item.low or 0), max_length=int(item.high or MOST_ITEMS))


def type_of(item: Field, body_of_rows: Any = None) -> Any:
    """Give what a request may carry for a field; the shape of the items of a list of rows is given."""
    match item.kind:
        case "text":
            return Annotated[str, StringConstraints(min_length=int(item.low or 1), max_length=item.longest)]
        case "key":
            return Key
        case "whole":
            return Annotated[int, _limits(item)]
        case "number":
            kind: Any = Annotated[float, _limits(item)]
            return kind if item.decimals is None else Annotated[kind, _rounded(item.decimals)]
        case "flag":
            return bool
        case "choice":
            return Literal[tuple(item.choices)]
        case "instant":
            return Instant
        case "numbers":
            return Annotated[list[Annotated[float, _limits(item)]], Limits(max_length=item.longest)]
        case "keys":
            return Annotated[list[Key], _items(item)]
        case _:
            return Annotated[list[body_of_rows], _items(item)]


def answer_type_of(item: Field) -> Any:
    """Give what an answer carries for a field."""
    plain: dict[str, Any] = {
        "whole": int | None, "number": float | None, "flag": bool | None, "numbers": list[float] | None, "keys": list[str] | None,
        "rows": list[dict[str, Any]] | None,
    }  # fmt: skip
    return plain.get(item.kind, str | None)


def to_store(item: Field, value: Any) -> Any:
    """Give a value of a request as it is kept: instants in milliseconds, rows as plain data."""
    if value is None:
        return None
    if item.kind == "instant":
        return value if isinstance(value, int) else clock.from_datetime(value)
    if item.kind == "rows":
        return [
            row.model_dump(mode="json", by_alias=True, exclude_none=True) if isinstance(row, Body) else row
            for row in value
        ]
    return value


def to_wire(item: Field, value: Any) -> Any:
    """Give a kept value as it stands on the wire."""
    if item.kind == "id":
        return ids.wire_or_none(value)
    return clock.to_wire(value) if item.kind == "instant" else value


# Short ways to write a field: the declaration of a form should read like the paper.


def key(name: str, zh: str, en: str, source: str = SCANNED, **rest: Any) -> Field:
    """Give a field for a business key."""
    return Field(name=name, label=Label(zh, en), kind="key", source=source, **rest)


def text(name: str, zh: str, en: str, source: str = TYPED, **rest: Any) -> Field:
    """Give a field for words."""
    return Field(name=name, label=Label(zh, en), kind="text", source=source, **rest)


def whole(name: str, zh: str, en: str, source: str = TYPED, **rest: Any) -> Field:
    """Give a field for a whole number."""
    return Field(name=name, label=Label(zh, en), kind="whole", source=source, **rest)


def number(name: str, zh: str, en: str, source: str = TYPED, **rest: Any) -> Field:
    """Give a field for a number."""
    return Field(name=name, label=Label(zh, en), kind="number", source=source, **rest)


def flag(name: str, zh: str, en: str, source: str = TYPED, **rest: Any) -> Field:
    """Give a field for yes or no."""
    return Field(name=name, label=Label(zh, en), kind="flag", source=source, **rest)


def choice(
    name: str, zh: str, en: str, choices: Mapping[str, tuple[str, str]], source: str = TYPED, **rest: Any
) -> Field:
    """Give a field for one of some codes, each with its words."""
    words = {code: Label(*said) for code, said in choices.items()}
    return Field(name=name, label=Label(zh, en), kind="choice", source=source, choices=words, **rest)


def instant(name: str, zh: str, en: str, source: str = SYSTEM, **rest: Any) -> Field:
    """Give a field for an instant."""
    return Field(name=name, label=Label(zh, en), kind="instant", source=source, **rest)


def account(name: str, zh: str, en: str) -> tuple[Field, Field]:
    """Give the two fields for a person of the system: the id, and the name at that time."""
    return (
        Field(name=name, label=Label(f"{zh}编号", f"{en} (id)"), kind="id", source=ACCOUNT),
        Field(name=f"{name}Name", label=Label(zh, en), kind="text", source=ACCOUNT),
    )


def numbers(name: str, zh: str, en: str, source: str = TYPED, *, most: int, **rest: Any) -> Field:
    """Give a field for several numbers."""
    return Field(name=name, label=Label(zh, en), kind="numbers", source=source, longest=most, **rest)


def keys(name: str, zh: str, en: str, source: str = SCANNED, **rest: Any) -> Field:
    """Give a field for several business keys."""
    return Field(name=name, label=Label(zh, en), kind="keys", source=source, **rest)


def rows(name: str, zh: str, en: str, parts: tuple[Field, ...], source: str = TYPED, **rest: Any) -> Field:
    """Give a field for a list of rows."""
    return Field(name=name, label=Label(zh, en), kind="rows", source=source, parts=parts, wide=True, **rest)
