"""JSON doors of machines (spec 08.3.6, 08.3.7): results, and measured data one by one or in batches."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import orjson
from fastapi import Request
from starlette.responses import Response

from fiducial.connect.machine_pushes import receive_device_data, receive_inspection_result
from fiducial.execution.device_shapes import DeviceBatch, DeviceData
from fiducial.kit.http.door import Doors, answer, body_of, caller_of, keyed
from fiducial.kit.http.shapes import parse
from fiducial.kit.refusals import Refused
from fiducial.quality.machines.shapes import InspectionResult

BATCH_LIMIT = 2 * 1024 * 1024
SINGLE_LIMIT = 256 * 1024


async def _device_data(request: Request) -> Response:
    """Take one event, or a batch of which each event stands alone, in a transaction of its own."""
    raw = await body_of(request, BATCH_LIMIT)
    caller, store = caller_of(request), request.app.state.store
    if not _is_batch(raw):
        if len(raw) > SINGLE_LIMIT:
            raise Refused("PAYLOAD_TOO_LARGE", limitBytes=SINGLE_LIMIT)
        return answer(
            await store.write(keyed(caller, request, raw), receive_device_data, parse(DeviceData, raw, caller.language))
        )
    batch = cast(DeviceBatch, parse(DeviceBatch, raw, caller.language))
    results = []
    for place, event in enumerate(batch.events):
        one = keyed(caller, request, raw)
        if one.idempotency_key is not None:
            one = replace(one, idempotency_key=f"{one.idempotency_key}#{place}")
        try:
            results.append({"ok": True, **await store.write(one, receive_device_data, event)})
        except Refused as refused:
            results.append({"ok": False, "eventId": event.event_id, "error": refused.on_wire(caller.language)})
    return answer({"results": results})


def _is_batch(raw: bytes) -> bool:
    try:
        found = orjson.loads(raw or b"{}")
    except orjson.JSONDecodeError:
        return False
    return isinstance(found, dict) and "events" in found


def open_machine_doors(doors: Doors) -> None:
    """Open the doors of machines."""
    doors.post("/api/integration/inspection-result", receive_inspection_result, InspectionResult)
    doors.custom("POST", "/api/integration/device-data", receive_device_data, _device_data, DeviceData)
