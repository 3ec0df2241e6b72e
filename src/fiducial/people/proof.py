"""Fresh proof that it is still the same person (spec 09.4). The secret is verified before the lane; the lane judges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from fiducial.kit.acting import SIGNED_IN, query
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.people import lockout
from fiducial.people.settings import fresh_seconds
from fiducial.people.tables import sessions, users

METHODS = ["PASSWORD"]  # PIN comes with badges


@dataclass(frozen=True, slots=True)
class Proof:
    """What was proved outside the lane: nothing given, or whether the secret fitted the hash that was seen."""

    given: bool = False
    right: bool = False
    seen_hash: str | None = None


NO_PROOF = Proof()


@query(SIGNED_IN)
def own_hash(tx: Tx) -> str | None:
    """Give the password hash of whoever acts, for a check outside the lane; None for machines."""
    if tx.actor.kind != "USER":
        return None
    kept: str | None = tx.scalar(select(users.c.password_hash).where(users.c.id == tx.actor.id))
    return kept


def must_be_fresh(tx: Tx, row: Any, proof: Proof) -> Refused | None:
    """Give REAUTH_REQUIRED, REAUTH_FAILED or ACCOUNT_LOCKED, to be kept, for a failure counts; None when it is proved."""
    if proof.given:
        locked = lockout.refusal_of_lock(tx, row)
        if locked:
            return locked
        if proof.right and proof.seen_hash == row.password_hash:
            return None
        lockout.count_failure(tx, row)
        return Refused("REAUTH_FAILED", methods=METHODS)
    since = tx.scalar(select(sessions.c.authenticated_at).where(sessions.c.id == tx.actor.session_id))
    if since is not None and tx.now - since <= fresh_seconds.of(tx) * 1000 and fresh_seconds.of(tx):
        return None
    return Refused("REAUTH_REQUIRED", methods=METHODS)
