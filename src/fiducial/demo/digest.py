"""`demo digest`: one number for what the plant holds, the same on every machine (spec 12.1).

Sorted by business key, references as business keys; without ids, instants, secrets and what only says how it came about
(the audit book, events), and without what a sample, drawn by the program itself, decides. It covers what `base` and `rich` make; a room whose
data the demo gets adds its line here.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from contextlib import ExitStack
from hashlib import sha256
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any

from sqlalchemy import Select, select

from fiducial.execution.tables import tracks
from fiducial.forms.tables import TABLES
from fiducial.kit.acting import Caller, query
from fiducial.kit.columns import canonical
from fiducial.kit.settings import values
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx
from fiducial.loading.tables import mappings, slots
from fiducial.orders.tables import runs, units, work_orders
from fiducial.people.tables import roles, tokens, user_lines, user_roles, user_stations, users
from fiducial.plant.tables import bom_items, groups, lines, lots, materials, operations, stations
from fiducial.readiness.tables import line_configs
from fiducial.routing.tables import configs, data_specs, routes, steps, versions
from fiducial.tooling.tables import tools

LEFT_OUT = frozenset({
    "id", "created_at", "updated_at", "last_sign_in_at", "password_hash", "password_set_at", "former_passwords", "failures",
    "failures_since", "locks", "locked_until", "digest", "prefix", "expires_at", "last_used_at", "last_used_from", "line_ids",
})  # fmt: skip

_line_code, _group_code, _operation_code = (
    lines.c.code.label("line"),
    groups.c.code.label("group"),
    operations.c.code.label("operation"),
)


RUN, FETCHED = 20_000, 2_000  # rows that are sorted at a time, and fetched at a time
COLD = TABLES["cold_storage"]


def _own(table: Any) -> list[Any]:
    return [column for column in table.columns if column.name not in LEFT_OUT and not column.foreign_keys]


def _dumps() -> tuple[tuple[str, Select[Any]], ...]:
    route = routes.c.code.label("route")
    return (
        ("lines", select(*_own(lines))),
        ("groups", select(*_own(groups))),
        ("stations", select(*_own(stations), _line_code, _group_code).join(lines).outerjoin(groups)),
        ("operations", select(*_own(operations))),
        ("materials", select(*_own(materials))),
        ("boms", select(*_own(bom_items))),
        ("lots", select(*_own(lots))),
        ("routes", select(*_own(routes))),
        ("steps", select(*_own(steps), route, _operation_code, _group_code).join(routes).outerjoin(operations).outerjoin(groups)),
        ("configs", select(configs.c.scope, configs.c.step_no, configs.c.remark, route).outerjoin(routes)),
        ("items", select(*_own(data_specs), _operation_code).join(operations)),
        ("versions", select(versions.c.version_no, versions.c.status, versions.c.retire_reason, route).join(routes)),
        ("gates", select(line_configs.c.enabled, _line_code).join(lines, lines.c.id == line_configs.c.line_id)),
        ("settings", select(values.c.key, values.c.value).where(values.c.place == 0)),
        ("people", select(*_own(users))),
        ("roles", select(users.c.username, roles.c.code).select_from(user_roles.join(users).join(roles))),
        ("bound lines", select(users.c.username, _line_code).select_from(
            user_lines.join(users).join(lines, lines.c.id == user_lines.c.line_id))),
        ("bound stations", select(users.c.username, stations.c.code).select_from(
            user_stations.join(users).join(stations, stations.c.id == user_stations.c.station_id))),
        ("tokens", select(*_own(tokens))),
        ("slots", select(slots.c.slot_code, slots.c.position, _line_code).join(lines, lines.c.id == slots.c.line_id)),
        ("mappings", select(mappings.c.product_code, mappings.c.routing_code, mappings.c.material_code, slots.c.slot_code)
            .join(slots, slots.c.id == mappings.c.slot_id)),
        ("tools", select(tools.c.code, tools.c.kind, tools.c.name, tools.c.life_limit, tools.c.count_base, tools.c.used)),
        ("orders", select(*(work_orders.c[name] for name in ("wo_no", "product_code", "planned_qty", "status", "routing_code", "origin")))),
        ("runs", select(runs.c.run_no, runs.c.status, runs.c.plan_qty, runs.c.rework_type, work_orders.c.wo_no, _line_code)
            .join(work_orders, work_orders.c.id == runs.c.work_order_id).join(lines, lines.c.id == runs.c.line_id)),
        ("units", select(units.c.sn, units.c.rework_count, runs.c.run_no).join(runs, runs.c.id == units.c.run_id)),
        ("visits", select(units.c.sn, stations.c.code, tracks.c.step_no, tracks.c.visit_no, tracks.c.result)
            .select_from(tracks.join(units, units.c.id == tracks.c.unit_id).join(stations, stations.c.id == tracks.c.station_id))),
        ("papers", select(*(COLD.c[name] for name in ("record_no", "temperature", "result", "period")))),
    )  # fmt: skip


def of(store: Store) -> str:
    """Give the digest as 64 hexadecimal characters. What is held of the plant at a time is RUN rows, however much it holds."""
    whole = sha256()
    for name, statement in _dumps():
        with TemporaryDirectory(prefix="fiducial-digest-") as folder:
            found = store.read_now(Caller(internal="demo"), _sorted_runs, statement, Path(folder))
            whole.update(canonical([name, sum(count for _file, count in found)]))
            with ExitStack() as opened:
                runs_of_rows = [_lines(opened.enter_context(file.open("rb"))) for file, _count in found]
                for row in heapq.merge(*runs_of_rows):
                    whole.update(row)
    return whole.hexdigest()


@query()
def _sorted_runs(tx: Tx, statement: Select[Any], folder: Path) -> list[tuple[Path, int]]:
    """Write the rows of a statement, each as canonical JSON, to files of at most RUN that are sorted; give each with how many it holds."""
    found: list[tuple[Path, int]] = []
    with tx.conn.execution_options(stream_results=True, yield_per=FETCHED).execute(statement) as rows:
        names = [str(name) for name in rows.keys()]  # noqa: SIM118 - of a result, not of a mapping
        for part in _parts(canonical(dict(zip(names, row, strict=True))) for row in rows):
            file = folder / str(len(found))
            file.write_bytes(b"".join(row + b"\n" for row in sorted(part)))
            found.append((file, len(part)))
    return found


def _parts(rows: Iterator[bytes]) -> Iterator[list[bytes]]:
    while part := list(islice(rows, RUN)):
        yield part


def _lines(file: IO[bytes]) -> Iterator[bytes]:
    """Give the rows of a file; canonical JSON has no line break in it."""
    return (line[:-1] for line in file)
