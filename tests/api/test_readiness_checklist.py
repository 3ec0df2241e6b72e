"""The pre-changeover list (spec 03.10, 10.4.13, 11.3): what the system answers, what people tick, the confirmation, the gate."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update
from tests.api.plant import PASSWORD, Plant
from tests.api.ready_floor import ReadyFloor

from fiducial.kit.acting import Caller
from fiducial.kit.outbox import events
from fiducial.orders.tables import work_orders
from fiducial.people.tables import sessions, signatures
from fiducial.readiness.checklist_rows import DIP_ROWS, SMT_ROWS
from fiducial.readiness.reminders import remind_of_lists
from fiducial.readiness.tables import checklist_confirmations


@pytest.fixture
def floor(plant: Plant) -> ReadyFloor:
    return ReadyFloor(plant)


def shown(floor: ReadyFloor, run_no: str) -> Any:
    return floor.leader.get(f"/api/runs/{run_no}/readiness/checklist").must()


def row(floor: ReadyFloor, run_no: str, key: str) -> Any:
    return next(row for row in shown(floor, run_no)["rows"] if row["itemKey"] == key)


def put(floor: ReadyFloor, run_no: str, key: str, *, who: str = "leader", **body: Any) -> Any:
    return floor.api.as_(who).put(f"/api/runs/{run_no}/readiness/checklist/items/{key}", body)


def confirm(floor: ReadyFloor, run_no: str, *, who: str = "leader", **body: Any) -> Any:
    return floor.api.as_(who).post(f"/api/runs/{run_no}/readiness/checklist/confirm", body)


def tick_all(floor: ReadyFloor, run_no: str) -> None:
    for each in shown(floor, run_no)["rows"]:
        if each["by"] == "PERSON" and each["result"] == "PENDING":
            put(floor, run_no, each["itemKey"], needed=True, result="OK").must()


def test_the_list_has_the_rows_of_the_paper(floor: ReadyFloor) -> None:
    run_no = floor.run(customer="ACME", jobNo="J-7", planStartDate="2026-12-01T00:00:00Z")
    given = shown(floor, run_no)
    assert [each["itemKey"] for each in given["rows"]] == [each.key for each in SMT_ROWS]
    assert (given["customer"], given["jobNo"], given["planQty"], given["lineCode"]) == ("ACME", "J-7", 10, "LINE-A")
    assert (given["changeoverAt"], given["confirmedAt"]) == ("2026-12-01T00:00:00.000Z", None)
    english = floor.leader.with_headers(accept_language="en").get(f"/api/runs/{run_no}/readiness/checklist").must()
    assert english["rows"][0]["text"] == "PCB baked"
    assert given["rows"][0]["text"] == "PCB 烘烤"


def test_a_dip_line_has_its_own_rows(floor: ReadyFloor) -> None:
    from tests.api.orders_floor import step

    floor.plant.line("LINE-D", process_type="DIP")
    floor.plant.station("ST-D", line="LINE-D")
    run_no = floor.run(line="LINE-D", route=floor.route(None, step(10, "WAVE", "ST-D"), kind="DIP"))
    quality = floor.api.as_("quality")
    given = quality.get(f"/api/runs/{run_no}/readiness/checklist").must()
    assert [each["itemKey"] for each in given["rows"]] == [each.key for each in DIP_ROWS]


def test_a_gate_that_is_on_answers_its_rows_and_one_that_is_off_leaves_them_to_people(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    assert row(floor, run_no, "REFLOW_PROGRAM")["by"] == "PERSON"
    assert put(floor, run_no, "STENCIL", needed=True, result="OK").ok
    floor.only("STENCIL", "PREP_STENCIL_USAGE")
    assert (row(floor, run_no, "STENCIL")["by"], row(floor, run_no, "STENCIL")["result"]) == ("SYSTEM", "PENDING")
    floor.check(run_no)
    answered = row(floor, run_no, "STENCIL")
    assert answered["result"] == "NG"
    assert answered["remark"]
    assert put(floor, run_no, "STENCIL", needed=True, result="OK").field_paths == ["result"]
    assert put(floor, run_no, "STENCIL", needed=False).code == "NOT_NEEDED_NOT_ALLOWED"


def test_what_people_say_is_kept_with_their_name(floor: ReadyFloor) -> None:
    run_no = floor.run()
    put(floor, run_no, "PLACEMENT_PROGRAM", needed=True, result="OK", value="P1001 V3", remark="checked").must()
    said = row(floor, run_no, "PLACEMENT_PROGRAM")
    assert (said["result"], said["value"], said["setByName"], said["by"]) == ("OK", "P1001 V3", "赵组长", "PERSON")
    put(floor, run_no, "HAND_PLACED", needed=False).must()
    assert row(floor, run_no, "HAND_PLACED")["result"] == "NA"
    assert floor.plant.audit(action="CHECKLIST_ITEM_SET", entityDisplay=run_no)
    assert put(floor, run_no, "NONSENSE", needed=True).code == "CHECK_ITEM_NOT_FOUND"
    assert put(floor, "RUN-NOWHERE", "TRAY", needed=True).code == "RUN_NOT_FOUND"
    assert put(floor, run_no, "SQUEEGEE", needed=True, value="long").field_paths == ["value"]
    assert put(floor, run_no, "TRAY", who="operator", needed=True, result="OK").code == "FORBIDDEN"
    floor.set_run(run_no, status="IN_PROGRESS")
    assert put(floor, run_no, "TRAY", needed=True, result="OK").code == "INVALID_RUN_STATUS"
    assert confirm(floor, run_no).code == "INVALID_RUN_STATUS"


def test_the_list_is_confirmed_by_a_signature_once_every_row_is_answered(floor: ReadyFloor) -> None:
    run_no = floor.run()
    floor.only("CHECKLIST")
    refused = confirm(floor, run_no)
    assert (refused.code, len(refused.details["rows"])) == ("CHECKLIST_INCOMPLETE", len(SMT_ROWS))
    assert floor.cause(run_no, "CHECKLIST", run_no) == "CHECKLIST_NOT_CONFIRMED"
    tick_all(floor, run_no)
    floor.plant.sql(update(sessions).values(authenticated_at=1))
    assert confirm(floor, run_no).code == "REAUTH_REQUIRED"
    done = confirm(floor, run_no, remark="seen", password=PASSWORD).must()
    assert (done["confirmedByName"], done["confirmRemark"]) == ("赵组长", "seen")
    [signed] = floor.rows(select(signatures))
    assert (signed.meaning, signed.subject_type) == ("CHECKLIST_CONFIRM", "READINESS_CHECKLIST")
    assert floor.cause(run_no, "CHECKLIST") is None
    assert floor.check(run_no)["status"] == "PASSED"


def test_any_change_after_the_confirmation_removes_it_and_it_stays_in_the_book(floor: ReadyFloor) -> None:
    run_no = floor.run()
    floor.only("CHECKLIST")
    tick_all(floor, run_no)
    confirm(floor, run_no).must()
    put(floor, run_no, "TRAY", needed=True, result="OK").must()
    assert shown(floor, run_no)["confirmedAt"] is None
    assert floor.cause(run_no, "CHECKLIST") == "CHECKLIST_NOT_CONFIRMED"
    [former] = floor.rows(select(checklist_confirmations))
    assert (former.ended_by_name, len(former.content)) == ("赵组长", len(SMT_ROWS))


def test_a_row_that_is_not_good_stops_the_run_though_confirmed(floor: ReadyFloor) -> None:
    run_no = floor.run()
    floor.only("CHECKLIST")
    put(floor, run_no, "RACK_WIDTH", needed=True, result="NG").must()
    tick_all(floor, run_no)
    confirm(floor, run_no).must()
    item = floor.item(run_no, "CHECKLIST")
    assert (item["causeCode"], item["evidence"]["rows"], item["evidence"]["actorName"]) == (
        "CHECKLIST_NG",
        ["RACK_WIDTH"],
        "赵组长",
    )
    assert floor.authorize(run_no).code == "READINESS_CHECK_FAILED"


def test_a_confirmation_grows_old(floor: ReadyFloor) -> None:
    run_no = floor.run()
    floor.only("CHECKLIST")
    tick_all(floor, run_no)
    confirm(floor, run_no).must()
    floor.plant.sql(
        update(checklist_confirmations).values(confirmed_at=checklist_confirmations.c.confirmed_at - 25 * 3_600_000)
    )
    assert floor.cause(run_no, "CHECKLIST") == "CHECKLIST_NOT_CONFIRMED"


def test_a_waived_item_is_ok_on_the_list_with_who_and_why(floor: ReadyFloor) -> None:
    run_no = floor.printing_run()
    floor.only("PREP_STENCIL_USAGE")
    item = next(item for item in floor.check(run_no)["items"] if item["status"] == "FAILED")
    floor.quality.post(f"/api/runs/{run_no}/readiness/items/{item['id']}/waive", {"reason": "measured"}).must()
    said = row(floor, run_no, "STENCIL")
    assert (said["result"], said["remark"]) == ("OK", "王质量 豁免：measured")


def test_two_confirm_at_once_and_one_confirmation_stands(floor: ReadyFloor) -> None:
    run_no = floor.run()
    tick_all(floor, run_no)
    path = f"/api/runs/{run_no}/readiness/checklist/confirm"
    answers = floor.api.at_once(*((floor.api.as_(who), "POST", path, {}) for who in ("leader", "quality")))
    assert all(answer.ok for answer in answers)
    standing = floor.rows(select(checklist_confirmations).where(checklist_confirmations.c.ended_at.is_(None)))
    assert len(standing) == 1


def test_the_leader_is_told_once_when_a_changeover_is_near_and_nobody_has_begun(floor: ReadyFloor) -> None:
    from tests.api.plant import TEST

    late, begun, far = floor.run(), floor.run(), floor.run()
    now = floor.rows(select(work_orders.c.created_at).limit(1))[0].created_at
    of = {run_no: floor.detail(run_no)["workOrder"]["woNo"] for run_no in (late, begun, far)}
    for run_no, hours in ((late, 3), (begun, 3), (far, 5)):
        floor.plant.sql(
            update(work_orders).where(work_orders.c.wo_no == of[run_no]).values(plan_start_date=now + hours * 3_600_000)
        )
    put(floor, begun, "TRAY", needed=False).must()
    assert floor.store.write_now(TEST, remind_of_lists) == 1
    assert floor.store.write_now(TEST, remind_of_lists) == 0
    [told] = floor.rows(select(events).where(events.c.type == "CHECKLIST_DUE"))
    assert told.thing == floor.key_of(late)


def test_rows_of_a_gate_that_is_switched_off_after_the_confirmation_are_open_until_somebody_answers_them(
    floor: ReadyFloor,
) -> None:
    run_no = floor.printing_run()
    floor.only("PREP_STENCIL_USAGE", "CHECKLIST")
    floor.stencil()
    floor.stencil_check()
    floor.check(run_no)  # answers the rows of the gate
    tick_all(floor, run_no)
    confirm(floor, run_no).must()
    assert floor.cause(run_no, "CHECKLIST") is None
    floor.only("CHECKLIST")
    item = floor.item(run_no, "CHECKLIST")
    assert (item["causeCode"], item["evidence"]["rows"]) == ("CHECKLIST_NOT_CONFIRMED", ["STENCIL"])
    tick_all(floor, run_no)
    confirm(floor, run_no).must()
    assert floor.cause(run_no, "CHECKLIST") is None


def printed(floor: ReadyFloor, run_no: str, *, who: str = "leader") -> Any:
    return floor.api.as_(who).get(f"/runs/{run_no}/readiness/checklist/print")


def test_the_list_is_printed_as_the_plants_paper(floor: ReadyFloor) -> None:
    run_no = floor.printing_run(customer="ACME <&>", jobNo="J-7")
    floor.only("PREP_STENCIL_USAGE")
    floor.check(run_no)
    put(floor, run_no, "PLACEMENT_PROGRAM", needed=True, result="OK", value="P1001 V3").must()
    open_list = printed(floor, run_no)
    assert (open_list.status, open_list.headers["content-type"]) == (200, "application/pdf")
    assert f"QR-Pro-133-{run_no}.pdf" in open_list.headers["content-disposition"]
    assert open_list.headers["content-disposition"].startswith("inline")
    tick_all(floor, run_no)
    assert printed(floor, run_no).status == 200
    assert printed(floor, "RUN-NOWHERE").status == 404
    assert printed(floor, run_no, who="operator2").status in (403, 404)


def test_the_paper_says_every_row_in_both_languages_who_answered_it_and_who_confirmed(floor: ReadyFloor) -> None:
    from fiducial.readiness.checklist_paper import printed_list
    from fiducial.web.pages import View

    run_no = floor.run()
    tick_all(floor, run_no)
    confirm(floor, run_no, remark="seen").must()
    caller = Caller(internal="test")
    said = floor.store.read_now(caller, printed_list, run_no, View("/", {}))
    group, text = said.texts["STENCIL"]
    assert group.endswith(" Tools") and text.endswith(" Stencil checked") and not text.startswith("Stencil")  # noqa: PT018
    assert {row["itemKey"] for row in said.list["rows"]} <= set(said.texts)
    assert (said.list["confirmedByName"], said.list["confirmRemark"]) == ("赵组长", "seen")
