"""The acceptance scenario `data-collection` passes twice in a row on both tracks, and leaves the operator's stations as they were."""

# ruff: noqa: F811 - the fixture `url` is imported

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api.demo_plant import app_over, house_of, opened, served, url  # noqa: F401 - a fixture
from tests.api.test_acceptance_spine import must_pass, reported

from fiducial.demo import loader
from fiducial.demo.acceptance.options import Options


@pytest.fixture
def address(url: str, tmp_path: Path) -> Iterator[str]:
    with opened(url, tmp_path) as store:
        loader.load(store, house_of(url, tmp_path))
        with served(app_over(url, tmp_path, store)) as api_url:
            yield api_url


@pytest.mark.parametrize("track", ["smt", "dip"])
def test_data_collection_passes_twice_in_a_row(address: str, tmp_path: Path, track: str) -> None:
    options = Options(api_url=address, scenario="data-collection", track=track, repeat=2)
    code, report = reported(options, tmp_path / "report.json")
    must_pass(code, report)
    assert {one["context"]["woNo"] for one in report["results"]} == {f"WO-acceptance-{track}-data-collection"}
    assert len({one["context"]["sn"] for one in report["results"]}) == 2
    assert not any(one["warnings"] for one in report["results"])
