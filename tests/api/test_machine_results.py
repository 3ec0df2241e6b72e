"""What SPI and AOI say of a board (spec 08.3.6, 05.8): kept once, matched with its visit, a FAIL stops the board, a person may overrule it."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.api.plant import LINE, STATIONS, Plant
from tests.api.quality_floor import Quality
from tests.api.web import Answer, Api

from fiducial.connect.tables import messages
from fiducial.kit import clock
from fiducial.quality.machine_tables import machine_results
from fiducial.quality.machines.matching import end_waiting

_events = itertools.count(1)
HOUR = 3_600_000
SPI = STATIONS[1]


class Machines(Quality):
    """The floor with inspection machines that speak."""

    def __init__(self, plant: Plant) -> None:
        super().__init__(plant)
        self.run_no = self.running(units=2)
        self.one, self.two = self.sns(self.run_no)

    def machine(self, system: str = "SPI", **more: Any) -> Api:
        return self.plant.token("integration:push", system=system, **more)

    def says(self, who: Api | str, result: str = "PASS", *, sn: str | None = None, ago: int = 0, **more: Any) -> Answer:
        """A machine, or a person in its place, says how a board is."""
        asking = self.api.as_(who) if isinstance(who, str) else who
        body = {
            "eventId": f"result-{next(_events)}", "eventTime": clock.to_wire(clock.now_ms() - ago), "runNo": self.run_no, "stationCode": SPI,
            "unitSn": sn or self.one, "inspectionType": "SPI", "result": result, "source": "MANUAL" if isinstance(who, str) else "AUTO",
        }  # fmt: skip
        if result == "FAIL":
            body["defects"] = [{"code": "DEF-001", "location": "R1"}]
        return asking.post(
            "/api/integration/inspection-result", {k: v for k, v in (body | more).items() if v is not None}
        )

    def at_spi(self, sn: str | None = None) -> str:
        """A board that stands in the SPI; its serial."""
        sn = sn or self.one
        self.through(sn, STATIONS[0])
        self.come_in(sn, SPI).must()
        return sn

    def trace_of(self, sn: str) -> Any:
        return self.api.as_("trace").get(f"/api/trace/units/{sn}").must()


@pytest.fixture
def floor(plant: Plant) -> Machines:
    return Machines(plant)


def test_a_machines_fail_writes_its_defects_and_turns_the_pass_of_the_station_into_a_fail(floor: Machines) -> None:
    spi, sn = floor.machine(), floor.at_spi()
    told = floor.says(
        spi, "FAIL", defects=[{"code": "DEF-001", "location": "R1"}, {"code": "UNHEARD-OF", "qty": 2}]
    ).must()
    assert (told["matchStatus"], told["defectsCreated"], told["effective"], told["isDuplicate"]) == (
        "MATCHED",
        2,
        True,
        False,
    )
    assert [warning["code"] for warning in told["warnings"]] == ["DEFECT_CODE_UNKNOWN"]
    out = floor.go_out(sn, SPI).must()
    assert (out["result"], out["inspectionOverride"], "SPI" in [s["kind"] for s in out["overrideSources"]]) == (
        "FAIL",
        True,
        True,
    )
    found = floor.defects(sn=sn)
    assert {(defect["code"], defect["source"], defect["status"]) for defect in found} == {
        ("DEF-001", "SPI", "RECORDED"), ("UNHEARD-OF", "SPI", "RECORDED"),
    }  # fmt: skip
    (result,) = floor.trace_of(sn)["machineResults"]
    assert (result["result"], result["effective"], result["stationCode"], result["stepNo"]) == ("FAIL", True, SPI, 20)


def test_a_pass_lets_the_board_go(floor: Machines) -> None:
    spi, sn = floor.machine(), floor.at_spi()
    assert floor.says(spi).must()["effective"] is True
    assert floor.go_out(sn, SPI).must()["result"] == "PASS"


def test_the_same_event_twice_has_an_effect_once_and_another_body_under_it_is_refused(floor: Machines) -> None:
    spi, _sn = floor.machine(), floor.at_spi()
    first = floor.says(spi, "FAIL", eventId="E-1", eventTime="2026-11-20T00:00:00Z").must()
    again = floor.says(spi, "FAIL", eventId="E-1", eventTime="2026-11-20T00:00:00Z").must()
    assert (again["id"], again["isDuplicate"], again["defectsCreated"]) == (first["id"], True, 1)
    assert len(floor.defects(sn=floor.one)) == 1
    assert floor.says(spi, "PASS", eventId="E-1", eventTime="2026-11-20T00:00:00Z").code == "EVENT_ID_REUSED"
    statuses = [
        row.status
        for row in floor.rows(select(messages.c.status).where(messages.c.system == "SPI").order_by(messages.c.id))
    ]
    assert statuses == ["APPLIED", "DUPLICATE", "REJECTED"]


def test_a_second_pass_of_the_machine_lifts_no_fail_but_a_person_with_a_remark_does(floor: Machines) -> None:
    spi, sn = floor.machine(), floor.at_spi()
    floor.says(spi, "FAIL").must()
    second = floor.says(spi, "PASS").must()
    assert (second["effective"], second["heldReason"]) == (False, "SUPERSEDED")
    assert floor.says("operator", "PASS").field_paths == ["remark"]
    floor.says("operator", "PASS", remark="Shadow of a part, looked at it").must()
    (defect,) = floor.defects(sn=sn)
    assert (defect["status"], defect["closeReason"]) == ("CLOSED", "FALSE_CALL")
    assert floor.go_out(sn, SPI).must()["result"] == "PASS"
    found = floor.trace_of(sn)
    assert [(one["result"], one["effective"], one["overruledBy"]) for one in found["machineResults"]] == [
        ("FAIL", False, "钱操作"), ("PASS", True, None), ("PASS", True, None),
    ]  # fmt: skip
    assert "OVERRULED" in [flag["code"] for flag in found["flags"]]


def test_a_fail_that_comes_late_is_overruled_by_what_a_person_saw_after_it(floor: Machines) -> None:
    spi, _sn = floor.machine(), floor.at_spi()
    floor.says(spi, "FAIL", ago=3000).must()
    floor.says("operator", "PASS", remark="A false call, looked at it").must()
    late = floor.says(spi, "FAIL", ago=2000).must()
    assert (late["effective"], late["defectsCreated"]) == (False, 0)
    assert floor.go_out(floor.one, SPI).must()["result"] == "PASS"


def test_a_fail_for_a_board_that_has_left_stops_it_where_it_is(floor: Machines) -> None:
    spi, sn = floor.machine(), floor.at_spi()
    floor.go_out(sn, SPI).must()
    assert floor.unit(sn).status == "DONE"
    assert floor.says(spi, "FAIL").must()["matchStatus"] == "MATCHED"
    assert floor.unit(sn).status == "OUT_FAILED"


def test_a_board_that_failed_for_a_false_call_alone_goes_back_to_its_step(floor: Machines) -> None:
    spi, sn = floor.machine(), floor.at_spi()
    floor.says(spi, "FAIL").must()
    floor.go_out(sn, SPI).must()
    assert floor.unit(sn).status == "OUT_FAILED"
    floor.says("operator", "PASS", remark="A false call, looked at it").must()
    assert (floor.unit(sn).status, floor.unit(sn).current_step_no) == ("QUEUED", 20)
    floor.come_in(sn, SPI).must()
    assert floor.go_out(sn, SPI).must()["result"] == "PASS"


def test_a_result_that_is_faster_than_its_board_waits_for_it(floor: Machines) -> None:
    spi = floor.machine()
    floor.through(floor.one, STATIONS[0])
    waiting = floor.says(spi, "FAIL").must()
    assert (waiting["matchStatus"], waiting["trackId"], waiting["defectsCreated"]) == ("PENDING", None, 0)
    assert floor.api.as_("engineer").get("/api/integration/status").must()["pendingMatches"] == 1
    floor.come_in(floor.one, SPI).must()
    assert len(floor.defects(sn=floor.one)) == 1
    assert floor.go_out(floor.one, SPI).must()["result"] == "FAIL"


def test_a_result_whose_board_never_comes_is_an_orphan_that_forces_nothing_and_is_told_of(floor: Machines) -> None:
    spi = floor.machine()
    floor.through(floor.one, STATIONS[0])
    floor.says(spi, "FAIL").must()
    floor.plant.sql(update(machine_results).values(received_at=clock.now_ms() - 2 * HOUR))
    from tests.api.plant import TEST

    floor.store.write_now(TEST, end_waiting)
    assert floor.rows(select(machine_results.c.match_status))[0][0] == "ORPHAN"
    assert "RESULT_ORPHAN" in floor.events()
    floor.come_in(floor.one, SPI).must()
    assert floor.go_out(floor.one, SPI).must()["result"] == "PASS"
    assert [one["matchStatus"] for one in floor.trace_of(floor.one)["machineResults"]] == ["ORPHAN"]


def test_while_people_speak_for_the_machine_its_results_are_held_and_count_again_afterwards(floor: Machines) -> None:
    spi, sn = floor.machine(), floor.at_spi()
    mode = {"mode": "MANUAL", "reason": "The SPI is away", "lineCode": LINE}
    floor.quality.put("/api/integration/systems/SPI/mode", mode).must()
    held = floor.says(spi, "FAIL").must()
    assert (held["effective"], held["heldReason"], held["defectsCreated"]) == (False, "SYSTEM_MODE_MANUAL", 0)
    assert floor.defects(sn=sn) == []
    floor.quality.put("/api/integration/systems/SPI/mode", mode | {"mode": "AUTO", "reason": "It is back"}).must()
    assert len(floor.defects(sn=sn)) == 1
    assert floor.go_out(sn, SPI).must()["result"] == "FAIL"


def test_a_person_gives_a_reason_while_the_machine_speaks_for_itself(floor: Machines) -> None:
    floor.at_spi()
    assert floor.says("operator").field_paths == ["reason"]
    floor.says("operator", reason="The SPI does not send").must()
    assert "MANUAL_ENTRY_IN_AUTO" in floor.events()
    assert "MANUAL_RESULT" in [flag["code"] for flag in floor.trace_of(floor.one)["flags"]]


def test_what_names_no_visit_or_contradicts_itself_is_refused_and_kept_in_the_log(floor: Machines) -> None:
    spi, sn = floor.machine(), floor.at_spi()
    track = floor.trace_of(sn)["tracks"][-1]["id"]
    for more, code in (
        ({"runNo": "RUN-9"}, "RUN_NOT_FOUND"), ({"stationCode": "NOWHERE"}, "STATION_NOT_FOUND"), ({"unitSn": "NOBODY"}, "UNIT_NOT_FOUND"),
        ({"trackId": "nonsense"}, "TRACK_NOT_FOUND"), ({"trackId": track, "stepNo": 10}, "TRACK_MISMATCH"),
        ({"result": "FAIL", "defects": []}, "DEFECTS_REQUIRED"), ({"defects": [{"code": "X"}]}, "VALIDATION_ERROR"),
        ({"runNo": None}, "VALIDATION_ERROR"), ({"eventTime": "2024-01-01T00:00:00Z"}, "VALIDATION_ERROR"),
        ({"source": "MANUAL"}, "SOURCE_NOT_ALLOWED"), ({"rawData": {"photo": "file:///etc/passwd"}}, "VALIDATION_ERROR"),
        ({"remark": "abc"}, "VALIDATION_ERROR"), ({"defects": [{"code": "X", "qty": 0}], "result": "FAIL"}, "VALIDATION_ERROR"),
    ):  # fmt: skip
        assert floor.says(spi, **more).code == code, more  # type: ignore[arg-type]
    floor.says(spi, trackId=track, runNo=None, unitSn=None, stationCode=None).must()
    kept = floor.api.as_("engineer").get("/api/integration/messages", status="REJECTED", pageSize=100).must()
    assert any(message["errorCode"] == "UNIT_NOT_FOUND" for message in kept["items"])
    other = floor.running(units=1)
    assert floor.says(spi, runNo=other).code == "UNIT_RUN_MISMATCH"


def test_only_the_machines_own_system_and_people_at_its_station_may_speak(floor: Machines) -> None:
    floor.at_spi()
    assert floor.says(floor.machine("AOI")).code == "TOKEN_SYSTEM_MISMATCH"
    assert floor.says("operator2", reason="Not mine at all").code == "FORBIDDEN"
    assert floor.says("trace", reason="Not mine at all").code == "FORBIDDEN"


def test_results_are_listed_for_whoever_watches_the_other_systems(floor: Machines) -> None:
    spi, sn = floor.machine(), floor.at_spi()
    floor.says(spi, "FAIL").must()
    found = floor.api.as_("engineer").get("/api/integration/inspection-results", unitSn=sn, result="FAIL").must()
    assert [(item["unitSn"], item["result"], item["matchStatus"]) for item in found["items"]] == [
        (sn, "FAIL", "MATCHED")
    ]
    assert floor.api.as_("engineer").get("/api/integration/inspection-results", stepNo="ten").field_paths == ["stepNo"]


def test_a_first_article_cannot_pass_over_a_machines_fail(floor: Machines) -> None:
    run_no = floor.prepared(units=1)
    key, (sn,) = floor.trial(run_no)
    aoi = floor.machine("AOI")
    body = {"runNo": run_no, "stationCode": STATIONS[0], "unitSn": sn, "inspectionType": "AOI"}
    floor.says(aoi, "FAIL", **body).must()
    floor.item("fai", key, sn=sn)
    assert floor.decide("fai", key).code == "INSPECTION_FAILURES_EXIST"
