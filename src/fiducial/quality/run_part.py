"""What quality shows on a run's page (spec 14.2): first article, points, last piece, outgoing inspection, the MRB, rework runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from fiducial.kit import clock
from fiducial.kit.acting import query
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import must_reach_run, the_run
from fiducial.orders.ports import RunRow
from fiducial.orders.states import ON_HOLD, PREP, RUN
from fiducial.orders.tables import runs, units
from fiducial.quality.defects import open_of_run
from fiducial.quality.disposing.rework_runs import rework_run_shown
from fiducial.quality.inspections.gates import fai_gate, fqc_gate
from fiducial.quality.inspections.kinds import KINDS
from fiducial.quality.inspections.reading import all_of_run, newest_of, shown
from fiducial.quality.page_words import KIND_WORDS
from fiducial.quality.states import OQC
from fiducial.quality.tables import mrb_decisions
from fiducial.routing.frozen import frozen_route
from fiducial.web.pages import Pages, View

pages = Pages("quality")


class InspectionsPart:
    """The card of the inspections of a run, with the gates they answer for and what the MRB decided."""

    template = "quality/run_part.html"
    tab: str | None = None

    def label(self) -> str:
        """Give no name: it is no tab."""
        return ""

    def of_page(self, tx: Tx, run: RunRow, query: Mapping[str, str]) -> Mapping[str, Any] | None:  # noqa: ARG002
        """Give the inspections of the run, newest first, and what may be created; None where there is nothing of it."""
        waiting = open_of_run(tx, run.id)
        there = [one for kind in KINDS for one in all_of_run(tx, kind, run.id)]
        fai, fqc = fai_gate(tx, run), fqc_gate(tx, run)
        mrb = tx.first(select(mrb_decisions).where(mrb_decisions.c.run_id == run.id))
        children = tx.all(select(runs).where(runs.c.parent_run_id == run.id).order_by(runs.c.id))
        if (
            not there
            and not waiting
            and not fai["requiresFai"]
            and not fqc["requiresFqc"]
            and mrb is None
            and run.status in (PREP, *RUN.terminal)
        ):
            return None
        return {
            "run_no": run.run_no, "words": KIND_WORDS, "waiting": waiting,
            "inspections": there, "fai": fai, "fqc": fqc, "in_prep": run.status == PREP,
            "on_hold": run.status == ON_HOLD, "urgent": run.status == ON_HOLD, "over": run.status in RUN.terminal,
            "mrb": {
                "decision": mrb.decision, "reason": mrb.reason, "by": mrb.decided_by_name, "at": clock.to_wire(mrb.decided_at),
                "participants": mrb.participants or [],
            } if mrb is not None else None,
            "rework_runs": [rework_run_shown(tx, child) for child in children],
        }  # fmt: skip


@query("quality:disposition")
def mrb_dialog(tx: Tx, run_no: str, view: View) -> Mapping[str, Any]:  # noqa: ARG001 - every page gets its view
    """Give the form of the MRB's decision, with the failed inspection. Refuses RUN_NOT_FOUND, FORBIDDEN."""
    run = the_run(tx, run_no)
    must_reach_run(tx, run, "quality:disposition")
    oqc = newest_of(tx, run.id, OQC)
    count = select(func.count()).select_from(units).where(units.c.run_id == run.id)
    return {
        "run_no": run_no, "oqc": shown(oqc) if oqc is not None else None, "units": int(tx.scalar(count) or 0),
        "may_waive": tx.actor.holds("readiness:override"), "requires_fai": frozen_route(tx, run.version_id).requires_fai,
    }  # fmt: skip


pages.page("/runs/{runNo}/mrb", mrb_dialog, "quality/mrb_dialog.html")
