"""Pages of operations, mappings from other systems, gaps and work centres (spec 01.3, 14.2)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from fiducial.kit.acting import query
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.plant import profile_answers, words
from fiducial.plant.queries import mappings, materials
from fiducial.plant.tables import groups, operations
from fiducial.web.pages import Pages, View
from fiducial.web.shell import MenuItem

pages = Pages("plant")
MENU: tuple[MenuItem, ...] = (
    MenuItem(
        label=Text("Operations"),
        url="/operations",
        icon="list-details",
        group=Text("Plant"),
        permissions=("operation:read",),
    ),
)


@query("operation:read")
def operations_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the operations."""
    data = materials.list_operations(tx, view.page_of(materials.OPERATIONS))
    return {"listing": view.list_of(data, default_sort=materials.OPERATIONS.default_sort), "words": words}


@query("operation:read")
def mappings_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the mappings of other systems' processes."""
    data = mappings.list_mappings(tx, view.page_of(mappings.MAPPINGS))
    return {"listing": view.list_of(data, default_sort=mappings.MAPPINGS.default_sort)}


@query("operation:read")
def gaps_page(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give what is missing before every routing can be compiled."""
    return {"gaps": mappings.gaps_report(tx)}


@query("material:read")
def work_centers_page(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the ERP's work centres."""
    data = mappings.list_work_centers(tx, view.page_of(mappings.WORK_CENTERS))
    return {"listing": view.list_of(data, default_sort=mappings.WORK_CENTERS.default_sort)}


@query("operation:read")
def operation_dialog(tx: Tx, operation_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give what is known of an operation, and who uses it. Refuses OPERATION_NOT_FOUND."""
    return {"operation": materials.operation_detail(tx, operation_id), "words": words}


@query("operation:config")
def new_operation_dialog(tx: Tx, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a new operation."""
    return {"operation": None, "words": words}


@query("operation:config")
def edit_operation_dialog(tx: Tx, operation_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of an operation. Refuses OPERATION_NOT_FOUND."""
    return {"operation": materials.operation_detail(tx, operation_id), "words": words}


@query("operation:config")
def new_mapping_dialog(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the form of a new mapping; a gap brings its system and process along."""
    given = {name: view.query.get(name, "")[:64] for name in ("sourceSystem", "sourceProcessKey")}
    return {"mapping": None, "given": given, "operations": _operations(tx)}


@query("operation:config")
def mapping_dialog(tx: Tx, mapping_id: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001
    """Give the form of a mapping. Refuses OPERATION_MAPPING_NOT_FOUND."""
    row = mappings.mapping_row(tx, mapping_id)
    return {"mapping": profile_answers.mapping_of(row), "given": {}, "operations": _operations(tx)}


@query("operation:config")
def work_center_dialog(tx: Tx, view: View) -> Mapping[str, Any]:
    """Give the form that suggests a group for a work centre or a department."""
    given = {name: view.query.get(name, "")[:64] for name in ("sourceSystem", "sourceWorkCenter", "sourceDepartment")}
    named = [
        (row.code, f"{row.code} {row.name}")
        for row in tx.all(select(groups.c.code, groups.c.name).order_by(groups.c.code))
    ]
    return {"given": given, "groups": named}


def _operations(tx: Tx) -> list[tuple[str, str]]:
    active = select(operations.c.code, operations.c.name).where(operations.c.is_active).order_by(operations.c.code)
    return [(row.code, f"{row.code} {row.name}") for row in tx.all(active.limit(1000))]


pages.page("/operations", operations_page, "plant/operations.html")
pages.page("/operations/mappings", mappings_page, "plant/mappings.html")
pages.page("/operations/gaps", gaps_page, "plant/gaps.html")
pages.page("/operations/work-centers", work_centers_page, "plant/work_centers.html")
pages.page("/operations/dialogs/new", new_operation_dialog, "plant/operation_form.html")
pages.page("/operations/dialogs/show/{operationId}", operation_dialog, "plant/operation.html")
pages.page("/operations/dialogs/edit/{operationId}", edit_operation_dialog, "plant/operation_form.html")
pages.page("/operations/mappings/dialogs/new", new_mapping_dialog, "plant/mapping_form.html")
pages.page("/operations/mappings/dialogs/edit/{mappingId}", mapping_dialog, "plant/mapping_form.html")
pages.page("/operations/work-centers/dialogs/group", work_center_dialog, "plant/work_center_form.html")
