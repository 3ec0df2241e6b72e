"""The readiness behind a unit or a run (spec 03.12): the FORMAL check of the authorisation, and all others as history."""

from __future__ import annotations

from typing import Any

from fiducial.kit import clock, ids
from fiducial.kit.tx import Tx
from fiducial.readiness.causes import Reader, fail_reason
from fiducial.readiness.checks import items_of, source_of, waived_on_wire
from fiducial.readiness.evaluate import WAIVED


def readiness(tx: Tx, run: Any, formal: Any, given: list[Any]) -> dict[str, Any] | None:
    """Give the check behind the run's authorisation, else its newest FORMAL one; None when it was never checked.

    `formal` and `given` are the FORMAL checks and the authorisations of this run, oldest first.
    """
    standing = next((row for row in reversed(given) if row.status == "AUTHORIZED"), None)
    behind = next((row for row in formal if standing is not None and row.id == standing.check_id), None)
    check = behind if behind is not None else (formal[-1] if formal else None)
    if check is None:
        return None
    rows, reader = items_of(tx, check.id), Reader.of(tx)
    shown = [_item(row, reader) for row in rows]
    return {
        "checkId": ids.to_wire(check.id), "runNo": run.run_no, "status": check.status, "checkedAt": clock.to_wire(check.checked_at),
        "checkedBy": ids.wire_or_none(check.checked_by), "checkedByName": check.checked_by_name,
        "authorizedAt": clock.to_wire(standing.at) if standing is not None else None,
        "authorizedBy": ids.wire_or_none(standing.by_id) if standing is not None else None,
        "authorizedByName": standing.by_name if standing is not None else None, "source": "SYSTEM", "items": shown,
        "waivedItems": [item | waived_on_wire(row) for row, item in zip(rows, shown, strict=True) if row.status == WAIVED],
        "manualItems": [_by_hand(row) for row in rows if row.source == "MANUAL"],
        "notNeededItems": [_not_needed(row) for row in rows if row.not_needed],
        "authorizations": [authorization(row) for row in given],
    }  # fmt: skip


def _item(row: Any, reader: Reader) -> dict[str, Any]:
    return {
        "itemType": row.item_type, "itemKey": row.item_key, "status": row.status, "applicable": row.applicable,
        "causeCode": row.cause_code, "failReason": fail_reason(row.cause_code, row.evidence, reader), "evidence": row.evidence,
        "source": source_of(row) or "SYSTEM",
    }  # fmt: skip


def _by_hand(row: Any) -> dict[str, Any]:
    names = ("actorId", "actorName", "operatorId", "reason", "evidenceAt")
    said = {name: row.evidence.get(name) for name in names}
    return {"itemType": row.item_type, "itemKey": row.item_key, "status": row.status, "source": "MANUAL", **said}


def _not_needed(row: Any) -> dict[str, Any]:
    said = {"by": row.evidence.get("by"), "byName": row.evidence.get("byName"), "at": row.evidence.get("at")}
    return {"itemType": row.item_type, "itemKey": row.item_key, **said}


def authorization(row: Any) -> dict[str, Any]:
    """Give one authorisation of a run, revoked and lapsed ones too."""
    return {
        "type": row.type, "status": row.status, "by": ids.wire_or_none(row.by_id), "byName": row.by_name, "at": clock.to_wire(row.at),
        "reason": row.reason, "checkId": ids.wire_or_none(row.check_id), "faiId": ids.wire_or_none(row.fai_id),
        "endedBy": ids.wire_or_none(row.ended_by_id), "endedByName": row.ended_by_name, "endedAt": clock.to_wire(row.ended_at),
        "endedReason": row.ended_reason,
    }  # fmt: skip


def history(formal: Any, run_no_of: dict[int, str]) -> list[dict[str, Any]]:
    """Give the FORMAL checks of all runs, oldest first."""
    return [
        {
            "checkId": ids.to_wire(row.id), "runNo": run_no_of[row.run_id], "status": row.status,
            "checkedAt": clock.to_wire(row.checked_at), "waivedCount": row.waived, "invalidatedAt": clock.to_wire(row.invalidated_at),
        }
        for row in formal
    ]  # fmt: skip
