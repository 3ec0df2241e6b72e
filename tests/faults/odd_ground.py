"""The program on odd ground: `python tests/faults/odd_ground.py serve`, with what is odd in the environment.

`ODD_DISK_BOOK` names a file in which every write and every sync of the database's files is noted, in their order, for
`power_cut.py` to play back. `ODD_SYNC_MS` names a file whose eight bytes say how long a sync takes. `ODD_CLOCK_MS` names one
whose eight bytes say how far the clock is off. `ODD_PATIENCE_S` is how long the program waits for a request.
The files may change while the program runs.

The noting is done by a VFS between SQLite and the system, as SQLite's own crash tests do it: what SQLite asks of the
disk is seen whole, and nothing else touches these files. Only the shared-memory index is not seen; it is made anew after a crash.
"""

from __future__ import annotations

import mmap
import os
import struct
import sys
import threading
import time
from pathlib import Path
from typing import Any

import apsw

WRITE, SYNC, TRUNCATE, DELETE = range(4)
HEAD = struct.Struct("<BHQI")  # what, length of the name, offset or size, length of the data


class Dial:
    """A whole number in a file, which somebody outside turns."""

    def __init__(self, path: str) -> None:
        with Path(path).open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 8)

    @property
    def value(self) -> int:
        return int(struct.unpack("<q", self._memory[:8])[0])


def turn(path: Path, value: int) -> None:
    """Turn a dial; make it when it is not there."""
    path.touch()
    with path.open("r+b") as file:
        file.write(struct.pack("<q", value))


class Book:
    """Where the disk's acts are noted."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock = threading.Lock()

    def note(self, what: int, name: str, place: int = 0, data: bytes = b"") -> None:
        said = name.encode()
        with self._lock:
            os.write(self._file, HEAD.pack(what, len(said), place, len(data)) + said + data)


class File(apsw.VFSFile):
    """A file whose writes are noted and whose syncs take their time."""

    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        super().__init__("unix", name, flags)
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self._disk, self._name = disk, Path(path).name if path else ""

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - named by SQLite
        super().xWrite(data, offset)
        self._note(WRITE, offset, bytes(data))

    def xTruncate(self, size: int) -> None:  # noqa: N802 - named by SQLite
        super().xTruncate(size)
        self._note(TRUNCATE, size)

    def xSync(self, flags: int) -> None:  # noqa: N802 - named by SQLite
        if self._disk.slow is not None:
            time.sleep(self._disk.slow.value / 1000)
        super().xSync(flags)
        self._note(SYNC)

    def _note(self, what: int, place: int = 0, data: bytes = b"") -> None:
        if self._disk.book is not None and self._name:
            self._disk.book.note(what, self._name, place, data)


class Disk(apsw.VFS):
    """The disk of the system, looked at."""

    def __init__(self) -> None:
        super().__init__("odd", "unix", makedefault=True)
        self.book = Book(os.environ["ODD_DISK_BOOK"]) if "ODD_DISK_BOOK" in os.environ else None
        self.slow = Dial(os.environ["ODD_SYNC_MS"]) if "ODD_SYNC_MS" in os.environ else None

    def xOpen(self, name: Any, flags: list[int]) -> File:  # noqa: N802 - named by SQLite
        return File(self, name, flags)

    def xDelete(self, name: str, syncdir: bool) -> None:  # noqa: N802 - named by SQLite
        super().xDelete(name, syncdir)
        if self.book is not None:
            self.book.note(DELETE, Path(name).name, int(syncdir))


def set_the_clock() -> None:
    """Let the program's clock be off by what the dial says; it is the one clock that the program asks (kit/clock)."""
    dial, right = Dial(os.environ["ODD_CLOCK_MS"]), time.time_ns
    time.time_ns = lambda: right() + dial.value * 1_000_000


def main() -> None:
    """Lay the ground and run the program's own command."""
    if {"ODD_DISK_BOOK", "ODD_SYNC_MS"} & set(os.environ):
        globals()["_disk"] = Disk()
    if "ODD_CLOCK_MS" in os.environ:
        set_the_clock()
    from fiducial.cli import app
    from fiducial.kit.http import patience

    if "ODD_PATIENCE_S" in os.environ:
        patience.SLOWEST_HEAD_S = patience.SLOWEST_REQUEST_S = float(os.environ["ODD_PATIENCE_S"])

    app()


if __name__ == "__main__":
    sys.path.pop(0)  # the folder of this file, which is no part of the program
    main()
