"""Accounts: how they are made, what they are bound to, and the rules that hold for all of them (spec 09.1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from fiducial.kit import clock, ids
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.people.permissions import ADMIN_KEEPS
from fiducial.people.reach import ASSIGNED_LINES, ASSIGNED_STATIONS, places
from fiducial.people.shapes import UserFacts
from fiducial.people.tables import roles, sessions, user_lines, user_roles, user_stations, users

UNIQUE = {"username": "username", "email_folded": "email", "employee_no": "employeeNo", "badge_no": "badgeNo"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An account as somebody wants it. Lines and stations are keys."""

    username: str
    name: str
    role_codes: Sequence[str]
    email: str | None = None
    employee_no: str | None = None
    badge_no: str | None = None
    department: str | None = None
    phone: str | None = None
    locale: str = "zh-CN"
    is_active: bool = True
    home_page: str | None = None
    lines: frozenset[int] = frozenset()
    stations: frozenset[int] = frozenset()
    must_change_password: bool = True
    origin: str | None = None


def add_person(tx: Tx, person: Person, password_hash: str | None) -> int:
    """Make an account and give its key. Refuses USER_EXISTS, ROLE_NOT_FOUND, LINE_/STATION_BINDING_REQUIRED."""
    key = tx.new_id()
    values = {
        "id": key, "username": person.username, "name": person.name, "email": person.email,
        "email_folded": person.email.casefold() if person.email else None, "employee_no": person.employee_no,
        "badge_no": person.badge_no, "department": person.department, "phone": person.phone, "locale": person.locale,
        "is_active": person.is_active, "must_change_password": person.must_change_password, "home_page": person.home_page,
        "password_hash": password_hash, "password_set_at": tx.now, "former_passwords": [], "failures": 0, "locks": 0,
        "origin": person.origin, "created_at": tx.now, "updated_at": tx.now,
    }  # fmt: skip
    if not tx.insert_once(users, **values):
        raise Refused("USER_EXISTS", field=_field_taken(tx, values, key) or "username")
    held = set_roles(tx, key, person.role_codes)
    must_be_bound(held, lines=person.lines, stations=person.stations)
    set_bindings(tx, key, lines=person.lines, stations=person.stations)
    return key


def change_person(tx: Tx, key: int, values: Mapping[str, Any]) -> None:
    """Write changed columns of an account. Refuses USER_EXISTS when another has the value."""
    try:
        with tx.savepoint():
            tx.run(update(users).where(users.c.id == key).values({**values, "updated_at": tx.now}))
    except IntegrityError:
        raise Refused("USER_EXISTS", field=_field_taken(tx, values, key) or "username") from None


def _field_taken(tx: Tx, values: Mapping[str, Any], key: int) -> str | None:
    for column, field in UNIQUE.items():
        value = values.get(column)
        taken = select(users.c.id).where(users.c[column] == value, users.c.id != key)
        if value is not None and tx.first(taken):
            return field
    return None


def set_roles(tx: Tx, key: int, codes: Iterable[str]) -> Sequence[Any]:
    """Give an account exactly these roles; gives their rows. Refuses ROLE_NOT_FOUND (`details.roleCode`)."""
    wanted = set(codes)
    found = tx.all(select(roles).where(roles.c.code.in_(wanted)).order_by(roles.c.code).with_for_update(read=True))
    missing = wanted - {role.code for role in found}
    if missing:
        raise Refused("ROLE_NOT_FOUND", roleCode=min(missing))
    tx.run(delete(user_roles).where(user_roles.c.user_id == key))
    tx.run(insert(user_roles), [{"user_id": key, "role_id": role.id} for role in found])
    return found


def roles_of(tx: Tx, key: int) -> Sequence[Any]:
    """Give the rows of an account's roles, by code."""
    return tx.all(select(roles).join(user_roles).where(user_roles.c.user_id == key).order_by(roles.c.code))


def must_be_bound(held: Iterable[Any], *, lines: frozenset[int], stations: frozenset[int]) -> None:
    """Refuse LINE_BINDING_REQUIRED or STATION_BINDING_REQUIRED when a role's scope would reach nothing."""
    for scope, bound, code in (
        (ASSIGNED_LINES, lines, "LINE_BINDING_REQUIRED"), (ASSIGNED_STATIONS, stations, "STATION_BINDING_REQUIRED"),
    ):  # fmt: skip
        asking = [role.code for role in held if role.data_scope == scope]
        if asking and not bound:
            raise Refused(code, roles=asking)


def set_bindings(
    tx: Tx, key: int, *, lines: frozenset[int] | None = None, stations: frozenset[int] | None = None
) -> None:
    """Bind an account to exactly these lines and stations; None leaves them."""
    for table, column, wanted in ((user_lines, "line_id", lines), (user_stations, "station_id", stations)):
        if wanted is not None:
            _bind(tx, table, column, key, wanted)


