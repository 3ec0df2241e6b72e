"""What execution answers when a lower room asks who uses a station or a collection item."""

from __future__ import annotations

from sqlalchemy import select

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
        """Tell whether any track names the station."""
        return tx.first(select(tracks.c.id).where(tracks.c.station_id == station_id).limit(1)) is not None


class RoutingUse(RouteUses):
    """Values of collection items."""

    def has_values(self, tx: Tx, spec_id: str) -> bool:
        """Tell whether a value of the item is stored."""
        return tx.first(select(data_values.c.id).where(data_values.c.spec_id == spec_id).limit(1)) is not None
