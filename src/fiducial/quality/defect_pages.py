"""Pages of defects and rework tasks (spec 14.2): the lists, one of each, their forms. They only read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from fiducial.kit import ids
from fiducial.kit.acting import query
from fiducial.kit.refusals import Refused
from fiducial.kit.text import _, current_language
from fiducial.kit.tx import Tx
from fiducial.orders.states import ON_HOLD
from fiducial.orders.tables import runs, units, work_orders
from fiducial.quality import defects as reading
from fiducial.quality import ports
from fiducial.quality.disposing import tasks
from fiducial.quality.disposing.decide import DISPOSABLE
from fiducial.quality.page_words import CLOSE_REASONS, DISPOSITIONS, RESULTS, SOURCES, code_choices
from fiducial.quality.pages import line_choices
from fiducial.quality.photos.keeping import MAY_ADD, MOST_PHOTOS, photos_of, the_defect
from fiducial.quality.settings import REWORK_LIMIT
from fiducial.quality.states import CLOSED, HOLD, OPEN, RECORDED
from fiducial.quality.tables import defects
from fiducial.quality.words import SEVERITIES
from fiducial.routing.frozen import frozen_route
from fiducial.web.pages import Pages, View

pages = Pages("quality")

SEES = ("quality:disposition", "quality:record", "trace:read")


@query(*SEES)
def defects_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the defects; whoever may only record them is offered that."""
    words = {"sources": SOURCES, "close_reasons": CLOSE_REASONS, "dispositions": DISPOSITIONS}
    if not any(tx.actor.holds(permission) for permission in reading.MAY_SEE):
        return words | {"listing": None, "lines": []}
    data = reading.list_defects(tx, view.page_of(reading.DEFECTS))
    listing = view.list_of(data, default_sort=reading.DEFECTS.default_sort)
    return words | {"listing": listing, "lines": line_choices(tx, *reading.MAY_SEE)}


