"""JSON doors of orders, runs and units (spec 02). Receiving an order comes in by `connect`."""

from __future__ import annotations

from fiducial.kit.http.door import Doors
from fiducial.orders import shapes
from fiducial.orders.actions import authorize, change, release, run_create, run_end, units
from fiducial.orders.queries import orders, run_detail, runs
from fiducial.orders.queries.units import UNITS, units_of_run

doors = Doors("orders")

doors.get("/api/work-orders", orders.list_orders, listing=orders.ORDERS)
doors.get("/api/work-orders/{woNo}", orders.order_detail)
doors.post("/api/work-orders/{woNo}/release", release.release_order, shapes.Release)
doors.post("/api/work-orders/{woNo}/dispatch", release.dispatch_order, shapes.Dispatch)
doors.patch("/api/work-orders/{woNo}/routing", change.bind_routing, shapes.BindRouting)
doors.patch("/api/work-orders/{woNo}/pick-status", change.set_pick_status, shapes.SetPickStatus)
doors.post("/api/work-orders/{woNo}/close", change.close_order, shapes.CloseOrder)
doors.post("/api/work-orders/{woNo}/runs", run_create.create_run, shapes.CreateRun)

doors.get("/api/runs", runs.list_runs, listing=runs.RUNS)
doors.get("/api/runs/{runNo}", run_detail.run_detail)
doors.post("/api/runs/{runNo}/authorize", authorize.authorize_or_revoke, shapes.Authorize, by=authorize.act_of)
doors.post("/api/runs/{runNo}/close", run_end.close_run, shapes.CloseRun)
doors.post("/api/runs/{runNo}/cancel", run_end.cancel_run, shapes.CancelRun)

doors.get("/api/runs/{runNo}/units", units_of_run, listing=UNITS)
doors.post("/api/runs/{runNo}/units", units.register_units, shapes.Register)
doors.delete("/api/runs/{runNo}/units", units.delete_units, shapes.DeleteUnits)
doors.post("/api/runs/{runNo}/generate-units", units.generate_units, shapes.Generate)
