"""The review of a reel change, or of an alternate that asks for one (spec 10.4.15)."""

from __future__ import annotations

from sqlalchemy import update

from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.loading import finding
from fiducial.loading.answers import LoadingRecord
from fiducial.loading.queries.records import record_by_id
from fiducial.loading.tables import records
from fiducial.loading.words import GOOD
from fiducial.people.reach import must_reach_line


@action("loading:unlock", audit="LOADING_REVIEW", entity="LOADING", key="record_id")
def review_record(tx: Tx, record_id: str) -> LoadingRecord:
    """Confirm a reel by a second person.

    Refuses LOADING_RECORD_NOT_FOUND, FORBIDDEN, LOADING_RECORD_NOT_LOADED, ALREADY_CONFIRMED, SIGNER_MUST_DIFFER.
    """
    record = finding.the_record(tx, record_id)
    must_reach_line(tx, record.line_id, "loading:unlock")
    if record.verify_result not in GOOD:
        raise Refused("LOADING_RECORD_NOT_LOADED", status=record.status)
    if record.reviewed_at is not None:
        raise Refused("ALREADY_CONFIRMED", by=record.reviewed_by_name)
    if tx.actor.id == record.loaded_by:
        raise Refused("SIGNER_MUST_DIFFER", meaning="REVIEW")
    reviewed = {"reviewed_by": tx.actor.id, "reviewed_by_name": tx.actor.name, "reviewed_at": tx.now}
    tx.run(update(records).where(records.c.id == record.id).values(**reviewed))
    after = record_by_id(tx, record.id)
    tx.record(f"{after['runNo']} {after['slotCode']}", key=record.id, line=finding.line_code(tx, record.line_id))
    return after
