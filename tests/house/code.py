"""The source as the tests of the house read it."""

from __future__ import annotations

import ast
import importlib
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "fiducial"


@cache
def sources() -> tuple[Path, ...]:
    """Give every Python file of the program."""
    return tuple(sorted(PACKAGE.rglob("*.py")))


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    """Give a file's place in the package, for a message."""
    return path.relative_to(PACKAGE).as_posix()


@cache
def every_module() -> tuple[str, ...]:
    """Import the whole program, so that everything it declares is declared; give the names."""
    names = []
    for path in sources():
        parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
        if "migrations" in parts or parts[-1] == "__main__":
            continue
        names.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
        importlib.import_module(names[-1])
    return tuple(names)


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield node


def called(call: ast.Call) -> str:
    """Give what is called, as it is written: `os.system`, `print`, `tx.record`."""
    return ast.unparse(call.func)


def text_of(node: ast.expr | None) -> str | None:
    """Give the text when it is a constant one."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


@cache
def tracked() -> tuple[str, ...]:
    """Give what git keeps, and what would be kept."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return tuple(name for name in listed.stdout.splitlines() if (ROOT / name).is_file())
