"""Pages of other systems (spec 14.2, 08.7): how each is and who speaks for it; states by hand."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select

from fiducial.connect import menu, outbound_queries, queries
from fiducial.connect.queries import integration_status
from fiducial.kit import clock, ids
from fiducial.kit.acting import query
from fiducial.kit.tx import Tx
from fiducial.people.reach import lines_in_reach
from fiducial.plant.equipment import codes_of, machines_of
from fiducial.plant.lookup import LineRow, find_line, stations_of_line
from fiducial.plant.modes import is_manual
from fiducial.plant.tables import lines
from fiducial.tooling.reading import bound_paste, bound_stencil, paste_expires_at, paste_state, stencil_state
from fiducial.web.pages import Pages, View

pages = Pages("connect")
MENU, STATUSES = menu.MENU, menu.STATUSES
CHOICES = {
    "equipment": ("NORMAL", "DOWN", "REPAIR", "MAINTENANCE", "OFFLINE"), "stencil": ("READY", "NOT_READY", "MAINTENANCE"),
    "paste": ("COMPLIANT", "NON_COMPLIANT", "EXPIRED"),
}  # fmt: skip
FEEDS = {"equipment": "TPM", "stencil": "STENCIL", "paste": "SOLDER_PASTE"}


@query("integration:view")
def integration_page(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give how each system is and who speaks for it."""
    status = integration_status(tx)
    return {
        "systems": status["systems"],
        "outbound": status["outbound"],
        "words": menu.SYSTEMS,
        "sop": menu.SOP,
        "by_hand": menu.BY_HAND,
    }


@query("readiness:manual", "system:integration")
def mode_dialog(tx: Tx, system: str, view: View) -> Mapping[str, Any]:
    """Give the form that switches a system, for the plant or the lines in reach."""
    return {
        "system": system, "mode": "AUTO" if view.query.get("to") == "AUTO" else "MANUAL", "line": view.query.get("lineCode", ""),
        "lines": [(line.code, f"{line.code} · {line.name}") for line in _lines(tx)], "words": menu.SYSTEMS, "sop": menu.SOP,
        "whole": lines_in_reach(tx, "readiness:manual", "system:integration") is None,
    }  # fmt: skip


def _lines(tx: Tx) -> Sequence[Any]:
    reach = lines_in_reach(tx, "readiness:manual", "system:integration")
    found = select(lines.c.id, lines.c.code, lines.c.name).where(lines.c.is_active).order_by(lines.c.code).limit(200)
    return tx.all(found if reach is None else found.where(lines.c.id.in_(reach)))


@query("readiness:manual")
def manual_entry_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give what a person may say of a line in reach: its machines, its stencil, its paste, each with what is known."""
    reachable = _lines(tx)
    asked = view.query.get("lineCode", "")
    chosen = next((line for line in reachable if line.code == asked), reachable[0] if reachable else None)
    line = find_line(tx, chosen.code) if chosen is not None else None
    return {
        "lines": [(one.code, one.name) for one in reachable], "line": line, "things": _things(tx, line) if line else [],
        "manual": {feed: is_manual(tx, feed, line.id if line else None) for feed in FEEDS.values()},
    }  # fmt: skip


def _things(tx: Tx, line: LineRow) -> list[dict[str, Any]]:
    """Give each thing of a line with its state: kind, code, name, status, source, since, who blocks it."""
    found: list[dict[str, Any]] = []
    stencil, lot = bound_stencil(tx, line.id), bound_paste(tx, line.id)
    found.append(
        _thing("stencil", stencil.code if stencil else "", stencil_state(tx, stencil).evidence() if stencil else {})
    )
    said = paste_state(tx, lot).evidence() if lot else {}
    ends = {"expiresAt": clock.to_wire(paste_expires_at(tx, lot))} if lot else {}
    found.append({**_thing("paste", lot.code if lot else "", said), **ends})
    for station in stations_of_line(tx, line.id):
        if not station.is_active:
            continue
        known = {machine.code: machine.state.evidence() for machine in machines_of(tx, station)}
        found += [
            {**_thing("equipment", code, known.get(code, {})), "name": station.name} for code in codes_of(station)
        ]
    return found


def _thing(kind: str, code: str, said: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": kind, "code": code, "name": "", "status": said.get("blockedStatus") or said.get("status"), **{
        name: said.get(name) for name in ("source", "since", "actorName", "reason", "blockedBy", "expiresAt")
    }}  # fmt: skip


@query("readiness:manual")
def entry_dialog(tx: Tx, entry_kind: str, view: View) -> Mapping[str, Any]:
    """Give the form that says how a thing is; its time is that of the opening, its event id is new."""
    kind = entry_kind if entry_kind in FEEDS else "stencil"
    line = find_line(tx, view.query.get("lineCode", ""))
    return {
        "kind": kind, "code": view.query.get("code", ""), "choices": CHOICES[kind], "feed": FEEDS[kind], "at": clock.to_wire(tx.now),
        "event_id": f"MANUAL-{ids.to_wire(tx.store.ids())}", "reason_needed": not is_manual(tx, FEEDS[kind], line.id if line else None),
    }  # fmt: skip


@query("system:integration")
def messages_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the message log, or what is told to other systems (`tab=out`)."""
    if view.query.get("tab") == "out":
        listing, data = (
            outbound_queries.OUTBOUND_EVENTS,
            outbound_queries.list_outbound(tx, view.page_of(outbound_queries.OUTBOUND_EVENTS)),
        )
    else:
        listing, data = queries.MESSAGES, queries.list_messages(tx, view.page_of(queries.MESSAGES))
    return {
        "listing": view.list_of(data, default_sort=listing.default_sort), "tab": "out" if view.query.get("tab") == "out" else "in",
        "standing": outbound_queries.outbound_standing(tx), "words": menu.SYSTEMS,
    }  # fmt: skip


@query("system:integration")
def message_dialog(tx: Tx, message_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give one message with what it carried. Refuses MESSAGE_NOT_FOUND."""
    return {"message": queries.message_detail(tx, message_id), "words": menu.SYSTEMS}


@query("system:integration")
def outbound_dialog(tx: Tx, event_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give one message that is told, with every attempt. Refuses OUTBOUND_EVENT_NOT_FOUND."""
    return {"message": outbound_queries.outbound_detail(tx, event_id)}


pages.page("/integration/messages", messages_page, "connect/messages.html")
pages.page("/integration/messages/{id}/dialogs/show", message_dialog, "connect/message.html")
pages.page("/integration/outbound/{eventId}/dialogs/show", outbound_dialog, "connect/outbound.html")
pages.page("/integration", integration_page, "connect/integration.html")
pages.page("/integration/systems/panel", integration_page, "connect/systems.html")
pages.page("/integration/systems/{system}/dialogs/mode", mode_dialog, "connect/mode_form.html")
pages.page("/integration/manual-entry", manual_entry_page, "connect/manual_entry.html")
pages.page("/integration/manual-entry/dialogs/{entryKind}", entry_dialog, "connect/entry_form.html")
