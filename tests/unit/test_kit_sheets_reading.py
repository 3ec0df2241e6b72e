"""Files that people bring, and files that nobody should: what is sound is read, all else is refused with what to do."""

from __future__ import annotations

import io
import random
import struct
import time
import zipfile
import zlib
from contextlib import suppress
from typing import Any

import pytest
import xlsxwriter

from fiducial.kit.refusals import Refused
from fiducial.kit.sheets.reading import Limits, read_grid_now

SMALL = Limits(rows=20, columns=5, cell=50)


def workbook(*rows: list[Any], sheets: int = 1) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        for number in range(sheets):
            sheet = book.add_worksheet()
            for at, row in enumerate(rows if number == 0 else ()):
                sheet.write_row(at, 0, row)
    return file.getvalue()


def repacked(content: bytes, **changed: bytes) -> bytes:
    """A workbook with some of its parts exchanged; `sheet1` and `strings` name the usual ones."""
    names = {"sheet1": "xl/worksheets/sheet1.xml", "strings": "xl/sharedStrings.xml"}
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(
                name, changed.pop(next((k for k, v in names.items() if v == name), name), None) or old.read(name)
            )
        for name, data in changed.items():
            new.writestr(name, data)
    return out.getvalue()


def sheet_of(cells: str) -> bytes:
    return (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        f"{cells}</sheetData></worksheet>"
    ).encode()


def why(content: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(Refused) as refused:
        read_grid_now(content, limits)
    assert refused.value.code == "VALIDATION_ERROR"
    (field,) = refused.value.details["fields"]
    assert field["path"] == "file"
    assert field["reason"].zh != str(field["reason"])
    return str(field["reason"])


def test_a_workbook_is_read_as_a_person_sees_it() -> None:
    rows = read_grid_now(workbook(["code", "qty"], ["R-10K", 12], ["R-22K", 0.1], [], ["C", True])).rows
    assert rows == [["code", "qty"], ["R-10K", "12"], ["R-22K", "0.1"], [], ["C", "TRUE"]]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_a_csv_file_is_read_in_the_encodings_and_separators_of_the_plant(encoding: str, delimiter: str) -> None:
    text = f'编号{delimiter}名称\r\nR-10K{delimiter}"电阻{delimiter} 10K\n贴片"\r\n'
    assert read_grid_now(text.encode(encoding)).rows == [["编号", "名称"], ["R-10K", f"电阻{delimiter} 10K\n贴片"]]


def test_a_formula_counts_as_the_value_that_is_stored_with_it_and_is_never_run() -> None:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["code", "name"])
        sheet.write_formula(1, 0, "=1+1", None, 2)
        sheet.write_formula(1, 1, '=WEBSERVICE("http://evil.example")', None, "kept")
    assert read_grid_now(file.getvalue()).rows[1] == ["2", "kept"]


def test_a_cell_of_csv_that_looks_like_a_formula_is_a_text() -> None:
    assert read_grid_now(b"code\n=cmd|' /C calc'!A0\n").rows[1] == ["=cmd|' /C calc'!A0"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "empty"),
        (b"  \r\n \r\n", "empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "old .xls"),
        (b"PK\x03\x04 and then nothing", "no sound"),
        (b"code\x00name\n", "no sound"),
        ("编号,名称\n".encode("utf-16"), "no sound"),
        ("Größe,é,ÿ\n".encode("latin-1"), "encoding"),
        (b"\xff\xfe\xfd\xfc", "encoding"),
        (random.Random(7).randbytes(3000).replace(b"\x00", b"\x81"), "encoding"),
        (b"%PDF-1.7\n" + bytes(range(128, 256)) * 8, "encoding"),
    ],
    ids=["empty", "blank", "xls", "half-a-zip", "nul", "utf-16", "latin-1", "marks", "noise", "pdf"],
)
def test_what_is_no_table_is_refused_with_what_to_do(content: bytes, said: str) -> None:
    assert said in why(content)


