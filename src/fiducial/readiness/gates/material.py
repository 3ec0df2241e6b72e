"""MATERIAL (物料备料): what the product is made of is known and may be used, and enough of it was picked (spec 03.6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from fiducial.kit import clock
from fiducial.kit.tx import Tx
from fiducial.orders.tables import work_orders
from fiducial.orders.views import effective_pick_status
from fiducial.plant.tables import bom_items, materials
from fiducial.readiness.causes import declare
from fiducial.readiness.items import Case, Failed, Item, Passed, held


class MaterialGate:
    """One item for each child of the product's BOM, key material code; one `PICK` when the line asks for a pick status."""

    type = "MATERIAL"

    def check(self, tx: Tx, case: Case) -> Sequence[Item]:
        """Judge the BOM and the pick status as they are now."""
        order = held(tx, select(work_orders).where(work_orders.c.id == case.run.work_order_id))
        assert order is not None, "an order with runs is never deleted"
        children = self._children(tx, order.product_code)
        items = [self._child(case, child) for child in children]
        if not children:
            said = {"source": "SYSTEM", "productCode": order.product_code}
            items = [Failed(key=order.product_code, cause="BOM_MISSING", evidence=said)]
        least = case.settings["minPickStatus"]
        return [*items, self._pick(order, least)] if least is not None else items

    @staticmethod
    def _children(tx: Tx, product_code: str) -> Sequence[Any]:
        joined = bom_items.outerjoin(materials, materials.c.code == bom_items.c.child_code)
        columns = (
            bom_items.c.child_code, bom_items.c.qty, bom_items.c.unit, bom_items.c.source_updated_at, materials.c.id, materials.c.name,
            materials.c.is_forbidden,
        )  # fmt: skip
        mine = select(*columns).select_from(joined).where(bom_items.c.parent_code == product_code)
        if tx.chain is not None:  # held as far as rows are there: a new child or ban comes after this judgement
            mine = mine.with_for_update(read=True, of=bom_items)
        return tx.all(mine.order_by(bom_items.c.child_code))

    @staticmethod
    def _child(case: Case, child: Any) -> Item:
        evidence = {
            "source": "SYSTEM", "materialCode": child.child_code, "name": child.name, "quantity": child.qty * case.run.plan_qty,
            "unit": child.unit, "sourceUpdatedAt": clock.to_wire(child.source_updated_at),
        }  # fmt: skip
        if child.id is None:
            return Failed(key=child.child_code, cause="MATERIAL_UNKNOWN", evidence=evidence)
        if child.is_forbidden:
            return Failed(key=child.child_code, cause="MATERIAL_FORBIDDEN", evidence=evidence)
        return Passed(key=child.child_code, evidence=evidence)

    @staticmethod
    def _pick(order: Any, least: str) -> Item:
        status = effective_pick_status(order)
        whose = "ERP" if order.erp_status is not None else order.source_system
        evidence = {
            "source": "SYSTEM", "woNo": order.wo_no, "pickStatus": status, "minPickStatus": least, "pickSource": whose,
            "pick": _WORDS.get(status, "?"), "wanted": _WORDS[least],
        }  # fmt: skip
        if status is None or status < least:
            return Failed(key="PICK", cause="PICK_INCOMPLETE", fingerprint=(status,), evidence=evidence)
        return Passed(key="PICK", evidence=evidence)


_WORDS: dict[str | None, str] = {
    "1": "未领料 / not picked",
    "2": "部分领料 / partly",
    "3": "全部领料 / picked",
    "4": "超额领料 / over-picked",
}

declare(
    "BOM_MISSING", zh="产品 {productCode} 没有 BOM。", en="Product {productCode} has no BOM.",
    todo_zh="请工艺工程师维护 BOM，或从 ERP 同步。", todo_en="Have an engineer enter the BOM, or have it synced from the ERP.",
)  # fmt: skip
declare(
    "MATERIAL_UNKNOWN", zh="物料 {materialCode} 没有主数据。", en="Material {materialCode} has no master data.",
    todo_zh="请工艺工程师新建该物料。", todo_en="Have an engineer enter the material.",
)  # fmt: skip
declare(
    "MATERIAL_FORBIDDEN", zh="物料 {materialCode} 已禁用。", en="Material {materialCode} is forbidden.",
    todo_zh="请工艺工程师解除禁用，或更换 BOM 中的物料。", todo_en="Have an engineer lift the ban, or change the BOM.",
)  # fmt: skip
declare(
    "PICK_INCOMPLETE", zh="工单 {woNo} 的领料状态为“{pick}”，要求至少“{wanted}”。",
    en="Order {woNo} is picked “{pick}”; at least “{wanted}” is asked for.",
    todo_zh="请物料员完成领料，并在工单页面更新领料状态。", todo_en="Have the parts picked, and the pick status set on the order's page.",
)  # fmt: skip
