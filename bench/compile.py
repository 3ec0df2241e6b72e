"""What a compile costs: a route of 60 steps with 300 collection items (goal: under 200 ms). `python bench/compile.py [--steps N] [--items N]`.

Three figures: reading and compiling outside the write lane, what the lane then does (it looks whether anything has changed, and
stores), and the pure part alone. Each time an item has another limit, so that every compile makes a version.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select, update

from fiducial.app import open_store
from fiducial.kit import ids
from fiducial.kit.acting import Caller, action, query
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx
from fiducial.ops.environment import Environment
from fiducial.plant.tables import groups, lines, operations, stations
from fiducial.routing.actions.versions import compile_version, prepare
from fiducial.routing.compile import READY, compile_route
from fiducial.routing.queries.routes import route_row
from fiducial.routing.reading import route_facts, step_target
from fiducial.routing.tables import configs, data_specs, routes, steps
from machine import ROOT, facts

BENCH = Caller(internal="bench")
ROUTE = "BENCH-V1"


@action(audit="SYSTEM_DEMO_SEED", entity="SYSTEM_CONFIG", internal_only=True)
def make_route(tx: Tx, step_count: int, item_count: int) -> None:
    """Make a line, a station and an operation for each step, the items of each operation, and the route that binds them all."""
    tx.unrecorded()
    born = {"created_at": tx.now, "updated_at": tx.now}
    line, route = tx.new_id(), tx.new_id()
    tx.run(
        insert(lines).values(id=line, code="L", code_folded="l", name="L", process_type="SMT", is_active=True, **born)
    )
    tx.run(insert(routes).values(
        id=route, code=ROUTE, code_folded=ROUTE.lower(), name="bench", source_system="MES", process_type="SMT", is_active=True,
        unknown_serial_policy="REFUSE", fai_trial_policy="REQUIRED", needs_compile=True, needs_review=False, **born,
    ))  # fmt: skip
    for place in range(step_count):
        _step(tx, line, route, place, [number for number in range(item_count) if number % step_count == place])


def _step(tx: Tx, line: int, route: int, place: int, items: list[int]) -> None:
    born = {"created_at": tx.now, "updated_at": tx.now}
    group, operation, code = tx.new_id(), tx.new_id(), f"S-{place:03d}"
    named = {"code": code, "code_folded": code.lower(), "name": code, **born}
    tx.run(insert(groups).values(id=group, **named))
    tx.run(insert(stations).values(
        id=tx.new_id(), line_id=line, group_id=group, station_type="MANUAL", equipment_codes=[], is_manual_bench=True, is_active=True, **named
    ))  # fmt: skip
    tx.run(insert(operations).values(
        id=operation, default_type="MANUAL", is_key_quality=False, process_kind="TEST", is_active=True, source="MES", needs_review=False, **named
    ))  # fmt: skip
    tx.run(insert(steps).values(
        id=tx.new_id(), route_id=route, step_no=(place + 1) * 10, operation_id=operation, group_id=group, requires_fai=False
    ))  # fmt: skip
    keys = [(tx.new_id(), f"item {number}") for number in items]
    if keys:
        tx.run(insert(data_specs), [
            {"id": key, "operation_id": operation, "name": name, "name_folded": name, "item_type": "KEY", "data_type": "NUMBER", "method": "MANUAL",
             "trigger_type": "EVENT", "trigger_rule": {"event": "TRACK_OUT"}, "spec": {"lsl": 1, "usl": 2, "unit": "mm"}, "alarm": None,
             "is_required": True, "is_active": True, "revision": 1, **born}
            for key, name in keys
        ])  # fmt: skip
    bound = {"dataSpecIds": [ids.to_wire(key) for key, _name in keys]}
    tx.run(insert(configs).values(
        id=tx.new_id(), scope="STEP", target=step_target(route, (place + 1) * 10, None), route_id=route, step_no=(place + 1) * 10,
        operation_id=operation, fields=bound, **born,
    ))  # fmt: skip


@action(audit="SYSTEM_DEMO_SEED", entity="SYSTEM_CONFIG", internal_only=True)
def change_one_limit(tx: Tx, limit: int) -> None:
    """Give one item another limit, so that the next compile makes a version."""
    tx.unrecorded()
    first = select(data_specs.c.id).order_by(data_specs.c.id).limit(1).scalar_subquery()
    tx.run(
        update(data_specs).where(data_specs.c.id == first).values(spec={"lsl": 1, "usl": 2 + limit}, updated_at=tx.now)
    )


@query("route:compile")
def read_facts(tx: Tx) -> Any:
    """Give what a compile reads."""
    return route_facts(tx, route_row(tx, ROUTE))


def timed(act: Any) -> tuple[float, Any]:
    """Give milliseconds and what came of it."""
    began = time.perf_counter()
    result = act()
    return (time.perf_counter() - began) * 1000, result


def measure(store: Store, rounds: int) -> dict[str, list[float]]:
    """Give the milliseconds of each part, round by round."""
    took: dict[str, list[float]] = {"read and compile": [], "in the lane": [], "pure part": [], "together": []}
    for number in range(rounds):
        store.write_now(BENCH, change_one_limit, number + 1)
        outside, prepared = timed(lambda: store.read_now(BENCH, prepare, ROUTE))
        inside, version = timed(lambda prepared=prepared: store.write_now(BENCH, compile_version, ROUTE, prepared))
        assert (version["status"], version["isNew"]) == (READY, True), version["errors"]
        read = store.read_now(BENCH, read_facts)
        pure, _compiled = timed(lambda read=read: compile_route(read))
        for name, value in zip(took, (outside, inside, pure, outside + inside), strict=True):
            took[name].append(value)
    return took


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=60)
    parser.add_argument("--items", type=int, default=300)
    parser.add_argument("--rounds", type=int, default=15)
    told = parser.parse_args()
    work = ROOT / "var"
    work.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work, prefix="bench-") as name:
        folder = Path(name)
        print(f"compile: {facts(folder)}")
        given = {"app_mode": "test", "app_data_dir": folder, "database_url": f"sqlite:///{folder / 'fiducial.db'}", "auto_migrate": True,
                 "jobs_enabled": False, "log_level": "warning", "app_secret_key": "a secret of the bench, 32 bytes long"}  # fmt: skip
        store = open_store(Environment.model_validate(given))
        try:
            store.write_now(BENCH, make_route, told.steps, told.items)
            took = measure(store, told.rounds)
        finally:
            store.stop()
    print(
        f"a route of {told.steps} steps with {told.items} collection items, {told.rounds} compiles (goal: together under 200 ms)"
    )
    for part, values in took.items():
        print(f"  {part:<17} {statistics.median(values):6.1f} ms median, {max(values):6.1f} ms at most")


if __name__ == "__main__":
    main()
