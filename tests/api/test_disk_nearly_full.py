"""A disk that is nearly full takes no more work, so that the database meets no end of its disk (spec 13.6)."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from tests.api.plant import Plant

from fiducial.ops import storage

pytestmark = pytest.mark.one_engine


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    def set_free(percent: float) -> None:
        usage = SimpleNamespace(total=1000, used=0, free=int(percent * 10))
        monkeypatch.setattr(storage.shutil, "disk_usage", lambda _folder: usage)

    return set_free


def test_below_the_stop_nothing_is_written_but_people_come_and_go_and_read(
    plant: Plant, free: Callable[[float], None]
) -> None:
    engineer = plant.api.as_("engineer")
    tool = {"toolCode": "ST-1", "kind": "STENCIL", "name": "Top"}
    free(4.9)
    refused = engineer.post("/api/tools", tool)
    assert (refused.status, refused.code, refused.details["freePercent"]) == (503, "STORAGE_LOW", 4.9)
    assert int(refused.headers["retry-after"]) > 0
    assert engineer.get("/api/tools").must()["total"] == 0
    assert plant.api.get("/api/health").status == 200
    wrong = plant.api.post("/api/auth/sign-in/email", {"email": "nobody@example.com", "password": "x"})
    assert wrong.code != "STORAGE_LOW"
    assert engineer.post("/api/auth/sign-out", {}).code != "STORAGE_LOW"
    free(5.1)
    assert plant.api.as_("leader").post("/api/tools", tool).code == "FORBIDDEN", "the rules judge again"


@pytest.mark.parametrize(("percent", "stop", "a_file", "passes"), [
    (4, 5, False, False), (6, 5, False, True), (9, 5, True, False), (11, 5, True, True), (0, 0, False, True), (0, 0, True, True),
])  # fmt: skip
def test_no_file_is_taken_below_a_tenth(
    free: Callable[[float], None], percent: float, stop: float, a_file: bool, passes: bool
) -> None:
    from pathlib import Path

    free(percent)
    said = storage.Storage(Path("/"), stop).refusal("POST", "/api/uploads", a_file=a_file)
    assert (said is None) == passes


def test_a_folder_that_is_not_there_yet_stops_nothing() -> None:
    from pathlib import Path

    assert storage.Storage(Path("/no/such/folder"), 90).refusal("POST", "/api/tools", a_file=False) is None
