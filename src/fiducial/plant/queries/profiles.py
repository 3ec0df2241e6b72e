"""FAI templates and oven programs as they are read (spec 01.7)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Row, select

from fiducial.kit import ids
from fiducial.kit.acting import query
from fiducial.kit.listing import Listed, Listing, Page, one_of, part, yes_no
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.plant import ports
from fiducial.plant import profile_answers as answers
from fiducial.plant.queries.lines import PROCESS_TYPES
from fiducial.plant.tables import fai_templates, reflow_profiles

PROFILE_KINDS = ("REFLOW", "WAVE")
PROFILE_STATUSES = ("ACTIVE", "DEPRECATED", "ARCHIVED")
APPLIES_TO = ("FAI", "FQC", "BOTH")

PROFILES = Listing(
    filters={
        "search": part(reflow_profiles.c.code, reflow_profiles.c.name, reflow_profiles.c.program_name),
        "status": one_of(reflow_profiles.c.status, PROFILE_STATUSES),
    },
    sorts={
        "code": reflow_profiles.c.code, "name": reflow_profiles.c.name, "status": reflow_profiles.c.status,
        "createdAt": reflow_profiles.c.created_at, "updatedAt": reflow_profiles.c.updated_at,
    },
    default_sort="code.asc",
    key=reflow_profiles.c.id,
)  # fmt: skip
TEMPLATES = Listing(
    filters={
        "search": part(fai_templates.c.code, fai_templates.c.name, fai_templates.c.product_code),
        "productCode": part(fai_templates.c.product_code), "processType": one_of(fai_templates.c.process_type, PROCESS_TYPES),
        "isActive": yes_no(fai_templates.c.is_active),
    },
    sorts={
        "code": fai_templates.c.code, "name": fai_templates.c.name, "productCode": fai_templates.c.product_code,
        "createdAt": fai_templates.c.created_at, "updatedAt": fai_templates.c.updated_at,
    },
    default_sort="code.asc",
    key=fai_templates.c.id,
)  # fmt: skip


@query("route:read")
def list_profiles(tx: Tx, page: Page) -> Listed[answers.ReflowProfile]:
    """Give the oven programs, each version by itself."""
    return PROFILES.answer(tx, select(reflow_profiles), page, answers.profile_of)


@query("route:read")
def profile_detail(tx: Tx, profile_id: str) -> answers.ReflowProfile:
    """Give one version of an oven program. Refuses REFLOW_PROFILE_NOT_FOUND."""
    return answers.profile_of(profile_row(tx, profile_id))


def profile_row(tx: Tx, profile_id: str) -> Row[Any]:
    """Give a version of an oven program by its opaque id. Refuses REFLOW_PROFILE_NOT_FOUND."""
    key = ids.from_wire(profile_id)
    row = None if key is None else tx.first(select(reflow_profiles).where(reflow_profiles.c.id == key))
    if row is None:
        raise Refused("REFLOW_PROFILE_NOT_FOUND", profileId=profile_id)
    return row


@query("fai_template:read")
def list_templates(tx: Tx, page: Page) -> Listed[answers.FaiTemplate]:
    """Give the inspection templates, each with the number of its items."""
    return TEMPLATES.answer(tx, select(fai_templates), page, answers.template_of)


@query("fai_template:read")
def template_detail(tx: Tx, template_id: str) -> answers.FaiTemplate:
    """Give an inspection template, by id or code, with its items and the routings that bind it. Refuses FAI_TEMPLATE_NOT_FOUND."""
    return template_shown(tx, template_row(tx, template_id))


def template_shown(tx: Tx, row: Row[Any]) -> answers.FaiTemplate:
    """Give an inspection template with its items."""
    answer = answers.template_of(row)
    answer["items"] = row.items
    answer["boundByRoutings"] = ports.template_routings(tx, row.code)
    return answer


def template_row(tx: Tx, id_or_code: str) -> Row[Any]:
    """Give an inspection template by id or code. Refuses FAI_TEMPLATE_NOT_FOUND."""
    row = tx.first(select(fai_templates).where(fai_templates.c.code == id_or_code))
    if row is None and (key := ids.from_wire(id_or_code)) is not None:
        row = tx.first(select(fai_templates).where(fai_templates.c.id == key))
    if row is None:
        raise Refused("FAI_TEMPLATE_NOT_FOUND", templateId=id_or_code)
    return row
