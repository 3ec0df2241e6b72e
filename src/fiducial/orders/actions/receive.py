"""Receiving a work order: idempotent by `woNo`, with the change table of spec 08.3.1. The door for it is in `connect`."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from fiducial.kit import clock
from fiducial.kit.http.shapes import instant_or_none
from fiducial.kit.refusals import Refused, Said, bad_field, changed_fields
from fiducial.kit.tx import Tx
from fiducial.orders import claims
from fiducial.orders.answers import WorkOrder
from fiducial.orders.lookup import must_reach_order
from fiducial.orders.shapes import Receive
from fiducial.orders.states import COMPLETED, IN_PROGRESS, RECEIVED, RELEASED
from fiducial.orders.tables import work_orders
from fiducial.orders.views import order_now, plain
from fiducial.routing.choose import Resolution, choose_routing, the_route

_INSTANTS = ("due_date", "plan_start_date", "plan_finish_date")
_FIELDS = (
    "product_code", "planned_qty", "routing_code", "pick_status", *_INSTANTS, "priority", "customer", "job_no", "src_bill_no",
    "source_system",
)  # fmt: skip


def receive_order(tx: Tx, body: Receive) -> WorkOrder:
    """Make the order, or change what the change table allows of a known one. Give it with `isDuplicate` and `changed`.

    What is absent of a known order stays as it is. Refuses ROUTE_NOT_FOUND for an unknown `routingCode`, VALIDATION_ERROR when
    it would finish before it starts, and the codes of the change table. Spec 02.2, 08.3.1.
    """
    said = _said(body)
    order = _locked(tx, body.wo_no)
    if order is None:
        if tx.insert_once(work_orders, **_new(tx, said, body.wo_no)):
            return _received(tx, body)
        order = _locked(tx, body.wo_no)  # two pushes at once on PostgreSQL: the other one made it
    return _receive_again(tx, order, said, body)


def _locked(tx: Tx, wo_no: str) -> Any:
    return tx.first(select(work_orders).where(work_orders.c.wo_no == wo_no).with_for_update())


def _said(body: Receive) -> dict[str, Any]:
    """Give what the body says, as columns."""
    given = body.given()
    said = {name: given[name] for name in _FIELDS if name in given}
    for name in _INSTANTS:
        if name in said:
            said[name] = instant_or_none(said[name])
    if said.get("source_system") is None:
        said.pop("source_system", None)
    return said


def _new(tx: Tx, said: dict[str, Any], wo_no: str) -> dict[str, Any]:
    if said.get("routing_code"):
        the_route(tx, said["routing_code"])
    _must_be_in_order(said)
    resolution = choose_routing(tx, product_code=said["product_code"], routing_code=said.get("routing_code"))
    return {
        "id": tx.new_id(), "wo_no": wo_no, "status": RECEIVED, "created_at": tx.now, "updated_at": tx.now,
        "source_system": tx.actor.system or "MANUAL", **resolved(resolution), **said,
    }  # fmt: skip


def resolved(resolution: Resolution) -> dict[str, Any]:
    """Give the columns that keep how the routing was chosen."""
    return {"routing_resolution": resolution.on_wire(), "resolved_routing_code": resolution.routing_code}


def _must_be_in_order(facts: dict[str, Any]) -> None:
    start, finish = facts.get("plan_start_date"), facts.get("plan_finish_date")
    if start is not None and finish is not None and finish < start:
        raise bad_field("planFinishDate", Said(zh="早于 planStartDate", en="before planStartDate"))


def _received(tx: Tx, body: Receive) -> WorkOrder:
    order = tx.one(select(work_orders).where(work_orders.c.wo_no == body.wo_no))
    _enter(tx, order, body, changes=[{"path": "status", "before": None, "after": RECEIVED}])
    tx.emit("WORK_ORDER_RECEIVE", order.id)
    return {**order_now(tx, order.id), "isDuplicate": False, "changed": []}


def _enter(tx: Tx, order: Any, body: Receive, *, changes: list[dict[str, Any]], **payload: Any) -> None:
    if body.event_id:
        payload["eventId"] = body.event_id
    if body.meta:
        payload["meta"] = body.meta
    tx.record(order.wo_no, key=order.id, changes=changes, **payload)


def _receive_again(tx: Tx, order: Any, said: dict[str, Any], body: Receive) -> WorkOrder:
    must_reach_order(tx, order, "wo:receive")
    before = {name: getattr(order, name) for name in said}
    changed = [name for name in said if not _same(before[name], said[name])]
    runs_there = claims.has_runs(tx, order.id)
    values: dict[str, Any] = {name: said[name] for name in changed}
    if changed:
        _judge(tx, order, values, runs_there=runs_there)
        values["updated_at"] = tx.now
    if not runs_there and order.status != COMPLETED:
        values |= _chosen_again(tx, order, values)
    if values:
        tx.run(update(work_orders).where(work_orders.c.id == order.id).values(values))
    wire_names = [_wire_name(name) for name in changed]
    shown = changed_fields(
        {_wire_name(name): _shown(name, before[name]) for name in changed},
        {_wire_name(name): _shown(name, said[name]) for name in changed},
    )
    _enter(tx, order, body, changes=shown, **({} if changed else {"isDuplicate": True}))
    if changed and order.status in (RELEASED, IN_PROGRESS):
        tx.emit("WORK_ORDER_CHANGED", order.id, changed=wire_names)
        if "pickStatus" in wire_names:
            tx.emit("READINESS_INPUT_CHANGED", order.id, orderId=order.id, gates=["MATERIAL"])
    return {**order_now(tx, order.id), "isDuplicate": not changed, "changed": wire_names}


def _judge(tx: Tx, order: Any, changed: dict[str, Any], *, runs_there: bool) -> None:
    """Hold the change table: only fields whose value changes are checked."""
    if order.status == COMPLETED:
        raise Refused("WORK_ORDER_COMPLETED", woNo=order.wo_no)
    if order.erp_status is not None and tx.actor.kind == "USER":
        raise Refused("WORK_ORDER_OWNED_BY_ERP", woNo=order.wo_no)
    if "product_code" in changed and order.status != RECEIVED:
        raise Refused("WORK_ORDER_PRODUCT_LOCKED", woNo=order.wo_no, productCode=order.product_code)
    if "routing_code" in changed:
        if runs_there:
            raise Refused("WORK_ORDER_ROUTING_LOCKED", woNo=order.wo_no, routingCode=order.routing_code)
        if changed["routing_code"]:
            the_route(tx, changed["routing_code"])
    if "planned_qty" in changed and runs_there:
        claimed = claims.claimed_quantity(tx, order.id)
        if changed["planned_qty"] < claimed:
            raise Refused("WORK_ORDER_QTY_BELOW_RUNS", plannedQty=plain(changed["planned_qty"]), claimedQty=claimed)
    _must_be_in_order({**order._mapping, **changed})


def _chosen_again(tx: Tx, order: Any, changed: dict[str, Any]) -> dict[str, Any]:
    """Choose the routing anew, as at every receive until the first run exists (spec 01.10); a person's binding survives."""
    override = order.routing_override or {}
    resolution = choose_routing(
        tx, product_code=changed.get("product_code", order.product_code), routing_code=changed.get("routing_code", order.routing_code),
        override_code=override.get("routingCode"),
    )  # fmt: skip
    chosen = resolved(resolution)
    return {} if all(getattr(order, name) == value for name, value in chosen.items()) else chosen


def _same(kept: Any, said: Any) -> bool:
    return float(kept) == said if isinstance(said, float) and kept is not None else bool(kept == said)


def _wire_name(column: str) -> str:
    first, *rest = column.split("_")
    return first + "".join(word.capitalize() for word in rest)


def _shown(name: str, value: Any) -> Any:
    if name in _INSTANTS:
        return clock.to_wire(value)
    return plain(value) if name == "planned_qty" and value is not None else value
