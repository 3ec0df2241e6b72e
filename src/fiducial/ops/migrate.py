"""Bringing a database to the schema of this program (spec 13.5): numbered, forward only, on both engines."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alembic.config import Config
from alembic.runtime.environment import EnvironmentContext
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

from fiducial.kit.store import database_url, make_engine

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


class NewerDatabase(Exception):
    """The database belongs to a newer program (exit code 6)."""


def scripts() -> ScriptDirectory:
    """Give the migrations of this program."""
    config = Config()
    config.set_main_option("script_location", str(FOLDER))
    config.set_main_option("path_separator", "os")
    return ScriptDirectory.from_config(config)


def head() -> str | None:
    """Give the newest revision this program knows."""
    return scripts().get_current_head()


def revision_of(conn: Connection) -> str | None:
    """Give the revision a database stands at; None for an empty one."""
    return MigrationContext.configure(conn).get_current_revision()


def pending(url: str) -> list[str]:
    """Give the revisions that are still to be applied, oldest first. Raises `NewerDatabase`."""
    where = database_url(url)
    if where.get_backend_name() == "sqlite":
        Path(where.database or ".").parent.mkdir(parents=True, exist_ok=True)
    engine = make_engine(url)
    with engine.connect() as conn:
        at = revision_of(conn)
        conn.rollback()
    known = known_revisions()
    if at is not None and at not in known:
        raise NewerDatabase(at)
    return list(known[known.index(at) + 1 :] if at else known)


@cache
def known_revisions() -> tuple[str, ...]:
    """Give the revisions of this program, oldest first."""
    return tuple(script.revision for script in reversed(list(scripts().walk_revisions())))


def migrate(url: str) -> list[str]:
    """Apply what is pending and give it: each database in one transaction, all or nothing."""
    todo = pending(url)
    if not todo:
        return []
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
    directory = scripts()

    def upgrade(revision: object, _context: MigrationContext) -> list[object]:
        return directory._upgrade_revs("head", revision)  # type: ignore[arg-type,return-value]  # noqa: SLF001 - alembic's own way (EnvironmentContext.fn)

    with EnvironmentContext(Config(), directory, fn=upgrade) as context:
        context.configure(
            connection=conn, target_metadata=None, transactional_ddl=False, transaction_per_migration=False
        )
        context.run_migrations()