def _bind(tx: Tx, table: Table, column: str, key: int, wanted: frozenset[int]) -> None:
    tx.run(delete(table).where(table.c.user_id == key))
    if wanted:
        tx.run(insert(table), [{"user_id": key, column: place} for place in sorted(wanted)])


def bindings_of(tx: Tx, keys: Sequence[int]) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
    """Give the lines and the stations of each account."""
    lines: dict[int, list[int]] = {key: [] for key in keys}
    stations: dict[int, list[int]] = {key: [] for key in keys}
    for row in tx.all(select(user_lines).where(user_lines.c.user_id.in_(keys))):
        lines[row.user_id].append(row.line_id)
    for row in tx.all(select(user_stations).where(user_stations.c.user_id.in_(keys))):
        stations[row.user_id].append(row.station_id)
    return lines, stations


def must_find_user(tx: Tx, user_id: str) -> Any:
    """Give the row of an account named by id; refuses USER_NOT_FOUND. A write locks the row, for it will judge and change it."""
    named = select(users).where(users.c.id == ids.from_wire(user_id))
    row = tx.first(named if tx.chain is None else named.with_for_update())
    if row is None:
        raise Refused("USER_NOT_FOUND", userId=user_id)
    return row


def must_be_person(tx: Tx) -> Any:
    """Give the row of whoever acts, locked for change; refuses FORBIDDEN to machines and workers."""
    row = (
        tx.first(select(users).where(users.c.id == tx.actor.id).with_for_update()) if tx.actor.kind == "USER" else None
    )
    if row is None:
        raise Refused("FORBIDDEN", reason="PEOPLE_ONLY")
    return row


def by_name(name: str) -> ColumnElement[bool]:
    """Match the account that somebody names by e-mail or user name."""
    folded = name.strip().casefold()
    return or_(users.c.username == folded, users.c.email_folded == folded)


def lock_role_managers(tx: Tx) -> None:
    """Stand in line with everybody who could take the last administrator away; call before changing roles or activity."""
    tx.all(
        select(roles.c.id)
        .where(roles.c.permissions.contains("system:role_manage"))
        .order_by(roles.c.id)
        .with_for_update()
    )


def must_keep_an_admin(tx: Tx) -> None:
    """Refuse LAST_ADMIN when, as things now stand, no active user may manage roles."""
    managers = (
        select(func.count()).select_from(users).join(user_roles).join(roles)
        .where(users.c.is_active, roles.c.permissions.contains("system:role_manage"))
    )  # fmt: skip
    if not tx.scalar(managers):
        raise Refused("LAST_ADMIN", keeps=sorted(ADMIN_KEEPS))


def end_sessions(tx: Tx, key: int, *, but: int | None = None) -> int:
    """End the sessions of an account, but for one; give how many."""
    live = update(sessions).where(sessions.c.user_id == key, sessions.c.ended_at.is_(None))
    return tx.run((live if but is None else live.where(sessions.c.id != but)).values(ended_at=tx.now))


def user_facts(tx: Tx, rows: Sequence[Any]) -> list[UserFacts]:
    """Give accounts as the wire shows them, with roles and bindings by id and by code."""
    keys = [row.id for row in rows]
    held: dict[int, list[str]] = {key: [] for key in keys}
    of_keys = select(user_roles.c.user_id, roles.c.code).join(roles).where(user_roles.c.user_id.in_(keys))
    for row in tx.all(of_keys.order_by(roles.c.code)):
        held[row.user_id].append(row.code)
    lines, stations = bindings_of(tx, keys)
    line_codes = places().line_codes(tx, {line for bound in lines.values() for line in bound})
    station_codes = places().station_codes(tx, {station for bound in stations.values() for station in bound})
    return [
        {
            "id": ids.to_wire(row.id), "username": row.username, "name": row.name, "email": row.email,
            "employeeNo": row.employee_no, "badgeNo": row.badge_no,
            "hasPin": row.pin_hash is not None, "department": row.department, "phone": row.phone,
            "locale": row.locale, "isActive": row.is_active, "mustChangePassword": row.must_change_password,
            "preferredHomePage": row.home_page, "roleCodes": held[row.id],
            "lineIds": [ids.to_wire(line) for line in in_order(lines[row.id], line_codes)],
            "lineCodes": [line_codes[line] for line in in_order(lines[row.id], line_codes)],
            "stationIds": [ids.to_wire(station) for station in in_order(stations[row.id], station_codes)],
            "stationCodes": [station_codes[station] for station in in_order(stations[row.id], station_codes)],
            "lastSignInAt": clock.to_wire(row.last_sign_in_at),
            "lockedUntil": clock.to_wire(row.locked_until if row.locked_until and row.locked_until > tx.now else None),
            "createdAt": clock.to_wire(row.created_at), "updatedAt": clock.to_wire(row.updated_at),
        }
        for row in rows
    ]  # fmt: skip


def in_order(keys: Iterable[int], codes: Mapping[int, str]) -> list[int]:
    """Give the places that still exist, in the order of their codes."""
    return sorted((key for key in keys if key in codes), key=lambda key: codes[key])
