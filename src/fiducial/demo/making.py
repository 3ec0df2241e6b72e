"""Making what is missing: each thing is looked for by its business key, made by the entrances of the API, and counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, Table, select, update

from fiducial.demo.base import DemoLine
from fiducial.demo.finding import first_of, rows_of
from fiducial.demo.house import Accounts
from fiducial.demo.inside import Inside
from fiducial.kit.acting import action
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, work_orders
from fiducial.people.tables import users
from fiducial.plant.tables import groups, lines, stations

ORIGIN = "demo"


@dataclass(slots=True)
class Loaded:
    """What a load did: how many of each kind it made and found, and secrets that are shown this once."""

    created: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    secrets: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Give it for programs."""
        return {"created": dict(self.created), "found": dict(self.found), "tokens": self.secrets}

    def as_text(self) -> str:
        """Give it for people."""
        told = ", ".join(f"{count} {kind}" for kind, count in self.created.items())
        rows = [f"created: {told or 'nothing'}", f"found: {self.found.total()}"]
        rows += [f"token {name}: {secret} (shown once)" for name, secret in self.secrets.items()]
        return "\n".join(rows)


class Maker:
    """Makes one thing after another unless it is there; `dry` only notes what is wanted."""

    def __init__(self, inside: Inside, accounts: Accounts, *, dry: bool = False) -> None:
        self.inside, self.accounts, self.dry = inside, accounts, dry
        self.loaded = Loaded()
        self.wanted: list[str] = []
        self.unsigned: list[tuple[Table, str]] = []

    def ensure(
        self, kind: str, name: str, there: Select[Any], make: Callable[[], object], *, table: Table | None = None
    ) -> None:
        """Make a thing unless the statement finds it; of a thing in `table` the origin is written at the end."""
        if self.inside.store.read_now(self.inside.ours(), first_of, there) is not None:
            self.loaded.found[kind] += 1
            return
        self.wanted.append(f"{kind} {name}")
        if self.dry:
            return
        make()
        self.loaded.created[kind] += 1
        if table is not None:
            self.unsigned.append((table, name))

    def ensure_coded(self, kind: str, table: Table, request: str, body: dict[str, Any]) -> None:
        """Have the engineer make a thing that has a code, unless it is there."""
        there = select(table.c.id).where(table.c.code == body["code"])
        self.ensure(kind, body["code"], there, lambda: self.inside.call("engineer", request, body), table=table)

    def sign(self) -> None:
        """Write the origin on what was made."""
        if self.unsigned:
            self.ours(sign_origin, tuple(self.unsigned))
            self.unsigned.clear()

    def keys(self, statement: Select[Any]) -> frozenset[int]:
        """Give the keys that a statement finds."""
        return frozenset(row["id"] for row in self.inside.store.read_now(self.inside.ours(), rows_of, statement))

    def ours(self, act: Callable[..., Any], *args: Any) -> Any:
        """Do something that no person of the plant does."""
        return self.inside.store.write_now(self.inside.ours(), act, *args)


@action(audit="SYSTEM_DEMO_SEED", entity="SYSTEM_CONFIG", internal_only=True)
def sign_origin(tx: Tx, made: Sequence[tuple[Table, str]]) -> None:
    """Write the origin `demo` on what was just made (spec 12.1): the one place where tables of rooms are written from outside."""
    for table, name in made:
        by = table.c.username if table is users else table.c.wo_no if table is work_orders else table.c.code
        tx.run(update(table).where(by == name).values(origin=ORIGIN))
        if table is work_orders:
            of_order = select(work_orders.c.id).where(work_orders.c.wo_no == name).scalar_subquery()
            tx.run(update(runs).where(runs.c.work_order_id == of_order).values(origin=ORIGIN))
    tx.record("demo", made=dict(Counter(str(table.name) for table, _ in made)))


def lay_groups(maker: Maker, named: Iterable[tuple[str, str]]) -> None:
    """Make station groups, given as (code, name), unless they are there."""
    for code, name in named:
        maker.ensure_coded("station group", groups, "POST /api/station-groups", {"code": code, "name": name})


def lay_line(maker: Maker, line: DemoLine) -> None:
    """Make a line and its stations unless they are there."""
    new = {"code": line.code, "name": line.name, "processType": line.process_type}
    maker.ensure_coded("line", lines, "POST /api/lines", new)
    for code, name, group in line.stations:
        station = {"code": code, "name": name, "lineCode": line.code, "groupCode": group, "stationType": "MANUAL"}
        maker.ensure_coded("station", stations, "POST /api/stations", station)
