"""What a track-in or a track-out costs, and how that stands to what must be paid anyway: `python bench/station.py`.

Stations drive a real server process over HTTP keep-alive on a durable database. In the same run two floors are taken: the
same server answering an empty POST to as many callers, and the same rows written by the bare driver, grouped as the lane
grouped them, with the same durability. The ratio is the cost of a call over the sum of the two.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw
import psycopg

import floor
from databases import PG_WRITERS, Database, databases
from fiducial.demo.acceptance.client import Api
from fiducial.demo.acceptance.options import Options
from fiducial.demo.serving import Fresh, free_port, plant_environment, run_command, serving
from machine import ROOT, facts, memory_mb, percentile
from setup import Post, Setup

HERE = Path(__file__).resolve().parent
ACCOUNTS = Fresh(admin_email="admin@example.com", admin_password="ChangeMe123!", test_password="Test123!")
BUFFER = 12  # boards before each station when the clock starts
GOALS = {"ratio": 2.5, "rate": 900, "p99": 50, "bytes": 6 * 1024}


# The run


def _keys(database: Database) -> dict[str, int]:
    """Give the greatest key of each table that a call writes to, as far as it exists."""
    tables = {
        "track": "id",
        "audit_entry": "seq",
        "event": "id",
        "event_work": "event_id",
        "data_value": "id",
        "audit_context": "id",
    }
    keys = {}
    for table, key in tables.items():
        try:
            keys[table] = int(database.query(f"SELECT coalesce(max({key}), 0) FROM {table}", ())[0][0])
        except (apsw.SQLError, psycopg.errors.UndefinedTable):
            continue
    return keys


def _load(plan: dict[str, Any], log: Path) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(HERE / "load.py")], input=json.dumps(plan), capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = log.read_text(errors="replace").splitlines()[-5:]
        raise SystemExit("\n".join(["the load failed, and the server said:", *said, done.stderr.strip()]))
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def _plan(
    posts: list[Post], cookies: list[str], environ: dict[str, str], options: argparse.Namespace
) -> dict[str, Any]:
    data = [{"specName": f"value {number}", "valueNumber": 5.25} for number in range(options.values)]
    tail = ',"result":"PASS"' + (f',"data":{json.dumps(data, separators=(",", ":"))}' if data else "")
    stations = [
        {
            "trackIn": f"/api/stations/{post.code}/track-in", "trackOut": f"/api/stations/{post.code}/track-out",
            "cookie": cookie, "boards": post.boards, "after": post.after, "tail": tail,
        }
        for post, cookie in zip(posts, cookies, strict=True)
    ]  # fmt: skip
    return {
        "host": "127.0.0.1", "port": int(environ["PORT"]), "stations": stations, "buffer": BUFFER, "seconds": options.seconds,
        "echo": "/api/health/echo",
    }  # fmt: skip


def measure(engine: str, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Give the figures of one engine."""
    folder.mkdir(exist_ok=True)
    with databases(engine, folder) as database:
        environ = plant_environment(folder, free_port(), ACCOUNTS, database_url=database.url)
        environ |= {"JOBS_ENABLED": "true", "PG_WRITERS": str(PG_WRITERS), "LOG_LEVEL": options.log_level}
        run_command("migrate", environ=environ)
        run_command("demo", "load", "--dataset", "base", environ=environ)
        log = folder / "server.log"
        with serving(environ, log=log) as server, Api(f"{server.address}/api") as api:
            setup = Setup(api, Options(api_url=f"{server.address}/api"))
            by_time = options.boards_per_second or max(45, 1400 / options.stations)
            boards = int(options.seconds * by_time) + STEPS_OF_BUFFER
            empty = database.size()
            posts = setup.build(options.stations, values=options.values, boards=boards)
            generated = sum(len(post.boards) for post in posts)
            per_board = (database.size() - empty) / generated
            cookies = setup.cookies(len(posts))
        copied, before, size = database.copy(), _keys(database), database.size()
        with serving(environ, log=log) as server:
            plan = _plan(posts, cookies, environ, options)
            figures = _load(plan | {"kind": "track"}, log)
            grown = database.size() - size
            memory = memory_mb(server.process_id)
            echoed = _load(plan | {"kind": "echo", "seconds": max(2.0, options.seconds / 3)}, log)
        work = floor.read_work(database.query, before, engine=engine)
        disk = (
            floor.on_sqlite(copied, work) if engine == "sqlite" else floor.on_postgres(copied, work, writers=PG_WRITERS)
        )
        per_call = grown / (figures["primed"] + figures["allCalls"])
        return _figures(engine, figures, echoed, work=work, disk=disk) | {
            "memoryMb": memory, "bytesPerTenCalls": per_call * 10, "bytesPerBoardMade": per_board,
            "tables": _by_table(database, before) if engine == "sqlite" else {},
        }  # fmt: skip


STEPS_OF_BUFFER = 5 * BUFFER + 50


