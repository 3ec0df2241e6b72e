"""Measured values of one collection item, for the statistics page: read along the primary key, newest first.

A value has no index by its item: it would cost every track-out, and the page can do without. Keys grow with time, so a span of
time is a range of keys, and the reading ends once there are enough values.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, Row, Select, false, select

from fiducial.execution.tables import data_values, tracks
from fiducial.kit import ids
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, units
from fiducial.people.reach import lines_in_reach
from fiducial.plant.tables import lines, stations
from fiducial.routing.tables import routes, versions

MOST_VALUES = 1000  # a chart of more is a smear; the span can be moved
MOST_FOR_CHOICES = 3000


@dataclass(frozen=True, slots=True)
class Asked:
    """Which values: of a collection item (opaque id), from an instant until before another, perhaps of one line, station, version."""

    spec_id: str
    since: int
    until: int
    line_code: str = ""
    station_code: str = ""
    version_id: str = ""


@dataclass(frozen=True, slots=True)
class Choices:
    """By what the values of the span can be narrowed: lines, stations, versions, each (value, words)."""

    lines: Sequence[tuple[str, str]]
    stations: Sequence[tuple[str, str]]
    versions: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Value:
    """One measured value as it was judged."""

    sn: str
    run_no: str
    station_code: str
    value: float
    lower: float | None
    upper: float | None
    unit: str | None
    judge: str
    at: int


_COLUMNS = (
    data_values.c.id, data_values.c.value_number, data_values.c.judge, data_values.c.limits, data_values.c.unit, data_values.c.collected_at,
    units.c.sn, runs.c.run_no, stations.c.code.label("station_code"),
)  # fmt: skip
_JOINED = (
    data_values.join(tracks, tracks.c.id == data_values.c.track_id)
    .join(stations, stations.c.id == tracks.c.station_id)
    .join(lines, lines.c.id == stations.c.line_id)
    .join(runs, runs.c.id == tracks.c.run_id)
    .join(units, units.c.id == tracks.c.unit_id)
    .join(versions, versions.c.id == runs.c.version_id)
)


def values_of(tx: Tx, asked: Asked) -> list[Value]:
    """Give the newest values, at most MOST_VALUES, in order of time: numbers, of visits that count, on lines in reach."""
    wanted = [
        stations.c.code == asked.station_code if asked.station_code else None,
        lines.c.code == asked.line_code if asked.line_code else None,
        _version(asked.version_id) if asked.version_id else None,
    ]
    statement = _within(tx, select(*_COLUMNS), asked).where(*(part for part in wanted if part is not None))
    rows = tx.all(statement.limit(MOST_VALUES))
    return [_value(row) for row in sorted(rows, key=lambda row: (row.collected_at, row.id))]


def choices_of(tx: Tx, asked: Asked) -> Choices:
    """Give by what the newest values of the span can be narrowed."""
    columns = (
        lines.c.code.label("line"),
        stations.c.code.label("station"),
        versions.c.id,
        versions.c.version_no,
        routes.c.code.label("route"),
    )
    newest = _within(tx, select(*columns), asked, _JOINED.join(routes, routes.c.id == versions.c.route_id)).limit(
        MOST_FOR_CHOICES
    )
    found = newest.subquery()
    rows = tx.all(select(found).distinct())
    lines_found, stations_found = {row.line for row in rows}, {row.station for row in rows}
    versions_found = {(row.route, row.version_no): ids.to_wire(row.id) for row in rows}
    return Choices(
        [(code, code) for code in sorted(lines_found)],
        [(code, code) for code in sorted(stations_found)],
        [(versions_found[key], f"{key[0]} · {key[1]}") for key in sorted(versions_found)],
    )


def _within(tx: Tx, statement: Select[Any], asked: Asked, joined: Any = _JOINED) -> Select[Any]:
    reach = lines_in_reach(tx, "trace:read")
    statement = statement.select_from(joined).where(
        data_values.c.id >= ids.first_of(asked.since), data_values.c.spec_id == asked.spec_id, data_values.c.value_number.is_not(None),
        data_values.c.collected_at >= asked.since, data_values.c.collected_at < asked.until, tracks.c.voided_at.is_(None),
    )  # fmt: skip
    if reach is not None:
        statement = statement.where(stations.c.line_id.in_(reach))
    return statement.order_by(data_values.c.id.desc())


def _version(version_id: str) -> ColumnElement[bool]:
    key = ids.from_wire(version_id)
    return false() if key is None else runs.c.version_id == key


def _value(row: Row[Any]) -> Value:
    limits = orjson.loads(row.limits) if row.limits else {}
    return Value(
        sn=row.sn, run_no=row.run_no, station_code=row.station_code, value=row.value_number, lower=limits.get("min"),
        upper=limits.get("max"), unit=row.unit, judge=row.judge, at=row.collected_at,
    )  # fmt: skip
