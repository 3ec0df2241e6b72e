"""Mappings from other systems, work centres and the report of gaps, as they are read (spec 01.3)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, Select, and_, case, func, or_, select

from fiducial.kit import ids
from fiducial.kit.acting import query
from fiducial.kit.listing import Listed, Listing, Page, part
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.plant import ports
from fiducial.plant import profile_answers as answers
from fiducial.plant.tables import groups, operation_mappings, operations, work_center_mappings, work_centers

MOST_TOLD = 500

MAPPINGS = Listing(
    filters={
        "sourceSystem": part(operation_mappings.c.source_system), "sourceProcessKey": part(operation_mappings.c.source_process_key),
        "operationCode": part(operations.c.code),
        "search": part(operation_mappings.c.source_process_key, operation_mappings.c.source_process_name, operations.c.code, operations.c.name),
    },
    sorts={
        "sourceProcessKey": operation_mappings.c.source_process_key, "sourceSystem": operation_mappings.c.source_system,
        "operationCode": operations.c.code, "createdAt": operation_mappings.c.created_at, "updatedAt": operation_mappings.c.updated_at,
    },
    default_sort="sourceProcessKey.asc",
    key=operation_mappings.c.id,
)  # fmt: skip

# The nearest suggestion counts: that of work centre and department, then of the work centre, then of the department.
_near = work_center_mappings
_fits = and_(
    _near.c.source_system == work_centers.c.source_system,
    _near.c.group_id.is_not(None),
    or_(_near.c.source_work_center == work_centers.c.code, _near.c.source_work_center == ""),
    or_(
        _near.c.source_department == func.coalesce(work_centers.c.department_code, ""), _near.c.source_department == ""
    ),
)
_nearness = case((_near.c.source_work_center != "", 2), else_=0) + case((_near.c.source_department != "", 1), else_=0)
_group_code = (
    select(groups.c.code).select_from(_near.join(groups, groups.c.id == _near.c.group_id)).where(_fits)
    .order_by(_nearness.desc()).limit(1).correlate(work_centers).scalar_subquery()
)  # fmt: skip

WORK_CENTERS = Listing(
    filters={
        "search": part(work_centers.c.code, work_centers.c.name), "code": part(work_centers.c.code), "name": part(work_centers.c.name),
        "departmentCode": part(work_centers.c.department_code), "stationGroupCode": part(_group_code),
    },
    sorts={
        "code": work_centers.c.code, "name": work_centers.c.name, "departmentCode": work_centers.c.department_code,
        "createdAt": work_centers.c.created_at, "updatedAt": work_centers.c.updated_at,
    },
    default_sort="code.asc",
    key=work_centers.c.id,
)  # fmt: skip
SUGGESTIONS = Listing(
    filters={
        "sourceSystem": part(_near.c.source_system), "sourceWorkCenter": part(_near.c.source_work_center),
        "sourceDepartment": part(_near.c.source_department), "stationGroupCode": part(groups.c.code),
    },
    sorts={"sourceWorkCenter": _near.c.source_work_center, "sourceDepartment": _near.c.source_department, "updatedAt": _near.c.updated_at},
    default_sort="sourceWorkCenter.asc",
    key=_near.c.id,
)  # fmt: skip


def _mappings() -> Select[Any]:
    named = (operations.c.code.label("operation_code"), operations.c.name.label("operation_name"))
    return select(operation_mappings, *named).select_from(
        operation_mappings.join(operations, operations.c.id == operation_mappings.c.operation_id)
    )


@query("operation:read")
def list_mappings(tx: Tx, page: Page) -> Listed[answers.OperationMapping]:
    """Give the mappings of other systems' processes."""
    return MAPPINGS.answer(tx, _mappings(), page, answers.mapping_of)


def mapping_row(tx: Tx, mapping: str | int) -> Row[Any]:
    """Give a mapping by key or opaque id, with its operation. Refuses OPERATION_MAPPING_NOT_FOUND."""
    key = ids.from_wire(mapping) if isinstance(mapping, str) else mapping
    row = None if key is None else tx.first(_mappings().where(operation_mappings.c.id == key))
    if row is None:
        raise Refused("OPERATION_MAPPING_NOT_FOUND", mappingId=mapping)
    return row


def mappings_of(tx: Tx, operation_id: int) -> list[answers.OperationMapping]:
    """Give the mappings that lead to an operation."""
    wanted = _mappings().where(operation_mappings.c.operation_id == operation_id)
    ordered = wanted.order_by(operation_mappings.c.source_system, operation_mappings.c.source_process_key)
    return [answers.mapping_of(row) for row in tx.all(ordered.limit(MOST_TOLD))]


@query("material:read")
def list_work_centers(tx: Tx, page: Page) -> Listed[answers.WorkCenter]:
    """Give the ERP's work centres, each with the group it probably means."""
    return WORK_CENTERS.answer(tx, select(work_centers, _group_code.label("group_code")), page, answers.work_center_of)


def _suggestions() -> Select[Any]:
    return select(_near, groups.c.code.label("group_code")).select_from(
        _near.outerjoin(groups, groups.c.id == _near.c.group_id)
    )


@query("material:read")
def list_work_center_mappings(tx: Tx, page: Page) -> Listed[answers.WorkCenterSuggestion]:
    """Give which groups work centres and departments probably mean."""
    return SUGGESTIONS.answer(tx, _suggestions(), page, answers.suggestion_of)


def suggestion_by_key(tx: Tx, key: int) -> answers.WorkCenterSuggestion:
    """Give one suggestion."""
    return answers.suggestion_of(tx.one(_suggestions().where(_near.c.id == key)))


@query("operation:read")
def gaps_report(tx: Tx) -> answers.Gaps:
    """Give what is missing before every routing can be compiled: processes without an operation, operations that nobody
    has looked at, work centres without a group, latest versions that are INVALID.
    """
    unseen = select(operations.c.code).where(operations.c.needs_review).order_by(operations.c.code).limit(MOST_TOLD)
    without = select(work_centers).where(_group_code.is_(None)).order_by(work_centers.c.code).limit(MOST_TOLD)
    above = ports.gaps(tx)
    return answers.Gaps(
        unmappedOperations=above.get("unmappedOperations", []),
        needsReview=[row.code for row in tx.all(unseen)],
        unmappedWorkCenters=[
            answers.UnmappedWorkCenter(
                sourceSystem=row.source_system, sourceWorkCenter=row.code, sourceDepartment=row.department_code
            )
            for row in tx.all(without)
        ],
        invalidVersions=above.get("invalidVersions", []),
    )
