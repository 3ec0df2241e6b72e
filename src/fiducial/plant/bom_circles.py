"""Does a BOM lead back to itself? Asked of many parents at once, before any of them is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import select

from fiducial.kit.tx import Tx
from fiducial.plant.tables import bom_items

MANY = 500


def circles(tx: Tx, planned: Mapping[str, Iterable[str]]) -> dict[str, list[str]]:
    """Give, for each planned parent that lies on a circle, the way round: of the plans, and of what is there for all others."""
    children = {parent: list(codes) for parent, codes in planned.items()}
    _fetch_what_is_reached(tx, children)
    found: dict[str, list[str]] = {}
    done = set[str]()
    for start in planned:
        for way in _rounds_from(start, children, done):
            for code in way:
                if code in planned:
                    found.setdefault(code, [*way, way[0]])
    return found


def _fetch_what_is_reached(tx: Tx, children: dict[str, list[str]]) -> None:
    waiting = list({child for codes in children.values() for child in codes} - set(children))
    seen = {*children, *waiting}
    while waiting:
        some, waiting = waiting[:MANY], waiting[MANY:]
        for code in some:
            children[code] = []
        for row in tx.all(
            select(bom_items.c.parent_code, bom_items.c.child_code).where(bom_items.c.parent_code.in_(some))
        ):
            children[row.parent_code].append(row.child_code)
        reached = {child for code in some for child in children[code]} - seen
        seen |= reached
        waiting += reached


def _rounds_from(start: str, children: Mapping[str, list[str]], done: set[str]) -> list[list[str]]:
    """Walk downwards once; a child that stands on the way down already closes a circle."""
    rounds: list[list[str]] = []
    if start in done:
        return rounds
    way, on_way, left = [start], {start}, [iter(children.get(start, ()))]
    while left:
        child = next(left[-1], None)
        if child is None:
            left.pop()
            on_way.discard(code := way.pop())
            done.add(code)
        elif child in on_way:
            rounds.append(way[way.index(child) :])
        elif child not in done:
            way.append(child)
            on_way.add(child)
            left.append(iter(children.get(child, ())))
    return rounds
