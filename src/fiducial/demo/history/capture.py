"""What a template run wrote, read back row by row, with what must change in each cell when the row is copied.

A cell changes when it holds a key of the run, an instant, or a text in which its numbers, keys or instants stand. Each row belongs to one board, to
the change of one reel, or to the run itself.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Table, Text, select, type_coerce

from fiducial.demo.history.shape import PLAYED_CODE
from fiducial.demo.history.templates import QTY, Play
from fiducial.kit import columns as c
from fiducial.kit import ids
from fiducial.kit.acting import query
from fiducial.kit.clock import from_datetime
from fiducial.kit.tx import Tx

INSTANTS = range(1_600_000_000_000, 2_500_000_000_000)
RUN = 0  # the owner of what belongs to no board

# Not copied: what only runs while the plant does, what other tables are counted from, and what the copier makes itself.
LEFT_OUT = frozenset({
    "counter", "notification", "event_work", "form_reminder", "readiness_due", "audit_context", "audit_lane", "material_lot", "yield_day",
    "idempotency_key", "setting", "equipment", "tool", "person",
})  # fmt: skip
BY_RUN = ("loaded_table", "placement_step", "tool_recorded")  # tables without a key of their own

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}"
_ISO = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3,6}Z"
_NUMBER = r"\b[A-Z]{1,6}-\d{8}-\d{4,}\b"


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a text that changes."""

    kind: str  # board, lot, run, key, wire, instant, number, quantity, code
    value: Any


@dataclass(frozen=True, slots=True)
class Known:
    """The keys of a template, and how they stand on the wire."""

    keys: set[int]
    wires: dict[str, int]


@dataclass(slots=True)
class Copied:
    """One row, and its cells that change."""

    table: str
    cells: list[Any]
    keys: tuple[tuple[int, int], ...]
    instants: tuple[tuple[int, int], ...]
    texts: tuple[tuple[int, tuple[str | Piece, ...]], ...]


@dataclass(slots=True)
class Reel:
    """One slot of a template: the reel that it began with, the one that came in its place, and what was written when it was changed."""

    first: Copied
    second: Copied
    change: list[Copied] = field(default_factory=list)


@dataclass(slots=True)
class Template:
    """All rows of a template by owner: a board or the run. The boards of `fixed` were inspected, and are copied once for each run."""

    play: Play
    columns: dict[str, list[str]]
    rows: dict[int, list[Copied]] = field(default_factory=lambda: defaultdict(list))
    keys: dict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    fixed: list[int] = field(default_factory=list)
    good: list[int] = field(default_factory=list)
    repaired: list[int] = field(default_factory=list)
    scrapped: list[int] = field(default_factory=list)
    numbers: dict[int, int] = field(default_factory=dict)  # of a board in its serial
    begins: dict[int, int] = field(default_factory=dict)  # first instant of a board after the first article
    ends: dict[int, int] = field(default_factory=dict)
    lots: dict[int, str] = field(default_factory=dict)  # key of a lot to its number
    lot_rows: list[list[Any]] = field(default_factory=list)
    moments: dict[int, int] = field(default_factory=dict)  # of a key: when its row was written
    reels: list[Reel] = field(default_factory=list)
    digests: dict[int, bytes] = field(default_factory=dict)

    def place(self, table: str, column: str) -> int:
        """Give where a column stands."""
        return self.columns[table].index(column)


@query()
def read_template(tx: Tx, play: Play) -> Template:
    """Read what a template wrote."""
    found: list[tuple[str, list[Any]]] = []
    columns: dict[str, list[str]] = {}
    lots: dict[int, str] = {}
    run = tx.scalar(
        select(c.metadata.tables["run"].c.id).where(c.metadata.tables["run"].c.run_no == f"RUN-{play.token}")
    )
    for table in c.metadata.sorted_tables:
        where = _where(table, play, run)
        if where is None:
            continue
        columns[table.name] = [
            column.name for column in table.columns if column.name != "seq" or table.name != "audit_entry"
        ]
        asked = [_as_kept(table.c[name]) for name in columns[table.name]]
        for row in tx.all(select(*asked).where(where).order_by(*table.primary_key.columns)):
            if table.name == "material_lot":
                lots[row[0]] = row[columns[table.name].index("lot_no")]
            found.append((table.name, list(row)))
    template = Template(play, columns, lots=lots)
    context = c.metadata.tables["audit_context"]
    template.digests = {row.id: row.digest for row in tx.all(select(context.c.id, context.c.digest))}
    _sort(template, found)
    return template


