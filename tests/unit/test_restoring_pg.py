"""A dump is put back into PostgreSQL by `fiducial restore` (spec 13.4): all of it or nothing, and never under a node at work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.unit.test_cli import change_something, run

from fiducial.app import open_store
from fiducial.kit.acting import Caller
from fiducial.kit.store import make_engine
from fiducial.ops.backups import making, places
from fiducial.ops.backups.checking import NotWhole
from fiducial.ops.environment import Environment, read_environment
from fiducial.ops.outside import enter_what_was_restored

pytestmark = pytest.mark.postgres


@pytest.fixture
def here(postgres_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Environment:
    """A plant on PostgreSQL that people have worked on."""
    monkeypatch.chdir(tmp_path)
    url = postgres_url.replace("+psycopg", "")
    monkeypatch.setenv("DATABASE_URL", url)
    empty(url)
    told = run("migrate")
    assert told.exit_code == 0, told.output
    work()
    return read_environment()


def empty(url: str) -> None:
    with make_engine(url).connect() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        connection.commit()


def work() -> None:
    store = open_store(read_environment())
    store.write_now(Caller(internal="test"), change_something)
    store.stop()


def asked(here: Environment, question: str) -> Any:
    with make_engine(here.database_url).connect() as connection:
        return connection.execute(text(question)).scalar()


HEAD = "SELECT max(seq) FROM audit_entry"


def test_a_dump_is_put_back_and_the_next_start_enters_it(here: Environment) -> None:
    head = asked(here, HEAD)
    backup = making.create(here)
    work()
    assert asked(here, HEAD) > head
    told = run("restore", str(backup.path))
    assert told.exit_code == 0, told.output
    assert "minutes of work are lost" in told.output
    assert asked(here, HEAD) == head
    (aside,) = here.app_data_dir.glob("before-restore-*/fiducial.dump")
    assert aside.stat().st_size > 1000
    assert run("audit", "verify").exit_code == 0
    store = open_store(here)
    try:
        enter_what_was_restored(store, here)
        enter_what_was_restored(store, here)
    finally:
        store.stop()
    assert asked(here, "SELECT count(*) FROM audit_entry WHERE action = 'BACKUP_RESTORE'") == 1


def test_a_dump_is_put_into_an_empty_database(here: Environment) -> None:
    head = asked(here, HEAD)
    backup = making.create(here)
    empty(here.database_url)
    assert run("restore", str(backup.path)).exit_code == 0
    assert asked(here, HEAD) == head


def test_nothing_is_put_back_under_a_node_at_work(here: Environment) -> None:
    backup = making.create(here)
    store = open_store(here)
    try:
        told = run("restore", str(backup.path))
    finally:
        store.stop()
    assert (told.exit_code, "stop every node first" in told.output) == (7, True)


def test_another_installation_another_schema_and_a_changed_file_are_refused(
    here: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = making.create(here)
    said = {"manifest": {**backup.manifest, "installation": "00000000"}, "sha256": backup.sha256}
    places.keep_beside(backup.path, said)
    head = asked(here, HEAD)
    assert run("restore", str(backup.path)).exit_code == 3
    places.keep_beside(backup.path, {**said, "manifest": {**backup.manifest, "schema": "9999"}})
    told = run("restore", str(backup.path))
    assert (told.exit_code, "put it into an empty database" in told.output) == (1, True)
    places.keep_beside(backup.path, {**said, "manifest": dict(backup.manifest), "sha256": "0" * 64})
    told = run("restore", str(backup.path))
    assert (told.exit_code, "SHA-256 differs" in told.output) == (1, True)
    places.beside_of(backup.path).unlink()
    assert run("restore", str(backup.path)).exit_code == 1
    assert asked(here, HEAD) == head


def test_where_the_programs_of_postgresql_are_missing_the_command_says_which(
    here: Environment, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = making.create(here)
    monkeypatch.setattr(making.shutil, "which", lambda _name: None)
    told = run("restore", str(backup.path))
    assert told.exit_code == 1
    assert "pg_dump is not installed here" in told.output
    with pytest.raises(NotWhole):
        making.create(here)
