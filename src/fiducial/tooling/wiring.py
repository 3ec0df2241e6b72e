"""What tooling gives to rooms below and beside it, in the order in which it is asked; `app.py` puts it together."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from fiducial.kit.outbox import Listener
from fiducial.kit.tx import Tx
from fiducial.orders.states import RUN
from fiducial.people.ports import Subject
from fiducial.tooling import api, pages
from fiducial.tooling.assigning import free_when_run_ends
from fiducial.tooling.at_stations import CountTools, FixturesFit, StationEquipment
from fiducial.tooling.reading import bound_paste
from fiducial.tooling.reports import SuppliesHeld
from fiducial.tooling.sweeping import sweep_tools
from fiducial.tooling.tables import bindings, paste_lots
from fiducial.tooling.testing.at_stations import LatestTestFails, ProgramIsActive, TestIsThere
from fiducial.tooling.testing.programs import ProgramSubject

DOORS, PAGES, MENU, STATUSES = api.doors, pages.pages, pages.MENU, pages.STATUSES
SUPPLIES_HELD = SuppliesHeld()
SWEEP = sweep_tools
LISTENERS: tuple[tuple[str, Listener], ...] = tuple(
    (RUN.event_of(move), free_when_run_ends) for move in RUN if move.target in RUN.terminal
)
EQUIPMENT_GUARD = StationEquipment()
TRACK_IN_GUARDS = (FixturesFit(), ProgramIsActive())
VERDICTS = (LatestTestFails(),)
TRACK_OUT_GUARDS = (TestIsThere(),)
TRACK_OUT_EFFECTS = (CountTools(),)
SUBJECTS: tuple[Subject, ...] = (ProgramSubject(),)


class PasteOnLine:
    """Which paste is bound where, for the clocks of time rules."""

    def lots_on_line(self, tx: Tx, line_id: int) -> Sequence[str]:
        """Give the code of the lot bound to a line now, in a list of one or none."""
        lot = bound_paste(tx, line_id)
        return () if lot is None else (lot.code,)

    def lines_of_lot(self, tx: Tx, lot_code: str) -> Sequence[int]:
        """Give the line a lot is bound to now, in a list of one or none."""
        bound = (
            select(bindings.c.line_id)
            .join(paste_lots, paste_lots.c.id == bindings.c.paste_lot_id)
            .where(paste_lots.c.code == lot_code, bindings.c.unbound_at.is_(None))
        )
        return [row.line_id for row in tx.all(bound)]


PASTE_ON_LINE = PasteOnLine()
