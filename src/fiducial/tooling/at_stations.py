"""What tooling says when a board comes to a station and leaves it (spec 05.4 guards 5 and 22, 05.10, 11.4, 03.11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from sqlalchemy import Text, bindparam, select, type_coerce

from fiducial.execution.answers import Warned
from fiducial.execution.ports import Entering, Leaving, Outcome
from fiducial.execution.standing import Station
from fiducial.execution.tables import tracks
from fiducial.kit.refusals import Refused
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.plant.equipment import NORMAL, Machine, machines_of
from fiducial.plant.lookup import station_of_id
from fiducial.tooling.counting import count_track, panel_size
from fiducial.tooling.reading import EQUIPMENT, SQUEEGEE, STENCIL, out_of_use
from fiducial.tooling.tables import bindings, recorded_tools
from fiducial.tooling.using import choose_fixtures
from fiducial.tooling.warnings import warned

_named = Hot(select(type_coerce(tracks.c.more, Text).label("more")).where(tracks.c.id == bindparam("track")))
_bound = Hot(
    select(bindings.c.tool_id)
    .where(bindings.c.line_id == bindparam("line"), bindings.c.kind == STENCIL, bindings.c.unbound_at.is_(None))
)  # fmt: skip
_recorded = Hot(
    select(recorded_tools.c.kind, recorded_tools.c.tool_id)
    .where(
        recorded_tools.c.line_id == bindparam("line"), recorded_tools.c.run_key.in_((0, bindparam("run"))),
        recorded_tools.c.kind.in_((STENCIL, SQUEEGEE)),
    )
    .order_by(recorded_tools.c.run_key)
)  # fmt: skip


class StationEquipment:
    """Guard 5: the machines of the station may work. A station whose machines nobody knows is let pass, with a warning."""

    def check(self, tx: Tx, station: Station) -> Sequence[Warned]:
        """Refuse TPM_EQUIPMENT_UNAVAILABLE, TPM_MAINTENANCE_IN_PROGRESS, EQUIPMENT_IN_MAINTENANCE (spec 05.10)."""
        machines = _machines(tx, station)
        if (refused := _barred(tx, machines, station)) is not None:
            raise refused
        if any(machine.state.record is not None for machine in machines) or station.is_manual_bench:
            return ()
        return (warned(tx, "EQUIPMENT_STATUS_UNKNOWN", stationCode=station.code),)

    def status(self, tx: Tx, station: Station) -> Mapping[str, Any]:
        """Give the worst status of its machines, whether a track-in would be refused for it, and with which code."""
        machines = _machines(tx, station)
        refused = _barred(tx, machines, station)
        known = [machine.state.status for machine in machines if machine.state.status is not None]
        worst = next((status for status in known if status != NORMAL), known[0] if known else None)
        return {"status": worst, "blocked": refused is not None, "reason": refused.code if refused else None}


def _machines(tx: Tx, station: Station) -> list[Machine]:
    known = station_of_id(tx, station.id)
    assert known is not None, "the station was read in this transaction"
    return machines_of(tx, known)


def _barred(tx: Tx, machines: Sequence[Machine], station: Station) -> Refused | None:
    for machine in machines:
        about = {"equipmentCode": machine.code, "stationCode": station.code}
        if machine.state.status not in (None, NORMAL):
            return Refused("TPM_EQUIPMENT_UNAVAILABLE", **about, status=machine.state.status)
        task = next((task for task in machine.tasks if task.status == "IN_PROGRESS"), None)
        if task is not None:
            return Refused("TPM_MAINTENANCE_IN_PROGRESS", **about, taskNo=task.task_no)
        record = out_of_use(tx, EQUIPMENT, machine.code)
        if record is not None:
            return Refused("EQUIPMENT_IN_MAINTENANCE", **about, recordNo=record.record_no)
    return None


class FixturesFit:
    """Guard 22, its part about fixtures: every one that is used may be used now; the track keeps their codes (spec 11.4)."""

    def check(self, tx: Tx, entering: Entering) -> Sequence[Warned]:
        """Refuse TOOL_REQUIRED, TOOL_NOT_FOUND, TOOL_KIND_MISMATCH, TOOL_NOT_ASSIGNED, TOOL_NOT_USABLE, TOOL_PRODUCT_MISMATCH."""
        needs = entering.step.facts.get("requiredTools")
        if not needs and not entering.tool_codes:
            return ()
        used, warnings = choose_fixtures(
            tx, run_id=entering.run.run_id, run_no=entering.run.run_no, product_code=entering.run.product_code,
            station_id=entering.station.id, named=entering.tool_codes, needs=needs,
        )  # fmt: skip
        entering.keep.update(toolCodes=[tool.code for tool in used], toolIds=[tool.id for tool in used])
        return warnings


class CountTools:
    """Effect of a track-out: the stencil and the squeegee of a print, and the fixtures the track names, count one more (spec 03.11)."""

    def apply(self, tx: Tx, leaving: Leaving, outcome: Outcome) -> None:  # noqa: ARG002 - counting adds nothing to the answer
        """Count, PASS or FAIL: the board has been through."""
        run, track = leaving.run, leaving.track_id
        if leaving.step.process_kind == "PRINT":
            found = {row.kind: row.tool_id for row in _recorded.all(tx, line=run.line_id, run=run.run_id)}
            bound = _bound.scalar(tx, line=run.line_id)
            found |= {STENCIL: bound} if bound is not None else {}
            panel = panel_size(tx, run.product_code) if found else 1
            for tool_id in sorted(found.values()):
                count_track(tx, tool_id, run_id=run.run_id, track_id=track, panel=panel)
        more = _named.scalar(tx, track=track)
        if more and "toolIds" in more:
            for tool_id in sorted(orjson.loads(more)["toolIds"]):
                count_track(tx, tool_id, run_id=run.run_id, track_id=track, panel=1)
