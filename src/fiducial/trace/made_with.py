"""What a unit was made with besides its reels (spec 07.2, 07.4): tools, paste, clocks, carriers, lots named on the run's list.

Which tool a print counted on is what tooling wrote at the track-out (`tool_run`), so the trace and its reverse read one fact.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import and_, false, func, or_, select

from fiducial.execution.carrier_tables import carrier_loads, carrier_tracks, carriers
from fiducial.kit import clock, ids
from fiducial.kit.tx import Tx
from fiducial.loading.windows import CERTAIN, POSSIBLE
from fiducial.plant.tables import stations
from fiducial.readiness.tables import checklist_rows
from fiducial.timers.reading import PASTE, UNIT
from fiducial.timers.tables import clocks
from fiducial.tooling.tables import bindings, paste_lots, tool_days, tool_lives, tool_runs, tools
from fiducial.trace.facts import UnitFacts
from fiducial.trace.sections import operation

LOT_ROWS = ("PARTS_ISSUED", "FLUX", "SOLDER_BAR")  # rows of a DIP run's list that name lots (spec 11.3)
NO_MATERIAL = "SOLDER_PASTE"  # what a jar is called whose label told no material
DAY_MS = 86_400_000


def prints_of(facts: UnitFacts) -> list[Any]:
    """Give the visits at printing steps that count."""
    found = []
    for track in facts.counted:
        step = operation(facts, track.run_id, track.step_no)
        if step is not None and step.process_kind == "PRINT":
            found.append(track)
    return found


# Tools


def tools_of(tx: Tx, facts: UnitFacts) -> list[dict[str, Any]]:
    """Give the stencils and squeegees that the unit's prints counted on, and the fixtures its tracks name, by time."""
    printed, named = prints_of(facts), {code for row in facts.counted for code in (row.more or {}).get("toolCodes", ())}
    wanted = [tools.c.code.in_(named)]
    if printed:
        wanted.append(
            tools.c.id.in_(select(tool_runs.c.tool_id).where(tool_runs.c.run_id.in_({row.run_id for row in printed})))
        )
    register = {row.id: row for row in tx.all(select(tools).where(or_(*wanted)))}
    counted = tx.all(select(tool_runs).where(tool_runs.c.run_id.in_({row.run_id for row in printed} or {-1})))
    uses = [
        (register[row.tool_id], track)
        for track in printed
        for row in counted
        if row.run_id == track.run_id and track.out_at is not None and row.first_at <= track.out_at <= row.last_at
        and register[row.tool_id].kind != "FIXTURE"
    ]  # fmt: skip
    by_code = {row.code: row for row in register.values()}
    uses += [
        (by_code[code], track) for track in facts.counted for code in (track.more or {}).get("toolCodes", ()) if code in by_code
    ]  # fmt: skip
    count = _Counts(tx, {tool.id for tool, _track in uses})
    shown = {(tool.id, track.id): _tool(tool, track, count) for tool, track in uses}
    return sorted(shown.values(), key=lambda one: (one["usedAt"] or "", one["toolCode"]))


def _tool(tool: Any, track: Any, count: _Counts) -> dict[str, Any]:
    at = track.out_at if track.out_at is not None else track.in_at
    return {
        "toolCode": tool.code, "kind": tool.kind, "name": tool.name, "stationCode": track.station_code, "stepNo": track.step_no,
        "usedAt": clock.to_wire(at), "countAtUse": count.at(tool, at), "lifeLimit": tool.life_limit,
        "calibrationDueAt": clock.to_wire(tool.calibration_due_at), "trackId": ids.to_wire(track.id),
    }  # fmt: skip


class _Counts:
    """What tools had counted by the end of a day of the plant: the sum of their days in the life that ran then."""

    def __init__(self, tx: Tx, tool_ids: Iterable[int]) -> None:
        keys, self._zone = list(tool_ids), ZoneInfo(tx.store.zone)
        self._days = tx.all(select(tool_days).where(tool_days.c.tool_id.in_(keys)))
        self._lives = tx.all(select(tool_lives).where(tool_lives.c.tool_id.in_(keys)))

    def at(self, tool: Any, instant: int) -> int:
        """Give the count of a tool at the end of the day of an instant."""
        former = next(
            (life for life in self._lives if life.tool_id == tool.id and life.started_at <= instant < life.ended_at),
            None,
        )
        began, base = (
            (tool.life_started_at, tool.count_base) if former is None else (former.started_at, former.count_base)
        )
        first, last = self._day(began), self._day(instant)
        return int(base + sum(row.used for row in self._days if row.tool_id == tool.id and first <= row.day <= last))

    def _day(self, instant: int) -> str:
        return datetime.fromtimestamp(instant / 1000, self._zone).date().isoformat()


