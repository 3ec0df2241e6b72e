"""A plant at work, with its past behind it: `python bench/plant.py`.

Stations take boards in and out, material handlers change reels, machines tell their state, engineers have pages open and hear their
notifications, all at the pace of a plant and not as fast as they can: 1× is the published MES test load of 50 machines with 224 events
an hour each, beside 100 stations that finish a board every 30 s; `--times 10` is ten times that, people and pages too. What is told is
how long each had to wait. Behind it lies a history (`fiducial.demo.history`) of as many units as are asked for.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from fiducial.demo.acceptance.client import Api
from fiducial.demo.acceptance.options import Options
from fiducial.demo.history.one_board import History, sizes
from fiducial.demo.serving import free_port, plant_environment, run_command, serving
from machine import ROOT, cpu_seconds, facts, memory_mb, percentile
from setup import Post, Setup
from station import ACCOUNTS

STATIONS, LINE_LENGTH, SCANNERS, ENGINEERS, MACHINES = 100, 10, 20, 5, 50
BUFFER = 3  # boards before each station when the clock starts
EVERY_S = {"board": 30.0, "reel": 30.0, "machine": 3600 / 224, "page": 10.0}  # each actor, at 1x
GOALS = {"track-in": 50.0, "track-out": 50.0, "scan": 50.0}  # p99, ms; pages: p95 < 100 ms
PAGES_P95 = 100.0


class Wire:
    """One browser, terminal or machine: a connection that is opened anew when the server has closed it."""

    def __init__(self, port: int, head: str) -> None:
        self._port, self._head = port, head.encode()
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def ask(self, method: str, path: str, body: str = "") -> tuple[int, bytes]:
        """Give status and body of an answer."""
        for attempt in (1, 2):
            try:
                return await self._ask(method, path, body.encode())
            except (ConnectionError, asyncio.IncompleteReadError):
                self.close()
                if attempt == 2:
                    raise
        raise AssertionError

    async def _ask(self, method: str, path: str, body: bytes) -> tuple[int, bytes]:
        if self._streams is None or self._streams[1].is_closing() or self._streams[0].at_eof():
            self._streams = await asyncio.open_connection("127.0.0.1", self._port)
        reader, writer = self._streams
        length = f"Content-Length: {len(body)}\r\n\r\n".encode()
        writer.write(f"{method} {path} HTTP/1.1\r\n".encode() + self._head + length + body)
        head = await reader.readuntil(b"\r\n\r\n")
        at = head.lower().find(b"content-length: ")
        size = int(head[at + 16 : head.index(b"\r", at)]) if at >= 0 else 0
        return int(head[9:12]), await reader.readexactly(size)

    def close(self) -> None:
        if self._streams is not None:
            self._streams[1].close()
            self._streams = None


class Crew:
    """Everybody who works, and what they waited for."""

    def __init__(self, port: int, times: float) -> None:
        self.port, self.times, self.ending = port, times, asyncio.Event()
        self.spent: dict[str, list[float]] = defaultdict(list)
        self.faults: Counter[str] = Counter()
        self.starved = self.heard = 0

    async def timed(self, what: str, wire: Wire, method: str, path: str, body: str = "") -> bool:
        """Ask, note how long it took, and tell whether it was done."""
        began = time.perf_counter()
        status, said = await wire.ask(method, path, body)
        self.spent[what].append((time.perf_counter() - began) * 1000)
        if status != 200:
            self.faults[f"{what} {status} {said[:140].decode(errors='replace')}"] += 1
        return status == 200

    async def every(self, seconds: float, act: Callable[[], Awaitable[None]]) -> None:
        """Do something again and again at its pace, whatever it took the last time, until all end."""
        pace = seconds / self.times
        due = time.monotonic() + random.uniform(0, pace)
        while not self.ending.is_set():
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            if not self.ending.is_set():
                await act()
            due += random.uniform(0.7, 1.3) * pace
            due = max(due, time.monotonic() - pace)

    async def station(self, post: Post, waiting: deque[str], after: deque[str] | None, cookie: str) -> None:
        """Take a board in, work on it for a third of the pace, take it out."""
        wire = Wire(self.port, f"Host: bench\r\nCookie: {cookie}\r\nContent-Type: application/json\r\n")
        out = {"result": "PASS", "data": [{"specName": "value 0", "valueNumber": 5.25}]}

        async def board() -> None:
            if not waiting:
                self.starved += 1
                return
            sn = waiting.popleft()
            await self.timed("panel of a scan", wire, "GET", f"/execution/{post.code}/panel?sn={sn}")
            if await self.timed(
                "track-in", wire, "POST", f"/api/stations/{post.code}/track-in", json.dumps({"sn": sn})
            ):
                await asyncio.sleep(EVERY_S["board"] / self.times / 3)
                done = json.dumps({"sn": sn, **out})
                if (
                    await self.timed("track-out", wire, "POST", f"/api/stations/{post.code}/track-out", done)
                    and after is not None
                ):
                    after.append(sn)

        await self.every(EVERY_S["board"], board)
        wire.close()

    async def scanner(self, run_no: str, slot: str, cookie: str, number: int) -> None:
        """Put another reel on a slot."""
        wire = Wire(self.port, f"Host: bench\r\nCookie: {cookie}\r\nContent-Type: application/json\r\n")
        reels = iter(range(1_000_000))

        async def reel() -> None:
            said = {
                "runNo": run_no, "slotCode": slot, "newMaterialLotBarcode": f"MAT-001|LOT-B{number}-{next(reels)}", "reason": "empty",
            }  # fmt: skip
            await self.timed("scan", wire, "POST", "/api/loading/replace", json.dumps(said))

        await self.every(EVERY_S["reel"], reel)
        wire.close()

    async def machine(self, token: str, number: int) -> None:
        """Say how the machine is."""
        wire = Wire(self.port, f"Host: bench\r\nAuthorization: Bearer {token}\r\nContent-Type: application/json\r\n")

        async def event() -> None:
            now = datetime.now(UTC)
            said = {
                "eventId": f"M{number}-{time.time_ns()}", "equipmentCode": f"BENCH-{number // 10:02}-{number % 10}", "status": "NORMAL",
                "source": "AUTO",
                "eventTime": now.isoformat(),
            }  # fmt: skip
            await self.timed("machine event", wire, "POST", "/api/integration/equipment-status", json.dumps(said))

        await self.every(EVERY_S["machine"], event)
        wire.close()

    async def engineer(self, cookie: str, pages: list[tuple[str, str]]) -> None:
        """Look at one page after the other."""
        wire = Wire(self.port, f"Host: bench\r\nCookie: {cookie}\r\nAccept: text/html\r\n")

        async def page() -> None:
            name, path = random.choice(pages)
            await self.timed(f"page {name}", wire, "GET", path)

        await self.every(EVERY_S["page"], page)
        wire.close()

    async def listener(self, cookie: str) -> None:
        """Keep the stream of notifications open, as every page does."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(f"GET /api/notifications/stream HTTP/1.1\r\nHost: bench\r\nCookie: {cookie}\r\n\r\n".encode())
        while not self.ending.is_set():
            try:
                self.heard += bool(await asyncio.wait_for(reader.readline(), 1.0))
            except TimeoutError:
                continue
        writer.close()


