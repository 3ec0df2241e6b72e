"""Judged, and changed by somebody else before it is written: each case held open by a second connection, so that it cannot be missed.

Only PostgreSQL has writers side by side; SQLite has one.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text
from tests.api.execution_floor import T0, Floor, floor_on, step

from fiducial.kit.refusals import Refused
from fiducial.kit.store import make_engine
from fiducial.orders.tables import units

pytestmark = pytest.mark.postgres
BLOCKED = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


class Meanwhile:
    """Somebody else's transaction that is still open."""

    def __init__(self, conn: Connection, watching: Connection) -> None:
        self.conn, self._watching = conn, watching

    def until_somebody_waits(self, act: Callable[[], Any]) -> list[Any]:
        """Begin an act in another thread, wait until it waits for us, commit, and give its answer or fault."""
        outcome: list[Any] = []

        def perform() -> None:
            try:
                outcome.append(act())
            except Exception as fault:  # noqa: BLE001 - what came of it is what the test is about
                outcome.append(fault)

        thread = threading.Thread(target=perform)
        thread.start()
        deadline = time.monotonic() + 10
        while not self._watching.scalar(BLOCKED):
            self._watching.rollback()
            assert thread.is_alive(), f"it never waited, but gave {outcome}"
            assert time.monotonic() < deadline, "it never waited"
            time.sleep(0.01)
        self.conn.commit()
        thread.join(20)
        return outcome


@contextmanager
def meanwhile(url: str) -> Iterator[Meanwhile]:
    engine = make_engine(url)
    with engine.connect() as conn, engine.connect() as watching:
        yield Meanwhile(conn, watching)
        conn.rollback()
        watching.rollback()


def code_of(outcome: list[Any]) -> str:
    return outcome[0].code if isinstance(outcome[0], Refused) else repr(outcome[0])


@pytest.fixture
def url(postgres: Any) -> Iterator[str]:
    with postgres.database() as url:
        yield url


@pytest.fixture
def floor(url: str) -> Iterator[Floor]:
    with floor_on(url, boards=1) as floor:
        yield floor


def test_an_unknown_label_that_another_run_takes_at_this_moment_is_told_so(floor: Floor, url: str) -> None:
    floor.use(step(10, "PRINT"), policy="REGISTER")
    floor.set_run(plan_qty=5)
    other = floor.add_run("RUN-2")
    with meanwhile(url) as they:
        they.conn.execute(insert(units).values(
            id=7, sn="LABEL-1", work_order_id=floor.wo_id, run_id=other, status="QUEUED", current_step_no=10, rework_count=0,
            hold_pending=False, tracked=False, created_at=T0, updated_at=T0,
        ))  # fmt: skip
        outcome = they.until_somebody_waits(lambda: floor.come_in("LABEL-1", run_no="RUN-1"))
    assert code_of(outcome) == "UNIT_RUN_MISMATCH"
