"""The past of the benches (`bench/growth.py`, `bench/plant.py`): copied of one board in bulk, the same on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bench.setup import Setup
from tests.api.demo_plant import app_over, house_of, opened, served

from fiducial.demo import loader
from fiducial.demo.acceptance.client import Api
from fiducial.demo.acceptance.options import Options
from fiducial.demo.history.bare import bytes_used, sizes, to_read
from fiducial.demo.history.one_board import History
from fiducial.kit import columns as c
from fiducial.kit.acting import Caller, query
from fiducial.kit.audit_walk import verify
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx
from fiducial.ops.invariants import broken

TEST = Caller(internal="test")
BOARDS, LENGTH, REELS = 200, 5, 10
DONE = {"result": "PASS", "data": [{"specName": "value 0", "valueNumber": 5.25}]}


Laid = tuple[str, Path]


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Laid:
    """A file with 200 boards of the past."""
    folder = tmp_path_factory.mktemp("past")
    url = f"sqlite:///{folder / 'fiducial.db'}"
    lay(url, folder)
    return url, folder


@pytest.fixture(scope="module")
def on_postgresql(postgres: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laid]:
    """A database on a server with 200 boards of the past."""
    folder = tmp_path_factory.mktemp("past")
    with postgres.database() as made:
        url = made.replace("+psycopg", "")
        lay(url, folder)
        yield url, folder


@pytest.fixture(params=["on_sqlite", pytest.param("on_postgresql", marks=pytest.mark.postgres)])
def past(request: pytest.FixtureRequest) -> Laid:
    """Each of the two."""
    laid: Laid = request.getfixturevalue(request.param)
    return laid


def lay(url: str, folder: Path) -> None:
    with opened(url, folder) as store:
        loader.load(store, house_of(url, folder), datasets=("base",))
        with served(app_over(url, folder, store)) as address, Api(address) as api:
            setup = Setup(api, Options(api_url=address), length=LENGTH)
            posts = setup.build(LENGTH, values=1, boards=1)
            (sn,) = posts[0].boards
            for post in posts:
                setup.do("operator", "POST", f"/stations/{post.code}/track-in", {"sn": sn})
                setup.do("operator", "POST", f"/stations/{post.code}/track-out", {"sn": sn, **DONE})
    for boards in (BOARDS // 4, BOARDS):  # the second goes on with what the first began
        history = History(url, sn)
        history.grow(boards, whole=BOARDS)
        assert history.made == boards
        history.close()


def all_of(url: str, sql: str) -> list[tuple[Any, ...]]:
    database = to_read(url)
    try:
        return database.ask(sql)
    finally:
        database.close()


def what_was_laid(url: str) -> dict[str, Any]:
    """What a board of the past has, its keys and instants as what they stand for."""
    first = f"(SELECT id FROM unit WHERE sn = 'H-{7:08}')"
    return {
        "boards": all_of(
            url, "SELECT u.sn, u.status, r.run_no, r.status, o.wo_no, o.status FROM unit u JOIN run r ON r.id = u.run_id"
            " JOIN work_order o ON o.id = u.work_order_id WHERE u.sn LIKE 'H-%' ORDER BY u.sn",
        ),
        "visits": all_of(
            url, "SELECT t.step_no, t.visit_no, t.result, t.out_at - t.in_at, s.code FROM track t JOIN station s ON s.id = t.station_id"
            f" WHERE t.unit_id = {first} ORDER BY t.in_at",
        ),
        "values": all_of(
            url, f"SELECT v.value_number FROM data_value v JOIN track t ON t.id = v.track_id WHERE t.unit_id = {first} ORDER BY v.id"
        ),
        "reels": all_of(
            url, "SELECT m.lot_no, l.lot_no, m.material_code, m.qty, m.source FROM material_use m JOIN material_lot l ON l.id = m.lot_id"
            f" WHERE m.unit_id = {first} ORDER BY m.lot_no",
        ),
        "entries": all_of(
            url, "SELECT action, entity_type, line_code, station_code, lane FROM audit_entry"
            f" WHERE entity_display = 'H-{7:08}' ORDER BY lane_seq",
        ),
        "counted": all_of(url, "SELECT sum(visits), sum(failed), sum(first_visits) FROM yield_day"),
    }  # fmt: skip


@query()
def promises_broken(tx: Tx) -> list[str]:
    return [one.invariant.name for one in broken(tx.conn)]


@query()
def book_is_sound(tx: Tx) -> bool:
    return verify(tx).ok


def asked(store: Store, what: Any) -> Any:
    return store.read_now(TEST, what)


def test_every_board_of_the_past_has_its_visits_values_reels_and_entries(past: Laid) -> None:
    url, _folder = past
    laid, counts = what_was_laid(url), sizes(url)
    assert len(laid["boards"]) == BOARDS
    assert {board[1:] for board in laid["boards"]} == {
        ("DONE", "RUN-H-000000", "COMPLETED", "WO-H-000000", "COMPLETED")
    }
    assert counts["track"] == counts["data_value"] == (BOARDS + 1) * LENGTH
    assert counts["material_use"] == BOARDS * REELS
    assert [visit[0] for visit in laid["visits"]] == [10, 20, 30, 40, 50]
    assert laid["values"] == [(5.25,)] * LENGTH
    assert [reel[0] for reel in laid["reels"]] == [f"LOT-H-00000-{place}" for place in range(REELS)]
    assert Counter(entry[0] for entry in laid["entries"])["TRACK_IN"] == LENGTH
    assert [int(total) for total in laid["counted"][0]] == [(BOARDS + 1) * LENGTH, 0, (BOARDS + 1) * LENGTH]
    assert bytes_used(url) > 1_000_000


def test_the_doctor_and_the_book_find_nothing_wrong_with_the_past(past: Laid) -> None:
    with opened(*past) as store:
        assert asked(store, promises_broken) == []
        assert asked(store, book_is_sound)


@pytest.mark.postgres
def test_the_past_is_the_same_on_both_databases(on_sqlite: Laid, on_postgresql: Laid) -> None:
    here, there = what_was_laid(on_sqlite[0]), what_was_laid(on_postgresql[0])
    for what in here:
        assert there[what] == here[what], what
    assert sizes(on_postgresql[0]) == sizes(on_sqlite[0])


def test_what_the_past_refers_to_is_there_although_nobody_checks_while_it_is_written(past: Laid) -> None:
    url, _folder = past
    astray, judged = [], 0
    for table in c.metadata.sorted_tables:
        for key in table.foreign_keys:
            there = f"SELECT 1 FROM {key.column.table.name} x WHERE x.{key.column.name} = t.{key.parent.name}"
            judged += 1
            if all_of(
                url,
                f"SELECT 1 FROM {table.name} t WHERE t.{key.parent.name} IS NOT NULL AND NOT EXISTS ({there}) LIMIT 1",
            ):
                astray.append((table.name, key.parent.name))
    assert judged > 50
    assert astray == []


@pytest.mark.postgres
def test_the_indexes_stand_and_the_planner_knows_what_is_there(on_postgresql: Laid) -> None:
    url, _folder = on_postgresql
    assert all_of(url, "SELECT indexrelid::regclass::text FROM pg_index WHERE NOT indisvalid") == []
    assert all_of(url, "SELECT reltuples FROM pg_class WHERE relname = 'track'") == [((BOARDS + 1) * LENGTH,)]
