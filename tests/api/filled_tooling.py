"""The tooling of the filled plant: tools of each kind, a binding, states by hand, a repair, a time rule with its clock."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote

from sqlalchemy import select
from tests.api.plant import LINE, PASSWORD, STATIONS, TEST, Plant

from fiducial.connect.outbound_tables import outbound
from fiducial.kit import clock, ids
from fiducial.kit.acting import action
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs
from fiducial.timers.answers import values_of
from fiducial.timers.tables import clocks as clocks_table
from fiducial.timers.tables import rules

if TYPE_CHECKING:
    from tests.api.filled import Filled


def tools(plant: Plant, there: Filled, say: Callable[[str], str]) -> None:
    """Make one of everything that tooling and time rules keep."""
    engineer, quality, stencil = plant.api.as_("engineer"), plant.api.as_("quality"), say("STENCIL-1")
    tool = {"name": say("A tool")[:64], "lifeLimit": 1000, "countBase": 100}
    engineer.post("/api/tools", {"toolCode": stencil, "kind": "STENCIL", "version": say("V1")[:16], **tool}).must()
    fixtures = [say(f"FIXTURE-{number}") for number in (1, 2, 3, 4)]
    for code in fixtures:
        engineer.post("/api/tools", {"toolCode": code, "kind": "FIXTURE", "fixtureType": "WAVE_JIG", **tool}).must()
    at = f"/api/tools/{quote(fixtures[0], safe='')}"
    found = {
        "calibratedAt": "2026-11-01T08:00:00Z",
        "result": "PASS",
        "certificateNo": say("CERT")[:64],
        "remark": say("Remark"),
    }
    engineer.post(f"{at}/calibrations", found).must()
    engineer.post(f"{at}/replace", {"reason": say("Worn out")}).must()
    station = {"runNo": there.parts["runNo"], "stationCode": STATIONS[0]}
    engineer.post(f"{at}/assign", station).must()
    repair = {
        "entityType": "FIXTURE",
        "entityId": fixtures[1],
        "description": say("A broken spring"),
        "assignedTo": say("Somebody")[:100],
    }
    record = engineer.post("/api/maintenance-records", {**repair, "maintenanceType": "INSPECTION"}).must()
    done = engineer.post("/api/maintenance-records", {**repair, "maintenanceType": "REPAIR", "lineCode": LINE}).must()
    engineer.post(
        f"/api/maintenance-records/{done['id']}/complete",
        {"resolution": say("A new spring"), "partsReplaced": say("Spring")},
    ).must()
    now = clock.to_wire(clock.now_ms())
    said = {"eventTime": now, "source": "MANUAL", "reason": say("The cabinet is away")[:200]}
    quality.post(
        "/api/integration/stencil-status", {**said, "eventId": "S-1", "stencilId": stencil, "status": "READY"}
    ).must()
    quality.post(
        "/api/integration/solder-paste-status",
        {**said, "eventId": "P-1", "lotId": say("PASTE-1"), "status": "COMPLIANT"},
    ).must()
    quality.post(
        "/api/integration/equipment-status",
        {**said, "eventId": "E-1", "equipmentCode": STATIONS[1], "status": "NORMAL"},
    ).must()
    quality.post(f"/api/integration/lines/{LINE}/stencil/bind", {"stencilId": stencil}).must()
    quality.post(f"/api/integration/lines/{LINE}/solder-paste/bind", {"lotId": say("PASTE-1")}).must()
    quality.put(
        "/api/integration/systems/TPM/mode",
        {"mode": "MANUAL", "lineCode": LINE, "reason": say("The TPM is away")[:200]},
    ).must()
    message = plant.api.as_("admin").get("/api/integration/messages").must()["items"][0]
    plant.store.write_now(TEST, queue_message, there.parts["runNo"])
    sent = plant.api.as_("admin").get("/api/integration/outbound/events").must()["items"][0]
    plant.token("integration:push", system="STENCIL").post("/api/integration/stencil-status", {
        "eventId": "S-9", "eventTime": now, "source": "AUTO", "stencilId": fixtures[0], "status": "READY",
    })  # fmt: skip
    refused = plant.api.as_("admin").get("/api/integration/messages", status="REJECTED").must()["items"][0]
    there.parts["outbound/eventId"] = there.parts["integration/eventId"] = sent["eventId"]
    there.spare["refusedMessage"] = refused["id"]
    there.parts["jobId"] = plant.api.as_("admin").post("/api/system/backups").must()["jobId"]
    there.parts["name"] = "fiducial-00000000-20260101T000000Z-0001.tar.zst"
    rule = engineer.post("/api/time-rules", {
        "code": say("RULE-1"), "name": say("A rule")[:100], "description": say("Described"), "ruleType": "CUSTOM", "durationMinutes": 60,
        "startEvent": "TRACK_OUT", "endEvent": "TRACK_IN",
    }).must()  # fmt: skip
    plant.store.write_now(TEST, start_clock, rule["id"], there.parts["runNo"], there.parts["sn"])
    clocks = quality.get("/api/time-rules/instances").must()["items"]
    event = plant.api.as_("admin").get("/api/events").must()["items"][0]
    tests(plant, there, say)
    there.ids |= {"maintenance-records": record["id"], "messages": message["id"], "events": event["id"]}
    there.parts |= {
        "toolCode": fixtures[0], "stencilId": stencil, "lotId": say("PASTE-1"), "time-rules/ruleId": rule["id"], "timeRuleCode": say("RULE-1"),
        "toolKind": "STENCIL", "what": "stencil", "toolForm": "edit", "clockForm": "waive", "entryKind": "stencil",
        "instanceId": clocks[0]["id"],
        "equipmentCode": STATIONS[1], "system": "SPI", "recordNo": record["recordNo"],
    }  # fmt: skip
    engineer.post(f"/api/tools/{quote(fixtures[3], safe='')}/block", {"reason": say("Fell down")}).must()
    there.spare |= {"free": fixtures[2], "blocked": fixtures[3], "done": done["id"]}


def tests(plant: Plant, there: Filled, say: Callable[[str], str]) -> None:
    """Make a draft and an active test program, and the record of a test."""
    engineer = plant.api.as_("engineer")
    program = {
        "kind": "FCT", "name": say("A test"), "productCode": there.parts["materialCode"], "stationCodes": [STATIONS[0]],
        "checksum": say("SUM")[:128], "limits": [{"name": say("R1"), "unit": say("V")[:20], "lower": 1, "upper": 2}],
    }  # fmt: skip
    code = say("PROGRAM-1")
    first, draft = (
        engineer.post("/api/test-programs", {"programCode": code, "version": version, **program}).must()
        for version in ("1.0", "2.0")
    )
    engineer.post(f"/api/test-programs/{first['id']}/activate", {"reason": say("Agreed"), "password": PASSWORD}).must()
    plant.api.as_("operator").post("/api/test-records", {
        "testResultId": "T-1", "sn": there.parts["sn"], "stationCode": STATIONS[0], "programCode": code, "result": "PASS",
        "completedAt": "2026-11-20T08:00:00Z", "operatorId": say("OP-1"), "equipmentId": say("FCT-1"), "toolCode": say("FIXTURE-1"),
        "items": [{"name": say("R1"), "value": say("text")}, {"name": say("C1"), "value": 9, "upper": 1}],
    }).must()  # fmt: skip
    record = plant.api.as_("quality").get("/api/test-records").must()["items"][0]
    there.ids |= {"test-programs": draft["id"], "test-records": record["id"]}
    there.parts |= {"programCode": code, "programForm": "edit"}
    there.spare["activeProgram"] = first["id"]


@action(audit="TEST", entity="OUTBOUND", internal_only=True)
def queue_message(tx: Tx, run_no: str) -> None:
    """A message to the ERP that could not be delivered, of a run that goes on."""
    tx.unrecorded()
    tx.run(outbound.insert().values(
        id=tx.new_id(), message_type="RUN_COMPLETION_V1", target_system="ERP", business_key=run_no, idempotency_key=f"key-{run_no}",
        payload={"run": run_no}, status="DEAD", attempts=3, next_attempt_at=tx.now, last_error=run_no, created_at=tx.now, updated_at=tx.now,
    ))  # fmt: skip


@action(audit="TEST", entity="TIME_RULE", internal_only=True)
def start_clock(tx: Tx, rule_id: str, run_no: str, sn: str) -> None:
    """A clock as the event processor starts it, that nobody made start."""
    tx.unrecorded()
    row = tx.one(select(rules).where(rules.c.id == ids.from_wire(rule_id)))
    run = tx.one(select(runs).where(runs.c.run_no == run_no))
    tx.run(clocks_table.insert().values(
        id=tx.new_id(), rule_id=row.id, definition=values_of(row), rule_type=row.rule_type, definition_code=row.code, run_id=run.id,
        line_id=run.line_id, entity_type="UNIT", entity_id=str(run.id), entity_display=sn, started_at=tx.now,
        expires_at=tx.now + 3_600_000, status="ACTIVE", created_at=tx.now, updated_at=tx.now,
    ))  # fmt: skip
