"""What the page of a run tells: where it is in its life, what blocks it, what to do next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fiducial.kit.text import N_, _, ngettext
from fiducial.kit.tx import Tx
from fiducial.orders.states import AUTHORIZED, CANCELLED, CLOSED_REWORK, COMPLETED, IN_PROGRESS, ON_HOLD, PREP, RUN
from fiducial.orders.words import said, who_may

_ACTS = {
    "GENERATE_UNITS": N_("Generate boards"), "READINESS_CHECK": N_("Check the line"), "READINESS_PRECHECK": N_("Check again"),
    "AUTHORIZE": N_("Authorise the run"), "REVOKE": N_("Revoke the authorisation"), "TRACK_IN": N_("Scan boards at the stations"),
    "CLOSE": N_("Close the run out"), "CANCEL": N_("Cancel the run"),
}  # fmt: skip


def life_of(data: Mapping[str, Any], check: Mapping[str, Any] | None) -> list[dict[str, Any]]:
    """Give the run's life as five steps for the route macro: boards, check, authorised, running, closed."""
    run, stats = data["run"], data["unitStats"]
    status = run["status"]
    boards = {
        "label": _("Boards"),
        "sub": f"{stats['total']} / {run['planQty']}",
        "state": "DONE" if stats["total"] else "TODO",
    }
    checked = {"label": _("Line check"), "sub": _check_sub(data, check), "state": _check_state(data, check)}
    authorised = {"label": _("Authorised"), "state": "TODO", "sub": ""}
    running = {"label": _("Production"), "state": "TODO", "sub": ""}
    closed = {"label": _("Closed"), "state": "TODO", "sub": ""}
    if status != PREP and data["authorizations"]:
        authorised |= {"state": "DONE", "sub": data["authorizations"][0]["byName"] or ""}
    if status == AUTHORIZED:
        checked["state"], running["sub"] = "DONE", _("waits for the first board")
        running["state"] = "CURRENT"
    elif status in (IN_PROGRESS, ON_HOLD):
        boards["state"] = checked["state"] = authorised["state"] = "DONE"
        running |= {
            "state": "HOLD" if status == ON_HOLD else "CURRENT",
            "sub": f"{stats['done'] + stats['scrapped']} / {run['planQty']}",
        }
    elif status in RUN.terminal:
        good = status == COMPLETED
        if status == CLOSED_REWORK:  # its boards belong to the rework run now
            boards |= {"state": "DONE", "sub": _("go on in a rework run")}
        for step in (boards, checked, authorised, running):
            step["state"] = "DONE" if good else step["state"]
        closed |= {"state": "DONE" if good else "FAIL", "label": _("Closed") if good else _("Ended")}
    steps = [boards, checked, authorised, running, closed]
    if status == PREP and not any(step["state"] in ("FAIL", "CURRENT") for step in steps):
        next(step for step in steps if step["state"] == "TODO")["state"] = "CURRENT"
    return [step | {"no": place} for place, step in enumerate(steps, 1)]


def _check_state(data: Mapping[str, Any], check: Mapping[str, Any] | None) -> str:
    if check is None:
        return "TODO"
    if check["status"] == "FAILED":
        return "FAIL"
    return "TODO" if data["readiness"]["stale"] else "DONE"


def _check_sub(data: Mapping[str, Any], check: Mapping[str, Any] | None) -> str:
    if check is None:
        return _("not checked yet")
    if check["status"] == "FAILED":
        failed = check["summary"]["failed"]
        return ngettext("%(num)s item not passed", "%(num)s items not passed", failed) % {"num": failed}
    return _("out of date") if data["readiness"]["stale"] else _("passed")


def standing_of(data: Mapping[str, Any], code: str | None) -> dict[str, str]:
    """Give the one sentence at the top of the page: `kind` of the alert macro, title, text and the code that blocks."""
    run, stats = data["run"], data["unitStats"]
    status = run["status"]
    if status == PREP:
        if code and code != "FORBIDDEN":
            return {
                "kind": "warn",
                "title": _("This run cannot be authorised yet"),
                "text": said(code, **known_of(data)),
                "code": code,
            }
        if not stats["total"]:
            text = _(
                "It has no boards yet. Generate them, or scan customers' labels at the first station if the route allows it."
            )
            return {"kind": "info", "title": _("The line is ready, the boards are missing"), "text": text, "code": ""}
        return {"kind": "ok", "title": _("Everything is ready: the run can be authorised"), "text": "", "code": ""}
    if status == AUTHORIZED:
        first = data["routeSteps"][0]
        where = ", ".join(first["stationCodes"]) or first["operationName"]
        return {
            "kind": "ok",
            "title": _("Authorised: production may start"),
            "text": _("Scan the first board at %(where)s.") % {"where": where},
            "code": "",
        }
    if status == IN_PROGRESS:
        return _in_production(data)
    if status == ON_HOLD:
        return {
            "kind": "bad",
            "title": _("Production is stopped"),
            "text": said("RUN_ON_HOLD", runNo=run["runNo"]),
            "code": "RUN_ON_HOLD",
        }
    if status == COMPLETED:
        made = _("%(good)s good, %(scrap)s scrapped of %(plan)s planned.")
        text = made % {"good": stats["done"], "scrap": stats["scrapped"], "plan": run["planQty"]}
        return {"kind": "ok", "title": _("This run is completed"), "text": text, "code": ""}
    title = _("This run was cancelled") if status == CANCELLED else _("This run has ended")
    return {"kind": "info", "title": title, "text": "", "code": ""}


