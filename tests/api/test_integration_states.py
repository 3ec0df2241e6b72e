"""States by push and by hand (spec 08.1–08.3.4, 03.9): who may say what, what counts, and what a person's "not ready" means."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select, update
from tests.api.plant import LINE, STATIONS, TEST, Plant
from tests.api.tooling_floor import HOUR, MINUTE, Crib

from fiducial.kit import clock
from fiducial.kit.acting import query
from fiducial.kit.outbox import events
from fiducial.kit.tx import Tx
from fiducial.people.tables import tokens
from fiducial.plant.equipment import machines_of
from fiducial.plant.lookup import the_station
from fiducial.plant.mode_actions import sweep_modes
from fiducial.plant.state_tables import equipment_tasks, system_modes
from fiducial.tooling.reading import bound_stencil, find_paste, paste_expires_at, stencil_state

DAY = 24 * HOUR


@pytest.fixture
def crib(plant: Plant) -> Crib:
    return Crib(plant)


@pytest.fixture
def cabinet(plant: Plant) -> Any:
    """The stencil cabinet's token."""
    return plant.token("integration:push", system="STENCIL")


@query("readiness:view")
def look(tx: Tx, line_id: int) -> tuple[str | None, str | None, str | None]:
    """What a gate reads of the stencil of a line: the status that counts, its source, who blocks it."""
    tool = bound_stencil(tx, line_id)
    state = stencil_state(tx, tool)
    said = state.evidence()
    return state.status, said.get("source"), said.get("blockedStatus")


def seen(crib: Crib) -> tuple[str | None, str | None, str | None]:
    return crib.store.read_now(TEST, look, crib.line_id(LINE))  # type: ignore[no-any-return]


def test_a_push_takes_effect_once_whatever_comes_twice(crib: Crib, cabinet: Any, plant: Plant) -> None:
    code = crib.tool()
    first = crib.stencil(code, who=cabinet, eventId="E-1", eventTime="2026-11-26T08:00:00Z").must()
    assert (first["effective"], first["isDuplicate"], first["status"], first["stencilId"]) == (
        True,
        False,
        "READY",
        code,
    )
    again = crib.stencil(code, who=cabinet, eventId="E-1", eventTime="2026-11-26T08:00:00Z").must()
    assert again == {**first, "isDuplicate": True}
    refused = crib.stencil(code, "NOT_READY", cabinet, eventId="E-1", eventTime="2026-11-26T08:00:00Z")
    assert (refused.status, refused.code, refused.details["firstReceivedAt"]) == (
        409,
        "EVENT_ID_REUSED",
        first["receivedAt"],
    )
    log = crib.api.as_("admin").get("/api/integration/messages", sort="receivedAt.asc").must()["items"]
    assert [message["status"] for message in log] == ["APPLIED", "DUPLICATE", "REJECTED"]
    detail = crib.api.as_("admin").get(f"/api/integration/messages/{log[2]['id']}").must()
    assert (detail["errorCode"], detail["payload"]["status"], detail["businessKey"]) == (
        "EVENT_ID_REUSED",
        "NOT_READY",
        code,
    )
    outcomes = [entry["outcome"] for entry in plant.audit(action="STENCIL_STATUS_RECEIVE")]
    assert outcomes == ["REFUSED", "SUCCESS", "SUCCESS"]


def test_a_message_that_is_not_there_is_not_found(crib: Crib) -> None:
    refused = crib.api.as_("admin").get("/api/integration/messages/none")
    assert (refused.status, refused.code) == (404, "MESSAGE_NOT_FOUND")


