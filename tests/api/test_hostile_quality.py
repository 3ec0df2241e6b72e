"""Somebody who wants a lot to pass: what is tried to walk around the last piece and the outgoing inspection, and what comes of it."""

from __future__ import annotations

import pytest
from sqlalchemy import update
from tests.api.plant import STATIONS, Plant
from tests.api.quality_floor import PLAIN, Quality

from fiducial.orders.settings import FQC_GATE
from fiducial.orders.tables import units


@pytest.fixture
def floor(plant: Plant) -> Quality:
    return Quality(plant)


def part_of(floor: Quality, *, plan: int = 3) -> str:
    """A run of which one board was made and finished, on a line that closes with a signed last piece."""
    floor.setting(FQC_GATE, "CLOSE", floor.line_id())
    run_no = floor.run(plan=plan, units=1, route=floor.route_of(*PLAIN))
    floor.authorize(run_no).must()
    floor.finish_all(run_no)
    return run_no


def passed(floor: Quality, kind: str, run_no: str) -> str:
    key = floor.begun(kind, run_no)
    for sn in floor.look(kind, key)["sampledUnits"]:
        floor.item(kind, key, sn=sn).must()
    floor.decide(kind, key).must()
    floor.do(kind, key, "sign").must()
    return key


def the_rest(floor: Quality, run_no: str) -> None:
    """The boards that were still to come are made and finished."""
    floor.planner.post(f"/api/runs/{run_no}/generate-units", {"quantity": 2}).must()
    for sn in floor.sns(run_no):
        if floor.unit(sn).status == "QUEUED":
            floor.through(sn, *STATIONS[:2])


def test_a_last_piece_signed_before_the_other_boards_were_made_closes_nothing(floor: Quality) -> None:
    run_no = part_of(floor)
    passed(floor, "fqc", run_no)
    gate = floor.quality.get(f"/api/fqc/run/{run_no}/gate").must()
    assert (gate["fqcPassed"], gate["fqcSigned"]) == (True, True)
    the_rest(floor, run_no)
    gate = floor.quality.get(f"/api/fqc/run/{run_no}/gate").must()
    assert (gate["fqcPassed"], gate["fqcSigned"]) == (False, False)
    assert floor.leader.post(f"/api/runs/{run_no}/close", {}).code == "FQC_REQUIRED"
    passed(floor, "fqc", run_no)
    assert floor.leader.post(f"/api/runs/{run_no}/close", {}).must()["status"] == "COMPLETED"


def test_an_outgoing_inspection_passed_before_the_other_boards_were_made_says_nothing_of_them(floor: Quality) -> None:
    floor.rule(samplingType="PERCENTAGE", sampleValue=100)
    run_no = part_of(floor)
    first = floor.make("oqc", run_no).must()["id"]
    floor.do("oqc", first, "start").must()
    floor.item("oqc", first, sn=floor.sns(run_no)[0]).must()
    floor.decide("oqc", first).must()
    the_rest(floor, run_no)
    passed(floor, "fqc", run_no)
    again = floor.leader.post(f"/api/runs/{run_no}/close", {})
    assert again.code == "OQC_REQUIRED"
    assert (again.details["oqcId"] == first, again.details["sampleQty"]) == (False, 3)


def test_giving_an_inspection_up_brings_the_same_sample_again(floor: Quality) -> None:
    floor.rule(samplingType="FIXED", sampleValue=3)
    run_no = floor.running(units=9)
    drawn = [floor.finish_all(run_no)["oqc"]["oqcId"]]
    for _ in range(4):
        floor.do("oqc", drawn[-1], "cancel", reason="I do not like these").must()
        drawn.append(floor.make("oqc", run_no).must()["id"])
    assert len({tuple(floor.look("oqc", key)["sampledUnits"]) for key in drawn}) == 1


def test_a_board_that_was_held_and_released_does_not_take_the_place_of_the_last_piece(floor: Quality) -> None:
    run_no = floor.running(units=3)
    floor.rule(samplingType="FIXED", sampleValue=1)
    floor.finish_all(run_no)
    first, _, last = floor.sns(run_no)
    floor.plant.sql(update(units).where(units.c.sn == first).values(updated_at=units.c.updated_at + 60_000))
    assert floor.make("fqc", run_no).must()["sampledUnits"] == [last]


@pytest.mark.parametrize("kind", ["fqc", "oqc"])
def test_somebody_of_another_line_decides_nothing_here(floor: Quality, kind: str) -> None:
    floor.rule(samplingType="FIXED", sampleValue=1)
    run_no = floor.running(units=2)
    floor.finish_all(run_no)
    key = floor.make(kind, run_no).must()["id"]
    rights = ("quality:fai", "quality:oqc", "quality:sign", "trace:read")
    far = floor.plant.holder(*rights, scope="ASSIGNED_LINES", lineCodes=["LINE-FAR"])
    assert far.get(f"/api/{kind}").must()["items"] == []
    for method, path, body in (
        ("GET", f"/api/{kind}/{key}", None), ("GET", f"/api/{kind}/run/{run_no}/gate", None), ("POST", f"/api/{kind}/run/{run_no}", {}),
        ("POST", f"/api/{kind}/{key}/start", {}), ("POST", f"/api/{kind}/{key}/items", {"itemName": "x", "result": "PASS", "unitSn": "SN"}),
        ("POST", f"/api/{kind}/{key}/complete", {"decision": "PASS"}), ("POST", f"/api/{kind}/{key}/sign", {}),
        ("POST", f"/api/{kind}/{key}/cancel", {"reason": "not mine"}),
    ):  # fmt: skip
        answer = far.get(path) if method == "GET" else far.post(path, body)
        assert answer.code == "FORBIDDEN", (method, path)
    assert floor.look(kind, key)["status"] == "PENDING"


def test_two_who_make_a_last_piece_at_once_make_one(floor: Quality) -> None:
    run_no = floor.running(units=2)
    floor.rule(samplingType="FIXED", sampleValue=1)
    floor.finish_all(run_no)
    at = f"/api/fqc/run/{run_no}"
    answers = floor.api.at_once((floor.quality, "POST", at, {}), (floor.api.as_("quality2"), "POST", at, {}))
    assert sorted(str(answer.code) for answer in answers) == ["FQC_ALREADY_EXISTS", "None"]
