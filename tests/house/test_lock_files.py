"""What is locked is locked by name, version and hash; where it comes from is each machine's own affair."""

import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = re.compile(r"https?:|file:|^\s*--(?!hash=)|(?:^|\s)/\w", re.MULTILINE)


@pytest.mark.parametrize("name", ["run", "dev"])
def test_python_packages_are_locked_by_hash_and_without_an_address(name: str) -> None:
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    without_remarks = "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))
    assert ADDRESS.findall(without_remarks.replace("--hash=", "")) == []

    requirements = re.split(r"\n(?=\S)", without_remarks.strip())
    assert len(requirements) > 20
    assert [line for line in requirements if "==" not in line or "--hash=sha256:" not in line] == []


def test_what_runs_in_a_plant_is_what_was_tested() -> None:
    def pins(name: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (ROOT / "requirements" / f"{name}.txt").read_text("utf-8"), re.MULTILINE))

    assert pins("run") <= pins("dev")


def test_npm_packages_are_locked_by_hash_and_without_an_address() -> None:
    packages = json.loads((ROOT / "assets" / "package-lock.json").read_text("utf-8"))["packages"]
    locked = {name: package for name, package in packages.items() if name}
    assert locked
    assert [name for name, package in locked.items() if "resolved" in package] == []
    assert [name for name, package in locked.items() if not package["integrity"].startswith("sha512-")] == []
