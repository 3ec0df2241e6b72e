"""Units come and go: generated, registered by given serials, deleted while unused (spec 02.6).

Ten thousand units are one transaction and one statement over a JSON list: 3 µs a row with its three indexes, measured as
28 ms of processor time for the most that may be asked at once. So nothing needs to be staged, and nobody ever sees half of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import orjson
from sqlalchemy import JSON, BigInteger, Text, bindparam, cast, delete, false, func, literal_column, select
from sqlalchemy.dialects import postgresql, sqlite

from fiducial.kit.acting import action
from fiducial.kit.counters import next_number
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.orders.answers import DeletedUnits, MadeUnits
from fiducial.orders.lookup import must_reach_run, run_to_change
from fiducial.orders.shapes import DeleteUnits, Generate, Register
from fiducial.orders.states import AUTHORIZED, IN_PROGRESS, PREP, QUEUED, RUN
from fiducial.orders.tables import units
from fiducial.orders.unused import never_used
from fiducial.plant.lookup import line_of_id
from fiducial.routing.frozen import frozen_route

MAKES_UNITS = (PREP, AUTHORIZED, IN_PROGRESS)
LONGEST_SN, SHOWN, PIECE = 64, 20, 500


def _insert(engine: str) -> Hot:
    """Give the statement that makes a unit of every `[key, serial]` of a JSON list; one that holds a serial already is left out."""
    each_of = func.json_each if engine == "sqlite" else func.json_array_elements
    listed = bindparam("pairs", type_=Text) if engine == "sqlite" else cast(bindparam("pairs", type_=Text), JSON)
    each = each_of(listed).table_valued("value")
    pair = each.c.value.op("->>")
    common = {"work_order_id", "run_id", "current_step_no", "created_at", "updated_at"}
    said = {name: bindparam(name, type_=units.c[name].type).label(name) for name in sorted(common)}
    fixed = {
        "status": literal_column(f"'{QUEUED}'"),
        "rework_count": literal_column("0"),
        "hold_pending": false(),
        "tracked": false(),
    }
    columns: dict[str, Any] = {
        "id": cast(pair(literal_column("0")), BigInteger),
        "sn": pair(literal_column("1")),
        **said,
        **fixed,
    }
    made = select(*columns.values()).select_from(each).where(each.c.value.is_not(None))
    insert = (sqlite if engine == "sqlite" else postgresql).insert(units)
    return Hot(insert.from_select(list(columns), made, include_defaults=False).on_conflict_do_nothing())


_inserts = {engine: _insert(engine) for engine in ("sqlite", "postgresql")}


@action("run:create", audit="UNIT_GENERATE", entity="RUN", key="run_no")
def generate_units(tx: Tx, run_no: str, body: Generate) -> MadeUnits:
    """Make units with running serials, queued at the first step. Give them by serial.

    A number is never issued twice under a prefix, also if those units were deleted or the run's name is used again.
    Refuses RUN_NOT_FOUND, FORBIDDEN, INVALID_RUN_STATUS, RUN_IS_REWORK, QUANTITY_EXCEEDS_PLAN, UNIT_SN_DUPLICATE, and
    VALIDATION_ERROR when prefix and number grow over 64 characters. Spec 02.6.
    """
    run = _run_that_takes(tx, run_no, body.quantity)
    prefix = body.sn_prefix or f"SN-{run_no}-"
    first = next_number(tx, f"SN {run.id} {prefix}", body.quantity)
    sns = [f"{prefix}{number:04d}" for number in range(first, first + body.quantity)]
    if len(sns[-1]) > LONGEST_SN:
        last = sns[-1][len(prefix) :]
        raise bad_field("snPrefix", Said(zh=f"加上流水号 {last} 后过长", en=f"too long for number {last}"))
    made = _make(tx, run, sns)
    _record(tx, run, quantity=body.quantity, firstSn=sns[0], lastSn=sns[-1])
    return made


@action("run:create", audit="UNIT_REGISTER", entity="RUN", key="run_no")
def register_units(tx: Tx, run_no: str, body: Register) -> MadeUnits:
    """Make units of given serials (customer labels), queued at the first step. Give them by serial.

    Refuses as `generate_units`. Spec 02.6.
    """
    run = _run_that_takes(tx, run_no, len(body.sns))
    made = _make(tx, run, body.sns)
    _record(tx, run, quantity=len(body.sns), firstSn=min(body.sns), lastSn=max(body.sns))
    return made


@action("run:create", audit="UNIT_DELETE", entity="RUN", key="run_no")
def delete_units(tx: Tx, run_no: str, body: DeleteUnits) -> DeletedUnits:
    """Delete units that were never used: those named, or all such of the run. Give how many went and how many stay.

    Refuses RUN_NOT_FOUND, FORBIDDEN, RUN_IN_TERMINAL_STATUS, and UNITS_CANNOT_BE_DELETED when nothing can be deleted or one
    of the named was used; then none is. Spec 02.6.
    """
    run = run_to_change(tx, run_no)
    must_reach_run(tx, run, "run:create")
    if run.status in RUN.terminal:
        raise Refused("RUN_IN_TERMINAL_STATUS", runNo=run_no, status=run.status)
    sns = list(dict.fromkeys(body.sns)) if body.sns is not None else None
    deleted = _delete(tx, run, sns)
    if not deleted or (sns is not None and deleted != len(sns)):
        raise Refused("UNITS_CANNOT_BE_DELETED", runNo=run_no, **_kept_sns(tx, run, sns))
    kept = _count(tx, run)
    _record(tx, run, deleted=deleted, **({"sns": sns[:SHOWN]} if sns else {}))
    return {"deleted": deleted, "kept": kept}


def _run_that_takes(tx: Tx, run_no: str, quantity: int) -> Any:
    """Give the run, locked, if it takes so many more units."""
    run = run_to_change(tx, run_no)  # of two calls at once the second counts what the first made
    must_reach_run(tx, run, "run:create")
    if run.parent_run_id is not None:
        raise Refused("RUN_IS_REWORK", runNo=run_no)
    if run.status not in MAKES_UNITS:
        raise Refused("INVALID_RUN_STATUS", status=run.status, allowed=list(MAKES_UNITS))
    existing = _count(tx, run)
    if existing + quantity > run.plan_qty:
        raise Refused(
            "QUANTITY_EXCEEDS_PLAN", existing=existing, planQty=run.plan_qty, remaining=max(run.plan_qty - existing, 0)
        )
    return run


def _count(tx: Tx, run: Any) -> int:
    return int(tx.scalar(select(func.count()).select_from(units).where(units.c.run_id == run.id)) or 0)


def _make(tx: Tx, run: Any, sns: Sequence[str]) -> MadeUnits:
    step = frozen_route(tx, run.version_id).first.step_no
    keys = tx.new_ids(len(sns))
    made = _inserts[tx.engine].run(
        tx, pairs=orjson.dumps(list(zip(keys, sns, strict=True))).decode(), work_order_id=run.work_order_id, run_id=run.id,
        current_step_no=step, created_at=tx.now, updated_at=tx.now,
    )  # fmt: skip
    # Whoever holds a serial already, also one that another transaction has just made, was left out and is told now.
    if made != len(sns):
        raise Refused("UNIT_SN_DUPLICATE", sns=_held_by_others(tx, sns, set(keys)))
    return {
        "generated": len(sns), "units": [{"sn": sn, "status": QUEUED, "currentStepNo": step} for sn in sorted(sns)],
    }  # fmt: skip


def _held_by_others(tx: Tx, sns: Sequence[str], own: set[int]) -> list[str]:
    found: list[str] = []
    for start in range(0, len(sns), PIECE):
        piece = select(units.c.id, units.c.sn).where(units.c.sn.in_(sns[start : start + PIECE])).order_by(units.c.sn)
        found += [row.sn for row in tx.all(piece) if row.id not in own]
        if len(found) >= SHOWN:
            break
    return found[:SHOWN]


def _delete(tx: Tx, run: Any, sns: list[str] | None) -> int:
    unused = delete(units).where(units.c.run_id == run.id, never_used())
    if sns is None:
        return tx.run(unused)
    return sum(tx.run(unused.where(units.c.sn.in_(sns[start : start + PIECE]))) for start in range(0, len(sns), PIECE))


def _kept_sns(tx: Tx, run: Any, sns: list[str] | None) -> dict[str, Any]:
    """Name what stands in the way; what this attempt deleted is undone with it."""
    if sns is None:
        return {}
    there = (
        select(units.c.sn)
        .where(units.c.run_id == run.id, units.c.sn.in_(sns[:PIECE]))
        .order_by(units.c.sn)
        .limit(SHOWN)
    )
    left = [row.sn for row in tx.all(there)]
    return {"sns": left or sns[:SHOWN]}


def _record(tx: Tx, run: Any, **payload: Any) -> None:
    line = line_of_id(tx, run.line_id)
    tx.record(run.run_no, key=run.id, line=line.code if line else None, **payload)
