"""Two at once about one paper record: one wins, the other is told what happened, and nothing is done twice (spec 00.6, 10.2)."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from sqlalchemy import select
from tests.api.execution_floor import BLOCKED, at_once, run_again
from tests.api.paper_floor import GOOD, Papers
from tests.api.plant import LINE, Plant, until
from tests.api.web import Api

from fiducial.forms.tables import TABLES
from fiducial.kit.store import make_engine
from fiducial.tooling.tables import paste_lots

TURNS = pytest.mark.parametrize("turn", range(3))


@pytest.fixture
def papers(plant: Plant) -> Papers:
    papers = Papers(plant)
    papers.tool("ST-1", thickness_mm=0.12)
    return papers


def both(papers: Papers, turn: int, *asks: tuple[Any, str, str, Any]) -> dict[str, Any]:
    """Two asks at the same time, in either order; their answers by the last word of their address."""
    ordered = asks if turn % 2 else asks[::-1]
    answers = papers.api.at_once(*ordered)
    return {path.rpartition("/")[2]: answer for (_, _, path, _), answer in zip(ordered, answers, strict=True)}


def rows(papers: Papers) -> list[Any]:
    table = TABLES["stencil_usage"]
    return list(papers.floor.rows(select(table).order_by(table.c.id)))


def test_a_jar_that_is_scanned_while_its_label_is_corrected_is_done_once_and_nobody_is_run_again(
    papers: Papers, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both change the record and the jar: who had the jar before the record would wait for whoever corrects."""
    papers.jar("RECEIVE").must()
    record = papers.operator.get("/api/solder-paste-usage-records").must()["items"][0]
    again, beside = run_again(monkeypatch), Api(papers.api.app)
    label = {name: value for name, value in GOOD["solder_paste"].items() if name != "step"}
    body = {"reason": "Misread label", **label, "batchNo": "B-2"}

    engine = make_engine(papers.store.url.render_as_string(hide_password=False))
    with engine.connect() as other, engine.connect() as watching:

        def scan_came_first() -> bool:
            watching.rollback()
            if papers.store.engine_name == "sqlite":  # which lets nobody wait: the scan is in when it is done
                return watching.scalar(select(TABLES["solder_paste"].c.step)) == "THAW_START"
            return bool(watching.scalar(BLOCKED))

        def correct() -> Any:
            until(scan_came_first)
            letting_go.start()
            return beside.as_("leader").post(papers.at("solder_paste", record, "correct"), body)

        other.execute(select(paste_lots.c.id).with_for_update())
        letting_go = threading.Timer(0.6, other.rollback)
        scanned, corrected = at_once(lambda: papers.jar("THAW_START"), correct)
        letting_go.join()
    beside.close()
    assert scanned.ok
    assert corrected.ok
    assert (corrected.data["step"], corrected.data["batchNo"]) == ("THAW_START", "B-2")
    assert again == []


@TURNS
def test_of_two_who_confirm_one_record_one_does_and_the_other_is_told_who(turn: int, papers: Papers) -> None:
    record = papers.made("stencil_usage", lineCode=LINE)
    at = papers.at("stencil_usage", record, "confirm")
    people = (papers.leader, papers.api.as_("quality"))
    asks = [(who, "POST", at, {"remark": f"seen {place}"}) for place, who in enumerate(people)]
    answers = papers.api.at_once(*(asks if turn % 2 else asks[::-1]))
    assert sorted(answer.status for answer in answers) == [200, 409]
    won, lost = sorted(answers, key=lambda answer: answer.status)
    assert (lost.code, lost.details["by"]) == ("ALREADY_CONFIRMED", won.data["confirmedByName"])
    assert len(papers.plant.audit(action="STENCIL_USAGE_CONFIRM", outcome="SUCCESS")) == 1


