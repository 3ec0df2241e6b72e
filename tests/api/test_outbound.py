"""What is told to the ERP (spec 08.6), messages applied again (08.3), and who looks whether the systems are there (08.2, 08.7)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import select, update
from tests.api.plant import TEST, Plant
from tests.api.tooling_floor import Crib

from fiducial.connect import ports
from fiducial.connect.outbound import MOST_ATTEMPTS, deliver_due, note_attempt, take_due
from fiducial.connect.outbound_tables import outbound, systems_seen
from fiducial.connect.ports import Sent
from fiducial.connect.tables import messages
from fiducial.connect.watching import watch_systems
from fiducial.kit import clock, ids

EVENTS = "/api/integration/outbound/events"
HOUR = 3_600_000


class Erp:
    """The ERP at the other end: it answers what it was told to, and remembers what it got."""

    def __init__(self) -> None:
        self.answers: list[Sent] = []
        self.got: list[tuple[Mapping[str, Any], str]] = []

    def send(self, payload: Mapping[str, Any], idempotency_key: str) -> Sent:
        self.got.append((payload, idempotency_key))
        return self.answers.pop(0) if self.answers else Sent(200, answer="thanks", taken=True)


@pytest.fixture
def erp() -> Iterator[Erp]:
    there = Erp()
    ports.wire_outbound(feedback=True, sender=there)
    yield there
    ports.wire_outbound(feedback=False, sender=None)


@pytest.fixture
def crib(plant: Plant) -> Crib:
    return Crib(plant)


def ended(crib: Crib, status: str = "COMPLETED") -> str:
    """A run that has ended, without the ERP having been told."""
    run = crib.under_way(plan=2)
    crib.set_units(run, status="DONE")
    crib.set_run(run, status=status, ended_at=clock.now_ms())
    return run


def queued(crib: Crib, **more: Any) -> str:
    """A message that waits, of a run that ended; its id."""
    made = crib.api.as_("admin").post(f"/api/integration/outbound/erp/runs/{ended(crib)}/completion").must()
    if more:
        crib.plant.sql(update(outbound).where(outbound.c.id == ids.from_wire(made["eventId"])).values(**more))
    return str(made["eventId"])


def now(crib: Crib, event: str) -> Any:
    return crib.api.as_("admin").get(f"{EVENTS}/{event}").must()


def due(crib: Crib, event: str) -> None:
    crib.plant.sql(update(outbound).where(outbound.c.id == ids.from_wire(event)).values(next_attempt_at=0))


# Queued


def test_the_end_of_a_run_is_told_in_the_transaction_that_ends_it(crib: Crib, erp: Erp) -> None:
    run = crib.under_way(plan=1)
    crib.set_units(run, status="DONE")
    crib.planner.post(f"/api/runs/{run}/close").must()
    [event] = crib.api.as_("admin").get(EVENTS, businessKey=run).must()["items"]
    assert (event["status"], event["messageType"], event["targetSystem"]) == ("PENDING", "RUN_COMPLETION_V1", "ERP")
    told = now(crib, event["eventId"])["payload"]
    assert told["idempotencyKey"] == f"mes-event:OUTBOUND_FEEDBACK:ERP:RUN_COMPLETION_V1:{run}"
    assert told["data"]["run"]["status"] == "COMPLETED"
    assert told["data"]["stats"] == {"unitStats": {"DONE": 1}, "goodQty": 1, "scrapQty": 0}
    assert set(told["businessKey"]) == {"runNo", "woNo", "productCode", "lineCode"}
    assert deliver_due(crib.store) == {"delivered": 1, "failed": 0}
    assert erp.got[0] == (told, told["idempotencyKey"])
    seen = now(crib, event["eventId"])
    assert (seen["status"], seen["attempts"], [one["httpStatus"] for one in seen["history"]]) == ("DELIVERED", 1, [200])
    sent = crib.api.as_("admin").get("/api/integration/messages", direction="OUT").must()["items"]
    assert [(one["businessKey"], one["status"]) for one in sent] == [(run, "APPLIED")]


def test_nothing_is_told_while_feedback_is_off_and_a_cancelled_run_tells_nothing(crib: Crib, erp: Erp) -> None:
    ports.wire_outbound(feedback=False, sender=erp)
    run = crib.under_way(plan=1)
    crib.set_units(run, status="DONE")
    crib.planner.post(f"/api/runs/{run}/close").must()
    ports.wire_outbound(feedback=True, sender=erp)
    other = crib.run()
    crib.planner.post(f"/api/runs/{other}/cancel", {"reason": "Made by mistake"}).must()
    assert crib.api.as_("admin").get(EVENTS).must()["total"] == 0


def test_a_person_queues_what_ended_and_finds_what_was_queued(crib: Crib, plant: Plant) -> None:
    admin, run = crib.api.as_("admin"), ended(crib)
    at = f"/api/integration/outbound/erp/runs/{run}/completion"
    first, again = admin.post(at).must(), admin.post(at).must()
    assert (first["isDuplicate"], again) == (False, {**first, "isDuplicate": True})
    assert plant.audit(action="OUTBOUND_ERP_RUN_COMPLETION_ENQUEUE")[-1]["entityDisplay"] == run
    assert admin.post("/api/integration/outbound/erp/runs/NONE/completion").code == "RUN_NOT_FOUND"
    assert admin.post(f"/api/integration/outbound/erp/runs/{crib.under_way()}/completion").code == "RUN_NOT_TERMINAL"
    gone = ended(crib, "CANCELLED")
    assert admin.post(f"/api/integration/outbound/erp/runs/{gone}/completion").code == "INVALID_RUN_STATUS"
    assert crib.planner.post(at).code == "FORBIDDEN"


def test_two_who_queue_the_same_run_at_once_queue_one_message(crib: Crib) -> None:
    run = ended(crib)
    asks = [
        (crib.plant.session("admin"), "POST", f"/api/integration/outbound/erp/runs/{run}/completion", None)
        for _ in range(3)
    ]
    answers = [answer.must() for answer in crib.api.at_once(*asks)]
    assert sorted(answer["isDuplicate"] for answer in answers) == [False, True, True]
    assert len({answer["eventId"] for answer in answers}) == 1


# Sent


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (Sent(None, error="ConnectError: refused"), "RETRY_WAIT"), (Sent(503, error="HTTP 503"), "RETRY_WAIT"), (Sent(429), "RETRY_WAIT"),
        (Sent(408), "RETRY_WAIT"), (Sent(400, answer="no such field"), "DEAD"), (Sent(302), "DEAD"), (Sent(204, taken=True), "DELIVERED"),
    ],
)  # fmt: skip
def test_what_the_erp_answers_decides_what_becomes_of_a_message(crib: Crib, erp: Erp, sent: Sent, status: str) -> None:
    event = queued(crib)
    erp.answers = [sent]
    deliver_due(crib.store)
    assert now(crib, event)["status"] == status


def test_a_message_waits_twice_as_long_after_each_failure_and_as_long_as_the_erp_says(crib: Crib, erp: Erp) -> None:
    event, waits = queued(crib), []
    for _ in range(3):
        erp.answers = [Sent(500)]
        before = clock.now_ms()
        deliver_due(crib.store)
        at = crib.rows(select(outbound.c.next_attempt_at))[0].next_attempt_at
        waits.append((at - before) / 1000)
        due(crib, event)
    assert [27 <= waits[0] <= 34, 54 <= waits[1] <= 68, 108 <= waits[2] <= 134] == [True, True, True], waits
    erp.answers = [Sent(429, retry_after=600)]
    deliver_due(crib.store)
    assert crib.rows(select(outbound.c.next_attempt_at))[0].next_attempt_at >= clock.now_ms() + 590_000
    assert deliver_due(crib.store) == {"delivered": 0, "failed": 0}  # it is not its time


def test_after_the_last_attempt_a_message_is_dead_and_people_are_told(crib: Crib, erp: Erp, plant: Plant) -> None:
    event = queued(crib, attempts=MOST_ATTEMPTS - 1)
    erp.answers = [Sent(503, error="HTTP 503")]
    deliver_due(crib.store)
    assert now(crib, event)["status"] == "DEAD"
    plant.settle()
    told = crib.api.as_("admin").get("/api/notifications", type="OUTBOUND_DEAD").must()["items"]
    assert len(told) == 1
    assert "HTTP 503" in told[0]["message"]


def test_two_workers_never_send_one_message(crib: Crib) -> None:
    queued(crib)
    first, second = crib.store.write_now(TEST, take_due), crib.store.write_now(TEST, take_due)
    assert first is not None
    assert second is None


def test_the_work_of_a_worker_that_is_gone_is_taken_up_and_its_late_answer_changes_nothing(
    crib: Crib, erp: Erp
) -> None:
    event = queued(crib)
    lost = crib.store.write_now(TEST, take_due)
    assert now(crib, event)["status"] == "SENDING"
    crib.plant.sql(update(outbound).values(leased_until=1))
    assert deliver_due(crib.store)["delivered"] == 1
    assert crib.store.write_now(TEST, note_attempt, lost["id"], lost["attempts"], Sent(500), 5) == "DELIVERED"
    assert (now(crib, event)["status"], len(now(crib, event)["history"])) == ("DELIVERED", 2)


# Decided


def test_a_dead_message_is_tried_again_with_all_its_attempts(crib: Crib, erp: Erp, plant: Plant) -> None:
    event = queued(crib)
    erp.answers = [Sent(400, answer="wrong")]
    deliver_due(crib.store)
    admin = crib.api.as_("admin")
    back = admin.post(f"{EVENTS}/{event}/retry").must()
    assert (back["status"], back["attempts"]) == ("PENDING", 0)
    assert admin.post(f"{EVENTS}/{event}/retry").code == "EVENT_NOT_DEAD"
    deliver_due(crib.store)
    assert [one["httpStatus"] for one in now(crib, event)["history"]] == [400, 200]  # what was tried stays
    assert admin.post(f"{EVENTS}/{event}/retry").code == "OUTBOUND_ALREADY_DELIVERED"
    assert admin.post(f"{EVENTS}/{event}/cancel", {"reason": "Too late"}).code == "OUTBOUND_ALREADY_DELIVERED"
    assert plant.audit(action="OUTBOUND_RETRY", outcome="SUCCESS")[0]["entityType"] == "OUTBOUND"


def test_a_message_is_given_up_with_a_reason_and_is_not_sent(crib: Crib, erp: Erp, plant: Plant) -> None:
    event, admin = queued(crib), crib.api.as_("admin")
    assert admin.post(f"{EVENTS}/{event}/cancel", {}).status == 422
    given_up = admin.post(f"{EVENTS}/{event}/cancel", {"reason": "Told by telephone"}).must()
    assert (given_up["status"], given_up["cancelReason"]) == ("CANCELLED", "Told by telephone")
    assert deliver_due(crib.store) == {"delivered": 0, "failed": 0}
    assert admin.post(f"{EVENTS}/{event}/cancel", {"reason": "Once more"}).code == "EVENT_NOT_DEAD"
    assert plant.audit(action="OUTBOUND_CANCEL", outcome="SUCCESS")[0]["reason"] == "Told by telephone"


def test_one_that_is_being_sent_is_neither_retried_nor_given_up(crib: Crib) -> None:
    event, admin = queued(crib), crib.api.as_("admin")
    crib.store.write_now(TEST, take_due)
    assert admin.post(f"{EVENTS}/{event}/retry").code == "EVENT_NOT_DEAD"
    assert admin.post(f"{EVENTS}/{event}/cancel", {"reason": "Stop it"}).code == "EVENT_NOT_DEAD"
    assert admin.post(f"{EVENTS}/none/retry").code == "OUTBOUND_EVENT_NOT_FOUND"
    assert crib.planner.get(EVENTS).code == "FORBIDDEN"


def test_of_two_who_retry_at_once_one_wins(crib: Crib, erp: Erp) -> None:
    event = queued(crib)
    erp.answers = [Sent(400)]
    deliver_due(crib.store)
    asks = [(crib.plant.session("admin"), "POST", f"{EVENTS}/{event}/retry", None) for _ in range(2)]
    assert sorted(str(answer.code) for answer in crib.api.at_once(*asks)) == ["EVENT_NOT_DEAD", "None"]


def test_the_status_page_counts_what_waits(crib: Crib, erp: Erp) -> None:
    queued(crib)
    erp.answers = [Sent(500)]
    deliver_due(crib.store)
    queued(crib)
    standing = crib.api.as_("admin").get("/api/integration/status").must()["outbound"]
    assert (standing["enabled"], standing["pending"], standing["retryWait"], standing["dead"]) == (True, 1, 1, 0)
    assert standing["oldestPendingAt"] is not None
    for page in ("/integration", "/integration/messages", "/integration/messages?tab=out"):
        assert crib.api.as_("admin").get(page).status == 200


# Applied again


def test_a_refused_push_is_applied_again_in_its_senders_name_once_the_plant_is_right(crib: Crib, plant: Plant) -> None:
    machine, admin = plant.token("integration:push", system="STENCIL"), crib.api.as_("admin")
    crib.tool("FIX-1", kind="FIXTURE")
    crib.plant.sql(update(crib_tools()).where(crib_tools().c.code == "FIX-1").values(kind="SQUEEGEE"))
    assert crib.stencil("FIX-1", who=machine).code == "TOOL_KIND_MISMATCH"
    [message] = admin.get("/api/integration/messages", status="REJECTED").must()["items"]
    at = f"/api/integration/messages/{message['id']}/replay"
    refused = admin.post(at)
    assert refused.code == "TOOL_KIND_MISMATCH"  # nothing was mended
    crib.plant.sql(update(crib_tools()).where(crib_tools().c.code == "FIX-1").values(kind="STENCIL"))
    done = admin.post(at).must()
    assert (done["status"], done["errorCode"], done["replayedByName"]) == ("APPLIED", None, "系统管理员")
    [state] = admin.get("/api/integration/stencil-status", stencilId="FIX-1").must()["items"]
    assert (state["source"], state["effective"]) == ("AUTO", True)
    assert admin.post(at).code == "MESSAGE_ALREADY_APPLIED"
    entry = plant.audit(action="INTEGRATION_REPLAY", outcome="SUCCESS")[0]
    assert (entry["actorName"], entry["entityDisplay"]) == ("系统管理员", message["id"])
    assert admin.post("/api/integration/messages/none/replay").code == "MESSAGE_NOT_FOUND"
    assert crib.planner.post(at).code == "FORBIDDEN"


def test_a_refused_work_order_is_in_the_log_and_is_applied_again(crib: Crib, plant: Plant) -> None:
    machine, admin = plant.token("wo:receive", system="ERP"), crib.api.as_("admin")
    body = {"woNo": "WO-LATE", "productCode": "P-1", "plannedQty": 5, "routingCode": "R-LATE"}
    assert machine.post("/api/integration/work-orders", body).code == "ROUTE_NOT_FOUND"
    [message] = admin.get("/api/integration/messages", system="ERP", status="REJECTED").must()["items"]
    crib.route("R-LATE")
    assert admin.post(f"/api/integration/messages/{message['id']}/replay").must()["status"] == "APPLIED"
    assert crib.order_now("WO-LATE")["workOrder"]["status"] == "RECEIVED"


def test_what_was_sent_is_not_replayed(crib: Crib, erp: Erp) -> None:
    queued(crib)
    deliver_due(crib.store)
    admin = crib.api.as_("admin")
    [message] = admin.get("/api/integration/messages", direction="OUT").must()["items"]
    assert admin.post(f"/api/integration/messages/{message['id']}/replay").code == "MESSAGE_NOT_FOUND"


def crib_tools() -> Any:
    from fiducial.tooling.tables import tools

    return tools


# Watched


def test_a_system_that_falls_silent_is_told_once_and_its_return_too(crib: Crib, plant: Plant) -> None:
    machine = plant.token("integration:push", system="STENCIL")
    watch = lambda: crib.store.write_now(TEST, watch_systems)["health"]  # noqa: E731 - asked five times
    watch()
    crib.tool("ST-1")
    crib.stencil("ST-1", who=machine).must()
    assert watch() == 1  # it speaks for the first time
    assert watch() == 0
    plant.sql(update(messages).where(messages.c.system == "STENCIL").values(received_at=clock.now_ms() - 3 * HOUR))
    assert watch() == 1
    plant.settle()
    told = crib.engineer.get("/api/notifications", type="SYSTEM_HEALTH_CHANGED").must()["items"]
    assert [one["data"]["health"] for one in told] == ["OFFLINE", "ONLINE"]
    crib.stencil("ST-1", who=machine).must()
    assert watch() == 1


def test_machines_are_not_missed_while_nothing_is_made(crib: Crib, plant: Plant) -> None:
    machine = plant.token("integration:push", system="AOI")
    crib.tool("ST-2")
    assert crib.stencil("ST-2", who=machine).code == "TOKEN_SYSTEM_MISMATCH"
    plant.sql(update(messages).values(system="AOI", status="APPLIED", received_at=clock.now_ms() - 9 * HOUR))

    def health() -> dict[str, str]:
        return {
            one["system"]: one["health"]
            for one in crib.api.as_("admin").get("/api/integration/status").must()["systems"]
        }

    assert health()["AOI"] == "ONLINE"
    crib.under_way()
    assert health()["AOI"] == "OFFLINE"


def test_a_clock_that_goes_wrong_is_told_once_a_day(crib: Crib, plant: Plant) -> None:
    machine = plant.token("integration:push", system="STENCIL")
    crib.store.write_now(TEST, watch_systems)
    crib.tool("ST-3")
    for _ in range(10):
        crib.stencil("ST-3", who=machine, ago=200_000).must()
    skew = lambda: crib.store.write_now(TEST, watch_systems)["clocks"]  # noqa: E731
    assert [skew(), skew()] == [1, 0]
    plant.settle()
    [told] = crib.engineer.get("/api/notifications", type="CLOCK_SKEW").must()["items"]
    assert told["data"]["system"] == "STENCIL"
    assert 199 <= told["data"]["seconds"] <= 215
    plant.sql(update(systems_seen).values(skew_told_at=clock.now_ms() - 25 * HOUR))
    assert skew() == 1
