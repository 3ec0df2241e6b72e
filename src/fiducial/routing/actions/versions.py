"""Compiling and retiring (spec 01.9). Reading and merging happen before the write lane; the lane only looks whether
anything has changed since and stores.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update

from fiducial.kit import clock
from fiducial.kit.acting import action, query
from fiducial.kit.columns import canonical
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.routing import answers
from fiducial.routing.compile import INVALID, READY, Compiled, compile_route
from fiducial.routing.queries.routes import locked_route, route_row, whole_or_none
from fiducial.routing.queries.versions import version_row
from fiducial.routing.reading import Fingerprint, fingerprint, route_facts
from fiducial.routing.shapes import Retirement
from fiducial.routing.tables import routes, versions


@dataclass(frozen=True, slots=True)
class Prepared:
    """A compile made outside the lane, and what it was made from."""

    made_from: Fingerprint
    compiled: Compiled


@query("route:compile")
def prepare(tx: Tx, routing_code: str) -> Prepared:
    """Read, merge and check a routing. Refuses ROUTE_NOT_FOUND, ROUTING_EMPTY."""
    return _prepared(tx, route_row(tx, routing_code))


def _prepared(tx: Tx, route: Row[Any]) -> Prepared:
    facts = route_facts(tx, route)
    if not facts.steps:
        raise Refused("ROUTING_EMPTY", routingCode=route.code)
    return Prepared(fingerprint(tx, route.id), compile_route(facts))


@action("route:compile", audit="ROUTE_COMPILE", entity="ROUTE", key="routing_code")
def compile_version(tx: Tx, routing_code: str, prepared: Prepared | None = None) -> answers.Version:
    """Store what was compiled as the next version, or give the latest again when nothing differs (`isNew` false).

    What was prepared before the lane counts only while nothing that it had read has changed; else it is made again here.
    Whoever changes something after this look waits for the routing's row and sets `needsCompile` again.
    Refuses ROUTE_NOT_FOUND, ROUTING_EMPTY. INVALID is a result, not a refusal.
    """
    route = locked_route(tx, routing_code)
    if prepared is None or prepared.made_from != fingerprint(tx, route.id):
        prepared = _prepared(tx, route)
    compiled = prepared.compiled
    latest = tx.first(
        select(versions).where(versions.c.route_id == route.id).order_by(versions.c.version_no.desc()).limit(1)
    )
    same = latest is not None and _equal(latest, compiled)
    row = (
        latest
        if latest is not None and same
        else _stored(tx, route.id, (latest.version_no if latest is not None else 0) + 1, compiled)
    )
    if compiled.status == READY:  # while it is INVALID the routing still needs a compile (spec 01.11)
        tx.run(update(routes).where(routes.c.id == route.id).values(needs_compile=False))
    codes = sorted({error["code"] for error in compiled.errors})
    if row.status == INVALID and not same:
        tx.emit("ROUTE_COMPILE_INVALID", route.id, routingCode=route.code, errors=", ".join(codes))
    tx.record(route.code, key=route.id, status=row.status, versionNo=row.version_no, errorCodes=codes, isNew=not same)
    answer = answers.version_of(row, route.code, tx.caller.language)
    answer["isNew"] = not same
    return answer


def _equal(latest: Row[Any], compiled: Compiled) -> bool:
    said = (compiled.content_hash, canonical(compiled.errors), canonical(compiled.warnings))
    return (latest.content_hash, canonical(latest.errors), canonical(latest.warnings)) == said


def _stored(tx: Tx, route_id: int, version_no: int, compiled: Compiled) -> Row[Any]:
    key = tx.new_id()
    head = {"versionNo": version_no, "compiledAt": clock.to_wire(tx.now)}
    tx.run(
        insert(versions).values(
            id=key, route_id=route_id, version_no=version_no, status=compiled.status, content_hash=compiled.content_hash,
            snapshot=canonical({**compiled.snapshot, "routeVersion": head}).decode(), errors=compiled.errors, warnings=compiled.warnings,
            compiled_at=tx.now, compiled_by=tx.actor.id, compiled_by_name=tx.actor.name,
        )
    )  # fmt: skip
    return tx.one(select(versions).where(versions.c.id == key))


@action("route:compile", audit="ROUTE_VERSION_RETIRE", entity="ROUTE", key="routing_code")
def retire_version(tx: Tx, routing_code: str, version_no: str, body: Retirement) -> answers.Version:
    """Mark a version so that no new run takes it. Refuses ROUTE_VERSION_NOT_FOUND, ROUTE_VERSION_NOT_READY; a retired one stays as it is."""
    route = locked_route(tx, routing_code)  # whoever makes a run of it now holds it too
    row = version_row(tx, route, whole_or_none(version_no))
    if row.status != READY:
        raise Refused("ROUTE_VERSION_NOT_READY", routingCode=route.code, versionNo=row.version_no)
    marked = {
        "retired_at": tx.now, "retired_by": tx.actor.id, "retired_by_name": tx.actor.name, "retire_reason": body.reason,
    }  # fmt: skip
    retired = tx.run(update(versions).where(versions.c.id == row.id, versions.c.retired_at.is_(None)).values(**marked))
    tx.record(
        route.code, key=route.id, reason=body.reason, versionNo=row.version_no, alreadyRetired=retired == 0 or None
    )
    if retired:
        # Runs in preparation hold this version for ever; whether they may start is judged again (spec 03.8).
        tx.emit("READINESS_INPUT_CHANGED", row.id, versionId=row.id, gates=["ROUTE"])
    return answers.version_of(version_row(tx, route, row.version_no), route.code, tx.caller.language)
