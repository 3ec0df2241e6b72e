"""Look up known faults of the locked packages: exit 0 none is known, 1 some are, 3 not every package could be looked up.

A network that does not answer, or a registry that knows the package and not its faults, is told loudly and is no "none found".
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BIN = ROOT / ".venv" / "bin"
PATIENCE_S = 300
NONE, FOUND, NOT_LOOKED_UP = 0, 1, 3


@dataclass
class Looked:
    """What was found of one kind of packages."""

    kind: str
    asked: int = 0
    faults: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    """What could not be looked up, and why."""


def python_packages(told: str) -> Looked:
    """Read what pip-audit told as JSON."""
    looked = Looked("Python")
    try:
        packages: list[dict[str, Any]] = json.loads(told)["dependencies"]
    except (ValueError, KeyError, TypeError):
        looked.unknown.append("all: pip-audit gave no answer")
        return looked
    for package in packages:
        if "skip_reason" in package:
            looked.unknown.append(f"{package['name']}: {package['skip_reason']}")
            continue
        looked.asked += 1
        for fault in package.get("vulns", ()):
            mended = ", ".join(fault.get("fix_versions", ())) or "nothing yet"
            looked.faults.append(f"{package['name']} {package['version']}: {fault['id']}, mended in {mended}")
    return looked


def page_packages(told: str) -> Looked:
    """Read what `npm audit` told as JSON. Faults of less than moderate weight are left out."""
    looked = Looked("npm")
    try:
        answer: dict[str, Any] = json.loads(told)
        looked.asked = int(answer["metadata"]["dependencies"]["total"])
    except (ValueError, KeyError, TypeError):
        looked.unknown.append("all: npm audit gave no answer")
        return looked
    for name, fault in answer.get("vulnerabilities", {}).items():
        if fault.get("severity") in ("moderate", "high", "critical"):
            looked.faults.append(f"{name} {fault.get('range', '')}: {fault['severity']}")
    return looked


def verdict(found: list[Looked]) -> int:
    """Give the exit code: what is known to be wrong outweighs what is not known."""
    if any(one.faults for one in found):
        return FOUND
    return NOT_LOOKED_UP if any(one.unknown for one in found) else NONE


def _told(command: list[str], folder: Path) -> str:
    path = f"{BIN}{os.pathsep}{os.environ.get('PATH', '')}"
    try:
        done = subprocess.run(
            command, cwd=folder, env={**os.environ, "PATH": path}, capture_output=True, text=True, timeout=PATIENCE_S, check=False
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout


def main() -> int:
    """Ask for both kinds and tell what came of it."""
    found = [
        python_packages(_told([
            str(BIN / "uv"), "tool", "run", "pip-audit", "--disable-pip", "--require-hashes", "-r", "requirements/run.txt",
            "--format", "json", "--progress-spinner", "off",
        ], ROOT)),
        page_packages(_told(["npm", "audit", "--json"], ROOT / "assets")),
    ]  # fmt: skip
    for one in found:
        sys.stdout.write(
            f"{one.kind}: {one.asked} looked up, {len(one.faults)} known faults, {len(one.unknown)} not looked up\n"
        )
        for fault in one.faults:
            sys.stdout.write(f"  FAULT {fault}\n")
    code = verdict(found)
    if code == NOT_LOOKED_UP:
        bar = "!" * 100
        sys.stdout.write(
            f"{bar}\n!!! KNOWN FAULTS OF THE PACKAGES WERE NOT (ALL) LOOKED UP: nobody who knows them answered.\n"
        )
        for one in found:
            for line in one.unknown[:3]:
                sys.stdout.write(f"!!! {one.kind} {line}\n")
        sys.stdout.write(f"!!! Run `make audit` where the network answers, before a release.\n{bar}\n")
    return code


if __name__ == "__main__":
    raise SystemExit(main())
