"""Defect codes (spec 06.14): made, changed, switched off, never deleted; by API, by spreadsheet, by page."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.plant import Plant
from tests.api.uploads import csv_of, sent

NEW = {"code": "X1", "name": "划痕", "nameEn": "Scratch", "category": "VISUAL"}


def made(plant: Plant, **more: Any) -> Any:
    return plant.made("quality", "/api/defect-codes", {**NEW, **more})


def who_may(plant: Plant) -> Any:
    return plant.api.as_("quality")


def test_a_code_is_made_and_changed(plant: Plant) -> None:
    plant.operation("OP-1")
    code = made(plant, operationCodes=["OP-1"])
    assert (code["severity"], code["isActive"], code["operationCodes"]) == ("MAJOR", True, ["OP-1"])
    changed = who_may(plant).patch("/api/defect-codes/X1", {"severity": "CRITICAL", "nameEn": None}).must()
    assert (changed["severity"], changed["nameEn"], changed["name"]) == ("CRITICAL", None, "划痕")
    entry = plant.audit(action="DEFECT_CODE_UPDATE")[0]
    assert {change["path"] for change in entry["changes"]} == {"severity", "nameEn"}


def test_a_code_is_switched_off_and_not_deleted(plant: Plant) -> None:
    made(plant)
    assert who_may(plant).delete("/api/defect-codes/X1").must()["isActive"] is False
    assert who_may(plant).get("/api/defect-codes", code="X1", isActive="false").must()["total"] == 1
    assert plant.audit(action="DEFECT_CODE_DELETE")[0]["entityDisplay"] == "X1"
    assert who_may(plant).patch("/api/defect-codes/X1", {"isActive": True}).must()["isActive"] is True


def test_a_code_is_alone_whatever_its_case(plant: Plant) -> None:
    made(plant)
    refused = who_may(plant).post("/api/defect-codes", {**NEW, "code": "x1"})
    assert (refused.code, refused.details["existing"]) == ("DEFECT_CODE_DUPLICATE", "X1")
    asks = [(who_may(plant), "POST", "/api/defect-codes", {**NEW, "code": code}) for code in ("y1", "Y1")]
    answers = who_may(plant).at_once(*asks)
    assert sorted(str(answer.code) for answer in answers) == ["DEFECT_CODE_DUPLICATE", "None"]


@pytest.mark.one_engine
def test_what_is_wrong_with_a_code_is_refused(plant: Plant) -> None:
    code = made(plant)
    admin = who_may(plant)
    assert admin.patch("/api/defect-codes/NONE", {"name": "x"}).code == "DEFECT_CODE_NOT_FOUND"
    assert admin.delete("/api/defect-codes/NONE").code == "DEFECT_CODE_NOT_FOUND"
    assert admin.patch("/api/defect-codes/X1", {"code": "X2"}).field_paths == ["code"]
    assert admin.post("/api/defect-codes", {**NEW, "code": "X3", "operationCodes": ["NONE"]}).field_paths == [
        "operationCodes.0"
    ]
    admin.patch("/api/defect-codes/X1", {"name": "Mine", "ifUpdatedAt": code["updatedAt"]}).must()
    stale = admin.patch("/api/defect-codes/X1", {"name": "Yours", "ifUpdatedAt": code["updatedAt"]})
    assert (stale.code, stale.details["current"]["name"]) == ("STALE_UPDATE", "Mine")
    assert plant.api.as_("operator").post("/api/defect-codes", NEW).code == "FORBIDDEN"


@pytest.mark.one_engine
def test_codes_come_from_a_spreadsheet(plant: Plant) -> None:
    rows = csv_of(
        ("code", "name", "category", "severity"), ("X1", "划痕", "Appearance", "Critical"), ("a1", "破损", "SMT", "")
    )
    job = sent(who_may(plant), "/api/imports/defect-codes", rows).must()
    assert [(fault["row"], fault["column"]) for fault in job["faults"]] == [(3, "code")]  # there is A1
    path = f"/api/imports/defect-codes/{job['id']}/take"
    assert who_may(plant).post(path, {"onlyGood": True}).must()["outcomes"]["created"] == 1
    assert who_may(plant).get("/api/defect-codes", code="X1").must()["items"][0]["severity"] == "CRITICAL"


@pytest.mark.one_engine
def test_the_page_lists_the_codes_and_edits_them(plant: Plant) -> None:
    made(plant)
    html = who_may(plant).get("/quality-settings/codes", search="X1").text
    assert "划痕" in html
    assert "/api/exports/defect-codes" in html
    assert 'name="ifUpdatedAt"' in who_may(plant).get("/quality-settings/codes/dialogs/edit/X1").text
    assert who_may(plant).get("/quality-settings/codes/dialogs/edit/NONE").status == 404
    assert 'value="Q7"' in who_may(plant).get("/quality-settings/codes/dialogs/new", code="Q7").text
