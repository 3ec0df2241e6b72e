"""Mappings from other systems, the report of gaps, and lots that are held (spec 01.3, 01.4)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, update
from tests.api.plant import Plant

from fiducial.plant.tables import lots, operations, work_centers
from fiducial.routing.tables import routes, steps


def mapping(plant: Plant, **more: Any) -> Any:
    body = {
        "sourceSystem": "ERP",
        "sourceProcessKey": "Cable",
        "sourceProcessName": "线缆",
        "operationCode": "OP-1",
        **more,
    }
    return plant.made("engineer", "/api/operation-mappings", body)


def test_a_process_of_another_system_is_mapped_and_the_operation_tells_it(plant: Plant) -> None:
    plant.operation("OP-1")
    made = mapping(plant)
    engineer = plant.api.as_("engineer")
    assert engineer.get("/api/operations/OP-1").must()["mappings"] == [made]
    assert engineer.get("/api/operation-mappings", sourceProcessKey="cab", operationCode="op-1").must()["items"] == [
        made
    ]
    assert engineer.get("/api/operation-mappings", sourceSystem="TPM").must()["total"] == 0


def test_a_mapping_is_alone_for_its_system_and_process(plant: Plant) -> None:
    for code in ("OP-1", "OP-2"):
        plant.operation(code)
    first, second = mapping(plant), mapping(plant, sourceProcessKey="WIP_QC")
    engineer = plant.api.as_("engineer")
    again = {"sourceSystem": "ERP", "sourceProcessKey": "Cable", "operationCode": "OP-2"}
    assert engineer.post("/api/operation-mappings", again).code == "OPERATION_MAPPING_DUPLICATE"
    at = f"/api/operation-mappings/{second['id']}"
    assert engineer.patch(at, {"sourceProcessKey": "Cable"}).code == "OPERATION_MAPPING_DUPLICATE"
    assert (
        engineer.patch(at, {"operationCode": "OP-2", "ifUpdatedAt": second["updatedAt"]}).must()["operationCode"]
        == "OP-2"
    )
    stale = engineer.patch(at, {"operationCode": "OP-1", "ifUpdatedAt": second["updatedAt"]})
    assert (stale.code, stale.details["current"]["operationCode"]) == ("STALE_UPDATE", "OP-2")
    assert (
        engineer.patch(f"/api/operation-mappings/{first['id']}", {"sourceProcessName": None}).must()[
            "sourceProcessName"
        ]
        is None
    )


@pytest.mark.one_engine
def test_what_is_wrong_with_a_mapping_is_refused(plant: Plant) -> None:
    engineer, body = (
        plant.api.as_("engineer"),
        {"sourceSystem": "ERP", "sourceProcessKey": "x", "operationCode": "NONE"},
    )
    assert engineer.post("/api/operation-mappings", body).code == "OPERATION_NOT_FOUND"
    assert engineer.patch("/api/operation-mappings/none", {"operationCode": "x"}).code == "OPERATION_MAPPING_NOT_FOUND"
    assert plant.api.as_("planner").post("/api/operation-mappings", body).code == "FORBIDDEN"


def test_two_who_map_one_process_at_once_one_is_told(plant: Plant) -> None:
    plant.operation("OP-1")
    engineer = plant.api.as_("engineer")
    body = {"sourceSystem": "ERP", "sourceProcessKey": "Cable", "operationCode": "OP-1"}
    answers = engineer.at_once(*[(engineer, "POST", "/api/operation-mappings", body)] * 2)
    assert sorted(str(answer.code) for answer in answers) == ["None", "OPERATION_MAPPING_DUPLICATE"]


def center(plant: Plant, code: str, department: str | None = None) -> None:
    values = {
        "code": code,
        "name": code,
        "department_code": department,
        "source_system": "ERP",
        "created_at": 1,
        "updated_at": 1,
    }
    plant.sql(insert(work_centers).values(id=abs(hash(code)) % 10**9, **values))


def test_a_work_centre_shows_the_nearest_group_that_was_suggested(plant: Plant) -> None:
    for group in ("G-DEPT", "G-CENTER", "G-BOTH"):
        plant.group(group)
    for code, department in (("WC-1", "D-1"), ("WC-2", "D-1"), ("WC-3", None)):
        center(plant, code, department)
    engineer = plant.api.as_("engineer")
    for body in (
        {"sourceDepartment": "D-1", "stationGroupCode": "G-DEPT"}, {"sourceWorkCenter": "WC-2", "stationGroupCode": "G-CENTER"},
        {"sourceWorkCenter": "WC-3", "stationGroupCode": None},
    ):  # fmt: skip
        engineer.put("/api/work-center-mappings", {"sourceSystem": "ERP", **body}).must()
    shown = {item["code"]: item["stationGroupCode"] for item in engineer.get("/api/work-centers").must()["items"]}
    assert shown == {"WC-1": "G-DEPT", "WC-2": "G-CENTER", "WC-3": None}
    both = {"sourceSystem": "ERP", "sourceWorkCenter": "WC-2", "sourceDepartment": "D-1", "stationGroupCode": "G-BOTH"}
    made = engineer.put("/api/work-center-mappings", both).must()
    assert engineer.get("/api/work-centers", stationGroupCode="G-BOTH").must()["items"][0]["code"] == "WC-2"
    assert engineer.put("/api/work-center-mappings", {**both, "stationGroupCode": None}).must()["id"] == made["id"]
    assert engineer.get("/api/work-center-mappings").must()["total"] == 4


@pytest.mark.one_engine
def test_a_work_centre_mapping_names_something_that_is_there(plant: Plant) -> None:
    engineer = plant.api.as_("engineer")
    assert engineer.put("/api/work-center-mappings", {"sourceSystem": "ERP", "stationGroupCode": None}).field_paths == [
        "sourceWorkCenter"
    ]
    body = {"sourceSystem": "ERP", "sourceWorkCenter": "WC-1", "stationGroupCode": "NONE"}
    assert engineer.put("/api/work-center-mappings", body).code == "STATION_GROUP_NOT_FOUND"


def test_the_report_of_gaps_names_what_is_missing(plant: Plant) -> None:
    engineer = plant.api.as_("engineer")
    assert engineer.get("/api/operation-mappings/gaps").must() == {
        "unmappedOperations": [], "needsReview": [], "unmappedWorkCenters": [], "invalidVersions": [],
    }  # fmt: skip
    plant.operation("OP-1")
    center(plant, "WC-1")
    for code in ("R-1", "R-2"):
        plant.made(
            "engineer",
            "/api/routes",
            {"code": code, "name": "R", "processType": "SMT", "steps": [{"stepNo": 10, "operationCode": "OP-1"}]},
        )
    assert engineer.post("/api/routes/R-1/compile", {}).must()["status"] == "INVALID"
    plant.sql(
        update(operations).values(needs_review=True),
        update(steps).values(operation_id=None, source_step_key="ERP:100:10:Cable", erp={"processCode": "Cable"}),
        update(routes).values(source_system="ERP"),
    )
    assert engineer.get("/api/operation-mappings/gaps").must() == {
        "unmappedOperations": [{"sourceSystem": "ERP", "sourceProcessKey": "Cable", "routingCodes": ["R-1", "R-2"]}],
        "needsReview": ["OP-1"],
        "unmappedWorkCenters": [{"sourceSystem": "ERP", "sourceWorkCenter": "WC-1", "sourceDepartment": None}],
        "invalidVersions": [{"routingCode": "R-1", "versionNo": 1, "errorCodes": ["STATION_CONSTRAINT_MISSING"]}],
    }


# ---- lots -----------------------------------------------------------------------------------------------------------


def lot(plant: Plant) -> Any:
    plant.material("C-1")
    return plant.made("engineer", "/api/material-lots", {"materialCode": "C-1", "lotNo": "L-1"})


def test_a_lot_is_held_and_released_with_a_reason(plant: Plant) -> None:
    made, quality = lot(plant), plant.api.as_("quality")
    at = f"/api/material-lots/{made['id']}"
    held = quality.post(f"{at}/hold", {"reason": "Wrong marking"}).must()
    assert (held["status"], held["holdReason"], held["affectedRuns"]) == ("ON_HOLD", "Wrong marking", [])
    entry = plant.audit(action="MATERIAL_LOT_HOLD")[0]
    assert (entry["entityDisplay"], entry["reason"]) == ("C-1|L-1", "Wrong marking")
    free = quality.post(f"{at}/release", {"reason": "Marking confirmed"}).must()
    assert (free["status"], free["holdReason"]) == ("AVAILABLE", None)


def test_a_lot_is_held_once(plant: Plant) -> None:
    made, quality = lot(plant), plant.api.as_("quality")
    at = f"/api/material-lots/{made['id']}"
    assert quality.post(f"{at}/release", {"reason": "Not held at all"}).code == "MATERIAL_LOT_STATUS_INVALID"
    answers = quality.at_once(*[(quality, "POST", f"{at}/hold", {"reason": "Wrong marking"})] * 2)
    assert sorted(str(answer.code) for answer in answers) == ["MATERIAL_LOT_STATUS_INVALID", "None"]
    plant.sql(update(lots).values(status="SCRAPPED"))
    for move in ("hold", "release"):
        refused = quality.post(f"{at}/{move}", {"reason": "It is gone"})
        assert (refused.code, refused.details["status"]) == ("MATERIAL_LOT_STATUS_INVALID", "SCRAPPED")


@pytest.mark.one_engine
def test_only_quality_holds_a_lot_and_never_without_a_reason(plant: Plant) -> None:
    made = lot(plant)
    at = f"/api/material-lots/{made['id']}/hold"
    assert plant.api.as_("engineer").post(at, {"reason": "Wrong marking"}).code == "FORBIDDEN"
    assert plant.api.as_("quality").post(at, {}).field_paths == ["reason"]
    assert (
        plant.api.as_("quality").post("/api/material-lots/none/hold", {"reason": "Wrong"}).code
        == "MATERIAL_LOT_NOT_FOUND"
    )
