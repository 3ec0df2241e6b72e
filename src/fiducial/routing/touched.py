"""Which routings a change touches: they get `needsCompile` in the transaction of the change. Nothing compiles by itself (spec 01.6)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Text, func, or_, select, type_coerce, update

from fiducial.kit.columns import canonical
from fiducial.kit.tx import Tx
from fiducial.plant.ports import Uses, Watcher
from fiducial.plant.tables import groups
from fiducial.routing.tables import configs, routes, steps, versions


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

    def template_changed(self, tx: Tx, code: str) -> None:
        """Mark every routing that binds the template."""
        mark(tx, [row.id for row in tx.all(select(routes.c.id).where(routes.c.fai_template_code == code))])

    def profile_changed(self, tx: Tx, code: str) -> None:
        """Mark every routing with a step that expects the oven program."""
        mark(tx, routes_saying(tx, [code]))


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

    def profile_counts(self, tx: Tx, code: str, version: str) -> Mapping[str, int]:
        """Give the READY versions, retired ones too, that have frozen this version of the oven program."""
        words = ('"expectedReflowProfile":{', f'"code":{canonical(code).decode()}')
        said = [versions.c.snapshot.contains(word, autoescape=True) for word in words]
        frozen = tx.all(select(versions.c.snapshot).where(versions.c.status == "READY", *said))
        named = (step.get("expectedReflowProfile") for row in frozen for step in orjson.loads(row.snapshot)["steps"])
        return {"versions": sum(1 for one in named if one and (one["code"], one["version"]) == (code, version))}

    def profile_configs(self, tx: Tx, code: str) -> int:
        """Give the execution configs that expect the oven program."""
        said = type_coerce(configs.c.fields, Text).contains(
            f'"expectedReflowProfileCode":{canonical(code).decode()}', autoescape=True
        )
        return int(tx.scalar(select(func.count()).select_from(configs).where(said)) or 0)

    def template_routings(self, tx: Tx, code: str) -> Sequence[str]:
        """Give the routings that bind the template."""
        return [row.code for row in tx.all(select(routes.c.code).where(routes.c.fai_template_code == code))]

    def gaps(self, tx: Tx) -> Mapping[str, Any]:
        """Give the ERP's processes without an operation, and the routings whose latest version is INVALID (spec 01.3)."""
        return {"unmappedOperations": _unmapped(tx), "invalidVersions": _invalid(tx)}


MOST_TOLD = 500


def _unmapped(tx: Tx) -> list[dict[str, Any]]:
    joined = steps.join(routes, routes.c.id == steps.c.route_id)
    columns = (routes.c.code, routes.c.source_system, steps.c.source_step_key, steps.c.erp)
    open_steps = select(*columns).select_from(joined).where(steps.c.operation_id.is_(None)).order_by(routes.c.code)
    found: dict[tuple[str, str], list[str]] = {}
    for row in tx.all(open_steps.limit(MOST_TOLD * 20)):
        process = (row.erp or {}).get("processCode") or row.source_step_key or ""
        codes = found.setdefault((row.source_system, process), [])
        if row.code not in codes:
            codes.append(row.code)
    return [
        {"sourceSystem": system, "sourceProcessKey": process, "routingCodes": codes}
        for (system, process), codes in sorted(found.items())[:MOST_TOLD]
    ]


def _invalid(tx: Tx) -> list[dict[str, Any]]:
    latest = (
        select(versions.c.route_id, func.max(versions.c.version_no).label("no"))
        .group_by(versions.c.route_id)
        .subquery()
    )
    joined = versions.join(
        latest, (latest.c.route_id == versions.c.route_id) & (latest.c.no == versions.c.version_no)
    ).join(routes, routes.c.id == versions.c.route_id)
    bad = (
        select(routes.c.code, versions.c.version_no, versions.c.errors)
        .select_from(joined)
        .where(versions.c.status == "INVALID")
    )
    return [
        {
            "routingCode": row.code,
            "versionNo": row.version_no,
            "errorCodes": sorted({error["code"] for error in row.errors}),
        }
        for row in tx.all(bad.order_by(routes.c.code).limit(MOST_TOLD))
    ]
