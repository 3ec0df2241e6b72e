"""Waivers (豁免): a person's signed decision that a failed item shall not stop this run (spec 03.7.1). Kept for ever."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, insert, select, update

from fiducial.kit import clock, ids
from fiducial.kit.acting import action, query
from fiducial.kit.listing import Listed, Listing, Page, one_of
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import must_reach_run, run_of_id, run_to_change, the_run
from fiducial.orders.states import PREP
from fiducial.people.proof import Proof
from fiducial.people.signing import sign
from fiducial.readiness.answers import WaivedItem, Waiver
from fiducial.readiness.causes import Reader, fail_reason
from fiducial.readiness.checks import FORMAL, PRECHECK, keep, newest, waivable_now
from fiducial.readiness.config import TYPES
from fiducial.readiness.due import expires_at
from fiducial.readiness.evaluate import FAILED, PASSED, WAIVED, config_for, evaluate
from fiducial.readiness.items import HOUR_MS
from fiducial.readiness.shapes import Revoke, Waive
from fiducial.readiness.tables import checks, items, waivers
from fiducial.timers.actions import waive_clock
from fiducial.timers.tables import clocks

ACTIVE, REVOKED, EXPIRED = "ACTIVE", "REVOKED", "EXPIRED"


@action("readiness:override", audit="READINESS_WAIVE", entity="READINESS_CHECK", key="run_no")
def waive_item(tx: Tx, run_no: str, item_id: str, body: Waive, proof: Proof) -> WaivedItem:
    """Waive a failed item of the newest FORMAL check of a run in preparation, signed and for a reason. Give what it became.

    Refuses RUN_NOT_FOUND, FORBIDDEN, INVALID_RUN_STATUS, READINESS_ITEM_NOT_FOUND, READINESS_ITEM_SUPERSEDED, ITEM_NOT_FAILED,
    READINESS_ITEM_NOT_WAIVABLE, SIGNER_MUST_DIFFER, and what a signature refuses. Spec 03.7.1.
    """
    run = run_to_change(tx, run_no)
    must_reach_run(tx, run, "readiness:override")
    if run.status != PREP:
        raise Refused("INVALID_RUN_STATUS", status=run.status, allowed=[PREP])
    item, check = _item_of(tx, run, item_id)
    latest = newest(tx, run.id, FORMAL)
    if latest is None or check.id != latest.id:
        raise Refused("READINESS_ITEM_SUPERSEDED", latestCheckId=ids.wire_or_none(latest.id if latest else None))
    if item.status != FAILED:
        raise Refused("ITEM_NOT_FAILED", itemType=item.item_type, itemKey=item.item_key, status=item.status)
    line, config = config_for(tx, run)
    settings = config.settings(item.item_type)
    if not waivable_now(item, config)[0]:
        raise Refused("READINESS_ITEM_NOT_WAIVABLE", itemType=item.item_type, itemKey=item.item_key)
    if settings["fourEyes"] and ids.from_wire(item.evidence.get("actorId") or "") == tx.actor.id:
        raise Refused("SIGNER_MUST_DIFFER", meaning="WAIVE")
    until = tx.now + int(_hours(body, settings) * HOUR_MS)
    key = _write(tx, run, item, body.reason, until)
    signature = sign(
        tx, subject_type="READINESS_WAIVER", subject_id=key, meaning="WAIVE", proof=proof, remark=body.reason
    )
    tx.run(update(waivers).where(waivers.c.id == key).values(signature_id=signature))
    if item.item_type == "TIME_RULE":
        _waive_clock(tx, item, body.reason)
    status = _mark_waived(tx, run, check, item.id, waiver_id=key, until=until)
    tx.record(
        run_no, key=check.id, line=line.code, reason=body.reason, itemType=item.item_type, itemKey=item.item_key,
        causeCode=item.cause_code, waiverId=ids.to_wire(key), validUntil=clock.to_wire(until),
    )  # fmt: skip
    return {
        "itemId": ids.to_wire(item.id), "checkId": ids.to_wire(check.id), "checkStatus": status, "status": WAIVED,
        "waiverId": ids.to_wire(key), "waivedAt": clock.to_wire(tx.now), "waivedBy": ids.to_wire(tx.actor.id or 0),
        "waivedByName": tx.actor.name, "waiveReason": body.reason, "validUntil": clock.to_wire(until),
    }  # fmt: skip


def _item_of(tx: Tx, run: Any, item_id: str) -> tuple[Row[Any], Row[Any]]:
    item = tx.first(select(items).where(items.c.id == ids.from_wire(item_id)))
    check = tx.first(select(checks).where(checks.c.id == item.check_id, checks.c.run_id == run.id)) if item else None
    if item is None or check is None:
        raise Refused("READINESS_ITEM_NOT_FOUND", runNo=run.run_no)
    return item, check


def _waive_clock(tx: Tx, item: Any, reason: str) -> None:
    """Waiving the item of a time rule waives its clock, which then runs no more for anybody."""
    key = ids.from_wire(item.evidence["recordId"])
    waive_clock(tx, tx.one(select(clocks).where(clocks.c.id == key).with_for_update()), reason)


def _hours(body: Waive, settings: Mapping[str, Any]) -> float:
    most = float(settings["waiverHours"])
    if body.valid_hours is None:
        return most
    if body.valid_hours > most:
        raise bad_field("validHours", Said(zh=f"最多 {most:g} 小时", en=f"at most {most:g} hours"))
    return body.valid_hours


def _write(tx: Tx, run: Any, item: Any, reason: str, until: int) -> int:
    key = tx.new_id()
    tx.run(insert(waivers).values(
        id=key, run_id=run.id, item_id=item.id, check_id=item.check_id, item_type=item.item_type, item_key=item.item_key,
        cause_code=item.cause_code, cause_fingerprint=item.cause_fingerprint, evidence=item.evidence, reason=reason,
        waived_by=tx.actor.id, waived_by_name=tx.actor.name, waived_at=tx.now, valid_until=until,
    ))  # fmt: skip
    return key


def _mark_waived(tx: Tx, run: Any, check: Any, item_id: int, *, waiver_id: int, until: int) -> str:
    """Set the item WAIVED, and the check PASSED when nothing is FAILED any more. Give the check's status.

    A check that becomes PASSED by waivers is judged once more: what got worse since it was made invalidates it at once.
    """
    tx.run(update(items).where(items.c.id == item_id).values(status=WAIVED, waiver_id=waiver_id))
    applies = tx.scalar(select(items.c.id).where(items.c.check_id == check.id, items.c.applicable.is_(True)).limit(1))
    status = PASSED if check.failed == 1 and applies is not None else FAILED
    expiry = min(filter(None, (check.next_expiry_at, until)))
    tx.run(
        update(checks).where(checks.c.id == check.id)
        .values(status=status, failed=checks.c.failed - 1, waived=checks.c.waived + 1, next_expiry_at=expiry)
    )  # fmt: skip
    expires_at(tx, run.id, expiry)
    if status == PASSED:
        judgement = evaluate(tx, run)
        if judgement.status == FAILED:
            keep(tx, run, judgement, type=PRECHECK, trigger="INPUT_CHANGED")
    return status


@action("readiness:override", audit="READINESS_WAIVER_REVOKE", entity="READINESS_CHECK", key="run_no")
def revoke_waiver(tx: Tx, run_no: str, waiver_id: str, body: Revoke) -> Waiver:
    """Take a waiver back, for a reason; the run is judged anew. Give the waiver.

    Refuses RUN_NOT_FOUND, FORBIDDEN, WAIVER_NOT_FOUND, WAIVER_NOT_ACTIVE. Spec 03.7.
    """
    run = run_to_change(tx, run_no)
    must_reach_run(tx, run, "readiness:override")
    waiver = tx.first(select(waivers).where(waivers.c.id == ids.from_wire(waiver_id), waivers.c.run_id == run.id))
    if waiver is None:
        raise Refused("WAIVER_NOT_FOUND", runNo=run_no)
    if status_of(waiver, tx.now) != ACTIVE:
        raise Refused("WAIVER_NOT_ACTIVE", status=status_of(waiver, tx.now))
    taken = {
        "revoked_at": tx.now,
        "revoked_by": tx.actor.id,
        "revoked_by_name": tx.actor.name,
        "revoke_reason": body.reason,
    }
    tx.run(update(waivers).where(waivers.c.id == waiver.id).values(taken))
    tx.record(
        run_no,
        key=waiver.check_id,
        reason=body.reason,
        itemType=waiver.item_type,
        itemKey=waiver.item_key,
        waiverId=waiver_id,
    )
    tx.emit("READINESS_INPUT_CHANGED", run.id, runId=run.id, gates=[waiver.item_type])
    return waiver_on_wire(tx.one(select(waivers).where(waivers.c.id == waiver.id)), run_no, set(), tx)


def status_of(waiver: Any, now: int) -> str:
    """Give ACTIVE, REVOKED or EXPIRED."""
    if waiver.revoked_at is not None:
        return REVOKED
    return ACTIVE if now < waiver.valid_until else EXPIRED


def waiver_on_wire(waiver: Any, run_no: str, matching: set[int], tx: Tx) -> Waiver:
    """Give a waiver; `matching` are the keys of those on which the run's newest check rests."""
    return {
        "id": ids.to_wire(waiver.id), "runNo": run_no, "itemType": waiver.item_type, "itemKey": waiver.item_key,
        "causeCode": waiver.cause_code, "causeFingerprint": waiver.cause_fingerprint,
        "failReason": fail_reason(waiver.cause_code, waiver.evidence, Reader.of(tx)), "evidence": waiver.evidence,
        "reason": waiver.reason, "waivedBy": ids.to_wire(waiver.waived_by), "waivedByName": waiver.waived_by_name,
        "waivedAt": clock.to_wire(waiver.waived_at), "validUntil": clock.to_wire(waiver.valid_until),
        "status": status_of(waiver, tx.now), "stillMatches": waiver.id in matching and status_of(waiver, tx.now) == ACTIVE,
        "reusedFrom": ids.wire_or_none(waiver.reused_from), "revokedBy": ids.wire_or_none(waiver.revoked_by),
        "revokedByName": waiver.revoked_by_name, "revokedAt": clock.to_wire(waiver.revoked_at), "revokeReason": waiver.revoke_reason,
    }  # fmt: skip


