"""Making a backup while the program runs (spec 13.4): a copy in one step, checked, packed, written down and copied elsewhere."""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import apsw
import orjson
import zstandard
from sqlalchemy import select, text
from sqlalchemy.engine import make_url

from fiducial import __version__
from fiducial.kit import clock
from fiducial.kit.files import clear_cut_off, settle
from fiducial.kit.settings import declared, values
from fiducial.kit.store import make_engine
from fiducial.ops.backups import places
from fiducial.ops.backups.checking import Facts, NotWhole, check_file, facts_of
from fiducial.ops.environment import Environment
from fiducial.ops.migrate import revision_of

DATABASE, SETTINGS, UPLOADS, MANIFEST = "fiducial.db", "settings.json", "uploads", "manifest.json"
ROOM = 1.5  # times the database must be free: the copy and its archive
MAKING, VERIFYING = ".making-", ".verifying-"  # where a backup is put together, or unpacked again
Progress = Callable[[int], None]


def no_progress(_percent: int) -> None:
    """Tell nobody."""


def room_needed(environment: Environment) -> tuple[int, int]:
    """Give how many bytes a backup needs and how many are free where it is written."""
    folder = environment.backups
    folder.mkdir(parents=True, exist_ok=True)
    size = Path(environment.database_path).stat().st_size if environment.on_sqlite else 0
    return int(size * ROOM), shutil.disk_usage(folder).free


def create(environment: Environment, *, tag: str = "", progress: Progress = no_progress) -> places.Backup:
    """Make a backup and give it, verified as a copy. Raises `NotWhole` when the copy is not whole, OSError when it cannot be written."""
    folder = environment.backups
    folder.mkdir(parents=True, exist_ok=True)
    clear_cut_off(folder, MAKING, VERIFYING)
    with tempfile.TemporaryDirectory(dir=folder, prefix=MAKING) as apart:
        draft, manifest, suffix = (_of_sqlite if environment.on_sqlite else _of_postgresql)(
            environment, Path(apart), progress
        )
        name = f"fiducial-{manifest['installation']}-{datetime.now(UTC).strftime(places.STAMP)}-{manifest['schema']}{tag}{suffix}"
        made = settle(draft, folder / name)
    digest = places.digest_of(made)
    made.with_name(name + ".sha256").write_text(f"{digest}  {name}\n")
    places.keep_beside(made, {"manifest": manifest, "sha256": digest, "verified": True, "verifiedAt": manifest["at"]})
    if environment.backup_copy_to is not None:
        _copy_to(made, environment.backup_copy_to, digest)
    progress(100)
    backup = places.read(made)
    assert backup is not None, "it was written a moment ago"
    return backup


def _of_sqlite(environment: Environment, apart: Path, progress: Progress) -> tuple[Path, dict[str, Any], str]:
    copy = apart / DATABASE
    copy_database(Path(environment.database_path), copy)
    progress(30)
    facts = check_file(copy)
    progress(60)
    (apart / SETTINGS).write_bytes(orjson.dumps(_settings(f"sqlite:///{copy}"), option=orjson.OPT_INDENT_2))
    parts = {DATABASE: copy, SETTINGS: apart / SETTINGS}
    uploads = environment.app_data_dir / UPLOADS
    if uploads.is_dir():
        parts |= {
            f"{UPLOADS}/{path.relative_to(uploads)}": path for path in sorted(uploads.rglob("*")) if path.is_file()
        }
    manifest = _manifest(
        environment, facts, f"sqlite:///{copy}", {name: places.digest_of(path) for name, path in parts.items()}
    )
    (apart / MANIFEST).write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))
    draft = apart / "archive"
    _pack(draft, {MANIFEST: apart / MANIFEST, **parts})
    progress(90)
    return draft, manifest, ".tar.zst"


def copy_database(source: Path, target: Path) -> None:
    """Copy a database that is in use, by SQLite's own backup, in one step: small steps begin anew whenever somebody writes."""
    reading, writing = apsw.Connection(str(source)), apsw.Connection(str(target))
    try:
        reading.set_busy_timeout(10_000)
        reading.execute("PRAGMA query_only=ON")
        with writing.backup("main", reading, "main") as copying:
            copying.step(-1)
        writing.execute("PRAGMA journal_mode=DELETE")  # one file, that a reader of the archive opens as it is
    finally:
        writing.close()
        reading.close()


