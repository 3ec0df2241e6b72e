"""Reading forms: lists with their filters, one record, the declarations, the windows for late entry (spec 10.2)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import false, or_, select

from fiducial.forms.answers import FormFacts, Forms, LateWindow, record_of, records, rows_of
from fiducial.forms.common import answer_fields
from fiducial.forms.papers import BY_KEY, FORMS
from fiducial.forms.recording import the_record
from fiducial.forms.settings import BY_FORM
from fiducial.forms.tables import TABLES, late_windows
from fiducial.kit import clock, ids
from fiducial.kit.acting import SIGNED_IN, query
from fiducial.kit.forms.declaration import Form
from fiducial.kit.forms.fields import Field
from fiducial.kit.forms.shapes import answer_of
from fiducial.kit.listing import Condition, Listed, Listing, Page, one_of, part, since, until, yes_no
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs
from fiducial.people.reach import lines_in_reach, must_reach_line
from fiducial.plant.tables import lines


def listing_of(form: Form) -> Listing:
    """Give what the list of a form can be filtered and sorted by (spec 10.2)."""
    t = TABLES[form.key].c
    filters: dict[str, Condition] = {
        "recordNo": part(t.record_no), "lineCode": part(lines.c.code), "runNo": part(runs.c.run_no),
        "recordedBy": _person(t.recorded_by, t.recorded_by_name),
        "result": one_of(t.result, ("PASS", "FAIL")), "confirmed": yes_no(t.confirmed_at.is_not(None)), "voided": yes_no(t.voided),
        "lateEntry": yes_no(t.late_entry),
    }  # fmt: skip
    if form.by:
        filters[form.by[0]] = filters["recordedBy"]
    filters |= _of_time(form.when.name if form.when else "recordedAt", t.happened_at)
    for item in form.fields:
        if item.filtered:
            filters |= _of_field(item, t[item.column_name])
    filters |= form.filters(TABLES[form.key])
    sorts = {"recordedAt": t.recorded_at, "recordNo": t.record_no, "happenedAt": t.happened_at} | {
        item.name: t[item.column_name]
        for item in form.fields
        if item.listed and item.stored and item.kind not in ("rows", "keys", "numbers")
    }
    if form.when:
        sorts[form.when.name] = t.happened_at
    default = f"{form.when.name if form.when else 'recordedAt'}.desc"
    return Listing(filters=filters, sorts=sorts, default_sort=default, key=t.id)


def _person(key: Any, name: Any) -> Condition:
    """Match a person by id, or by a part of the name."""
    return lambda value: or_(key == (ids.from_wire(value) or 0), part(name)(value))


def _of_time(name: str, column: Any) -> dict[str, Condition]:
    stem = name.removesuffix("At").removesuffix("Date")
    return {f"{stem}From": since(column), f"{stem}To": until(column)}


def _of_field(item: Field, column: Any) -> dict[str, Condition]:
    if item.kind == "instant":
        return _of_time(item.name, column)
    if item.kind == "choice":
        return {item.name: one_of(column, tuple(item.choices))}
    return {item.name: yes_no(column) if item.kind == "flag" else part(column)}


LISTINGS: dict[str, Listing] = {form.key: listing_of(form) for form in FORMS}


def list_query(form: Form, listing: Listing, what: str = "list") -> Callable[..., Any]:
    """Give the query that lists the records of a form; voided ones only when they are asked for, those out of reach never."""
    table = TABLES[form.key]
    answer: Any = answer_of(form, answer_fields(form))

    def list_records(tx: Tx, page: Page) -> Listed[dict[str, Any]]:
        """Give the records of a form, newest first."""
        statement = rows_of(form)
        if "voided" not in page.filters:
            statement = statement.where(table.c.voided.is_(False))
        reach = lines_in_reach(tx, *form.reads)
        if reach is not None:
            statement = statement.where(
                or_(table.c.line_id.is_(None), table.c.line_id.in_(reach) if reach else false())
            )
        return listing.answer_all(tx, statement, page, lambda rows: records(tx, form, rows))

    return _named(query(*form.reads), list_records, form, what, _listed(answer))


def detail_query(form: Form, what: str = "read") -> Callable[..., Any]:
    """Give the query that tells one record, by id or number."""

    def record_detail(tx: Tx, record_id: str) -> dict[str, Any]:
        """Give one record."""
        row = the_record(tx, form, record_id)
        if row.line_id is not None:
            must_reach_line(tx, row.line_id, *form.reads)
        return record_of(tx, form, row.id)

    return _named(query(*form.reads), record_detail, form, what, answer_of(form, answer_fields(form)))


def _listed(answer: Any) -> Any:
    listed: Any = Listed
    return listed[answer]


def _named(mark: Any, function: Any, form: Form, what: str, answer: Any) -> Callable[..., Any]:
    """Mark a function of one form under a name of its own, and say what it answers."""
    function.__name__ = f"{what}_{form.key}"
    function.__qualname__ = function.__name__
    function.__annotations__["return"] = answer
    function.__doc__ = f"{(function.__doc__ or '').strip().rstrip('.')}: {form.title.en} ({form.code})."
    marked: Callable[..., Any] = mark(function)
    return marked


named = _named


@query(SIGNED_IN)
def list_forms(tx: Tx) -> Forms:
    """Give the declarations of all forms."""
    return {"items": [facts_of(tx, form) for form in FORMS]}


@query(SIGNED_IN)
def read_form(tx: Tx, key: str) -> FormFacts:
    """Give the declaration of one form. Refuses FORM_NOT_FOUND."""
    if key not in BY_KEY:
        raise Refused("FORM_NOT_FOUND", key=key)
    return facts_of(tx, BY_KEY[key])


def facts_of(tx: Tx, form: Form) -> FormFacts:
    """Give a declaration as it is in force: number and revision as configured, the plant's own fields with it."""
    settings, said = BY_FORM[form.key], int(tx.caller.language == "en")
    return {
        "key": form.key, "formCode": settings.code.of(tx), "formRevision": settings.revision.of(tx),
        "title": form.title[said], "titleZh": form.title.zh, "titleEn": form.title.en, "path": f"/api/{form.path}",
        "enabled": settings.enabled.of(tx), "manualEntry": settings.manual_entry.of(tx), "confirm": form.confirm, "meaning": form.meaning,
        "fourEyes": settings.four_eyes.of(tx), "timeField": form.when.name if form.when else None,
        "backEntryDays": form.when.days_back if form.when else 0, "gates": list(form.read_by),
        "traceSection": form.traced.section if form.traced else None, "readPermissions": list(form.reads),
        "recordPermissions": [*form.records, *form.tokens], "fields": [_field(item, said) for item in form.fields],
        "extraFields": settings.own_fields.of(tx),
    }  # fmt: skip


