"""The reader of spreadsheets that people bring: a process of its own, `python -m fiducial.kit.sheets.reader`.

A file from outside may be anything: a bomb of zeros, cells at the far corner of a sheet, a document that names files of ours. So it is
opened in a process that has little memory and little time and may hurt nobody. The file comes in on stdin; out goes either one line
`{"fault": …}` or lines of rows, each row a list of texts as they stand in the file, from its first row on.
"""

from __future__ import annotations

import csv
import io
import json
import re
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
PART = 500  # rows in a line of the answer
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what a spreadsheet would run
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,4})([0-9]{1,10})["']""")
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)
_LOCAL_HEADER = struct.Struct("<4s5H3I2H")
SMALL = 10 * 1024 * 1024  # what unpacks to less is no bomb, whatever its ratio


class Fault(Exception):
    """The file is not taken. `facts` are told to the person."""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code, self.facts = code, facts


def read(content: bytes, limits: dict[str, int]) -> Iterator[list[str]]:
    """Give the rows of a CSV file or of the first sheet of an XLSX file. Raises `Fault`."""
    if not content.strip():
        raise Fault("EMPTY")
    if content.startswith(OLE):
        raise Fault("OLD_OR_LOCKED")
    rows = _xlsx(content, limits) if content.startswith(ZIP) else _csv(content, limits)
    return _limited(rows, limits)


def _limited(rows: Iterable[Sequence[str]], limits: dict[str, int]) -> Iterator[list[str]]:
    """Give the rows without the empty cells at their ends, as long as they keep within the limits."""
    left = limits["characters"]
    for number, row in enumerate(rows, 1):
        cells = list(row)
        while cells and not cells[-1]:
            cells.pop()
        if cells and number > limits["rows"]:
            raise Fault("TOO_MANY_ROWS", rows=limits["rows"])
        if len(cells) > limits["columns"]:
            raise Fault("TOO_MANY_COLUMNS", columns=limits["columns"], row=number)
        for place, cell in enumerate(cells, 1):
            left -= len(cell)
            if len(cell) > limits["cell"] or left < 0:
                raise Fault("CELL_TOO_LONG", characters=limits["cell"], row=number, column=place)
        if cells or number <= limits["rows"]:
            yield cells


# ---- CSV ------------------------------------------------------------------------------------------------------------


def _csv(content: bytes, limits: dict[str, int]) -> Iterator[list[str]]:
    text = _decoded(content)
    csv.field_size_limit(limits["cell"] * 4)
    delimiter = max(",;\t", key=text[:20_000].count)
    try:
        yield from (
            [_plain(cell.strip()) for cell in row]
            for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        )
    except csv.Error:
        raise Fault("CELL_TOO_LONG", characters=limits["cell"], row=None, column=None) from None


def _plain(cell: str) -> str:
    """Give a cell without the apostrophe that kept a spreadsheet from running it (`writing.as_text`)."""
    return cell[1:] if cell.startswith("'") and cell.lstrip("'").startswith(FORMULA) else cell


def _decoded(content: bytes) -> str:
    if b"\x00" in content:
        raise Fault("UNREADABLE")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding == "gb18030" and re.search("[\ue000-\uf8ff\x80-\x9f]", text):
            continue  # private characters: another encoding that happens to decode
        return text
    raise Fault("ENCODING")


# ---- XLSX -----------------------------------------------------------------------------------------------------------


def _xlsx(content: bytes, limits: dict[str, int]) -> Iterator[list[str]]:
    _must_be_harmless(content, limits)
    import python_calamine

    try:
        book = python_calamine.load_workbook(io.BytesIO(content))
        names = book.sheet_names
        if len(names) > limits["sheets"]:
            raise Fault("TOO_MANY_SHEETS", sheets=limits["sheets"])
        rows = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except Fault:
        raise
    except BaseException:  # noqa: BLE001 - a broken file shows itself in many ways, a panic among them
        raise Fault("UNREADABLE") from None
    for row in rows:
        yield [_as_text(value) for value in row]


