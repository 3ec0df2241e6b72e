"""The boards behind a bar: the faults that a figure counts, each with its board, by the same conditions as the figure."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, func, select
from typing_extensions import TypedDict

from fiducial.execution.tables import tracks
from fiducial.kit import clock, ids
from fiducial.kit.acting import query
from fiducial.kit.listing import Listed, Listing, Page, exact, instant_of, since
from fiducial.kit.refusals import Said
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, units, work_orders
from fiducial.people.reach import lines_in_reach
from fiducial.plant.tables import lines
from fiducial.quality.figures.asked import MAY_SEE
from fiducial.quality.figures.reading import FALSE_CALL
from fiducial.quality.states import FAIL
from fiducial.quality.tables import defects

ONLY_TRUE = Said(zh="只能是 true", en="can only be true")


class FaultyBoard(TypedDict):
    """A fault that was counted, with its board."""

    id: str
    defectNo: str
    sn: str
    code: str
    codeName: str | None
    location: str | None
    qty: int
    stationCode: str | None
    stepNo: int | None
    runNo: str
    productCode: str
    lineCode: str
    source: str
    status: str
    createdAt: str | None


def _first_failed(value: str) -> ColumnElement[bool]:
    """Match the faults of first visits that failed: the boards that a first-pass yield lacks."""
    if value != "true":
        raise ValueError(ONLY_TRUE)
    return (tracks.c.visit_no == 1) & (tracks.c.result == FAIL)


BOARDS = Listing(
    filters={
        "sn": exact(units.c.sn), "code": exact(defects.c.code), "location": exact(defects.c.location),
        "stationCode": exact(func.coalesce(defects.c.station_code, "")), "productCode": exact(work_orders.c.product_code),
        "lineCode": exact(lines.c.code), "createdFrom": since(defects.c.created_at),
        "createdBefore": lambda value: defects.c.created_at < instant_of(value), "firstVisit": _first_failed,
    },
    sorts={"createdAt": defects.c.created_at, "sn": units.c.sn, "code": defects.c.code, "stationCode": defects.c.station_code},
    default_sort="createdAt.desc", key=defects.c.id,
)  # fmt: skip
_rows = (
    select(
        defects.c.id, defects.c.defect_no, units.c.sn, defects.c.code, defects.c.code_name, defects.c.location, defects.c.qty,
        defects.c.station_code, defects.c.step_no, runs.c.run_no, work_orders.c.product_code, lines.c.code.label("line_code"),
        defects.c.source, defects.c.status, defects.c.created_at, runs.c.line_id,
    )
    .select_from(
        defects.join(units, units.c.id == defects.c.unit_id).join(runs, runs.c.id == defects.c.run_id)
        .join(work_orders, work_orders.c.id == runs.c.work_order_id).join(lines, lines.c.id == runs.c.line_id)
        .outerjoin(tracks, tracks.c.id == defects.c.track_id)
    )
    .where(func.coalesce(defects.c.close_reason, "") != FALSE_CALL)
)  # fmt: skip


@query(*MAY_SEE)
def list_boards(tx: Tx, page: Page) -> Listed[FaultyBoard]:
    """Give the faults in reach that figures count, newest first."""
    reach = lines_in_reach(tx, *MAY_SEE)
    return BOARDS.answer(tx, _rows if reach is None else _rows.where(runs.c.line_id.in_(reach)), page, _shown)


def _shown(row: Any) -> FaultyBoard:
    return {
        "id": ids.to_wire(row.id), "defectNo": row.defect_no, "sn": row.sn, "code": row.code, "codeName": row.code_name,
        "location": row.location, "qty": row.qty, "stationCode": row.station_code, "stepNo": row.step_no, "runNo": row.run_no,
        "productCode": row.product_code, "lineCode": row.line_code, "source": row.source, "status": row.status,
        "createdAt": clock.to_wire(row.created_at) or "",
    }  # fmt: skip
