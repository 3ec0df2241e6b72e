"""The page of floor life (湿敏, spec 04.8, 14.2): the clocks of opened bags, soonest first, and what each level allows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fiducial.kit.acting import query
from fiducial.kit.refusals import Refused
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.loading.msl import BAKING, DRY, EXPIRED, OPEN, SEALED
from fiducial.loading.msl_doors import CLOCKS, list_clocks, list_levels, lot_clock
from fiducial.web.pages import View
from fiducial.web.shell import MenuItem, Status, StatusSet

MENU = (
    MenuItem(label=Text("Floor life"), url="/materials/floor-life", icon="hourglass", group=Text("Preparation"), permissions=("material:read",)),
)  # fmt: skip
STATUSES = (
    StatusSet(kind="floor_life", states=(
        Status(code=SEALED, label=Text("Sealed"), colour="secondary"), Status(code=OPEN, label=Text("Bag open"), colour="green"),
        Status(code=DRY, label=Text("In the dry store"), colour="azure"), Status(code=BAKING, label=Text("In the oven"), colour="orange"),
        Status(code=EXPIRED, label=Text("Used up"), colour="red"),
    )),
)  # fmt: skip


@query("material:read")
def floor_life_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the clocks that run, stand or have run out, with what is left of each, and the levels."""
    data = list_clocks(tx, view.page_of(CLOCKS))
    return {"listing": view.list_of(data, default_sort=CLOCKS.default_sort), "levels": list_levels(tx)}


@query("material:read")
def floor_life_history(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give what happened to one lot, newest first. Refuses MATERIAL_LOT_NOT_FOUND."""
    return {"lot": lot_clock(tx, view.query.get("lot", ""))}


@query("material:config")
def level_dialog(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the form of one level. Refuses NOT_FOUND."""
    asked = view.query.get("level", "")
    level = next((row for row in list_levels(tx) if row["level"] == asked), None)
    if level is None:
        raise Refused("NOT_FOUND")
    return {"level": level}


PAGES = (
    ("/materials/floor-life", floor_life_page, "loading/floor_life.html"),
    ("/materials/floor-life/dialogs/history", floor_life_history, "loading/floor_life_history.html"),
    ("/materials/floor-life/dialogs/level", level_dialog, "loading/floor_life_level.html"),
)
"""Opened with the other pages of loading."""
