"""Solder paste, scan by scan (spec 10.4.2): a scan opens the record of a jar or moves it on, and answers the record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, select, update

from fiducial.forms.papers import solder_paste as paste
from fiducial.forms.placing import Place, place_of
from fiducial.forms.recording import insert, must_be_open, must_be_sound
from fiducial.forms.settings import BY_FORM
from fiducial.forms.tables import TABLES
from fiducial.forms.telling import tell_readers
from fiducial.forms.times import Told
from fiducial.kit import clock
from fiducial.kit.forms.declaration import Draft, Form
from fiducial.kit.forms.fields import to_store
from fiducial.kit.forms.own import faults_of
from fiducial.kit.http.shapes import instant_or_none
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.set_backs import as_seen_now, set_backs_of
from fiducial.kit.tx import Tx
from fiducial.people.reach import must_reach_line
from fiducial.tooling import from_forms as tooling
from fiducial.tooling.tables import paste_lots

FOLLOWS: dict[str | None, tuple[str, ...]] = {
    None: (paste.RECEIVE, paste.THAW_START),
    paste.RECEIVE: (paste.THAW_START, paste.SCRAP),
    paste.THAW_START: (paste.THAW_END, paste.SCRAP),
    paste.THAW_END: (paste.STIR_START, paste.SCRAP),
    paste.STIR_START: (paste.STIR_END, paste.SCRAP),
    paste.STIR_END: (paste.ISSUE, paste.SCRAP),
    paste.ISSUE: (paste.RETURN, paste.SCRAP),
    paste.RETURN: (paste.THAW_START, paste.SCRAP),
    paste.SCRAP: (),
}
"""What may come after each step. A jar may be scrapped whenever it is found unfit, not only after its issue."""
AT_RECEIPT = ("batch_no", "material_code", "expires_at")
TIME_OF = {
    paste.RECEIVE: "received_at", paste.THAW_START: "thaw_started_at", paste.THAW_END: "thawed_at", paste.STIR_START: "stir_started_at",
    paste.STIR_END: "stirred_at", paste.ISSUE: "issued_at", paste.RETURN: "returned_at", paste.SCRAP: "scrapped_at",
}  # fmt: skip
NAMES = {"batch_no": "batchNo", "material_code": "materialCode", "expires_at": "expiresAt", "line_code": "lineCode"}
REQUIRED = Said(zh="必填", en="required")
OTHER_LABEL = Said(
    zh="与此瓶首次记录的不同；如当时读错，请更正该记录",
    en="is not what was first recorded of this jar; correct that record if it was misread",
)


def scan(tx: Tx, form: Form, given: Mapping[str, Any], permissions: tuple[str, ...]) -> tuple[Row[Any], Draft]:
    """Open the record of a jar or move it on.

    Refuses FORBIDDEN for a jar on a line out of reach, VALIDATION_ERROR for another label than was read first, PASTE_STEP_ORDER
    (`details.expected`), PASTE_THAW_TOO_SHORT (`details.remainingMinutes`), PASTE_STIR_OUT_OF_RANGE, PASTE_EXPIRED,
    PASTE_RETURN_LIMIT, FORM_DISABLED, LINE_NOT_FOUND, RUN_NOT_FOUND, RUN_CLOSED, LINE_MISMATCH.
    """
    must_be_open(tx, form)
    step, lot_id = given["step"], given["lot_id"]
    place = place_of(
        tx,
        line_code=given.get("line_code"),
        run_no=given.get("run_no"),
        step_no=given.get("step_no"),
        permissions=permissions,
        ended_too=False,
    )
    _must_tell(tx, given, place)
    table = TABLES[form.key]
    of_jar = (table.c.lot_id == lot_id, table.c.voided.is_(False))
    tx.all(select(table.c.id).where(*of_jar).with_for_update())  # the record, then the jar: as whoever corrects it
    lot = tooling.know_jar(tx, lot_id)
    tx.one(
        select(paste_lots.c.id).where(paste_lots.c.id == lot.id).with_for_update()
    )  # of two scans of a jar at once the second waits
    old = tx.first(select(table).where(*of_jar))
    before = old.step if old is not None else None
    if step not in FOLLOWS[before]:
        raise Refused("PASTE_STEP_ORDER", lotId=lot_id, step=step, expected=list(FOLLOWS[before]))
    if old is not None:
        must_be_theirs(tx, old, permissions)
    values = {
        item.column_name: to_store(item, given[item.key]) for item in form.written if given.get(item.key) is not None
    }
    known: dict[str, Any] = (dict(old._mapping) if old is not None else {}) | values
    _must_say_the_same(old, values)
    tooling.know_jar(tx, lot_id, expires_at=values.get("expires_at"), material_code=values.get("material_code"))
    values |= {TIME_OF[step]: tx.now, "step": step} | _moved(tx, before, step, known)
    draft = Draft(form, values, tx.now, facts=place)
    _first_in_first_out(tx, draft, known)
    if old is None:
        must_be_sound(tx, form, draft, given)
        row = insert(tx, draft, given, Told(tx.now))
    else:
        row = _move_on(tx, form, old, values | _noted(tx, form, old, given), place)
    if step == paste.ISSUE and place.line_id is not None:
        tooling.jar_issued(tx, lot, line_id=place.line_id, run_id=place.run_id, at=tx.now)
    if step in (paste.SCRAP, paste.RETURN):
        tooling.jar_taken_off(tx, lot, at=tx.now, scrapped=step == paste.SCRAP)
    return row, draft


def _must_tell(tx: Tx, given: Mapping[str, Any], place: Place) -> None:
    """Refuse VALIDATION_ERROR when a step does not bring what it must (spec 10.4.2)."""
    missing = [name for name in AT_RECEIPT if given.get(name) is None] if given["step"] == paste.RECEIVE else []
    if given["step"] == paste.ISSUE and place.line_id is None:
        missing.append("line_code")
    if missing:
        raise Refused("VALIDATION_ERROR", fields=[{"path": NAMES[name], "reason": REQUIRED} for name in missing])
    expires_at = instant_or_none(given.get("expires_at"))
    if given["step"] == paste.RECEIVE and expires_at is not None and expires_at <= tx.now:
        raise bad_field("expiresAt", Said(zh="必须是将来的时间", en="must lie in the future"))


def must_be_theirs(tx: Tx, old: Row[Any], permissions: tuple[str, ...]) -> None:
    """Refuse FORBIDDEN to whoever does not reach the line on which a jar stands; one that was taken off is nobody's."""
    if old.step == paste.ISSUE and old.line_id is not None:
        must_reach_line(tx, old.line_id, *permissions)


