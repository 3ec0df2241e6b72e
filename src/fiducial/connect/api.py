"""JSON doors for other systems (spec 08.3)."""

from __future__ import annotations

from fiducial.connect.actions import receive_work_order
from fiducial.kit.http.door import Doors
from fiducial.orders.shapes import Receive

doors = Doors("integration", limit=256 * 1024)  # spec 08.2

doors.post("/api/integration/work-orders", receive_work_order, Receive)
