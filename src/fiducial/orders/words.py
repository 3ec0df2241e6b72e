"""Words of the pages of orders and runs: acts, and who may do something."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from fiducial.kit.refusals import Refused
from fiducial.kit.text import Text, _, current_language
from fiducial.kit.tx import Tx
from fiducial.people.action_words import words_of_action
from fiducial.people.permissions import PRESETS
from fiducial.people.tables import roles

HAPPENED = {
    "WORK_ORDER_RECEIVE": Text("Received"), "WORK_ORDER_RELEASE": Text("Released"), "WORK_ORDER_DISPATCH": Text("Dispatched to another line"),
    "WORK_ORDER_ROUTING_UPDATE": Text("Routing bound by hand"), "WORK_ORDER_PICK_STATUS_UPDATE": Text("Pick status changed"),
    "WORK_ORDER_CLOSE": Text("Closed"), "RUN_CREATE": Text("Created"), "RUN_AUTHORIZE": Text("Authorised"),
    "RUN_REVOKE": Text("Authorisation revoked"),
    "RUN_AUTHORIZATION_LAPSED": Text("Authorisation lapsed"), "RUN_START": Text("Production started"), "RUN_CLOSE": Text("Closed out"),
    "RUN_COMPLETED": Text("Completed"), "RUN_CANCEL": Text("Cancelled"), "UNIT_GENERATE": Text("Boards generated"),
    "UNIT_REGISTER": Text("Boards registered"), "UNIT_DELETE": Text("Unused boards deleted"),
}  # fmt: skip
_LOOKS = {
    "RUN_AUTHORIZE": ("lock-open", "green"), "RUN_REVOKE": ("arrow-back-up", "orange"), "RUN_AUTHORIZATION_LAPSED": ("hourglass", "orange"),
    "RUN_START": ("player-play", "blue"), "RUN_CLOSE": ("checks", "green"), "RUN_COMPLETED": ("checks", "green"), "RUN_CANCEL": ("ban", "red"),
    "WORK_ORDER_RELEASE": ("send", "blue"), "WORK_ORDER_CLOSE": ("checks", "green"), "RUN_CREATE": ("plus", "azure"),
    "WORK_ORDER_RECEIVE": ("package-import", "azure"),
}  # fmt: skip
_ENGLISH = {preset.code: preset.en for preset in PRESETS}


def happened(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give a history as the timeline macro takes it."""
    shown = []
    for entry in history:
        icon, colour = _LOOKS.get(entry["action"], ("point", "secondary"))
        shown.append({
            "at": entry["at"], "title": _title(entry["action"]), "icon": icon, "colour": colour,
            "text": entry["reason"], "by": entry["byName"] if entry["by"] else _("the system"),
        })  # fmt: skip
    return shown


def _title(action: str) -> str:
    """Give what was done, as planning says it, or else as the audit book does."""
    return str(HAPPENED[action]) if action in HAPPENED else words_of_action(action)[current_language() == "en"]


def who_may(tx: Tx, permission: str) -> str:
    """Give the names of the roles that hold a permission, in the reader's language."""
    english = current_language() == "en"
    found = tx.all(select(roles.c.code, roles.c.name, roles.c.permissions).order_by(roles.c.code))
    names = [
        _ENGLISH.get(row.code, row.name) if english else row.name
        for row in found
        if permission in row.permissions.split()
    ]
    return (", " if english else "、").join(names)


def said(code: str, **details: Any) -> str:
    """Give what a refusal would say, in the reader's language."""
    return Refused(code, **details).sentence(current_language())