def test_the_same_event_twice_at_once_has_one_effect(crib: Crib, cabinet: Any) -> None:
    body = {
        "eventId": "E-1",
        "eventTime": clock.to_wire(clock.now_ms()),
        "source": "AUTO",
        "stencilId": crib.tool(),
        "status": "READY",
    }
    answers = crib.api.at_once(*[(cabinet, "POST", "/api/integration/stencil-status", body) for _ in range(4)])
    assert [answer.status for answer in answers] == [200] * 4
    assert sorted(answer.data["isDuplicate"] for answer in answers) == [False, True, True, True]
    assert len({answer.data["id"] for answer in answers}) == 1


@pytest.mark.one_engine
def test_machines_say_auto_and_people_manual(crib: Crib, cabinet: Any) -> None:
    code = crib.tool()
    assert crib.stencil(code, who=cabinet, source="MANUAL").code == "SOURCE_NOT_ALLOWED"
    refused = crib.stencil(code, source="AUTO")
    assert (refused.status, refused.code) == (403, "SOURCE_NOT_ALLOWED")


@pytest.mark.one_engine
def test_a_person_enters_as_themselves(crib: Crib) -> None:
    code = crib.tool()
    assert (crib.stencil(code, operatorId="somebody").status, crib.stencil(code, operatorId="somebody").code) == (
        403,
        "OPERATOR_MISMATCH",
    )
    crib.stencil(code, operatorId="quality").must()
    told = crib.quality.get("/api/integration/stencil-status", stencilId=code).must()["items"][0]
    assert (told["operatorId"], told["source"], told["enteredByName"], told["reason"]) == (
        "quality",
        "MANUAL",
        "王质量",
        "Seen with my own eyes",
    )


def test_an_entry_by_hand_beside_a_system_that_speaks_needs_a_reason_and_is_told(crib: Crib, plant: Plant) -> None:
    said = {"eventTime": clock.to_wire(clock.now_ms()), "source": "MANUAL", "stencilId": "S-9", "status": "READY"}
    refused = crib.quality.post("/api/integration/stencil-status", {"eventId": "E", **said})
    assert (refused.code, refused.field_paths) == ("VALIDATION_ERROR", ["reason"])
    crib.stencil("S-9").must()
    assert len(crib.rows(select(events.c.id).where(events.c.type == "MANUAL_ENTRY_IN_AUTO"))) == 1
    crib.mode("STENCIL", "MANUAL").must()
    crib.quality.post(
        "/api/integration/stencil-status", {"eventId": "E2", **said}
    ).must()  # nothing speaks: no reason asked


@pytest.mark.one_engine
@pytest.mark.parametrize(("door", "system", "body"), [
    ("stencil-status", "SPI", {"stencilId": "S", "status": "READY"}), ("solder-paste-status", "STENCIL", {"lotId": "L", "status": "COMPLIANT"}),
    ("equipment-status", "WMS", {"equipmentCode": "E", "status": "NORMAL"}),
])  # fmt: skip
def test_a_token_of_another_system_is_refused(
    crib: Crib, plant: Plant, door: str, system: str, body: dict[str, Any]
) -> None:
    refused = crib.push(door, plant.token("integration:push", system=system), **body)
    assert (refused.status, refused.code, refused.details["system"]) == (403, "TOKEN_SYSTEM_MISMATCH", system)


@pytest.mark.one_engine
@pytest.mark.parametrize("ahead", [25 * HOUR, -401 * DAY])
def test_a_time_far_off_is_refused(crib: Crib, ahead: int) -> None:
    refused = crib.stencil(crib.tool(), ago=-ahead)
    assert (refused.status, refused.field_paths) == (422, ["eventTime"])


@pytest.mark.one_engine
def test_a_clock_that_is_ahead_is_suspected_and_the_time_of_receipt_counts(crib: Crib, cabinet: Any) -> None:
    answer = crib.stencil(crib.tool(), who=cabinet, ago=-HOUR).must()
    assert [warning["code"] for warning in answer["warnings"]] == ["CLOCK_AHEAD"]
    told = crib.quality.get("/api/integration/stencil-status").must()["items"][0]
    assert (told["clockSuspect"], told["effectiveAt"]) == (True, told["receivedAt"])


