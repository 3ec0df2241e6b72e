"""What a scan of a reel costs, and what it costs to find the boards of a reel: `python bench/loading.py`.

Verify: material handlers scan right reels on slots of their own lines over HTTP keep-alive at a real server process on a
durable database, jobs off so that what was written stays to be counted. The floors are those of `bench/station.py`: the same
server answering an empty POST to as many callers, and the same rows written by the bare driver. SQLite.

Reverse: a plant of so many links of boards and reels (which are computed, so: boards on placement steps beside reels on
slots), asked for the boards of one reel; the answers grow, then the plant grows. The floor is reading as many tracks by key.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import insert, select

import floor
from databases import Database, sqlite_file
from fiducial.demo.acceptance.client import Api
from fiducial.demo.acceptance.options import Options
from fiducial.demo.serving import free_port, plant_environment, run_command, serving
from machine import ROOT, facts, percentile
from setup import Setup
from station import ACCOUNTS

sys.path.append(str(ROOT))
HERE = Path(__file__).resolve().parent
RATIO, REVERSE_SECONDS = 2.5, 2.0
SHARED = ("audit_entry", "event", "event_work")
KEYS = {
    "loading_record": "id",
    "material_lot": "id",
    "audit_entry": "seq",
    "event": "id",
    "event_work": "event_id",
    "audit_context": "id",
}


# A scan


def _line(setup: Setup, address: str, cookie: str, number: int, slots: int) -> tuple[str, list[str]]:
    """Make a line with its slots and a run whose table is loaded; give the run and the codes of its slots."""
    code, route = f"LOAD-{number:02}", f"LOAD-R-{number:02}"
    setup.do("engineer", "POST", "/lines", {"code": code, "name": code, "processType": "SMT"})
    setup.do("engineer", "PUT", f"/lines/{code}/readiness-config", {"enabled": ["ROUTE", "LOADING"]})
    station = {"code": f"{code}-M", "name": code, "lineCode": code, "groupCode": "LOAD-G", "stationType": "MANUAL"}
    setup.do("engineer", "POST", "/stations", station)
    step = {"stepNo": 10, "operationCode": "LOAD-OP", "stationGroupCode": "LOAD-G", "requiresFAI": False}
    setup.do("engineer", "POST", "/routes", {"code": route, "name": route, "processType": "SMT", "steps": [step]})
    setup.do("engineer", "POST", f"/routes/{route}/compile")
    codes = [f"S-{place:04}" for place in range(slots)]
    table = io.StringIO()
    csv.writer(table).writerows([("slotCode", "materialCode"), *((slot, f"M-{slot}") for slot in codes)])
    sent = httpx.post(
        f"{address}/api/station-tables/import", files={"file": ("table.csv", table.getvalue().encode())}, timeout=60,
        data={"lineCode": code, "createSlots": "true"}, headers={"Cookie": cookie, "Origin": address},
    )  # fmt: skip
    if not sent.json()["ok"]:
        raise SystemExit(sent.text[:500])
    order = f"WO-LOAD-{number:02}"
    new = {"woNo": order, "productCode": "P-1001", "plannedQty": 10, "routingCode": route}
    setup.do("planner", "POST", "/integration/work-orders", new)
    setup.do("planner", "POST", f"/work-orders/{order}/release", {"lineCode": code})
    run = setup.do("planner", "POST", f"/work-orders/{order}/runs", {"lineCode": code, "planQty": 10})["runNo"]
    _bind(setup, "leader")
    setup.do("leader", "POST", f"/runs/{run}/loading/load-table")
    return run, codes


def _plan(
    environ: dict[str, str], path: str, expect: str, callers: list[dict[str, Any]], seconds: float
) -> dict[str, Any]:
    return {
        "host": "127.0.0.1",
        "port": int(environ["PORT"]),
        "path": path,
        "expect": expect,
        "callers": callers,
        "seconds": seconds,
    }


def _sent(plan: dict[str, Any]) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(HERE / "posts.py")], input=json.dumps(plan), capture_output=True, text=True, check=True
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _work(database: Database, before: dict[str, int]) -> floor.Work:
    """Give what the scans wrote, as the statements of each scan."""
    rows = {
        table: database.query(f"SELECT * FROM {table} WHERE {key} > ? ORDER BY {key}", (before[table],))
        for table, key in KEYS.items()
    }
    columns = {table: [row[1] for row in database.query(f"PRAGMA table_info({table})", ())] for table in KEYS}
    into = {table: floor._insert(table, columns[table], "?") for table in KEYS}  # noqa: SLF001
    at = {name: place for place, name in enumerate(columns["loading_record"])}
    lots = {row[0]: row for row in rows["material_lot"]}
    expect = "UPDATE slot_expectation SET status = 'LOADED', record_id = ?, wrong_material = NULL, must_reload = 0 WHERE run_id = ? AND slot_id = ?"
    slot = "UPDATE feeder_slot SET failed_attempts = 0, current_record_id = ? WHERE id = ?"
    calls: list[list[floor.Statement]] = []
    for row in rows["loading_record"]:
        key, run, place = row[at["id"]], row[at["run_id"]], row[at["slot_id"]]
        made = [(into["material_lot"], tuple(lots[row[at["lot_id"]]]))] if row[at["lot_id"]] in lots else []
        calls.append([*made, (into["loading_record"], tuple(row)), (expect, (key, run, place)), (slot, (key, place))])
    for table in SHARED:
        for place, row in enumerate(rows[table]):
            calls[place * len(calls) // max(1, len(rows[table]))].append((into[table], tuple(row)))
    first = [(into["audit_context"], tuple(row)) for row in rows["audit_context"]]
    instants = {row[at["loaded_at"]] for row in rows["loading_record"]}
    return floor.Work(calls, [0] * len(calls), first, [1], len(calls) / max(1, len(instants)))


def verify(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Give the figures of scans."""
    folder.mkdir(exist_ok=True)
    database = sqlite_file(folder)
    environ = plant_environment(folder, free_port(), ACCOUNTS, database_url=database.url)
    environ |= {"JOBS_ENABLED": "false", "LOG_LEVEL": "info"}
    run_command("migrate", environ=environ)
    run_command("demo", "load", "--dataset", "base", environ=environ)
    log = folder / "server.log"
    with serving(environ, log=log) as server, Api(f"{server.address}/api") as api:
        setup = Setup(api, Options(api_url=f"{server.address}/api"))
        setup.do("material", "POST", "/auth/sign-in/email", {"email": "material", "password": ACCOUNTS.test_password})
        setup.do("engineer", "POST", "/station-groups", {"code": "LOAD-G", "name": "LOAD-G"})
        operation = {"code": "LOAD-OP", "name": "LOAD-OP", "defaultType": "MANUAL", "processKind": "MOUNT"}
        setup.do("engineer", "POST", "/operations", operation)
        engineer, material = (_cookie(server.address, who) for who in ("engineer", "material"))
        loaded = [_line(setup, server.address, engineer, number, options.slots) for number in range(options.lines)]
        _bind(setup, "material")
    before = {
        table: int(database.query(f"SELECT coalesce(max({key}), 0) FROM {table}", ())[0][0])
        for table, key in KEYS.items()
    }
    copied, size = database.copy(), database.size()
    with serving(environ, log=log):
        callers = [{"cookie": material, "bodies": [_scan(run, slot) for slot in slots]} for run, slots in loaded]
        figures = _sent(_plan(environ, "/api/loading/verify", '"verifyResult":"PASS"', callers, options.seconds))
        grown = database.size() - size
        empty = [{"cookie": material, "bodies": ["{}"] * 100_000}] * len(callers)
        echoed = _sent(_plan(environ, "/api/health/echo", '"ok":true', empty, max(2.0, options.seconds / 3)))
    work = _work(database, before)
    disk = floor.on_sqlite(copied, work)
    rate, nothing = figures["calls"] / figures["seconds"], echoed["calls"] / echoed["seconds"]
    return {
        "rate": rate, "calls": figures["calls"], "p50": percentile(figures["latencies"], 0.5) * 1000,
        "p99": percentile(figures["latencies"], 0.99) * 1000, "emptyRate": nothing, "diskRate": disk, "group": work.group,
        "statementsPerCall": work.statements_per_call, "ratio": (1 / rate) / (1 / nothing + 1 / disk), "bytesPerScan": grown / figures["calls"],
        "loadCpu": figures["loadCpu"], "faults": figures["faults"],
    }  # fmt: skip


