"""The stations' doors: shapes, envelopes, reach, keys, what is entered in the book (spec 00, 05)."""

from __future__ import annotations

import pytest
from sqlalchemy import select
from tests.api.execution_floor import Floor, spec, step
from tests.api.plant import LINE, Plant
from tests.api.web import Api

from fiducial.kit.store import Store
from fiducial.plant.tables import lines, stations

ROUTE = (
    step(10, "PRINT", spec("Temp", spec={"usl": 20, "unit": "℃"}, alarm={"action": "HOLD", "max": 30}, isRequired=True), spec("Note", "TEXT"),
         allowedStationCodes=["ST-PRINT-01"]),
    step(20, "SPI", allowedStationCodes=["ST-SPI-01"]),
)  # fmt: skip
AT = "/api/stations/ST-PRINT-01"


@pytest.fixture
def floor(store: Store, plant: Plant) -> Floor:
    """RUN-1 of three boards on LINE-A, authorised."""
    floor = Floor(store)
    floor.line_id = floor.ask(select(lines.c.id).where(lines.c.code == LINE))[0][0]
    floor.station_ids = {row.code: row.id for row in floor.ask(select(stations.c.code, stations.c.id))}
    floor.asks_for_a_route_alone()
    floor.wo_id = floor.add_order("WO-1")
    floor.version_id = floor.freeze(*ROUTE)
    floor.run_id = floor.add_run("RUN-1", plan_qty=3)
    floor.add_units("SN-1", "SN-2", "SN-3")
    return floor


def test_a_board_goes_through_a_station_by_http(floor: Floor, api: Api, plant: Plant) -> None:
    olga = api.as_("operator")
    scanned = olga.get("/api/stations/resolve-unit/SN-1").must()
    assert (scanned["status"], scanned["currentStep"]["stationCodes"], scanned["openTrack"], scanned["hold"]) == (
        "QUEUED",
        ["ST-PRINT-01"],
        None,
        None,
    )
    inside = olga.post(f"{AT}/track-in", {"sn": " SN-1 "}).must()
    assert (inside["sn"], inside["status"], inside["runStatus"]) == ("SN-1", "IN_STATION", "IN_PROGRESS")
    assert olga.get("/api/stations/resolve-unit/SN-1").must()["openTrack"]["stationCode"] == "ST-PRINT-01"
    form = olga.get(f"{AT}/unit/SN-1/data-specs").must()
    assert [(item["name"], item["requiredNow"]) for item in form["specs"]] == [("Temp", True), ("Note", False)]
    assert form["specs"][0]["spec"]["usl"] == 20
    assert form["specs"][0]["alarm"] == {"min": None, "max": 30.0, "action": "HOLD"}
    assert form["verdicts"] == form["openDefects"] == []
    out = olga.post(
        f"{AT}/track-out", {"sn": "SN-1", "result": "PASS", "data": [{"specName": "Temp", "valueNumber": 18}]}
    ).must()
    assert (out["status"], out["nextOperationCode"], out["nextStationCodes"], out["dataValues"]) == (
        "QUEUED", "SPI", ["ST-SPI-01"], [{"specName": "Temp", "judge": "PASS", "alarmed": False}],
    )  # fmt: skip
    entry = plant.audit(action="TRACK_OUT")[0]
    assert (entry["entityDisplay"], entry["stationCode"], entry["lineCode"], entry["payload"]["result"]) == (
        "SN-1",
        "ST-PRINT-01",
        LINE,
        "PASS",
    )


