"""The ground that scenarios stand on, and that of `spine`: a line of its own whose only gate is ROUTE, with a route of its own.

Its operations are its own too: a required collection item of a common operation would have to be bound by every route that
uses it, and the routes of the demo plant have none (spec 12.3).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fiducial.demo.acceptance.client import in_path
from fiducial.demo.acceptance.steps import OK, Walk, refused


@dataclass(frozen=True, kw_only=True)
class Item:
    """One collection item, and a value within its limits; `field` is where the value goes on the wire."""

    name: str
    data_type: str
    value: Any
    spec: Mapping[str, Any] | None = None
    item_type: str = "KEY"
    is_required: bool = True
    alarm: Mapping[str, Any] | None = None

    @property
    def field(self) -> str:
        """Give the name of the value's field in a track-out."""
        return {"NUMBER": "valueNumber", "TEXT": "valueText", "BOOLEAN": "valueBoolean"}[self.data_type]

    @property
    def limits(self) -> tuple[Any, Any]:
        """Give the limits that a judge uses (spec 05.7)."""
        spec = self.spec or {}
        return spec.get("lsl", spec.get("min")), spec.get("usl", spec.get("max"))

    @property
    def judge(self) -> str:
        """Give the judgement that the value must get."""
        return "PASS" if self.spec and set(self.spec) - {"unit", "decimals"} else "NA"


