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


class HalfRestored(Exception):
    """A restore was cut off: what lies there is neither the old database nor the new one (exit code 3)."""


def restoring_note(database: Path) -> Path:
    """Give where a restore says, for as long as it lasts, that it is at work."""
    return database.with_name("restoring.json")


@contextmanager
def own_database(environment: Environment) -> Iterator[None]:
    """Own the file until the block ends, to work on it. Raises `OwnedElsewhere`, naming the process, when another does, and `HalfRestored`."""
    with own_file(environment):
        if environment.on_sqlite and (note := restoring_note(Path(environment.database_path))).is_file():
            raise HalfRestored(
                f"a restore was cut off ({note}): run `fiducial restore` once more; what was there before lies in before-restore-…"
            )
        yield


@contextmanager
def own_file(environment: Environment) -> Iterator[None]:
    """Own the file until the block ends, to put another in its place. Raises `OwnedElsewhere`.

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
