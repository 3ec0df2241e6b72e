"""JSON doors of notices (spec 09.6), and the event stream."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response, StreamingResponse

from fiducial.kit.http.door import Doors, caller_of, refuse_parameters
from fiducial.notices import actions, queries, shapes, stream
from fiducial.notices import refusals as _refusals  # noqa: F401 - declares them

doors = Doors("notices")
EVENTS = "text/event-stream"


async def _stream(request: Request) -> Response:
    """Stream to whoever asks for a stream; anybody else is told the present count and no more."""
    refuse_parameters(request)
    caller, store = caller_of(request), request.app.state.store
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    if EVENTS not in request.headers.get("accept", ""):
        _session, _language, standing = await store.read(caller, stream.own_standing)
        return Response(stream.said("unread", {"count": standing.unread}), media_type=EVENTS, headers=headers)
    return StreamingResponse(await stream.streams.events(store, caller), media_type=EVENTS, headers=headers)


doors.get("/api/notifications", queries.list_notifications, listing=queries.NOTIFICATIONS)
doors.get("/api/notifications/unread-count", queries.unread_count)
doors.custom("GET", "/api/notifications/stream", stream.own_standing, _stream, file=(EVENTS,))
doors.get("/api/notifications/settings", queries.own_choices)
doors.put("/api/notifications/settings", actions.choose, shapes.Choices)
doors.patch("/api/notifications/read-all", actions.mark_all_read)
doors.patch("/api/notifications/{id}/read", actions.mark_read)
doors.delete("/api/notifications/{id}", actions.dismiss)
