"""JSON doors of trace (spec 07)."""

from __future__ import annotations

from fiducial.kit.http.door import Doors
from fiducial.trace import reverse, run, search, timeline, unit

doors = Doors("trace")

doors.get("/api/trace/search", search.search, params=search.SearchAsked)
doors.get("/api/trace/units/{sn}", unit.unit_trace, params=unit.TraceAsked)
doors.get("/api/trace/units/{sn}/timeline", timeline.unit_timeline, params=timeline.TimelineAsked)
doors.get("/api/trace/runs/{runNo}", run.run_trace, slow=True)
doors.get("/api/trace/runs/{runNo}/units", run.run_units, listing=run.UNITS)
doors.get("/api/trace/material-lots/{materialCode}/{lotNo}/units", reverse.lot_units, listing=reverse.LOT_UNITS)
