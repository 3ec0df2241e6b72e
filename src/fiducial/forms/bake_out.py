"""The second scan of a bake: it is taken out of the oven and judged (spec 10.4.1)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import update

from fiducial.forms import recording
from fiducial.forms.answers import record_of
from fiducial.forms.common import answer_fields
from fiducial.forms.papers.bake import BAKE, judge, start_clock
from fiducial.forms.queries import named
from fiducial.forms.shapes import TakeOut
from fiducial.forms.tables import TABLES
from fiducial.forms.telling import tell_readers
from fiducial.kit import clock
from fiducial.kit.acting import action
from fiducial.kit.forms.declaration import FAIL, Draft
from fiducial.kit.forms.shapes import answer_of
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.tx import Tx
from fiducial.people.reach import must_reach_line

PERMISSION = "readiness:record"
OTHER_LOT = Said(zh="与进炉时的批次不同", en="is not the lot that was put in")


def _take_out(tx: Tx, record_id: str, body: TakeOut) -> Any:
    """Take a bake out of the oven and judge it: refuses RECORD_NOT_FOUND, ALREADY_VOIDED, BAKE_ALREADY_OUT"""
    row = recording.the_record(tx, BAKE, record_id, to_change=True)
    if row.line_id is not None:
        must_reach_line(tx, row.line_id, PERMISSION)
    if row.voided:
        raise Refused("ALREADY_VOIDED", recordNo=row.record_no, voidReason=row.void_reason)
    if row.out_at is not None:
        raise Refused("BAKE_ALREADY_OUT", recordNo=row.record_no, outAt=clock.to_wire(row.out_at))
    if body.lot_no is not None and row.lot_no is not None and body.lot_no != row.lot_no:
        raise bad_field("lotNo", OTHER_LOT)
    draft = Draft(BAKE, {**row._mapping, "out_at": tx.now}, row.happened_at)
    judge(tx, draft)
    start_clock(tx, draft)
    said = {
        "out_at": tx.now, "out_by": tx.actor.id, "out_by_name": tx.actor.name, "actual_hours": draft["actual_hours"], "result": draft.result,
        "result_reasons": [recording.reason_kept(reason) for reason in draft.reasons], "remark": body.remark or row.remark,
    }  # fmt: skip
    table = TABLES[BAKE.key]
    tx.run(update(table).where(table.c.id == row.id).values(said))
    tell_readers(tx, BAKE, row)
    if draft.result == FAIL:
        recording.tell_failed(tx, BAKE, row, draft)
    answer = record_of(tx, BAKE, row.id, draft)
    tx.record(
        row.record_no, key=row.id, line=answer["lineCode"], result=draft.result, actualHours=answer["actualHours"]
    )
    return answer


take_out = named(
    action(PERMISSION, audit="BAKE_RECORD_TAKE_OUT", entity=BAKE.entity, key="record_id"), _take_out, BAKE, "take_out",
    answer_of(BAKE, answer_fields(BAKE)),
)  # fmt: skip
