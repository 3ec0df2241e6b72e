"""Pages of administrators (spec 14.2): users, roles, tokens, terminals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import select

from fiducial.kit import clock
from fiducial.kit.acting import OPEN, query
from fiducial.kit.listing import Page as ListPage
from fiducial.kit.refusals import Refused
from fiducial.kit.text import Text, current_language
from fiducial.kit.tx import Tx
from fiducial.people import homes, queries, roles, terminals, tokens
from fiducial.people.permissions import PERMISSIONS, PRESETS, TOKEN_SCOPES
from fiducial.people.reach import ALL, ASSIGNED_LINES, ASSIGNED_STATIONS, lines_in_reach, places
from fiducial.people.tables import roles as role_table
from fiducial.people.tables import tokens as token_table
from fiducial.web.pages import Pages, View
from fiducial.web.shell import MenuItem, Status, StatusSet

pages = Pages("people")
SYSTEM = Text("System")
USERS, ROLES, TOKENS = "system:user_manage", "system:role_manage", "system:token_manage"
MENU: tuple[MenuItem, ...] = (
    MenuItem(label=Text("Users"), url="/system/users", icon="users", group=SYSTEM, permissions=(USERS,)),
    MenuItem(label=Text("Roles"), url="/system/roles", icon="user-shield", group=SYSTEM, permissions=(ROLES,)),
    MenuItem(label=Text("Machine tokens"), url="/system/tokens", icon="key", group=SYSTEM, permissions=(TOKENS,)),
    MenuItem(
        label=Text("Shared terminals"),
        url="/system/terminals",
        icon="device-desktop",
        group=SYSTEM,
        permissions=(USERS,),
    ),
)
STATUSES: tuple[StatusSet, ...] = (
    StatusSet(
        kind="account",
        states=(
            Status(code="ACTIVE", label=Text("Active"), colour="green"),
            Status(code="LOCKED", label=Text("Locked"), colour="orange"),
            Status(code="DISABLED", label=Text("Disabled"), colour="secondary"),
        ),
    ),
)
SCOPES: Mapping[str, Text] = {
    ALL: Text("Everything"), ASSIGNED_LINES: Text("Own lines"), ASSIGNED_STATIONS: Text("Own stations"),
}  # fmt: skip
GROUPS: Mapping[str, Text] = {
    "line": Text("Lines"), "operation": Text("Operations"), "material": Text("Materials"), "route": Text("Routings"),
    "data_spec": Text("Collection items"), "fai_template": Text("First article templates"), "wo": Text("Work orders"), "run": Text("Runs"),
    "exec": Text("Execution"), "readiness": Text("Readiness"), "loading": Text("Loading"), "quality": Text("Quality"),
    "maintenance": Text("Maintenance"), "form": Text("Forms"), "tool": Text("Tools"), "trace": Text("Trace"),
    "integration": Text("Integration"), "system": Text("System"),
}  # fmt: skip
SYSTEMS = ("ERP", "WMS", "TPM", "SPI", "AOI", "XRAY", "DEVICE", "STENCIL", "SOLDER_PASTE", "METRICS")
_ENGLISH = {preset.code: preset.en for preset in PRESETS}
MOST_PLACES = 500
LATER_MS, SOON_MS = 365 * 24 * 3_600_000, 14 * 24 * 3_600_000


def role_name(code: str, name: str = "") -> str:
    """Give what a role is called in the language of the page."""
    if current_language() == "en":
        return _ENGLISH.get(code, name or code)
    return name or next((preset.zh for preset in PRESETS if preset.code == code), code)


def named_roles(tx: Tx) -> list[tuple[str, str]]:
    """Give code and name of every role, in the order in which they were made."""
    rows = tx.all(select(role_table.c.code, role_table.c.name).order_by(role_table.c.created_at, role_table.c.id))
    return [(row.code, role_name(row.code, row.name)) for row in rows]


def _naming(tx: Tx) -> Any:
    """Give what names a role by its code, also one of the plant's own."""
    known = dict(named_roles(tx))
    return lambda code, name="": known.get(code) or role_name(code, name)


# Users


@query(USERS)
def users_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the accounts, filtered."""
    try:
        data = queries.list_users(tx, view.page_of(queries.USERS))
    except Refused:  # the line of the filter is gone
        data = queries.list_users(tx, queries.USERS.parse([]))
    return {
        "listing": view.list_of(data, default_sort="username.asc"), "roles": named_roles(tx), "lines": places().named_lines(tx),
        "role_name": _naming(tx),
    }  # fmt: skip


@query(USERS)
def user_page(tx: Tx, user_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give one account; refuses USER_NOT_FOUND."""
    user, naming = queries.user_detail(tx, user_id), _naming(tx)
    return {
        "user": user, "is_me": queries.is_me(tx, user_id), "role_names": [naming(code) for code in user["roleCodes"]],
    }  # fmt: skip


