"""What readiness answers when the plant asks who uses a line."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from fiducial.kit.tx import Tx
from fiducial.plant.ports import Uses
from fiducial.readiness.tables import line_configs


class PlantUse(Uses):
    """The gates that somebody has set for a line."""

    def line_counts(self, tx: Tx, line_id: int) -> Mapping[str, int]:
        """Give how many sets of gates the line has."""
        mine = select(func.count()).select_from(line_configs).where(line_configs.c.line_id == line_id)
        return {"rules": tx.scalar(mine)}
