"""Reading spreadsheets that people bring, within hard limits, in a process of its own (`reader`): no scan waits for it.

What is refused is refused as VALIDATION_ERROR of the field `file`, with what is wrong and what to do in both languages.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from fiducial.kit.refusals import Refused, Said, bad_field

MEGABYTE = 1024 * 1024
_at_once = threading.Semaphore(2)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may hold. Rows count from the first of the file; `seconds` and `memory` are those of the reading process."""

    rows: int = 50_001
    columns: int = 100
    cell: int = 2_000
    characters: int = 64 * MEGABYTE
    sheets: int = 20
    entries: int = 2_000
    unpacked: int = 200 * MEGABYTE
    ratio: int = 100
    seconds: int = 30
    memory: int = 1536 * MEGABYTE


@dataclass(frozen=True, slots=True)
class Grid:
    """The cells of a file as texts; `rows[0]` is row 1 of the file, empty cells at the end of a row are left out."""

    rows: list[list[str]]


def read_grid_now(content: bytes, limits: Limits | None = None) -> Grid:
    """Give the cells of a CSV file (UTF-8 or GB18030) or of the first sheet of an XLSX file. For threads that may wait.

    Formulas count as the value that is stored with them. Refuses VALIDATION_ERROR of `file`.
    """
    limits = limits or Limits()
    command = [sys.executable, "-P", "-m", "fiducial.kit.sheets.reader", orjson.dumps(asdict(limits)).decode()]
    with _at_once:
        try:
            done = subprocess.run(command, input=content, capture_output=True, timeout=limits.seconds + 5, check=False)  # noqa: S603
        except subprocess.TimeoutExpired:
            raise _refusal("TOO_LONG", {"seconds": limits.seconds}) from None
    if done.returncode != 0:  # killed by its limits, or broken by the file
        raise _refusal("UNREADABLE", {})
    rows: list[list[str]] = []
    for line in done.stdout.splitlines():
        part = orjson.loads(line)
        if isinstance(part, dict):
            raise _refusal(part["fault"], part["facts"])
        rows.extend(part)
    while rows and not rows[-1]:
        rows.pop()
    if not rows:
        raise _refusal("EMPTY", {})
    return Grid(rows)


async def read_grid(content: bytes, limits: Limits | None = None) -> Grid:
    """Do as `read_grid_now`, while the event loop goes on."""
    return await asyncio.to_thread(read_grid_now, content, limits)


def _refusal(code: str, facts: dict[str, Any]) -> Refused:
    return bad_field("file", _REASONS[code](facts))


_REASONS: dict[str, Callable[[dict[str, Any]], Said]] = {
    "EMPTY": lambda _: Said(zh="文件是空的", en="the file is empty"),
    "OLD_OR_LOCKED": lambda _: Said(
        zh="旧版 .xls 或有密码保护的文件，请另存为无密码的 .xlsx 或 CSV",
        en="an old .xls file, or one locked by a password; save it as .xlsx without a password, or as CSV",
    ),
    "UNREADABLE": lambda _: Said(
        zh="无法读取：不是完好的 .xlsx 或 CSV 文件", en="it cannot be read: this is no sound .xlsx or CSV file"
    ),
    "ENCODING": lambda _: Said(
        zh="文字编码无法识别，请另存为“CSV UTF-8”或 .xlsx",
        en='its encoding is not known; save it as "CSV UTF-8" or as .xlsx',
    ),
    "PACKED_TOO_MUCH": lambda _: Said(
        zh="解压后的内容异常庞大，已拒绝读取", en="what it would unpack to is out of all proportion; it was not opened"
    ),
    "ENTITIES": lambda _: Said(
        zh="文件含有 DOCTYPE 或实体声明，已拒绝读取",
        en="it declares a DOCTYPE or entities, which no spreadsheet does; it was not opened",
    ),
    "TOO_MANY_SHEETS": lambda facts: Said(
        zh=f"工作表超过 {facts['sheets']} 个", en=f"it has more than {facts['sheets']} sheets"
    ),
    "TOO_MANY_ROWS": lambda facts: Said(
        zh=f"超过 {facts['rows']} 行，请拆分文件；多余的空行请删除",
        en=f"it has more than {facts['rows']} rows; split it, and delete empty rows at its end",
    ),
    "TOO_MANY_COLUMNS": lambda facts: Said(
        zh=f"第 {facts['row']} 行超过 {facts['columns']} 列",
        en=f"row {facts['row']} has more than {facts['columns']} columns",
    ),
    "CELL_TOO_LONG": lambda facts: Said(
        zh=f"单元格内容过长（最多 {facts['characters']} 个字符）"
        + (f"：第 {facts['row']} 行第 {facts['column']} 列" if facts["row"] else ""),
        en=f"a cell is too long (at most {facts['characters']} characters)"
        + (f": row {facts['row']}, column {facts['column']}" if facts["row"] else ""),
    ),
    "TOO_LONG": lambda facts: Said(
        zh=f"读取超过 {facts['seconds']} 秒，已中止，请拆分文件",
        en=f"reading took more than {facts['seconds']} seconds; split the file",
    ),
}
