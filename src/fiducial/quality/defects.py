"""Defects (不良, spec 06.9): what a FAIL writes, in the transaction of the track-out. What is decided on them comes later."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Select, bindparam, select

from fiducial.execution.ports import Given, Leaving
from fiducial.execution.ports import Verdict as VerdictPort
from fiducial.kit import clock, ids
from fiducial.kit.acting import query
from fiducial.kit.listing import Listed, Listing, Page, exact, one_of, part, since, until
from fiducial.kit.refusals import Refused
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, units
from fiducial.people.reach import lines_in_reach, scope_of
from fiducial.plant.tables import lines
from fiducial.quality import ports
from fiducial.quality import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.quality.answers import Defect, Photo, ReworkTask
from fiducial.quality.codes import find_code
from fiducial.quality.disposing.tasks import tasks_of_defects
from fiducial.quality.finding import Fault, write_defect
from fiducial.quality.photos.keeping import photos_of
from fiducial.quality.settings import STRICT_CODES
from fiducial.quality.states import CLOSED, DISPOSITIONED, OPEN_DEFECT, RECORDED
from fiducial.quality.tables import defect_codes, defects, dispositions
from fiducial.routing.frozen import frozen_route

SOURCES = ("TRACK_OUT", "MANUAL", "SPI", "AOI", "TEST", "INGEST", "FAI", "IPQC", "FQC", "OQC")
STATION_FAIL = "STATION_FAIL"
MAY_SEE = ("quality:disposition", "trace:read")

_on_track = Hot(
    select(defects.c.defect_no)
    .where(defects.c.track_id == bindparam("track"), defects.c.blocking.is_(True), defects.c.status.in_(OPEN_DEFECT))
)  # fmt: skip
_any_on_track = Hot(select(defects.c.id).where(defects.c.track_id == bindparam("track")).limit(1))


class Book:
    """The defects as execution knows them (its port `DefectBook`)."""

    def record(self, tx: Tx, leaving: Leaving) -> list[dict[str, Any]]:
        """Write the defects of a FAIL; give `{id, code, defectNo}` of each.

        With none named there is one, STATION_FAIL, unless the visit has an open defect already (from a machine).
        """
        given = leaving.defects
        if not given:
            if _on_track.first(tx, track=leaving.track_id) is not None:
                return []
            given = (Given(STATION_FAIL),)
        return [_record_one(tx, leaving, fault) for fault in given]

    def open_of(self, tx: Tx, unit_ids: Sequence[int]) -> Mapping[int, Sequence[Mapping[str, Any]]]:
        """Give the open defects of each unit that has any, oldest first."""
        if not unit_ids:
            return {}
        rows = tx.all(
            select(defects)
            .where(defects.c.unit_id.in_(unit_ids), defects.c.status.in_(OPEN_DEFECT))
            .order_by(defects.c.id)
        )
        found = dict[int, list[Mapping[str, Any]]]()
        for row in rows:
            found.setdefault(row.unit_id, []).append(
                {
                    "id": ids.to_wire(row.id), "defectNo": row.defect_no, "code": row.code, "codeName": row.code_name,
                    "location": row.location, "qty": row.qty, "stepNo": row.step_no,
                }
            )  # fmt: skip
        return found

    def on_track(self, tx: Tx, track_id: int) -> bool:
        """Tell whether a defect was recorded on this visit."""
        return _any_on_track.first(tx, track=track_id) is not None

    def choices(self, tx: Tx, operation_code: str) -> Sequence[tuple[str, str, str]]:
        """Give `(code, name, English name)` of the active codes that may be meant at the operation: its own first, then those of all.

        A code that names operations is of those alone (spec 06.14).
        """
        rows = tx.all(select(defect_codes).where(defect_codes.c.is_active.is_(True)).order_by(defect_codes.c.id))
        meant = [row for row in rows if not row.operation_codes or operation_code in row.operation_codes]
        ordered = sorted(meant, key=lambda row: not row.operation_codes)
        return [(row.code, row.name, row.name_en or row.name) for row in ordered]

    def places(self, tx: Tx, product_code: str) -> Sequence[str]:
        """Give the reference designators of a product, as far as they are known."""
        return ports.board_places(tx, product_code)


def _record_one(tx: Tx, leaving: Leaving, fault: Given) -> dict[str, Any]:
    written = write_defect(
        tx, unit_id=leaving.unit.unit_id, sn=leaving.unit.sn, run_id=leaving.run.run_id, line_code=leaving.station.line_code,
        fault=Fault(
            code=fault.code, source="TRACK_OUT", blocking=True, track_id=leaving.track_id, step_no=leaving.step.step_no,
            station_code=leaving.station.code, location=fault.location, qty=fault.qty, remark=fault.remark,
        ),
    )  # fmt: skip
    return {"id": ids.to_wire(written.key), "code": fault.code, "defectNo": written.number}


class OpenDefectFails(VerdictPort):
    """An open blocking defect recorded on this visit turns a PASS into a FAIL (spec 05.8 c)."""

    def forces_fail(self, tx: Tx, leaving: Leaving) -> Sequence[Mapping[str, Any]]:
        """Give the defects of the visit that force the FAIL."""
        return [{"kind": "DEFECT", "reference": row.defect_no} for row in _on_track.all(tx, track=leaving.track_id)]

    def of_track(self, tx: Tx, track_id: int) -> Sequence[Mapping[str, Any]]:
        """Give the open defects of the visit as verdicts."""
        found = tx.all(
            select(defects.c.defect_no, defects.c.created_at)
            .where(defects.c.track_id == track_id, defects.c.blocking.is_(True), defects.c.status.in_(OPEN_DEFECT))
        )  # fmt: skip
        return [
            {"kind": "DEFECT", "result": "FAIL", "eventTime": clock.to_wire(row.created_at), "reference": row.defect_no}
            for row in found
        ]


class StrictCodes:
    """Guard 15 of a track-out: with `defect.strictCodes` people name active codes only. A machine is never refused for its code."""

    def check(self, tx: Tx, leaving: Leaving) -> None:
        """Refuse DEFECT_CODE_NOT_FOUND."""
        if not leaving.defects or tx.actor.kind == "TOKEN" or not STRICT_CODES.of(tx):
            return
        for fault in leaving.defects:
            known = find_code(tx, fault.code)
            if known is None or not known.is_active:
                raise Refused("DEFECT_CODE_NOT_FOUND", code=fault.code)


DEFECTS = Listing(
    filters={
        "sn": part(units.c.sn), "unitSn": part(units.c.sn), "runNo": part(runs.c.run_no), "lineCode": exact(lines.c.code),
        "stationCode": part(defects.c.station_code), "code": part(defects.c.code),
        "status": one_of(defects.c.status, (RECORDED, DISPOSITIONED, CLOSED)), "source": one_of(defects.c.source, SOURCES),
        "createdFrom": since(defects.c.created_at), "createdTo": until(defects.c.created_at),
    },
    sorts={
        "createdAt": defects.c.created_at, "defectNo": defects.c.defect_no, "code": defects.c.code, "status": defects.c.status,
        "sn": units.c.sn,
    },
    default_sort="createdAt.desc", key=defects.c.id,
)  # fmt: skip


def _defects() -> Select[Any]:
    joined = (
        defects.join(units, units.c.id == defects.c.unit_id).join(runs, runs.c.id == defects.c.run_id)
        .join(lines, lines.c.id == runs.c.line_id)
    )  # fmt: skip
    return select(
        defects,
        units.c.sn,
        units.c.status.label("unit_status"),
        units.c.current_step_no.label("unit_step_no"),
        runs.c.run_no,
        runs.c.version_id,
        lines.c.code.label("line_code"),
    ).select_from(joined)


MOST_OPEN = 20  # on the page of a run; the list of defects shows them all


@query(*MAY_SEE)
def list_defects(tx: Tx, page: Page) -> Listed[Defect]:
    """Give the defects in reach as a list."""
    reach = lines_in_reach(tx, *MAY_SEE)
    statement = _defects() if reach is None else _defects().where(runs.c.line_id.in_(reach))
    return DEFECTS.answer_all(tx, statement, page, lambda rows: shown_all(tx, rows))


@query(*MAY_SEE)
def defect_detail(tx: Tx, defect_id: str) -> Defect:
    """Give one defect by its id or number. Refuses DEFECT_NOT_FOUND, FORBIDDEN."""
    key = ids.from_wire(defect_id)
    named = defects.c.id == key if key is not None else defects.c.defect_no == defect_id
    row = tx.first(_defects().where(named).add_columns(runs.c.line_id))
    if row is None:
        raise Refused("DEFECT_NOT_FOUND", defectId=defect_id)
    reach = lines_in_reach(tx, *MAY_SEE)
    if reach is not None and row.line_id not in reach:
        raise Refused("FORBIDDEN", scope=scope_of(tx, *MAY_SEE), lineCode=row.line_code)
    return shown_all(tx, [row])[0]


def open_of_run(tx: Tx, run_id: int) -> list[Defect]:
    """Give the defects of a run that are not closed, oldest first: what keeps its boards from going on."""
    waiting = (
        _defects().where(runs.c.id == run_id, defects.c.status.in_(OPEN_DEFECT)).order_by(defects.c.id).limit(MOST_OPEN)
    )
    return shown_all(tx, tx.all(waiting))


def defect_now(tx: Tx, key: int) -> Defect:
    """Give a defect as it is now, by its key."""
    return shown_all(tx, [tx.one(_defects().where(defects.c.id == key))])[0]


def shown_all(tx: Tx, rows: Sequence[Any]) -> list[Defect]:
    """Give defects as they stand on the wire, with what was decided on them and the newest rework task."""
    keys = [row.id for row in rows]
    decided = dict[int, list[dict[str, Any]]]()
    for one in tx.all(select(dispositions).where(dispositions.c.defect_id.in_(keys)).order_by(dispositions.c.id)):
        decided.setdefault(one.defect_id, []).append({
            "type": one.type, "reason": one.reason, "toStepNo": one.to_step_no, "overrideReason": one.override_reason,
            "decidedBy": ids.wire_or_none(one.decided_by), "decidedByName": one.decided_by_name, "decidedAt": clock.to_wire(one.decided_at),
        })  # fmt: skip
    tasks, photos = tasks_of_defects(tx, keys) if keys else {}, photos_of(tx, keys)
    return [_shown(tx, row, decided.get(row.id, []), tasks.get(row.id), photos.get(row.id, [])) for row in rows]


def _shown(tx: Tx, row: Any, decided: list[dict[str, Any]], task: ReworkTask | None, photos: list[Photo]) -> Defect:
    step = frozen_route(tx, row.version_id).by_no.get(row.step_no)
    return {
        "id": ids.to_wire(row.id), "defectNo": row.defect_no, "sn": row.sn, "runNo": row.run_no, "lineCode": row.line_code,
        "trackId": ids.wire_or_none(row.track_id), "stepNo": row.step_no, "stationCode": row.station_code, "code": row.code,
        "codeName": row.code_name, "codeKnown": row.code_known, "severity": row.severity, "location": row.location, "qty": row.qty,
        "remark": row.remark, "source": row.source, "blocking": row.blocking, "status": row.status, "closeReason": row.close_reason,
        "dispositions": decided, "reworkTask": task, "photos": photos, "inspectionId": ids.wire_or_none(row.inspection_id),
        "supersededBy": ids.wire_or_none(row.superseded_by),
        "unit": {"sn": row.sn, "status": row.unit_status, "currentStepNo": row.unit_step_no},
        "createdBy": ids.wire_or_none(row.created_by), "createdByName": row.created_by_name, "createdAt": clock.to_wire(row.created_at),
        "updatedAt": clock.to_wire(row.updated_at or row.created_at),
        "failureStep": {
            "stepNo": row.step_no, "operationCode": step.operation_code if step else None, "stationCode": row.station_code,
        },
    }  # fmt: skip