def test_more_than_the_limits_is_refused_by_name() -> None:
    assert "more than 20 rows" in why(b"a\n" * 21, SMALL)
    assert "row 1 has more than 5 columns" in why(b"a,a,a,a,a,a\n", SMALL)
    assert "row 2, column 3" in why(b"a,a,a\nb,b," + b"x" * 51, SMALL)
    assert "more than 20 rows" in why(workbook(*[["a"]] * 21), SMALL)
    assert "more than 20 sheets" in why(workbook(["a"], sheets=21))


def test_a_zip_bomb_is_not_opened() -> None:
    began = time.monotonic()
    zeros = b"0" * (210 * 1024 * 1024)
    bomb = repacked(workbook(["a"]), **{"xl/media/image1.bin": zeros})
    assert len(bomb) < 1_000_000
    assert "out of all proportion" in why(bomb)
    assert "out of all proportion" in why(repacked(workbook(["a"]), sheet1=sheet_of("<row/>" + " " * 30_000_000)))
    assert time.monotonic() - began < 15


def test_a_bomb_whose_directory_lies_about_its_size_is_found_by_what_comes_out() -> None:
    content = bytearray(repacked(workbook(["a"]), **{"xl/media/image1.bin": b"0" * 40_000_000}))
    at = content.rindex(b"xl/media/image1.bin") - 46  # its entry in the directory
    assert content[at : at + 4] == b"PK\x01\x02"
    content[at + 16 : at + 20] = struct.pack("<I", zlib.crc32(b"0" * 1000))
    content[at + 24 : at + 28] = struct.pack("<I", 1000)
    assert "out of all proportion" in why(bytes(content))


def test_entries_that_share_their_content_are_refused() -> None:
    content = bytearray(repacked(workbook(["a"]), **{"xl/a.bin": random.Random(1).randbytes(50_000), "xl/b.bin": b"b"}))
    first, second = content.rindex(b"xl/a.bin") - 46, content.rindex(b"xl/b.bin") - 46
    content[second + 16 : second + 28] = content[first + 16 : first + 28]
    content[second + 42 : second + 46] = content[first + 42 : first + 46]
    assert why(bytes(content))


def test_an_entity_is_never_resolved() -> None:
    passwd = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>'
    strings = (
        passwd + b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>&xxe;</t></si></sst>'
    )
    assert "DOCTYPE" in why(repacked(workbook(["a"]), strings=strings))
    laughs = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>' + sheet_of("&b;")[21:]
    assert "DOCTYPE" in why(repacked(workbook(["a"]), sheet1=laughs))


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="XFD1"><v>1</v></c></row>',
        '<row r="1048576"><c><v>1</v></c></row>',
        "<row r='9999999'><c r='A9999999'><v>1</v></c></row>",
    ],
    ids=["corner", "column", "row", "beyond"],
)
def test_a_cell_at_the_far_corner_does_not_fill_the_memory(cells: str) -> None:
    """Readers make a full table of what lies between: 17 thousand million cells."""
    began = time.monotonic()
    assert "more than" in why(repacked(workbook(["a"]), sheet1=sheet_of(cells)))
    assert time.monotonic() - began < 5


def test_a_locked_entry_is_said_to_be_locked() -> None:
    content = bytearray(workbook(["a"]))
    at = content.index(b"PK\x01\x02")
    content[at + 8] |= 1
    assert "password" in why(bytes(content))


def test_whatever_is_broken_in_a_workbook_it_is_refused_and_nothing_else_happens() -> None:
    good, chance = workbook(["code", "name"], ["a", "b"]), random.Random(20261126)
    for _ in range(6):
        broken = bytearray(good)
        for _ in range(chance.randrange(1, 12)):
            broken[chance.randrange(4, len(broken))] = chance.randrange(256)
        with suppress(Refused):  # anything else would be a fault of ours
            read_grid_now(bytes(broken))


def test_a_long_file_is_read_in_time() -> None:
    began = time.monotonic()
    rows = read_grid_now(b"code,name,unit\n" + b"".join(b"M-%06d,Name of it,pcs\n" % n for n in range(10_000))).rows
    assert len(rows) == 10_001
    assert time.monotonic() - began < 5
