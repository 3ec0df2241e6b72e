"""`data-collection`: items are bound, asked, judged, alarmed and traced; whatever is missing or wrong is refused on the way.

On a line of its own with three steps: the first alarms and lets go, the second alarms and holds, the third asks for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from fiducial.demo.acceptance.client import in_path
from fiducial.demo.acceptance.scenarios.common import (
    bind_operator,
    close_run,
    ground_of,
    let_it_run,
    make_board,
    run_path,
    start_run,
)
from fiducial.demo.acceptance.scenarios.ground import Ground, Item, Place, compile_route, is_ready, prepare
from fiducial.demo.acceptance.steps import Walk, refused

SMT = Ground(
    process_type="SMT", line_code="ACC-DC-SMT", line_name="验收采集 SMT 线", route_code="ACC-DC-SMT-V1", route_name="验收采集 SMT 路线",
    places=(
        Place(step_no=10, suffix="SPI", operation_code="ACC-DC-SPI", name="锡膏检测", process_kind="SPI", items=(
            Item(name="锡膏高度", data_type="NUMBER", value=0.31, spec={"unit": "mm", "decimals": 3, "lsl": 0.08, "target": 0.15, "usl": 0.22},
                 alarm={"action": "ALARM_ONLY"}),
            Item(name="无桥连", data_type="BOOLEAN", value=True, spec={"expected": True}),
        )),
        Place(step_no=20, suffix="REFLOW", operation_code="ACC-DC-REFLOW", name="回流焊", process_kind="REFLOW", items=(
            Item(name="峰值温度", data_type="NUMBER", value=272.5, spec={"unit": "℃", "decimals": 1, "lsl": 235, "usl": 265},
                 alarm={"action": "HOLD", "max": 270}),
        )),
        Place(step_no=30, suffix="AOI", operation_code="ACC-DC-AOI", name="光学检测", process_kind="AOI", items=()),
    ),
)  # fmt: skip

DIP = Ground(
    process_type="DIP", line_code="ACC-DC-DIP", line_name="验收采集插件线", route_code="ACC-DC-DIP-V1", route_name="验收采集插件路线",
    places=(
        Place(step_no=10, suffix="INSERT", operation_code="ACC-DC-INSERT", name="插件", process_kind="INSERT", items=(
            Item(name="插件高度", data_type="NUMBER", value=2.6, spec={"unit": "mm", "decimals": 1, "usl": 2}, alarm={"action": "ALARM_ONLY"}),
            Item(name="极性已确认", data_type="BOOLEAN", value=True, spec={"expected": True}),
        )),
        Place(step_no=20, suffix="WAVE", operation_code="ACC-DC-WAVE", name="波峰焊", process_kind="WAVE", items=(
            Item(name="锡炉温度", data_type="NUMBER", value=281.0, spec={"unit": "℃", "decimals": 1, "lsl": 245, "usl": 265},
                 alarm={"action": "HOLD", "max": 270}),
        )),
        Place(step_no=30, suffix="VISUAL", operation_code="ACC-DC-VISUAL", name="目视检查", process_kind="INSPECT", items=()),
    ),
)  # fmt: skip

GROUNDS: Mapping[str, Ground] = {"smt": SMT, "dip": DIP}


def data_collection(walk: Walk) -> None:
    """Walk the scenario. Must end with: run COMPLETED, and a trace with both alarms, their limits, and who let the board go."""
    ground = ground_of(walk, GROUNDS)
    alarming, holding, last = ground.places
    walk.tell(lineCode=ground.line_code, routeCode=ground.route_code, stations=len(ground.places))
    walk.sign_in()
    stations = prepare(walk, ground)
    _forget_and_bind(walk, ground, alarming)
    bind_operator(walk, stations)
    start_run(walk, ground)
    make_board(walk)
    let_it_run(walk, ground)
    _asked_and_refused(walk, ground, alarming)
    _alarms_and_goes_on(walk, ground, alarming, holding)
    _is_held(walk, ground, holding, last)
    _finishes(walk, ground, last)
    sn = in_path(walk.context["sn"])
    walk.step(
        "the trace shows values, limits, alarms and the hold",
        "quality",
        f"GET /trace/units/{sn}",
        check=_tells(ground),
    )


def _forget_and_bind(walk: Walk, ground: Ground, place: Place) -> None:
    """A required item that is not bound is an error at its step and field; an item of another operation is not bound at all."""
    at = f"/routes/{in_path(ground.route_code)}/steps/{place.step_no}"
    bound = [spec["id"] for spec in walk.step("what is bound", "engineer", f"GET {at}/data-spec-options").data["bound"]]
    other = f"/routes/{in_path(ground.route_code)}/steps/{ground.places[1].step_no}/data-specs"
    walk.step(
        "an item of another operation is refused", "engineer", f"PUT {other}", {"dataSpecIds": bound}, expect=refused("DATA_SPEC_OPERATION_MISMATCH")
    )  # fmt: skip
    walk.step("forget to bind", "engineer", f"PUT {at}/data-specs", {"dataSpecIds": []})

    def names_step_and_field(version: Mapping[str, Any]) -> Iterator[str]:
        errors = [
            (one["code"], one["stepNo"], one["field"], one["details"].get("specNames")) for one in version["errors"]
        ]
        wanted = ("DATA_SPEC_REQUIRED_UNBOUND", place.step_no, "dataSpecIds", sorted(item.name for item in place.items))
        if version["status"] != "INVALID" or errors != [wanted]:
            yield f"the version is {version['status']} with {errors}, not INVALID with {wanted}"

    compile_route(walk, ground, "the compile names what is not bound", names_step_and_field)
    walk.step("bind again", "engineer", f"PUT {at}/data-specs", {"dataSpecIds": bound})
    compile_route(walk, ground, "compile", is_ready)


def _scan(walk: Walk, **more: Any) -> dict[str, Any]:
    return {"sn": walk.context["sn"], "runNo": walk.context["runNo"], **more}


def _at(ground: Ground, place: Place) -> str:
    return f"/stations/{in_path(ground.station_code(place))}"


def _data_of(place: Place) -> list[dict[str, Any]]:
    return [{"specName": item.name, item.field: item.value} for item in place.items]


def _asked_and_refused(walk: Walk, ground: Ground, place: Place) -> None:
    """The form asks what was frozen; a PASS without it, a wrong type and an unknown item are refused, all faults at once."""
    station, sn = _at(ground, place), in_path(walk.context["sn"])
    walk.step("track in", "operator", f"POST {station}/track-in", _scan(walk))

    def asks(form: Mapping[str, Any]) -> Iterator[str]:
        asked = {spec["name"]: (spec["requiredNow"], spec["alarm"]["action"]) for spec in form["specs"]}
        wanted = {item.name: (True, item.alarm["action"] if item.alarm else None) for item in place.items}
        if asked != wanted:
            yield f"the form asks for {asked}, not {wanted}"

    walk.step("the form asks for both items", "operator", f"GET {station}/unit/{sn}/data-specs", check=asks)
    out, passed = f"POST {station}/track-out", _scan(walk, result="PASS")
    first, second = place.items
    some = [{"specName": first.name, first.field: first.value}]
    answer = walk.step(
        "one item missing", "operator", out, passed | {"data": some}, expect=refused("REQUIRED_DATA_MISSING")
    )
    missing = [item["specName"] for item in answer.details.get("missing", ())]
    walk.expect("the refusal names it", missing == [second.name], f"details.missing is {missing}")
    wrong = [{"specName": first.name, "valueText": "high"}, {"specName": second.name, "valueNumber": 1}]
    answer = walk.step("wrong types", "operator", out, passed | {"data": wrong}, expect=refused("DATA_VALUE_INVALID"))
    named = sorted(item["specName"] for item in answer.details.get("specs", ()))
    walk.expect("the refusal names both", named == sorted((first.name, second.name)), f"details.specs names {named}")
    unknown = [*_data_of(place), {"specName": "no such item", "valueNumber": 1}]
    walk.step(
        "an item that is not bound",
        "operator",
        out,
        passed | {"data": unknown},
        expect=refused("DATA_SPEC_NOT_FOUND", 404),
    )


def _alarms_and_goes_on(walk: Walk, ground: Ground, place: Place, following: Place) -> None:
    first = place.items[0]

    def goes_on(data: Mapping[str, Any]) -> Iterator[str]:
        value = next(value for value in data["dataValues"] if value["specName"] == first.name)
        if (value["judge"], value["alarmed"]) != ("FAIL", True):
            yield f"{first.name} lies outside its limits, and is {value}"
        if (data["status"], data["result"], data["nextStepNo"], data["hold"]) != (
            "QUEUED",
            "PASS",
            following.step_no,
            None,
        ):
            yield f"ALARM_ONLY lets the board go on, and it is {data['status']} with hold {data['hold']}"

    body = _scan(walk, result="PASS", data=_data_of(place))
    walk.step(
        "outside its limits: an alarm, and the board goes on",
        "operator",
        f"POST {_at(ground, place)}/track-out",
        body,
        check=goes_on,
    )


def _is_held(walk: Walk, ground: Ground, place: Place, following: Place) -> None:
    station, sn = _at(ground, place), in_path(walk.context["sn"])

    def is_held(data: Mapping[str, Any]) -> Iterator[str]:
        hold = data["hold"] or {}
        if (data["status"], hold.get("source"), hold.get("resumeStatus")) != ("ON_HOLD", "DATA_ALARM", "QUEUED"):
            yield f"the alarm must hold the board, and it is {data['status']} with hold {hold}"
        elif place.items[0].name not in hold["reason"]:
            yield f"the hold does not name the item: {hold['reason']}"

    walk.step("track in at the second station", "operator", f"POST {station}/track-in", _scan(walk))
    body = _scan(walk, result="PASS", data=_data_of(place))
    walk.step(
        "beyond the alarm limit: held in the same answer", "operator", f"POST {station}/track-out", body, check=is_held
    )
    walk.step(
        "a held board goes nowhere", "operator", f"POST {_at(ground, following)}/track-in", _scan(walk), expect=refused("UNIT_ON_HOLD")
    )  # fmt: skip
    reason = {"reason": "measured again, within its limits"}
    walk.step(
        "an operator does not release it",
        "operator",
        f"POST /units/{sn}/release",
        reason,
        expect=refused("FORBIDDEN", 403),
    )
    walk.step("quality releases it", "quality", f"POST /units/{sn}/release", reason)


def _finishes(walk: Walk, ground: Ground, place: Place) -> None:
    station = _at(ground, place)
    walk.step("track in at the last station", "operator", f"POST {station}/track-in", _scan(walk))
    walk.step("track out without data", "operator", f"POST {station}/track-out", _scan(walk, result="PASS"))

    def is_completed(data: Mapping[str, Any]) -> Iterator[str]:
        if data["run"]["status"] != "COMPLETED":
            yield f"the run is {data['run']['status']}"

    close_run(walk)
    walk.step("the run is COMPLETED", "planner", f"GET {run_path(walk)}", check=is_completed)


def _tells(ground: Ground) -> Any:
    """Give the check of the trace: each value with the limits and the judgement of its moment, alarms, the hold and who ended it."""
    items = {item.name: item for place in ground.places for item in place.items}

    def check(trace: Mapping[str, Any]) -> Iterator[str]:
        values = {value["name"]: value for value in trace["dataValues"]}
        if set(values) != set(items):
            yield f"the values recorded are {sorted(values)}"
            return
        for name, item in items.items():
            value, out = values[name], item.data_type == "NUMBER"
            if value[item.field] != item.value or (value["judge"], value["alarmed"]) != (
                ("FAIL", True) if out else ("PASS", False)
            ):
                yield f"{name} stands as {value[item.field]} {value['judge']}, alarmed {value['alarmed']}"
            if out and (value["limits"]["min"], value["limits"]["max"]) != item.limits:
                yield f"{name} stands with limits {value['limits']}"
        holds = [(hold["source"], bool(hold["releasedByName"])) for hold in trace["holds"]]
        if holds != [("DATA_ALARM", True)]:
            yield f"the holds are {trace['holds']}"

    return check
