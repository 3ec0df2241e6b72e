"""JSON doors of loading (spec 04.1-04.8, 10.4.15)."""

from __future__ import annotations

from fiducial.kit.http.door import Doors
from fiducial.loading import msl_doors, shapes
from fiducial.loading.actions import mappings as mapping_actions
from fiducial.loading.actions import review, table_load
from fiducial.loading.actions import scans as scan_actions
from fiducial.loading.actions import slots as slot_actions
from fiducial.loading.actions import uses as use_actions
from fiducial.loading.queries import records as record_queries
from fiducial.loading.queries import slots as slot_queries
from fiducial.loading.queries import used, uses
from fiducial.loading.table_api import open_table_doors

doors = Doors("loading")

doors.get("/api/lines/{lineId}/feeder-slots", slot_queries.list_slots, listing=slot_queries.SLOTS)
doors.post("/api/lines/{lineId}/feeder-slots", slot_actions.create_slot, shapes.NewSlot)
doors.patch("/api/lines/{lineId}/feeder-slots/{slotId}", slot_actions.update_slot, shapes.SlotChange)
doors.delete("/api/lines/{lineId}/feeder-slots/{slotId}", slot_actions.delete_slot)
doors.post("/api/feeder-slots/{slotId}/unlock", slot_actions.unlock_slot, shapes.UnlockSlot)
doors.get("/api/feeder-slots/{slotId}/locks", slot_queries.slot_locks)

doors.get("/api/slot-mappings", slot_queries.list_mappings, listing=slot_queries.MAPPINGS)
doors.post("/api/slot-mappings", mapping_actions.create_mapping, shapes.NewMapping)
doors.patch("/api/slot-mappings/{id}", mapping_actions.update_mapping, shapes.MappingChange)
doors.delete("/api/slot-mappings/{id}", mapping_actions.delete_mapping)

doors.get("/api/station-tables", slot_queries.list_tables, listing=slot_queries.STATION_TABLES)
open_table_doors(doors)
doors.put("/api/station-tables", mapping_actions.put_table, shapes.TableHead)

doors.post("/api/runs/{runNo}/loading/load-table", table_load.load_table, shapes.LoadTable)
doors.post("/api/loading/verify", scan_actions.verify, shapes.VerifyReel)
doors.post("/api/loading/replace", scan_actions.replace, shapes.ReplaceReel)
doors.post("/api/loading/unload", scan_actions.unload, shapes.UnloadReel)
doors.post("/api/loading/records/{recordId}/first-unit", scan_actions.set_first_unit, shapes.FirstUnit)

doors.get("/api/runs/{runNo}/loading", record_queries.list_run_records, listing=record_queries.RECORDS)
doors.get(
    "/api/runs/{runNo}/loading/expectations", record_queries.run_expectations, params=record_queries.ExpectationsAsked
)
doors.get("/api/runs/{runNo}/loading/consumption", used.run_consumption)
doors.post("/api/reel-change-records/{recordId}/review", review.review_record)
doors.get("/api/reel-change-records", record_queries.list_reel_changes, listing=record_queries.REEL_CHANGES)

doors.get("/api/material-uses", uses.list_uses, listing=uses.USES)
doors.post("/api/material-uses", use_actions.use_material, shapes.NewUse)
doors.post("/api/material-uses/{id}/remove", use_actions.remove_use, shapes.RemoveUse)

doors.get("/api/material-lots/{id}/usage", uses.lot_usage, listing=uses.LOT_USES)
doors.get("/api/material-lots/{id}/msl", msl_doors.lot_clock)
doors.post("/api/material-lots/{id}/msl-events", msl_doors.move_clock, shapes.MslEvent)
doors.get("/api/msl-levels", msl_doors.list_levels)
doors.put("/api/msl-levels", msl_doors.put_levels, shapes.MslLevels)
doors.get("/api/msl-clocks", msl_doors.list_clocks, listing=msl_doors.CLOCKS)
