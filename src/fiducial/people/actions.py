"""What administrators do to accounts (spec 09.1), and what a new database begins with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from fiducial.kit.acting import SIGNED_IN, action, query
from fiducial.kit.refusals import Refused, Said, bad_field, changed_fields
from fiducial.kit.tx import Tx
from fiducial.people import accounts, homes
from fiducial.people.accounts import Person
from fiducial.people.passwords import KEPT_FORMER
from fiducial.people.proof import Proof, must_prove
from fiducial.people.reach import places
from fiducial.people.roles import ensure_roles
from fiducial.people.shapes import InitialPassword, NewUser, NewUserFacts, OwnChange, OwnFacts, UserChange, UserFacts
from fiducial.people.tables import users
from fiducial.people.told import telling

__all__ = ["ensure_admin", "ensure_roles", "seed_person"]

_COLUMNS = {"preferred_home_page": "home_page"}
_PLAIN = ("name", "employee_no", "badge_no", "department", "phone", "locale", "is_active", "preferred_home_page")


@action("system:user_manage", audit="USER_CREATE", entity="USER", shown_once=True)
def create_user(tx: Tx, body: NewUser, password: str, password_hash: str) -> NewUserFacts:
    """Make an account; the password is shown once and must be changed.

    Refuses USER_EXISTS, ROLE_NOT_FOUND, LINE_NOT_FOUND, STATION_NOT_FOUND, LINE_BINDING_REQUIRED, STATION_BINDING_REQUIRED.
    """
    lines, stations = _named_places(tx, body)
    _must_be_page(body.preferred_home_page)
    person = Person(
        username=body.username, name=body.name, role_codes=body.role_codes, email=body.email,
        employee_no=body.employee_no, badge_no=body.badge_no, department=body.department, phone=body.phone,
        locale=body.locale, is_active=body.is_active, home_page=body.preferred_home_page,
        lines=lines or frozenset(), stations=stations or frozenset(),
    )  # fmt: skip
    key = accounts.add_person(tx, person, password_hash)
    facts = _facts(tx, key)
    tx.record(body.username, key=key, changes=changed_fields({}, _audited(facts)))
    return {**facts, "initialPassword": password}


@action("system:user_manage", audit="USER_UPDATE", entity="USER")
def change_user(tx: Tx, user_id: str, body: UserChange) -> UserFacts:
    """Change an account: any field but the user name. Refuses as `create_user`, LAST_ADMIN and SELF_CHANGE_NOT_ALLOWED."""
    accounts.lock_role_managers(tx)
    row = accounts.must_find_user(tx, user_id)
    before, given = _facts(tx, row.id), body.given()
    _must_not_change_self(tx, row, before, given)
    values = {_COLUMNS.get(name, name): given[name] for name in _PLAIN if name in given}
    if "preferred_home_page" in given:
        _must_be_page(body.preferred_home_page)
    if "email" in given:
        values |= {"email": body.email, "email_folded": body.email.casefold() if body.email else None}
    accounts.change_person(tx, row.id, values)
    if "role_codes" in given:
        accounts.set_roles(tx, row.id, body.role_codes)
    lines, stations = _named_places(tx, body)
    accounts.set_bindings(tx, row.id, lines=lines, stations=stations)
    _must_hold_together(tx, row.id)
    if not body.is_active or ("badge_no" in given and body.badge_no != row.badge_no):
        accounts.end_sessions(tx, row.id)
    after = _facts(tx, row.id)
    tx.record(row.username, key=row.id, changes=changed_fields(_audited(before), _audited(after)))
    return after


def _must_not_change_self(tx: Tx, row: Any, before: UserFacts, given: dict[str, Any]) -> None:
    if tx.actor.kind != "USER" or tx.actor.id != row.id:
        return
    if given.get("is_active") is False or set(given.get("role_codes", ())) - set(before["roleCodes"]):
        raise Refused("SELF_CHANGE_NOT_ALLOWED")


def _must_hold_together(tx: Tx, key: int) -> None:
    lines, stations = accounts.bindings_of(tx, [key])
    accounts.must_be_bound(accounts.roles_of(tx, key), lines=frozenset(lines[key]), stations=frozenset(stations[key]))
    accounts.must_keep_an_admin(tx)


@action("system:user_manage", audit="USER_PASSWORD_RESET", entity="USER", shown_once=True)
def reset_password(tx: Tx, user_id: str, password: str, password_hash: str) -> InitialPassword:
    """Give an account a new random password, shown once; ends all its sessions. Refuses USER_NOT_FOUND."""
    row = accounts.must_find_user(tx, user_id)
    store_password(tx, row, password_hash, must_change=True)
    ended = accounts.end_sessions(tx, row.id)
    tx.record(row.username, key=row.id, sessionsEnded=ended)
    return {"initialPassword": password}


def store_password(tx: Tx, row: Any, password_hash: str, *, must_change: bool) -> None:
    """Write a new password and remember the former; a new password ends a lock."""
    former = [kept for kept in [row.password_hash, *(row.former_passwords or [])] if kept][: KEPT_FORMER - 1]
    values = {
        "password_hash": password_hash, "password_set_at": tx.now, "former_passwords": former, "failures": 0, "locks": 0,
        "failures_since": None, "locked_until": None, "must_change_password": must_change, "updated_at": tx.now,
    }  # fmt: skip
    tx.run(update(users).where(users.c.id == row.id).values(values))


@action("system:user_manage", audit="USER_UNLOCK", entity="USER")
def unlock_user(tx: Tx, user_id: str) -> UserFacts:
    """End a lock at once. Refuses USER_NOT_FOUND."""
    row = accounts.must_find_user(tx, user_id)
    free = {"failures": 0, "failures_since": None, "locks": 0, "locked_until": None, "updated_at": tx.now}
    tx.run(update(users).where(users.c.id == row.id).values(free))
    tx.record(row.username, key=row.id)
    return _facts(tx, row.id)


@action("system:user_manage", audit="SESSION_END_ALL", entity="USER")
def end_user_sessions(tx: Tx, user_id: str) -> dict[str, int]:
    """End every session of an account; gives `{ended}`. Refuses USER_NOT_FOUND."""
    row = accounts.must_find_user(tx, user_id)
    ended = accounts.end_sessions(tx, row.id)
    tx.record(row.username, key=row.id, ended=ended)
    return {"ended": ended}


@action(SIGNED_IN, audit="USER_PROFILE_UPDATE", entity="USER")
def change_own(tx: Tx, body: OwnChange, proof: Proof) -> OwnFacts:
    """Change one's own name, phone, language, home page, and how one is told; a new e-mail asks for fresh proof (REAUTH_REQUIRED, REAUTH_FAILED)."""
    row, given = accounts.must_be_person(tx), body.given()
    email_changes = "email" in given and (body.email or None) != row.email
    if email_changes:
        must_prove(tx, proof)
    before = _facts(tx, row.id)
    values = {
        _COLUMNS.get(name, name): given[name]
        for name in ("name", "phone", "locale", "preferred_home_page")
        if name in given
    }
    if "preferred_home_page" in given:
        _must_be_page(body.preferred_home_page)
    if email_changes:
        values |= {"email": body.email, "email_folded": body.email.casefold() if body.email else None}
    accounts.change_person(tx, row.id, values)
    told = telling().choose(tx, body.notification_settings, "notificationSettings")
    after = _facts(tx, row.id)
    changes = [*changed_fields(_audited(before), _audited(after)), *told]
    tx.record(row.username, key=row.id, changes=changes)
    return {**after, "notificationSettings": list(telling().choices(tx))}


