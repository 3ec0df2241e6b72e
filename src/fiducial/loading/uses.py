"""What loading answers when the plant asks who uses a line or a lot, and what it does when a lot changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from fiducial.kit.tx import Tx
from fiducial.loading.tables import material_uses, records, slots
from fiducial.loading.words import LOADED
from fiducial.orders.states import RUN
from fiducial.orders.tables import runs, units
from fiducial.plant.ports import LotUsage, Uses, Watcher


class PlantUse(Uses):
    """Slots on lines, reels of lots."""

    def line_counts(self, tx: Tx, line_id: int) -> Mapping[str, int]:
        """Give the slots of a line."""
        return {"slots": tx.scalar(select(func.count()).select_from(slots).where(slots.c.line_id == line_id))}

    def lot_runs(self, tx: Tx, lot_id: int) -> Sequence[str]:
        """Give the open runs that have a reel of the lot loaded (spec 01.4)."""
        loaded = (
            select(runs.c.id, runs.c.run_no).join_from(records, runs, runs.c.id == records.c.run_id)
            .where(records.c.lot_id == lot_id, records.c.status == LOADED, runs.c.status.not_in(RUN.terminal)).distinct().order_by(runs.c.id)
        )  # fmt: skip
        return [row.run_no for row in tx.all(loaded)]

    def lot_usages(self, tx: Tx, lot_id: int, newest: int) -> tuple[int, Sequence[LotUsage]]:
        """Give on which slots the lot was, and in which boards it is as a key part."""
        loaded = tx.all(
            select(records.c.id, records.c.loaded_at, runs.c.run_no, slots.c.slot_code, records.c.operator_id)
            .select_from(records.join(runs, runs.c.id == records.c.run_id).join(slots, slots.c.id == records.c.slot_id))
            .where(records.c.lot_id == lot_id, records.c.status != "REJECTED")
            .order_by(records.c.loaded_at.desc(), records.c.id.desc()).limit(newest)
        )  # fmt: skip
        parts = tx.all(
            select(material_uses.c.id, material_uses.c.used_at, runs.c.run_no, units.c.sn, material_uses.c.operator_id)
            .select_from(material_uses.join(runs, runs.c.id == material_uses.c.run_id).join(units, units.c.id == material_uses.c.unit_id))
            .where(material_uses.c.lot_id == lot_id)
            .order_by(material_uses.c.used_at.desc(), material_uses.c.id.desc()).limit(newest)
        )  # fmt: skip
        count_loaded = (
            select(func.count()).select_from(records).where(records.c.lot_id == lot_id, records.c.status != "REJECTED")
        )
        count_parts = select(func.count()).select_from(material_uses).where(material_uses.c.lot_id == lot_id)
        usages = [
            *(
                LotUsage("LOADING", row.id, row.loaded_at, row.run_no, row.slot_code, None, row.operator_id)
                for row in loaded
            ),
            *(LotUsage("KEY_PART", row.id, row.used_at, row.run_no, None, row.sn, row.operator_id) for row in parts),
        ]
        return int(tx.scalar(count_loaded) or 0) + int(tx.scalar(count_parts) or 0), usages


class LotWatcher(Watcher):
    """Has the slots of a changed lot judged again, a moment later: a scan holds its slot before the lot, so this must not do it the other way."""

    def lot_changed(self, tx: Tx, lot_id: int) -> None:
        """Announce it to `listeners.judge_lot_again`."""
        tx.emit("MATERIAL_LOT_CHANGED", lot_id)
