"""Pages of people: sign-in, home, profile, the audit book (spec 14.2)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from fastapi import Request
from sqlalchemy import Column, select
from starlette.responses import RedirectResponse, Response

from fiducial.kit import clock
from fiducial.kit.acting import OPEN, SIGNED_IN, mark_of, marked, query
from fiducial.kit.audit import entry
from fiducial.kit.http.door import caller_of
from fiducial.kit.refusals import Refused
from fiducial.kit.text import Text, current_language
from fiducial.kit.tx import Tx
from fiducial.people import admin_pages, archiving, book, config_pages, homes, queries, signing_in, terminals
from fiducial.people.action_words import words_of_action
from fiducial.people.admin_pages import pages, role_name
from fiducial.people.book_search import BOOK
from fiducial.people.meanings import MEANINGS
from fiducial.people.proof import PASSWORD, PIN, methods_here
from fiducial.people.tables import roles, user_roles, users
from fiducial.web.pages import View
from fiducial.web.shell import MenuItem, Person, Status, StatusSet

__all__ = ["pages"]  # the same as those of the administrators: one room, one list of pages

SYSTEM = Text("System")
LATELY = 20_000  # entries
MENU: tuple[MenuItem, ...] = (
    *admin_pages.MENU,
    *config_pages.MENU,
    MenuItem(label=Text("Audit"), url="/system/audit", icon="shield-check", group=SYSTEM, permissions=(book.SEE_ALL,)),
)
STATUSES: tuple[StatusSet, ...] = (
    *admin_pages.STATUSES,
    StatusSet(
        kind="audit_outcome",
        states=(
            Status(code="SUCCESS", label=Text("Succeeded"), colour="green"),
            Status(code="REFUSED", label=Text("Refused"), colour="orange"),
            Status(code="FAILED", label=Text("Failed"), colour="red"),
        ),
    ),
    StatusSet(
        kind="role",
        states=(
            Status(code="admin", label=Text("Administrator")),
            Status(code="planner", label=Text("Planner")),
            Status(code="engineer", label=Text("Engineer")),
            Status(code="quality", label=Text("Quality")),
            Status(code="leader", label=Text("Line leader")),
            Status(code="material", label=Text("Material handler")),
            Status(code="operator", label=Text("Operator")),
            Status(code="trace", label=Text("Trace reader")),
        ),
    ),
    StatusSet(
        kind="signature_meaning", states=tuple(Status(code=code, label=label) for code, label in MEANINGS.items())
    ),
)


def person_of(tx: Tx) -> Person | None:
    """Give the signed-in person as the corner of every page shows them; None for anybody else."""
    if tx.actor.kind != "USER":
        return None
    username = tx.scalar(select(users.c.username).where(users.c.id == tx.actor.id))
    return Person(
        name=tx.actor.name, username=username, roles=tuple(label for _code, label in _own_roles(tx)),
        terminal=tx.actor.terminal or "", signs_by=PIN if tx.actor.terminal and PIN in methods_here(tx) else PASSWORD,
    )  # fmt: skip


def _own_roles(tx: Tx) -> list[tuple[str, str]]:
    held = (
        select(roles.c.code, roles.c.name)
        .join(user_roles)
        .where(user_roles.c.user_id == tx.actor.id)
        .order_by(roles.c.code)
    )
    return [(row.code, role_name(row.code, row.name)) for row in tx.all(held)]


@query(OPEN)
def sign_in_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the sign-in form; it leads back to the page that was asked for."""
    terminal = terminals.paired(tx)
    return {
        "onward": _inside(view.query.get("next", "")), "present": tx.actor.name if tx.actor.kind == "USER" else "",
        "terminal": None if terminal is None else {"code": terminal.code, "name": terminal.name},
    }  # fmt: skip


def _inside(path: str) -> str:
    """Give the path when it is a page of ours, else the home page: a link must not lead people elsewhere."""
    is_ours = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "{" not in path
    return path if is_ours and not path.startswith("/sign-in") else "/"


@query(SIGNED_IN)
def home_path(tx: Tx) -> str:
    """Give the path of the page on which the person lands."""
    return queries.own_permissions(tx)["homePage"]


async def _home(request: Request) -> Response:
    try:
        path = await request.app.state.store.read(caller_of(request), home_path)
    except Refused as refused:
        path = homes.PROFILE if refused.code == "PASSWORD_CHANGE_REQUIRED" else "/sign-in"
    return RedirectResponse(path, status_code=303)


