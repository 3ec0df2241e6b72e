"""The commands of the one file: what they leave behind, and with which code (spec 13.2)."""

from __future__ import annotations

import socket
from pathlib import Path

import apsw
import pytest
from typer.testing import CliRunner, Result

from fiducial.app import open_store
from fiducial.cli import app
from fiducial.demo.serving import free_port
from fiducial.kit.acting import Caller, action
from fiducial.kit.tx import Tx
from fiducial.ops.environment import read_environment


@pytest.fixture(autouse=True)
def _elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("APP_DATA_DIR", "APP_MODE", "DATABASE_URL", "FIDUCIAL_CONFIG", "PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PORT", str(free_port()))  # somebody may run a plant on the usual one
    monkeypatch.chdir(tmp_path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(app, list(arguments))


def test_verifying_a_book_that_is_not_there_says_so_and_makes_nothing(tmp_path: Path) -> None:
    told = run("audit", "verify")
    assert told.exit_code == 2
    assert "there is no database" in told.output
    assert list(tmp_path.iterdir()) == []


def test_verifying_names_the_database_it_walked(tmp_path: Path) -> None:
    assert run("migrate").exit_code == 0
    told = run("audit", "verify")
    assert told.exit_code == 0, told.output
    assert str(tmp_path / "data" / "fiducial.db") in told.output


def test_an_entry_that_was_changed_with_sql_is_named_by_the_command(tmp_path: Path) -> None:
    """Whoever may write the file may drop its triggers too; the chain tells all the same."""
    assert run("migrate").exit_code == 0
    store = open_store(read_environment())
    store.write_now(Caller(internal="test"), change_something)
    store.stop()
    database = apsw.Connection(str(tmp_path / "data" / "fiducial.db"))
    (seq,) = database.execute("SELECT max(seq) FROM audit_entry").fetchall()[0]
    database.execute("DROP TRIGGER audit_entry_no_update")
    database.execute("UPDATE audit_entry SET entity_display = 'somebody else' WHERE seq = ?", (seq,))
    database.close()
    told = run("audit", "verify")
    assert told.exit_code == 1
    assert f"first bad entry: {{'seq': {seq}, 'kind': 'HASH'}}" in told.output


@action(audit="TEST", entity="EVENT", internal_only=True)
def change_something(tx: Tx) -> None:
    tx.record("somebody")


def test_a_port_that_is_taken_is_told_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        told = run("serve", "--host", "127.0.0.1", "--port", str(taken.getsockname()[1]))
    assert told.exit_code == 2
    assert "cannot listen on 127.0.0.1" in told.output
    assert list(tmp_path.iterdir()) == []


def test_all_faults_of_the_environment_are_listed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_MODE", "holiday")
    monkeypatch.setenv("APP_TIMEZONE", "Asia/Nowhere")
    told = run("config", "check")
    assert told.exit_code == 2
    assert "APP_MODE" in told.output
    assert "APP_TIMEZONE" in told.output


def test_config_show_masks_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("APP_SECRET_KEY", "k" * 40)
    monkeypatch.setenv("DATABASE_URL", "postgresql://fiducial:hidden@127.0.0.1/plant")
    told = run("config", "show")
    assert told.exit_code == 0, told.output
    assert "hidden" not in told.output
    assert "kkkk" not in told.output


# Backups (spec 13.4)


def test_a_backup_is_made_listed_verified_and_put_back(tmp_path: Path) -> None:
    assert run("backup", "create").exit_code == 2  # there is no database yet
    assert run("migrate").exit_code == 0
    made = run("backup", "create")
    assert made.exit_code == 0, made.output
    archive = Path(made.output.strip())
    assert archive.parent == tmp_path / "data" / "backups" or archive.parent == Path("data/backups")
    assert "verified" in run("backup", "list").output
    whole = run("backup", "verify", archive.name)
    assert (whole.exit_code, "is whole" in whole.output) == (0, True)
    assert run("backup", "verify", "nothing").exit_code == 2
    back = run("restore", str(archive))
    assert back.exit_code == 0, back.output
    assert "before-restore-" in back.output
    assert run("audit", "verify").exit_code == 0
    assert run("backup", "prune").exit_code == 0


def test_a_touched_backup_is_told_and_changes_nothing(tmp_path: Path) -> None:
    run("migrate")
    archive = Path(run("backup", "create").output.strip())
    before = (tmp_path / "data" / "fiducial.db").stat().st_ino
    content = bytearray(archive.read_bytes())
    content[-1] ^= 1
    archive.write_bytes(content)
    assert run("backup", "verify", archive.name).exit_code == 1
    told = run("restore", str(archive))
    assert (told.exit_code, "nothing was changed" in told.output) == (1, True)
    assert (tmp_path / "data" / "fiducial.db").stat().st_ino == before


def test_nothing_is_put_back_under_a_program_that_runs(tmp_path: Path) -> None:
    from fiducial.ops.environment import read_environment
    from fiducial.ops.ownership import own_database

    run("migrate")
    archive = run("backup", "create").output.strip()
    with own_database(read_environment()):
        assert run("backup", "create").exit_code == 0  # a backup is made beside it
        assert run("restore", archive).exit_code == 7
        assert run("restore", archive, "--to", str(tmp_path / "apart" / "copy.db")).exit_code == 0  # a rehearsal
        assert run("restore", archive, "--to", str(tmp_path / "data" / "copy.db")).exit_code == 2


@pytest.mark.parametrize("command", ["migrate", "serve"])
def test_nothing_starts_on_what_a_restore_that_was_cut_off_has_left(tmp_path: Path, command: str) -> None:
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "restoring.json").write_text('{"movedTo": null, "lostMinutes": null}')
    told = run(command)
    assert (told.exit_code, "run `fiducial restore` once more" in told.output) == (3, True)
    assert not (tmp_path / "data" / "fiducial.db").exists()


def test_a_server_makes_its_pages_ready_beside_its_start(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that whoever opens the first page does not wait for its templates: the start of a plant, not of a test, does it."""
    from fiducial.kit.http import listening
    from fiducial.web import shell

    ready: list[object] = []
    monkeypatch.setattr(
        listening, "listen", lambda program, *_where, **_how: ready.append(program.state.frame.environment)
    )
    monkeypatch.setattr(shell, "make_ready", ready.append)
    run("migrate")
    assert run("serve").exit_code == 0
    assert len(ready) == 2
    assert ready[0] is ready[1]


def test_feedback_without_an_address_stops_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MES_OUTBOUND_FEEDBACK_ENABLED", "true")
    told = run("config", "check")
    assert told.exit_code == 2
    assert told.output.startswith("MES_OUTBOUND_ERP_BASE_URL: ")
    monkeypatch.setenv("MES_OUTBOUND_ERP_BASE_URL", "https://erp.example.com")
    assert run("config", "check").exit_code == 0
    monkeypatch.setenv("BACKUP_CRON", "every night")
    assert "BACKUP_CRON: is no cron expression" in run("config", "check").output
