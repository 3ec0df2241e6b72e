"""JSON doors of execution (spec 05)."""

from __future__ import annotations

from fiducial.execution.cancel import cancel_track_in
from fiducial.execution.holding import hold_unit, release_unit
from fiducial.execution.queries import QueueAsked, data_specs, resolve_unit, station_queue
from fiducial.execution.shapes import CancelTrackIn, Hold, TrackIn, TrackOut
from fiducial.execution.track_in import track_in
from fiducial.execution.track_out import track_out
from fiducial.kit.http.door import Doors

doors = Doors("execution")

doors.get("/api/stations/resolve-unit/{sn}", resolve_unit)
doors.get("/api/stations/{stationCode}/queue", station_queue, params=QueueAsked)
doors.get("/api/stations/{stationCode}/unit/{sn}/data-specs", data_specs)
doors.post("/api/stations/{stationCode}/track-in", track_in, TrackIn)
doors.post("/api/stations/{stationCode}/track-out", track_out, TrackOut)
doors.post("/api/stations/{stationCode}/cancel-track-in", cancel_track_in, CancelTrackIn)
doors.post("/api/units/{sn}/hold", hold_unit, Hold)
doors.post("/api/units/{sn}/release", release_unit, Hold)
