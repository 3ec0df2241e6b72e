"""Recording a defect by hand (spec 06.9): whoever sees a fault writes it down, and a blocking one stops its board at once."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from fiducial.execution.tables import tracks
from fiducial.kit import ids
from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import the_unit
from fiducial.orders.states import SCRAPPED
from fiducial.orders.tables import runs, units
from fiducial.people.reach import must_reach_line
from fiducial.plant.tables import stations
from fiducial.quality.answers import Defect
from fiducial.quality.codes import find_code
from fiducial.quality.defects import defect_now
from fiducial.quality.disposing.shapes import NewDefect
from fiducial.quality.finding import find_fault
from fiducial.quality.settings import STRICT_CODES

OF_ANOTHER = Said(zh="不是该单件的过站记录", en="is no track of this unit")
MANUAL = "MANUAL"


@action("quality:disposition", "quality:record", audit="DEFECT_CREATE", entity="DEFECT", key="body.serial")
def record_defect(tx: Tx, body: NewDefect) -> Defect:
    """Record a fault of a unit. A blocking one moves a QUEUED or DONE unit to OUT_FAILED; one in a station will fail at its track-out.

    Refuses UNIT_NOT_FOUND, FORBIDDEN, UNIT_NO_RUN, UNIT_SCRAPPED, DEFECT_CODE_NOT_FOUND (with `defect.strictCodes`). Spec 06.9.
    """
    seen = the_unit(tx, body.serial)
    if seen.run_id is None:
        raise Refused("UNIT_NO_RUN", sn=seen.sn)
    run = tx.one(select(runs).where(runs.c.id == seen.run_id).with_for_update())
    must_reach_line(tx, run.line_id, "quality:disposition", "quality:record")
    unit = tx.one(select(units).where(units.c.id == seen.id).with_for_update())
    if unit.run_id != run.id:  # the MRB moved it to a rework run in this moment: the fault must stop it there
        raise Refused("CONFLICT_RETRY")
    if unit.status == SCRAPPED:
        raise Refused("UNIT_SCRAPPED", sn=unit.sn, status=unit.status)
    known = find_code(tx, body.code)
    if STRICT_CODES.of(tx) and tx.actor.kind != "TOKEN" and (known is None or not known.is_active):
        raise Refused("DEFECT_CODE_NOT_FOUND", code=body.code)
    written = find_fault(
        tx, run, unit, code=body.code, source=MANUAL, blocking=body.blocking, location=body.location, qty=body.qty, remark=body.remark,
        at=_track(tx, unit, body.track_id),
    )  # fmt: skip
    return defect_now(tx, written.key)


def _track(tx: Tx, unit: Any, track_id: str | None) -> Any:
    """Give the track that a person names as the place of the fault."""
    if track_id is None:
        return None
    row = tx.first(
        select(tracks.c.id, tracks.c.step_no, tracks.c.out_at, stations.c.code)
        .join_from(tracks, stations, stations.c.id == tracks.c.station_id)
        .where(tracks.c.id == (ids.from_wire(track_id) or -1), tracks.c.unit_id == unit.id, tracks.c.voided_at.is_(None))
    )  # fmt: skip
    if row is None:
        raise bad_field("trackId", OF_ANOTHER)
    return row
