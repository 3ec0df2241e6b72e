"""Pages of loading (spec 14.2): loading a run, slots and station tables, reel changes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import false, select

from fiducial.kit.acting import query
from fiducial.kit.refusals import Refused
from fiducial.kit.text import Text, _
from fiducial.kit.tx import Tx
from fiducial.loading import floor_life_pages
from fiducial.loading.finding import LOADABLE, slot_of_id, the_mapping
from fiducial.loading.panel import panel_of
from fiducial.loading.queries.records import RECORDS, REEL_CHANGES, expectations_of, list_reel_changes, list_run_records
from fiducial.loading.queries.slots import (
    MAPPINGS,
    SLOTS,
    STATION_TABLES,
    list_mappings,
    list_slots,
    list_tables,
    mapping_shown,
    mappings_statement,
    slot_by_id,
    slot_locks,
)  # fmt: skip
from fiducial.loading.tables import expectations, loaded_tables, mappings
from fiducial.loading.words import LOADED, MISMATCH
from fiducial.orders.lookup import must_reach_run, order_of_run, the_run
from fiducial.orders.tables import runs, work_orders
from fiducial.people.reach import lines_in_reach, must_reach_line
from fiducial.plant.lookup import line_of_id, material_name, the_line
from fiducial.plant.tables import lines
from fiducial.web.pages import Pages, View
from fiducial.web.shell import MenuItem, Status, StatusSet

pages = Pages("loading")
MENU: tuple[MenuItem, ...] = (
    MenuItem(label=Text("Loading"), url="/loading", icon="barcode", group=Text("Production"), permissions=("loading:view",)),
    MenuItem(label=Text("Reel changes"), url="/reel-changes", icon="transfer", group=Text("Production"), permissions=("loading:view",)),
    MenuItem(label=Text("Slots and station tables"), url="/loading/tables", icon="table", group=Text("Plant"), permissions=("loading:view",)),
    *floor_life_pages.MENU,
)  # fmt: skip
STATUSES: tuple[StatusSet, ...] = (
    StatusSet(kind="slot", states=(
        Status(code="PENDING", label=Text("To be loaded"), colour="secondary"), Status(code="LOADED", label=Text("Loaded"), colour="green"),
        Status(code="MISMATCH", label=Text("Wrong reel"), colour="red"), Status(code="LOCKED", label=Text("Locked"), colour="red"),
    )),
    StatusSet(kind="reel", states=(
        Status(code="LOADED", label=Text("On the slot"), colour="green"), Status(code="UNLOADED", label=Text("Taken off"), colour="secondary"),
        Status(code="REPLACED", label=Text("Replaced"), colour="azure"), Status(code="REJECTED", label=Text("Refused"), colour="red"),
    )),
    StatusSet(kind="scan_result", states=(
        Status(code="PASS", label=Text("Right"), colour="green"), Status(code="WARNING", label=Text("Alternate"), colour="yellow"),
        Status(code="FAIL", label=Text("Wrong"), colour="red"),
    )),
    *floor_life_pages.STATUSES,
)  # fmt: skip
MOST_RUNS = 60


# One run at the machine


@query("loading:view")
def loading_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give one run with its slots, or the runs to choose from."""
    run_no = view.query.get("run", "").strip()
    if not run_no:
        return {"run": None, "runs": _open_runs(tx), "problem": None, "asked": ""}
    try:
        run = the_run(tx, run_no)
        must_reach_run(tx, run, "loading:view")
    except Refused as refused:
        return {"run": None, "runs": _open_runs(tx), "problem": refused.code, "asked": run_no}
    order, line = order_of_run(tx, run), line_of_id(tx, run.line_id)
    table = tx.first(select(loaded_tables).where(loaded_tables.c.run_id == run.id))
    history = view.query.get("tab") == "history"
    listing = None
    if history:
        listing = view.list_of(list_run_records(tx, run_no, view.page_of(RECORDS)), default_sort=RECORDS.default_sort)
    return {
        "run": run, "line": line, "order": order, "product_name": material_name(tx, order.product_code), "table": table,
        "open": run.status in LOADABLE, "history": history, "listing": listing,
    }  # fmt: skip