@query(SIGNED_IN, confined_may=True)
def profile_page(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give one's own account, what one may do and where, and one's sessions."""
    return {
        "me": queries.own_account(tx), "may": queries.own_permissions(tx), "roles": [label for _code, label in _own_roles(tx)],
        "sessions": signing_in.own_sessions(tx)["items"], "forced": tx.actor.confined == "PASSWORD_CHANGE_REQUIRED",
        "homes": homes.choices(tx.actor.permissions), "browser": _browser,
    }  # fmt: skip


_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("iPhone", "iOS"),
    ("iPad", "iOS"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)


def _browser(agent: str | None) -> str:
    """Give what a person would call the program that signed in."""
    said = agent or ""
    browser = next((name for mark, name in _BROWSERS if mark in said), said.split("/")[0][:24] or "–")
    system = next((name for mark, name in _SYSTEMS if mark in said), "")
    return f"{browser} · {system}" if system else browser


@query(book.SEE_ALL)
def audit_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the audit book, filtered, newest first. `from` and `to` are days of the plant here."""
    asked = {**view.query, **_days(view.query, tx.store.zone)}
    data = book.list_entries(tx, replace(view, query=asked).page_of(BOOK))
    kinds = sorted(_seen_lately(tx, entry.c.entity_type) | {mark_of(one).entity for one in marked.values()} - {""})
    exported = {name: value for name, value in asked.items() if name in BOOK.filters and name != "before" and value}
    return {
        "listing": view.list_of(data, default_sort="seq.desc"), "kinds": [(kind, kind) for kind in kinds],
        "exported": exported, "plain": _plain, "plain_items": _plain_items, "action_name": action_name,
        "actions": _actions(tx), "back_to": data.get("searchedBackTo"), "further": _further(data, view),
        "newest": view.address.but(before=None, page=None) if view.address.value("before") else "",
        "archives": archiving.list_archives(tx, archiving.ARCHIVES.parse([("pageSize", "100")])),
    }  # fmt: skip


def _further(data: book.ListedEntries, view: View) -> str:
    """Give the address that goes on where this search stopped; nothing when all was searched."""
    return view.address.but(before=data["before"], page=None) if "before" in data else ""


def action_name(code: str) -> str:
    """Give what an action is called in the language of the page."""
    return words_of_action(code)[1 if current_language() == "en" else 0]


def _actions(tx: Tx) -> list[tuple[str, str]]:
    """Give the actions that may stand in the book, by their names."""
    known = _seen_lately(tx, entry.c.action) | {mark_of(one).audit or "" for one in marked.values()}
    return sorted(((code, action_name(code)) for code in known - {""}), key=lambda pair: pair[1])


def _seen_lately(tx: Tx, column: Column[str]) -> set[str]:
    """Give the values of a column in the newest entries: a whole book of years is too long to look for a choice in it."""
    newest = select(column.label("value")).order_by(entry.c.seq.desc()).limit(LATELY).subquery()
    return {row.value for row in tx.all(select(newest.c.value).distinct())}


@query(archiving.OPS)
def archive_dialog(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give the form that is signed when old entries are archived."""
    return {}


@query(SIGNED_IN)
def history_part(tx: Tx, entity_type: str, entity_key: str, view: View) -> Mapping[str, Any]:
    """Give the history of one thing, for the pages that show it; refuses as the endpoint does."""
    data = book.thing_history(tx, entity_type, entity_key, view.page_of(book.HISTORY))
    return {"items": data["items"], "action_name": action_name}


def _plain(value: Any) -> str:
    """Give a value of an entry as people read it."""
    if value is None or value in ("", []):
        return "–"
    if isinstance(value, list):
        return ", ".join(_plain(part) for part in value)
    if isinstance(value, dict):
        return ", ".join(f"{name} {_plain(part)}" for name, part in value.items())
    return str(value)


def _plain_items(facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(name, _plain(value)) for name, value in facts.items()]


def _days(asked: Mapping[str, str], zone: str) -> dict[str, str]:
    """Give the instants of the days asked for; a day that is none is left out."""
    found = {}
    for name, days, ms in (("from", 0, 0), ("to", 1, -1)):
        try:
            day = date.fromisoformat(asked.get(name, ""))
        except ValueError:
            day = date.min
        sane = 2000 <= day.year <= 9000
        found[name] = clock.to_wire(clock.day_start(day + timedelta(days=days), zone) + ms) or "" if sane else ""
    return found


@query(book.SEE_ALL)
def verified_part(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give the part that says what a verification has found; it is told what by its address."""
    return {name: view.query.get(name, "") for name in ("ok", "checked", "seq", "kind", "archives")}


pages.router.add_route("/", _home, methods=["GET"], include_in_schema=False)
pages.page("/sign-in", sign_in_page, "people/sign_in.html")
pages.page("/profile", profile_page, "people/profile.html")
pages.page("/system/audit", audit_page, "people/audit.html", slow=True)
pages.page("/system/audit/of/{entityType}/{entityKey}", history_part, "people/audit_of.html")
pages.page("/system/audit/dialogs/archive", archive_dialog, "people/archive_form.html")
pages.page("/system/audit/verified", verified_part, "people/verified.html")