WAIVERS = Listing(
    filters={"itemType": one_of(waivers.c.item_type, TYPES)},
    sorts={"waivedAt": waivers.c.waived_at},
    default_sort="waivedAt.desc",
    key=waivers.c.id,
)


@query("readiness:view")
def list_waivers(tx: Tx, run_no: str, page: Page) -> Listed[Waiver]:
    """Give the waivers of a run, newest first, each with whether the newest check still rests on it. Refuses RUN_NOT_FOUND."""
    run = the_run(tx, run_no)
    must_reach_run(tx, run, "readiness:view")
    latest = newest(tx, run.id)
    rests_on = select(items.c.waiver_id).where(
        items.c.check_id == (latest.id if latest else 0), items.c.waiver_id.is_not(None)
    )
    matching = {row.waiver_id for row in tx.all(rests_on)}
    mine = select(waivers).where(waivers.c.run_id == run.id)
    return WAIVERS.answer(tx, mine, page, lambda row: waiver_on_wire(row, run_no, matching, tx))


class WaiverSubject:
    """What a signature of a waiver vouches for: which failure of which run was let pass, why, until when."""

    type = "READINESS_WAIVER"
    version = 1

    def content(self, tx: Tx, subject_id: int, meaning: str, version: int) -> Mapping[str, Any] | None:  # noqa: ARG002
        """Give the decision; revoking it is another fact and changes nothing of it."""
        row = tx.first(select(waivers).where(waivers.c.id == subject_id))
        if row is None:
            return None
        names = (
            "run_id",
            "item_type",
            "item_key",
            "cause_code",
            "cause_fingerprint",
            "reason",
            "waived_by",
            "waived_at",
            "valid_until",
        )
        return {name: getattr(row, name) for name in names}

    def must_read(self, tx: Tx, subject_id: int) -> None:
        """Refuse FORBIDDEN, WAIVER_NOT_FOUND unless the actor may read the run's readiness."""
        row = tx.first(select(waivers.c.run_id).where(waivers.c.id == subject_id))
        run = run_of_id(tx, row.run_id) if row else None
        if run is None:
            raise Refused("WAIVER_NOT_FOUND")
        if not tx.actor.holds("readiness:view"):
            raise Refused("FORBIDDEN", permission="readiness:view")
        must_reach_run(tx, run, "readiness:view")


class TakeWaivers:
    """What a rework run that reuses its parent's preparation takes over of waivers (spec 02.10 step 4)."""

    def take_over(self, tx: Tx, parent: Any, run: Any) -> None:
        """Copy the parent's waivers that stand; whether one matches is decided by the judgement that follows."""
        standing = select(waivers).where(
            waivers.c.run_id == parent.id, waivers.c.revoked_at.is_(None), waivers.c.valid_until > tx.now
        )
        for row in tx.all(standing):
            tx.run(insert(waivers).values({**row._mapping, "id": tx.new_id(), "run_id": run.id, "reused_from": row.id}))
