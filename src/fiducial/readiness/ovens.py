"""Which program an oven runs, as PREP_PROGRAM reads it (spec 03.6): by its paper record (10.4.9) or a usage told by a machine or a page (01.7).

Both count alike, the newest decides. What was recorded for another run is no evidence (R10), but it does end what was
recorded for the line before it: the oven ran something else since.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, or_, select

from fiducial.execution.oven_tables import usages
from fiducial.forms.tables import TABLES
from fiducial.kit import clock, ids
from fiducial.kit.tx import Tx
from fiducial.readiness.items import Case
from fiducial.readiness.papers import newest
from fiducial.readiness.worn import record_evidence

OVEN = "oven_program"


@dataclass(frozen=True, slots=True)
class Ran:
    """A program that an oven was told to run: when (ms), by whose record, and what was measured."""

    record_id: int
    at: int
    program: str
    peak: float | None
    seconds: float | None
    evidence: dict[str, Any]


def program_of(tx: Tx, case: Case, step_no: int) -> Ran | None:
    """Give the newest program of a step of the run; else that of its line without a run, unless another was recorded since."""
    of_run = [ran for ran in (_paper(tx, case, step_no), _usage(tx, case, step_no)) if ran is not None]
    if of_run:
        return max(of_run, key=lambda ran: (ran.at, ran.record_id))
    row = newest(tx, OVEN, run_id=None, line_id=case.line.id)
    return None if row is None or _changed_since(tx, case, row) else _of_paper(case, row)


def _paper(tx: Tx, case: Case, step_no: int) -> Ran | None:
    t = TABLES[OVEN].c
    mine = (t.run_id == case.run.id, t.voided.is_(False), or_(t.step_no == step_no, t.step_no.is_(None)))
    row = tx.first(select(TABLES[OVEN]).where(*mine).order_by(t.happened_at.desc(), t.id.desc()).limit(1))
    return None if row is None else _of_paper(case, row)


def _of_paper(case: Case, row: Row[Any]) -> Ran:
    evidence = record_evidence(row, run_id=case.run.id)
    return Ran(row.id, row.happened_at, row.program_name, row.peak_temp, None, evidence)


def _usage(tx: Tx, case: Case, step_no: int) -> Ran | None:
    mine = (usages.c.run_id == case.run.id, or_(usages.c.step_no == step_no, usages.c.step_no.is_(None)))
    row = tx.first(select(usages).where(*mine).order_by(usages.c.used_at.desc(), usages.c.id.desc()).limit(1))
    if row is None:
        return None
    evidence = {
        "source": "SYSTEM" if row.created_by is not None else "AUTO", "recordId": ids.to_wire(row.id), "recordNo": row.actual_program,
        "evidenceAt": clock.to_wire(row.used_at), "matchedBy": "RUN", "actorId": ids.wire_or_none(row.created_by),
        "actorName": row.created_by_name,
    }  # fmt: skip
    return Ran(row.id, row.used_at, row.actual_program, row.actual_peak, row.actual_time, evidence)


def _changed_since(tx: Tx, case: Case, row: Row[Any]) -> bool:
    """Tell whether the oven of the line was told another program after a record, for whatever run."""
    t, program = TABLES[OVEN].c, row.program_name.strip()
    on_paper = select(t.id).where(
        t.line_id == case.line.id, t.voided.is_(False), t.happened_at > row.happened_at, func.trim(t.program_name) != program
    )  # fmt: skip
    told = select(usages.c.id).where(
        usages.c.line_id == case.line.id, usages.c.used_at > row.happened_at, func.trim(usages.c.actual_program) != program
    )  # fmt: skip
    return tx.first(on_paper.limit(1)) is not None or tx.first(told.limit(1)) is not None
