"""Lines, stations and groups: who keeps them, and what keeps them from being changed (spec 01.1, 01.2)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.plant import LINE, Plant
from tests.api.web import Api

from fiducial.kit.store import Store
from fiducial.plant import ports

Change = dict[str, Any]


class Busy(ports.Uses):
    """A room above that says the line runs and the station is full."""

    def __init__(self, **says: Any) -> None:
        self.says = says

    def open_runs(self, tx: Any, line_id: int) -> int:
        return int(self.says.get("open_runs", 0))

    def line_counts(self, tx: Any, line_id: int) -> dict[str, int]:
        return dict(self.says.get("line_counts", {}))

    def units_in(self, tx: Any, station_id: int) -> int:
        return int(self.says.get("units_in", 0))

    def has_history(self, tx: Any, station_id: int) -> bool:
        return bool(self.says.get("has_history", False))

    def group_counts(self, tx: Any, group_id: int, code: str) -> dict[str, int]:
        return dict(self.says.get("group_counts", {}))


@pytest.fixture
def busy(store: Store) -> Any:
    """Let a room above say something: `busy(units_in=1)`."""
    before = list(ports._uses)
    yield lambda **says: ports.wire_uses((Busy(**says),))
    ports.wire_uses(before)


def test_an_engineer_makes_a_line_and_everybody_finds_it(api: Api, plant: Plant) -> None:
    line = plant.line("LINE-Z")
    assert (line["isActive"], line["processType"]) == (True, "SMT")
    assert api.as_("planner").get("/api/lines/LINE-Z").must()["stationCount"] == 0
    assert api.as_("planner").get(f"/api/lines/{line['id']}").must()["code"] == "LINE-Z"
    assert [entry["entityDisplay"] for entry in plant.audit(action="LINE_CREATE")][:1] == ["LINE-Z"]


def test_a_planner_may_not_make_a_line(api: Api) -> None:
    refused = api.as_("planner").post("/api/lines", {"code": "L", "name": "l", "processType": "SMT"})
    assert (refused.status, refused.code) == (403, "FORBIDDEN")


@pytest.mark.parametrize("code", ["LINE-Z", "line-z", " Line-Z "])
def test_codes_that_differ_only_in_case_are_one_too_many(api: Api, plant: Plant, code: str) -> None:
    plant.line("LINE-Z")
    refused = api.as_("engineer").post("/api/lines", {"code": code, "name": "z", "processType": "DIP"})
    assert (refused.status, refused.code) == (409, "LINE_CODE_DUPLICATE")
    assert refused.details["existing"] == "LINE-Z"


def test_a_code_never_changes(api: Api, plant: Plant) -> None:
    engineer = api.as_("engineer")
    refused = engineer.patch(f"/api/lines/{LINE}", {"code": "LINE-Q"})
    assert (refused.status, refused.field_paths) == (422, ["code"])
    assert engineer.patch(f"/api/lines/{LINE}", {"code": LINE, "name": "同一条"}).must()["name"] == "同一条"


def test_an_update_on_old_ground_is_refused_and_shows_what_is_there_now(api: Api, plant: Plant) -> None:
    engineer, line = api.as_("engineer"), plant.line("LINE-Z")
    first = engineer.patch("/api/lines/LINE-Z", {"name": "first", "ifUpdatedAt": line["updatedAt"]}).must()
    late = engineer.patch("/api/lines/LINE-Z", {"name": "second", "ifUpdatedAt": line["updatedAt"]})
    assert (late.status, late.code) == (409, "STALE_UPDATE")
    assert late.details["current"]["name"] == "first"
    assert engineer.patch("/api/lines/LINE-Z", {"name": "second", "ifUpdatedAt": first["updatedAt"]}).ok


def test_a_name_may_be_left_out_but_not_nothing(api: Api) -> None:
    assert api.as_("engineer").patch(f"/api/lines/{LINE}", {"name": None}).field_paths == ["name"]


def test_a_line_with_open_runs_is_neither_switched_off_nor_changed_in_kind(api: Api, busy: Any) -> None:
    busy(open_runs=2)
    engineer = api.as_("engineer")
    refused = engineer.patch(f"/api/lines/{LINE}", {"isActive": False})
    assert (refused.code, refused.details["openRunCount"]) == ("LINE_HAS_OPEN_RUNS", 2)
    assert engineer.patch(f"/api/lines/{LINE}/process-type", {"processType": "DIP"}).code == "LINE_HAS_OPEN_RUNS"
    assert engineer.patch(f"/api/lines/{LINE}", {"name": "renamed"}).ok
    busy(open_runs=0)
    assert engineer.patch(f"/api/lines/{LINE}/process-type", {"processType": "DIP"}).must()["processType"] == "DIP"
    assert engineer.patch(f"/api/lines/{LINE}", {"isActive": False}).must()["isActive"] is False


def test_only_a_line_that_nothing_hangs_on_is_deleted(api: Api, plant: Plant, busy: Any) -> None:
    engineer = api.as_("engineer")
    refused = engineer.delete(f"/api/lines/{LINE}")
    assert refused.code == "LINE_HAS_DEPENDENCIES"
    assert refused.details["counts"] == {"stations": 5, "users": 2}
    line = plant.line("LINE-Z")
    busy(line_counts={"runs": 3, "rules": 0})
    assert engineer.delete("/api/lines/LINE-Z").details["counts"] == {"runs": 3}
    busy()
    assert engineer.delete("/api/lines/LINE-Z").must() == {"id": line["id"]}
    assert engineer.get("/api/lines/LINE-Z").code == "LINE_NOT_FOUND"


def test_a_line_may_have_its_own_value_of_a_setting_and_give_it_back(api: Api, plant: Plant) -> None:
    engineer, path = api.as_("engineer"), f"/api/lines/{LINE}/settings"
    key, value = "run.authorizationValidMinutes", 60
    plants_own = engineer.get(path).must()[key]
    assert plants_own["source"] == "PLANT"
    assert engineer.put(path, {key: value}).must()[key] == {"value": value, "source": "LINE"}
    assert engineer.get("/api/lines/LINE-FAR/settings").must()[key] == plants_own
    assert engineer.put(path, {key: None}).must()[key] == plants_own
    assert [entry["action"] for entry in plant.audit(action="LINE_SETTINGS_UPDATE")] == ["LINE_SETTINGS_UPDATE"] * 2


@pytest.mark.parametrize("body", [{"no.such": 1}, {"quality.reworkLimit": 1}, {"run.authorizationValidMinutes": 1}, {}])
def test_a_setting_that_a_line_may_not_have_is_refused(api: Api, body: Change) -> None:
    refused = api.as_("engineer").put(f"/api/lines/{LINE}/settings", body)
    assert refused.status == 422
    assert refused.field_paths == [*body] or body == {}


# Reach


def test_a_leader_sees_only_the_lines_bound_to_him(api: Api) -> None:
    leader = api.as_("leader")
    assert [line["code"] for line in leader.get("/api/lines").must()["items"]] == [LINE]
    assert {station["lineCode"] for station in leader.get("/api/stations").must()["items"]} == {LINE}
    refused = leader.get("/api/lines/LINE-FAR")
    assert (refused.status, refused.code, refused.details["scope"]) == (403, "FORBIDDEN", "ASSIGNED_LINES")
    assert leader.get("/api/stations/ST-FAR-01").code == "FORBIDDEN"
    assert leader.get("/api/lines/LINE-FAR/settings").code == "FORBIDDEN"


def test_an_operator_sees_his_stations_and_their_line(api: Api, plant: Plant) -> None:
    plant.bind("operator", line_codes=[], station_codes=["ST-SPI-01"])
    operator = api.as_("operator")
    assert [station["code"] for station in operator.get("/api/stations").must()["items"]] == ["ST-SPI-01"]
    assert [line["code"] for line in operator.get("/api/lines").must()["items"]] == [LINE]
    assert operator.get("/api/stations/ST-SPI-01").ok
    refused = operator.get("/api/stations/ST-PRINT-01")
    assert (refused.code, refused.details["stationCode"]) == ("FORBIDDEN", "ST-PRINT-01")


def test_whoever_is_bound_to_nothing_sees_nothing(api: Api, plant: Plant) -> None:
    plant.bind("operator", line_codes=[], station_codes=[])
    assert api.as_("operator").get("/api/stations").must()["total"] == 0
    assert api.as_("operator").get("/api/lines").must()["total"] == 0


def test_an_engineer_of_one_line_keeps_only_that_line(api: Api, plant: Plant) -> None:
    line = api.as_("admin").get(f"/api/lines/{LINE}").must()
    local = plant.holder("line:config", scope="ASSIGNED_LINES", lineIds=[line["id"]])
    assert local.patch(f"/api/lines/{LINE}", {"name": "own"}).ok
    assert local.patch("/api/lines/LINE-FAR", {"name": "other"}).code == "FORBIDDEN"
    assert local.patch("/api/stations/ST-FAR-01", {"name": "other"}).code == "FORBIDDEN"
    assert local.patch("/api/stations/ST-PRINT-01", {"lineCode": "LINE-FAR"}).code == "FORBIDDEN"
    assert local.post("/api/lines", {"code": "NEW", "name": "n", "processType": "SMT"}).code == "FORBIDDEN"


# Stations


def test_a_station_belongs_to_a_line_and_may_belong_to_a_group(api: Api, plant: Plant) -> None:
    plant.group("PRINTERS")
    station = plant.station("ST-Z", group="PRINTERS", equipmentCodes=["E-1", "E-2"])
    assert station["line"] == {"code": LINE, "name": LINE}
    assert (station["groupCode"], station["equipmentCodes"], station["isManualBench"]) == (
        "PRINTERS",
        ["E-1", "E-2"],
        False,
    )
    found = api.as_("engineer").get("/api/stations", groupCode="print", lineCode="line-a").must()["items"]
    assert [station["code"] for station in found] == ["ST-Z"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"lineCode": "NOWHERE"}, 404, "LINE_NOT_FOUND"),
        ({"groupCode": "NOBODY"}, 404, "STATION_GROUP_NOT_FOUND"),
        ({"code": "groups"}, 409, "STATION_CODE_RESERVED"),
        ({"code": "Resolve-Unit"}, 409, "STATION_CODE_RESERVED"),
        ({"code": "st-print-01"}, 409, "STATION_CODE_DUPLICATE"),
        ({"stationType": "ROBOT"}, 422, "VALIDATION_ERROR"),
        ({"equipmentCodes": ["E", "E"]}, 422, "VALIDATION_ERROR"),
        ({"equipmentCodes": [f"E{n}" for n in range(21)]}, 422, "VALIDATION_ERROR"),
    ],
)
def test_a_station_is_refused_for_what_is_wrong_with_it(api: Api, change: Change, status: int, code: str) -> None:
    body = {"code": "ST-Z", "name": "z", "lineCode": LINE, "stationType": "MANUAL"} | change
    refused = api.as_("engineer").post("/api/stations", body)
    assert (refused.status, refused.code) == (status, code)


@pytest.mark.parametrize(
    "change", [{"lineCode": "LINE-FAR"}, {"groupCode": "G"}, {"stationType": "AUTO"}, {"isActive": False}]
)
def test_what_decides_a_stations_work_waits_until_it_is_empty(
    api: Api, plant: Plant, busy: Any, change: Change
) -> None:
    plant.group("G")
    busy(units_in=1)
    engineer = api.as_("engineer")
    refused = engineer.patch("/api/stations/ST-PRINT-01", change)
    assert (refused.code, refused.details["unitCount"]) == ("STATION_IN_USE", 1)
    assert engineer.patch("/api/stations/ST-PRINT-01", {"name": "another", "isManualBench": True}).ok
    busy(units_in=0)
    assert engineer.patch("/api/stations/ST-PRINT-01", change).ok


def test_a_station_with_history_is_not_deleted(api: Api, busy: Any) -> None:
    engineer = api.as_("engineer")
    busy(has_history=True)
    assert engineer.delete("/api/stations/ST-PRINT-01").code == "STATION_HAS_HISTORY"
    busy(has_history=False)
    assert engineer.delete("/api/stations/ST-PRINT-01").ok
    assert engineer.get("/api/stations/ST-PRINT-01").code == "STATION_NOT_FOUND"


def test_a_group_is_kept_while_stations_or_steps_name_it(api: Api, plant: Plant, busy: Any) -> None:
    engineer = api.as_("engineer")
    plant.group("G")
    assert engineer.post("/api/station-groups", {"code": "g", "name": "g"}).code == "STATION_GROUP_CODE_DUPLICATE"
    engineer.patch("/api/stations/ST-PRINT-01", {"groupCode": "G"}).must()
    assert engineer.get("/api/station-groups", code="G").must()["items"][0]["stationCount"] == 1
    assert engineer.delete("/api/station-groups/G").details["counts"] == {"stations": 1}
    engineer.patch("/api/stations/ST-PRINT-01", {"groupCode": None}).must()
    busy(group_counts={"steps": 2})
    assert engineer.delete("/api/station-groups/G").code == "STATION_GROUP_IN_USE"
    busy()
    assert engineer.patch("/api/station-groups/G", {"name": "印刷组"}).must()["name"] == "印刷组"
    assert engineer.delete("/api/station-groups/G").ok
    assert engineer.delete("/api/station-groups/G").code == "STATION_GROUP_NOT_FOUND"


def test_an_unknown_filter_is_refused_and_never_ignored(api: Api) -> None:
    refused = api.as_("engineer").get("/api/lines", colour="red")
    assert (refused.status, refused.field_paths) == (422, ["colour"])
