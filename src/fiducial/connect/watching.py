"""Who looks whether the other systems are there and whether their clocks go right (spec 08.2, 08.7); each change is told once."""

from __future__ import annotations

from statistics import median
from typing import Any

from sqlalchemy import select, update

from fiducial.connect.outbound_tables import systems_seen
from fiducial.connect.queries import DAY_MS, health_of, last_good_of, skews_of
from fiducial.kit.acting import action
from fiducial.kit.tx import Tx
from fiducial.plant.modes import SYSTEMS

LARGEST_SKEW_MS, FEWEST_EVENTS = 120_000, 10


@action(audit="SYSTEM_WATCH", entity="INTEGRATION", internal_only=True)
def watch_systems(tx: Tx) -> dict[str, int]:
    """Tell of each system whose health changed (SYSTEM_HEALTH_CHANGED), and once a day of each whose clock is more than two
    minutes off over at least ten events (CLOCK_SKEW). Give how many were told. For the timer."""
    tx.unrecorded()
    seen = {row.system: row for row in tx.all(select(systems_seen).with_for_update())}
    told = {"health": 0, "clocks": 0}
    for system in SYSTEMS:
        health = health_of(tx, system, last_good_of(tx, system))
        row = seen.get(system)
        if row is None:
            tx.insert_once(systems_seen, id=tx.new_id(), system=system, health=health, since=tx.now)
        elif row.health != health:
            tx.run(update(systems_seen).where(systems_seen.c.id == row.id).values(health=health, since=tx.now))
            tx.emit("SYSTEM_HEALTH_CHANGED", None, system=system, health=health, before=row.health)
            told["health"] += 1
        told["clocks"] += _tell_skew(tx, system, row)
    return told


def _tell_skew(tx: Tx, system: str, row: Any) -> int:
    if row is None or (row.skew_told_at is not None and row.skew_told_at > tx.now - DAY_MS):
        return 0
    skews = skews_of(tx, system)
    off = median(skews) if len(skews) >= FEWEST_EVENTS else 0
    if abs(off) <= LARGEST_SKEW_MS:
        return 0
    tx.run(update(systems_seen).where(systems_seen.c.id == row.id).values(skew_told_at=tx.now))
    tx.emit("CLOCK_SKEW", None, system=system, seconds=round(off / 1000, 1))
    return 1
