"""One run of the past: a template's rows under new keys, serials and times, with as many boards and reel changes as the run has."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from random import Random
from typing import Any

from fiducial.demo.history import shape
from fiducial.demo.history.capture import RUN, Copied, Piece, Reel, Template
from fiducial.kit import clock, ids
from fiducial.quality.states import FAIL

WORKING_MS = int(10.5 * 3_600_000)  # of a shift
NODE = 63  # makes the keys of the past, so that none meets one of the program's

Clock = Callable[[int], int]


class Keys:
    """Keys of past moments."""

    def __init__(self) -> None:
        self._counter = 0

    def at(self, moment: int) -> int:
        """Give the next key of a moment."""
        self._counter = (self._counter + 1) & 0xFFFF
        return ids.first_of(moment) | NODE << 16 | self._counter


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """One run that is to be made: when, of how many boards, under which numbers."""

    token: str  # H1-250811D
    begins: int
    boards: int
    passes: float  # the share of boards that pass at first
    lot_token: str  # H1-0003-


@dataclass(slots=True)
class Day:
    """What is written in one transaction: rows by table, counted visits, and the series of numbers that went on."""

    columns: dict[str, list[str]] = field(default_factory=dict)
    rows: dict[str, list[list[Any]]] = field(default_factory=lambda: defaultdict(list))
    visits: Counter[tuple[Any, ...]] = field(default_factory=Counter)
    lots: dict[str, int] = field(default_factory=dict)  # number of a lot to its key, those that were there too
    series: dict[str, int] = field(default_factory=dict)
    began_at: dict[str, int] = field(default_factory=dict)  # of each series: its last number before
    digests: dict[int, bytes] = field(default_factory=dict)


class Copier:
    """Copies templates into a day. `codes` tells name and severity of each defect code; `zone` is the plant's."""

    def __init__(self, day: Day, keys: Keys, draw: Random, codes: dict[str, tuple[str, str]], zone: str) -> None:
        self._day, self._keys, self._draw, self._codes, self._zone = day, keys, draw, codes, zone

    def copy(self, template: Template, shift: Shift) -> None:
        """Copy one run."""
        self._day.columns |= template.columns
        self._day.digests |= template.digests
        one = _Run(self, template, shift)
        one.write()

    # What a run asks of its day

    def key(self, moment: int) -> int:
        """Give a key."""
        return self._keys.at(moment)

    @property
    def day(self) -> Day:
        """Give the day."""
        return self._day

    @property
    def draw(self) -> Random:
        """Give what chance is drawn from."""
        return self._draw

    def a_code(self, kind: str) -> str:
        """Draw a defect code of a kind of line."""
        return shape.pick_code(self._draw, tuple(code for code in shape.CODES[kind] if code in self._codes))

    def words_of(self, code: str) -> tuple[str, str]:
        """Give name and severity of a code."""
        return self._codes[code]

    def plant_day(self, moment: int) -> str:
        """Give the plant's day of a moment."""
        return clock.plant_day(moment, self._zone).isoformat()

    def number(self, old: str, moment: int) -> str:
        """Give the next number of the series of a number, on the day of the moment."""
        stem = old.split("-", maxsplit=1)[0]
        name = f"{stem}-{self.plant_day(moment).replace('-', '')}"
        self._day.series[name] = self._day.series.get(name, 0) + 1
        return f"{name}-{self._day.series[name]:04d}"


