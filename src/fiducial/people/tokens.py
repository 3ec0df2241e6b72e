"""Machine tokens (spec 09.3) in their simplest form: made, listed, revoked. The secret is shown once and kept as its SHA-256."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from hashlib import sha256
from ipaddress import ip_network
from typing import Any

from sqlalchemy import and_, or_, select, update

from fiducial.kit import clock, ids, listing
from fiducial.kit.acting import action, query
from fiducial.kit.listing import Listed, Listing, Page
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.tx import Tx
from fiducial.people.accounts import in_order
from fiducial.people.permissions import TOKEN_SCOPES
from fiducial.people.proof import Proof, must_prove
from fiducial.people.reach import places
from fiducial.people.shapes import NewToken, NewTokenFacts, Rotate, TokenFacts
from fiducial.people.tables import tokens

PREFIX, SHOWN = "fdc_", 12
DAY_MS = 24 * 3_600_000
LONGEST_LIFE_MS = 400 * DAY_MS
WARNED_DAYS = (3, 14)  # the nearer first: who is warned of three days need not be warned of fourteen
TOKENS = Listing(
    filters={
        "search": listing.part(tokens.c.name, tokens.c.system), "system": listing.exact(tokens.c.system),
        "isActive": listing.yes_no(tokens.c.is_active),
    },
    sorts={"name": tokens.c.name, "system": tokens.c.system, "expiresAt": tokens.c.expires_at, "createdAt": tokens.c.created_at},
    default_sort="createdAt.desc", key=tokens.c.id,
)  # fmt: skip


@query("system:token_manage")
def list_tokens(tx: Tx, page: Page) -> Listed[TokenFacts]:
    """Give the tokens, never a secret."""
    return TOKENS.answer_all(tx, select(tokens), page, lambda rows: token_facts(tx, rows))


@query("system:token_manage")
def token_detail(tx: Tx, token_id: str) -> TokenFacts:
    """Give one token; refuses API_TOKEN_NOT_FOUND."""
    row = tx.first(select(tokens).where(tokens.c.id == ids.from_wire(token_id)))
    if row is None:
        raise Refused("API_TOKEN_NOT_FOUND")
    return token_facts(tx, [row])[0]


@action("system:token_manage", audit="API_TOKEN_CREATE", entity="API_TOKEN", shown_once=True)
def create_token(tx: Tx, body: NewToken, proof: Proof) -> NewTokenFacts:
    """Make a token. Refuses REAUTH_REQUIRED, REAUTH_FAILED, TOKEN_SCOPE_INVALID, LINE_NOT_FOUND, VALIDATION_ERROR."""
    must_prove(tx, proof)
    expires_at = clock.from_datetime(body.expires_at)
    _must_be_sound(tx, body, expires_at)
    lines = sorted(places().find_lines(tx, body.line_ids).values())
    secret = fresh_secret()
    key = add_token(
        tx, secret, name=body.name, system=body.system, scopes=body.scopes, lines=lines,
        addresses=body.allowed_addresses, trust_sent_at=body.trust_sent_at, expires_at=expires_at,
    )  # fmt: skip
    facts = token_facts(tx, [tx.one(select(tokens).where(tokens.c.id == key))])[0]
    tx.record(body.name, key=key, system=body.system, scopes=facts["scopes"], lineCodes=facts["lineCodes"])
    return {**facts, "secret": secret}


@action("system:token_manage", audit="API_TOKEN_ROTATE", entity="API_TOKEN", shown_once=True)
def rotate_token(tx: Tx, token_id: str, body: Rotate) -> NewTokenFacts:
    """Give a token a new secret; the present one lives on for `overlapHours`. Refuses API_TOKEN_NOT_FOUND, also for a revoked one."""
    row = _must_find(tx, token_id)
    if not row.is_active:
        raise Refused("API_TOKEN_NOT_FOUND", reason="TOKEN_REVOKED")
    secret, hours = fresh_secret(), body.overlap_hours
    values = {
        "digest": sha256(secret.encode()).digest(), "prefix": secret[:SHOWN], "former_digest": row.digest if hours else None,
        "former_until": tx.now + hours * 3_600_000 if hours else None, "updated_at": tx.now,
    }  # fmt: skip
    tx.run(update(tokens).where(tokens.c.id == row.id).values(values))
    tx.record(row.name, key=row.id, overlapHours=hours)
    return {**token_facts(tx, [_must_find(tx, token_id)])[0], "secret": secret}


def _must_find(tx: Tx, token_id: str) -> Any:
    row = tx.first(select(tokens).where(tokens.c.id == ids.from_wire(token_id)).with_for_update())
    if row is None:
        raise Refused("API_TOKEN_NOT_FOUND")
    return row


@action(audit="API_TOKEN_EXPIRING", entity="API_TOKEN", internal_only=True)
def warn_of_expiry(tx: Tx) -> int:
    """Announce TOKEN_EXPIRING 14 and 3 days before a token ends, once each; give how many."""
    tx.unrecorded()
    warned = 0
    for days in WARNED_DAYS:
        unsaid = or_(tokens.c.warned_days.is_(None), tokens.c.warned_days > days)
        soon = and_(tokens.c.expires_at > tx.now, tokens.c.expires_at <= tx.now + days * DAY_MS)
        for row in tx.all(select(tokens).where(tokens.c.is_active, soon, unsaid).limit(50).with_for_update()):
            tx.emit(
                "TOKEN_EXPIRING", row.id, name=row.name, system=row.system, days=-(-(row.expires_at - tx.now) // DAY_MS)
            )
            tx.run(update(tokens).where(tokens.c.id == row.id).values(warned_days=days))
            warned += 1
    return warned


def fresh_secret() -> str:
    """Give the secret of a new token: `fdc_` and 43 characters (256 random bits)."""
    return PREFIX + secrets.token_urlsafe(32)


def add_token(
    tx: Tx, secret: str, *, name: str, system: str, scopes: Sequence[str], expires_at: int, lines: Sequence[int] = (),
    addresses: Sequence[str] = (), trust_sent_at: bool = False, origin: str | None = None,
) -> int:  # fmt: skip
    """Write a token and give its key; what it may hold was judged by the caller."""
    key = tx.new_id()
    tx.run(tokens.insert().values(
        id=key, name=name, system=system, digest=sha256(secret.encode()).digest(), prefix=secret[:SHOWN],
        scopes=" ".join(sorted(set(scopes))), line_ids=" ".join(map(str, lines)), allowed_addresses=" ".join(addresses),
        trust_sent_at=trust_sent_at, expires_at=expires_at, is_active=True, origin=origin, created_at=tx.now, updated_at=tx.now,
    ))  # fmt: skip
    return key


def _must_be_sound(tx: Tx, body: NewToken, expires_at: int) -> None:
    wrong = [scope for scope in body.scopes if scope not in TOKEN_SCOPES]
    if wrong:
        raise Refused("TOKEN_SCOPE_INVALID", scopes=wrong)
    if not tx.now < expires_at <= tx.now + LONGEST_LIFE_MS:
        raise bad_field("expiresAt", Said(zh="必须在今后 400 天之内", en="must lie within the next 400 days"))
    for place, network in enumerate(body.allowed_addresses):
        try:
            ip_network(network, strict=False)
        except ValueError:
            reason = Said(zh="不是地址或网段", en="no address or network")
            raise bad_field(f"allowedAddresses.{place}", reason) from None


@action("system:token_manage", audit="API_TOKEN_REVOKE", entity="API_TOKEN")
def revoke_token(tx: Tx, token_id: str) -> TokenFacts:
    """Revoke a token at once; done as well when it was revoked before. Refuses API_TOKEN_NOT_FOUND."""
    row = _must_find(tx, token_id)
    ended = {"is_active": False, "former_digest": None, "former_until": None, "updated_at": tx.now}
    tx.run(update(tokens).where(tokens.c.id == row.id).values(ended))
    tx.record(row.name, key=row.id)
    return token_facts(tx, [tx.one(select(tokens).where(tokens.c.id == row.id))])[0]


def token_facts(tx: Tx, rows: Sequence[Any]) -> list[TokenFacts]:
    """Give tokens as the wire shows them."""
    bound = {row.id: [int(key) for key in row.line_ids.split()] for row in rows}
    codes = places().line_codes(tx, {line for lines in bound.values() for line in lines})
    return [
        {
            "id": ids.to_wire(row.id), "name": row.name, "system": row.system, "prefix": row.prefix,
            "scopes": row.scopes.split(), "lineIds": [ids.to_wire(line) for line in in_order(bound[row.id], codes)],
            "lineCodes": [codes[line] for line in in_order(bound[row.id], codes)],
            "allowedAddresses": row.allowed_addresses.split(), "trustSentAt": row.trust_sent_at,
            "expiresAt": clock.to_wire(row.expires_at), "lastUsedAt": clock.to_wire(row.last_used_at),
            "lastUsedFrom": row.last_used_from, "isActive": row.is_active,
            "createdAt": clock.to_wire(row.created_at), "updatedAt": clock.to_wire(row.updated_at),
        }
        for row in rows
    ]  # fmt: skip
