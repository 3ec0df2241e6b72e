"""Sampling rules as they are set up (spec 06.7). One that is not wanted any more is switched off, for inspections name it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, or_, select, update

from fiducial.kit import clock, ids
from fiducial.kit.acting import action, query
from fiducial.kit.listing import Listed, Listing, Page, exact, part, yes_no
from fiducial.kit.refusals import Refused, bad_field, changed_fields
from fiducial.kit.tx import Tx
from fiducial.people.reach import lines_in_reach, must_reach_line
from fiducial.plant.lookup import the_line
from fiducial.plant.tables import lines
from fiducial.quality.answers import DeletedRule, SamplingRule
from fiducial.quality.inspections.words import REQUIRED
from fiducial.quality.sampling.choosing import AQL, FIXED, PERCENTAGE, newest_table
from fiducial.quality.sampling.plans import aqls_of, severities_of
from fiducial.quality.sampling.seeded import CODE
from fiducial.quality.sampling.shapes import NewRule, RuleChange
from fiducial.quality.sampling.switching import proposal_for
from fiducial.quality.tables import sampling_rules
from fiducial.routing.choose import find_route

RULES = Listing(
    filters={
        "productCode": part(sampling_rules.c.product_code), "lineCode": exact(lines.c.code), "routingCode": part(sampling_rules.c.routing_code),
        "isActive": yes_no(sampling_rules.c.is_active),
    },
    sorts={
        "priority": sampling_rules.c.priority, "productCode": sampling_rules.c.product_code, "createdAt": sampling_rules.c.created_at,
        "updatedAt": sampling_rules.c.updated_at,
    },
    default_sort="priority.desc", key=sampling_rules.c.id,
)  # fmt: skip
_whole = select(sampling_rules, lines.c.code.label("line_code")).select_from(
    sampling_rules.outerjoin(lines, lines.c.id == sampling_rules.c.line_id)
)
rule = sampling_rules.c
_OF_AQL = ("inspection_level", "aql", "severity", "table_code")


@query("quality:oqc")
def list_rules(tx: Tx, page: Page) -> Listed[SamplingRule]:
    """Give the rules of the lines in reach and those of every line, as a list."""
    reach = lines_in_reach(tx, "quality:oqc")
    found = _whole if reach is None else _whole.where(or_(rule.line_id.is_(None), rule.line_id.in_(reach)))
    return RULES.answer(tx, found, page, rule_shown)


@query("quality:oqc")
def rule_detail(tx: Tx, rule_id: str) -> SamplingRule:
    """Give a rule; one by AQL with `proposal`: what the switching rules propose after the last verdicts. Refuses SAMPLING_RULE_NOT_FOUND."""
    row = _the_rule(tx, rule_id)
    shown = rule_shown(row)
    return shown | {"proposal": proposal_for(tx, row)} if row.sampling_type == AQL else shown


@action("quality:oqc", audit="SAMPLING_RULE_CREATE", entity="SAMPLING_RULE")
def create_rule(tx: Tx, body: NewRule) -> SamplingRule:
    """Make a rule. Refuses LINE_NOT_FOUND, ROUTE_NOT_FOUND, INVALID_SAMPLE_VALUE."""
    values = body.model_dump()
    reason = values.pop("reason")
    line_code = values.pop("line_code")
    values["line_id"] = _line_id(tx, line_code)
    _must_have_route(tx, values["routing_code"])
    values = _with_defaults(values)
    _judge(tx, values)
    key = tx.new_id()
    tx.run(insert(sampling_rules).values(id=key, **values, created_at=tx.now, updated_at=tx.now))
    row = _by_key(tx, key)
    shown = rule_shown(row)
    tx.record(shown["id"], key=key, line=line_code, changes=changed_fields({}, _said(shown)), reason=reason)
    return shown


@action("quality:oqc", audit="SAMPLING_RULE_UPDATE", entity="SAMPLING_RULE", key="rule_id")
def change_rule(tx: Tx, rule_id: str, body: RuleChange) -> SamplingRule:
    """Change a rule; another severity is a person's act with a reason. Refuses SAMPLING_RULE_NOT_FOUND and what creating refuses."""
    row = _the_rule(tx, rule_id, lock=True)
    given = body.given()
    reason = given.pop("reason", None)
    for name in ("sampling_type", "priority", "is_active"):
        if name in given and given[name] is None:
            given.pop(name)
    if "line_code" in given:
        given["line_id"] = _line_id(tx, given.pop("line_code"))
    _must_have_route(tx, given.get("routing_code"))
    names = (
        "product_code",
        "line_id",
        "routing_code",
        "sampling_type",
        "sample_value",
        *_OF_AQL,
        "priority",
        "is_active",
    )
    values = _with_defaults({name: given.get(name, getattr(row, name)) for name in names})
    _judge(tx, values)
    if values["severity"] != row.severity and row.severity is not None and values["severity"] is not None:
        if reason is None:
            raise bad_field("reason", REQUIRED)
        values |= {
            "severity_reason": reason, "severity_by": tx.actor.id, "severity_by_name": tx.actor.name, "severity_at": tx.now,
        }  # fmt: skip
    tx.run(update(sampling_rules).where(sampling_rules.c.id == row.id).values(**values, updated_at=tx.now))
    before, after = rule_shown(row), rule_shown(_by_key(tx, row.id))
    tx.record(
        rule_id, key=row.id, line=after["lineCode"], changes=changed_fields(_said(before), _said(after)), reason=reason
    )
    return after


