"""Roles (spec 09.5): eight that every plant begins with, and the plant's own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import delete, func, or_, select, update
from typing_extensions import TypedDict

from fiducial.kit import clock, ids, listing
from fiducial.kit.acting import SIGNED_IN, action, query
from fiducial.kit.listing import Listed, Listing, Page
from fiducial.kit.refusals import Refused, changed_fields
from fiducial.kit.tx import Tx
from fiducial.people import accounts
from fiducial.people.permissions import (
    ADMIN_KEEPS,
    DIRECTOR,
    PERMISSIONS,
    PRESETS,
    preset_permissions,
    unknown_to_people,
    with_included,
)
from fiducial.people.reach import ALL, ASSIGNED_LINES, ASSIGNED_STATIONS
from fiducial.people.shapes import NewRole, RoleChange, RoleFacts
from fiducial.people.tables import roles, user_lines, user_roles, user_stations, users

LETTER = {preset.code: preset.letter for preset in PRESETS}
ROLES = Listing(
    filters={"search": listing.part(roles.c.code, roles.c.name), "isSystem": listing.yes_no(roles.c.is_system)},
    sorts={"code": roles.c.code, "name": roles.c.name, "createdAt": roles.c.created_at},
    default_sort="createdAt.asc", key=roles.c.id,
)  # fmt: skip


class PermissionFacts(TypedDict):
    """One permission as the list shows it."""

    code: str
    group: str
    zh: str
    en: str
    includes: list[str]
    strong: bool
    tokenAllowed: bool


class PermissionList(TypedDict):
    """All of them: the list is complete, so it has one page."""

    items: list[PermissionFacts]
    total: int
    page: int
    pageSize: int


@query(SIGNED_IN)
def list_permissions(tx: Tx) -> PermissionList:  # noqa: ARG001 - a query is a function over a transaction
    """Give every permission there is (spec 09.5.1)."""
    items: list[PermissionFacts] = [
        {
            "code": permission.code, "group": permission.group, "zh": permission.zh, "en": permission.en,
            "includes": sorted(with_included(permission.code) - {permission.code}), "strong": permission.strong,
            "tokenAllowed": permission.token_allowed,
        }
        for permission in PERMISSIONS
    ]  # fmt: skip
    return {"items": items, "total": len(items), "page": 1, "pageSize": len(items)}


@query("system:role_manage", "system:user_manage")
def list_roles(tx: Tx, page: Page) -> Listed[RoleFacts]:
    """Give the roles of the plant."""
    return ROLES.answer_all(tx, select(roles), page, lambda rows: _facts(tx, rows))


@query("system:role_manage", "system:user_manage")
def role_detail(tx: Tx, role_id: str) -> RoleFacts:
    """Give one role; refuses ROLE_NOT_FOUND."""
    return _facts(tx, [_must_find(tx, role_id)])[0]


@action("system:role_manage", audit="ROLE_CREATE", entity="ROLE")
def create_role(tx: Tx, body: NewRole) -> RoleFacts:
    """Make a role. Refuses ROLE_EXISTS, PERMISSION_UNKNOWN, ROLE_NOT_FOUND for `copyFrom`."""
    copied, scope = _template(tx, body.copy_from)
    permissions = _checked(copied if body.permissions is None else body.permissions)
    key = tx.new_id()
    new = tx.insert_once(
        roles, id=key, code=body.code, name=body.name, description=body.description, permissions=permissions,
        data_scope=body.data_scope or scope, is_system=False, created_at=tx.now, updated_at=tx.now,
    )  # fmt: skip
    if not new:
        raise Refused("ROLE_EXISTS", code=body.code)
    facts = _facts(tx, [_must_find(tx, ids.to_wire(key))])[0]
    tx.record(body.code, key=key, changes=changed_fields({}, _audited(facts)))
    return facts


def _template(tx: Tx, code: str | None) -> tuple[Sequence[str], str]:
    if code is None:
        return (), ALL
    row = tx.first(select(roles).where(roles.c.code == code))
    if row is not None:
        return row.permissions.split(), row.data_scope
    if code == "director":
        return DIRECTOR, ALL
    raise Refused("ROLE_NOT_FOUND", roleCode=code)


def _checked(codes: Iterable[str]) -> str:
    unknown = unknown_to_people(codes)
    if unknown:
        raise Refused("PERMISSION_UNKNOWN", permissions=unknown)
    return " ".join(sorted(set(codes)))


@action("system:role_manage", audit="ROLE_UPDATE", entity="ROLE")
def change_role(tx: Tx, role_id: str, body: RoleChange) -> RoleFacts:
    """Change a role. Refuses ROLE_NOT_FOUND, ROLE_SYSTEM_LOCKED, ROLE_EXISTS, PERMISSION_UNKNOWN, LAST_ADMIN, …_BINDING_REQUIRED."""
    accounts.lock_role_managers(tx)
    row, given = _must_find(tx, role_id), body.given()
    if row.is_system and given.get("code", row.code) != row.code:
        raise Refused("ROLE_SYSTEM_LOCKED", code=row.code)
    if "permissions" in given:
        given["permissions"] = _checked(body.permissions)
        if row.code == "admin" and row.is_system and not set(body.permissions) >= ADMIN_KEEPS:
            raise Refused("ROLE_SYSTEM_LOCKED", code=row.code, keeps=sorted(ADMIN_KEEPS))
    taken = select(roles.c.id).where(roles.c.code == given.get("code", row.code), roles.c.id != row.id)
    if tx.first(taken):
        raise Refused("ROLE_EXISTS", code=body.code)
    before = _facts(tx, [row])[0]
    tx.run(update(roles).where(roles.c.id == row.id).values({**given, "updated_at": tx.now}))
    _holders_must_be_bound(tx, row, given.get("data_scope", row.data_scope))
    accounts.must_keep_an_admin(tx)
    after = _facts(tx, [_must_find(tx, role_id)])[0]
    tx.record(row.code, key=row.id, changes=changed_fields(_audited(before), _audited(after)))
    return after


def _holders_must_be_bound(tx: Tx, row: Any, scope: str) -> None:
    """Refuse a narrower scope while active holders are bound to nothing in it: they would reach nothing."""
    bound = {ASSIGNED_LINES: user_lines, ASSIGNED_STATIONS: user_stations}.get(scope)
    if bound is None or scope == row.data_scope:
        return
    holders = select(users.c.username).join(user_roles).where(user_roles.c.role_id == row.id, users.c.is_active)
    unbound = tx.all(holders.where(users.c.id.not_in(select(bound.c.user_id))).order_by(users.c.username))
    if unbound:
        code = "LINE_BINDING_REQUIRED" if scope == ASSIGNED_LINES else "STATION_BINDING_REQUIRED"
        raise Refused(code, roles=[row.code], users=[holder.username for holder in unbound])


@action("system:role_manage", audit="ROLE_DELETE", entity="ROLE")
def delete_role(tx: Tx, role_id: str) -> dict[str, str]:
    """Delete a role of the plant's own. Refuses ROLE_NOT_FOUND, ROLE_SYSTEM_LOCKED, ROLE_IN_USE (`details.users`)."""
    row = _must_find(tx, role_id)
    if row.is_system:
        raise Refused("ROLE_SYSTEM_LOCKED", code=row.code)
    holders = select(users.c.username).join(user_roles).where(user_roles.c.role_id == row.id)
    names = [holder.username for holder in tx.all(holders.order_by(users.c.username))]
    if names:
        raise Refused("ROLE_IN_USE", users=names)
    tx.run(delete(roles).where(roles.c.id == row.id))
    tx.record(row.code, key=row.id)
    return {"id": ids.to_wire(row.id)}