def _in_production(data: Mapping[str, Any]) -> dict[str, str]:
    stats = data["unitStats"]
    stuck = stats["outFailed"] + stats["onHold"]
    if stuck:
        waiting = ngettext("%(num)s board waits for quality", "%(num)s boards wait for quality", stuck) % {"num": stuck}
        return {
            "kind": "warn",
            "title": waiting,
            "text": _("Failed and held boards must be decided before the run can be closed out."),
            "code": "",
        }
    if _all_finished(stats):
        close = next((step["code"] for step in data["nextActions"] if step["action"] == "CLOSE"), None)
        if close and close != "FORBIDDEN":
            return {
                "kind": "warn",
                "title": _("Every board is finished"),
                "text": said(close, **known_of(data)),
                "code": close,
            }
        return {
            "kind": "ok",
            "title": _("Every board is finished"),
            "text": _("The run can be closed out."),
            "code": "",
        }
    left = stats["total"] - stats["done"] - stats["scrapped"]
    text = ngettext("%(num)s board is still on its way.", "%(num)s boards are still on their way.", left) % {
        "num": left
    }
    return {"kind": "info", "title": _("In production"), "text": text, "code": ""}


def _all_finished(stats: Mapping[str, int]) -> bool:
    return bool(stats["total"]) and stats["done"] + stats["scrapped"] == stats["total"]


def next_of(tx: Tx, data: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Give what may be done next as the next_actions macro takes it, without the buttons: those are made in the template."""
    known = known_of(data)
    shown = []
    boards = data["unitStats"]["total"]
    for step in sorted(data["nextActions"], key=lambda step: _urgency(step, boards)):
        if step["code"] == "QUANTITY_EXCEEDS_PLAN":  # every board of the plan exists: nothing is left to do
            continue
        if step["action"] == "TRACK_IN" and _all_finished(data["unitStats"]):
            continue
        may = tx.actor.holds(step["permission"])
        code = step["code"] if step["code"] != "FORBIDDEN" else None
        state = "blocked" if code else "ready" if may else "waiting"
        shown.append({
            "action": step["action"], "label": _(_ACTS[step["action"]]), "state": state, "text": said(code, **known) if code else "",
            "code": code or "", "who": "" if may else who_may(tx, step["permission"]), "may": may and not code,
        })  # fmt: skip
    if data["run"]["status"] == ON_HOLD:
        shown.insert(0, _mrb_waits(tx))
    return shown


def _mrb_waits(tx: Tx) -> dict[str, Any]:
    """Say that the board of review comes next: its form is in the part of the page that quality gives."""
    may = tx.actor.holds("quality:disposition")
    return {
        "action": "MRB", "label": _("The MRB must decide"), "state": "ready" if may else "waiting", "text": "", "code": "",
        "who": "" if may else who_may(tx, "quality:disposition"), "may": may,
    }  # fmt: skip


_FAI = {
    "PENDING": N_("Waits"), "INSPECTING": N_("Being inspected"), "PASS": N_("Inspection passed"), "FAIL": N_("Inspection failed"),
    None: N_("not begun"),
}  # fmt: skip
_ORDER = ("TRACK_IN", "AUTHORIZE", "GENERATE_UNITS", "READINESS_CHECK", "CLOSE", "READINESS_PRECHECK")
QUIET = ("REVOKE", "CANCEL")  # taking back is no next step; its buttons stand apart


def _urgency(step: Mapping[str, Any], boards: int) -> tuple[bool, bool, int]:
    """Sort what can be done before what is blocked, and both by what is done first: a run without boards gets its boards."""
    action = step["action"]
    first = action == "GENERATE_UNITS" and not boards
    return step["code"] is not None, not first, _ORDER.index(action) if action in _ORDER else len(_ORDER)


def known_of(data: Mapping[str, Any]) -> dict[str, Any]:
    """Give what a sentence about this run may name."""
    run, stats = data["run"], data["unitStats"]
    return {
        "runNo": run["runNo"], "status": run["status"], "runStatus": run["status"], "planQty": run["planQty"], "existing": stats["total"],
        "unitQty": stats["total"], "remaining": max(run["planQty"] - stats["total"], 0), "lineCode": run["lineCode"],
        "faiStatus": _(_FAI.get(data["fai"]["status"], "not begun")),
    }  # fmt: skip
