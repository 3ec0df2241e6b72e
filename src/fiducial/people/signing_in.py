"""Signing in and out (spec 09.2). The password is verified before the lane; here it is judged again that nothing changed since."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from urllib.parse import quote

from sqlalchemy import LABEL_STYLE_TABLENAME_PLUS_COL, select, update

from fiducial.kit import clock, ids
from fiducial.kit.acting import ANONYMOUS, OPEN, SIGNED_IN, Actor, action, query
from fiducial.kit.listing import Listed
from fiducial.kit.refusals import Kept, Refused
from fiducial.kit.tx import Tx
from fiducial.people import accounts, homes, lockout
from fiducial.people.accounts import must_be_person
from fiducial.people.actions import store_password
from fiducial.people.identity import permissions_of
from fiducial.people.proof import PASSWORD, Proof, must_prove
from fiducial.people.reach import places
from fiducial.people.settings import password_classes, password_hours, password_idle_minutes, password_max_age_days
from fiducial.people.shapes import LiveSession, SecretProof, SessionFacts, SignedIn, SignedInUser
from fiducial.people.tables import sessions, terminals, users

DAY = 24 * 3_600_000


@dataclass(frozen=True, slots=True)
class Attempt:
    """An attempt as it was seen before the lane. `key` and `seen_hash` are None for a name nobody has."""

    key: int | None
    seen_hash: str | None
    right: bool
    shown: str  # the user name of a known account, the digest of any other name


@query(OPEN)
def account_named(tx: Tx, name: str) -> tuple[int | None, str | None, str]:
    """Give key, password hash and name to show of the account that is meant; refuses RATE_LIMITED to a closed-out address.

    A lock is judged in the lane: a locked account costs as much time as any other.
    """
    lockout.address_is_free(tx)
    row = tx.first(select(users.c.id, users.c.username, users.c.password_hash).where(accounts.by_name(name)))
    if row is None:
        return None, None, "sha256:" + sha256(name.strip().casefold().encode()).hexdigest()[:16]
    return row.id, row.password_hash, row.username


# What a sign-in gives is the cookie, which is stored nowhere: a repeat under the same key must not seem to be one.
@action(OPEN, audit="SIGN_IN", entity="USER", shown_once=True)
def sign_in(tx: Tx, attempt: Attempt, digest: bytes) -> SignedIn:
    """Begin a session for a right password. Refuses ACCOUNT_LOCKED, ACCOUNT_DISABLED, and CONFLICT_RETRY when the password has
    just been changed; none of these counts here (`fail_sign_in` does).
    """
    row = tx.first(select(users).where(users.c.id == attempt.key).with_for_update())
    if row is None or row.password_hash != attempt.seen_hash:
        raise Refused("CONFLICT_RETRY")
    locked = lockout.refusal_of_lock(tx, row)
    if locked:
        raise locked
    if not row.is_active:
        raise Refused("ACCOUNT_DISABLED")
    end_old_session(tx)
    key = begin_session(
        tx, row, digest, method=PASSWORD, hours=password_hours.of(tx), idle_minutes=password_idle_minutes.of(tx)
    )
    aged = password_max_age_days.of(tx) * DAY
    must_change = row.must_change_password or bool(aged and tx.now - (row.password_set_at or 0) > aged)
    values = {
        "failures": 0, "failures_since": None, "locks": 0, "locked_until": None, "last_sign_in_at": tx.now,
        "must_change_password": must_change, "pin_failures": 0,
    }  # fmt: skip
    tx.run(update(users).where(users.c.id == row.id).values(values))
    return signed_in(tx, row, key, method=PASSWORD)


def signed_in(tx: Tx, row: Any, session: int, *, method: str, terminal: Any = None) -> SignedIn:
    """Enter a sign-in and give its answer; from here on it is the person who acts."""
    held = accounts.roles_of(tx, row.id)
    at = terminal.code if terminal is not None else None
    tx.actor = Actor(
        kind="USER", id=row.id, name=row.name, roles=tuple(role.code for role in held), session_id=session, terminal=at
    )
    tx.record(row.username, key=row.id, method=method)
    return _signed_in(tx, session)


def begin_session(
    tx: Tx, row: Any, digest: bytes, *, method: str, hours: int, idle_minutes: int, terminal: str | None = None
) -> int:
    """Write a session and give its key."""
    key, caller = tx.new_id(), tx.caller
    tx.run(sessions.insert().values(
        id=key, digest=digest, user_id=row.id, method=method, authenticated_at=tx.now, created_at=tx.now,
        expires_at=tx.now + hours * 3_600_000, idle_ms=idle_minutes * 60_000,
        last_seen_at=tx.now, ip=caller.ip, agent=caller.agent, terminal_code=terminal,
    ))  # fmt: skip
    return key


def end_old_session(tx: Tx) -> None:
    """End the session that was sent along: a browser has one."""
    if tx.actor.session_id is not None:
        tx.run(update(sessions).where(sessions.c.id == tx.actor.session_id).values(ended_at=tx.now))


@action(OPEN, audit="SIGN_IN_FAILED", entity="USER", key="shown")
def fail_sign_in(tx: Tx, attempt: Attempt, shown: str) -> Kept:  # noqa: ARG001 - `shown` is what the entry is about
    """Count a failure and keep the refusal: ACCOUNT_LOCKED, ACCOUNT_DISABLED for a right secret, else INVALID_CREDENTIALS."""
    if tx.actor.kind == "ANONYMOUS":
        tx.actor = ANONYMOUS
    row = None
    if attempt.key is not None:
        row = tx.first(select(users).where(users.c.id == attempt.key).with_for_update())
    locked = lockout.refusal_of_lock(tx, row) if row is not None else None
    if locked:
        lockout.count_address(tx, tx.caller.ip)
        return Kept(locked)
    if row is not None and attempt.right and attempt.seen_hash == row.password_hash:
        return Kept(Refused("ACCOUNT_DISABLED"))
    lockout.count_address(tx, tx.caller.ip)
    if row is not None:
        lockout.count_failure(tx, row)
    return Kept(Refused("INVALID_CREDENTIALS"))


@action(OPEN, audit="SIGN_OUT", entity="USER")
def sign_out(tx: Tx) -> dict[str, Any]:
    """End the session sent along; done as well when there is none."""
    if tx.actor.kind != "USER" or tx.actor.session_id is None:
        tx.unrecorded()
        return {}
    tx.run(update(sessions).where(sessions.c.id == tx.actor.session_id).values(ended_at=tx.now))
    username = tx.scalar(select(users.c.username).where(users.c.id == tx.actor.id))
    tx.record(username, key=tx.actor.id)
    return {}


@query(SIGNED_IN, confined_may=True)
def present_session(tx: Tx) -> SignedIn:
    """Give the present session as a sign-in gives it. Refuses FORBIDDEN to machines."""
    if tx.actor.session_id is None:
        raise Refused("FORBIDDEN", reason="PEOPLE_ONLY")
    return _signed_in(tx, tx.actor.session_id)


def _signed_in(tx: Tx, session: int) -> SignedIn:
    joined = select(sessions, users).join_from(sessions, users).where(sessions.c.id == session)
    row = tx.one(joined.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL))
    held = accounts.roles_of(tx, row.person_id)
    permissions = permissions_of(tuple((role.data_scope, role.permissions) for role in held))
    user: SignedInUser = {
        "id": ids.to_wire(row.person_id), "name": row.person_name, "username": row.person_username,
        "email": row.person_email, "locale": row.person_locale,
    }  # fmt: skip
    facts: SessionFacts = {
        "id": ids.to_wire(row.session_id), "expiresAt": clock.to_wire(row.session_expires_at),
        "authenticatedAt": clock.to_wire(row.session_authenticated_at), "method": row.session_method,
        "terminalCode": row.session_terminal_code,
    }  # fmt: skip
    home = terminal_home(tx, row.session_terminal_code) or homes.home_of(
        row.person_home_page, [role.code for role in held], permissions
    )
    return {"user": user, "session": facts, "mustChangePassword": row.person_must_change_password, "homePage": home}


def terminal_home(tx: Tx, code: str | None) -> str | None:
    """Give the page of the station of a terminal that has one station; None anywhere else (spec 09.5.3)."""
    row = tx.first(select(terminals.c.station_ids).where(terminals.c.code == code)) if code else None
    keys = [int(key) for key in row.station_ids.split()] if row is not None else []
    if len(keys) != 1:
        return None
    codes = places().station_codes(tx, keys)
    return f"/execution?station={quote(codes[keys[0]], safe='')}" if codes else None


# What is entered of it is a failure; that somebody proved to be themselves stands in the signature.
@action(SIGNED_IN, audit="SIGN_IN_FAILED", entity="USER")
def reauthenticate(tx: Tx, body: SecretProof, proof: Proof) -> dict[str, str | None]:  # noqa: ARG001 - verified before
    """Renew the time of proof of this session (spec 09.4). Refuses REAUTH_FAILED, counted, and ACCOUNT_LOCKED."""
    must_prove(tx, proof)
    tx.unrecorded()
    tx.run(update(sessions).where(sessions.c.id == tx.actor.session_id).values(authenticated_at=tx.now))
    return {"authenticatedAt": clock.to_wire(tx.now)}


# One's own sessions


@query(SIGNED_IN)
def own_sessions(tx: Tx) -> Listed[LiveSession]:
    """Give one's own live sessions, newest first."""
    live = select(sessions).where(
        sessions.c.user_id == tx.actor.id, sessions.c.ended_at.is_(None), sessions.c.expires_at > tx.now,
        sessions.c.last_seen_at + sessions.c.idle_ms > tx.now,
    )  # fmt: skip
    items = [_own_session(tx, row) for row in tx.all(live.order_by(sessions.c.id.desc()))]
    return {"items": items, "total": len(items), "page": 1, "pageSize": len(items)}


