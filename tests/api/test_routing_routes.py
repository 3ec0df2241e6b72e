"""Routings, their steps and how they are done (spec 01.5, 01.6)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.plant import Plant
from tests.api.web import Api

from fiducial.kit.store import Store
from fiducial.routing import ports
from fiducial.routing.tables import routes, steps

Body = dict[str, Any]


class Busy(ports.RouteUses):
    """A room above that says the routing is in use."""

    def __init__(self, *, open_runs: int = 0, counts: dict[str, int] | None = None) -> None:
        self._open_runs, self._counts = open_runs, counts or {}

    def open_runs_of(self, tx: Any, route_id: int) -> int:
        return self._open_runs

    def route_counts(self, tx: Any, route_id: int, code: str) -> dict[str, int]:
        return self._counts


@pytest.fixture
def busy(store: Store) -> Any:
    before = list(ports._uses)
    yield lambda **says: ports.wire_route_uses((Busy(**says),))
    ports.wire_route_uses(before)


@pytest.fixture
def route(plant: Plant) -> Body:
    """A routing of two steps, printing and inspecting, in the groups PRINTERS and INSPECTORS."""
    for group, station in (("PRINTERS", "ST-PRINT-01"), ("INSPECTORS", "ST-AOI-01")):
        plant.group(group)
        plant.api.as_("engineer").patch(f"/api/stations/{station}", {"groupCode": group}).must()
    plant.operation("PRINT-OP", kind="PRINT")
    plant.operation("AOI-OP", kind="AOI")
    wanted = [
        {"stepNo": 20, "operationCode": "AOI-OP", "stationGroupCode": "INSPECTORS"},
        {"stepNo": 10, "operationCode": "PRINT-OP", "stationGroupCode": "PRINTERS", "requiresFAI": True},
    ]
    body = {"code": "R-1", "name": "路线", "processType": "SMT", "steps": wanted}
    made: Body = plant.made("engineer", "/api/routes", body)
    return made


def config_of(api: Api, **more: Any) -> Body:
    made: Body = (
        api.as_("engineer").post("/api/routes/R-1/execution-config", {"scopeType": "STEP", "stepNo": 10, **more}).must()
    )
    return made


def needs_compile(api: Api) -> bool:
    return bool(api.as_("engineer").get("/api/routes/R-1").must()["route"]["needsCompile"])


@pytest.fixture
def compiled(api: Api, route: Body) -> None:
    assert api.as_("engineer").post("/api/routes/R-1/compile").must()["status"] == "READY"
    assert not needs_compile(api)


# Routings


def test_steps_stand_in_their_order_and_the_last_is_told(route: Body) -> None:
    assert [(step["stepNo"], step["isLast"]) for step in route["steps"]] == [(10, False), (20, True)]
    assert route["steps"][0]["effectiveConfig"]["stationType"] == {"value": "MANUAL", "scope": "OPERATION_TYPE"}
    assert route["route"]["options"] == {"unknownSerialPolicy": "REFUSE", "faiTrialPolicy": "REQUIRED"}
    assert route["route"]["needsCompile"] is True


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"code": "r-1"}, "ROUTE_CODE_DUPLICATE"),
        ({"steps": [{"stepNo": 10, "operationCode": "GONE"}]}, "OPERATION_NOT_FOUND"),
        (
            {"steps": [{"stepNo": 10, "operationCode": "PRINT-OP", "stationGroupCode": "GONE"}]},
            "STATION_GROUP_NOT_FOUND",
        ),
        ({"steps": [{"stepNo": 10, "operationCode": "PRINT-OP"}] * 2}, "STEP_NO_DUPLICATE"),
        ({"steps": [{"stepNo": 0, "operationCode": "PRINT-OP"}]}, "VALIDATION_ERROR"),
        ({"steps": [{"stepNo": 100_000, "operationCode": "PRINT-OP"}]}, "VALIDATION_ERROR"),
        ({"effectiveFrom": "2027-02-01T00:00:00Z", "effectiveTo": "2027-02-01T00:00:00Z"}, "VALIDATION_ERROR"),
    ],
)
def test_a_routing_is_refused_for_what_is_wrong_with_it(api: Api, route: Body, change: Body, code: str) -> None:
    body = {"code": "R-2", "name": "r", "processType": "SMT"} | change
    assert api.as_("engineer").post("/api/routes", body).code == code


def test_a_planner_reads_routings_and_changes_none(api: Api, route: Body) -> None:
    planner = api.as_("planner")
    assert planner.get("/api/routes").must()["total"] == 1
    assert planner.post("/api/routes", {"code": "R-2", "name": "r", "processType": "SMT"}).code == "FORBIDDEN"
    assert planner.patch("/api/routes/R-1", {"name": "x"}).code == "FORBIDDEN"
    assert planner.post("/api/routes/R-1/compile").code == "FORBIDDEN"
    assert api.as_("operator").get("/api/routes").code == "FORBIDDEN"


@pytest.mark.parametrize(
    "change", [{"name": "another"}, {"productCode": "P-9"}, {"options": {"faiTrialPolicy": "OPTIONAL"}}]
)
def test_what_a_compile_reads_asks_for_a_compile(api: Api, compiled: None, change: Body) -> None:
    api.as_("engineer").patch("/api/routes/R-1", change).must()
    assert needs_compile(api)


@pytest.mark.parametrize(
    "change", [{"version": "B"}, {"effectiveTo": "2030-01-01T00:00:00Z"}, {"isActive": False}, {"name": "路线"}]
)
def test_what_a_compile_does_not_read_asks_for_none(api: Api, compiled: None, change: Body) -> None:
    api.as_("engineer").patch("/api/routes/R-1", change).must()
    assert not needs_compile(api)


def test_one_option_changes_without_the_other(api: Api, route: Body) -> None:
    after = api.as_("engineer").patch("/api/routes/R-1", {"options": {"unknownSerialPolicy": "REGISTER"}}).must()
    assert after["options"] == {"unknownSerialPolicy": "REGISTER", "faiTrialPolicy": "REQUIRED"}


def test_the_process_type_waits_for_open_runs_and_has_its_own_entry(
    api: Api, plant: Plant, route: Body, busy: Any
) -> None:
    busy(open_runs=1)
    engineer = api.as_("engineer")
    assert engineer.patch("/api/routes/R-1", {"processType": "DIP"}).code == "ROUTE_HAS_OPEN_RUNS"
    busy()
    assert engineer.patch("/api/routes/R-1", {"processType": "DIP"}).must()["processType"] == "DIP"
    assert plant.audit(action="ROUTE_PROCESS_TYPE_UPDATE")[0]["entityDisplay"] == "R-1"


def test_an_update_on_old_ground_is_refused(api: Api, route: Body) -> None:
    engineer, old = api.as_("engineer"), route["route"]["updatedAt"]
    engineer.patch("/api/routes/R-1", {"name": "first", "ifUpdatedAt": old}).must()
    refused = engineer.patch("/api/routes/R-1", {"name": "second", "ifUpdatedAt": old})
    assert (refused.code, refused.details["current"]["name"]) == ("STALE_UPDATE", "first")
    again = engineer.put(
        "/api/routes/R-1/steps", {"steps": [{"stepNo": 1, "operationCode": "AOI-OP"}], "ifUpdatedAt": old}
    )
    assert again.code == "STALE_UPDATE"


def test_steps_are_replaced_as_a_whole(api: Api, compiled: None) -> None:
    wanted = [{"stepNo": 5, "operationCode": "AOI-OP"}, {"stepNo": 7, "operationCode": "PRINT-OP"}]
    after = api.as_("engineer").put("/api/routes/R-1/steps", {"steps": wanted}).must()
    assert [(step["stepNo"], step["operationCode"]) for step in after["steps"]] == [(5, "AOI-OP"), (7, "PRINT-OP")]
    assert needs_compile(api)
    assert api.as_("engineer").put("/api/routes/R-1/steps", {"steps": []}).field_paths == ["steps"]


def test_an_operation_that_is_off_is_not_chosen_anew_but_stays_where_it_is(api: Api, plant: Plant, route: Body) -> None:
    engineer = api.as_("engineer")
    engineer.patch("/api/routes/R-1", {"isActive": False}).must()
    engineer.patch("/api/operations/PRINT-OP", {"isActive": False}).must()
    assert engineer.put("/api/routes/R-1/steps", {"steps": [{"stepNo": 30, "operationCode": "PRINT-OP"}]}).ok
    new = {"code": "R-2", "name": "r", "processType": "SMT", "steps": [{"stepNo": 10, "operationCode": "PRINT-OP"}]}
    refused = engineer.post("/api/routes", new)
    assert (refused.code, refused.details["operationCode"]) == ("OPERATION_INACTIVE", "PRINT-OP")


def test_the_erps_routing_takes_only_our_settings(api: Api, plant: Plant, route: Body) -> None:
    plant.sql(routes.update().values(source_system="ERP"))
    engineer = api.as_("engineer")
    refused = engineer.patch("/api/routes/R-1", {"name": "x", "isActive": False})
    assert (refused.code, refused.details["fields"]) == ("ROUTE_STEPS_ERP_READONLY", ["name"])
    assert engineer.put("/api/routes/R-1/steps", {"steps": [{"stepNo": 1, "operationCode": "AOI-OP"}]}).code == (
        "ROUTE_STEPS_ERP_READONLY"
    )
    assert engineer.delete("/api/routes/R-1").code == "ROUTE_STEPS_ERP_READONLY"
    assert engineer.patch(
        "/api/routes/R-1", {"isActive": False, "options": {"faiTrialPolicy": "OPTIONAL"}, "needsReview": False}
    ).ok
    assert engineer.post("/api/routes/R-1/execution-config", {"scopeType": "ROUTE", "requiresFAI": True}).ok


def test_a_routing_that_was_compiled_or_is_named_is_not_deleted(api: Api, route: Body, busy: Any) -> None:
    engineer = api.as_("engineer")
    busy(counts={"workOrders": 1})
    assert engineer.delete("/api/routes/R-1").details["counts"] == {"workOrders": 1}
    busy()
    config_of(api, requiresFAI=True)
    assert engineer.delete("/api/routes/R-1").must() == {"id": route["route"]["id"]}
    assert engineer.get("/api/routes/R-1").code == "ROUTE_NOT_FOUND"


def test_a_compiled_routing_is_not_deleted(api: Api, compiled: None) -> None:
    refused = api.as_("engineer").delete("/api/routes/R-1")
    assert (refused.code, refused.details["counts"]) == ("ROUTE_IN_USE", {"versions": 1})


def test_the_list_tells_what_may_be_used(api: Api, compiled: None) -> None:
    engineer = api.as_("engineer")
    engineer.put("/api/routes/R-1/steps", {"steps": [{"stepNo": 10, "operationCode": "AOI-OP"}]}).must()
    assert engineer.post("/api/routes/R-1/compile").must()["status"] == "INVALID"
    (row,) = engineer.get("/api/routes", search="路线", needsCompile="true").must()["items"]
    assert (row["stepCount"], row["latestReadyVersionNo"], row["latestVersionNo"], row["latestStatus"]) == (
        1,
        1,
        2,
        "INVALID",
    )


# Execution config


def test_the_nearest_scope_speaks_and_the_answer_says_which(api: Api, route: Body) -> None:
    engineer = api.as_("engineer")
    engineer.put("/api/execution-defaults/global", {"requiresAuthorization": True, "requiresTestProgram": True}).must()
    engineer.put("/api/execution-defaults/operations/PRINT-OP", {"requiresTestProgram": False}).must()
    engineer.post("/api/routes/R-1/execution-config", {"scopeType": "ROUTE", "requiresFAI": False}).must()
    config_of(api, allowedStationCodes=["ST-PRINT-01"])
    first, second = (step["effectiveConfig"] for step in engineer.get("/api/routes/R-1").must()["steps"])
    assert first["allowedStationCodes"] == {"value": ["ST-PRINT-01"], "scope": "STEP"}
    assert first["requiresTestProgram"] == {"value": False, "scope": "OPERATION"}
    assert second["requiresTestProgram"] == {"value": True, "scope": "GLOBAL"}
    assert first["requiresFAI"] == {"value": False, "scope": "ROUTE"}
    assert first["requiresAuthorization"] == {"value": True, "scope": "GLOBAL"}
    assert first["stationGroupCode"] == {"value": "PRINTERS", "scope": "STEP_FIELD"}


def test_there_is_one_config_for_each_place(api: Api, route: Body) -> None:
    engineer = api.as_("engineer")
    config_of(api, requiresFAI=True)
    assert (
        engineer.post("/api/routes/R-1/execution-config", {"scopeType": "STEP", "stepNo": 10}).code
        == "EXECUTION_CONFIG_EXISTS"
    )
    assert engineer.post("/api/routes/R-1/execution-config", {"scopeType": "ROUTE"}).ok
    assert engineer.post("/api/routes/R-1/execution-config", {"scopeType": "ROUTE"}).code == "EXECUTION_CONFIG_EXISTS"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"scopeType": "STEP", "stepNo": 99}, 404, "ROUTE_STEP_NOT_FOUND"),
        ({"scopeType": "STEP"}, 422, "VALIDATION_ERROR"),
        ({"scopeType": "ROUTE", "stepNo": 10}, 422, "VALIDATION_ERROR"),
        ({"scopeType": "ROUTE", "dataSpecIds": []}, 422, "VALIDATION_ERROR"),
        ({"scopeType": "ROUTE", "expectedReflowProfileCode": "RP"}, 422, "VALIDATION_ERROR"),
        ({"scopeType": "OPERATION"}, 422, "VALIDATION_ERROR"),
        ({"scopeType": "ROUTE", "stationGroupCode": "GONE"}, 404, "STATION_GROUP_NOT_FOUND"),
        ({"scopeType": "ROUTE", "allowedStationCodes": ["ST-PRINT-01", "GONE"]}, 404, "STATION_NOT_FOUND"),
        ({"scopeType": "STEP", "stepNo": 10, "dataSpecIds": ["nonsense"]}, 404, "DATA_SPEC_NOT_FOUND"),
        ({"scopeType": "ROUTE", "requiredTools": {"fixtureTypes": ["F"], "min": 5}}, 422, "VALIDATION_ERROR"),
        ({"scopeType": "ROUTE", "ingestMapping": {"colour": "x"}}, 422, "VALIDATION_ERROR"),
        ({"scopeType": "ROUTE", "ingestMapping": {"snPath": "a..b"}}, 422, "VALIDATION_ERROR"),
        ({"scopeType": "ROUTE", "ingestMapping": {"snPath": "a b"}}, 422, "VALIDATION_ERROR"),
    ],
)
def test_a_config_is_refused_for_what_is_wrong_with_it(
    api: Api, route: Body, body: Body, status: int, code: str
) -> None:
    refused = api.as_("engineer").post("/api/routes/R-1/execution-config", body)
    assert (refused.status, refused.code) == (status, code)


@pytest.mark.parametrize("name", ["expectedReflowProfileCode", "excludedDataSpecIds"])
def test_an_operations_default_may_not_say_what_belongs_to_a_step(api: Api, route: Body, name: str) -> None:
    body = {name: "RP" if name.startswith("expected") else []}
    assert api.as_("engineer").put("/api/execution-defaults/operations/PRINT-OP", body).field_paths == [name]


def test_a_word_cannot_mean_pass_and_fail(api: Api, route: Body) -> None:
    result = {"path": "r", "passValues": ["OK", "pass"], "failValues": ["NG", "Pass"]}
    refused = api.as_("engineer").post(
        "/api/routes/R-1/execution-config", {"scopeType": "ROUTE", "ingestMapping": {"result": result}}
    )
    assert refused.field_paths == ["ingestMapping.result.failValues"]


def test_a_patch_changes_what_it_names_and_null_takes_back(api: Api, compiled: None) -> None:
    config = config_of(api, requiresFAI=True, allowedStationCodes=[], remark="试行")
    assert needs_compile(api)
    path = f"/api/routes/R-1/execution-config/{config['id']}"
    engineer = api.as_("engineer")
    after = engineer.patch(path, {"requiresFAI": None, "stationType": "MANUAL"}).must()
    assert (after["requiresFAI"], after["stationType"], after["allowedStationCodes"], after["remark"]) == (
        None,
        "MANUAL",
        [],
        "试行",
    )
    refused = engineer.patch(path, {"stationType": "AUTO", "ifUpdatedAt": config["updatedAt"]})
    assert refused.code == "STALE_UPDATE"
    assert engineer.patch(path, {"stationGroupCode": "GONE"}).code == "STATION_GROUP_NOT_FOUND"
    assert engineer.patch(path, {"allowedStationCodes": ["GONE"]}).code == "STATION_NOT_FOUND"
    assert engineer.patch(path, {"stepNo": 20}).field_paths == ["stepNo"]
    assert engineer.delete(path).ok
    assert engineer.delete(path).code == "EXECUTION_CONFIG_NOT_FOUND"


def test_another_routings_config_is_not_found_here(api: Api, plant: Plant, route: Body) -> None:
    config = config_of(api, requiresFAI=True)
    plant.made("engineer", "/api/routes", {"code": "R-2", "name": "r", "processType": "SMT"})
    assert (
        api.as_("engineer").patch(f"/api/routes/R-2/execution-config/{config['id']}", {}).code
        == "EXECUTION_CONFIG_NOT_FOUND"
    )


def test_a_config_that_lost_its_step_is_kept_shown_and_attached_again(api: Api, route: Body) -> None:
    engineer = api.as_("engineer")
    config = config_of(api, requiresAuthorization=True)
    wanted = [{"stepNo": 15, "operationCode": "PRINT-OP"}, {"stepNo": 20, "operationCode": "AOI-OP"}]
    engineer.put("/api/routes/R-1/steps", {"steps": wanted}).must()
    (orphan,) = engineer.get("/api/routes/R-1/execution-config").must()["items"]
    assert (orphan["orphaned"], orphan["suggestedStepNo"]) == (True, 15)
    warnings = engineer.post("/api/routes/R-1/compile").must()["warnings"]
    assert "CONFIG_ORPHANED" in [warning["code"] for warning in warnings]
    after = engineer.patch(f"/api/routes/R-1/execution-config/{config['id']}", {"stepNo": 15}).must()
    assert (after["orphaned"], after["stepNo"], after["requiresAuthorization"]) == (False, 15, True)


def test_another_routings_settings_are_no_orphans_of_this_one(api: Api, plant: Plant, compiled: None) -> None:
    config_of(api, requiresTestProgram=True)
    body = {"code": "R-2", "name": "r", "processType": "SMT"}
    plant.made(
        "engineer",
        "/api/routes",
        body | {"steps": [{"stepNo": 30, "operationCode": "PRINT-OP", "stationGroupCode": "PRINTERS"}]},
    )
    version = api.as_("engineer").post("/api/routes/R-2/compile").must()
    assert (version["status"], version["warnings"]) == ("READY", [])
    step = api.as_("engineer").get("/api/routes/R-2").must()["steps"][0]
    assert step["effectiveConfig"]["requiresTestProgram"] == {"value": False, "scope": "DEFAULT"}


def test_an_erp_step_keeps_its_config_when_it_is_renumbered(api: Api, plant: Plant, route: Body) -> None:
    plant.sql(steps.update().where(steps.c.step_no == 10).values(source_step_key="ERP:R-1:10:PRN"))
    config_of(api, requiresAuthorization=True)
    plant.sql(steps.update().where(steps.c.step_no == 10).values(step_no=12))
    (config,) = api.as_("engineer").get("/api/routes/R-1/execution-config").must()["items"]
    assert (config["orphaned"], config["stepNo"]) == (False, 12)


def test_a_default_is_replaced_as_a_whole_and_touches_the_routings_that_use_it(
    api: Api, plant: Plant, compiled: None
) -> None:
    engineer = api.as_("engineer")
    plant.made("engineer", "/api/routes", {"code": "R-2", "name": "r", "processType": "SMT"})
    path = "/api/execution-defaults/operations/PRINT-OP"
    assert engineer.get(path).must()["id"] is None
    first = engineer.put(path, {"requiresAuthorization": True}).must()
    assert (first["scopeType"], first["operationCode"], first["affectedRoutings"]) == ("OPERATION", "PRINT-OP", ["R-1"])
    assert needs_compile(api)
    second = engineer.put(path, {"stationType": "MANUAL", "ifUpdatedAt": first["updatedAt"]}).must()
    assert (second["requiresAuthorization"], second["stationType"]) == (None, "MANUAL")
    assert engineer.put(path, {"ifUpdatedAt": first["updatedAt"]}).code == "STALE_UPDATE"
    assert engineer.get("/api/execution-defaults/operations/GONE").code == "OPERATION_NOT_FOUND"
    assert engineer.put("/api/execution-defaults/global", {"requiresAuthorization": True}).must()[
        "affectedRoutings"
    ] == ["R-1"]


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("/api/operations/PRINT-OP", {"processKind": "OTHER"}),
        ("/api/operations/PRINT-OP", {"defaultType": "AUTO"}),
        ("/api/stations/ST-PRINT-01", {"isActive": False}),
        ("/api/stations/ST-PRINT-01", {"groupCode": None}),
        ("/api/stations/ST-SPI-01", {"groupCode": "PRINTERS"}),
        ("/api/stations/ST-MOUNT-01", {"stationType": "AUTO"}),
    ],
)
def test_a_change_in_the_plant_asks_the_routings_it_touches_for_a_compile(
    api: Api, route: Body, path: str, change: Body
) -> None:
    config_of(api, allowedStationCodes=["ST-PRINT-01", "ST-MOUNT-01"])
    engineer = api.as_("engineer")
    engineer.patch("/api/stations/ST-MOUNT-01", {"groupCode": "PRINTERS"}).must()
    assert engineer.post("/api/routes/R-1/compile").must()["status"] == "READY"
    engineer.patch(path, change).must()
    assert needs_compile(api)


def test_a_station_elsewhere_asks_for_nothing(api: Api, compiled: None) -> None:
    api.as_("engineer").patch("/api/stations/ST-FAR-01", {"isActive": False}).must()
    api.as_("engineer").patch("/api/stations/ST-PRINT-01", {"name": "改名"}).must()
    assert not needs_compile(api)