def _scan(run: str, slot: str) -> str:
    return json.dumps({"runNo": run, "slotCode": slot, "materialLotBarcode": f"M-{slot}|L-{run}-{slot}"})


def _cookie(address: str, who: str) -> str:
    signed = httpx.post(f"{address}/api/auth/sign-in/email", json={"email": who, "password": ACCOUNTS.test_password})
    return "; ".join(f"{name}={value}" for name, value in signed.cookies.items())


def _bind(setup: Setup, who: str) -> None:
    """Bind somebody to every line there is."""
    lines = [line["id"] for line in setup.do("admin", "GET", "/lines?pageSize=100")["items"]]
    setup.do("admin", "PATCH", f"/users/{setup.do(who, 'GET', '/permissions/me')['id']}", {"lineIds": lines})


# The boards of a reel

SLOTS = 40


def reverse(folder: Path, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Give, for a small plant and one of all the links, how long the boards of reels take, and the floor."""
    from tests.api.conftest import fill_template
    from tests.api.plant import TEST, Plant, environment
    from tests.api.ready_floor import ReadyFloor, step
    from tests.api.web import Api as Asking

    from fiducial.app import create_app, open_store
    from fiducial.execution.tables import tracks

    folder.mkdir(exist_ok=True)
    url = f"sqlite:///{folder}/fiducial.db"
    fill_template(url, folder)
    store = open_store(environment(url, folder))
    api = Asking(create_app(environment(url, folder), store))
    house = ReadyFloor(Plant(api, store))
    route = house.route(None, step(10, "MOUNT", "ST-MOUNT-01", processKind="MOUNT"))
    base = house.run(route=route)
    per_run, told = options.boards, []
    runs_of_all = max(10, options.links // (SLOTS * per_run))
    laid = 0
    for wanted in (max(10, runs_of_all // 10), runs_of_all):
        while laid < wanted:
            laid += store.write_now(TEST, _lay, house.key_of(base), laid, min(10, wanted - laid), per_run)
        figures: dict[str, Any] = {"links": laid * SLOTS * per_run}
        for lot, boards in (("ONE-RUN-0", per_run), ("TEN-RUNS", 10 * per_run)):
            took = []
            for _ in range(options.times):
                began = time.perf_counter()
                answer = api.as_("trace").get(f"/api/trace/material-lots/MAT/{lot}/units", pageSize=100)
                took.append(time.perf_counter() - began)
                if answer.must()["total"] != boards:
                    raise SystemExit(f"{lot}: {answer.data['total']} boards, {boards} expected")
            figures[lot] = statistics.median(took)
        took, wanted_rows = (
            [],
            select(tracks.c.unit_id, tracks.c.in_at, tracks.c.out_at).order_by(tracks.c.id).limit(10 * per_run),
        )
        for _ in range(options.times):
            began = time.perf_counter()
            store.read_now(TEST, _look, wanted_rows)
            took.append(time.perf_counter() - began)
        figures["floor"] = statistics.median(took)
        told.append(figures)
    api.close()
    store.stop()
    return told


def _declared() -> tuple[Any, Any]:
    from fiducial.execution.tables import tracks
    from fiducial.kit.acting import action, query
    from fiducial.kit.tx import Tx
    from fiducial.loading.tables import loaded_tables, placement_steps, records, slots
    from fiducial.orders.tables import runs, units
    from fiducial.plant.tables import lots, stations

    @action(audit="TEST", entity="RUN", internal_only=True)
    def lay(tx: Tx, base: int, first: int, count: int, boards: int) -> int:
        """Lay runs of so many boards, each placed from 40 reels; the first ten runs share one lot on their first slot."""
        tx.unrecorded()
        run = tx.one(select(runs).where(runs.c.id == base))._mapping
        station = tx.one(select(stations).where(stations.c.code == "ST-MOUNT-01"))
        places = [row.id for row in tx.all(select(slots.c.id).order_by(slots.c.position))]
        if not places:
            places = tx.new_ids(SLOTS)
            tx.run(insert(slots), [
                {"id": key, "line_id": station.line_id, "slot_code": f"S-{number}", "position": number, "is_active": True, "is_locked": False,
                 "failed_attempts": 0, "created_at": tx.now, "updated_at": tx.now} for number, key in enumerate(places)
            ])  # fmt: skip
        shared = tx.scalar(select(lots.c.id).where(lots.c.lot_no == "TEN-RUNS")) or _lot(tx, "TEN-RUNS")
        for number in range(first, first + count):
            key, began = tx.new_id(), tx.now - 3_600_000 * 24 + number * 1000
            tx.run(
                insert(runs).values(
                    {**run, "id": key, "run_no": f"LAID-{number}", "status": "COMPLETED", "ended_at": tx.now}
                )
            )
            tx.run(insert(loaded_tables).values(run_id=key, table_hash="x", whole_line=False, loaded_at=began))
            tx.run(insert(placement_steps).values(run_id=key, step_no=10))
            own = [_lot(tx, f"ONE-RUN-{number}"), *(_lot(tx, f"LOT-{number}-{place}") for place in range(SLOTS - 2))]
            of_slots = [shared if number < 10 else _lot(tx, f"OTHER-{number}"), *own]
            tx.run(insert(records), [
                {"id": tx.new_id(), "run_id": key, "slot_id": place, "kind": "LOAD", "lot_id": lot, "material_code": "MAT", "lot_no": "x",
                 "barcode": "x", "expected_code": "MAT", "verify_result": "PASS", "status": "UNLOADED", "failed_attempts": 0, "slot_locked": False,
                 "is_alternate": False, "needs_review": False, "loaded_at": began, "unloaded_at": tx.now}
                for place, lot in zip(places, of_slots, strict=True)
            ])  # fmt: skip
            keys = tx.new_ids(boards)
            tx.run(insert(units), [
                {"id": one, "sn": f"SN-{number}-{place}", "work_order_id": run["work_order_id"], "run_id": key, "status": "DONE",
                 "current_step_no": 10, "rework_count": 0, "hold_pending": False, "tracked": True, "created_at": began, "updated_at": began}
                for place, one in enumerate(keys)
            ])  # fmt: skip
            tx.run(insert(tracks), [
                {"id": tx.new_id(), "unit_id": one, "run_id": key, "station_id": station.id, "step_no": 10, "visit_no": 1,
                 "in_at": began + 10 * place, "out_at": began + 10 * place + 9, "result": "PASS", "in_by_name": "x"}
                for place, one in enumerate(keys)
            ])  # fmt: skip
        return count

    def _lot(tx: Tx, lot_no: str) -> int:
        key = tx.new_id()
        tx.run(
            insert(lots).values(
                id=key, material_code="MAT", lot_no=lot_no, status="AVAILABLE", created_at=tx.now, updated_at=tx.now
            )
        )
        return key

    @query()
    def look(tx: Tx, statement: Any) -> Any:
        """Read."""
        return tx.all(statement)

    return lay, look


_lay, _look = _declared()


# Telling


def main() -> int:
    """Measure, print, and give 1 when a goal is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=16, help="handlers that scan at once, each on a line of its own")
    parser.add_argument("--slots", type=int, default=400, help="slots of each line")
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--links", type=int, default=10_000_000)
    parser.add_argument("--boards", type=int, default=1000, help="boards of each run")
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--only", choices=["verify", "reverse"])
    options = parser.parse_args()
    (work := ROOT / "var").mkdir(exist_ok=True)
    missed = False
    with tempfile.TemporaryDirectory(dir=work, prefix="bench-") as name:
        folder = Path(name)
        print(f"loading: {facts(folder)}")
        if options.only != "reverse":
            told = verify(folder / "verify", options)
            missed |= told["ratio"] > RATIO or bool(told["faults"])
            print(
                f"verify, {options.lines} handlers, {told['calls']} scans: {told['rate']:.0f}/s, p50 {told['p50']:.1f} p99 {told['p99']:.1f} ms"
            )
            print(f"  floor, an empty POST {told['emptyRate']:.0f}/s; floor, the bare driver {told['diskRate']:.0f}/s "
                  f"({told['statementsPerCall']:.1f} statements a scan, {told['group']:.1f} scans a commit)")  # fmt: skip
            print(
                f"  ratio to both floors {told['ratio']:.2f}   goal {RATIO}: {'met' if told['ratio'] <= RATIO else 'MISSED'}"
            )
            print(f"  {told['bytesPerScan']:.0f} bytes a scan; the load used {told['loadCpu'] * 100:.0f} % of a core")
            if told["faults"]:
                print(f"  REFUSED: {told['faults']}")
        if options.only != "verify":
            small, large = reverse(folder / "reverse", options)
            for one in (small, large):
                few, many, least = (one[name] * 1000 for name in ("ONE-RUN-0", "TEN-RUNS", "floor"))
                print(
                    f"reverse over {one['links']:,} links: {options.boards} boards {few:.0f} ms, {10 * options.boards} {many:.0f} ms"
                )
                print(f"  floor, as many tracks by key {least:.0f} ms")
            grown = large["TEN-RUNS"] / small["TEN-RUNS"]
            print(
                f"  ten times the plant: {grown:.2f} times as long; ten times the answer: {large['TEN-RUNS'] / large['ONE-RUN-0']:.1f} times"
            )
            print(f"  goal {REVERSE_SECONDS} s: {'met' if large['TEN-RUNS'] < REVERSE_SECONDS else 'MISSED'}")
            missed |= large["TEN-RUNS"] >= REVERSE_SECONDS
    return int(missed)


if __name__ == "__main__":
    raise SystemExit(main())