def _open_runs(tx: Tx) -> list[dict[str, Any]]:
    """Give the runs in reach that reels may be loaded for, newest first, with how far their loading is."""
    found = (
        select(runs.c.id, runs.c.run_no, runs.c.status, runs.c.plan_qty, lines.c.code.label("line_code"), work_orders.c.product_code)
        .select_from(runs.join(lines, lines.c.id == runs.c.line_id).join(work_orders, work_orders.c.id == runs.c.work_order_id))
        .where(runs.c.status.in_(LOADABLE))
    )  # fmt: skip
    reach = lines_in_reach(tx, "loading:view")
    if reach is not None:
        found = found.where(runs.c.line_id.in_(reach) if reach else false())
    rows = tx.all(found.order_by(runs.c.id.desc()).limit(MOST_RUNS))
    counts = dict[int, list[str]]()
    for row in tx.all(
        select(expectations.c.run_id, expectations.c.status).where(expectations.c.run_id.in_([row.id for row in rows]))
    ):
        counts.setdefault(row.run_id, []).append(row.status)
    return [
        {
            "runNo": row.run_no, "status": row.status, "lineCode": row.line_code, "productCode": row.product_code, "planQty": row.plan_qty,
            "slots": len(counts.get(row.id, ())), "loaded": counts.get(row.id, []).count(LOADED),
            "wrong": counts.get(row.id, []).count(MISMATCH),
        }
        for row in rows
    ]  # fmt: skip


@query("loading:view")
def loading_panel(tx: Tx, run_no: str, view: View) -> Mapping[str, Any]:
    """Give what one scan shows."""
    run = the_run(tx, run_no)
    must_reach_run(tx, run, "loading:view")
    panel = panel_of(tx, run, view.query)
    at = f"/loading/{run_no}/panel"
    then = f"{at}?{urlencode(dict(panel.then))}&code={{code}}" if panel.then else ""
    reasons = (_("Reel empty"), _("Feeder fault"), _("Damaged reel"), _("Other material"))
    changes = []
    if panel.slot is not None and panel.offer_change:
        code = panel.slot["slotCode"]
        changes = [
            (reason, f"{at}?{urlencode({'code': code, 'mode': 'replace', 'reason': reason})}") for reason in reasons
        ]
    return {"panel": panel, "run": run, "then": then, "changes": changes}


