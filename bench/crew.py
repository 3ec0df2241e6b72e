"""Everybody who works in a plant of the bench, each at a pace of their own, and what they waited for."""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections import Counter, defaultdict, deque
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

from setup import Post

EVERY_S = {"board": 30.0, "reel": 30.0, "machine": 3600 / 224, "page": 10.0}  # each actor, at 1x


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
