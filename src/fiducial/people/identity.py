"""Who stands at the door (spec 09.2, 09.3), read inside each transaction, so that what is taken away counts at once.

Two statements for a person, one for a token, both compiled once; only what the text of a role's permissions means is kept,
and that never changes.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from ipaddress import ip_address, ip_network
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, FromClause, Integer, Table, and_, bindparam, select, type_coerce, update

from fiducial.kit.acting import ANONYMOUS, Actor, Caller, action
from fiducial.kit.statements import Asked, Hot
from fiducial.people.permissions import BY_CODE, with_included
from fiducial.people.reach import ALL, ASSIGNED_LINES, WIDTH
from fiducial.people.tables import address_failures, roles, sessions, terminals, tokens, user_lines, user_roles, users

if TYPE_CHECKING:
    from fiducial.kit.tx import Tx

SEEN_EVERY_MS = 60_000

# A row for each role, in one statement. Yes and no are taken as the drivers give them, for a conversion costs as much as the rest.
_person = (
    users.c.id.label("user_id"), users.c.name, users.c.locale, type_coerce(users.c.is_active, Integer).label("is_active"),
    type_coerce(users.c.must_change_password, Integer).label("must_change"),
    roles.c.code.label("role"), roles.c.data_scope, roles.c.permissions,
)  # fmt: skip


def _and_roles(people: FromClause) -> FromClause:
    of_person = people.outerjoin(user_roles, user_roles.c.user_id == users.c.id)
    return of_person.outerjoin(roles, roles.c.id == user_roles.c.role_id)


_by_session = Hot(
    select(
        *_person, sessions.c.id, sessions.c.expires_at, sessions.c.idle_ms, sessions.c.last_seen_at, sessions.c.ended_at,
        sessions.c.terminal_code,
    ).select_from(_and_roles(sessions.join(users, users.c.id == sessions.c.user_id))).where(sessions.c.digest == bindparam("digest"))
)  # fmt: skip
_by_user = Hot(select(*_person).select_from(_and_roles(users)).where(users.c.id == bindparam("user")))
_token = select(
    tokens.c.id, tokens.c.name, tokens.c.system, tokens.c.scopes, tokens.c.line_ids, tokens.c.allowed_addresses,
    tokens.c.expires_at, tokens.c.last_used_at, tokens.c.is_active,
)  # fmt: skip
_by_token = Hot(_token.where(tokens.c.digest == bindparam("digest")))
_by_former_token = Hot(
    _token.where(tokens.c.former_digest == bindparam("digest"), tokens.c.former_until > bindparam("now"))
)
_terminal = Hot(
    select(terminals.c.line_id, terminals.c.cookie_digest, user_lines.c.user_id.label("bound"))
    .join_from(
        terminals, user_lines, and_(user_lines.c.line_id == terminals.c.line_id, user_lines.c.user_id == bindparam("user")),
        isouter=True,
    )
    .where(terminals.c.code == bindparam("code"), terminals.c.is_active)
)  # fmt: skip
_see = Hot(
    update(sessions).where(sessions.c.id == bindparam("session"), sessions.c.last_seen_at < bindparam("now"))
    .values(last_seen_at=bindparam("now"))
)  # fmt: skip
_use = Hot(
    update(tokens).where(tokens.c.id == bindparam("token")).values(last_used_at=bindparam("now"), last_used_from=bindparam("ip"))
)  # fmt: skip


class Identity:
    """Tells who acts. A reason why nobody is proved stands in the name of the ANONYMOUS actor (`details.reason`)."""

    def __init__(self) -> None:
        self._soon: set[tuple[str, int, int]] = set()
        self._lock = threading.Lock()

    def identify(self, tx: Tx) -> Actor:
        """Give the person of a session, the token's system, SYSTEM for a worker of ours, or ANONYMOUS."""
        caller = tx.caller
        if caller.session_hash is not None:
            return self._session(tx, caller.session_hash)
        if caller.token_hash is not None:
            return self._token(tx, caller.token_hash)
        if caller.internal is None:
            return ANONYMOUS
        if caller.user_id is None:
            return Actor(kind="SYSTEM", name=caller.internal)
        rows = _by_user.all(tx, user=caller.user_id)
        if not rows or not rows[0].is_active:
            return _nobody("ACCOUNT_DISABLED")
        return _actor(rows, session=None, terminal=None)

    def reads(self, caller: Caller) -> Sequence[Asked]:
        """Give the look-up of the session; whoever comes with a token or from within is looked up when asked."""
        return () if caller.session_hash is None else ((_by_session, {"digest": caller.session_hash}),)

    def _session(self, tx: Tx, digest: bytes) -> Actor:
        rows = _by_session.all(tx, digest=digest)
        if not rows:
            return _nobody("SESSION_UNKNOWN")
        row = rows[0]
        if row.ended_at is not None:
            return _nobody("SESSION_ENDED")
        now = tx.now
        if now >= row.expires_at or now - row.last_seen_at >= row.idle_ms:
            self._later(tx, end_expired_session, row.id)
            return _nobody("SESSION_EXPIRED")
        if not row.is_active:
            return _nobody("ACCOUNT_DISABLED")
        quiet = tx.mark is not None and tx.mark.quiet
        if not quiet and now - row.last_seen_at >= min(SEEN_EVERY_MS, row.idle_ms // 2):
            if tx.chain is None:
                self._later(tx, see_session, row.id)
            else:
                _see.run(tx, session=row.id, now=now)
        actor = _actor(rows, session=row.id, terminal=row.terminal_code)
        return actor if row.terminal_code is None else _at_terminal(tx, actor)

    def _token(self, tx: Tx, digest: bytes) -> Actor:
        row = _by_token.first(tx, digest=digest) or _by_former_token.first(tx, digest=digest, now=tx.now)
        if row is None:
            return _nobody("TOKEN_UNKNOWN")
        if not row.is_active:
            return _nobody("TOKEN_REVOKED")
        if tx.now >= row.expires_at:
            return _nobody("TOKEN_EXPIRED")
        if row.allowed_addresses and not _allowed(tx.caller.ip, row.allowed_addresses):
            return _nobody("TOKEN_ADDRESS")
        if row.last_used_at is None or tx.now - row.last_used_at >= SEEN_EVERY_MS:
            if tx.chain is None:
                self._later(tx, see_token, row.id, tx.caller.ip)
            else:
                _use.run(tx, token=row.id, now=tx.now, ip=tx.caller.ip)
        lines = frozenset(int(key) for key in row.line_ids.split())
        return Actor(
            kind="TOKEN", id=row.id, name=row.name, permissions=token_permissions(row.scopes, ASSIGNED_LINES if lines else ALL),
            language=tx.caller.language, system=row.system, lines=lines or None,
        )  # fmt: skip

    def _later(self, tx: Tx, what: Any, thing: int, *more: Any) -> None:
        """Have a small write done soon by the writers, once a minute for each thing; nobody waits for it."""
        mark = (what.__name__, thing, tx.now // SEEN_EVERY_MS)
        with self._lock:
            if mark in self._soon:
                return
            if len(self._soon) > 10_000:
                self._soon.clear()
            self._soon.add(mark)
        tx.store.soon(Caller(internal="identity"), what, thing, *more)


def _nobody(reason: str) -> Actor:
    return Actor(kind="ANONYMOUS", name=reason)


def _actor(rows: list[Any], *, session: int | None, terminal: str | None) -> Actor:
    row = rows[0]
    codes, permissions = _held(tuple([(role.role, role.data_scope, role.permissions) for role in rows]))
    return Actor(
        kind="USER", id=row.user_id, name=row.name, roles=codes, permissions=permissions, session_id=session, terminal=terminal,
        language=row.locale, confined="PASSWORD_CHANGE_REQUIRED" if row.must_change else None,
    )  # fmt: skip


def _at_terminal(tx: Tx, actor: Actor) -> Actor:
    """Give a person as they are at a shared terminal (spec 09.2): nothing strong, and no farther than its line.

    The session is that browser's alone: without the terminal's own cookie beside it, it is nobody's.
    """
    row = _terminal.first(tx, code=actor.terminal, user=actor.id)
    if row is None or row.cookie_digest != tx.caller.terminal_hash:
        return _nobody("TERMINAL_NOT_REGISTERED")
    held = {
        code: ASSIGNED_LINES if reach == ALL else reach
        for code, reach in actor.permissions.items()
        if not BY_CODE[code].strong and (reach != ASSIGNED_LINES or row.bound is not None)
    }
    return replace(
        actor, permissions=MappingProxyType(held), lines=frozenset([row.line_id]), reaches_all=ALL in actor.permissions.values()
    )  # fmt: skip


@lru_cache(maxsize=512)
def _held(held: tuple[tuple[str | None, str, str], ...]) -> tuple[tuple[str, ...], Mapping[str, str]]:
    """Give the codes of some roles, in order, and the reach of each permission. A person without a role has one row of nulls."""
    known = [(code, scope, text) for code, scope, text in held if code is not None]
    return tuple(sorted(code for code, _, _ in known)), permissions_of(tuple((scope, text) for _, scope, text in known))


@lru_cache(maxsize=512)
def permissions_of(held: tuple[tuple[str, str], ...]) -> Mapping[str, str]:
    """Give the reach of each permission of some roles, (scope, permissions) each: permissions add up, the widest reach counts."""
    reach: dict[str, str] = {}
    for scope, text in held:
        for code in frozenset().union(*map(with_included, text.split())):
            if code not in reach or WIDTH[scope] > WIDTH[reach[code]]:
                reach[code] = scope
    return MappingProxyType(reach)


@lru_cache(maxsize=512)
def token_permissions(scopes: str, reach: str) -> Mapping[str, str]:
    """Give the reach of a token's scopes. A token holds exactly what it names: nothing is included (spec 09.3)."""
    return MappingProxyType(dict.fromkeys(scopes.split(), reach))


@lru_cache(maxsize=512)
def _allowed(address: str | None, networks: str) -> bool:
    try:
        peer = ip_address(address or "")
    except ValueError:
        return False
    peer = (
        getattr(peer, "ipv4_mapped", None) or peer
    )  # as a socket that takes both kinds names a caller of the older kind
    return any(peer in ip_network(network, strict=False) for network in networks.split())


@action(audit="SESSION_SEEN", entity="SESSION", internal_only=True)
def see_session(tx: Tx, session: int) -> None:
    """Move the time a session was last seen; housekeeping of reads."""
    tx.unrecorded()
    _see.run(tx, session=session, now=tx.now)


@action(audit="TOKEN_SEEN", entity="API_TOKEN", internal_only=True)
def see_token(tx: Tx, token: int, ip: str | None) -> None:
    """Move the time a token was last used; housekeeping of reads."""
    tx.unrecorded()
    _use.run(tx, token=token, now=tx.now, ip=ip)


@action(audit="SESSION_EXPIRED", entity="SESSION", internal_only=True)
def end_expired_session(tx: Tx, session: int) -> bool:
    """End a session whose time is over, and enter SESSION_EXPIRED once; tell whether it was this call that ended it."""
    over = (sessions.c.expires_at <= tx.now) | (sessions.c.last_seen_at + sessions.c.idle_ms <= tx.now)
    ended = tx.run(
        update(sessions).where(sessions.c.id == session, sessions.c.ended_at.is_(None), over).values(ended_at=tx.now)
    )
    if not ended:
        tx.unrecorded()
        return False
    who = tx.one(select(users.c.username).join_from(sessions, users).where(sessions.c.id == session))
    tx.record(who.username, key=session)
    return True


@action(audit="SESSION_EXPIRED", entity="SESSION", internal_only=True)
def end_expired_sessions(tx: Tx) -> int:
    """End up to 200 sessions whose time is over, for the timer; give how many."""
    tx.unrecorded()
    over = (sessions.c.expires_at <= tx.now) | (sessions.c.last_seen_at + sessions.c.idle_ms <= tx.now)
    due = tx.all(select(sessions.c.id).where(sessions.c.ended_at.is_(None), over).order_by(sessions.c.id).limit(200))
    return sum(end_expired_session(tx, row.id) for row in due)


def set_back(tx: Tx, lost: int) -> None:
    """The clock was set back by `lost` ms: what is timed of people ends as if it had gone on (docs/decisions/0010).

    A session and the proof it began with grow no younger, and a lock that was set while the clock was ahead lasts no longer.
    """
    live = sessions.c.ended_at.is_(None)
    _earlier(tx, sessions, live, lost, "authenticated_at", "expires_at", "last_seen_at")
    _earlier(tx, users, users.c.locked_until > tx.now, lost, "locked_until")
    _earlier(tx, users, users.c.failures_since.is_not(None), lost, "failures_since")
    _earlier(tx, tokens, tokens.c.former_until > tx.now, lost, "former_until")
    _earlier(tx, terminals, terminals.c.pairing_until > tx.now, lost, "pairing_until")
    _earlier(tx, address_failures, address_failures.c.at > tx.now - lost, lost, "at")


def _earlier(tx: Tx, table: Table, which: ColumnElement[bool], lost: int, *instants: str) -> None:
    tx.run(update(table).where(which).values({name: table.c[name] - lost for name in instants}))
