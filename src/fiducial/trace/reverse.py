"""Reverse trace of a lot (反查, spec 07.5): which boards may contain it. The rule of a board's trace, read backward.

The way is lot → reels → their windows → tracks by (run, step, time), so what it costs grows with the answer and not with
the plant. Boards that took a part of the lot by hand stand beside those that were placed from its reels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, ColumnElement, Select, case, false, func, literal, null, select, union_all
from typing_extensions import TypedDict

from fiducial.execution.tables import tracks
from fiducial.kit import clock, ids
from fiducial.kit.acting import query
from fiducial.kit.listing import Listing, Page, exact, one_of, since, until
from fiducial.kit.refusals import Refused, bad_field, reason_of
from fiducial.kit.tx import Tx
from fiducial.loading import windows
from fiducial.loading.tables import material_uses, records, slots
from fiducial.orders.states import COMPLETED, DONE, UNIT
from fiducial.orders.tables import runs, units, work_orders
from fiducial.people.reach import lines_in_reach
from fiducial.plant.tables import lines, lots, materials
from fiducial.trace import refusals as _declared  # noqa: F401 - what is raised here is declared there

LOADING, MATERIAL_USE = "LOADING", "MATERIAL_USE"
CERTAINTIES = (windows.CERTAIN, windows.POSSIBLE)


class TracedLot(TypedDict):
    """The lot that is asked for."""

    id: str
    materialCode: str
    materialName: str | None
    lotNo: str
    supplier: str | None
    iqcResult: str | None
    iqcDate: str | None
    status: str
    holdReason: str | None


class LotSummary(TypedDict):
    """How many boards, and how sure."""

    units: int
    certain: int
    possible: int
    runs: int
    byStatus: dict[str, int]


# `from` is a word of the language, so the item is made by a call.
LotUnit = TypedDict(
    "LotUnit",
    {
        "sn": str, "status": str, "woNo": str, "runNo": str | None, "lineCode": str | None, "productCode": str, "via": str,
        "slotCode": str | None, "position": str | None, "from": str | None, "to": str | None, "certainty": str, "shippable": bool,
    },
)  # fmt: skip


class LotUnits(TypedDict):
    """The boards of a lot (spec 07.5)."""

    lot: TracedLot
    summary: LotSummary
    items: list[LotUnit]
    total: int
    page: int
    pageSize: int


def _units_of(linked: CTE) -> Select[Any]:
    """Give the links beside what their boards are now."""
    joined = (
        linked.join(units, units.c.id == linked.c.unit_id).join(work_orders, work_orders.c.id == units.c.work_order_id)
        .outerjoin(runs, runs.c.id == units.c.run_id).outerjoin(lines, lines.c.id == runs.c.line_id)
    )  # fmt: skip
    return select(
        units.c.id.label("unit_id"), units.c.sn, units.c.status, work_orders.c.wo_no, work_orders.c.product_code, runs.c.run_no,
        runs.c.status.label("run_status"), lines.c.code.label("line_code"), linked.c.via, linked.c.slot_code, linked.c.position,
        linked.c.from_at, linked.c.to_at, linked.c.certain,
    ).select_from(joined)  # fmt: skip


LOT_UNITS = Listing(
    filters={
        "status": one_of(units.c.status, UNIT.states), "runNo": exact(runs.c.run_no),
        "from": lambda _: units.c.id.is_not(None), "to": lambda _: units.c.id.is_not(None),
        "certainty": lambda _: units.c.id.is_not(None),
    },
    sorts={"from": units.c.id}, default_sort="from.asc", key=units.c.id,
)  # fmt: skip


def the_lot(tx: Tx, material_code: str, lot_no: str) -> Any:
    """Give a lot with the name of its material. Refuses TRACE_MATERIAL_LOT_INVALID, TRACE_MATERIAL_LOT_NOT_FOUND."""
    material_code, lot_no = material_code.strip(), lot_no.strip()
    if not material_code or not lot_no:
        raise Refused("TRACE_MATERIAL_LOT_INVALID")
    lot = tx.first(
        select(lots, materials.c.name.label("material_name"))
        .select_from(lots.outerjoin(materials, materials.c.code == lots.c.material_code))
        .where(lots.c.material_code == material_code, lots.c.lot_no == lot_no)
    )
    if lot is None:
        raise Refused("TRACE_MATERIAL_LOT_NOT_FOUND", materialCode=material_code, lotNo=lot_no)
    return lot


@query("trace:read")
def lot_units(tx: Tx, material_code: str, lot_no: str, page: Page) -> LotUnits:
    """Give the boards that may contain a lot, in the order in which they took it.

    Refuses TRACE_MATERIAL_LOT_INVALID 422, TRACE_MATERIAL_LOT_NOT_FOUND; a lot that was never used gives none.
    """
    lot = the_lot(tx, material_code, lot_no)
    linked = _linked(tx, lot.id, page)
    wanted = _units_of(linked)
    for name in ("status", "runNo"):
        if name in page.filters:
            wanted = wanted.where(_condition(name, page.filters[name]))
    found = wanted.cte("found")
    summary, total = _summary(tx, found)
    backward = bool(page.sort and page.sort[0][1])
    order = (found.c.from_at, found.c.unit_id, found.c.slot_code)
    rows = tx.all(
        select(found)
        .order_by(*(column.desc() if backward else column for column in order))
        .limit(page.size)
        .offset((page.number - 1) * page.size)
    )
    return {
        "lot": lot_shown(lot), "summary": summary, "items": [_item(row) for row in rows], "total": total, "page": page.number,
        "pageSize": page.size,
    }  # fmt: skip


def _condition(name: str, value: str) -> ColumnElement[bool]:
    try:
        return LOT_UNITS.filters[name](value)
    except ValueError as wrong:
        raise bad_field(name, reason_of(wrong)) from None


def _linked(tx: Tx, lot_id: int, page: Page) -> CTE:
    """Give `unit_id, via, slot_code, position, from_at, to_at, certain` of the boards of a lot, one for each slot or place."""
    reach = lines_in_reach(tx, "trace:read")
    reel_filters, use_filters = [records.c.lot_id == lot_id], [material_uses.c.lot_id == lot_id]
    if reach is not None:
        of_lines = select(runs.c.id).where(runs.c.line_id.in_(reach)) if reach else None
        reel_filters.append(records.c.run_id.in_(of_lines) if of_lines is not None else false())
        use_filters.append(material_uses.c.run_id.in_(of_lines) if of_lines is not None else false())
    visits = windows.of_reels(tx, *reel_filters).cte("visit")
    placed = (
        select(
            visits.c.unit_id, literal(LOADING).label("via"), slots.c.slot_code, null().label("position"),
            func.min(visits.c.in_at).label("from_at"),
            case((func.count(visits.c.out_at) == func.count(), func.max(visits.c.out_at))).label("to_at"),
            func.max(visits.c.certain).label("certain"),
        )
        .join_from(visits, slots, slots.c.id == visits.c.slot_id).group_by(visits.c.unit_id, slots.c.id, slots.c.slot_code)
    )  # fmt: skip
    by_hand = select(
        material_uses.c.unit_id, literal(MATERIAL_USE).label("via"), null().label("slot_code"), material_uses.c.position,
        material_uses.c.used_at.label("from_at"), material_uses.c.removed_at.label("to_at"), literal(1).label("certain"),
    ).where(*use_filters)  # fmt: skip
    every = union_all(placed, by_hand).cte("link")
    return _narrowed(every, page).cte("narrowed")


def _narrowed(every: CTE, page: Page) -> Select[Any]:
    """Narrow the links by time and certainty."""
    wanted, filters = select(every), page.filters
    times = {"from": since(func.coalesce(every.c.to_at, windows.NEVER)), "to": until(every.c.from_at)}
    for name in times.keys() & filters.keys():
        try:
            wanted = wanted.where(times[name](filters[name]))
        except ValueError as wrong:
            raise bad_field(name, reason_of(wrong)) from None
    if "certainty" in filters:
        try:
            one_of(tracks.c.id, CERTAINTIES)(filters["certainty"])
        except ValueError as wrong:
            raise bad_field("certainty", reason_of(wrong)) from None
        asked = [int(piece.strip() == windows.CERTAIN) for piece in filters["certainty"].split(",")]
        wanted = wanted.where(every.c.certain.in_(asked))
    return wanted


def _summary(tx: Tx, found: CTE) -> tuple[LotSummary, int]:
    board = (
        select(
            found.c.unit_id, func.max(found.c.status).label("status"), func.max(found.c.certain).label("certain"), func.count().label("places")
        )
        .group_by(found.c.unit_id).subquery("board")
    )  # fmt: skip
    counted: Sequence[Any] = tx.all(
        select(board.c.status, func.count().label("n"), func.sum(board.c.certain).label("certain"), func.sum(board.c.places).label("places"))
        .group_by(board.c.status)
    )  # fmt: skip
    run_count = int(tx.scalar(select(func.count(func.distinct(found.c.run_no)))) or 0)
    boards, certain = sum(row.n for row in counted), sum(int(row.certain) for row in counted)
    by_status = {row.status: row.n for row in counted}
    summary: LotSummary = {
        "units": boards, "certain": certain, "possible": boards - certain, "runs": run_count,
        "byStatus": {status: by_status[status] for status in UNIT.states if status in by_status},
    }  # fmt: skip
    return summary, sum(int(row.places) for row in counted)


def lot_shown(lot: Any) -> TracedLot:
    """Give the head of a lot."""
    return {
        "id": ids.to_wire(lot.id), "materialCode": lot.material_code, "materialName": lot.material_name, "lotNo": lot.lot_no,
        "supplier": lot.supplier, "iqcResult": lot.iqc_result, "iqcDate": clock.to_wire(lot.iqc_date), "status": lot.status,
        "holdReason": lot.hold_reason,
    }  # fmt: skip


def _item(row: Any) -> LotUnit:
    return {
        "sn": row.sn, "status": row.status, "woNo": row.wo_no, "runNo": row.run_no, "lineCode": row.line_code,
        "productCode": row.product_code, "via": row.via, "slotCode": row.slot_code, "position": row.position,
        "from": clock.to_wire(row.from_at), "to": clock.to_wire(row.to_at),
        "certainty": windows.CERTAIN if row.certain else windows.POSSIBLE,
        "shippable": row.status == DONE and row.run_status == COMPLETED,
    }  # fmt: skip
