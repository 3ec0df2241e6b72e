"""The trace pages (追溯页, spec 07.10): find a thing by scan, read a board's or a run's history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from fiducial.kit.acting import query
from fiducial.kit.text import Text, current_language
from fiducial.kit.tx import Tx
from fiducial.trace.facts import UnitFacts, unit_facts
from fiducial.trace.reverse import LOT_UNITS, lot_units
from fiducial.trace.run import UNITS, run_trace, run_units
from fiducial.trace.search import found_for
from fiducial.trace.timeline import timeline_of
from fiducial.trace.unit import SECTIONS, trace_of
from fiducial.web.pages import Pages, View
from fiducial.web.shell import MenuItem, Status, StatusSet

pages = Pages("trace")
MENU: tuple[MenuItem, ...] = (
    MenuItem(label=Text("Trace"), url="/trace", icon="timeline", group=Text("Quality"), permissions=("trace:read",)),
)
STATUSES: tuple[StatusSet, ...] = (
    StatusSet(
        kind="trace_kind",
        states=(
            Status(code="UNIT", label=Text("Board"), colour="blue"),
            Status(code="RUN", label=Text("Run"), colour="purple"),
            Status(code="WORK_ORDER", label=Text("Work order"), colour="azure"),
            Status(code="LOT", label=Text("Lot"), colour="green"),
        ),
    ),
)
# Where a found thing is shown, and which vocabulary its state belongs to.
ADDRESSES = {"UNIT": "/trace/units/", "RUN": "/trace/runs/", "WORK_ORDER": "/work-orders/"}
VOCABULARY = {"UNIT": "unit", "RUN": "run", "WORK_ORDER": "work_order"}
SHOWN_AS = {"OK": "green", "WARN": "yellow", "BAD": "red", "INFO": "blue"}
ICONS = {
    "CREATED": "plus", "RUN": "stack-2", "READINESS": "checklist", "AUTHORIZED": "certificate", "TRACK_IN": "login", "DATA": "gauge",
    "TRACK_OUT": "logout", "HOLD": "hand-stop", "DEFECT": "alert-triangle", "DONE": "circle-check", "SCRAPPED": "trash",
}  # fmt: skip
TABS = ("timeline", "steps", "quality", "preparation", "raw")


@query("trace:read")
def search_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give what a scan or a few letters find."""
    text = view.query.get("q", "").strip()[:200]
    return {"q": text, "found": found_for(tx, text), "addresses": ADDRESSES, "vocabulary": VOCABULARY}


@query("trace:read")
def unit_page(tx: Tx, sn: str, view: View) -> Mapping[str, Any]:
    """Give a board's history, one tab of it at a time."""
    facts = unit_facts(tx, sn)
    trace = trace_of(tx, facts, SECTIONS, facts.route)
    tab = view.query.get("tab", TABS[0])
    return {
        "trace": trace, "tab": tab if tab in TABS else TABS[0], "progress": _progress(facts), "steps": _steps(trace),
        "entries": _entries(timeline_of(facts, current_language())),
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
    return [_entry(entry) for _at, entry in told]


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
    return {"trace": run_trace(tx, run_no), "listing": view.list_of(listed, default_sort="sn.asc")}


@query("trace:read")
def lot_page(tx: Tx, material_code: str, lot_no: str, view: View) -> Mapping[str, Any]:
    """Give the boards that may contain a lot."""
    asked = view.page_of(LOT_UNITS)
    found = lot_units(tx, material_code, lot_no, asked)
    return {"found": found, "listing": view.list_of(found, default_sort=LOT_UNITS.default_sort)}


pages.page("/trace", search_page, "trace/search.html")
pages.page("/trace/units/{sn}", unit_page, "trace/unit.html")
pages.page("/trace/lots/{materialCode}/{lotNo}", lot_page, "trace/lot.html", slow=True)
pages.page("/trace/runs/{runNo}", run_page, "trace/run.html")
