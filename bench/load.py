"""The load: a plan in, figures out, in a process of its own.

It must not be the bottleneck on two cores, so it is one epoll loop over keep-alive sockets that sends ready bytes and reads
of an answer only its status and length. A station is a person with a scanner: track in, track out, the next board.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time
from collections import deque
from typing import Any

RECEIVE = 65536


class Station:
    """One station: its socket, the boards that wait for it, and the call it has under way."""

    __slots__ = (
        "after",
        "asked_at",
        "board",
        "buffer",
        "head",
        "is_out",
        "latencies",
        "path_in",
        "path_out",
        "sock",
        "tail",
        "waiting",
    )

    def __init__(self, plan: dict[str, Any], address: tuple[str, int], host: str) -> None:
        self.sock = socket.create_connection(address)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.head = (
            f" HTTP/1.1\r\nHost: {host}\r\nCookie: {plan['cookie']}\r\nContent-Type: application/json\r\n".encode()
        )
        self.path_in, self.path_out = plan["trackIn"].encode(), plan["trackOut"].encode()
        self.tail: bytes = plan["tail"].encode()
        self.waiting: deque[str] = deque(plan["boards"])
        self.after: Station | None = None
        self.board: str | None = None
        self.is_out = False
        self.asked_at = 0.0
        self.buffer = b""
        self.latencies: tuple[list[float], list[float]] = ([], [])

    def ask(self) -> None:
        """Send the call that is due for the board."""
        body = b'{"sn":"' + (self.board or "").encode() + b'"' + (self.tail if self.is_out else b"") + b"}"
        path = self.path_out if self.is_out else self.path_in
        self.asked_at = time.perf_counter()
        self.sock.sendall(b"POST " + path + self.head + b"Content-Length: %d\r\n\r\n" % len(body) + body)

    def answered(self) -> bytes | None:
        """Take what came; give the whole answer once it is there."""
        piece = self.sock.recv(RECEIVE)
        if not piece:
            raise ConnectionError("the server closed the connection")
        data = self.buffer + piece if self.buffer else piece
        head = data.find(b"\r\n\r\n")
        if head >= 0:
            start = data.find(b"content-length: ", 0, head)
            if start >= 0:
                end = data.index(b"\r", start)
                if len(data) >= head + 4 + int(data[start + 16 : end]):
                    self.buffer = b""
                    return data
        self.buffer = data
        return None


class Load:
    """All stations of one run of the load."""

    def __init__(self, plan: dict[str, Any]) -> None:
        host = f"{plan['host']}:{plan['port']}"
        self.stations = [Station(one, (plan["host"], plan["port"]), host) for one in plan["stations"]]
        for station, one in zip(self.stations, plan["stations"], strict=True):
            station.after = None if one["after"] is None else self.stations[one["after"]]
        self.buffer_size: int = plan["buffer"]
        self.poll = select.epoll()
        self.by_fd = {station.sock.fileno(): station for station in self.stations}
        for fd in self.by_fd:
            self.poll.register(fd, select.EPOLLIN)
        self.active = 0
        self.priming = True
        self.ending = False
        self.calls = 0
        self.idle: set[int] = set()
        self.faults: dict[str, int] = {}
        self.starved = 0.0

    def _may_begin(self, station: Station) -> bool:
        if self.ending or not station.waiting:
            return False
        if self.priming:
            return station.after is not None and len(station.after.waiting) < self.buffer_size
        return True

    def _begin(self, station: Station) -> None:
        if station.board is None and self._may_begin(station):
            station.board, station.is_out = station.waiting.popleft(), False
            self.active += 1
            station.ask()

    def _turn(self) -> None:
        for fd, _ in self.poll.poll():
            station = self.by_fd[fd]
            answer = station.answered()
            if answer is not None:
                self._done(station, answer)

    def _done(self, station: Station, answer: bytes) -> None:
        if not self.priming:
            station.latencies[station.is_out].append(time.perf_counter() - station.asked_at)
        self.calls += 1
        if answer[9:12] != b"200":
            self.fault(answer)
            station.board = None
        elif not station.is_out:
            if not self.ending:
                station.is_out = True
                station.ask()
                return
            station.board = None
        else:
            if station.after is not None and station.board is not None:
                station.after.waiting.append(station.board)
                self._begin(station.after)
            station.board = None
        self.active -= 1
        self._begin(station)

    def fault(self, answer: bytes) -> None:
        """Count an answer that is no success; too many end the load."""
        body = answer.partition(b"\r\n\r\n")[2].decode(errors="replace")[:160]
        self.faults[body] = self.faults.get(body, 0) + 1
        if sum(self.faults.values()) > 50:
            raise SystemExit(f"the server refuses the load: {self.faults}")

    def prime(self) -> int:
        """Let boards flow until every station has some before it, and warm the server by the way; give the calls made."""
        while True:
            for station in self.stations:
                self._begin(station)
            if not self.active:
                break
            self._turn()
        self.priming = False
        return self.calls

    def measure(self, seconds: float) -> dict[str, Any]:
        """Let all stations work for some seconds."""
        self.calls, cpu, began = 0, time.process_time(), time.perf_counter()
        until = began + seconds
        for station in self.stations:
            self._begin(station)
        while self.active:
            self._turn()
            if not self.ending and time.perf_counter() >= until:
                self.ending = True
                spent, calls, used = time.perf_counter() - began, self.calls, time.process_time() - cpu
        into = [value for station in self.stations for value in station.latencies[0]]
        out = [value for station in self.stations for value in station.latencies[1]]
        if not self.ending:
            raise SystemExit("the boards ran out before the time did: give more boards")
        return {
            "calls": calls, "seconds": spent, "loadCpu": used / spent, "in": into, "out": out, "faults": self.faults,
            "allCalls": self.calls,
        }  # fmt: skip


def echo(plan: dict[str, Any]) -> dict[str, Any]:
    """Have as many callers post to the empty endpoint for some seconds: what any request costs."""
    load = Load(plan | {"stations": [one | {"after": None} for one in plan["stations"]]})
    for station in load.stations:
        station.path_in = station.path_out = plan["echo"].encode()
        station.board = "SN-ECHO-0000000000000-0001"
        station.ask()
    began = time.perf_counter()
    until, calls, latencies = began + plan["seconds"], 0, []
    cpu = time.process_time()
    while (now := time.perf_counter()) < until:
        for fd, _ in load.poll.poll():
            station = load.by_fd[fd]
            answer = station.answered()
            if answer is None:
                continue
            if answer[9:12] != b"200":
                load.fault(answer)
            latencies.append(time.perf_counter() - station.asked_at)
            calls += 1
            station.ask()
    return {
        "calls": calls,
        "seconds": now - began,
        "latencies": latencies,
        "loadCpu": (time.process_time() - cpu) / (now - began),
    }


def main() -> None:
    """Read the plan from standard input, write the figures to standard output."""
    plan = json.load(sys.stdin)
    if plan["kind"] == "echo":
        json.dump(echo(plan), sys.stdout)
        return
    load = Load(plan)
    primed = load.prime()
    figures = load.measure(plan["seconds"])
    json.dump(figures | {"primed": primed}, sys.stdout)


if __name__ == "__main__":
    main()
