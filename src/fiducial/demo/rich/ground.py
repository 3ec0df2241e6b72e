"""The configuration of `rich` (spec 12.4), made as its engineer would, unless it is there."""

from __future__ import annotations

from functools import partial
from typing import Any

from sqlalchemy import select

from fiducial.demo.making import Maker
from fiducial.demo.rich import plan
from fiducial.loading.tables import mappings, slots
from fiducial.plant.tables import bom_items, groups, lines, lots, materials, operations, stations
from fiducial.quality.tables import sampling_rules
from fiducial.routing.tables import data_specs, routes, versions
from fiducial.tooling.tables import tools


def lay(maker: Maker, gates: Any) -> None:
    """Make line B with everything that stands on it; `gates` makes the gates of a line."""
    _line(maker, gates)
    _materials(maker)
    _route(maker)
    _slots(maker)
    for tool in plan.TOOLS:
        there = select(tools.c.id).where(tools.c.code == tool["toolCode"])
        maker.ensure("tool", tool["toolCode"], there, partial(maker.inside.call, "engineer", "POST /api/tools", tool))
    for rule in plan.RULES:
        there = select(sampling_rules.c.id).where(sampling_rules.c.routing_code == rule["routingCode"])
        maker.ensure(
            "sampling rule",
            plan.ROUTE,
            there,
            partial(maker.inside.call, "quality", "POST /api/oqc/sampling-rules", rule),
        )


def _line(maker: Maker, gates: Any) -> None:
    for code, name in plan.GROUPS:
        maker.ensure_coded("station group", groups, "POST /api/station-groups", {"code": code, "name": name})
    line = {"code": plan.LINE.code, "name": plan.LINE.name, "processType": plan.LINE.process_type}
    maker.ensure_coded("line", lines, "POST /api/lines", line)
    for code, name, group in plan.LINE.stations:
        station = {"code": code, "name": name, "lineCode": plan.LINE.code, "groupCode": group, "stationType": "MANUAL"}
        maker.ensure_coded("station", stations, "POST /api/stations", station)
    gates(maker, plan.LINE)
    code, name, kind, is_key = plan.WASH
    operation = {"code": code, "name": name, "defaultType": "MANUAL", "isKeyQuality": is_key, "processKind": kind}
    maker.ensure_coded("operation", operations, "POST /api/operations", operation)


def _materials(maker: Maker) -> None:
    of_slots = [
        {"code": code, "name": name, "category": name.split()[0], "unit": "PCS"}
        for _slot, code, name, _other, _qty in plan.SLOTS
    ]
    for new in (*plan.OTHER_MATERIALS, *of_slots):
        maker.ensure_coded("material", materials, "POST /api/materials", new)
    children = [{"childCode": code, "qty": qty, "unit": "PCS"} for _slot, code, _name, _other, qty in plan.SLOTS]
    has_bom = select(bom_items.c.child_code).where(bom_items.c.parent_code == plan.PRODUCT)
    put = partial(maker.inside.call, "engineer", f"PUT /api/boms/{plan.PRODUCT}", {"children": children})
    maker.ensure("BOM", plan.PRODUCT, has_bom, put)
    for number, (_slot, code, _name, other, _qty) in enumerate(plan.SLOTS, 1):
        for material, no in ((code, number), *([(other, 50 + number)] if other else [])):
            lot_no = f"LOT-20250526-{no:03d}"
            there = select(lots.c.id).where(lots.c.material_code == material, lots.c.lot_no == lot_no)
            lot = {"materialCode": material, "lotNo": lot_no, "supplier": "示例供应商", "iqcResult": "PASS"}
            maker.ensure(
                "material lot",
                f"{material}|{lot_no}",
                there,
                partial(maker.inside.call, "engineer", "POST /api/material-lots", lot),
            )


def _route(maker: Maker) -> None:
    keys: dict[str, list[str]] = {}
    for spec in plan.SPECS:
        there = (
            select(data_specs.c.id)
            .join(operations, operations.c.id == data_specs.c.operation_id)
            .where(data_specs.c.name == spec["name"])
        )

        def make(spec: dict[str, Any] = spec) -> None:
            made = maker.inside.call("engineer", "POST /api/data-collection-specs", spec)
            keys.setdefault(spec["operationCode"], []).append(made["id"])

        maker.ensure("collection item", spec["name"], there, make)
    steps = [
        {"stepNo": number, "operationCode": operation, "stationGroupCode": group, "requiresFAI": place == 0}
        for place, (number, operation, group) in enumerate(plan.STEPS)
    ]
    new = {
        "code": plan.ROUTE, "name": "SMT 完整路线", "processType": "SMT", "productCode": plan.PRODUCT, "options": plan.OPTIONS, "steps": steps,
    }  # fmt: skip
    maker.ensure_coded("route", routes, "POST /api/routes", new)
    ready = select(versions.c.id).join(routes).where(routes.c.code == plan.ROUTE, versions.c.status == "READY")

    def compile_it() -> None:
        for number, operation, _group in plan.STEPS:
            if operation in keys:
                bound = {"dataSpecIds": keys[operation]}
                maker.inside.call("engineer", f"PUT /api/routes/{plan.ROUTE}/steps/{number}/data-specs", bound)
        maker.inside.call("engineer", f"POST /api/routes/{plan.ROUTE}/compile")

    maker.ensure("route version", plan.ROUTE, ready, compile_it)


def _slots(maker: Maker) -> None:
    for place, (slot, material, name, other, qty) in enumerate(plan.SLOTS, 1):
        there = (
            select(slots.c.id)
            .join(lines, lines.c.id == slots.c.line_id)
            .where(lines.c.code == plan.LINE.code, slots.c.slot_code == slot)
        )
        new = {"slotCode": slot, "slotName": f"站位 {slot} {name}", "position": place}
        maker.ensure(
            "feeder slot",
            slot,
            there,
            partial(maker.inside.call, "engineer", f"POST /api/lines/{plan.LINE.code}/feeder-slots", new),
        )
        mapped = select(mappings.c.id).where(mappings.c.slot_id.in_(there.scalar_subquery()))

        def make(slot: str = slot, material: str = material, other: str | None = other, qty: int = qty) -> None:
            mapping = {
                "lineCode": plan.LINE.code, "slotCode": slot, "productCode": plan.PRODUCT, "routingCode": plan.ROUTE, "materialCode": material,
                "unitConsumption": qty,
            }  # fmt: skip
            maker.inside.call("engineer", "POST /api/slot-mappings", mapping)
            if other:
                maker.inside.call(
                    "engineer",
                    "POST /api/slot-mappings",
                    mapping | {"materialCode": other, "isAlternate": True, "priority": 2},
                )

        maker.ensure("slot mapping", slot, mapped, make)
