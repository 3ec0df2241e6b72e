"""Frozen versions as they are read, and how two of them differ (spec 01.9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import Row, select

from fiducial.kit.acting import query
from fiducial.kit.listing import Listed, Listing, Page, one_of
from fiducial.kit.refusals import Refused, changed_fields
from fiducial.kit.tx import Tx
from fiducial.routing import answers
from fiducial.routing.queries.routes import route_row, whole_or_none
from fiducial.routing.shapes import VersionAsked
from fiducial.routing.tables import versions

VERSIONS = Listing(
    filters={"status": one_of(versions.c.status, ("READY", "INVALID"))},
    sorts={"versionNo": versions.c.version_no, "compiledAt": versions.c.compiled_at},
    default_sort="versionNo.desc",
    key=versions.c.id,
)


@query("route:read")
def list_versions(tx: Tx, routing_code: str, page: Page) -> Listed[answers.Version]:
    """Give the versions of a routing without their snapshots, newest first. Refuses ROUTE_NOT_FOUND."""
    route = route_row(tx, routing_code)
    columns = [column for column in versions.c if column is not versions.c.snapshot]
    statement = select(*columns).where(versions.c.route_id == route.id)
    return VERSIONS.answer(tx, statement, page, lambda row: answers.version_of(row, route.code, tx.caller.language))


@query("route:read")
def version_detail(tx: Tx, routing_code: str, version_no: str, asked: VersionAsked) -> answers.Version:
    """Give a version with its snapshot, and how it differs from another. Refuses ROUTE_NOT_FOUND, ROUTE_VERSION_NOT_FOUND."""
    route = route_row(tx, routing_code)
    row = version_row(tx, route, whole_or_none(version_no))
    answer = answers.version_of(row, route.code, tx.caller.language)
    answer["snapshot"] = orjson.loads(row.snapshot)
    if asked.diff is not None:
        other = version_row(tx, route, asked.diff)
        answer["diff"] = difference(orjson.loads(other.snapshot), answer["snapshot"]) | {
            "from": other.version_no,
            "to": row.version_no,
        }
    return answer


def version_row(tx: Tx, route: Row[Any], version_no: int | None) -> Row[Any]:
    """Give a version of a routing. Refuses ROUTE_VERSION_NOT_FOUND."""
    row = None
    if version_no is not None:
        row = tx.first(select(versions).where(versions.c.route_id == route.id, versions.c.version_no == version_no))
    if row is None:
        raise Refused("ROUTE_VERSION_NOT_FOUND", routingCode=route.code, versionNo=version_no)
    return row


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """Give what changed from one snapshot to another: fields of the routing, steps added, removed and changed."""
    old = {step["stepNo"]: step for step in before["steps"]}
    new = {step["stepNo"]: step for step in after["steps"]}
    both = [number for number in new if number in old]
    changed = [{"stepNo": number, "fields": changed_fields(old[number], new[number])} for number in both]
    return {
        "route": changed_fields(before["route"], after["route"]),
        "added": [_named(new[number]) for number in new if number not in old],
        "removed": [_named(old[number]) for number in old if number not in new],
        "changed": [step for step in changed if step["fields"]],
    }


def _named(step: Mapping[str, Any]) -> dict[str, Any]:
    return {"stepNo": step["stepNo"], "operationCode": step["operationCode"]}