@pytest.mark.one_engine
def test_a_sender_whose_clock_is_known_to_be_wrong_is_put_right(crib: Crib, cabinet: Any, plant: Plant) -> None:
    plant.sql(update(tokens).values(trust_sent_at=True))
    now = clock.now_ms()
    crib.stencil(
        crib.tool(), who=cabinet.with_headers(x_sent_at=clock.to_wire(now - 2 * HOUR)), ago=2 * HOUR + MINUTE
    ).must()
    told = crib.quality.get("/api/integration/stencil-status").must()["items"][0]
    from datetime import datetime

    assert abs(clock.from_datetime(datetime.fromisoformat(told["effectiveAt"])) - (now - MINUTE)) < 10_000


def test_what_comes_late_is_kept_and_changes_nothing(crib: Crib, cabinet: Any) -> None:
    code = crib.tool()
    crib.bind(code).must()
    crib.stencil(code, "READY", cabinet, ago=MINUTE).must()
    late = crib.stencil(code, "NOT_READY", cabinet, ago=HOUR).must()
    assert (late["effective"], late["heldReason"]) == (False, "SUPERSEDED")
    assert seen(crib) == ("READY", "AUTO", None)


def test_a_persons_not_ready_stands_until_a_person_lifts_it(crib: Crib, cabinet: Any) -> None:
    code = crib.tool()
    crib.bind(code).must()
    crib.stencil(code, "NOT_READY", "leader", ago=3000).must()
    crib.stencil(code, "READY", cabinet, ago=2000).must()
    assert seen(crib) == ("NOT_READY", "AUTO", "NOT_READY")
    crib.stencil(code, "READY", ago=1000).must()
    assert seen(crib) == ("READY", "MANUAL", None)
    crib.stencil(code, "NOT_READY", cabinet).must()  # the worse one wins at once
    assert seen(crib) == ("NOT_READY", "AUTO", None)


def test_while_people_speak_for_a_system_its_pushes_wait_and_the_newest_counts_afterwards(
    crib: Crib, cabinet: Any, plant: Plant
) -> None:
    code = crib.tool()
    crib.bind(code).must()
    crib.mode("STENCIL", "MANUAL", "leader", lineCode=LINE).must()
    crib.stencil(code, "READY", "leader", ago=3000).must()
    for status, ago in (("MAINTENANCE", 4000), ("READY", 2000), ("NOT_READY", 1000)):
        held = crib.stencil(code, status, cabinet, ago=ago).must()
        assert (held["effective"], held["heldReason"]) == (False, "SYSTEM_MODE_MANUAL")
    assert seen(crib) == ("READY", "MANUAL", None)
    assert (
        next(s for s in crib.quality.get("/api/integration/status").must()["systems"] if s["system"] == "STENCIL")[
            "held"
        ]
        == 3
    )
    back = crib.mode("STENCIL", "AUTO", "leader", lineCode=LINE).must()
    assert (back["held"], back["takenOver"], back["history"]) == (3, 1, 2)
    assert seen(crib) == ("NOT_READY", "AUTO", None)
    entry = plant.audit(action="INTEGRATION_MODE_SET")[0]
    assert (entry["entityDisplay"], entry["lineCode"]) == ("STENCIL", LINE)


def test_a_held_record_older_than_what_a_person_entered_stays_history(crib: Crib, cabinet: Any) -> None:
    code = crib.tool()
    crib.bind(code).must()
    crib.mode("STENCIL", "MANUAL").must()
    crib.stencil(code, "NOT_READY", cabinet, ago=5000).must()
    crib.stencil(code, "READY", ago=1000).must()
    assert crib.mode("STENCIL", "AUTO").must()["takenOver"] == 0
    assert seen(crib) == ("READY", "MANUAL", None)


