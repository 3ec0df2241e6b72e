"""Data scope (spec 09.5.2): which lines and stations a permission reaches, worked out for each permission, the widest role counts.

Out of reach means absent from lists and `FORBIDDEN` with `details.scope` when named. Read inside the transaction of the
act, so a binding taken away counts at once.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, select

from fiducial.kit.refusals import Refused
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.people.ports import Places
from fiducial.people.tables import user_lines, user_stations

ALL, ASSIGNED_LINES, ASSIGNED_STATIONS = "ALL", "ASSIGNED_LINES", "ASSIGNED_STATIONS"
WIDTH = {ASSIGNED_STATIONS: 1, ASSIGNED_LINES: 2, ALL: 3}
# To these a person bound to stations may act on the lines of those stations; all else there only to read.
STATION_SCOPE_ACTS_ON_LINES = frozenset({"loading:verify", "readiness:record", "quality:record"})

_has_line = Hot(
    select(user_lines.c.line_id).where(
        user_lines.c.user_id == bindparam("user"), user_lines.c.line_id == bindparam("line")
    )
)
_has_station = Hot(
    select(user_stations.c.station_id)
    .where(user_stations.c.user_id == bindparam("user"), user_stations.c.station_id == bindparam("station"))
)  # fmt: skip

_places: list[Places] = []


def wire_places(places: Places) -> None:
    """Give people the room that knows lines and stations (from `app.py`)."""
    _places[:] = [places]


def places() -> Places:
    """Give the room that knows lines and stations."""
    return _places[0]


def scope_of(tx: Tx, *permissions: str) -> str:
    """Give the widest reach that any of the permissions has for the actor; SYSTEM reaches everything."""
    if tx.actor.kind == "SYSTEM":
        return ALL
    held = [tx.actor.permissions[permission] for permission in permissions if permission in tx.actor.permissions]
    return max(held, key=WIDTH.__getitem__, default="NONE")


def bound_lines(tx: Tx) -> frozenset[int]:
    """Give the lines the person is bound to, or the token is limited to."""
    if tx.actor.kind == "TOKEN":
        return tx.actor.lines or frozenset()
    bound = select(user_lines.c.line_id).where(user_lines.c.user_id == tx.actor.id)
    own = frozenset(row.line_id for row in tx.all(bound))
    if tx.actor.lines is None:
        return own
    return tx.actor.lines if tx.actor.reaches_all else own & tx.actor.lines


def bound_stations(tx: Tx) -> frozenset[int]:
    """Give the stations the person is bound to; a token is bound to none."""
    if tx.actor.kind == "TOKEN":
        return frozenset()
    bound = select(user_stations.c.station_id).where(user_stations.c.user_id == tx.actor.id)
    own = frozenset(row.station_id for row in tx.all(bound))
    if tx.actor.lines is None:
        return own
    return frozenset(key for key, line in places().lines_of(tx, own).items() if line in tx.actor.lines)


def _line_is_bound(tx: Tx, line_id: int, scope: str) -> bool:
    if tx.actor.kind == "TOKEN":
        return line_id in bound_lines(tx)
    if tx.actor.lines is not None and (line_id not in tx.actor.lines or scope == ASSIGNED_LINES):
        return line_id in tx.actor.lines
    return _has_line.first(tx, user=tx.actor.id, line=line_id) is not None


def _station_is_bound(tx: Tx, station_id: int) -> bool:
    if tx.actor.kind == "TOKEN":
        return False
    return _has_station.first(tx, user=tx.actor.id, station=station_id) is not None


def lines_in_reach(tx: Tx, *permissions: str) -> frozenset[int] | None:
    """Give the lines whose things the actor may see, or act on, by any of the permissions; None means all. For lists."""
    scope = scope_of(tx, *permissions)
    if scope == ALL:
        return None
    if scope == ASSIGNED_LINES:
        return bound_lines(tx)
    return (
        frozenset(places().lines_of(tx, bound_stations(tx)).values()) if _by_station(tx, permissions) else frozenset()
    )


def must_reach_line(tx: Tx, line_id: int, *permissions: str) -> None:
    """Refuse FORBIDDEN unless the line is in reach of one of the permissions (any one is enough)."""
    scope = scope_of(tx, *permissions)
    if scope == ALL:
        return
    if scope == ASSIGNED_LINES and _line_is_bound(tx, line_id, scope):
        return
    if _by_station(tx, permissions) and line_id in places().lines_of(tx, bound_stations(tx)).values():
        return
    raise Refused("FORBIDDEN", scope=scope, lineCode=places().line_codes(tx, [line_id]).get(line_id))


def _by_station(tx: Tx, permissions: Sequence[str]) -> bool:
    """Tell whether one of the permissions reaches, by the stations one is bound to, what belongs to their lines."""
    held = tx.actor.permissions
    return any(held.get(permission) == ASSIGNED_STATIONS and _spans_line(permission) for permission in permissions)


def _spans_line(permission: str) -> bool:
    return permission.endswith((":read", ":view")) or permission in STATION_SCOPE_ACTS_ON_LINES


def must_reach_station(tx: Tx, station_id: int, line_id: int, *permissions: str, code: str = "") -> None:
    """Refuse FORBIDDEN unless the station, or its line, is bound to the actor (spec 05.4 guard 4)."""
    scope = scope_of(tx, *permissions)
    if scope == ALL:
        return
    beyond = tx.actor.lines is not None and line_id not in tx.actor.lines
    if scope != "NONE" and not beyond and (_station_is_bound(tx, station_id) or _line_is_bound(tx, line_id, scope)):
        return
    raise Refused("FORBIDDEN", scope=scope, stationCode=code)
