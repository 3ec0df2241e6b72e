"""Which stencil and which paste are on a line (spec 08.3.5), and repairs (spec 04.11)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from tests.api.plant import LINE, STATIONS, Plant
from tests.api.tooling_floor import HOUR, Crib
from tests.api.web import Answer

from fiducial.kit import clock
from fiducial.kit.outbox import events


@pytest.fixture
def crib(plant: Plant) -> Crib:
    return Crib(plant)


def unbind(crib: Crib, what: str, line: str = LINE) -> Answer:
    return crib.quality.post(f"/api/integration/lines/{line}/{what}/unbind")


def test_another_stencil_takes_the_place_of_the_one_that_was_there(crib: Crib, plant: Plant) -> None:
    first, second = crib.tool(), crib.tool()
    made = crib.bind(first).must()
    assert (made["stencilId"], made["lineCode"], made["isCurrent"], made["boundByName"]) == (
        first,
        LINE,
        True,
        "王质量",
    )
    crib.bind(second, who="leader").must()
    shown = crib.quality.get(f"/api/integration/lines/{LINE}/bindings").must()
    assert (shown["stencil"]["stencilId"], [past["stencilId"] for past in shown["history"]], shown["solderPaste"]) == (
        second,
        [first],
        None,
    )
    crib.bind(first, line="LINE-FAR").must()  # free again
    assert crib.tool_now(first)["boundLineCode"] == "LINE-FAR"
    assert sorted(entry["lineCode"] for entry in plant.audit(action="LINE_STENCIL_BIND")) == [LINE, LINE, "LINE-FAR"]


def test_a_stencil_is_on_one_line_at_a_time(crib: Crib) -> None:
    code = crib.tool()
    crib.bind(code).must()
    assert (crib.bind(code).status, crib.bind(code).code) == (409, "ALREADY_BOUND")
    refused = crib.bind(code, line="LINE-FAR")
    assert (refused.status, refused.code, refused.details["lineCode"]) == (409, "STENCIL_BOUND_ELSEWHERE", LINE)


@pytest.mark.one_engine
@pytest.mark.parametrize(("worn", "reason"), [
    ({"status": "BLOCKED"}, "BLOCKED"), ({"status": "RETIRED"}, "RETIRED"), ({"used": 60_000}, "LIFE"),
])  # fmt: skip
def test_a_stencil_that_may_not_be_used_is_not_bound(crib: Crib, worn: dict[str, Any], reason: str) -> None:
    code = crib.tool()
    crib.set_tool(code, **worn)
    refused = crib.bind(code)
    assert (refused.status, refused.code, refused.details["reason"]) == (409, "TOOL_NOT_USABLE", reason)


def test_what_is_not_there_is_not_bound_nor_unbound(crib: Crib) -> None:
    assert (crib.bind("NONE").status, crib.bind("NONE").code) == (404, "STENCIL_NOT_FOUND")
    assert (crib.bind("NONE", what="solder-paste").status, crib.bind("NONE", what="solder-paste").code) == (
        404,
        "SOLDER_PASTE_NOT_FOUND",
    )
    assert crib.bind(crib.tool(kind="SQUEEGEE")).code == "TOOL_KIND_MISMATCH"
    assert crib.bind("NONE", line="NONE").code == "LINE_NOT_FOUND"
    assert (unbind(crib, "stencil").status, unbind(crib, "stencil").code) == (409, "NO_CURRENT_STENCIL")
    assert unbind(crib, "solder-paste").code == "NO_CURRENT_SOLDER_PASTE"


@pytest.mark.one_engine
def test_a_leader_binds_on_lines_of_their_own(crib: Crib) -> None:
    assert crib.bind(crib.tool(), line="LINE-FAR", who="leader").code == "FORBIDDEN"
    assert crib.bind(crib.tool(), who="operator").code == "FORBIDDEN"


def ended(crib: Crib) -> int:
    return len(crib.rows(select(events.c.id).where(events.c.type == "SOLDER_PASTE_USAGE_UNBIND")))


def test_paste_leaves_a_line_by_unbinding_or_by_the_next_jar_and_its_clock_ends(crib: Crib) -> None:
    for lot in ("SP-1", "SP-2"):
        crib.paste(lot).must()
    crib.bind("SP-1", what="solder-paste").must()
    refused = crib.bind("SP-1", what="solder-paste", line="LINE-FAR")
    assert (refused.code, refused.details["lineCode"]) == ("SOLDER_PASTE_BOUND_ELSEWHERE", LINE)
    crib.bind("SP-2", what="solder-paste").must()
    assert ended(crib) == 1
    gone = unbind(crib, "solder-paste").must()
    assert (gone["lotId"], gone["isCurrent"], gone["unboundByName"], ended(crib)) == ("SP-2", False, "王质量", 2)


def test_expired_paste_is_not_bound(crib: Crib) -> None:
    crib.paste("SP-1", expiresAt=clock.to_wire(clock.now_ms() - HOUR)).must()
    refused = crib.bind("SP-1", what="solder-paste")
    assert (refused.status, refused.code) == (409, "SOLDER_PASTE_EXPIRED")


def test_two_lines_that_take_one_stencil_at_once_get_it_once(crib: Crib) -> None:
    code = crib.tool()
    answers = crib.api.at_once(
        *[
            (crib.quality, "POST", f"/api/integration/lines/{line}/stencil/bind", {"stencilId": code})
            for line in (LINE, "LINE-FAR")
        ]
    )
    assert sorted(str(answer.code) for answer in answers) == ["None", "STENCIL_BOUND_ELSEWHERE"]


def test_two_stencils_for_one_line_at_once_leave_one_there(crib: Crib) -> None:
    codes = [crib.tool() for _ in range(3)]
    answers = crib.api.at_once(
        *[(crib.quality, "POST", f"/api/integration/lines/{LINE}/stencil/bind", {"stencilId": code}) for code in codes]
    )
    assert [answer.status for answer in answers] == [200] * 3
    shown = crib.quality.get(f"/api/integration/lines/{LINE}/bindings").must()
    assert (shown["stencil"]["stencilId"] in codes, len(shown["history"])) == (True, 2)


# Repairs


def report(
    crib: Crib, code: str, kind: str = "STENCIL", type_: str = "REPAIR", who: str = "engineer", **more: Any
) -> Answer:
    body = {"entityType": kind, "entityId": code, "maintenanceType": type_, "description": "Something broke"}
    return crib.api.as_(who).post("/api/maintenance-records", body | more)


def go(crib: Crib, record: Any, step: str, who: str = "engineer", **body: Any) -> Answer:
    return crib.api.as_(who).post(f"/api/maintenance-records/{record['id']}/{step}", body)


def test_a_repair_goes_its_way_and_the_tool_comes_back_when_another_person_verified_it(
    crib: Crib, plant: Plant
) -> None:
    code = crib.tool()
    record = report(crib, code, assignedTo="Lao Li").must()
    assert (record["status"], record["blocksUse"], record["origin"], record["reportedByName"]) == (
        "PENDING",
        True,
        "MANUAL",
        "李工艺",
    )
    assert crib.bind(code).details["reason"] == "MAINTENANCE"
    assert go(crib, record, "start").must()["startedByName"] == "李工艺"
    done = go(crib, record, "complete", resolution="Put right again", partsReplaced="Frame", cost=12.5).must()
    assert (done["status"], done["cost"], done["completedByName"]) == ("COMPLETED", 12.5, "李工艺")
    verified = go(crib, record, "verify", "quality", ok=True).must()
    assert (verified["status"], verified["verifiedByName"]) == ("VERIFIED", "王质量")
    crib.bind(code).must()
    actions = {entry["action"] for entry in plant.audit(entityType="MAINTENANCE")}
    assert actions == {f"MAINTENANCE_{step}" for step in ("CREATE", "START", "COMPLETE", "VERIFY")}


def test_whoever_completed_a_repair_does_not_verify_it(crib: Crib, plant: Plant) -> None:
    both = plant.holder("maintenance:write", "maintenance:verify")
    record = report(crib, crib.tool()).must()
    both.post(f"/api/maintenance-records/{record['id']}/complete", {"resolution": "Put right again"}).must()
    refused = both.post(f"/api/maintenance-records/{record['id']}/verify", {"ok": True})
    assert (refused.status, refused.code) == (409, "SIGNER_MUST_DIFFER")


def test_what_was_not_in_order_goes_back_to_work_with_a_remark(crib: Crib) -> None:
    record = report(crib, crib.tool()).must()
    go(crib, record, "complete", resolution="Put right again").must()
    assert go(crib, record, "verify", "quality", ok=False).field_paths == ["remark"]
    back = go(crib, record, "verify", "quality", ok=False, remark="It still leaks").must()
    assert (back["status"], back["verifyRemark"]) == ("IN_PROGRESS", "It still leaks")


STEPS = {
    "start": {"PENDING"}, "complete": {"PENDING", "IN_PROGRESS"}, "verify": {"COMPLETED"}, "cancel": {"PENDING", "IN_PROGRESS"},
}  # fmt: skip
BODIES: dict[str, dict[str, Any]] = {
    "start": {}, "complete": {"resolution": "Put right again"}, "verify": {"ok": True}, "cancel": {"reason": "By mistake"},
}  # fmt: skip


@pytest.mark.one_engine
@pytest.mark.parametrize("state", ["PENDING", "IN_PROGRESS", "COMPLETED", "VERIFIED", "CANCELLED"])
def test_a_record_goes_only_where_its_state_lets_it(crib: Crib, plant: Plant, state: str) -> None:
    from sqlalchemy import update

    from fiducial.tooling.tables import maintenance

    for step, allowed in STEPS.items():
        record = report(crib, crib.tool()).must()
        plant.sql(update(maintenance).where(maintenance.c.record_no == record["recordNo"]).values(status=state))
        answer = go(crib, record, step, "quality" if step == "verify" else "engineer", **BODIES[step])
        assert (answer.code is None) is (state in allowed), (step, answer.code)
        assert answer.code in (None, "MAINTENANCE_STATUS_INVALID")
    changed = crib.engineer.patch(f"/api/maintenance-records/{record['id']}", {"cost": 3})
    assert changed.code in (None, "MAINTENANCE_STATUS_INVALID")


def test_a_thing_has_one_open_record_of_a_type(crib: Crib) -> None:
    code = crib.tool()
    first = report(crib, code).must()
    refused = report(crib, code)
    assert (refused.status, refused.code, refused.details["recordNo"]) == (
        409,
        "MAINTENANCE_ALREADY_OPEN",
        first["recordNo"],
    )
    report(crib, code, type_="CLEANING").must()
    go(crib, first, "cancel", reason="By mistake").must()
    report(crib, code).must()


def test_two_who_report_the_same_at_once_make_one_record(crib: Crib) -> None:
    body = {
        "entityType": "STENCIL",
        "entityId": crib.tool(),
        "maintenanceType": "REPAIR",
        "description": "Something broke",
    }
    answers = crib.api.at_once(*[(crib.engineer, "POST", "/api/maintenance-records", body) for _ in range(2)])
    assert sorted(str(answer.code) for answer in answers) == ["MAINTENANCE_ALREADY_OPEN", "None"]


def test_a_replacement_begins_a_new_life_when_it_is_verified_and_only_one_of_a_tool_may(crib: Crib) -> None:
    code = crib.tool(countBase=500)
    repair = report(crib, code).must()
    assert go(crib, repair, "complete", resolution="Put right again", resetLife=True).field_paths == ["resetLife"]
    record = report(crib, code, type_="REPLACEMENT").must()
    go(crib, record, "complete", resolution="A new one", resetLife=True).must()
    assert crib.tool_now(code)["totalCount"] == 500
    go(crib, record, "verify", "quality", ok=True).must()
    tool = crib.tool_now(code)
    assert (tool["totalCount"], tool["lifeNo"], tool["lives"][0]["reason"]) == (0, 2, record["recordNo"])


@pytest.mark.one_engine
def test_only_what_there_is_can_be_repaired(crib: Crib) -> None:
    assert report(crib, "NONE").code == "TOOL_NOT_FOUND"
    assert report(crib, crib.tool(kind="SQUEEGEE")).code == "TOOL_KIND_MISMATCH"
    assert report(crib, "NONE", "EQUIPMENT").code == "EQUIPMENT_NOT_FOUND"
    assert report(crib, crib.tool(), lineCode="NONE").code == "LINE_NOT_FOUND"
    refused = crib.engineer.get("/api/maintenance-records/none")
    assert (refused.status, refused.code) == (404, "MAINTENANCE_NOT_FOUND")
    assert report(crib, "ST-FAR-01", "EQUIPMENT", who="leader").code == "FORBIDDEN"


@pytest.mark.one_engine
def test_the_list_shows_what_is_open_of_lines_in_reach(crib: Crib) -> None:
    here = report(crib, STATIONS[0], "EQUIPMENT").must()
    report(crib, "ST-FAR-01", "EQUIPMENT").must()
    go(crib, report(crib, crib.tool()).must(), "cancel", reason="By mistake").must()
    seen = crib.leader.get("/api/maintenance-records", open="true").must()["items"]
    assert [record["recordNo"] for record in seen] == [here["recordNo"]]
    assert crib.engineer.get("/api/maintenance-records", open="true").must()["total"] == 2
    assert crib.engineer.get("/api/maintenance-records", entityType="EQUIPMENT", lineCode=LINE).must()["total"] == 1
    refused = crib.leader.get(
        f"/api/maintenance-records/{report(crib, 'ST-FAR-01', 'EQUIPMENT', 'CLEANING').must()['id']}"
    )
    assert refused.code == "FORBIDDEN"
