"""The acceptance scenario `loading-mismatch-lock` passes twice in a row on the demo plant (spec 13.11)."""

# ruff: noqa: F811 - the fixtures are imported

from __future__ import annotations

from pathlib import Path

from tests.api.demo_plant import url  # noqa: F401 - a fixture
from tests.api.test_acceptance_spine import address, must_pass, reported  # noqa: F401 - a fixture

from fiducial.demo.acceptance.options import Options


def test_wrong_reels_lock_a_slot_until_somebody_opens_it_twice_in_a_row(address: str, tmp_path: Path) -> None:
    options = Options(api_url=address, track="smt", scenario="loading-mismatch-lock", repeat=2)
    must_pass(*reported(options, tmp_path / "report.json"))
