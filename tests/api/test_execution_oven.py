"""Oven programs as they were really run: judged against the frozen step, never by what somebody says (spec 01.7)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update
from tests.api.execution_floor import Floor, step
from tests.api.plant import LINE, Plant

from fiducial.execution.oven import judge
from fiducial.kit.store import Store
from fiducial.orders.tables import runs
from fiducial.plant.tables import lines, stations

EXPECTED = {
    "code": "RP-1",
    "version": "2",
    "programName": "LF-245",
    "peakTempMin": 235,
    "peakTempMax": 250,
    "totalTimeMin": None,
    "totalTimeMax": 400,
}


@pytest.mark.parametrize(("program", "peak", "seconds", "verdict"), [
    ("LF-245", None, None, (True, None, None)), (" LF-245 ", 240, 390, (True, True, None)), ("lf-245", None, None, (False, None, "PROGRAM_MISMATCH")),
    ("LF-245", 251, None, (True, False, "PEAK_TEMP_OUT_OF_LIMITS")), ("LF-245", 240, 401, (True, False, "TOTAL_TIME_OUT_OF_LIMITS")),
    ("LF-200", 251, None, (False, False, "PROGRAM_MISMATCH")),
])  # fmt: skip
def test_a_program_is_compared_trimmed_and_exact_and_what_was_measured_with_the_limits(
    program: str, peak: float | None, seconds: float | None, verdict: Any
) -> None:
    assert judge(EXPECTED, program, peak, seconds) == verdict
    assert judge(None, program, peak, seconds) == (None, None, None)


@pytest.fixture
def floor(store: Store, plant: Plant) -> Floor:
    """RUN-1 on LINE-A, whose step 40 expects LF-245 at the oven's station."""
    floor = Floor(store)
    floor.line_id = floor.ask(select(lines.c.id).where(lines.c.code == LINE))[0][0]
    floor.station_ids = {row.code: row.id for row in floor.ask(select(stations.c.code, stations.c.id))}
    floor.wo_id = floor.add_order("WO-1")
    oven = step(40, "REFLOW", allowedStationCodes=["ST-REFLOW-01"], expectedReflowProfile=EXPECTED)
    floor.version_id = floor.freeze(step(10, "PRINTING"), oven)
    floor.run_id = floor.add_run("RUN-1", plan_qty=3)
    return floor


def used(plant: Plant, program: str, **more: Any) -> Any:
    body = {"runNo": "RUN-1", "stationCode": "ST-REFLOW-01", "actualProgramName": program, **more}
    return plant.made("leader", "/api/reflow-profile-usages", body)


def test_a_usage_is_judged_by_the_step_of_the_station_and_listed(plant: Plant, floor: Floor) -> None:
    good = used(plant, "LF-245", actualPeakTemp=243.5, actualTotalTimeS=380, operatorId="B-1")
    assert (good["isMatched"], good["limitsOk"], good["mismatchReason"], good["stepNo"]) == (True, True, None, 40)
    assert (good["profileCode"], good["profileVersion"], good["lineCode"]) == ("RP-1", "2", LINE)
    bad = used(plant, "LF-200")
    assert (bad["isMatched"], bad["limitsOk"], bad["mismatchReason"]) == (False, None, "PROGRAM_MISMATCH")
    trace = plant.api.as_("trace")
    assert trace.get("/api/reflow-profile-usages").must()["items"] == [bad, good]
    assert trace.get("/api/reflow-profile-usages", isMatched="false", runNo="RUN-1", profileCode="RP-1").must()[
        "items"
    ] == [bad]
    assert trace.get("/api/reflow-profile-usages", isMatched="true", lineCode=LINE).must()["items"] == [good]
    entry = plant.audit(action="REFLOW_USAGE_CREATE")[0]
    assert (entry["entityDisplay"], entry["payload"]["isMatched"]) == ("RUN-1", False)


def test_what_no_step_expects_is_recorded_and_not_judged(plant: Plant, floor: Floor) -> None:
    floor.version_id = floor.freeze(step(10, "PRINTING"))
    plant.sql(update(runs).values(version_id=floor.version_id))
    made = used(plant, "ANY")
    assert (made["isMatched"], made["limitsOk"], made["expectedProgramName"]) == (None, None, None)


def test_a_program_that_was_judged_by_keeps_its_limits(plant: Plant, floor: Floor) -> None:
    first = plant.made(
        "engineer", "/api/reflow-profiles", {"code": "RP-1", "version": "2", "name": "x", "programName": "LF-245"}
    )
    used(plant, "LF-245")
    at = f"/api/reflow-profiles/{first['id']}"
    refused = plant.api.as_("engineer").patch(at, {"peakTempMax": 255})
    assert (refused.code, refused.details["counts"]["usages"]) == ("REFLOW_PROFILE_IN_USE", 1)
    assert plant.api.as_("engineer").delete(at).code == "REFLOW_PROFILE_IN_USE"


@pytest.mark.one_engine
def test_a_program_is_verified_without_a_record(plant: Plant, floor: Floor) -> None:
    leader = plant.api.as_("leader")
    ask = {"runNo": "RUN-1", "stepNo": 40, "actualProgramName": " LF-245 "}
    assert leader.post("/api/reflow-profiles/verify", ask).must() == {
        "isMatched": True, "expectedProgramName": "LF-245", "actualProgramName": "LF-245", "mismatchReason": None,
    }  # fmt: skip
    other = leader.post("/api/reflow-profiles/verify", ask | {"actualProgramName": "lf-245"}).must()
    assert (other["isMatched"], other["mismatchReason"]) == (False, "PROGRAM_MISMATCH")
    assert leader.post("/api/reflow-profiles/verify", ask | {"stepNo": 10}).code == "REFLOW_PROFILE_NOT_EXPECTED"
    assert leader.post("/api/reflow-profiles/verify", ask | {"stepNo": 11}).code == "ROUTE_STEP_NOT_FOUND"
    assert plant.api.as_("trace").get("/api/reflow-profile-usages").must()["total"] == 0


@pytest.mark.one_engine
def test_what_is_wrong_with_a_usage_is_refused(plant: Plant, floor: Floor) -> None:
    leader, body = plant.api.as_("leader"), {"runNo": "RUN-1", "stationCode": "ST-REFLOW-01", "actualProgramName": "x"}
    path = "/api/reflow-profile-usages"
    assert leader.post(path, body | {"runNo": "RUN-9"}).code == "RUN_NOT_FOUND"
    assert leader.post(path, body | {"stationCode": "NONE"}).code == "STATION_NOT_FOUND"
    assert leader.post(path, body | {"stationCode": "ST-FAR-01"}).field_paths == ["stationCode"]
    assert leader.post(path, body | {"usedAt": "2099-01-01T00:00:00Z"}).field_paths == ["usedAt"]
    assert plant.api.as_("trace").post(path, body).code == "FORBIDDEN"
    plant.bind("leader", line_codes=["LINE-FAR"])
    assert leader.post(path, body).code == "FORBIDDEN"
    assert (
        leader.post("/api/reflow-profiles/verify", {"runNo": "RUN-1", "stepNo": 40, "actualProgramName": "x"}).code
        == "FORBIDDEN"
    )
