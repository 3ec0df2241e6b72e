"""The load of one kind of POST: a plan in, figures out, in a process of its own.

One epoll loop over keep-alive sockets; each caller sends its ready bodies one after the other and reads of an answer only
its status and length, so that the load takes as little of two cores as it can.
"""

from __future__ import annotations

import json
import select
import socket
import sys
import time
from typing import Any

RECEIVE = 65536


class Caller:
    """One caller: its socket, what it has still to send, and when it sent the last."""

    __slots__ = ("bodies", "buffer", "head", "sent_at", "sock")

    def __init__(self, address: tuple[str, int], path: str, cookie: str, bodies: list[str]) -> None:
        self.sock = socket.create_connection(address)
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.head = (
            f"POST {path} HTTP/1.1\r\nHost: {address[0]}:{address[1]}\r\nCookie: {cookie}\r\nContent-Type: application/json\r\n"
        ).encode()
        self.bodies = [body.encode() for body in reversed(bodies)]
        self.buffer, self.sent_at = b"", 0.0

    def send(self) -> bool:
        """Send the next body; tell whether there was one."""
        if not self.bodies:
            return False
        body = self.bodies.pop()
        self.sent_at = time.perf_counter()
        self.sock.sendall(self.head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        return True

    def answer(self) -> bytes | None:
        """Take what came; give the whole answer once it is there."""
        piece = self.sock.recv(RECEIVE)
        if not piece:
            raise ConnectionError("the server closed the connection")
        self.buffer += piece
        end = self.buffer.find(b"\r\n\r\n")
        start = self.buffer.find(b"content-length: ", 0, end) if end >= 0 else -1
        if start < 0:
            return None
        length = int(self.buffer[start + 16 : self.buffer.index(b"\r", start)])
        if len(self.buffer) < end + 4 + length:
            return None
        whole, self.buffer = self.buffer, b""
        return whole


def run(plan: dict[str, Any]) -> dict[str, Any]:
    """Send everything, at most for so long; give rate, latencies and faults by their first line."""
    address = (plan["host"], plan["port"])
    callers = [Caller(address, plan["path"], one["cookie"], one["bodies"]) for one in plan["callers"]]
    by_fd, poll = {caller.sock.fileno(): caller for caller in callers}, select.epoll()
    for fd in by_fd:
        poll.register(fd, select.EPOLLIN)
    latencies, faults = list[float](), dict[str, int]()
    cpu, began = time.process_time(), time.perf_counter()
    active = sum(caller.send() for caller in callers)
    while active:
        for fd, _ in poll.poll():
            answer = (caller := by_fd[fd]).answer()
            if answer is None:
                continue
            now = time.perf_counter()
            latencies.append(now - caller.sent_at)
            if not answer.startswith(b"HTTP/1.1 200") or plan["expect"].encode() not in answer:
                said = answer.split(b"\r\n\r\n", 1)[-1][:120].decode(errors="replace")
                faults[said] = faults.get(said, 0) + 1
            if now - began > plan["seconds"] or not caller.send():
                active -= 1
    seconds = time.perf_counter() - began
    return {
        "calls": len(latencies), "seconds": seconds, "latencies": latencies, "faults": faults,
        "loadCpu": (time.process_time() - cpu) / seconds,
    }  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(run(json.load(sys.stdin))))