def _field(item: Field, said: int) -> dict[str, Any]:
    """Give one field of a declaration; `said` is the place of the language in a label."""
    return {
        "name": item.name, "label": item.label[said], "labelZh": item.label.zh, "labelEn": item.label.en, "type": item.kind.upper(),
        "unit": item.unit, "min": item.low, "max": item.high, "maxLength": item.longest if item.kind == "text" else None,
        "required": item.required, "source": item.source, "listed": item.listed, "filtered": item.filtered, "scans": item.scans,
        "choices": [{"code": code, "label": words[said]} for code, words in item.choices.items()],
        "parts": [_field(inner, said) for inner in item.parts],
    }  # fmt: skip


@query("form:confirm", "system:config")
def list_late_windows(tx: Tx) -> Listed[LateWindow]:
    """Give the windows for late entry, newest first."""
    rows = tx.all(select(late_windows).order_by(late_windows.c.id.desc()).limit(100))
    return {"items": [late_window(tx, row) for row in rows], "total": len(rows), "page": 1, "pageSize": 100}


def late_window(tx: Tx, row: Any) -> LateWindow:
    """Give a window as it stands on the wire."""
    return {
        "id": ids.to_wire(row.id), "from": clock.to_wire(row.from_at), "to": clock.to_wire(row.to_at), "until": clock.to_wire(row.until_at),
        "reason": row.reason, "openedBy": ids.wire_or_none(row.opened_by), "openedByName": row.opened_by_name,
        "openedAt": clock.to_wire(row.opened_at), "open": row.until_at >= tx.now,
    }  # fmt: skip
