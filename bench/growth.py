"""What growth costs: `python bench/growth.py --units 1000 10000 100000 1000000`.

One plant whose past grows (`fiducial.demo.history`: for each unit five tracks, five values, ten links to material lots, ten audit
entries). At each size the same acts and pages are asked one at a time and in one rhythm, so that nothing waits for anything else; what is
told is the median of each, and the ratio to the smallest size. At the largest size the book is then verified and old events are deleted,
and with `--beside archiving` the whole book is archived, while the line runs on.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from crew import Crew, Wire
from databases import ENGINES, PG_WRITERS, Database, databases
from fiducial.demo import serving as demo_serving
from fiducial.demo.acceptance.client import Api
from fiducial.demo.acceptance.options import Options
from fiducial.demo.history.bare import bytes_used, sizes
from fiducial.demo.history.one_board import History
from fiducial.demo.serving import free_port, plant_environment, run_command, serving
from machine import ROOT, facts, memory_mb, percentile
from setup import Post, Setup
from station import ACCOUNTS

GOAL, LENGTH = 1.2, 5
VALUE = {"result": "PASS", "data": [{"specName": "value 0", "valueNumber": 5.25}]}
ROUNDS = 120


class Small:
    """One line of five stations that goes on while the past grows behind it."""

    def __init__(self, address: str, *, boards: int) -> None:
        with Api(f"{address}/api") as api:
            setup = Setup(api, Options(api_url=f"{address}/api"), length=LENGTH, slots=1)
            self.posts: list[Post] = setup.build(LENGTH, values=1, boards=boards)
            self.slot = setup.slots[0]
            self.sign_in(setup)
            self.waiting = deque(self.posts[0].boards)
            self.sample = self.waiting.popleft()
            for post in self.posts:
                setup.do("operator", "POST", f"/stations/{post.code}/track-in", {"sn": self.sample})
                setup.do("operator", "POST", f"/stations/{post.code}/track-out", {"sn": self.sample, **VALUE})
        self._reel = 0

    def sign_in(self, setup: Setup) -> None:
        """Sign everybody in."""
        (self.operator,), (self.engineer,), (self.admin,) = (
            setup.cookies(1, actor=who) for who in ("operator", "engineer", "admin")
        )
        (self.material,) = setup.cookies(1, actor="material", login=("material@example.com", "Test123!"))

    async def ask(self, port: int, past: int, rounds: int) -> Crew:
        """Ask everything so many times, one after the other."""
        crew = Crew(port, 1)
        head = "Host: bench\r\nCookie: {}\r\nContent-Type: application/json\r\n"
        operator, material, engineer, admin = (
            Wire(port, head.format(cookie)) for cookie in (self.operator, self.material, self.engineer, self.admin)
        )
        some, first = f"H-{past // 2:08}", self.posts[0].code
        pages = {
            "page work orders": "/work-orders", "page runs": "/runs", "page a run": f"/runs/{self.posts[0].run_no}",
            "page trace of a unit": f"/trace/units/{some}", "page search": f"/trace?q={some}", "page lot": "/trace?q=LOT-H-00000-0",
            "page defects": "/defects", "orders found by part": f"/api/work-orders?search=WO-H-{past // 1000:06}",
        }  # fmt: skip
        for number in range(rounds):
            sn = self.waiting.popleft()
            await crew.timed("panel of a scan", operator, "GET", f"/execution/{first}/panel?sn={sn}")
            await crew.timed("track-in", operator, "POST", f"/api/stations/{first}/track-in", json.dumps({"sn": sn}))
            await crew.timed(
                "track-out", operator, "POST", f"/api/stations/{first}/track-out", json.dumps({"sn": sn, **VALUE})
            )
            await crew.timed("scan", material, "POST", "/api/loading/replace", self._next_reel())
            await crew.timed("trace of a unit", engineer, "GET", f"/api/trace/units/{some}")
            if number % 4 == 0:
                for name, path in pages.items():
                    await crew.timed(name, engineer, "GET", path)
                await crew.timed("page audit", admin, "GET", "/system/audit")
                await crew.timed("history of a unit", admin, "GET", f"/api/audit-logs/entity/UNIT/{some}")
                await crew.timed("book searched by part", admin, "GET", f"/api/audit-logs?entityDisplay={some}")
        for wire in (operator, material, engineer, admin):
            wire.close()
        return crew

    async def beside(self, port: int, job: Job | None, seconds: float) -> tuple[Crew, float]:
        """Let the line run at its pace while something heavy is done; give what the line waited, and how long that took."""
        crew, took = Crew(port, 1), 0.0
        operator = Wire(port, f"Host: bench\r\nCookie: {self.operator}\r\nContent-Type: application/json\r\n")
        admin = Wire(port, f"Host: bench\r\nCookie: {self.admin}\r\nContent-Type: application/json\r\n")
        first, ending = self.posts[0].code, asyncio.Event()

        async def line() -> None:
            while self.waiting and not ending.is_set():
                sn = self.waiting.popleft()
                await crew.timed(
                    "track-in", operator, "POST", f"/api/stations/{first}/track-in", json.dumps({"sn": sn})
                )
                await crew.timed(
                    "track-out", operator, "POST", f"/api/stations/{first}/track-out", json.dumps({"sn": sn, **VALUE})
                )
                await asyncio.sleep(0.2)

        working = asyncio.ensure_future(line())
        await asyncio.sleep(seconds)
        if job is not None:
            crew.spent.clear()  # what is told is what was waited meanwhile
            began = time.perf_counter()
            await job(admin, crew)
            took = time.perf_counter() - began
            ending.set()
        ending.set()
        await working
        for wire in (operator, admin):
            wire.close()
        return crew, took

    def _next_reel(self) -> str:
        self._reel += 1
        run_no, slot = self.slot
        reel = f"MAT-001|LOT-G-{self._reel}"
        return json.dumps({"runNo": run_no, "slotCode": slot, "newMaterialLotBarcode": reel, "reason": "empty"})


def measure(folder: Path, database: Database, options: argparse.Namespace) -> dict[str, Any]:
    """Give the figures at each size."""
    environ = plant_environment(folder, free_port(), ACCOUNTS, database_url=database.url) | {
        "LOG_LEVEL": "info", "PG_WRITERS": str(PG_WRITERS), "AUDIT_ARCHIVE_ENABLED": "true", "AUDIT_ARCHIVE_CUTOFF_DAYS": "1",
    }  # fmt: skip
    run_command("migrate", environ=environ)
    run_command("demo", "load", "--dataset", "base", environ=environ)
    log, port = folder / "server.log", int(environ["PORT"])
    boards = (len(options.units) + 1) * (options.rounds + 30) + 15_000
    with serving(environ, log=log) as server:
        small = Small(server.address, boards=boards)
    told: list[dict[str, Any]] = []
    during: dict[str, Any] = {}
    for size in options.units:
        history = History(database.url, small.sample)
        loading = history.grow(size, whole=max(options.units))
        history.close()
        with serving(environ, log=log) as server:
            asyncio.run(small.ask(port, size, 12))  # what a start pays once
            crew = asyncio.run(small.ask(port, size, options.rounds))
            told.append({
                "units": size, "rows": sizes(database.url), "fileBytes": bytes_used(database.url), "historySeconds": loading,
                "memoryMb": memory_mb(server.process_id), "databaseMb": database.memory_mb(), "faults": dict(crew.faults),
                "actions": {name: {f"p{share}": percentile(spent, share / 100) for share in (50, 95)} for name, spent in crew.spent.items()},
            })  # fmt: skip
            if size == max(options.units):
                during = _beside(small, port, options.beside)
        print(f"{size} units, {told[-1]['fileBytes'] / 1e6:.0f} MB, history in {loading:.0f} s", file=sys.stderr)
    if "archiving" in options.beside:
        during |= _tomorrow(small, environ, folder)
    machine = ", ".join(filter(None, (facts(folder), database.said)))
    return {
        "engine": database.engine, "sizes": told, "beside": during, "machine": machine, "date": datetime.now(UTC).date().isoformat(),
    }  # fmt: skip


Job = Callable[[Wire, Crew], Awaitable[None]]


async def _asked(admin: Wire, crew: Crew, method: str, path: str, **said: Any) -> Any:
    status, answer = await admin.ask(method, path, json.dumps(said))
    if status != 200:
        crew.faults[f"{path} {status} {answer[:120].decode(errors='replace')}"] += 1
    return json.loads(answer)


async def _verification(admin: Wire, crew: Crew) -> None:
    """Have the whole book verified."""
    await _asked(admin, crew, "POST", "/api/audit-logs/verify")


async def _archiving(admin: Wire, crew: Crew) -> None:
    """Have all that is a day old archived and deleted."""
    await _asked(admin, crew, "POST", "/api/audit-archives", password=ACCOUNTS.admin_password, remark="bench")


async def _retention(admin: Wire, crew: Crew) -> None:
    """Have three weeks of events deleted, where a plant deletes those of a day each night."""
    await _asked(admin, crew, "PATCH", "/api/system/config/events.retentionDays", value=7, reason="bench")
    await _asked(admin, crew, "PATCH", "/api/system/config/jobs.eventRetention.cron", value="* * * * *", reason="bench")
    began, quiet = time.monotonic(), 0
    while quiet < 3 and time.monotonic() - began < 600:  # until it has run, and nothing that is old is left
        await asyncio.sleep(1)
        old = (datetime.now(UTC) - timedelta(days=8)).isoformat()
        listed = await _asked(admin, crew, "GET", f"/api/events?to={quote(old)}&pageSize=1")
        quiet = quiet + 1 if not listed["data"]["items"] else 0


JOBS: dict[str, Job] = {"verification": _verification, "retention": _retention, "archiving": _archiving}


def _beside(small: Small, port: int, jobs: Sequence[str]) -> dict[str, Any]:
    """Give what the line waits beside each of the jobs, and beside nothing."""
    return {name: _beside_one(small, port, name) for name in ("nothing", *(job for job in jobs if job != "archiving"))}


def _beside_one(small: Small, port: int, name: str) -> dict[str, Any]:
    crew, took = asyncio.run(small.beside(port, JOBS.get(name), 60 if name == "nothing" else 2))
    told = {
        "seconds": took, "waited": {act: percentile(spent, 0.99) for act, spent in crew.spent.items()},
        "boards": len(crew.spent["track-in"]), "faults": dict(crew.faults),
    }  # fmt: skip
    print(f"beside {name}: {told}", file=sys.stderr)
    return told


def _tomorrow(small: Small, environ: dict[str, str], folder: Path) -> dict[str, Any]:
    """Give what the line waits while all that was entered before tomorrow is archived: the past stands behind entries of today.

    The server runs on a clock that is a day and an hour ahead.
    """
    dial = folder / "clock"
    dial.write_bytes((25 * 3_600_000).to_bytes(8, "little"))
    there, demo_serving.COMMAND = demo_serving.COMMAND, (sys.executable, str(ROOT / "tests/faults/odd_ground.py"))
    try:
        with (
            serving(environ | {"ODD_CLOCK_MS": str(dial)}, log=folder / "server.log") as server,
            Api(f"{server.address}/api") as api,
        ):
            small.sign_in(Setup(api, Options(api_url=f"{server.address}/api"), length=LENGTH, slots=1))
            return {"archiving": _beside_one(small, int(environ["PORT"]), "archiving")}
    finally:
        demo_serving.COMMAND = there


def tell(told: dict[str, Any]) -> None:
    """Print a row for each act, a column for each size, and the ratio of the last to the first."""
    each = told["sizes"]
    print(f"growth on {told['engine']}: {told['machine']}")
    print(f"  {'median, ms':28}" + "".join(f"{one['units']:>10}" for one in each) + "     ratio")
    for name, first in each[0]["actions"].items():
        medians = [one["actions"][name]["p50"] for one in each]
        ratio = medians[-1] / first["p50"]
        print(
            f"  {name:28}"
            + "".join(f"{value:10.2f}" for value in medians)
            + f"{ratio:10.2f}  {'met' if ratio <= GOAL else 'MISSED'}"
        )
    print(f"  {'database, MB':28}" + "".join(f"{one['fileBytes'] / 1e6:10.0f}" for one in each))
    print(f"  {'memory, MB':28}" + "".join(f"{one['memoryMb']:10.0f}" for one in each))
    if any(one["databaseMb"] for one in each):
        print(f"  {'memory of the database, MB':28}" + "".join(f"{one['databaseMb']:10.0f}" for one in each))
    print(f"  rows at last: {each[-1]['rows']}")
    for name, beside in told["beside"].items():
        print(f"  beside {name}, p99: {beside}")
    for one in each:
        if one["faults"]:
            print(f"  REFUSED at {one['units']}: {one['faults']}")


def main() -> None:
    """Measure what is asked for and print it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=ENGINES, default="sqlite")
    parser.add_argument("--units", type=int, nargs="+", default=[1000, 10_000, 100_000])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument(
        "--beside",
        nargs="*",
        choices=JOBS,
        default=["verification", "retention"],
        help="jobs to run beside the line at the end",
    )
    parser.add_argument("--json", type=Path, help="write the figures to this file too")
    options = parser.parse_args()
    work = ROOT / "var"
    work.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(dir=work, prefix="bench-growth-") as folder,
        databases(options.engine, Path(folder)) as database,
    ):
        told = measure(Path(folder), database, options)
    tell(told)
    if options.json:
        options.json.write_text(json.dumps(told, indent=1))


if __name__ == "__main__":
    main()
