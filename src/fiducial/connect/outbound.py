"""Feedback to the ERP (spec 08.6): queued in the transaction that ends a run, sent beside the lane, tried again until it is taken."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

import structlog
from sqlalchemy import func, insert, select
from typing_extensions import TypedDict

from fiducial.connect import ports
from fiducial.connect import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.connect.outbound_states import (
    DELIVERED,
    MAY_CANCEL,
    MAY_RETRY,
    OUTBOUND,
    PENDING,
    RETRY_WAIT,
    SENDING,
)
from fiducial.connect.outbound_tables import attempts, outbound
from fiducial.connect.tables import messages
from fiducial.kit import clock, ids
from fiducial.kit.acting import Caller, action, query
from fiducial.kit.http.shapes import Body, Reason
from fiducial.kit.refusals import Refused
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import must_reach_run, order_of_run, run_to_change
from fiducial.orders.states import CANCELLED, RUN
from fiducial.orders.tables import runs, units
from fiducial.plant.lookup import line_of_id
from fiducial.routing.frozen import frozen_route

ERP, RUN_COMPLETION = "ERP", "RUN_COMPLETION_V1"
LEASE_MS, FIRST_WAIT_MS, LONGEST_WAIT_MS, MOST_ATTEMPTS, JITTER = 60_000, 30_000, 3_600_000, 50, 0.1
WAITS_FOR = frozenset({408, 425, 429})  # and 5xx: the other side may take it later
MOST_A_TURN = 50
TOLD_AT_ATTEMPT = 3  # SYNC_FAILED: three failures in a row (spec 08.4.4)
ME = Caller(internal="outbound", language="zh-CN")
log = structlog.get_logger("fiducial.outbound")


class Queued(TypedDict):
    """What was queued, now or before."""

    eventId: str
    idempotencyKey: str
    isDuplicate: bool


class GiveUp(Body):
    """Why a message is given up."""

    reason: Reason


# Queued


class TellErp:
    """The end of a run is told to the ERP, in the transaction that ends it (the port of orders)."""

    def ended(self, tx: Tx, run: Any, status: str) -> None:
        """Queue the message of a run that was completed, closed for rework or scrapped; a cancelled one tells nothing."""
        if ports.feedback_is_on() and status != CANCELLED:
            _queue(tx, tx.one(select(runs).where(runs.c.id == run.id)))


@action("system:integration", audit="OUTBOUND_ERP_RUN_COMPLETION_ENQUEUE", entity="OUTBOUND", key="run_no")
def enqueue_completion(tx: Tx, run_no: str) -> Queued:
    """Queue the message of a run that has ended, by hand. One that is there is given with `isDuplicate`.

    Refuses RUN_NOT_FOUND, FORBIDDEN, INVALID_RUN_STATUS for a cancelled run, RUN_NOT_TERMINAL.
    """
    run = run_to_change(tx, run_no)
    must_reach_run(tx, run, "system:integration")
    if run.status == CANCELLED:
        raise Refused("INVALID_RUN_STATUS", runNo=run_no, status=run.status)
    if run.status not in RUN.terminal:
        raise Refused("RUN_NOT_TERMINAL", runNo=run_no, status=run.status)
    return _queue(tx, run)


def _queue(tx: Tx, run: Any) -> Queued:
    key = f"mes-event:OUTBOUND_FEEDBACK:{ERP}:{RUN_COMPLETION}:{run.run_no}"
    made = tx.insert_once(
        outbound, id=tx.new_id(), message_type=RUN_COMPLETION, target_system=ERP, business_key=run.run_no, idempotency_key=key,
        payload=_payload(tx, run, key), status=PENDING, attempts=0, next_attempt_at=tx.now, created_at=tx.now, updated_at=tx.now,
    )  # fmt: skip
    there = tx.one(select(outbound.c.id).where(outbound.c.idempotency_key == key))
    if made:
        tx.record(
            run.run_no,
            action="OUTBOUND_ERP_RUN_COMPLETION_ENQUEUE",
            entity="OUTBOUND",
            key=there.id,
            idempotencyKey=key,
        )
    return {"eventId": ids.to_wire(there.id), "idempotencyKey": key, "isDuplicate": not made}


def _payload(tx: Tx, run: Any, key: str) -> dict[str, Any]:
    """Give the message as it stands in spec 08.6; it never changes after this."""
    order, line, frozen = order_of_run(tx, run), line_of_id(tx, run.line_id), frozen_route(tx, run.version_id)
    counted = select(units.c.status, func.count().label("qty")).where(units.c.run_id == run.id).group_by(units.c.status)
    of_units = {row.status: int(row.qty) for row in tx.all(counted)}
    route = frozen.snapshot["route"]
    return {
        "schemaVersion": 1, "idempotencyKey": key, "targetSystem": ERP, "messageType": RUN_COMPLETION, "occurredAt": clock.to_wire(tx.now),
        "businessKey": {
            "runNo": run.run_no, "woNo": order.wo_no, "productCode": order.product_code, "lineCode": line.code if line else None
        },
        "data": {
            "run": {
                "runNo": run.run_no, "status": run.status, "planQty": run.plan_qty, "startedAt": clock.to_wire(run.started_at),
                "endedAt": clock.to_wire(run.ended_at),
            },
            "route": {
                "code": route["code"], "sourceSystem": route["sourceSystem"], "sourceKey": route.get("sourceKey"),
                "routeVersionId": ids.to_wire(frozen.id), "routeVersionNo": frozen.version_no,
                "routeVersionCompiledAt": clock.to_wire(frozen.compiled_at),
            },
            "stats": {"unitStats": of_units, "goodQty": of_units.get("DONE", 0), "scrapQty": of_units.get("SCRAPPED", 0)},
        },
    }  # fmt: skip


# Sent


def deliver_due(store: Store) -> dict[str, int]:
    """Send what is due, one after the other, beside the lane; give how many were delivered and how many were not."""
    sender, done = ports.sender(), {"delivered": 0, "failed": 0}
    if sender is None:
        return done
    for _ in range(MOST_A_TURN):
        if not store.read_now(ME, any_due):
            break
        taken = store.write_now(ME, take_due)
        if taken is None:
            break
        began = clock.now_ms()
        sent = sender.send(taken["payload"], taken["idempotency_key"])
        kept = store.write_now(ME, note_attempt, taken["id"], taken["attempts"], sent, clock.now_ms() - began)
        done["delivered" if kept == DELIVERED else "failed"] += 1
    return done


_waits = outbound.c.status.in_((PENDING, RETRY_WAIT))


@query("system:integration")
def any_due(tx: Tx) -> bool:
    """Tell whether a message waits to be sent, or lies with a worker that is gone: asked by reading, so that an idle plant writes nothing."""
    due = select(outbound.c.id).where(_waits, outbound.c.next_attempt_at <= tx.now)
    lost = select(outbound.c.id).where(outbound.c.status == SENDING, outbound.c.leased_until <= tx.now)
    return tx.first(due.union_all(lost).limit(1)) is not None


@action(audit="OUTBOUND_SEND", entity="OUTBOUND", internal_only=True)
def take_due(tx: Tx) -> dict[str, Any] | None:
    """Take the oldest message that is due, for 60 s; None when there is none. What lies with a worker that is gone waits again."""
    tx.unrecorded()
    lost = (
        select(outbound.c.id)
        .where(outbound.c.status == SENDING, outbound.c.leased_until <= tx.now)
        .with_for_update(skip_locked=True)
    )
    for gone in tx.all(lost.limit(MOST_A_TURN)):
        OUTBOUND.move(
            tx, "give_back", outbound.c.id == gone.id, key=gone.id, display="", next_attempt_at=tx.now, leased_until=None,
            last_error="its worker was gone", updated_at=tx.now,
        )  # fmt: skip
    due = (
        select(outbound).where(_waits, outbound.c.next_attempt_at <= tx.now).order_by(outbound.c.id).limit(1)
        .with_for_update(skip_locked=True)
    )  # fmt: skip
    row = tx.first(due)
    if row is None:
        return None
    OUTBOUND.move(
        tx, "take", outbound.c.id == row.id, key=row.id, display="", leased_until=tx.now + LEASE_MS, attempts=row.attempts + 1,
        updated_at=tx.now,
    )  # fmt: skip
    return {"id": row.id, "payload": row.payload, "idempotency_key": row.idempotency_key, "attempts": row.attempts + 1}


@action(audit="OUTBOUND_SEND", entity="OUTBOUND", internal_only=True)
def note_attempt(tx: Tx, event_id: int, attempt: int, sent: ports.Sent, duration_ms: int) -> str:
    """Keep what came of an attempt and give the message's state then; a worker whose lease was taken over changes nothing but that."""
    tx.unrecorded()
    row = tx.one(select(outbound).where(outbound.c.id == event_id).with_for_update())
    tx.run(
        insert(attempts).values(
            id=tx.new_id(), event_id=event_id, at=tx.now, http_status=sent.http_status, answer=sent.answer or None, error=sent.error or None,
            duration_ms=duration_ms,
        )
    )  # fmt: skip
    _log(tx, row, sent)
    if row.status != SENDING or row.attempts != attempt:
        return str(row.status)
    name, more = _next(tx, attempt, sent)
    payload = {
        "target": row.target_system,
        "what": f"{row.business_key}: {sent.error}"[:300],
        "id": ids.to_wire(row.id),
    }
    OUTBOUND.move(
        tx, name, outbound.c.id == row.id, key=row.id, display=row.business_key, payload=payload if name == "die" else None,
        last_http_status=sent.http_status, last_error=sent.error or None, leased_until=None, updated_at=tx.now, **more,
    )  # fmt: skip
    if name == "wait" and attempt == TOLD_AT_ATTEMPT and not _others_fail_too(tx, row):
        tx.emit("SYNC_FAILED", None, system=row.target_system, entity=row.message_type)
    return OUTBOUND[name].target


