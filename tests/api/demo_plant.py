"""A demo plant of a test's own: an empty database, loaded as the command loads it, and served on a free port."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import uvicorn
from fastapi import FastAPI
from tests.api.plant import environment

from fiducial.app import create_app, entrances, open_store
from fiducial.demo.house import Accounts, House
from fiducial.demo.serving import free_port
from fiducial.kit.store import Store

ACCOUNTS = Accounts()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of this test."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    with request.getfixturevalue("postgres").database() as made:
        yield made.replace("+psycopg", "")


@contextmanager
def opened(url: str, folder: Path) -> Iterator[Store]:
    """The store over a database, for as long as the block runs."""
    store = open_store(environment(url, folder))
    try:
        yield store
    finally:
        store.stop()


def house_of(url: str, folder: Path, *, mode: str = "demo") -> House:
    """What `cli.py` gives the demo."""
    return House(
        mode=mode, accounts=ACCOUNTS, database_url=url, database=lambda: opened(url, folder), entrances=entrances
    )  # fmt: skip


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """The program behind a real socket; gives the address of its API."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 60
    while not server.started:
        assert thread.is_alive(), "the server ended before it served"
        assert time.monotonic() < until, "the server does not begin"
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}/api"
    finally:
        server.should_exit = True
        thread.join(10)


def app_over(url: str, folder: Path, store: Store) -> FastAPI:
    """The program over an open store."""
    return create_app(environment(url, folder), store)
