"""The life of an inspection: items, corrections, verdict, signature; and that a decided one never changes."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from tests.api.plant import PASSWORD, Plant
from tests.api.quality_floor import Quality, template

from fiducial.people.settings import four_eyes, fresh_seconds
from fiducial.quality.tables import inspection_items


@pytest.fixture
def floor(plant: Plant) -> Quality:
    return Quality(plant)


def free(floor: Quality, **said: object) -> str:
    """A first article that needs no trial, being inspected; its id."""
    return floor.begun("fai", floor.prepared(faiTrialPolicy="OPTIONAL", **said), sampleQty=2)


def test_nothing_is_recorded_before_the_start_nor_after_the_verdict(floor: Quality) -> None:
    made = floor.make("fai", floor.prepared(faiTrialPolicy="OPTIONAL"), sampleQty=1).must()
    refused = floor.item("fai", made["id"])
    assert (refused.code, refused.details["status"]) == ("FAI_NOT_INSPECTING", "PENDING")
    assert floor.decide("fai", made["id"]).code == "FAI_NOT_INSPECTING"
    floor.do("fai", made["id"], "start").must()
    assert floor.do("fai", made["id"], "start").code == "INVALID_FAI_STATUS"
    floor.item("fai", made["id"]).must()
    floor.decide("fai", made["id"]).must()
    assert floor.item("fai", made["id"]).code == "FAI_NOT_INSPECTING"
    assert floor.do("fai", made["id"], "cancel", reason="too late").code == "INVALID_FAI_STATUS"
    twice = floor.decide("fai", made["id"])
    assert (twice.code, twice.details["decidedByName"]) == ("FAI_NOT_INSPECTING", "王质量")


def test_a_pass_with_failed_items_is_refused_and_a_fail_without(floor: Quality) -> None:
    """Spec 06.1 W1."""
    key = free(floor)
    assert floor.decide("fai", key).code == "INSPECTION_ITEMS_REQUIRED"
    floor.item("fai", key, "NA").must()
    assert floor.decide("fai", key).code == "INSPECTION_ITEMS_REQUIRED", "what does not apply is no pass"
    floor.item("fai", key).must()
    refused = floor.decide("fai", key, "FAIL")
    assert (refused.code, refused.details["failing"], refused.details["ac"]) == ("INSPECTION_VERDICT_CONFLICT", 0, 0)
    floor.item("fai", key, "FAIL", name="极性").must()
    refused = floor.decide("fai", key)
    assert [item["itemName"] for item in refused.details["failedItems"]] == ["极性"]


def test_a_required_item_that_nobody_looked_at_is_not_a_pass(floor: Quality) -> None:
    """Spec 06.1 W2."""
    key = free(
        floor, faiTemplate=template({"itemName": "极性"}, {"itemName": "外观"}, {"itemName": "标签", "required": False})
    )
    floor.item("fai", key, name="外观").must()
    refused = floor.decide("fai", key)
    assert (refused.code, refused.details["names"]) == ("INSPECTION_ITEMS_INCOMPLETE", ["极性"])
    floor.item("fai", key, name="极性").must()
    assert len(floor.look("fai", key)["items"]) == 3, "the waiting items were filled, none was added"
    assert floor.decide("fai", key).must()["status"] == "PASS"


def test_counts_that_are_sent_must_agree(floor: Quality) -> None:
    key = free(floor)
    floor.item("fai", key).must()
    for wrong in ({"failedQty": 1}, {"passedQty": 1}, {"passedQty": 3}):
        assert floor.decide("fai", key, **wrong).code == "INVALID_FAI_COUNTS", wrong
    done = floor.decide("fai", key, passedQty=2, failedQty=0).must()
    assert (done["passedQty"], done["failedQty"]) == (2, 0)


def test_items_without_a_board_count_as_one_failing_unit(floor: Quality) -> None:
    key = free(floor)
    for name in ("外观", "极性", "标签"):
        floor.item("fai", key, "FAIL", name=name).must()
    done = floor.decide("fai", key, "FAIL").must()
    assert (done["failedQty"], done["passedQty"], done["defects"]) == (1, 0, [])


def test_a_fail_is_taken_back_with_a_reason_and_stays_readable(floor: Quality) -> None:
    key = free(floor)
    item = floor.item("fai", key, "FAIL", defectCode="A3", actualValue="0.2").must()
    at = f"/api/fai/{key}/items/{item['itemId']}"
    assert floor.quality.patch(at, {"result": "PASS"}).code == "ITEM_CHANGE_REASON_REQUIRED"
    after = floor.quality.patch(at, {"result": "PASS", "actualValue": "0.1", "reason": "misread the gauge"}).must()
    assert (after["result"], after["defectCode"]) == ("PASS", None)
    assert [(one["result"], one["actualValue"], one["reason"]) for one in after["revisions"]] == [
        ("FAIL", "0.2", "misread the gauge")
    ]
    assert floor.quality.patch(at, {"result": None}).status == 422
    assert floor.quality.patch(at, {"defectCode": "A3"}).field_paths == ["defectCode"]
    assert floor.quality.patch(f"/api/fai/{key}/items/nothing", {"result": "PASS"}).code == "INSPECTION_ITEM_NOT_FOUND"


def test_a_code_goes_with_a_fail_alone(floor: Quality) -> None:
    assert floor.item("fai", free(floor), "PASS", defectCode="A3").field_paths == ["defectCode"]


def test_an_id_of_another_type_names_nothing(floor: Quality) -> None:
    key = free(floor)
    assert floor.quality.get(f"/api/oqc/{key}").code == "OQC_NOT_FOUND"
    assert floor.quality.get(f"/api/ipqc/{key}").code == "IPQC_NOT_FOUND"
    assert floor.quality.get("/api/fai/nothing").code == "FAI_NOT_FOUND"


# ---- signatures


def test_only_a_pass_is_signed_and_once(floor: Quality) -> None:
    key = free(floor)
    refused = floor.do("fai", key, "sign")
    assert (refused.code, refused.details["status"]) == ("FAI_NOT_PASSED", "INSPECTING")
    floor.item("fai", key).must()
    floor.decide("fai", key).must()
    signed = floor.do("fai", key, "sign", meaning="REVIEWED", remark="seen").must()
    assert (signed["signedByName"], signed["signatureMeaning"], signed["signatureRemark"]) == (
        "王质量",
        "REVIEWED",
        "seen",
    )
    assert len(signed["contentHash"]) == 64
    again = floor.api.as_("quality2").post(f"/api/fai/{key}/sign", {})
    assert (again.code, again.details["signedByName"]) == ("FAI_ALREADY_SIGNED", "王质量")


def test_a_signature_asks_who_it_is(floor: Quality) -> None:
    key = free(floor)
    floor.item("fai", key).must()
    floor.decide("fai", key).must()
    floor.setting(fresh_seconds, 0)
    assert floor.do("fai", key, "sign").code == "REAUTH_REQUIRED"
    assert floor.do("fai", key, "sign", password="Wrong-Horse-7").code == "REAUTH_FAILED"
    assert floor.look("fai", key)["signedAt"] is None
    floor.do("fai", key, "sign", password=PASSWORD).must()


def test_where_four_eyes_are_asked_nobody_signs_the_own_inspection(floor: Quality) -> None:
    floor.setting(four_eyes, ["APPROVED"])
    key = free(floor)
    floor.item("fai", key).must()
    floor.decide("fai", key).must()
    assert floor.do("fai", key, "sign").code == "SIGNER_MUST_DIFFER"
    assert floor.api.as_("quality2").post(f"/api/fai/{key}/sign", {}).must()["signedByName"] == "郑质量"


def test_two_signatures_at_once_make_one(floor: Quality) -> None:
    key = free(floor)
    floor.item("fai", key).must()
    floor.decide("fai", key).must()
    at = f"/api/fai/{key}/sign"
    answers = floor.api.at_once((floor.quality, "POST", at, {}), (floor.api.as_("quality2"), "POST", at, {}))
    assert sorted(str(answer.code) for answer in answers) == ["FAI_ALREADY_SIGNED", "None"]


def test_a_signature_shows_when_what_was_signed_has_changed(floor: Quality) -> None:
    key = free(floor)
    floor.item("fai", key).must()
    floor.decide("fai", key).must()
    floor.do("fai", key, "sign").must()
    asked = {"subjectType": "INSPECTION", "subjectId": key}
    assert [one["valid"] for one in floor.quality.get("/api/signatures", **asked).must()["items"]] == [True]
    row = floor.rows(select(inspection_items))[0]
    floor.plant.sql(
        inspection_items.update().where(inspection_items.c.id == row.id).values(actual_value="changed behind the doors")
    )
    assert [one["valid"] for one in floor.quality.get("/api/signatures", **asked).must()["items"]] == [False]


def test_machines_and_readers_decide_nothing(floor: Quality) -> None:
    key = free(floor)
    assert floor.api.as_("leader").post(f"/api/fai/{key}/complete", {"decision": "FAIL"}).code == "FORBIDDEN"
    assert floor.api.as_("trace").get(f"/api/fai/{key}").ok
    assert (
        floor.api.as_("operator").post(f"/api/fai/{key}/items", {"itemName": "x", "result": "PASS"}).code == "FORBIDDEN"
    )