def _others_fail_too(tx: Tx, row: Any) -> bool:
    """Tell whether another message to the same system has failed as often and still waits: people were told then."""
    waits = (outbound.c.status.in_((RETRY_WAIT, SENDING)), outbound.c.attempts >= TOLD_AT_ATTEMPT)
    same = (outbound.c.target_system == row.target_system, outbound.c.id != row.id)
    return tx.first(select(outbound.c.id).where(*waits, *same).limit(1)) is not None


def _next(tx: Tx, attempt: int, sent: ports.Sent) -> tuple[str, Mapping[str, Any]]:
    """Give the move that follows an attempt: delivered, to be tried again later, or dead."""
    if sent.taken:
        return "deliver", {"delivered_at": tx.now}
    later = sent.http_status is None or sent.http_status in WAITS_FOR or sent.http_status >= 500
    if not later or attempt >= MOST_ATTEMPTS:
        return "die", {}
    wait = min(FIRST_WAIT_MS << min(attempt - 1, 20), LONGEST_WAIT_MS)
    wait += int(wait * random.uniform(-JITTER, JITTER))  # noqa: S311 - so that many do not come back at once
    if sent.retry_after is not None:
        wait = max(wait, sent.retry_after * 1000)
    return "wait", {"next_attempt_at": tx.now + wait}


