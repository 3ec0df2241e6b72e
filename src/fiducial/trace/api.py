"""JSON doors of trace (spec 07)."""

from __future__ import annotations

from fiducial.kit.http.door import Doors
from fiducial.trace import causes, export_api, genealogy, reverse, run, search, timeline, unit

doors = Doors("trace")

doors.get("/api/trace/search", search.search, params=search.SearchAsked)
doors.get("/api/trace/units/{sn}", unit.unit_trace, params=unit.TraceAsked)
doors.get("/api/trace/units/{sn}/timeline", timeline.unit_timeline, params=timeline.TimelineAsked)
doors.get("/api/trace/units/{sn}/genealogy", genealogy.unit_genealogy)
doors.get("/api/trace/runs/{runNo}", run.run_trace, slow=True)
doors.get("/api/trace/runs/{runNo}/units", run.run_units, listing=run.UNITS)
doors.get(
    "/api/trace/material-lots/{materialCode}/{lotNo}/units", reverse.lot_units, listing=reverse.LOT_UNITS, slow=True
)
doors.get("/api/trace/tools/{toolCode}/units", causes.tool_units, listing=causes.TOOL_UNITS, slow=True)
doors.get("/api/trace/carriers/{carrierNo}/units", causes.carrier_units, listing=causes.CARRIER_UNITS, slow=True)
doors.get("/api/trace/stations/{stationCode}/units", causes.station_units, listing=causes.STATION_UNITS, slow=True)
doors.get("/api/trace/defect-codes/{code}/units", causes.code_units, listing=causes.CODE_UNITS, slow=True)
export_api.open_exports(doors)
