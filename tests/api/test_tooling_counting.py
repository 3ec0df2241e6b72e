"""How the life of a tool is counted (spec 03.11): by tracks, once each, in the transaction of the track-out; by records for the rest."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from tests.api.plant import LINE, STATIONS, TEST, Plant
from tests.api.tooling_floor import Crib

from fiducial.kit.acting import action
from fiducial.kit.outbox import events
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs
from fiducial.tooling import from_forms
from fiducial.tooling.reading import the_tool
from fiducial.tooling.tables import maintenance, tool_runs


@pytest.fixture
def crib(plant: Plant) -> Crib:
    return Crib(plant)


def told(crib: Crib, type_: str) -> int:
    return len(crib.rows(select(events.c.id).where(events.c.type == type_)))


@action(audit="TEST", entity="TOOL", internal_only=True)
def as_form(tx: Tx, what: str, code: str, *rest: object) -> object:
    """Do what a paper form does to a tool."""
    tx.unrecorded()
    tool = the_tool(tx, code)
    if what == "count":
        return from_forms.count_recorded(tx, tool, int(str(rest[0]))).life_no
    if what == "back":
        return from_forms.give_back(tx, tool, int(str(rest[0])), life_no=int(str(rest[1])))
    if what == "recorded":
        run = tx.first(select(runs).where(runs.c.run_no == rest[1])) if rest[1] else None
        return from_forms.recorded_on(tx, tool, line_id=int(str(rest[0])), run_id=run.id if run else None)
    if what == "tracked":
        return from_forms.counts_itself(tx, tx.one(select(runs).where(runs.c.run_no == rest[0])), tool)
    return from_forms.block_for_failed_check(tx, tool, description="A hole is torn")


def form(crib: Crib, *said: object) -> object:
    return crib.store.write_now(TEST, as_form, *said)


def test_each_board_out_of_a_print_counts_on_the_stencil_of_its_line_pass_or_fail(crib: Crib) -> None:
    stencil = crib.tool()
    crib.bind(stencil).must()
    run = crib.printing(plan=3)
    first, second, third = crib.units_of(run)
    crib.through(first)
    crib.come_in(second).must()
    crib.go_out(second, result="FAIL").must()
    crib.come_in(third).must()
    assert crib.tool_now(stencil)["totalCount"] == 2
    crib.through(first, STATIONS[1])  # no print
    assert (crib.tool_now(stencil)["totalCount"], crib.tool_now(stencil)["lastUsedAt"] is not None) == (2, True)


def test_boards_that_are_printed_together_count_once_a_panel_rounded_up_for_each_run(crib: Crib, plant: Plant) -> None:
    plant.material("P-1", panelSize=4)
    stencil = crib.tool()
    crib.bind(stencil).must()
    for boards, total in ((5, 2), (1, 3)):
        for sn in crib.units_of(crib.printing(plan=boards)):
            crib.through(sn)
        assert crib.tool_now(stencil)["totalCount"] == total


def test_the_squeegee_that_was_recorded_for_the_run_counts_and_one_of_another_line_does_not(crib: Crib) -> None:
    run = crib.printing(plan=2)
    here, of_run, far = (crib.tool(kind="SQUEEGEE") for _ in range(3))
    form(crib, "recorded", here, crib.line_id(LINE), None)
    form(crib, "recorded", far, crib.line_id("LINE-FAR"), None)
    first, second = crib.units_of(run)
    crib.through(first)
    form(crib, "recorded", of_run, crib.line_id(LINE), run)
    crib.through(second)
    assert [crib.tool_now(code)["totalCount"] for code in (here, of_run, far)] == [1, 1, 0]


def test_eighty_percent_is_told_once_and_the_limit_blocks_the_tool_once(crib: Crib) -> None:
    stencil = crib.tool(lifeLimit=10, countBase=6)
    crib.bind(stencil).must()
    sns = crib.units_of(crib.printing(plan=5))
    for sn, warned, reached, status in zip(
        sns, (0, 1, 1, 1, 1), (0, 0, 0, 1, 1), ("ACTIVE", "ACTIVE", "ACTIVE", "BLOCKED", "BLOCKED"), strict=True
    ):
        crib.through(sn)
        assert (told(crib, "TOOL_LIFE_80"), told(crib, "TOOL_LIFE_REACHED")) == (warned, reached)
        assert crib.tool_now(stencil)["status"] == status
    assert crib.tool_now(stencil)["totalCount"] == 11  # the board has been through


def test_a_track_counts_at_most_once_even_if_it_were_told_twice(crib: Crib) -> None:
    from fiducial.tooling.counting import count_track

    stencil = crib.tool()

    def rows() -> list[tuple[int, int]]:
        return [(row.boards, row.last_track_id) for row in crib.rows(select(tool_runs))]

    run_id = crib.rows(select(runs.c.id).where(runs.c.run_no == crib.run()))[0].id

    for track in (7, 7, 8):
        crib.store.write_now(TEST, _count, count_track, crib.tool_id(stencil), run_id, track)
    assert (rows(), crib.tool_now(stencil)["totalCount"]) == ([(2, 8)], 2)


@action(audit="TEST", entity="TOOL", internal_only=True)
def _count(tx: Tx, count_track: object, tool_id: int, run_id: int, track_id: int) -> None:
    tx.unrecorded()
    count_track(tx, tool_id, run_id=run_id, track_id=track_id, panel=1)  # type: ignore[operator]


def test_a_typed_count_is_added_and_given_back_but_not_to_another_life(crib: Crib) -> None:
    stencil = crib.tool(countBase=5)
    life = form(crib, "count", stencil, 40)
    assert crib.tool_now(stencil)["totalCount"] == 45
    form(crib, "back", stencil, 40, life)
    assert crib.tool_now(stencil)["totalCount"] == 5
    life = form(crib, "count", stencil, 10)
    crib.engineer.post(f"/api/tools/{stencil}/replace", {"reason": "A new one"}).must()
    form(crib, "back", stencil, 10, life)
    assert crib.tool_now(stencil)["totalCount"] == 0


def test_a_crossing_that_was_taken_back_is_told_again(crib: Crib) -> None:
    stencil = crib.tool(lifeLimit=100)
    life = form(crib, "count", stencil, 85)
    form(crib, "back", stencil, 85, life)
    form(crib, "count", stencil, 85)
    assert told(crib, "TOOL_LIFE_80") == 2


def test_a_run_that_prints_counts_its_stencil_by_itself_and_one_that_does_not_leaves_it_to_the_record(
    crib: Crib,
) -> None:
    stencil = crib.tool()
    assert form(crib, "tracked", stencil, crib.printing()) is True
    assert form(crib, "tracked", stencil, crib.run()) is False


def test_a_failed_check_stops_the_tool_at_once_and_opens_a_repair_whoever_finds_it_twice(crib: Crib) -> None:
    stencil = crib.tool()
    number = form(crib, "check", stencil)
    tool = crib.tool_now(stencil)
    assert (tool["status"], tool["statusReason"], tool["openMaintenance"]) == ("BLOCKED", "CHECK_FAILED", number)
    assert form(crib, "check", stencil) == number
    record = crib.engineer.get("/api/maintenance-records", entityId=stencil).must()["items"]
    assert [(one["origin"], one["maintenanceType"], one["status"]) for one in record] == [
        ("FORM_NG", "REPAIR", "PENDING")
    ]
    assert len(crib.rows(select(maintenance.c.id))) == 1


def test_a_change_of_a_bound_stencil_is_an_input_of_its_gates(crib: Crib, plant: Plant) -> None:
    stencil = crib.tool()
    crib.bind(stencil).must()

    def inputs() -> int:
        return told(crib, "READINESS_INPUT_CHANGED")

    before = inputs()
    crib.engineer.post(f"/api/tools/{stencil}/block", {"reason": "Bent corner"}).must()
    assert inputs() == before + 1
    crib.engineer.post(f"/api/tools/{crib.tool()}/block", {"reason": "Bent corner"}).must()
    assert inputs() == before + 1  # bound nowhere: no run rests on it
