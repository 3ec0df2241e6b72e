"""Doors of operations: health, and the empty POST against which the benches measure."""

from __future__ import annotations

from fastapi import Request
from starlette.responses import Response

from fiducial.kit.http.door import Doors, answer, caller_of, refuse_parameters
from fiducial.ops import asked, events, health, jobs, metrics, refusals  # noqa: F401 - declared by import
from fiducial.ops.backups import doors as backups

doors = Doors("ops")
doors.get("/api/health", health.health)
doors.get("/api/health/ready", health.ready)
doors.get("/api/health/details", health.details)
doors.get("/api/events", events.list_events, listing=events.EVENTS)
doors.post("/api/events/{id}/retry", events.retry_event)
doors.get("/api/system/jobs", jobs.list_jobs)
doors.get("/api/system/jobs/{jobId}", asked.job_detail)
doors.get("/api/system/backups", backups.list_backups, slow=True)
doors.post("/api/system/backups", backups.ask_backup)
doors.post("/api/system/backups/{name}/verify", backups.ask_verify)


async def empty(request: Request) -> Response:
    """Answer an empty POST: the floor of what any request costs (bench)."""
    await request.body()
    return answer({})


doors.custom("POST", "/api/health/echo", health.echo, empty)


async def _metrics(request: Request) -> Response:
    """Answer in the text form of Prometheus, without the envelope and as no attachment."""
    refuse_parameters(request)
    found = await request.app.state.store.read(caller_of(request), metrics.metrics, slow=True)
    return Response(found.content, media_type=found.media_type)


doors.custom("GET", "/metrics", metrics.metrics, _metrics, file=("text/plain",))
