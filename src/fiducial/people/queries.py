"""What is read of people: accounts for administrators, and what everybody may know of themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, select
from typing_extensions import TypedDict

from fiducial.kit import clock, ids, listing
from fiducial.kit.acting import SIGNED_IN, query
from fiducial.kit.listing import Listed, Listing, Page
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.people import homes
from fiducial.people.accounts import bindings_of, in_order, must_find_user, roles_of, user_facts
from fiducial.people.identity import permissions_of
from fiducial.people.reach import places
from fiducial.people.shapes import OwnFacts, UserFacts
from fiducial.people.signing_in import terminal_home
from fiducial.people.tables import roles, sessions, user_lines, user_roles, users
from fiducial.people.told import telling


def _has_role(code: str) -> ColumnElement[bool]:
    return users.c.id.in_(select(user_roles.c.user_id).join(roles).where(roles.c.code == code))


USERS = Listing(
    filters={
        "search": listing.part(users.c.name, users.c.username, users.c.email, users.c.employee_no),
        "roleCode": _has_role, "isActive": listing.yes_no(users.c.is_active),
        # Which line a code means is known only inside the transaction: `list_users` puts the condition itself.
        "lineCode": lambda _code: users.c.id.is_not(None),
    },
    sorts={
        "username": users.c.username, "name": users.c.name, "email": users.c.email, "createdAt": users.c.created_at,
        "lastSignInAt": users.c.last_sign_in_at,
    },
    default_sort="username.asc", key=users.c.id,
)  # fmt: skip


@query("system:user_manage")
def may_manage_users(tx: Tx) -> None:
    """Do nothing, for whoever may manage users; asked before costly work is done for them."""


@query("system:user_manage")
def list_users(tx: Tx, page: Page) -> Listed[UserFacts]:
    """Give accounts; filters `search` (name, user name, e-mail, employee number), `roleCode`, `lineCode`, `isActive`."""
    statement = select(users)
    if "lineCode" in page.filters:
        line = places().find_lines(tx, [page.filters["lineCode"]])
        bound = select(user_lines.c.user_id).where(user_lines.c.line_id.in_(line.values()))
        statement = statement.where(users.c.id.in_(bound))
    return USERS.answer_all(tx, statement, page, lambda rows: user_facts(tx, rows))


@query("system:user_manage")
def user_detail(tx: Tx, user_id: str) -> UserFacts:
    """Give an account with roles and bindings; refuses USER_NOT_FOUND."""
    return user_facts(tx, [must_find_user(tx, user_id)])[0]


def is_me(tx: Tx, user_id: str) -> bool:
    """Tell whether an id is that of whoever asks."""
    return tx.actor.kind == "USER" and tx.actor.id == ids.from_wire(user_id)


@query(SIGNED_IN, confined_may=True)
def own_account(tx: Tx) -> OwnFacts:
    """Give one's own account and how one wants to be told; refuses FORBIDDEN to machines."""
    return {**user_facts(tx, [_must_be_person(tx)])[0], "notificationSettings": list(telling().choices(tx))}


def _must_be_person(tx: Tx) -> Any:
    row = tx.first(select(users).where(users.c.id == tx.actor.id)) if tx.actor.kind == "USER" else None
    if row is None:
        raise Refused("FORBIDDEN", reason="PEOPLE_ONLY")
    return row


class OwnRole(TypedDict):
    """A role of one's own, with what it grants by itself and by inclusion."""

    code: str
    name: str
    permissions: list[str]
    dataScope: str


class OwnSession(TypedDict):
    """How one signed in."""

    method: str
    authenticatedAt: str | None
    terminalCode: str | None


class Bindings(TypedDict):
    """Lines and stations one is bound to, each in the order of its code."""

    lineIds: list[str]
    lineCodes: list[str]
    stationIds: list[str]
    stationCodes: list[str]


class OwnPermissions(Bindings):
    """Everything one may do, and where."""

    id: str
    name: str
    locale: str
    roles: list[OwnRole]
    permissions: list[str]
    scopes: dict[str, str]
    homePage: str
    mustChangePassword: bool
    session: OwnSession | None


@query(SIGNED_IN, confined_may=True)
def own_permissions(tx: Tx) -> OwnPermissions:
    """Give what one may do and where (spec 09.5): roles, the union of their permissions, bindings, home page.

    A token gets its scopes and lines.
    """
    if tx.actor.kind == "TOKEN":
        return _token_permissions(tx)
    row = _must_be_person(tx)
    lines, stations = bindings_of(tx, [row.id])
    line_codes, station_codes = places().line_codes(tx, lines[row.id]), places().station_codes(tx, stations[row.id])
    held = roles_of(tx, row.id)
    own_roles: list[OwnRole] = [
        {
            "code": role.code, "name": role.name, "dataScope": role.data_scope,
            "permissions": sorted(permissions_of(((role.data_scope, role.permissions),))),
        }
        for role in held
    ]  # fmt: skip
    return {
        "id": ids.to_wire(row.id), "name": row.name, "locale": row.locale, "roles": own_roles,
        "permissions": sorted(tx.actor.permissions), "scopes": dict(sorted(tx.actor.permissions.items())),
        **_places_of(lines[row.id], line_codes, stations[row.id], station_codes),
        "homePage": terminal_home(tx, tx.actor.terminal)
        or homes.home_of(row.home_page, [role.code for role in held], tx.actor.permissions),
        "mustChangePassword": row.must_change_password, "session": _own_session(tx),
    }  # fmt: skip


def _places_of(lines: list[int], line_codes: Any, stations: list[int], station_codes: Any) -> Bindings:
    line_keys, station_keys = in_order(lines, line_codes), in_order(stations, station_codes)
    wire: Callable[[int], str] = ids.to_wire
    return {
        "lineIds": [wire(key) for key in line_keys], "lineCodes": [line_codes[key] for key in line_keys],
        "stationIds": [wire(key) for key in station_keys], "stationCodes": [station_codes[key] for key in station_keys],
    }  # fmt: skip


def _own_session(tx: Tx) -> OwnSession | None:
    row = tx.first(select(sessions).where(sessions.c.id == tx.actor.session_id)) if tx.actor.session_id else None
    if row is None:
        return None
    return {
        "method": row.method,
        "authenticatedAt": clock.to_wire(row.authenticated_at),
        "terminalCode": row.terminal_code,
    }


def _token_permissions(tx: Tx) -> OwnPermissions:
    lines = sorted(tx.actor.lines or ())
    return {
        "id": ids.to_wire(tx.actor.id or 0), "name": tx.actor.name, "locale": tx.actor.language, "roles": [],
        "permissions": sorted(tx.actor.permissions), "scopes": dict(sorted(tx.actor.permissions.items())),
        **_places_of(lines, places().line_codes(tx, lines), [], {}),
        "homePage": homes.PROFILE, "mustChangePassword": False, "session": None,
    }  # fmt: skip