def _figures(
    engine: str, figures: dict[str, Any], echoed: dict[str, Any], *, work: floor.Work, disk: float
) -> dict[str, Any]:
    rate, empty = figures["calls"] / figures["seconds"], echoed["calls"] / echoed["seconds"]
    both = figures["in"] + figures["out"]
    cost, floors = 1 / rate, 1 / empty + 1 / disk
    return {
        "engine": engine, "rate": rate, "seconds": figures["seconds"], "calls": figures["calls"], "faults": figures["faults"],
        "p50": percentile(both, 0.50) * 1000, "p95": percentile(both, 0.95) * 1000, "p99": percentile(both, 0.99) * 1000,
        "inP50": percentile(figures["in"], 0.5) * 1000, "outP50": percentile(figures["out"], 0.5) * 1000,
        "emptyRate": empty, "emptyP50": percentile(echoed["latencies"], 0.5) * 1000, "diskRate": disk, "group": work.group,
        "statementsPerCall": work.statements_per_call, "ratio": cost / floors, "ratioEmpty": cost * empty, "ratioDisk": cost * disk,
        "costUs": cost * 1e6, "floorUs": floors * 1e6, "loadCpu": figures["loadCpu"], "echoLoadCpu": echoed["loadCpu"],
    }  # fmt: skip


def _by_table(database: Database, before: dict[str, int]) -> dict[str, float]:
    """Give the bytes of each table and its indexes for every row that the load wrote; for finding what is fat."""
    of_tables = (
        "SELECT m.tbl_name, sum(s.pgsize) FROM dbstat s JOIN sqlite_master m ON m.name = s.name GROUP BY m.tbl_name"
    )
    sizes: dict[str, int] = dict(database.query(of_tables, ()))  # type: ignore[arg-type]
    told = {}
    for table in before:
        rows = database.query(f"SELECT count(*) FROM {table}", ())[0][0]
        if rows:
            told[table] = sizes.get(table, 0) / rows
    return told


# Telling


def _goal(said: str, *, met: bool) -> str:
    return f"   goal {said}: {'met' if met else 'MISSED'}"


def tell(told: dict[str, Any], stations: int) -> None:
    """Print the figures of one engine, with the goals of 32 stations beside them."""
    ours, sqlite = stations == 32, told["engine"] == "sqlite" and stations == 32
    rate = _goal(f"{GOALS['rate']}/s", met=told["rate"] >= GOALS["rate"]) if sqlite else ""
    tail = _goal(f"p99 < {GOALS['p99']} ms", met=told["p99"] < GOALS["p99"]) if sqlite else ""
    ratio = _goal(f"{GOALS['ratio']}", met=told["ratio"] <= GOALS["ratio"]) if ours else ""
    size = _goal(f"{GOALS['bytes']}", met=told["bytesPerTenCalls"] <= GOALS["bytes"]) if sqlite else ""
    rows = f"{told['statementsPerCall']:.1f} statements a call, {told['group']:.1f} calls a commit"
    print(f"{told['engine']}, {stations} stations, {told['calls']} calls in {told['seconds']:.1f} s")
    print(f"  track-in and track-out   {told['rate']:7.0f}/s   {told['costUs']:5.0f} us each{rate}")
    print(f"  latency                  p50 {told['p50']:.1f}  p95 {told['p95']:.1f}  p99 {told['p99']:.1f} ms{tail}")
    print(
        f"  floor, an empty POST     {told['emptyRate']:7.0f}/s   {1e6 / told['emptyRate']:5.0f} us each   p50 {told['emptyP50']:.1f} ms"
    )
    print(f"  floor, the bare driver   {told['diskRate']:7.0f}/s   {1e6 / told['diskRate']:5.0f} us each   {rows}")
    print(f"  ratio to both floors     {told['ratio']:7.2f}{ratio}")
    print(f"  ten calls (one board)    {told['bytesPerTenCalls']:7.0f} bytes{size}")
    print(f"  the board itself         {told['bytesPerBoardMade']:7.0f} bytes")
    for table, each in told["tables"].items():
        print(f"    {table:22} {each:6.0f} bytes a row")
    print(f"  memory of the server     {told['memoryMb']:7.0f} MB")
    print(f"  the load used            {told['loadCpu'] * 100:7.0f} % of a core")
    if told["faults"]:
        print(f"  REFUSED: {told['faults']}")


def main() -> None:
    """Measure what is asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--stations", type=int, nargs="+", default=[32])
    parser.add_argument("--seconds", type=float, default=8)
    parser.add_argument("--values", type=int, default=1, help="measured values in each track-out")
    parser.add_argument("--boards-per-second", type=float, help="boards made for each line and second")
    parser.add_argument("--log-level", default="info", help="a log line for each request, as a plant has it")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args()
    work = ROOT / "var"
    work.mkdir(exist_ok=True)
    engines = ["sqlite", "postgresql"] if options.engine == "both" else [options.engine]
    results = []
    with tempfile.TemporaryDirectory(dir=work, prefix="bench-") as folder:
        machine, date = facts(Path(folder)), datetime.now(UTC).date().isoformat()
        print(f"station: {machine}")
        for stations in options.stations:
            for engine in engines:
                one = argparse.Namespace(**{**vars(options), "stations": stations})
                told = measure(engine, Path(folder) / f"{engine}-{stations}", one)
                tell(told, stations)
                results.append(told | {"stations": stations, "machine": machine, "date": date})
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))


if __name__ == "__main__":
    main()
