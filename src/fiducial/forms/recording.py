"""How a record comes about (spec 10.2): the place, the time, the form's own rules, the judgement, what follows.

Records are never edited: a correction is a new record that points at the old one, which is voided, and what it had counted follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select, update

from fiducial.forms import refusals as _declared  # noqa: F401 - what is raised in this room is declared there
from fiducial.forms.common import AUTO, MANUAL
from fiducial.forms.opening import Opening
from fiducial.forms.papers.production_exception import PRODUCTION_EXCEPTION
from fiducial.forms.placing import Place, place_of
from fiducial.forms.settings import BY_FORM
from fiducial.forms.tables import TABLES
from fiducial.forms.telling import tell_readers
from fiducial.forms.times import Told, time_corrected, time_told
from fiducial.kit import clock, ids
from fiducial.kit.counters import next_number
from fiducial.kit.forms.declaration import FAIL, Draft, Form, Reason
from fiducial.kit.forms.fields import snake, to_store
from fiducial.kit.forms.own import faults_of
from fiducial.kit.http.shapes import instant_or_none
from fiducial.kit.refusals import Refused, Said
from fiducial.kit.tx import Tx


def the_record(tx: Tx, form: Form, record_id: str, *, to_change: bool = False) -> Row[Any]:
    """Give a record by its id or number, locked when it is to be changed. Refuses RECORD_NOT_FOUND (exceptions: EXCEPTION_NOT_FOUND)."""
    table, key = TABLES[form.key], ids.from_wire(record_id)
    wanted = select(table).where(table.c.id == key if key is not None else table.c.record_no == record_id)
    row = tx.first(wanted.with_for_update() if to_change else wanted)
    if row is None:
        raise Refused(form.missing, **{form.id_name: record_id})
    return row


def must_be_open(tx: Tx, form: Form) -> None:
    """Refuse FORM_DISABLED when the form is off, or people do not fill it in and a person tries (spec 10.2)."""
    settings = BY_FORM[form.key]
    by_hand = tx.actor.kind == "USER"
    if not settings.enabled.of(tx) or (by_hand and not settings.manual_entry.of(tx)):
        raise Refused("FORM_DISABLED", form=Said(zh=form.title.zh, en=form.title.en), key=form.key)


def record(tx: Tx, form: Form, given: Mapping[str, Any], permissions: tuple[str, ...]) -> tuple[Row[Any], Draft]:
    """Make a record of what a request gave, by Python names. Refuses as the form's rules say; a FAIL is a record, not a refusal."""
    must_be_open(tx, form)
    place = _place(tx, given, permissions, ended_too=False)
    told = time_told(tx, form, _time_given(form, given), given.get("reason"))
    return _make(tx, form, given, told, place=place)


def correct(
    tx: Tx, form: Form, old: Row[Any], given: Mapping[str, Any], *, permissions: tuple[str, ...], reason: str
) -> tuple[Row[Any], Draft]:
    """Void a record and make the one that replaces it; the time stays what it was unless the form's time is typed.

    Refuses ALREADY_VOIDED, and as the form's rules say.
    """
    _mark_void(tx, form, old, reason)
    if not form.stays(old, given):
        form.undo(tx, old)
    place = _place(tx, given, permissions, ended_too=True)
    told = time_corrected(tx, form, _time_given(form, given), old, reason)
    row, draft = _make(tx, form, given, told, place=place, old=old)
    table = TABLES[form.key]
    tx.run(update(table).where(table.c.id == old.id).values(corrected_by_id=row.id))
    return row, draft


def void(tx: Tx, form: Form, old: Row[Any], reason: str) -> None:
    """Void a record and take back what it did. Refuses ALREADY_VOIDED, also when somebody else was faster."""
    _mark_void(tx, form, old, reason)
    form.undo(tx, old)


def _mark_void(tx: Tx, form: Form, old: Row[Any], reason: str) -> None:
    table = TABLES[form.key]
    said = {
        "voided": True, "void_reason": reason, "voided_by": tx.actor.id, "voided_by_name": tx.actor.name, "voided_at": tx.now,
    }  # fmt: skip
    if tx.run(update(table).where(table.c.id == old.id, table.c.voided.is_(False)).values(said)) != 1:
        now = tx.one(select(table).where(table.c.id == old.id))
        raise Refused("ALREADY_VOIDED", recordNo=now.record_no, voidReason=now.void_reason)
    tell_readers(tx, form, old)
    if form.read_by:
        tx.emit(
            "FORM_CORRECTED",
            old.id,
            form=form.key,
            recordNo=old.record_no,
            lineId=old.line_id,
            runId=old.run_id,
            reason=reason,
        )


def _time_given(form: Form, given: Mapping[str, Any]) -> int | None:
    return instant_or_none(given.get(snake(form.when.name))) if form.when else None


def _place(tx: Tx, given: Mapping[str, Any], permissions: tuple[str, ...], *, ended_too: bool) -> Place:
    return place_of(
        tx, line_code=given.get("line_code"), run_no=given.get("run_no"), step_no=given.get("step_no"), permissions=permissions,
        ended_too=ended_too,
    )  # fmt: skip


