"""The same act twice (spec 00.6): a key is claimed in the transaction of the act and keeps the answer for a day.

The row is inserted first, so of two equal calls at once the second waits for the first and then finds its answer. A refusal
undoes the claim together with everything else; an answer that holds a secret is never stored.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import Index, Table, UniqueConstraint, bindparam, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from fiducial.kit import columns as c
from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused
from fiducial.kit.statements import Hot

if TYPE_CHECKING:
    from fiducial.kit.tx import Tx

KEPT_MS = 24 * 3_600_000
SMALL = 1024

keys = Table(
    "idempotency_key", c.metadata, c.key(),
    c.blob("digest", nullable=False),
    c.blob("body", nullable=False),
    c.instant("at", nullable=False),
    c.blob("answer"),
    UniqueConstraint("digest"),
    Index("ix_idempotency_key_at", "at"),
)  # fmt: skip

_values: dict[str, Any] = {name: bindparam(name) for name in ("id", "digest", "body", "at")}
_claims = {
    "sqlite": Hot(sqlite.insert(keys).values(_values).on_conflict_do_nothing()),
    "postgresql": Hot(postgresql.insert(keys).values(_values).on_conflict_do_nothing()),
}
_find = Hot(select(keys.c.id, keys.c.body, keys.c.at, keys.c.answer).where(keys.c.digest == bindparam("digest")))
_answer = Hot(update(keys).where(keys.c.id == bindparam("key")).values(answer=bindparam("answer")))
_forget = Hot(delete(keys).where(keys.c.id == bindparam("key")))


@dataclass(frozen=True, slots=True)
class Claim:
    """What a key led to: a fresh claim to be answered, or the answer of the first call."""

    key: int
    repeated: bool = False
    answer: Any = None


def claim(tx: Tx) -> Claim | None:
    """Claim the caller's key for this act. None without a key; refuses IDEMPOTENCY_KEY_REUSED, IDEMPOTENCY_RESULT_GONE."""
    caller = tx.caller
    if caller.idempotency_key is None:
        return None
    secret = tx.store.secret
    # Path and key may hold any printable character, so they are kept apart by one that neither can hold.
    who = "\0".join((tx.actor.kind, str(tx.actor.id), caller.path, caller.idempotency_key))
    digest = blake2b(who.encode(), digest_size=16, key=secret).digest()
    body = blake2b(caller.body_digest, digest_size=16, key=secret).digest()
    key = tx.new_id()
    if _claims[tx.engine].run(tx, id=key, digest=digest, body=body, at=tx.now):
        return Claim(key)
    row = _find.first(tx, digest=digest)
    if row is None:  # it was swept away in this very moment
        return claim(tx)
    if row.at + KEPT_MS < tx.now:
        _forget.run(tx, key=row.id)
        return claim(tx)
    if row.body != body:
        raise Refused("IDEMPOTENCY_KEY_REUSED")
    if row.answer is None:
        raise Refused("IDEMPOTENCY_RESULT_GONE")
    return Claim(
        row.id,
        repeated=True,
        answer=orjson.loads(zlib.decompress(row.answer[1:]) if row.answer[:1] == b"z" else row.answer),
    )


def remember(tx: Tx, claimed: Claim, answer: Any, *, shown_once: bool) -> None:
    """Keep the answer under the key; of what is shown once, only that it was done."""
    if shown_once:
        return
    body = orjson.dumps(answer)
    tx.send(_answer, key=claimed.key, answer=body if len(body) <= SMALL else b"z" + zlib.compress(body, 1))


def release(tx: Tx, claimed: Claim) -> None:
    """Give a key back: a refusal is not remembered, even one whose action is kept."""
    _forget.run(tx, key=claimed.key)


@action(audit="IDEMPOTENCY_SWEEP", entity="SYSTEM_CONFIG", internal_only=True)
def sweep(tx: Tx) -> int:
    """Delete up to 200 keys that are older than a day; give how many."""
    tx.unrecorded()
    old = select(keys.c.id).where(keys.c.at < tx.now - KEPT_MS).order_by(keys.c.at).limit(200)
    return tx.run(delete(keys).where(keys.c.id.in_(old)))