@dataclass(frozen=True, kw_only=True)
class Place:
    """One step of the route and the only station of the line that may do it."""

    step_no: int
    suffix: str
    operation_code: str
    name: str
    process_kind: str
    items: tuple[Item, ...]
    is_key: bool = False
    is_bench: bool = True  # no machine is expected here


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A line and its route."""

    process_type: str
    line_code: str
    line_name: str
    route_code: str
    route_name: str
    places: tuple[Place, ...]

    def station_code(self, place: Place) -> str:
        """Give the code of a station; its group has the same."""
        return f"{self.line_code}-{place.suffix}"


SMT = Ground(
    process_type="SMT", line_code="ACC-SMT", line_name="验收 SMT 线", route_code="ACC-SMT-V1", route_name="验收 SMT 路线",
    places=(
        Place(step_no=10, suffix="PRINT", operation_code="ACC-PRINTING", name="锡膏印刷", process_kind="PRINT", items=(
            Item(name="刮刀压力", data_type="NUMBER", value=6.2, spec={"unit": "kg", "decimals": 1, "lsl": 4, "target": 6, "usl": 8}),
            Item(name="钢网已清洁", data_type="BOOLEAN", value=True, spec={"expected": True}),
        )),
        Place(step_no=20, suffix="SPI", operation_code="ACC-SPI", name="锡膏检测", process_kind="SPI", is_key=True, items=(
            Item(name="锡膏高度", data_type="NUMBER", value=0.147, spec={"unit": "mm", "decimals": 3, "min": 0.08, "max": 0.22}),
        )),
        Place(step_no=30, suffix="MOUNT", operation_code="ACC-MOUNTING", name="贴片", process_kind="MOUNT", items=(
            Item(name="贴装程序", data_type="TEXT", value="PG-1001", spec={"pattern": "[A-Z]{2}-[0-9]{4}"}),
        )),
        Place(step_no=40, suffix="REFLOW", operation_code="ACC-REFLOW", name="回流焊", process_kind="REFLOW", items=(
            Item(name="峰值温度", data_type="NUMBER", value=248.5, spec={"unit": "℃", "decimals": 1, "lsl": 235, "usl": 265}),
            Item(name="链速", data_type="NUMBER", value=85, spec={"unit": "cm/min"}, item_type="OBSERVATION", is_required=False),
        )),
        Place(step_no=50, suffix="AOI", operation_code="ACC-AOI", name="光学检测", process_kind="AOI", is_key=True, items=(
            Item(name="检测结果", data_type="BOOLEAN", value=True, spec={"expected": True}),
            Item(name="备注", data_type="TEXT", value="无异常", item_type="OBSERVATION", is_required=False),
        )),
    ),
)  # fmt: skip

DIP = Ground(
    process_type="DIP", line_code="ACC-DIP", line_name="验收插件线", route_code="ACC-DIP-V1", route_name="验收插件路线",
    places=(
        Place(step_no=10, suffix="INSERT", operation_code="ACC-DIP-INSERT", name="插件", process_kind="INSERT", items=(
            Item(name="插件高度", data_type="NUMBER", value=1.4, spec={"unit": "mm", "decimals": 1, "usl": 2}),
            Item(name="极性已确认", data_type="BOOLEAN", value=True, spec={"expected": True}),
        )),
        Place(step_no=20, suffix="WAVE", operation_code="ACC-WAVE", name="波峰焊", process_kind="WAVE", items=(
            Item(name="锡炉温度", data_type="NUMBER", value=255.5, spec={"unit": "℃", "decimals": 1, "lsl": 245, "usl": 265}),
        )),
        Place(step_no=30, suffix="POST", operation_code="ACC-POST-SOLDER", name="后焊", process_kind="POST_SOLDER", items=(
            Item(name="烙铁编号", data_type="TEXT", value="T-07", spec={"enum": ["T-06", "T-07", "T-08"]}),
        )),
        Place(step_no=40, suffix="TEST", operation_code="ACC-FUNC-TEST", name="功能测试", process_kind="TEST", is_key=True, items=(
            Item(name="工作电流", data_type="NUMBER", value=96.4, spec={"unit": "mA", "decimals": 1, "min": 80, "max": 120}),
            Item(name="功能正常", data_type="BOOLEAN", value=True, spec={"expected": True}),
        )),
    ),
)  # fmt: skip

GROUNDS: Mapping[str, Ground] = {"smt": SMT, "dip": DIP}


def prepare(walk: Walk, ground: Ground) -> dict[str, str]:
    """Find or make line, stations, operations, route and collection items, and compile; give the id of each station by its code."""
    _line(walk, ground)
    stations = {ground.station_code(place): _station(walk, ground, place) for place in ground.places}
    specs = {place.step_no: _operation(walk, place) for place in ground.places}
    _route(walk, ground)
    for place in ground.places:
        _bind_items(walk, ground, place, specs[place.step_no])
    compile_route(walk, ground, "compile the route", is_ready)
    return stations


def compile_route(walk: Walk, ground: Ground, name: str, check: Any) -> Mapping[str, Any]:
    """Compile the route in a step of that name; give the version."""
    version: Mapping[str, Any] = walk.step(
        name, "engineer", f"POST /routes/{in_path(ground.route_code)}/compile", check=check
    ).data
    walk.tell(routeVersionNo=version["versionNo"])
    return version


def is_ready(version: Mapping[str, Any]) -> Iterator[str]:
    """Check that a version is READY."""
    if version["status"] != "READY":
        yield f"the version is {version['status']}: {version['errors']}"


def _line(walk: Walk, ground: Ground) -> None:
    path = f"/lines/{in_path(ground.line_code)}"
    new = {"code": ground.line_code, "name": ground.line_name, "processType": ground.process_type}
    line = walk.find_or_make(
        "the line", "engineer", find=f"GET {path}", missing="LINE_NOT_FOUND", make="POST /lines", body=new
    )  # fmt: skip
    walk.tell(lineId=line["id"])
    gates = walk.step("gates of the line", "engineer", f"GET {path}/readiness-config").data
    if gates["isDefault"] or gates["enabled"] != ["ROUTE"]:
        only_route = {"enabled": ["ROUTE"], "reason": f"acceptance: {walk.context['scenario']}"}
        walk.step("ROUTE alone must pass", "engineer", f"PUT {path}/readiness-config", only_route)


def _station(walk: Walk, ground: Ground, place: Place) -> str:
    code = ground.station_code(place)
    found = walk.step(
        f"find station {code}",
        "engineer",
        f"GET /stations/{in_path(code)}",
        expect=OK | refused("STATION_NOT_FOUND", 404),
    )
    if found.code is None:
        return str(found.data["id"])
    group = {"code": code, "name": place.name}
    taken = refused("STATION_GROUP_CODE_DUPLICATE")
    walk.step(f"make group {code}", "engineer", "POST /station-groups", group, expect=OK | taken)
    station = {
        "code": code, "name": place.name, "lineCode": ground.line_code, "groupCode": code, "stationType": "MANUAL", "isManualBench": place.is_bench,
    }  # fmt: skip
    made = walk.step(f"make station {code}", "engineer", "POST /stations", station)
    return str(made.data["id"])


def _operation(walk: Walk, place: Place) -> list[str]:
    """Give the ids of the operation's collection items, in their order."""
    new = {
        "code": place.operation_code, "name": place.name, "defaultType": "MANUAL", "isKeyQuality": place.is_key, "processKind": place.process_kind,
    }  # fmt: skip
    walk.find_or_make(
        f"operation {place.operation_code}", "engineer", find=f"GET /operations/{in_path(place.operation_code)}",
        missing="OPERATION_NOT_FOUND", make="POST /operations", body=new,
    )  # fmt: skip
    query = f"GET /data-collection-specs?operationCode={in_path(place.operation_code)}&pageSize=100"
    listed = walk.step(f"items of {place.operation_code}", "engineer", query).data["items"]
    there = {
        spec["name"]: spec["id"]
        for spec in listed
        if spec["operationCode"] == place.operation_code and spec["isActive"]
    }
    return [there.get(item.name) or _make_item(walk, place, item) for item in place.items]


