"""JSON doors of quality."""

from __future__ import annotations

from fiducial.kit.http.door import Doors
from fiducial.people.proof_api import proving
from fiducial.quality import code_actions, codes, defects
from fiducial.quality.disposing import decide, mrb, recording, rework_runs, tasks
from fiducial.quality.disposing.shapes import (
    CompleteTask,
    Disposition,
    MrbDecision,
    NewDefect,
    ReleaseHold,
    RepairRecord,
    ReworkRun,
)
from fiducial.quality.figures.asked import FiguresAsked
from fiducial.quality.figures.boards import BOARDS, list_boards
from fiducial.quality.figures.reading import quality_figures
from fiducial.quality.inprocess import points
from fiducial.quality.inprocess.shapes import NewPoint, PointChange
from fiducial.quality.inspections.doors import open_doors
from fiducial.quality.inspections.kinds import KINDS
from fiducial.quality.sampling import rules, tables_of_aql
from fiducial.quality.sampling.shapes import AqlTableChange, NewAqlTable, NewRule, RuleChange

doors = Doors("quality")

doors.get("/api/defect-codes", codes.list_codes, listing=codes.CODES)
doors.post("/api/defect-codes", code_actions.create_code, code_actions.NewDefectCode)
doors.patch("/api/defect-codes/{code}", code_actions.update_code, code_actions.DefectCodeChange)
doors.delete("/api/defect-codes/{code}", code_actions.delete_code)
doors.get("/api/defect-codes/unknown", codes.list_unknown_codes, listing=codes.UNKNOWN)
doors.get("/api/defects", defects.list_defects, listing=defects.DEFECTS)
doors.post("/api/defects", recording.record_defect, NewDefect)
doors.get("/api/defects/{defectId}", defects.defect_detail)
doors.post("/api/defects/{defectId}/disposition", decide.dispose_defect, Disposition)
doors.post("/api/defects/{defectId}/release", decide.release_defect, ReleaseHold)

doors.get("/api/quality-figures", quality_figures, params=FiguresAsked, slow=True)
doors.get("/api/quality-figures/boards", list_boards, listing=BOARDS)

doors.get("/api/rework-tasks", tasks.list_tasks, listing=tasks.TASKS)
doors.post("/api/rework-tasks/{taskId}/repair-record", tasks.record_repair, RepairRecord)
doors.post("/api/rework-tasks/{taskId}/complete", tasks.complete_task, CompleteTask)

proving(doors, "POST", "/api/runs/{runNo}/mrb-decision", mrb.decide_run, MrbDecision)
proving(doors, "POST", "/api/runs/{runNo}/rework", mrb.rework_run, ReworkRun)
doors.get("/api/runs/{runNo}/rework-runs", rework_runs.list_rework_runs)

# Rules and tables before any id of an inspection
doors.get("/api/oqc/sampling-rules", rules.list_rules, listing=rules.RULES)
doors.post("/api/oqc/sampling-rules", rules.create_rule, NewRule)
doors.get("/api/oqc/sampling-rules/{ruleId}", rules.rule_detail)
doors.patch("/api/oqc/sampling-rules/{ruleId}", rules.change_rule, RuleChange)
doors.delete("/api/oqc/sampling-rules/{ruleId}", rules.switch_rule_off)
doors.get("/api/oqc/aql-tables", tables_of_aql.list_tables, listing=tables_of_aql.TABLES)
doors.post("/api/oqc/aql-tables", tables_of_aql.create_table, NewAqlTable)
doors.get("/api/oqc/aql-tables/{code}", tables_of_aql.table_detail)
doors.patch("/api/oqc/aql-tables/{code}", tables_of_aql.change_table, AqlTableChange)

doors.get("/api/ipqc-checkpoints", points.list_points, listing=points.POINTS)
doors.post("/api/ipqc-checkpoints", points.create_point, NewPoint)
doors.get("/api/ipqc-checkpoints/{code}", points.point_detail)
doors.patch("/api/ipqc-checkpoints/{code}", points.change_point, PointChange)
doors.delete("/api/ipqc-checkpoints/{code}", points.switch_point_off)

for _kind in KINDS:
    open_doors(doors, _kind)
