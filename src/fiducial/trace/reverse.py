"""Reverse trace of a lot (反查, spec 07.5): which boards may contain it. The rule of a board's trace, read backward.

The way is lot → reels → their windows → tracks by (run, step, time), so what it costs grows with the answer and not with
the plant. Boards that took a part of the lot by hand stand beside those that were placed from its reels, those printed while a
jar was bound to their line, and those of runs whose list names the lot.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from sqlalchemy import Select, and_, case, false, func, literal, null, or_, select, union_all
from typing_extensions import TypedDict

from fiducial.execution.tables import tracks
from fiducial.kit import clock, ids
from fiducial.kit.acting import query
from fiducial.kit.listing import Page
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.loading import windows
from fiducial.loading.tables import material_uses, records, slots
from fiducial.orders.tables import memberships, runs, units
from fiducial.people.reach import lines_in_reach
from fiducial.plant.tables import lots, materials
from fiducial.readiness.tables import checklist_rows
from fiducial.tooling.tables import bindings, paste_lots
from fiducial.trace import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.trace.facts import asked_by
from fiducial.trace.made_with import LOT_ROWS, NO_MATERIAL, lots_named
from fiducial.trace.printing_steps import at_printing
from fiducial.trace.touched import TouchedSummary, TouchedUnit, listing_of, touched

LOADING, MATERIAL_USE, REPAIR, PASTE, CHECKLIST = "LOADING", "MATERIAL_USE", "REPAIR", "PASTE", "CHECKLIST"


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


class LotUnits(TypedDict):
    """The boards of a lot (spec 07.5)."""

    lot: TracedLot
    summary: TouchedSummary
    items: list[TouchedUnit]
    total: int
    page: int
    pageSize: int


LOT_UNITS = listing_of(certainty=lambda _: units.c.id.is_not(None))


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
        lot = _jar(tx, material_code, lot_no)
    if lot is None:
        raise Refused("TRACE_MATERIAL_LOT_NOT_FOUND", materialCode=material_code, lotNo=lot_no)
    return lot


def _jar(tx: Tx, material_code: str, lot_no: str) -> Any:
    """Give a jar of solder paste as a lot; one whose label told no material is called SOLDER_PASTE."""
    jar = tx.first(select(paste_lots).where(paste_lots.c.code == lot_no))
    if jar is None or material_code != (jar.material_code or NO_MATERIAL):
        return None
    status = literal("AVAILABLE").label("status")
    told = select(
        paste_lots.c.id, literal(material_code).label("material_code"), materials.c.name.label("material_name"),
        paste_lots.c.code.label("lot_no"), null().label("supplier"), null().label("iqc_result"), null().label("iqc_date"), status,
        null().label("hold_reason"),
    ).select_from(paste_lots.outerjoin(materials, materials.c.code == paste_lots.c.material_code))  # fmt: skip
    return tx.first(told.where(paste_lots.c.id == jar.id))


@query("trace:read")
def lot_units(tx: Tx, material_code: str, lot_no: str, page: Page) -> LotUnits:
    """Give the boards that may contain a lot, in the order in which they took it.

    Refuses TRACE_MATERIAL_LOT_INVALID 422, TRACE_MATERIAL_LOT_NOT_FOUND; a lot that was never used gives none.
    """
    lot = the_lot(tx, material_code, lot_no)
    return {"lot": lot_shown(lot), **touched(tx, links_of_lot(tx, lot), page)}


def links_of_lot(tx: Tx, lot: Any) -> Any:
    """Give the links of a lot to boards, one for each slot or place."""
    reach = lines_in_reach(tx, asked_by(tx))
    in_reach = (
        None
        if reach is None
        else (select(runs.c.id).where(runs.c.line_id.in_(reach)) if reach else select(runs.c.id).where(false()))
    )
    reel_filters, use_filters = [records.c.lot_id == lot.id], [material_uses.c.lot_id == lot.id]
    if in_reach is not None:
        reel_filters.append(records.c.run_id.in_(in_reach))
        use_filters.append(material_uses.c.run_id.in_(in_reach))
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
        material_uses.c.unit_id, case((material_uses.c.source == REPAIR, REPAIR), else_=MATERIAL_USE).label("via"), null().label("slot_code"),
        material_uses.c.position, material_uses.c.used_at.label("from_at"), material_uses.c.removed_at.label("to_at"),
        literal(1).label("certain"),
    ).where(*use_filters)  # fmt: skip
    return union_all(placed, by_hand, *_printed_with(tx, lot, in_reach), *_listed(tx, lot, in_reach))


def _printed_with(tx: Tx, lot: Any, in_reach: Select[Any] | None) -> list[Select[Any]]:
    """Give the boards that were printed while the jar was bound to their line (spec 07.4)."""
    jar = tx.first(select(paste_lots).where(paste_lots.c.code == lot.lot_no))
    if jar is None or (jar.material_code or NO_MATERIAL) != lot.material_code:
        return []
    bound = bindings.c.paste_lot_id == jar.id
    bound_runs = (
        select(runs.c.id, runs.c.version_id).join(bindings, bindings.c.line_id == runs.c.line_id)
        .where(
            bound, or_(runs.c.ended_at.is_(None), runs.c.ended_at >= bindings.c.bound_at),
            or_(bindings.c.unbound_at.is_(None), runs.c.started_at.is_(None), runs.c.started_at < bindings.c.unbound_at),
        ).distinct()
    )  # fmt: skip
    printing = at_printing(
        tx, [row.version_id for row in tx.all(select(bound_runs.subquery().c.version_id).distinct())]
    )
    certain = and_(
        tracks.c.in_at >= bindings.c.bound_at,
        or_(bindings.c.unbound_at.is_(None), and_(tracks.c.out_at.is_not(None), tracks.c.out_at <= bindings.c.unbound_at)),
    )  # fmt: skip
    found = (
        select(
            tracks.c.unit_id, literal(PASTE).label("via"), null().label("slot_code"), null().label("position"),
            func.min(tracks.c.in_at).label("from_at"), func.max(tracks.c.out_at).label("to_at"),
            func.max(case((certain, 1), else_=0)).label("certain"),
        )
        .select_from(tracks.join(runs, runs.c.id == tracks.c.run_id).join(bindings, bindings.c.line_id == runs.c.line_id))
        .where(
            bound, tracks.c.run_id.in_(select(bound_runs.subquery().c.id)), printing, tracks.c.voided_at.is_(None),
            bindings.c.bound_at <= func.coalesce(tracks.c.out_at, tx.now),
            or_(bindings.c.unbound_at.is_(None), bindings.c.unbound_at > tracks.c.in_at),
        )
        .group_by(tracks.c.unit_id)
    )  # fmt: skip
    return [found if in_reach is None else found.where(tracks.c.run_id.in_(in_reach))]


def _listed(tx: Tx, lot: Any, in_reach: Select[Any] | None) -> list[Select[Any]]:
    """Give the boards of runs whose list names the lot (spec 11.3), POSSIBLE where the list names another lot of the material too."""
    of_lots = select(checklist_rows).where(checklist_rows.c.item_key.in_(LOT_ROWS))
    naming = of_lots.where(
        checklist_rows.c.value.contains(lot.material_code, autoescape=True),
        checklist_rows.c.value.contains(lot.lot_no, autoescape=True),
    )
    if in_reach is not None:
        naming = naming.where(checklist_rows.c.run_id.in_(in_reach))
    rows = [row for row in tx.all(naming) if (lot.material_code, lot.lot_no) in lots_named(row.value)]
    if not rows:
        return []
    every = tx.all(of_lots.where(checklist_rows.c.run_id.in_({row.run_id for row in rows})))
    named = Counter(
        row.run_id for row in every for material, _lot in lots_named(row.value) if material == lot.material_code
    )
    alone = [row.id for row in rows if named[row.run_id] == 1]
    certain = case((checklist_rows.c.id.in_(alone), 1), else_=0).label("certain")
    listed = (
        select(checklist_rows.c.id, checklist_rows.c.run_id, checklist_rows.c.set_at, certain)
        .where(checklist_rows.c.id.in_([row.id for row in rows])).cte("listed")
    )  # fmt: skip
    on_it = (
        select(units.c.id.label("unit_id"), listed.c.id).join_from(listed, units, units.c.run_id == listed.c.run_id)
        .union(select(memberships.c.unit_id, listed.c.id).join_from(listed, memberships, memberships.c.run_id == listed.c.run_id))
        .subquery("on_it")
    )  # fmt: skip
    return [
        select(
            on_it.c.unit_id, literal(CHECKLIST).label("via"), null().label("slot_code"), null().label("position"),
            listed.c.set_at.label("from_at"), null().label("to_at"), listed.c.certain,
        ).join_from(on_it, listed, listed.c.id == on_it.c.id)
    ]  # fmt: skip


def lot_shown(lot: Any) -> TracedLot:
    """Give the head of a lot."""
    return {
        "id": ids.to_wire(lot.id), "materialCode": lot.material_code, "materialName": lot.material_name, "lotNo": lot.lot_no,
        "supplier": lot.supplier, "iqcResult": lot.iqc_result, "iqcDate": clock.to_wire(lot.iqc_date), "status": lot.status,
        "holdReason": lot.hold_reason,
    }  # fmt: skip
