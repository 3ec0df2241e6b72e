"""Pages of tooling (spec 14.2): the register, one tool, repairs, what is bound to a line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fiducial.kit.acting import query
from fiducial.kit.listing import Page
from fiducial.kit.tx import Tx
from fiducial.orders.states import RUN
from fiducial.orders.tables import runs
from fiducial.people.reach import lines_in_reach, must_reach_line
from fiducial.plant.lookup import the_line
from fiducial.plant.tables import lines, stations
from fiducial.tooling import maintaining, queries, testing_pages, words
from fiducial.tooling.binding import MAY_BIND, bindings_of_line
from fiducial.tooling.reading import ACTIVE, STENCIL, find_paste, paste_expires_at, paste_state, stencil_state, the_tool
from fiducial.tooling.tables import paste_lots, tools
from fiducial.web.pages import Pages, View

pages = Pages("tooling")
MENU, STATUSES = words.MENU, words.STATUSES
MOST_CHOICES = 200
_WORDS = {
    "kinds": words.KINDS, "types": words.FIXTURE_TYPES, "materials": words.MATERIALS, "reasons": words.REASONS,
    "repairs": words.MAINTENANCE_TYPES,
}  # fmt: skip


@query("tool:read")
def tools_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the register."""
    data = queries.list_tools(tx, view.page_of(queries.TOOLS))
    return {"listing": view.list_of(data, default_sort=queries.TOOLS.default_sort), **_WORDS}