def test_the_queue_shows_who_is_inside_before_who_waits(floor: Floor, api: Api) -> None:
    olga = api.as_("operator")
    olga.post(f"{AT}/track-in", {"sn": "SN-2"}).must()
    queue = olga.get(f"{AT}/queue").must()
    assert (queue["station"]["code"], queue["station"]["lineCode"], queue["total"]) == ("ST-PRINT-01", LINE, 3)
    assert [(item["sn"], item["status"]) for item in queue["items"]] == [
        ("SN-2", "IN_STATION"),
        ("SN-1", "QUEUED"),
        ("SN-3", "QUEUED"),
    ]
    assert queue["items"][0]["inAt"] is not None
    assert queue["items"][1]["waitingSince"] is not None
    assert queue["items"][1]["nextStep"]["operationCode"] == "SPI"
    assert olga.get("/api/stations/ST-SPI-01/queue").must()["items"] == []
    assert [item["sn"] for item in olga.get(f"{AT}/queue", state="WAITING", sn="n-3").must()["items"]] == ["SN-3"]
    assert olga.get(f"{AT}/queue", state="IN_STATION", runNo="RUN-1").must()["total"] == 1
    assert olga.get(f"{AT}/queue", page=2, pageSize=2).must()["items"][0]["sn"] == "SN-3"


def test_a_queue_is_never_empty_for_a_station_that_does_not_exist_or_is_not_ones_own(floor: Floor, api: Api) -> None:
    assert api.as_("operator").get("/api/stations/ST-NOWHERE/queue").code == "STATION_NOT_FOUND"
    assert api.as_("operator2").get(f"{AT}/queue").code == "FORBIDDEN"
    assert api.as_("trace").get(f"{AT}/queue").code == "FORBIDDEN"
    for wrong in ({"state": "GONE"}, {"page": "0"}, {"pageSize": "101"}, {"colour": "red"}):
        assert api.as_("operator").get(f"{AT}/queue", **wrong).code == "VALIDATION_ERROR"


def test_a_run_that_may_not_be_worked_waits_nowhere(floor: Floor, api: Api) -> None:
    floor.set_run(status="PREP")
    assert api.as_("operator").get(f"{AT}/queue").must()["items"] == []


@pytest.mark.parametrize(
    "body",
    [
        b"{", b"[]", b'{"sn": 5}', b'{"sn": ""}', b'{"sn": "  "}', b"{}", b'{"sn": "SN-1", "colour": "red"}', b'{"sn": "SN-1\\u0000"}',
        b'{"sn": "%s"}' % (b"x" * 65), b'{"sn": "SN-1", "toolCodes": ["a","b","c","d","e","f","g","h","i","j","k"]}',
    ],
)  # fmt: skip
def test_a_scan_without_the_right_shape_is_refused_and_changes_nothing(floor: Floor, api: Api, body: bytes) -> None:
    answer = api.as_("operator").post(f"{AT}/track-in", body)
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert floor.unit("SN-1").status == "QUEUED"


@pytest.mark.parametrize(
    "body",
    [
        {"sn": "SN-1"}, {"sn": "SN-1", "result": "OK"}, {"sn": "SN-1", "result": "PASS", "defectCode": "A1"},
        {"sn": "SN-1", "result": "FAIL", "defects": [{"code": "A1", "qty": 0}]}, {"sn": "SN-1", "result": "FAIL", "defects": [{"location": "U1"}]},
        {"sn": "SN-1", "result": "PASS", "data": [{"valueNumber": 1}]},
        {"sn": "SN-1", "result": "PASS", "data": [{"specName": "Temp", "valueNumber": "1"}]},
        {"sn": "SN-1", "result": "PASS", "data": [{"specName": "Temp", "valueText": "x" * 2001}]},
        {"sn": "SN-1", "result": "PASS", "data": [{"specName": "Temp", "valueJson": "x" * 17_000}]},
        {"sn": "SN-1", "result": "PASS", "data": [{"specName": "Temp"}] * 201},
    ],
)  # fmt: skip
def test_a_track_out_without_the_right_shape_is_refused_and_changes_nothing(
    floor: Floor, api: Api, body: dict[str, object]
) -> None:
    olga = api.as_("operator")
    olga.post(f"{AT}/track-in", {"sn": "SN-1"}).must()
    answer = olga.post(f"{AT}/track-out", body)
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR")
    assert floor.unit("SN-1").status == "IN_STATION"