class _Run:
    """One run while it is copied."""

    def __init__(self, copier: Copier, template: Template, shift: Shift) -> None:
        self._copier, self._template, self._shift = copier, template, shift
        self._facts = template.play.facts
        self._boards = self._choose()
        self._works = shift.begins + self._facts["works"] - self._facts["begins"]
        self._pace = WORKING_MS / len(self._boards)
        self._ended = self._works + max(
            int(place * self._pace) + template.ends[board] - template.begins[board]
            for place, board in enumerate(self._boards)
        )
        self._keys: dict[int, int] = {}  # of what belongs to the run, and of the boards that were inspected
        self._serials: dict[int, int] = {}
        self._code = shape.PLAYED_CODE
        self._numbers: dict[str, str] = {}

    def write(self) -> None:
        """Make all rows."""
        self._take_keys(self._keys, self._template.keys[RUN], self._run_clock)
        own: list[dict[int, int]] = []
        for place, board in enumerate(self._boards):
            keys: dict[int, int] = {}
            self._take_keys(keys, self._template.keys[board], self._board_clock(place, board))
            own.append(keys)
            if board in self._template.fixed:
                self._keys |= keys
                self._serials[self._template.numbers[board]] = place + 1
        for board in self._template.numbers:  # another board that the run names stands for the first one like it
            if board not in self._keys:
                place = self._boards.index(board) if board in self._boards else 0
                self._keys[board] = own[place][self._boards[place]]
        self._serials |= {
            number: number if number < max(self._template.numbers.values()) else len(self._boards)
            for number in self._template.numbers.values()
            if number not in self._serials
        }
        self._lots()
        self._reels(own)
        self._rows(RUN, self._keys, self._run_clock, self._serials)
        for place, (board, keys) in enumerate(zip(self._boards, own, strict=True)):
            self._board(place, board, keys)

    def _choose(self) -> list[int]:
        template, draw = self._template, self._copier.draw
        chosen = list(template.fixed)
        while len(chosen) < max(self._shift.boards, len(template.fixed)):
            roll = draw.random()
            if roll < shape.SCRAPPED:
                kind = template.scrapped
            elif roll < 1 - self._shift.passes:
                kind = template.repaired
            else:
                kind = template.good
            chosen.append(draw.choice(kind or template.good))
        return chosen

    # Times

    def _run_clock(self, at: int) -> int:
        facts = self._facts
        if at < facts["works"] or at > facts["ends"]:
            return at - facts["begins"] + self._shift.begins
        if at < facts["closes"]:
            share = (at - facts["works"]) / (facts["closes"] - facts["works"])
            return self._works + int(share * (self._ended - self._works))
        return self._ended + at - facts["closes"]

    def _board_clock(self, place: int, board: int) -> Clock:
        begins, facts = self._works + int(place * self._pace), self._facts
        first = self._template.begins[board]

        def at_board(at: int) -> int:
            return begins + at - first if facts["works"] <= at <= facts["made"] else self._run_clock(at)

        return at_board

    def _take_keys(self, into: dict[int, int], keys: Sequence[int], at: Clock) -> None:
        moments = self._template.moments
        for key in keys:
            into[key] = self._copier.key(at(moments[key]))

    # Rows

    def _rows(self, owner: int, keys: dict[int, int], at: Clock, serials: dict[int, int]) -> None:
        for row in self._template.rows[owner]:
            self._put(row, self._cells(row, keys, at, serials))

    def _put(self, row: Copied, cells: list[Any]) -> None:
        self._copier.day.rows[row.table].append(cells)

    def _cells(self, row: Copied, keys: dict[int, int], at: Clock, serials: dict[int, int]) -> list[Any]:
        cells = list(row.cells)
        for place, key in row.keys:
            cells[place] = keys.get(key) or self._keys[key]
        for place, instant in row.instants:
            cells[place] = at(instant)
        for place, pieces in row.texts:
            cells[place] = "".join(
                [piece if isinstance(piece, str) else self._said(piece, keys, at, serials) for piece in pieces]
            )
        if row.table in ("run", "work_order"):
            name = "plan_qty" if row.table == "run" else "planned_qty"
            cells[self._template.place(row.table, name)] = len(self._boards)
        return cells

    def _said(self, piece: Piece, keys: dict[int, int], at: Clock, serials: dict[int, int]) -> str:
        kind, value = piece.kind, piece.value
        if kind == "board":
            return f"{self._shift.token}-{serials[value]:04d}"
        if kind == "run":
            return self._shift.token
        if kind == "lot":
            return self._shift.lot_token
        if kind == "wire":
            return ids.to_wire(keys.get(value) or self._keys[value])
        if kind == "key":
            return str(keys.get(value) or self._keys[value])
        if kind == "instant":
            return clock.to_wire(at(value)) or ""
        if kind == "quantity":
            return str(len(self._boards))
        if kind == "code":
            return self._code
        if value not in self._numbers:
            self._numbers[value] = self._copier.number(value, self._shift.begins)
        return self._numbers[value]

    # Boards

    def _board(self, place: int, board: int, keys: dict[int, int]) -> None:
        template, copier = self._template, self._copier
        at = self._board_clock(place, board)
        serials = self._serials | {template.numbers[board]: place + 1}
        self._numbers = {}
        if board not in template.fixed:
            self._code = copier.a_code(template.play.line.kind)
        for row in template.rows[board]:
            cells = self._cells(row, keys, at, serials)
            if row.table == "data_value":
                self._vary(cells)
            elif row.table == "track":
                self._count(cells)
            elif row.table == "defect":
                name, severity = copier.words_of(self._code)
                cells[template.place("defect", "code_name")] = name
                cells[template.place("defect", "severity")] = severity
            self._put(row, cells)
        self._code = shape.PLAYED_CODE

    def _vary(self, cells: list[Any]) -> None:
        place = self._template.place("data_value", "value_number")
        if cells[place] is not None:
            cells[place] = round(cells[place] * self._copier.draw.uniform(0.93, 1.07), 3)

    def _count(self, cells: list[Any]) -> None:
        place = self._template.place
        out_at = cells[place("track", "out_at")]
        where = (self._copier.plant_day(out_at), cells[place("track", "station_id")], cells[place("track", "run_id")],
                 cells[place("track", "step_no")])  # fmt: skip
        first, failed = cells[place("track", "visit_no")] == 1, cells[place("track", "result")] == FAIL
        visits = self._copier.day.visits
        line, product = self._line_and_product()
        visits[*where, line, product, "visits"] += 1
        visits[*where, line, product, "failed"] += failed
        visits[*where, line, product, "first"] += first
        visits[*where, line, product, "first failed"] += first and failed

    def _line_and_product(self) -> tuple[int, str]:
        rows = self._template.rows[RUN]
        run = next(row for row in rows if row.table == "run")
        order = next(row for row in rows if row.table == "work_order")
        place = self._template.place
        return run.cells[place("run", "line_id")], order.cells[place("work_order", "product_code")]

    # Lots and reels

    def _lots(self) -> None:
        day, template = self._copier.day, self._template
        for cells in template.lot_rows:
            number = template.place("material_lot", "lot_no")
            lot_no = cells[number].replace(f"{template.play.token}L", self._shift.lot_token)
            if lot_no not in day.lots:
                key = self._copier.key(self._shift.begins)
                day.lots[lot_no] = key
                made = list(cells)
                made[0], made[number] = key, lot_no
                for name in ("created_at", "updated_at"):
                    made[template.place("material_lot", name)] = self._shift.begins
                day.rows["material_lot"].append(made)
            self._keys[cells[0]] = day.lots[lot_no]

    def _reels(self, own: list[dict[int, int]]) -> None:
        draw = self._copier.draw
        for reel in self._template.reels:
            changes = []
            at = self._works
            while True:
                at += int(draw.uniform(*shape.REEL) / shape.PARTS_A_UNIT * self._pace)
                if at >= self._ended - 20 * 60_000:
                    break
                changes.append(at)
            self._reel(reel, changes, own)

    def _reel(self, reel: Reel, changes: list[int], own: list[dict[int, int]]) -> None:
        place = self._template.place
        first, second = reel.first.cells[0], reel.second.cells[0]
        begins = self._run_clock(self._template.moments[first])
        keys = [self._copier.key(at) for at in (begins, *changes)]
        self._keys[first], self._keys[second] = keys[0], keys[-1]
        ending = [place("loading_record", name) for name in ENDING]
        for number, (key, came) in enumerate(zip(keys, (begins, *changes), strict=True)):
            row = reel.first if number == 0 else reel.second
            before = keys[number - 1] if number else None
            cells = self._cells(row, {first: before or key, second: key}, self._run_clock, self._serials)
            last = number == len(keys) - 1
            goes = reel.second if last else reel.first
            cells[0] = key
            for spot in ending:
                cells[spot] = goes.cells[spot]
            gone = self._run_clock(self._facts["closes"]) if last else changes[number]
            cells[place("loading_record", "loaded_at")] = came
            cells[place("loading_record", "unloaded_at")] = gone
            begun = 0 if number == 0 else min(int((came - self._works) / self._pace) + 1, len(own) - 1)
            cells[place("loading_record", "first_unit_id")] = own[begun][self._boards[begun]]
            cells[place("loading_record", "replaced_record_id")] = before
            self._put(row, cells)
            if number:
                self._changed(reel, came, {first: keys[number - 1], second: key})

    def _changed(self, reel: Reel, came: int, keys: dict[int, int]) -> None:
        for row in reel.change:
            made = self._cells(row, keys | self._fresh(row, came), lambda _at: came, self._serials)
            self._put(row, made)

    def _fresh(self, row: Copied, came: int) -> dict[int, int]:
        return {row.cells[0]: self._copier.key(came)} if row.table == "event" else {}


ENDING = ("status", "unloaded_by", "unloaded_by_name", "unload_reason", "low_at")
