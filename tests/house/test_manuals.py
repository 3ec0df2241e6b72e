"""The manuals say nothing that is not there: every page, command, scenario, refusal and setting they name exists, in both languages alike."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from fiducial.app import PAGES, entrances
from fiducial.cli import app
from fiducial.demo.acceptance.scenarios import SCENARIOS
from fiducial.kit.refusals import refusals

MANUAL = Path(__file__).resolve().parents[2] / "docs/manual"
FILES = sorted(MANUAL.glob("*/*.md"))
NAMED = re.compile(r"`([^`\n]+)`")
OTHER_WORDS = {"CLOCK_AHEAD", "DEFECT_CODE_UNKNOWN"}  # warnings
ENVIRONMENT = ("APP_", "DATABASE_", "SEED_")


def named(file: Path) -> list[str]:
    return NAMED.findall(file.read_text())


def test_each_manual_is_there_in_both_languages() -> None:
    names = {folder.name: sorted(file.name for file in folder.glob("*.md")) for folder in MANUAL.iterdir()}
    assert names["zh"] == names["en"] == ["go-live.md", "machines.md", "operations.md", "roles.md"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_page_or_endpoint_that_a_manual_names_is_there(file: Path) -> None:
    pages = {path for opened in PAGES for path, _mark in opened.opened} | {"/materials", "/quality"}
    doors = {door.path for door in entrances()}
    for word in named(file):
        path = word.removeprefix("POST ").split("?")[0]
        if path.startswith("/api"):
            assert path in doors, word
        elif re.fullmatch(r"/[a-z][a-z/-]*", path):
            assert path in pages, word


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_command_or_scenario_that_a_manual_names_is_there(file: Path) -> None:
    for word in named(file):
        if word.startswith("fiducial "):
            command = get_command(app)
            for part in word.split()[1:]:
                if part.startswith("-") or not hasattr(command, "commands"):
                    break
                assert part in command.commands, word
                command = command.commands[part]
            scenario = re.search(r"--scenario (\S+)", word)
            assert scenario is None or any(scenario[1] in str(key) for key in SCENARIOS), word


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}/{file.name}")
def test_a_refusal_that_a_manual_names_is_declared(file: Path) -> None:
    for word in named(file):
        if re.fullmatch(r"[A-Z]+(_[A-Z]+)+", word) and not word.startswith(ENVIRONMENT) and word not in OTHER_WORDS:
            assert word in refusals, word


@pytest.mark.parametrize("folder", ["en", "zh"])
def test_every_picture_is_small_and_used_and_every_one_used_is_there(folder: str) -> None:
    there = {file.name: file.stat().st_size for file in (MANUAL / folder / "pictures").iterdir()}
    shown = {
        name
        for file in (MANUAL / folder).glob("*.md")
        for name in re.findall(r"\]\(pictures/([^)]+)\)", file.read_text())
    }
    assert set(there) == shown
    assert len(there) <= 12
    assert max(there.values()) <= 80_000