def _must_be_harmless(content: bytes, limits: dict[str, int]) -> None:
    """Refuse what unpacks to too much, what is locked, what declares entities, and cells beyond the limits.

    The directory of the archive is judged first, and then what really comes out, for a directory may lie.
    """
    try:
        entries = zipfile.ZipFile(io.BytesIO(content)).infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise Fault("UNREADABLE") from None
    packed, unpacked = sum(entry.compress_size for entry in entries), sum(entry.file_size for entry in entries)
    if any(entry.flag_bits & 1 for entry in entries):
        raise Fault("OLD_OR_LOCKED")
    if len(entries) > limits["entries"] or unpacked > limits["unpacked"] or packed > len(content):
        raise Fault("PACKED_TOO_MUCH")
    if unpacked > SMALL and unpacked > limits["ratio"] * len(content):
        raise Fault("PACKED_TOO_MUCH")
    for entry in entries:
        inside = _unpacked(content, entry)
        if _DOCTYPE.search(inside):
            raise Fault("ENTITIES")
        if entry.filename.lower().endswith(".xml"):
            _must_lie_within(inside, limits)


def _unpacked(content: bytes, entry: zipfile.ZipInfo) -> bytes:
    """Give one entry, never more of it than its directory says."""
    try:
        fields = _LOCAL_HEADER.unpack_from(content, entry.header_offset)
    except struct.error:
        raise Fault("UNREADABLE") from None
    start = entry.header_offset + _LOCAL_HEADER.size + fields[9] + fields[10]
    packed = content[start : start + entry.compress_size]
    if entry.compress_type == zipfile.ZIP_STORED:
        return packed
    if entry.compress_type != zipfile.ZIP_DEFLATED:
        raise Fault("UNREADABLE")
    machine = zlib.decompressobj(-15)
    try:
        inside = machine.decompress(packed, entry.file_size + 1)
    except zlib.error:
        raise Fault("UNREADABLE") from None
    if len(inside) != entry.file_size:
        raise Fault("PACKED_TOO_MUCH")
    return inside


def _must_lie_within(inside: bytes, limits: dict[str, int]) -> None:
    for letters, digits in _CELL.findall(inside):
        if int(digits) > limits["rows"] and (letters or int(digits) <= 1_048_576):
            raise Fault("TOO_MANY_ROWS", rows=limits["rows"])
        if letters and _column(letters) > limits["columns"]:
            raise Fault("TOO_MANY_COLUMNS", columns=limits["columns"], row=int(digits))


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _as_text(value: Any) -> str:
    """Give a cell as a person reads it: whole numbers without a point, instants as ISO wall-clock time."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value).strip()


# ---- the process ----------------------------------------------------------------------------------------------------


def _confine(limits: dict[str, int]) -> None:
    """Take from this process what a hostile file would use. Where the system cannot, the time limit of the parent remains."""
    try:
        import resource
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (limits["memory"], limits["memory"]))
    resource.setrlimit(resource.RLIMIT_CPU, (limits["seconds"], limits["seconds"]))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def _say(line: Any) -> None:
    sys.stdout.write(json.dumps(line) + "\n")


def main() -> None:
    """Read stdin, write rows or a fault to stdout."""
    limits: dict[str, int] = json.loads(sys.argv[1])
    _confine(limits)
    out: list[list[list[str]]] = []
    try:
        part: list[list[str]] = []
        for row in read(sys.stdin.buffer.read(), limits):
            part.append(row)
            if len(part) == PART:
                out.append(part)
                part = []
        out.append(part)
    except Fault as fault:
        _say({"fault": fault.code, "facts": fault.facts})
        return
    except MemoryError:
        _say({"fault": "PACKED_TOO_MUCH", "facts": {}})
        return
    for part in out:
        _say(part)


if __name__ == "__main__":
    main()
