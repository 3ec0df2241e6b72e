"""Signing an inspection (签字, spec 06.3): who, when and what it means, bound to exactly what was found."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import update

from fiducial.kit import clock, ids
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.people import signing
from fiducial.people.proof import Proof
from fiducial.people.reach import must_reach_line
from fiducial.quality.answers import Inspection
from fiducial.quality.inspections.kind import Kind
from fiducial.quality.inspections.reading import by_key, find_with_run, item_shown, items_of, shown, whole
from fiducial.quality.inspections.shapes import SignInspection
from fiducial.quality.states import FAI, OQC, PASS
from fiducial.quality.tables import inspections

INSPECTION = "INSPECTION"
# What goes on changing after the verdict, and what says the same of every inspection, is not part of what is signed.
_VOLATILE = frozenset({
    "signedBy", "signedByName", "signedAt", "signatureMeaning", "signatureRemark", "contentHash", "version", "lineCode",
    "cancelledBy", "cancelledByName", "cancelledAt", "cancelReason",
})  # fmt: skip


def sign_inspection(tx: Tx, kind: Kind, inspection_id: str, body: SignInspection, proof: Proof) -> Inspection:
    """Sign a decided PASS, once.

    Refuses T_NOT_FOUND, FORBIDDEN, T_NOT_PASSED, T_ALREADY_SIGNED, SIGNER_MUST_DIFFER (four eyes), REAUTH_REQUIRED, REAUTH_FAILED.
    """
    _, row = find_with_run(tx, kind, inspection_id, "quality:sign")
    if row.status != PASS:
        code = kind.codes.not_passed
        raise Refused(code, id=ids.to_wire(row.id), status=row.status, faiStatus=row.status)
    if row.signed_at is not None:
        raise Refused(
            kind.codes.already_signed, id=ids.to_wire(row.id), signedByName=row.signed_by_name, signedAt=clock.to_wire(row.signed_at)
        )  # fmt: skip
    content = content_of(tx, row.id)
    key = signing.sign(
        tx, subject_type=INSPECTION, subject_id=row.id, meaning=body.meaning, proof=proof, remark=body.remark,
        recorded_by={row.decided_by, row.inspector_id, *(item.inspected_by for item in items_of(tx, row.id))},
    )  # fmt: skip
    signed = update(inspections).where(
        inspections.c.id == row.id, inspections.c.status == PASS, inspections.c.signed_at.is_(None)
    )
    values = {
        "signature_id": key, "signed_by": tx.actor.id, "signed_by_name": tx.actor.name, "signed_at": tx.now,
        "signature_meaning": body.meaning, "signature_remark": body.remark, "content_hash": signing.hash_of(content),
    }  # fmt: skip
    if tx.run(signed.values(values)) != 1:
        raise Refused(kind.codes.already_signed, id=ids.to_wire(row.id))
    tx.record(row.run_no, key=row.id, line=row.line_code, reason=body.remark, meaning=body.meaning)
    if kind.type == FAI:
        tx.emit("FAI_SIGNED", row.id)
    return whole(tx, kind, row.id)


def content_of(tx: Tx, inspection_id: int) -> dict[str, Any]:
    """Give what a signature of an inspection vouches for: the inspection as it was decided, and its items with their history."""
    said = shown(by_key(tx, inspection_id))
    facts: dict[str, Any] = {name: value for name, value in said.items() if name not in _VOLATILE}
    return facts | {"items": [dict(item_shown(item)) for item in items_of(tx, inspection_id)]}


class InspectionSubject:
    """Inspections as people sign them (the port of people)."""

    type, version = INSPECTION, 1

    def content(self, tx: Tx, subject_id: int, meaning: str, version: int) -> Mapping[str, Any] | None:  # noqa: ARG002
        """Give the inspection and its items."""
        return content_of(tx, subject_id)

    def must_read(self, tx: Tx, subject_id: int) -> None:
        """Refuse FORBIDDEN unless the line is in reach of whoever reads this type."""
        row = by_key(tx, subject_id)
        must_reach_line(tx, row.line_id, "trace:read", "quality:oqc" if row.type == OQC else "quality:fai")
