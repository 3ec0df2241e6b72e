"""The inspection template as it was frozen with the route (spec 06.5): a run keeps the items it was compiled with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fiducial.kit.tx import Tx
from fiducial.orders.ports import RunRow
from fiducial.quality.inspections.kind import NewItem
from fiducial.routing.frozen import frozen_route


@dataclass(frozen=True, slots=True)
class Frozen:
    """The items for one type, and the code of the template they come from."""

    items: Sequence[NewItem] = ()
    code: str | None = None


def items_for(tx: Tx, run: RunRow, type: str) -> Frozen:
    """Give the template's items for FAI or FQC, in their order; none when the route binds no template."""
    template = frozen_route(tx, run.version_id).snapshot["route"].get("faiTemplate") or {}
    items = [item for item in template.get("items", ()) if item.get("appliesTo", "FAI") in (type, "BOTH")]
    rows = [
        NewItem(
            name=item["itemName"], spec=item.get("itemSpec"), required=item.get("required", True),
            template_item_id=str(item.get("id") or f"{template.get('code')}:{item['seq']}"),
        )
        for item in sorted(items, key=lambda item: item["seq"])
    ]  # fmt: skip
    return Frozen(rows, template.get("code"))
