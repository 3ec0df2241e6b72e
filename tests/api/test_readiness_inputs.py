"""When inputs change (spec 03.8), when a system speaks again (03.9), and the list of exceptions (03.7)."""

from __future__ import annotations

import threading
import time
from typing import Any

import pytest
from sqlalchemy import delete, select, text, update
from tests.api.execution_floor import at_once, run_again
from tests.api.plant import LINE, TEST, Plant
from tests.api.ready_floor import ReadyFloor

from fiducial.kit import outbox
from fiducial.kit.acting import action
from fiducial.kit.outbox import events, work
from fiducial.kit.tx import Tx
from fiducial.notices.tables import notifications
from fiducial.orders.lookup import run_to_change
from fiducial.people.tables import users
from fiducial.plant.state_tables import system_modes
from fiducial.plant.tables import materials
from fiducial.readiness import due as due_rows
from fiducial.readiness import gates, listeners
from fiducial.readiness.config import TYPES
from fiducial.readiness.evaluate import evaluate
from fiducial.readiness.items import Failed
from fiducial.readiness.listeners import judge_next_due
from fiducial.readiness.tables import checks, due


@pytest.fixture
def floor(plant: Plant) -> ReadyFloor:
    return ReadyFloor(plant)


@action(audit="TEST", entity="LINE", internal_only=True)
def tell(tx: Tx, line_id: int, payload: dict[str, Any]) -> None:
    tx.unrecorded()
    tx.emit("READINESS_INPUT_CHANGED", line_id, **payload)


def told(floor: ReadyFloor, **payload: Any) -> None:
    floor.store.write_now(TEST, tell, floor.line_id(), payload)


def latest(floor: ReadyFloor, run_no: str, type: str = "PRECHECK") -> Any:
    return floor.leader.get(f"/api/runs/{run_no}/readiness/latest", type=type).must()


def counted(floor: ReadyFloor) -> int:
    return len(floor.rows(select(checks.c.id)))


def hear(floor: ReadyFloor) -> None:
    """Let the listeners hear, without waiting for what they gathered."""
    while floor.store.write_now(TEST, outbox.handle_one):
        pass


def test_many_changes_within_two_seconds_make_one_check(floor: ReadyFloor, monkeypatch: pytest.MonkeyPatch) -> None:
    assert due_rows.GATHER_MS == 2_000
    monkeypatch.setattr(due_rows, "GATHER_MS", 60_000)  # on a busy machine the five alone may take two seconds
    run_no = floor.run()
    floor.plant.settle()
    before = counted(floor)
    for _ in range(5):
        told(floor, lineId=floor.line_id())
    hear(floor)
    assert floor.store.write_now(TEST, judge_next_due) is False  # the two seconds have not gone by
    assert counted(floor) == before
    floor.plant.settle()
    assert counted(floor) == before + 1
    assert latest(floor, run_no)["trigger"] == "INPUT_CHANGED"


@action(audit="TEST", entity="RUN", internal_only=True)
def judge_slowly(tx: Tx, run_no: str, has_begun: threading.Event) -> str:
    """As a check does: the run is had alone, and at the end it is noted when the check runs out."""
    tx.unrecorded()
    run = run_to_change(tx, run_no)
    has_begun.set()
    time.sleep(0.5)
    due_rows.expires_at(tx, run.id, None)
    return "judged"


