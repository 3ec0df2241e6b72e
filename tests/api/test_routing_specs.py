"""Collection items and their binding to steps (spec 01.8)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.plant import Plant
from tests.api.web import Api

from fiducial.routing import ports

Body = dict[str, Any]


class Used(ports.RouteUses):
    """A room above that holds values of every item."""

    def has_values(self, tx: Any, spec_id: str) -> bool:
        return True


@pytest.fixture
def route(plant: Plant) -> Body:
    """A compiled routing R-1 with the steps 10 PRINT-OP and 20 AOI-OP."""
    plant.operation("PRINT-OP", kind="PRINT")
    plant.operation("AOI-OP", kind="AOI")
    plant.group("G")
    engineer = plant.api.as_("engineer")
    engineer.patch("/api/stations/ST-PRINT-01", {"groupCode": "G"}).must()
    wanted = [
        {"stepNo": n, "operationCode": code, "stationGroupCode": "G"} for n, code in ((10, "PRINT-OP"), (20, "AOI-OP"))
    ]
    made: Body = plant.made(
        "engineer", "/api/routes", {"code": "R-1", "name": "r", "processType": "SMT", "steps": wanted}
    )
    engineer.post("/api/routes/R-1/compile").must()
    return made


def spec(api: Api, name: str = "厚度", operation: str = "PRINT-OP", **more: Any) -> Body:
    body = {
        "operationCode": operation, "name": name, "itemType": "KEY", "dataType": "NUMBER", "method": "MANUAL", "triggerType": "EVENT",
    } | more  # fmt: skip
    made: Body = api.as_("engineer").post("/api/data-collection-specs", body).must()
    return made


def needs_compile(api: Api) -> bool:
    return bool(api.as_("engineer").get("/api/routes/R-1").must()["route"]["needsCompile"])


def test_an_item_belongs_to_an_operation_and_keeps_its_definition(api: Api, route: Body) -> None:
    made = spec(api, spec={"unit": "mm", "lsl": 0.1, "usl": 0.2, "decimals": 3}, alarm={"action": "HOLD"})
    assert (made["revision"], made["isRequired"], made["triggerRule"]) == (1, False, {"event": "TRACK_OUT"})
    shown = api.as_("operator").get(f"/api/data-collection-specs/{made['id']}").must()
    assert shown["spec"] == {"unit": "mm", "lsl": 0.1, "usl": 0.2, "decimals": 3}
    assert shown["boundSteps"] == []
    assert (
        api.as_("operator").patch(f"/api/data-collection-specs/{made['id']}", {"isActive": False}).code == "FORBIDDEN"
    )
    assert api.as_("planner").get("/api/data-collection-specs").code == "FORBIDDEN"


@pytest.mark.parametrize(
    ("change", "paths"),
    [
        ({"spec": {"lsl": 2, "usl": 1}}, ["spec.lsl"]),
        ({"spec": {"lsl": "2"}}, ["spec.lsl"]),
        ({"spec": {"decimals": 7}}, ["spec.decimals"]),
        ({"dataType": "TEXT", "spec": {"pattern": "(a"}}, ["spec.pattern"]),
        ({"alarm": {"action": "HOLD"}}, ["alarm"]),
        ({"triggerType": "TIME"}, ["triggerRule.everyMinutes"]),
        ({"triggerType": "EACH_CARRIER"}, ["triggerType"]),
        ({"name": " "}, ["name"]),
        ({"colour": "red"}, ["colour"]),
    ],
)
def test_a_broken_rule_is_named_by_its_field(api: Api, route: Body, change: Body, paths: list[str]) -> None:
    body = {
        "operationCode": "PRINT-OP", "name": "厚度", "itemType": "KEY", "dataType": "NUMBER", "method": "MANUAL", "triggerType": "EVENT",
    } | change  # fmt: skip
    refused = api.as_("engineer").post("/api/data-collection-specs", body)
    assert (refused.status, refused.code) == (422, "VALIDATION_ERROR")
    assert refused.field_paths == paths


def test_a_change_must_fit_what_stays(api: Api, route: Body) -> None:
    made = spec(api, spec={"lsl": 1, "usl": 2})
    path = f"/api/data-collection-specs/{made['id']}"
    engineer = api.as_("engineer")
    assert engineer.patch(path, {"dataType": "BOOLEAN"}).field_paths == ["spec.lsl", "spec.usl"]
    assert engineer.patch(path, {"operationCode": "AOI-OP"}).field_paths == ["operationCode"]
    assert engineer.patch(path, {"dataType": "BOOLEAN", "spec": None}).must()["dataType"] == "BOOLEAN"
    switched = engineer.patch(path, {"triggerType": "EACH_UNIT"}).must()
    assert switched["triggerRule"] is None


def test_a_name_is_only_once_in_its_operation(api: Api, route: Body) -> None:
    spec(api, "Height")
    other = spec(api, "Width")
    engineer = api.as_("engineer")
    refused = engineer.patch(f"/api/data-collection-specs/{other['id']}", {"name": "HEIGHT"})
    assert (refused.code, refused.details["existing"]) == ("DATA_SPEC_NAME_DUPLICATE", "Height")
    body = {name: other[name] for name in ("itemType", "dataType", "method", "triggerType")}
    again = engineer.post("/api/data-collection-specs", body | {"operationCode": "PRINT-OP", "name": "height"})
    assert again.code == "DATA_SPEC_NAME_DUPLICATE"
    assert (
        engineer.post("/api/data-collection-specs", body | {"operationCode": "GONE", "name": "x"}).code
        == "OPERATION_NOT_FOUND"
    )
    assert spec(api, "Height", operation="AOI-OP")["name"] == "Height"
    assert engineer.patch(f"/api/data-collection-specs/{other['id']}", {"name": "WIDTH"}).ok


def test_each_change_is_a_revision_and_nothing_is_none(api: Api, route: Body) -> None:
    made = spec(api)
    path = f"/api/data-collection-specs/{made['id']}"
    engineer = api.as_("engineer")
    assert engineer.patch(path, {"name": "厚度", "isRequired": False}).must()["revision"] == 1
    second = engineer.patch(path, {"spec": {"usl": 2}}).must()
    assert second["revision"] == 2
    assert engineer.patch(path, {"isRequired": True, "ifUpdatedAt": made["updatedAt"]}).code == "STALE_UPDATE"


def test_switching_has_its_own_entry(api: Api, plant: Plant, route: Body) -> None:
    path = f"/api/data-collection-specs/{spec(api)['id']}"
    engineer = api.as_("engineer")
    engineer.patch(path, {"isActive": False}).must()
    engineer.patch(path, {"isActive": True, "isRequired": True}).must()
    written = [entry["action"] for entry in plant.audit(entityType="DATA_SPEC")]
    assert written == ["DATA_SPEC_UPDATE", "DATA_SPEC_ENABLE", "DATA_SPEC_DISABLE", "DATA_SPEC_CREATE"]


def test_the_data_type_is_fixed_once_a_value_exists(api: Api, route: Body) -> None:
    made = spec(api)
    path = f"/api/data-collection-specs/{made['id']}"
    engineer = api.as_("engineer")
    before = list(ports._uses)
    ports.wire_route_uses((Used(),))
    try:
        assert engineer.patch(path, {"dataType": "TEXT"}).ok, (
            "no version has frozen it, so nothing can have been recorded"
        )
        engineer.patch(path, {"dataType": "NUMBER"}).must()
        engineer.put("/api/routes/R-1/steps/10/data-specs", {"dataSpecIds": [made["id"]]}).must()
        engineer.post("/api/routes/R-1/compile").must()
        refused = engineer.patch(path, {"dataType": "TEXT"})
        assert (refused.code, refused.details["specName"]) == ("DATA_SPEC_IN_USE", "厚度")
        assert engineer.patch(path, {"isRequired": True}).ok
    finally:
        ports.wire_route_uses(before)


def test_a_required_item_asks_every_routing_of_its_operation_for_a_compile(api: Api, route: Body) -> None:
    made = spec(api, isRequired=True)
    assert needs_compile(api)
    compiled = api.as_("engineer").post("/api/routes/R-1/compile").must()
    assert [error["code"] for error in compiled["errors"]] == ["DATA_SPEC_REQUIRED_UNBOUND"]
    assert needs_compile(api), "an invalid version leaves the routing in need of a compile"
    changed = api.as_("engineer").patch(f"/api/data-collection-specs/{made['id']}", {"isRequired": False}).must()
    assert changed["affectedRoutings"] == ["R-1"]


def test_an_item_that_nobody_needs_asks_for_nothing(api: Api, route: Body) -> None:
    made = spec(api)
    assert (
        api.as_("engineer")
        .patch(f"/api/data-collection-specs/{made['id']}", {"spec": {"usl": 1}})
        .must()["affectedRoutings"]
        == []
    )
    assert not needs_compile(api)


# Binding


def bind(api: Api, *ids: str, step: int = 10, **more: Any) -> Any:
    return api.as_("engineer").put(f"/api/routes/R-1/steps/{step}/data-specs", {"dataSpecIds": list(ids), **more})


def test_binding_makes_the_steps_config_and_the_compile_freezes_the_items(api: Api, plant: Plant, route: Body) -> None:
    made = spec(api, spec={"usl": 2})
    config = bind(api, made["id"]).must()
    assert (config["scopeType"], config["dataSpecIds"]) == ("STEP", [made["id"]])
    engineer = api.as_("engineer")
    assert needs_compile(api)
    version = engineer.post("/api/routes/R-1/compile").must()
    engineer.patch(f"/api/data-collection-specs/{made['id']}", {"spec": {"usl": 3}}).must()
    frozen = engineer.get(f"/api/routes/R-1/versions/{version['versionNo']}").must()["snapshot"]["steps"][0][
        "dataSpecs"
    ][0]
    assert (frozen["spec"], frozen["revision"]) == ({"usl": 2}, 1)
    assert engineer.get(f"/api/data-collection-specs/{made['id']}").must()["boundSteps"] == [
        {"routingCode": "R-1", "stepNo": 10}
    ]
    assert engineer.get("/api/data-collection-specs").must()["items"][0]["boundStepCount"] == 1
    assert plant.audit(action="ROUTE_DATA_SPEC_BIND")[0]["entityDisplay"] == "R-1"


def test_what_cannot_be_bound_is_named(api: Api, route: Body) -> None:
    off, foreign = spec(api, "off", isActive=False), spec(api, "foreign", operation="AOI-OP")
    assert bind(api, off["id"]).details["specIds"] == [off["id"]]
    assert bind(api, off["id"]).code == "DATA_SPEC_INACTIVE"
    assert bind(api, foreign["id"]).code == "DATA_SPEC_OPERATION_MISMATCH"
    assert bind(api, "nonsense").code == "DATA_SPEC_NOT_FOUND"
    assert bind(api, foreign["id"], step=99).code == "ROUTE_STEP_NOT_FOUND"
    assert bind(api, foreign["id"], foreign["id"]).field_paths == ["dataSpecIds"]
    mine = spec(api, "mine")
    assert bind(api, mine["id"], excludedDataSpecIds=[mine["id"]]).field_paths == ["excludedDataSpecIds"]
    assert api.as_("quality").put("/api/routes/R-1/steps/10/data-specs", {"dataSpecIds": []}).code == "FORBIDDEN"


def test_no_config_of_a_step_names_an_item_that_could_not_be_bound(api: Api, route: Body) -> None:
    """Neither a new config, nor a change of one, is a way around the picker."""
    off, foreign = spec(api, "off", isActive=False), spec(api, "foreign", operation="AOI-OP")
    engineer, at = api.as_("engineer"), "/api/routes/R-1/execution-config"
    wrong = (
        (off["id"], "DATA_SPEC_INACTIVE"),
        (foreign["id"], "DATA_SPEC_OPERATION_MISMATCH"),
        ("nonsense", "DATA_SPEC_NOT_FOUND"),
    )
    for key, code in wrong:
        refused = engineer.post(at, {"scopeType": "STEP", "stepNo": 10, "dataSpecIds": [key]})
        assert (refused.code, refused.details["specIds"]) == (code, [key])
    made = engineer.post(at, {"scopeType": "STEP", "stepNo": 10, "remark": "x"}).must()
    for key, code in wrong:
        refused = engineer.patch(f"{at}/{made['id']}", {"dataSpecIds": [key]})
        assert (refused.code, refused.details["specIds"]) == (code, [key])
    assert engineer.get(at).must()["items"][0]["dataSpecIds"] is None


def test_a_required_item_may_be_left_out_on_purpose(api: Api, route: Body) -> None:
    required = spec(api, isRequired=True)
    bind(api, excludedDataSpecIds=[required["id"]]).must()
    assert api.as_("engineer").post("/api/routes/R-1/compile").must()["status"] == "READY"


def test_the_picker_groups_the_items_of_the_steps_operation(api: Api, route: Body) -> None:
    bound, free, off = spec(api, "bound"), spec(api, "free"), spec(api, "off", isActive=False)
    spec(api, "foreign", operation="AOI-OP")
    bind(api, bound["id"]).must()
    picker = api.as_("engineer").get("/api/routes/R-1/steps/10/data-spec-options").must()
    groups = {name: [item["id"] for item in picker[name]] for name in ("bound", "available", "inactive")}
    assert groups == {"bound": [bound["id"]], "available": [free["id"]], "inactive": [off["id"]]}
    assert (picker["operationCode"], picker["inheritedFrom"], picker["missing"]) == ("PRINT-OP", None, [])
    found = api.as_("engineer").get("/api/routes/R-1/steps/10/data-spec-options", search="FRE").must()
    assert (found["bound"], [item["id"] for item in found["available"]]) == ([], [free["id"]])
    assert api.as_("engineer").get("/api/routes/R-1/steps/x/data-spec-options").code == "ROUTE_STEP_NOT_FOUND"


def test_a_step_takes_the_items_of_its_operations_default_and_says_so(api: Api, route: Body) -> None:
    made, foreign = spec(api), spec(api, "foreign", operation="AOI-OP")
    engineer = api.as_("engineer")
    path = "/api/execution-defaults/operations/PRINT-OP"
    assert engineer.put(path, {"dataSpecIds": [foreign["id"]]}).code == "DATA_SPEC_OPERATION_MISMATCH"
    engineer.put(path, {"dataSpecIds": [made["id"]]}).must()
    picker = engineer.get("/api/routes/R-1/steps/10/data-spec-options").must()
    assert (picker["inheritedFrom"], [item["id"] for item in picker["bound"]]) == ("OPERATION", [made["id"]])
    assert engineer.get(f"/api/data-collection-specs/{made['id']}").must()["boundSteps"] == [
        {"routingCode": "R-1", "stepNo": 10}
    ]
    engineer.patch(f"/api/data-collection-specs/{made['id']}", {"isActive": False}).must()
    errors = engineer.post("/api/routes/R-1/compile").must()["errors"]
    assert [(error["code"], error["details"]["specNames"]) for error in errors] == [("DATA_SPEC_INACTIVE", ["厚度"])]
