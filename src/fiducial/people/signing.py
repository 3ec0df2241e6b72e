"""Electronic signatures (spec 09.4): a row nobody can change, with a hash of exactly what was signed."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from fiducial.kit import clock, ids
from fiducial.kit.acting import SIGNED_IN, query
from fiducial.kit.columns import canonical
from fiducial.kit.listing import Listed
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.tx import Tx
from fiducial.people import meanings
from fiducial.people.ports import Subject
from fiducial.people.proof import Proof, must_prove
from fiducial.people.settings import four_eyes
from fiducial.people.shapes import SignatureFacts, SignaturesAsked
from fiducial.people.tables import signatures

_subjects: dict[str, Subject] = {}


def wire_subjects(subjects: Sequence[Subject]) -> None:
    """Give people the kinds of thing that are signed (from `app.py`); a kind wired twice is a fault."""
    _subjects.clear()
    for subject in subjects:
        if subject.type in _subjects:
            raise ValueError(f"{subject.type} is wired twice")
        _subjects[subject.type] = subject


def sign(
    tx: Tx, *, subject_type: str, subject_id: int, meaning: str, proof: Proof, remark: str | None = None,
    recorded_by: Collection[int | None] = (),
) -> int:  # fmt: skip
    """Sign a thing as it now stands; give the key of the signature. Entries made afterwards in this act name it.

    What is signed is what the thing's `Subject` gives, so write first and sign then. `recorded_by`: who recorded or decided
    it, for the meanings that need a second person. Refuses REAUTH_REQUIRED, REAUTH_FAILED, ACCOUNT_LOCKED,
    SIGNER_MUST_DIFFER, and FORBIDDEN to machines.
    """
    method = must_prove(tx, proof)
    if meaning in four_eyes.of(tx) and tx.actor.id in recorded_by:
        raise Refused("SIGNER_MUST_DIFFER", meaning=meaning)
    subject, key = _subjects[subject_type], tx.new_id()
    content = subject.content(tx, subject_id, meaning, subject.version)
    if content is None:
        raise LookupError(f"{subject_type} {subject_id} has nothing that could be signed")
    assert meaning in meanings.MEANINGS, meaning
    tx.run(signatures.insert().values(
        id=key, subject_type=subject_type, subject_id=subject_id, meaning=meaning, signer_id=tx.actor.id,
        signer_name=tx.actor.name, signer_roles=list(tx.actor.roles), signed_at=tx.now, method=method,
        session_id=tx.actor.session_id, content_hash=hash_of(content), content_version=subject.version, remark=remark,
    ))  # fmt: skip
    tx.signature = key
    return key


def hash_of(content: Mapping[str, Any]) -> str:
    """Give the SHA-256 of canonical JSON (sorted keys), in hexadecimal."""
    return sha256(canonical(content)).hexdigest()


def signatures_of(tx: Tx, subject_type: str, subject_id: int) -> list[SignatureFacts]:
    """Give the signatures of a thing, oldest first, each with whether it still fits; whoever asks may read the thing."""
    mine = select(signatures).where(signatures.c.subject_type == subject_type, signatures.c.subject_id == subject_id)
    return [_facts(tx, row) for row in tx.all(mine.order_by(signatures.c.id))]


@query(SIGNED_IN)
def list_signatures(tx: Tx, asked: SignaturesAsked) -> Listed[SignatureFacts]:
    """Give the signatures of one thing to whoever may read it; refuses as the thing does."""
    subject = _subjects.get(asked.subject_type)
    if subject is None:
        known = ", ".join(sorted(_subjects)) or "–"
        raise bad_field("subjectType", Said(zh=f"必须是 {known} 之一", en=f"must be one of {known}"))
    key = ids.from_wire(asked.subject_id)
    if key is None:
        raise bad_field("subjectId", Said(zh="不是有效的编号", en="is no id"))
    subject.must_read(tx, key)
    items = signatures_of(tx, asked.subject_type, key)
    return {"items": items, "total": len(items), "page": 1, "pageSize": len(items)}


def _facts(tx: Tx, row: Any) -> SignatureFacts:
    chinese, english = meanings.words_of(row.meaning)
    return {
        "id": ids.to_wire(row.id), "subjectType": row.subject_type, "subjectId": ids.to_wire(row.subject_id),
        "meaning": row.meaning,
        "meaningText": {"zh": chinese, "en": english},
        "signerId": ids.to_wire(row.signer_id), "signerName": row.signer_name, "signerRoles": row.signer_roles,
        "signedAt": clock.to_wire(row.signed_at), "method": row.method, "sessionId": ids.wire_or_none(row.session_id),
        "contentHash": row.content_hash, "contentVersion": row.content_version, "remark": row.remark,
        "valid": _still_fits(tx, row),
    }  # fmt: skip


def content_hash(tx: Tx, subject_type: str, subject_id: int, meaning: str, version: int) -> str | None:
    """Give the hash of what a signature of that meaning vouches for now; None when the thing is gone."""
    subject = _subjects.get(subject_type)
    content = subject.content(tx, subject_id, meaning, version) if subject else None
    return None if content is None else hash_of(content)


def _still_fits(tx: Tx, row: Any) -> bool:
    now = content_hash(tx, row.subject_type, row.subject_id, row.meaning, row.content_version)
    return now is not None and now == str(row.content_hash)