def test_numbers_beyond_all_bounds_are_refused_and_no_fault_of_ours(floor: Floor, api: Api) -> None:
    olga = api.as_("operator")
    olga.post(f"{AT}/track-in", {"sn": "SN-1"}).must()
    for number in (b"1e400", b"9" * 400, b"-1e16"):
        body = b'{"sn":"SN-1","result":"PASS","data":[{"specName":"Temp","valueNumber":%s}]}' % number
        assert olga.post(f"{AT}/track-out", body).code in ("VALIDATION_ERROR", "DATA_VALUE_INVALID")


def test_the_same_click_twice_is_one_track_out(floor: Floor, api: Api) -> None:
    olga = api.as_("operator")
    olga.post(f"{AT}/track-in", {"sn": "SN-1"}, key="in-1").must()
    body = {"sn": "SN-1", "result": "FAIL", "defectCode": "A1"}
    first = olga.post(f"{AT}/track-out", body, key="out-1").must()
    assert olga.post(f"{AT}/track-out", body, key="out-1").must() == first
    assert olga.post(f"{AT}/track-out", body | {"defectCode": "A3"}, key="out-1").code == "IDEMPOTENCY_KEY_REUSED"
    assert api.as_("quality").get("/api/defects", sn="SN-1").must()["total"] == 1


@pytest.mark.parametrize(
    ("who", "may"),
    [
        ("operator", True),
        ("leader", True),
        ("quality", False),
        ("planner", False),
        ("trace", False),
        ("operator2", False),
    ],
)
def test_who_may_work_at_the_station(floor: Floor, api: Api, who: str, may: bool) -> None:
    answer = api.as_(who).post(f"{AT}/track-in", {"sn": "SN-1"})
    assert answer.ok is may
    if not may:
        assert (answer.status, answer.code) == (403, "FORBIDDEN")


def test_nobody_tracks_without_a_sign_in(floor: Floor, api: Api) -> None:
    assert api.nobody.post(f"{AT}/track-in", {"sn": "SN-1"}).status == 401


def test_a_refused_scan_stands_in_the_book(floor: Floor, api: Api, plant: Plant) -> None:
    api.as_("operator").post(f"{AT}/track-in", {"sn": "SN-9"})
    entry = plant.audit(action="TRACK_IN")[0]
    assert (entry["outcome"], entry["code"]) == ("REFUSED", "UNIT_NOT_FOUND")


def test_quality_holds_and_releases_by_http_and_nobody_else(floor: Floor, api: Api) -> None:
    assert api.as_("operator").post("/api/units/SN-1/hold", {"reason": "scratched"}).code == "FORBIDDEN"
    quinn = api.as_("quality")
    assert quinn.post("/api/units/SN-1/hold", {"reason": "bad"}).code == "VALIDATION_ERROR"
    assert quinn.post("/api/units/SN-1/hold", {"reason": "scratched"}).must()["status"] == "ON_HOLD"
    assert api.as_("operator").get("/api/stations/resolve-unit/SN-1").must()["hold"]["reason"] == "scratched"
    assert quinn.post("/api/units/SN-1/release", {"reason": "looked at"}).must()["status"] == "QUEUED"


def test_a_wrong_scan_is_taken_back_by_http(floor: Floor, api: Api) -> None:
    olga = api.as_("operator")
    olga.post(f"{AT}/track-in", {"sn": "SN-1"}).must()
    assert olga.post(f"{AT}/cancel-track-in", {"sn": "SN-1", "reason": "no"}).code == "VALIDATION_ERROR"
    assert olga.post(f"{AT}/cancel-track-in", {"sn": "SN-1", "reason": "wrong board"}).must()["status"] == "QUEUED"


