"""What came from other systems, as it is read (spec 08.2, 08.7)."""

from __future__ import annotations

from statistics import median
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, select
from typing_extensions import TypedDict

from fiducial.connect.outbound_queries import outbound_standing
from fiducial.connect.settings import STALE_MINUTES
from fiducial.connect.tables import messages
from fiducial.kit import clock, ids
from fiducial.kit.acting import query
from fiducial.kit.listing import Listed, Listing, Page, exact, one_of, part, since, until, yes_no
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.states import IN_PROGRESS
from fiducial.orders.tables import runs
from fiducial.people import reach
from fiducial.plant.mode_actions import held_now
from fiducial.plant.modes import SYSTEMS, now_is
from fiducial.plant.reported import AUTO, EFFECTIVE, MANUAL
from fiducial.plant.state_tables import PLANT_WIDE, system_modes
from fiducial.plant.tables import lines
from fiducial.quality.machines.matching import waiting_now
from fiducial.tooling.tables import paste_lots, paste_states, stencil_states, tools

DAY_MS, MINUTE_MS, SKEWS = 86_400_000, 60_000, 100
BAD = ("REJECTED", "FAILED")
OF_MACHINES = ("SPI", "AOI", "DEVICE")
STATUSES = ("APPLIED", "HELD", "DUPLICATE", "REJECTED", "FAILED")


def _states(table: Table, name: str, code: Any, statuses: tuple[str, ...]) -> Listing:
    effective: ColumnElement[bool] = table.c.standing == EFFECTIVE
    return Listing(
        filters={
            name: part(code), "status": one_of(table.c.status, statuses), "source": one_of(table.c.source, (AUTO, MANUAL)),
            "effective": yes_no(effective), "from": since(table.c.effective_at), "to": until(table.c.effective_at),
        },
        sorts={"receivedAt": table.c.received_at, "eventTime": table.c.event_time, "effectiveAt": table.c.effective_at, name: code},
        default_sort="receivedAt.desc", key=table.c.id,
    )  # fmt: skip


STENCIL_STATES = _states(stencil_states, "stencilId", tools.c.code, ("READY", "NOT_READY", "MAINTENANCE"))
PASTE_STATES = _states(paste_states, "lotId", paste_lots.c.code, ("COMPLIANT", "NON_COMPLIANT", "EXPIRED"))
# The key of a message is given out when it is received, so keys stand in that order: no index, and no sorting of them all.
MESSAGES = Listing(
    filters={
        "system": one_of(messages.c.system, SYSTEMS), "status": one_of(messages.c.status, STATUSES),
        "direction": one_of(messages.c.direction, ("IN", "OUT")), "entityType": exact(messages.c.entity_type),
        "businessKey": part(messages.c.business_key), "dedupeKey": exact(messages.c.dedupe_key),
        "from": since(messages.c.received_at), "to": until(messages.c.received_at),
        "search": part(messages.c.business_key, messages.c.dedupe_key),
    },
    sorts={"receivedAt": messages.c.id, "system": messages.c.system, "status": messages.c.status},
    default_sort="receivedAt.desc", key=messages.c.id,
)  # fmt: skip


def _state(row: Any) -> dict[str, Any]:
    return {
        "id": ids.to_wire(row.id), "status": row.status, "source": row.source, "effective": row.standing == EFFECTIVE,
        "heldReason": row.held_reason, "system": row.system, "eventId": row.event_id, "eventTime": clock.to_wire(row.event_time),
        "effectiveAt": clock.to_wire(row.effective_at), "receivedAt": clock.to_wire(row.received_at),
        "clockSuspect": row.clock_suspect, "operatorId": row.operator_id, "reason": row.reason, "enteredByName": row.by_name,
        "warnings": row.warnings or [],
    }  # fmt: skip


