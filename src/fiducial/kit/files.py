"""Files that must outlive a power cut once they are spoken of, and what is left of those that never were."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

CUT_OFF_S = 24 * 3600  # nothing is written for so long


def to_disk(path: Path) -> None:
    """Have a file on the disk; a folder too, with the names that stand in it, where the system can."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        if path.is_dir():  # Windows opens no folder
            return
        raise
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def settle(draft: Path, target: Path) -> Path:
    """Put a finished file under its name, whole or not at all: on the disk first, then named. Give it."""
    to_disk(draft)
    draft.replace(target)
    to_disk(target.parent)
    return target


def put_whole(target: Path, content: bytes) -> Path:
    """Write a small file that is there whole or not at all, also over one that is there. Give it."""
    draft = target.with_name(f".{target.name}.tmp")
    draft.write_bytes(content)
    return settle(draft, target)


def keep(file: Path, content: bytes) -> None:
    """Write a file so that it is on the disk, with its name, when this comes back; its folder is made when it is missing.

    A row that names a file is committed durably: the file must not be younger than the row.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    to_disk(file)
    to_disk(file.parent)


def clear_cut_off(folder: Path, *beginnings: str) -> None:
    """Take away files and folders whose names begin so and that have not been touched for a day: whoever wrote them was killed.

    What is younger stays, for another machine may be writing it now.
    """
    for left in (path for beginning in beginnings for path in folder.glob(f"{beginning}*")):
        if time.time() - left.stat().st_mtime <= CUT_OFF_S:
            continue
        if left.is_dir():
            shutil.rmtree(left, ignore_errors=True)
        else:
            left.unlink(missing_ok=True)
