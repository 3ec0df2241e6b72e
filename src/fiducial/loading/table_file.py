"""A station table as a file (QR-Pro-121, spec 04.3): what its cells say, or what is wrong with them. Nothing of the plant is asked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from fiducial.loading.finding import without_space
from fiducial.loading.shapes import MOST_DESIGNATORS

MOST_ROWS = 2000
LONGEST_CODE = 64
_NAMES: dict[str, tuple[str, ...]] = {
    "slotCode": ("站位", "station", "slotcode"), "materialCode": ("零件p/n", "零件", "partp/n", "materialcode"),
    "unitConsumption": ("单耗", "usage", "unitconsumption"), "isCommonMaterial": ("共用料", "common", "iscommonmaterial"),
    "isAlternate": ("替代料", "alternate", "isalternate"), "priority": ("优先级", "priority"), "slotName": ("站位名称", "slotname"),
    "position": ("顺序", "position"), "machineNo": ("机台", "machineno"), "refDes": ("位号", "refdes"),
}  # fmt: skip
_FIELD_OF = {name: field_ for field_, names in _NAMES.items() for name in names}
_PROGRAM = ("程式名称", "program", "programname")
_TICKS = ("✓", "√", "v", "V")
_YES, _NO = ("Y", "y", "是", "1"), ("N", "n", "否", "0", "")
_NUMBER = re.compile(r"\d{1,7}(\.\d{1,4})?|\.\d{1,4}")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table; `number` is its row in the file."""

    number: int
    slot_code: str
    material_code: str
    unit_consumption: float | None
    is_common: bool
    is_alternate: bool
    priority: int
    ref_des: tuple[str, ...]
    slot_name: str | None
    machine_no: str | None
    position: int | None


@dataclass(slots=True)
class TableFile:
    """What a file says, and its faults as `{path, reason, value}`."""

    rows: list[Row] = field(default_factory=list)
    faults: list[dict[str, str]] = field(default_factory=list)
    program: str | None = None


def read_table(grid: Sequence[Sequence[str]]) -> TableFile:
    """Read the cells of a file. A row of names that holds a station and a part column begins the table; what stands before it are pairs."""
    found = TableFile()
    head = next((at for at, cells in enumerate(grid) if {"slotCode", "materialCode"} <= set(_fields(cells))), None)
    if head is None:
        found.faults.append({"path": "file", "reason": "HEADER_NOT_FOUND", "value": ""})
        return found
    found.program = _program(grid[:head])
    blocks = _blocks(_fields(grid[head]))
    if sum(1 for _ in _cells(grid, head, blocks)) > MOST_ROWS:
        found.faults.append({"path": "file", "reason": "TOO_MANY_ROWS", "value": ""})
        return found
    for number, cells in _cells(grid, head, blocks):
        row = _row(found, number, cells)
        if row is not None:
            found.rows.append(row)
    _repeats(found)
    return found


def _fields(cells: Sequence[str]) -> list[str | None]:
    return [_FIELD_OF.get("".join(cell.split()).casefold()) for cell in cells]


def _program(lines: Sequence[Sequence[str]]) -> str | None:
    for cells in lines:
        for name, value in zip(cells, [*cells[1:], ""], strict=True):
            if "".join(name.split()).casefold().rstrip(":：") in _PROGRAM and value.strip():
                return value.strip()[:100]
    return None


def _blocks(fields: Sequence[str | None]) -> list[dict[str, int]]:
    """Give the columns of each block: a name that comes again begins a further one."""
    blocks: list[dict[str, int]] = [{}]
    for place, name in enumerate(fields):
        if name is None:
            continue
        if name in blocks[-1]:
            blocks.append({})
        blocks[-1][name] = place
    return [block for block in blocks if "slotCode" in block and "materialCode" in block]


def _cells(
    grid: Sequence[Sequence[str]], head: int, blocks: Sequence[dict[str, int]]
) -> Iterator[tuple[int, dict[str, str]]]:
    """Give the cells of every row that says something, block after block."""
    for block in blocks:
        for at in range(head + 1, len(grid)):
            line = grid[at]
            cells = {name: line[place].strip() if place < len(line) else "" for name, place in block.items()}
            if any(cells.values()):
                yield at + 1, cells


def _row(found: TableFile, number: int, cells: dict[str, str]) -> Row | None:
    before = len(found.faults)

    def fault(name: str, reason: str) -> None:
        found.faults.append({"path": f"rows[{number}].{name}", "reason": reason, "value": cells.get(name, "")[:100]})

    slot, material = without_space(cells.get("slotCode", "")), cells.get("materialCode", "")
    if not slot or len(slot) > LONGEST_CODE:
        fault("slotCode", "SLOT_REQUIRED")
    if not material or len(material) > LONGEST_CODE:
        fault("materialCode", "MATERIAL_REQUIRED")
    usage, text = None, cells.get("unitConsumption", "")
    if text and text not in _TICKS:
        if _NUMBER.fullmatch(text):
            usage = float(text)
        else:
            fault("unitConsumption", "USAGE_INVALID")
    for name in ("isCommonMaterial", "isAlternate"):
        if cells.get(name, "") not in (*_YES, *_NO):
            fault(name, "FLAG_INVALID")
    priority = cells.get("priority", "") or "1"
    if not (priority.isascii() and priority.isdigit() and 1 <= int(priority[:4]) <= 99):
        fault("priority", "PRIORITY_INVALID")
    if len(found.faults) > before:
        return None
    position = cells.get("position", "")
    return Row(
        number, slot, material, usage, cells.get("isCommonMaterial", "") in _YES, cells.get("isAlternate", "") in _YES, int(priority),
        tuple(re.split(r"[,，\s]+", cells["refDes"]))[:MOST_DESIGNATORS] if cells.get("refDes") else (),
        cells.get("slotName", "")[:100] or None, cells.get("machineNo", "")[:LONGEST_CODE] or None,
        int(position) if position.isascii() and position.isdigit() and len(position) < 6 else None,
    )  # fmt: skip


def _repeats(found: TableFile) -> None:
    """Name rows that say the same twice, and a second primary of a slot."""
    seen: set[tuple[str, str]] = set()
    primaries: set[str] = set()
    for row in found.rows:
        if (row.slot_code, row.material_code) in seen:
            found.faults.append(
                {"path": f"rows[{row.number}].materialCode", "reason": "DUPLICATE_ROW", "value": row.material_code}
            )
            continue
        seen.add((row.slot_code, row.material_code))
        if not row.is_alternate:
            if row.slot_code in primaries:
                found.faults.append(
                    {"path": f"rows[{row.number}].isAlternate", "reason": "PRIMARY_DUPLICATE", "value": row.slot_code}
                )
            primaries.add(row.slot_code)
