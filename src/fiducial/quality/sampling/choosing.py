"""Which rule a run's lot is sampled by, and what it asks (spec 06.7): matching, size, plan."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import case, or_, select

from fiducial.kit import ids
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import order_of_run
from fiducial.orders.ports import RunRow
from fiducial.quality.sampling.plans import plan_for
from fiducial.quality.sampling.seeded import CODE
from fiducial.quality.tables import aql_tables, sampling_rules
from fiducial.routing.frozen import frozen_route

PERCENTAGE, FIXED, AQL = "PERCENTAGE", "FIXED", "AQL"
SAMPLING_TYPES = (PERCENTAGE, FIXED, AQL)


@dataclass(frozen=True, slots=True)
class Chosen:
    """A rule applied to a lot: how many to draw, how many may fail, and what is copied into the inspection."""

    rule_id: int
    size: int
    ac: int
    copied: Mapping[str, Any]


def matching_rule(tx: Tx, run: RunRow) -> Any:
    """Give the rule for a run: active and matching, highest priority, then most criteria set, then newest; None without one."""
    order, route = order_of_run(tx, run), frozen_route(tx, run.version_id)
    rule = sampling_rules.c
    criteria = (
        (rule.product_code, order.product_code), (rule.line_id, run.line_id), (rule.routing_code, route.route_code),
    )  # fmt: skip
    found = select(sampling_rules).where(rule.is_active.is_(True))
    for column, value in criteria:
        found = found.where(or_(column.is_(None), column == value))
    product, line, routing = (case((column.is_not(None), 1), else_=0) for column, _ in criteria)
    specific = product + line + routing
    return tx.first(found.order_by(rule.priority.desc(), specific.desc(), rule.id.desc()).limit(1))


def chosen_for(tx: Tx, run: RunRow, lot: int) -> Chosen | None:
    """Give what the run's rule asks of a lot of so many units; None when no rule matches. Refuses AQL_TABLE_MISSING."""
    rule = matching_rule(tx, run)
    return None if rule is None or lot < 1 else apply(tx, rule, lot)


def apply(tx: Tx, rule: Any, lot: int) -> Chosen:
    """Give what a rule asks of a lot. Refuses AQL_TABLE_MISSING when the table has no plan for it."""
    copied: dict[str, Any] = {
        "ruleId": ids.to_wire(rule.id), "samplingType": rule.sampling_type, "sampleValue": rule.sample_value, "priority": rule.priority,
        "lotSize": lot,
    }  # fmt: skip
    if rule.sampling_type == AQL:
        return _by_plan(tx, rule, lot, copied)
    size = percent_of(lot, rule.sample_value) if rule.sampling_type == PERCENTAGE else min(int(rule.sample_value), lot)
    return Chosen(rule.id, size, 0, copied | {"n": size, "ac": 0, "re": 1})


def percent_of(lot: int, percent: float) -> int:
    """Give ceil(n · p / 100), at least 1; 0 per cent exempts."""
    return 0 if percent == 0 else min(lot, max(1, math.ceil(round(lot * percent / 100, 9))))


def _by_plan(tx: Tx, rule: Any, lot: int, copied: dict[str, Any]) -> Chosen:
    code, severity = rule.table_code or CODE, rule.severity or "NORMAL"
    table = newest_table(tx, code)
    plan = (
        plan_for(
            {"letters": table.letters, "plans": table.plans}, lot=lot, level=rule.inspection_level or "II", aql=rule.aql, severity=severity
        )
        if table is not None and table.is_active
        else None
    )  # fmt: skip
    if plan is None or table is None:
        raise Refused("AQL_TABLE_MISSING", tableCode=code, severity=severity, aql=rule.aql)
    said = {
        "level": rule.inspection_level or "II", "aql": rule.aql, "severity": severity, "tableCode": code, "edition": table.edition,
        "tableVersion": table.version, "verified": table.verified_at is not None, "letter": plan.letter, "planLetter": plan.used_letter,
        "n": plan.n, "ac": plan.ac, "re": plan.re,
    }  # fmt: skip
    return Chosen(rule.id, plan.n, plan.ac, copied | said)


def newest_table(tx: Tx, code: str) -> Any:
    """Give the newest version of an AQL table, None when there is no such table."""
    return tx.first(select(aql_tables).where(aql_tables.c.code == code).order_by(aql_tables.c.version.desc()).limit(1))