@action("quality:oqc", audit="SAMPLING_RULE_DELETE", entity="SAMPLING_RULE", key="rule_id")
def switch_rule_off(tx: Tx, rule_id: str) -> DeletedRule:
    """Switch a rule off. Refuses SAMPLING_RULE_NOT_FOUND."""
    row = _the_rule(tx, rule_id, lock=True)
    tx.run(update(sampling_rules).where(sampling_rules.c.id == row.id).values(is_active=False, updated_at=tx.now))
    tx.record(
        rule_id,
        key=row.id,
        line=row.line_code,
        changes=changed_fields({"isActive": row.is_active}, {"isActive": False}),
    )
    return {"deleted": True}


def _with_defaults(values: dict[str, Any]) -> dict[str, Any]:
    """Give the values with what an AQL rule takes when it is not said, and without what another type does not have."""
    if values["sampling_type"] == AQL:
        defaults = {"inspection_level": "II", "severity": "NORMAL", "table_code": CODE}
        return {
            **values,
            "sample_value": values["sample_value"],
            **{name: values[name] or said for name, said in defaults.items()},
        }
    return values | dict.fromkeys(_OF_AQL)


def _judge(tx: Tx, values: dict[str, Any]) -> None:
    """Refuse INVALID_SAMPLE_VALUE: what does not fit the type. A severity whose plans the factory has not entered yet may be chosen;
    it is the inspection that says AQL_TABLE_MISSING then."""
    kind, value = values["sampling_type"], values["sample_value"]
    table = newest_table(tx, values["table_code"]) if kind == AQL else None
    fits = {
        PERCENTAGE: value is not None and 0 <= value <= 100,
        FIXED: value is not None and value >= 1 and float(value).is_integer(),
        AQL: value is None and table is not None and values["aql"] in aqls_of({"plans": table.plans}),
    }[kind]
    if not fits:
        known = aqls_of({"plans": table.plans}) if table is not None else []
        raise Refused(
            "INVALID_SAMPLE_VALUE", samplingType=kind, sampleValue=value, aql=values["aql"], tableCode=values["table_code"], aqls=known,
            severities=severities_of({"plans": table.plans}) if table is not None else [],
        )  # fmt: skip


def _line_id(tx: Tx, code: str | None) -> int | None:
    if code is None:
        return None
    line = the_line(tx, code)
    must_reach_line(tx, line.id, "quality:oqc")
    return line.id


def _must_have_route(tx: Tx, code: str | None) -> None:
    if code is not None and find_route(tx, code) is None:
        raise Refused("ROUTE_NOT_FOUND", routingCode=code)


def _by_key(tx: Tx, key: int) -> Any:
    return tx.one(_whole.where(sampling_rules.c.id == key))


def _the_rule(tx: Tx, rule_id: str, *, lock: bool = False) -> Any:
    key = ids.from_wire(rule_id) or -1
    if lock:
        tx.first(select(sampling_rules.c.id).where(sampling_rules.c.id == key).with_for_update())
    row = tx.first(_whole.where(sampling_rules.c.id == key))
    if row is None:
        raise Refused("SAMPLING_RULE_NOT_FOUND")
    if row.line_id is not None:
        must_reach_line(tx, row.line_id, "quality:oqc")
    return row


def _said(shown: SamplingRule) -> dict[str, Any]:
    hidden = (
        "id",
        "createdAt",
        "updatedAt",
        "severityBy",
        "severityByName",
        "severityAt",
        "severityReason",
        "proposal",
    )
    return {name: value for name, value in shown.items() if name not in hidden}


def rule_shown(row: Any) -> SamplingRule:
    """Give a rule as it stands on the wire."""
    return {
        "id": ids.to_wire(row.id), "productCode": row.product_code, "lineCode": row.line_code, "routingCode": row.routing_code,
        "samplingType": row.sampling_type, "sampleValue": row.sample_value, "inspectionLevel": row.inspection_level, "aql": row.aql,
        "severity": row.severity, "tableCode": row.table_code, "priority": row.priority, "isActive": row.is_active,
        "severityReason": row.severity_reason, "severityBy": ids.wire_or_none(row.severity_by), "severityByName": row.severity_by_name,
        "severityAt": clock.to_wire(row.severity_at), "createdAt": clock.to_wire(row.created_at), "updatedAt": clock.to_wire(row.updated_at),
    }  # fmt: skip