@TURNS
def test_a_confirmation_and_a_voiding_at_once_never_leave_a_voided_record_confirmed_afterwards(
    turn: int, papers: Papers
) -> None:
    record = papers.made("stencil_usage", lineCode=LINE)
    answers = both(
        papers,
        turn,
        (papers.leader, "POST", papers.at("stencil_usage", record, "confirm"), {}),
        (papers.api.as_("quality"), "POST", papers.at("stencil_usage", record, "void"), {"reason": "another stencil"}),
    )
    assert answers["void"].ok
    [row] = rows(papers)
    assert row.voided
    if answers["confirm"].ok:  # it came first, and is kept as it was
        assert row.confirmed_at <= row.voided_at + 1000  # each is the time at which its own request began
    else:
        assert (answers["confirm"].code, row.confirmed_at) == ("ALREADY_VOIDED", None)


@TURNS
def test_a_correction_and_a_confirmation_at_once_confirm_no_record_that_was_replaced(turn: int, papers: Papers) -> None:
    record = papers.made("stencil_usage", lineCode=LINE)
    body = GOOD["stencil_usage"] | {"lineCode": LINE, "tensionValues": [40] * 5, "reason": "read wrongly"}
    answers = both(
        papers,
        turn,
        (papers.leader, "POST", papers.at("stencil_usage", record, "confirm"), {}),
        (papers.api.as_("quality"), "POST", papers.at("stencil_usage", record, "correct"), body),
    )
    assert answers["correct"].ok
    old, new = rows(papers)
    assert (old.voided, old.corrected_by_id, new.corrects_id, new.confirmed_at) == (True, new.id, old.id, None)
    if not answers["confirm"].ok:
        assert (answers["confirm"].code, old.confirmed_at) == ("ALREADY_VOIDED", None)


@TURNS
def test_of_two_corrections_at_once_one_replaces_the_record_and_its_count_is_given_back_once(
    turn: int, papers: Papers
) -> None:
    record = papers.made("stencil_usage", lineCode=LINE, printCount=100)
    before = papers.tool_row().used
    at = papers.at("stencil_usage", record, "correct")
    bodies = [
        GOOD["stencil_usage"] | {"lineCode": LINE, "printCount": count, "reason": "read wrongly"} for count in (10, 20)
    ]
    asks = [
        (who, "POST", at, body) for who, body in zip((papers.leader, papers.api.as_("quality")), bodies, strict=True)
    ]
    answers = papers.api.at_once(*(asks if turn % 2 else asks[::-1]))
    assert sorted(answer.status for answer in answers) == [200, 409]
    won, lost = sorted(answers, key=lambda answer: answer.status)
    assert lost.code == "ALREADY_VOIDED"
    assert papers.tool_row().used == before - 100 + won.data["printCount"]
    assert sum(not row.voided for row in rows(papers)) == 1


@TURNS
def test_of_two_voidings_at_once_one_counts(turn: int, papers: Papers) -> None:
    record = papers.made("stencil_usage", lineCode=LINE, printCount=100)
    at = papers.at("stencil_usage", record, "void")
    asks = [(who, "POST", at, {"reason": "another stencil"}) for who in (papers.leader, papers.api.as_("quality"))]
    answers = papers.api.at_once(*(asks if turn % 2 else asks[::-1]))
    assert sorted(answer.code or "" for answer in answers) == ["", "ALREADY_VOIDED"]
    assert papers.tool_row().used == 0


@TURNS
def test_a_take_out_and_a_voiding_of_a_bake_at_once_never_judge_a_voided_one(turn: int, papers: Papers) -> None:
    record = papers.made("bake")
    answers = both(
        papers,
        turn,
        (papers.operator, "POST", papers.at("bake", record, "take-out"), {}),
        (papers.leader, "POST", papers.at("bake", record, "void"), {"reason": "another lot"}),
    )
    assert answers["void"].ok
    assert answers["take-out"].code in (None, "ALREADY_VOIDED")
    [row] = papers.floor.rows(select(TABLES["bake"]))
    assert row.voided
    assert (row.out_at is not None) == answers["take-out"].ok
