"""Pages of readiness (spec 14.2): exceptions, the gates of a line, the form of a waiver. The run's page shows `run_part`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fiducial.kit.acting import query
from fiducial.kit.refusals import Refused
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.orders.menu import STATUSES as ORDER_STATUSES
from fiducial.people.reach import lines_in_reach
from fiducial.plant.tables import lines
from fiducial.readiness.answers import LineGates
from fiducial.readiness.config import KINDS, TYPES
from fiducial.readiness.exceptions import EXCEPTIONS, list_exceptions
from fiducial.readiness.queries import item_to_waive, line_gates
from fiducial.readiness.words import GATES, SETTINGS
from fiducial.web.pages import Pages, View
from fiducial.web.shell import MenuItem

pages = Pages("readiness")
MENU: tuple[MenuItem, ...] = (
    MenuItem(
        label=Text("Readiness exceptions"), url="/readiness/exceptions", icon="clipboard-check", group=Text("Preparation"),
        permissions=("readiness:view",),
    ),
)  # fmt: skip
_COMMON = ("maxAgeHours", "manualMaxAgeHours", "waivable", "waiverHours", "fourEyes")
_PICKS = tuple((state.code, state.label) for kind in ORDER_STATUSES if kind.kind == "pick" for state in kind.states)


@query("readiness:view")
def exceptions_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the runs that are not plainly ready."""
    data = list_exceptions(tx, view.page_of(EXCEPTIONS))
    reach = lines_in_reach(tx, "readiness:view")
    found = select(lines.c.code, lines.c.name).order_by(lines.c.code).limit(500)
    found = found if reach is None else found.where(lines.c.id.in_(reach))
    return {
        "listing": view.list_of(data, default_sort=EXCEPTIONS.default_sort), "words": GATES,
        "gates": [(kind, GATES[kind]) for kind in TYPES],
        "lines": [(row.code, f"{row.code} · {row.name}") for row in tx.all(found)],
    }  # fmt: skip


@query("readiness:view")
def line_gates_page(tx: Tx, line_code: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give the gates of a line with their settings. Refuses LINE_NOT_FOUND, FORBIDDEN."""
    gates = line_gates(tx, line_code)
    return {"gates": gates, "rows": _rows(gates), "settings": SETTINGS, "picks": _PICKS}


def _rows(gates: LineGates) -> list[dict[str, Any]]:
    return [
        {
            "type": kind.type, "label": GATES[kind.type], "on": kind.type in gates["enabled"], "settings": gates["gates"][kind.type],
            "ages": kind.max_age is not None, "by_hand": kind.manual_max_age is not None, "live": kind.max_age is None,
            "own": [name for name in gates["gates"][kind.type] if name not in _COMMON],
        }
        for kind in KINDS
    ]  # fmt: skip


@query("readiness:override")
def waive_dialog(tx: Tx, run_no: str, item_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form that waives an item. Refuses RUN_NOT_FOUND, READINESS_ITEM_NOT_FOUND."""
    item, hours = item_to_waive(tx, run_no, item_id)
    if item is None:
        raise Refused("READINESS_ITEM_NOT_FOUND", runNo=run_no)
    return {"run_no": run_no, "item": item, "hours": hours, "words": GATES}


pages.page("/readiness/exceptions", exceptions_page, "readiness/exceptions.html")
pages.page("/lines/{lineCode}/readiness", line_gates_page, "readiness/line_gates.html")
pages.page("/lines/{lineCode}/readiness/card", line_gates_page, "readiness/line_card.html")
pages.page("/runs/{runNo}/readiness/waive/{itemId}", waive_dialog, "readiness/waive.html")
