"""The writes of time rules (spec 04.9): rules by an engineer; clocks waived or ended by whoever may override; the sweep."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, delete, func, select, update

from fiducial.kit import clock as instants
from fiducial.kit import ids
from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused, Said, bad_field, changed_fields, reason_of
from fiducial.kit.tx import Tx
from fiducial.people.reach import must_reach_line
from fiducial.plant.changing import add_coded, must_be_fresh, must_keep_code, save, stamp
from fiducial.plant.lookup import find_line, material_name
from fiducial.routing.tables import routes
from fiducial.timers import answers, ports, running, telling
from fiducial.timers import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.timers.queries import clock_shown, the_clock, the_rule
from fiducial.timers.shapes import CompleteClock, Condition, NewTimeRule, TimeRuleChange, WaiveClock, judge
from fiducial.timers.states import ACTIVE, CLOCK, COMPLETED, EXPIRED
from fiducial.timers.tables import clocks, rules

KEPT_DAYS_MS, AT_ONCE = 400 * 86_400_000, 200


def _plain(given: dict[str, Any]) -> dict[str, Any]:
    return {name: value.kept() if isinstance(value, Condition) else value for name, value in given.items()}


def _must_exist(tx: Tx, scope: str, value: str | None) -> None:
    """Refuse TIME_RULE_SCOPE_INVALID unless the scope names something that exists, and a global one names nothing."""
    there = value is None
    if scope == "LINE":
        there = value is not None and (line := find_line(tx, value)) is not None and line.code == value
    elif scope == "ROUTING":
        there = value is not None and tx.first(select(routes.c.id).where(routes.c.code == value)) is not None
    elif scope == "PRODUCT":
        there = value is not None and material_name(tx, value) is not None
    if not there:
        raise Refused("TIME_RULE_SCOPE_INVALID", scope=scope, scopeValue=value)


def _must_reach_rule(tx: Tx, scope: str, value: str | None) -> None:
    """Refuse FORBIDDEN for the rule of a line out of reach; one of a product, a routing or the plant is nobody's line."""
    line = find_line(tx, value) if scope == "LINE" and value is not None else None
    if line is not None:
        must_reach_line(tx, line.id, "readiness:config")


@action("readiness:config", audit="TIME_RULE_CREATE", entity="TIME_RULE", key="body.code")
def create_rule(tx: Tx, body: NewTimeRule) -> answers.Rule:
    """Make a rule. Refuses TIME_RULE_SCOPE_INVALID, TIME_RULE_CODE_DUPLICATE, FORBIDDEN for the rule of a line out of reach."""
    _must_exist(tx, body.scope, body.scope_value)
    _must_reach_rule(tx, body.scope, body.scope_value)
    values = {name: getattr(body, name) for name in type(body).model_fields if name != "code"}
    key = add_coded(tx, rules, "TIME_RULE_CODE_DUPLICATE", code=body.code, **_plain(values))
    tx.record(body.code, key=key)
    return answers.rule_of(tx.one(select(rules).where(rules.c.id == key)))


@action("readiness:config", audit="TIME_RULE_UPDATE", entity="TIME_RULE", key="rule_id")
def update_rule(tx: Tx, rule_id: str, body: TimeRuleChange) -> answers.Rule:
    """Change a rule; clocks that run keep the values they began with.

    Refuses TIME_RULE_NOT_FOUND, TIME_RULE_SCOPE_INVALID, STALE_UPDATE, VALIDATION_ERROR, FORBIDDEN.
    """
    row, given = the_rule(tx, rule_id), _plain(body.given())
    row = tx.one(select(rules).where(rules.c.id == row.id).with_for_update())
    _must_reach_rule(tx, row.scope, row.scope_value)
    before = answers.rule_of(row)
    must_keep_code(given.pop("code", None), row.code)
    must_be_fresh(given.pop("if_updated_at", None), row.updated_at, lambda: before)
    would_be = {name: given.get(name, getattr(row, name)) for name in answers.VALUES.values()}
    try:
        judge(would_be["duration_minutes"], would_be["warning_minutes"], would_be["start_event"], would_be["end_event"])
    except ValueError as wrong:
        said = reason_of(wrong)
        raise bad_field(getattr(said, "path", ""), said) from None
    if "scope" in given or "scope_value" in given:
        _must_exist(tx, would_be["scope"], would_be["scope_value"])
        _must_reach_rule(tx, would_be["scope"], would_be["scope_value"])
    after = answers.rule_of(save(tx, rules, row, given))
    changes = [change for change in changed_fields(before, after) if change["path"] != "updatedAt"]
    tx.record(row.code, key=row.id, changes=changes)
    return after


