"""A line on which boards go from station to station, and people who remember each answer while the server dies under them."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import Any

import httpx
from bench.setup import Post, Setup
from sqlalchemy import text
from tests.faults.plant_process import Plant

from fiducial.demo.acceptance.client import Api
from fiducial.demo.acceptance.options import Options
from fiducial.kit.audit_walk import Reading, verify
from fiducial.kit.store import make_engine
from fiducial.ops.invariants import broken

DEMO = {"APP_MODE": "demo", "SEED_ADMIN_PASSWORD": "ChangeMe123!", "SEED_TEST_PASSWORD": "Test123!"}
BUSY = ("DATABASE_UNAVAILABLE", "WRITE_QUEUE_FULL", "STORAGE_LOW")
VALUE = {"result": "PASS", "data": [{"specName": "value 0", "valueNumber": 5.25}]}


def prepare(plant: Plant, *, boards: int, stations: int = 5) -> list[Post]:
    """Make lines with that many stations, and boards that wait before the first; the server must run."""
    with Api(f"{plant.url}/api") as api:
        return Setup(api, Options(api_url=f"{plant.url}/api")).build(stations, values=1, boards=boards)


@dataclass(slots=True)
class Seat:
    """One station: the boards before it, and the act whose answer did not come."""

    post: Post
    waiting: SimpleQueue[str]
    after: Seat | None = None
    hand: tuple[str, str] | None = None  # the board in hand, and what is to be done with it
    key: str = ""
    asked_again: bool = False


@dataclass(slots=True)
class Told:
    """What the people of the line were told."""

    done: set[tuple[str, str, str]] = field(default_factory=set)  # station, board, "track-in" or "track-out"
    refused: Counter[str] = field(default_factory=Counter)
    slowest: float = 0.0  # the longest that somebody waited for an answer, in seconds


class LineAtWork:
    """People at the stations of a line. What is not answered is asked again with the same key, as the terminal does."""

    def __init__(self, addresses: Sequence[str], posts: Sequence[Post], cookie: str) -> None:
        self.told, self._addresses, self._cookie = Told(), list(addresses), cookie
        self._ending = threading.Event()
        self.seats = [Seat(post, SimpleQueue()) for post in posts]
        for seat, post in zip(self.seats, posts, strict=True):
            seat.after = None if post.after is None else self.seats[post.after]
            for sn in post.boards:
                seat.waiting.put(sn)
        self._threads: list[threading.Thread] = []

    @contextmanager
    def at_work(self) -> Iterator[None]:
        self._ending.clear()
        self._threads = [threading.Thread(target=self._work, args=(place,)) for place in range(len(self.seats))]
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._ending.set()
            for thread in self._threads:
                thread.join(60)

    def wait_for(self, more: int, *, patience: float = 60) -> None:
        wanted, begun = len(self.told.done) + more, time.monotonic()
        while len(self.told.done) < wanted and time.monotonic() - begun < patience:
            time.sleep(0.005)
        assert len(self.told.done) >= wanted, self.told

    def _work(self, place: int) -> None:
        seat, turn = self.seats[place], place
        while not self._ending.is_set():
            if seat.hand is None:
                try:
                    seat.hand = (seat.waiting.get(timeout=0.05), "track-in")
                except Empty:
                    continue
            # A load balancer sends the next request to the next node; what failed is asked of another.
            address = self._addresses[turn % len(self._addresses)]
            with httpx.Client(base_url=address, timeout=20, headers={"Cookie": self._cookie}) as client:
                while not self._ending.is_set() and seat.hand is not None and self._act(client, seat):
                    pass
            turn += 1

    def _act(self, client: httpx.Client, seat: Seat) -> bool:
        """Do what is due; False when the connection is of no use any more."""
        assert seat.hand is not None
        sn, act = seat.hand
        seat.key = seat.key or f"{seat.post.code}-{sn}-{act}"
        body: dict[str, Any] = {"sn": sn} | (VALUE if act == "track-out" else {})
        begun = time.monotonic()
        try:
            response = client.post(
                f"/api/stations/{seat.post.code}/{act}", json=body, headers={"Idempotency-Key": seat.key}
            )
        except httpx.HTTPError:
            time.sleep(0.05)
            return False
        self.told.slowest = max(self.told.slowest, time.monotonic() - begun)
        if response.status_code != 200:
            code = response.json()["error"]["code"]
            self.told.refused[code] += 1
            time.sleep(0.05)
            return False
        self.told.done.add((seat.post.code, sn, act))
        seat.key, seat.hand = "", (sn, "track-out") if act == "track-in" else None
        if act == "track-out" and seat.after is not None:
            seat.after.waiting.put(sn)
        return True


_IN = "SELECT s.code, u.sn, t.out_at FROM track t JOIN unit u ON u.id = t.unit_id JOIN station s ON s.id = t.station_id"


def judge(url: str, told: Told) -> int:
    """Compare the database with what people were told: nothing is missing, nothing is there twice, every promise holds.

    Give how many acts are in it.
    """
    assert set(told.refused) <= set(BUSY), told.refused
    with make_engine(url, read_only=True).connect() as reading:
        rows = reading.execute(text(_IN)).all()
        taken = Counter((code, sn) for code, sn, _ in rows)
        assert max(taken.values(), default=1) == 1, [each for each, times in taken.items() if times > 1]
        there = {(code, sn, "track-in") for code, sn, _ in rows}
        there |= {(code, sn, "track-out") for code, sn, out_at in rows if out_at is not None}
        assert told.done <= there, f"answered, and gone: {sorted(told.done - there)[:5]}"
        verified = verify(Reading(reading))
        assert verified.ok, verified
        assert broken(reading) == []
    return len(there)


def operator_cookie(plant: Plant) -> str:
    """Sign the operator in; the session outlives the server."""
    with httpx.Client(base_url=plant.url, timeout=20) as client:
        answer = client.post("/api/auth/sign-in/email", json={"email": "operator@example.com", "password": "Test123!"})
        assert answer.status_code == 200, answer.text
        return f"fiducial_session={client.cookies['fiducial_session']}"
