"""Which routings a change touches: they get `needsCompile` in the transaction of the change. Nothing compiles by itself (spec 01.6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from sqlalchemy import Text, func, or_, select, type_coerce, update

from fiducial.kit.columns import canonical
from fiducial.kit.tx import Tx
from fiducial.plant.ports import Uses, Watcher
from fiducial.plant.tables import groups
from fiducial.routing.tables import configs, routes, steps


def mark(tx: Tx, route_ids: Iterable[int]) -> list[str]:
    """Set `needsCompile` on the routings and give their codes."""
    keys = sorted(set(route_ids))
    if not keys:
        return []
    tx.run(update(routes).where(routes.c.id.in_(keys)).values(needs_compile=True))
    return [row.code for row in tx.all(select(routes.c.code).where(routes.c.id.in_(keys)).order_by(routes.c.code))]


def mark_all(tx: Tx) -> list[str]:
    """Set `needsCompile` on every routing that has steps and give their codes."""
    return mark(tx, [row.route_id for row in tx.all(select(steps.c.route_id).distinct())])


def routes_with(tx: Tx, operation_ids: Collection[int]) -> list[int]:
    """Give the routings that have a step of one of the operations."""
    found = tx.all(select(steps.c.route_id).where(steps.c.operation_id.in_(list(operation_ids))).distinct())
    return [row.route_id for row in found]


def routes_saying(tx: Tx, words: Iterable[str]) -> list[int]:
    """Give the routings for which some execution config names one of the words (a code, an id) as a value.

    Rather one too many: a compile that finds nothing new makes no version.
    """
    text = type_coerce(configs.c.fields, Text)
    likes = [text.contains(canonical(word).decode(), autoescape=True) for word in words]
    if not likes:
        return []
    found: set[int] = set()
    for row in tx.all(select(configs.c.scope, configs.c.route_id, configs.c.operation_id).where(or_(*likes))):
        if row.scope == "GLOBAL":
            return [route.route_id for route in tx.all(select(steps.c.route_id).distinct())]
        found.update([row.route_id] if row.route_id is not None else routes_with(tx, [row.operation_id]))
    return sorted(found)


class RoutingWatcher(Watcher):
    """Hears what changes in the plant and marks the routings that had read it."""

    def operation_changed(self, tx: Tx, operation_id: int) -> None:
        """Mark every routing with a step of the operation."""
        mark(tx, routes_with(tx, [operation_id]))

    def stations_changed(self, tx: Tx, codes: Collection[str], group_codes: Collection[str]) -> None:
        """Mark every routing whose steps or configs name the stations or their groups."""
        joined = steps.join(groups, groups.c.id == steps.c.group_id)
        by_group = select(steps.c.route_id).select_from(joined).where(groups.c.code.in_(list(group_codes))).distinct()
        own = [row.route_id for row in tx.all(by_group)] if group_codes else []
        mark(tx, [*own, *routes_saying(tx, [*codes, *group_codes])])


class RoutingUses(Uses):
    """What routing knows of who uses groups and operations."""

    def group_counts(self, tx: Tx, group_id: int, code: str) -> Mapping[str, int]:
        """Give the steps and execution configs that name the group."""
        of_steps = tx.scalar(select(func.count()).where(steps.c.group_id == group_id))
        said = type_coerce(configs.c.fields, Text).contains(
            f'"stationGroupCode":{canonical(code).decode()}', autoescape=True
        )
        of_configs = tx.scalar(select(func.count()).select_from(configs).where(said))
        return {"steps": of_steps, "configs": of_configs}

    def routings_of(self, tx: Tx, operation_id: int) -> Sequence[tuple[str, bool]]:
        """Give the routings with a step of the operation."""
        joined = steps.join(routes, routes.c.id == steps.c.route_id)
        statement = (
            select(routes.c.code, routes.c.is_active).select_from(joined).where(steps.c.operation_id == operation_id)
        )
        return [(row.code, row.is_active) for row in tx.all(statement.distinct())]
