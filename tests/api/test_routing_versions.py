"""Frozen versions: compile, retire, compare, and which of them an order gets (spec 01.9, 01.10)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.plant import TEST, Plant
from tests.api.web import Api

from fiducial.kit.acting import query
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx
from fiducial.routing import choose
from fiducial.routing.actions.versions import compile_version, prepare
from fiducial.routing.frozen import frozen_route
from fiducial.routing.tables import routes, versions

Body = dict[str, Any]
DAY = 86_400_000


@pytest.fixture
def route(plant: Plant) -> Body:
    """A routing R-1 of one step that compiles."""
    plant.operation("PRINT-OP", kind="PRINT")
    plant.group("G")
    plant.api.as_("engineer").patch("/api/stations/ST-PRINT-01", {"groupCode": "G"}).must()
    wanted = [{"stepNo": 10, "operationCode": "PRINT-OP", "stationGroupCode": "G"}]
    made: Body = plant.made(
        "engineer", "/api/routes", {"code": "R-1", "name": "r", "processType": "SMT", "steps": wanted}
    )
    return made


def compiled(api: Api) -> Body:
    version: Body = api.as_("engineer").post("/api/routes/R-1/compile").must()
    return version


def test_the_same_content_is_the_same_version(api: Api, route: Body) -> None:
    first, again = compiled(api), compiled(api)
    assert (first["versionNo"], first["status"], first["isNew"]) == (1, "READY", True)
    assert (again["id"], again["isNew"]) == (first["id"], False)
    api.as_("engineer").patch("/api/routes/R-1", {"name": "another"}).must()
    second = compiled(api)
    assert (second["versionNo"], second["isNew"]) == (2, True)


def test_a_compile_says_who_made_it_and_is_entered(api: Api, plant: Plant, route: Body) -> None:
    version = compiled(api)
    assert version["compiledByName"] == "李工艺"
    entry = plant.audit(action="ROUTE_COMPILE")[0]
    assert (entry["entityDisplay"], entry["payload"]["status"], entry["payload"]["versionNo"]) == ("R-1", "READY", 1)


def test_an_empty_routing_is_refused_and_the_attempt_is_entered(api: Api, plant: Plant) -> None:
    plant.made("engineer", "/api/routes", {"code": "R-0", "name": "r", "processType": "SMT"})
    engineer = api.as_("engineer")
    assert engineer.post("/api/routes/R-0/compile").code == "ROUTING_EMPTY"
    assert engineer.post("/api/routes/GONE/compile").code == "ROUTE_NOT_FOUND"
    assert engineer.get("/api/routes/GONE/versions").code == "ROUTE_NOT_FOUND"
    assert engineer.post("/api/routes/R-0/compile", {"force": True}).field_paths == ["force"]
    assert {entry["outcome"] for entry in plant.audit(action="ROUTE_COMPILE")} == {"REFUSED"}


def test_a_failed_compile_leaves_the_older_version_in_use(api: Api, store: Store, route: Body) -> None:
    compiled(api)
    engineer = api.as_("engineer")
    engineer.put("/api/routes/R-1/steps", {"steps": [{"stepNo": 10, "operationCode": "PRINT-OP"}]}).must()
    assert compiled(api)["status"] == "INVALID"
    assert engineer.get("/api/routes/R-1").must()["route"]["needsCompile"] is True
    assert newest(store, "R-1").version_no == 1
    (error,) = engineer.with_headers(accept_language="en").get("/api/routes/R-1/versions/2").must()["errors"]
    assert (error["code"], error["field"], error["stepNo"]) == ("STATION_CONSTRAINT_MISSING", "stationGroupCode", 10)
    assert error["message"].startswith("Neither a station group")


def test_what_changed_while_a_compile_was_prepared_is_not_lost(api: Api, store: Store, route: Body) -> None:
    prepared = store.read_now(TEST, prepare, "R-1")
    api.as_("engineer").patch("/api/operations/PRINT-OP", {"name": "改名"}).must()
    version = store.write_now(TEST, compile_version, "R-1", prepared)
    steps = api.as_("engineer").get(f"/api/routes/R-1/versions/{version['versionNo']}").must()["snapshot"]["steps"]
    assert steps[0]["operationName"] == "改名"


def test_two_compiles_at_once_make_one_version(api: Api, route: Body) -> None:
    engineer = api.as_("engineer")
    answers = api.at_once(*[(engineer, "POST", "/api/routes/R-1/compile", None)] * 4)
    assert {answer.must()["versionNo"] for answer in answers} == {1}
    assert sorted(answer.data["isNew"] for answer in answers) == [False, False, False, True]


def test_the_same_key_compiles_once(api: Api, route: Body) -> None:
    engineer = api.as_("engineer")
    first = engineer.post("/api/routes/R-1/compile", key="one").must()
    assert engineer.post("/api/routes/R-1/compile", key="one").must() == first


def test_versions_are_listed_newest_first_without_their_snapshots(api: Api, route: Body) -> None:
    compiled(api)
    api.as_("engineer").patch("/api/routes/R-1", {"name": "another"}).must()
    compiled(api)
    found = api.as_("planner").get("/api/routes/R-1/versions").must()["items"]
    assert [version["versionNo"] for version in found] == [2, 1]
    assert "snapshot" not in found[0]
    assert api.as_("planner").get("/api/routes/R-1/versions/9").code == "ROUTE_VERSION_NOT_FOUND"
    assert api.as_("planner").get("/api/routes/R-1/versions/x").code == "ROUTE_VERSION_NOT_FOUND"


def test_two_versions_are_compared_step_by_step(api: Api, plant: Plant, route: Body) -> None:
    compiled(api)
    engineer = api.as_("engineer")
    plant.operation("AOI-OP", kind="AOI")
    wanted = [
        {"stepNo": 10, "operationCode": "PRINT-OP", "stationGroupCode": "G", "requiresFAI": True},
        {"stepNo": 20, "operationCode": "AOI-OP", "stationGroupCode": "G"},
    ]
    engineer.put("/api/routes/R-1/steps", {"steps": wanted}).must()
    engineer.patch("/api/routes/R-1", {"name": "another"}).must()
    compiled(api)
    diff = engineer.get("/api/routes/R-1/versions/2", diff=1).must()["diff"]
    assert diff["added"] == [{"stepNo": 20, "operationCode": "AOI-OP"}]
    assert diff["changed"] == [{"stepNo": 10, "fields": [{"path": "requiresFAI", "before": False, "after": True}]}]
    assert diff["route"] == [{"path": "name", "before": "r", "after": "another"}]
    back = engineer.get("/api/routes/R-1/versions/1", diff=2).must()["diff"]
    assert back["removed"] == [{"stepNo": 20, "operationCode": "AOI-OP"}]


# Retire


def test_a_retired_version_is_never_chosen_again(api: Api, plant: Plant, store: Store, route: Body) -> None:
    compiled(api)
    api.as_("engineer").patch("/api/routes/R-1", {"name": "another"}).must()
    compiled(api)
    assert newest(store, "R-1").version_no == 2
    path = "/api/routes/R-1/versions/2/retire"
    retired = api.as_("engineer").post(path, {"reason": "参数错误"}).must()
    assert (retired["retireReason"], retired["retiredByName"]) == ("参数错误", "李工艺")
    assert newest(store, "R-1").version_no == 1
    again = api.as_("engineer").post(path, {"reason": "another reason"}).must()
    assert (again["retireReason"], again["retiredAt"]) == ("参数错误", retired["retiredAt"])
    assert api.as_("engineer").post(path).field_paths == ["reason"]
    assert api.as_("leader").post(path, {"reason": "no"}).code == "FORBIDDEN"


def test_only_a_ready_version_is_retired(api: Api, route: Body) -> None:
    engineer = api.as_("engineer")
    engineer.put("/api/routes/R-1/steps", {"steps": [{"stepNo": 10, "operationCode": "PRINT-OP"}]}).must()
    compiled(api)
    assert engineer.post("/api/routes/R-1/versions/1/retire", {"reason": "none"}).code == "ROUTE_VERSION_NOT_READY"
    assert engineer.post("/api/routes/R-1/versions/7/retire", {"reason": "none"}).code == "ROUTE_VERSION_NOT_FOUND"


def test_execution_reads_the_frozen_version(api: Api, store: Store, route: Body) -> None:
    compiled(api)
    frozen = store.read_now(TEST, read_frozen, "R-1")
    assert (frozen.route_code, frozen.status, [step.operation_code for step in frozen.steps]) == (
        "R-1",
        "READY",
        ["PRINT-OP"],
    )
    assert (frozen.unknown_serial_policy, frozen.process_type) == ("REFUSE", "SMT")


# The choice for an order


@query("route:read")
def read_newest(tx: Tx, code: str) -> Any:
    route = choose.the_route(tx, code)
    return choose.newest_ready_version(tx, route.id)


@query("route:read")
def read_frozen(tx: Tx, code: str) -> Any:
    return frozen_route(tx, read_newest(tx, code).id)


@query("route:read")
def read_choice(tx: Tx, product: str, routing: str | None, override: str | None) -> choose.Resolution:
    return choose.choose_routing(tx, product_code=product, routing_code=routing, override_code=override)


def newest(store: Store, code: str) -> Any:
    return store.read_now(TEST, read_newest, code)


@pytest.fixture
def candidates(plant: Plant) -> Any:
    def make(*rows: tuple[str, str | None, str, int | None]) -> None:
        for code, product, source, from_day in rows:
            plant.made(
                "engineer", "/api/routes", {"code": code, "name": code, "processType": "SMT", "productCode": product}
            )
            values = {"source_system": source, "effective_from": None if from_day is None else from_day * DAY}
            plant.sql(routes.update().where(routes.c.code == code).values(values))

    return make


@pytest.mark.parametrize(
    ("rows", "mode", "code"),
    [
        ([], "NOT_FOUND", None),
        ([("A", "P", "MES", None)], "PRODUCT", "A"),
        ([("A", "P", "ERP", 5), ("B", "P", "MES", None)], "PRODUCT", "B"),
        ([("A", "P", "MES", 5), ("B", "P", "MES", 6), ("C", "P", "MES", None)], "PRODUCT", "B"),
        ([("A", "P", "MES", 5), ("B", "P", "MES", 5)], "AMBIGUOUS", None),
        ([("A", "P", "MES", None), ("B", "P", "MES", None)], "AMBIGUOUS", None),
        ([("A", "P", "ERP", 5), ("B", "P", "ERP", 6)], "PRODUCT", "B"),
        ([("A", "Q", "MES", 5)], "NOT_FOUND", None),
        ([("A", None, "MES", 5)], "PRODUCT", "A"),
        ([("A", None, "MES", 9), ("B", "P", "ERP", 1)], "PRODUCT", "B"),
        ([("A", "P", "MES", 400_000)], "NOT_FOUND", None),
    ],
)
def test_the_products_routing_is_chosen_by_rule_and_never_by_chance(
    store: Store, candidates: Any, rows: list[Any], mode: str, code: str | None
) -> None:
    candidates(*rows)
    chosen = store.read_now(TEST, read_choice, "P", None, None)
    assert (chosen.mode, chosen.routing_code) == (mode, code)
    if mode == "AMBIGUOUS":
        assert chosen.candidates == tuple(sorted(row[0] for row in rows))


def test_a_person_goes_before_the_order_and_the_order_before_the_product(store: Store, candidates: Any) -> None:
    candidates(("A", "P", "MES", None), ("B", None, "MES", None), ("C", None, "MES", None))
    assert store.read_now(TEST, read_choice, "P", "B", "C").on_wire() == {"mode": "OVERRIDE", "candidates": ["C"]}
    assert store.read_now(TEST, read_choice, "P", "B", None).on_wire() == {"mode": "ROUTING_CODE", "candidates": ["B"]}
    assert store.read_now(TEST, read_choice, "P", None, None).routing_code == "A"


def test_an_order_with_an_unknown_routing_gets_none_by_guess(store: Store, candidates: Any) -> None:
    candidates(("A", "P", "MES", None))
    chosen = store.read_now(TEST, read_choice, "P", "GONE", None)
    assert (chosen.mode, chosen.routing_code) == ("NOT_FOUND", None)


def test_a_routing_that_is_off_or_over_is_not_chosen(plant: Plant, store: Store, candidates: Any) -> None:
    candidates(("A", "P", "MES", None), ("B", "P", "MES", None))
    plant.sql(routes.update().where(routes.c.code == "A").values(is_active=False))
    plant.sql(routes.update().where(routes.c.code == "B").values(effective_to=DAY))
    assert store.read_now(TEST, read_choice, "P", None, None).mode == "NOT_FOUND"


def test_a_version_that_is_not_ready_is_none(plant: Plant, api: Api, store: Store, route: Body) -> None:
    compiled(api)
    plant.sql(versions.update().values(status="INVALID"))
    assert newest(store, "R-1") is None