def _facts(tx: Tx, key: int) -> UserFacts:
    return accounts.user_facts(tx, [tx.one(select(users).where(users.c.id == key))])[0]


def _audited(facts: UserFacts) -> dict[str, Any]:
    """Give what of an account an entry compares: codes say more than ids, and times are the entry's own."""
    left_out = ("id", "lineIds", "stationIds", "createdAt", "updatedAt", "lastSignInAt", "lockedUntil", "hasPin")
    return {name: value for name, value in facts.items() if name not in left_out}


def _must_be_page(path: str | None) -> None:
    if path is not None and not homes.is_page(path):
        raise bad_field("preferredHomePage", Said(zh="没有这个页面", en="no such page"))


def _named_places(tx: Tx, body: NewUser | UserChange) -> tuple[frozenset[int] | None, frozenset[int] | None]:
    """Give the lines and stations named by id and by code together; None where the body names none of either kind."""
    given = body.model_fields_set
    lines = stations = None
    if given & {"line_ids", "line_codes"}:
        lines = frozenset(places().find_lines(tx, [*(body.line_ids or ()), *(body.line_codes or ())]).values())
    if given & {"station_ids", "station_codes"}:
        named = [*(body.station_ids or ()), *(body.station_codes or ())]
        stations = frozenset(places().find_stations(tx, named).values())
    return lines, stations


# What a new database begins with


@query("system:user_manage")
def has_people(tx: Tx) -> bool:
    """Tell whether there is any person yet."""
    return tx.first(select(users.c.id).limit(1)) is not None


@action(audit="USER_CREATE", entity="USER", internal_only=True)
def ensure_admin(tx: Tx, email: str, name: str, password_hash: str, must_change: bool = True) -> bool:  # noqa: FBT001, FBT002
    """Make the first administrator (user name `admin`) of a database without people; tell whether it was made."""
    if tx.first(select(users.c.id).limit(1)):
        tx.unrecorded()
        return False
    person = Person(username="admin", name=name, email=email, role_codes=["admin"], must_change_password=must_change)
    key = accounts.add_person(tx, person, password_hash)
    tx.record("admin", key=key)
    return True


@action(audit="USER_CREATE", entity="USER", internal_only=True)
def seed_person(tx: Tx, person: Person, password_hash: str) -> bool:
    """Make a person of the demo unless the user name is taken; tell whether it was made. Bindings are left to whoever comes later."""
    if tx.first(select(users.c.id).where(users.c.username == person.username)):
        tx.unrecorded()
        return False
    key = accounts.add_person(tx, person, password_hash)
    tx.record(person.username, key=key)
    return True