def _make(
    tx: Tx, form: Form, given: Mapping[str, Any], told: Told, *, place: Place, old: Row[Any] | None = None
) -> tuple[Row[Any], Draft]:
    values = {item.column_name: to_store(item, given.get(item.key, item.default)) for item in form.written}
    sent = frozenset(name for name, value in given.items() if value is not None)
    draft = Draft(form, values, told.at, sent, facts=place, corrects=old)
    form.prepare(tx, draft)
    must_be_sound(tx, form, draft, given)
    form.judge(tx, draft)
    return insert(tx, draft, given, told), draft


def must_be_sound(tx: Tx, form: Form, draft: Draft, given: Mapping[str, Any]) -> None:
    """Refuse VALIDATION_ERROR with the faults that the form finds over the whole record, and those of the plant's own fields."""
    faults = [*form.check(tx, draft), *faults_of(BY_FORM[form.key].own_fields.of(tx), given.get("extra") or {})]
    if faults:
        raise Refused("VALIDATION_ERROR", fields=[{"path": fault.path, "reason": fault} for fault in faults])


def insert(tx: Tx, draft: Draft, given: Mapping[str, Any], told: Told) -> Row[Any]:
    """Write the record, do what follows from it, tell whoever reads it; give its row."""
    form, place, settings = draft.form, draft.facts, BY_FORM[draft.form.key]
    table, key, old = TABLES[form.key], tx.new_id(), draft.corrects
    own = {name: value for name, value in draft.values.items() if name in table.c}
    asked = any("S" in item.source for item in form.written)
    tx.run(table.insert().values({
        "id": key, "record_no": number_of(tx, form), "form_code": settings.code.of(tx), "form_revision": settings.revision.of(tx),
        "line_id": place.line_id, "run_id": place.run_id, "step_no": place.step_no, "recorded_by": tx.actor.id,
        "recorded_by_name": tx.actor.name, "recorded_at": tx.now, "happened_at": draft.at,
        "source": AUTO if tx.actor.kind in ("TOKEN", "SYSTEM") else MANUAL, "scanned": bool(given.get("scanned")) if asked else None,
        "result_reasons": [reason_kept(reason) for reason in draft.reasons],
        "remark": given.get("remark"), "names_typed": given.get("names_typed"), "extra": given.get("extra"), "late_entry": told.late,
        "late_reason": told.reason if told.late else None, "corrects_id": old.id if old is not None else None,
        **own, "result": draft.result,
    }))  # fmt: skip
    form.after(tx, draft, key)
    for opening in draft.follows:
        opened = open_exception(tx, place, opening, cause=key, at=draft.at)
        tx.run(update(table).where(table.c.id == key).values(exception_id=opened.id, exception_no=opened.record_no))
    if form.raised:
        tx.emit(form.raised, key, lineId=place.line_id, runId=place.run_id)
    row = tx.one(select(table).where(table.c.id == key))
    tell_readers(tx, form, row)
    if draft.result == FAIL:
        tell_failed(tx, form, row, draft)
    return row


def open_exception(tx: Tx, place: Place, opening: Opening, *, cause: int, at: int) -> Row[Any]:
    """Open a production exception for a cause, issued by whoever acts; give its row.

    Also while the form is closed to people: the fact is one of the system's.
    """
    values: dict[str, Any] = {item.column_name: None for item in PRODUCTION_EXCEPTION.written} | {
        "category": opening.category, "description": opening.description[:2000], "equipment_code": opening.equipment_code,
        "cause_source": opening.source, "cause_id": cause,
    }  # fmt: skip
    draft = Draft(PRODUCTION_EXCEPTION, values, at, facts=place)
    PRODUCTION_EXCEPTION.prepare(tx, draft)
    row = insert(tx, draft, {}, Told(at))
    tx.record(
        row.record_no, action="PRODUCTION_EXCEPTION_CREATE", entity="PRODUCTION_EXCEPTION", key=row.id,
        line=place.line.code if place.line else None, source=opening.source, category=opening.category,
    )  # fmt: skip
    return row


def reason_kept(reason: Reason) -> dict[str, str]:
    """Give a reason as it is kept with the record, in both languages."""
    return {"code": reason.code, "field": reason.field, "zh": reason.said.zh, "en": str(reason.said)}


def tell_failed(tx: Tx, form: Form, row: Row[Any], draft: Draft) -> None:
    """Announce that a record was judged FAIL (spec 10.2)."""
    tx.emit(
        "FORM_OUT_OF_LIMIT", row.id, form=form.key, recordNo=row.record_no, lineId=row.line_id, runId=row.run_id,
        reasons=[reason.code for reason in draft.reasons],
    )  # fmt: skip


def number_of(tx: Tx, form: Form) -> str:
    """Give the next number of a record: `<PREFIX>-YYYYMMDD-NNNN`, counted anew each day of the plant."""
    series = f"{form.prefix}-{clock.plant_day(tx.now, tx.store.zone):%Y%m%d}"
    return f"{series}-{next_number(tx, series):04d}"