def _where(table: Table, play: Play, run: int) -> Any:
    first, last = play.facts["firstKey"], play.facts["lastKey"]
    if table.name == "audit_entry":
        return table.c.seq.between(play.facts["firstEntry"] + 1, play.facts["lastEntry"])
    if table.name in LEFT_OUT - {"material_lot"}:
        return None
    if "id" in table.c:
        return table.c.id.between(first, last)
    return table.c.run_id == run if table.name in BY_RUN and "run_id" in table.c else None


def _as_kept(column: Any) -> Any:
    return type_coerce(column, Text).label(column.name) if isinstance(column.type, c.Json) else column


def _sort(template: Template, found: Sequence[tuple[str, list[Any]]]) -> None:
    """Tell to whom each row belongs, and what of it changes."""
    units = {cells[0]: cells for table, cells in found if table == "unit"}
    token = template.play.token
    sn = template.columns["unit"].index("sn")
    by_serial = {cells[sn]: key for key, cells in units.items()}
    template.numbers = {key: int(cells[sn].rpartition("U")[2]) for key, cells in units.items()}
    owner: dict[int, int] = {key: key for key in units}
    keys: set[int] = {
        cells[0] for table, cells in found if isinstance(cells[0], int) and template.columns[table][0] == "id"
    }
    sampled: set[int] = set()
    homes: list[int] = []
    for _again in range(2):  # what is read first may be about what is read later
        homes = [_home(table, cells, owner, by_serial, token) for table, cells in found]
        for (table, cells), home in zip(found, homes, strict=True):
            if template.columns[table][0] == "id" and home != RUN:
                owner[cells[0]] = home
            if table == "inspection_item" and home != RUN:
                sampled.add(home)
    known = Known(keys, {ids.to_wire(key): key for key in keys})
    find = re.compile(
        f"(?P<board>{token}U(?P<no>\\d+))|(?P<lot>{token}L)|(?P<run>{token})|(?P<wire>{_UUID})|(?P<instant>{_ISO})|(?P<number>{_NUMBER})"
        f'|(?P<key>\\b\\d{{17,19}}\\b)|(?P<quantity>(?<=planQty":){QTY}\\b|(?<=plannedQty":){QTY}\\b|(?<=quantity":){QTY}\\b)'
        f"|(?P<code>{PLAYED_CODE})"
    )
    for (table, cells), home in zip(found, homes, strict=True):
        if table == "material_lot":
            template.lot_rows.append(cells)
            continue
        template.rows[home].append(_changes(template, table, cells, known, find))
        if template.columns[table][0] == "id":
            template.keys[home].append(cells[0])
    _moments(template)
    _take_reels(template)
    _name_boards(template, units, sampled)


def _moments(template: Template) -> None:
    """Tell when each row was written: keys grow with time, and a row holds its instant, or one that came later."""
    last = template.play.facts["begins"]
    rows = (row for rows in template.rows.values() for row in rows if template.columns[row.table][0] == "id")
    for row in sorted(rows, key=lambda row: row.cells[0]):
        ahead = [instant for _place, instant in row.instants if instant >= last]
        last = min(ahead, default=last) if row.table != "event" else last
        template.moments[row.cells[0]] = last


