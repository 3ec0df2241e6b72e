"""How many boards took from a reel, and how much of it is left (spec 04.7, consumption)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import ColumnElement, func, select
from typing_extensions import TypedDict

from fiducial.kit import clock, ids
from fiducial.kit.acting import query
from fiducial.kit.tx import Tx
from fiducial.loading import windows
from fiducial.loading.tables import records, slots
from fiducial.loading.words import GOOD
from fiducial.orders.lookup import must_reach_run, order_of_run, the_run
from fiducial.orders.tables import units
from fiducial.plant.tables import bom_items


class ReelUse(TypedDict):
    """What one reel gave."""

    recordId: str
    lotNo: str
    materialCode: str
    packageQty: int | None
    units: int
    consumedQty: float | None
    remainingQty: float | None
    certain: bool
    # `from` and `to` stand on the wire beside these


class SlotUse(TypedDict):
    slotCode: str
    materialCode: str
    reels: list[dict[str, Any]]


class MaterialBalance(TypedDict):
    """What a run used of a material, against its BOM."""

    materialCode: str
    consumedQty: float | None
    bomQty: float | None
    diffQty: float | None


class Consumption(TypedDict):
    """What a run used, by slot and by material."""

    slots: list[SlotUse]
    materials: list[MaterialBalance]


def units_of_records(tx: Tx, *which: ColumnElement[bool]) -> dict[int, tuple[int, bool]]:
    """Give, by record, how many boards took from the reel and whether that is certain of all of them."""
    linked = windows.of_reels(tx, *which).subquery("linked")
    each = (
        select(linked.c.record_id, linked.c.unit_id, func.max(linked.c.certain).label("certain"))
        .group_by(linked.c.record_id, linked.c.unit_id).subquery("each_board")
    )  # fmt: skip
    counted = select(each.c.record_id, func.count().label("n"), func.min(each.c.certain).label("certain")).group_by(
        each.c.record_id
    )
    return {row.record_id: (int(row.n), bool(row.certain)) for row in tx.all(counted)}


@query("loading:view")
def run_consumption(tx: Tx, run_no: str) -> Consumption:
    """Give what a run used, by slot, reel and material; None where package or usage is unknown. Refuses RUN_NOT_FOUND, FORBIDDEN."""
    run = the_run(tx, run_no)
    must_reach_run(tx, run, "loading:view")
    counted = units_of_records(tx, records.c.run_id == run.id)
    reels = tx.all(
        select(records, slots.c.slot_code).join_from(records, slots, slots.c.id == records.c.slot_id)
        .where(records.c.run_id == run.id, records.c.verify_result.in_(GOOD))
        .order_by(slots.c.position, slots.c.slot_code, records.c.loaded_at)
    )  # fmt: skip
    by_slot: dict[str, list[dict[str, Any]]] = defaultdict(list)
    by_material: dict[str, list[float | None]] = defaultdict(list)
    expected = {}
    for reel in reels:
        boards, certain = counted.get(reel.id, (0, True))
        used = None if reel.unit_consumption is None else round(boards * reel.unit_consumption, 4)
        left = None if used is None or reel.package_qty is None else round(reel.package_qty - used, 4)
        by_material[reel.material_code].append(used)
        expected[reel.slot_code] = reel.expected_code
        by_slot[reel.slot_code].append({
            "recordId": ids.to_wire(reel.id), "materialCode": reel.material_code, "lotNo": reel.lot_no, "packageQty": reel.package_qty,
            "units": boards, "consumedQty": used, "remainingQty": left, "from": clock.to_wire(reel.loaded_at),
            "to": clock.to_wire(reel.unloaded_at), "certain": certain,
        })  # fmt: skip
    return {
        "slots": [SlotUse(slotCode=code, materialCode=expected[code], reels=found) for code, found in by_slot.items()],
        "materials": _balance(tx, run, by_material),
    }


def _balance(tx: Tx, run: Any, used: dict[str, list[float | None]]) -> list[MaterialBalance]:
    product = order_of_run(tx, run).product_code
    per_board = {row.child_code: row.qty for row in tx.all(select(bom_items).where(bom_items.c.parent_code == product))}
    boards = int(
        tx.scalar(select(func.count()).select_from(units).where(units.c.run_id == run.id, units.c.tracked.is_(True)))
        or 0
    )
    balance = []
    for code in sorted(used):
        parts = used[code]
        total = None if None in parts else round(sum(part for part in parts if part is not None), 4)
        wanted = round(per_board[code] * boards, 4) if code in per_board else None
        diff = None if total is None or wanted is None else round(total - wanted, 4)
        balance.append(MaterialBalance(materialCode=code, consumedQty=total, bomQty=wanted, diffQty=diff))
    return balance
