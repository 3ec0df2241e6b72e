"""The server is killed while boards move, on both databases: nobody was told what is not so, and no board went in twice."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests.faults.line_at_work import DEMO, LineAtWork, judge, operator_cookie, prepare
from tests.faults.plant_process import Plant, running

ENGINES = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))
SECRET = {"APP_SECRET_KEY": "a-secret-of-thirty-two-characters", "AUTO_MIGRATE": "true"}


@pytest.fixture(params=ENGINES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'plant' / 'fiducial.db'}"
        return
    server = request.getfixturevalue("postgres")
    name = server.create()
    yield server.dsn(name)
    server.drop(name)


def demo_plant(stack: ExitStack, folder: Path, url: str, *, boards: int, **more: str) -> tuple[Plant, list[Any]]:
    folder.mkdir(exist_ok=True)
    loading = Plant(folder, DATABASE_URL=url, **SECRET, **DEMO)
    done = loading.command("demo", "load", "--dataset", "base", timeout=120)  # migrates too
    assert done.returncode == 0, done.stderr
    plant = stack.enter_context(running(folder, DATABASE_URL=url, **SECRET, **DEMO, **more))
    return plant, prepare(plant, boards=boards)


def kill_at_work(folder: Path, url: str, *, times: int, acts: int) -> None:
    with ExitStack() as stack:
        plant, posts = demo_plant(stack, folder / "plant", url, boards=40 + times * acts // 8)
        line = LineAtWork([plant.url], posts, operator_cookie(plant))
        for _ in range(times):
            with line.at_work():
                line.wait_for(random.randint(acts // 2, acts))
                plant.kill()
            judge(url, line.told)
            plant.start()
        with line.at_work():
            line.wait_for(20)
        assert judge(url, line.told) >= len(line.told.done)
        plant.stop()
        assert plant.command("doctor").returncode == 0


def test_a_server_killed_at_work_told_nobody_what_is_not_so(url: str, tmp_path: Path) -> None:
    kill_at_work(tmp_path, url, times=2, acts=60)


@pytest.mark.soak
def test_a_server_killed_two_hundred_times_at_work_told_nobody_what_is_not_so(url: str, tmp_path: Path) -> None:
    kill_at_work(tmp_path, url, times=200, acts=150)


@pytest.mark.postgres
def test_of_two_nodes_one_is_killed_and_the_other_goes_on_with_everything(postgres: Any, tmp_path: Path) -> None:
    """Its people are answered by the other; its jobs have their turn there within a minute."""
    url = postgres.dsn(postgres.create())
    with ExitStack() as stack:
        one, posts = demo_plant(stack, tmp_path / "plant", url, boards=80)
        other = stack.enter_context(running(tmp_path / "other", DATABASE_URL=url, **SECRET, **DEMO))
        line = LineAtWork([one.url, other.url], posts, operator_cookie(one))
        with line.at_work():
            line.wait_for(60)
            one.kill()
            killed_at = time.time()
            line.wait_for(60)
        admin = other.signed_in("admin@example.com", DEMO["SEED_ADMIN_PASSWORD"])
        runs_since(admin, "time rules are swept", killed_at, within=75)
        assert line.told.slowest < 10, line.told
        judge(url, line.told)
        assert admin.get("/api/health/details").json()["data"]["node"] == 1


@pytest.mark.postgres
@pytest.mark.soak
def test_a_node_that_hangs_in_the_middle_of_a_write_holds_nobody_up_for_long(postgres: Any, tmp_path: Path) -> None:
    """Its connection lives, so the database would wait for it for ever: what it holds is taken from it."""
    url = postgres.dsn(postgres.create())
    with ExitStack() as stack:
        one, posts = demo_plant(stack, tmp_path / "plant", url, boards=60)
        other = stack.enter_context(running(tmp_path / "other", DATABASE_URL=url, **SECRET, **DEMO))
        assert one.process
        line = LineAtWork([one.url], posts, operator_cookie(one))
        with line.at_work():
            line.wait_for(40)
            os.kill(one.process.pid, signal.SIGSTOP)
            try:
                goes_on = LineAtWork([other.url], [seat.post for seat in line.seats], operator_cookie(other))
                for seat, stopped in zip(goes_on.seats, line.seats, strict=True):
                    seat.hand, seat.waiting = stopped.hand, stopped.waiting
                with goes_on.at_work():
                    goes_on.wait_for(40, patience=60)
            finally:
                os.kill(one.process.pid, signal.SIGCONT)
        assert goes_on.told.slowest < 45, goes_on.told
        judge(url, goes_on.told)


def runs_since(admin: Any, job: str, moment: float, *, within: float) -> None:
    """Wait until a job has run after a moment. One that never had its turn is not listed."""
    until = moment + within
    while time.time() < until:
        listed = admin.get("/api/system/jobs").json()["data"]["items"]
        begun = [datetime.fromisoformat(one["lastStartedAt"] or "1970-01-01") for one in listed if one["name"] == job]
        if any(begin.timestamp() > moment for begin in begun):
            return
        time.sleep(0.5)
    raise AssertionError(f"{job} had no turn within {within} s")
