"""Archiving the audit book (spec 09.7.3): old entries leave for files, and the chain is proved across the boundary."""

from __future__ import annotations

import gzip
import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi import FastAPI
from sqlalchemy import text, update
from tests.api.plant import TEST, Plant
from tests.api.test_people_book import behind_our_back, without_triggers
from tests.api.web import Api
from typer.testing import CliRunner

from fiducial.cli import app as commands
from fiducial.kit.audit_walk import Walk
from fiducial.kit.refusals import Refused
from fiducial.kit.store import Store
from fiducial.ops.errands import Errand, run_errand
from fiducial.ops.ground import walk_on
from fiducial.people import archiving
from fiducial.people.archiving import Rules, archive_in_time, archive_now, entries_above
from fiducial.people.tables import users


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "audit-archives"


@pytest.fixture
def admin(make_app: Callable[..., FastAPI]) -> Any:
    """The administrator of a plant that archives whatever is older than this instant, three entries deleted at a time."""
    asking = Api(make_app(audit_archive_enabled=True, audit_archive_cutoff_days=0, audit_archive_batch_size=3))
    yield asking.as_("admin")
    asking.close()


def archived(admin: Api) -> Any:
    return admin.post("/api/audit-archives", {"remark": "每月归档"}).must()


def verified(admin: Api, **asked: Any) -> Any:
    return admin.post("/api/audit-logs/verify", {"includeArchives": True, **asked}).must()


def seqs(admin: Api) -> list[int]:
    return sorted(one["seq"] for one in admin.get("/api/audit-logs", pageSize=100).must()["items"])


def test_old_entries_leave_for_a_file_and_the_chain_holds_across_the_boundary(
    admin: Api, plant: Plant, folder: Path
) -> None:
    plant.line("LINE-X")
    before = seqs(admin)
    made = archived(admin)
    assert made["firstSeq"] == before[0]
    assert made["rows"] - len(before) in (0, 1), "that it begins may be older than this instant too"
    assert made["archivedByName"] == "系统管理员"
    assert admin.get("/api/audit-archives").must()["items"] == [made]
    assert min(seqs(admin)) > made["lastSeq"], "nothing that was archived stands in the book"
    assert (folder / made["file"]).is_file()
    manifest = orjson.loads((folder / made["file"].replace(".jsonl.gz", ".manifest.json")).read_bytes())
    assert (manifest["sha256"], manifest["rows"]) == (made["sha256"], made["rows"])
    found = verified(admin)
    assert (found["ok"], [one["ok"] for one in found["archives"]]) == (True, [True])
    assert found["checked"] > made["rows"]
    (entered,) = [one for one in plant.audit(action="AUDIT_ARCHIVE") if "sha256" in one["payload"]]
    assert entered["payload"]["sha256"] == made["sha256"]
    began_there = entered["laneSeq"] == 1  # on PostgreSQL it may be the first entry of its lane
    assert (entered["prevHash"] == "0" * 64) == began_there, "the first that is left names the last that was taken out"
    assert admin.post("/api/audit-logs/verify").must()["ok"]


