"""What machines measure (设备数采, spec 08.3.7): found its visit, judged by the frozen limits, all or none, each event once."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from sqlalchemy import update
from tests.api.orders_floor import step
from tests.api.plant import STATIONS, Plant
from tests.api.quality_floor import Quality
from tests.api.web import Answer, Api

from fiducial.execution.tables import tracks
from fiducial.kit import clock

_events = itertools.count(1)
HOUR = 3_600_000
HEIGHT = {
    "id": "spec-height", "revision": 1, "name": "Height", "itemType": "KEY", "dataType": "NUMBER", "method": "AUTO", "triggerType": "EACH_UNIT",
    "triggerRule": None, "spec": {"lsl": 0.08, "usl": 0.22, "unit": "mm"}, "alarm": None, "isRequired": True,
}  # fmt: skip
BY_HAND = HEIGHT | {"id": "spec-hand", "name": "Seen", "method": "MANUAL", "isRequired": False, "spec": None}
ALARMING = HEIGHT | {"alarm": {"action": "HOLD", "max": 0.3}}


class Device(Quality):
    """The floor with a machine that measures."""

    def __init__(self, plant: Plant, *specs: dict[str, Any]) -> None:
        super().__init__(plant)
        first = step(10, "PRINT", STATIONS[0], dataSpecs=list(specs or (HEIGHT, BY_HAND)))
        self.run_no = self.running(first, step(20, "SPI", STATIONS[1]), units=2)
        self.one, self.two = self.sns(self.run_no)
        self.device = plant.token("integration:push", system="DEVICE")

    def event(self, *values: float, sn: str | None = None, **more: Any) -> dict[str, Any]:
        data = [{"specName": "Height", "valueNumber": value, "unit": "mm"} for value in values]
        body = {
            "eventId": f"data-{next(_events)}", "eventTime": clock.to_wire(clock.now_ms()), "source": "AUTO", "unitSn": sn or self.one,
            "stationCode": STATIONS[0], "data": data,
        }  # fmt: skip
        return {k: v for k, v in (body | more).items() if v is not None}

    def sends(self, *values: float, who: Api | None = None, **more: Any) -> Answer:
        return (who or self.device).post("/api/integration/device-data", self.event(*values, **more))

    def values(self, sn: str) -> list[Any]:
        return list(self.api.as_("trace").get(f"/api/trace/units/{sn}").must()["dataValues"])


@pytest.fixture
def floor(plant: Plant) -> Device:
    return Device(plant)


def test_a_measured_value_is_judged_by_the_frozen_limits_and_counts_at_the_track_out(floor: Device) -> None:
    floor.come_in(floor.one).must()
    assert floor.go_out(floor.one).code == "REQUIRED_DATA_MISSING"
    told = floor.sends(0.15).must()
    assert (told["dataValuesCreated"], told["judged"], told["late"]) == (1, {"pass": 1, "fail": 0, "na": 0}, False)
    assert floor.go_out(floor.one).must()["result"] == "PASS"
    (value,) = floor.values(floor.one)
    assert (value["value"], value["judge"], value["source"], value["limits"], value["unit"]) == (
        0.15, "PASS", "AUTO", {"min": 0.08, "max": 0.22}, "mm",
    )  # fmt: skip


def test_the_time_of_the_machine_is_kept_with_the_value(floor: Device) -> None:
    floor.come_in(floor.one).must()
    then = clock.to_wire(clock.now_ms() - 5000)
    floor.sends(eventTime=then, data=[{"specName": "Height", "valueNumber": 0.1, "collectedAt": then}]).must()
    assert floor.values(floor.one)[0]["collectedAt"] == then


def test_a_repeat_stores_nothing_and_another_body_under_the_same_event_is_refused(floor: Device) -> None:
    floor.come_in(floor.one).must()
    same = {"eventId": "D-1", "eventTime": "2026-11-20T00:00:00Z"}
    floor.sends(0.15, **same).must()
    again = floor.sends(0.15, **same).must()
    assert (again["isDuplicate"], again["dataValuesCreated"]) == (True, 1)
    assert len(floor.values(floor.one)) == 1
    assert floor.sends(0.16, **same).code == "EVENT_ID_REUSED"


def test_data_that_comes_when_the_board_has_left_is_taken_and_marked_late_for_a_day(floor: Device) -> None:
    floor.come_in(floor.one).must()
    floor.sends(0.15).must()
    floor.go_out(floor.one).must()
    assert floor.sends(0.16).must()["late"] is True
    floor.plant.sql(update(tracks).values(out_at=clock.now_ms() - 25 * HOUR))
    assert floor.sends(0.17).code == "TRACK_NOT_FOUND"
    listed = floor.api.as_("engineer").get("/api/integration/device-data", late="true").must()["items"]
    assert [item["unitSn"] for item in listed] == [floor.one]


def test_all_values_of_an_event_are_taken_or_none(floor: Device) -> None:
    floor.come_in(floor.one).must()
    height = {"specName": "Height", "valueNumber": 0.1}
    for data, code in (
        ([height, {"specName": "Nothing", "valueNumber": 1}], "DATA_SPEC_NOT_FOUND"),
        ([height, {"specName": "Seen", "valueNumber": 1}], "DATA_SPEC_METHOD_MISMATCH"),
        ([{"specName": "Height", "valueText": "high"}], "DATA_VALUE_INVALID"),
        ([{"specName": "Height", "valueNumber": 0.1, "unit": "um"}], "DATA_UNIT_MISMATCH"),
        ([height, height], "DATA_VALUE_INVALID"), ([{"valueNumber": 1}], "VALIDATION_ERROR"), ([], "VALIDATION_ERROR"),
    ):  # fmt: skip
        assert floor.sends(data=data).code == code, data
    assert floor.values(floor.one) == []
    for more, code in (
        ({"unitSn": "NOBODY"}, "TRACK_NOT_FOUND"), ({"trackId": "x", "carrierTrackId": "y"}, "VALIDATION_ERROR"),
        ({"carrierTrackId": "y"}, "TRACK_NOT_FOUND"), ({"stationCode": None}, "VALIDATION_ERROR"), ({"stepNo": 20}, "TRACK_NOT_FOUND"),
    ):  # fmt: skip
        assert floor.sends(0.1, **more).code == code, more  # type: ignore[arg-type]


def test_a_person_steps_in_for_a_machine_that_is_silent_with_a_reason(floor: Device) -> None:
    floor.come_in(floor.one).must()
    operator = floor.api.as_("operator")
    assert floor.sends(0.15, who=operator, source="MANUAL").field_paths == ["reason"]
    floor.sends(0.15, who=operator, source="MANUAL", reason="The machine does not send").must()
    flags = floor.api.as_("trace").get(f"/api/trace/units/{floor.one}").must()["flags"]
    assert "MANUAL_VALUE" in [flag["code"] for flag in flags]
    assert (
        floor.sends(0.15, who=floor.api.as_("operator2"), source="MANUAL", reason="Not mine at all").code == "FORBIDDEN"
    )


def test_an_alarm_that_holds_stops_the_board_at_its_track_out_or_where_it_is(plant: Plant) -> None:
    floor = Device(plant, ALARMING)
    floor.come_in(floor.one).must()
    floor.sends(0.5).must()
    floor.go_out(floor.one).must()
    assert floor.unit(floor.one).status == "ON_HOLD"
    floor.come_in(floor.two).must()
    floor.sends(0.1, sn=floor.two).must()
    floor.go_out(floor.two).must()
    floor.sends(0.5, sn=floor.two).must()
    assert floor.unit(floor.two).status == "ON_HOLD"
    (hold,) = floor.api.as_("trace").get(f"/api/trace/units/{floor.two}").must()["holds"]
    assert (hold["source"], hold["reason"]) == ("DATA_ALARM", "Height: 0.5mm")
    floor.quality.post(f"/api/units/{floor.two}/release", {"reason": "Measured again"}).must()
    assert floor.unit(floor.two).status == "QUEUED"


def test_events_of_a_batch_stand_alone(floor: Device) -> None:
    floor.come_in(floor.one).must()
    batch = {"events": [floor.event(0.1), floor.event(0.2, sn="NOBODY"), floor.event(0.3)]}
    told = floor.device.post("/api/integration/device-data", batch).must()["results"]
    assert [result["ok"] for result in told] == [True, False, True]
    assert told[1]["error"]["code"] == "TRACK_NOT_FOUND"
    assert [value["value"] for value in floor.values(floor.one)] == [0.1, 0.3]
    assert floor.device.post("/api/integration/device-data", {"events": []}).code == "VALIDATION_ERROR"


def test_a_batch_sent_again_under_its_key_answers_the_same_and_stores_nothing(floor: Device) -> None:
    floor.come_in(floor.one).must()
    batch = {"events": [floor.event(0.1), floor.event(0.2)]}
    first = floor.device.ask("POST", "/api/integration/device-data", batch, key="batch-1").must()
    again = floor.device.ask("POST", "/api/integration/device-data", batch, key="batch-1").must()
    assert [one["id"] for one in first["results"]] == [one["id"] for one in again["results"]]
    assert len(floor.values(floor.one)) == 2


def test_a_machines_own_counter_comes_with_its_data_and_is_told_when_it_differs(floor: Device) -> None:
    """Spec 03.11: more than 2 % is told, once for an event, and nothing is counted by it; an unknown tool is nobody's."""
    engineer = floor.api.as_("engineer")
    tool = {"toolCode": "ST-9", "kind": "STENCIL", "name": "Top", "countBase": 1000}
    engineer.post("/api/tools", tool).must()
    floor.come_in(floor.one).must()
    floor.sends(0.15, meta={"toolCounts": {"ST-9": 1015, "NO-SUCH": 5}}).must()
    event = floor.event(0.16, meta={"toolCounts": {"ST-9": 1500}})
    for _ in range(2):
        floor.device.post("/api/integration/device-data", event).must()
    floor.plant.settle()
    told = engineer.get("/api/notifications", type="TOOL_COUNT_DIFFERS").must()["items"]
    assert [(one["data"]["toolCode"], one["data"]["count"], one["data"]["machineCount"]) for one in told] == [
        ("ST-9", 1000, 1500)
    ]
    assert engineer.get("/api/tools/ST-9").must()["totalCount"] == 1000


@pytest.mark.parametrize("counts", [[1], {"ST-9": -1}, {"ST-9": 1.5}, {"ST-9": True}, {"ST-9": "7"}, "ST-9"])
def test_a_counter_that_is_none_is_refused_with_the_whole_event(floor: Device, counts: Any) -> None:
    floor.come_in(floor.one).must()
    assert floor.sends(0.15, meta={"toolCounts": counts}).field_paths == ["meta.toolCounts"]
    assert floor.values(floor.one) == []
