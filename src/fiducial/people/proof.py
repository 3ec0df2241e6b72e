"""Fresh proof that it is still the same person (spec 09.4). The secret is verified before the lane; the lane judges.

A wrong secret is counted by a write of its own (`refuse_proof`), for the act itself is undone: so an action that asks for
proof may simply raise, and keeps nothing of what it wrote.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from fiducial.kit.acting import SIGNED_IN, query
from fiducial.kit.refusals import Kept, Refused
from fiducial.kit.tx import Tx
from fiducial.people import lockout
from fiducial.people.accounts import must_be_person
from fiducial.people.settings import accepted_methods, fresh_seconds
from fiducial.people.tables import sessions, users

PASSWORD, PIN, SESSION = "PASSWORD", "PIN", "SESSION"
BADGE = "BADGE_PIN"
_KEPT_IN = {PASSWORD: users.c.password_hash, PIN: users.c.pin_hash}


@dataclass(frozen=True, slots=True)
class Proof:
    """What was proved outside the lane: nothing given, or whether the secret fitted the hash that was seen."""

    method: str | None = None
    right: bool = False
    seen_hash: str | None = None

    @property
    def given(self) -> bool:
        """Tell whether a secret came along."""
        return self.method is not None


NO_PROOF = Proof()


@query(SIGNED_IN)
def own_hash(tx: Tx, method: str) -> str | None:
    """Give the hash of the password or PIN of whoever acts, for a check outside the lane; None for machines."""
    if tx.actor.kind != "USER":
        return None
    kept: str | None = tx.scalar(select(_KEPT_IN[method]).where(users.c.id == tx.actor.id))
    return kept


def methods_here(tx: Tx) -> list[str]:
    """Give the proofs that this session may bring. A PIN is worth nothing away from badge and terminal (spec 09.2)."""
    by_badge = _session(tx) is not None and _session(tx).method == BADGE
    return [method for method in accepted_methods.of(tx) if method != PIN or by_badge]


def _session(tx: Tx) -> Any:
    if tx.actor.session_id is None:
        return None
    return tx.first(select(sessions.c.method, sessions.c.authenticated_at).where(sessions.c.id == tx.actor.session_id))


def must_prove(tx: Tx, proof: Proof) -> str:
    """Give by what it is proved who acts: PASSWORD, PIN, or SESSION for a sign-in that is fresh.

    Refuses FORBIDDEN to machines, REAUTH_REQUIRED, REAUTH_FAILED, ACCOUNT_LOCKED.
    """
    row = must_be_person(tx)
    if proof.method is not None:
        _must_be_usable(tx, row, proof.method)
        if proof.right and proof.seen_hash == _hash_of(row, proof.method):
            return proof.method
        raise Refused("REAUTH_FAILED", methods=methods_here(tx))
    seconds, session = fresh_seconds.of(tx), _session(tx)
    # A clock that was set back makes no sign-in fresh for longer than it would have been.
    if seconds and session is not None and abs(tx.now - session.authenticated_at) <= seconds * 1000:
        return SESSION
    raise Refused("REAUTH_REQUIRED", methods=methods_here(tx))


def refuse_proof(tx: Tx, proof: Proof) -> Kept:
    """Count a wrong secret and keep the refusal: REAUTH_FAILED, or ACCOUNT_LOCKED. Refuses FORBIDDEN to machines."""
    row = must_be_person(tx)
    method = proof.method or PASSWORD
    try:
        _must_be_usable(tx, row, method)
    except Refused as refused:
        return Kept(refused)
    if method == PIN:
        lockout.count_pin_failure(tx, row)
    else:
        lockout.count_failure(tx, row)
    return Kept(Refused("REAUTH_FAILED", methods=methods_here(tx)))


def _must_be_usable(tx: Tx, row: Any, method: str) -> None:
    """Refuse ACCOUNT_LOCKED while the account is locked, REAUTH_FAILED where such a proof is not taken."""
    if locked := lockout.refusal_of_lock(tx, row):
        raise locked
    if method not in methods_here(tx) or (method == PIN and not lockout.pin_is_live(row)):
        raise Refused("REAUTH_FAILED", methods=methods_here(tx))


def _hash_of(row: Any, method: str) -> str | None:
    kept: str | None = row.pin_hash if method == PIN else row.password_hash
    return kept
