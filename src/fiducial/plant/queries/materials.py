"""Operations, materials, BOMs and lots as they are read (spec 01.3, 01.4). Reach does not limit them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, func, select
from typing_extensions import TypedDict

from fiducial.kit import clock, ids
from fiducial.kit.acting import query
from fiducial.kit.listing import TRUE_OR_FALSE, Condition, Listed, Listing, Page, one_of, part, since, until, yes_no
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.plant import answers, ports
from fiducial.plant.lookup import the_operation
from fiducial.plant.queries.lines import STATION_TYPES
from fiducial.plant.queries.mappings import mappings_of
from fiducial.plant.tables import bom_items, lots, materials, operations

PROCESS_KINDS = (
    "PRINT", "SPI", "MOUNT", "REFLOW", "AOI", "WASH", "INSERT", "WAVE", "POST_SOLDER", "TEST", "INSPECT", "OTHER",
)  # fmt: skip
IQC_RESULTS = ("PENDING", "PASS", "FAIL", "CONDITIONAL")
LOT_STATUSES = ("AVAILABLE", "ON_HOLD", "SCRAPPED")

_child_names = materials.alias("child_material")


def _material_is_known(value: str) -> ColumnElement[bool]:
    if value not in ("true", "false"):
        raise ValueError(TRUE_OR_FALSE)
    return materials.c.id.is_not(None) if value == "true" else materials.c.id.is_(None)


OPERATIONS = Listing(
    filters={
        "search": part(operations.c.code, operations.c.name), "code": part(operations.c.code), "name": part(operations.c.name),
        "source": one_of(operations.c.source, ("ERP", "MES", "SEED")),
        "defaultType": one_of(operations.c.default_type, STATION_TYPES),
        "processKind": one_of(operations.c.process_kind, PROCESS_KINDS),
        "needsReview": yes_no(operations.c.needs_review), "isActive": yes_no(operations.c.is_active),
    },
    sorts={
        "code": operations.c.code, "name": operations.c.name, "processKind": operations.c.process_kind,
        "createdAt": operations.c.created_at, "updatedAt": operations.c.updated_at,
    },
    default_sort="code.asc",
    key=operations.c.id,
)  # fmt: skip
MATERIALS = Listing(
    filters={
        "search": part(materials.c.code, materials.c.name), "category": part(materials.c.category), "unit": part(materials.c.unit),
        "model": part(materials.c.model), "sourceSystem": one_of(materials.c.source_system, ("ERP", "MES")),
        "isMoistureSensitive": yes_no(materials.c.is_moisture_sensitive), "updatedFrom": since(materials.c.updated_at),
        "updatedTo": until(materials.c.updated_at),
    },
    sorts={
        "code": materials.c.code, "name": materials.c.name, "category": materials.c.category,
        "createdAt": materials.c.created_at, "updatedAt": materials.c.updated_at,
    },
    default_sort="code.asc",
    key=materials.c.id,
)  # fmt: skip
BOMS = Listing(
    filters={
        "parentCode": part(bom_items.c.parent_code), "childCode": part(bom_items.c.child_code),
        "search": part(bom_items.c.parent_code, materials.c.name, bom_items.c.child_code),
    },
    sorts={"parentCode": bom_items.c.parent_code},
    default_sort="parentCode.asc",
    key=bom_items.c.parent_code,
)  # fmt: skip
BOM_ROWS = Listing(
    filters=BOMS.filters,
    sorts={"parentCode": bom_items.c.parent_code},
    default_sort="parentCode.asc",
    key=bom_items.c.child_code,
)
_lot_filters: dict[str, Condition] = {
    "materialCode": part(lots.c.material_code), "lotNo": part(lots.c.lot_no), "supplier": part(lots.c.supplier),
    "iqcResult": one_of(lots.c.iqc_result, IQC_RESULTS), "status": one_of(lots.c.status, LOT_STATUSES),
    "materialKnown": _material_is_known, "createdFrom": since(lots.c.created_at), "createdTo": until(lots.c.created_at),
}  # fmt: skip
LOTS = Listing(
    filters=_lot_filters,
    sorts={
        "materialCode": lots.c.material_code, "lotNo": lots.c.lot_no, "status": lots.c.status, "expiresAt": lots.c.expires_at,
        "createdAt": lots.c.created_at, "updatedAt": lots.c.updated_at,
    },
    default_sort="createdAt.desc",
    key=lots.c.id,
)  # fmt: skip


@query("operation:read")
def list_operations(tx: Tx, page: Page) -> Listed[answers.Operation]:
    """Give the operations."""
    return OPERATIONS.answer(tx, select(operations), page, answers.operation_of)


@query("operation:read")
def operation_detail(tx: Tx, operation_id: str) -> answers.OperationDetail:
    """Give an operation, by id or code, with the routings that use it. Refuses OPERATION_NOT_FOUND."""
    key = the_operation(tx, operation_id).id
    row = tx.one(select(operations).where(operations.c.id == key))
    uses = [
        answers.OperationUse(routingCode=code, isActive=is_active) for code, is_active in ports.routings_of(tx, key)
    ]
    return answers.OperationDetail(**answers.operation_of(row), mappings=mappings_of(tx, key), usedByRoutings=uses)


@query("material:read")
def list_materials(tx: Tx, page: Page) -> Listed[answers.Material]:
    """Give the materials."""
    return MATERIALS.answer(tx, select(materials), page, answers.material_of)


@query("material:read")
def material_detail(tx: Tx, material_code: str) -> answers.Material:
    """Give a material with the parents whose BOM names it and the number of its lots. Refuses MATERIAL_NOT_FOUND."""
    row = material_row(tx, material_code)
    parents = (
        select(bom_items.c.parent_code).where(bom_items.c.child_code == row.code).order_by(bom_items.c.parent_code)
    )
    answer = answers.material_of(row)
    answer["bomParents"] = [found.parent_code for found in tx.all(parents)]
    answer["lotCount"] = tx.scalar(select(func.count()).where(lots.c.material_code == row.code))
    return answer


def material_row(tx: Tx, code: str) -> Row[Any]:
    """Give a material. Refuses MATERIAL_NOT_FOUND."""
    row = tx.first(select(materials).where(materials.c.code == code))
    if row is None:
        raise Refused("MATERIAL_NOT_FOUND", materialCode=code)
    return row


@query("material:read")
def list_boms(tx: Tx, page: Page) -> Listed[answers.BomEntry]:
    """Give the BOMs, one entry for each parent with all its children."""
    joined = bom_items.outerjoin(materials, materials.c.code == bom_items.c.parent_code)
    statement = select(bom_items.c.parent_code).select_from(joined).group_by(bom_items.c.parent_code)

    def entries(rows: Sequence[Any]) -> list[answers.BomEntry]:
        by_parent = bom_entries(tx, [row.parent_code for row in rows])
        return [by_parent[row.parent_code] for row in rows]

    return BOMS.answer_all(tx, statement, page, entries)


class BomRow(TypedDict):
    """One child of one parent, as a row of a sheet."""

    parentCode: str
    parentName: str | None
    childCode: str
    childName: str | None
    qty: float
    unit: str | None
    isKeyPart: bool
    sourceSystem: str


@query("material:read")
def list_bom_rows(tx: Tx, page: Page) -> Listed[BomRow]:
    """Give the BOMs one child a row, as a sheet has them."""
    joined = bom_items.outerjoin(materials, materials.c.code == bom_items.c.parent_code).outerjoin(
        _child_names, _child_names.c.code == bom_items.c.child_code
    )
    named = (materials.c.name.label("parent_name"), _child_names.c.name.label("child_name"))
    return BOM_ROWS.answer(
        tx, select(bom_items, *named).select_from(joined), page,
        lambda row: BomRow(
            parentCode=row.parent_code, parentName=row.parent_name, childCode=row.child_code, childName=row.child_name, qty=row.qty,
            unit=row.unit, isKeyPart=row.is_key_part, sourceSystem=row.source_system,
        ),
    )  # fmt: skip


def bom_entries(tx: Tx, parents: Iterable[str]) -> dict[str, answers.BomEntry]:
    """Give the BOM of each parent; a parent without children is left out."""
    joined = bom_items.outerjoin(materials, materials.c.code == bom_items.c.parent_code).outerjoin(
        _child_names, _child_names.c.code == bom_items.c.child_code
    )
    named = (materials.c.name.label("parent_name"), _child_names.c.name.label("child_name"))
    statement = select(bom_items, *named).select_from(joined).where(bom_items.c.parent_code.in_(list(parents)))
    rows = tx.all(statement.order_by(bom_items.c.parent_code, bom_items.c.child_code))
    by_parent: dict[str, list[Row[Any]]] = {}
    for row in rows:
        by_parent.setdefault(row.parent_code, []).append(row)
    return {parent: _entry(parent, children) for parent, children in by_parent.items()}


def _entry(parent: str, rows: list[Row[Any]]) -> answers.BomEntry:
    source_times = [row.source_updated_at for row in rows if row.source_updated_at is not None]
    return answers.BomEntry(
        parentCode=parent, parentName=rows[0].parent_name, sourceSystem=rows[0].source_system,
        latestSourceUpdatedAt=clock.to_wire(max(source_times, default=None)),
        updatedAt=clock.to_wire(max(row.updated_at for row in rows)),
        children=[
            answers.BomPart(childCode=row.child_code, childName=row.child_name, qty=row.qty, unit=row.unit, isKeyPart=row.is_key_part)
            for row in rows
        ],
    )  # fmt: skip


def lots_statement() -> Select[Any]:
    """Give the statement of material lots with the name of their material."""
    joined = lots.outerjoin(materials, materials.c.code == lots.c.material_code)
    return select(lots, materials.c.name.label("material_name")).select_from(joined)


@query("material:read")
def list_lots(tx: Tx, page: Page) -> Listed[answers.Lot]:
    """Give the material lots."""
    return LOTS.answer(tx, lots_statement(), page, answers.lot_of)


@query("material:read")
def lot_detail(tx: Tx, lot_id: str) -> answers.Lot:
    """Give a material lot. Refuses MATERIAL_LOT_NOT_FOUND."""
    return answers.lot_of(lot_row(tx, lot_id))


def lot_row(tx: Tx, lot_id: str) -> Row[Any]:
    """Give a material lot by its opaque id. Refuses MATERIAL_LOT_NOT_FOUND."""
    key = ids.from_wire(lot_id)
    row = None if key is None else tx.first(lots_statement().where(lots.c.id == key))
    if row is None:
        raise Refused("MATERIAL_LOT_NOT_FOUND", lotId=lot_id)
    return row
