"""The paper forms as gates read them. A form that this version does not have holds no record, so what it would prove is missing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from fiducial.forms import reading
from fiducial.forms.reading import RecordRow
from fiducial.forms.tables import TABLES
from fiducial.kit.tx import Tx
from fiducial.readiness.items import Case


def made_of(row: RecordRow) -> int | None:
    """Give the key of a record that was made at the instant it tells of; None for a correction, which tells of an instant before it."""
    return None if row.corrects_id else int(row.id)


def newest(tx: Tx, form_key: str, **values: Any) -> RecordRow | None:
    """Give the newest record whose columns have these values, None when there is none."""
    return reading.newest(tx, form_key, **values) if form_key in TABLES else None


def newest_for_run(tx: Tx, form_key: str, run: Any, *, placeless: bool = False, **values: Any) -> RecordRow | None:
    """Give the newest record of the run, else one of its line without a run, else (`placeless`) one without run and line."""
    return reading.newest_for_run(tx, form_key, run, placeless=placeless, **values) if form_key in TABLES else None


def used_elsewhere_since(tx: Tx, case: Case, stencil: str, at: int) -> int | None:
    """Give when a check of the stencil for another run was last recorded after an instant, None when never."""
    t = TABLES["stencil_usage"].c
    found = reading.newest(tx, "stencil_usage", t.run_id != case.run.id, t.happened_at > at, stencil_id=stencil)
    return None if found is None else int(found.happened_at)


def in_use(tx: Tx, case: Case, form_key: str, column: str) -> Sequence[RecordRow]:
    """Give the newest record of each tool: of the run; else, without a run, of its line.

    Of the line only those that are not too old count, or, when all are, the newest: what was on the line last year and never
    came back does not stop a run.
    """
    rows = reading.newest_of_each(tx, form_key, column, case.run) if form_key in TABLES else []
    if not rows or rows[0].run_id is not None:
        return rows
    fresh = [row for row in rows if case.age_ends(row.happened_at, made=made_of(row)) > case.now]
    return fresh or [max(rows, key=lambda row: int(row.happened_at))]


def inspection_since(tx: Tx, equipment_codes: Sequence[str], since: int) -> RecordRow | None:
    """Give the newest inspection of any of the machines since an instant, None when there is none (spec 10.4.8)."""
    if "equipment_inspection" not in TABLES:
        return None
    t = TABLES["equipment_inspection"].c
    return reading.newest(
        tx, "equipment_inspection", t.happened_at >= since, t.equipment_code.in_(list(equipment_codes))
    )
