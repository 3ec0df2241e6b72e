"""What the figures were taken on, and what a process holds of it."""

from __future__ import annotations

import os
import platform
import statistics
import tempfile
import time
from pathlib import Path

import apsw

ROOT = Path(__file__).resolve().parent.parent


def facts(folder: Path) -> str:
    """Give the machine in a line: cores, Python, SQLite, and what the disk asks for one durable write."""
    cores = os.cpu_count()
    version = f"Python {platform.python_version()}, SQLite {apsw.sqlite_lib_version()}"
    return f"{cores} cores, {version}, fsync {fsync_ms(folder):.2f} ms (median)"


def fsync_ms(folder: Path, tries: int = 50) -> float:
    """Give the median time of writing a page and having it on disk, in ms."""
    spent = []
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(tries):
            began = time.perf_counter()
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            spent.append((time.perf_counter() - began) * 1000)
    return statistics.median(spent)


def memory_mb(process: int) -> float:
    """Give the resident memory of a process and its children, in MB."""
    total = 0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines() if ":" in line)
        except OSError:
            continue
        if int(folder.name) == process or int(status["PPid"]) == process:
            total += int(status.get("VmRSS", "0 kB").split()[0])
    return total / 1024


def percentile(values: list[float], share: float) -> float:
    """Give a percentile of values that need not be sorted."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]


def cpu_seconds(process: int) -> float:
    """Give how long a process has used a core so far."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
