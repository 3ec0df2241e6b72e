"""What loading answers when the plant asks who uses a line or a lot, and what it does when a lot changed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from fiducial.kit.tx import Tx
from fiducial.loading.tables import ANY, mappings, records, slots
from fiducial.loading.words import LOADED
from fiducial.orders.states import RUN
from fiducial.orders.tables import runs
from fiducial.plant.ports import Uses, Watcher

_PIECES = re.compile(r"(\d+)")


class BoardPlaces:
    """The reference designators of a product, from its slots (the port of quality)."""

    def of_product(self, tx: Tx, product_code: str) -> Sequence[str]:
        """Give them each once: of the slots of this product and of those that serve every product."""
        served = mappings.c.product_code.in_((product_code, ANY))
        found = {place for row in tx.all(select(mappings.c.ref_des).where(served)) for place in row.ref_des or ()}
        return sorted(found, key=_as_counted)


def _as_counted(place: str) -> list[tuple[int, str]]:
    """Give what sorts R2 before R10."""
    return [(int(piece), "") if piece.isdigit() else (-1, piece) for piece in _PIECES.split(place)]


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


class LotWatcher(Watcher):
    """Has the slots of a changed lot judged again, a moment later: a scan holds its slot before the lot, so this must not do it the other way."""

    def lot_changed(self, tx: Tx, lot_id: int) -> None:
        """Announce it to `listeners.judge_lot_again`."""
        tx.emit("MATERIAL_LOT_CHANGED", lot_id)