@query(USERS)
def new_user_dialog(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a new account."""
    return {"user": None, **_choices(tx)}


@query(USERS)
def user_dialog(tx: Tx, user_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of an account."""
    return {"user": queries.user_detail(tx, user_id), **_choices(tx)}


@query(USERS)
def badge_dialog(tx: Tx, user_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of somebody's badge and PIN."""
    return {"user": queries.user_detail(tx, user_id)}


def _choices(tx: Tx) -> dict[str, Any]:
    return {
        "roles": named_roles(tx), "lines": places().named_lines(tx), "stations": places().named_stations(tx),
        "homes": homes.all_pages(),
    }  # fmt: skip


# Roles


def _grouped() -> list[tuple[Text, list[dict[str, Any]]]]:
    for_people = [permission for permission in PERMISSIONS if permission.person]
    english = current_language() == "en"
    return [
        (
            GROUPS.get(group, Text(group)),
            [{"code": one.code, "label": one.en if english else one.zh, "strong": one.strong} for one in members],
        )
        for group, members in groupby(for_people, key=lambda permission: permission.group)
    ]


def _all_roles(tx: Tx) -> Sequence[Any]:
    return roles.list_roles(tx, ListPage(size=100, sort=(("createdAt", False),)))["items"]


@query(ROLES)
def roles_page(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the roles and the matrix of what they may."""
    return {"roles": _all_roles(tx), "groups": _grouped(), "scope_words": SCOPES, "role_name": role_name}


@query(ROLES)
def role_page(tx: Tx, code: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give one role with everything it may; refuses ROLE_NOT_FOUND."""
    role = roles.role_detail(tx, code)
    preset = role["presetPermissions"]
    return {
        "role": role, "groups": _grouped(), "scopes": list(SCOPES.items()), "role_name": role_name,
        "differs": preset is not None and sorted(preset) != sorted(role["permissions"]),
    }  # fmt: skip


@query(ROLES)
def new_role_dialog(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the form of a new role, perhaps a copy."""
    templates: list[tuple[str, object]] = [*named_roles(tx), ("director", Text("Template: factory director"))]
    return {"templates": templates, "scopes": list(SCOPES.items()), "source": view.query.get("from", "")}


# Tokens


@query(TOKENS)
def tokens_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the tokens, filtered; never a secret."""
    data = tokens.list_tokens(tx, view.page_of(tokens.TOKENS))
    return {
        "listing": view.list_of(data, default_sort="createdAt.desc"), "now": clock.to_wire(tx.now), "soon": clock.to_wire(tx.now + SOON_MS),
    }  # fmt: skip


@query(TOKENS)
def new_token_dialog(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a new token."""
    english = current_language() == "en"
    scopes = [(one.code, one.en if english else one.zh) for one in PERMISSIONS if one.code in TOKEN_SCOPES]
    known = {row.system for row in tx.all(select(token_table.c.system).distinct())}
    systems = [(code, code) for code in (*SYSTEMS, *sorted(known - set(SYSTEMS)))]
    return {
        "scopes": scopes,
        "systems": systems,
        "lines": places().named_lines(tx),
        "until": clock.to_wire(tx.now + LATER_MS),
    }


@query(TOKENS)
def rotate_dialog(tx: Tx, token_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a token's new secret; refuses API_TOKEN_NOT_FOUND."""
    return {"token": tokens.token_detail(tx, token_id)}


# Terminals


@query(USERS)
def terminals_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the terminals, filtered."""
    data = terminals.list_terminals(tx, view.page_of(terminals.TERMINALS))
    return {"listing": view.list_of(data, default_sort="code.asc")}


@query(USERS)
def new_terminal_dialog(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a new terminal."""
    return {"terminal": None, "lines": _lines_in_reach(tx)}


@query(USERS)
def terminal_dialog(tx: Tx, code: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a terminal; refuses TERMINAL_NOT_FOUND."""
    return {"terminal": terminals.terminal_detail(tx, code), "lines": _lines_in_reach(tx)}


def _lines_in_reach(tx: Tx) -> list[tuple[str, str]]:
    lines = lines_in_reach(tx, USERS)
    codes = None if lines is None else set(places().line_codes(tx, lines).values())
    return [(code, name) for code, name in places().named_lines(tx) if codes is None or code in codes]


@query(OPEN)
def pairing_page(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form in which a pairing code is entered."""
    return {}


pages.page("/system/users", users_page, "people/users.html")
pages.page("/system/users/dialogs/new", new_user_dialog, "people/user_form.html")
pages.page("/system/users/{id}", user_page, "people/user.html")
pages.page("/system/users/{id}/dialogs/edit", user_dialog, "people/user_form.html")
pages.page("/system/users/{id}/dialogs/badge", badge_dialog, "people/user_badge.html")
pages.page("/system/roles", roles_page, "people/roles.html")
pages.page("/system/roles/dialogs/new", new_role_dialog, "people/role_form.html")
pages.page("/system/roles/{code}", role_page, "people/role.html")
pages.page("/system/tokens", tokens_page, "people/tokens.html")
pages.page("/system/tokens/dialogs/new", new_token_dialog, "people/token_form.html")
pages.page("/system/tokens/{id}/dialogs/rotate", rotate_dialog, "people/token_rotate.html")
pages.page("/system/terminals", terminals_page, "people/terminals.html")
pages.page("/system/terminals/dialogs/new", new_terminal_dialog, "people/terminal_form.html")
pages.page("/system/terminals/dialogs/edit/{code}", terminal_dialog, "people/terminal_form.html")
pages.page("/sign-in/terminal", pairing_page, "people/pair.html")
