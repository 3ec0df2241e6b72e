"""The picture of what a board was made of (谱系图, spec 07.3, 07.10), its story in full, and what is flagged in it."""

from __future__ import annotations

import pytest
from tests.api.plant import STATIONS, Plant
from tests.api.quality_floor import Quality

from fiducial.trace.genealogy import genealogy_of
from fiducial.trace.picture import MOST_BELOW, drawn

pytestmark = pytest.mark.one_engine


@pytest.fixture
def floor(plant: Plant) -> Quality:
    return Quality(plant)


def failed_and_repaired(floor: Quality) -> str:
    """A board that failed at the second station, was repaired and went through; its serial."""
    run_no = floor.running(units=1)
    (sn,) = floor.sns(run_no)
    floor.through(sn, *STATIONS[:2], result="FAIL")
    (defect,) = floor.defects(sn=sn)
    decided = {"type": "REWORK", "toStepNo": 10, "reason": "Bridge at U3"}
    task = floor.quality.post(f"/api/defects/{defect['id']}/disposition", decided).must()["reworkTask"]
    record = {"reason": "Bridge", "action": "Resoldered", "result": "PASS"}
    floor.operator.post(f"/api/rework-tasks/{task['id']}/repair-record", record)
    floor.through(sn, *STATIONS[:2])
    return sn


def graph(floor: Quality, sn: str) -> dict:  # type: ignore[type-arg]
    return dict(floor.api.as_("trace").get(f"/api/trace/units/{sn}/genealogy").must())


def test_every_fact_of_a_board_is_a_thing_in_its_picture_joined_to_where_it_happened(floor: Quality) -> None:
    sn = failed_and_repaired(floor)
    found = graph(floor, sn)
    kinds = [node["kind"] for node in found["nodes"]]
    assert (
        kinds.count("WORK_ORDER"),
        kinds.count("RUN"),
        kinds.count("UNIT"),
        kinds.count("STEP"),
        kinds.count("DEFECT"),
    ) == (1, 1, 1, 4, 1)
    names = {node["id"] for node in found["nodes"]}
    assert all(edge["from"] in names and edge["to"] in names for edge in found["edges"])
    (defect,) = [edge for edge in found["edges"] if edge["kind"] == "FOUND"]
    at = next(node for node in found["nodes"] if node["id"] == defect["from"])
    assert (at["stepNo"], at["state"]) == (20, "FAIL")
    assert [edge["kind"] for edge in found["edges"]].count("PASSED") == 4
    assert found["folded"] is False


def test_the_picture_puts_no_two_things_on_one_place_and_walks_from_each_to_another(floor: Quality) -> None:
    sn = failed_and_repaired(floor)
    picture = drawn(graph(floor, sn))  # type: ignore[arg-type]
    assert len({(box.x, box.y) for box in picture.boxes}) == len(picture.boxes)
    assert all(box.next for box in picture.boxes)
    html = floor.api.as_("trace").get(f"/trace/units/{sn}").text
    assert html.count("data-node=") == len(picture.boxes)
    assert "style=" not in html.partition("<svg")[2].partition("</svg>")[0]


class _Big:
    """A board with more lots than a picture holds."""

    def __init__(self, gathered: object, lots: int) -> None:
        self._gathered, self._lots = gathered, lots

    def __getattr__(self, name: str) -> object:
        if name != "reels":
            return getattr(self._gathered, name)
        reel = {"runNo": "", "slotCode": "S", "loadedAt": None, "unloadedAt": None, "certainty": "CERTAIN"}
        return [reel | {"materialCode": f"M-{number}", "lotNo": f"L-{number}"} for number in range(self._lots)]


def test_lots_of_one_step_are_folded_where_there_are_more_than_the_picture_holds(floor: Quality) -> None:
    from tests.api.execution_floor import _look

    from fiducial.kit.acting import Caller
    from fiducial.trace.facts import unit_facts
    from fiducial.trace.gathered import Gathered

    sn = failed_and_repaired(floor)
    few, many = floor.store.read_now(
        Caller(internal="test"), _look,
        lambda tx: [genealogy_of(_Big(Gathered(tx, unit_facts(tx, sn)), lots)) for lots in (MOST_BELOW + 1, 500)],  # type: ignore[arg-type]
    )  # fmt: skip
    assert (few["folded"], many["folded"]) == (False, True)
    (folded,) = [node for node in many["nodes"] if node["kind"] == "LOT"]
    assert (folded["count"], folded["folded"]) == (500, True)
    assert [box.count for box in drawn(few).boxes if box.kind == "LOT"] == [MOST_BELOW + 1]


def test_the_story_tells_decisions_repairs_inspections_and_signatures(floor: Quality) -> None:
    sn = failed_and_repaired(floor)
    told = [entry["kind"] for entry in floor.api.as_("trace").get(f"/api/trace/units/{sn}/timeline").must()["items"]]
    assert {"DEFECT", "DISPOSITION", "REPAIR", "TRACK_IN", "TRACK_OUT", "AUTHORIZED", "DONE"} <= set(told)
    assert told.index("DEFECT") < told.index("DISPOSITION") < told.index("DONE")


def test_a_first_article_and_its_signature_stand_in_trace_story_and_flags(floor: Quality) -> None:
    run_no = floor.prepared(units=1)
    key, (sn,) = floor.trial(run_no)
    floor.item("fai", key, sn=sn)
    floor.decide("fai", key).must()
    floor.do("fai", key, "sign").must()
    found = floor.api.as_("trace").get(f"/api/trace/units/{sn}").must()
    (one,) = found["inspections"]
    assert (one["type"], one["status"], one["inSample"]) == ("FAI", "PASS", True)
    assert "FAI_TRIAL" in [flag["code"] for flag in found["flags"]]
    told = [entry["kind"] for entry in floor.api.as_("trace").get(f"/api/trace/units/{sn}/timeline").must()["items"]]
    assert told.count("FAI") == 2
    assert "SIGNATURE" in told
    assert one["signedByName"] == "王质量"
