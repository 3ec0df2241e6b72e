"""Stations that came, went or changed are an input of the ROUTE gate (spec 03.8)."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import select

from fiducial.kit.tx import Tx
from fiducial.plant.ports import Watcher
from fiducial.plant.tables import groups, stations


class InputsWatcher(Watcher):
    """Tells of changed stations, in the transaction of the change; the runs of their lines are judged again afterwards."""

    def stations_changed(self, tx: Tx, codes: Collection[str], group_codes: Collection[str]) -> None:
        """Announce READINESS_INPUT_CHANGED for the lines that have a station of these codes or groups."""
        of_codes = select(stations.c.line_id).where(stations.c.code.in_(codes))
        of_groups = (
            select(stations.c.line_id)
            .join(groups, groups.c.id == stations.c.group_id)
            .where(groups.c.code.in_(group_codes))
        )
        for line_id in sorted({row.line_id for row in tx.all(of_codes.union(of_groups))}):
            tx.emit("READINESS_INPUT_CHANGED", line_id, lineId=line_id, gates=["ROUTE"])
