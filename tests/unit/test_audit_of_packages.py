"""What is told of known faults of the packages: none, some, or that nobody could be asked (`make audit`)."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest

_FILE = Path(__file__).resolve().parents[2] / "scripts" / "audit.py"


@pytest.fixture(scope="module")
def audit() -> Any:
    import sys

    spec = importlib.util.spec_from_file_location("audit_of_packages", _FILE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


GOOD = {"name": "jinja2", "version": "3.1.6", "vulns": []}
BAD = {"name": "h11", "version": "0.1", "vulns": [{"id": "CVE-1", "fix_versions": ["0.2"]}]}
UNASKED = {"name": "apsw", "skip_reason": "Dependency not found on PyPI and could not be audited"}
NPM: dict[str, Any] = {"metadata": {"dependencies": {"total": 8}}, "vulnerabilities": {}}
NPM_BAD = {**NPM, "vulnerabilities": {"htmx": {"severity": "high", "range": "<2"}, "x": {"severity": "low"}}}


def code(audit: Any, python: str, npm: str) -> int:
    return int(audit.verdict([audit.python_packages(python), audit.page_packages(npm)]))


def packages(*told: Any) -> str:
    return json.dumps({"dependencies": told})


@pytest.mark.parametrize(("python", "npm", "expected"), [
    (packages(GOOD), json.dumps(NPM), 0),
    (packages(GOOD, BAD), json.dumps(NPM), 1),
    (packages(GOOD), json.dumps(NPM_BAD), 1),
    (packages(GOOD, UNASKED), json.dumps(NPM), 3),
    (packages(BAD, UNASKED), json.dumps(NPM), 1),
    ("", json.dumps(NPM), 3),
    (packages(GOOD), json.dumps({"error": {"summary": "405"}}), 3),
    (packages(GOOD), "", 3),
])  # fmt: skip
def test_a_package_that_nobody_could_be_asked_about_is_not_called_good(
    audit: Any, python: str, npm: str, expected: int
) -> None:
    assert code(audit, python, npm) == expected


def test_a_fault_is_told_with_the_release_that_mends_it(audit: Any) -> None:
    assert audit.python_packages(packages(BAD)).faults == ["h11 0.1: CVE-1, mended in 0.2"]
    assert audit.page_packages(json.dumps(NPM_BAD)).faults == ["htmx <2: high"]


def test_ci_looks_them_up_and_goes_on_only_when_nobody_answers() -> None:
    run = (_FILE.parents[1] / ".ci" / "run").read_text("utf-8")
    assert 'scripts/audit.py || { code=$?; [ "$code" -eq 3 ] || exit "$code"; }' in run
