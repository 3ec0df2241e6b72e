"""The trace pages (追溯页, spec 07.10): find a thing by scan, read a board's or a run's history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from urllib.parse import quote, urlencode

import orjson

from fiducial.kit import clock
from fiducial.kit.acting import query
from fiducial.kit.listing import Page
from fiducial.kit.text import Text, _, current_language
from fiducial.kit.tx import Tx
from fiducial.quality.words import SEVERITIES
from fiducial.tooling.words import KINDS as TOOL_KINDS
from fiducial.trace import causes
from fiducial.trace.facts import UnitFacts, unit_facts
from fiducial.trace.gathered import Gathered
from fiducial.trace.genealogy import genealogy_of
from fiducial.trace.papers import TRACED
from fiducial.trace.picture import HIGH, WIDE, drawn
from fiducial.trace.reverse import LOT_UNITS, lot_units
from fiducial.trace.run import UNITS, run_trace, run_units
from fiducial.trace.search import found_for
from fiducial.trace.timeline import timeline_of
from fiducial.trace.unit import SECTIONS, trace_of_gathered
from fiducial.web.pages import Pages, View
from fiducial.web.shell import MenuItem, Status, StatusSet

pages = Pages("trace")
MENU: tuple[MenuItem, ...] = (
    MenuItem(label=Text("Trace"), url="/trace", icon="timeline", group=Text("Quality"), permissions=("trace:read",)),
)
STATUSES: tuple[StatusSet, ...] = (
    StatusSet(
        kind="lot_via",
        states=(
            Status(code="LOADING", label=Text("from a slot"), colour="blue"),
            Status(code="MATERIAL_USE", label=Text("by hand"), colour="azure"),
            Status(code="REPAIR", label=Text("in a repair"), colour="yellow"),
            Status(code="PASTE", label=Text("as solder paste"), colour="cyan"),
            Status(code="CHECKLIST", label=Text("on the run's list"), colour="secondary"),
        ),
    ),
    StatusSet(
        kind="use_source",
        states=(
            Status(code="PLACEMENT", label=Text("placed by a machine"), colour="blue"),
            Status(code="MANUAL", label=Text("by hand"), colour="azure"),
            Status(code="REPAIR", label=Text("in a repair"), colour="yellow"),
            Status(code="PASTE", label=Text("as solder paste"), colour="cyan"),
            Status(code="CHECKLIST", label=Text("on the run's list"), colour="secondary"),
        ),
    ),
    StatusSet(
        kind="match_status",
        states=(
            Status(code="MATCHED", label=Text("matched"), colour="green"),
            Status(code="PENDING", label=Text("waits for its visit"), colour="yellow"),
            Status(code="ORPHAN", label=Text("no visit came"), colour="red"),
        ),
    ),
    StatusSet(
        kind="tool_kind",
        states=(
            Status(code="STENCIL", label=Text("Stencil"), colour="blue"),
            Status(code="SQUEEGEE", label=Text("Squeegee"), colour="azure"),
            Status(code="FIXTURE", label=Text("Fixture"), colour="purple"),
        ),
    ),
    StatusSet(
        kind="mrb_decision",
        states=(
            Status(code="RELEASE", label=Text("Released as it is"), colour="green"),
            Status(code="REWORK", label=Text("Send to rework"), colour="orange"),
            Status(code="SCRAP", label=Text("Scrapped"), colour="red"),
        ),
    ),
    StatusSet(
        kind="repair_result",
        states=(
            Status(code="REPAIRED", label=Text("Repaired"), colour="green"),
            Status(code="NOT_REPAIRABLE", label=Text("Not repairable"), colour="red"),
            Status(code="NO_FAULT_FOUND", label=Text("No fault found"), colour="azure"),
        ),
    ),
    StatusSet(
        kind="inspection_type",
        states=(
            Status(code="FAI", label=Text("First article"), colour="purple"),
            Status(code="IPQC", label=Text("In-process inspection"), colour="azure"),
            Status(code="FQC", label=Text("Last piece"), colour="azure"),
            Status(code="OQC", label=Text("Outgoing inspection"), colour="azure"),
        ),
    ),
    StatusSet(
        kind="trace_kind",
        states=(
            Status(code="UNIT", label=Text("Board"), colour="blue"),
            Status(code="RUN", label=Text("Run"), colour="purple"),
            Status(code="WORK_ORDER", label=Text("Work order"), colour="azure"),
            Status(code="LOT", label=Text("Lot"), colour="green"),
            Status(code="CARRIER", label=Text("Carrier"), colour="cyan"),
            Status(code="TOOL", label=Text("Tool"), colour="orange"),
        ),
    ),
    StatusSet(
        kind="trace_node",
        states=(
            Status(code="WORK_ORDER", label=Text("Work order"), colour="azure"),
            Status(code="RUN", label=Text("Run"), colour="purple"),
            Status(code="UNIT", label=Text("Board"), colour="blue"),
            Status(code="STEP", label=Text("Step"), colour="blue"),
            Status(code="LOT", label=Text("Lot"), colour="green"),
            Status(code="PART", label=Text("Part"), colour="green"),
            Status(code="CARRIER", label=Text("Carrier"), colour="cyan"),
            Status(code="TOOL", label=Text("Tool"), colour="orange"),
            Status(code="INSPECTION", label=Text("Quality inspection"), colour="teal"),
            Status(code="DEFECT", label=Text("Defect"), colour="red"),
            Status(code="REPAIR", label=Text("Repair"), colour="yellow"),
            Status(code="MRB", label=Text("Review board"), colour="pink"),
        ),
    ),
)
# Where a found thing is shown, and which vocabulary its state belongs to.
ADDRESSES = {
    "UNIT": "/trace/units/", "RUN": "/trace/runs/", "WORK_ORDER": "/work-orders/", "TOOL": "/trace/tools/", "CARRIER": "/trace/carriers/",
}  # fmt: skip
VOCABULARY = {"UNIT": "unit", "RUN": "run", "WORK_ORDER": "work_order"}
SHOWN_AS = {"OK": "green", "WARN": "yellow", "BAD": "red", "INFO": "blue"}
ICONS = {
    "CREATED": "plus", "RUN": "stack-2", "READINESS": "checklist", "AUTHORIZED": "certificate", "TRACK_IN": "login", "DATA": "gauge",
    "TRACK_OUT": "logout", "HOLD": "hand-stop", "DEFECT": "alert-triangle", "DONE": "circle-check", "SCRAPPED": "trash",
    "WAIVER": "certificate", "LOADING": "barcode", "FAI": "checklist", "IPQC": "checklist", "FQC": "checklist", "OQC": "checklist",
    "SIGNATURE": "signature", "DISPOSITION": "arrow-back-up", "REPAIR": "tools", "MRB": "users", "TIME_RULE": "clock", "TOOL": "tools",
    "EXCEPTION": "alert-triangle", "MACHINE": "cpu",
}  # fmt: skip
MOST_HELD = 200
FIRST_YEAR = 2000
TABS = ("picture", "timeline", "steps", "materials", "quality", "preparation", "machines", "raw")


@query("trace:read")
def search_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give what a scan or a few letters find."""
    text = view.query.get("q", "").strip()[:200]
    return {"q": text, "found": found_for(tx, text), "addresses": ADDRESSES, "vocabulary": VOCABULARY}


