"""The writes of FAI templates (首件检验模板, spec 01.7). A compiled version carries a copy, so no change here reaches a run by itself."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused, changed_fields
from fiducial.kit.tx import Tx
from fiducial.plant import ports
from fiducial.plant import profile_answers as answers
from fiducial.plant.changing import add_coded, must_be_fresh, must_keep_code, save
from fiducial.plant.profile_shapes import NewTemplate, TemplateChange, TemplateItem
from fiducial.plant.queries.profiles import template_row, template_shown
from fiducial.plant.tables import fai_templates


@action("quality:fai", audit="FAI_TEMPLATE_CREATE", entity="FAI_TEMPLATE")
def create_template(tx: Tx, body: NewTemplate) -> answers.FaiTemplate:
    """Make an inspection template. Refuses FAI_TEMPLATE_CODE_EXISTS, FAI_TEMPLATE_ITEM_SEQ_DUPLICATE."""
    key = add_coded(
        tx, fai_templates, "FAI_TEMPLATE_CODE_EXISTS", code=body.code, name=body.name, product_code=body.product_code,
        process_type=body.process_type, version=body.version, is_active=body.is_active, revision=1, items=_items(body.items),
    )  # fmt: skip
    tx.record(body.code, key=key, items=len(body.items))
    return template_shown(tx, template_row(tx, body.code))


@action("quality:fai", audit="FAI_TEMPLATE_UPDATE", entity="FAI_TEMPLATE", key="template_id")
def update_template(tx: Tx, template_id: str, body: TemplateChange) -> answers.FaiTemplate:
    """Change an inspection template; each change adds 1 to its revision, and the routings that bind it need a compile.

    Refuses FAI_TEMPLATE_ITEM_SEQ_DUPLICATE, STALE_UPDATE.
    """
    key, given = template_row(tx, template_id).id, body.given()
    row = tx.one(select(fai_templates).where(fai_templates.c.id == key).with_for_update())
    before = template_shown(tx, row)
    must_keep_code(given.pop("code", None), row.code)
    must_be_fresh(given.pop("if_updated_at", None), row.updated_at, lambda: before)
    if "items" in given:
        given["items"] = _items(given["items"])
    if all(getattr(row, name) == value for name, value in given.items()):
        tx.record(row.code, key=key)
        return before
    after = template_shown(tx, save(tx, fai_templates, row, {**given, "revision": row.revision + 1}))
    ports.template_changed(tx, row.code)
    changes = [change for change in changed_fields(before, after) if change["path"] != "updatedAt"]
    tx.record(row.code, key=key, changes=changes)
    return after


def _items(items: Sequence[TemplateItem]) -> list[dict[str, Any]]:
    """Give the items by seq, as they are kept. Refuses FAI_TEMPLATE_ITEM_SEQ_DUPLICATE."""
    numbers = [item.seq for item in items]
    twice = sorted({seq for seq in numbers if numbers.count(seq) > 1})
    if twice:
        raise Refused("FAI_TEMPLATE_ITEM_SEQ_DUPLICATE", seqs=twice)
    return [item.model_dump(by_alias=True) for item in sorted(items, key=lambda item: item.seq)]
