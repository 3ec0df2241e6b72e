"""Reverse trace of other causes (反查, spec 07.5): a tool, a carrier, a station, a defect code, and the units each of them touched."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, false, func, literal, null, select
from typing_extensions import TypedDict

from fiducial.execution.carrier_tables import carrier_loads, carriers
from fiducial.execution.tables import tracks
from fiducial.kit import ids
from fiducial.kit.acting import query
from fiducial.kit.columns import canonical
from fiducial.kit.listing import Page, exact, instant_of, one_of
from fiducial.kit.refusals import Refused, Said, bad_field, reason_of
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs
from fiducial.people.reach import lines_in_reach, must_reach_line
from fiducial.plant.lookup import the_station
from fiducial.quality.tables import defect_codes, defects
from fiducial.tooling.reading import FIXTURE, the_tool
from fiducial.tooling.tables import tool_runs
from fiducial.trace.facts import asked_by
from fiducial.trace.printing_steps import at_printing
from fiducial.trace.touched import TouchedSummary, TouchedUnit, listing_of, touched

TOOL, CARRIER, STATION, DEFECT = "TOOL", "CARRIER", "STATION", "DEFECT"
RESULTS = ("PASS", "FAIL")
MOST_DAYS = 31
DAY_MS = 86_400_000


class _Page(TypedDict):
    summary: TouchedSummary
    items: list[TouchedUnit]
    total: int
    page: int
    pageSize: int


class TracedTool(TypedDict):
    """The tool that is asked for."""

    id: str
    toolCode: str
    kind: str
    name: str
    status: str


class TracedCarrier(TypedDict):
    """The carrier that is asked for."""

    id: str
    carrierNo: str
    type: str
    status: str


class TracedStation(TypedDict):
    """The station that is asked for."""

    id: str
    stationCode: str
    name: str
    lineCode: str


class TracedCode(TypedDict):
    """The defect code that is asked for."""

    code: str
    name: str | None
    nameEn: str | None
    severity: str | None


class ToolUnits(_Page):
    """The units a tool touched."""

    tool: TracedTool


class CarrierUnits(_Page):
    """The units that were on a carrier."""

    carrier: TracedCarrier


class StationUnits(_Page):
    """The units that were in a station."""

    station: TracedStation


class CodeUnits(_Page):
    """The units on which a defect was found."""

    defectCode: TracedCode


TOOL_UNITS, CARRIER_UNITS, CODE_UNITS = listing_of(), listing_of(), listing_of()
STATION_UNITS = listing_of(result=one_of(tracks.c.result, RESULTS), operatorId=exact(tracks.c.operator_id_in))


def _in_reach(tx: Tx, run_id: ColumnElement[int]) -> list[ColumnElement[bool]]:
    reach = lines_in_reach(tx, asked_by(tx))
    if reach is None:
        return []
    return [run_id.in_(select(runs.c.id).where(runs.c.line_id.in_(reach)))] if reach else [false()]


def _visits(via: str) -> Select[Any]:
    """Give the links of tracks, one for each unit."""
    return select(
        tracks.c.unit_id, literal(via).label("via"), null().label("slot_code"), null().label("position"),
        func.min(tracks.c.in_at).label("from_at"), func.max(tracks.c.out_at).label("to_at"), literal(1).label("certain"),
    ).group_by(tracks.c.unit_id)  # fmt: skip


# Tools


@query("trace:read")
def tool_units(tx: Tx, tool_code: str, page: Page) -> ToolUnits:
    """Give the units whose prints counted on a tool, or whose tracks name it. Refuses TOOL_NOT_FOUND."""
    tool = the_tool(tx, tool_code)
    head: TracedTool = {
        "id": ids.to_wire(tool.id),
        "toolCode": tool.code,
        "kind": tool.kind,
        "name": tool.name,
        "status": tool.status,
    }
    return {"tool": head, **touched(tx, links_of_tool(tx, tool), page)}


def links_of_tool(tx: Tx, tool: Any) -> Any:
    """Give the links of a tool to units; which prints counted on it is what `tool_run` says, as in a unit's trace."""
    used = tool_runs.c.tool_id == tool.id
    joined = tracks.join(runs, runs.c.id == tracks.c.run_id).join(tool_runs, tool_runs.c.run_id == tracks.c.run_id)
    counts = (
        used, tracks.c.voided_at.is_(None), tracks.c.out_at >= tool_runs.c.first_at, tracks.c.out_at <= tool_runs.c.last_at,
        *_in_reach(tx, tracks.c.run_id),
    )  # fmt: skip
    if tool.kind == FIXTURE:
        named = cast(tracks.c.more, Text).contains(canonical(tool.code).decode(), autoescape=True)
        return _visits(TOOL).select_from(joined).where(*counts, named)
    of_versions = select(runs.c.version_id).join(tool_runs, tool_runs.c.run_id == runs.c.id).where(used).distinct()
    printing = at_printing(tx, [row.version_id for row in tx.all(of_versions)])
    return _visits(TOOL).select_from(joined).where(*counts, printing)