@query("quality:disposition", "trace:read")
def defect_page(tx: Tx, defect_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give one defect with its board, the board's other open faults and what was decided."""
    row = reading.defect_detail(tx, defect_id)
    history = [
        {
            "at": one["decidedAt"], "title": DISPOSITIONS.get(one["type"], one["type"]), "icon": "tool" if one["type"] == "REWORK" else "hand-stop",
            "text": one["reason"], "by": one["decidedByName"], "tags": [one["overrideReason"]] if one["overrideReason"] else [],
        }
        for one in row["dispositions"]
    ]  # fmt: skip
    return {
        "row": row, "history": history, "others": _others(tx, row), "standing": _standing(row), "can": _can(row), "sources": SOURCES,
        "results": RESULTS, "sees": True, "most": MOST_PHOTOS, "severities": SEVERITIES,
    }  # fmt: skip


def _can(row: Any) -> dict[str, bool]:
    last = row["dispositions"][-1]["type"] if row["dispositions"] else None
    lost = bool(row["reworkTask"] and (row["reworkTask"]["repairRecord"] or {}).get("result") == tasks.NOT_REPAIRABLE)
    undecided = row["status"] == RECORDED or (row["status"] != CLOSED and last == HOLD)
    return {
        "dispose": (undecided and row["unit"]["status"] in DISPOSABLE) or (row["status"] != CLOSED and lost),
        "release": row["status"] != CLOSED and last == HOLD and row["unit"]["status"] == ON_HOLD,
    }  # fmt: skip


def _standing(row: Any) -> dict[str, str]:
    if row["status"] == CLOSED:
        reason = CLOSE_REASONS.get(row["closeReason"] or "", row["closeReason"])
        return {"kind": "ok", "title": _("Closed: %(reason)s") % {"reason": reason}, "text": ""}
    if row["status"] == RECORDED:
        if not row["blocking"]:
            return {"kind": "info", "title": _("Recorded"), "text": _("It does not stop the board.")}
        return {"kind": "bad", "title": _("Quality must decide"), "text": _("The board stays where it is until then.")}
    held = row["dispositions"] and row["dispositions"][-1]["type"] == HOLD
    text = (
        _("Put it into the hold area until it is reviewed.")
        if held
        else _("It is closed when the board passes the failed step.")
    )
    return {"kind": "warn", "title": _("On hold") if held else _("To be reworked"), "text": text}


def _others(tx: Tx, row: Any) -> list[dict[str, Any]]:
    unit = tx.scalar(select(units.c.id).where(units.c.sn == row["sn"]))
    found = tx.all(
        select(defects)
        .where(defects.c.unit_id == unit, defects.c.status != CLOSED, defects.c.id != ids.from_wire(row["id"]))
        .order_by(defects.c.id)
    )
    return [
        {
            "id": ids.to_wire(one.id), "defectNo": one.defect_no, "code": one.code, "codeName": one.code_name, "location": one.location,
            "status": one.status,
        }
        for one in found
    ]  # fmt: skip


@query("quality:disposition", "quality:record")
def new_defect_dialog(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the form that records a defect, with the places where faults were found most."""
    often = (
        select(defects.c.location).where(defects.c.location.is_not(None)).group_by(defects.c.location)
        .order_by(func.count().desc(), defects.c.location).limit(8)
    )  # fmt: skip
    sn = view.query.get("sn", "")
    return {
        "name": "new", "codes": code_choices(tx), "sn": sn, "locations": [row.location for row in tx.all(often)],
        "offers": _places(tx, sn), "sees": any(tx.actor.holds(permission) for permission in reading.MAY_SEE),
    }  # fmt: skip


@query("quality:disposition", "quality:record")
def places_part(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the field of the place, with the designators of the board that was scanned."""
    return {"offers": _places(tx, view.query.get("unitSn", "").strip())}


def _places(tx: Tx, sn: str) -> Sequence[str]:
    """Give the places of a board's product; none of a board that nobody knows."""
    found = select(work_orders.c.product_code).join_from(units, work_orders, work_orders.c.id == units.c.work_order_id)
    product = tx.scalar(found.where(units.c.sn == sn)) if sn else None
    return ports.board_places(tx, product) if product is not None else ()


@query(*MAY_ADD)
def photo_page(tx: Tx, defect_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give a fault that was recorded, for its photos: with no more of it than whoever recorded it knows."""
    row = the_defect(tx, defect_id, *MAY_ADD)
    shown = {"id": ids.to_wire(row.id), "defectNo": row.defect_no, "code": row.code, "codeName": row.code_name}
    sees = any(tx.actor.holds(permission) for permission in reading.MAY_SEE)
    return {"row": shown | {"photos": photos_of(tx, [row.id]).get(row.id, [])}, "sees": sees, "most": MOST_PHOTOS}


@query("quality:disposition")
def defect_dialog(tx: Tx, defect_id: str, name: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give one of the forms of a defect: dispose, release."""
    row = reading.defect_detail(tx, defect_id)
    unit = tx.one(select(units).where(units.c.sn == row["sn"]))
    run = tx.one(select(runs).where(runs.c.id == unit.run_id))
    failed = row["stepNo"] if row["stepNo"] is not None else unit.current_step_no
    steps = [
        (step.step_no, f"{step.step_no} {step.operation_name}") for step in frozen_route(tx, run.version_id).steps if step.step_no <= failed
    ]  # fmt: skip
    limit = REWORK_LIMIT.of(tx)
    return {
        "name": name, "row": row, "steps": steps, "others": _others(tx, row), "reworks": unit.rework_count,
        "over_limit": unit.rework_count + 1 > limit,
    }  # fmt: skip


@query(*tasks.MAY_READ)
def tasks_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the rework tasks."""
    data = tasks.list_tasks(tx, view.page_of(tasks.TASKS))
    return {"listing": view.list_of(data, default_sort=tasks.TASKS.default_sort), "results": RESULTS}


@query(*tasks.MAY_READ)
def task_page(tx: Tx, task_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give one rework task with every attempt of its repair."""
    row = tasks.task_of(tx, task_id)
    attempts = tasks.attempts_of(tx, ids.from_wire(row["id"]) or -1)
    blocked = ""
    if not attempts:
        blocked = Refused("REPAIR_RECORD_REQUIRED").sentence(current_language())
    elif attempts[-1]["result"] == tasks.NOT_REPAIRABLE:
        blocked = Refused("REPAIR_RESULT_NOT_OK").sentence(current_language())
    fault = row["defect"]
    symptom = " ".join(filter(None, (fault["code"], fault["codeName"], fault["location"])))
    return {
        "row": row,
        "attempts": attempts,
        "blocked": blocked if row["status"] == OPEN else "",
        "symptom": symptom,
        "results": RESULTS,
    }


pages.page("/defects", defects_page, "quality/defects.html")
pages.page("/defects/dialogs/new", new_defect_dialog, "quality/defect_dialog.html")
pages.page("/defects/dialogs/places", places_part, "quality/defect_place.html")
pages.page("/defects/{defectId}/photo", photo_page, "quality/defect_photo.html")
pages.page("/defects/{defectId}", defect_page, "quality/defect.html")
pages.page("/defects/{defectId}/dialogs/{name}", defect_dialog, "quality/defect_dialog.html")
pages.page("/rework-tasks", tasks_page, "quality/tasks.html")
pages.page("/rework-tasks/{taskId}", task_page, "quality/task.html")
