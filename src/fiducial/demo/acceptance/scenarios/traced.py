"""What the trace of the board must show at the end of `spine` (spec 07.2, 07.3)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fiducial.demo.acceptance.scenarios.ground import Ground, Item
from fiducial.demo.acceptance.steps import Check


def shows_the_story(context: Mapping[str, Any], ground: Ground) -> Check:
    """Give the check of a unit's trace: route, version, steps, tracks, values with limits and judge, persons."""

    def check(trace: Mapping[str, Any]) -> Iterator[str]:
        if not trace["auditGrade"]:
            yield "the trace is not of audit grade"
        if trace["unit"]["status"] != "DONE" or trace["unit"]["runNo"] != context["runNo"]:
            yield f"the unit is {trace['unit']}"
        if trace["workOrder"]["woNo"] != context["woNo"]:
            yield f"the order is {trace['workOrder']}"
        yield from _route(trace, context, ground)
        yield from _run(trace, context)
        yield from _tracks(trace, context, ground)
        yield from _values(trace, ground)

    return check


def _route(trace: Mapping[str, Any], context: Mapping[str, Any], ground: Ground) -> Iterator[str]:
    if trace["route"]["code"] != ground.route_code or trace["routeVersion"]["versionNo"] != context["routeVersionNo"]:
        yield f"the route is {trace['route']} in version {trace['routeVersion']}"
    steps = [(step["stepNo"], step["operationCode"], step["state"]) for step in trace["steps"]]
    if steps != [(place.step_no, place.operation_code, "DONE") for place in ground.places]:
        yield f"the steps are {steps}"


def _run(trace: Mapping[str, Any], context: Mapping[str, Any]) -> Iterator[str]:
    if [run["runNo"] for run in trace["runs"]] != [context["runNo"]] or trace["runs"][0]["status"] != "COMPLETED":
        yield f"the runs are {trace['runs']}"
    elif not trace["runs"][0]["authorizedBy"]:
        yield "it is not told who authorised the run"
    if trace["readiness"] is None or trace["readiness"]["status"] != "PASSED":
        yield f"the check behind the authorisation is {trace['readiness']}"


def _tracks(trace: Mapping[str, Any], context: Mapping[str, Any], ground: Ground) -> Iterator[str]:
    passed = [(track["stepNo"], track["stationCode"]) for track in trace["tracks"] if track["result"] == "PASS"]
    if passed != [(place.step_no, ground.station_code(place)) for place in ground.places] or len(
        trace["tracks"]
    ) != len(passed):
        yield f"the tracks with PASS are {passed} of {len(trace['tracks'])}"
    for track in trace["tracks"]:
        people = (track["inByName"], track["outByName"])
        if people != (context["operatorName"],) * 2:
            yield f"step {track['stepNo']} was done by {people}, not by {context['operatorName']}"
        if not track["inAt"] <= track["outAt"]:
            yield f"step {track['stepNo']} ended before it began"
    if trace["defects"]:
        yield f"a board that never failed has defects {trace['defects']}"


def _values(trace: Mapping[str, Any], ground: Ground) -> Iterator[str]:
    recorded = {(value["stepNo"], value["name"]): value for value in trace["dataValues"]}
    wanted = {(place.step_no, item.name): item for place in ground.places for item in place.items}
    if set(recorded) != set(wanted):
        yield f"the values recorded are {sorted(recorded)}"
        return
    for key, item in wanted.items():
        yield from _value(recorded[key], item)


def _value(value: Mapping[str, Any], item: Item) -> Iterator[str]:
    if value[item.field] != item.value or value["judge"] != item.judge:
        yield f"{item.name} is {value[item.field]} {value['judge']}, not {item.value} {item.judge}"
    if item.data_type == "NUMBER":
        limits = value["limits"] or {}
        if (limits.get("min"), limits.get("max")) != item.limits or value["unit"] != (item.spec or {}).get("unit"):
            yield f"{item.name} stands with limits {value['limits']} {value['unit']}, not {item.limits}"
    if not value["collectedBy"]:
        yield f"it is not told who recorded {item.name}"


def tells_in_order(timeline: Any) -> Iterator[str]:
    """Check the timeline: everything that happened, oldest first."""
    entries = timeline["items"] if isinstance(timeline, Mapping) else timeline
    instants = [entry["at"] for entry in entries]
    if instants != sorted(instants):
        yield "the timeline is not in the order of time"
    missing = {"CREATED", "AUTHORIZED", "TRACK_IN", "DATA", "TRACK_OUT", "DONE"} - {entry["kind"] for entry in entries}
    if missing:
        yield f"the timeline has nothing of {sorted(missing)}"
