"""Taking a result of SPI or AOI (spec 08.3.6): kept once, matched with its visit, and what follows in the same transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from fiducial.kit import clock, ids
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, units
from fiducial.plant.modes import HELD_BY_MODE, is_manual
from fiducial.plant.receiving import (
    SUPERSEDED,
    Taken,
    alone_with,
    digest_of,
    must_be_allowed,
    repeated,
    sender_of,
    times_of,
)
from fiducial.plant.reported import AUTO, EFFECTIVE, HELD, MANUAL
from fiducial.quality.machine_tables import machine_results
from fiducial.quality.machines.effect import FAIL, PASS, of_visit, standing_fails, take_effect, unknown_codes
from fiducial.quality.machines.placing import Place, place_of
from fiducial.quality.machines.shapes import InspectionResult
from fiducial.quality.warnings import warned

MATCHED, PENDING, ORPHAN = "MATCHED", "PENDING", "ORPHAN"
m = machine_results.c


def report_result(tx: Tx, push: InspectionResult) -> dict[str, Any]:
    """Take a result. Give the common answer with `runNo, unitSn, inspectionType, result, trackId, defectsCreated, matchStatus`.

    Refuses as `place_of`, DEFECTS_REQUIRED, EVENT_ID_REUSED, SOURCE_NOT_ALLOWED, OPERATOR_MISMATCH, and VALIDATION_ERROR for defects beside a PASS,
    a reason or a remark that is missing.
    """
    if (there := repeated(tx, machine_results, push)) is not None:
        return _answer(tx, there, 0)
    operator = must_be_allowed(tx, push)
    if push.result == FAIL and not push.defects:
        raise Refused("DEFECTS_REQUIRED")
    if push.result == PASS and push.defects:
        raise bad_field("defects", Said(zh="合格时不能带不良", en="a PASS has none"))
    place = place_of(tx, push)
    # Run, then units: the order in which everybody takes them.
    tx.first(select(runs.c.id).where(runs.c.id == place.run.id).with_for_update(read=True))
    alone_with(tx, machine_results, place.unit.id)
    by_hand = is_manual(tx, push.inspection_type, place.run.line_id)
    overrules = _overrules(tx, push, place)
    if push.source == MANUAL and not by_hand and not overrules and push.reason is None:
        raise bad_field("reason", Said(zh=f"系统 {push.inspection_type} 处于自动模式，手工录入必须填写原因",
                                       en=f"required while {push.inspection_type} is in automatic mode"))  # fmt: skip
    return _keep(tx, push, place, operator=operator, by_hand=by_hand, overrules=overrules)


def _overrules(tx: Tx, push: InspectionResult, place: Place) -> bool:
    """Tell whether a person's PASS stands against a machine's FAIL, which needs a remark. Refuses VALIDATION_ERROR without one."""
    if push.source != MANUAL or push.result != PASS or place.track is None:
        return False
    if not standing_fails(tx, push.inspection_type, place.track.id):
        return False
    if push.remark is None:
        raise bad_field(
            "remark", Said(zh="复判设备不合格时必须填写说明", en="is required to overrule a machine's FAIL")
        )
    return True


def _keep(
    tx: Tx, push: InspectionResult, place: Place, *, operator: str | None, by_hand: bool, overrules: bool
) -> dict[str, Any]:
    warnings = [
        dict(warned("DEFECT_CODE_UNKNOWN", tx.caller.language, defectCode=code)) for code in unknown_codes(tx, [found.code for found in push.defects])
    ]  # fmt: skip
    times = times_of(tx, push, warnings)
    held = push.source == AUTO and by_hand
    track = place.track
    late = None if held or track is None else _superseded(tx, push, track.id, times["effective_at"])
    key = tx.new_id()
    row = {
        "id": key, "subject_id": place.unit.id, "source": push.source, "standing": HELD if held else EFFECTIVE, "system": sender_of(tx),
        "event_id": push.event_id, "digest": digest_of(push), "event_time": clock.from_datetime(push.event_time), "received_at": tx.now,
        **times, "confirmed_at": times["effective_at"], "held_reason": HELD_BY_MODE if held else late, "warnings": warnings or None,
        "line_id": place.run.line_id, "operator_id": operator, "reason": push.reason, "equipment_id": push.equipment_id, "meta": push.meta,
        "by_id": tx.actor.id, "by_name": tx.actor.name, "status": push.result, "kind": push.inspection_type, "run_id": place.run.id,
        "station_id": place.station.id, "step_no": track.step_no if track is not None else push.step_no,
        "track_id": track.id if track is not None else None, "match_status": MATCHED if track is not None else PENDING,
        "defects": [found.model_dump(exclude_none=True) for found in push.defects] or None, "remark": push.remark, "raw": push.raw_data,
        "degraded": push.source == MANUAL and not overrules,
    }  # fmt: skip
    if not tx.insert_once(machine_results, **row):  # it came twice at the same moment, and the other was first
        there = repeated(tx, machine_results, push)
        assert there is not None, "a unique key held"
        return _answer(tx, there, 0)
    written = 0 if held or track is None else take_effect(tx, key)
    if push.source == MANUAL and not by_hand and not overrules:
        tx.emit(
            "MANUAL_ENTRY_IN_AUTO", key, system=push.inspection_type, what=push.event_id, lineId=place.run.line_id, byName=tx.actor.name,
            reason=push.reason,
        )  # fmt: skip
    return _answer(tx, Taken(tx.one(select(machine_results).where(m.id == key)), is_duplicate=False), written)


def _superseded(tx: Tx, push: InspectionResult, track_id: int, effective_at: int) -> str | None:
    """Say whether what counts on the visit is another result: one that is later, or a FAIL that a machine's PASS does not lift."""
    kind = push.inspection_type
    if push.result == FAIL:
        return None
    if push.source == AUTO and standing_fails(tx, kind, track_id):
        return SUPERSEDED
    later = select(m.id).where(*of_visit(kind, track_id), m.effective_at > effective_at, m.overruled_by.is_(None))
    return SUPERSEDED if tx.first(later.limit(1)) is not None else None


def _answer(tx: Tx, taken: Taken, written: int) -> dict[str, Any]:
    row = taken.row
    sn = tx.scalar(select(units.c.sn).where(units.c.id == row.subject_id))
    run_no = tx.scalar(select(runs.c.run_no).where(runs.c.id == row.run_id))
    created = (
        written
        if not taken.is_duplicate
        else len(row.defects or ())
        if row.track_id is not None and row.held_reason is None
        else 0
    )
    return {
        **taken.common(), "effective": taken.effective and row.overruled_by is None, "runNo": run_no, "unitSn": sn,
        "inspectionType": row.kind, "result": row.status, "trackId": ids.wire_or_none(row.track_id), "defectsCreated": created,
        "matchStatus": row.match_status,
    }  # fmt: skip
