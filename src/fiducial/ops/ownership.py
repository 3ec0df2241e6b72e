"""One process owns a SQLite file (spec 13.3): two writers on one file would each believe their lane to be the only one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fiducial.ops.environment import Environment

if sys.platform != "win32":
    import fcntl


class OwnedElsewhere(Exception):
    """Another process owns the database (exit code 7)."""


@contextmanager
def own_database(environment: Environment) -> Iterator[None]:
    """Own the file until the block ends. Raises `OwnedElsewhere`, naming the process, when another does.

    The lock is the kernel's: it ends with the process, however that ends, so no stale lock stops a start.
    """
    if not environment.on_sqlite or sys.platform == "win32":
        yield
        return
    path = Path(environment.database_path + ".lock")
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            file.seek(0)
            holder = file.read().strip() or "unknown"
            message = f"process {holder} owns {environment.database_path}; stop it first"
            raise OwnedElsewhere(message) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