def _own_session(tx: Tx, row: Any) -> LiveSession:
    return {
        "id": ids.to_wire(row.id), "createdAt": clock.to_wire(row.created_at), "lastSeenAt": clock.to_wire(row.last_seen_at),
        "expiresAt": clock.to_wire(row.expires_at), "address": row.ip, "agent": row.agent, "method": row.method,
        "terminalCode": row.terminal_code, "isCurrent": row.id == tx.actor.session_id,
    }  # fmt: skip


@action(SIGNED_IN, audit="SESSION_END", entity="SESSION", key="session_id")
def end_own_session(tx: Tx, session_id: str) -> dict[str, str]:
    """End one of one's own sessions. Refuses SESSION_NOT_FOUND, also for another's."""
    mine = update(sessions).where(
        sessions.c.id == ids.from_wire(session_id), sessions.c.user_id == tx.actor.id, sessions.c.ended_at.is_(None),
    )  # fmt: skip
    if tx.actor.kind != "USER" or tx.run(mine.values(ended_at=tx.now)) != 1:
        raise Refused("SESSION_NOT_FOUND")
    tx.record(session_id, key=ids.from_wire(session_id))
    return {"id": session_id}


# One's own password


@dataclass(frozen=True, slots=True)
class PasswordFacts:
    """What must be known to judge a new password outside the lane."""

    username: str
    present: str | None
    former: tuple[str, ...]
    classes: int


