"""The scenario `degraded` on a demo plant: it passes as often as one likes, and puts back what it changed (spec 13.11)."""

# ruff: noqa: F811 - the fixture `url` is imported

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.api.demo_plant import app_over, house_of, opened, served, url  # noqa: F401 - a fixture
from tests.api.test_acceptance_spine import must_pass, reported, signed_in

from fiducial.demo import loader
from fiducial.demo.acceptance.client import Api
from fiducial.demo.acceptance.options import Options


@pytest.fixture
def address(url: str, tmp_path: Path) -> Iterator[str]:
    """A demo plant that serves."""
    with opened(url, tmp_path) as store:
        loader.load(store, house_of(url, tmp_path))
        with served(app_over(url, tmp_path, store)) as api_url:
            yield api_url


@pytest.mark.parametrize("track", ["smt", "dip"])
def test_the_plant_goes_on_by_hand_twice_in_a_row_and_is_then_as_before(
    address: str, tmp_path: Path, track: str
) -> None:
    options = Options(api_url=address, track=track, scenario="degraded", repeat=2)
    code, report = reported(options, tmp_path / "report.json")
    must_pass(code, report)
    assert not any(one["warnings"] for one in report["results"])
    line = report["results"][0]["context"]["lineCode"]
    with Api(address) as api:
        signed_in(api, "quality", options.test_password)
        status = api.call("quality", "GET", "/integration/status").data
        assert {mode["mode"] for one in status["systems"] for mode in one["lineModes"] if mode["lineCode"] == line} == {
            "AUTO"
        }
        bound = api.call("quality", "GET", f"/integration/lines/{line}/bindings").data
        assert (bound["stencil"], bound["solderPaste"]) == (None, None)
