"""Records as gates and traces read them (spec 03.6): the newest of a run, else of its line, else of neither. Voided ones never count.

A record is a row of its form's table (`TABLES[key]`, columns as in `forms/common.py` plus the form's own, in snake_case).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, select

from fiducial.forms.tables import TABLES
from fiducial.kit.tx import Tx

RecordRow = Row[Any]


def newest(tx: Tx, form_key: str, *conditions: Any, **values: Any) -> RecordRow | None:
    """Give the newest record (by the form's time) whose columns have these values, None when there is none.

    A value of None asks for a column that is empty: `run_id=None` is "without a run". The result plays no part unless it is asked for.
    """
    t = TABLES[form_key].c
    equal = [t[name].is_(None) if value is None else t[name] == value for name, value in values.items()]
    wanted = select(TABLES[form_key]).where(t.voided.is_(False), *equal, *conditions)
    return tx.first(wanted.order_by(t.happened_at.desc(), t.id.desc()).limit(1))


def newest_for_run(tx: Tx, form_key: str, run: Any, *, placeless: bool = False, **values: Any) -> RecordRow | None:
    """Give the newest record of the run, else one of its line without a run, else (`placeless`) one without run and line."""
    found = newest(tx, form_key, run_id=run.id, **values)
    if found is None:
        found = newest(tx, form_key, run_id=None, line_id=run.line_id, **values)
    return newest(tx, form_key, run_id=None, line_id=None, **values) if found is None and placeless else found


def newest_of_each(tx: Tx, form_key: str, column: str, run: Any) -> list[RecordRow]:
    """Give the newest record of each thing named in `column`: those of the run; when the run has none, those of its line without a run."""
    table = TABLES[form_key]
    t = table.c
    for place in ((t.run_id == run.id,), (t.run_id.is_(None), t.line_id == run.line_id)):
        rows = tx.all(
            select(table).where(t.voided.is_(False), *place).order_by(t.happened_at.desc(), t.id.desc()).limit(500)
        )
        newest_first: dict[Any, RecordRow] = {}
        for row in rows:
            newest_first.setdefault(row._mapping[column], row)
        if newest_first:
            return list(newest_first.values())
    return []


def bake_for_run(
    tx: Tx, run: Any, *, product_code: str, process: str, lots: Sequence[tuple[str, str]] = ()
) -> RecordRow | None:
    """Give the bake that qualifies (spec 03.6 PREP_BAKE): of the run; else, without a run, of the product; else of a lot (material, lot) loaded."""
    t = TABLES["bake"].c
    found = newest(tx, "bake", run_id=run.id, bake_process=process)
    if found is None:
        found = newest(tx, "bake", run_id=None, item_code=product_code, bake_process=process)
    for material_code, lot_no in () if found is not None else lots:
        found = newest(tx, "bake", t.material_code == material_code, t.lot_no == lot_no, bake_process=process)
        if found is not None:
            break
    return found


def jar_of(tx: Tx, lot_id: str) -> RecordRow | None:
    """Give the record of a jar of solder paste: `step` says where it stands, `issued_at`, `run_id` and `line_id` of its last issue."""
    return newest(tx, "solder_paste", lot_id=lot_id)


def records_of_run(tx: Tx, form_key: str, run_id: int) -> Sequence[RecordRow]:
    """Give all records of a run that are not voided, oldest first."""
    t = TABLES[form_key].c
    return tx.all(select(TABLES[form_key]).where(t.run_id == run_id, t.voided.is_(False)).order_by(t.happened_at, t.id))


def records_of_line(tx: Tx, form_key: str, line_id: int, *, since: int, until: int) -> Sequence[RecordRow]:
    """Give the records of a line between two instants that are not voided, oldest first."""
    t = TABLES[form_key].c
    of_then = (t.line_id == line_id, t.happened_at >= since, t.happened_at <= until, t.voided.is_(False))
    return tx.all(select(TABLES[form_key]).where(*of_then).order_by(t.happened_at, t.id).limit(1000))


def reasons_of(row: RecordRow) -> list[Mapping[str, Any]]:
    """Give why a record was judged FAIL: `code`, `field`, `zh`, `en` of each reason."""
    return list(row.result_reasons)
