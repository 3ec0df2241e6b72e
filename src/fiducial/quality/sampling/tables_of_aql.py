"""AQL tables as they are entered (spec 06.7): data with an edition; an edit makes a new version, and verifying is a person's act."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from fiducial.kit import clock, ids
from fiducial.kit.acting import action, query
from fiducial.kit.http.shapes import instant_or_none
from fiducial.kit.listing import Listed, Listing, Page, part, yes_no
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.tx import Tx
from fiducial.quality.answers import AqlTable
from fiducial.quality.inspections.words import TAKEN
from fiducial.quality.sampling.choosing import newest_table
from fiducial.quality.sampling.shapes import AqlTableChange, LotLetters, NewAqlTable, SamplingPlan
from fiducial.quality.tables import aql_tables

MAY_READ = ("quality:oqc", "quality:config")
TABLES = Listing(
    filters={"code": part(aql_tables.c.code), "isActive": yes_no(aql_tables.c.is_active)},
    sorts={"code": aql_tables.c.code, "createdAt": aql_tables.c.created_at}, default_sort="code.asc", key=aql_tables.c.id,
)  # fmt: skip
GAPS = Said(
    zh="批量范围必须从 2 开始、首尾相接，只有最后一行没有上限",
    en="ranges begin at 2 and follow on; only the last has no end",
)
NO_PLAN = Said(
    zh="有字码没有对应的抽样方案，或同一字码重复", en="a letter has no plan, or two of one severity", path="plans"
)


@query(*MAY_READ)
def list_tables(tx: Tx, page: Page) -> Listed[AqlTable]:
    """Give the newest version of each table."""
    other = aql_tables.alias("newer")
    newer = select(other.c.id).where(other.c.code == aql_tables.c.code, other.c.version > aql_tables.c.version)
    return TABLES.answer(tx, select(aql_tables).where(~newer.exists()), page, table_shown)


@query(*MAY_READ)
def table_detail(tx: Tx, code: str) -> AqlTable:
    """Give the newest version of a table. Refuses AQL_TABLE_NOT_FOUND."""
    return table_shown(_the_table(tx, code))


@action("quality:config", audit="AQL_TABLE_CREATE", entity="AQL_TABLE", key="body.code")
def create_table(tx: Tx, body: NewAqlTable) -> AqlTable:
    """Enter a table. Refuses VALIDATION_ERROR for gaps between lots, letters without a plan, and a code that is taken."""
    _judge(body.letters, body.plans)
    key = tx.new_id()
    row = {
        "id": key, "code": body.code, "version": 1, "edition": body.edition, "letters": _letters(body.letters),
        "plans": _plans(body.plans), "source": body.source, "is_active": body.is_active, "created_at": tx.now,
    }  # fmt: skip
    if newest_table(tx, body.code) is not None or not tx.insert_once(aql_tables, **row):
        raise bad_field("code", TAKEN)
    tx.record(body.code, key=key, edition=body.edition, version=1)
    return table_detail(tx, body.code)


@action("quality:config", audit="AQL_TABLE_UPDATE", entity="AQL_TABLE", key="code")
def change_table(tx: Tx, code: str, body: AqlTableChange) -> AqlTable:
    """Change a table to a new version; one whose numbers change is not verified any more. Refuses AQL_TABLE_NOT_FOUND, STALE_UPDATE."""
    row = _the_table(tx, code)
    letters = _letters(body.letters) if body.letters is not None else row.letters
    plans = _plans(body.plans) if body.plans is not None else row.plans
    _judge([LotLetters.model_validate(one) for one in letters], [SamplingPlan.model_validate(one) for one in plans])
    same = letters == row.letters and plans == row.plans and body.edition in (None, row.edition)
    verified = instant_or_none(body.verified_at)
    checked = (
        {"verified_by": tx.actor.id, "verified_by_name": tx.actor.name, "verified_at": min(verified, tx.now)}
        if verified is not None
        else {"verified_by": row.verified_by, "verified_by_name": row.verified_by_name, "verified_at": row.verified_at}
        if same
        else {}
    )
    key = tx.new_id()
    new = {
        "id": key, "code": code, "version": row.version + 1, "edition": body.edition or row.edition, "letters": letters, "plans": plans,
        "source": body.source if body.source is not None else row.source,
        "is_active": row.is_active if body.is_active is None else body.is_active, "created_at": tx.now, **checked,
    }  # fmt: skip
    if not tx.insert_once(aql_tables, **new):
        raise Refused("STALE_UPDATE", code=code)  # somebody made the next version in this moment
    tx.record(code, key=key, edition=new["edition"], version=new["version"], verified=bool(checked))
    return table_detail(tx, code)


def _the_table(tx: Tx, code: str) -> Any:
    row = newest_table(tx, code)
    if row is None:
        raise Refused("AQL_TABLE_NOT_FOUND", code=code)
    return row


def _judge(letters: Sequence[LotLetters], plans: Sequence[SamplingPlan]) -> None:
    expected: int | None = 2
    for row in letters:
        if row.lot_from != expected or (row.lot_to is not None and row.lot_to < row.lot_from):
            raise bad_field("letters", GAPS)
        expected = row.lot_to + 1 if row.lot_to is not None else None
    if expected is not None:
        raise bad_field("letters", GAPS)
    named = {letter for row in letters for letter in row.levels.values()}
    for severity in {plan.severity for plan in plans}:
        there = [plan.letter for plan in plans if plan.severity == severity]
        if len(set(there)) != len(there) or not named <= set(there):
            raise bad_field("plans", NO_PLAN)


def _letters(letters: Sequence[LotLetters]) -> list[dict[str, Any]]:
    return [{"lotFrom": row.lot_from, "lotTo": row.lot_to, "levels": dict(row.levels)} for row in letters]


def _plans(plans: Sequence[SamplingPlan]) -> list[dict[str, Any]]:
    return [
        {"severity": plan.severity, "letter": plan.letter, "n": plan.n, "entries": dict(plan.entries)} for plan in plans
    ]


def table_shown(row: Any) -> AqlTable:
    """Give a table as it stands on the wire."""
    return {
        "id": ids.to_wire(row.id), "code": row.code, "version": row.version, "edition": row.edition, "letters": row.letters,
        "plans": row.plans, "source": row.source, "verified": row.verified_at is not None, "verifiedBy": ids.wire_or_none(row.verified_by),
        "verifiedByName": row.verified_by_name, "verifiedAt": clock.to_wire(row.verified_at), "isActive": row.is_active,
        "createdAt": clock.to_wire(row.created_at),
    }  # fmt: skip
