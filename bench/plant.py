"""A plant at work, with its past behind it: `python bench/plant.py`.

Stations take boards in and out, material handlers change reels, machines tell their state, engineers have pages open and hear their
notifications, all at the pace of a plant and not as fast as they can: 1× is the published MES test load of 50 machines with 224 events
an hour each, beside 100 stations that finish a board every 30 s; `--times 10` is ten times that, people and pages too. What is told is
how long each had to wait. Behind it lies a history (`fiducial.demo.history`) of as many units as are asked for. With `--profile FILE` the
plant plays on at its last pace while py-spy looks where the server spends its time, so that what is told of the waiting is without it.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import deque
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from crew import EVERY_S, Crew, Wire
from databases import ENGINES, PG_WRITERS, Database, databases
from fiducial.demo.acceptance.client import Api
from fiducial.demo.acceptance.options import Options
from fiducial.demo.history.bare import bytes_used, sizes
from fiducial.demo.history.one_board import History
from fiducial.demo.serving import Server, free_port, plant_environment, run_command, serving
from machine import ROOT, cpu_seconds, facts, memory_mb, percentile
from profiling import Recording
from setup import Setup
from station import ACCOUNTS

STATIONS, LINE_LENGTH, SCANNERS, ENGINEERS, MACHINES = 100, 10, 20, 5, 50
BUFFER = 3  # boards before each station when the clock starts
GOALS = {"track-in": 50.0, "track-out": 50.0, "scan": 50.0}  # p99, ms; pages: p95 < 100 ms
PAGES_P95 = 100.0
PROFILED_S = 60.0  # at most


class Plant:
    """What is made before the clock starts."""

    def __init__(self, address: str, options: argparse.Namespace) -> None:
        self.options = options
        with Api(f"{address}/api") as api:
            setup = Setup(
                api, Options(api_url=f"{address}/api"), length=LINE_LENGTH, slots=SCANNERS // (STATIONS // LINE_LENGTH)
            )
            played = options.seconds * sum(options.times) + _profiled(options) * options.times[-1]
            needed = int(played / EVERY_S["board"]) + 40
            self.posts = setup.build(STATIONS, values=1, boards=max(needed, 60))
            self.slots = setup.slots
            self.cookies = setup.cookies(STATIONS)
            self.material = setup.cookies(SCANNERS, actor="material", login=("material@example.com", "Test123!"))
            self.engineers = setup.cookies(ENGINEERS, actor="engineer")
            self.token = setup.token("TPM", ["integration:push"], datetime.now(UTC) + timedelta(days=2))
            self.sample = self._one_board(setup)
        self._waiting = [deque(sn for sn in post.boards if sn != self.sample) for post in self.posts]
        self._primed = False

    def _one_board(self, setup: Setup) -> str:
        """Take one board through a whole line: what the history is copied from."""
        line = [post for post in self.posts if post.code.startswith("BENCH-00-")]
        sn = line[0].boards[0]
        for post in line:
            setup.do("operator", "POST", f"/stations/{post.code}/track-in", {"sn": sn})
            data = [{"specName": "value 0", "valueNumber": 5.25}]
            setup.do("operator", "POST", f"/stations/{post.code}/track-out", {"sn": sn, "result": "PASS", "data": data})
        return sn

    def pages(self, past: int) -> list[tuple[str, str]]:
        """Give the pages that engineers look at."""
        post = self.posts[0]
        some = f"H-{past // 2:08}" if past else self.sample
        return [
            ("work orders", "/work-orders"), ("runs", "/runs"), ("a run", f"/runs/{post.run_no}"),
            ("units of a run", f"/runs/{post.run_no}?tab=units"),
            ("trace of a unit", f"/trace/units/{some}"), ("timeline of a unit", f"/trace/units/{some}?tab=timeline"),
            ("search", f"/trace?q={some}"), ("station", f"/execution?station={post.code}"), ("routes", "/routes"), ("lines", "/lines"),
            ("defects", "/defects"),
        ]  # fmt: skip

    async def work(self, port: int, past: int, times: float, seconds: float) -> tuple[Crew, float]:
        """Let everybody work for so long; give what they waited and how long it was."""
        crew, waiting = Crew(port, times), self._waiting
        if not self._primed:
            await self._prime(Crew(port, 1), waiting)
            self._primed = True
        await self._warm(Crew(port, 1), past)
        people: list[Awaitable[None]] = [
            crew.station(post, queue, None if post.after is None else waiting[post.after], cookie)
            for post, queue, cookie in zip(self.posts, waiting, self.cookies, strict=True)
        ]
        people += [
            crew.scanner(*slot, cookie, n)
            for n, (slot, cookie) in enumerate(zip(self.slots, self.material, strict=True))
        ]
        people += [crew.machine(self.token, number) for number in range(MACHINES)]
        people += [crew.engineer(cookie, self.pages(past)) for cookie in self.engineers]
        people += [crew.listener(cookie) for cookie in self.engineers]
        working = [asyncio.ensure_future(each) for each in people]
        began = time.perf_counter()
        await asyncio.sleep(seconds)
        crew.ending.set()
        spent = time.perf_counter() - began
        await asyncio.gather(*working)
        return crew, spent

    async def _warm(self, crew: Crew, past: int) -> None:
        """Open each page once: the first time its template is read, which a plant pays once after a start."""
        wire = Wire(crew.port, f"Host: bench\r\nCookie: {self.engineers[0]}\r\nAccept: text/html\r\n")
        for name, path in self.pages(past):
            if not await crew.timed(name, wire, "GET", path):
                raise SystemExit(f"the server refuses: {crew.faults}")
        wire.close()

    async def _prime(self, crew: Crew, waiting: list[deque[str]]) -> None:
        """Take some boards on, so that nobody begins with nothing to do, as in the middle of a shift."""

        async def line(first: int) -> None:
            wire = Wire(
                crew.port, f"Host: bench\r\nCookie: {self.cookies[first]}\r\nContent-Type: application/json\r\n"
            )
            for place in range(LINE_LENGTH - 1, 0, -1):
                for _ in range(BUFFER):
                    sn = waiting[first].popleft()
                    for post in self.posts[first : first + place]:
                        data = [{"specName": "value 0", "valueNumber": 5.25}]
                        for act, more in (("track-in", {}), ("track-out", {"result": "PASS", "data": data})):
                            said = json.dumps({"sn": sn, **more})
                            if not await crew.timed("prime", wire, "POST", f"/api/stations/{post.code}/{act}", said):
                                raise SystemExit(f"the server refuses: {crew.faults}")
                    waiting[first + place].append(sn)
            wire.close()

        await asyncio.gather(*(line(first) for first in range(0, STATIONS, LINE_LENGTH)))


def _profiled(options: argparse.Namespace) -> float:
    return min(PROFILED_S, options.seconds) if options.profile else 0.0


def measure(folder: Path, database: Database, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Make the plant and its past, let it work at each pace after a start of the server, and give the figures of each."""
    environ = plant_environment(folder, free_port(), ACCOUNTS, database_url=database.url)
    environ |= {"LOG_LEVEL": "info", "PG_WRITERS": str(PG_WRITERS)}
    run_command("migrate", environ=environ)
    run_command("demo", "load", "--dataset", "base", environ=environ)
    with serving(environ, log=folder / "server.log") as server:
        plant = Plant(server.address, options)
    history = History(database.url, plant.sample)
    loading = history.grow(options.units, whole=options.units)
    history.close()
    if options.check:
        run_command("doctor", environ=environ)
        run_command("audit", "verify", environ=environ)
    told = []
    for times in options.times:
        told.append(_at_work(folder, database, environ, plant, times) | {"historySeconds": loading})
        tell(told[-1])
    return told


