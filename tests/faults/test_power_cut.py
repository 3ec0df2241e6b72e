"""The power goes, and the disk forgets what was not synced: what was answered is there all the same, and the book is whole.

A real server works on a disk whose every write and sync is noted. Afterwards the note is played back and cut at hundreds of
moments; each time the file is what such a disk may hold, and is judged as after a real cut.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import apsw
import httpx
import pytest
from tests.faults.odd_ground import SYNC
from tests.faults.plant_process import ON_ODD_GROUND, Crew, Plant, running
from tests.faults.power_cut import Act, Disk, acts_of

from fiducial.kit.audit_walk import Reading, verify
from fiducial.kit.store import make_engine
from fiducial.ops.invariants import broken


class Witness(Crew):
    """People who also note how far the disk's book had come when they were answered."""

    def __init__(self, plant: Plant, erp: httpx.Client, book: Path) -> None:
        super().__init__(plant, erp)
        self.heard: dict[str, int] = {}  # order number: length of the book
        self._book = book

    def send(self, client: httpx.Client, wo_no: str) -> httpx.Response:
        response = super().send(client, wo_no)
        if response.status_code == 200:
            self.heard[wo_no] = self._book.stat().st_size
        return response


class Recorded:
    """A day at work: what the disk was asked, and who was answered when."""

    def __init__(self, acts: Sequence[Act], heard: dict[str, int], served: int) -> None:
        self.acts, self.heard, self.served = acts, heard, served

    def cuts(self, folder: Path, times: int, *, lies: bool = False) -> Iterator[tuple[int, Path]]:
        """Cut the power so many times while there was work; give the place in the book, and the folder that was left."""
        disk, chance = Disk(lies=lies), random.Random(times)
        working = [place for place, act in enumerate(self.acts) if act.ended > self.served]
        moments = sorted(chance.sample(working, min(times, len(working))))
        done = 0
        for number, moment in enumerate(moments):
            for act in self.acts[done : moment + 1]:
                disk.do(act)
            done = moment + 1
            left = folder / f"cut-{number}"
            disk.cut(left, chance)
            yield self.acts[moment].ended, left


def record(folder: Path, *, answers: int) -> Recorded:
    book = folder / "disk.book"
    with running(folder / "plant", program=ON_ODD_GROUND, ODD_DISK_BOOK=str(book)) as plant:
        erp = plant.erp()
        served = book.stat().st_size
        crew = Witness(plant, erp, book)
        with crew.at_work(0):
            crew.wait_for(answers)
        assert not crew.refused
        plant.kill()
    acts = list(acts_of(book))
    checkpointed = any(act.name == "fiducial.db" and act.what == SYNC and act.ended > served for act in acts)
    assert checkpointed, "too little work for a checkpoint: the moments when both files change are those that matter"
    return Recorded(acts, crew.heard, served)


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Recorded:
    return record(tmp_path_factory.mktemp("recorded"), answers=700)


def lost_in(left: Path, heard: dict[str, int], book: int) -> set[str]:
    """Open what a cut left; give the orders that were answered and are gone. A file that is not whole fails here."""
    database = left / "fiducial.db"
    connection = apsw.Connection(str(database))
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    there = {row[0] for row in connection.execute("SELECT wo_no FROM work_order").fetchall()}
    connection.close()
    with make_engine(f"sqlite:///{database}", read_only=True).connect() as reading:
        judged: Any = verify(Reading(reading))
        assert judged.ok, judged
        assert broken(reading) == []
    return {wo_no for wo_no, heard_at in heard.items() if heard_at <= book} - there


def test_whatever_a_disk_forgets_what_was_answered_is_there(recorded: Recorded, tmp_path: Path) -> None:
    for book, left in recorded.cuts(tmp_path, 150):
        assert lost_in(left, recorded.heard, book) == set()


def test_a_server_starts_on_what_a_power_cut_left(recorded: Recorded, tmp_path: Path) -> None:
    for place, (book, left) in enumerate(recorded.cuts(tmp_path, 1)):
        with running(left) as plant:
            admin = plant.signed_in()
            answered = [wo_no for wo_no, heard_at in recorded.heard.items() if heard_at <= book]
            total = admin.get("/api/work-orders", params={"pageSize": 1}).json()["data"]["total"]
            assert total >= len(answered), place
            plant.stop()
            assert plant.command("doctor").returncode == 0
            assert plant.command("audit", "verify").returncode == 0


def test_a_disk_that_lies_about_its_syncs_is_noticed_by_this_test(recorded: Recorded, tmp_path: Path) -> None:
    """Else the tests above would prove nothing: here nothing was ever synced, and answered orders are gone or the file is broken."""
    found = 0
    for book, left in recorded.cuts(tmp_path, 12, lies=True):
        try:
            found += bool(lost_in(left, recorded.heard, book))
        except Exception:  # noqa: BLE001 - a file that is no database any more is what lying leads to
            found += 1
    assert found >= 6


def test_a_first_start_that_is_cut_off_can_be_repeated(recorded: Recorded, tmp_path: Path) -> None:
    """The tables are made in one transaction: a file in which the power went is empty or whole."""
    disk, chance = Disk(), random.Random(1)
    made = [place for place, act in enumerate(recorded.acts) if act.ended <= recorded.served]
    for number, moment in enumerate(sorted(chance.sample(made, 1))):
        for act in recorded.acts[: moment + 1]:
            disk.do(act)
        left = tmp_path / f"cut-{number}"
        disk.cut(left, chance)
        with running(left) as plant:
            assert plant.signed_in().get("/api/work-orders").status_code == 200
            plant.stop()
        disk = Disk()


@pytest.mark.soak
def test_five_hundred_power_cuts_lose_nothing_that_was_answered(tmp_path: Path) -> None:
    for round_ in range(5):
        folder = tmp_path / str(round_)
        folder.mkdir()
        recorded = record(folder, answers=2000)
        for book, left in recorded.cuts(folder, 100):
            assert lost_in(left, recorded.heard, book) == set()
