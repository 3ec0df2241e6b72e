"""Putting a backup back (spec 13.4): checked first, what is there is moved aside, and the next start enters it into the audit book."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from fiducial.kit import clock
from fiducial.kit.acting import action
from fiducial.kit.files import put_whole, settle
from fiducial.kit.tx import Tx
from fiducial.ops.backups import places
from fiducial.ops.backups.checking import Facts, NotWhole, check_file
from fiducial.ops.backups.making import DATABASE, UPLOADS
from fiducial.ops.backups.verifying import unpack
from fiducial.ops.environment import Environment
from fiducial.ops.ownership import restoring_note

NOTE = "restored.json"


class OtherInstallation(Exception):
    """The backup is of another database than the one that is there (exit code 3)."""


class NotApart(Exception):
    """A rehearsal was given a place among the files that people work on (exit code 2)."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put where; `lost_minutes` is the work between the backup and what was replaced, None when nothing was."""

    database: Path
    manifest: dict[str, Any]
    moved_to: Path | None
    lost_minutes: float | None


def restore(environment: Environment, archive: Path, *, to: Path | None = None, over_another: bool = False) -> Restored:
    """Put the database and the uploads of an archive in place; `to` names another database file, for a rehearsal.

    The caller owns the database. Raises `NotWhole`, `NotApart`, and `OtherInstallation` over a database of another installation
    unless told to.
    """
    beside = archive.with_name(archive.name + ".sha256")
    if beside.is_file() and beside.read_text().split()[:1] != [places.digest_of(archive)]:
        raise NotWhole("the archive is not the file that was written: its SHA-256 differs")
    target, uploads_to = _places_of(environment, to)
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".restoring-") as apart:
        manifest = unpack(archive, Path(apart))
        check_file(Path(apart) / DATABASE)
        present = _present(target)
        if present is not None and present.installation != manifest["installation"] and not over_another:
            raise OtherInstallation(
                f"{target} is of installation {present.installation}, the backup of {manifest['installation']}; --force puts it there anyway"
            )
        lost = None if present is None or present.audit_at is None else minutes_lost(manifest, present)
        moved, lost = _begin(target, _aside_for(target, uploads_to), lost)
        _move_aside(target, uploads_to, moved)
        settle(Path(apart) / DATABASE, target)
        if (uploads := Path(apart) / UPLOADS).is_dir():
            shutil.move(uploads, uploads_to)
    leave_note(target, archive, manifest, moved, lost)
    restoring_note(target).unlink()
    return Restored(target, manifest, moved, lost)


def _begin(target: Path, aside: Path | None, lost: float | None) -> tuple[Path | None, float | None]:
    """Say that a restore is at work; nobody starts on what it leaves when it is cut off. Give where what was there lies and what is lost.

    One that was cut off before has told both already: what it left half done is of no worth, but moved aside like the rest.
    """
    note = restoring_note(target)
    if note.is_file():
        before = orjson.loads(note.read_bytes())
        aside, lost = Path(before["movedTo"]) if before["movedTo"] else aside, before["lostMinutes"]
    said = {"movedTo": str(aside) if aside else None, "lostMinutes": lost}
    put_whole(note, orjson.dumps(said))
    return aside, lost


def _places_of(environment: Environment, to: Path | None) -> tuple[Path, Path]:
    """Give where the database goes and where its uploads go: of a rehearsal into a folder where nobody works.

    Its uploads and the note for its next start lie beside it; beside the database in use they would be taken for that one's.
    """
    own, data = Path(environment.database_path).resolve(), environment.app_data_dir.resolve()
    target = own if to is None else to.resolve()
    if target == own:
        return own, data / UPLOADS
    if target.parent in (own.parent, data):
        raise NotApart(f"{target} lies among the files in use: name a file in a folder of its own")
    return target, target.parent / UPLOADS


def _present(target: Path) -> Facts | None:
    """Give the facts of what is there; one that cannot be read is replaced without being asked whose it is."""
    if not target.is_file():
        return None
    try:
        return check_file(target)
    except NotWhole:
        return None


def leave_note(target: Path, archive: Path, manifest: dict[str, Any], moved: Path | None, lost: float | None) -> None:
    """Leave beside the database what the next start enters into its audit book."""
    note = {
        "archive": archive.name, "at": clock.to_wire(clock.now_ms()), "auditHead": manifest["auditHead"],
        "movedTo": str(moved) if moved else None, "lostMinutes": lost,
    }  # fmt: skip
    put_whole(target.with_name(NOTE), orjson.dumps(note))


def minutes_lost(manifest: dict[str, Any], present: Facts) -> float:
    """Give how many minutes of work lie between a backup and what it replaces."""
    head = manifest["auditHead"]["at"]
    then = clock.from_datetime(datetime.fromisoformat(head)) if head else 0
    return round(max(0, (present.audit_at or 0) - then) / 60_000, 1)


def _files_at(target: Path, uploads: Path) -> list[Path]:
    beside = ("", "-wal", "-shm", "-journal")  # of another database they would be played into the one that is put back
    files = [path for suffix in beside if (path := target.with_name(target.name + suffix)).exists()]
    return [*files, *([uploads] if uploads.is_dir() else [])]


def _aside_for(target: Path, uploads: Path) -> Path | None:
    if not _files_at(target, uploads):
        return None
    return target.parent / f"before-restore-{datetime.now(UTC).strftime(places.STAMP)}"


def _move_aside(target: Path, uploads: Path, aside: Path | None) -> None:
    if aside is None:
        return
    aside.mkdir(exist_ok=True)
    for path in _files_at(target, uploads):
        kept = aside / path.name
        if kept.exists():  # of the restore that was cut off: what it had put in place goes beside what was there before
            kept = aside / f"half-restored-{datetime.now(UTC).strftime(places.STAMP)}-{path.name}"
        shutil.move(path, kept)


def take_note(database: Path) -> dict[str, Any] | None:
    """Give what a restore left to be entered, None when there was none; it is taken away when it has been entered (`forget_note`)."""
    note = database.with_name(NOTE)
    return orjson.loads(note.read_bytes()) if note.is_file() else None


def forget_note(database: Path) -> None:
    """Take the note away."""
    database.with_name(NOTE).unlink(missing_ok=True)


@action(audit="BACKUP_RESTORE", entity="BACKUP", internal_only=True)
def enter_restore(tx: Tx, note: dict[str, Any]) -> None:
    """Enter into the audit book that this database was put back from a backup, what was replaced and how much was lost."""
    said = {name: note.get(name) for name in ("at", "auditHead", "movedTo", "lostMinutes")}
    tx.record(str(note["archive"]), **said)
