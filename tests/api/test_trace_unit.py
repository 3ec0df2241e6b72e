"""What a board's history tells, years later (spec 07)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, update
from tests.api.execution_floor import Floor, floor_on, refusal, spec, sqlite_url, step

from fiducial.kit.tx import Tx
from fiducial.orders.tables import memberships, units
from fiducial.plant.tables import lots, stations
from fiducial.trace.run import UNITS, run_trace, run_units
from fiducial.trace.search import SearchAsked, search
from fiducial.trace.timeline import TimelineAsked, unit_timeline
from fiducial.trace.unit import SECTIONS, TraceAsked, unit_trace

TEMP = spec("Temp", spec={"lsl": 10, "usl": 20, "unit": "℃"}, isRequired=True)


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    with floor_on(sqlite_url(tmp_path)) as floor:
        yield floor


def trace(floor: Floor, sn: str = "SN-1", *, who: str = "boss", **asked: Any) -> Any:
    return floor.read(unit_trace, sn, TraceAsked(**asked), who=who)


def number(value: float) -> list[dict[str, Any]]:
    return [{"specName": "Temp", "valueNumber": value}]


def test_a_trace_has_every_section_also_where_nothing_was_recorded(floor: Floor) -> None:
    found = trace(floor)
    assert set(found) == {"auditGrade", "generatedAt", "levels", "flags", *SECTIONS}
    assert found["auditGrade"] is True
    assert (
        found["tracks"]
        == found["defects"]
        == found["ingestEvents"]
        == found["loadingRecords"]
        == found["inspections"]
        == []
    )
    assert found["readiness"] is None
    assert found["records"]["bake"] == []
    assert found["unit"] == found["unit"] | {
        "sn": "SN-1",
        "status": "QUEUED",
        "woNo": "WO-1",
        "runNo": "RUN-1",
        "doneAt": None,
        "hold": None,
    }
    assert [entry["state"] for entry in found["steps"]] == ["CURRENT", "TODO", "TODO"]


def test_only_the_sections_asked_for_are_told(floor: Floor) -> None:
    found = trace(floor, sections="tracks, unit")
    assert set(found) == {"auditGrade", "generatedAt", "levels", "flags", "unit", "tracks"}


def test_a_word_that_trace_does_not_know_is_refused(floor: Floor) -> None:
    for asked in ({"mode": "newest"}, {"sections": "tracks,secrets"}):
        refused = refusal(trace, floor, **asked)
        assert (refused.code, refused.details["fields"][0]["path"]) == ("VALIDATION_ERROR", next(iter(asked)))
    assert refusal(trace, floor, "SN-9").code == "UNIT_NOT_FOUND"
    floor.add_units("SN-LOOSE", run_id=None)
    assert refusal(trace, floor, "SN-LOOSE").code == "UNIT_NO_RUN"


def test_a_visit_tells_who_where_how_long_and_with_what_result(floor: Floor) -> None:
    floor.come_in("SN-1", operator_id="B-olga", tool_codes=["FX-1"])
    floor.go_out("SN-1")
    visit = trace(floor)["tracks"][0]
    assert (visit["runNo"], visit["stepNo"], visit["operation"], visit["stationCode"], visit["lineCode"]) == (
        "RUN-1",
        10,
        "PRINT",
        "ST-PRINT",
        "LINE-A",
    )
    assert (visit["result"], visit["source"], visit["mode"], visit["visitNo"], visit["toolCodes"]) == (
        "PASS",
        "MANUAL",
        "NORMAL",
        1,
        ["FX-1"],
    )
    assert (visit["inByName"], visit["outByName"], visit["operatorIdIn"]) == ("Olga", "Olga", "B-olga")
    assert visit["cycleSeconds"] >= 0


def test_limits_stay_as_they_were_though_the_spec_was_changed_later(floor: Floor) -> None:
    floor.use(step(10, "PRINT", TEMP), step(20, "MOUNT"))
    floor.come_in("SN-1")
    floor.go_out("SN-1", data=number(25))
    loose = spec("Temp", revision=2, spec={"lsl": 0, "usl": 100, "unit": "℃"}, isRequired=True)
    floor.freeze(step(10, "PRINT", loose), step(20, "MOUNT", loose), step(30, "TEST"))
    found = trace(floor)
    value = found["dataValues"][0]
    assert (value["value"], value["limits"], value["judge"], value["unit"], value["revision"]) == (
        25.0,
        {"min": 10.0, "max": 20.0},
        "FAIL",
        "℃",
        1,
    )
    assert len(found["steps"]) == 2
    newest = trace(floor, mode="latest")
    assert (newest["auditGrade"], len(newest["steps"])) == (False, 3)
    assert newest["dataValues"][0]["limits"] == {"min": 10.0, "max": 20.0}, "the real values stay what they were"


def test_nothing_to_compare_with_when_no_version_is_ready(floor: Floor) -> None:
    from fiducial.routing.tables import versions

    floor.tell(lambda tx: tx.run(update(versions).values(retired_at=1)))
    assert refusal(trace, floor, mode="latest").code == "ROUTE_VERSION_NOT_READY"
    assert trace(floor)["auditGrade"] is True


def test_a_wrong_scan_is_shown_and_not_counted(floor: Floor) -> None:
    floor.come_in("SN-1")
    floor.cancel("SN-1", reason="wrong board")
    found = trace(floor)
    assert (found["tracks"][0]["voidReason"], found["tracks"][0]["voidedByName"]) == ("wrong board", "Olga")
    assert found["levels"]["process"] == 1


def test_work_that_was_not_done_the_regular_way_is_flagged(floor: Floor) -> None:
    alarming = spec("Temp", method="AUTO", alarm={"action": "ALARM_ONLY", "max": 20})
    floor.use(step(10, "PRINT", alarming, stationType="AUTO"), step(20, "MOUNT"))
    floor.come_in("SN-1")
    floor.go_out("SN-1", data=number(25))
    assert [flag["code"] for flag in trace(floor)["flags"]] == ["MANUAL_FALLBACK", "MANUAL_VALUE", "ALARM"]
    assert "Temp" in trace(floor)["flags"][1]["text"]


def test_a_forced_fail_tells_what_forced_it(floor: Floor) -> None:
    from fiducial.execution.tables import tracks
    from fiducial.quality.tables import defects

    floor.come_in("SN-1")
    track = floor.ask(tracks.select())[0]
    floor.tell(lambda tx: tx.run(insert(defects).values(
        id=tx.new_id(), defect_no="D-1", unit_id=track.unit_id, run_id=track.run_id, track_id=track.id, code="A1", code_known=False, qty=1,
        source="AOI", blocking=True, status="RECORDED", created_at=tx.now,
    )))  # fmt: skip
    floor.go_out("SN-1")
    found = trace(floor)
    assert found["tracks"][0]["resultForcedBy"] == [{"kind": "DEFECT", "reference": "D-1"}]
    assert [flag["code"] for flag in found["flags"]] == ["FORCED_FAIL"]


def test_the_level_is_what_the_data_reach_and_never_more(floor: Floor) -> None:
    floor.use(step(10, "PRINT", TEMP, spec("Extra")), step(20, "MOUNT"))
    assert trace(floor)["levels"]["process"] == 1
    floor.come_in("SN-1")
    floor.go_out("SN-1", data=number(15))
    levels = trace(floor)["levels"]
    assert levels["process"] == 2, "a KEY item of a done step has no value"
    assert any("Extra" in reason for reason in levels["reasons"])
    floor.come_in("SN-2")
    floor.go_out("SN-2", data=[*number(15), {"specName": "Extra", "valueNumber": 1}])
    assert trace(floor, "SN-2")["levels"]["process"] == 3
    assert trace(floor, "SN-2")["levels"]["material"] == 0


def test_a_board_that_moved_to_a_rework_run_keeps_both(floor: Floor) -> None:
    floor.pass_through("SN-1", "ST-PRINT")
    rework = floor.add_run("RUN-1-RW1")

    def move(tx: Tx) -> None:
        unit_id = floor_unit_id
        tx.run(
            insert(memberships).values(
                id=tx.new_id(), unit_id=unit_id, run_id=floor.run_id, joined_at=tx.now - 5, left_at=tx.now
            )
        )
        tx.run(update(units).where(units.c.id == unit_id).values(run_id=rework, current_step_no=10, status="QUEUED"))

    floor_unit_id = floor.unit("SN-1").id
    floor.tell(move)
    floor.pass_through("SN-1", "ST-PRINT")
    found = trace(floor)
    assert [run["runNo"] for run in found["runs"]] == ["RUN-1", "RUN-1-RW1"]
    assert found["runs"][0]["to"] is not None
    assert found["runs"][1]["to"] is None
    assert [visit["runNo"] for visit in found["tracks"]] == ["RUN-1", "RUN-1-RW1"]
    assert [unit["sn"] for unit in floor.read(run_trace, "RUN-1")["units"]["items"]] == ["SN-1", "SN-2", "SN-3"]


def test_only_who_reaches_one_of_its_lines_sees_it(floor: Floor) -> None:
    assert trace(floor, who="olga")["unit"]["sn"] == "SN-1"
    assert refusal(trace, floor, who="stranger").code == "FORBIDDEN"
    assert refusal(trace, floor, who="nobody").details["permission"] == "trace:read"
    assert refusal(floor.read, run_trace, "RUN-1", who="stranger").code == "FORBIDDEN"


def test_the_number_of_queries_does_not_grow_with_the_board(floor: Floor) -> None:
    def queries(sn: str) -> int:
        def counting(tx: Tx) -> int:
            asked = 0

            def seen(*_: Any) -> None:
                nonlocal asked
                asked += 1

            event.listen(tx.conn.engine, "before_cursor_execute", seen)
            unit_trace(tx, sn, TraceAsked())
            event.remove(tx.conn.engine, "before_cursor_execute", seen)
            return asked

        from tests.api.execution_floor import _look

        from fiducial.kit.acting import Caller

        return int(floor.store.read_now(Caller(internal="test"), _look, counting))

    floor.use(step(10, "PRINT", TEMP), step(20, "MOUNT"), step(30, "TEST"))
    before = queries("SN-1")
    floor.come_in("SN-1")
    floor.go_out("SN-1", result="FAIL", data=number(25), defects=[{"code": "A1"}, {"code": "A3"}])
    floor.hold("SN-1")
    floor.release("SN-1")
    floor.come_in("SN-1")
    floor.go_out("SN-1", data=number(15))
    floor.pass_through("SN-1", "ST-MOUNT", "ST-TEST")
    assert queries("SN-1") == before
    assert before <= 35


# Timeline


def test_the_timeline_is_the_boards_life_in_order(floor: Floor) -> None:
    floor.use(step(10, "PRINT", TEMP))
    floor.come_in("SN-1")
    floor.go_out("SN-1", result="FAIL", data=number(25), defectCode="A1", defectLocation="U3")
    floor.hold("SN-1", reason="look at it")
    floor.release("SN-1")
    floor.come_in("SN-1")
    floor.go_out("SN-1", data=number(15))
    told = floor.read(unit_timeline, "SN-1", TimelineAsked())["items"]
    assert [entry["kind"] for entry in told] == [
        "CREATED", "RUN", "TRACK_IN", "DATA", "TRACK_OUT", "DEFECT", "HOLD", "HOLD", "TRACK_IN", "DATA", "TRACK_OUT", "DONE",
    ]  # fmt: skip
    assert [entry["tone"] for entry in told[3:7]] == ["BAD", "BAD", "BAD", "WARN"]
    assert told == sorted(told, key=lambda entry: entry["at"])
    only = floor.read(unit_timeline, "SN-1", TimelineAsked(kinds="DEFECT,HOLD"))["items"]
    assert [entry["kind"] for entry in only] == ["DEFECT", "HOLD", "HOLD"]
    late = TimelineAsked.model_validate_strings({"from": told[-1]["at"]})
    assert floor.read(unit_timeline, "SN-1", late)["items"][-1]["kind"] == "DONE"
    for wrong in ({"kinds": "GOSSIP"}, {"from": "yesterday"}):
        assert (
            refusal(floor.read, unit_timeline, "SN-1", TimelineAsked.model_validate_strings(wrong)).code
            == "VALIDATION_ERROR"
        )


# Runs


def test_a_run_tells_its_yield_step_by_step(floor: Floor) -> None:
    floor.use(step(10, "PRINT"), step(20, "MOUNT"))
    floor.pass_through("SN-1", "ST-PRINT", "ST-MOUNT")
    floor.come_in("SN-2")
    floor.go_out("SN-2", result="FAIL", defectCode="A1")
    floor.set_unit("SN-2", status="QUEUED")
    floor.pass_through("SN-2", "ST-PRINT", "ST-MOUNT")
    floor.come_in("SN-3")
    floor.cancel("SN-3")
    found = floor.read(run_trace, "RUN-1")
    print_, mount = found["steps"]
    assert (print_["inCount"], print_["passFirst"], print_["passTotal"], print_["failTotal"], print_["fpy"]) == (
        3,
        1,
        2,
        1,
        0.5,
    )
    assert (mount["inCount"], mount["fpy"]) == (2, 1.0)
    assert found["yield"] == {"fpy": 0.5, "done": 2, "scrapped": 0, "reworked": 0}
    assert (found["unitCounts"]["DONE"], found["unitCounts"]["QUEUED"], found["unitCounts"]["SCRAPPED"]) == (2, 1, 0)
    assert found["defects"] == {"total": 1, "byCode": [{"code": "A1", "codeName": None, "count": 1, "qty": 1}]}
    assert [entry["action"] for entry in found["events"]] == ["RUN_START"]
    assert (found["run"]["runNo"], found["run"]["status"], found["parentRun"], found["readiness"]) == (
        "RUN-1",
        "IN_PROGRESS",
        None,
        None,
    )
    assert floor.read(run_units, "RUN-1", UNITS.parse([("status", "DONE")]))["total"] == 2
    assert refusal(floor.read, run_trace, "RUN-9").code == "RUN_NOT_FOUND"


# Search


def test_a_scan_finds_what_it_names_before_what_begins_so(floor: Floor) -> None:
    floor.add_units("SN-10", "SN-11")
    floor.tell(lambda tx: tx.run(insert(lots).values(
        id=tx.new_id(), material_code="MAT-1", lot_no="LOT-7", status="ACTIVE", created_at=tx.now, updated_at=tx.now,
    )))  # fmt: skip

    def keys(text: str, who: str = "boss") -> list[str]:
        return [f"{item['kind']} {item['key']}" for item in floor.read(search, SearchAsked(q=text), who=who)["items"]]

    assert keys("SN-1") == ["UNIT SN-1", "UNIT SN-10", "UNIT SN-11"]
    assert keys("RUN-1") == ["RUN RUN-1"]
    assert keys("WO") == ["WORK_ORDER WO-1"]
    assert keys("MAT-1|LOT-7") == ["LOT MAT-1|LOT-7"]
    assert keys("LOT-7") == ["LOT MAT-1|LOT-7"]
    assert keys("%") == keys("") == keys("zz") == []
    assert keys("SN-1", who="stranger") == []


def test_a_station_that_was_renamed_or_switched_off_changes_no_history(floor: Floor) -> None:
    floor.pass_through("SN-1", "ST-PRINT")
    floor.tell(lambda tx: tx.run(update(stations).values(is_active=False, name="other")))
    assert trace(floor)["tracks"][0]["stationCode"] == "ST-PRINT"