@query("integration:view")
def list_stencil_states(tx: Tx, page: Page) -> Listed[dict[str, Any]]:
    """Give what was said of stencils, newest first."""
    told = select(stencil_states, tools.c.code).join(tools, tools.c.id == stencil_states.c.subject_id)
    return STENCIL_STATES.answer(
        tx, told, page, lambda row: {
            "stencilId": row.code, **_state(row), "version": row.version, "tensionValue": row.tension_value,
            "lastCleanedAt": clock.to_wire(row.last_cleaned_at),
        },
    )  # fmt: skip


@query("integration:view")
def list_paste_states(tx: Tx, page: Page) -> Listed[dict[str, Any]]:
    """Give what was said of solder paste, newest first."""
    told = select(paste_states, paste_lots.c.code).join(paste_lots, paste_lots.c.id == paste_states.c.subject_id)
    return PASTE_STATES.answer(
        tx, told, page, lambda row: {
            "lotId": row.code, **_state(row), "expiresAt": clock.to_wire(row.expires_at), "thawedAt": clock.to_wire(row.thawed_at),
            "stirredAt": clock.to_wire(row.stirred_at),
        },
    )  # fmt: skip


@query("system:integration")
def list_messages(tx: Tx, page: Page) -> Listed[dict[str, Any]]:
    """Give the message log, newest first, without payloads."""
    return MESSAGES.answer(tx, select(messages), page, message_of)


@query("system:integration")
def message_detail(tx: Tx, message_id: str) -> dict[str, Any]:
    """Give a message with what it carried. Refuses MESSAGE_NOT_FOUND."""
    key = ids.from_wire(message_id)
    row = None if key is None else tx.first(select(messages).where(messages.c.id == key))
    if row is None:
        raise Refused("MESSAGE_NOT_FOUND")
    return {**message_of(row), "payload": row.payload, "errorDetails": row.error_details}


def message_of(row: Any) -> dict[str, Any]:
    """Give a message as it stands on the wire."""
    return {
        "id": ids.to_wire(row.id), "direction": row.direction, "system": row.system, "entityType": row.entity_type,
        "businessKey": row.business_key, "dedupeKey": row.dedupe_key, "status": row.status, "errorCode": row.error_code,
        "actorKind": row.actor_kind, "actorId": ids.wire_or_none(row.actor_id), "actorName": row.actor_name,
        "requestId": row.request_id, "skewMs": row.skew_ms, "receivedAt": clock.to_wire(row.received_at),
        "replayedAt": clock.to_wire(row.replayed_at), "replayedByName": row.replayed_by_name,
    }  # fmt: skip


class LineMode(TypedDict):
    """The mode of a system on one line."""

    lineCode: str
    mode: str
    reason: str
    until: str | None
    setByName: str | None
    setAt: str | None


class System(TypedDict):
    """One system, how it is and who speaks for it."""

    system: str
    mode: str
    modeReason: str | None
    modeUntil: str | None
    modeSetByName: str | None
    lineModes: list[LineMode]
    health: str
    lastInboundAt: str | None
    lastSuccessAt: str | None
    lastErrorAt: str | None
    lastError: str | None
    received24h: int
    rejected24h: int
    held: int
    medianSkewSeconds: float | None


class Status(TypedDict):
    """All systems, the sync jobs, what waits to be sent."""

    systems: list[System]
    jobs: list[dict[str, Any]]
    outbound: dict[str, Any]
    pendingMatches: int


@query("integration:view")
def integration_status(tx: Tx) -> Status:
    """Give how each system is (spec 08.7). A person bound to lines sees the modes of those lines and of the plant."""
    return {
        "systems": [_system(tx, system) for system in SYSTEMS],
        "jobs": [],
        "outbound": outbound_standing(tx),
        "pendingMatches": waiting_now(tx),
    }


