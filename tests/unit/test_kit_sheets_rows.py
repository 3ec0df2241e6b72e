"""Rows of a sheet: headings in either language, cells as people write them, and each faulty cell named with its reason."""

from __future__ import annotations

from typing import Literal

import pytest

from fiducial.kit.http.shapes import Body, Instant, Key, Name
from fiducial.kit.refusals import Refused
from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.sheets.reading import Grid
from fiducial.kit.sheets.rows import SheetRows, read_rows
from fiducial.kit.text import Text


class Reel(Body):
    code: Key
    name: Name
    pieces: int = 0
    weight: float | None = None
    is_good: bool = True
    kind: Literal["ERP", "MES"] = "MES"
    at: Instant | None = None
    parts: list[Key] = []


COLUMNS = (
    SheetColumn("code", Text("Code")), SheetColumn("name", Text("Name shown")), SheetColumn("pieces", Text("Pieces"), "whole"),
    SheetColumn("weight", Text("Weight"), "number"), SheetColumn("isGood", Text("In use"), "flag"),
    SheetColumn("kind", Text("Source"), "words", {"ERP": Text("ERP"), "MES": Text("Made here")}),
    SheetColumn("at", Text("Use by"), "instant"), SheetColumn("parts", Text("Further equipment"), "list"),
)  # fmt: skip


def read(*rows: list[str]) -> SheetRows[Reel]:
    return read_rows(Grid(list(rows)), COLUMNS, Reel, zone="Asia/Shanghai")


def test_cells_are_understood_as_people_write_them() -> None:
    (row,) = read(
        [], ["code", "Name shown", "pieces", "weight", "启用", " SOURCE*", "Use by", "parts"],
        ["R-1", "Reel", "1,200", "0.5", "否", "made here", "2027/1/31 8:30", "A，B、C"],
    ).rows  # fmt: skip
    assert row.number == 3
    assert row.body.model_dump(exclude={"at"}) == {
        "code": "R-1", "name": "Reel", "pieces": 1200, "weight": 0.5, "is_good": False, "kind": "MES", "parts": ["A", "B", "C"],
    }  # fmt: skip
    assert row.body.at is not None
    assert row.body.at.isoformat() == "2027-01-31T00:30:00+00:00"


def test_an_empty_cell_is_a_field_left_out() -> None:
    (row,) = read(["code", "name", "pieces"], ["R-1", "Reel", ""]).rows
    assert row.body.given().keys() == {"code", "name"}


def test_every_faulty_cell_is_named_with_row_column_value_and_reason_in_both_languages() -> None:
    found = read(
        ["code", "name", "pieces", "isGood", "kind", "at"],
        ["R-1", "Reel", "1.5", "maybe", "TPM", "soon"],
        ["", "x" * 101, "", "", "", ""],
        ["R-3", "Reel", "", "", "", ""],
    )
    assert [row.number for row in found.rows] == [4]
    assert found.count == 3
    assert [(fault.row, fault.column, fault.value[:5]) for fault in found.faults] == [
        (2, "pieces", "1.5"), (2, "isGood", "maybe"), (2, "kind", "TPM"), (2, "at", "soon"), (3, "code", ""), (3, "name", "xxxxx"),
    ]  # fmt: skip
    for fault in found.faults:
        assert fault.reason
        assert fault.reason.zh != str(fault.reason)


def test_headings_that_mean_nothing_are_told_and_left_out() -> None:
    assert read(["code", "name", "Colour"], ["R-1", "Reel", "red"]).ignored == ["Colour"]


@pytest.mark.parametrize(("headings", "said"), [(["code"], "Name shown"), (["code", "Code", "name"], "twice")])
def test_a_sheet_whose_headings_are_wrong_is_refused(headings: list[str], said: str) -> None:
    with pytest.raises(Refused) as refused:
        read(headings, ["R-1"])
    assert said in refused.value.details["fields"][0]["reason"]
