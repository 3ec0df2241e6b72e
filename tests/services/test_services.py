"""The services hold what they promise, or nothing that stands on them means anything."""

import asyncio
import os
import socket

import psycopg
import pytest
from sqlalchemy import create_engine, text

from tests.services.chromium import chromium_flags
from tests.services.plugin import ReachedOutside
from tests.services.postgres import Server, postgres_server


def test_a_module_gets_a_postgresql_database_of_its_own(postgres_url: str) -> None:
    engine = create_engine(postgres_url)
    with engine.begin() as connection:
        assert connection.scalar(text("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")) == 0
        assert connection.scalar(text("SHOW server_encoding")) == "UTF8"
    engine.dispose()


def test_a_template_is_filled_once_and_copied_often(postgres: Server) -> None:
    filled = []

    def fill(url: str) -> None:
        filled.append(url)
        engine = create_engine(url)
        with engine.begin() as connection:
            connection.execute(text("CREATE TABLE board (serial text)"))
        engine.dispose()

    for _ in range(2):
        postgres.template("test_of_templates", fill)
        copy = postgres.create(template="test_of_templates")
        with psycopg.connect(postgres.dsn(copy)) as connection:
            assert connection.execute("SELECT count(*) FROM board").fetchone() == (0,)
        postgres.drop(copy)
    assert len(filled) == 1


def test_a_server_of_ones_own_is_durable_when_asked_and_leaves_nothing_behind() -> None:
    with postgres_server(durable=True) as server:
        with psycopg.connect(server.dsn("postgres")) as connection:
            assert connection.execute("SHOW fsync").fetchone() == ("on",)
        assert server.folder.exists()
    assert not server.folder.parent.exists()


def test_chromium_as_root_goes_without_its_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    for user, expected in ((0, True), (1000, False)):
        monkeypatch.setattr(os, "geteuid", lambda user=user: user)
        assert ("--no-sandbox" in chromium_flags()) is expected


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("2001:db8::1", 80)])
def test_no_test_reaches_the_outside(address: tuple[str, int]) -> None:
    family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
    with socket.socket(family) as outside, pytest.raises(ReachedOutside):
        outside.connect(address)


def test_no_name_is_looked_up_outside() -> None:
    with pytest.raises(ReachedOutside):
        socket.getaddrinfo("example.org", 443)


def test_an_event_loop_is_kept_inside_too() -> None:
    async def leave() -> None:
        await asyncio.open_connection("192.0.2.1", 80)

    with pytest.raises(ReachedOutside):
        asyncio.run(leave())


def test_loopback_stays_open() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()):
        pass
