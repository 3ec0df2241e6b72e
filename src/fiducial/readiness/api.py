"""JSON doors of readiness (spec 03.3, 03.7)."""

from __future__ import annotations

from fiducial.kit.http.door import Doors
from fiducial.people.proof_api import proving
from fiducial.readiness import actions, checklist, exceptions, queries, waivers
from fiducial.readiness.shapes import ConfirmList, OfType, PutConfig, Revoke, SetRow, Waive

doors = Doors("readiness")

doors.post("/api/runs/{runNo}/readiness/precheck", actions.precheck_run)
doors.post("/api/runs/{runNo}/readiness/check", actions.check_run)
doors.get("/api/runs/{runNo}/readiness/latest", queries.latest_check, params=OfType)
doors.get("/api/runs/{runNo}/readiness/history", queries.check_history, listing=queries.HISTORY)
doors.get("/api/runs/{runNo}/readiness/checks/{checkId}", queries.one_check)
proving(doors, "POST", "/api/runs/{runNo}/readiness/items/{itemId}/waive", waivers.waive_item, Waive)
doors.get("/api/runs/{runNo}/readiness/waivers", waivers.list_waivers, listing=waivers.WAIVERS)
doors.post("/api/runs/{runNo}/readiness/waivers/{waiverId}/revoke", waivers.revoke_waiver, Revoke)
doors.get("/api/runs/{runNo}/readiness/checklist", checklist.checklist_of_run)
doors.put("/api/runs/{runNo}/readiness/checklist/items/{itemKey}", checklist.set_checklist_row, SetRow)
proving(doors, "POST", "/api/runs/{runNo}/readiness/checklist/confirm", checklist.confirm_checklist, ConfirmList)
doors.get("/api/readiness/exceptions", exceptions.list_exceptions, listing=exceptions.EXCEPTIONS)
doors.get("/api/lines/{lineId}/readiness-config", queries.line_gates)
doors.put("/api/lines/{lineId}/readiness-config", actions.put_config, PutConfig)
