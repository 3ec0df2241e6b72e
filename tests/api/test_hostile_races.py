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
from sqlalchemy import Connection, insert, update
from tests.api.execution_floor import BLOCKED, T0, Floor, floor_on, step

from fiducial.kit.acting import Caller
from fiducial.kit.refusals import Refused
from fiducial.kit.store import make_engine
from fiducial.orders.actions.run_create import create_run
from fiducial.orders.shapes import CreateRun
from fiducial.orders.tables import units, work_orders
from fiducial.plant.actions.materials import put_bom
from fiducial.plant.shapes import Bom
from fiducial.plant.tables import bom_items, lines, materials
from fiducial.routing.tables import routes

pytestmark = pytest.mark.postgres


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


# A run is judged against line and routing as they are when it is made


@pytest.fixture
def released(floor: Floor) -> Floor:
    """WO-1 is released to LINE-A on the routing R-1."""
    floor.tell(
        lambda tx: tx.run(update(work_orders).values(dispatch_line_id=floor.line_id, resolved_routing_code="R-1"))
    )
    return floor


def _create(floor: Floor) -> Any:
    return floor.store.write_now(Caller(internal="test"), create_run, "WO-1", CreateRun(line_code="LINE-A", plan_qty=1))


def test_a_run_is_not_made_on_a_line_that_becomes_a_dip_line_at_this_moment(released: Floor, url: str) -> None:
    with meanwhile(url) as they:
        they.conn.execute(update(lines).where(lines.c.code == "LINE-A").values(process_type="DIP"))
        outcome = they.until_somebody_waits(lambda: _create(released))
    assert code_of(outcome) == "LINE_ROUTING_PROCESS_MISMATCH"


def test_a_run_is_not_made_on_a_routing_that_becomes_a_dip_routing_at_this_moment(released: Floor, url: str) -> None:
    with meanwhile(url) as they:
        they.conn.execute(update(routes).where(routes.c.code == "R-1").values(process_type="DIP"))
        outcome = they.until_somebody_waits(lambda: _create(released))
    assert code_of(outcome) == "LINE_ROUTING_PROCESS_MISMATCH"


def test_two_boms_that_lead_to_each_other_are_not_both_kept(floor: Floor, url: str) -> None:
    def known(tx: Any) -> None:
        for code in "ABCD":
            tx.run(insert(materials).values(
                id=tx.new_id(), code=code, code_folded=code.lower(), name=code, source_system="MES", is_moisture_sensitive=False,
                track_key_part=False, panel_size=1, is_forbidden=False, created_at=tx.now, updated_at=tx.now,
            ))  # fmt: skip

    floor.tell(known)

    def put(parent: str, child: str) -> Any:
        body = Bom.model_validate({"children": [{"childCode": child, "qty": 1}]})
        return floor.store.write_now(Caller(internal="test"), put_bom, parent, body)

    put("A", "B")
    put("C", "D")
    at_last = threading.Barrier(2)
    outcomes: dict[str, Any] = {}

    def perform(parent: str, child: str) -> None:
        at_last.wait()
        try:
            outcomes[parent] = put(parent, child)
        except Refused as refused:
            outcomes[parent] = refused

    for _ in range(12):  # B → C and D → A close the circle A → B → C → D → A
        threads = [threading.Thread(target=perform, args=pair) for pair in (("B", "C"), ("D", "A"))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert sorted(code_of([outcome]) if isinstance(outcome, Refused) else "ok" for outcome in outcomes.values()) == [
            "BOM_CYCLE", "ok",
        ]  # fmt: skip
        floor.tell(lambda tx: tx.run(bom_items.delete().where(bom_items.c.parent_code.in_(("B", "D")))))