class Plant:
    """What is made before the clock starts."""

    def __init__(self, address: str, options: argparse.Namespace) -> None:
        self.options = options
        with Api(f"{address}/api") as api:
            setup = Setup(
                api, Options(api_url=f"{address}/api"), length=LINE_LENGTH, slots=SCANNERS // (STATIONS // LINE_LENGTH)
            )
            needed = int(options.seconds * sum(options.times) / EVERY_S["board"]) + 40
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

    async def work(self, port: int, past: int, times: float) -> tuple[Crew, float]:
        """Let everybody work for the time that was asked for; give what they waited and how long it was."""
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
        await asyncio.sleep(self.options.seconds)
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


def measure(folder: Path, options: argparse.Namespace) -> list[dict[str, Any]]:
    """Make the plant and its past, let it work at each pace after a start of the server, and give the figures of each."""
    environ = plant_environment(folder, free_port(), ACCOUNTS) | {"LOG_LEVEL": "info"}
    run_command("demo", "load", "--dataset", "base", environ=environ)
    with serving(environ, log=folder / "server.log") as server:
        plant = Plant(server.address, options)
    history = History(str(folder / "fiducial.db"), plant.sample)
    loading = history.grow(options.units, whole=options.units)
    history.close()
    if options.check:
        run_command("doctor", environ=environ)
        run_command("audit", "verify", environ=environ)
    told = []
    for times in options.times:
        told.append(_at_work(folder, environ, plant, options, times) | {"historySeconds": loading})
        tell(told[-1])
    return told


