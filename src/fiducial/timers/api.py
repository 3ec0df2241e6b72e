"""JSON doors of time rules (spec 04.9)."""

from __future__ import annotations

from fiducial.kit.http.door import Doors
from fiducial.timers import actions, queries, shapes

doors = Doors("timers")

doors.get("/api/time-rules", queries.list_rules, listing=queries.RULES)
doors.post("/api/time-rules", actions.create_rule, shapes.NewTimeRule)
doors.get("/api/time-rules/instances", queries.list_clocks, listing=queries.CLOCKS)
doors.post("/api/time-rules/instances/{instanceId}/waive", actions.waive_instance, shapes.WaiveClock)
doors.post("/api/time-rules/instances/{instanceId}/complete", actions.complete_instance, shapes.CompleteClock)
doors.get("/api/time-rules/runs/{runNo}/instances", queries.clocks_of_run)
doors.get("/api/time-rules/{ruleId}", queries.rule_detail)
doors.patch("/api/time-rules/{ruleId}", actions.update_rule, shapes.TimeRuleChange)
doors.delete("/api/time-rules/{ruleId}", actions.delete_rule)
