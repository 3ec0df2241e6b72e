"""The page of settings (spec 14.2): every one of them, with what it was and a way back."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby
from typing import Any

import orjson

from fiducial.kit import settings
from fiducial.kit.acting import query
from fiducial.kit.text import Text, current_language
from fiducial.kit.tx import Tx
from fiducial.people import configuring
from fiducial.people.admin_pages import SYSTEM, pages
from fiducial.people.reach import places
from fiducial.web.pages import View
from fiducial.web.shell import MenuItem

MENU: tuple[MenuItem, ...] = (
    MenuItem(
        label=Text("Settings"), url="/system/settings", icon="settings", group=SYSTEM, permissions=(configuring.CONFIG,)
    ),
)
GROUPS: Mapping[str, Text] = {
    "auth": Text("Sign-in"), "branding": Text("Appearance"), "defect": Text("Defects"), "events": Text("Events"), "execution": Text("Execution"),
    "form": Text("Forms"), "fqc": Text("Last piece"), "integration": Text("Integration"), "jobs": Text("Jobs"), "loading": Text("Loading"),
    "material": Text("Materials"), "msl": Text("Moisture"), "notify": Text("Notifications"), "plant": Text("Plant"), "quality": Text("Quality"),
    "retention": Text("Retention"), "retest": Text("Retests"), "routing": Text("Routings"), "run": Text("Runs"), "signature": Text("Signatures"),
    "workOrder": Text("Work orders"),
}  # fmt: skip


def shown(value: Any, key: str = "") -> str:
    """Give a value as people read it; with the key of its setting what one of some words means."""
    word = settings.declared[key].said(value) if key else None
    if word is not None:
        return word
    if value is None or value == []:
        return "–"
    if isinstance(value, bool):
        return str(Text("Yes") if value else Text("No"))
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return ", ".join(value)
    return value if isinstance(value, str) else orjson.dumps(value).decode()


@query(configuring.CONFIG)
def settings_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the settings whose key or meaning holds what is searched, by group."""
    wanted = view.query.get("search", "").strip().casefold()
    items = [
        item
        for item in configuring.list_settings(tx)["items"]
        if not wanted or wanted in f"{item['key']} {item['help']['zh']} {item['help']['en']}".casefold()
    ]
    groups = [
        (GROUPS.get(group, Text(group)), list(members))
        for group, members in groupby(items, key=lambda item: item["group"])
    ]
    return {"groups": groups, "search": view.query.get("search", ""), "shown": shown, "help": _help}


def _help(item: Mapping[str, Any]) -> str:
    return str(item["help"]["en" if current_language() == "en" else "zh"])


@query(configuring.CONFIG)
def setting_dialog(tx: Tx, key: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give the form of one setting and its history; refuses SETTING_NOT_FOUND."""
    item = configuring.setting_facts(tx, key)
    return {
        "item": item, "shown": shown, "help": _help(item), "options": settings.declared[key].offered,
        "parts": settings.declared[key].parts,
        "versions": configuring.setting_history(tx, key)["items"],
        "lines": places().named_lines(tx),
        "as_json": orjson.dumps(item["value"], option=orjson.OPT_INDENT_2).decode(),
    }  # fmt: skip


pages.page("/system/settings", settings_page, "people/settings.html")
pages.page("/system/settings/dialogs/{key}", setting_dialog, "people/setting.html")
