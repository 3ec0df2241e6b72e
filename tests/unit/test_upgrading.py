"""An upgrade of what people have worked on: a verified backup first, nothing without it, and the way back (spec 13.5)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy import Connection, text
from tests.unit.test_cli import _elsewhere, change_something, run  # noqa: F401 - the fixture keeps the tests in a folder of their own

from fiducial.app import open_store
from fiducial.kit.acting import Caller
from fiducial.kit.store import make_engine
from fiducial.ops import upgrading
from fiducial.ops.backups import places
from fiducial.ops.environment import read_environment
from fiducial.ops.migrate import known_revisions


def worked_on() -> int:
    """A database that people have worked on; give the newest entry of its book."""
    assert run("migrate").exit_code == 0
    return enter()


def enter() -> int:
    store = open_store(read_environment())
    store.write_now(Caller(internal="test"), change_something)
    store.stop()
    return int(asked("SELECT max(seq) FROM audit_entry"))


def asked(question: str) -> Any:
    with make_engine(read_environment().database_url).connect() as connection:
        return connection.execute(text(question)).scalar()


def newer(monkeypatch: pytest.MonkeyPatch, *, fails: bool = False) -> None:
    """The program knows one migration more."""
    known = known_revisions()

    def apply(connection: Connection) -> None:
        connection.execute(text("CREATE TABLE something_new (id INTEGER)"))
        connection.execute(text("UPDATE alembic_version SET version_num = '0002'"))
        if fails:
            raise RuntimeError("it broke")

    monkeypatch.setattr("fiducial.ops.migrate.known_revisions", lambda: (*known, "0002"))
    monkeypatch.setattr("fiducial.ops.migrate._run", apply)


def backups() -> list[places.Backup]:
    return places.known(read_environment().backups)


def test_an_empty_database_is_migrated_without_a_backup() -> None:
    assert run("migrate").exit_code == 0
    assert backups() == []


def test_before_a_migration_a_verified_backup_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    worked_on()
    newer(monkeypatch)
    told = run("upgrade", "--check")
    assert (told.exit_code, "pending: 0002" in told.output) == (0, True)
    assert backups() == []
    told = run("migrate")
    assert (told.exit_code, told.output.strip()) == (0, "0002")
    [backup] = backups()
    assert (backup.pre_upgrade, backup.verified) == (True, True)
    assert asked("SELECT count(*) FROM something_new") == 0


def test_a_start_that_migrates_by_itself_makes_the_backup_too(monkeypatch: pytest.MonkeyPatch) -> None:
    worked_on()
    newer(monkeypatch)
    open_store(read_environment()).stop()
    assert [backup.pre_upgrade for backup in backups()] == [True]


def test_without_a_verified_backup_nothing_is_migrated(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    worked_on()
    newer(monkeypatch)
    (tmp_path / "data" / "backups").write_text("a file where the folder should be")
    told = run("migrate")
    assert told.exit_code == 5
    assert "nothing was migrated" in told.output
    assert asked("SELECT version_num FROM alembic_version") != "0002"


def test_a_migration_that_fails_leaves_the_database_as_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    worked_on()
    newer(monkeypatch, fails=True)
    told = run("migrate")
    assert told.exit_code == 5
    assert "stands at" in told.output
    assert asked("SELECT count(*) FROM sqlite_master WHERE name = 'something_new'") == 0


def test_what_a_migration_left_behind_is_put_back_from_the_backup(monkeypatch: pytest.MonkeyPatch) -> None:
    """One whose steps could not be one transaction."""
    worked_on()
    before = asked("SELECT version_num FROM alembic_version")
    newer(monkeypatch)
    from fiducial.ops.migrate import migrate

    def half(url: str) -> list[str]:
        migrate(url)
        raise RuntimeError("the second half broke")

    monkeypatch.setattr(upgrading, "migrate", half)
    assert run("migrate").exit_code == 5
    assert asked("SELECT version_num FROM alembic_version") == before


def test_going_back_lists_what_is_lost_first_and_moves_the_link(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    worked_on()
    newer(monkeypatch)
    assert run("migrate").exit_code == 0
    [backup] = backups()
    head = backup.manifest["auditHead"]["seq"]
    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    old, new = tmp_path / "releases" / str(backup.manifest["version"]), tmp_path / "releases" / "9.9.9"
    old.mkdir(parents=True)
    new.mkdir()
    link = tmp_path / "current"
    link.symlink_to(new)
    newer(monkeypatch)
    lost = enter()
    assert run("rollback").exit_code == 2, "what is lost is named"
    half = tmp_path / "data" / "restoring.json"  # of half a database nothing is written out as if it were the whole
    half.write_text('{"movedTo": null, "lostMinutes": null}')
    assert run("rollback", "--export-since", "lost.jsonl", "--link", str(link)).exit_code == 3
    half.unlink()
    told = run("rollback", "--export-since", "lost.jsonl", "--link", str(link))
    assert told.exit_code == 0, told.output
    seqs = [orjson.loads(line)["seq"] for line in (tmp_path / "lost.jsonl").read_bytes().splitlines()]
    assert seqs == list(range(lost, head, -1))
    assert link.resolve() == old
    assert asked("SELECT max(seq) FROM audit_entry") == head
    assert asked("SELECT count(*) FROM sqlite_master WHERE name = 'something_new'") == 0


def test_there_is_no_going_back_without_a_backup_of_before_an_upgrade() -> None:
    worked_on()
    told = run("rollback", "--lose-work")
    assert (told.exit_code, "no backup of before an upgrade" in told.output) == (1, True)


def test_the_book_is_written_out_whole_or_from_an_entry_on(tmp_path: Path) -> None:
    newest = worked_on()
    assert run("audit", "export", "--out", "book.jsonl").exit_code == 0
    lines = [orjson.loads(line) for line in (tmp_path / "book.jsonl").read_bytes().splitlines()]
    assert [line["seq"] for line in lines] == list(range(newest, 0, -1))
    assert {"actorName", "action", "hash"} <= set(lines[0])
    told = run("audit", "export", "--since", str(newest - 1))
    assert [orjson.loads(line)["seq"] for line in told.output.splitlines()] == [newest]


def test_exporting_a_book_that_is_not_there_says_so() -> None:
    told = run("audit", "export")
    assert (told.exit_code, "there is no database" in told.output) == (2, True)
