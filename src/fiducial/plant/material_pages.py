"""Pages of materials, BOMs and lots (spec 01.4, 14.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fiducial.kit.acting import query
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.plant import words
from fiducial.plant.queries import materials as queries
from fiducial.web.pages import Pages, View
from fiducial.web.shell import MenuItem

pages = Pages("plant")
MENU: tuple[MenuItem, ...] = (
    MenuItem(
        label=Text("Materials"), url="/materials", icon="package", group=Text("Plant"), permissions=("material:read",)
    ),
)
MSL_LEVELS = tuple((level, level) for level in ("1", "2", "2a", "3", "4", "5", "5a", "6"))


@query("material:read")
def materials_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the materials."""
    data = queries.list_materials(tx, view.page_of(queries.MATERIALS))
    return {"listing": view.list_of(data, default_sort=queries.MATERIALS.default_sort), "words": words}


@query("material:read")
def boms_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the BOMs, by parent."""
    data = queries.list_boms(tx, view.page_of(queries.BOMS))
    return {"listing": view.list_of(data, default_sort=queries.BOMS.default_sort)}


@query("material:read")
def lots_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the material lots."""
    data = queries.list_lots(tx, view.page_of(queries.LOTS))
    return {"listing": view.list_of(data, default_sort=queries.LOTS.default_sort), "words": words}


@query("material:read")
def material_dialog(tx: Tx, material_code: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give what is known of a material: its facts, the BOMs it stands in and has, its lots. Refuses MATERIAL_NOT_FOUND."""
    material = queries.material_detail(tx, material_code)
    return {
        "material": material,
        "bom": queries.bom_entries(tx, [material["code"]]).get(material["code"]),
        "words": words,
    }


@query("material:config")
def new_material_dialog(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a new material."""
    return {"material": None, "levels": MSL_LEVELS}


@query("material:config")
def edit_material_dialog(tx: Tx, material_code: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a material. Refuses MATERIAL_NOT_FOUND."""
    return {"material": queries.material_detail(tx, material_code), "levels": MSL_LEVELS}


@query("material:config")
def new_bom_dialog(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of the BOM of a parent that is still to be named."""
    return {"parent": None, "bom": None}


@query("material:config")
def bom_dialog(tx: Tx, parent_code: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a BOM. Refuses MATERIAL_NOT_FOUND."""
    parent = queries.material_detail(tx, parent_code)
    return {"parent": parent, "bom": queries.bom_entries(tx, [parent["code"]]).get(parent["code"])}


@query("material:config")
def new_lot_dialog(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a new lot."""
    return {"lot": None, "words": words}


@query("material:config")
def lot_dialog(tx: Tx, lot_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a lot. Refuses MATERIAL_LOT_NOT_FOUND."""
    return {"lot": queries.lot_detail(tx, lot_id), "words": words}


pages.page("/materials", materials_page, "plant/materials.html")
pages.page("/materials/boms", boms_page, "plant/boms.html")
pages.page("/materials/lots", lots_page, "plant/lots.html")
pages.page("/materials/dialogs/new", new_material_dialog, "plant/material_form.html")
pages.page("/materials/dialogs/show/{materialCode}", material_dialog, "plant/material.html")
pages.page("/materials/dialogs/edit/{materialCode}", edit_material_dialog, "plant/material_form.html")
pages.page("/materials/boms/dialogs/new", new_bom_dialog, "plant/bom_form.html")
pages.page("/materials/boms/dialogs/edit/{parentCode}", bom_dialog, "plant/bom_form.html")
pages.page("/materials/lots/dialogs/new", new_lot_dialog, "plant/lot_form.html")
pages.page("/materials/lots/dialogs/edit/{lotId}", lot_dialog, "plant/lot_form.html")
