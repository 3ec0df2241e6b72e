"""Lines and stations as people are bound to them (the port `Places` of the room people)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Column, Table, select

from fiducial.kit.tx import Tx
from fiducial.plant.tables import lines, stations


class Places:
    """Answers what people ask about lines and stations."""

    def lines_of(self, tx: Tx, station_ids: Iterable[int]) -> Mapping[int, int]:
        """Give the line of each station; a station that is gone is left out."""
        return _column_of(tx, stations, stations.c.line_id, station_ids)

    def line_codes(self, tx: Tx, line_ids: Iterable[int]) -> Mapping[int, str]:
        """Give the code of each line; a line that is gone is left out."""
        return _column_of(tx, lines, lines.c.code, line_ids)

    def station_codes(self, tx: Tx, station_ids: Iterable[int]) -> Mapping[int, str]:
        """Give the code of each station; a station that is gone is left out."""
        return _column_of(tx, stations, stations.c.code, station_ids)


def _column_of(tx: Tx, table: Table, column: Column[Any], keys: Iterable[int]) -> dict[int, Any]:
    wanted = list(keys)
    if not wanted:
        return {}
    found = tx.all(select(table.c.id.label("key"), column.label("value")).where(table.c.id.in_(wanted)))
    return {row.key: row.value for row in found}