def _make_item(walk: Walk, place: Place, item: Item) -> str:
    new = {
        "operationCode": place.operation_code, "name": item.name, "itemType": item.item_type, "dataType": item.data_type,
        "method": "MANUAL", "triggerType": "EVENT", "triggerRule": {"event": "TRACK_OUT"}, "spec": item.spec, "isRequired": item.is_required,
        "alarm": item.alarm,
    }  # fmt: skip
    return str(walk.step(f"make item {item.name}", "engineer", "POST /data-collection-specs", new).data["id"])


def _route(walk: Walk, ground: Ground) -> None:
    steps = [
        {
            "stepNo": place.step_no,
            "operationCode": place.operation_code,
            "stationGroupCode": ground.station_code(place),
            "requiresFAI": False,
        }
        for place in ground.places
    ]
    new = {"code": ground.route_code, "name": ground.route_name, "processType": ground.process_type, "steps": steps}
    path = f"/routes/{in_path(ground.route_code)}"

    def is_ours(route: Mapping[str, Any]) -> Iterator[str]:
        given = [(step["stepNo"], step["operationCode"]) for step in route["steps"]]
        wanted = [(place.step_no, place.operation_code) for place in ground.places]
        if given != wanted:
            yield f"route {ground.route_code} is not the one of this scenario: its steps are {given}"

    walk.find_or_make(
        "the route", "engineer", find=f"GET {path}", missing="ROUTE_NOT_FOUND", make="POST /routes", body=new
    )
    walk.step("the route has the steps", "engineer", f"GET {path}", check=is_ours)


def _bind_items(walk: Walk, ground: Ground, place: Place, wanted: list[str]) -> None:
    path = f"/routes/{in_path(ground.route_code)}/steps/{place.step_no}"
    options = walk.step(f"bound items of step {place.step_no}", "engineer", f"GET {path}/data-spec-options").data
    if {spec["id"] for spec in options["bound"]} != set(wanted):
        walk.step(f"bind items to step {place.step_no}", "engineer", f"PUT {path}/data-specs", {"dataSpecIds": wanted})
