"""A shop floor for the tests of execution: one line, a run of some boards on a frozen route, people at the stations.

Written straight into the tables, so that a test says only what matters to it. Olga works at the line's stations, Otto at
one station, Quinn decides on quality and sees everything, Stranger is bound to another line, Rob is a machine.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select, text, update

from fiducial import app as _assembled  # noqa: F401 - so that every table is known
from fiducial.execution import ports
from fiducial.execution.cancel import cancel_track_in
from fiducial.execution.holding import hold_unit, release_unit
from fiducial.execution.shapes import CancelTrackIn, Hold, TrackIn, TrackOut
from fiducial.execution.track_in import track_in
from fiducial.execution.track_out import track_out
from fiducial.kit import columns, ids
from fiducial.kit.acting import ANONYMOUS, Actor, Caller, action, query
from fiducial.kit.columns import canonical
from fiducial.kit.pool import Writer
from fiducial.kit.refusals import Refused
from fiducial.kit.settings import Setting
from fiducial.kit.store import Store, Wiring, make_engine
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, units, work_orders
from fiducial.people.reach import wire_places
from fiducial.people.tables import user_lines, user_stations, users
from fiducial.plant.places import Places
from fiducial.plant.tables import groups, lines, stations
from fiducial.quality.wiring import DEFECT_BOOK, TRACK_OUT_GUARDS, VERDICTS
from fiducial.readiness.tables import line_configs
from fiducial.routing.tables import routes, versions

T0 = 1_760_000_000_000
OPERATOR = {"exec:track_in": "ASSIGNED_STATIONS", "exec:track_out": "ASSIGNED_STATIONS", "exec:read": "ASSIGNED_STATIONS",
            "trace:read": "ASSIGNED_STATIONS"}  # fmt: skip
QUALITY = {"quality:disposition": "ALL", "trace:read": "ALL", "exec:read": "ALL"}
PEOPLE = {
    "olga": (1, dict.fromkeys(OPERATOR, "ASSIGNED_LINES")),
    "otto": (2, OPERATOR),
    "quinn": (3, QUALITY),
    "stranger": (4, dict.fromkeys((*OPERATOR, "quality:disposition"), "ASSIGNED_LINES")),
    "boss": (5, dict.fromkeys((*OPERATOR, *QUALITY), "ALL")),
    "nobody": (6, {}),
}


class People:
    """Who stands at the door, by name."""

    def identify(self, tx: Tx) -> Actor:
        name = tx.caller.internal or ""
        if name == "rob":
            return Actor(kind="TOKEN", id=77, name="Rob", permissions=dict.fromkeys(OPERATOR, "ALL"), system="MACHINE")
        if name in PEOPLE:
            key, held = PEOPLE[name]
            return Actor(kind="USER", id=key, name=name.title(), permissions=held)
        return Actor(kind="SYSTEM", name=name) if name else ANONYMOUS

    def reads(self, caller: Caller) -> tuple[()]:
        return ()


def spec(name: str, data_type: str = "NUMBER", **more: Any) -> dict[str, Any]:
    """One frozen collection item."""
    given = {
        "id": f"spec-{name}", "revision": 1, "name": name, "itemType": "KEY", "dataType": data_type, "method": "MANUAL",
        "triggerType": "EACH_UNIT", "triggerRule": None, "spec": None, "alarm": None, "isRequired": False,
    }  # fmt: skip
    return given | more


def step(no: int, code: str, *specs: dict[str, Any], **more: Any) -> dict[str, Any]:
    """One step of a frozen route."""
    given = {
        "stepNo": no, "operationId": None, "operationCode": code, "operationName": code.title(), "processKind": "OTHER",
        "isKeyQuality": False, "stationType": "MANUAL", "stationGroupCode": None, "allowedStationCodes": [f"ST-{code}"],
        "requiresFAI": False, "requiresAuthorization": False, "dataSpecIds": [], "dataSpecs": list(specs),
        "expectedReflowProfile": None, "requiredTools": None, "requiresTestProgram": False, "ingestMapping": None, "sourceStepKey": None,
    }  # fmt: skip
    return given | more


STEPS = (step(10, "PRINT"), step(20, "MOUNT"), step(30, "TEST"))


@dataclass
class Floor:
    """One line with a run, and what people do there."""

    store: Store
    line_id: int = 0
    other_line_id: int = 0
    version_id: int = 0
    run_id: int = 0
    wo_id: int = 0
    station_ids: dict[str, int] = field(default_factory=dict)
    run_no: str = "RUN-1"

    def tell(self, act: Callable[[Tx], Any]) -> Any:
        """Do something as the system."""
        return self.store.write_now(Caller(internal="test"), _do, act)

    def ask(self, statement: Any) -> list[Any]:
        return list(self.store.read_now(Caller(internal="test"), _look, lambda tx: tx.all(statement)))

    def read(self, function: Callable[..., Any], *args: Any, who: str = "boss") -> Any:
        return self.store.read_now(Caller(internal=who), function, *args)

    def come_in(
        self, sn: str, station: str = "ST-PRINT", *, who: str = "olga", caller: Caller | None = None, **more: Any
    ) -> Any:
        return self.store.write_now(caller or Caller(internal=who), track_in, station, TrackIn(sn=sn, **more))

    def go_out(
        self, sn: str, station: str = "ST-PRINT", result: str = "PASS", *, who: str = "olga", **more: Any
    ) -> Any:
        body = TrackOut.model_validate({"sn": sn, "result": result, **more})
        return self.store.write_now(Caller(internal=who), track_out, station, body)

    def cancel(self, sn: str, station: str = "ST-PRINT", *, who: str = "olga", reason: str = "wrong board") -> Any:
        return self.store.write_now(Caller(internal=who), cancel_track_in, station, CancelTrackIn(sn=sn, reason=reason))

    def hold(self, sn: str, *, who: str = "quinn", reason: str = "scratched") -> Any:
        return self.store.write_now(Caller(internal=who), hold_unit, sn, Hold(reason=reason))

    def release(self, sn: str, *, who: str = "quinn", reason: str = "looked at") -> Any:
        return self.store.write_now(Caller(internal=who), release_unit, sn, Hold(reason=reason))

    def pass_through(self, sn: str, *stations: str, **more: Any) -> Any:
        """Take a unit in and out of stations with PASS; give the last answer."""
        answer = None
        for station in stations:
            self.come_in(sn, station, **more)
            answer = self.go_out(sn, station, **more)
        return answer

    def unit(self, sn: str) -> Any:
        rows = self.ask(select(units).where(units.c.sn == sn))
        return rows[0] if rows else None

    def run(self, run_no: str | None = None) -> Any:
        return self.ask(select(runs).where(runs.c.run_no == (run_no or self.run_no)))[0]

    def set_run(self, **values: Any) -> None:
        self.tell(lambda tx: tx.run(update(runs).where(runs.c.id == self.run_id).values(**values)))

    def set_unit(self, sn: str, **values: Any) -> None:
        self.tell(lambda tx: tx.run(update(units).where(units.c.sn == sn).values(**values)))

    def set_station(self, code: str, **values: Any) -> None:
        self.tell(lambda tx: tx.run(update(stations).where(stations.c.code == code).values(**values)))

    def setting(self, setting: Setting[Any], value: Any) -> None:
        self.tell(lambda tx: setting.put(tx, value, self.line_id if setting.by_place else 0))

    def actions(self) -> list[str]:
        """Give what stands in the audit book, in order, without what the test did itself."""
        from fiducial.kit import audit

        rows = self.ask(select(audit.entry.c.action, audit.entry.c.code).order_by(audit.entry.c.seq))
        return [row.action + (f" {row.code}" if row.code else "") for row in rows if row.action != "TEST"]

    def events(self) -> list[str]:
        from fiducial.kit import outbox

        return [row.type for row in self.ask(select(outbox.events.c.type).order_by(outbox.events.c.id))]

    # More plant

    def asks_for_a_route_alone(self) -> None:
        """The line asks for nothing but the route: what else a line must be ready for is told by the tests of readiness."""
        said = {"enabled": ["ROUTE"], "gates": {}, "version": 1, "updated_at": T0}
        self.tell(lambda tx: tx.run(insert(line_configs).values(id=tx.new_id(), line_id=self.line_id, **said)))

    def freeze(self, *steps: dict[str, Any], policy: str = "REFUSE", status: str = "READY", code: str = "R-1") -> int:
        """Compile steps to a new version; give its key."""

        def act(tx: Tx) -> int:
            route_id, key = tx.new_id(), tx.new_id()
            snapshot = {
                "route": {"code": code, "name": code, "sourceSystem": "MES", "sourceKey": None, "productCode": None, "processType": "SMT",
                          "options": {"unknownSerialPolicy": policy, "faiTrialPolicy": "REQUIRED"}, "faiTemplate": None},
                "steps": list(steps),
            }  # fmt: skip
            old = tx.scalar(select(routes.c.id).where(routes.c.code == code))
            if old is None:
                tx.run(insert(routes).values(
                    id=route_id, code=code, code_folded=code.lower(), name=code, source_system="MES", process_type="SMT", is_active=True,
                    unknown_serial_policy=policy, fai_trial_policy="REQUIRED", created_at=tx.now, updated_at=tx.now,
                ))  # fmt: skip
            route_id = old or route_id
            number = len(tx.all(select(versions.c.id).where(versions.c.route_id == route_id))) + 1
            tx.run(insert(versions).values(
                id=key, route_id=route_id, version_no=number, status=status, content_hash="0", snapshot=canonical(snapshot).decode(),
                errors=[], warnings=[], compiled_at=tx.now,
            ))  # fmt: skip
            return key

        return int(self.tell(act))

    def add_run(self, run_no: str, *, plan_qty: int = 10, status: str = "AUTHORIZED", line_id: int | None = None, version_id: int | None = None,
                wo_id: int | None = None) -> int:  # fmt: skip
        def act(tx: Tx) -> int:
            key = tx.new_id()
            tx.run(insert(runs).values(
                id=key, run_no=run_no, work_order_id=wo_id or self.wo_id, line_id=line_id or self.line_id,
                version_id=version_id or self.version_id, status=status, plan_qty=plan_qty, created_at=tx.now,
                updated_at=tx.now,
            ))  # fmt: skip
            return key

        return int(self.tell(act))

    def add_order(self, wo_no: str) -> int:
        def act(tx: Tx) -> int:
            key = tx.new_id()
            tx.run(insert(work_orders).values(
                id=key, wo_no=wo_no, product_code="PCB-1", planned_qty=100, status="IN_PROGRESS", source_system="MES",
                created_at=tx.now, updated_at=tx.now,
            ))  # fmt: skip
            return key

        return int(self.tell(act))

    def add_units(self, *sns: str, run_id: int | None = -1, wo_id: int | None = None, step_no: int = 10) -> None:
        owner = self.run_id if run_id == -1 else run_id

        def act(tx: Tx) -> None:
            for sn in sns:
                tx.run(insert(units).values(
                    id=tx.new_id(), sn=sn, work_order_id=wo_id or self.wo_id, run_id=owner, status="QUEUED", current_step_no=step_no,
                    rework_count=0, hold_pending=False, tracked=False, created_at=tx.now, updated_at=tx.now,
                ))  # fmt: skip

        self.tell(act)

    def add_station(
        self, code: str, *, line_id: int | None = None, station_type: str = "MANUAL", group_id: int | None = None
    ) -> int:
        def act(tx: Tx) -> int:
            key = tx.new_id()
            tx.run(insert(stations).values(
                id=key, code=code, code_folded=code.lower(), name=code.title(), line_id=line_id or self.line_id, group_id=group_id,
                station_type=station_type, equipment_codes=[], is_manual_bench=False, is_active=True, created_at=tx.now, updated_at=tx.now,
            ))  # fmt: skip
            return key

        self.station_ids[code] = int(self.tell(act))
        return self.station_ids[code]

    def add_group(self, code: str) -> int:
        def act(tx: Tx) -> int:
            key = tx.new_id()
            tx.run(
                insert(groups).values(
                    id=key, code=code, code_folded=code.lower(), name=code, created_at=tx.now, updated_at=tx.now
                )
            )
            return key

        return int(self.tell(act))

    def use(self, *steps: dict[str, Any], policy: str = "REFUSE") -> None:
        """Freeze other steps for the run."""
        self.version_id = self.freeze(*steps, policy=policy)
        self.set_run(version_id=self.version_id)


@action(audit="TEST", entity="SYSTEM_CONFIG", internal_only=True)
def _do(tx: Tx, act: Callable[[Tx], Any]) -> Any:
    tx.unrecorded()
    return act(tx)


@query("system:config")
def _look(tx: Tx, act: Callable[[Tx], Any]) -> Any:
    return act(tx)


WIRES = ports.Wires(defects=DEFECT_BOOK, verdicts=VERDICTS, track_out=TRACK_OUT_GUARDS)


def build(url: str) -> None:
    engine = make_engine(url)
    with engine.connect() as conn:
        columns.metadata.create_all(conn)
        conn.commit()
    engine.dispose()


def wipe_postgres(url: str) -> None:
    engine = make_engine(url)
    with engine.connect() as conn:
        conn.execute(text("DROP SCHEMA public CASCADE"))
        conn.execute(text("CREATE SCHEMA public"))
        conn.commit()
    engine.dispose()


@contextmanager
def floor_on(url: str, *, boards: int = 3, wires: ports.Wires = WIRES) -> Any:
    """Give a floor with RUN-1, authorised, of some boards SN-1, SN-2 …, planned for as many."""
    build(url)
    wire_places(Places())
    ports.wire(wires)
    store = Store(url, Wiring(identity=People(), pg_writers=6, pg_readers=1)).start()
    try:
        yield _furnish(Floor(store), boards)
    finally:
        store.stop()
        ports.wire(WIRES)


def _furnish(floor: Floor, boards: int) -> Floor:
    def places(tx: Tx) -> tuple[int, int]:
        keys = (tx.new_id(), tx.new_id())
        for key, code in zip(keys, ("LINE-A", "LINE-B"), strict=True):
            tx.run(insert(lines).values(
                id=key, code=code, code_folded=code.lower(), name=code, process_type="SMT", is_active=True, created_at=tx.now, updated_at=tx.now,
            ))  # fmt: skip
        return keys

    floor.line_id, floor.other_line_id = floor.tell(places)
    for code in ("ST-PRINT", "ST-MOUNT", "ST-TEST"):
        floor.add_station(code)
    floor.add_station("ST-ELSEWHERE", line_id=floor.other_line_id)

    def people(tx: Tx) -> None:
        for name, (key, _held) in PEOPLE.items():
            tx.run(insert(users).values(
                id=key, username=name, name=name.title(), badge_no=f"B-{name}", locale="en", is_active=True, must_change_password=False,
                failures=0, locks=0, created_at=tx.now, updated_at=tx.now,
            ))  # fmt: skip
        for key, line in ((1, floor.line_id), (4, floor.other_line_id)):
            tx.run(insert(user_lines).values(user_id=key, line_id=line))
        tx.run(insert(user_stations).values(user_id=2, station_id=floor.station_ids["ST-PRINT"]))

    floor.tell(people)
    floor.wo_id = floor.add_order("WO-1")
    floor.version_id = floor.freeze(*STEPS)
    floor.run_id = floor.add_run("RUN-1", plan_qty=boards)
    if boards:
        floor.add_units(*(f"SN-{number + 1}" for number in range(boards)))
    return floor


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'floor.db'}"


def refusal(act: Callable[..., Any], *args: Any, **named: Any) -> Refused:
    """Give how an act was refused; a test fails when it was not."""
    try:
        answer = act(*args, **named)
    except Refused as refused:
        return refused
    raise AssertionError(f"it was not refused but answered {answer!r}")


BLOCKED = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'")


def at_once(*acts: Callable[[], Any], patience: float = 30) -> list[Any]:
    """Do all at the same moment, each in a thread of its own; give answers and refusals in order, None of one that has not ended."""
    gate, results = threading.Barrier(len(acts)), [None] * len(acts)

    def perform(place: int, act: Callable[[], Any]) -> None:
        gate.wait()
        try:
            results[place] = act()
        except Refused as refused:
            results[place] = refused

    threads = [threading.Thread(target=perform, args=(place, act)) for place, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(patience)
    return results


def run_again(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Give the list of the times that a writer of PostgreSQL undid an act to run it again, as after a deadlock; empty when none did."""
    times: list[int] = []
    undo = Writer._undo

    def counted(writer: Writer) -> None:
        times.append(1)
        undo(writer)

    monkeypatch.setattr(Writer, "_undo", counted)
    return times


def codes(results: Sequence[Any]) -> list[str]:
    """Give `ok` or the code of each, sorted."""
    return sorted(result.code if isinstance(result, Refused) else "ok" for result in results)


__all__ = [
    "WIRES",
    "Floor",
    "at_once",
    "codes",
    "floor_on",
    "ids",
    "refusal",
    "replace",
    "run_again",
    "spec",
    "sqlite_url",
    "step",
    "wipe_postgres",
]