@query("trace:read")
def unit_page(tx: Tx, sn: str, view: View) -> Mapping[str, Any]:
    """Give a board's history, one tab of it at a time."""
    facts = unit_facts(tx, sn)
    gathered = Gathered(tx, facts)
    trace = trace_of_gathered(gathered, SECTIONS, facts.route)
    tab = view.query.get("tab", TABS[0])
    return {
        "picture": drawn(genealogy_of(gathered)) if tab not in TABS[1:] else None, "wide": WIDE, "high": HIGH,
        "forms": {form.traced.section: form for form in TRACED if form.traced},
        "trace": trace, "tab": tab if tab in TABS else TABS[0], "progress": _progress(facts), "steps": _steps(trace),
        "entries": _entries(timeline_of(gathered, current_language())),
        "raw": orjson.dumps(trace, option=orjson.OPT_INDENT_2).decode() if tab == "raw" else "",
    }  # fmt: skip


def _progress(facts: UnitFacts) -> list[dict[str, Any]]:
    """Give the route as the page draws it: each step with the station of its last visit."""
    marks = {"OUT_FAILED": "FAIL", "ON_HOLD": "HOLD", "SCRAPPED": "FAIL"}
    last = {track.step_no: track.station_code for track in facts.counted}
    found = []
    for step in facts.route.steps:
        state = "TODO"
        if facts.unit.status == "DONE" or step.step_no < facts.unit.current_step_no:
            state = "DONE"
        elif step.step_no == facts.unit.current_step_no:
            state = marks.get(facts.unit.status, "CURRENT")
        found.append(
            {
                "no": step.step_no,
                "label": step.operation_name or step.operation_code,
                "state": state,
                "sub": last.get(step.step_no, ""),
            }
        )
    return found


