"""A real server process over a real file, and people who work at it while it is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx

from fiducial.demo.serving import free_port

PASSWORD = "Only-For-Tests-1"
READY_WITHIN_S = 60
PROGRAM = ("-m", "fiducial.cli")
ON_ODD_GROUND = (str(Path(__file__).with_name("odd_ground.py")),)


class Plant:
    """One database and, most of the time, one server process over it."""

    def __init__(self, folder: Path, *, program: tuple[str, ...] = PROGRAM, **more: str) -> None:
        self.folder, self.port, self.program = folder, free_port(), program
        self.url = f"http://127.0.0.1:{self.port}"
        self.file = folder / "fiducial.db"
        self.environ = os.environ | {
            "APP_MODE": "test", "APP_DATA_DIR": str(folder), "HOST": "127.0.0.1", "PORT": str(self.port), "APP_URL": self.url,
            "SEED_ADMIN_PASSWORD": PASSWORD, "LOG_LEVEL": "error", "DATABASE_URL": "",
        } | more  # fmt: skip
        self.process: subprocess.Popen[bytes] | None = None
        self.clients: list[httpx.Client] = []
        self.log = folder.parent / f"{folder.name}.log"

    def command(self, *words: str, timeout: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a command of the program on this plant and give what it said."""
        command = [sys.executable, *PROGRAM, *words]
        return subprocess.run(command, env=self.environ, capture_output=True, text=True, timeout=timeout, check=False)

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, *self.program, "serve"], env=self.environ, stdout=log, stderr=log
            )
        begun = time.monotonic()
        while time.monotonic() - begun < READY_WITHIN_S:
            if self.process.poll() is not None:
                raise AssertionError(f"the server ended with {self.process.returncode}: {self.log.read_text()[-2000:]}")
            try:
                if httpx.get(self.url + "/api/health/ready", timeout=2).status_code == 200:
                    return
            except httpx.HTTPError:
                time.sleep(0.03)
        raise AssertionError(f"not ready: {self.log.read_text()[-2000:]}")

    def kill(self) -> None:
        """End it as a power cut would."""
        assert self.process
        self.process.kill()
        self.process.wait(10)

    def stop(self) -> float:
        """Ask it to end; give how long it took."""
        assert self.process
        begun = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(35) == 0, self.log.read_text()[-2000:]
        return time.monotonic() - begun

    def signed_in(self, email: str = "admin@example.com", password: str = PASSWORD) -> httpx.Client:
        client = self._client()
        answer = client.post("/api/auth/sign-in/email", json={"email": email, "password": password})
        assert answer.status_code == 200, answer.text
        return client

    def erp(self) -> httpx.Client:
        """Give the ERP, which sends orders."""
        admin = self.signed_in()
        soon = (datetime.now(UTC) + timedelta(days=30)).isoformat()
        token = {"name": "ERP", "system": "ERP", "scopes": ["wo:receive"], "expiresAt": soon}
        answer = admin.post("/api/api-tokens", json=token)
        assert answer.status_code == 200, answer.text
        secret = answer.json()["data"]["secret"]
        return self._client(headers={"Authorization": f"Bearer {secret}"})

    def _client(self, **given: Any) -> httpx.Client:
        self.clients.append(httpx.Client(base_url=self.url, timeout=20, **given))
        return self.clients[-1]


def order(wo_no: str) -> dict[str, object]:
    return {"woNo": wo_no, "productCode": "BOARD", "plannedQty": 10, "customer": "x" * 60}


@contextmanager
def running(folder: Path, *, program: tuple[str, ...] = PROGRAM, **more: str) -> Iterator[Plant]:
    """A plant whose server runs; it is ended at the end, whatever happened."""
    folder.mkdir(exist_ok=True)
    plant = Plant(folder, program=program, **more)
    plant.start()
    try:
        yield plant
    finally:
        for client in plant.clients:
            client.close()
        if plant.process and plant.process.poll() is None:
            plant.kill()


class Crew:
    """People who send orders as fast as they are answered, and remember what they were told."""

    def __init__(self, plant: Plant, erp: httpx.Client, *, hands: int = 6) -> None:
        self._plant, self._headers, self._ending = plant, erp.headers, threading.Event()
        self.answered: dict[str, Any] = {}  # order number: the data of the answer
        self.refused: list[tuple[int, str]] = []
        self.unanswered: set[str] = set()
        self._threads = [threading.Thread(target=self._work, args=(hand,)) for hand in range(hands)]
        self._round = 0

    def send(self, client: httpx.Client, wo_no: str) -> httpx.Response:
        """Send an order; the same number is always the same act."""
        return client.post("/api/integration/work-orders", json=order(wo_no), headers={"Idempotency-Key": wo_no})

    def wait_for(self, more: int) -> None:
        """Wait until so many more orders are answered: a slow machine kills later, not sooner."""
        wanted, begun = len(self.answered) + more, time.monotonic()
        while len(self.answered) < wanted and time.monotonic() - begun < 30:
            time.sleep(0.01)

    def _work(self, hand: int) -> None:
        number = 0
        with httpx.Client(base_url=self._plant.url, timeout=20, headers=self._headers) as client:
            while not self._ending.is_set():
                number += 1
                wo_no = f"WO-{self._round}-{hand}-{number:05}"
                self.unanswered.add(wo_no)
                try:
                    response = self.send(client, wo_no)
                except httpx.HTTPError:
                    return
                self.unanswered.discard(wo_no)
                if response.status_code == 200:
                    self.answered[wo_no] = response.json()["data"]
                else:
                    self.refused.append((response.status_code, response.json()["error"]["code"]))

    @contextmanager
    def at_work(self, round_: int) -> Iterator[None]:
        self._round = round_
        self._ending.clear()
        self._threads = [threading.Thread(target=self._work, args=(hand,)) for hand in range(len(self._threads))]
        for thread in self._threads:
            thread.start()
        try:
            yield
        finally:
            self._ending.set()
            for thread in self._threads:
                thread.join(25)
