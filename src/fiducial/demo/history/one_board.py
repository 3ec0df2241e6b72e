"""A past for the benches: units with their tracks, values, materials, entries and events, copied of one board.

It copies what the program itself wrote of that board, row by row, so its rows have the shape that the program gives them today.
Written in order of time by the bare driver of either database, the audit chain goes on from its head; `fiducial doctor` and
`fiducial audit verify` find nothing wrong with it. The server must not run meanwhile. `fiducial demo load --dataset history` has the rest.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass
from typing import Any

from fiducial.demo.history.bare import to_write
from fiducial.kit import ids
from fiducial.kit.audit import entry_hash

UNITS_A_RUN, RUNS_A_LOT, LINKS_A_UNIT = 500, 4, 10
DAY_MS = 86_400_000
EVENTS_KEPT_MS = 30 * DAY_MS  # what retention leaves
CHUNK = 5_000

_COUNT = (
    "INSERT INTO yield_day (day, station_id, run_id, step_no, line_id, product_code, visits, failed, first_visits, first_failed)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, 0)"
    " ON CONFLICT (day, station_id, run_id, step_no) DO UPDATE"
    " SET visits = yield_day.visits + excluded.visits, first_visits = yield_day.first_visits + excluded.first_visits"
)

Row = tuple[Any, ...]


@dataclass(slots=True)
class Pattern:
    """Rows of one table as the program wrote them, and where their columns are."""

    table: str
    columns: list[str]
    rows: list[Row]

    def copy(self, row: Row, **changed: Any) -> list[Any]:
        """Give a row with some of its cells changed."""
        cells = list(row)
        for name, value in changed.items():
            cells[self.columns.index(name)] = value
        return cells

    def of(self, row: Row, name: str) -> Any:
        """Give one cell."""
        return row[self.columns.index(name)]


class History:
    """Grows the past of one database, from one board whose whole way the program has written."""

    def __init__(self, url: str, sn: str, *, days: int = 365) -> None:
        self._db = to_write(url)
        self._days = days
        unit = self._pattern("unit", "sn = ?", sn)
        (self._unit,) = unit.rows
        self.unit = unit
        key = unit.of(self._unit, "id")
        run, order = unit.of(self._unit, "run_id"), unit.of(self._unit, "work_order_id")
        self.memberships = self._pattern("unit_run", "unit_id = ?", key)
        self.tracks = self._pattern("track", "unit_id = ?", key)
        keys = [self.tracks.of(row, "id") for row in self.tracks.rows]
        marks = ", ".join("?" * len(keys))
        self.values = self._pattern("data_value", f"track_id IN ({marks})", *keys)
        self.events = self._pattern("event", f"thing IN (?, {marks})", key, *keys)
        self.runs = self._pattern("run", "id = ?", run)
        self.orders = self._pattern("work_order", "id = ?", order)
        self.authorizations = self._pattern("run_authorization", "run_id = ?", run)
        self.lots = self._pattern("material_lot", "lot_no = 'LOT-DEMO-001'")
        entries = "SELECT seq FROM audit_entry WHERE entity_display = ?"
        self.entries = self._pattern("audit_entry", f"seq IN ({entries})", sn)
        self._links = Pattern("material_use", self._columns("material_use"), [])
        digests: list[Any] = self._db.ask("SELECT id, digest FROM audit_context")
        self._digests: dict[int, bytes] = dict(digests)
        self._made = int(self._db.ask("SELECT count(*) FROM unit WHERE sn LIKE ?", "H-%")[0][0])
        self._counter = 0
        self._visits: Counter[tuple[str, int, int, int]] = Counter()  # by day, station, run and step
        self._line = self.runs.of(self.runs.rows[0], "line_id")
        self._product = self.orders.of(self.orders.rows[0], "product_code")
        self._lots_of_now: list[tuple[int, str]] = []

    @property
    def made(self) -> int:
        """Give how many units of the past there are."""
        return self._made

    def grow(self, units: int, *, whole: int) -> float:
        """Have so many units of the past (of `whole` that there will be at last); give the seconds it took."""
        began = time.perf_counter()
        self._lane, self._seq, self._hash = self._db.ask(
            "SELECT id, head_seq, head_hash FROM audit_lane ORDER BY id LIMIT 1"
        )[0]
        self._from = int(time.time() * 1000) - self._days * DAY_MS
        self._step = self._days * DAY_MS / (whole + 1)
        for start in range(self._made, units, CHUNK):
            self._chunk(start, min(start + CHUNK, units))
        self._made = max(self._made, units)
        self._db.rest()
        return time.perf_counter() - began

    def close(self) -> None:
        """Leave the database to the server."""
        self._db.judge()
        self._db.close()

    def _chunk(self, start: int, end: int) -> None:
        rows: dict[str, list[list[Any]]] = {
            name: []
            for name in (
                "lots",
                "orders",
                "runs",
                "authorizations",
                "unit",
                "memberships",
                "tracks",
                "values",
                "links",
                "events",
                "entries",
            )
        }
        for number in range(start, end):
            at = self._from + int(number * self._step)
            if number % UNITS_A_RUN == 0 or number == start:
                self._begin_run(rows, number // UNITS_A_RUN, at, fresh=number % UNITS_A_RUN == 0)
            self._one_unit(rows, number, at)
        with self._db.at_once():
            for name, made in rows.items():
                pattern = self._links if name == "links" else getattr(self, name)
                self._db.put(pattern.table, pattern.columns, made)
            counted = [(*where, self._line, self._product, number, number) for where, number in self._visits.items()]
            self._db.each(_COUNT, counted)
            self._db.each(
                "UPDATE audit_lane SET head_seq = ?, head_hash = ? WHERE id = ?", [(self._seq, self._hash, self._lane)]
            )
        self._visits.clear()

    def _begin_run(self, rows: dict[str, list[list[Any]]], number: int, at: int, *, fresh: bool) -> None:
        if not fresh:
            self._run, self._order = self._db.ask(
                "SELECT id, work_order_id FROM run WHERE run_no = ?", f"RUN-H-{number:06}"
            )[0]
            lots = "SELECT id, lot_no FROM material_lot WHERE lot_no LIKE ?"
            self._lots_of_now = [
                (key, lot_no) for key, lot_no in self._db.ask(lots, f"LOT-H-{number // RUNS_A_LOT:05}-%")
            ]
            return
        self._run, self._order = self._key(at), self._key(at)
        if number % RUNS_A_LOT == 0:
            self._lots_of_now = [
                (self._key(at), f"LOT-H-{number // RUNS_A_LOT:05}-{place}") for place in range(LINKS_A_UNIT)
            ]
            for key, lot_no in self._lots_of_now:
                rows["lots"].append(
                    self.lots.copy(self.lots.rows[0], id=key, lot_no=lot_no, created_at=at, updated_at=at)
                )
        order = self.orders.rows[0]
        rows["orders"].append(self.orders.copy(
            order, id=self._order, wo_no=f"WO-H-{number:06}", status="COMPLETED", planned_qty=UNITS_A_RUN, created_at=at, updated_at=at
        ))  # fmt: skip
        rows["runs"].append(self.runs.copy(
            self.runs.rows[0], id=self._run, run_no=f"RUN-H-{number:06}", work_order_id=self._order, status="COMPLETED",
            plan_qty=UNITS_A_RUN, authorized_at=at, started_at=at, ended_at=at + 8 * 3_600_000, created_at=at, updated_at=at,
        ))  # fmt: skip
        for row in self.authorizations.rows:
            rows["authorizations"].append(self.authorizations.copy(row, id=self._key(at), run_id=self._run))

    def _one_unit(self, rows: dict[str, list[list[Any]]], number: int, at: int) -> None:
        key, sn = self._key(at), f"H-{number:08}"
        rows["unit"].append(self.unit.copy(
            self._unit, id=key, sn=sn, work_order_id=self._order, run_id=self._run, status="DONE", created_at=at, updated_at=at
        ))  # fmt: skip
        for row in self.memberships.rows:
            changed = {"unit_id": key, "run_id": self._run}
            if "id" in self.memberships.columns:
                changed["id"] = self._key(at)
            rows["memberships"].append(self.memberships.copy(row, **changed))
        moved: dict[int, int] = {self.unit.of(self._unit, "id"): key}
        for place, row in enumerate(self.tracks.rows):
            track, in_at = self._key(at + place * 60_000), at + place * 60_000
            moved[self.tracks.of(row, "id")] = track
            day = time.strftime("%Y-%m-%d", time.gmtime((in_at + 30_000) / 1000 + 8 * 3600))
            self._visits[day, self.tracks.of(row, "station_id"), self._run, self.tracks.of(row, "step_no")] += 1
            rows["tracks"].append(
                self.tracks.copy(row, id=track, unit_id=key, run_id=self._run, in_at=in_at, out_at=in_at + 30_000)
            )
        for row in self.values.rows:
            place = moved[self.values.of(row, "track_id")]
            rows["values"].append(self.values.copy(row, id=self._key(at), track_id=place, collected_at=at))
        for lot, lot_no in self._lots_of_now:
            rows["links"].append(self._link(at, key, lot, lot_no))
        if at > self._from + self._days * DAY_MS - EVENTS_KEPT_MS:
            for row in self.events.rows:
                rows["events"].append(
                    self.events.copy(row, id=self._key(at), thing=moved[self.events.of(row, "thing")])
                )
        for row in self.entries.rows:
            rows["entries"].append(self._entry(row, at, sn, moved))

    def _link(self, at: int, unit: int, lot: int, lot_no: str) -> list[Any]:
        known = {
            "id": self._key(at), "unit_id": unit, "run_id": self._run, "lot_id": lot, "material_code": "MAT-001", "lot_no": lot_no,
            "qty": 1, "is_key_part": False, "source": "MANUAL", "used_at": at, "step_no": 10,
            "station_id": self.tracks.of(self.tracks.rows[0], "station_id"),
        }  # fmt: skip
        return [known.get(name) for name in self._links.columns]

    def _entry(self, row: Row, at: int, sn: str, moved: dict[int, int]) -> list[Any]:
        pattern = self.entries
        self._seq += 1
        key = pattern.of(row, "entity_key")
        changed = pattern.copy(
            row, at=at, entity_key=moved.get(key, key), entity_display=sn, lane=self._lane, lane_seq=self._seq
        )
        said = dict(zip(pattern.columns, changed, strict=True))
        self._hash = entry_hash(self._hash, self._digests[said["context_id"]], said)
        changed[pattern.columns.index("hash")] = self._hash
        return changed

    def _key(self, at: int) -> int:
        """Give the next key of a moment; node 63 makes them, so that none meets one of the program's."""
        self._counter = (self._counter + 1) & 0xFFFF
        return ids.first_of(at) | 63 << 16 | self._counter

    def _pattern(self, table: str, where: str, *values: Any) -> Pattern:
        columns = self._columns(table)
        order = "seq" if table == "audit_entry" else columns[0]
        asked = f"SELECT {', '.join(columns)} FROM {table} WHERE {where} ORDER BY {order}"  # noqa: S608 - names of our own
        return Pattern(table, columns, self._db.ask(asked, *values))

    def _columns(self, table: str) -> list[str]:
        """Give the columns that a copy says; the number of an entry is given by the database."""
        return [name for name in self._db.columns(table) if (table, name) != ("audit_entry", "seq")]
