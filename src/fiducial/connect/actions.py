"""What other systems push (spec 08.3)."""

from __future__ import annotations

from typing import Any

from fiducial.connect import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.connect.log import logged
from fiducial.kit.acting import action
from fiducial.kit.refusals import Kept, Refused
from fiducial.kit.tx import Tx
from fiducial.orders.actions.receive import receive_order
from fiducial.orders.answers import WorkOrder
from fiducial.orders.shapes import Receive

ERP = "ERP"
# What the ERP wants otherwise and the change table does not let it (spec 08.3.1): planners are told, for the ERP will not mend it.
CONFLICTS = frozenset({
    "WORK_ORDER_PRODUCT_LOCKED", "WORK_ORDER_ROUTING_LOCKED", "WORK_ORDER_QTY_BELOW_RUNS", "WORK_ORDER_COMPLETED",
})  # fmt: skip


@action("wo:receive", audit="WORK_ORDER_RECEIVE", entity="WORK_ORDER", key="body.wo_no")
def receive_work_order(tx: Tx, body: Receive) -> WorkOrder | Kept:
    """Take a work order from the ERP, or from a person. Give it with `isDuplicate` and `changed`; a repeat has no effect.

    Refuses TOKEN_SYSTEM_MISMATCH for a token of another system, and as `receive_order`. Spec 08.3.1.
    """

    def take() -> dict[str, Any]:
        if tx.actor.kind == "TOKEN" and tx.actor.system != ERP:
            raise Refused("TOKEN_SYSTEM_MISMATCH", system=tx.actor.system, needed=ERP)
        return dict(receive_order(tx, body))

    answer = logged(tx, body, system=ERP, entity_type="WORK_ORDER", key=body.wo_no, take=take)
    if isinstance(answer, Kept) and answer.refused.code in CONFLICTS and tx.actor.kind == "TOKEN":
        tx.emit("ERP_CONFLICT", None, woNo=body.wo_no, what=answer.refused.sentence(tx.caller.language))
    return answer  # type: ignore[return-value]
