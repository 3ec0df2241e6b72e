"""What a repair puts into a board and takes out of it (spec 06.10, 07.4): the new lot from then on, the part it took the place of ended.

Implements `PartsBook` of the room that keeps repairs; the two meet in `app.py`. A part that came from a reel stays linked to its
slot: what is computed from windows is not undone for one designator, the trace shows the part beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import and_, case, insert, select, update

from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.loading import lots
from fiducial.loading.tables import material_uses
from fiducial.orders.tables import runs, units, work_orders
from fiducial.plant.tables import bom_items

REPAIR = "REPAIR"


class RepairParts:
    """The parts of boards as loading keeps them."""

    def replaced(self, tx: Tx, *, unit_id: int, run_id: int, step_no: int, parts: Sequence[Mapping[str, Any]]) -> None:
        """Note each new part (`position`, `materialCode`, `lotNo`), in this transaction; the one at its place ends.

        A part whose lot nobody wrote down only ends the other. Refuses with the fail code of a lot that may not be used.
        """
        line_id = tx.scalar(select(runs.c.line_id).where(runs.c.id == run_id))
        key_parts = _key_parts(tx, unit_id)
        for part in parts:
            material, lot_no = part["materialCode"], part.get("lotNo")
            _end(tx, unit_id, part["position"])
            if lot_no is None:
                continue
            fault = lots.fault_of(tx, lots.find_lot(tx, material, lot_no), line_id)
            if fault is not None:
                raise Refused(fault, materialCode=material, lotNo=lot_no)
            lot = lots.known_lot(tx, material, lot_no)
            tx.run(insert(material_uses).values(
                id=tx.new_id(), unit_id=unit_id, run_id=run_id, step_no=step_no, lot_id=lot.id, material_code=material, lot_no=lot_no,
                position=part["position"], qty=1, is_key_part=material in key_parts, source=REPAIR, used_at=tx.now, used_by=tx.actor.id,
                used_by_name=tx.actor.name,
            ))  # fmt: skip


def _end(tx: Tx, unit_id: int, position: str) -> None:
    """End what is at a place of a board, whoever put it there."""
    there = and_(material_uses.c.unit_id == unit_id, material_uses.c.removed_at.is_(None))
    tx.run(
        update(material_uses).where(there, material_uses.c.position == position)
        .values(removed_at=_not_before(tx, material_uses.c.used_at), removed_by=tx.actor.id, removed_by_name=tx.actor.name, remove_reason=REPAIR)
    )  # fmt: skip


def _not_before(tx: Tx, began: Any) -> Any:
    """Give now, and when it began where the clock was set back since: what ends has begun."""
    return case((began > tx.now, began), else_=tx.now)


def _key_parts(tx: Tx, unit_id: int) -> set[str]:
    product = (
        select(work_orders.c.product_code).join_from(units, work_orders, work_orders.c.id == units.c.work_order_id)
        .where(units.c.id == unit_id).scalar_subquery()
    )  # fmt: skip
    of_product = select(bom_items.c.child_code).where(
        bom_items.c.parent_code == product, bom_items.c.is_key_part.is_(True)
    )
    return {row.child_code for row in tx.all(of_product)}