def _must_say_the_same(old: Row[Any] | None, values: Mapping[str, Any]) -> None:
    """Refuse VALIDATION_ERROR when a later scan reads another label than the first: what was misread is corrected, and that is entered."""
    for name in AT_RECEIPT if old is not None else ():
        there = getattr(old, name)
        if there is not None and values.get(name, there) != there:
            raise bad_field(NAMES[name], OTHER_LABEL)


def _noted(tx: Tx, form: Form, old: Row[Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a later scan notes; of the plant's own fields it may tell any, and need tell none. Refuses VALIDATION_ERROR."""
    extra: Mapping[str, Any] = given.get("extra") or {}
    faults = faults_of([{**item, "required": False} for item in BY_FORM[form.key].own_fields.of(tx)], extra)
    if faults:
        raise Refused("VALIDATION_ERROR", fields=[{"path": fault.path, "reason": fault} for fault in faults])
    noted = {name: given[name] for name in ("remark", "names_typed") if given.get(name) is not None}
    return noted | ({"extra": {**(old.extra or {}), **extra}} if extra else {})


def _moved(tx: Tx, before: str | None, step: str, known: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a step computes; refuses what the step's own rule refuses."""
    jar = known["lot_id"]
    match step:
        case paste.THAW_START:  # also after a return: the steps begin anew
            begun = dict.fromkeys(("thawed_at", "stir_started_at", "stirred_at", "thaw_minutes", "stir_minutes"))
            return begun if before is not None else begun | {"return_count": 0}
        case paste.THAW_END:
            least, passed = paste.THAW_MIN_MINUTES.of(tx), tx.now - known["thaw_started_at"]
            if passed < least * paste.MINUTE_MS:
                left = -(-(least * paste.MINUTE_MS - passed) // paste.MINUTE_MS)
                raise Refused("PASTE_THAW_TOO_SHORT", lotId=jar, remainingMinutes=left)
            return {"thaw_minutes": paste.minutes_between(known["thaw_started_at"], tx.now)}
        case paste.STIR_END:
            least, most = paste.STIR_MIN_MINUTES.of(tx), paste.STIR_MAX_MINUTES.of(tx)
            minutes = paste.minutes_between(known["stir_started_at"], tx.now) or 0.0
            if not least <= minutes <= most:
                raise Refused("PASTE_STIR_OUT_OF_RANGE", lotId=jar, minutes=minutes, min=least, max=most)
            return {"stir_minutes": minutes}
        case paste.ISSUE:
            expires_at = known.get("expires_at")
            if expires_at is not None and expires_at <= tx.now:
                raise Refused("PASTE_EXPIRED", lotId=jar, expiresAt=clock.to_wire(expires_at))
            return {"used_by": tx.actor.id, "used_by_name": tx.actor.name}
        case paste.RETURN:
            count, most = known.get("return_count") or 0, paste.MAX_RETURNS.of(tx)
            if count >= most:
                raise Refused("PASTE_RETURN_LIMIT", lotId=jar, returnCount=count, max=most)
            return {"return_count": count + 1} | _exposed(tx, known)
        case paste.SCRAP:
            return _exposed(tx, known) if before == paste.ISSUE else {}
        case _:
            return {"return_count": 0} if before is None else {}


def _exposed(tx: Tx, known: Mapping[str, Any]) -> dict[str, Any]:
    """Add the issue that ends now to the time the jar has stood open: it stood open too while the clock was set back."""
    issued_at = known.get("issued_at")
    if issued_at is not None:
        issued_at = as_seen_now(set_backs_of(tx), issued_at)
    return {
        "exposure_minutes": round(
            (known.get("exposure_minutes") or 0) + (paste.minutes_between(issued_at, tx.now) or 0), 1
        )
    }


def _first_in_first_out(tx: Tx, draft: Draft, known: Mapping[str, Any]) -> None:
    """Warn PASTE_FIFO when an older jar of the material is still there to be used."""
    if (
        draft["step"] not in (paste.THAW_START, paste.ISSUE)
        or known.get("material_code") is None
        or known.get("received_at") is None
    ):
        return
    t = TABLES[draft.form.key].c
    older = (
        select(t.lot_id)
        .where(
            t.material_code == known["material_code"], t.voided.is_(False), t.received_at < known["received_at"],
            t.step.not_in((paste.SCRAP, paste.ISSUE)), t.expires_at > tx.now,
        )
        .order_by(t.received_at).limit(1)
    )  # fmt: skip
    lot_id = tx.scalar(older)
    if lot_id is not None:
        draft.warn(
            "PASTE_FIFO",
            zh=f"先进先出：更早的锡膏 {lot_id} 仍可使用",
            en=f"First in, first out: the older jar {lot_id} can still be used",
            lotId=lot_id,
        )


def _move_on(tx: Tx, form: Form, old: Row[Any], values: Mapping[str, Any], place: Place) -> Row[Any]:
    """Write the step into the jar's record, which is still where it was seen."""
    table = TABLES[form.key]
    at = {"line_id": place.line_id, "run_id": place.run_id} if place.line_id is not None else {}
    there = (table.c.id == old.id, table.c.voided.is_(False), table.c.step == old.step)
    if not tx.run(update(table).where(*there).values(**values, **at)):  # voided or corrected at this moment
        raise Refused("CONFLICT_RETRY")
    row = tx.one(select(table).where(table.c.id == old.id))
    tell_readers(tx, form, row)
    return row
