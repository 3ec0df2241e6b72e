"""The power goes in mid-load: every answered request is there afterwards, nothing is half done, and the book is whole."""

from __future__ import annotations

import random
from pathlib import Path

import apsw
import pytest
from tests.faults.plant_process import Crew, Plant, running

from fiducial.demo.serving import free_port


def half_done(plant: Plant) -> dict[str, set[str]]:
    """Compare what an order writes: its row, its entry, its event, its key. Give what is not everywhere."""
    connection = apsw.Connection(str(plant.file), flags=apsw.SQLITE_OPEN_READONLY)

    def column(statement: str) -> list[str]:
        return [row[0] for row in connection.execute(statement).fetchall()]

    rows = column("SELECT wo_no FROM work_order")
    entries = column("SELECT entity_display FROM audit_entry WHERE action = 'WORK_ORDER_RECEIVE' AND code IS NULL")
    told = column("SELECT w.wo_no FROM event e JOIN work_order w ON w.id = e.thing WHERE e.type = 'WORK_ORDER_RECEIVE'")
    keys = connection.execute("SELECT count(*), count(answer) FROM idempotency_key").fetchall()[0]
    assert len(rows) == len(set(rows))
    assert sorted(entries) == sorted(rows), set(entries) ^ set(rows)
    assert not told or sorted(told) == sorted(rows)
    assert keys == (len(rows), len(rows)), keys
    assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    return {"rows": set(rows)}


def kill_again_and_again(folder: Path, *, times: int, answers: int) -> None:
    with running(folder) as plant:
        erp = plant.erp()
        crew = Crew(plant, erp)
        for round_ in range(times):
            before = len(crew.answered)
            with crew.at_work(round_):
                crew.wait_for(random.randint(answers // 2, answers))
                plant.kill()
            assert len(crew.answered) > before, crew.refused[:3]
            there = half_done(plant)["rows"]
            assert set(crew.answered) <= there, "answered, and gone"
            assert there <= set(crew.answered) | crew.unanswered
            plant.start()
            for wo_no in sorted(crew.unanswered):
                # Nobody knows whether it was done; the same key makes the repeat safe.
                response = crew.send(erp, wo_no)
                assert response.status_code == 200, response.text
                crew.answered[wo_no] = response.json()["data"]
            crew.unanswered.clear()
        assert half_done(plant)["rows"] == set(crew.answered)
        assert {code for code, _ in crew.refused} <= {503}
        some = random.sample(sorted(crew.answered), min(5, len(crew.answered)))
        admin = plant.signed_in()
        for wo_no in some:
            assert admin.get(f"/api/work-orders/{wo_no}").status_code == 200
        verified = admin.post("/api/audit-logs/verify", json={})
        assert verified.json()["data"]["ok"], verified.text
        plant.stop()
        told = plant.command("audit", "verify")
        assert told.returncode == 0, told.stdout + told.stderr


def test_a_killed_server_keeps_what_it_answered(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path / "plant", times=2, answers=60)


@pytest.mark.soak
def test_a_server_killed_fifty_times_keeps_what_it_answered(tmp_path: Path) -> None:
    kill_again_and_again(tmp_path / "plant", times=50, answers=1500)


def test_a_server_that_is_asked_to_end_answers_what_it_took_and_ends_in_time(tmp_path: Path) -> None:
    """And a second one on the same file is refused while it runs."""
    with running(tmp_path / "plant") as plant:
        second = plant.command("serve", "--port", str(free_port()))
        assert second.returncode == 7, second.stderr
        assert str(plant.process.pid) in second.stderr  # type: ignore[union-attr]

        erp = plant.erp()
        crew = Crew(plant, erp)
        with crew.at_work(0):
            crew.wait_for(30)
            assert plant.stop() < 10
        assert crew.answered
        there = half_done(plant)["rows"]
        assert set(crew.answered) <= there <= set(crew.answered) | crew.unanswered
        assert {code for code, _ in crew.refused} <= {503}
        assert not Path(str(plant.file) + "-wal").exists() or Path(str(plant.file) + "-wal").stat().st_size == 0
