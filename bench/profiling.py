"""Where a server spends its time: py-spy looks at it a hundred times a second from outside, and what it saw is told by function."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

RATE = 100
MOST = 20
# Where a thread waits for work. What waits for an answer of PostgreSQL is counted: it is a part of what somebody asked for.
WAITING = (
    "Intake.take (",
    "Condition.wait (",
    "Event.wait (",
    "SimpleQueue.get (",
    "Runner.run (",
    "_worker (concurrent/",
)
FRAME = re.compile(r"(?P<name>.+) \((?P<file>[^()]+?)(?::\d+)?\)$")


class Recording:
    """A recording that goes on for so many seconds."""

    def __init__(self, process: int, seconds: float, folder: Path) -> None:
        self._raw = folder / "stacks.txt"
        command = [
            str(Path(sys.executable).parent / "py-spy"), "record", "--pid", str(process), "--duration", str(max(1, round(seconds))),
            "--rate", str(RATE), "--format", "raw", "--threads", "--output", str(self._raw),
        ]  # fmt: skip
        self._spy = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

    def told(self) -> dict[str, Any]:
        """Wait for its end; give the shares of threads and functions."""
        said, _ = self._spy.communicate(timeout=120)
        if self._spy.returncode or not self._raw.exists():
            raise SystemExit(f"py-spy could not record the server: {said.strip()[-400:]}")
        return shares(self._raw.read_text())


def shares(raw: str) -> dict[str, Any]:
    """Give of stacks (`frame;frame;frame count`) the share of each thread, and of each function alone and with what it calls."""
    threads, own, whole = Counter[str](), Counter[str](), Counter[str]()
    for line in raw.splitlines():
        stack, _, count = line.rpartition(" ")
        frames = [named for frame in stack.split(";") if (named := _function(frame))]
        if not frames or frames[-1].startswith(WAITING):
            continue
        threads[_thread(stack.split(";")[0])] += int(count)
        own[frames[-1]] += int(count)
        for frame in set(frames):
            whole[frame] += int(count)
    total = sum(own.values()) or 1
    ours = Counter({name: count for name, count in whole.items() if "(fiducial/" in name})
    return {
        "samples": total, "rate": RATE,
        "threads": {name: count / total for name, count in threads.most_common(8)},
        "own": {name: count / total for name, count in own.most_common(MOST)},
        "withCalls": {name: count / total for name, count in ours.most_common(MOST)},
    }  # fmt: skip


def _function(frame: str) -> str:
    found = FRAME.match(frame)
    if found is None or frame.startswith("thread"):
        return ""
    file = found["file"]
    for root in ("/site-packages/", "/src/", "/lib/"):
        file = file.rpartition(root)[2]
    return f"{found['name']} ({file})"


def _thread(frame: str) -> str:
    """Give the name of a thread without its number: the lanes of one kind are one."""
    name = re.sub(r"^thread \([^)]*\):? ?", "", frame).strip()
    return re.sub(r"[-_]?\d+.*$", "", name) or "other"
