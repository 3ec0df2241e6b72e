"""The disk is full, fails, or takes no write: each is told, nothing half done, and the plant goes on when the disk does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults.plant_process import order, running

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of a few megabytes, of which most is free only when `ballast` is gone."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("only root may mount a small disk; max_page_count stands for it in tests/unit/test_kit_lane.py")
    try:
        (place / "ballast").write_bytes(b"x" * 7 * 1024 * 1024)
        yield place
    finally:
        subprocess.run(["umount", "-l", str(place)], check=False)


def test_a_full_disk_is_told_reads_go_on_and_space_heals(small_disk: Path) -> None:
    # Without the stop that keeps a plant off the end of its disk: here the database is to meet it.
    with running(small_disk, DISK_STOP_PERCENT="0") as plant:
        erp, admin = plant.erp(), plant.signed_in()
        codes: list[str] = []
        made = 0
        for number in range(3000):
            response = erp.post("/api/integration/work-orders", json=order(f"WO-{number:05}"))
            if response.status_code == 200:
                made += 1
                continue
            codes.append(response.json()["error"]["code"])
            assert response.status_code == 503, response.text
            assert response.headers["retry-after"]
            if len(codes) == 3:
                break
        assert set(codes) == {"STORAGE_LOW"}, codes
        listed = admin.get("/api/work-orders", params={"pageSize": 1})
        assert listed.status_code == 200
        assert listed.json()["data"]["total"] == made
        assert erp.get("/api/health").status_code == 200
        (small_disk / "ballast").unlink()
        response = erp.post("/api/integration/work-orders", json=order("WO-AGAIN"))
        assert response.status_code == 200, response.text
        assert admin.post("/api/audit-logs/verify", json={}).json()["data"]["ok"]
        plant.stop()


FAILING_DISK = """
import os, sys, threading
import apsw
sys.path.insert(0, {root!r})
from tests.unit.kit_lane import asked, lane_held, outcome_of
from tests.unit.kit_plant import build, make_board, Cards
from fiducial.kit.store import Store, Wiring

fails = threading.Event()

class File(apsw.VFSFile):
    def xSync(self, flags):
        if fails.is_set():
            raise apsw.IOError("the disk does not answer")
        return super().xSync(flags)

class Disk(apsw.VFS):
    def __init__(self):
        super().__init__("failing", "unix", makedefault=True)
    def xOpen(self, name, flags):
        return File("unix", name, flags)

disk = Disk()
url = "sqlite:///" + sys.argv[1]
build(url)
store = Store(url, Wiring(identity=Cards())).start()
jobs = [asked(store, make_board, "before")]
print(outcome_of(jobs[0]), flush=True)
with lane_held(store) as gate:
    jobs = [asked(store, make_board, f"B{{n}}") for n in range(3)]
    def tell():
        for job in jobs:
            print(outcome_of(job), flush=True)
    teller = threading.Thread(target=tell)
    teller.start()
    fails.set()
    gate.set()
    teller.join(10)
print("still here", flush=True)
import time
time.sleep(5)
"""


def test_a_disk_that_fails_at_commit_is_told_to_all_and_the_process_ends(tmp_path: Path) -> None:
    """Going on with that connection could acknowledge what is not there."""
    script = tmp_path / "failing.py"
    script.write_text(FAILING_DISK.format(root=str(ROOT)))
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, str(script), str(tmp_path / "plant.db")],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.returncode == 70, done.stdout + done.stderr
    said = [line for line in done.stdout.splitlines() if not line.startswith("2")]
    assert said[0] == "{'serial': 'before'}"
    assert said.count("DATABASE_UNAVAILABLE") == 3, done.stdout
    assert time.monotonic() - begun < 20


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
def test_a_file_that_may_not_be_written_stops_the_start_with_its_name(tmp_path: Path) -> None:
    """A server over a folder it may not write says so at once, not at the first board."""
    from tests.faults.plant_process import Plant

    plant = Plant(tmp_path)
    plant.environ["APP_DATA_DIR"] = "/proc/nowhere"
    done = plant.command("serve")
    assert done.returncode not in (0, None)
    assert "/proc/nowhere" in done.stderr + done.stdout
