"""A clock that was waived in its own room: its item of the newest FORMAL check becomes WAIVED too (spec 04.9, 03.7.1)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import or_, select, update

from fiducial.kit import clock as instants
from fiducial.kit import ids
from fiducial.kit.tx import Tx
from fiducial.orders.states import PREP
from fiducial.orders.tables import runs
from fiducial.plant.lookup import line_of_id
from fiducial.readiness.checks import FORMAL, newest
from fiducial.readiness.config import config_of
from fiducial.readiness.evaluate import FAILED, PASSED, WAIVED
from fiducial.readiness.tables import checks, items
from fiducial.timers import ports
from fiducial.timers.reading import PASTE

TIME_RULE = "TIME_RULE"


class ClockWaivers:
    """What time rules ask of readiness when somebody waives a clock."""

    def clock_waived(self, tx: Tx, clock: Any, reason: str) -> None:
        """Set the item of the clock WAIVED in the newest FORMAL check of each run in preparation that it concerns."""
        lines = ports.paste().lines_of_lot(tx, clock.entity_id) if clock.entity_type == PASTE else ()
        concerned = select(runs).where(
            or_(runs.c.id == clock.run_id, runs.c.line_id.in_(list(lines))), runs.c.status == PREP
        )
        for run in tx.all(concerned.order_by(runs.c.id).with_for_update()):
            check = newest(tx, run.id, FORMAL)
            if check is not None:
                self._mark(tx, check, clock, reason)

    @staticmethod
    def _mark(tx: Tx, check: Any, clock: Any, reason: str) -> None:
        of_check = select(items).where(
            items.c.check_id == check.id, items.c.item_type == TIME_RULE, items.c.status == FAILED
        )
        mine = [item for item in tx.all(of_check) if item.evidence.get("recordId") == ids.to_wire(clock.id)]
        for item in mine:
            waived = {
                "waivedBy": ids.wire_or_none(tx.actor.id), "waivedByName": tx.actor.name, "waivedAt": instants.to_wire(tx.now),
                "waiveReason": reason,
            }  # fmt: skip
            tx.run(
                update(items)
                .where(items.c.id == item.id)
                .values(status=WAIVED, evidence=item.evidence | {"waived": waived})
            )
        if mine:
            status = PASSED if check.failed == len(mine) else check.status
            counts = {"failed": check.failed - len(mine), "waived": check.waived + len(mine), "status": status}
            tx.run(update(checks).where(checks.c.id == check.id).values(counts))

    def four_eyes(self, tx: Tx, line_id: int | None) -> bool:
        """Tell whether who made the clock start may not waive it, by the setting of the line's gate."""
        line = line_of_id(tx, line_id) if line_id is not None else None
        return line is None or bool(config_of(tx, line.id, line.process_type).settings(TIME_RULE)["fourEyes"])
