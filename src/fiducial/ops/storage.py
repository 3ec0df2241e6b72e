"""No write on a disk that is nearly full (spec 13.6): the database is whole while it never meets the end of its disk."""

from __future__ import annotations

from pathlib import Path

from fiducial.kit.disk import NO_LOADS_BELOW, free_percent
from fiducial.kit.refusals import Refused
from fiducial.kit.text import _

READS = frozenset({"GET", "HEAD", "OPTIONS"})
ALWAYS = frozenset({
    "/api/auth/sign-in/email", "/api/auth/sign-in/badge", "/api/auth/sign-out",
})  # fmt: skip
LOADS = frozenset({"/api/system/demo-seed"})
WATCHES = frozenset({"system:ops"})


class Storage:
    """The disk with the data, as it is at each write; asking it costs microseconds. Percentages are of free space."""

    def __init__(self, folder: Path, stop_percent: float, warn_percent: float = 0.0) -> None:
        self._folder, self._stop, self._warn = folder, stop_percent, warn_percent

    def refusal(self, method: str, path: str, *, a_file: bool) -> Refused | None:
        """Give STORAGE_LOW for a write below `stop_percent`, and for an upload or a load of the demo below 10 %; None for what may go on."""
        if method in READS or path in ALWAYS:
            return None
        free = free_percent(self._folder)
        much = a_file or path in LOADS
        if free is None or free >= (max(self._stop, NO_LOADS_BELOW) if much and self._stop else self._stop):
            return None
        return Refused("STORAGE_LOW", freePercent=round(free, 1))

    def takes_work(self) -> bool:
        """Tell whether timers and jobs may write: not below `stop_percent`."""
        free = free_percent(self._folder)
        return free is None or free >= self._stop

    def banner(self, held: frozenset[str]) -> str:
        """Give what every page says of the disk: to everybody when nothing is recorded any more, before that to whoever runs the system."""
        free = free_percent(self._folder)
        if free is None or free >= max(self._warn, self._stop):
            return ""
        percent = f"{free:.1f}"
        if free < self._stop:
            return _(
                "The disk is full (%(percent)s %% free): nothing is recorded any more. Call whoever runs the system."
            ) % {"percent": percent}
        if held & WATCHES:
            return _(
                "The disk is nearly full (%(percent)s %% free). Make room before nothing can be recorded any more."
            ) % {"percent": percent}
        return ""