@action(audit="ROLE_CREATE", entity="ROLE", internal_only=True)
def ensure_roles(tx: Tx) -> int:
    """Make the preset roles that are missing, and leave alone what a plant has changed; give how many were made."""
    tx.unrecorded()
    made = 0
    for preset in PRESETS:
        key = tx.new_id()
        new = tx.insert_once(
            roles, id=key, code=preset.code, name=preset.zh, description=None,
            permissions=" ".join(sorted(preset_permissions(preset.letter))), data_scope=preset.data_scope, is_system=True,
            created_at=tx.now, updated_at=tx.now,
        )  # fmt: skip
        if new:
            tx.record(preset.code, key=key)
            made += 1
    return made


def _must_find(tx: Tx, role_id: str) -> Any:
    named = select(roles).where(or_(roles.c.id == ids.from_wire(role_id), roles.c.code == role_id))
    # A change of a role excludes whoever gives it to somebody at this moment (accounts.set_roles reads it FOR SHARE).
    row = tx.first(named if tx.chain is None else named.with_for_update())
    if row is None:
        raise Refused("ROLE_NOT_FOUND", roleCode=role_id)
    return row


def _facts(tx: Tx, rows: Sequence[Any]) -> list[RoleFacts]:
    counted = select(user_roles.c.role_id, func.count().label("holders")).group_by(user_roles.c.role_id)
    holders = {row.role_id: row.holders for row in tx.all(counted)}
    return [
        {
            "id": ids.to_wire(row.id), "code": row.code, "name": row.name, "description": row.description,
            "permissions": row.permissions.split(), "dataScope": row.data_scope, "isSystem": row.is_system,
            "presetPermissions": sorted(preset_permissions(LETTER[row.code])) if row.is_system else None,
            "userCount": holders.get(row.id, 0),
            "createdAt": clock.to_wire(row.created_at), "updatedAt": clock.to_wire(row.updated_at),
        }
        for row in rows
    ]  # fmt: skip


def _audited(facts: RoleFacts) -> dict[str, Any]:
    return {name: facts[name] for name in ("code", "name", "description", "permissions", "dataScope")}
