"""JSON doors of the plant (spec 01.2-01.4, 01.7)."""

from __future__ import annotations

from fiducial.kit.http.door import Doors
from fiducial.plant import profile_shapes, shapes
from fiducial.plant.actions import lines as line_actions
from fiducial.plant.actions import lots as lot_actions
from fiducial.plant.actions import mappings as mapping_actions
from fiducial.plant.actions import materials as material_actions
from fiducial.plant.actions import operations as operation_actions
from fiducial.plant.actions import profiles as profile_actions
from fiducial.plant.actions import stations as station_actions
from fiducial.plant.actions import templates as template_actions
from fiducial.plant.queries import lines as line_queries
from fiducial.plant.queries import mappings as mapping_queries
from fiducial.plant.queries import materials as material_queries
from fiducial.plant.queries import profiles as profile_queries

doors = Doors("plant")

doors.get("/api/lines", line_queries.list_lines, listing=line_queries.LINES)
doors.post("/api/lines", line_actions.create_line, shapes.NewLine)
doors.get("/api/lines/{lineId}", line_queries.line_detail)
doors.patch("/api/lines/{lineId}", line_actions.update_line, shapes.LineChange)
doors.delete("/api/lines/{lineId}", line_actions.delete_line)
doors.patch("/api/lines/{lineId}/process-type", line_actions.change_process_type, shapes.LineProcessType)
doors.get("/api/lines/{lineId}/settings", line_queries.line_settings)
doors.put("/api/lines/{lineId}/settings", line_actions.update_line_settings, shapes.LineSettings)

doors.get("/api/stations", line_queries.list_stations, listing=line_queries.STATIONS)
doors.post("/api/stations", station_actions.create_station, shapes.NewStation)
doors.get("/api/stations/{stationCode}", line_queries.station_detail)
doors.patch("/api/stations/{stationCode}", station_actions.update_station, shapes.StationChange)
doors.delete("/api/stations/{stationCode}", station_actions.delete_station)

doors.get("/api/station-groups", line_queries.list_groups, listing=line_queries.GROUPS)
doors.post("/api/station-groups", station_actions.create_group, shapes.NewGroup)
doors.patch("/api/station-groups/{groupCode}", station_actions.update_group, shapes.GroupChange)
doors.delete("/api/station-groups/{groupCode}", station_actions.delete_group)

doors.get("/api/operations", material_queries.list_operations, listing=material_queries.OPERATIONS)
doors.post("/api/operations", operation_actions.create_operation, shapes.NewOperation)
doors.get("/api/operations/{operationId}", material_queries.operation_detail)
doors.patch("/api/operations/{operationId}", operation_actions.update_operation, shapes.OperationChange)

doors.get("/api/materials", material_queries.list_materials, listing=material_queries.MATERIALS)
doors.post("/api/materials", material_actions.create_material, shapes.NewMaterial)
doors.get("/api/materials/{materialCode}", material_queries.material_detail)
doors.patch("/api/materials/{materialCode}", material_actions.update_material, shapes.MaterialChange)

doors.get("/api/boms", material_queries.list_boms, listing=material_queries.BOMS)
doors.put("/api/boms/{parentCode}", material_actions.put_bom, shapes.Bom)

doors.get("/api/material-lots", material_queries.list_lots, listing=material_queries.LOTS)
doors.post("/api/material-lots", material_actions.create_lot, shapes.NewLot)
doors.get("/api/material-lots/{id}", material_queries.lot_detail)
doors.patch("/api/material-lots/{id}", material_actions.update_lot, shapes.LotChange)
doors.post("/api/material-lots/{id}/hold", lot_actions.hold_lot, shapes.LotReason)
doors.post("/api/material-lots/{id}/release", lot_actions.release_lot, shapes.LotReason)

doors.get("/api/operation-mappings", mapping_queries.list_mappings, listing=mapping_queries.MAPPINGS)
doors.post("/api/operation-mappings", mapping_actions.create_mapping, profile_shapes.NewOperationMapping)
doors.get("/api/operation-mappings/gaps", mapping_queries.gaps_report)
doors.patch("/api/operation-mappings/{id}", mapping_actions.update_mapping, profile_shapes.OperationMappingChange)

doors.get("/api/work-centers", mapping_queries.list_work_centers, listing=mapping_queries.WORK_CENTERS)
doors.get("/api/work-center-mappings", mapping_queries.list_work_center_mappings, listing=mapping_queries.SUGGESTIONS)
doors.put("/api/work-center-mappings", mapping_actions.put_work_center_mapping, profile_shapes.WorkCenterMapping)

doors.get("/api/fai-templates", profile_queries.list_templates, listing=profile_queries.TEMPLATES)
doors.post("/api/fai-templates", template_actions.create_template, profile_shapes.NewTemplate)
doors.get("/api/fai-templates/{templateId}", profile_queries.template_detail)
doors.patch("/api/fai-templates/{templateId}", template_actions.update_template, profile_shapes.TemplateChange)

doors.get("/api/reflow-profiles", profile_queries.list_profiles, listing=profile_queries.PROFILES)
doors.post("/api/reflow-profiles", profile_actions.create_profile, profile_shapes.NewProfile)
doors.get("/api/reflow-profiles/{id}", profile_queries.profile_detail)
doors.patch("/api/reflow-profiles/{id}", profile_actions.update_profile, profile_shapes.ProfileChange)
doors.delete("/api/reflow-profiles/{id}", profile_actions.delete_profile)
