"""What execution answers when a lower room asks who uses a station or a collection item."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import func, select

from fiducial.execution.oven_tables import usages
from fiducial.execution.tables import data_values, tracks
from fiducial.kit.tx import Tx
from fiducial.plant.ports import Uses
from fiducial.routing.ports import RouteUses


class PlantUse(Uses):
    """Boards in stations, and what was done there."""

    def units_in(self, tx: Tx, station_id: int) -> int:
        """Give how many units are in the station now."""
        here = select(tracks.c.id).where(
            tracks.c.station_id == station_id, tracks.c.out_at.is_(None), tracks.c.voided_at.is_(None)
        )
        return len(tx.all(here))

    def has_history(self, tx: Tx, station_id: int) -> bool:
        """Tell whether any track or oven program usage names the station."""
        wanted = (
            select(tracks.c.id).where(tracks.c.station_id == station_id),
            select(usages.c.id).where(usages.c.station_id == station_id),
        )
        return any(tx.first(statement.limit(1)) is not None for statement in wanted)

    def profile_counts(self, tx: Tx, code: str, version: str) -> Mapping[str, int]:
        """Give the usages that were judged by a version of an oven program."""
        named = (usages.c.profile_code == code, usages.c.profile_version == version)
        return {"usages": int(tx.scalar(select(func.count()).select_from(usages).where(*named)) or 0)}


class RoutingUse(RouteUses):
    """Values of collection items."""

    def has_values(self, tx: Tx, spec_id: str) -> bool:
        """Tell whether a value of the item is stored."""
        return tx.first(select(data_values.c.id).where(data_values.c.spec_id == spec_id).limit(1)) is not None
