"""What looks at much: sweeps that come to every one in the end, and a book of years that holds up nobody."""

from __future__ import annotations

import time
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import insert, select, update
from tests.api.paper_floor import DAY, Papers
from tests.api.plant import TEST, Plant
from tests.api.tooling_floor import Crib

from fiducial.forms import dues
from fiducial.kit import clock
from fiducial.orders.tables import units
from fiducial.people import pages
from fiducial.plant.bom_circles import circles
from fiducial.timers import running
from fiducial.timers.actions import sweep_clocks
from fiducial.timers.tables import clocks, rules
from fiducial.tooling import sweeping
from fiducial.tooling.tables import tool_days


@pytest.fixture
def crib(plant: Plant) -> Crib:
    return Crib(plant)


def test_of_many_open_exceptions_the_next_turn_tells_of_those_that_this_one_did_not(
    plant: Plant, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = Papers(plant)
    monkeypatch.setattr(dues, "AT_ONCE", 1)
    for _ in range(2):
        papers.made("production_exception", plant.api.as_("quality"))
    papers.ago("production_exception", 2 * DAY, "recorded_at")
    for _ in range(3):
        plant.store.write_now(TEST, dues.remind_of_records)
    assert len({event.thing for event in papers.events("PRODUCTION_EXCEPTION_OPEN")}) == 2


def test_of_many_fixtures_the_most_worn_are_looked_at_first(crib: Crib, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sweeping, "AT_ONCE", 1)
    _fresh, worn = crib.tool(kind="FIXTURE"), crib.tool(kind="FIXTURE")
    crib.set_tool(worn, used=9_000, life_started_at=clock.now_ms() - 90 * DAY)
    today = clock.plant_day(clock.now_ms(), "Asia/Shanghai").isoformat()
    crib.plant.sql(insert(tool_days).values(tool_id=crib.tool_id(worn), day=today, used=9_000))
    assert crib.store.write_now(TEST, sweeping.sweep_tools)["life"] == 1


def test_the_clocks_of_scrapped_boards_end_however_many_others_run(crib: Crib, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "MOST_AT_ONCE", 1)
    run_no = crib.under_way(plan=3)
    keys = [row.id for row in crib.rows(select(units.c.id).order_by(units.c.id))]
    rule, now = crib.rows(select(rules.c.id))[0].id, clock.now_ms()
    told = {"rule_id": rule, "definition": {"name": "x"}, "rule_type": "CUSTOM", "definition_code": "X", "started_at": now,
            "expires_at": now + DAY, "status": "ACTIVE", "created_at": now, "updated_at": now}  # fmt: skip
    crib.plant.sql(*[
        insert(clocks).values(id=n, entity_type=kind, entity_id=entity, entity_display=entity, **told)
        for n, (kind, entity) in enumerate([("SOLDER_PASTE_LOT", "JAR-1"), *(("UNIT", str(key)) for key in keys)], 1)
    ])  # fmt: skip
    crib.plant.sql(update(units).where(units.c.id.in_(keys[1:])).values(status="SCRAPPED"))
    for _ in range(2):
        crib.store.write_now(TEST, sweep_clocks)
    running_still = crib.rows(select(clocks.c.entity_id).where(clocks.c.status == "ACTIVE").order_by(clocks.c.id))
    assert [row.entity_id for row in running_still] == ["JAR-1", str(keys[0])], run_no


@pytest.mark.one_engine
def test_reading_the_book_of_years_holds_up_nobody_at_a_station(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    fast, asked = plant.store._fast, list[str]()
    real = fast.submit

    def noted(job: Any) -> None:
        asked.append(job.mark.name)
        real(job)

    monkeypatch.setattr(fast, "submit", noted)
    monkeypatch.setattr(pages, "LATELY", 1)
    admin = plant.api.as_("admin")
    assert admin.get("/api/audit-logs", action="USER_CREATE").ok
    page = admin.get("/system/audit").text
    assert not {"list_entries", "audit_page"} & set(asked)
    assert 'value="USER_CREATE"' in page  # though the newest entries are of other things
    assert 'value="WORK_ORDER"' in page


def test_a_file_of_many_boms_is_walked_once_and_not_once_for_each_of_its_parts() -> None:
    class Asked:
        """A plant in which every part has one part of its own."""

        def all(self, statement: Any) -> list[Any]:
            (codes,) = statement.compile().params.values()
            return [SimpleNamespace(parent_code=code, child_code=f"{code}x") for code in codes if len(code) < 9]

    began = time.perf_counter()
    planned = {f"P{n}": [f"C{n:06d}"] for n in range(30_000)} | {"A": ["B"], "B": ["A"]}
    assert circles(Asked(), planned) == {"A": ["A", "B", "A"], "B": ["A", "B", "A"]}  # type: ignore[arg-type]
    assert time.perf_counter() - began < 8  # it took minutes


@pytest.mark.one_engine
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "soon"])
def test_the_page_of_the_book_takes_any_day_that_is_asked(plant: Plant, day: str) -> None:
    for asked in ({"from": day}, {"to": day}):
        assert plant.api.as_("admin").get("/system/audit", **asked).status == 200