def _at_work(
    folder: Path, environ: dict[str, str], plant: Plant, options: argparse.Namespace, times: float
) -> dict[str, Any]:
    path, port = folder / "fiducial.db", int(environ["PORT"])
    before = path.stat().st_size
    with serving(environ, log=folder / "server.log") as server:
        memory = [memory_mb(server.process_id)]
        cpu = cpu_seconds(server.process_id)
        crew, spent = asyncio.run(_watched(plant, server.process_id, port, memory, times))
        cpu = cpu_seconds(server.process_id) - cpu
        grown = sum(file.stat().st_size for file in folder.glob("fiducial.db*")) - before
        echo = asyncio.run(_echo(port))
    return {
        "times": times, "seconds": spent, "units": options.units, "rows": dict(sizes(str(path))),
        "actions": {name: _figures(values, spent) for name, values in sorted(crew.spent.items())}, "faults": dict(crew.faults),
        "memoryMb": memory, "fileBytes": before, "grownBytes": grown, "cpuShare": cpu / spent, "starved": crew.starved,
        "emptyPostMs": echo, "machine": facts(folder), "date": datetime.now(UTC).date().isoformat(),
    }  # fmt: skip


async def _watched(plant: Plant, process: int, port: int, memory: list[float], times: float) -> tuple[Crew, float]:
    async def watch() -> None:
        for _ in range(6):
            await asyncio.sleep(plant.options.seconds / 6)
            memory.append(memory_mb(process))

    watching = asyncio.ensure_future(watch())
    try:
        return await plant.work(port, plant.options.units, times)
    finally:
        watching.cancel()


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
    print(f"plant at {told['times']:g}x for {told['seconds']:.0f} s, {history}; {told['machine']}")
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
    memory = told["memoryMb"]
    print(
        f"  an empty POST, alone   p50 {told['emptyPostMs']:.2f} ms; the server used {told['cpuShare'] * 100:.0f} % of a core"
    )
    print(f"  memory of the server   {' '.join(f'{each:.0f}' for each in memory)} MB")
    print(
        f"  the file               {told['fileBytes'] / 1e6:.0f} MB, grew by {told['grownBytes'] / 1e6:.1f} MB; rows {told['rows']}"
    )
    print(f"  errors                 {sum(told['faults'].values())} {told['faults'] or ''}")


def main() -> None:
    """Measure what is asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=float, nargs="+", default=[1, 10])
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--units", type=int, default=50_000, help="units of history")
    parser.add_argument("--check", action="store_true", help="have doctor and audit verify look at the history first")
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args()
    work = ROOT / "var"
    work.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=work, prefix="bench-plant-") as folder:
        results = measure(Path(folder), options)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1))
    sys.exit(any(told["faults"] for told in results))


if __name__ == "__main__":
    main()
