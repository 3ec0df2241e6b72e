"""Putting a dump back into PostgreSQL (spec 13.4): by pg_restore in one transaction, all of it or nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, text
from sqlalchemy.engine import make_url

from fiducial.kit.node import SPACE
from fiducial.kit.store import make_engine
from fiducial.ops.backups import places
from fiducial.ops.backups.checking import Facts, NotWhole, facts_of
from fiducial.ops.backups.making import run_postgresql
from fiducial.ops.backups.restoring import OtherInstallation, Restored, leave_note, minutes_lost
from fiducial.ops.environment import Environment
from fiducial.ops.migrate import revision_of
from fiducial.ops.ownership import OwnedElsewhere

_NODES = text(
    "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
    " WHERE l.locktype = 'advisory' AND l.classid = :space AND l.granted AND d.datname = current_database()"
)


def restore_postgresql(environment: Environment, archive: Path, *, over_another: bool = False) -> Restored:
    """Put a dump back in place of what is there, which is dumped first into before-restore-…/.

    Raises `OwnedElsewhere` while a node works on the database, `NotWhole` when the dump is not what was written, was made of another
    schema than the one that is there, or cannot be put back (then nothing was changed), and `OtherInstallation`.
    """
    manifest = _manifest_of(archive)
    with make_engine(environment.database_url, read_only=True).connect() as connection:
        if connection.execute(_NODES, {"space": SPACE}).scalar():
            raise OwnedElsewhere("a node works on this database; stop every node first")
        present, schema = _present(connection)
    if present is not None and present.installation != manifest["installation"] and not over_another:
        raise OtherInstallation(
            f"the database is of installation {present.installation}, the backup of {manifest['installation']}; --force puts it there anyway"
        )
    if schema is not None and schema != manifest["schema"]:
        raise NotWhole(
            f"the database stands at {schema}, the backup at {manifest['schema']}: put it into an empty database"
            " (dropdb and createdb, or another name in DATABASE_URL)"
        )
    moved = _dump_of_what_is_there(environment) if schema is not None else None
    run_postgresql(
        environment, "pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", "--exit-on-error",
        f"--dbname={make_url(environment.database_url).database}", str(archive),
    )  # fmt: skip
    lost = None if present is None or present.audit_at is None else minutes_lost(manifest, present)
    place = note_place(environment)
    leave_note(place, archive, manifest, moved, lost)
    return Restored(Path(str(make_url(environment.database_url).database)), manifest, moved, lost)


def note_place(environment: Environment) -> Path:
    """Give the path beside which a restore leaves its note for the next start."""
    return Path(environment.database_path) if environment.on_sqlite else environment.app_data_dir / "postgresql"


def _manifest_of(archive: Path) -> dict[str, Any]:
    beside = places.beside_of(archive)
    if not beside.is_file():
        raise NotWhole(f"{beside.name} is missing: it says of which installation the dump is")
    said = orjson.loads(beside.read_bytes())
    if said["sha256"] != places.digest_of(archive):
        raise NotWhole("the archive is not the file that was written: its SHA-256 differs")
    manifest: dict[str, Any] = said["manifest"]
    return manifest


def _present(connection: Connection) -> tuple[Facts | None, str | None]:
    """Give the facts and the schema of what is there; of a book that is broken no facts, of an empty database neither."""
    schema = revision_of(connection)
    if schema is None:
        return None, None
    try:
        return facts_of(connection), schema
    except NotWhole:
        return None, schema


def _dump_of_what_is_there(environment: Environment) -> Path:
    aside = environment.app_data_dir / f"before-restore-{datetime.now(UTC).strftime(places.STAMP)}"
    aside.mkdir(parents=True)
    run_postgresql(environment, "pg_dump", "--format=custom", f"--file={aside / 'fiducial.dump'}")
    return aside
