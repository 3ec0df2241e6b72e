"""What loading answers when the plant asks who uses a line."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from fiducial.kit.tx import Tx
from fiducial.loading.tables import slots
from fiducial.plant.ports import Uses


class PlantUse(Uses):
    """Slots on lines."""

    def line_counts(self, tx: Tx, line_id: int) -> Mapping[str, int]:
        """Give the slots of a line."""
        return {"slots": tx.scalar(select(func.count()).select_from(slots).where(slots.c.line_id == line_id))}
