"""Backups (spec 13.4): asked for, made beside the lane, verified from the archive, pruned, put back by a command."""

from __future__ import annotations

import io
import os
import shutil
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
import zstandard
from sqlalchemy import select, update
from tests.api.plant import TEST, Plant

from fiducial.kit import files, ids
from fiducial.kit.acting import query
from fiducial.kit.tx import Tx
from fiducial.ops.asked import INTERRUPTED, do_asked, forget_asked, take_asked
from fiducial.ops.backups import doors, making, places, restoring, verifying
from fiducial.ops.backups.checking import NotWhole
from fiducial.ops.backups.doors import HANDLERS, HEARD
from fiducial.ops.environment import Environment
from fiducial.ops.outside import enter_what_was_restored
from fiducial.ops.ownership import HalfRestored, own_database
from fiducial.ops.tables import asked_jobs

AT = "/api/system/backups"


@pytest.fixture
def here(plant: Plant) -> Environment:
    return doors.here()


def work(plant: Plant) -> dict[str, int]:
    """What the errand does when there is something to do."""
    return do_asked(plant.store, HANDLERS, HEARD)


def made(plant: Plant) -> Any:
    plant.api.as_("admin").post(AT).must()
    assert work(plant) == {"done": 1, "failed": 0}
    return plant.api.as_("admin").get(AT).must()["items"][0]


def job_of(plant: Plant, job_id: str, who: str = "admin") -> Any:
    return plant.api.as_(who).get(f"/api/system/jobs/{job_id}")


def test_a_backup_is_asked_for_made_and_verified_from_its_archive(plant: Plant, here: Environment) -> None:
    admin = plant.api.as_("admin")
    asked = admin.post(AT).must()
    assert job_of(plant, asked["jobId"]).must()["status"] == "QUEUED"
    refused = admin.post(AT)
    assert (refused.status, refused.code) == (409, "BACKUP_RUNNING")
    work(plant)
    done = job_of(plant, asked["jobId"]).must()
    assert (done["status"], done["progress"], done["error"]) == ("DONE", 100, None)
    [backup] = admin.get(AT).must()["items"]
    assert (backup["name"], backup["verified"], backup["bytes"] > 1000) == (done["result"]["name"], True, True)
    manifest = backup["manifest"]
    assert manifest["rows"]["person"] == 10
    assert manifest["auditHead"]["seq"] > 0
    assert "secret.key" not in str(manifest["parts"])
    verify = admin.post(f"{AT}/{backup['name']}/verify").must()
    work(plant)
    assert job_of(plant, verify["jobId"]).must()["status"] == "DONE"
    for action in ("BACKUP_CREATE", "BACKUP_VERIFY"):
        entered = plant.audit(action=action, outcome="SUCCESS")
        assert [entry["entityType"] for entry in entered] == ["BACKUP", "BACKUP"]  # asked, and done
        assert entered[0]["entityDisplay"] == backup["name"]
    assert list(here.backups.glob(".*")) == []  # nothing is left of the work


def test_a_backup_that_is_not_there_and_a_name_that_leads_away_are_not_verified(
    plant: Plant, here: Environment
) -> None:
    admin = plant.api.as_("admin")
    made(plant)
    for name in ("fiducial-00000000-20260101T000000Z-0001.tar.zst", "..%2Fsecret.key", "passwd"):
        assert admin.post(f"{AT}/{name}/verify").code == "BACKUP_NOT_FOUND"


def test_only_who_runs_the_system_sees_and_asks(plant: Plant) -> None:
    for who in ("planner", "quality", "operator"):
        assert plant.api.as_(who).get(AT).code == "FORBIDDEN"
        assert plant.api.as_(who).post(AT).code == "FORBIDDEN"
    job_id = plant.api.as_("admin").post(AT).must()["jobId"]
    assert job_of(plant, job_id, "planner").code == "FORBIDDEN"
    assert job_of(plant, "nonsense").code == "JOB_NOT_FOUND"


