"""What a full evaluation of a run costs: every gate that is built, on a line with a year of records, inside a write.

python bench/readiness.py [--days 365] [--times 50]

It runs in the write lane, so it delays every scan behind it: the promise is 50 ms at the median with its check kept. Prints
milliseconds, statements, and the ratio to a floor: the same number of one-row selects by key, in the same run.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from sqlalchemy import event, select

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from tests.api.conftest import fill_template
from tests.api.plant import LINE, TEST, Plant, environment, run_statements
from tests.api.ready_floor import ReadyFloor
from tests.api.web import Api

from fiducial.app import create_app, open_store
from fiducial.kit.acting import action
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs
from fiducial.readiness.checks import FORMAL, keep
from fiducial.readiness.config import TYPES
from fiducial.readiness.evaluate import evaluate
from fiducial.readiness.gates import BY_TYPE

PROMISE_MS = 50.0


@action(audit="TEST", entity="RUN", internal_only=True)
def judge(tx: Tx, run_id: int, times: int) -> tuple[list[float], list[float], int, int, float]:
    """Evaluate and keep; give milliseconds of each by the clock and of the processor, statements of one, items, and the floor."""
    tx.unrecorded()
    run = tx.one(select(runs).where(runs.c.id == run_id))
    counted = [0]

    def count(*_: Any) -> None:
        counted[0] += 1

    took, worked, items = list[float](), list[float](), 0
    event.listen(tx.conn, "before_cursor_execute", count)
    for _ in range(times):
        began, cpu = time.perf_counter(), time.thread_time()
        judgement = evaluate(tx, run)
        keep(tx, run, judgement, type=FORMAL, trigger="MANUAL")
        took.append((time.perf_counter() - began) * 1000)
        worked.append((time.thread_time() - cpu) * 1000)
        items = len(judgement.items)
    event.remove(tx.conn, "before_cursor_execute", count)
    one = counted[0] // times
    began = time.perf_counter()
    for _ in range(one):
        tx.first(select(runs.c.id).where(runs.c.id == run_id))
    return took, worked, one, items, (time.perf_counter() - began) * 1000


def a_year(floor: ReadyFloor, days: int) -> str:
    """Fill a line with as many records as a year brings; give the run that is judged."""
    gates = [gate for gate in TYPES if gate in BY_TYPE]
    floor.engineer.put(f"/api/lines/{LINE}/readiness-config", {"enabled": gates}).must()
    machines, stencil, lot = floor.machines(), floor.stencil(), floor.paste()
    for machine in machines.values():
        for hour in range(0, days * 24, 8):
            floor.machine_state(machine, "NORMAL", hours_ago=hour)
    for hour in range(0, days * 24, 4):
        floor.stencil_state(stencil, hours_ago=hour)
        floor.paste_state(lot, hours_ago=hour)
    floor.plant.material("P-1")
    children = [floor.plant.material(f"PART-{number}")["code"] for number in range(60)]
    floor.engineer.put("/api/boms/P-1", {"children": [{"childCode": code, "qty": 2} for code in children]}).must()
    return floor.printing_run()


def main() -> int:
    """Measure; give 1 when the promise is not kept."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--times", type=int, default=50)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/fiducial.db"
        fill_template(url, Path(folder))
        store = open_store(environment(url, Path(folder)))
        api = Api(create_app(environment(url, Path(folder)), store))
        floor = ReadyFloor(Plant(api, store))
        run_no = a_year(floor, options.days)
        store.write_now(TEST, run_statements, [])
        took, worked, statements, items, base = store.write_now(TEST, judge, floor.key_of(run_no), options.times)
        api.close()
        store.stop()
    median, worst = statistics.median(took), max(took)
    print(f"{len(BY_TYPE)} gates, {items} items, {statements} statements: median {median:.1f} ms, worst {worst:.1f} ms")
    print(f"of the processor {statistics.median(worked):.1f} ms")
    print(f"floor (as many selects by key) {base:.1f} ms: ratio {median / base:.1f}; promise {PROMISE_MS:.0f} ms")
    return 0 if median <= PROMISE_MS else 1


if __name__ == "__main__":
    raise SystemExit(main())
