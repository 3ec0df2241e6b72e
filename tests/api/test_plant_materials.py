"""Operations, materials, BOMs and lots (spec 01.3, 01.4)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.plant import Plant
from tests.api.web import Api

from fiducial.plant.tables import bom_items, materials, operations

# Operations


def test_an_operation_says_what_it_physically_is(api: Api, plant: Plant) -> None:
    operation = plant.operation("OP-Z", kind="PRINT")
    assert (operation["source"], operation["processKind"], operation["isActive"]) == ("MES", "PRINT", True)
    assert api.as_("planner").get("/api/operations/OP-Z").must()["usedByRoutings"] == []
    assert api.as_("engineer").post("/api/operations", {"code": "op-z", "name": "z", "defaultType": "MANUAL"}).code == (
        "OPERATION_CODE_DUPLICATE"
    )
    assert api.as_("operator").get("/api/operations").code == "FORBIDDEN"


def test_the_erps_name_of_an_operation_is_its_own_but_the_rest_is_ours(api: Api, plant: Plant) -> None:
    plant.operation("OP-Z")
    plant.sql(operations.update().where(operations.c.code == "OP-Z").values(source="ERP", needs_review=True))
    engineer = api.as_("engineer")
    assert engineer.patch("/api/operations/OP-Z", {"name": "another"}).code == "OPERATION_ERP_READONLY"
    after = engineer.patch("/api/operations/OP-Z", {"processKind": "WAVE", "name": "OP-Z"}).must()
    assert (after["processKind"], after["needsReview"]) == ("WAVE", False)


def test_an_operation_of_an_active_routing_is_not_switched_off(api: Api, plant: Plant) -> None:
    plant.operation("OP-Z")
    steps = [{"stepNo": 10, "operationCode": "OP-Z"}]
    plant.made("engineer", "/api/routes", {"code": "R", "name": "r", "processType": "SMT", "steps": steps})
    engineer = api.as_("engineer")
    refused = engineer.patch("/api/operations/OP-Z", {"isActive": False})
    assert (refused.code, refused.details["routingCodes"]) == ("OPERATION_IN_USE", ["R"])
    assert engineer.get("/api/operations/OP-Z").must()["usedByRoutings"] == [{"routingCode": "R", "isActive": True}]
    engineer.patch("/api/routes/R", {"isActive": False}).must()
    assert engineer.patch("/api/operations/OP-Z", {"isActive": False}).ok


# Materials


def test_a_materials_code_is_there_once_whatever_its_letter_case(api: Api, plant: Plant) -> None:
    plant.material("M-1")
    for code in ("M-1", "m-1"):
        refused = api.as_("engineer").post("/api/materials", {"code": code, "name": "x"})
        assert (refused.status, refused.code) == (409, "MATERIAL_CODE_DUPLICATE")
    assert [item["code"] for item in api.as_("engineer").get("/api/materials").must()["items"]] == ["M-1"]


def test_the_erps_words_for_a_material_are_read_only(api: Api, plant: Plant) -> None:
    plant.material("M-1", category="电阻")
    plant.sql(materials.update().where(materials.c.code == "M-1").values(source_system="ERP"))
    engineer = api.as_("engineer")
    refused = engineer.patch("/api/materials/M-1", {"name": "x", "unit": "pcs", "category": "电阻", "panelSize": 4})
    assert (refused.code, refused.details["fields"]) == ("MATERIAL_ERP_READONLY", ["name", "unit"])
    assert engineer.patch("/api/materials/M-1", {"panelSize": 4, "isMoistureSensitive": True, "mslLevel": "2a"}).ok


@pytest.mark.parametrize("body", [{"panelSize": 0}, {"panelSize": 501}, {"mslLevel": "9"}, {"isForbidden": True}])
def test_a_material_keeps_its_limits(api: Api, plant: Plant, body: dict[str, Any]) -> None:
    plant.material("M-1")
    assert api.as_("engineer").patch("/api/materials/M-1", body).field_paths == [*body]


def test_a_material_knows_where_it_goes(api: Api, plant: Plant) -> None:
    for code in ("P-1", "M-1"):
        plant.material(code)
    api.as_("engineer").put("/api/boms/P-1", {"children": [{"childCode": "M-1", "qty": 10}]}).must()
    api.as_("engineer").post("/api/material-lots", {"materialCode": "M-1", "lotNo": "L-1"}).must()
    found = api.as_("material").get("/api/materials/M-1").must()
    assert (found["bomParents"], found["lotCount"]) == (["P-1"], 1)
    assert api.as_("engineer").get("/api/materials/GONE").code == "MATERIAL_NOT_FOUND"


# BOM


@pytest.fixture
def parts(plant: Plant) -> None:
    for code in ("A", "B", "C"):
        plant.material(code)


def test_a_bom_is_replaced_as_a_whole(api: Api, parts: None) -> None:
    engineer = api.as_("engineer")
    first = engineer.put(
        "/api/boms/A", {"children": [{"childCode": "B", "qty": 2}, {"childCode": "C", "qty": 0.5}]}
    ).must()
    assert [(child["childCode"], child["qty"]) for child in first["children"]] == [("B", 2), ("C", 0.5)]
    second = engineer.put("/api/boms/A", {"children": [{"childCode": "C", "qty": 1, "isKeyPart": True}]}).must()
    assert [child["childCode"] for child in second["children"]] == ["C"]
    stale = engineer.put("/api/boms/A", {"children": [{"childCode": "B", "qty": 1}], "ifUpdatedAt": first["updatedAt"]})
    assert stale.code == "STALE_UPDATE"
    assert stale.details["current"]["children"] == second["children"]
    assert api.as_("planner").get("/api/boms", childCode="C").must()["items"] == [second]


@pytest.mark.parametrize(
    ("children", "path"),
    [
        ([], "children"),
        ([{"childCode": "A", "qty": 1}], "children.0.childCode"),
        ([{"childCode": "B", "qty": 1}, {"childCode": "B", "qty": 2}], "children.1.childCode"),
        ([{"childCode": "B", "qty": 0}], "children.0.qty"),
    ],
)
def test_a_bom_without_sense_names_the_row(api: Api, parts: None, children: Any, path: str) -> None:
    assert api.as_("engineer").put("/api/boms/A", {"children": children}).field_paths == [path]


def test_a_bom_may_not_contain_itself_however_deep(api: Api, parts: None) -> None:
    engineer = api.as_("engineer")
    engineer.put("/api/boms/A", {"children": [{"childCode": "B", "qty": 1}]}).must()
    engineer.put("/api/boms/B", {"children": [{"childCode": "C", "qty": 1}]}).must()
    refused = engineer.put("/api/boms/C", {"children": [{"childCode": "A", "qty": 1}]})
    assert (refused.code, refused.details["path"]) == ("BOM_CYCLE", "C → A → B → C")


def test_a_bom_names_known_materials_and_the_erps_is_read_only(api: Api, plant: Plant, parts: None) -> None:
    engineer = api.as_("engineer")
    refused = engineer.put("/api/boms/A", {"children": [{"childCode": "GONE", "qty": 1}]})
    assert (refused.status, refused.details["materialCodes"]) == (404, ["GONE"])
    engineer.put("/api/boms/A", {"children": [{"childCode": "B", "qty": 1}]}).must()
    plant.sql(bom_items.update().values(source_system="ERP"))
    assert engineer.put("/api/boms/A", {"children": [{"childCode": "C", "qty": 1}]}).code == "BOM_ERP_READONLY"
    assert api.as_("planner").put("/api/boms/A", {"children": [{"childCode": "C", "qty": 1}]}).code == "FORBIDDEN"


# Lots


def test_a_lot_is_entered_once(api: Api, parts: None) -> None:
    quality = api.as_("quality")
    body = {"materialCode": "A", "lotNo": "L-1", "iqcResult": "PASS", "expiresAt": "2027-01-01T08:00:00+08:00"}
    lot = quality.post("/api/material-lots", body).must()
    assert (lot["status"], lot["materialKnown"], lot["expiresAt"]) == ("AVAILABLE", True, "2027-01-01T00:00:00.000Z")
    assert quality.post("/api/material-lots", body).code == "MATERIAL_LOT_DUPLICATE"
    assert quality.post("/api/material-lots", body | {"materialCode": "GONE"}).code == "MATERIAL_NOT_FOUND"
    changed = quality.patch(f"/api/material-lots/{lot['id']}", {"supplier": "某厂", "iqcResult": None}).must()
    assert (changed["supplier"], changed["iqcResult"]) == ("某厂", None)
    assert quality.patch(f"/api/material-lots/{lot['id']}", {"lotNo": "L-2"}).field_paths == ["lotNo"]
    assert quality.get("/api/material-lots/nonsense").code == "MATERIAL_LOT_NOT_FOUND"
    assert quality.get("/api/material-lots", materialKnown="true", lotNo="l-").must()["total"] == 1
