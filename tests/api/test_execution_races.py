"""Two at once (spec 05.13), on both engines: SQLite has one writer, PostgreSQL many, and both tell the same."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select
from tests.api.execution_floor import Floor, at_once, codes, floor_on, sqlite_url, step

from fiducial.execution.tables import tracks
from fiducial.kit.store import make_engine
from fiducial.orders.tables import runs, units

ROUNDS = 4


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """An empty database of this test alone."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    with request.getfixturevalue("postgres").database() as url:
        yield url


@pytest.fixture
def floor(url: str) -> Iterator[Floor]:
    with floor_on(url, boards=ROUNDS * 2) as floor:
        yield floor


def test_of_two_scans_of_one_board_exactly_one_goes_in(floor: Floor) -> None:
    for number in range(1, ROUNDS + 1):
        sn = f"SN-{number}"
        results = at_once(*[lambda sn=sn: floor.come_in(sn)] * 3)
        assert codes(results) == ["UNIT_ALREADY_IN_STATION", "UNIT_ALREADY_IN_STATION", "ok"]
        refused = next(result for result in results if not isinstance(result, dict))
        assert refused.details["stationCode"] == "ST-PRINT"
        assert refused.details["inAt"]
    assert floor.ask(select(func.count()).select_from(tracks))[0][0] == ROUNDS


def test_of_two_track_outs_of_one_board_exactly_one_counts(floor: Floor) -> None:
    for number in range(1, ROUNDS + 1):
        sn = f"SN-{number}"
        floor.come_in(sn)
        results = at_once(lambda sn=sn: floor.go_out(sn, result="PASS"), lambda sn=sn: floor.go_out(sn, result="FAIL"))
        assert codes(results) == ["TRACK_ALREADY_CLOSED", "ok"]
        won = next(result for result in results if isinstance(result, dict))
        assert floor.unit(sn).status == won["status"]


def test_first_boards_at_several_stations_all_go_in_and_the_run_starts_once(floor: Floor) -> None:
    floor.add_station("ST-P2")
    floor.add_station("ST-P3")
    floor.use(step(10, "PRINT", allowedStationCodes=["ST-PRINT", "ST-P2", "ST-P3"]), step(20, "MOUNT"))
    places = ["ST-PRINT", "ST-P2", "ST-P3"]
    results = at_once(*(lambda n=n: floor.come_in(f"SN-{n + 1}", places[n % 3]) for n in range(6)))
    assert codes(results) == ["ok"] * 6
    assert floor.actions().count("RUN_START") == 1
    assert floor.run().status == "IN_PROGRESS"


def test_of_the_last_two_boards_that_leave_at_once_one_completes_the_run(floor: Floor) -> None:
    floor.use(step(10, "PRINT"))
    for number in range(1, ROUNDS * 2 + 1):
        floor.come_in(f"SN-{number}")
    results = at_once(*(lambda n=n: floor.go_out(f"SN-{n}") for n in range(1, ROUNDS * 2 + 1)))
    assert codes(results) == ["ok"] * ROUNDS * 2
    assert floor.run().status == "COMPLETED"
    assert floor.actions().count("RUN_COMPLETED") == 1
    assert [result["runStatus"] for result in results].count("COMPLETED") == 1


def test_the_last_board_does_not_wait_for_a_paper_that_is_being_written_for_the_run(floor: Floor) -> None:
    """Who writes the paper may wait for the stencil that the board counted on: then both would wait for each other."""
    floor.use(step(10, "PRINT"))
    for number in range(1, ROUNDS * 2 + 1):
        floor.come_in(f"SN-{number}")
        if number < ROUNDS * 2:
            floor.go_out(f"SN-{number}")
    with make_engine(floor.store.url.render_as_string(hide_password=False)).connect() as other:
        other.execute(select(runs.c.id).with_for_update(read=True, key_share=True))  # as the row of a paper does
        (result,) = at_once(lambda: floor.go_out(f"SN-{ROUNDS * 2}"), patience=5)
        assert result is not None
        assert result["runStatus"] == "COMPLETED"


def test_two_unknown_serials_for_the_last_place_of_a_run(url: str) -> None:
    with floor_on(url, boards=1) as floor:
        floor.use(step(10, "PRINT"), policy="REGISTER")
        results = at_once(*(lambda n=n: floor.come_in(f"LABEL-{n}", run_no="RUN-1") for n in range(4)))
        assert codes(results) == ["RUN_PLAN_QTY_REACHED"] * 3 + ["ok"]
        assert floor.ask(select(func.count()).select_from(units))[0][0] == 1


def test_an_unused_serial_that_is_withdrawn_and_scanned_at_once_is_used_once(url: str) -> None:
    with floor_on(url, boards=1) as floor:
        floor.use(step(10, "PRINT"), policy="REGISTER")
        results = at_once(lambda: floor.come_in("LABEL-1", run_no="RUN-1"), lambda: floor.come_in("SN-1"))
        told = codes(results)
        assert told.count("ok") == 1, told
        assert floor.ask(select(func.count()).select_from(units))[0][0] == 1
        assert floor.ask(select(func.count()).select_from(tracks))[0][0] == 1


def test_one_unknown_serial_scanned_twice_is_one_unit(url: str) -> None:
    with floor_on(url, boards=0) as floor:
        floor.use(step(10, "PRINT"), policy="REGISTER")
        floor.set_run(plan_qty=5)
        results = at_once(*[lambda: floor.come_in("LABEL-1", run_no="RUN-1")] * 3)
        assert codes(results) == ["UNIT_ALREADY_IN_STATION", "UNIT_ALREADY_IN_STATION", "ok"]
        assert floor.ask(select(func.count()).select_from(units))[0][0] == 1


def test_a_track_out_and_a_hold_at_once_never_lose_the_hold(floor: Floor) -> None:
    for number in range(1, ROUNDS + 1):
        sn = f"SN-{number}"
        floor.come_in(sn)
        out, hold = at_once(lambda sn=sn: floor.go_out(sn), lambda sn=sn: floor.hold(sn))
        assert isinstance(hold, dict) or hold.code == "UNIT_STATE_CHANGED"
        if isinstance(hold, dict) and isinstance(out, dict):
            assert floor.unit(sn).status == "ON_HOLD"
        elif isinstance(out, dict):
            assert floor.unit(sn).status == "QUEUED"
        else:
            assert out.code == "UNIT_STATE_CHANGED"
            assert floor.unit(sn).hold_pending


def test_a_cancel_and_a_track_out_at_once_leave_one_truth(floor: Floor) -> None:
    for number in range(1, ROUNDS + 1):
        sn = f"SN-{number}"
        floor.come_in(sn)
        results = at_once(lambda sn=sn: floor.go_out(sn), lambda sn=sn: floor.cancel(sn))
        assert codes(results).count("ok") == 1
        assert floor.unit(sn).status == "QUEUED"
