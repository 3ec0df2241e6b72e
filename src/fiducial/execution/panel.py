"""What a station shows of one scan (spec 05.14): what it will do, what came of it, what to do next. Reads only.

A scan asks for this panel first. A waiting unit is sent into the station by the panel's own next step; what the server then
said is told here in words, with the unit as it is now.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import bindparam, or_, select

from fiducial.execution import guards
from fiducial.execution.answers import FormAsked
from fiducial.execution.holding import open_hold
from fiducial.execution.ports import wired
from fiducial.execution.queries import asked_of, route_progress, worked_runs
from fiducial.execution.standing import Run, Station, UnitToLeave, stations_for, unit_to_leave
from fiducial.execution.tables import data_values, tracks
from fiducial.kit.refusals import Refused, refusals
from fiducial.kit.statements import Hot
from fiducial.kit.text import _, current_language
from fiducial.kit.tx import Tx
from fiducial.people.tables import roles, user_roles, users
from fiducial.plant.tables import stations
from fiducial.routing.frozen import frozen_route

MOST_NAMES = 4
_last_visit = Hot(
    select(tracks.c.id, tracks.c.result, tracks.c.out_at, tracks.c.station_id, tracks.c.mode, stations.c.code)
    .join_from(tracks, stations, stations.c.id == tracks.c.station_id)
    .where(tracks.c.unit_id == bindparam("unit"), tracks.c.voided_at.is_(None)).order_by(tracks.c.id.desc()).limit(1)
)  # fmt: skip
_outside = Hot(
    select(data_values.c.name, data_values.c.judge, data_values.c.alarmed)
    .where(data_values.c.track_id == bindparam("track"), or_(data_values.c.judge == "FAIL", data_values.c.alarmed.is_(True)))
    .order_by(data_values.c.id)
)  # fmt: skip


@dataclass
class Verdict:
    """The large words: `outcome` is ok, bad, warn or info."""

    outcome: str
    title: str
    text: str = ""
    next: str = ""
    code: str = ""


@dataclass
class Panel:
    """Everything the template needs; what is None is not shown."""

    sn: str
    unit: UnitToLeave | None = None
    steps: Sequence[Mapping[str, Any]] = ()
    verdict: Verdict | None = None
    send: tuple[str, dict[str, Any]] | None = None  # what this scan does next
    form: FormAsked | None = None
    choices: Sequence[tuple[str, str]] = ()  # defect codes
    places: Sequence[str] = ()  # on the board, by their designators
    open_defects: Sequence[Mapping[str, Any]] = ()
    runs: Sequence[str] = ()  # an unknown serial may be registered for one of these
    links: Sequence[tuple[str, str]] = field(default_factory=list)


def panel_of(tx: Tx, station: Station, sn: str, *, did: str, outcome: str) -> Panel:
    """Give the panel of a scan: before anything is done (`outcome` is empty), after a refusal (its code), or after it is done
    (`ok`; `did` tells what: `in`, `out` or `undo`)."""
    panel = Panel(sn, unit_to_leave(tx, sn))
    if panel.unit is not None and panel.unit.run_id is not None:
        panel.steps = route_progress(tx, panel.unit)
        panel.open_defects = wired().defects.open_of(tx, [panel.unit.unit_id]).get(panel.unit.unit_id, ())
    if not outcome:
        _decide(tx, station, panel)
    elif outcome != "ok":
        _tell_refusal(tx, station, panel, outcome)
    elif did == "out":
        _tell_result(tx, panel)
    elif did == "undo":
        panel.verdict = Verdict("info", _("The scan was taken back"), next=_("The board waits at the same step again."))
    elif _is_here(panel, station):
        panel.verdict = Verdict("ok", _("In station"), next=_("Do the work, then press Pass or Fail."))
    if _is_here(panel, station):
        _show_form(tx, station, panel)
    return panel


def _is_here(panel: Panel, station: Station) -> bool:
    unit = panel.unit
    return unit is not None and unit.track_id is not None and unit.track_station_id == station.id


def _decide(tx: Tx, station: Station, panel: Panel) -> None:
    """Settle what this scan does: the form of a unit that is here, or an attempt to take it in, which the server judges."""
    if _is_here(panel, station):
        return
    if not (tx.actor.holds("exec:track_in") or tx.actor.kind == "SYSTEM"):
        if panel.unit is None:
            _tell_refusal(tx, station, panel, "UNIT_NOT_FOUND")
        return
    body: dict[str, Any] = {"sn": panel.sn}
    if panel.unit is None:
        open_to = _registering_runs(tx, station)
        if len(open_to) > 1:
            panel.runs = open_to
            panel.verdict = Verdict("warn", _("A new serial number"), next=_("Choose the run that it belongs to."))
            return
        body |= {"runNo": open_to[0]} if open_to else {}
    panel.send = (f"POST /api/stations/{station.code}/track-in", body)


def _registering_runs(tx: Tx, station: Station) -> list[str]:
    """Give the runs of the line that take unknown serials at this station."""
    found = []
    for run_no, version_id in worked_runs(tx, station.line_id):
        route = frozen_route(tx, version_id)
        if route.unknown_serial_policy == "REGISTER" and route.steps:
            first = route.first
            exactly = first.fits(
                code=station.code,
                station_type=station.station_type,
                group_code=station.group_code,
                is_active=station.is_active,
            )
            if exactly or guards.steps_in(tx, station, first):
                found.append(run_no)
    return found


def _show_form(tx: Tx, station: Station, panel: Panel) -> None:
    unit = panel.unit
    assert unit is not None
    if not (tx.actor.holds("exec:track_out") or tx.actor.kind == "SYSTEM"):
        return
    try:
        panel.form = asked_of(tx, station, unit)
    except Refused as refused:
        panel.verdict = _said(refused)
        return
    english = current_language() == "en"
    panel.choices = [
        (code, f"{code} {name_en if english else name}")
        for code, name, name_en in wired().defects.choices(tx, panel.form["operationCode"])
    ]
    panel.places = wired().defects.places(tx, unit.product_code)


# After the act


def _tell_result(tx: Tx, panel: Panel) -> None:
    """Say what came of a track-out and where the board goes."""
    unit = panel.unit
    last = _last_visit.first(tx, unit=unit.unit_id) if unit is not None else None
    if unit is None or last is None or last.out_at is None:
        return
    numbers = ", ".join(str(defect["defectNo"]) for defect in panel.open_defects)
    if unit.status == "ON_HOLD":
        hold = open_hold(tx, unit.unit_id)
        reason = (hold.reason or hold.source) if hold is not None else ""
        panel.verdict = Verdict("warn", _("On hold"), reason, _("Put it into the hold area; quality must release it."))
    elif unit.status == "OUT_FAILED":
        panel.verdict = Verdict(
            "bad",
            _("Failed"),
            numbers,
            _("Put it aside; quality must decide, defect %(numbers)s.") % {"numbers": numbers},
        )
    elif unit.status == "DONE":
        ended = unit.run_status == "COMPLETED"
        text = _("The run is complete.") if ended else ""
        panel.verdict = _passed(tx, last.id, _("Finished"), text, _("All steps are done: send it to packing."))
    else:
        # A trial board goes no further before the first article is signed and the run is authorised (spec 05.4).
        trial = last.mode == "FAI_TRIAL" and unit.run_status == "PREP"
        following = _("A trial board: bring it to quality for the first article.") if trial else _send_to(tx, unit)
        panel.verdict = _passed(tx, last.id, _("Passed"), "", following)


def _passed(tx: Tx, track_id: int, title: str, text: str, following: str) -> Verdict:
    """Give the words of a PASS. A value outside its limits does not change the result (spec 05.7), but nobody shall miss it."""
    rows = _outside.all(tx, track=track_id)
    if not rows:
        return Verdict("ok", title, text, following)
    outside, alarmed = (", ".join(row.name for row in rows if wanted(row)) for wanted in (_is_outside, _is_alarmed))
    told = [
        _("Outside the limits: %(names)s. The board goes on; tell the team leader.") % {"names": outside}
        if outside
        else "",
        _("Alarm: %(names)s.") % {"names": alarmed} if alarmed else "",
        text,
    ]
    return Verdict("warn", title, " ".join(filter(None, told)), following)


def _is_outside(row: Any) -> bool:
    return bool(row.judge == "FAIL")


def _is_alarmed(row: Any) -> bool:
    return bool(row.alarmed)


def _send_to(tx: Tx, unit: UnitToLeave) -> str:
    step = frozen_route(tx, unit.version_id).by_no.get(unit.current_step_no)
    if step is None:
        return ""
    where = ", ".join(stations_for(tx, unit.line_id, step))
    said = {"operation": step.operation_name, "stations": where}
    return (_("Send it to %(operation)s: %(stations)s") if where else _("Next: %(operation)s")) % said


# Refusals in words


def _tell_refusal(tx: Tx, station: Station, panel: Panel, code: str) -> None:
    """Say why a scan was refused, with the unit and its run as they are now."""
    if code not in refusals:
        return
    about = _facts(tx, station, panel)
    panel.verdict = _said(Refused(code, **about))
    if code == "RUN_NOT_AUTHORIZED" and panel.unit is not None:
        names = _who_may_authorise(tx, panel.unit)
        if names:
            panel.verdict.text += " " + _("May authorise: %(names)s.") % {"names": names}
    if panel.unit is not None and tx.actor.holds("trace:read"):
        panel.links = [(_("History of the board"), f"/trace/units/{panel.sn}")]


def _facts(tx: Tx, station: Station, panel: Panel) -> dict[str, Any]:
    about: dict[str, Any] = {"sn": panel.sn, "stationCode": station.code, "stationLine": station.line_code}
    unit = panel.unit
    if unit is None:
        return about
    about |= {"status": unit.status, "currentStepNo": unit.current_step_no, "runNo": unit.run_no, "runStatus": unit.run_status,
              "woNo": unit.wo_no, "planQty": unit.plan_qty}  # fmt: skip
    about["defectNos"] = ", ".join(str(defect["defectNo"]) for defect in panel.open_defects)
    last = _last_visit.first(tx, unit=unit.unit_id)
    if last is not None:
        about |= {"result": last.result, "stationCode": last.code}
    hold = open_hold(tx, unit.unit_id)
    if hold is not None:
        about["reason"] = hold.reason or hold.source
    if unit.run_id is not None:
        run = cast(Run, unit)
        about["runLine"] = guards.line_code(tx, run.line_id)
        step = frozen_route(tx, run.version_id).by_no.get(unit.current_step_no)
        if step is not None:
            where = stations_for(tx, run.line_id, step)
            about |= {"stepNo": step.step_no, "operationName": step.operation_name, "where": ", ".join(where) or "–"}
    return about


class _Known(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "–"


def _said(refused: Refused) -> Verdict:
    """Give a refusal as the large words: what is wrong, and what to do next."""
    declared, facts = refusals[refused.code], _Known(refused.details)
    what, todo = (declared.en, declared.todo_en) if current_language() == "en" else (declared.zh, declared.todo_zh)
    return Verdict("bad", what.format_map(facts), next=todo.format_map(facts), code=refused.code)


def _who_may_authorise(tx: Tx, unit: UnitToLeave) -> str:
    """Give the names of people who may authorise a run, at most four."""
    found = tx.all(
        select(users.c.name).distinct().select_from(users.join(user_roles).join(roles))
        .where(users.c.is_active.is_(True), (" " + roles.c.permissions + " ").contains(" run:authorize "))
        .order_by(users.c.name).limit(MOST_NAMES)
    )  # fmt: skip
    return ", ".join(row.name for row in found) if unit.run_id is not None else ""