def test_two_who_ask_at_once_get_one_backup(plant: Plant) -> None:
    answers = plant.api.at_once(*((plant.session("admin"), "POST", AT, None) for _ in range(3)))
    assert sorted(str(answer.code) for answer in answers) == ["BACKUP_RUNNING", "BACKUP_RUNNING", "None"]


def test_without_room_nothing_is_begun(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(making, "room_needed", lambda _environment: (10, 9))
    refused = plant.api.as_("admin").post(AT)
    assert (refused.status, refused.code, refused.details["freeBytes"]) == (503, "STORAGE_LOW", 9)


def test_a_backup_that_fails_is_told_and_entered(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise NotWhole("integrity_check: a page is broken")

    monkeypatch.setattr(making, "create", broken)
    asked = plant.api.as_("admin").post(AT).must()
    assert work(plant) == {"done": 0, "failed": 1}
    done = job_of(plant, asked["jobId"]).must()
    assert (done["status"], done["error"]) == ("FAILED", "integrity_check: a page is broken")
    plant.settle()
    [told] = plant.api.as_("engineer").get("/api/notifications", type="BACKUP_FAILED").must()["items"]
    assert "a page is broken" in told["message"]
    assert plant.audit(action="BACKUP_CREATE", outcome="FAILED") or plant.audit(
        action="BACKUP_CREATE", outcome="REFUSED"
    )
    assert plant.api.as_("admin").post(AT).ok  # and the next may be made


def test_the_work_of_a_process_that_is_gone_is_told_as_failed(plant: Plant) -> None:
    asked = plant.api.as_("admin").post(AT).must()
    assert plant.store.write_now(TEST, take_asked) is not None
    assert plant.store.write_now(TEST, take_asked) is None  # one node has it
    plant.sql(update(asked_jobs).values(leased_until=1))
    work(plant)
    done = job_of(plant, asked["jobId"]).must()
    assert (done["status"], done["error"]) == ("FAILED", INTERRUPTED)
    assert plant.api.as_("admin").post(AT).ok


def test_jobs_that_ended_long_ago_are_forgotten(plant: Plant) -> None:
    asked = plant.api.as_("admin").post(AT).must()
    work(plant)
    plant.store.write_now(TEST, forget_asked)
    assert job_of(plant, asked["jobId"]).ok
    plant.sql(update(asked_jobs).values(ended_at=1))
    plant.store.write_now(TEST, forget_asked)
    assert job_of(plant, asked["jobId"]).code == "JOB_NOT_FOUND"


def test_a_timer_asks_for_a_backup_unless_one_is_being_made_and_for_the_drill(plant: Plant) -> None:
    assert plant.store.write_now(TEST, doors.verify_newest) == {"asked": 0}
    assert plant.store.write_now(TEST, doors.ask_by_timer) == {"asked": 1}
    assert plant.store.write_now(TEST, doors.ask_by_timer) == {"asked": 0}
    work(plant)
    assert plant.store.write_now(TEST, doors.verify_newest) == {"asked": 1}
    assert work(plant) == {"done": 1, "failed": 0}


# What an archive is worth. From here on a database of one file.


@pytest.fixture
def archive(plant: Plant, here: Environment) -> places.Backup:
    backup = places.find(here.backups, made(plant)["name"])
    assert backup is not None
    return backup


@pytest.mark.one_engine
def test_an_archive_that_was_touched_is_not_whole(plant: Plant, here: Environment, archive: places.Backup) -> None:
    content = bytearray(archive.path.read_bytes())
    content[len(content) // 2] ^= 1
    archive.path.write_bytes(content)
    asked = plant.api.as_("admin").post(f"{AT}/{archive.name}/verify").must()
    assert work(plant) == {"done": 0, "failed": 1}
    assert "SHA-256" in job_of(plant, asked["jobId"]).must()["error"]
    assert plant.api.as_("admin").get(AT).must()["items"][0]["verified"] is False
    with pytest.raises(NotWhole):
        restoring.restore(here, archive.path, to=here.app_data_dir / "elsewhere.db")


@pytest.mark.one_engine
def test_a_copy_elsewhere_is_compared_and_old_ones_go_by_the_rules(plant: Plant, here: Environment) -> None:
    elsewhere = here.app_data_dir / "share"
    backup = making.create(here.model_copy(update={"backup_copy_to": elsewhere}))
    assert places.digest_of(elsewhere / backup.name) == backup.sha256
    assert making.prune(here) == []


def test_the_keep_rules_keep_days_weeks_months_the_newest_good_and_those_before_an_upgrade() -> None:
    now = datetime(2026, 11, 26, tzinfo=UTC)

    def one(days: int, tag: str = "", verified: bool | None = True) -> places.Backup:
        at = now - timedelta(days=days)
        return places.Backup(
            Path(f"fiducial-0000000{tag and 1}-{at.strftime(places.STAMP)}-0001{tag}.tar.zst"),
            at,
            {},
            "",
            None,
            verified,
        )

    there = [one(days, verified=days > 2) for days in range(200)] + [
        one(10, places.PRE_UPGRADE),
        one(40, places.PRE_UPGRADE),
    ]
    gone = {backup.name for backup in places.to_be_pruned(there, now, daily=3, weekly=2, monthly=2)}
    kept = sorted({(now - backup.at).days for backup in there if backup.name not in gone})
    # three days, the newest of two weeks and of two months, the newest good one, the upgrade of ten days ago
    assert kept == [0, 1, 2, 3, 4, 10, 26], kept
    assert one(40, places.PRE_UPGRADE).name in gone


@pytest.fixture
def machine(here: Environment, archive: places.Backup, tmp_path: Path) -> Environment:
    """Another machine, on which nothing runs, with the archive beside it."""
    folder = tmp_path / "other"
    folder.mkdir()
    for path in (archive.path, archive.path.with_name(archive.name + ".sha256")):
        shutil.copyfile(path, folder / path.name)
    return here.model_copy(update={"app_data_dir": folder, "database_url": f"sqlite:///{folder / 'fiducial.db'}"})


@pytest.mark.one_engine
def test_a_backup_is_put_back_where_nothing_is_and_the_next_start_says_so(
    plant: Plant, machine: Environment, archive: places.Backup
) -> None:
    done = restoring.restore(machine, machine.app_data_dir / archive.name)
    assert (done.moved_to, done.lost_minutes) == (None, None)
    facts = verifying.check_file(done.database)
    assert facts.rows == archive.manifest["rows"]
    note = restoring.take_note(done.database)
    assert note is not None
    enter_what_was_restored(plant.store, machine)
    [entry] = plant.audit(action="BACKUP_RESTORE")
    assert (entry["entityDisplay"], entry["payload"]["auditHead"]) == (archive.name, archive.manifest["auditHead"])
    enter_what_was_restored(plant.store, machine)
    assert len(plant.audit(action="BACKUP_RESTORE")) == 1


@pytest.mark.one_engine
def test_what_is_there_is_moved_aside_and_the_lost_work_is_told(
    plant: Plant, here: Environment, machine: Environment, archive: places.Backup
) -> None:
    plant.user()  # work after the backup
    making.copy_database(Path(here.database_path), Path(machine.database_path))
    done = restoring.restore(machine, machine.app_data_dir / archive.name)
    assert done.moved_to is not None
    assert done.lost_minutes is not None
    assert (done.moved_to / "fiducial.db").is_file()
    assert verifying.check_file(done.moved_to / "fiducial.db").rows["person"] == 11
    assert verifying.check_file(done.database).rows["person"] == 10


@pytest.mark.one_engine
@pytest.mark.parametrize("cut_at", ["what is there is moved aside", "the database is put in place", "the note is left"])
def test_a_restore_that_is_cut_off_lets_nobody_start_and_is_ended_by_another(
    cut_at: str,
    plant: Plant,
    machine: Environment,
    archive: places.Backup,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plant.user()  # work after the backup
    making.copy_database(Path(doors.here().database_path), Path(machine.database_path))
    target, killed = Path(machine.database_path), OSError("the machine stands still")

    def cut(*_: Any) -> None:
        raise killed

    def cut_at_database(draft: Path, at: Path) -> Path:
        return cut() if at == target else files.settle(draft, at)  # type: ignore[func-returns-value]

    with monkeypatch.context() as moment:
        if cut_at == "what is there is moved aside":
            moment.setattr(restoring.shutil, "move", cut)
        elif cut_at == "the database is put in place":
            moment.setattr(restoring, "settle", cut_at_database)
        else:
            moment.setattr(restoring, "leave_note", cut)
        with pytest.raises(OSError, match="stands still"):
            restoring.restore(machine, machine.app_data_dir / archive.name)
    with pytest.raises(HalfRestored, match="run `fiducial restore` once more"), own_database(machine):
        pass
    done = restoring.restore(machine, machine.app_data_dir / archive.name)
    assert done.moved_to is not None
    assert done.lost_minutes is not None
    assert verifying.check_file(done.moved_to / "fiducial.db").rows["person"] == 11
    assert verifying.check_file(target).rows["person"] == 10
    note = restoring.take_note(target)
    assert note is not None
    assert (note["movedTo"], note["lostMinutes"]) == (str(done.moved_to), done.lost_minutes)
    with own_database(machine):
        pass


@pytest.mark.one_engine
def test_a_backup_of_another_installation_is_put_back_only_when_told(
    machine: Environment, archive: places.Backup
) -> None:
    manifest = dict(archive.manifest)
    target = Path(machine.database_path)
    restoring.restore(machine, machine.app_data_dir / archive.name)
    import apsw

    raw = apsw.Connection(str(target))
    raw.execute("PRAGMA foreign_keys=OFF")
    raw.execute("UPDATE role SET id = id - 1 WHERE id = (SELECT min(id) FROM role)")
    raw.execute("DELETE FROM person_role")
    raw.close()
    with pytest.raises(restoring.OtherInstallation):
        restoring.restore(machine, machine.app_data_dir / archive.name)
    assert restoring.restore(machine, machine.app_data_dir / archive.name, over_another=True).manifest == manifest


@pytest.mark.one_engine
def test_a_rehearsal_leaves_the_database_alone(plant: Plant, here: Environment, archive: places.Backup) -> None:
    before = Path(here.database_path).stat().st_ino
    done = restoring.restore(here, archive.path, to=here.app_data_dir / "rehearsal" / "copy.db")
    assert Path(here.database_path).stat().st_ino == before
    assert done.database.is_file()
    assert orjson.loads((done.database.parent / restoring.NOTE).read_bytes())["archive"] == archive.name
    assert plant.api.as_("admin").get("/api/health").ok


@pytest.mark.one_engine
def test_a_rehearsal_among_the_files_in_use_is_refused_and_leaves_them_alone(
    plant: Plant, here: Environment, archive: places.Backup
) -> None:
    """Its note would be entered as a restore of the plant, and its uploads would be mixed with the plant's."""
    photo = here.app_data_dir / making.UPLOADS / "photo.jpg"
    photo.parent.mkdir()
    photo.write_bytes(b"kept")
    for beside in (here.app_data_dir / "copy.db", Path(here.database_path).with_name("copy.db")):
        with pytest.raises(restoring.NotApart):
            restoring.restore(here, archive.path, to=beside)
        assert not beside.exists()
    assert restoring.take_note(Path(here.database_path)) is None
    assert [path.name for path in photo.parent.iterdir()] == ["photo.jpg"]


@pytest.mark.one_engine
def test_a_second_rehearsal_takes_the_place_of_the_first(plant: Plant, here: Environment) -> None:
    photo = here.app_data_dir / making.UPLOADS / "photo.jpg"
    photo.parent.mkdir()
    photo.write_bytes(b"kept")
    archive = places.find(here.backups, made(plant)["name"])
    assert archive is not None
    for _ in range(2):
        done = restoring.restore(here, archive.path, to=here.app_data_dir / "rehearsal" / "copy.db")
        kept = done.database.parent / making.UPLOADS
        assert [path.name for path in kept.rglob("*")] == ["photo.jpg"]
    assert done.moved_to is not None
    assert {path.name for path in done.moved_to.iterdir()} == {"copy.db", making.UPLOADS}


@pytest.mark.one_engine
def test_an_archive_that_somebody_packed_with_a_link_or_a_file_more_is_not_put_back(
    plant: Plant, here: Environment, archive: places.Backup
) -> None:
    before = Path(here.database_path).stat().st_ino
    for stray in ("link", "file"):
        packed = here.app_data_dir / f"{stray}.tar.zst"
        with (
            packed.open("wb") as stream,
            zstandard.ZstdCompressor().stream_writer(stream) as into,
            tarfile.open(fileobj=into, mode="w|") as parts,
        ):
            for name, path in _parts_of(archive, here.app_data_dir / f"apart-{stray}").items():
                parts.add(path, arcname=name)
            more = tarfile.TarInfo("uploads/more")
            if stray == "link":
                more.type, more.linkname = tarfile.SYMTYPE, "photo.jpg"
            parts.addfile(more, io.BytesIO())
        with pytest.raises(NotWhole, match="uploads/more"):
            restoring.restore(here, packed)
    assert Path(here.database_path).stat().st_ino == before


def _parts_of(archive: places.Backup, apart: Path) -> dict[str, Path]:
    apart.mkdir()
    names = [*verifying.unpack(archive.path, apart)["parts"], making.MANIFEST]
    return {name: apart / name for name in names}


@pytest.mark.one_engine
def test_what_a_killed_backup_left_is_cleared_by_the_next_and_what_is_being_made_is_not(
    plant: Plant, here: Environment
) -> None:
    here.backups.mkdir(parents=True, exist_ok=True)
    now = datetime.now(UTC).timestamp()
    for name, hours in ((".making-old", 25), (".verifying-old", 25), (".making-now", 1)):
        (here.backups / name).mkdir()
        (here.backups / name / "fiducial.db").write_bytes(b"half")
        os.utime(here.backups / name, (now - hours * 3600, now - hours * 3600))
    made(plant)
    assert [path.name for path in here.backups.glob(".*")] == [".making-now"]


@pytest.mark.one_engine
def test_what_is_put_back_is_on_the_disk_before_it_has_its_name(
    plant: Plant, here: Environment, archive: places.Backup, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: set[int] = set()
    fsync = os.fsync

    def counted(descriptor: int) -> None:
        kept.add(os.fstat(descriptor).st_ino)
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", counted)
    done = restoring.restore(here, archive.path, to=here.app_data_dir / "rehearsal" / "copy.db")
    assert done.database.stat().st_ino in kept
    assert done.database.parent.stat().st_ino in kept


@pytest.mark.one_engine
def test_what_the_power_cut_off_while_it_was_written_hides_no_other_backup(
    plant: Plant, here: Environment, archive: places.Backup
) -> None:
    torn = here.backups / archive.name.replace(archive.name[9:17], "0123abcd")
    shutil.copyfile(archive.path, torn)
    places.beside_of(torn).write_bytes(b"")
    assert [one["name"] for one in plant.api.as_("admin").get(AT).must()["items"]] == [archive.name]
    archive.path.with_name(archive.name + ".sha256").write_text("")
    with pytest.raises(NotWhole, match="SHA-256"):
        restoring.restore(here, archive.path)


def test_a_timer_is_seen_by_its_id_too(plant: Plant) -> None:
    from fiducial.ops.jobs import run_job
    from fiducial.ops.tables import jobs

    plant.store.write_now(TEST, run_job, "a timer", doors.verify_newest, 60.0, None)
    [row] = plant.store.read_now(TEST, _rows, select(jobs.c.id))
    assert job_of(plant, ids.to_wire(row.id)).must()["kind"] == "a timer"


@query("open")
def _rows(tx: Tx, statement: Any) -> list[Any]:
    return list(tx.all(statement))