def tools_of_run(tx: Tx, run_id: int) -> list[dict[str, Any]]:
    """Give the tools that boards of a run were counted on, with how many and when."""
    rows = tx.all(
        select(tool_runs, tools.c.code, tools.c.kind, tools.c.name, tools.c.life_limit, tools.c.calibration_due_at)
        .join(tools, tools.c.id == tool_runs.c.tool_id).where(tool_runs.c.run_id == run_id).order_by(tool_runs.c.first_at, tools.c.code)
    )  # fmt: skip
    return [
        {
            "toolCode": row.code, "kind": row.kind, "name": row.name, "boards": row.boards, "from": clock.to_wire(row.first_at),
            "to": clock.to_wire(row.last_at), "lifeLimit": row.life_limit, "calibrationDueAt": clock.to_wire(row.calibration_due_at),
        }
        for row in rows
    ]  # fmt: skip


# Paste, and lots that were written on the run's list


def paste_during(visits: Sequence[Any], lines: dict[int, int], now: int) -> Any:
    """Give the condition under which a binding of paste covers one of the visits; `lines` are the lines by run."""
    during = [
        and_(
            bindings.c.line_id == lines[row.run_id], bindings.c.bound_at <= (row.out_at if row.out_at is not None else now),
            or_(bindings.c.unbound_at.is_(None), bindings.c.unbound_at > row.in_at),
        )
        for row in visits
    ]  # fmt: skip
    return and_(bindings.c.paste_lot_id.is_not(None), or_(*during)) if during else false()


def paste_of(tx: Tx, facts: UnitFacts) -> list[dict[str, Any]]:
    """Give the jars bound to the line while the unit was printed, as materials (spec 07.4)."""
    visits = prints_of(facts)
    covered = paste_during(visits, {run.id: run.line_id for run in facts.runs}, tx.now)
    rows = tx.all(
        select(bindings, paste_lots.c.code, paste_lots.c.material_code).join(paste_lots, paste_lots.c.id == bindings.c.paste_lot_id)
        .where(covered).order_by(bindings.c.bound_at, bindings.c.id)
    )  # fmt: skip
    return [
        _material(
            row.material_code or NO_MATERIAL, row.code, "PASTE", used_at=clock.to_wire(max(row.bound_at, visits[0].in_at)),
            removed_at=None, certainty=CERTAIN if _covers(row, visits) else POSSIBLE, by=row.bound_by_name,
        )
        for row in rows
    ]  # fmt: skip


def _covers(binding: Any, visits: Sequence[Any]) -> bool:
    return any(
        binding.bound_at <= row.in_at and (binding.unbound_at is None or (row.out_at is not None and row.out_at <= binding.unbound_at))
        for row in visits
    )  # fmt: skip


def _material(
    code: str, lot_no: str, source: str, *, used_at: str | None, removed_at: str | None, certainty: str, by: str | None
) -> dict[str, Any]:
    return {
        "id": None, "position": None, "materialCode": code, "lotNo": lot_no, "partSn": None, "isKeyPart": False, "source": source,
        "usedAt": used_at, "replaces": None, "removedAt": removed_at, "qty": None, "stepNo": None, "usedByName": by, "certainty": certainty,
    }  # fmt: skip


def lots_named(value: str | None) -> list[tuple[str, str]]:
    """Give the lots that a row of the list names: `materialCode|lotNo`, comma separated."""
    found = []
    for piece in (value or "").replace("，", ",").split(","):
        material, bar, lot_no = (part.strip() for part in piece.partition("|"))
        if bar and material and lot_no:
            found.append((material, lot_no))
    return found