def _at_work(folder: Path, database: Database, environ: dict[str, str], plant: Plant, times: float) -> dict[str, Any]:
    port, options = int(environ["PORT"]), plant.options
    before = bytes_used(database.url)
    with serving(environ, log=folder / "server.log") as server:
        memory, behind = [memory_mb(server.process_id)], [database.memory_mb()]
        cpu = cpu_seconds(server.process_id), database.cpu_seconds()
        crew, spent = asyncio.run(_watched(plant, database, server, (memory, behind), times))
        cpu = cpu_seconds(server.process_id) - cpu[0], database.cpu_seconds() - cpu[1]
        grown = bytes_used(database.url) - before
        echo = asyncio.run(_echo(port))
        if options.profile and times == options.times[-1]:
            asyncio.run(_profile(folder, database, plant, server, times))
    machine = ", ".join(filter(None, (facts(folder), database.said)))
    return {
        "engine": database.engine, "times": times, "seconds": spent, "units": options.units, "rows": sizes(database.url),
        "actions": {name: _figures(values, spent) for name, values in sorted(crew.spent.items())}, "faults": dict(crew.faults),
        "memoryMb": memory, "databaseMb": behind, "fileBytes": before, "grownBytes": grown, "cpuShare": cpu[0] / spent,
        "databaseCpuShare": cpu[1] / spent, "starved": crew.starved, "emptyPostMs": echo, "commitMs": database.commit_ms(),
        "machine": machine, "date": datetime.now(UTC).date().isoformat(),
    }  # fmt: skip


