"""JSON doors of quality."""

from __future__ import annotations

from fiducial.kit.http.door import Doors
from fiducial.quality import codes, defects

doors = Doors("quality")

doors.get("/api/defect-codes", codes.list_codes, listing=codes.CODES)
doors.get("/api/defect-codes/unknown", codes.list_unknown_codes, listing=codes.UNKNOWN)
doors.get("/api/defects", defects.list_defects, listing=defects.DEFECTS)
doors.get("/api/defects/{defectId}", defects.defect_detail)
