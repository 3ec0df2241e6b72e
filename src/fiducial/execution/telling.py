"""What notifications say of a unit at a station (spec 09.6)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fiducial.execution.tables import data_values, tracks
from fiducial.kit.outbox import Event
from fiducial.kit.tx import Tx
from fiducial.orders.tables import units
from fiducial.plant.tables import stations


def of_alarm(tx: Tx, event: Event) -> Mapping[str, Any] | None:
    """Give which value of which unit alarms, and where (DATA_ALARM)."""
    row = tx.first(
        select(data_values, units.c.sn, stations.c.code, stations.c.line_id)
        .join_from(data_values, tracks)
        .join(units, units.c.id == tracks.c.unit_id)
        .join(stations, stations.c.id == tracks.c.station_id)
        .where(data_values.c.id == event.thing)
    )
    if row is None:
        return None
    kinds = (row.value_number, row.value_text, row.value_boolean, row.value_json)
    value = next((kind for kind in kinds if kind is not None), "")
    shown = f"{value:g}" if isinstance(value, float) else str(value)
    return {
        "sn": row.sn, "stationCode": row.code, "lineId": row.line_id, "name": row.name,
        "value": f"{shown} {row.unit}" if row.unit else shown,
    }  # fmt: skip


FACTS = {"DATA_ALARM": of_alarm}
