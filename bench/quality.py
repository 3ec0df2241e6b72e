"""What quality costs: completing an inspection with 500 items, and the dashboard over a year and a million tracks.

python bench/quality.py [--engine sqlite|postgresql] [--tracks 1000000] [--times 15]

Promises: 100 ms at the median for a completion, PASS and FAIL, answered and durable; 300 ms of server time for every view of the
dashboard, page and JSON. Each is told beside a floor of the same run: a completion beside as many selects by key as it made
statements, a view beside the bare statement that sums the tracks themselves, which is what it would cost without counting ahead.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event, insert, select, text

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.api.conftest import fill_template
from tests.api.plant import STATIONS, TEST, Plant, environment
from tests.api.quality_floor import PLAIN, Quality
from tests.api.web import Api

from fiducial.app import create_app, open_store
from fiducial.kit import clock, ids
from fiducial.kit.acting import action, query
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, units
from fiducial.plant.tables import stations
from fiducial.quality.states import FAIL, PASS
from fiducial.quality.tables import inspection_items

ITEMS, FAILING = 500, 25
PROMISE_ITEMS, PROMISE_VIEW = 100.0, 300.0
DAYS, RUNS_A_DAY, STEPS = 365, 4, 5
FAILS_ONE_IN = 50


@contextmanager
def the_floor(engine: str) -> Iterator[Quality]:
    """Give a plant of its own on a database of its own."""
    with tempfile.TemporaryDirectory() as folder, the_url(engine, folder) as url:
        fill_template(url, Path(folder))
        store = open_store(environment(url, Path(folder)))
        api = Api(create_app(environment(url, Path(folder)), store))
        try:
            yield Quality(Plant(api, store))
        finally:
            api.close()
            store.stop()


@contextmanager
def the_url(engine: str, folder: str) -> Iterator[str]:
    """Give the address of an empty database."""
    if engine == "sqlite":
        yield f"sqlite:///{folder}/fiducial.db"
        return
    from tests.services.postgres import postgres_server

    with postgres_server(durable=True) as server:
        yield server.dsn(server.create())


# Completing an inspection


def prepared(floor: Quality, *, failing: int) -> str:
    """Give an outgoing inspection of 500 boards with an item for each, so many of them FAIL."""
    run_no = floor.run(plan=ITEMS, units=ITEMS, qty=ITEMS, route=floor.route_of(*PLAIN))
    floor.authorize(run_no).must()
    floor.set_run(run_no, status="IN_PROGRESS", started_at=1)
    floor.set_units(run_no, status="DONE", current_step_no=20)
    key = floor.begun("oqc", run_no, sampleQty=ITEMS)
    floor.store.write_now(TEST, note_items, key, run_no, failing)
    return key


@action(audit="TEST", entity="OQC", internal_only=True)
def note_items(tx: Tx, key: str, run_no: str, failing: int) -> None:
    """Record an item for each board."""
    tx.unrecorded()
    of_run = select(units.c.id).where(
        units.c.run_id == select(runs.c.id).where(runs.c.run_no == run_no).scalar_subquery()
    )
    rows = [
        {
            "id": tx.new_id(), "inspection_id": ids.from_wire(key), "seq": place, "unit_id": row.id, "item_name": "外观",
            "result": FAIL if place <= failing else PASS, "required": True, "inspected_at": tx.now,
        }
        for place, row in enumerate(tx.all(of_run), 1)
    ]  # fmt: skip
    tx.run(insert(inspection_items), rows)


@query()
def selects(tx: Tx, count: int) -> float:
    """Give the milliseconds of so many selects by key."""
    began = time.perf_counter()
    for _ in range(count):
        tx.first(select(runs.c.id).where(runs.c.id == 1))
    return (time.perf_counter() - began) * 1000


@dataclass(frozen=True, slots=True)
class Took:
    """What calls took: milliseconds by the clock, and of the processor. On a busy machine the second says more."""

    median: float
    worst: float
    processor: float

    def __str__(self) -> str:
        return f"median {self.median:.0f} ms, worst {self.worst:.0f} ms, of the processor {self.processor:.0f} ms"


def took(calls: Iterable[Callable[[], Any]]) -> Took:
    """Make each call and give what they took."""
    each, used = [], []
    for call in calls:
        began, spent = time.perf_counter(), time.process_time()
        answer = call()
        each.append((time.perf_counter() - began) * 1000)
        used.append((time.process_time() - spent) * 1000)
        assert answer.status == 200, answer.text[:300]
    return Took(statistics.median(each), max(each), statistics.median(used))


def completions(floor: Quality, decision: str, failing: int, times: int) -> tuple[Took, int]:
    """Complete so many inspections; give what it took, and the statements of one."""
    counted = [0]

    def count(*_: Any) -> None:
        counted[0] += 1

    keys = [prepared(floor, failing=failing) for _ in range(times)]
    event.listen(Engine, "before_cursor_execute", count)
    told = took(partial(floor.decide, "oqc", key, decision) for key in keys)
    event.remove(Engine, "before_cursor_execute", count)
    return told, counted[0] // times


# The dashboard


def a_year(floor: Quality, wanted: int) -> int:
    """Fill a year with tracks, defects and what is counted of them; give how many tracks."""
    floor.plant.material("P-1")
    parts = [floor.plant.material(f"PART-{number}")["code"] for number in range(60)]
    floor.api.as_("engineer").put(
        "/api/boms/P-1", {"children": [{"childCode": code, "qty": 2} for code in parts]}
    ).must()
    run_no = floor.running(units=1)
    boards = wanted // (DAYS * RUNS_A_DAY * STEPS)
    return int(floor.store.write_now(TEST, fill, run_no, boards))


@action(audit="TEST", entity="RUN", internal_only=True)
def fill(tx: Tx, run_no: str, boards: int) -> int:
    """Make runs for every day, their boards, their visits one a minute, and a defect for each visit that failed."""
    tx.unrecorded()
    like = tx.one(select(runs).where(runs.c.run_no == run_no))
    made = []
    for back in range(DAYS):
        day = clock.day_start(clock.plant_day(tx.now, tx.store.zone) - timedelta(days=back), tx.store.zone)
        for number in range(RUNS_A_DAY):
            row = dict(like._mapping) | {
                "id": tx.new_id(), "run_no": f"B-{back}-{number}", "status": "COMPLETED", "started_at": day, "created_at": day,
                "plan_qty": boards,
            }  # fmt: skip
            made.append(row)
    tx.run(insert(runs), made)
    places = [
        row.id for row in tx.all(select(stations.c.id).where(stations.c.code.in_(STATIONS)).order_by(stations.c.code))
    ]
    series = "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :most)"
    for row in made:
        named = {
            "run": row["id"],
            "order": row["work_order_id"],
            "most": boards - 1,
            "day": row["started_at"] + 8 * 3_600_000,
        }
        first = tx.new_ids(boards + 1)[0]
        tx.run(text(
            f"INSERT INTO unit (id, sn, work_order_id, run_id, status, current_step_no, rework_count, hold_pending, tracked, created_at, updated_at) "
            f"{series} SELECT :first + i, :no || '-' || i, :order, :run, 'DONE', 50, 0, {_no(tx)}, {_yes(tx)}, :day, :day FROM n"
        ), named | {"first": first, "no": row["run_no"]})  # fmt: skip
        for place, station in enumerate(places):
            fails = f"CASE WHEN (i * 7 + {place}) % {FAILS_ONE_IN} = 0 THEN 'FAIL' ELSE 'PASS' END"
            key = tx.new_ids(boards + 1)[0]
            tx.run(text(
                "INSERT INTO track (id, unit_id, run_id, station_id, step_no, visit_no, in_at, out_at, result) "
                f"{series} SELECT :key + i, :first + i, :run, :station, :step, 1, :day + i * 240000 + :step * 1000, "
                f":day + i * 240000 + :step * 2000, {fails} FROM n"
            ), named | {"key": key, "first": first, "station": station, "step": 10 * (place + 1)})  # fmt: skip
            defect = tx.new_ids(boards + 1)[0]
            tx.run(text(
                "INSERT INTO defect (id, defect_no, unit_id, run_id, track_id, step_no, station_code, code, code_known, location, qty, source, "
                f"blocking, status, close_reason, created_at) {series} SELECT :defect + i, 'D-' || (:defect + i), :first + i, :run, :key + i, "
                f":step, :code, 'C' || (i % 23), {_no(tx)}, 'R' || (i % 211), 1, 'TRACK_OUT', {_yes(tx)}, 'CLOSED', 'REWORKED', "
                f":day + i * 240000 FROM n WHERE {fails} = 'FAIL'"
            ), named | {"defect": defect, "key": key, "first": first, "step": 10 * (place + 1), "code": STATIONS[place]})  # fmt: skip
    tx.run(text(
        "INSERT INTO yield_day (day, station_id, run_id, step_no, line_id, product_code, visits, failed, first_visits, first_failed) "
        f"SELECT {_day(tx)}, t.station_id, t.run_id, t.step_no, r.line_id, 'P-1', count(*), sum(CASE WHEN t.result = 'FAIL' THEN 1 ELSE 0 END), "
        "count(*), sum(CASE WHEN t.result = 'FAIL' THEN 1 ELSE 0 END) FROM track t JOIN run r ON r.id = t.run_id WHERE t.out_at IS NOT NULL "
        f"GROUP BY {_day(tx)}, t.station_id, t.run_id, t.step_no, r.line_id"
    ))  # fmt: skip
    return int(tx.scalar(text("SELECT count(*) FROM track")))


def _yes(tx: Tx) -> str:
    return "1" if tx.engine == "sqlite" else "true"


def _no(tx: Tx) -> str:
    return "0" if tx.engine == "sqlite" else "false"


def _day(tx: Tx) -> str:
    at = "(t.out_at + 28800000) / 1000"
    return (
        f"date({at}, 'unixepoch')"
        if tx.engine == "sqlite"
        else f"to_char(to_timestamp({at}) AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
    )


@query()
def bare(tx: Tx, since: int) -> float:
    """Give the milliseconds of summing the tracks themselves."""
    began = time.perf_counter()
    tx.all(text(
        "SELECT station_id, run_id, step_no, count(*), sum(CASE WHEN result = 'FAIL' THEN 1 ELSE 0 END) FROM track WHERE out_at >= :since "
        "AND voided_at IS NULL GROUP BY station_id, run_id, step_no"
    ), {"since": since})  # fmt: skip
    return (time.perf_counter() - began) * 1000


def views(today: date) -> dict[str, tuple[str, int]]:
    """Give the addresses that are asked, and how many days each spans."""

    def since(days: int) -> str:
        return (today - timedelta(days=days - 1)).isoformat()

    return {
        "the page, a year": (f"/quality?dayFrom={since(365)}&by=day", 365),
        "JSON, a year": (f"/api/quality-figures?dayFrom={since(365)}&by=day", 365),
        "the page, a year of one station": (f"/quality?dayFrom={since(365)}&by=day&stationCode={STATIONS[1]}", 365),
        "the page, 14 days by shift": (f"/quality?dayFrom={since(14)}&by=shift", 14),
        "the page, 3 days by hour": (f"/quality?dayFrom={since(3)}&by=hour", 3),
        "the boards behind a bar of a year": (f"/quality/boards?createdFrom={since(365)}T00:00:00Z&code=C3", 365),
    }  # fmt: skip


def main() -> int:
    """Measure; give 1 when a promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--tracks", type=int, default=1_000_000)
    parser.add_argument("--times", type=int, default=15)
    options = parser.parse_args()
    kept = True
    with the_floor(options.engine) as floor:
        for decision, failing in ((PASS, 0), (FAIL, FAILING)):
            told, statements = completions(floor, decision, failing, max(3, options.times // 3))
            base = floor.store.read_now(TEST, selects, statements)
            kept &= told.median <= PROMISE_ITEMS
            print(f"complete {decision}, {ITEMS} items, {failing} of them FAIL: {told}")
            print(
                f"  {statements} statements; as many selects {base:.0f} ms: ratio {told.median / base:.1f}; promise {PROMISE_ITEMS:.0f} ms"
            )
        began = time.perf_counter()
        count = a_year(floor, options.tracks)
        print(f"{count} tracks over {DAYS} days, made in {time.perf_counter() - began:.0f} s")
        today = clock.plant_day(clock.now_ms(), floor.store.zone)
        for name, (address, days) in views(today).items():
            told = took(partial(floor.quality.get, address) for _ in range(options.times))
            base = floor.store.read_now(TEST, bare, clock.day_start(today - timedelta(days=days - 1), floor.store.zone))
            kept &= told.median <= PROMISE_VIEW
            print(f"{name}: {told}")
            print(
                f"  the tracks summed bare {base:.0f} ms: ratio {told.median / base:.2f}; promise {PROMISE_VIEW:.0f} ms"
            )
    return 0 if kept else 1


if __name__ == "__main__":
    raise SystemExit(main())