def _take_reels(template: Template) -> None:
    """Take the reels, and what was written when they were changed, out of what belongs to the run."""
    if template.play.line.kind != "SMT":
        return
    slot, mine = template.place("loading_record", "slot_id"), template.rows[RUN]
    by_slot: dict[int, list[Copied]] = defaultdict(list)
    for row in mine:
        if row.table == "loading_record":
            by_slot[row.cells[slot]].append(row)
    reels = {second.cells[0]: Reel(first, second) for first, second in by_slot.values()}
    template.reels = list(reels.values())
    closes = template.play.facts["closes"]
    stay = []
    for row in mine:
        if row.table == "loading_record":
            continue
        changed = {key for key in _keys_in(row) if key in reels}
        if row.table in ("audit_entry", "event") and changed and _moment(template, row) < closes:
            reels[changed.pop()].change.append(row)
        else:
            stay.append(row)
    template.rows[RUN] = stay


def _keys_in(row: Copied) -> Iterable[int]:
    yield from (key for _place, key in row.keys)
    for _place, pieces in row.texts:
        yield from (piece.value for piece in pieces if isinstance(piece, Piece) and piece.kind in ("key", "wire"))


def _moment(template: Template, row: Copied) -> int:
    if row.table == "audit_entry":
        return int(row.cells[0])
    return template.moments[row.cells[0]]


def _home(table: str, cells: Iterable[Any], owner: dict[int, int], by_serial: dict[str, int], token: str) -> int:
    if table == "loading_record":
        return RUN  # a reel names the board it began with; it is the run's all the same
    mine = {owner[cell] for cell in cells if isinstance(cell, int) and cell in owner}
    if len(mine) == 1:
        return mine.pop()
    if not mine:
        named = {key for cell in cells if isinstance(cell, str) and token in cell for key in _named(cell, by_serial)}
        if len(named) == 1:
            return named.pop()
    return RUN


def _named(text: str, by_serial: dict[str, int]) -> Iterable[int]:
    for sn, key in by_serial.items():
        if sn in text:
            yield key


def _changes(template: Template, table: str, cells: list[Any], known: Known, find: re.Pattern[str]) -> Copied:
    keys, instants, texts = [], [], []
    for place, cell in enumerate(cells):
        if isinstance(cell, bool) or cell is None:
            continue
        if isinstance(cell, int):
            if cell in known.keys or cell in template.lots:
                keys.append((place, cell))
            elif cell in INSTANTS:
                instants.append((place, cell))
        elif isinstance(cell, str) and (pieces := _pieces(cell, known, find)):
            texts.append((place, pieces))
    return Copied(table, cells, tuple(keys), tuple(instants), tuple(texts))


def _pieces(text: str, known: Known, find: re.Pattern[str]) -> tuple[str | Piece, ...]:
    pieces: list[str | Piece] = []
    end = 0
    for match in find.finditer(text):
        piece = _piece(match, known)
        if piece is not None:
            pieces += [text[end : match.start()], piece]
            end = match.end()
    return (*pieces, text[end:]) if pieces else ()


def _piece(match: re.Match[str], known: Known) -> Piece | None:
    kind, said = match.lastgroup or "", match.group()
    if match.group("board"):
        return Piece("board", int(match.group("no")))
    if kind == "wire":
        return Piece("wire", known.wires[said]) if said in known.wires else None
    if kind == "key":
        return Piece("key", int(said)) if int(said) in known.keys else None
    if kind == "instant":
        return Piece("instant", from_datetime(datetime.fromisoformat(said)))
    return Piece(kind, said)


def _name_boards(template: Template, units: dict[int, list[Any]], sampled: set[int]) -> None:
    status = template.columns["unit"].index("status")
    works, made = template.play.facts["works"], template.play.facts["made"]
    for key, cells in units.items():
        rows = template.rows[key]
        at = sorted(
            instant
            for row in rows
            if row.table == "track"
            for _place, instant in row.instants
            if works <= instant <= made
        )
        template.begins[key], template.ends[key] = at[0], at[-1]
        if key in sampled:
            template.fixed.append(key)
        elif cells[status] == "SCRAPPED":
            template.scrapped.append(key)
        elif any(row.table == "defect" for row in rows):
            template.repaired.append(key)
        else:
            template.good.append(key)
