"""Migrations make the very schema that the tables declare, on both engines: columns, keys, indexes, triggers."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import psycopg
from sqlalchemy import Engine
from tests.house.code import every_module
from tests.services.postgres import Server

from fiducial.kit.audit import GUARDED
from fiducial.kit.columns import metadata
from fiducial.kit.store import make_engine
from fiducial.ops import migrate

every_module()


def migrations_exist() -> bool:
    """They are written once the tables stand still; until then there is nothing to compare."""
    return any((migrate.FOLDER / "versions").glob("[0-9]*.py"))


def create_all(engine: Engine) -> None:
    with engine.connect() as conn:
        metadata.create_all(conn)
        conn.commit()
    engine.dispose()


def words(sql: str | None) -> str:
    """Give a statement without the accidents of its layout."""
    return re.sub(r"\s+", " ", re.sub(r"([(),])", r" \1 ", (sql or "").replace('"', ""))).strip().lower()


def schema_of_sqlite(path: Path) -> dict[str, Any]:
    import apsw

    connection = apsw.Connection(str(path))
    found: dict[str, Any] = {}
    listed = connection.execute("SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY name").fetchall()
    for kind, name, table, sql in listed:
        if table == "alembic_version":
            continue
        if kind == "table":
            keys = connection.execute(f"PRAGMA foreign_key_list({name})").fetchall()
            found[name] = {
                "columns": connection.execute(f"PRAGMA table_xinfo({name})").fetchall(),
                "keys": sorted(key[2:] for key in keys),
                "checks": sorted(re.findall(r"check \( .*? \)", words(sql))),
                "uniques": sorted(re.findall(r"unique \( .*? \)", words(sql))),
                "rowid": "without rowid" not in words(sql),
            }
        elif not name.startswith("sqlite_autoindex"):
            found[f"{kind} {name}"] = words(sql)
    return found


def schema_of_postgres(url: str) -> dict[str, Any]:
    with psycopg.connect(url.replace("+psycopg", "")) as connection:

        def rows(statement: str) -> list[Any]:
            return sorted(connection.execute(statement).fetchall())

        return {
            "columns": rows("SELECT table_name, column_name, ordinal_position, data_type, is_nullable, column_default, is_identity, "
                            "identity_generation FROM information_schema.columns WHERE table_schema = 'public' AND table_name <> 'alembic_version'"),
            "constraints": rows("SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint "
                                "WHERE connamespace = 'public'::regnamespace AND conrelid::regclass::text <> 'alembic_version'"),
            "indexes": rows("SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'"),
            "views": [(name, words(sql)) for name, sql in rows("SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'")],
            "triggers": rows("SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal"),
        }  # fmt: skip


def test_sqlite_gets_the_same_schema_from_migrations_and_from_the_tables(tmp_path: Path) -> None:
    """Seen to fail with a column, an index and a trigger left out of the migration."""
    create_all(make_engine(f"sqlite:///{tmp_path / 'tables.db'}"))
    declared = schema_of_sqlite(tmp_path / "tables.db")
    assert {f"trigger {table}_no_{verb}" for table in GUARDED for verb in ("update", "delete")} <= set(declared)
    if migrations_exist():
        migrate.migrate(f"sqlite:///{tmp_path / 'migrated.db'}")
        migrated = schema_of_sqlite(tmp_path / "migrated.db")
        assert sorted(migrated) == sorted(declared)
        for name, shape in declared.items():
            assert migrated[name] == shape, name


def test_postgresql_gets_the_same_schema_from_migrations_and_from_the_tables(postgres: Server) -> None:
    """Seen to fail with a column, an index and a trigger left out of the migration."""
    with postgres.database() as url:
        create_all(make_engine(url))
        declared = schema_of_postgres(url)
    guarded = {row[0] for row in declared["triggers"]}
    assert guarded == set(GUARDED)
    if migrations_exist():
        with postgres.database() as url:
            migrate.migrate(url)
            migrated = schema_of_postgres(url)
        for kind, shape in declared.items():
            assert migrated[kind] == shape, kind


def test_a_migration_that_was_applied_is_not_applied_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'plant.db'}"
    first = migrate.migrate(url)
    assert first == [script.revision for script in reversed(list(migrate.scripts().walk_revisions()))]
    assert migrate.migrate(url) == []
    assert migrate.pending(url) == []


def test_every_partial_index_has_its_condition_for_both_engines() -> None:
    """Or PostgreSQL gets a full one (mechanics). Seen to fail with `sqlite_where` alone."""
    halves = []
    for table in metadata.tables.values():
        for index in table.indexes:
            conditions = [index.dialect_options[engine].get("where") is not None for engine in ("sqlite", "postgresql")]
            if len(set(conditions)) > 1:
                halves.append(index.name)
    assert halves == []