def _log(tx: Tx, row: Any, sent: ports.Sent) -> None:
    tx.run(
        insert(messages).values(
            id=tx.new_id(), direction="OUT", system=row.target_system, entity_type=row.message_type, business_key=row.business_key,
            dedupe_key=row.idempotency_key, status="APPLIED" if sent.taken else "FAILED", error_details=None,
            error_code=None if sent.taken else (sent.error or "FAILED")[:100], actor_kind="SYSTEM", received_at=tx.now,
        )
    )  # fmt: skip


# Decided by a person


def find_outbound(tx: Tx, event_id: str) -> Any:
    """Give a message by its id, locked when it may be changed. Refuses OUTBOUND_EVENT_NOT_FOUND."""
    key, wanted = ids.from_wire(event_id), select(outbound)
    row = None if key is None else tx.first(
        (wanted.with_for_update() if tx.chain is not None else wanted).where(outbound.c.id == key)
    )  # fmt: skip
    if row is None:
        raise Refused("OUTBOUND_EVENT_NOT_FOUND", eventId=event_id)
    return row


def _must_be_in(row: Any, states: tuple[str, ...]) -> None:
    if row.status == DELIVERED:
        raise Refused(
            "OUTBOUND_ALREADY_DELIVERED", businessKey=row.business_key, deliveredAt=clock.to_wire(row.delivered_at)
        )
    if row.status not in states:
        raise Refused("EVENT_NOT_DEAD", eventId=ids.to_wire(row.id), status=row.status)


