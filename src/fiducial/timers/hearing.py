"""How time rules hear of what happens: tracks in their own transaction, paste and ends of runs from the outbox (spec 04.9, 04.10).

A track is announced to them only when some active rule, or some clock of the unit, could care: a plant whose rules do not
look at a step pays nothing for it.
"""

from __future__ import annotations

from collections.abc import Sequence

import orjson
from sqlalchemy import Text, bindparam, or_, select, type_coerce

from fiducial.execution.answers import Warned
from fiducial.execution.ports import Entering, Leaving, Outcome
from fiducial.kit.outbox import Event
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.plant.lookup import line_of_id
from fiducial.routing.frozen import FrozenRoute, FrozenStep
from fiducial.timers import running
from fiducial.timers.choosing import Happened
from fiducial.timers.reading import PASTE, UNIT
from fiducial.timers.states import ACTIVE, EXPIRED
from fiducial.timers.tables import clocks, rules
from fiducial.timers.words import warned

TRACK_EVENT = "TIME_RULE_TRACK"

_named = Hot(
    select(
        rules.c.start_event, type_coerce(rules.c.start_condition, Text).label("start_text"), rules.c.requires_wash_step,
        rules.c.end_event, type_coerce(rules.c.end_condition, Text).label("end_text"),
    )
    .where(rules.c.is_active.is_(True), or_(rules.c.start_event == bindparam("event"), rules.c.end_event == bindparam("event")))
)  # fmt: skip
_of_unit = Hot(
    select(clocks.c.id)
    .where(clocks.c.entity_type == UNIT, clocks.c.entity_id == bindparam("unit"), clocks.c.completed_at.is_(None))
    .limit(1)
)  # fmt: skip
_over = Hot(
    select(clocks.c.definition_code, clocks.c.entity_display, clocks.c.expires_at)
    .where(
        or_(
            (clocks.c.entity_type == UNIT) & (clocks.c.entity_id == bindparam("unit")),
            clocks.c.run_id == bindparam("run"),
        ),
        or_(clocks.c.status == EXPIRED, (clocks.c.status == ACTIVE) & (clocks.c.expires_at <= bindparam("now"))),
        clocks.c.completed_at.is_(None),
    )
    .order_by(clocks.c.expires_at)
    .limit(5)
)  # fmt: skip


class Clocks:
    """At a track-in: remind of clocks that are over, and announce the track to the rules. At a track-out: announce it."""

    def check(self, tx: Tx, entering: Entering) -> Sequence[Warned]:
        """Give TIME_RULE_EXPIRED for each clock of the unit or its run that is over, not waived and not ended; it stops no board."""
        _announce(tx, "TRACK_IN", entering, result=None)
        unit_id, run_id = entering.unit.unit_id, entering.run.run_id
        return [warned(tx, row) for row in _over.all(tx, unit=str(unit_id), run=run_id, now=tx.now)]

    def apply(self, tx: Tx, leaving: Leaving, outcome: Outcome) -> None:  # noqa: ARG002 - the answer of a track-out tells nothing of it
        """Announce a track-out to the rules."""
        _announce(tx, "TRACK_OUT", leaving, result=leaving.result)


def _announce(tx: Tx, event: str, at: Entering | Leaving, *, result: str | None) -> None:
    unit, run, route, step = at.unit, at.run, at.route, at.step
    if not _is_named(tx, event, route, step) and _of_unit.first(tx, unit=str(unit.unit_id)) is None:
        return
    tx.emit(
        TRACK_EVENT, unit.unit_id, event=event, sn=unit.sn, runId=run.run_id, lineId=run.line_id, productCode=run.product_code,
        routingCode=route.route_code, processKind=step.process_kind, operationCode=step.operation_code, result=result,
        washedLater=_washed_after(route, step), at=tx.now, byId=tx.actor.id, byName=tx.actor.name,
    )  # fmt: skip


def _washed_after(route: FrozenRoute, step: FrozenStep) -> bool:
    return any(later.process_kind == "WASH" and later.step_no > step.step_no for later in route.steps)


def _is_named(tx: Tx, event: str, route: FrozenRoute, step: FrozenStep) -> bool:
    """Tell whether an active rule could start or end with this track: by event, kinds, operations, and the wash that must follow."""
    for rule in _named.all(tx, event=event):
        starts = rule.start_event == event and (not rule.requires_wash_step or _washed_after(route, step))
        if (starts and _fits(rule.start_text, step)) or (rule.end_event == event and _fits(rule.end_text, step)):
            return True
    return False


def _fits(condition: str, step: FrozenStep) -> bool:
    asked = orjson.loads(condition)
    return step.process_kind in asked.get("processKinds", (step.process_kind,)) and step.operation_code in asked.get(
        "operationCodes", (step.operation_code,)
    )


def hear_track(tx: Tx, event: Event) -> None:
    """Let a track start and end clocks (listens to TIME_RULE_TRACK)."""
    said = event.payload
    line = line_of_id(tx, said["lineId"])
    running.handle(
        tx,
        Happened(
            id=event.id, event=said["event"], at=said["at"], entity_type=UNIT, entity_id=str(event.thing), display=said["sn"],
            run_id=said["runId"], line_id=said["lineId"], line_code=line.code if line else None, routing_code=said["routingCode"],
            product_code=said["productCode"], process_kind=said["processKind"], operation_code=said["operationCode"],
            result=said["result"], washed_later=said["washedLater"], by_id=said["byId"], by_name=said["byName"],
        ),
    )  # fmt: skip


def hear_paste(tx: Tx, event: Event) -> None:
    """Let the issue of a jar start its clock, its return or unbinding end it (listens to SOLDER_PASTE_USAGE_CREATE, _UNBIND)."""
    said = event.payload
    if said.get("scrapped"):
        running.cancel(tx, PASTE, said["lotId"])
    line_id = said.get("lineId")
    line = line_of_id(tx, line_id) if line_id is not None else None
    running.handle(
        tx,
        Happened(
            id=event.id, event=event.type, at=said["at"], entity_type=PASTE, entity_id=said["lotId"], display=said["lotId"],
            run_id=said.get("runId"), line_id=line_id, line_code=line.code if line else None, by_id=said.get("byId"),
            by_name=said.get("byName"),
        ),
    )  # fmt: skip


def hear_run_cancelled(tx: Tx, event: Event) -> None:
    """Cancel the clocks of a run that was cancelled (listens to RUN_CANCEL)."""
    if event.thing is not None:
        running.cancel_of_run(tx, event.thing)