def test_the_form_says_what_stands_in_its_way(floor: Floor, api: Api) -> None:
    olga = api.as_("operator")
    assert olga.get("/api/stations/ST-NOWHERE/unit/SN-1/data-specs").code == "STATION_NOT_FOUND"
    assert olga.get(f"{AT}/unit/SN-9/data-specs").code == "UNIT_NOT_FOUND"
    assert olga.get("/api/stations/ST-SPI-01/unit/SN-1/data-specs").code == "STATION_MISMATCH"
    floor.add_units("SN-LOOSE", run_id=None)
    assert olga.get(f"{AT}/unit/SN-LOOSE/data-specs").code == "UNIT_NO_RUN"
    floor.set_unit("SN-1", current_step_no=11)
    assert olga.get(f"{AT}/unit/SN-1/data-specs").code == "STEP_MISMATCH"


def test_defects_are_listed_and_told_one_by_one(floor: Floor, api: Api) -> None:
    olga, quinn = api.as_("operator"), api.as_("quality")
    olga.post(f"{AT}/track-in", {"sn": "SN-1"}).must()
    made = olga.post(
        f"{AT}/track-out", {"sn": "SN-1", "result": "FAIL", "defectCode": "A1", "defectLocation": "U3"}
    ).must()["defects"][0]
    listed = quinn.get(
        "/api/defects",
        status="RECORDED",
        code="A1",
        stationCode="ST-PRINT-01",
        lineCode=LINE,
        runNo="RUN-1",
        source="TRACK_OUT",
    ).must()
    assert [(row["id"], row["sn"], row["createdByName"]) for row in listed["items"]] == [(made["id"], "SN-1", "钱操作")]
    defect = quinn.get(f"/api/defects/{made['id']}").must()
    assert defect["failureStep"] == {"stepNo": 10, "operationCode": "PRINT", "stationCode": "ST-PRINT-01"}
    assert (defect["dispositions"], defect["status"], defect["location"]) == ([], "RECORDED", "U3")
    assert quinn.get("/api/defects/nothing").code == "DEFECT_NOT_FOUND"
    assert quinn.get("/api/defects", colour="red").code == "VALIDATION_ERROR"
    assert api.as_("operator2").get("/api/defects").must()["items"] == []
    assert api.as_("operator2").get(f"/api/defects/{made['id']}").code == "FORBIDDEN"
    assert api.as_("material").get("/api/defects").code == "FORBIDDEN"


def test_the_trace_is_read_by_who_may_read_it(floor: Floor, api: Api) -> None:
    assert api.as_("trace").get("/api/trace/units/SN-1").must()["unit"]["sn"] == "SN-1"
    assert api.as_("operator").get("/api/trace/units/SN-1", sections="unit").must().keys() >= {"unit"}
    assert api.as_("operator2").get("/api/trace/units/SN-1").code == "FORBIDDEN"
    assert api.as_("trace").get("/api/trace/units/SN-1", mode="newest").status == 422
    assert api.as_("trace").get("/api/trace/runs/RUN-1").must()["run"]["planQty"] == 3
    assert (
        api.as_("trace").get("/api/trace/runs/RUN-1/units", status="QUEUED", sort="sn.desc").must()["items"][0]["sn"]
        == "SN-3"
    )
    assert api.as_("trace").get("/api/trace/search", q="SN-1").must()["items"][0]["kind"] == "UNIT"
    assert [entry["kind"] for entry in api.as_("trace").get("/api/trace/units/SN-1/timeline").must()["items"]] == [
        "CREATED",
        "RUN",
    ]


def test_a_refused_scan_stands_in_the_book_under_its_serial_with_the_station_it_was_tried_at(
    floor: Floor, api: Api, plant: Plant
) -> None:
    api.as_("operator").post(f"{AT}/track-in", {"sn": "SN-NOBODY"})
    [entry] = plant.audit(entityDisplay="SN-NOBODY", action="TRACK_IN")
    assert (entry["outcome"], entry["code"]) == ("REFUSED", "UNIT_NOT_FOUND")
    assert entry["payload"]["call"] == f"POST {AT}/track-in"