def test_what_a_killed_process_left_half_written_is_cleared_by_the_next(admin: Api, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, hours in ((".new-4711.jsonl.gz", 25), (".new-4712.jsonl.gz", 1)):
        (folder / name).write_bytes(b"half")
        os.utime(folder / name, (time.time() - hours * 3600,) * 2)
    archived(admin)
    assert [path.name for path in folder.glob(".new-*")] == [".new-4712.jsonl.gz"], "another machine may be writing it"


def test_a_second_archive_follows_the_first(admin: Api, plant: Plant) -> None:
    plant.line("LINE-X")
    first = archived(admin)
    plant.line("LINE-Y")
    second = archived(admin)
    assert second["firstSeq"] > first["lastSeq"]
    found = verified(admin)
    assert (found["ok"], [one["file"] for one in found["archives"]]) == (True, [first["file"], second["file"]])
    only = verified(admin, fromSeq=second["firstSeq"])
    assert [one["file"] for one in only["archives"]] == [second["file"]]


def test_what_is_archived_while_the_book_is_walked_is_no_gap(admin: Api, plant: Plant) -> None:
    """Before the walk came so far, behind where it stands, and in the middle."""
    for number in range(4):
        plant.line(f"LINE-{number}")
    walk = Walk(piece=2)
    assert plant.store.read_now(TEST, walk_on, walk)
    made = archived(admin)
    assert made["rows"] > 4
    while plant.store.read_now(TEST, walk_on, walk):
        pass
    assert walk.found.first_bad is None
    assert plant.store.read_now(TEST, walk_on, Walk(from_seq=2)) is False


def test_it_is_signed_with_what_exactly_was_archived(admin: Api) -> None:
    made = archived(admin)
    (signed,) = admin.get("/api/signatures", subjectType="AUDIT_ARCHIVE", subjectId=made["id"]).must()["items"]
    assert (signed["meaning"], signed["remark"], signed["valid"]) == ("AUDIT_ARCHIVE", "每月归档", True)


def test_without_fresh_proof_nothing_is_written(admin: Api, plant: Plant, folder: Path) -> None:
    admin.patch("/api/system/config/signature.freshSeconds", {"value": 0, "reason": "每次都要验证"}).must()
    assert admin.post("/api/audit-archives").code == "REAUTH_REQUIRED"
    assert admin.post("/api/audit-archives", {"password": "Guess-Work-1"}).code == "REAUTH_FAILED"
    assert not list(folder.glob("audit-*"))
    assert {one["code"] for one in plant.audit(action="AUDIT_ARCHIVE")} == {"REAUTH_REQUIRED", "REAUTH_FAILED"}
    assert admin.post("/api/audit-archives", {"password": "Correct-Horse-7"}).ok


def test_one_must_see_the_book_and_keep_the_machine(admin: Api, plant: Plant) -> None:
    for permission, missing in (("system:audit", "system:ops"), ("system:ops", "system:audit")):
        role = plant.role(permissions=[permission])
        user = plant.user(roles=[role["code"]])
        plant.sql(update(users).where(users.c.username == user["username"]).values(must_change_password=False))
        someone = plant.session(user["username"])
        assert someone.post("/api/audit-archives").details == {"permission": missing}
    assert plant.api.as_("planner").get("/api/audit-archives").details == {"permission": "system:audit"}
    assert plant.api.as_("quality").get("/api/audit-archives").ok


def test_nothing_is_archived_where_it_is_switched_off_or_nothing_is_old(
    api: Api, make_app: Callable[..., FastAPI]
) -> None:
    assert api.as_("admin").post("/api/audit-archives").code == "AUDIT_ARCHIVE_OFF"
    young = Api(make_app(audit_archive_enabled=True))
    refused = young.as_("admin").post("/api/audit-archives")
    assert (refused.status, refused.code, refused.details) == (409, "AUDIT_ARCHIVE_EMPTY", {"days": 365})
    young.close()


def test_the_same_key_archives_once(admin: Api) -> None:
    first = admin.post("/api/audit-archives", key="once").must()
    assert admin.post("/api/audit-archives", key="once").must() == first
    assert admin.get("/api/audit-archives").must()["total"] == 1


# ---- tampering ------------------------------------------------------------------------------------------------------


def rewrite(file: Path, change: Callable[[list[Any]], list[Any]]) -> None:
    lines = [orjson.loads(line) for line in gzip.decompress(file.read_bytes()).splitlines()]
    file.write_bytes(gzip.compress(b"".join(orjson.dumps(line) + b"\n" for line in change(lines))))


def changed(lines: list[Any]) -> list[Any]:
    lines[3]["action"] = "NOTHING"
    return lines


def another_person(lines: list[Any]) -> list[Any]:
    lines[3]["context"]["actorName"] = "somebody else"
    return lines


def without_one(lines: list[Any]) -> list[Any]:
    return [*lines[:3], *lines[4:]]


def cut(lines: list[Any]) -> list[Any]:
    return lines[:-2]


def turned(lines: list[Any]) -> list[Any]:
    lines[-2], lines[-1] = lines[-1], lines[-2]
    return lines


def the_same_again(lines: list[Any]) -> list[Any]:
    return lines


@pytest.mark.parametrize(
    ("tampering", "kinds"),
    [
        (changed, "HASH"),
        (another_person, "HASH"),
        (without_one, "GAP"),
        (cut, "GAP"),
        (turned, "GAP ORDER"),
        (the_same_again, "HASH"),
    ],
)
def test_an_archive_that_was_touched_is_found(
    admin: Api, plant: Plant, folder: Path, tampering: Any, kinds: str
) -> None:
    """`the_same_again` packs the same entries anew, by another time in its head: its SHA-256 is another."""
    plant.line("LINE-X")
    for number in range(4):
        admin.patch("/api/users/me", {"phone": str(number)}).must()
    made = archived(admin)
    rewrite(folder / made["file"], tampering)
    found = verified(admin)
    assert found["ok"] is False
    assert found["firstBad"]["kind"] in kinds.split()
    assert found["archives"][0]["firstBad"] == found["firstBad"]
    assert admin.post("/api/audit-logs/verify").must()["ok"], "the book itself is whole"
    assert [one["payload"]["ok"] for one in plant.audit(action="AUDIT_VERIFY")][:2] == [True, False]


def test_an_archive_that_is_gone_or_no_file_of_ours_is_found(admin: Api, folder: Path) -> None:
    made = archived(admin)
    file = folder / made["file"]
    whole = file.read_bytes()
    for content in (b"", b"no gzip", whole[: len(whole) // 2], gzip.compress(b"[1,2]\n"), gzip.compress(b"{}\n")):
        file.write_bytes(content)
        assert verified(admin)["ok"] is False
    file.unlink()
    assert verified(admin)["firstBad"] == {"seq": made["firstSeq"], "kind": "GAP"}
    file.write_bytes(whole)
    assert verified(admin)["ok"] is True


def test_an_archive_of_another_time_does_not_pass_for_this_one(admin: Api, plant: Plant, folder: Path) -> None:
    first = archived(admin)
    plant.line("LINE-X")
    second = archived(admin)
    (folder / second["file"]).write_bytes((folder / first["file"]).read_bytes())
    found = verified(admin)
    assert [one["ok"] for one in found["archives"]] == [True, False]


@pytest.mark.parametrize("statement", [
    "UPDATE audit_archive SET last_seq = last_seq + 5", "DELETE FROM audit_archive", "DELETE FROM audit_archive_lane",
    "UPDATE audit_archive_lane SET last_seq = 1",
])  # fmt: skip
def test_the_database_refuses_to_change_what_was_archived(admin: Api, store: Store, statement: str) -> None:
    archived(admin)
    with pytest.raises(Exception, match="append-only"), behind_our_back(store) as conn:
        conn.execute(text(statement))


def test_only_what_an_archive_holds_may_be_deleted(admin: Api, plant: Plant, store: Store) -> None:
    archived(admin)
    plant.line("LINE-X")
    with pytest.raises(Exception, match="append-only"), behind_our_back(store) as conn:
        conn.execute(text("DELETE FROM audit_entry"))
    with pytest.raises(Exception, match="append-only"), behind_our_back(store) as conn:
        conn.execute(text("UPDATE audit_entry SET action = action"))


def test_a_row_of_an_archive_that_was_forged_is_found(admin: Api, plant: Plant, store: Store) -> None:
    """Somebody takes an entry out and moves the archive's end over it: the file does not have it."""
    made = archived(admin)
    plant.line("LINE-X")
    with behind_our_back(store) as conn:
        without_triggers(conn, "audit_archive", "audit_entry")
        conn.execute(text(f"UPDATE audit_archive SET last_seq = {made['lastSeq'] + 1}"))
        conn.execute(text(f"DELETE FROM audit_entry WHERE seq <= {made['lastSeq'] + 1}"))
    assert verified(admin)["ok"] is False


def test_a_book_that_was_tampered_with_is_not_archived(admin: Api, plant: Plant, store: Store, folder: Path) -> None:
    plant.line("LINE-X")
    target = plant.audit(entityDisplay="LINE-X")[0]["seq"]
    with behind_our_back(store) as conn:
        without_triggers(conn, "audit_entry")
        conn.execute(text(f"UPDATE audit_entry SET action = 'NOTHING' WHERE seq = {target}"))
    refused = admin.post("/api/audit-archives")
    assert (refused.code, refused.details) == ("AUDIT_CHAIN_BROKEN", {"seq": target, "kind": "HASH"})
    assert target in seqs(admin)
    assert not [one for one in folder.iterdir() if one.name != ".lock"]


# ---- two at once, and a power failure -------------------------------------------------------------------------------


def test_of_two_who_archive_at_once_one_wins_and_nothing_is_lost(
    admin: Api, plant: Plant, store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant.line("LINE-X")
    before = seqs(admin)
    monkeypatch.setattr(archiving, "DAY_MS", 300)  # what is a day old has been committed long ago
    time.sleep(0.4)
    rules = Rules(enabled=True, folder=folder, cutoff_days=1, batch=2)
    outcomes: list[Any] = []

    def go() -> None:
        try:
            outcomes.append(archive_now(store, TEST, rules))
        except Refused as refused:
            outcomes.append(refused.code)

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    won = [one for one in outcomes if not isinstance(one, str)]
    assert won
    assert {one for one in outcomes if isinstance(one, str)} <= {"AUDIT_ARCHIVE_BUSY", "AUDIT_ARCHIVE_EMPTY"}
    assert sum(one["rows"] for one in won) >= len(before)
    assert verified(admin)["ok"]
    assert sorted(path.name for path in folder.glob("audit-*.gz")) == sorted(one["file"] for one in won)


def test_an_archive_of_a_book_that_a_restore_put_away_is_kept_under_another_name(
    admin: Api, plant: Plant, store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a restore the numbers are given again: the file of the lost time has the name that the new one wants."""
    plant.line("LINE-X")
    write, lost = archiving.write_archive, b"entries of the lost time"

    def onto_an_older_one(to: Path, entries: Any, heads: Any) -> Any:
        rows = list(entries)
        name = write(to, rows, dict(heads)).file
        (to / name).write_bytes(lost)
        return write(to, rows, dict(heads))

    monkeypatch.setattr(archiving, "write_archive", onto_an_older_one)
    made = archive_now(store, TEST, Rules(enabled=True, folder=folder, cutoff_days=0, batch=1000))
    [kept] = folder.glob("replaced-*.jsonl.gz")
    assert kept.read_bytes() == lost
    assert kept.name.endswith(made["file"].removeprefix("audit-"))
    assert len(list(folder.glob("replaced-*.manifest.json"))) == 1
    assert verified(admin)["ok"]


def test_two_nodes_that_wrote_the_same_file_enter_it_once(
    admin: Api, plant: Plant, store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On another machine the lock of the folder may not be seen: then the unique key decides, and the file of the winner stays."""
    plant.line("LINE-X")
    rules = Rules(enabled=True, folder=folder, cutoff_days=0, batch=1000)
    write, others = archiving.write_archive, []

    def meanwhile(*args: Any) -> Any:
        made = write(*args)
        if not others:
            others.append(made)
            store.write_now(TEST, archiving.keep_archive, made, None, None)
        return made

    monkeypatch.setattr(archiving, "write_archive", meanwhile)
    with pytest.raises(Refused, match="AUDIT_ARCHIVE_BUSY"):
        archive_now(store, TEST, rules)
    assert (folder / others[0].file).is_file()
    assert verified(admin)["ok"], (
        "entries that an archive holds and that still stand in the book are those of the archive"
    )
    later = archive_now(store, TEST, rules)
    assert later["firstSeq"] > others[0].last_seq, "what was left undeleted is deleted first"
    assert min(seqs(admin)) > later["lastSeq"]
    assert verified(admin)["ok"]


def test_the_lane_is_given_short_batches_only(
    plant: Plant, store: Store, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        plant.line(f"LINE-{number}")
    written: list[str] = []
    write_now = store.write_now
    monkeypatch.setattr(
        store, "write_now", lambda caller, act, *args: (written.append(act.__name__), write_now(caller, act, *args))[1]
    )
    made = archive_now(store, TEST, Rules(enabled=True, folder=folder, cutoff_days=0, batch=4))
    assert written.count("keep_archive") == 1
    assert written.count("delete_archived") == made["rows"] // 4 + 2, (
        "one before, to see whether anything is left, and whole batches"
    )


# ---- by itself, and by the command ----------------------------------------------------------------------------------


def test_the_timer_archives_when_it_is_switched_on_and_says_how_many(
    plant: Plant, store: Store, folder: Path, admin: Api
) -> None:
    plant.line("LINE-X")
    off = Rules(enabled=False, folder=folder, cutoff_days=0, batch=1000)
    assert archive_in_time(store, off) == {"archived": 0}
    on = Rules(enabled=True, folder=folder, cutoff_days=0, batch=1000)
    assert run_errand(store, Errand("archive", lambda store: archive_in_time(store, on), 60.0))
    assert not run_errand(store, Errand("archive", lambda store: archive_in_time(store, on), 60.0)), (
        "another node had the turn"
    )
    (job,) = [one for one in admin.get("/api/system/jobs").must()["items"] if one["name"] == "archive"]
    assert job["counts"]["archived"] == admin.get("/api/audit-archives").must()["items"][0]["rows"]
    assert archive_in_time(store, Rules(enabled=True, folder=folder, cutoff_days=365, batch=1000)) == {"archived": 0}


def test_an_errand_that_fails_is_noted_and_has_its_turn_again(store: Store, admin: Api) -> None:
    def break_down(_store: Store) -> dict[str, int]:
        raise OSError("the disk is full")

    assert run_errand(store, Errand("breaks", break_down, 60.0))
    (job,) = [one for one in admin.get("/api/system/jobs").must()["items"] if one["name"] == "breaks"]
    assert "the disk is full" in job["error"]
    assert job["failures"] == 1


@pytest.mark.one_engine
def test_the_command_archives_and_verifies_with_the_archives(
    database: str, store: Store, plant: Plant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plant.line("LINE-X")
    assert store.read_now(TEST, entries_above, 0, 10)
    store.stop()
    for name, value in {
        "DATABASE_URL": database, "APP_DATA_DIR": str(tmp_path), "APP_MODE": "test", "AUDIT_ARCHIVE_CUTOFF_DAYS": "1",
        "APP_SECRET_KEY": "a secret of the tests, 32 bytes long",
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    run = CliRunner()
    off = run.invoke(commands, ["audit", "archive"])
    assert (off.exit_code, "switched off" in off.output) == (3, True)
    monkeypatch.setenv("AUDIT_ARCHIVE_ENABLED", "true")
    young = run.invoke(commands, ["audit", "archive"])
    assert (young.exit_code, "older than 1 days" in young.output) == (3, True)
    monkeypatch.setattr(archiving, "DAY_MS", 0)
    done = run.invoke(commands, ["audit", "archive"])
    assert (done.exit_code, "entries, sha256" in done.output) == (0, True)
    whole = run.invoke(commands, ["audit", "verify", "--archives"])
    assert (whole.exit_code, "whole" in whole.output) == (0, True)
    (file,) = (tmp_path / "audit-archives").glob("audit-*.gz")
    file.write_bytes(b"")
    broken = run.invoke(commands, ["audit", "verify", "--archives"])
    assert (broken.exit_code, "GAP" in broken.output or "HASH" in broken.output) == (1, True)
    assert run.invoke(commands, ["audit", "verify"]).exit_code == 0


@pytest.mark.one_engine
def test_a_wrong_time_is_told_at_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AUDIT_ARCHIVE_CRON", "whenever")
    told = CliRunner().invoke(commands, ["config", "check"])
    assert (told.exit_code, "AUDIT_ARCHIVE_CRON" in told.output) == (2, True)


@pytest.mark.one_engine
def test_the_page_shows_the_archives_and_who_may_makes_one(admin: Api) -> None:
    assert "还没有归档" in admin.get("/system/audit").text
    made = archived(admin)
    shown = admin.get("/system/audit").text
    assert made["file"] in shown
    assert "/system/audit/dialogs/archive" in shown
    assert "签署并归档" in admin.get("/system/audit/dialogs/archive").text
