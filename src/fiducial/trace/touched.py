"""Which units a cause touched (反查, spec 07.5): the shape that every reverse trace has, whatever the cause is.

A cause gives links (`unit_id via slot_code position from_at to_at certain`); here they are narrowed, counted and paged.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CTE, CompoundSelect, Select, func, literal, select
from typing_extensions import TypedDict

from fiducial.execution.tables import tracks
from fiducial.kit import clock
from fiducial.kit.listing import Listing, Page, exact, one_of, since, until
from fiducial.kit.refusals import bad_field, reason_of
from fiducial.kit.tx import Tx
from fiducial.loading import windows
from fiducial.orders.states import COMPLETED, DONE, UNIT
from fiducial.orders.tables import runs, units, work_orders
from fiducial.plant.tables import lines

CERTAINTIES = (windows.CERTAIN, windows.POSSIBLE)
NO_TEXT = literal(None)


class TouchedSummary(TypedDict):
    """How many boards, and how sure."""

    units: int
    certain: int
    possible: int
    runs: int
    byStatus: dict[str, int]


# `from` is a word of the language, so the item is made by a call.
TouchedUnit = TypedDict(
    "TouchedUnit",
    {
        "sn": str, "status": str, "woNo": str, "runNo": str | None, "lineCode": str | None, "productCode": str, "via": str,
        "slotCode": str | None, "position": str | None, "from": str | None, "to": str | None, "certainty": str, "shippable": bool,
    },
)  # fmt: skip


class Touched(TypedDict):
    """One page of the units that a cause touched."""

    summary: TouchedSummary
    items: list[TouchedUnit]
    total: int
    page: int
    pageSize: int


def listing_of(**more: Any) -> Listing:
    """Give what may be asked of a reverse trace: `status`, `runNo`, `from`, `to` and what the cause adds."""
    return Listing(
        filters={
            "status": one_of(units.c.status, UNIT.states), "runNo": exact(runs.c.run_no),
            "from": lambda _: units.c.id.is_not(None), "to": lambda _: units.c.id.is_not(None), **more,
        },
        sorts={"from": units.c.id}, default_sort="from.asc", key=units.c.id,
    )  # fmt: skip


def touched(tx: Tx, links: Select[Any] | CompoundSelect[Any], page: Page) -> Touched:
    """Give the units of links, in the order in which they were touched, with how many there are in all."""
    found = found_of(links, page)
    summary, total = _summary(tx, found)
    rows = rows_of(
        tx, found, limit=page.size, offset=(page.number - 1) * page.size, backward=bool(page.sort and page.sort[0][1])
    )
    return {
        "summary": summary, "items": [item_of(row) for row in rows], "total": total, "page": page.number, "pageSize": page.size,
    }  # fmt: skip


def found_of(links: Select[Any] | CompoundSelect[Any], page: Page) -> CTE:
    """Give the links that fit what was asked, beside what their units are now."""
    narrowed = _narrowed(links.cte("link"), page).cte("narrowed")
    wanted = _units_of(narrowed)
    try:
        if "status" in page.filters:
            wanted = wanted.where(one_of(units.c.status, UNIT.states)(page.filters["status"]))
    except ValueError as wrong:
        raise bad_field("status", reason_of(wrong)) from None
    if "runNo" in page.filters:
        wanted = wanted.where(runs.c.run_no == page.filters["runNo"])
    return wanted.cte("found")


def rows_of(tx: Tx, found: CTE, *, limit: int, offset: int, backward: bool = False) -> Sequence[Any]:
    """Give some of the rows, in order."""
    order = (found.c.from_at, found.c.unit_id, found.c.slot_code, found.c.position)
    ordered = select(found).order_by(*(column.desc() if backward else column for column in order))
    return tx.all(ordered.limit(limit).offset(offset))


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


def _summary(tx: Tx, found: CTE) -> tuple[TouchedSummary, int]:
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
    summary: TouchedSummary = {
        "units": boards, "certain": certain, "possible": boards - certain, "runs": run_count,
        "byStatus": {status: by_status[status] for status in UNIT.states if status in by_status},
    }  # fmt: skip
    return summary, sum(int(row.places) for row in counted)


def item_of(row: Any) -> TouchedUnit:
    """Give a unit as it stands on the wire."""
    return {
        "sn": row.sn, "status": row.status, "woNo": row.wo_no, "runNo": row.run_no, "lineCode": row.line_code,
        "productCode": row.product_code, "via": row.via, "slotCode": row.slot_code, "position": row.position,
        "from": clock.to_wire(row.from_at), "to": clock.to_wire(row.to_at),
        "certainty": windows.CERTAIN if row.certain else windows.POSSIBLE,
        "shippable": row.status == DONE and row.run_status == COMPLETED,
    }  # fmt: skip
