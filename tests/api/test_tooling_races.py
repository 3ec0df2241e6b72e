"""Two at once about tools and clocks: one wins, nothing is counted twice, nothing is told twice (spec 00.6, 03.11, 04.10)."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.api.orders_floor import step
from tests.api.plant import LINE, STATIONS, TEST, Plant
from tests.api.test_time_rules import OUT, paste_event
from tests.api.tooling_floor import HOUR, Crib

from fiducial.kit import clock
from fiducial.kit.outbox import events
from fiducial.timers.actions import sweep_clocks
from fiducial.timers.tables import clocks
from fiducial.tooling.tables import tool_runs

pytestmark = pytest.mark.postgres


@pytest.fixture
def crib(plant: Plant) -> Crib:
    return Crib(plant)


def side_by_side(*acts: Callable[[], Any]) -> list[Any]:
    """Do several things at the same time, each in a thread of its own; what came of each."""
    found: list[Any] = [None] * len(acts)

    def perform(place: int) -> None:
        found[place] = acts[place]()

    threads = [threading.Thread(target=perform, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_boards_that_leave_two_printers_at_once_are_both_counted_and_the_limit_is_told_once(
    crib: Crib, plant: Plant
) -> None:
    stencil = crib.tool(lifeLimit=8)
    crib.bind(stencil).must()
    run = crib.printing(plan=8)
    sns = crib.units_of(run)
    for sn in sns:
        crib.come_in(sn).must()
    outs = [
        (crib.operator, "POST", f"/api/stations/{STATIONS[0]}/track-out", {"sn": sn, "result": "PASS"}) for sn in sns
    ]
    assert [answer.status for answer in crib.api.at_once(*outs)] == [200] * 8
    tool = crib.tool_now(stencil)
    assert (tool["totalCount"], tool["status"]) == (8, "BLOCKED")
    assert [row.boards for row in crib.rows(select(tool_runs.c.boards))] == [8]
    told = [row.type for row in crib.rows(select(events.c.type).where(events.c.type.like("TOOL_LIFE%")))]
    assert sorted(told) == ["TOOL_LIFE_80", "TOOL_LIFE_REACHED"]


def test_two_nodes_that_sweep_at_once_tell_of_each_clock_once(crib: Crib, plant: Plant) -> None:
    for key in range(1, 7):
        paste_event(crib, key, OUT, clock.now_ms(), f"SP-{key}", line_id=crib.line_id(LINE))
    plant.sql(update(clocks).values(expires_at=clock.now_ms() - HOUR))
    counts = side_by_side(*[lambda: plant.store.write_now(TEST, sweep_clocks)] * 3)
    assert sum(count["expired"] for count in counts) == 6
    assert len(crib.rows(select(events.c.id).where(events.c.type == "TIME_RULE_EXPIRED"))) == 6


def test_the_same_start_twice_at_once_starts_one_clock(crib: Crib) -> None:
    at = clock.now_ms()
    side_by_side(*[lambda key=key: paste_event(crib, key, OUT, at) for key in (1, 1, 2, 3)])
    assert len(crib.rows(select(clocks.c.id))) == 1


def test_two_who_waive_one_clock_at_once_waive_it_once(crib: Crib) -> None:
    paste_event(crib, 1, OUT, clock.now_ms() - 25 * HOUR)
    key = crib.quality.get("/api/time-rules/instances").must()["items"][0]["id"]
    path, body = f"/api/time-rules/instances/{key}/waive", {"reason": "Measured, it is in order"}
    answers = crib.api.at_once(*[(crib.api.as_(who), "POST", path, body) for who in ("quality", "quality2")])
    assert sorted(str(answer.code) for answer in answers) == ["None", "TIME_RULE_INSTANCE_STATUS"]


def test_two_who_switch_one_system_at_once_switch_it_once(crib: Crib) -> None:
    path, body = "/api/integration/systems/WMS/mode", {"mode": "MANUAL", "reason": "The WMS is away"}
    answers = crib.api.at_once(*[(crib.api.as_(who), "PUT", path, body) for who in ("quality", "quality2", "admin")])
    assert sorted(str(answer.code) for answer in answers) == ["MODE_UNCHANGED", "MODE_UNCHANGED", "None"]


def test_two_boards_that_name_the_same_fixtures_in_another_order_never_wait_for_each_other(crib: Crib) -> None:
    first, second = crib.tool(kind="FIXTURE"), crib.tool(kind="FIXTURE")
    run = crib.under_way(plan=12, route=crib.route(None, step(10, "WAVE", STATIONS[0], processKind="WAVE")))
    sns = crib.units_of(run)
    for turn in range(0, 12, 4):
        come = [
            (crib.operator, "POST", f"/api/stations/{STATIONS[0]}/track-in", {"sn": sn, "toolCodes": codes})
            for sn, codes in zip(sns[turn : turn + 4], ([first, second], [second, first]) * 2, strict=True)
        ]
        leave = [
            (crib.operator, "POST", f"/api/stations/{STATIONS[0]}/track-out", {"sn": sn, "result": "PASS"})
            for sn in sns[max(0, turn - 4) : turn]
        ]
        assert {answer.status for answer in crib.api.at_once(*come, *leave)} == {200}
