"""How much of a disk is free, and what is refused when little is (spec 13.6)."""

from __future__ import annotations

import shutil
from pathlib import Path

from fiducial.kit.refusals import Refused

NO_LOADS_BELOW = 10.0
"""Percent free below which no file is taken and no demo is loaded."""


def free_percent(folder: Path) -> float | None:
    """Give how much of the disk with a folder is free, in percent; None while there is no such folder."""
    try:
        usage = shutil.disk_usage(folder)
    except OSError:  # there is no such folder yet; the database tells what it lacks itself
        return None
    return usage.free * 100 / usage.total


def demand_room(folder: Path) -> None:
    """Refuse STORAGE_LOW when less than a tenth of the disk is free: for what writes much at once."""
    free = free_percent(folder)
    if free is not None and free < NO_LOADS_BELOW:
        raise Refused("STORAGE_LOW", freePercent=round(free, 1))
