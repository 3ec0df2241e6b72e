"""The commands of the demo: what they say and with which code they end (spec 12.1, 13.2)."""

# ruff: noqa: F811 - the fixture `url` is imported

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from sqlalchemy import func, insert, select
from tests.api.demo_plant import house_of, opened, url  # noqa: F401 - a fixture
from tests.api.plant import TEST, run_statements
from typer.testing import CliRunner, Result

from fiducial.demo import house
from fiducial.demo.command import demo
from fiducial.demo.finding import first_of
from fiducial.demo.house import wire_house
from fiducial.demo.installation import mark_new
from fiducial.orders.tables import work_orders
from fiducial.plant.tables import lines


@pytest.fixture(autouse=True)
def _wired(url: str, tmp_path: Path) -> Iterator[None]:
    before = list(house._wired)
    wire_house(lambda: house_of(url, tmp_path))
    yield
    house._wired[:] = before


def run(*arguments: str, typed: str | None = None) -> Result:
    return CliRunner().invoke(demo, list(arguments), input=typed)


def test_load_says_what_it_made_and_shows_each_secret_once() -> None:
    first = run("load", "--dataset", "base")
    assert first.exit_code == 0, first.output
    assert "3 line" in first.output
    assert "token demo-erp: fdc_" in first.output
    again = orjson.loads(run("load", "--dataset", "base", "--json").output)
    assert again["created"] == {}
    assert again["tokens"] == {}


def test_check_and_digest_answer_for_the_plant() -> None:
    run("load", "--dataset", "base")
    checked = run("check")
    assert checked.exit_code == 0, checked.output
    assert "OK   13 the audit book verifies" in checked.output
    digest = run("digest").output.strip()
    assert len(digest) == 64
    assert run("digest").output.strip() == digest


def test_check_of_a_plant_that_is_not_there_fails_and_says_what_is_missing() -> None:
    told = run("check", "--json")
    assert told.exit_code == 1, told.output
    first = orjson.loads(told.output)[0]
    assert first["ok"] is False
    assert "line LINE-A" in first["told"]


def test_reset_asks_first_and_then_begins_anew(url: str, tmp_path: Path) -> None:
    run("load", "--dataset", "base")
    with opened(url, tmp_path) as store:
        store.write_now(TEST, run_statements, [insert(work_orders).values(
            id=1, wo_no="WO-1", product_code="P", planned_qty=1, status="RECEIVED", source_system="MANUAL", created_at=1, updated_at=1,
        )])  # fmt: skip
    assert run("reset", typed="n\n").exit_code == 1
    with opened(url, tmp_path) as store:
        assert store.read_now(TEST, first_of, select(func.count()).select_from(work_orders)) == 1
    done = run("reset", "--yes", "--dataset", "base")
    assert done.exit_code == 0, done.output
    with opened(url, tmp_path) as store:
        assert store.read_now(TEST, first_of, select(func.count()).select_from(work_orders)) == 0
        assert store.read_now(TEST, first_of, select(func.count()).select_from(lines)) == 3


@pytest.mark.parametrize("command", [("load",), ("reset", "--yes")])
def test_a_database_of_production_is_exit_code_3_and_untouched(
    url: str,
    tmp_path: Path,
    command: tuple[str, ...],
) -> None:
    with opened(url, tmp_path) as store:
        store.write_now(TEST, mark_new, "production")
    told = run(*command)
    assert told.exit_code == 3
    assert "DEMO_DB_HAS_REAL_DATA" in told.output
    with opened(url, tmp_path) as store:
        assert store.read_now(TEST, first_of, select(func.count()).select_from(lines)) == 0


@pytest.mark.parametrize("command", [("load",), ("reset", "--yes")])
def test_production_mode_is_exit_code_3(url: str, tmp_path: Path, command: tuple[str, ...]) -> None:
    wire_house(lambda: house_of(url, tmp_path, mode="production"))
    told = run(*command)
    assert told.exit_code == 3
    assert "DEMO_MODE_OFF" in told.output


@pytest.mark.parametrize("wrong", [("--dataset", "poor"), ("--as-of", "tomorrow")])
def test_wrong_options_are_exit_code_2(wrong: tuple[str, ...]) -> None:
    assert run("load", *wrong).exit_code == 2
