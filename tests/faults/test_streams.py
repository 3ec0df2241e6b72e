"""Event streams against a real server process: they end with the process, and nothing waits for them (spec 09.6)."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import httpx
from tests.faults.plant_process import running


def listening(client: httpx.Client, heard: list[str], opened: threading.Event) -> None:
    with client.stream("GET", "/api/notifications/stream", headers={"accept": "text/event-stream"}) as answer:
        for line in answer.iter_lines():
            heard.append(line)
            opened.set()


def test_a_server_that_is_asked_to_end_ends_at_once_with_streams_open(tmp_path: Path) -> None:
    """Seen to take the whole 30 s of the graceful time-out without `ending`."""
    with running(tmp_path / "plant") as plant:
        heard: list[str] = []
        opened = threading.Event()
        thread = threading.Thread(target=listening, args=(plant.signed_in(), heard, opened))
        thread.start()
        assert opened.wait(10)
        time.sleep(0.2)
        assert plant.stop() < 8
        thread.join(10)
        assert "event: ended" in heard