def test_a_change_that_is_heard_while_a_run_is_judged_waits_for_it_and_neither_is_run_again(
    floor: ReadyFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both write the run's place on the list: who wrote it and then waited for the run would be waited for by who has the run."""
    run_no = floor.run()
    floor.plant.settle()
    floor.plant.sql(delete(due))
    told(floor, lineId=floor.line_id())
    again, has_begun = run_again(monkeypatch), threading.Event()

    def heard() -> bool:
        has_begun.wait(30)
        return bool(floor.store.write_now(TEST, outbox.handle_one))

    assert at_once(lambda: floor.store.write_now(TEST, judge_slowly, run_no, has_begun), heard) == ["judged", True]
    assert again == []
    assert [row.attempts for row in floor.rows(select(work.c.attempts))] == []
    assert floor.rows(select(due.c.input_at))[0].input_at is not None


@pytest.mark.postgres
def test_a_judgement_that_met_another_writer_is_made_at_once_and_not_a_minute_later(
    floor: ReadyFloor, monkeypatch: pytest.MonkeyPatch
) -> None:
    if floor.store.engine_name == "sqlite":
        return  # one writer meets nobody
    run_no = floor.run()
    floor.plant.settle()
    told(floor, lineId=floor.line_id())
    hear(floor)
    before, meetings = counted(floor), [1]

    def met(tx: Tx, run: Any) -> Any:
        if meetings:
            meetings.pop()
            tx.run(text("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$"))
        return evaluate(tx, run)

    monkeypatch.setattr(listeners, "evaluate", met)
    floor.plant.sql(update(due).values(input_at=0))
    assert floor.plant.judge_due() == 1
    assert (meetings, counted(floor)) == ([], before + 1)
    assert latest(floor, run_no)["trigger"] == "INPUT_CHANGED"


def test_what_comes_in_while_a_run_is_judged_is_judged_again(floor: ReadyFloor) -> None:
    floor.run()
    floor.plant.settle()
    told(floor, lineId=floor.line_id())
    hear(floor)
    [row] = floor.rows(select(due).where(due.c.input_at.is_not(None)))
    told(floor, lineId=floor.line_id())
    hear(floor)
    assert floor.rows(select(due).where(due.c.input_at.is_not(None)))[0].input_at == row.input_at


@pytest.mark.parametrize("by", ["runId", "lineId", "versionId", "orderId", "productCode"])
def test_an_input_finds_its_runs_by_whatever_it_names(floor: ReadyFloor, by: str) -> None:
    from fiducial.orders.tables import runs

    run_no = floor.run()
    floor.plant.settle()
    row = floor.rows(select(runs).where(runs.c.run_no == run_no))[0]
    named = {
        "runId": row.id,
        "lineId": row.line_id,
        "versionId": row.version_id,
        "orderId": row.work_order_id,
        "productCode": "P-1",
    }
    before = counted(floor)
    told(floor, **{by: named[by]})
    floor.plant.settle()
    assert counted(floor) == before + 1


def test_an_input_that_names_nothing_known_is_a_fault_not_silence(floor: ReadyFloor) -> None:
    told(floor, shelf="7")
    hear(floor)
    [waiting] = floor.rows(select(work))
    assert "names nothing known" in waiting.error


def test_a_ban_of_a_material_reaches_the_runs_of_what_it_goes_into(floor: ReadyFloor) -> None:
    floor.plant.material("P-1")
    floor.plant.material("M-1")
    floor.engineer.put("/api/boms/P-1", {"children": [{"childCode": "M-1", "qty": 1}]}).must()
    run_no = floor.run()
    floor.only("MATERIAL")
    floor.plant.settle()
    assert latest(floor, run_no)["status"] == "PASSED"
    floor.plant.sql(update(materials).where(materials.c.code == "M-1").values(is_forbidden=True))
    floor.engineer.patch("/api/materials/M-1", {"model": "X"}).must()
    floor.plant.settle()
    assert latest(floor, run_no)["status"] == "FAILED"


def test_paste_that_expires_before_the_first_board_takes_the_authorisation_back(floor: ReadyFloor) -> None:
    """Example 14."""
    run_no = floor.printing_run()
    floor.only("SOLDER_PASTE")
    lot = floor.paste()
    state = floor.paste_state(lot)
    floor.authorize(run_no).must()
    floor.plant.settle()
    from fiducial.tooling.tables import paste_states

    floor.move(paste_states, state, "expires_at", -0.001)
    assert floor.store.write_now(TEST, judge_next_due) is False
    floor.plant.sql(update(due).values(expires_at=1))
    assert floor.plant.judge_due() == 1
    assert floor.status(run_no) == "PREP"
    [entry] = floor.plant.audit(entityDisplay=run_no, action="RUN_AUTHORIZATION_LAPSED")
    assert (entry["outcome"], entry["actorType"]) == ("SUCCESS", "SYSTEM")
    assert "SOLDER_PASTE" in entry["reason"]
    assert latest(floor, run_no)["trigger"] == "SCHEDULE"


def test_production_goes_on_when_an_input_gets_worse_and_people_are_told(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("SOLDER_PASTE")
    lot = floor.paste()
    floor.paste_state(lot)
    floor.authorize(run_no).must()
    floor.set_run(run_no, status="IN_PROGRESS")
    floor.plant.settle()
    floor.paste_state(lot, "NON_COMPLIANT")
    told(floor, lineId=floor.line_id())
    floor.plant.settle()
    assert floor.status(run_no) == "IN_PROGRESS"
    found = floor.leader.get("/api/readiness/exceptions", runStatus="IN_PROGRESS").must()["items"]
    assert [row["runNo"] for row in found] == [run_no]
    assert people_told(floor, "RUN_READINESS_FAILED") >= {"leader", "engineer"}


def people_told(floor: ReadyFloor, type: str) -> set[str]:
    joined = notifications.join(users, users.c.id == notifications.c.recipient_id)
    return {
        row.username
        for row in floor.rows(select(users.c.username).select_from(joined).where(notifications.c.type == type))
    }


def test_a_formal_check_that_no_longer_holds_is_told_of(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("SOLDER_PASTE")
    lot = floor.paste()
    floor.paste_state(lot)
    floor.check(run_no)
    floor.plant.settle()
    floor.paste_state(lot, "NON_COMPLIANT")
    told(floor, lineId=floor.line_id())
    floor.plant.settle()
    assert latest(floor, run_no, "FORMAL")["invalidatedAt"] is not None
    assert people_told(floor, "RUN_READINESS_FAILED") >= {"leader", "engineer"}
    floor.plant.sql(update(system_modes).values(mode="AUTO"))
    floor.paste_state(lot, "EXPIRED")
    told(floor, lineId=floor.line_id())
    floor.plant.settle()
    assert people_told(floor, "PRECHECK_CHANGED") >= {"leader", "engineer"}


def test_a_run_on_hold_or_ended_is_left_alone(floor: ReadyFloor) -> None:
    run_no = floor.run()
    floor.plant.settle()
    for status in ("ON_HOLD", "COMPLETED", "CANCELLED"):
        floor.set_run(run_no, status=status)
        before = counted(floor)
        told(floor, lineId=floor.line_id())
        floor.plant.settle()
        assert counted(floor) == before


def test_a_fault_of_a_gate_holds_up_no_other_run(floor: ReadyFloor, monkeypatch: pytest.MonkeyPatch) -> None:
    broken, fine = floor.run(), floor.run()
    floor.only("MATERIAL")
    floor.plant.settle()
    key, real = floor.key_of(broken), gates.BY_TYPE["MATERIAL"]

    class Breaking:
        type = "MATERIAL"

        def check(self, tx: Tx, case: Any) -> Any:
            if case.run.id == key:
                raise RuntimeError("a bug")
            return real.check(tx, case)

    monkeypatch.setitem(gates.BY_TYPE, "MATERIAL", Breaking())
    told(floor, lineId=floor.line_id())
    before = counted(floor)
    floor.plant.settle_once()
    assert counted(floor) == before + 1
    assert latest(floor, fine)["trigger"] == "INPUT_CHANGED"


# A system that speaks again


def test_an_entry_by_hand_is_superseded_when_the_system_speaks_again(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("STENCIL")
    stencil = floor.stencil()
    floor.stencil_state(stencil, "READY", by="leader", hours_ago=1, reason="link is down")
    first = floor.check(run_no)
    assert first["items"][1]["source"] == "MANUAL"
    listed = floor.leader.get("/api/readiness/exceptions").must()["items"]
    assert [(row["manualCount"], row["items"][0]["source"]) for row in listed] == [(1, "MANUAL")]
    floor.stencil_state(stencil, "READY")
    second = floor.check(run_no)
    assert (second["items"][1]["source"], second["items"][1]["evidence"]["superseded"]["actorName"]) == (
        "AUTO",
        "赵组长",
    )
    [row] = floor.leader.get("/api/readiness/exceptions").must()["items"]
    assert (row["items"][0]["causeCode"], row["items"][0]["superseded"]["reason"]) == (
        "MANUAL_SUPERSEDED",
        "link is down",
    )
    floor.plant.settle()
    assert people_told(floor, "MANUAL_SUPERSEDED") == {"leader"}
    earlier = floor.leader.get(f"/api/runs/{run_no}/readiness/checks/{first['checkId']}").must()
    assert earlier["items"][1]["source"] == "MANUAL"
    floor.check(run_no)
    floor.plant.settle()
    assert len(floor.rows(select(events).where(events.c.type == "MANUAL_SUPERSEDED"))) == 1


# Exceptions


def test_exceptions_list_one_row_for_each_run_that_is_not_plainly_ready(floor: ReadyFloor) -> None:
    ready, failed = floor.run(), floor.printing_run()
    floor.only("STENCIL")
    floor.check(ready)
    floor.check(failed)
    path = "/api/readiness/exceptions"
    [row] = floor.leader.get(path).must()["items"]
    assert (row["runNo"], row["runStatus"], row["checkStatus"], row["failedCount"]) == (failed, "PREP", "FAILED", 1)
    assert (row["lineCode"], row["productCode"], row["checkType"]) == (LINE, "P-1", "FORMAL")
    [item] = row["items"]
    assert (item["itemType"], item["causeCode"], item["status"]) == ("STENCIL", "STENCIL_NOT_BOUND", "FAILED")
    assert item["failReason"]
    for filters, found in (
        ({"itemType": "STENCIL"}, 1), ({"itemType": "LOADING"}, 0), ({"causeCode": "STENCIL_NOT_BOUND"}, 1), ({"causeCode": "X"}, 0),
        ({"lineCode": LINE}, 1), ({"lineCode": "LINE-FAR"}, 0), ({"lineId": LINE}, 1), ({"search": failed}, 1), ({"search": "zzz"}, 0),
        ({"runStatus": "COMPLETED"}, 0), ({"from": "2020-01-01T00:00:00Z"}, 1), ({"to": "2020-01-01T00:00:00Z"}, 0),
    ):  # fmt: skip
        assert floor.leader.get(path, **filters).must()["total"] == found, filters
    assert floor.leader.get(path, runStatus="NONSENSE").status == 422
    assert floor.api.as_("operator2").get(path).must()["items"] == []
    assert floor.api.as_("trace").get(path).code == "FORBIDDEN"


# No gate is passed by nothing


def test_no_gate_is_passed_by_an_empty_answer(floor: ReadyFloor, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of whatever gate: no item at all is a failure that nobody waives."""
    run_no = floor.run()
    built = [gate for gate in TYPES if gate in gates.BY_TYPE and gate != "ROUTE"]

    class Silent:
        def __init__(self, type: str) -> None:
            self.type = type

        def check(self, tx: Tx, case: Any) -> list[Failed]:
            return []

    for gate in built:
        monkeypatch.setitem(gates.BY_TYPE, gate, Silent(gate))
    floor.only(*built)
    found = [item for item in floor.check(run_no)["items"] if item["itemType"] != "ROUTE"]
    assert [(item["causeCode"], item["waivable"]) for item in found] == [("GATE_GAVE_NOTHING", False)] * len(built)


def test_nobody_sets_a_check_passed_or_an_item_waived_by_a_call(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("STENCIL")
    run = f"/api/runs/{run_no}"
    for body in ({"status": "PASSED"}, {"items": []}, {"waived": True}):
        assert floor.quality.post(f"{run}/readiness/check", body).status == 422
    assert floor.leader.post(f"{run}/authorize", {"action": "AUTHORIZE", "checkId": "1"}).status == 422
    assert floor.authorize(run_no).code == "READINESS_CHECK_FAILED"


def test_a_stored_pass_never_authorises(floor: ReadyFloor) -> None:
    """R1: however young."""
    run_no = floor.printing_run()
    floor.only("STENCIL")
    floor.check(run_no)
    floor.plant.sql(update(checks).values(status="PASSED", failed=0))
    assert floor.authorize(run_no).code == "READINESS_CHECK_FAILED"


def test_gates_changed_while_a_run_is_authorised_never_leave_it_authorised(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    body = {"enabled": ["ROUTE", "STENCIL"]}
    given, changed = floor.api.at_once(
        (floor.leader, "POST", f"/api/runs/{run_no}/authorize", {"action": "AUTHORIZE"}),
        (floor.engineer, "PUT", f"/api/lines/{LINE}/readiness-config", body),
    )
    assert changed.ok
    assert given.ok or given.code == "READINESS_CHECK_FAILED"
    floor.plant.settle()
    assert floor.status(run_no) == "PREP"
