"""How many boards of a run were seen on a day: what the daily QC report is filled in with (spec 10.4.10)."""

from __future__ import annotations

from sqlalchemy import func, select

from fiducial.execution.tables import tracks
from fiducial.kit import clock
from fiducial.kit.tx import Tx
from fiducial.plant.lookup import find_station

DAY_MS = 86_400_000


def boards_seen(tx: Tx, run_id: int, station: str | None, at: int) -> int | None:
    """Give the boards of a run that left a station on the plant's day of an instant; without a known station at any; None for none."""
    t = tracks.c
    begun = clock.day_start(clock.plant_day(at, tx.store.zone), tx.store.zone)
    wanted = [t.run_id == run_id, t.voided_at.is_(None), t.out_at >= begun, t.out_at < begun + DAY_MS]
    found = find_station(tx, station) if station else None
    if found is not None:
        wanted.append(t.station_id == found.id)
    return int(tx.scalar(select(func.count(func.distinct(t.unit_id))).where(*wanted)) or 0) or None
