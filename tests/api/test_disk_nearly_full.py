"""A disk that is nearly full takes no more work, so that the database meets no end of its disk (spec 13.6)."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from tests.api.plant import Plant

from fiducial.demo import loader
from fiducial.kit.refusals import Refused
from fiducial.kit.text import use_language
from fiducial.ops import errands, storage
from fiducial.ops.errands import Errand, Errands
from fiducial.ops.worker import Timer, Worker

pytestmark = pytest.mark.one_engine


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    def set_free(percent: float) -> None:
        usage = SimpleNamespace(total=1000, used=0, free=int(percent * 10))
        monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)

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
    free(percent)
    said = storage.Storage(Path("/"), stop).refusal("POST", "/api/uploads", a_file=a_file)
    assert (said is None) == passes


def test_a_folder_that_is_not_there_yet_stops_nothing() -> None:
    assert storage.Storage(Path("/no/such/folder"), 90).refusal("POST", "/api/tools", a_file=False) is None


@pytest.mark.parametrize(("percent", "passes"), [(9.9, False), (10.1, True)])
def test_no_demo_is_loaded_below_a_tenth(free: Callable[[float], None], percent: float, passes: bool) -> None:
    free(percent)
    said = storage.Storage(Path("/"), 5).refusal("POST", "/api/system/demo-seed", a_file=False)
    assert (said is None) == passes


def test_the_command_loads_no_demo_below_a_tenth(
    plant: Plant, free: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    free(9.9)
    monkeypatch.setattr(loader, "Maker", None)  # nothing of the load is begun
    with pytest.raises(Refused, match="STORAGE_LOW"):
        loader.load(plant.store, SimpleNamespace(mode="test"))  # type: ignore[arg-type]


def test_timers_and_jobs_write_nothing_below_the_stop_and_go_on_above_it(
    plant: Plant, free: Callable[[float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    disk, done = storage.Storage(Path("/"), 5), []
    monkeypatch.setattr(errands, "run_errand", lambda _store, errand: done.append(errand.name))
    monkeypatch.setattr(Worker, "_do", lambda _self, timer, _seconds: done.append(timer.name))
    monkeypatch.setattr(Worker, "_handle_events", lambda _self: done.append("events"))
    free(4.9)
    worker = Worker(plant.store, (Timer("sweep", len, 0.0),), rest=0.01, takes_work=disk.takes_work).start()
    away = Errands(plant.store, (Errand("send", len, 0.01),), takes_work=disk.takes_work).start()
    try:
        time.sleep(0.2)
        assert done == []
        free(5.1)
        until = time.monotonic() + 10
        while not {"events", "sweep", "send"} <= set(done) and time.monotonic() < until:
            time.sleep(0.02)
        assert {"events", "sweep", "send"} <= set(done)
    finally:
        worker.stop()
        away.stop()


def test_every_page_says_that_the_disk_is_full_and_before_that_whoever_runs_the_system_is_told(
    plant: Plant, free: Callable[[float], None]
) -> None:
    free(19.9)
    assert "磁盘空间即将用完（剩余 19.9 %）" in plant.api.as_("admin").get("/tools").text
    assert "磁盘空间" not in plant.api.as_("engineer").get("/tools").text
    free(4.9)
    assert "磁盘已满（剩余 4.9 %）" in plant.api.as_("engineer").get("/tools").text
    free(20.1)
    assert "磁盘空间即将用完" not in plant.api.as_("admin").get("/tools").text
    free(4.9)
    with use_language("en"):
        assert "nothing is recorded" in storage.Storage(Path("/"), 5, 20).banner(frozenset())
