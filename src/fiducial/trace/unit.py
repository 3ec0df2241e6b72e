"""The trace of one unit (spec 07.2): read-only, of what the other rooms wrote, on the route frozen in its run."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from fiducial.kit import clock
from fiducial.kit.acting import query
from fiducial.kit.http.shapes import Body
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.routing.frozen import FrozenRoute, frozen_route
from fiducial.routing.tables import versions
from fiducial.trace import sections, verdicts
from fiducial.trace.facts import UnitFacts, unit_facts
from fiducial.trace.gathered import Gathered
from fiducial.trace.refusals import unknown

MODES = ("run", "latest")
SECTIONS = (
    "unit", "workOrder", "runs", "route", "routeVersion", "steps", "tracks", "dataValues", "ingestEvents", "carrierLoads", "carrierTracks",
    "carrierDataValues", "machineResults", "testRecords", "defects", "repairs", "inspections", "loadingRecords", "materials",
    "missingKeyParts", "readiness", "readinessHistory", "timeRules", "tools", "records", "holds",
)  # fmt: skip


class TraceAsked(Body):
    """What may be asked of a unit's trace."""

    mode: str = "run"
    sections: str | None = None

    @property
    def wanted(self) -> tuple[str, ...]:
        """Give the sections asked for, in their order. Refuses VALIDATION_ERROR for one that does not exist."""
        if self.mode not in MODES:
            raise unknown("mode", self.mode, MODES)
        if self.sections is None:
            return SECTIONS
        named = {piece.strip() for piece in self.sections.split(",") if piece.strip()}
        for name in sorted(named):
            if name not in SECTIONS:
                raise unknown("sections", name, SECTIONS)
        return tuple(name for name in SECTIONS if name in named)


@query("trace:read")
def unit_trace(tx: Tx, sn: str, asked: TraceAsked) -> dict[str, Any]:
    """Give everything that is known of a unit, in the sections asked for.

    Refuses UNIT_NOT_FOUND, FORBIDDEN, UNIT_NO_RUN, ROUTE_VERSION_NOT_READY (no version for `latest`), ROUTING_EMPTY.
    """
    wanted = asked.wanted
    facts = unit_facts(tx, sn)
    return trace_of(tx, facts, wanted, _newest(tx, facts) if asked.mode == "latest" else facts.route)


def trace_of(tx: Tx, facts: UnitFacts, wanted: tuple[str, ...], frozen: FrozenRoute) -> dict[str, Any]:
    """Give the trace of facts that were read already, beside the steps of a route version."""
    return trace_of_gathered(Gathered(tx, facts), wanted, frozen)


def trace_of_gathered(gathered: Gathered, wanted: tuple[str, ...], frozen: FrozenRoute) -> dict[str, Any]:
    """Give the trace of what was gathered already. Refuses ROUTING_EMPTY."""
    if not frozen.steps:
        raise Refused("ROUTING_EMPTY", routingCode=frozen.route_code)
    tx, facts = gathered.tx, gathered.facts
    language = tx.caller.language
    made: dict[str, Any] = {
        "auditGrade": frozen.id == facts.route.id, "generatedAt": clock.to_wire(tx.now), "levels": verdicts.levels(gathered, language),
        "flags": verdicts.flags(gathered, language),
    }  # fmt: skip
    return made | {name: _section(name, gathered, frozen) for name in wanted}


def _section(name: str, gathered: Gathered, frozen: FrozenRoute) -> Any:
    facts = gathered.facts
    of_facts = {
        "unit": sections.unit, "workOrder": sections.work_order, "tracks": sections.tracks,
        "dataValues": sections.data_values, "holds": sections.holds,
    }  # fmt: skip
    if name in of_facts:
        return of_facts[name](facts)
    if gathered.knows(name):
        return gathered.section(name)
    if name == "route":
        return sections.route(frozen)
    if name == "routeVersion":
        return sections.route_version(frozen)
    if name == "steps":
        return sections.steps(facts, frozen)
    return list(sections.EMPTY[name])


def _newest(tx: Tx, facts: UnitFacts) -> FrozenRoute:
    """Give the newest READY version of the routing, for comparison only. Refuses ROUTE_VERSION_NOT_READY."""
    route_id = select(versions.c.route_id).where(versions.c.id == facts.route.id).scalar_subquery()
    key = tx.scalar(
        select(versions.c.id).where(versions.c.route_id == route_id, versions.c.status == "READY", versions.c.retired_at.is_(None))
        .order_by(versions.c.version_no.desc()).limit(1)
    )  # fmt: skip
    if key is None:
        raise Refused("ROUTE_VERSION_NOT_READY", routingCode=facts.route.route_code)
    return frozen_route(tx, key)
