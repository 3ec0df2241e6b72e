"""Requests that never end, and too many of them: they are ended, and whoever works is served meanwhile."""

from __future__ import annotations

import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.plant_process import ON_ODD_GROUND, Plant, running


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Plant]:
    folder = tmp_path_factory.mktemp("slow") / "plant"
    with running(folder, program=ON_ODD_GROUND, ODD_PATIENCE_S="2") as standing:
        yield standing


def opened(plant: Plant, said: bytes) -> socket.socket:
    connection = socket.create_connection(("127.0.0.1", plant.port), timeout=15)
    connection.sendall(said)
    return connection


def closed_after(connection: socket.socket, drip: bytes = b"") -> tuple[float, bytes]:
    """Go on saying a little every so often; give how long it took until the server had enough, and what it said."""
    begun, heard = time.monotonic(), b""
    connection.settimeout(0.3)
    with connection:
        while time.monotonic() - begun < 15:
            try:
                if drip:
                    connection.sendall(drip)
                piece = connection.recv(4096)
            except TimeoutError:
                continue
            except OSError:
                break
            if not piece:
                break
            heard += piece
    return time.monotonic() - begun, heard


HEAD = b"POST /api/auth/sign-in/email HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("said", "drip"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\n", b"X-A: b\r\n"),
        (HEAD + b"Content-Length: 4000\r\n\r\n", b" "),
        (HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    ],
    ids=["nothing said", "headers without end", "a body drop by drop", "chunks without end"],
)
def test_a_request_that_does_not_end_is_ended(plant: Plant, said: bytes, drip: bytes) -> None:
    spent, _ = closed_after(opened(plant, said), drip)
    assert spent < 10


def test_whoever_works_is_served_while_hundreds_say_nothing(plant: Plant) -> None:
    idle = [opened(plant, HEAD) for _ in range(300)]
    try:
        begun = time.monotonic()
        assert plant.signed_in().get("/api/work-orders").status_code == 200
        assert time.monotonic() - begun < 5
    finally:
        for connection in idle:
            connection.close()


@pytest.mark.parametrize(
    "said",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + b"a" * 200_000 + b"\r\n\r\n",
        b"GET /" + b"a" * 200_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: a\r\n" % n for n in range(20_000)) + b"\r\n",
    ],
    ids=["a long header", "a long address", "many headers"],
)
def test_a_head_without_measure_is_refused(plant: Plant, said: bytes) -> None:
    with socket.create_connection(("127.0.0.1", plant.port), timeout=15) as connection:
        try:
            connection.sendall(said)
            heard = connection.recv(4096)
        except OSError:
            heard = b""
    assert not heard.startswith(b"HTTP/1.1 200")
    assert plant.signed_in().get("/api/health").status_code == 200


def test_a_smuggled_request_is_not_heard(plant: Plant) -> None:
    """Two lengths that differ: a proxy would believe one and we the other."""
    both = (
        HEAD
        + b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/health HTTP/1.1\r\nHost: x\r\n\r\n"
    )
    _, heard = closed_after(opened(plant, both))
    assert heard.count(b'"status":"ok"') == 0, heard


def test_nobody_says_for_somebody_else_where_a_request_came_from(plant: Plant) -> None:
    """Without a proxy that the plant has named, what stands in X-Forwarded-For is not believed, also not from this machine."""
    client = plant.signed_in()
    client.headers["X-Forwarded-For"] = "203.0.113.9"
    body = {"email": "admin@example.com", "password": "wrong"}
    assert client.post("/api/auth/sign-in/email", json=body).status_code == 401
    entries = plant.signed_in().get("/api/audit-logs", params={"action": "SIGN_IN_FAILED"}).json()["data"]["items"]
    assert {entry["ip"] for entry in entries} == {"127.0.0.1"}


@pytest.mark.parametrize(
    "path",
    [
        "/uploads/../secret.key", "/uploads/..%2fsecret.key", "/uploads/%2e%2e/fiducial.db", "/uploads/..%252fsecret.key",
        "/static/../../pyproject.toml", "/static/..%2f..%2fapp.py", "/static/%2e%2e/%2e%2e/app.py", "//etc/passwd",
        "/static/....//....//app.py", "/uploads/\\..\\secret.key", "/uploads/secret.key%00.png", "/static/%2fetc/passwd",
    ],
)  # fmt: skip
def test_no_path_leads_out_of_what_is_served(plant: Plant, path: str) -> None:
    raw = opened(plant, b"GET " + path.encode() + b" HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    _, heard = closed_after(raw)
    assert heard[9:12] in (b"303", b"400", b"404", b"405"), heard[:200]
    assert b"root:" not in heard
    secret = Path(plant.folder / "secret.key").read_bytes()
    assert secret not in heard
