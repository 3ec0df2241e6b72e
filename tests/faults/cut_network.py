"""A network that cuts: a proxy between people and server that breaks connections off, before the question arrives or after it was answered."""

from __future__ import annotations

import random
import re
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from fiducial.demo.serving import free_port

PIECE = 65536


class CutNetwork:
    """Each connection is carried, or meets one of the fates of a bad network; `fates` counts them."""

    def __init__(self, port: int, *, chance: random.Random, bad: float) -> None:
        self.port, self._to, self._chance, self._bad = free_port(), port, chance, bad
        self.fates: Counter[str] = Counter()
        self._ending = threading.Event()
        self._door = socket.create_server(("127.0.0.1", self.port))
        self._door.settimeout(0.2)
        self._threads = [threading.Thread(target=self._let_in, daemon=True)]
        self._threads[0].start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def stop(self) -> None:
        self._ending.set()
        for thread in self._threads:
            thread.join(10)
        self._door.close()

    def _let_in(self) -> None:
        while not self._ending.is_set():
            with suppress(TimeoutError):
                client, _ = self._door.accept()
                thread = threading.Thread(target=self._carry, args=(client,), daemon=True)
                thread.start()
                self._threads.append(thread)

    def _carry(self, client: socket.socket) -> None:
        """Carry questions and answers; after a few of them the connection may meet its fate."""
        with client, socket.create_connection(("127.0.0.1", self._to)) as server:
            for end in (client, server):
                end.settimeout(10)
            with suppress(OSError):
                while not self._ending.is_set():
                    asked = _message(client)
                    if not asked:
                        return
                    fate = self._fate()
                    self.fates[fate] += 1
                    if fate == "cut before it was heard":
                        return
                    if fate == "cut in the middle of the question":
                        server.sendall(asked[: len(asked) // 2])
                        return
                    server.sendall(asked)
                    if fate == "cut at once":
                        return  # the server may have heard it, and answers nobody
                    answer = _message(server)
                    if fate == "answer lost":
                        return
                    client.sendall(answer[: len(answer) // 2] if fate == "half an answer" else answer)
                    if fate == "half an answer":
                        return

    def _fate(self) -> str:
        if self._chance.random() >= self._bad:
            return "carried"
        return self._chance.choice(
            (
                "cut before it was heard",
                "cut in the middle of the question",
                "cut at once",
                "answer lost",
                "half an answer",
            )
        )


def _message(source: socket.socket) -> bytes:
    """Give one whole question or answer; nothing when the connection ended."""
    said = b""
    while piece := source.recv(PIECE):
        said += piece
        head, end, body = said.partition(b"\r\n\r\n")
        length = re.search(rb"content-length: (\d+)", head.lower())
        if end and len(body) >= (int(length[1]) if length else 0):
            return said
    return b""


@contextmanager
def cut_network(port: int, *, bad: float, seed: int = 7) -> Iterator[CutNetwork]:
    """Give a network to a port on which so many of the questions (0 to 1) go wrong."""
    network = CutNetwork(port, chance=random.Random(seed), bad=bad)
    try:
        yield network
    finally:
        network.stop()
