"""Removing everything from a database: for `demo reset`, and after `acceptance --fresh`."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import inspect, text

from fiducial.kit.store import database_url, make_engine


class NotEmpty(Exception):
    """The database that was named holds something (exit code 3)."""


def must_be_empty(url: str) -> None:
    """Raise NotEmpty when the database holds any table."""
    engine = make_engine(url)
    with engine.connect() as connection:
        tables = inspect(connection).get_table_names()
    if tables:
        raise NotEmpty(f"the database that --fresh was given holds {len(tables)} tables; it takes an empty one only")


def empty_database(url: str) -> None:
    """Remove all tables and rows; the guards were asked before, and nobody has the database open."""
    engine = make_engine(url)
    if engine.dialect.name == "sqlite":
        for suffix in ("", "-wal", "-shm"):
            Path(f"{database_url(url).database}{suffix}").unlink(missing_ok=True)
        return
    with engine.connect() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
        connection.commit()
