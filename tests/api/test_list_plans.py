"""Lists of what a plant makes begin with the newest by an index or by their keys: none sorts, or walks through, all there is to show a page."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Engine
from tests.api.orders_floor import Floor
from tests.api.plant import Plant
from tests.api.test_people_book import behind_our_back

from fiducial.app import entrances

pytestmark = pytest.mark.one_engine

# Lists over tables that grow with boards, runs, messages and time.
GROWING = (
    "/api/audit-logs", "/api/defects", "/api/events", "/api/integration/device-data", "/api/integration/messages",
    "/api/integration/outbound/events", "/api/material-uses", "/api/quality-figures/boards", "/api/reel-change-records", "/api/rework-tasks",
    "/api/runs", "/api/test-records", "/api/work-orders",
)  # fmt: skip


def test_every_list_here_is_one() -> None:
    assert set(GROWING) <= {door.path for door in entrances() if door.listing is not None}


def plans_of(plant: Plant, path: str) -> dict[str, list[str]]:
    """How SQLite finds what a list shows: a plan for each statement that gives a page."""
    asked: list[tuple[str, Any]] = []

    def note(_conn: Any, _cursor: Any, sql: str, values: Any, *_rest: Any) -> None:
        if sql.startswith("SELECT") and " LIMIT " in sql:
            asked.append((sql, values))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        plant.api.as_("admin").get(path).must()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    with behind_our_back(plant.store) as conn:
        return {
            sql: [str(row[-1]) for row in conn.exec_driver_sql("EXPLAIN QUERY PLAN " + sql, values).all()]
            for sql, values in asked
        }


@pytest.mark.parametrize("path", GROWING)
def test_the_newest_page_of_a_list_is_found_without_sorting_it(plant: Plant, path: str) -> None:
    plans = plans_of(plant, path)
    assert plans
    for sql, plan in plans.items():
        assert "USE TEMP B-TREE FOR ORDER BY" not in plan, f"{sql}\n{plan}"


def test_the_boards_of_a_run_are_found_in_order_among_its_own(plant: Plant) -> None:
    """And not through the serial numbers of all there are, as PostgreSQL did for want of an index."""
    run_no = Floor(plant).run(units=2)
    plans = [
        plan
        for sql, plan in plans_of(plant, f"/api/runs/{run_no}/units").items()
        if " FROM unit" in sql.replace("\n", " ")
    ]
    assert plans
    for plan in plans:
        assert any("ix_unit_of_run (run_id=?)" in part for part in plan), plan
        assert not any("TEMP B-TREE" in part for part in plan), plan
