"""How events start and end clocks (spec 04.9, 04.10): each event once, with its own time, in whatever order it comes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, case, cast, delete, func, select, update

from fiducial.kit.tx import Tx
from fiducial.orders.states import SCRAPPED
from fiducial.orders.tables import units
from fiducial.timers import answers, telling
from fiducial.timers.choosing import Happened, ends, starting
from fiducial.timers.states import ACTIVE, CANCELLED, COMPLETED, EXPIRED
from fiducial.timers.tables import clocks, rules, seen_events

MINUTE_MS, MOST_AT_ONCE = 60_000, 200


def handle(tx: Tx, happened: Happened) -> None:
    """Let an event end and start the clocks of its thing. A second time the same event changes nothing."""
    facts = {"processKind": happened.process_kind, "operationCode": happened.operation_code, "result": happened.result}
    if not tx.insert_once(
        seen_events, id=happened.id, event=happened.event, entity_type=happened.entity_type, entity_id=happened.entity_id,
        at=happened.at, facts=facts,
    ):  # fmt: skip
        return
    _end(tx, happened)
    active = tx.all(select(rules).where(rules.c.is_active, rules.c.start_event == happened.event))
    for rule in starting(active, happened):
        _start(tx, rule, happened)


def _of(happened: Happened) -> Any:
    return (clocks.c.entity_type == happened.entity_type) & (clocks.c.entity_id == happened.entity_id)


def _end(tx: Tx, happened: Happened) -> None:
    """End the clocks that run, and note how late the expired ones were ended."""
    running = select(clocks).where(
        _of(happened),
        clocks.c.status.in_((ACTIVE, EXPIRED)),
        clocks.c.completed_at.is_(None),
        clocks.c.started_at <= happened.at,
    )
    for clock in tx.all(running.order_by(clocks.c.id).with_for_update()):
        if ends(clock.definition, happened):
            _close(tx, clock, happened.at)


def _close(tx: Tx, clock: Any, at: int) -> None:
    """Close a clock at an instant: COMPLETED in time, else EXPIRED with how late it was."""
    late = at - clock.expires_at
    if late <= 0:
        changed: dict[str, Any] = {"status": COMPLETED, "completed_at": at, "expired_at": None}
    else:
        changed = {
            "status": EXPIRED,
            "completed_at": at,
            "late_ms": late,
            "expired_at": clock.expired_at or clock.expires_at,
        }
    mine = (clocks.c.id == clock.id, clocks.c.status == clock.status, clocks.c.completed_at.is_(None))
    if not tx.run(update(clocks).where(*mine).values(**changed, updated_at=tx.now)):
        return
    if late > 0 and clock.status == ACTIVE:
        telling.expired(tx, clock)
    elif clock.status == EXPIRED and late <= 0:  # the sweep was first, and the event shows that it was in time
        telling.changed(tx, clock)
    else:
        telling.changed(tx, clock)


def _start(tx: Tx, rule: Any, happened: Happened) -> None:
    """Start a clock, unless one runs and counts from the first; one that starts late may be over at once."""
    mine = (_of(happened), clocks.c.rule_id == rule.id)
    running = tx.first(select(clocks).where(*mine, clocks.c.status == ACTIVE).with_for_update())
    if running is not None:
        if rule.restart == "LATEST" and happened.at > running.started_at:
            tx.run(
                update(clocks)
                .where(clocks.c.id == running.id)
                .values(**_times(tx, rule, happened), warned_at=None, updated_at=tx.now)
            )
            telling.changed(tx, running)
        return
    if rule.restart == "FIRST" and _expired_and_open(tx, mine):
        return
    values = answers.values_of(rule)
    key = tx.new_id()
    made = tx.insert_once(
        clocks, id=key, rule_id=rule.id, definition=values, rule_type=rule.rule_type, definition_code=rule.code,
        run_id=happened.run_id, line_id=happened.line_id, entity_type=happened.entity_type, entity_id=happened.entity_id,
        entity_display=happened.display, started_by=happened.by_id, started_by_name=happened.by_name, status=ACTIVE,
        created_at=tx.now, updated_at=tx.now, **_times(tx, rule, happened),
    )  # fmt: skip
    if not made:
        return
    clock = tx.one(select(clocks).where(clocks.c.id == key))
    telling.changed(tx, clock)
    ended_at = _end_that_came_first(tx, clock, happened)
    if ended_at is not None:
        _close(tx, clock, ended_at)
    elif clock.expires_at <= tx.now:
        expire(tx, clock)


def _expired_and_open(tx: Tx, mine: Any) -> bool:
    """Tell whether the time of the thing is over already and not ended: counted from the first, no new time begins."""
    over = select(clocks.c.id).where(*mine, clocks.c.status == EXPIRED, clocks.c.completed_at.is_(None))
    return tx.first(over.limit(1)) is not None


def _times(tx: Tx, rule: Any, happened: Happened) -> dict[str, Any]:
    minutes = rule.duration_minutes
    length = minutes * MINUTE_MS - (_spent(tx, rule, happened) if rule.cumulative else 0)
    expires_at = happened.at + max(length, 0)
    warning = rule.warning_minutes
    return {
        "started_at": happened.at, "expires_at": expires_at,
        "warning_at": None if warning is None else max(happened.at, expires_at - warning * MINUTE_MS),
    }  # fmt: skip


def _spent(tx: Tx, rule: Any, happened: Happened) -> int:
    """Give the time (ms) that earlier finished clocks of the same thing took: out of the cold store twice counts together."""
    earlier = select(func.sum(clocks.c.completed_at - clocks.c.started_at)).where(
        _of(happened), clocks.c.rule_id == rule.id, clocks.c.completed_at.is_not(None), clocks.c.started_at < happened.at,
        clocks.c.status != CANCELLED,
    )  # fmt: skip
    return int(tx.scalar(earlier) or 0)


def _end_that_came_first(tx: Tx, clock: Any, happened: Happened) -> int | None:
    """Give the time of an end event that was handled before the start arrived: the earliest after the start."""
    there = select(seen_events).where(
        seen_events.c.entity_type == happened.entity_type, seen_events.c.entity_id == happened.entity_id,
        seen_events.c.event == clock.definition["endEvent"], seen_events.c.at >= happened.at, seen_events.c.id != happened.id,
    )  # fmt: skip
    for row in tx.all(there.order_by(seen_events.c.at)):
        then = Happened(
            id=row.id, event=row.event, at=row.at, entity_type=row.entity_type, entity_id=row.entity_id, display="",
            process_kind=row.facts.get("processKind"), operation_code=row.facts.get("operationCode"), result=row.facts.get("result"),
        )  # fmt: skip
        if ends(clock.definition, then):
            return int(row.at)
    return None


def expire(tx: Tx, clock: Any) -> bool:
    """Let a clock that runs be over; False when somebody else was first."""
    mine = (clocks.c.id == clock.id, clocks.c.status == ACTIVE)
    if not tx.run(update(clocks).where(*mine).values(status=EXPIRED, expired_at=clock.expires_at, updated_at=tx.now)):
        return False
    telling.expired(tx, clock)
    return True


def cancel(tx: Tx, entity_type: str, entity_id: str) -> None:
    """Cancel what runs for a thing that is gone: a scrapped unit, a scrapped jar."""
    _cancel(tx, (clocks.c.entity_type == entity_type) & (clocks.c.entity_id == entity_id))


def cancel_of_scrapped(tx: Tx) -> int:
    """Cancel what runs for units that were scrapped since; give how many were."""
    is_unit = clocks.c.entity_type == "UNIT"
    key = case((is_unit, cast(clocks.c.entity_id, BigInteger)))  # the code of a jar is no number
    active = select(key).where(clocks.c.status == ACTIVE, is_unit)
    gone = tx.all(select(units.c.id).where(units.c.id.in_(active), units.c.status == SCRAPPED).limit(MOST_AT_ONCE))
    if gone:  # all at once, so that their clocks are locked in the order of their keys
        _cancel(tx, is_unit & clocks.c.entity_id.in_([str(row.id) for row in gone]))
    return len(gone)


def cancel_of_run(tx: Tx, run_id: int) -> None:
    """Cancel what runs for the units of a run that was cancelled; the jar on its line goes on."""
    _cancel(tx, (clocks.c.run_id == run_id) & (clocks.c.entity_type == "UNIT"))


def _cancel(tx: Tx, which: Any) -> None:
    running = select(clocks).where(which, clocks.c.status == ACTIVE).order_by(clocks.c.id)
    for clock in tx.all(running.with_for_update()):
        tx.run(update(clocks).where(clocks.c.id == clock.id).values(status=CANCELLED, updated_at=tx.now))
        telling.changed(tx, clock)


def forget_old(tx: Tx, before: int) -> int:
    """Delete what was remembered of events long past; give how many."""
    return tx.run(delete(seen_events).where(seen_events.c.at < before))
