"""Solder paste scan by scan, and a bake from oven to floor (spec 10.4.1, 10.4.2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import update
from tests.api.paper_floor import HOUR, MINUTE, Papers
from tests.api.plant import LINE, Plant

from fiducial.loading.tables import msl_clocks

STEP_TIMES = ("thaw_started_at", "stir_started_at", "issued_at")


@pytest.fixture
def papers(plant: Plant) -> Papers:
    return Papers(plant)


def thawed(papers: Papers) -> None:
    papers.jar("RECEIVE").must()
    papers.jar("THAW_START").must()
    papers.ago("solder_paste", 5 * HOUR, "thaw_started_at")
    papers.jar("THAW_END").must()


def issued(papers: Papers, **more: object) -> None:
    thawed(papers)
    papers.jar("STIR_START").must()
    papers.ago("solder_paste", 3 * MINUTE, "stir_started_at")
    papers.jar("STIR_END").must()
    papers.jar("ISSUE", **({"lineCode": LINE} | more)).must()


def minutes(record: Any, begun: str, ended: str) -> float:
    """The minutes between two instants that a record tells, as records tell minutes."""
    spent = datetime.fromisoformat(record[ended]) - datetime.fromisoformat(record[begun])
    return round(spent.total_seconds() / 60, 1)


# Solder paste


def test_one_jar_is_one_record_that_each_scan_moves_on(papers: Papers) -> None:
    issued(papers)
    listed = papers.operator.get("/api/solder-paste-usage-records").must()["items"]
    jar = listed[0]
    assert len(listed) == 1
    assert (jar["lotId"], jar["step"], jar["batchNo"], jar["lineCode"], jar["usedByName"]) == (
        "JAR-1",
        "ISSUE",
        "B-1",
        LINE,
        "钱操作",
    )
    assert 300.0 <= jar["thawMinutes"] == minutes(jar, "thawStartedAt", "thawedAt") < 301
    assert 3.0 <= jar["stirMinutes"] == minutes(jar, "stirStartedAt", "stirredAt") < 4
    assert len(papers.events("SOLDER_PASTE_USAGE_CREATE")) == 1
    assert len(papers.plant.audit(action="SOLDER_PASTE_USAGE_CREATE")) == 6


def test_a_step_out_of_order_says_which_one_is_due(papers: Papers) -> None:
    refused = papers.jar("STIR_START")
    assert (refused.code, refused.details["expected"]) == ("PASTE_STEP_ORDER", ["RECEIVE", "THAW_START"])
    papers.jar("RECEIVE").must()
    assert papers.jar("RECEIVE").details["expected"] == ["THAW_START", "SCRAP"]


def test_a_jar_that_nobody_received_may_be_thawed_all_the_same(papers: Papers) -> None:
    assert papers.jar("THAW_START").must()["step"] == "THAW_START"


def test_receiving_tells_batch_material_and_a_date_to_come(papers: Papers) -> None:
    missing = papers.operator.post("/api/solder-paste-usage-records", {"lotId": "JAR-9", "step": "RECEIVE"})
    assert missing.field_paths == ["batchNo", "materialCode", "expiresAt"]
    assert papers.jar("RECEIVE", expiresAt="2020-01-01T00:00:00Z").field_paths == ["expiresAt"]


def test_thawing_takes_its_time(papers: Papers) -> None:
    papers.jar("THAW_START").must()
    papers.ago("solder_paste", 3 * HOUR, "thaw_started_at")
    refused = papers.jar("THAW_END")
    assert refused.code == "PASTE_THAW_TOO_SHORT"
    assert 59 <= refused.details["remainingMinutes"] <= 60
    papers.set("form.solder_paste.thawMinMinutes", 60)
    assert papers.jar("THAW_END").ok


def test_stirring_is_neither_too_short_nor_too_long(papers: Papers) -> None:
    thawed(papers)
    papers.jar("STIR_START").must()
    assert papers.jar("STIR_END").code == "PASTE_STIR_OUT_OF_RANGE"
    papers.ago("solder_paste", 11 * MINUTE, "stir_started_at")
    assert papers.jar("STIR_END").details["max"] == 10
    assert papers.jar("SCRAP").must()["step"] == "SCRAP"


def test_a_jar_is_issued_to_a_line(papers: Papers) -> None:
    thawed(papers)
    papers.jar("STIR_START").must()
    papers.ago("solder_paste", 3 * MINUTE, "stir_started_at")
    papers.jar("STIR_END").must()
    assert papers.jar("ISSUE").field_paths == ["lineCode"]
    assert papers.jar("ISSUE", lineCode="LINE-FAR").code == "FORBIDDEN"
    run_no = papers.run()
    assert papers.jar("ISSUE", runNo=run_no).must()["runNo"] == run_no


def test_an_expired_jar_is_not_issued(papers: Papers) -> None:
    thawed(papers)
    papers.jar("STIR_START").must()
    papers.ago("solder_paste", 3 * MINUTE, "stir_started_at")
    papers.jar("STIR_END").must()
    papers.ago("solder_paste", 100 * 365 * 24 * HOUR, "expires_at")
    assert papers.jar("ISSUE", lineCode=LINE).code == "PASTE_EXPIRED"


def test_a_returned_jar_is_thawed_again_but_not_for_ever(papers: Papers) -> None:
    issued(papers)
    papers.ago("solder_paste", 30 * MINUTE, "issued_at")
    back = papers.jar("RETURN").must()
    assert (back["isReturned"], back["returnCount"]) == (True, 1)
    assert 30.0 <= back["exposureMinutes"] == minutes(back, "issuedAt", "returnedAt") < 31
    assert len(papers.events("SOLDER_PASTE_USAGE_UNBIND")) == 1
    again = papers.jar("THAW_START").must()
    assert (again["thawedAt"], again["stirMinutes"]) == (None, None)
    papers.ago("solder_paste", 5 * HOUR, "thaw_started_at")
    papers.jar("THAW_END").must()
    papers.jar("STIR_START").must()
    papers.ago("solder_paste", 3 * MINUTE, "stir_started_at")
    papers.jar("STIR_END").must()
    papers.jar("ISSUE", lineCode=LINE).must()
    refused = papers.jar("RETURN")
    assert (refused.code, refused.details["max"]) == ("PASTE_RETURN_LIMIT", 1)
    assert papers.jar("SCRAP").must()["step"] == "SCRAP"
    assert papers.jar("THAW_START").details["expected"] == []


def test_an_older_jar_that_can_still_be_used_is_pointed_out(papers: Papers) -> None:
    papers.jar("RECEIVE", lotId="JAR-OLD").must()
    papers.ago("solder_paste", HOUR, "received_at")
    papers.jar("RECEIVE").must()
    started = papers.jar("THAW_START").must()
    assert [warning["code"] for warning in started["warnings"]] == ["PASTE_FIFO"]
    assert started["warnings"][0]["details"] == {"lotId": "JAR-OLD"}
    assert papers.jar("THAW_START", lotId="JAR-OLD").must()["warnings"] == []


def test_two_who_scan_a_new_jar_at_once_open_one_record(papers: Papers) -> None:
    body = {"lotId": "JAR-1", "step": "THAW_START"}
    at = "/api/solder-paste-usage-records"
    answers = papers.api.at_once((papers.operator, "POST", at, body), (papers.leader, "POST", at, body))
    assert sorted(str(answer.code) for answer in answers) == ["None", "PASTE_STEP_ORDER"]
    assert papers.operator.get(at).must()["total"] == 1


def test_a_voided_jar_may_be_opened_anew(papers: Papers) -> None:
    issued(papers)
    jar = papers.operator.get("/api/solder-paste-usage-records").must()["items"][0]
    papers.leader.post(papers.at("solder_paste", jar, "void"), {"reason": "Wrong jar"}).must()
    assert len(papers.events("SOLDER_PASTE_USAGE_UNBIND")) == 1
    assert papers.jar("RECEIVE").ok
    assert papers.leader.post(papers.at("solder_paste", jar, "confirm"), {}).status in (
        404,
        405,
    )  # nobody confirms this paper


def test_a_corrected_jar_keeps_its_steps(papers: Papers) -> None:
    issued(papers)
    jar = papers.operator.get("/api/solder-paste-usage-records").must()["items"][0]
    body = {"reason": "Misread label", "lotId": "JAR-1", "batchNo": "B-2", "materialCode": "PASTE-1", "lineCode": LINE}
    new = papers.leader.post(papers.at("solder_paste", jar, "correct"), body).must()
    assert (new["batchNo"], new["step"], new["issuedAt"], new["usedByName"]) == (
        "B-2",
        "ISSUE",
        jar["issuedAt"],
        "钱操作",
    )
    assert papers.leader.post(papers.at("solder_paste", new, "correct"), body | {"step": "SCRAP"}).field_paths == [
        "step"
    ]


# Bake


def baked(papers: Papers, hours: float, **more: object) -> dict[str, object]:
    record = papers.made("bake", **more)
    papers.ago("bake", int(hours * HOUR), "happened_at")
    return dict(papers.operator.post(papers.at("bake", record, "take-out"), {}).must())


def test_a_bake_is_judged_when_it_is_taken_out(papers: Papers) -> None:
    papers.plant.material("C-1", isMoistureSensitive=True, mslLevel="3")
    record = papers.made("bake")
    assert (record["result"], record["outAt"], record["mslLevel"], record["floorLifeHoursLeft"]) == (
        None,
        None,
        "3",
        None,
    )
    papers.ago("bake", 5 * HOUR, "happened_at")
    out = papers.leader.post(papers.at("bake", record, "take-out"), {"lotNo": "LOT-1", "remark": "Dry"}).must()
    assert (out["result"], out["actualHours"], out["outByName"], out["inByName"]) == ("PASS", 5.0, "赵组长", "钱操作")
    assert (out["floorLifeHoursLeft"], out["remark"]) == (168.0, "Dry")
    assert papers.plant.audit(action="BAKE_RECORD_TAKE_OUT")[0]["entityDisplay"] == record["recordNo"]


@pytest.mark.parametrize(("hours", "reason"), [(3, "BAKE_TOO_SHORT"), (9, "BAKE_TOO_LONG")])
def test_a_bake_that_was_too_short_or_much_too_long_fails(hours: float, reason: str, papers: Papers) -> None:
    out = baked(papers, hours)
    assert out["result"] == "FAIL"
    assert [item["code"] for item in out["resultReasons"]] == [reason]  # type: ignore[attr-defined]
    assert len(papers.events("FORM_OUT_OF_LIMIT")) == 1


def test_a_tenth_more_than_the_longest_time_is_still_in_order(papers: Papers) -> None:
    assert baked(papers, 8.7)["result"] == "PASS"


def test_what_is_out_is_out(papers: Papers) -> None:
    record = papers.made("bake")
    take_out = papers.at("bake", record, "take-out")
    assert papers.operator.post(take_out, {"lotNo": "LOT-2"}).field_paths == ["lotNo"]
    papers.operator.post(take_out, {}).must()
    assert papers.operator.post(take_out, {}).code == "BAKE_ALREADY_OUT"
    assert papers.api.as_("trace").post(take_out, {}).code == "FORBIDDEN"


def test_a_voided_bake_is_not_taken_out(papers: Papers) -> None:
    record = papers.made("bake")
    papers.leader.post(papers.at("bake", record, "void"), {"reason": "Wrong oven"}).must()
    assert papers.operator.post(papers.at("bake", record, "take-out"), {}).code == "ALREADY_VOIDED"


def test_a_lot_is_in_one_oven(papers: Papers) -> None:
    first = papers.made("bake")
    refused = papers.post("bake")
    assert (refused.code, refused.details["recordNo"]) == ("BAKE_OPEN_EXISTS", first["recordNo"])
    assert papers.post("bake", lotNo="LOT-2").ok
    papers.operator.post(papers.at("bake", first, "take-out"), {}).must()
    assert papers.post("bake").ok


def test_two_who_put_one_lot_in_at_once_one_wins(papers: Papers) -> None:
    from tests.api.paper_floor import GOOD

    answers = papers.api.at_once(
        *((who, "POST", "/api/bake-records", GOOD["bake"]) for who in (papers.operator, papers.leader))
    )
    assert sorted(str(answer.code) for answer in answers) == ["BAKE_OPEN_EXISTS", "None"]


def test_what_is_asked_of_a_bake_fits_together(papers: Papers) -> None:
    assert papers.post("bake", lotNo=None).field_paths == ["lotNo"]
    assert papers.post("bake", materialCode=None).field_paths == ["materialCode"]
    assert papers.post("bake", durationHoursMax=2).field_paths == ["durationHoursMax"]
    assert papers.post("bake", bakeTemperature=250).field_paths == ["bakeTemperature"]


def test_what_is_still_in_an_oven_is_found(papers: Papers) -> None:
    papers.operator.post(papers.at("bake", papers.made("bake"), "take-out"), {}).must()
    papers.made("bake", lotNo="LOT-2")
    ask = papers.operator.get
    assert [item["lotNo"] for item in ask("/api/bake-records", open="true").must()["items"]] == ["LOT-2"]
    assert [item["lotNo"] for item in ask("/api/bake-records", open="false").must()["items"]] == ["LOT-1"]
    assert ask("/api/bake-records", bakeProcess="PCB,BGA").must()["total"] == 2


def test_a_corrected_bake_is_judged_anew_with_the_times_it_had(papers: Papers) -> None:
    out = baked(papers, 5)
    body = {"reason": "Wrong minimum", "itemCode": "P-1", "materialCode": "C-1", "lotNo": "LOT-1", "bakeProcess": "PCB", "bakeQty": 20,
            "bakeTemperature": 125, "durationHoursMin": 6}  # fmt: skip
    new = papers.leader.post(papers.at("bake", out, "correct"), body).must()
    assert (new["result"], new["outAt"], new["inAt"], new["actualHours"]) == ("FAIL", out["outAt"], out["inAt"], 5.0)


# A bake and the floor life of its lot (spec 04.8)


def moist(papers: Papers, *events: str) -> str:
    """A lot LOT-1 of the moisture-sensitive part C-1, level 3 (125 ℃, 8 h to start its clock anew); its id."""
    papers.plant.material("C-1", isMoistureSensitive=True, mslLevel="3")
    level = {"level": "3", "floorLifeHours": 168, "bakeTempC": 125, "bakeMinHours": 8}
    papers.engineer.put("/api/msl-levels", {"levels": [level]}).must()
    lot = papers.plant.made("engineer", "/api/material-lots", {"materialCode": "C-1", "lotNo": "LOT-1"})["id"]
    for event in events:
        papers.api.as_("material").post(f"/api/material-lots/{lot}/msl-events", {"event": event}).must()
    return str(lot)


def clock_of(papers: Papers, lot: str) -> tuple[str, int]:
    now = papers.engineer.get(f"/api/material-lots/{lot}/msl").must()
    return now["state"], now["usedMinutes"]


@pytest.mark.parametrize(("temperature", "result"), [(120, "PASS"), (130, "PASS"), (119, "FAIL"), (90, "FAIL")])
def test_a_bake_is_judged_against_the_temperature_of_the_moisture_level(
    temperature: int, result: str, papers: Papers
) -> None:
    moist(papers)
    out = baked(papers, 8, bakeTemperature=temperature)
    assert out["result"] == result
    assert [item["code"] for item in out["resultReasons"]] == ["BAKE_TEMPERATURE"] * (result == "FAIL")  # type: ignore[attr-defined]


def test_a_level_without_a_temperature_and_a_part_without_a_level_are_baked_as_people_see_fit(papers: Papers) -> None:
    assert baked(papers, 8, bakeTemperature=60)["result"] == "PASS"


def test_a_bake_stops_the_clock_of_its_lot_and_one_that_reaches_the_level_starts_it_anew(papers: Papers) -> None:
    lot = moist(papers, "OPEN")
    papers.plant.sql(update(msl_clocks).values(since=msl_clocks.c.since - 2 * HOUR))
    record = papers.made("bake")
    assert clock_of(papers, lot) == ("BAKING", 120)
    papers.ago("bake", 8 * HOUR, "happened_at")
    out = papers.operator.post(papers.at("bake", record, "take-out"), {}).must()
    assert (out["result"], out["warnings"]) == ("PASS", [])
    assert clock_of(papers, lot) == ("OPEN", 0)


def test_a_bake_that_does_not_reach_the_level_lets_the_clock_go_on_and_says_so(papers: Papers) -> None:
    lot = moist(papers, "OPEN")
    papers.plant.sql(update(msl_clocks).values(since=msl_clocks.c.since - 2 * HOUR))
    record = papers.made("bake")
    papers.ago("bake", 5 * HOUR, "happened_at")  # long enough for the paper, too short for the level
    out = papers.operator.post(papers.at("bake", record, "take-out"), {}).must()
    assert out["result"] == "PASS"
    assert [warned["code"] for warned in out["warnings"]] == ["MSL_BAKE_NOT_SUFFICIENT"]
    assert clock_of(papers, lot) == ("OPEN", 120)


def test_a_bake_that_never_was_gives_the_clock_back(papers: Papers) -> None:
    lot = moist(papers, "OPEN", "DRY_IN")
    record = papers.made("bake")
    assert clock_of(papers, lot)[0] == "BAKING"
    papers.leader.post(papers.at("bake", record, "void"), {"reason": "another lot was put in"}).must()
    assert clock_of(papers, lot)[0] == "DRY"


def test_a_bake_of_a_bag_that_was_never_opened_moves_no_clock(papers: Papers) -> None:
    lot = moist(papers)
    assert papers.made("bake")["recordNo"]
    assert clock_of(papers, lot)[0] == "SEALED"
