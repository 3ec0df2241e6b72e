"""Making notifications from events: one row for each recipient and event, so that an event told twice doubles none."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, or_, select

from fiducial.kit.outbox import Event, Listener
from fiducial.kit.tx import Tx
from fiducial.notices import outward
from fiducial.notices.tables import choices, notifications
from fiducial.notices.types import BY_TYPE, HIGH, NOTICES, Notice
from fiducial.people.reach import ALL, ASSIGNED_LINES, ASSIGNED_STATIONS, places
from fiducial.people.tables import roles, user_lines, user_roles, user_stations, users

Facts = Callable[[Tx, Event], Mapping[str, Any] | None]
"""What a notification says of an event: names of things, `lineId` or `lineIds` for reach, `persons` (keys) for those it names.

None means that there is nothing to tell.
"""
_NOT_SHOWN = ("lineId", "lineIds", "persons")


def wires(facts: Mapping[str, Facts]) -> tuple[tuple[str, Listener], ...]:
    """Give the listener of each event that people are told of; `facts` for events whose payload does not say enough.

    A type is told of whatever its event is called: `app.py` may wire a listener to another event as well.
    """
    unknown = set(facts) - set(BY_TYPE)
    if unknown:
        raise ValueError(f"no such notification: {', '.join(sorted(unknown))}")
    return tuple((notice.type, telling(notice, facts.get(notice.type))) for notice in NOTICES)


def telling(notice: Notice, facts: Facts | None = None) -> Listener:
    """Give what makes the notifications of one type from an event."""

    def tell(tx: Tx, event: Event) -> None:
        said = event.payload if facts is None else facts(tx, event)
        if said is not None:
            make(tx, notice, event.id, said)

    return tell


def make(tx: Tx, notice: Notice, event_id: int, said: Mapping[str, Any]) -> list[int]:
    """Make a notification for each recipient who wants it; give the recipients that had none of this event yet."""
    lines = _lines_of(said)
    recipients = {*holders(tx, notice.roles, lines), *_active(tx, said.get("persons", ()))}
    data = _data_of(tx, notice, said, lines)
    outward.enter(tx, (notice.type, event_id), recipients, lines, data)
    if notice.priority != HIGH:
        silent = select(choices.c.user_id).where(choices.c.type == notice.type, choices.c.in_app.is_(False))
        recipients -= {row.user_id for row in tx.all(silent)}
    return [
        recipient
        for recipient in sorted(recipients)
        if tx.insert_once(
            notifications, id=tx.new_id(), recipient_id=recipient, event_id=event_id, type=notice.type,
            priority=notice.priority, data=data, created_at=tx.now,
        )
    ]  # fmt: skip


def _lines_of(said: Mapping[str, Any]) -> list[int]:
    """Give the lines an event belongs to; none for what belongs to the plant."""
    return [*said.get("lineIds", ()), *filter(None, [said.get("lineId")])]


def _data_of(tx: Tx, notice: Notice, said: Mapping[str, Any], lines: Sequence[int]) -> dict[str, Any]:
    data = {name: value for name, value in said.items() if name not in _NOT_SHOWN}
    if lines and "lineCode" not in data:
        data["lineCode"] = ", ".join(sorted(places().line_codes(tx, lines).values()))
    if notice.kind and said.get(notice.key):
        data |= {"kind": notice.kind, "key": str(said[notice.key])}
    return data


def _active(tx: Tx, keys: Iterable[int]) -> set[int]:
    wanted = set(keys)
    named = select(users.c.id).where(users.c.id.in_(wanted), users.c.is_active)
    return {row.id for row in tx.all(named)} if wanted else set()


def holders(tx: Tx, role_codes: Sequence[str], lines: Sequence[int]) -> set[int]:
    """Give the active people who hold one of the roles and whose role reaches one of the lines.

    What belongs to no line reaches every holder. A role bound to stations reaches the lines of those stations.
    """
    if not role_codes:
        return set()
    held = select(users.c.id).distinct().join(user_roles, user_roles.c.user_id == users.c.id).join(roles)
    held = held.where(users.c.is_active, roles.c.code.in_(role_codes))
    if lines:
        held = held.where(
            or_(
                roles.c.data_scope == ALL,
                and_(roles.c.data_scope == ASSIGNED_LINES, users.c.id.in_(_bound_to(lines))),
                and_(roles.c.data_scope == ASSIGNED_STATIONS, users.c.id.in_(_at_stations_of(tx, lines))),
            )
        )
    return {row.id for row in tx.all(held)}


def _bound_to(lines: Sequence[int]) -> Any:
    return select(user_lines.c.user_id).where(user_lines.c.line_id.in_(lines))


def _at_stations_of(tx: Tx, lines: Sequence[int]) -> list[int]:
    bound = tx.all(select(user_stations))
    line_of = places().lines_of(tx, {row.station_id for row in bound})
    return sorted({row.user_id for row in bound if line_of.get(row.station_id) in lines})