def _system(tx: Tx, system: str) -> System:
    plant_wide, of_lines = _modes(tx, system)
    by_machines = _by_machines(system)
    last_in = _newest(tx, by_machines)
    last_ok, last_bad = last_good_of(tx, system), _newest(tx, by_machines, messages.c.status.in_(BAD))
    error = None
    if last_bad is not None:
        error = tx.scalar(
            _of_system(messages.c.error_code, by_machines).where(messages.c.received_at == last_bad).limit(1)
        )
    lately = select(func.count()).where(*by_machines, messages.c.received_at > tx.now - DAY_MS)
    skews = skews_of(tx, system)
    return {
        "system": system, "mode": AUTO if plant_wide is None else now_is(tx, plant_wide),
        "modeReason": None if plant_wide is None else plant_wide.reason,
        "modeUntil": None if plant_wide is None else clock.to_wire(plant_wide.until),
        "modeSetByName": None if plant_wide is None else plant_wide.set_by_name,
        "lineModes": of_lines, "health": health_of(tx, system, last_ok),
        "lastInboundAt": clock.to_wire(last_in), "lastSuccessAt": clock.to_wire(last_ok), "lastErrorAt": clock.to_wire(last_bad),
        "lastError": error, "received24h": int(tx.scalar(lately)),
        "rejected24h": int(tx.scalar(lately.where(messages.c.status.in_(BAD)))), "held": held_now(tx, system),
        "medianSkewSeconds": round(median(skews) / 1000, 1) if skews else None,
    }  # fmt: skip


def _by_machines(system: str) -> tuple[ColumnElement[bool], ...]:
    return messages.c.system == system, messages.c.actor_kind == "TOKEN"


def _newest(tx: Tx, which: Any, *more: ColumnElement[bool]) -> int | None:
    newest: int | None = tx.scalar(select(func.max(messages.c.received_at)).where(*which, *more))
    return newest


def last_good_of(tx: Tx, system: str) -> int | None:
    """Give the instant of the last good contact with a system; None when there was none."""
    return _newest(tx, _by_machines(system), messages.c.status.not_in(BAD))


def skews_of(tx: Tx, system: str) -> list[int]:
    """Give by how many ms the last 100 messages of a system came later than their own clock says."""
    wanted = _of_system(messages.c.skew_ms, _by_machines(system)).where(messages.c.skew_ms.is_not(None))
    return [row.skew_ms for row in tx.all(wanted.limit(SKEWS))]


def _of_system(column: Any, which: Any) -> Select[Any]:
    return select(column).where(*which).order_by(messages.c.received_at.desc())


def _modes(tx: Tx, system: str) -> tuple[Any, list[LineMode]]:
    rows = tx.all(
        select(system_modes, lines.c.code.label("line_code"))
        .outerjoin(lines, lines.c.id == system_modes.c.line_key)
        .where(system_modes.c.system == system).order_by(lines.c.code)
    )  # fmt: skip
    seen = reach.lines_in_reach(tx, "integration:view")
    plant_wide = next((row for row in rows if row.line_key == PLANT_WIDE), None)
    of_lines = [
        LineMode(
            lineCode=row.line_code, mode=now_is(tx, row), reason=row.reason, until=clock.to_wire(row.until),
            setByName=row.set_by_name, setAt=clock.to_wire(row.set_at),
        )
        for row in rows if row.line_key != PLANT_WIDE and (seen is None or row.line_key in seen)
    ]  # fmt: skip
    return plant_wide, of_lines


def health_of(tx: Tx, system: str, last_good: int | None) -> str:
    """Give ONLINE, STALE or OFFLINE by the age of the last good contact; NOT_CONFIGURED for one that never spoke.

    Machines are silent while nothing is made: that does not make them stale (spec 08.7).
    """
    if last_good is None:
        return "NOT_CONFIGURED"
    if system in OF_MACHINES and tx.first(select(runs.c.id).where(runs.c.status == IN_PROGRESS).limit(1)) is None:
        return "ONLINE"
    stale = STALE_MINUTES[system].of(tx) * MINUTE_MS
    age = tx.now - last_good
    return "ONLINE" if age <= stale else "STALE" if age <= 3 * stale else "OFFLINE"