def _settings(url: str) -> dict[str, Any]:
    """Give what is set, without what is secret."""
    secret = {key for key, setting in declared.items() if setting.secret}
    with make_engine(url, read_only=True).connect() as connection:
        rows = connection.execute(select(values.c.key, values.c.place, values.c.value)).all()
    return {
        f"{row.key}@{row.place}" if row.place else row.key: orjson.loads(row.value)
        for row in rows
        if row.key not in secret
    }


def _manifest(environment: Environment, facts: Facts, url: str, parts: Mapping[str, str]) -> dict[str, Any]:
    with make_engine(url, read_only=True).connect() as connection:
        schema = revision_of(connection)
    return {
        "product": "fiducial", "version": __version__, "schema": schema or "empty", "installation": facts.installation,
        "mode": environment.app_mode, "engine": "sqlite" if environment.on_sqlite else "postgresql", "at": clock.to_wire(clock.now_ms()),
        "rows": facts.rows, "auditHead": {"seq": facts.audit_seq, "hash": facts.audit_hash, "at": clock.to_wire(facts.audit_at)},
        "parts": dict(parts),
    }  # fmt: skip


def _pack(target: Path, parts: Mapping[str, Path]) -> None:
    with (
        target.open("wb") as stream,
        zstandard.ZstdCompressor(level=3).stream_writer(stream) as packed,
        tarfile.open(fileobj=packed, mode="w|") as archive,
    ):
        for name, path in parts.items():
            archive.add(path, arcname=name, recursive=False)


def _copy_to(made: Path, elsewhere: Path, digest: str) -> None:
    """Copy a backup to the second place and compare. Raises `NotWhole` when the copy differs."""
    elsewhere.mkdir(parents=True, exist_ok=True)
    for path in (made, made.with_name(made.name + ".sha256"), places.beside_of(made)):
        draft = elsewhere / f".{path.name}.tmp"
        shutil.copyfile(path, draft)
        settle(draft, elsewhere / path.name)
    if places.digest_of(elsewhere / made.name) != digest:
        raise NotWhole(f"the copy in {elsewhere} differs from the backup")


def prune(environment: Environment) -> list[str]:
    """Delete what the keep rules do not keep, with what lies beside it; give the names."""
    gone = places.to_be_pruned(
        places.known(environment.backups), datetime.now(UTC), daily=environment.backup_keep_daily, weekly=environment.backup_keep_weekly,
        monthly=environment.backup_keep_monthly,
    )  # fmt: skip
    for one in gone:
        for path in (one.path, one.path.with_name(one.name + ".sha256"), places.beside_of(one.path)):
            path.unlink(missing_ok=True)
    return [one.name for one in gone]


# PostgreSQL: a custom archive of pg_dump, besides the standby and the WAL archive of the plant (spec 13.8)


def _of_postgresql(environment: Environment, apart: Path, progress: Progress) -> tuple[Path, dict[str, Any], str]:
    """Dump the very snapshot whose rows are counted and whose audit chain is walked."""
    draft = apart / "archive"
    engine = make_engine(environment.database_url, read_only=True)
    with engine.connect() as connection:
        snapshot = str(connection.execute(text("SELECT pg_export_snapshot()")).scalar())
        facts = facts_of(connection)
        progress(40)
        run_postgresql(environment, "pg_dump", "--format=custom", f"--snapshot={snapshot}", f"--file={draft}")
    progress(80)
    run_postgresql(environment, "pg_restore", "--list", str(draft), offline=True)
    manifest = _manifest(environment, facts, environment.database_url, {"dump": places.digest_of(draft)})
    return draft, manifest, ".dump"


def run_postgresql(environment: Environment, command: str, *arguments: str, offline: bool = False) -> None:
    """Run a program of PostgreSQL. Raises `NotWhole` with what it said, or that it is not installed here.

    Where and who come by its environment, so that no password stands in the list of processes.
    """
    url = make_url(environment.database_url)
    said: dict[str, Any] = {
        "PGHOST": url.query.get("host") or url.host, "PGPORT": url.port, "PGUSER": url.username, "PGPASSWORD": url.password,
        "PGDATABASE": url.database, "PGSSLMODE": url.query.get("sslmode"),
    }  # fmt: skip
    environ = dict(os.environ) if offline else os.environ | {name: str(value) for name, value in said.items() if value}
    program = shutil.which(command)
    if program is None:
        raise NotWhole(f"{command} is not installed here: install the client programs of PostgreSQL")
    done = subprocess.run([program, *arguments], env=environ, capture_output=True, text=True, check=False)  # noqa: S603 - our own words
    if done.returncode != 0:
        raise NotWhole(f"{command}: {done.stderr.strip()[:500]}")
