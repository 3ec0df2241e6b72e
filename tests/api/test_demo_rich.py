"""The dataset `rich` (spec 12.4, 12.5): a plant that has been at work. It is told once, by its people, and every kind of state is there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import select
from tests.api.demo_plant import house_of, opened
from tests.api.plant import TEST

from fiducial.demo import checks, digest, loader
from fiducial.demo.finding import rows_of
from fiducial.kit import clock
from fiducial.kit.store import Store
from fiducial.orders.tables import runs, units, work_orders
from fiducial.people.tables import user_lines, users
from fiducial.plant.tables import lines
from fiducial.quality.tables import defect_codes, defects

RICH = ("base", "rich")


def seen(store: Store, column: Any) -> set[Any]:
    return {row[column.name] for row in store.read_now(TEST, rows_of, select(column).distinct())}


def test_a_plant_that_has_been_at_work_is_told_once_and_holds_every_kind_of_state(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'rich.db'}"
    house = house_of(url, tmp_path)
    with opened(url, tmp_path) as store:
        before = clock.now_ms()
        loader.load(
            store, house, datasets=("base",), as_of="2026-11-20"
        )  # a plant that was there before its past was told
        first = loader.load(store, house, datasets=RICH, as_of="2026-11-20")
        assert abs(clock.now_ms() - before) < 600_000, "the clock stands where it stood"
        assert first.created["story"] == 16
        before = digest.of(store)
        assert loader.load(store, house, datasets=RICH, as_of="2026-11-20").created.total() == 0
        assert digest.of(store) == before
        assert seen(store, defects.c.code) <= seen(store, defect_codes.c.code), (
            "its defects are of codes that the plant knows"
        )
        assert seen(store, runs.c.status) >= {
            "PREP",
            "AUTHORIZED",
            "IN_PROGRESS",
            "ON_HOLD",
            "COMPLETED",
            "CLOSED_REWORK",
            "SCRAPPED",
            "CANCELLED",
        }
        assert seen(store, units.c.status) == {"QUEUED", "IN_STATION", "OUT_FAILED", "ON_HOLD", "DONE", "SCRAPPED"}
        assert seen(store, work_orders.c.origin) == {"demo"}
        assert [check.says for check in checks.run(store, house) if not check.ok] == []
        told = store.read_now(
            TEST, rows_of, select(runs.c.run_no, runs.c.status).where(runs.c.run_no.like("RUN-DEMO-DIP-%"))
        )
        assert {row["run_no"].removeprefix("RUN-DEMO-DIP-"): row["status"] for row in told} == {
            "AUTH": "AUTHORIZED", "EXEC": "IN_PROGRESS", "HOLD": "ON_HOLD", "DONE": "COMPLETED",
        }  # fmt: skip
        started = store.read_now(TEST, rows_of, select(runs.c.started_at).where(runs.c.run_no == "RUN-DEMO-SMT-DONE"))
        assert clock.plant_day(started[0]["started_at"], store.zone).isoformat() == "2026-11-15"


def test_a_plant_that_began_with_base_alone_goes_on_to_rich_and_its_people_reach_line_b(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'later.db'}"
    house = house_of(url, tmp_path)
    with opened(url, tmp_path) as store:
        loader.load(store, house, datasets=("base",))
        later = loader.load(store, house, datasets=("rich",), as_of="2026-11-20")
        assert later.created["story"] == 16
        leads = select(lines.c.code).join(user_lines, user_lines.c.line_id == lines.c.id).join(users)
        told = store.read_now(TEST, rows_of, leads.where(users.c.username == "leader"))
        assert {row["code"] for row in told} == {"LINE-A", "LINE-B", "LINE-C", "LINE-DIP-A", "LINE-DIP-B"}
        assert "operator2" in seen(store, users.c.username)


def test_the_same_day_and_seed_make_the_same_plant_and_another_seed_another(tmp_path: Path) -> None:
    made = []
    for name, seed in (("one", 42), ("two", 42), ("other", 7)):
        url = f"sqlite:///{tmp_path / name}.db"
        with opened(url, tmp_path) as store:
            loader.load(store, house_of(url, tmp_path), datasets=RICH, as_of="2026-11-20", seed=seed)
            made.append(digest.of(store))
    assert made[0] == made[1] != made[2]