@query("loading:view")
def slots_part(tx: Tx, run_no: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give the slots of a run with what is on each."""
    run = the_run(tx, run_no)
    must_reach_run(tx, run, "loading:view")
    slots = expectations_of(tx, run)
    loaded = sum(slot["status"] == LOADED and not slot["isLocked"] for slot in slots)
    wrong = [slot for slot in slots if slot["isLocked"] or slot["status"] == MISMATCH]
    waiting = next((slot["slotCode"] for slot in slots if slot["status"] != LOADED), None)
    return {
        "slots": slots,
        "loaded": loaded,
        "wrong": wrong,
        "waiting": waiting,
        "run": run,
        "open": run.status in LOADABLE,
    }


# Slots, mappings, station tables


@query("loading:view")
def tables_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the slots, mappings or station tables of a line."""
    there = _lines(tx)
    code = view.query.get("line", "") or (there[0][0] if there else "")
    tab = view.query.get("tab", "slots")
    tab = tab if tab in ("slots", "mappings", "heads") else "slots"
    if code not in [line for line, _name in there]:
        return {"lines": there, "line": None, "asked": code, "tab": tab, "listing": None}
    if tab == "slots":
        data: Any = list_slots(tx, code, view.page_of(SLOTS))
        order = SLOTS.default_sort
    elif tab == "mappings":
        data, order = list_mappings(tx, view.page_of(MAPPINGS, lineCode=code)), MAPPINGS.default_sort
    else:
        data, order = list_tables(tx, view.page_of(STATION_TABLES, lineCode=code)), STATION_TABLES.default_sort
    return {"lines": there, "line": code, "asked": code, "tab": tab, "listing": view.list_of(data, default_sort=order)}


def _lines(tx: Tx) -> list[tuple[str, str]]:
    found = select(lines.c.code, lines.c.name).where(lines.c.is_active.is_(True)).order_by(lines.c.code)
    reach = lines_in_reach(tx, "loading:view")
    if reach is not None:
        found = found.where(lines.c.id.in_(reach) if reach else false())
    return [(row.code, f"{row.code} {row.name}" if row.name != row.code else row.code) for row in tx.all(found)]


def _line_to_keep(tx: Tx, line_code: str) -> str:
    """Give the code of a line whose slots the person keeps. Refuses LINE_NOT_FOUND, FORBIDDEN."""
    line = the_line(tx, line_code)
    must_reach_line(tx, line.id, "loading:config")
    return line.code


@query("loading:config")
def slot_dialog(tx: Tx, line_id: str, slot_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a slot, `new` for one more."""
    slot = None if slot_id == "new" else slot_by_id(tx, slot_of_id(tx, slot_id, "loading:config").id)
    return {"line": _line_to_keep(tx, line_id), "slot": slot}


@query("loading:view")
def locks_dialog(tx: Tx, slot_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the locks of a slot."""
    return {"slot": slot_by_id(tx, slot_of_id(tx, slot_id, "loading:view").id), "locks": slot_locks(tx, slot_id)}


@query("loading:config")
def mapping_dialog(tx: Tx, line_id: str, id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a mapping, `new` for one more."""
    mapping = None
    if id != "new":
        mapping = mapping_shown(tx.one(mappings_statement().where(mappings.c.id == the_mapping(tx, id).id)))
    slots = list_slots(tx, line_id, SLOTS.parse([("pageSize", "100"), ("isActive", "true")]))["items"]
    return {
        "line": _line_to_keep(tx, line_id),
        "mapping": mapping,
        "slots": [(slot["id"], slot["slotCode"]) for slot in slots],
    }


@query("loading:config")
def table_dialog(tx: Tx, line_id: str, view: View) -> Mapping[str, Any]:
    """Give the form of a station table's head."""
    return {"line": _line_to_keep(tx, line_id), "head": view.query}


@query("loading:config")
def import_dialog(tx: Tx, line_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of an import."""
    return {"line": _line_to_keep(tx, line_id)}


# Reel changes


@query("loading:view")
def changes_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the paper view of reel changes."""
    data = list_reel_changes(tx, view.page_of(REEL_CHANGES))
    return {"listing": view.list_of(data, default_sort=REEL_CHANGES.default_sort), "lines": _lines(tx)}


pages.page("/loading", loading_page, "loading/loading.html")
pages.page("/loading/tables", tables_page, "loading/tables.html")
pages.page("/loading/tables/slots/{slotId}/dialogs/locks", locks_dialog, "loading/locks.html")
pages.page("/loading/tables/{lineId}/dialogs/slots/{slotId}", slot_dialog, "loading/slot_form.html")
pages.page("/loading/tables/{lineId}/dialogs/mappings/{id}", mapping_dialog, "loading/mapping_form.html")
pages.page("/loading/tables/{lineId}/dialogs/head", table_dialog, "loading/head_form.html")
pages.page("/loading/tables/{lineId}/dialogs/import", import_dialog, "loading/import_form.html")
pages.page("/loading/{runNo}/panel", loading_panel, "loading/panel.html")
pages.page("/loading/{runNo}/slots", slots_part, "loading/slots.html")
pages.page("/reel-changes", changes_page, "loading/changes.html")
for _address, _query, _template in floor_life_pages.PAGES:
    pages.page(_address, _query, _template)
