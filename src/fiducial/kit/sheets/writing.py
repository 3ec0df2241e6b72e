"""Writing spreadsheets: XLSX in constant memory, instants in the plant's zone, and no cell that a spreadsheet would run.

A text that somebody typed may begin with `=` or `@`; in XLSX it is written as a text and marked so (the quote prefix), in CSV it
gets an apostrophe before it. Nothing is written as a formula or a link, whatever it looks like.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import IO, Any
from zoneinfo import ZoneInfo

from fiducial.kit.sheets.columns import NO, YES, SheetColumn
from fiducial.kit.text import Text, gettext

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run, or take for the beginning of it
LONGEST_CELL, LONGEST_CHOICE, MOST_OFFERED = 32_767, 255, 10_000
MOST_ROWS = 1_048_575  # of one sheet, below its heading
_NO_SHEET_NAME = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))
_EARLIEST_YEAR = 1901  # a spreadsheet's calendar begins in 1900, and that year in every zone a year later


def as_text(value: str) -> str:
    """Give a text for a CSV cell such that no spreadsheet runs it; `reader` takes exactly that apostrophe away again."""
    return f"'{value}" if value.lstrip("'").startswith(FORMULA) else value


def local(value: str, zone: ZoneInfo) -> datetime | str:
    """Give an instant of the wire as wall-clock time of the zone; a text that is no instant stays what it is."""
    try:
        moment = datetime.fromisoformat(value).astimezone(zone).replace(tzinfo=None)
    except (ValueError, OverflowError):
        return value
    return moment if moment.year >= _EARLIEST_YEAR else moment.isoformat(sep=" ", timespec="seconds")


class Workbook:
    """An XLSX file with one sheet, written row by row into a file that is given; memory does not grow with the rows.

    What is not finished yet lies in `folder`; a whole file that is given up is gone with it.
    """

    def __init__(
        self, file: IO[bytes], columns: Sequence[SheetColumn], *, title: str, zone: str, folder: str | None = None
    ) -> None:
        self._columns, self._zone, self._row = columns, ZoneInfo(zone), 0
        import xlsxwriter  # a tenth of a second, at the first sheet and not at the start

        self._book = xlsxwriter.Workbook(file, {
            "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
            "nan_inf_to_errors": True, "tmpdir": folder,
        })  # fmt: skip
        self._sheet = self._book.add_worksheet(_sheet_name(title))
        self._quoted = self._book.add_format({"quote_prefix": True})
        self._formats = {
            "instant": self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "date": self._book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        self._head()

    def _head(self) -> None:
        bold = self._book.add_format({"bold": True, "bottom": 1, "bg_color": "#EEF2F6"})
        for place, column in enumerate(self._columns):
            wide = 20 if column.kind == "instant" else column.width
            self._sheet.set_column(place, place, wide)
            self._sheet.write_string(0, place, str(column.label), bold)
        self._sheet.freeze_panes(1, 0)

    def next_sheet(self, columns: Sequence[SheetColumn], title: str) -> None:
        """Finish this sheet and begin another; a name that is taken is a fault of whoever names them."""
        self._end_sheet()
        self._columns, self._row = columns, 0
        self._sheet = self._book.add_worksheet(_sheet_name(title))
        self._head()

    def add(self, items: Iterable[Mapping[str, Any]]) -> None:
        """Write one row for each item, in the language that is spoken."""
        for item in items:
            self._row += 1
            for place, column in enumerate(self._columns):
                self._cell(place, column, column.shown(item))

    def _cell(self, place: int, column: SheetColumn, value: Any) -> None:
        if value is None or value == "":
            return
        if column.kind in ("instant", "date") and isinstance(value, str):
            value = local(value, self._zone)
        if isinstance(value, datetime):
            self._sheet.write_datetime(self._row, place, value, self._formats[column.kind])
        elif isinstance(value, int | float):
            self._sheet.write_number(self._row, place, value)
        else:
            text = str(value)[:LONGEST_CELL]
            self._sheet.write_string(self._row, place, text, self._quoted if text.startswith(FORMULA) else None)

    def say(self, sentence: str) -> None:
        """Write a sentence below the rows: that there is more than was written, say."""
        self._row += 2
        self._sheet.write_string(self._row, 0, sentence)

    def offer(self, place: int, words: Sequence[str]) -> None:
        """Let the rows of a column be chosen from words."""
        self._sheet.data_validation(
            1, place, MOST_OFFERED, place, {"validate": "list", "source": list(words), "error_type": "warning"}
        )

    def close(self) -> None:
        """Finish the file."""
        self._end_sheet()
        self._book.close()

    def _end_sheet(self) -> None:
        self._sheet.autofilter(0, 0, max(self._row, 1), max(len(self._columns) - 1, 0))


def _sheet_name(title: str) -> str:
    return title.translate(_NO_SHEET_NAME).strip()[:31] or "1"


def csv_head(columns: Sequence[SheetColumn]) -> bytes:
    """Give the first line of a CSV file, with the mark by which spreadsheets know UTF-8."""
    return ("\ufeff" + _line([str(column.label) for column in columns])).encode()


def csv_lines(columns: Sequence[SheetColumn], items: Iterable[Mapping[str, Any]], *, zone: str) -> bytes:
    """Give the lines of a CSV file for some items, in the language that is spoken; instants as wall-clock time of the zone."""
    place = ZoneInfo(zone)
    return "".join(_line([_csv_cell(column, item, place) for column in columns]) for item in items).encode()


def _csv_cell(column: SheetColumn, item: Mapping[str, Any], zone: ZoneInfo) -> Any:
    value = column.shown(item)
    if column.kind in ("instant", "date") and isinstance(value, str):
        moment = local(value, zone)
        if isinstance(moment, datetime):
            return (
                moment.isoformat(sep=" ", timespec="seconds") if column.kind == "instant" else moment.date().isoformat()
            )
    return as_text(value) if isinstance(value, str) else value


def _line(cells: Sequence[Any]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def template_of(
    file: IO[bytes], columns: Sequence[SheetColumn], must: Collection[str], *, title: str, zone: str
) -> None:
    """Write an empty sheet to be filled: headings with a star where a value must stand, and choices where there are words."""
    book = Workbook(file, [replace(column, label=Starred(column.label.message)) if column.field in must else column for column in columns],
                    title=title, zone=zone)  # fmt: skip
    for place, column in enumerate(columns):
        words = [str(word) for word in (column.words or {}).values()] or (
            [gettext(YES), gettext(NO)] if column.kind == "flag" else []
        )
        if words and len(",".join(words)) <= LONGEST_CHOICE:
            book.offer(place, words)
    book.close()


class Starred(Text):
    """A heading under which a value must stand."""

    def __str__(self) -> str:
        return f"{gettext(self.message)} *"
