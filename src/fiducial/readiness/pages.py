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
from fiducial.plant.lookup import the_line
from fiducial.plant.tables import lines
from fiducial.readiness.answers import LineGates
from fiducial.readiness.checklist import checklist_of_run, may_skip
from fiducial.readiness.checklist_paper import drawn, printed_list
from fiducial.readiness.checklist_rows import template
from fiducial.readiness.config import KINDS, TYPES, config_of
from fiducial.readiness.exceptions import EXCEPTIONS, list_exceptions
from fiducial.readiness.queries import item_to_waive, line_gates
from fiducial.readiness.words import GATES, SETTINGS
from fiducial.web.pages import Pages, View
from fiducial.web.shell import MenuItem, Status, StatusSet

pages = Pages("readiness")
MENU: tuple[MenuItem, ...] = (
    MenuItem(
        label=Text("Readiness exceptions"), url="/readiness/exceptions", icon="clipboard-check", group=Text("Preparation"),
        permissions=("readiness:view",),
    ),
)  # fmt: skip
STATUSES: tuple[StatusSet, ...] = (
    StatusSet(
        kind="checklist",
        states=(
            Status(code="OK", label=Text("Checked OK"), colour="green"), Status(code="NA", label=Text("Does not apply"), colour="secondary"),
            Status(code="NG", label=Text("NG"), colour="red"), Status(code="PENDING", label=Text("Open"), colour="yellow"),
        ),
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


@query("readiness:check")
def checklist_row_dialog(tx: Tx, run_no: str, item_key: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of one row of the pre-changeover list. Refuses RUN_NOT_FOUND, CHECK_ITEM_NOT_FOUND."""
    shown = checklist_of_run(tx, run_no)
    row = next((row for row in shown["rows"] if row["itemKey"] == item_key), None)
    if row is None:
        raise Refused("CHECK_ITEM_NOT_FOUND", runNo=run_no, itemKey=item_key)
    line = the_line(tx, shown["lineCode"])
    declared = next(row for row in template(line.process_type) if row.key == item_key)
    config = config_of(tx, line.id, line.process_type)
    return {"run_no": run_no, "row": row, "hint": declared.hint or "", "may_skip": may_skip(row["gate"], config)}


@query("readiness:check")
def checklist_confirm_dialog(tx: Tx, run_no: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form that confirms the pre-changeover list. Refuses RUN_NOT_FOUND."""
    rows = checklist_of_run(tx, run_no)["rows"]
    return {"run_no": run_no, "bad": [row["text"] for row in rows if row["result"] == "NG"]}


pages.page("/readiness/exceptions", exceptions_page, "readiness/exceptions.html")
pages.page("/lines/{lineCode}/readiness", line_gates_page, "readiness/line_gates.html")
pages.page("/lines/{lineCode}/readiness/card", line_gates_page, "readiness/line_card.html")
pages.page("/runs/{runNo}/readiness/waive/{itemId}", waive_dialog, "readiness/waive.html")
pages.page("/runs/{runNo}/readiness/checklist/rows/{itemKey}", checklist_row_dialog, "readiness/checklist_row.html")
pages.page("/runs/{runNo}/readiness/checklist/confirm", checklist_confirm_dialog, "readiness/checklist_confirm.html")
pages.paper("/runs/{runNo}/readiness/checklist/print", printed_list, drawn)
