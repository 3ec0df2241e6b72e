"""Which material a run expects on which slot (spec 04.2, choice rule; 04.3, unlisted slots)."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select

from fiducial.kit import columns
from fiducial.kit.tx import Tx
from fiducial.loading.tables import ANY, mappings, slots, station_tables
from fiducial.loading.words import EMPTY, REQUIRED
from fiducial.orders.lookup import order_of_run
from fiducial.routing.frozen import frozen_route


@dataclass(frozen=True, slots=True)
class Key:
    """What decides a choice: line, product, routing of a run."""

    line_id: int
    product_code: str
    routing_code: str


@dataclass(frozen=True, slots=True)
class Expected:
    """What one slot shall hold: its primary, the alternates in order, and the level of the choice (0 to 3)."""

    slot: Any
    material_code: str
    alternates: tuple[str, ...]
    unit_consumption: float | None
    ref_des: Sequence[str]
    level: int


@dataclass(slots=True)
class Choice:
    """What a run expects, slot by slot, and what is wrong with the table."""

    expected: list[Expected] = field(default_factory=list)
    empty: list[str] = field(default_factory=list)  # slots that stay empty for this product
    missing: list[str] = field(default_factory=list)  # slots that must be loaded and have no mapping
    no_primary: list[str] = field(default_factory=list)
    active_slots: int = 0

    @property
    def hash(self) -> str:
        """Give a digest of what is expected where: it differs when another expectation would result."""
        told = [[one.slot.id, one.material_code, *one.alternates] for one in self.expected]
        return hashlib.sha256(columns.canonical(told)).hexdigest()


def level_of(product_code: str, routing_code: str) -> int:
    """Give the level of a mapping or table head: product counts before routing."""
    return 2 * (product_code != ANY) + (routing_code != ANY)


def key_of(tx: Tx, run: Any) -> Key:
    """Give the key of a run (a row with `line_id`, `version_id`, `work_order_id`)."""
    return Key(run.line_id, order_of_run(tx, run).product_code, frozen_route(tx, run.version_id).route_code)


def choose(tx: Tx, key: Key) -> Choice:
    """Give what a run of this key expects on the active slots of its line."""
    there = tx.all(
        select(slots).where(slots.c.line_id == key.line_id, slots.c.is_active.is_(True)).order_by(slots.c.position, slots.c.slot_code)
    )  # fmt: skip
    found = rows_for(tx, key)
    head_level, unlisted = head_for(tx, key)
    choice = Choice(active_slots=len(there))
    for slot in there:
        rows = found.get(slot.id, ())
        level = level_of(rows[0].product_code, rows[0].routing_code) if rows else -1
        if unlisted == EMPTY and level < head_level:
            choice.empty.append(slot.slot_code)
        elif not rows:
            choice.missing.append(slot.slot_code)
        elif all(row.is_alternate for row in rows):
            choice.no_primary.append(slot.slot_code)
        else:
            choice.expected.append(_expected(slot, rows, level))
    return choice


def rows_for(tx: Tx, key: Key) -> Mapping[int, Sequence[Any]]:
    """Give, by slot, the mappings of the highest level that has any."""
    mine = (
        select(mappings)
        .join_from(mappings, slots, slots.c.id == mappings.c.slot_id)
        .where(
            slots.c.line_id == key.line_id, mappings.c.product_code.in_((key.product_code, ANY)),
            mappings.c.routing_code.in_((key.routing_code, ANY)),
        )
        .order_by(mappings.c.priority, mappings.c.material_code)
    )  # fmt: skip
    by_slot: dict[int, list[Any]] = {}
    for row in tx.all(mine):
        kept = by_slot.setdefault(row.slot_id, [])
        here, there = level_of(row.product_code, row.routing_code), -1
        if kept:
            there = level_of(kept[0].product_code, kept[0].routing_code)
        if here > there:
            kept.clear()
        if here >= there:
            kept.append(row)
    return by_slot


def head_for(tx: Tx, key: Key) -> tuple[int, str]:
    """Give level and `unlistedSlots` of the station table that counts for a key; (-1, REQUIRED) when there is none."""
    heads = tx.all(
        select(station_tables).where(
            station_tables.c.line_id == key.line_id, station_tables.c.product_code.in_((key.product_code, ANY)),
            station_tables.c.routing_code.in_((key.routing_code, ANY)),
        )
    )  # fmt: skip
    if not heads:
        return -1, REQUIRED
    head = max(heads, key=lambda row: level_of(row.product_code, row.routing_code))
    return level_of(head.product_code, head.routing_code), head.unlisted_slots


def _expected(slot: Any, rows: Sequence[Any], level: int) -> Expected:
    primary = next(row for row in rows if not row.is_alternate)
    alternates = tuple(row.material_code for row in rows if row.is_alternate)
    return Expected(slot, primary.material_code, alternates, primary.unit_consumption, primary.ref_des, level)
