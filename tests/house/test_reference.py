"""The reference pages say what the program does: refusals, endpoints, role × permission, settings, states, the API description."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from types import ModuleType

import pytest
from tests.house.code import ROOT


@pytest.fixture(scope="module")
def reference() -> ModuleType:
    spec = importlib.util.spec_from_file_location("reference", ROOT / "scripts/reference.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_no_page_is_stale() -> None:
    """`python scripts/reference.py` writes them. Seen to fail with a permission of a role changed and with a new endpoint.

    In a process of its own: what other tests declare must not stand in the description of the program.
    """
    told = subprocess.run(
        [sys.executable, str(ROOT / "scripts/reference.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert (told.returncode, told.stderr) == (0, "")


def test_the_check_names_what_is_stale(
    reference: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(reference.PAGES, "errors.md", lambda: "something else")
    monkeypatch.setitem(reference.PAGES, "new.md", lambda: "a page that is not there")
    monkeypatch.setattr(sys, "argv", ["reference.py", "--check"])
    assert reference.main() == 1
    said = capsys.readouterr().err
    assert "docs/reference/errors.md is stale" in said
    assert "docs/reference/new.md is stale" in said


def test_the_floors_are_held(tmp_path: object) -> None:
    """`lint-imports` as make check runs it. Seen to fail with an import of orders in plant."""
    done = subprocess.run([sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()", "--no-logo"],
                          cwd=ROOT, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