@action("system:integration", audit="OUTBOUND_RETRY", entity="OUTBOUND", key="event_id")
def retry_outbound(tx: Tx, event_id: str) -> dict[str, Any]:
    """Let a dead or waiting message be sent now, with all its attempts; what was tried stays readable.

    Refuses OUTBOUND_EVENT_NOT_FOUND, OUTBOUND_ALREADY_DELIVERED, EVENT_NOT_DEAD for one that is being sent, waits for its first
    attempt or was given up.
    """
    row = find_outbound(tx, event_id)
    _must_be_in(row, MAY_RETRY)
    OUTBOUND.move(
        tx, "retry", outbound.c.id == row.id, key=row.id, display=row.business_key, seen=row.status, attempts=0, next_attempt_at=tx.now,
        last_error=None, updated_at=tx.now,
    )  # fmt: skip
    return outbound_now(tx, row.id)


@action("system:integration", audit="OUTBOUND_CANCEL", entity="OUTBOUND", key="event_id")
def cancel_outbound(tx: Tx, event_id: str, body: GiveUp) -> dict[str, Any]:
    """Give a message up. Refuses OUTBOUND_EVENT_NOT_FOUND, OUTBOUND_ALREADY_DELIVERED, EVENT_NOT_DEAD for one that is being sent or was given up."""
    row = find_outbound(tx, event_id)
    _must_be_in(row, MAY_CANCEL)
    OUTBOUND.move(
        tx, "cancel", outbound.c.id == row.id, key=row.id, display=row.business_key, seen=row.status, reason=body.reason,
        cancel_reason=body.reason, cancelled_by=tx.actor.id, cancelled_by_name=tx.actor.name, updated_at=tx.now,
    )  # fmt: skip
    return outbound_now(tx, row.id)


def outbound_now(tx: Tx, key: int) -> dict[str, Any]:
    """Give a message as it stands on the wire, without payload and attempts."""
    return shown(tx.one(select(outbound).where(outbound.c.id == key)))


def shown(row: Any) -> dict[str, Any]:
    """Give a row as it stands on the wire."""
    return {
        "eventId": ids.to_wire(row.id), "messageType": row.message_type, "targetSystem": row.target_system, "businessKey": row.business_key,
        "idempotencyKey": row.idempotency_key, "status": row.status, "attempts": row.attempts,
        "nextAttemptAt": clock.to_wire(row.next_attempt_at) if row.status in (PENDING, RETRY_WAIT) else None,
        "lastHttpStatus": row.last_http_status, "lastError": row.last_error, "deliveredAt": clock.to_wire(row.delivered_at),
        "cancelReason": row.cancel_reason, "cancelledByName": row.cancelled_by_name, "createdAt": clock.to_wire(row.created_at),
        "updatedAt": clock.to_wire(row.updated_at),
    }  # fmt: skip
