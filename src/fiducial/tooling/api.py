"""JSON doors of tooling (spec 10.3, 11.4, 04.11)."""

from __future__ import annotations

from fiducial.kit.http.door import Doors
from fiducial.people.proof_api import proving
from fiducial.tooling import assigning, maintaining, queries, register, shapes
from fiducial.tooling.testing import programs, reading, recording, stats
from fiducial.tooling.testing import shapes as testing

doors = Doors("tooling")

doors.get("/api/tools", queries.list_tools, listing=queries.TOOLS)
doors.post("/api/tools", register.create_tool, shapes.NewTool)
doors.get("/api/tools/{toolCode}", queries.tool_detail)
doors.patch("/api/tools/{toolCode}", register.update_tool, shapes.ToolChange)
doors.post("/api/tools/{toolCode}/block", register.block_tool, shapes.ToolReason)
doors.post("/api/tools/{toolCode}/release", register.release_tool, shapes.ToolReason)
doors.post("/api/tools/{toolCode}/retire", register.retire_tool, shapes.ToolReason)
doors.post("/api/tools/{toolCode}/replace", register.replace_tool, shapes.ToolReason)
doors.get("/api/tools/{toolCode}/calibrations", queries.list_calibrations, listing=queries.CALIBRATIONS)
doors.post("/api/tools/{toolCode}/calibrations", register.calibrate_tool, shapes.NewCalibration)
doors.post("/api/tools/{toolCode}/assign", assigning.assign_tool, shapes.AssignTool)
doors.post("/api/tools/{toolCode}/unassign", assigning.unassign_tool, shapes.UnassignTool)
doors.get("/api/tools/{toolCode}/assignments", queries.list_assignments, listing=queries.ASSIGNMENTS)
doors.get("/api/runs/{runNo}/tools", queries.tools_of_run, listing=queries.OF_RUN)

doors.get("/api/maintenance-records", maintaining.list_records, listing=maintaining.RECORDS)
doors.post("/api/maintenance-records", maintaining.report_repair, shapes.NewRecord)
doors.get("/api/maintenance-records/{id}", maintaining.record_detail)
doors.patch("/api/maintenance-records/{id}", maintaining.change_record, shapes.RecordChange)
doors.post("/api/maintenance-records/{id}/start", maintaining.start_work, shapes.StartWork)
doors.post("/api/maintenance-records/{id}/complete", maintaining.complete_work, shapes.CompleteWork)
doors.post("/api/maintenance-records/{id}/verify", maintaining.verify_work, shapes.VerifyWork)
doors.post("/api/maintenance-records/{id}/cancel", maintaining.cancel_record, shapes.ToolReason)

doors.get("/api/test-programs", reading.list_programs, listing=reading.PROGRAMS)
doors.post("/api/test-programs", programs.create_program, testing.NewProgram)
doors.get("/api/test-programs/{id}", reading.program_detail)
doors.patch("/api/test-programs/{id}", programs.update_program, testing.ProgramChange)
proving(doors, "POST", "/api/test-programs/{id}/activate", programs.activate_program, testing.Activate)
doors.post("/api/test-programs/{id}/retire", programs.retire_program, testing.Retire)
doors.get("/api/test-records", reading.list_records, listing=reading.RECORDS)
doors.get("/api/test-records/stats", stats.test_stats, params=stats.StatsAsked, slow=True)
doors.post("/api/test-records", recording.record_test, testing.NewTestRecord)