@action("readiness:config", audit="TIME_RULE_DELETE", entity="TIME_RULE", key="rule_id")
def delete_rule(tx: Tx, rule_id: str) -> answers.Gone:
    """Delete a rule that no clock was ever started by. Refuses TIME_RULE_NOT_FOUND, TIME_RULE_HAS_INSTANCES, FORBIDDEN."""
    row = the_rule(tx, rule_id)
    _must_reach_rule(tx, row.scope, row.scope_value)
    tx.first(select(rules.c.id).where(rules.c.id == row.id).with_for_update())
    count = tx.scalar(select(func.count()).where(clocks.c.rule_id == row.id))
    if count:
        raise Refused("TIME_RULE_HAS_INSTANCES", code=row.code, count=count)
    tx.run(delete(rules).where(rules.c.id == row.id))
    tx.record(row.code, key=row.id, changes=changed_fields(answers.rule_of(row), {}))
    return answers.Gone(id=ids.to_wire(row.id))


def must_reach_clock(tx: Tx, clock: Row[Any]) -> None:
    """Refuse FORBIDDEN unless whoever acts may let this line's clocks be."""
    if clock.line_id is not None:
        must_reach_line(tx, clock.line_id, "readiness:override")


def waive_clock(tx: Tx, clock: Row[Any], reason: str) -> None:
    """Let a clock be: ACTIVE or EXPIRED → WAIVED. The row was read for update; the caller has asked who may.

    Refuses TIME_RULE_INSTANCE_STATUS, TIME_RULE_NOT_WAIVABLE. Also what waiving a TIME_RULE item of a check does (spec 03.7.1).
    """
    if clock.status not in (ACTIVE, EXPIRED):
        raise _ended(clock)
    if not clock.definition["isWaivable"]:
        raise Refused("TIME_RULE_NOT_WAIVABLE", code=clock.definition_code)
    moved = CLOCK.move(
        tx, "waive", clocks.c.id == clock.id, key=clock.id, display=clock.entity_display, seen=clock.status, reason=reason,
        payload={"definitionCode": clock.definition_code}, waived_at=tx.now, waived_by=tx.actor.id, waived_by_name=tx.actor.name,
        waive_reason=reason, updated_at=stamp(tx, clock.updated_at),
    )  # fmt: skip
    if not moved:
        raise _ended(clock)
    telling.changed(tx, clock)


def _ended(clock: Row[Any]) -> Refused:
    return Refused(
        "TIME_RULE_INSTANCE_STATUS", entity=clock.entity_display, status=clock.status, code=clock.definition_code
    )


@action("readiness:override", audit="TIME_RULE_WAIVE", entity="TIME_RULE", key="instance_id")
def waive_instance(tx: Tx, instance_id: str, body: WaiveClock) -> answers.Clock:
    """Let a clock be. The TIME_RULE item of the newest FORMAL check becomes WAIVED too.

    Refuses TIME_RULE_INSTANCE_NOT_FOUND, FORBIDDEN, TIME_RULE_INSTANCE_STATUS, TIME_RULE_NOT_WAIVABLE, SIGNER_MUST_DIFFER for
    whoever started the clock (issued the jar, made the track).
    """
    clock = the_clock(tx, instance_id)
    must_reach_clock(tx, clock)
    _other_person(tx, clock)
    waive_clock(tx, clock, body.reason)
    for room in ports.watchers():
        room.clock_waived(tx, clock, body.reason)
    return clock_shown(tx, clock.id)


def _other_person(tx: Tx, clock: Row[Any]) -> None:
    started_it = clock.started_by is not None and clock.started_by == tx.actor.id
    watchers = ports.watchers()
    asked = all(room.four_eyes(tx, clock.line_id) for room in watchers) if watchers else True
    if started_it and asked:
        raise Refused("SIGNER_MUST_DIFFER", signedBy=clock.started_by_name)


