"""Rows of a sheet as bodies: headings are matched, cells are understood, and every faulty cell is named with its reason.

Headings may be the field's name on the wire or its label in either language, so a file that was taken away comes back as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from fiducial.kit.http.shapes import Body, has_control_characters, refused_shape
from fiducial.kit.refusals import Said, bad_field, reason_of
from fiducial.kit.sheets.columns import NO, YES, SheetColumn
from fiducial.kit.sheets.reading import Grid
from fiducial.kit.text import LANGUAGES, Text, use_language

B = TypeVar("B", bound=Body)
TRUE, FALSE = (
    frozenset(["true", "yes", "y", "1", "是", "√", "✓", "✔", "v"]),
    frozenset(["false", "no", "n", "0", "否", "×", "x"]),
)
CONTROL = Said(zh="含有控制字符", en="holds control characters")
_NUMBER = re.compile(r"[+-]?\d{1,15}(\.\d{1,12})?")


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong with one cell. `column` is the field's name on the wire, empty when the row as a whole is meant."""

    row: int
    column: str
    value: str
    reason: Said


@dataclass(frozen=True, slots=True)
class SheetRow(Generic[B]):
    """A row that has the right shape, with its number in the file."""

    number: int
    body: B


@dataclass(frozen=True, slots=True)
class SheetRows(Generic[B]):
    """What a sheet holds: the rows of the right shape, every fault of the others, headings that mean nothing here.

    `broken` is what could be understood of each row that has faults, by the field's name on the wire.
    """

    rows: list[SheetRow[B]]
    faults: list[CellFault]
    ignored: list[str]
    count: int
    broken: dict[int, dict[str, Any]]


def labels_of(label: Text) -> dict[str, str]:
    """Give a label in every language."""
    found = {}
    for language in LANGUAGES:
        with use_language(language):
            found[language] = str(label)
    return found


def said_of(label: Text) -> Said:
    """Give a label as a sentence's part in both languages."""
    labels = labels_of(label)
    return Said(zh=labels["zh-CN"], en=labels["en"])


def _plain(heading: str) -> str:
    return re.sub(r"[\s*：:]+", "", heading).casefold()


def read_rows(grid: Grid, columns: Sequence[SheetColumn], shape: type[B], *, zone: str) -> SheetRows[B]:
    """Give the rows of a grid as bodies of `shape`, whose fields the columns name; an empty cell is a field left out.

    The first row that is not empty holds the headings. Refuses VALIDATION_ERROR of `file` when one that must be there is missing, or stands twice.
    Slow for long files: call it on a thread (`asyncio.to_thread`).
    """
    at = next((place for place, row in enumerate(grid.rows) if row), 0)
    by_place, ignored = _headings(grid.rows[at], columns, shape)
    reader = _Cells(by_place, ZoneInfo(zone))
    rows: list[SheetRow[B]] = []
    faults: list[CellFault] = []
    broken: dict[int, dict[str, Any]] = {}
    count = 0
    for number, cells in enumerate(grid.rows[at + 1 :], at + 2):
        if not any(cells):
            continue
        count += 1
        values, wrong = reader.read(number, cells)
        try:
            body = shape.model_validate(values)
        except ValidationError as problem:
            wrong += reader.misshapen(number, cells, problem, {fault.column for fault in wrong})
        else:
            if not wrong:
                rows.append(SheetRow(number, body))
        if wrong:
            broken[number] = values
        faults += wrong
    return SheetRows(rows, faults, ignored, count, broken)


def _headings(
    cells: Sequence[str], columns: Sequence[SheetColumn], shape: type[Body]
) -> tuple[dict[int, SheetColumn], list[str]]:
    known = {_plain(name): column for column in columns for name in (column.field, *labels_of(column.label).values())}
    by_place: dict[int, SheetColumn] = {}
    ignored = []
    for place, cell in enumerate(cells):
        column = known.get(_plain(cell))
        if column is None:
            if cell:
                ignored.append(cell[:100])
        elif column in by_place.values():
            raise bad_field("file", Said(zh=f"列“{cell}”重复", en=f'the column "{cell}" stands twice'))
        else:
            by_place[place] = column
    must = {field.alias or name for name, field in shape.model_fields.items() if field.is_required()}
    missing = [column for column in columns if column.field in must and column not in by_place.values()]
    if missing:
        zh, en = (
            "、".join(labels_of(c.label)["zh-CN"] for c in missing),
            ", ".join(labels_of(c.label)["en"] for c in missing),
        )
        raise bad_field("file", Said(zh=f"第一行缺少列：{zh}", en=f"the first row lacks the columns: {en}"))
    return by_place, ignored