@query(SIGNED_IN, confined_may=True)
def password_facts(tx: Tx) -> PasswordFacts:
    """Give what a change of one's own password is judged by. Refuses FORBIDDEN to machines."""
    row = tx.first(select(users).where(users.c.id == tx.actor.id)) if tx.actor.kind == "USER" else None
    if row is None:
        raise Refused("FORBIDDEN", reason="PEOPLE_ONLY")
    return PasswordFacts(row.username, row.password_hash, tuple(row.former_passwords or ()), password_classes.of(tx))


@action(SIGNED_IN, audit="USER_PASSWORD_CHANGE", entity="USER", confined_may=True)
def change_password(tx: Tx, proof: Proof, fault: Refused | None, new_hash: str) -> dict[str, int] | Kept:
    """Change one's own password; ends the other sessions. Refuses PASSWORD_WRONG, which counts as a failure, ACCOUNT_LOCKED,
    and `fault`, which was found outside: PASSWORD_TOO_WEAK, PASSWORD_REUSED.
    """
    row = must_be_person(tx)
    locked = lockout.refusal_of_lock(tx, row)
    if locked:
        return Kept(locked)
    if not proof.right:
        lockout.count_failure(tx, row)
        return Kept(Refused("PASSWORD_WRONG"))
    if proof.seen_hash != row.password_hash:
        raise Refused("CONFLICT_RETRY")
    if fault is not None:
        raise fault
    store_password(tx, row, new_hash, must_change=False)
    ended = accounts.end_sessions(tx, row.id, but=tx.actor.session_id)
    tx.record(row.username, key=row.id, sessionsEnded=ended)
    return {"sessionsEnded": ended}