@query("tool:read")
def tool_page(tx: Tx, tool_code: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give one tool: its life, where it is, what it has been through. Refuses TOOL_NOT_FOUND."""
    tool = queries.tool_detail(tx, tool_code)
    repairs = maintaining.RECORDS.parse([("entityType", tool["kind"]), ("entityId", tool_code), ("pageSize", "20")])
    return {
        "tool": tool, "calibrations": queries.list_calibrations(tx, tool_code, Page(size=20, sort=(("calibratedAt", True),)))["items"],
        "assignments": queries.list_assignments(tx, tool_code, Page(size=20, sort=(("assignedAt", True),)))["items"],
        "records": maintaining.list_records(tx, repairs)["items"] if tx.actor.holds("maintenance:read") else [],
        "state": _stencil_state(tx, tool_code) if tool["kind"] == STENCIL else None, **_WORDS,
    }  # fmt: skip


def _stencil_state(tx: Tx, code: str) -> dict[str, Any]:
    state = stencil_state(tx, the_tool(tx, code))
    return {"status": state.status, **state.evidence()}


@query("tool:config")
def tool_dialog(tx: Tx, tool_code: str, name: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give one of the forms of a tool: edit or calibrate."""
    return {"tool": queries.tool_detail(tx, tool_code), "name": name, **_WORDS}


@query("tool:config")
def new_tool_dialog(tx: Tx, kind: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a new tool of a kind."""
    return {"tool": None, "name": "new", "kind": kind if kind in words.KINDS else STENCIL, **_WORDS}


@query("readiness:record")
def assign_dialog(tx: Tx, tool_code: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form that assigns a fixture: the runs that go on and the stations of lines in reach."""
    reach = lines_in_reach(tx, "readiness:record")
    wanted = (
        select(runs.c.run_no, lines.c.code)
        .join(lines, lines.c.id == runs.c.line_id)
        .where(runs.c.status.not_in(RUN.terminal))
    )
    places = select(stations.c.code, stations.c.name, lines.c.code.label("line_code")).join(
        lines, lines.c.id == stations.c.line_id
    )
    if reach is not None:
        wanted, places = wanted.where(runs.c.line_id.in_(reach)), places.where(stations.c.line_id.in_(reach))
    newest = wanted.order_by(runs.c.created_at.desc()).limit(MOST_CHOICES)
    active = places.where(stations.c.is_active).order_by(lines.c.code, stations.c.code).limit(MOST_CHOICES)
    return {
        "tool": queries.tool_detail(tx, tool_code), "runs": [(row.run_no, f"{row.run_no} · {row.code}") for row in tx.all(newest)],
        "stations": [(row.code, f"{row.line_code} · {row.code} {row.name}") for row in tx.all(active)], **_WORDS,
    }  # fmt: skip


@query("maintenance:read")
def maintenance_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the repairs, those that are open unless asked otherwise."""
    data = maintaining.list_records(tx, view.page_of(maintaining.RECORDS))
    return {"listing": view.list_of(data, default_sort=maintaining.RECORDS.default_sort), "lines": _lines(tx), **_WORDS}


def _lines(tx: Tx) -> list[tuple[str, str]]:
    reach = lines_in_reach(tx, "maintenance:read")
    found = select(lines.c.code, lines.c.name).order_by(lines.c.code).limit(MOST_CHOICES)
    found = found if reach is None else found.where(lines.c.id.in_(reach))
    return [(row.code, f"{row.code} · {row.name}") for row in tx.all(found)]


@query("maintenance:write")
def report_dialog(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the form that reports a repair, of the thing that the address names."""
    return {"kind": view.query.get("kind", ""), "code": view.query.get("code", ""), "lines": _lines(tx), **_WORDS}


@query("maintenance:read")
def record_dialog(tx: Tx, record_no: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give a repair with what may be done to it now. Refuses MAINTENANCE_NOT_FOUND, FORBIDDEN."""
    return {"record": maintaining.record_detail(tx, record_no), **_WORDS}


@query("readiness:view")
def bindings_card(tx: Tx, line_code: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give what is bound to a line, with what is known of it. Refuses LINE_NOT_FOUND, FORBIDDEN."""
    bound = bindings_of_line(tx, line_code)
    stencil, paste = bound["stencil"], bound["solderPaste"]
    shown: dict[str, Any] = {"bound": bound, "stencil": None, "paste": None, **_WORDS}
    if stencil is not None:
        shown["stencil"] = {
            **queries.tool_of_code(tx, stencil["stencilId"]),
            "state": _stencil_state(tx, stencil["stencilId"])["status"],
        }
    if paste is not None:
        lot = find_paste(tx, paste["lotId"])
        assert lot is not None, "it is bound"
        shown["paste"] = {"state": paste_state(tx, lot).status, "expiresAt": paste_expires_at(tx, lot)}
    return shown


@query("loading:config", "readiness:manual")
def bind_dialog(tx: Tx, line_code: str, what: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form that binds a stencil or paste: scanned, or picked of those that are known. Refuses as binding does."""
    must_reach_line(tx, the_line(tx, line_code).id, *MAY_BIND)
    if what == "stencil":
        known = select(tools.c.code, tools.c.name).where(tools.c.kind == STENCIL, tools.c.status == ACTIVE)
        choices = [
            (row.code, f"{row.code} · {row.name}") for row in tx.all(known.order_by(tools.c.code).limit(MOST_CHOICES))
        ]
    else:
        jars = select(paste_lots.c.code).order_by(paste_lots.c.created_at.desc()).limit(MOST_CHOICES)
        choices = [(row.code, row.code) for row in tx.all(jars)]
    return {
        "line_code": line_code,
        "what": "stencil" if what == "stencil" else "solder-paste",
        "choices": choices,
        **_WORDS,
    }


pages.page("/tools", tools_page, "tooling/tools.html")
pages.page("/tools/dialogs/new/{toolKind}", new_tool_dialog, "tooling/tool_form.html")
pages.page("/tools/{toolCode}", tool_page, "tooling/tool.html")
pages.page("/tools/{toolCode}/dialogs/assign", assign_dialog, "tooling/assign_form.html")
pages.page("/tools/{toolCode}/dialogs/{toolForm}", tool_dialog, "tooling/tool_form.html")
pages.page("/maintenance", maintenance_page, "tooling/maintenance.html")
pages.page("/maintenance/dialogs/report", report_dialog, "tooling/report_form.html")
pages.page("/maintenance/{recordNo}/dialogs/show", record_dialog, "tooling/record.html")
pages.page("/lines/{lineCode}/bindings/card", bindings_card, "tooling/bindings_card.html")
pages.page("/lines/{lineCode}/bindings/dialogs/{what}", bind_dialog, "tooling/bind_form.html")
pages.page("/test-programs", testing_pages.programs_page, "tooling/programs.html")
pages.page("/test-programs/dialogs/new", testing_pages.new_program_dialog, "tooling/program_form.html")
pages.page("/test-programs/{id}/dialogs/{programForm}", testing_pages.program_dialog, "tooling/program_form.html")
pages.page("/test-records", testing_pages.records_page, "tooling/test_records.html")
pages.page("/test-records/{id}/dialogs/show", testing_pages.record_dialog, "tooling/test_record.html")
