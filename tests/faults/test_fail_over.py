"""The primary dies and its synchronous standby takes over: the program finds it by itself, and nothing that was answered is gone (spec 13.8)."""

from __future__ import annotations

import time
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests.faults.line_at_work import LineAtWork, judge, operator_cookie
from tests.faults.pg_pair import pair
from tests.faults.test_killed_at_work import demo_plant


def fail_over(folder: Path, *, acts: int) -> None:
    with ExitStack() as stack:
        both = stack.enter_context(pair())
        both.create("plant")
        url = both.dsn("plant")
        plant, posts = demo_plant(stack, folder / "plant", url, boards=40 + acts // 2)
        line = LineAtWork([plant.url], posts, operator_cookie(plant))
        with line.at_work():
            line.wait_for(acts)
            both.kill_primary()
            died = time.monotonic()
            time.sleep(0.5)
            both.promote()
            line.wait_for(acts)
            assert time.monotonic() - died < 60
        assert line.told.refused, "somebody must have been told to come again"
        judge(url, line.told)
        assert plant.process
        assert plant.process.poll() is None
        with line.at_work():
            line.wait_for(20)
        plant.stop()


@pytest.mark.postgres
def test_the_standby_takes_over_and_nothing_that_was_answered_is_gone(tmp_path: Path) -> None:
    fail_over(tmp_path, acts=60)


@pytest.mark.postgres
@pytest.mark.soak
def test_the_standby_takes_over_ten_times(tmp_path: Path) -> None:
    for round_ in range(10):
        folder = tmp_path / str(round_)
        folder.mkdir()
        fail_over(folder, acts=400)