class _Cells:
    """Understands the cells of the columns that a sheet has."""

    def __init__(self, by_place: dict[int, SheetColumn], zone: ZoneInfo) -> None:
        self._by_place, self._zone = by_place, zone
        self._place_of = {column.field: place for place, column in by_place.items()}
        self._codes = {column.field: _codes_of(column) for column in by_place.values() if column.words}

    def read(self, number: int, cells: Sequence[str]) -> tuple[dict[str, Any], list[CellFault]]:
        values: dict[str, Any] = {}
        faults = []
        for place, column in self._by_place.items():
            cell = cells[place] if place < len(cells) else ""
            if not cell:
                continue
            try:
                values[column.field] = self._value(column, cell)
            except ValueError as fault:
                reason = reason_of(fault)
                said = reason if isinstance(reason, Said) else Said(zh=reason, en=reason)
                faults.append(CellFault(number, column.field, cell[:100], said))
        return values, faults

    def misshapen(
        self, number: int, cells: Sequence[str], problem: ValidationError, known: set[str]
    ) -> list[CellFault]:
        """Give what a shape has against the values of a row, but for the columns that are known to be wrong."""
        chinese, english = (refused_shape(problem, language).details["fields"] for language in LANGUAGES)
        found = []
        for zh, en in zip(chinese, english, strict=True):
            name = str(zh["path"]).partition(".")[0].partition("[")[0]
            place = self._place_of.get(name, len(cells))
            value = cells[place] if place < len(cells) else ""
            if name not in known:
                found.append(CellFault(number, name, value[:100], Said(zh=zh["reason"], en=en["reason"])))
        return found

    def _value(self, column: SheetColumn, cell: str) -> Any:
        if has_control_characters(cell):
            raise ValueError(CONTROL)
        if column.words:
            return self._code(column, cell)
        if column.kind == "flag":
            return _flag(cell)
        if column.kind in ("number", "whole"):
            return _number(cell, whole=column.kind == "whole")
        if column.kind in ("instant", "date"):
            return _moment(cell, self._zone)
        if column.kind == "list":
            return [part.strip() for part in re.split(r"[,，;；、]", cell) if part.strip()]
        return cell

    def _code(self, column: SheetColumn, cell: str) -> str:
        codes = self._codes[column.field]
        if cell.casefold() not in codes:
            words = labels_of_words(column)
            raise ValueError(Said(zh=f"必须是以下之一：{words['zh-CN']}", en=f"must be one of: {words['en']}"))
        return codes[cell.casefold()]


def _codes_of(column: SheetColumn) -> dict[str, str]:
    """Give the code of every word, its own among them, whatever the case."""
    codes = {}
    for code, word in (column.words or {}).items():
        for name in (code, *(labels_of(word).values() if isinstance(word, Text) else (str(word),))):
            codes[name.casefold()] = code
    return codes


def labels_of_words(column: SheetColumn) -> dict[str, str]:
    """Give the words that a column takes, in every language."""
    words: Iterable[Any] = (column.words or {}).values()
    named = [labels_of(word) if isinstance(word, Text) else dict.fromkeys(LANGUAGES, str(word)) for word in words]
    return {"zh-CN": "、".join(word["zh-CN"] for word in named), "en": ", ".join(word["en"] for word in named)}


def _flag(cell: str) -> bool:
    word = cell.casefold()
    yes = {name.casefold() for label in (YES,) for name in labels_of(Text(label)).values()}
    no = {name.casefold() for label in (NO,) for name in labels_of(Text(label)).values()}
    if word in TRUE | yes:
        return True
    if word in FALSE | no:
        return False
    raise ValueError(Said(zh="必须是“是”或“否”", en="must be yes or no"))


def _number(cell: str, *, whole: bool) -> int | float:
    text = cell.replace(",", "").replace("，", "").replace(" ", "")
    if not _NUMBER.fullmatch(text):
        raise ValueError(Said(zh="不是数字", en="is no number"))
    number = float(text)
    if whole and not number.is_integer():
        raise ValueError(Said(zh="必须是整数", en="must be a whole number"))
    return int(number) if whole else number


def _moment(cell: str, zone: ZoneInfo) -> datetime:
    text = cell.replace("/", "-").replace("年", "-").replace("月", "-").replace("日", "").strip()
    text = re.sub(r"\b(\d{4})-(\d{1,2})-(\d{1,2})", lambda m: f"{m[1]}-{int(m[2]):02d}-{int(m[3]):02d}", text)
    text = re.sub(r"(?<= )(\d):", r"0\1:", text)
    try:
        moment = datetime.fromisoformat(text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(
            Said(zh="不是日期时间，例如 2026-11-21 08:30", en="is no date and time such as 2026-11-21 08:30")
        ) from None