@pytest.mark.one_engine
def test_a_mode_is_switched_by_who_may_for_a_line_of_theirs(crib: Crib) -> None:
    assert crib.mode("TPM", "MANUAL", "leader").code == "FORBIDDEN"  # the plant is not a line of theirs
    assert crib.mode("TPM", "MANUAL", "leader", lineCode="LINE-FAR").code == "FORBIDDEN"
    crib.mode("TPM", "MANUAL", "leader", lineCode=LINE).must()
    refused = crib.mode("TPM", "MANUAL", "leader", lineCode=LINE)
    assert (refused.status, refused.code) == (409, "MODE_UNCHANGED")
    assert crib.mode("TPM", "AUTO", "admin").code == "MODE_UNCHANGED"
    assert crib.mode("ERP", "MANUAL", lineCode=LINE).field_paths == ["lineCode"]
    assert crib.mode("NONE", "MANUAL").status == 404
    assert crib.mode("WMS", "MANUAL", until=clock.to_wire(clock.now_ms() + 80 * HOUR)).field_paths == ["until"]
    assert crib.mode("WMS", "MANUAL", lineCode="NONE").code == "LINE_NOT_FOUND"


def test_a_mode_with_an_end_comes_back_by_itself_on_one_node_only(crib: Crib, cabinet: Any, plant: Plant) -> None:
    code = crib.tool()
    crib.bind(code).must()
    crib.mode("STENCIL", "MANUAL", until=clock.to_wire(clock.now_ms() + HOUR)).must()
    crib.stencil(code, "NOT_READY", cabinet).must()
    plant.sql(update(system_modes).values(until=clock.now_ms() - 1))
    assert plant.store.write_now(TEST, sweep_modes) == {"back": 1, "reminded": 0}
    assert plant.store.write_now(TEST, sweep_modes) == {"back": 0, "reminded": 0}
    assert seen(crib) == ("NOT_READY", "AUTO", None)


def test_a_mode_without_an_end_is_reminded_of_every_eight_hours(crib: Crib, plant: Plant) -> None:
    crib.mode("STENCIL", "MANUAL").must()
    assert plant.store.write_now(TEST, sweep_modes)["reminded"] == 0
    plant.sql(update(system_modes).values(set_at=clock.now_ms() - 9 * HOUR))
    assert [plant.store.write_now(TEST, sweep_modes)["reminded"] for _ in range(2)] == [1, 0]


# Stencils and paste


def test_an_unknown_stencil_is_put_into_the_register_and_said_so(crib: Crib) -> None:
    answer = crib.stencil("S-NEW", tensionValue=29.5, lastCleanedAt="2026-11-25T08:00:00Z").must()
    assert [warning["code"] for warning in answer["warnings"]] == ["TOOL_CREATED", "TENSION_LOW"]
    tool = crib.tool_now("S-NEW")
    assert (tool["kind"], tool["status"], tool["minTension"], tool["lastCleanedAt"]) == (
        "STENCIL",
        "ACTIVE",
        30.0,
        "2026-11-25T08:00:00.000Z",
    )


@pytest.mark.one_engine
def test_a_stencil_state_names_a_stencil_and_a_cleaning_before_it(crib: Crib) -> None:
    assert crib.stencil(crib.tool(kind="SQUEEGEE")).code == "TOOL_KIND_MISMATCH"
    assert crib.stencil(crib.tool(), lastCleanedAt=clock.to_wire(clock.now_ms() + HOUR)).field_paths == [
        "lastCleanedAt"
    ]


def test_a_stencil_in_repair_is_not_set_ready_by_hand(crib: Crib, cabinet: Any) -> None:
    code = crib.tool()
    body = {"entityType": "STENCIL", "entityId": code, "maintenanceType": "CLEANING", "description": "Ultrasonic bath"}
    record = crib.engineer.post("/api/maintenance-records", body).must()
    refused = crib.stencil(code)
    assert (refused.status, refused.code, refused.details["recordNo"]) == (
        409,
        "ENTITY_IN_MAINTENANCE",
        record["recordNo"],
    )
    crib.stencil(code, "NOT_READY").must()
    crib.stencil(code, "READY", cabinet).must()  # the cabinet is not a person


