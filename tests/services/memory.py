"""A folder in memory for what a test run writes and nobody keeps: on a slow disk it is most of the run's time.

Copying a database of PostgreSQL took 0.45 s on a busy disk and 0.015 s in memory; an SQLite commit waits for its sync.
What is about the disk itself (`postgres_server(durable=True)`, the measurements) stays on the disk.
"""

import os
import shutil
from pathlib import Path

MEMORY = Path("/dev/shm")
ENOUGH = 4 << 30


def in_memory() -> Path | None:
    """Linux's file system in memory, where there is one with room that we may write to; None elsewhere."""
    if MEMORY.is_mount() and os.access(MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(MEMORY).free > ENOUGH:
        return MEMORY
    return None
