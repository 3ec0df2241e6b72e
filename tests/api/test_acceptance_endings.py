"""The acceptance command follows runs to their end, on both databases, twice in a row, and leaves the plant as it was."""

# ruff: noqa: F811 - the fixture `url` is imported

from __future__ import annotations

from pathlib import Path

import pytest
from tests.api.demo_plant import url  # noqa: F401 - a fixture
from tests.api.test_acceptance_spine import address, must_pass, reported  # noqa: F401 - a fixture

from fiducial.demo.acceptance.options import Options

ENDINGS = ("happy", "oqc-fail-mrb-release", "oqc-fail-mrb-scrap", "oqc-fail-mrb-rework")


@pytest.mark.parametrize("scenario", ENDINGS)
def test_a_run_of_either_track_comes_to_its_end_twice(scenario: str, address: str, tmp_path: Path) -> None:
    for track in ("smt", "dip"):
        options = Options(api_url=address, track=track, scenario=scenario, repeat=2)
        must_pass(*reported(options, tmp_path / "report.json"))