@query("readiness:view")
def expiry(tx: Tx, lot: str) -> int | None:
    found = find_paste(tx, lot)
    assert found is not None
    return paste_expires_at(tx, found)


def test_paste_that_has_expired_is_taken_as_said_with_a_warning(crib: Crib, plant: Plant) -> None:
    past = clock.to_wire(clock.now_ms() - HOUR)
    answer = crib.paste("SP-1", who=plant.token("integration:push", system="WMS"), expiresAt=past).must()
    assert (answer["status"], [warning["code"] for warning in answer["warnings"]]) == ("COMPLIANT", ["PASTE_EXPIRED"])
    assert clock.to_wire(crib.store.read_now(TEST, expiry, "SP-1")) == past
    refused = crib.paste("SP-1", thawedAt="2026-11-26T08:00:00Z", stirredAt="2026-11-26T07:00:00Z")
    assert (refused.status, refused.field_paths) == (422, ["stirredAt"])


# Equipment, and the guard at the station (spec 05.10)


def guarded(crib: Crib) -> tuple[str, str]:
    run = crib.printing(plan=2)
    return run, crib.units_of(run)[0]


def test_a_machine_that_is_not_normal_lets_no_board_in_until_it_is(crib: Crib, plant: Plant) -> None:
    _, sn = guarded(crib)
    tpm = plant.token("integration:push", system="TPM")
    created = crib.machine(STATIONS[0], "DOWN", tpm, ago=1000).must()
    assert [warning["code"] for warning in created["warnings"]] == ["EQUIPMENT_CREATED"]
    refused = crib.come_in(sn)
    assert (refused.status, refused.code, refused.details["status"]) == (409, "TPM_EQUIPMENT_UNAVAILABLE", "DOWN")
    crib.machine(STATIONS[0], "NORMAL", tpm).must()
    assert "EQUIPMENT_STATUS_UNKNOWN" not in [warning["code"] for warning in crib.come_in(sn).must()["warnings"]]


def test_a_station_whose_machine_nobody_knows_is_let_pass_with_a_warning_a_bench_without(crib: Crib) -> None:
    _, sn = guarded(crib)
    assert [warning["code"] for warning in crib.come_in(sn).must()["warnings"]] == ["EQUIPMENT_STATUS_UNKNOWN"]
    bench = crib.engineer.patch(f"/api/stations/{STATIONS[1]}", {"isManualBench": True}).must()
    assert bench["isManualBench"]
    crib.go_out(sn).must()
    assert crib.come_in(sn, STATIONS[1]).must()["warnings"] == []


def test_a_machine_that_the_station_names_counts_too(crib: Crib) -> None:
    _, sn = guarded(crib)
    crib.engineer.patch(f"/api/stations/{STATIONS[0]}", {"equipmentCodes": ["PRINTER-7"]}).must()
    crib.machine("PRINTER-7", "REPAIR").must()
    refused = crib.come_in(sn)
    assert (refused.code, refused.details["equipmentCode"]) == ("TPM_EQUIPMENT_UNAVAILABLE", "PRINTER-7")


def test_a_task_of_the_tpm_that_is_under_way_stops_the_station_unless_people_speak_for_the_tpm(
    crib: Crib, plant: Plant
) -> None:
    _, sn = guarded(crib)
    crib.machine(STATIONS[0]).must()
    machine = crib.store.read_now(TEST, machines, STATIONS[0])[0]
    plant.sql(equipment_tasks.insert().values(
        id=1, equipment_id=machine, task_no="T-1", type="ROUTINE", status="IN_PROGRESS", confirmed_at=clock.now_ms()
    ))  # fmt: skip
    refused = crib.come_in(sn)
    assert (refused.code, refused.details["taskNo"]) == ("TPM_MAINTENANCE_IN_PROGRESS", "T-1")
    crib.mode("TPM", "MANUAL", lineCode=LINE).must()
    crib.come_in(sn).must()


