"""A server of ours in a process of its own: for `acceptance --fresh` and `demo run`."""

from __future__ import annotations

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import httpx

from fiducial.demo.emptying import empty_database, must_be_empty

READY_WITHIN_S = 30.0
STOP_WITHIN_S = 40.0
COMMAND = (sys.executable, "-m", "fiducial.cli")


class NotServing(Exception):
    """The server, or a command before it, did not do what it must."""


@dataclass(frozen=True, slots=True)
class Fresh:
    """The accounts of a plant that is made for one run."""

    admin_email: str
    admin_password: str
    test_password: str


# Below the range from which Linux, by default, takes the near end of a connection: nobody who only calls out gets one of these.
PORTS = range(15_000, 32_000)


def free_port(wanted: int = 0) -> int:
    """Give the wanted port if it is free, any free one otherwise. Raises NotServing when none was found."""
    offered: list[int] = [*([wanted] if wanted else []), *random.sample(PORTS, 100)]
    for port in offered:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise NotServing("this machine has no free port")


def plant_environment(folder: Path, port: int, accounts: Fresh, *, database_url: str | None = None) -> dict[str, str]:
    """Give the environment of a demo plant in a folder; what this process was told of another plant does not count."""
    own = {
        "APP_MODE": "demo", "APP_DATA_DIR": str(folder), "HOST": "127.0.0.1", "PORT": str(port),
        "APP_URL": f"http://127.0.0.1:{port}", "SEED_ADMIN_EMAIL": accounts.admin_email,
        "SEED_ADMIN_PASSWORD": accounts.admin_password, "SEED_TEST_PASSWORD": accounts.test_password, "LOG_LEVEL": "warning",
        "PYTHONUNBUFFERED": "1",
    }  # fmt: skip
    kept = {
        name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "FIDUCIAL_CONFIG", "LOG_FILE")
    }
    return kept | own | ({"DATABASE_URL": database_url} if database_url else {})


def run_command(*arguments: str, environ: Mapping[str, str]) -> None:
    """Run one command of the program to its end. Raises NotServing with what it said."""
    done = subprocess.run(  # noqa: S603 - our own program
        [*COMMAND, *arguments], env=dict(environ), capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise NotServing(f"fiducial {' '.join(arguments)} ended with {done.returncode}: {said[-2000:]}")


@contextmanager
def ended_by_signal() -> Iterator[None]:
    """Have SIGTERM end the block as Ctrl-C does, so that no server of ours is left behind."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@dataclass(frozen=True, slots=True)
class Server:
    """A server of ours: where it is, and its process."""

    address: str
    process_id: int


@contextmanager
def serving(environ: Mapping[str, str], *, log: Path) -> Iterator[Server]:
    """Serve for as long as the block runs."""
    address = environ["APP_URL"]
    with log.open("ab") as sink:
        # A session of its own: Ctrl-C at the terminal is for us, and we stop the server in order.
        process = subprocess.Popen(  # noqa: S603 - our own program
            [*COMMAND, "serve"], env=dict(environ), stdout=sink, stderr=sink, start_new_session=True
        )  # fmt: skip
    try:
        _wait_until_ready(process, address, log)
        yield Server(address, process.pid)
    finally:
        stop_process(process)


def _wait_until_ready(process: subprocess.Popen[bytes], address: str, log: Path) -> None:
    until = time.monotonic() + READY_WITHIN_S
    with httpx.Client(trust_env=False, timeout=2) as client:
        while time.monotonic() < until and process.poll() is None:
            try:
                if client.get(f"{address}/api/health/ready").status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            time.sleep(0.05)
    raise NotServing(f"the server at {address} did not become ready:\n{log.read_text(errors='replace')[-2000:]}")


def stop_process(process: subprocess.Popen[bytes]) -> None:
    """Have a server end in order, or end it."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(STOP_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def fresh_plant(accounts: Fresh, *, database_url: str | None, say: Callable[[str], None]) -> Iterator[str]:
    """Make a plant, serve it for as long as the block runs, and leave nothing of it; give its address.

    Without a URL it is a temporary SQLite file. A database that is named must be empty, and is emptied again at the end.
    """
    if database_url:
        must_be_empty(database_url)
    folder = Path(tempfile.mkdtemp(prefix="fiducial-fresh-"))
    environ = plant_environment(folder, free_port(), accounts, database_url=database_url)
    try:
        began = time.perf_counter()
        run_command("migrate", environ=environ)
        run_command("demo", "load", "--dataset", "base", environ=environ)
        with ended_by_signal(), serving(environ, log=folder / "server.log") as server:
            say(f"a fresh plant serves at {server.address} after {time.perf_counter() - began:.1f} s")
            yield server.address
    finally:
        if database_url:
            empty_database(database_url)
        shutil.rmtree(folder, ignore_errors=True)
