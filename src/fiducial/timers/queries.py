"""Time rules and their clocks as they are read (spec 04.9)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, case, select
from sqlalchemy.sql import Select

from fiducial.kit import ids
from fiducial.kit.acting import query
from fiducial.kit.listing import Listed, Listing, Page, exact, one_of, part, since, until, yes_no
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import must_reach_run, the_run
from fiducial.orders.tables import runs
from fiducial.people import reach
from fiducial.plant.tables import lines
from fiducial.timers import answers
from fiducial.timers import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.timers.reading import PASTE, UNIT, concerns
from fiducial.timers.states import ACTIVE, CLOCK, EXPIRED
from fiducial.timers.tables import clocks, rules

RULE_TYPES = ("SOLDER_PASTE_EXPOSURE", "WASH_TIME_LIMIT", "CUSTOM")
MOST_OF_RUN = 500
SCOPES = ("GLOBAL", "LINE", "ROUTING", "PRODUCT")

RULES = Listing(
    filters={
        "search": part(rules.c.code, rules.c.name), "code": part(rules.c.code), "name": part(rules.c.name),
        "ruleType": one_of(rules.c.rule_type, RULE_TYPES), "scope": one_of(rules.c.scope, SCOPES), "isActive": yes_no(rules.c.is_active),
    },
    sorts={
        "code": rules.c.code, "name": rules.c.name, "durationMinutes": rules.c.duration_minutes, "priority": rules.c.priority,
        "updatedAt": rules.c.updated_at,
    },
    default_sort="code.asc", key=rules.c.id,
)  # fmt: skip


def _entity(value: str) -> Any:
    """Match the thing of a clock: the opaque id of a unit, its serial, or the code of a jar."""
    key = ids.from_wire(value)
    return clocks.c.entity_id.in_((value, str(key))) | (clocks.c.entity_display == value)


CLOCKS = Listing(
    filters={
        "status": one_of(clocks.c.status, CLOCK.states), "ruleType": one_of(clocks.c.rule_type, RULE_TYPES),
        "definitionCode": exact(clocks.c.definition_code), "runNo": exact(runs.c.run_no), "lineCode": exact(lines.c.code),
        "entityType": one_of(clocks.c.entity_type, (UNIT, PASTE)), "entityId": _entity, "search": part(clocks.c.entity_display),
        "expiresFrom": since(clocks.c.expires_at), "expiresTo": until(clocks.c.expires_at),
    },
    sorts={
        "expiresAt": clocks.c.expires_at, "startedAt": clocks.c.started_at, "status": clocks.c.status,
        "definitionCode": clocks.c.definition_code, "entityDisplay": clocks.c.entity_display,
    },
    default_sort="expiresAt.asc", key=clocks.c.id,
)  # fmt: skip


@query("readiness:view")
def list_rules(tx: Tx, page: Page) -> Listed[answers.Rule]:
    """Give the rules."""
    return RULES.answer(tx, select(rules), page, answers.rule_of)


@query("readiness:view")
def rule_detail(tx: Tx, rule_id: str) -> answers.Rule:
    """Give a rule by its id or code. Refuses TIME_RULE_NOT_FOUND."""
    return answers.rule_of(the_rule(tx, rule_id))


def the_rule(tx: Tx, rule_id: str) -> Row[Any]:
    """Give a rule by its id or code. Refuses TIME_RULE_NOT_FOUND."""
    row = tx.first(select(rules).where(rules.c.code == rule_id))
    if row is None and (key := ids.from_wire(rule_id)) is not None:
        row = tx.first(select(rules).where(rules.c.id == key))
    if row is None:
        raise Refused("TIME_RULE_NOT_FOUND", ruleId=rule_id)
    return row


def clocks_statement() -> Select[Any]:
    """Give the statement of clocks with run and line."""
    joined = clocks.outerjoin(runs, runs.c.id == clocks.c.run_id).outerjoin(lines, lines.c.id == clocks.c.line_id)
    return select(clocks, runs.c.run_no, lines.c.code.label("line_code")).select_from(joined)


def clocks_in_reach(tx: Tx) -> Select[Any]:
    """Give the statement of clocks of lines in reach, and of those of no line."""
    reachable = reach.lines_in_reach(tx, "readiness:view")
    if reachable is None:
        return clocks_statement()
    return clocks_statement().where(clocks.c.line_id.is_(None) | clocks.c.line_id.in_(reachable))


@query("readiness:view")
def list_clocks(tx: Tx, page: Page) -> Listed[answers.Clock]:
    """Give the clocks of lines in reach, those that end first first."""
    return CLOCKS.answer(tx, clocks_in_reach(tx), page, lambda row: answers.clock_of(row, tx.now))


@query("readiness:view")
def clocks_of_run(tx: Tx, run_no: str) -> Sequence[answers.Clock]:
    """Give the clocks of a run and of the paste bound to its line, by their end; at most 500. Refuses RUN_NOT_FOUND, FORBIDDEN.

    Of more those that run, then those that ran out, then the newest are given; `list_clocks` with `runNo` gives all, page by page.
    """
    run = the_run(tx, run_no)
    must_reach_run(tx, run, "readiness:view")
    matters = case((clocks.c.status == ACTIVE, 0), (clocks.c.status == EXPIRED, 1), else_=2)
    most = (
        clocks_statement()
        .where(concerns(tx, run.id, run.line_id))
        .order_by(matters, clocks.c.id.desc())
        .limit(MOST_OF_RUN)
    )
    rows = sorted(tx.all(most), key=lambda row: (row.expires_at, row.id))
    return [answers.clock_of(row, tx.now) for row in rows]


def the_clock(tx: Tx, instance_id: str) -> Row[Any]:
    """Give a clock by its id, in a write held for it. Refuses TIME_RULE_INSTANCE_NOT_FOUND."""
    key = ids.from_wire(instance_id)
    wanted = select(clocks).where(clocks.c.id == key)
    row = None if key is None else tx.first(wanted.with_for_update() if tx.chain is not None else wanted)
    if row is None:
        raise Refused("TIME_RULE_INSTANCE_NOT_FOUND", instanceId=instance_id)
    return row


def clock_shown(tx: Tx, key: int) -> answers.Clock:
    """Give a clock as it is now."""
    return answers.clock_of(tx.one(clocks_statement().where(clocks.c.id == key)), tx.now)
