"""Filling the list of FAI templates (spec 01.7): one row for each item; the rows of a template are taken together and replace its items."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Annotated

from pydantic import Field
from sqlalchemy import select

from fiducial.kit.http.shapes import Body, Key, Name
from fiducial.kit.refusals import Said
from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.kit.tx import Tx
from fiducial.plant import words
from fiducial.plant.actions.templates import create_template, update_template
from fiducial.plant.changing import folded
from fiducial.plant.importers.coded import CODE, NAME, other_case
from fiducial.plant.profile_shapes import AppliesTo, NewTemplate, TemplateChange, TemplateItem
from fiducial.plant.shapes import ProcessType
from fiducial.plant.tables import fai_templates
from fiducial.sheets.importing import Importer, Judged, Outcome, acting_as

MOST_ITEMS = 200
OF_THE_TEMPLATE = ("name", "product_code", "process_type", "version")
UNLIKE = Said(zh="同一模板各行必须一致", en="must be the same in every row of a template")
TOO_MANY = Said(zh=f"检验项超过 {MOST_ITEMS} 个", en=f"it has more than {MOST_ITEMS} items")


class TemplateRow(Body):
    """One item of a template, as a row of a sheet."""

    code: Key
    name: Name
    product_code: Key
    process_type: ProcessType
    version: Name | None = None
    seq: Annotated[int, Field(ge=1, le=9999)]
    item_name: Annotated[str, Field(min_length=1, max_length=128)]
    item_spec: Annotated[str, Field(min_length=1, max_length=256)] | None = None
    required: bool = True
    applies_to: AppliesTo = "FAI"


def _judge(tx: Tx, bodies: Sequence[TemplateRow]) -> Iterator[Judged]:
    codes = {folded(body.code) for body in bodies}
    found = tx.all(
        select(fai_templates.c.code, fai_templates.c.code_folded).where(
            fai_templates.c.code_folded.in_(list(codes)[:5000])
        )
    )
    there = {row.code_folded: row.code for row in found}
    first: dict[str, TemplateRow] = {}
    counts: dict[str, int] = {}
    for at, body in enumerate(bodies):
        existing = there.get(folded(body.code))
        if existing is not None and existing != body.code:
            yield at, "code", other_case(existing)
        like = first.setdefault(body.code, body)
        for name, column in zip(OF_THE_TEMPLATE, ("name", "productCode", "processType", "version"), strict=True):
            if getattr(body, name) != getattr(like, name):
                yield at, column, UNLIKE
        counts[body.code] = counts.get(body.code, 0) + 1
        if counts[body.code] > MOST_ITEMS:
            yield at, "code", TOO_MANY


def _take(tx: Tx, bodies: Sequence[TemplateRow]) -> Outcome:
    head = bodies[0].model_dump(include={"code", *OF_THE_TEMPLATE})
    items = [TemplateItem(**body.model_dump(exclude={"code", *OF_THE_TEMPLATE})) for body in bodies]
    before = tx.first(select(fai_templates).where(fai_templates.c.code == bodies[0].code))
    if before is None:
        acting_as(tx, create_template, NewTemplate(**head, items=items))
        return "CREATED"
    after = acting_as(tx, update_template, before.code, TemplateChange(**head, items=items))
    return "UNCHANGED" if after["revision"] == before.revision else "UPDATED"


TEMPLATES = Importer(
    name="fai-templates", title=Text("FAI templates"), permission="quality:fai", shape=TemplateRow, page="fai-templates",
    key=lambda body: (body.code, body.seq), group=lambda body: body.code, judge=_judge, take=_take, judged_at_once=100_000,
    columns=(
        CODE, NAME, SheetColumn("productCode", Text("Product"), width=20), SheetColumn("processType", Text("Process type")),
        SheetColumn("version", Text("Version")), SheetColumn("seq", Text("No."), "whole", width=8),
        SheetColumn("itemName", Text("Inspection item"), width=32), SheetColumn("itemSpec", Text("Requirement"), width=32),
        SheetColumn("required", Text("Required"), "flag"), SheetColumn("appliesTo", Text("At"), "words", words.APPLIES_TO, width=24),
    ),
)  # fmt: skip
