"""The clock jumps, the disk is slow, the network cuts: work goes on, and nothing is recorded twice."""

from __future__ import annotations

import statistics
import time
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest
from tests.faults.cut_network import cut_network
from tests.faults.line_at_work import DEMO, LineAtWork, judge, operator_cookie
from tests.faults.odd_ground import turn
from tests.faults.plant_process import ON_ODD_GROUND, Plant, running
from tests.faults.test_killed_at_work import demo_plant

HOUR_MS = 3_600_000


def sqlite_of(folder: Path) -> str:
    return f"sqlite:///{folder / 'plant' / 'fiducial.db'}"


def test_work_goes_on_while_the_clock_jumps(tmp_path: Path) -> None:
    """An hour ahead, an hour back, and a start while the clock is behind: no key is given out twice, no timer stands still."""
    dial, url = tmp_path / "clock", sqlite_of(tmp_path)
    turn(dial, 0)
    with ExitStack() as stack:
        plant, posts = demo_plant(
            stack, tmp_path / "plant", url, boards=120, program=ON_ODD_GROUND, ODD_CLOCK_MS=str(dial)
        )
        often = {"value": 5, "reason": "a test waits for it"}
        admin = plant.signed_in("admin@example.com", DEMO["SEED_ADMIN_PASSWORD"])
        admin.patch("/api/system/config/jobs.timeRuleSweep.seconds", json=often).raise_for_status()
        line = LineAtWork([plant.url], posts, operator_cookie(plant))
        for jump in (HOUR_MS, 0, -HOUR_MS):
            turn(dial, jump)
            with line.at_work():
                line.wait_for(40)
            sweeps_again(plant)
        judge(url, line.told)
        plant.stop()
        turn(dial, -HOUR_MS - 15_000)  # and once more through the seconds in which the keys above were made
        plant.start()
        with line.at_work():
            line.wait_for(100)
        judge(url, line.told)
        admin = sweeps_again(plant)
        assert admin.post("/api/audit-logs/verify", json={}).json()["data"]["ok"]


def sweeps_again(plant: Plant) -> httpx.Client:
    """Wait until the clocks of time rules were swept once more, or fail: the timer waits for an hour that has been."""
    admin = plant.signed_in("admin@example.com", DEMO["SEED_ADMIN_PASSWORD"])
    before, until = swept(admin), time.monotonic() + 60
    while swept(admin) == before and time.monotonic() < until:
        time.sleep(0.2)
    assert swept(admin) > before
    return admin


def swept(admin: httpx.Client) -> int:
    """Give how often the clocks of time rules were swept."""
    jobs = admin.get("/api/system/jobs").json()["data"]["items"]
    return int(next((job["runs"] for job in jobs if job["name"] == "time rules are swept"), 0))


def test_a_slow_disk_makes_writers_wait_and_nobody_else(tmp_path: Path) -> None:
    dial, url = tmp_path / "sync", sqlite_of(tmp_path)
    turn(dial, 0)
    with ExitStack() as stack:
        plant, posts = demo_plant(
            stack, tmp_path / "plant", url, boards=80, program=ON_ODD_GROUND, ODD_SYNC_MS=str(dial)
        )
        cookie = operator_cookie(plant)
        line = LineAtWork([plant.url], posts, cookie)
        with line.at_work():
            line.wait_for(30)
            turn(dial, 700)
            line.wait_for(4)
            spent = []
            with httpx.Client(base_url=plant.url, headers={"Cookie": cookie}, timeout=10) as reader:
                for _ in range(15):
                    began = time.monotonic()
                    assert reader.get("/api/lines").status_code == 200
                    spent.append(time.monotonic() - began)
            begun, before = time.monotonic(), len(line.told.done)
            line.wait_for(15)
            commits = (time.monotonic() - begun) / 0.7
            turn(dial, 0)
            line.wait_for(30)
        assert statistics.median(spent) < 0.35, "reads do not wait for a disk that writes slowly"
        assert (len(line.told.done) - before) / commits > 1.5, "one sync serves all who wait for it"
        assert not line.told.refused
        judge(url, line.told)


def cut_again_and_again(folder: Path, *, acts: int) -> None:
    url = sqlite_of(folder)
    with ExitStack() as stack:
        plant, posts = demo_plant(stack, folder / "plant", url, boards=20 + acts // 6)
        network = stack.enter_context(cut_network(plant.port, bad=0.3))
        line = LineAtWork([network.url], posts, operator_cookie(plant))
        with line.at_work():
            line.wait_for(acts, patience=60 + acts / 5)
        assert len(network.fates) == 6, network.fates
        judge(url, line.told)


def test_a_network_that_cuts_records_nothing_twice_and_nothing_is_lost(tmp_path: Path) -> None:
    cut_again_and_again(tmp_path, acts=120)


@pytest.mark.soak
def test_a_network_that_cuts_for_a_long_time_records_nothing_twice(tmp_path: Path) -> None:
    cut_again_and_again(tmp_path, acts=5000)


def test_a_clock_that_is_wrong_at_the_first_start_spoils_nothing_later(tmp_path: Path) -> None:
    """A machine without a battery begins in the past of its own database."""
    dial = tmp_path / "clock"
    turn(dial, 24 * HOUR_MS)
    with running(tmp_path / "plant", program=ON_ODD_GROUND, ODD_CLOCK_MS=str(dial)) as plant:
        erp = plant.erp()
        assert (
            erp.post(
                "/api/integration/work-orders", json={"woNo": "WO-1", "productCode": "B", "plannedQty": 1}
            ).status_code
            == 200
        )
        plant.stop()
        turn(dial, 0)
        plant.start()
        body = {"woNo": "WO-2", "productCode": "B", "plannedQty": 1}
        assert erp.post("/api/integration/work-orders", json=body).status_code == 200
        admin = plant.signed_in()
        assert admin.get("/api/work-orders").json()["data"]["total"] == 2
        assert admin.post("/api/audit-logs/verify", json={}).json()["data"]["ok"]
