"""JSON doors for other systems (spec 08.3)."""

from __future__ import annotations

from fiducial.connect import machine_queries, outbound, outbound_queries, queries
from fiducial.connect.actions import receive_work_order
from fiducial.connect.device_api import open_machine_doors
from fiducial.connect.pushes import receive_equipment_status, receive_paste_status, receive_stencil_status
from fiducial.connect.replaying import replay_message
from fiducial.kit.http.door import Doors
from fiducial.orders.shapes import Receive
from fiducial.plant.mode_actions import set_mode
from fiducial.plant.pushes import EquipmentStatus, SystemMode
from fiducial.tooling import binding
from fiducial.tooling.shapes import BindPaste, BindStencil, PasteStatus, StencilStatus

doors = Doors("integration", limit=256 * 1024)  # spec 08.2

doors.post("/api/integration/work-orders", receive_work_order, Receive)

doors.post("/api/integration/stencil-status", receive_stencil_status, StencilStatus)
doors.post("/api/integration/solder-paste-status", receive_paste_status, PasteStatus)
doors.post("/api/integration/equipment-status", receive_equipment_status, EquipmentStatus)
doors.get("/api/integration/stencil-status", queries.list_stencil_states, listing=queries.STENCIL_STATES)
doors.get("/api/integration/solder-paste-status", queries.list_paste_states, listing=queries.PASTE_STATES)

open_machine_doors(doors)
doors.get("/api/integration/inspection-results", machine_queries.list_results, listing=machine_queries.RESULTS)
doors.get("/api/integration/device-data", machine_queries.list_device_data, listing=machine_queries.DEVICE_DATA)

doors.post("/api/integration/lines/{lineId}/stencil/bind", binding.bind_stencil, BindStencil)
doors.post("/api/integration/lines/{lineId}/stencil/unbind", binding.unbind_stencil)
doors.post("/api/integration/lines/{lineId}/solder-paste/bind", binding.bind_paste, BindPaste)
doors.post("/api/integration/lines/{lineId}/solder-paste/unbind", binding.unbind_paste)
doors.get("/api/integration/lines/{lineId}/bindings", binding.bindings_of_line)

doors.get("/api/integration/status", queries.integration_status)
doors.put("/api/integration/systems/{system}/mode", set_mode, SystemMode)
doors.get("/api/integration/messages", queries.list_messages, listing=queries.MESSAGES)
doors.get("/api/integration/messages/{id}", queries.message_detail)
doors.post("/api/integration/messages/{id}/replay", replay_message)

doors.post("/api/integration/outbound/erp/runs/{runNo}/completion", outbound.enqueue_completion)
doors.get("/api/integration/outbound/events", outbound_queries.list_outbound, listing=outbound_queries.OUTBOUND_EVENTS)
doors.get("/api/integration/outbound/events/{eventId}", outbound_queries.outbound_detail)
doors.post("/api/integration/outbound/events/{eventId}/retry", outbound.retry_outbound)
doors.post("/api/integration/outbound/events/{eventId}/cancel", outbound.cancel_outbound, outbound.GiveUp)
