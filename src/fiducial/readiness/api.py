"""JSON doors of readiness (spec 03.3, 03.7)."""

from __future__ import annotations

from fiducial.kit.http.door import Doors
from fiducial.readiness import actions, exceptions, queries
from fiducial.readiness.shapes import OfType, PutConfig

doors = Doors("readiness")

doors.post("/api/runs/{runNo}/readiness/precheck", actions.precheck_run)
doors.post("/api/runs/{runNo}/readiness/check", actions.check_run)
doors.get("/api/runs/{runNo}/readiness/latest", queries.latest_check, params=OfType)
doors.get("/api/runs/{runNo}/readiness/history", queries.check_history, listing=queries.HISTORY)
doors.get("/api/runs/{runNo}/readiness/checks/{checkId}", queries.one_check)
doors.get("/api/readiness/exceptions", exceptions.list_exceptions, listing=exceptions.EXCEPTIONS)
doors.get("/api/lines/{lineId}/readiness-config", queries.line_gates)
doors.put("/api/lines/{lineId}/readiness-config", actions.put_config, PutConfig)
