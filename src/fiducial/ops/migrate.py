"""Bringing a database to the schema of this program (spec 13.5): numbered, forward only, on both engines."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, column, inspect, select, table

from fiducial.kit.store import database_url, make_engine

if TYPE_CHECKING:
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


class NewerDatabase(Exception):
    """The database belongs to a newer program (exit code 6)."""


def scripts() -> ScriptDirectory:
    """Give the migrations of this program."""
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def head() -> str | None:
    """Give the newest revision this program knows."""
    return known_revisions()[-1] if known_revisions() else None


def revision_of(conn: Connection) -> str | None:
    """Give the revision a database stands at; None for an empty one."""
    if not inspect(conn).has_table("alembic_version"):
        return None
    found: str | None = conn.execute(select(column("version_num")).select_from(table("alembic_version"))).scalar()
    return found


def pending(url: str) -> list[str]:
    """Give the revisions that are still to be applied, oldest first; asking makes no file. Raises `NewerDatabase`."""
    where = database_url(url)
    if where.get_backend_name() == "sqlite" and not Path(where.database or ".").is_file():
        return list(known_revisions())
    engine = make_engine(url)
    with engine.connect() as conn:
        at = revision_of(conn)
        conn.rollback()
    known = known_revisions()
    if at is not None and at not in known:
        raise NewerDatabase(at)
    return list(known[known.index(at) + 1 :] if at else known)


_SAYS = re.compile(r'^(revision|down_revision) = (?:"([^"]+)"|None)$', re.MULTILINE)


@cache
def known_revisions() -> tuple[str, ...]:
    """Give the revisions of this program, oldest first.

    Read from the files without running them: a start on a database that needs nothing loads neither Alembic nor a migration.
    """
    follows: dict[str | None, str] = {}
    for file in (FOLDER / "versions").glob("*.py"):
        said = {name: value or None for name, value in _SAYS.findall(file.read_text())}
        follows[said["down_revision"]] = str(said["revision"])
    known: list[str] = []
    while (following := follows.get(known[-1] if known else None)) is not None:
        known.append(following)
    return tuple(known)


def migrate(url: str) -> list[str]:
    """Apply what is pending and give it: each database in one transaction, all or nothing."""
    todo = pending(url)
    if not todo:
        return []
    if (where := database_url(url)).get_backend_name() == "sqlite":
        Path(where.database or ".").parent.mkdir(parents=True, exist_ok=True)
    engine = make_engine(url)
    with engine.connect() as conn:
        if engine.dialect.name == "sqlite":
            conn.connection.dbapi_connection.raw.execute("BEGIN IMMEDIATE")  # type: ignore[union-attr]
        else:
            conn.exec_driver_sql("SELECT pg_advisory_xact_lock(1718183029)")  # two nodes that start at once
        try:
            _run(conn)
            conn.commit()
        except BaseException:
            conn.rollback()
            raise
    return todo


def _run(conn: Connection) -> None:
    from alembic.config import Config
    from alembic.runtime.environment import EnvironmentContext

    directory = scripts()

    def upgrade(revision: object, _context: MigrationContext) -> list[object]:
        return directory._upgrade_revs("head", revision)  # type: ignore[arg-type,return-value]  # noqa: SLF001 - alembic's own way (EnvironmentContext.fn)

    with EnvironmentContext(Config(), directory, fn=upgrade) as context:
        context.configure(
            connection=conn, target_metadata=None, transactional_ddl=False, transaction_per_migration=False
        )
        context.run_migrations()
