"""Statements of the hot path are answered by an index on both databases, however much the plant has made (EXPLAIN, kept as a test).

Hot is what is compiled once (`kit.statements.Hot`): what every scan, track, push and sign-in asks. None of them may walk through a table
that grows with the plant.
"""

from __future__ import annotations

import gc
import re
from pathlib import Path
from typing import Any

import apsw
import psycopg
import pytest
from sqlalchemy.exc import CompileError
from tests.api.plant import fill_template
from tests.unit import kit_plant

from fiducial import app as _assembled  # noqa: F401 - every room is there, with its statements
from fiducial.kit.statements import Hot

# Tables that do not grow with what the plant makes: a walk through them is as short as the plant is small.
SMALL = frozenset({
    "role", "person_role", "setting", "line", "line_binding", "station_group", "time_rule", "time_rule_event", "system_mode", "readiness_config",
    "clock_set_back", "aql_table", "msl_level", "ipqc_point", "late_entry_window", "job",
})  # fmt: skip


# The statements of the unit tests of the kit, which may have run in this process, are about tables of their own.
OF_UNIT_TESTS = re.compile(rf"\b(?:{'|'.join(kit_plant.plant.tables)})\b")


def hot_statements(engine: str) -> dict[str, Any]:
    """Give the text and the names of the values of every hot statement."""
    found = {}
    gc.unfreeze()  # a program that was started in this process may have frozen them
    for thing in gc.get_objects():
        if type(thing) is Hot:
            try:
                ready = thing.ready(engine)
            except (AttributeError, CompileError):
                continue  # "on conflict" is written for each engine apart; this one is the other's
            if not OF_UNIT_TESTS.search(ready.sql):
                found[ready.sql] = ready
    return found


def walks_on_sqlite(path: Path) -> dict[str, list[str]]:
    connection = apsw.Connection(str(path))
    walks: dict[str, list[str]] = {}
    for sql, ready in hot_statements("sqlite").items():
        values = dict.fromkeys(re.findall(r"[:@$](\w+)", sql)) | ready.fixed
        try:
            plan = connection.execute("EXPLAIN QUERY PLAN " + sql, values).fetchall()
        except apsw.SQLError:
            if "json_array_elements" not in sql:  # the other engine's way to read a list
                raise
            continue
        aliases = {alias or name: name for name, alias in re.findall(r"(?:FROM|JOIN|,) (\w+)(?: AS (\w+))?", sql)}
        for row in plan:
            step = str(row[3])
            walked = re.match(r"SCAN (\w+)(?! USING (?:COVERING )?INDEX .*\()", step)
            if walked and "USING INDEX" not in step and "CONSTANT ROW" not in step:
                table = aliases.get(walked[1], walked[1])
                if table not in SMALL and not re.match(r"(anon_|subquery|CTE)", table):
                    walks.setdefault(f"{table}: {step}", []).append(sql)
    connection.close()
    return walks


def test_no_hot_statement_walks_through_a_table_that_grows_on_sqlite(sqlite_template: Path) -> None:
    assert len(hot_statements("sqlite")) > 50
    walks = walks_on_sqlite(sqlite_template)
    assert walks == {}, "\n\n".join(f"{step}\n  {sql}" for step, sqls in walks.items() for sql in sqls)


@pytest.mark.postgres
def test_no_hot_statement_walks_through_a_table_that_grows_on_postgresql(postgres: Any, tmp_path: Path) -> None:
    """With walks made dear, the planner takes one only where no index can answer."""
    template = postgres.template("fiducial_api", lambda url: fill_template(url, tmp_path))
    name = postgres.create(template=template)
    walks, judged = [], 0
    with psycopg.connect(postgres.dsn(name), autocommit=True) as connection:
        connection.execute("SET enable_seqscan = off")
        connection.execute("SET plan_cache_mode = force_generic_plan")
        for number, sql in enumerate(hot_statements("postgresql")):
            numbered, names = numbered_values(sql)
            try:
                connection.execute(f"PREPARE p{number} AS {numbered}".encode())
            except psycopg.errors.IndeterminateDatatype:
                continue  # a value whose type only the driver knows; SQLite has judged the statement
            given = f"({', '.join(['NULL'] * len(names))})" if names else ""
            plan = connection.execute(f"EXPLAIN EXECUTE p{number}{given}".encode()).fetchall()
            walks += [
                f"{step.strip()}\n  {sql}"
                for (step,) in plan
                if (walked := re.search(r"Seq Scan on (\w+)", step)) and walked[1] not in SMALL
            ]
            judged += 1
    postgres.drop(name)
    assert judged > 100
    assert walks == [], "\n\n".join(walks)


@pytest.mark.postgres
def test_what_is_named_by_its_key_is_found_by_its_key_whatever_else_must_hold_on_postgresql(
    postgres: Any, tmp_path: Path
) -> None:
    """A guard that another index could answer as cheaply may get that index: a track-in then walks through all boards that wait in its run.

    The statistics know nothing of what was made since the last ANALYZE, so to the planner a run that was begun today has one board.
    """
    template = postgres.template("fiducial_api", lambda url: fill_template(url, tmp_path))
    name = postgres.create(template=template)
    astray, judged = [], 0
    with psycopg.connect(postgres.dsn(name), autocommit=True) as connection:
        for setting in ("enable_seqscan = off", "enable_bitmapscan = off", "plan_cache_mode = force_generic_plan"):
            connection.execute(f"SET {setting}".encode())
        for number, sql in enumerate(hot_statements("postgresql")):
            if " id = " not in (numbered := numbered_values(sql)[0]) and ".id = " not in numbered:
                continue
            try:
                connection.execute(f"PREPARE p{number} AS {numbered}".encode())
            except psycopg.errors.IndeterminateDatatype:
                continue
            names = numbered_values(sql)[1]
            given = f"({', '.join(['NULL'] * len(names))})" if names else ""
            plan = connection.execute(f"EXPLAIN EXECUTE p{number}{given}".encode()).fetchall()
            astray += [f"{step.strip()}\n  {sql}" for (step,) in plan if re.search(r"Filter: .*\bid = \$\d", step)]
            judged += 1
    postgres.drop(name)
    assert judged > 20
    assert astray == [], "\n\n".join(astray)


def numbered_values(sql: str) -> tuple[str, list[str]]:
    """Give a statement with its values numbered as PREPARE wants them."""
    names: list[str] = []

    def number(found: re.Match[str]) -> str:
        if found[1] not in names:
            names.append(found[1])
        return f"${names.index(found[1]) + 1}"

    return re.sub(r"%\((\w+)\)[sbt]", number, sql).replace("%%", "%"), names
