"""Where the past was made (spec 12.6): lines, routes, items, slots and materials, made as the plant's engineer would, unless they are there."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import select

from fiducial.demo.base import DemoLine
from fiducial.demo.history import shape
from fiducial.demo.history.shape import HistoryLine
from fiducial.demo.making import Maker
from fiducial.demo.people import DemoPerson
from fiducial.kit import ids
from fiducial.loading.tables import mappings, slots
from fiducial.plant.tables import bom_items, groups, lines, materials, operations, stations
from fiducial.quality.tables import sampling_rules
from fiducial.routing.tables import data_specs, routes, versions

GATES = {"SMT": ("ROUTE", "EQUIPMENT", "LOADING"), "DIP": ("ROUTE", "EQUIPMENT")}


def crew(line: HistoryLine) -> tuple[DemoPerson, ...]:
    """Give who works on a line of the past, and nowhere else: the daily lists of the others stay as they are."""
    name = line.short.lower()
    return (
        DemoPerson(username=f"leader-{name}", name=f"历史组长 {line.short}", role="leader", lines=(line.code,)),
        DemoPerson(username=f"material-{name}", name=f"历史物料 {line.short}", role="material", lines=(line.code,)),
        DemoPerson(
            username=f"operator-{name}", name=f"历史操作 {line.short}", role="operator", stations_of=(line.code,)
        ),
    )


def lay(maker: Maker, gates: Any, of_lines: Sequence[HistoryLine]) -> None:
    """Make lines with everything that stands on them; `gates` makes the gates of a line."""
    _materials(maker)
    for kind in sorted({line.kind for line in of_lines}):
        _operations(maker, kind)
    for line in of_lines:
        _line(maker, gates, line)
    for kind in sorted({line.kind for line in of_lines}):
        _route(maker, kind)  # compiled when its stations are there
    for line in of_lines:
        if line.kind == "SMT":
            for place in range(1, shape.SLOTS + 1):
                _slot(maker, line, place)
        rule = {"productCode": shape.INSPECTED, "lineCode": line.code, "routingCode": line.route, "samplingType": "FIXED", "sampleValue": 2,
                "priority": 10}  # fmt: skip
        there = (
            select(sampling_rules.c.id)
            .join(lines, lines.c.id == sampling_rules.c.line_id)
            .where(sampling_rules.c.product_code == shape.INSPECTED, lines.c.code == line.code)
        )
        make = partial(maker.inside.call, "quality", "POST /api/oqc/sampling-rules", rule)
        maker.ensure("sampling rule", line.code, there, make)


def _materials(maker: Maker) -> None:
    new = [(shape.INSPECTED, "历史板 A", "成品"), (shape.PLAIN, "历史板 B", "成品")]
    new += [(shape.material(place), f"贴片料 {place:02d}", "电阻") for place in range(1, shape.SLOTS + 1)]
    for code, name, category in new:
        body = {"code": code, "name": name, "category": category, "unit": "PCS"}
        maker.ensure_coded("material", materials, "POST /api/materials", body)
    children = [
        {"childCode": shape.material(place), "qty": shape.PARTS_A_UNIT, "unit": "PCS"}
        for place in range(1, shape.SLOTS + 1)
    ]
    for product in (shape.INSPECTED, shape.PLAIN):
        there = select(bom_items.c.child_code).where(bom_items.c.parent_code == product)
        put = partial(maker.inside.call, "engineer", f"PUT /api/boms/{product}", {"children": children})
        maker.ensure("BOM", product, there, put)


def _operations(maker: Maker, kind: str) -> None:
    for code, name, process in shape.STEPS[kind]:
        group = f"{code}-GROUP"
        maker.ensure_coded("station group", groups, "POST /api/station-groups", {"code": group, "name": name})
        operation = {"code": code, "name": name, "defaultType": "MANUAL", "isKeyQuality": process in ("SPI", "AOI", "TEST"),
                     "processKind": process}  # fmt: skip
        maker.ensure_coded("operation", operations, "POST /api/operations", operation)
        for label, _middle, low, high in shape.VALUES:
            item = {"operationCode": code, "name": label, "itemType": "KEY", "dataType": "NUMBER", "method": "MANUAL",
                    "triggerType": "EVENT", "triggerRule": {"event": "TRACK_OUT"}, "spec": {"lsl": low, "usl": high, "decimals": 3}}  # fmt: skip
            there = (
                select(data_specs.c.id)
                .join(operations, operations.c.id == data_specs.c.operation_id)
                .where(data_specs.c.name == label, operations.c.code == code)
            )
            make = partial(maker.inside.call, "engineer", "POST /api/data-collection-specs", item)
            maker.ensure("collection item", f"{code} {label}", there, make)


def _route(maker: Maker, kind: str) -> None:
    steps = [
        {
            "stepNo": 10 * place + 10,
            "operationCode": code,
            "stationGroupCode": f"{code}-GROUP",
            "requiresFAI": place == 0,
        }
        for place, (code, _name, _process) in enumerate(shape.STEPS[kind])
    ]
    route = f"PCBA-HISTORY-{kind}"
    options = {"unknownSerialPolicy": "REFUSE", "faiTrialPolicy": "REQUIRED"}
    new = {"code": route, "name": f"{kind} 历史路线", "processType": kind, "options": options, "steps": steps}
    maker.ensure_coded("route", routes, "POST /api/routes", new)
    ready = select(versions.c.id).join(routes).where(routes.c.code == route, versions.c.status == "READY")

    def compile_it() -> None:
        for place, (code, _name, _process) in enumerate(shape.STEPS[kind]):
            mine = select(data_specs.c.id).join(operations, operations.c.id == data_specs.c.operation_id)
            keys = sorted(maker.keys(mine.where(operations.c.code == code)))
            bound = {"dataSpecIds": [ids.to_wire(key) for key in keys]}
            maker.inside.call("engineer", f"PUT /api/routes/{route}/steps/{10 * place + 10}/data-specs", bound)
        maker.inside.call("engineer", f"POST /api/routes/{route}/compile")

    maker.ensure("route version", route, ready, compile_it)


def _line(maker: Maker, gates: Any, line: HistoryLine) -> None:
    body = {"code": line.code, "name": f"历史线 {line.short}", "processType": line.kind}
    maker.ensure_coded("line", lines, "POST /api/lines", body)
    for place, (operation, name, _process) in enumerate(line.steps):
        station = {"code": line.station(place), "name": f"{name} {line.short}", "lineCode": line.code, "groupCode": f"{operation}-GROUP",
                   "stationType": "MANUAL"}  # fmt: skip
        maker.ensure_coded("station", stations, "POST /api/stations", station)
    gates(maker, DemoLine(code=line.code, name=line.code, process_type=line.kind, gates=GATES[line.kind], stations=()))


def _slot(maker: Maker, line: HistoryLine, place: int) -> None:
    code = shape.slot(line, place)
    there = (
        select(slots.c.id)
        .join(lines, lines.c.id == slots.c.line_id)
        .where(lines.c.code == line.code, slots.c.slot_code == code)
    )
    new = {"slotCode": code, "slotName": f"站位 {code}", "position": place}
    make = partial(maker.inside.call, "engineer", f"POST /api/lines/{line.code}/feeder-slots", new)
    maker.ensure("feeder slot", code, there, make)
    for product in (shape.INSPECTED, shape.PLAIN):
        mapped = select(mappings.c.id).where(
            mappings.c.slot_id.in_(there.scalar_subquery()), mappings.c.product_code == product
        )
        mapping = {"lineCode": line.code, "slotCode": code, "materialCode": shape.material(place), "productCode": product,
                   "routingCode": line.route, "unitConsumption": shape.PARTS_A_UNIT}  # fmt: skip
        make = partial(maker.inside.call, "engineer", "POST /api/slot-mappings", mapping)
        maker.ensure("slot mapping", f"{product} {code}", mapped, make)
