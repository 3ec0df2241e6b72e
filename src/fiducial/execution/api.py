"""JSON doors of execution (spec 05)."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from fiducial.execution import oven
from fiducial.execution.cancel import cancel_track_in
from fiducial.execution.holding import hold_unit, release_unit
from fiducial.execution.queries import QueueAsked, data_specs, resolve_unit, station_queue
from fiducial.execution.shapes import CancelTrackIn, Hold, TrackIn, TrackOut
from fiducial.execution.track_in import track_in
from fiducial.execution.track_out import track_out
from fiducial.kit.http.door import Doors, answer, body_of, caller_of
from fiducial.kit.http.shapes import parse

doors = Doors("execution")

doors.get("/api/stations/resolve-unit/{sn}", resolve_unit)
doors.get("/api/stations/{stationCode}/queue", station_queue, params=QueueAsked)
doors.get("/api/stations/{stationCode}/unit/{sn}/data-specs", data_specs)
doors.post("/api/stations/{stationCode}/track-in", track_in, TrackIn)
doors.post("/api/stations/{stationCode}/track-out", track_out, TrackOut)
doors.post("/api/stations/{stationCode}/cancel-track-in", cancel_track_in, CancelTrackIn)
doors.post("/api/units/{sn}/hold", hold_unit, Hold)
doors.post("/api/units/{sn}/release", release_unit, Hold)
doors.get("/api/reflow-profile-usages", oven.list_usages, listing=oven.USAGES)
doors.post("/api/reflow-profile-usages", oven.record_usage, oven.NewUsage)


async def _verify(request: Request) -> Response:
    """A read that is asked by POST, for it has a body."""
    caller = caller_of(request)
    body = parse(oven.VerifyProgram, await body_of(request), caller.language)
    return answer(await request.app.state.store.read(caller, oven.verify_program, body))


doors.custom("POST", "/api/reflow-profiles/verify", oven.verify_program, _verify, oven.VerifyProgram)
