"""The `records` of a trace (spec 07.2): the plant's paper forms, oven programs and repairs of the unit's runs, and of its lines then.

Which section a form stands in is said by its declaration (`Form.traced`). First it is asked which forms have any record at all,
in one statement; only those are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, false, literal, or_, select, union_all

from fiducial.execution.oven_tables import usages
from fiducial.forms import printing
from fiducial.forms.answers import records, rows_of
from fiducial.forms.papers import FORMS
from fiducial.forms.tables import TABLES
from fiducial.kit import clock, ids
from fiducial.kit.forms.declaration import JUDGED, Form
from fiducial.kit.text import use_language
from fiducial.kit.tx import Tx
from fiducial.tooling.tables import maintenance
from fiducial.trace.sections import RECORD_KINDS

RUN, LINE = "RUN", "LINE"
MOST = 200  # of one form: a unit that stood on a line for weeks does not carry the line's whole history
TRACED: tuple[Form, ...] = tuple(form for form in FORMS if form.traced is not None)
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Stay:
    """A run on a line, and the time from which and until which the line's records concern it."""

    run_id: int
    line_id: int
    since: int
    until: int


def records_of(tx: Tx, stays: Sequence[Stay]) -> dict[str, list[dict[str, Any]]]:
    """Give every record by its section, oldest first; voided ones are there and marked."""
    found: dict[str, list[dict[str, Any]]] = {kind: [] for kind in RECORD_KINDS}
    zone = ZoneInfo(tx.store.zone)
    for form in _written(tx, stays):
        assert form.traced is not None
        runs, t = {stay.run_id for stay in stays}, TABLES[form.key].c
        own_first = (t.run_id.is_(None), t.happened_at.desc(), t.id.desc())
        newest = tx.all(rows_of(form).where(_concerns(form, stays)).order_by(*own_first).limit(MOST))
        rows = sorted(newest, key=lambda row: (row.happened_at, row.id))
        with use_language(tx.caller.language):
            found[form.traced.section] += [
                {"scope": RUN if row.run_id in runs else LINE, "by": row.recorded_by_name, "summary": _summary(form, shown, zone)} | shown
                for row, shown in zip(rows, records(tx, form, rows), strict=True)
            ]  # fmt: skip
    found["reflowUsage"] = _ovens(tx, stays)
    found["maintenance"] = _repairs(tx, stays)
    return found


def _concerns(form: Form, stays: Sequence[Stay]) -> ColumnElement[bool]:
    t = TABLES[form.key].c
    of_line = [
        and_(t.run_id.is_(None), t.line_id == stay.line_id, t.happened_at >= stay.since, t.happened_at <= stay.until) for stay in stays
    ]  # fmt: skip
    return or_(t.run_id.in_([stay.run_id for stay in stays]), *of_line) if stays else false()


def _written(tx: Tx, stays: Sequence[Stay]) -> list[Form]:
    """Give the forms that have a record which concerns the stays."""
    any_of = [
        select(literal(form.key).label("key")).where(
            select(TABLES[form.key].c.id).where(_concerns(form, stays)).exists()
        )
        for form in TRACED
    ]
    there = {row.key for row in tx.all(union_all(*any_of))}
    return [form for form in TRACED if form.key in there]


def _summary(form: Form, shown: dict[str, Any], zone: ZoneInfo) -> str:
    """Give the record in one line: what the form's own list shows of it."""
    told = [
        printing.shown(item, shown[item.name], zone, str)
        for item in form.fields
        if item.listed and item.name != "result" and shown.get(item.name) not in (None, "", [])
    ]
    text = " · ".join([shown["recordNo"], *told, *([str(JUDGED[shown["result"]])] if shown["result"] else [])])
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _ovens(tx: Tx, stays: Sequence[Stay]) -> list[dict[str, Any]]:
    rows = tx.all(
        select(usages).where(usages.c.run_id.in_([stay.run_id for stay in stays])).order_by(usages.c.used_at, usages.c.id).limit(MOST)
    )  # fmt: skip
    return [
        {
            "id": ids.to_wire(row.id), "scope": RUN, "recordedAt": clock.to_wire(row.created_at), "by": row.created_by_name,
            "summary": f"{row.actual_program} · {row.expected_program or '–'}", "usedAt": clock.to_wire(row.used_at), "stepNo": row.step_no,
            "profileCode": row.profile_code, "profileVersion": row.profile_version, "expectedProgram": row.expected_program,
            "actualProgram": row.actual_program, "actualPeak": row.actual_peak, "actualTime": row.actual_time,
            "isMatched": None if row.is_matched is None else bool(row.is_matched),
            "limitsOk": None if row.limits_ok is None else bool(row.limits_ok), "mismatchReason": row.mismatch_reason,
        }
        for row in rows
    ]  # fmt: skip


def _repairs(tx: Tx, stays: Sequence[Stay]) -> list[dict[str, Any]]:
    """Give the repairs of tools and machines that were reported on the lines in that time, or open then."""
    m = maintenance.c
    then = [
        and_(m.line_id == stay.line_id, m.reported_at <= stay.until, or_(m.completed_at.is_(None), m.completed_at >= stay.since)) for stay in stays
    ]  # fmt: skip
    rows = tx.all(select(maintenance).where(or_(*then) if then else false()).order_by(m.reported_at, m.id).limit(MOST))
    return [
        {
            "id": ids.to_wire(row.id), "scope": LINE, "recordedAt": clock.to_wire(row.reported_at), "by": row.reported_by_name,
            "summary": f"{row.record_no} · {row.entity_id} · {row.description}"[:LONGEST], "recordNo": row.record_no,
            "entityType": row.entity_type, "entityId": row.entity_id, "maintenanceType": row.maintenance_type, "status": row.status,
            "description": row.description, "resolution": row.resolution, "completedAt": clock.to_wire(row.completed_at),
            "completedByName": row.completed_by_name, "verifiedAt": clock.to_wire(row.verified_at), "verifiedByName": row.verified_by_name,
        }
        for row in rows
    ]  # fmt: skip
