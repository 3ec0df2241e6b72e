"""A bake that was recorded wrongly and is voided or corrected gives the floor life of its lot back as it was (spec 04.8, 10.2)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import update
from tests.api.paper_floor import HOUR, Papers
from tests.api.plant import Plant
from tests.api.test_forms_paste_and_bake import clock_of, moist

from fiducial.forms.tables import TABLES
from fiducial.loading import msl
from fiducial.loading.tables import msl_clocks, msl_events

WHY = {"reason": "another lot was baked"}
CORRECTED = {
    "reason": "Misread", "itemCode": "P-1", "materialCode": "C-1", "lotNo": "LOT-1", "bakeProcess": "PCB", "bakeQty": 20,
    "bakeTemperature": 125, "durationHoursMin": 4,
}  # fmt: skip


@pytest.fixture
def papers(plant: Plant) -> Papers:
    return Papers(plant)


def pass_hours(papers: Papers, hours: float) -> None:
    """Let the hours pass: everything that was written of the lot and its bakes lies that much further back."""
    by = int(hours * HOUR)
    bake = TABLES["bake"]
    for table, names in (
        (msl_events, ("at",)),
        (msl_clocks, ("since", "expires_at", "opened_at")),
        (bake, ("happened_at", "out_at")),
    ):
        papers.plant.sql(update(table).values({name: table.c[name] - by for name in names}))


def bake(papers: Papers, hours: float, **more: object) -> dict[str, Any]:
    record = papers.made("bake", **more)
    pass_hours(papers, hours)
    return dict(papers.operator.post(papers.at("bake", record, "take-out"), {}).must())


def void(papers: Papers, record: dict[str, Any]) -> None:
    papers.leader.post(papers.at("bake", record, "void"), WHY).must()


def correct(papers: Papers, record: dict[str, Any], **more: object) -> dict[str, Any]:
    return dict(papers.leader.post(papers.at("bake", record, "correct"), CORRECTED | more).must())


def test_a_voided_bake_that_had_started_the_clock_anew_sets_it_back(papers: Papers) -> None:
    """100 h open, 8 h said to be in the oven, 2 h open since: all of it was floor life."""
    lot = moist(papers, "OPEN")
    pass_hours(papers, 100)
    record = bake(papers, 8)
    assert clock_of(papers, lot) == ("OPEN", 0)
    pass_hours(papers, 2)
    void(papers, record)
    assert clock_of(papers, lot) == ("OPEN", 110 * 60)
    history = papers.engineer.get(f"/api/material-lots/{lot}/msl").must()["history"]
    assert (history[0]["event"], history[0]["usedMinutes"], history[0]["byName"]) == ("BAKE_UNDONE", 6600, "赵组长")
    assert papers.leader.post(papers.at("bake", record, "void"), WHY).code == "ALREADY_VOIDED"
    assert clock_of(papers, lot) == ("OPEN", 110 * 60)


def test_a_lot_whose_floor_life_is_over_without_the_bake_ends_at_the_next_look(papers: Papers) -> None:
    lot = moist(papers, "OPEN")
    pass_hours(papers, 165)
    record = bake(papers, 8)
    void(papers, record)
    expire(papers)
    assert clock_of(papers, lot) == ("EXPIRED", 173 * 60)
    assert len(papers.events("FLOOR_LIFE_EXPIRED")) == 1


def test_a_lot_that_was_used_up_before_a_voided_bake_is_used_up_whatever_was_done_with_it_since(papers: Papers) -> None:
    lot = moist(papers, "OPEN")
    pass_hours(papers, 170)
    expire(papers)
    record = bake(papers, 8)
    for event in ("DRY_IN", "DRY_OUT", "DRY_IN"):
        papers.api.as_("material").post(f"/api/material-lots/{lot}/msl-events", {"event": event}).must()
    void(papers, record)
    assert clock_of(papers, lot) == ("EXPIRED", 170 * 60)


def test_a_lot_that_came_from_the_dry_store_goes_back_to_what_it_had_used(papers: Papers) -> None:
    lot = moist(papers, "OPEN")
    pass_hours(papers, 10)
    papers.api.as_("material").post(f"/api/material-lots/{lot}/msl-events", {"event": "DRY_IN"}).must()
    pass_hours(papers, 50)
    record = bake(papers, 8)
    assert clock_of(papers, lot) == ("OPEN", 0)
    void(papers, record)
    assert clock_of(papers, lot) == ("DRY", 10 * 60)


def test_a_later_bake_that_counts_outlives_the_voided_one_and_falls_with_its_own_record(papers: Papers) -> None:
    lot = moist(papers, "OPEN")
    pass_hours(papers, 100)
    first = bake(papers, 8)
    pass_hours(papers, 20)
    second = bake(papers, 8)
    pass_hours(papers, 1)
    void(papers, first)
    assert clock_of(papers, lot) == ("OPEN", 60)
    void(papers, second)
    assert clock_of(papers, lot) == ("OPEN", (100 + 8 + 20 + 8 + 1) * 60)


def test_a_bake_is_voided_while_the_lot_is_in_the_oven_again(papers: Papers) -> None:
    lot = moist(papers, "OPEN")
    pass_hours(papers, 100)
    first = bake(papers, 8)
    papers.made("bake")
    void(papers, first)
    assert clock_of(papers, lot) == ("BAKING", 108 * 60)


def test_a_lot_that_never_was_in_the_oven_lay_open_all_the_time(papers: Papers) -> None:
    lot = moist(papers, "OPEN")
    pass_hours(papers, 3)
    record = papers.made("bake")
    pass_hours(papers, 5)
    void(papers, record)
    assert clock_of(papers, lot) == ("OPEN", 8 * 60)


def test_a_bake_that_did_not_count_gives_nothing_back_but_its_hours(papers: Papers) -> None:
    lot = moist(papers, "OPEN")
    record = bake(papers, 5)
    void(papers, record)
    assert clock_of(papers, lot) == ("OPEN", 5 * 60)


def test_a_bake_corrected_to_be_too_cold_sets_the_clock_back(papers: Papers) -> None:
    lot = moist(papers, "OPEN")
    pass_hours(papers, 100)
    record = bake(papers, 8)
    pass_hours(papers, 1)
    new = correct(papers, record, bakeTemperature=90)
    assert new["result"] == "FAIL"
    assert [warned["code"] for warned in new["warnings"]] == ["MSL_BAKE_NOT_SUFFICIENT"]
    assert clock_of(papers, lot) == ("OPEN", 101 * 60)  # it was in the oven, so those hours do not count
    assert correct(papers, new)["warnings"] == []
    assert clock_of(papers, lot) == ("OPEN", 60)


def test_a_bake_corrected_in_its_quantity_alone_changes_no_clock(papers: Papers) -> None:
    lot = moist(papers, "OPEN")
    record = bake(papers, 8)
    pass_hours(papers, 1)
    assert correct(papers, record, bakeQty=21)["warnings"] == []
    assert clock_of(papers, lot) == ("OPEN", 60)
    history = papers.engineer.get(f"/api/material-lots/{lot}/msl").must()["history"]
    assert [one["event"] for one in history] == ["BAKE_OUT", "BAKE_IN", "OPEN"]


def test_a_bake_corrected_to_be_of_another_lot_resets_neither(papers: Papers) -> None:
    lot = moist(papers, "OPEN")
    other = papers.plant.made("engineer", "/api/material-lots", {"materialCode": "C-1", "lotNo": "LOT-2"})["id"]
    papers.api.as_("material").post(f"/api/material-lots/{other}/msl-events", {"event": "OPEN"}).must()
    pass_hours(papers, 100)
    record = bake(papers, 8)
    new = correct(papers, record, lotNo="LOT-2")
    assert [warned["code"] for warned in new["warnings"]] == ["MSL_BAKE_NOT_SUFFICIENT"]
    assert (clock_of(papers, lot), clock_of(papers, other)) == (("OPEN", 108 * 60), ("OPEN", 108 * 60))


def test_two_who_void_a_bake_at_once_set_the_clock_back_once(papers: Papers) -> None:
    lot = moist(papers, "OPEN")
    pass_hours(papers, 100)
    record = bake(papers, 8)
    path = papers.at("bake", record, "void")
    answers = papers.api.at_once((papers.leader, "POST", path, WHY), (papers.engineer, "POST", path, WHY))
    assert sorted(str(answer.code) for answer in answers) == ["ALREADY_VOIDED", "None"]
    assert clock_of(papers, lot) == ("OPEN", 108 * 60)


def expire(papers: Papers) -> None:
    from tests.api.plant import TEST

    papers.store.write_now(TEST, msl.expire_clocks)