async def _watched(
    plant: Plant, database: Database, server: Server, memory: tuple[list[float], list[float]], times: float
) -> tuple[Crew, float]:
    async def watch() -> None:
        for _ in range(6):
            await asyncio.sleep(plant.options.seconds / 6)
            memory[0].append(memory_mb(server.process_id))
            memory[1].append(database.memory_mb())

    watching = asyncio.ensure_future(watch())
    try:
        return await plant.work(
            int(server.address.rpartition(":")[2]), plant.options.units, times, plant.options.seconds
        )
    finally:
        watching.cancel()


async def _profile(folder: Path, database: Database, plant: Plant, server: Server, times: float) -> None:
    """Have py-spy look at the server while everybody works on for a while, and keep what it saw."""
    seconds, options = _profiled(plant.options), plant.options
    recording = Recording(server.process_id, seconds, folder)
    crew, _ = await plant.work(int(server.address.rpartition(":")[2]), options.units, times, seconds)
    told = {
        "engine": database.engine,
        "times": times,
        "seconds": seconds,
        "units": options.units,
        "faults": dict(crew.faults),
    }
    told |= recording.told() | {"machine": facts(folder), "date": datetime.now(UTC).date().isoformat()}
    options.profile.write_text(json.dumps(told, indent=1))


async def _echo(port: int) -> float:
    """Give the median of an empty POST when nobody else asks, in ms: what any request costs."""
    crew = Crew(port, 1)
    wire = Wire(port, "Host: bench\r\nContent-Type: application/json\r\n")
    for _ in range(300):
        await crew.timed("echo", wire, "POST", "/api/health/echo", "{}")
    wire.close()
    return percentile(crew.spent["echo"], 0.5)


def _figures(values: list[float], spent: float) -> dict[str, float]:
    told = {f"p{share}": percentile(values, share / 100) for share in (50, 95, 99)}
    return {"count": len(values), "perSecond": len(values) / spent, **told, "max": max(values)}


def tell(told: dict[str, Any]) -> None:
    """Print the figures with the goals beside them."""
    history = f"{told['units']} units of history in {told['historySeconds']:.0f} s"
    print(f"plant on {told['engine']} at {told['times']:g}x for {told['seconds']:.0f} s, {history}; {told['machine']}")
    print(f"  {'':22} {'count':>7} {'/s':>7} {'p50':>7} {'p95':>7} {'p99':>7} {'max':>8}  ms")
    for name, one in told["actions"].items():
        goal = ""
        if name in GOALS:
            goal = f"p99 < {GOALS[name]:.0f}: {'met' if one['p99'] < GOALS[name] else 'MISSED'}"
        elif name.startswith("page"):
            goal = f"p95 < {PAGES_P95:.0f}: {'met' if one['p95'] < PAGES_P95 else 'MISSED'}"
        print(
            f"  {name:22} {one['count']:7} {one['perSecond']:7.1f} {one['p50']:7.1f} {one['p95']:7.1f} {one['p99']:7.1f} {one['max']:8.1f}  {goal}"
        )
    memory, behind = told["memoryMb"], told["databaseMb"]
    floors = told["emptyPostMs"] + told["commitMs"]
    print(
        f"  alone: an empty POST p50 {told['emptyPostMs']:.2f} ms, a durable row {told['commitMs']:.2f} ms;"
        f" a track-in among the others {told['actions']['track-in']['p50'] / floors:.2f} times both"
    )
    print(
        f"  cores used             {told['cpuShare'] * 100:.0f} % by the server, {told['databaseCpuShare'] * 100:.0f} % by the database"
    )
    print(f"  memory of the server   {' '.join(f'{each:.0f}' for each in memory)} MB")
    if any(behind):
        print(f"  memory of the database {' '.join(f'{each:.0f}' for each in behind)} MB")
    print(
        f"  the database           {told['fileBytes'] / 1e6:.0f} MB, grew by {told['grownBytes'] / 1e6:.1f} MB; rows {told['rows']}"
    )
    print(f"  errors                 {sum(told['faults'].values())} {told['faults'] or ''}")


def main() -> None:
    """Measure what is asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--times", type=float, nargs="+", default=[1, 10])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--units", type=int, default=50_000, help="units of history")
    parser.add_argument("--check", action="store_true", help="have doctor and audit verify look at the history first")
    parser.add_argument(
        "--profile", type=Path, help="have py-spy record the server at the last pace, and keep what it saw here"
    )
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args()
    work = ROOT / "var"
    work.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=work, prefix="bench-plant-") as folder,
        databases(options.engine, Path(folder)) as database,
    ):
        results = measure(Path(folder), database, options)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))
    sys.exit(any(told["faults"] for told in results))


if __name__ == "__main__":
    main()