# Carriers


@query("trace:read")
def carrier_units(tx: Tx, carrier_no: str, page: Page) -> CarrierUnits:
    """Give the units that were on a carrier. Refuses CARRIER_NOT_FOUND."""
    carrier = the_carrier(tx, carrier_no)
    head: TracedCarrier = {
        "id": ids.to_wire(carrier.id), "carrierNo": carrier.carrier_no, "type": carrier.type, "status": carrier.status,
    }  # fmt: skip
    return {"carrier": head, **touched(tx, links_of_carrier(tx, carrier), page)}


def the_carrier(tx: Tx, carrier_no: str) -> Any:
    """Give a carrier. Refuses CARRIER_NOT_FOUND."""
    carrier = tx.first(select(carriers).where(carriers.c.carrier_no == carrier_no))
    if carrier is None:
        raise Refused("CARRIER_NOT_FOUND", carrierNo=carrier_no)
    return carrier


def links_of_carrier(tx: Tx, carrier: Any) -> Any:
    """Give the links of a carrier's loads."""
    return select(
        carrier_loads.c.unit_id, literal(CARRIER).label("via"), null().label("slot_code"), null().label("position"),
        carrier_loads.c.loaded_at.label("from_at"), carrier_loads.c.unloaded_at.label("to_at"), literal(1).label("certain"),
    ).where(carrier_loads.c.carrier_id == carrier.id, *_in_reach(tx, carrier_loads.c.run_id))  # fmt: skip


# Stations


@query("trace:read")
def station_units(tx: Tx, station_code: str, page: Page) -> StationUnits:
    """Give the units that came into a station between `from` and `to`, at most 31 days.

    Refuses STATION_NOT_FOUND, FORBIDDEN, VALIDATION_ERROR without the times or for too long a time.
    """
    station = the_station(tx, station_code)
    must_reach_line(tx, station.line_id, asked_by(tx))
    head: TracedStation = {
        "id": ids.to_wire(station.id), "stationCode": station.code, "name": station.name, "lineCode": station.line_code,
    }  # fmt: skip
    return {"station": head, **touched(tx, links_of_station(tx, station, page), page)}


def links_of_station(tx: Tx, station: Any, page: Page) -> Any:
    """Give the links of the visits at a station in the time asked for. Refuses VALIDATION_ERROR."""
    since, until = (_instant(page, name) for name in ("from", "to"))
    if until < since:
        raise bad_field("to", Said(zh="不能早于 from", en="must not be before from"))
    if until - since > MOST_DAYS * DAY_MS:
        raise bad_field("to", Said(zh=f"最多 {MOST_DAYS} 天", en=f"at most {MOST_DAYS} days"))
    where = [
        tracks.c.station_id == station.id, tracks.c.in_at >= since, tracks.c.in_at <= until, tracks.c.voided_at.is_(None),
        *_in_reach(tx, tracks.c.run_id),
    ]  # fmt: skip
    for name in ("result", "operatorId"):
        if name in page.filters:
            try:
                where.append(STATION_UNITS.filters[name](page.filters[name]))
            except ValueError as wrong:
                raise bad_field(name, reason_of(wrong)) from None
    return _visits(STATION).where(*where)


def _instant(page: Page, name: str) -> int:
    if name not in page.filters:
        raise bad_field(name, Said(zh="必须给出", en="is required"))
    try:
        return instant_of(page.filters[name])
    except ValueError as wrong:
        raise bad_field(name, reason_of(wrong)) from None


# Defect codes


@query("trace:read")
def code_units(tx: Tx, code: str, page: Page) -> CodeUnits:
    """Give the units on which a defect of a code was found. Refuses DEFECT_CODE_NOT_FOUND when neither code nor defect is known."""
    return {"defectCode": the_code(tx, code), **touched(tx, links_of_code(tx, code), page)}


def the_code(tx: Tx, code: str) -> TracedCode:
    """Give a defect code; one that machines used and nobody declared is known by its defects. Refuses DEFECT_CODE_NOT_FOUND."""
    known = tx.first(select(defect_codes).where(defect_codes.c.code == code))
    if known is None and tx.first(select(defects.c.id).where(defects.c.code == code).limit(1)) is None:
        raise Refused("DEFECT_CODE_NOT_FOUND", code=code)
    return {
        "code": code, "name": known.name if known else None, "nameEn": known.name_en if known else None,
        "severity": known.severity if known else None,
    }  # fmt: skip


def links_of_code(tx: Tx, code: str) -> Any:
    """Give the links of the defects of a code, one for each defect."""
    return select(
        defects.c.unit_id, literal(DEFECT).label("via"), null().label("slot_code"), defects.c.location.label("position"),
        defects.c.created_at.label("from_at"), defects.c.created_at.label("to_at"), literal(1).label("certain"),
    ).where(defects.c.code == code, *_in_reach(tx, defects.c.run_id))  # fmt: skip
