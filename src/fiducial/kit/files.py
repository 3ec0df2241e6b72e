"""Files that must outlive a power cut once they are spoken of."""

from __future__ import annotations

import os
from pathlib import Path


def keep(file: Path, content: bytes) -> None:
    """Write a file so that it is on the disk, with its name, when this comes back; its folder is made when it is missing.

    A row that names a file is committed durably: the file must not be younger than the row.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    if os.name == "posix":  # the name too: it stands in the folder
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
