"""No write on a disk that is nearly full (spec 13.6): the database is whole while it never meets the end of its disk."""

from __future__ import annotations

import shutil
from pathlib import Path

from fiducial.kit.refusals import Refused

READS = frozenset({"GET", "HEAD", "OPTIONS"})
ALWAYS = frozenset({
    "/api/auth/sign-in/email", "/api/auth/sign-in/badge", "/api/auth/sign-out",
})  # fmt: skip
NO_UPLOADS_BELOW = 10.0


class Storage:
    """The disk with the data, as it is at each write; asking it costs microseconds."""

    def __init__(self, folder: Path, stop_percent: float) -> None:
        self._folder, self._stop = folder, stop_percent

    def refusal(self, method: str, path: str, *, a_file: bool) -> Refused | None:
        """Give STORAGE_LOW for a write below `stop_percent` of free space, and for an upload below 10 %; None for what may go on."""
        if method in READS or path in ALWAYS:
            return None
        free = self._free_percent()
        if free is None or free >= (max(self._stop, NO_UPLOADS_BELOW) if a_file and self._stop else self._stop):
            return None
        return Refused("STORAGE_LOW", freePercent=round(free, 1))

    def _free_percent(self) -> float | None:
        try:
            usage = shutil.disk_usage(self._folder)
        except OSError:  # there is no such folder yet; the database tells what it lacks itself
            return None
        return usage.free * 100 / usage.total