@action("readiness:override", audit="TIME_RULE_COMPLETE", entity="TIME_RULE", key="instance_id")
def complete_instance(tx: Tx, instance_id: str, body: CompleteClock) -> answers.Clock:
    """Say that a clock ended, now or earlier; past its end it stays EXPIRED and shows how late it was.

    Refuses TIME_RULE_INSTANCE_NOT_FOUND, FORBIDDEN, TIME_RULE_INSTANCE_STATUS, SIGNER_MUST_DIFFER, VALIDATION_ERROR for a time
    before the start or in the future.
    """
    clock = the_clock(tx, instance_id)
    must_reach_clock(tx, clock)
    _other_person(tx, clock)
    at = tx.now if body.completed_at is None else instants.from_datetime(body.completed_at)
    if not clock.started_at <= at <= tx.now:
        raise bad_field(
            "completedAt",
            Said(zh="不能早于开始时间，也不能是将来", en="not before the start and not in the future"),
        )
    if clock.status not in (ACTIVE, EXPIRED) or clock.completed_at is not None:
        raise _ended(clock)
    late = at - clock.expires_at
    ended: dict[str, Any] = {"status": COMPLETED, "expired_at": None}
    if late > 0:
        ended = {"status": EXPIRED, "expired_at": clock.expired_at or clock.expires_at, "late_ms": late}
    mine = (clocks.c.id == clock.id, clocks.c.status == clock.status, clocks.c.completed_at.is_(None))
    if not tx.run(update(clocks).where(*mine).values(**ended, completed_at=at, updated_at=stamp(tx, clock.updated_at))):
        raise _ended(clock)
    tx.record(
        clock.entity_display, key=clock.id, reason=body.reason, definitionCode=clock.definition_code, completedAt=instants.to_wire(at),
        changes=[{"path": "status", "before": clock.status, "after": ended["status"]}],
    )  # fmt: skip
    if late > 0 and clock.status == ACTIVE:
        telling.expired(tx, clock)
    else:
        telling.changed(tx, clock)
    return clock_shown(tx, clock.id)


@action(audit="TIME_RULE_SWEEP", entity="TIME_RULE", internal_only=True)
def sweep_clocks(tx: Tx) -> dict[str, int]:
    """Warn of clocks that are nearly over and expire those that are, 200 at a time; give how many of each.

    Safe on several nodes: each clock is moved by one guarded UPDATE, and only whoever moved it tells of it.
    """
    tx.unrecorded()
    running.cancel_of_scrapped(tx)
    counts = {"warned": 0, "expired": 0}
    due = select(clocks).where(
        clocks.c.status == ACTIVE,
        clocks.c.warning_at <= tx.now,
        clocks.c.warned_at.is_(None),
        clocks.c.expires_at > tx.now,
    )
    for clock in tx.all(due.order_by(clocks.c.warning_at).limit(AT_ONCE)):
        mine = (clocks.c.id == clock.id, clocks.c.status == ACTIVE, clocks.c.warned_at.is_(None))
        if tx.run(update(clocks).where(*mine).values(warned_at=tx.now, updated_at=tx.now)):
            counts["warned"] += 1
            telling.warned(tx, clock)
    over = select(clocks).where(clocks.c.status == ACTIVE, clocks.c.expires_at <= tx.now)
    for clock in tx.all(over.order_by(clocks.c.expires_at).limit(AT_ONCE)):
        counts["expired"] += running.expire(tx, clock)
    running.forget_old(tx, tx.now - KEPT_DAYS_MS)
    return counts


def set_back(tx: Tx, lost: int) -> None:
    """The clock was set back by `lost` ms: what runs began so much earlier by it, and warns and ends so much earlier."""
    tx.run(
        update(clocks).where(clocks.c.status == ACTIVE).values(
            started_at=clocks.c.started_at - lost, warning_at=clocks.c.warning_at - lost, expires_at=clocks.c.expires_at - lost,
            updated_at=tx.now,
        )
    )  # fmt: skip
