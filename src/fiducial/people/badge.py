"""Signing in with badge and PIN at a shared terminal (spec 09.2), and the PIN itself."""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise
from typing import Any

from sqlalchemy import select, update

from fiducial.kit.acting import ANONYMOUS, OPEN, SIGNED_IN, action, query
from fiducial.kit.refusals import Kept, Refused, Said, bad_field
from fiducial.kit.tx import Tx
from fiducial.people import accounts, lockout, terminals
from fiducial.people.proof import BADGE, Proof, must_prove
from fiducial.people.reach import ALL, places
from fiducial.people.settings import badge_hours, badge_idle_minutes
from fiducial.people.shapes import SignedIn
from fiducial.people.signing_in import Attempt, begin_session, end_old_session, signed_in
from fiducial.people.tables import users
from fiducial.people.terminal_shapes import OwnPin, PinFacts, UserPin


def must_be_pin(pin: str) -> None:
    """Refuse VALIDATION_ERROR for a PIN that anybody would try first: one digit, or a run up or down."""
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    if steps in ({0}, {1}, {-1}):
        raise bad_field("pin", Said(zh="不能是相同或连续的数字", en="may be no run and no repeated digit"))


@query(OPEN)
def account_of_badge(tx: Tx, badge_no: str) -> tuple[int | None, str | None, str]:
    """Give key, PIN hash and name to show of the account of a badge. Refuses TERMINAL_NOT_REGISTERED and RATE_LIMITED."""
    must_stand_at_terminal(tx)
    lockout.address_is_free(tx)
    row = tx.first(select(users.c.id, users.c.username, users.c.pin_hash).where(users.c.badge_no == badge_no))
    if row is None:
        return None, None, "sha256:" + sha256(badge_no.encode()).hexdigest()[:16]
    return row.id, row.pin_hash, row.username


def must_stand_at_terminal(tx: Tx) -> Any:
    """Give the terminal's row; refuses TERMINAL_NOT_REGISTERED away from one."""
    terminal = terminals.paired(tx)
    if terminal is None:
        raise Refused("TERMINAL_NOT_REGISTERED")
    return terminal


@action(OPEN, audit="SIGN_IN", entity="USER", shown_once=True)
def sign_in_by_badge(tx: Tx, attempt: Attempt, digest: bytes) -> SignedIn:
    """Begin a session for a right PIN. Refuses TERMINAL_NOT_REGISTERED, ACCOUNT_LOCKED, ACCOUNT_DISABLED, INVALID_CREDENTIALS for a PIN
    that was tried too often, BADGE_NOT_ALLOWED_HERE; CONFLICT_RETRY when the PIN has just been changed.
    """
    terminal = must_stand_at_terminal(tx)
    row = tx.first(select(users).where(users.c.id == attempt.key).with_for_update())
    if row is None or row.pin_hash != attempt.seen_hash:
        raise Refused("CONFLICT_RETRY")
    if locked := lockout.refusal_of_lock(tx, row):
        raise locked
    if not lockout.pin_is_live(row):
        raise Refused("INVALID_CREDENTIALS")
    if not row.is_active:
        raise Refused("ACCOUNT_DISABLED")
    if not _reaches(tx, row.id, terminal.line_id):
        code = places().line_codes(tx, [terminal.line_id]).get(terminal.line_id)
        raise Refused("BADGE_NOT_ALLOWED_HERE", lineCode=code, terminalCode=terminal.code)
    end_old_session(tx)
    key = begin_session(
        tx, row, digest, method=BADGE, hours=badge_hours.of(tx), idle_minutes=badge_idle_minutes.of(tx), terminal=terminal.code
    )  # fmt: skip
    tx.run(update(users).where(users.c.id == row.id).values(pin_failures=0, last_sign_in_at=tx.now))
    return signed_in(tx, row, key, method=BADGE, terminal=terminal)


def _reaches(tx: Tx, user: int, line: int) -> bool:
    """Tell whether one of the roles of somebody reaches a line."""
    if any(role.data_scope == ALL for role in accounts.roles_of(tx, user)):
        return True
    lines, stations = accounts.bindings_of(tx, [user])
    return line in lines[user] or line in places().lines_of(tx, stations[user]).values()


@action(OPEN, audit="SIGN_IN_FAILED", entity="USER", key="shown")
def fail_badge(tx: Tx, attempt: Attempt, shown: str) -> Kept:  # noqa: ARG001 - `shown` is what the entry is about
    """Count a wrong PIN and keep the refusal; of a right one, say why it is not taken."""
    if tx.actor.kind == "ANONYMOUS":
        tx.actor = ANONYMOUS
    row = None
    if attempt.key is not None:
        row = tx.first(select(users).where(users.c.id == attempt.key).with_for_update())
    if row is not None and (locked := lockout.refusal_of_lock(tx, row)):
        lockout.count_address(tx, tx.caller.ip)
        return Kept(locked)
    if row is not None and attempt.right and attempt.seen_hash == row.pin_hash and lockout.pin_is_live(row):
        return Kept(Refused("ACCOUNT_DISABLED"))
    lockout.count_address(tx, tx.caller.ip)
    if row is not None and row.pin_hash is not None:
        lockout.count_pin_failure(tx, row)
    return Kept(Refused("INVALID_CREDENTIALS"))


@action("system:user_manage", audit="USER_PIN_SET", entity="USER")
def set_pin(tx: Tx, user_id: str, body: UserPin, pin_hash: str | None) -> PinFacts:
    """Give an account a badge and a PIN; without a PIN it has none any more. Refuses USER_NOT_FOUND, USER_EXISTS (`details.field`)."""
    row, given = accounts.must_find_user(tx, user_id), body.given()
    if body.pin is not None:
        must_be_pin(body.pin)
    values: dict[str, Any] = {"pin_hash": pin_hash, "pin_failures": 0}
    if "badge_no" in given:
        values["badge_no"] = body.badge_no
    accounts.change_person(tx, row.id, values)
    ended = accounts.end_sessions(tx, row.id) if given.get("badge_no", row.badge_no) != row.badge_no else 0
    tx.record(row.username, key=row.id, pin="set" if pin_hash else "cleared", sessionsEnded=ended)
    return {"badgeNo": values.get("badge_no", row.badge_no), "hasPin": pin_hash is not None}


@action(SIGNED_IN, audit="USER_PIN_SET", entity="USER")
def set_own_pin(tx: Tx, body: OwnPin, proof: Proof, pin_hash: str) -> PinFacts:
    """Choose one's own PIN. Refuses REAUTH_REQUIRED, REAUTH_FAILED, and VALIDATION_ERROR for one that is easily guessed."""
    must_prove(tx, proof)
    must_be_pin(body.pin)
    row = accounts.must_be_person(tx)
    accounts.change_person(tx, row.id, {"pin_hash": pin_hash, "pin_failures": 0})
    tx.record(row.username, key=row.id, pin="set")
    return {"badgeNo": row.badge_no, "hasPin": True}
