"""Waivers that stand: neither revoked nor past. One is taken over only while the same item fails for the same cause (spec 03.1 R5)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import select

from fiducial.kit.tx import Tx
from fiducial.readiness.tables import waivers


@dataclass(frozen=True, slots=True)
class Standing:
    """A waiver that stands."""

    id: int
    valid_until: int


def standing_waivers(tx: Tx, run_id: int) -> Mapping[str, Standing]:
    """Give the waivers of a run that stand now, by the fingerprint of item and cause; of several the one that lasts longest."""
    mine = select(waivers.c.id, waivers.c.cause_fingerprint, waivers.c.valid_until).where(
        waivers.c.run_id == run_id, waivers.c.revoked_at.is_(None), waivers.c.valid_until > tx.now
    )
    rows = tx.all(mine.order_by(waivers.c.valid_until))
    return {row.cause_fingerprint: Standing(row.id, row.valid_until) for row in rows}
