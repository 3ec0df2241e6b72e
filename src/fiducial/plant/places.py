"""Lines and stations as people are bound to them (the port `Places` of the room people)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Column, Table, or_, select

from fiducial.kit import ids
from fiducial.kit.refusals import Refused
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

    def find_lines(self, tx: Tx, names: Iterable[str]) -> Mapping[str, int]:
        """Give the key of each line, named by its id on the wire or by its code; refuses LINE_NOT_FOUND."""
        return _named(tx, lines, names, missing="LINE_NOT_FOUND", field="lineCode")

    def find_stations(self, tx: Tx, names: Iterable[str]) -> Mapping[str, int]:
        """Give the key of each station, named by id or code; refuses STATION_NOT_FOUND."""
        return _named(tx, stations, names, missing="STATION_NOT_FOUND", field="stationCode")

    def named_lines(self, tx: Tx) -> Sequence[tuple[str, str]]:
        """Give code and name of every line, for a choice."""
        rows = tx.all(select(lines.c.code, lines.c.name).order_by(lines.c.code))
        return [(row.code, _together(row.code, row.name)) for row in rows]

    def named_stations(self, tx: Tx) -> Sequence[tuple[str, str]]:
        """Give code and name of every station, by line, for a choice."""
        by_line = select(stations.c.code, stations.c.name).join_from(stations, lines, lines.c.id == stations.c.line_id)
        rows = tx.all(by_line.order_by(lines.c.code, stations.c.code))
        return [(row.code, _together(row.code, row.name)) for row in rows]


def _together(code: str, name: str) -> str:
    return code if name == code else f"{code} {name}"


def _named(tx: Tx, table: Table, names: Iterable[str], *, missing: str, field: str) -> dict[str, int]:
    wanted = {name: ids.from_wire(name) for name in names}
    keys = [key for key in wanted.values() if key is not None]
    rows = (
        tx.all(select(table.c.id, table.c.code).where(or_(table.c.code.in_(wanted), table.c.id.in_(keys))))
        if wanted
        else []
    )
    by_code, by_key = {row.code: row.id for row in rows}, {row.id for row in rows}
    found: dict[str, int] = {}
    for name, key in wanted.items():
        if key is not None and key in by_key:
            found[name] = key
        elif name in by_code:
            found[name] = by_code[name]
        else:
            raise Refused(missing, **{field: name})
    return found


def _column_of(tx: Tx, table: Table, column: Column[Any], keys: Iterable[int]) -> dict[int, Any]:
    wanted = list(keys)
    if not wanted:
        return {}
    found = tx.all(select(table.c.id.label("key"), column.label("value")).where(table.c.id.in_(wanted)))
    return {row.key: row.value for row in found}