def listed_of(tx: Tx, run_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Give the lots written on the lists of runs, POSSIBLE where more than one lot of a material is named (spec 11.3)."""
    rows = tx.all(
        select(checklist_rows).where(checklist_rows.c.run_id.in_(run_ids), checklist_rows.c.item_key.in_(LOT_ROWS))
        .order_by(checklist_rows.c.set_at, checklist_rows.c.id)
    )  # fmt: skip
    named = [(row, material, lot_no) for row in rows for material, lot_no in lots_named(row.value)]
    return [
        _material(
            material, lot_no, "CHECKLIST", used_at=clock.to_wire(row.set_at), removed_at=None, by=row.set_by_name,
            certainty=POSSIBLE if sum(other == material and of.run_id == row.run_id for of, other, _lot in named) > 1 else CERTAIN,
        )
        for row, material, lot_no in named
    ]  # fmt: skip


# Clocks


def clocks_of_unit(tx: Tx, facts: UnitFacts) -> list[dict[str, Any]]:
    """Give the time-rule instances on the unit, and on the paste of its line while it was printed."""
    visits = prints_of(facts)
    jars = (
        select(paste_lots.c.code).join(bindings, bindings.c.paste_lot_id == paste_lots.c.id)
        .where(paste_during(visits, {run.id: run.line_id for run in facts.runs}, tx.now))
    )  # fmt: skip
    last = max((row.out_at if row.out_at is not None else tx.now for row in visits), default=0)
    first = min((row.in_at for row in visits), default=0)
    of_paste = and_(
        clocks.c.entity_type == PASTE, clocks.c.entity_id.in_(jars), clocks.c.started_at <= last,
        or_(clocks.c.completed_at.is_(None), clocks.c.completed_at >= first),
    )  # fmt: skip
    of_unit = and_(clocks.c.entity_type == UNIT, clocks.c.entity_id == str(facts.unit.id))
    return _clocks(tx, or_(of_unit, of_paste))


def clocks_of_run(tx: Tx, run_id: int) -> list[dict[str, Any]]:
    """Give the time-rule instances that began in a run."""
    return _clocks(tx, clocks.c.run_id == run_id)


def _clocks(tx: Tx, condition: Any) -> list[dict[str, Any]]:
    rows = tx.all(select(clocks).where(condition).order_by(clocks.c.started_at, clocks.c.id).limit(1000))
    return [
        {
            "id": ids.to_wire(row.id), "code": row.definition_code, "name": row.definition.get("name") or row.definition_code,
            "entityType": row.entity_type, "entityDisplay": row.entity_display, "startedAt": clock.to_wire(row.started_at),
            "expiresAt": clock.to_wire(row.expires_at), "status": row.status, "completedAt": clock.to_wire(row.completed_at),
            "expiredAt": clock.to_wire(row.expired_at), "waivedAt": clock.to_wire(row.waived_at), "waivedBy": ids.wire_or_none(row.waived_by),
            "waivedByName": row.waived_by_name, "waiveReason": row.waive_reason,
        }
        for row in rows
    ]  # fmt: skip


# Carriers


def carriers_of(tx: Tx, unit_id: int) -> list[dict[str, Any]]:
    """Give the carriers that the unit was on, oldest first."""
    rows = tx.all(
        select(carrier_loads, carriers.c.carrier_no, carriers.c.type).join(carriers, carriers.c.id == carrier_loads.c.carrier_id)
        .where(carrier_loads.c.unit_id == unit_id).order_by(carrier_loads.c.loaded_at, carrier_loads.c.id)
    )  # fmt: skip
    return [
        {
            "carrierNo": row.carrier_no, "type": row.type, "loadedAt": clock.to_wire(row.loaded_at),
            "unloadedAt": clock.to_wire(row.unloaded_at),
        }
        for row in rows
    ]  # fmt: skip


def carrier_tracks_of(tx: Tx, unit_id: int) -> list[dict[str, Any]]:
    """Give where carriers were while the unit was on them."""
    t = carrier_tracks.c
    rows = tx.all(
        select(carrier_tracks, carriers.c.carrier_no, stations.c.code.label("station_code"))
        .join(carriers, carriers.c.id == t.carrier_id).join(stations, stations.c.id == t.station_id)
        .join(carrier_loads, and_(
            carrier_loads.c.carrier_id == t.carrier_id, carrier_loads.c.loaded_at <= func.coalesce(t.out_at, t.in_at),
            or_(carrier_loads.c.unloaded_at.is_(None), carrier_loads.c.unloaded_at >= t.in_at),
        ))
        .where(carrier_loads.c.unit_id == unit_id).order_by(t.in_at, t.id)
    )  # fmt: skip
    return [
        {
            "id": ids.to_wire(row.id), "carrierNo": row.carrier_no, "stepNo": row.step_no, "stationCode": row.station_code,
            "inAt": clock.to_wire(row.in_at), "outAt": clock.to_wire(row.out_at), "result": row.result, "source": row.source,
            "dataValueCount": 0,
        }
        for row in rows
    ]  # fmt: skip
