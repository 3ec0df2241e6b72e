"""The writes of forms (spec 10.2): for each form the acts of recording, confirming, voiding and correcting, made from its declaration."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import create_model
from sqlalchemy import Row, update

from fiducial.forms import paste_scan, recording
from fiducial.forms.answers import LateWindow, record_of
from fiducial.forms.common import answer_fields, body_fields, read_only_of
from fiducial.forms.queries import late_window, named
from fiducial.forms.settings import BY_FORM
from fiducial.forms.shapes import Confirm, LateEntryWindow, SignedConfirm, VoidRecord
from fiducial.forms.tables import TABLES, late_windows
from fiducial.kit import clock
from fiducial.kit.acting import SIGNED_IN, action
from fiducial.kit.forms.declaration import Draft, Form
from fiducial.kit.forms.shapes import RecordBody, answer_of, body_name, body_of, fields_of_body
from fiducial.kit.http.shapes import Body, Reason
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.tx import Tx
from fiducial.people import signing
from fiducial.people.proof import Proof
from fiducial.people.reach import must_reach_line

OWN_RECORDING: Mapping[str, Callable[..., tuple[Row[Any], Draft]]] = {"solder_paste": paste_scan.scan}
"""Forms whose POST is not a new record each time."""
OWN_CORRECTION_MS = 600_000  # the recorder may correct within 10 minutes


@dataclass(frozen=True, slots=True)
class Acts:
    """The acts of one form, and the shapes of their requests."""

    record: Callable[..., Any]
    confirm: Callable[..., Any] | None
    void: Callable[..., Any]
    correct: Callable[..., Any]
    correct_or_own: Callable[..., Any]
    confirmation: Any
    body: type[RecordBody]
    correction: type[RecordBody]


def acts_of(form: Form) -> Acts:
    """Make the acts of a form."""
    common, read_only, reason = body_fields(form), read_only_of(form), {"reason": (Reason, ...)}
    body = body_of(form, "", common, form.written, read_only)
    kept = tuple(item for item in form.written if item.name not in form.kept)
    correction = body_of(form, "Correction", common | reason, kept, [*read_only, *form.kept])
    return Acts(
        _record(form), _confirm(form) if form.confirm != "NONE" else None, _void(form), _correct(form, "correct", "form:confirm"),
        _correct(form, "correct_or_own", SIGNED_IN), confirmation_of(form), body, correction,
    )  # fmt: skip


def confirmation_of(form: Form) -> type[Body]:
    """Give the shape of a confirmation: with proof where it is a signature, with the fields that it may bring."""
    if not form.confirms:
        return Confirm
    make: Any = create_model
    fields = fields_of_body(
        form, [replace(form.field_of(name), required=False, default=None) for name in form.confirms]
    )
    made: type[Body] = make(
        f"{body_name(form)}Confirm", __base__=SignedConfirm, __doc__=f"Confirming: {form.title.en}.", **fields
    )
    return made


def _answer(form: Form) -> Any:
    return answer_of(form, answer_fields(form))


def _record(form: Form) -> Callable[..., Any]:
    permissions = (*form.records, *form.tokens)
    make: Callable[..., tuple[Row[Any], Draft]] = OWN_RECORDING.get(form.key, recording.record)

    def record(tx: Tx, body: Any) -> Any:
        """Make a record"""
        row, draft = make(tx, form, body.given(), permissions)
        answer = record_of(tx, form, row.id, draft)
        tx.record(row.record_no, key=row.id, line=answer["lineCode"], result=row.result, values=_told(body))
        return answer

    return named(
        action(*permissions, audit=f"{form.entity}_CREATE", entity=form.entity), record, form, "record", _answer(form)
    )


def _told(body: Any) -> dict[str, Any]:
    return {
        name: value
        for name, value in body.model_dump(mode="json", by_alias=True, exclude_none=True).items()
        if name != "reason"
    }


def _confirm(form: Form) -> Callable[..., Any]:
    mark = action("form:confirm", audit=f"{form.entity}_CONFIRM", entity=form.entity, key="record_id")

    def confirm(tx: Tx, record_id: str, body: Any) -> Any:
        """Confirm a record as another person than who made it"""
        return _confirmed(tx, form, record_id, body, None)

    def confirm_signed(tx: Tx, record_id: str, body: Any, proof: Proof) -> Any:
        """Confirm a record as another person than who made it, and sign"""
        return _confirmed(tx, form, record_id, body, proof)

    return named(mark, confirm if form.meaning is None else confirm_signed, form, "confirm", _answer(form))


def _confirmed(tx: Tx, form: Form, record_id: str, body: Any, proof: Proof | None) -> Any:
    row = _mine(tx, form, record_id, "form:confirm")
    given = body.given()
    told = {item.column_name: given[item.key] for item in form.fields if given.get(item.key) is not None}
    confirm_row(tx, form, row, body.remark, **told)
    if proof is not None and form.meaning is not None:
        signature = signing.sign(
            tx, subject_type=form.entity, subject_id=row.id, meaning=form.meaning, proof=proof, remark=body.remark
        )
        table = TABLES[form.key]
        tx.run(update(table).where(table.c.id == row.id).values(signature_id=signature))
    if form.confirmed:
        tx.emit(form.confirmed, row.id, lineId=row.line_id, runId=row.run_id)
    answer = record_of(tx, form, row.id)
    tx.record(row.record_no, key=row.id, line=answer["lineCode"], reason=body.remark)
    return answer


def confirm_row(tx: Tx, form: Form, row: Row[Any], remark: str | None, **more: Any) -> None:
    """Write who confirms a record. Refuses ALREADY_VOIDED, ALREADY_CONFIRMED, SIGNER_MUST_DIFFER."""
    if row.voided:
        raise Refused("ALREADY_VOIDED", recordNo=row.record_no, voidReason=row.void_reason)
    if row.confirmed_at is not None:
        raise Refused("ALREADY_CONFIRMED", recordNo=row.record_no, by=row.confirmed_by_name)
    if BY_FORM[form.key].four_eyes.of(tx) and row.source == "MANUAL" and row.recorded_by == tx.actor.id:
        raise Refused("SIGNER_MUST_DIFFER", recordNo=row.record_no)
    faults = form.confirmable(tx, {**row._mapping, **more})
    if faults:
        raise Refused("VALIDATION_ERROR", fields=[{"path": fault.path, "reason": fault} for fault in faults])
    table = TABLES[form.key]
    said = {
        "confirmed_by": tx.actor.id,
        "confirmed_by_name": tx.actor.name,
        "confirmed_at": tx.now,
        "confirm_remark": remark,
        **more,
    }
    tx.run(update(table).where(table.c.id == row.id).values(said))


def _void(form: Form) -> Callable[..., Any]:
    def void(tx: Tx, record_id: str, body: VoidRecord) -> Any:
        """Void a record; what it had counted is given back"""
        row = _mine(tx, form, record_id, "form:confirm")
        recording.void(tx, form, row, body.reason)
        answer = record_of(tx, form, row.id)
        tx.record(row.record_no, key=row.id, line=answer["lineCode"], reason=body.reason)
        return answer

    mark = action("form:confirm", audit=f"{form.entity}_VOID", entity=form.entity, key="record_id")
    return named(mark, void, form, "void", _answer(form))


def _correct(form: Form, name: str, *permissions: str) -> Callable[..., Any]:
    def correct(tx: Tx, record_id: str, body: Any) -> Any:
        """Make a record that replaces another; open to the recorder for ten minutes"""
        row = recording.the_record(tx, form, record_id, to_change=True)
        own = row.recorded_by == tx.actor.id and tx.now - row.recorded_at <= OWN_CORRECTION_MS
        needed = ("form:confirm", *form.records) if own else ("form:confirm",)
        if not any(tx.actor.holds(permission) for permission in needed):
            raise Refused("FORBIDDEN", permission="form:confirm")
        if row.line_id is not None:
            must_reach_line(tx, row.line_id, *needed)
        made, draft = recording.correct(tx, form, row, body.given(), permissions=needed, reason=body.reason)
        answer = record_of(tx, form, made.id, draft)
        tx.record(
            row.record_no,
            key=row.id,
            line=answer["lineCode"],
            reason=body.reason,
            replacedBy=made.record_no,
            values=_told(body),
        )
        return answer

    mark = action(*permissions, audit=f"{form.entity}_CORRECT", entity=form.entity, key="record_id")
    return named(mark, correct, form, name, _answer(form))


def _mine(tx: Tx, form: Form, record_id: str, *permissions: str) -> Row[Any]:
    """Give a record to be changed; refuses as `the_record`, and FORBIDDEN out of reach."""
    row = recording.the_record(tx, form, record_id, to_change=True)
    if row.line_id is not None:
        must_reach_line(tx, row.line_id, *permissions)
    return row


@action("system:config", audit="LATE_ENTRY_OPEN", entity="LATE_ENTRY_WINDOW")
def open_late_window(tx: Tx, body: LateEntryWindow) -> LateWindow:
    """Let everybody enter what happened between two times, until a third: after an outage (spec 10.2)."""
    since, to, until = (clock.from_datetime(moment) for moment in (body.from_, body.to, body.until))
    if not since < to <= tx.now:
        raise bad_field("to", Said(zh="必须晚于 from，且不能是将来", en="must lie after `from` and not in the future"))
    if until <= tx.now:
        raise bad_field("until", Said(zh="必须是将来的时间", en="must lie in the future"))
    key = tx.new_id()
    tx.run(late_windows.insert().values(
        id=key, from_at=since, to_at=to, until_at=until, reason=body.reason, opened_by=tx.actor.id, opened_by_name=tx.actor.name,
        opened_at=tx.now,
    ))  # fmt: skip
    window = late_window(tx, tx.one(late_windows.select().where(late_windows.c.id == key)))
    tx.record(f"{window['from']} – {window['to']}", key=key, reason=body.reason, until=window["until"])
    return window