def _steps(trace: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give the steps with their visits, each with its values; visits of a former run's step stand at the step of that number."""
    values = dict[str, list[Any]]()
    for value in trace["dataValues"]:
        values.setdefault(value["trackId"], []).append(value)
    visits = dict[int, list[Any]]()
    for track in trace["tracks"]:
        visits.setdefault(track["stepNo"], []).append(track | {"values": values.get(track["id"], [])})
    return [step | {"visits": visits.get(step["stepNo"], [])} for step in trace["steps"]]


def _entries(told: Sequence[tuple[int, Mapping[str, Any]]]) -> list[dict[str, Any]]:
    return [_entry(entry) for at, entry in told]


def _entry(entry: Mapping[str, Any]) -> dict[str, Any]:
    run_no = None if entry["kind"] == "RUN" else entry["runNo"]  # its title names it already
    return {
        "at": entry["at"], "title": entry["title"], "icon": ICONS.get(entry["kind"], "point"), "colour": SHOWN_AS[entry["tone"]],
        "text": entry["text"] or "", "by": " · ".join(filter(None, (entry["by"], entry["stationCode"], run_no))),
    }  # fmt: skip


@query("trace:read")
def run_page(tx: Tx, run_no: str, view: View) -> Mapping[str, Any]:
    """Give a run's history with its units as a list."""
    listed = run_units(tx, run_no, view.page_of(UNITS))
    forms = {form.traced.section: form for form in TRACED if form.traced}
    return {"trace": run_trace(tx, run_no), "forms": forms, "listing": view.list_of(listed, default_sort="sn.asc")}


@query("trace:read")
def lot_page(tx: Tx, material_code: str, lot_no: str, view: View) -> Mapping[str, Any]:
    """Give the boards that may contain a lot."""
    asked = view.page_of(LOT_UNITS)
    found = lot_units(tx, material_code, lot_no, asked)
    return {"found": found, "listing": view.list_of(found, default_sort=LOT_UNITS.default_sort), **_taken(view)}


def _taken(view: View) -> dict[str, Any]:
    """Give the filters that an export of what is in sight takes along."""
    kept = {name: value for name, value in view.query.items() if value and name not in ("page", "pageSize", "sort")}
    return {"filters": urlencode(kept)}


@query("quality:disposition")
def hold_page(tx: Tx, material_code: str, lot_no: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the boards of a lot that wait at a step, to be held together."""
    found = lot_units(tx, material_code, lot_no, Page(size=MOST_HELD, filters={"status": "QUEUED"}))
    boards = {item["sn"]: item for item in found["items"]}
    return {"lot": found["lot"], "boards": list(boards.values()), "more": found["summary"]["units"] > len(boards)}


@query("trace:read")
def tool_page(tx: Tx, tool_code: str, view: View) -> Mapping[str, Any]:
    """Give the boards a tool touched."""
    found = causes.tool_units(tx, tool_code, view.page_of(causes.TOOL_UNITS))
    head = found["tool"]
    said = [(_("Name"), head["name"]), (_("Kind"), TOOL_KINDS.get(head["kind"], head["kind"]))]
    return _cause(view, "tools", tool_code, _("Tool"), found, said)


@query("trace:read")
def carrier_page(tx: Tx, carrier_no: str, view: View) -> Mapping[str, Any]:
    """Give the boards that were on a carrier."""
    found = causes.carrier_units(tx, carrier_no, view.page_of(causes.CARRIER_UNITS))
    return _cause(
        view,
        "carriers",
        carrier_no,
        _("Carrier"),
        found,
        [(_("Kind"), found["carrier"]["type"]), (_("State"), found["carrier"]["status"])],
    )


@query("trace:read")
def station_page(tx: Tx, station_code: str, view: View) -> Mapping[str, Any]:
    """Give the boards that were in a station on days of the plant; today's when no day was asked for."""
    today = clock.plant_day(tx.now, tx.store.zone).isoformat()
    shown = View(
        view.path, {"from": today, "to": today, **{name: value for name, value in view.query.items() if value}}
    )
    asked = View(view.path, {**shown.query, **_days(shown.query, tx.store.zone)})
    found = causes.station_units(tx, station_code, asked.page_of(causes.STATION_UNITS))
    said = [(_("Name"), found["station"]["name"]), (_("Line"), found["station"]["lineCode"])]
    results = [("PASS", _("Passed")), ("FAIL", _("Failed"))]
    return _cause(shown, "stations", station_code, _("Station"), found, said) | {"results": results, **_taken(asked)}


def _days(asked: Mapping[str, str], zone: str) -> dict[str, str]:
    """Give the instants of the days asked for, today's for what is no day of this time; more than 31 days are cut to the last 31."""
    days, today = [], clock.plant_day(clock.now_ms(), zone)
    for name in ("from", "to"):
        try:
            day = date.fromisoformat(asked[name])
        except ValueError:
            day = today
        days.append(day if FIRST_YEAR <= day.year <= today.year + 1 else today)
    since, until = min(days), max(days)
    since = max(since, until - timedelta(days=causes.MOST_DAYS - 1))
    return {
        "from": clock.to_wire(clock.day_start(since, zone)) or "",
        "to": clock.to_wire(clock.day_start(until + timedelta(days=1), zone) - 1) or "",
    }


@query("trace:read")
def code_page(tx: Tx, code: str, view: View) -> Mapping[str, Any]:
    """Give the boards on which a defect of a code was found."""
    found = causes.code_units(tx, code, view.page_of(causes.CODE_UNITS))
    head = found["defectCode"]
    name = head["nameEn"] if current_language() == "en" and head["nameEn"] else head["name"]
    return _cause(
        view,
        "defect-codes",
        code,
        _("Defect code"),
        found,
        [
            (_("Name"), name or _("not in the master")),
            (_("Severity"), SEVERITIES.get(head["severity"] or "", head["severity"])),
        ],
    )


def _cause(  # noqa: PLR0917 - one for each part of the page
    view: View, room: str, key: str, kind: str, found: Mapping[str, Any], said: Sequence[tuple[str, Any]]
) -> dict[str, Any]:
    export = f"/api/trace/{room}/{quote(key, safe='')}/export"
    return {
        "key": key, "kind": kind, "found": found, "facts": said, "export": export, "results": None,
        "listing": view.list_of(found, default_sort="from.asc"), **_taken(view),
    }  # fmt: skip


pages.page("/trace", search_page, "trace/search.html")
pages.page("/trace/units/{sn}", unit_page, "trace/unit.html")
pages.page("/trace/lots/{materialCode}/{lotNo}", lot_page, "trace/lot.html", slow=True)
pages.page("/trace/runs/{runNo}", run_page, "trace/run.html", slow=True)
pages.page("/trace/lots/{materialCode}/{lotNo}/hold-dialog", hold_page, "trace/hold_dialog.html", slow=True)
pages.page("/trace/tools/{toolCode}", tool_page, "trace/touched.html", slow=True)
pages.page("/trace/carriers/{carrierNo}", carrier_page, "trace/touched.html", slow=True)
pages.page("/trace/stations/{stationCode}", station_page, "trace/touched.html", slow=True)
pages.page("/trace/defect-codes/{code}", code_page, "trace/touched.html", slow=True)
