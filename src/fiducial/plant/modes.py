"""Modes of other systems (spec 08.1): AUTO, or MANUAL while a system is away and people say what it would have said.

A mode is the plant's or one line's; the line's wins. One whose end has passed counts as AUTO at once, also before the
sweep has written so.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.plant.reported import AUTO, MANUAL
from fiducial.plant.state_tables import PLANT_WIDE, system_modes

SYSTEMS = ("ERP", "TPM", "WMS", "STENCIL", "SOLDER_PASTE", "SPI", "AOI", "DEVICE")
PLANT_WIDE_ONLY = ("ERP", "DEVICE")
HELD_BY_MODE = "SYSTEM_MODE_MANUAL"

_in_force = Hot(
    select(system_modes.c.mode, system_modes.c.until)
    .where(system_modes.c.system == bindparam("system"), system_modes.c.line_key.in_((PLANT_WIDE, bindparam("line"))))
    .order_by(system_modes.c.line_key.desc())
)  # fmt: skip


def mode_of(tx: Tx, system: str, line_id: int | None) -> str:
    """Give the mode in force of a system for a line, or for the plant with None."""
    for row in _in_force.all(tx, system=system, line=line_id or PLANT_WIDE):
        return now_is(tx, row)
    return AUTO


def now_is(tx: Tx, row: Any) -> str:
    """Give the mode a row means now: one whose time is over means AUTO."""
    return AUTO if row.until is not None and row.until <= tx.now else str(row.mode)


def is_manual(tx: Tx, system: str, line_id: int | None) -> bool:
    """Tell whether people speak for a system on a line."""
    return mode_of(tx, system, line_id) == MANUAL