@query("readiness:view")
def machines(tx: Tx, station: str) -> list[int]:
    return [machine.id for machine in machines_of(tx, the_station(tx, station))]


def test_with_the_tpm_away_only_what_people_say_counts(crib: Crib, plant: Plant) -> None:
    _, sn = guarded(crib)
    crib.machine(STATIONS[0], "DOWN", plant.token("integration:push", system="TPM"), ago=1000).must()
    crib.mode("TPM", "MANUAL", "leader", lineCode=LINE).must()
    assert [w["code"] for w in crib.come_in(sn).must()["warnings"]] == ["EQUIPMENT_STATUS_UNKNOWN"]
    crib.go_out(sn).must()
    crib.machine(STATIONS[1], "OFFLINE", "leader").must()
    assert crib.come_in(sn, STATIONS[1]).code == "TPM_EQUIPMENT_UNAVAILABLE"


def test_a_repair_takes_a_machine_out_of_use_while_it_is_under_way(crib: Crib) -> None:
    run, sn = guarded(crib)
    crib.machine(STATIONS[0]).must()
    body = {
        "entityType": "EQUIPMENT",
        "entityId": STATIONS[0],
        "maintenanceType": "REPAIR",
        "description": "A belt slipped",
    }
    record = crib.engineer.post("/api/maintenance-records", body).must()
    assert record["lineCode"] == LINE
    crib.come_in(sn).must()  # only reported: a machine goes on
    crib.go_out(sn).must()
    crib.engineer.post(f"/api/maintenance-records/{record['id']}/start").must()
    refused = crib.come_in(crib.units_of(run)[1])
    assert (refused.status, refused.code, refused.details["recordNo"]) == (
        409,
        "EQUIPMENT_IN_MAINTENANCE",
        record["recordNo"],
    )


@pytest.mark.one_engine
def test_a_leader_says_nothing_of_the_machines_of_other_lines(crib: Crib) -> None:
    assert crib.machine("ST-FAR-01", "DOWN", "leader").code == "FORBIDDEN"
    answer = crib.machine("NOWHERE-1", "DOWN", "leader").must()
    assert [warning["code"] for warning in answer["warnings"]] == ["EQUIPMENT_NO_STATION", "EQUIPMENT_CREATED"]


@pytest.mark.one_engine
def test_the_status_of_the_systems_tells_who_spoke_last_and_what_was_refused(
    crib: Crib, plant: Plant, cabinet: Any
) -> None:
    crib.stencil(crib.tool(), who=cabinet).must()
    crib.stencil(crib.tool(), who=cabinet, source="MANUAL")
    stencil = next(s for s in crib.quality.get("/api/integration/status").must()["systems"] if s["system"] == "STENCIL")
    assert (stencil["health"], stencil["mode"], stencil["received24h"], stencil["rejected24h"]) == (
        "ONLINE",
        "AUTO",
        2,
        1,
    )
    assert (stencil["lastError"], stencil["medianSkewSeconds"] is not None) == ("SOURCE_NOT_ALLOWED", True)
    from fiducial.connect.tables import messages

    for minutes, health in ((31, "STALE"), (91, "OFFLINE")):
        plant.sql(update(messages).values(received_at=clock.now_ms() - minutes * MINUTE))
        stencil = next(
            s for s in crib.quality.get("/api/integration/status").must()["systems"] if s["system"] == "STENCIL"
        )
        assert stencil["health"] == health
    assert all(
        s["health"] == "NOT_CONFIGURED"
        for s in crib.quality.get("/api/integration/status").must()["systems"]
        if s["system"] != "STENCIL"
    )
