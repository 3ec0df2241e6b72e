"""Whatever people do, right or wrong, in whatever order: what is always true stays true (docs/invariants.md)."""

from __future__ import annotations

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import update
from tests.api.plant import TEST, Plant
from tests.api.quality_floor import STATIONS, Quality, step
from tests.api.web import Api

from fiducial.kit.acting import query
from fiducial.kit.tx import Tx
from fiducial.ops.invariants import INVARIANTS, broken
from fiducial.orders.tables import units

POINT = "PT-FIRST"
ROUTE = (step(10, "PRINT", STATIONS[0], requiresFAI=True), step(20, "SPI", STATIONS[1]))


@query()
def _broken(tx: Tx) -> list[tuple[str, tuple[str, ...]]]:
    return [(one.invariant.name, one.keys) for one in broken(tx.conn)]


class Walk:
    """Somebody who does whatever comes to mind."""

    def __init__(self, floor: Quality, seed: int, *, run: str = "") -> None:
        self.floor, self.chance = floor, random.Random(seed)
        if not run:
            self.floor.rule(samplingType="FIXED", sampleValue=1)
        self.run = run or self.floor.prepared(*ROUTE, units=3, faiTrialPolicy="OPTIONAL")

    def sn(self) -> str:
        sns = self.floor.sns(self.run)
        return self.chance.choice(sns) if sns else "SN-NONE"

    def acts(self) -> list[Callable[[], Any]]:
        floor, pick = self.floor, self.chance.choice
        station, result = pick(STATIONS[:2]), pick(("PASS", "PASS", "PASS", "FAIL"))
        person = floor.api.as_(pick(("quality", "quality2")))
        return [
            lambda: floor.come_in(self.sn(), station), lambda: floor.come_in(self.sn(), station), lambda: floor.go_out(self.sn(), station, result),
            lambda: floor.go_out(self.sn(), station, result), lambda: floor.go_out(self.sn(), station, "PASS"), lambda: self.inspect("fai"),
            lambda: self.inspect("fai"), lambda: self.inspect("oqc"), lambda: self.inspect("oqc"), lambda: self.inspect("fqc"),
            lambda: floor.authorize(self.run), lambda: floor.leader.post(f"/api/runs/{self.run}/close", {}),
            lambda: person.post("/api/defects", {"unitSn": self.sn(), "code": "A3", "blocking": pick((True, False))}),
            lambda: self.dispose(person), lambda: self.dispose(person), lambda: self.repair(person), lambda: self.first_piece(person),
            lambda: person.post(f"/api/units/{self.sn()}/hold", {"reason": "looks odd"}),
            lambda: person.post(f"/api/units/{self.sn()}/release", {"reason": "looks fine"}), lambda: self.mrb(person), lambda: self.mrb(person),
        ]  # fmt: skip

    def inspect(self, kind: str) -> None:
        newest = self.floor.quality.get(f"/api/{kind}/run/{self.run}").data
        if newest is None or newest["status"] in ("PASS", "FAIL", "CANCELLED"):
            if newest is not None and newest["status"] == "PASS":
                self.floor.do(kind, newest["id"], "sign")
            self.floor.make(kind, self.run, **({"sampleQty": 1} if kind == "fai" else {}))
            return
        key = newest["id"]
        if newest["status"] == "PENDING":
            self.floor.do(kind, key, "start")
            return
        sn = self.chance.choice(newest["sampledUnits"] or [None, self.sn()])
        self.floor.item(kind, key, self.chance.choice(("PASS", "PASS", "FAIL")), sn=sn)
        for decision in self.chance.sample(("PASS", "FAIL"), 2):
            self.floor.decide(kind, key, decision)

    def dispose(self, person: Any) -> None:
        open_ones = [one for one in self.floor.defects() if one["status"] != "CLOSED"]
        if open_ones:
            one, type_ = self.chance.choice(open_ones), self.chance.choice(("REWORK", "REWORK", "HOLD", "SCRAP"))
            body = {"type": type_, "reason": "as seen", "applyToUnit": self.chance.choice((True, False))}
            person.post(f"/api/defects/{one['id']}/disposition", body)
            if self.chance.random() < 0.5:
                person.post(f"/api/defects/{one['id']}/release", {"reason": "as seen"})

    def repair(self, person: Any) -> None:
        tasks = person.get("/api/rework-tasks", status="OPEN").must()["items"]
        if tasks:
            at, result = (
                f"/api/rework-tasks/{self.chance.choice(tasks)['id']}",
                self.chance.choice(("REPAIRED", "NOT_REPAIRABLE")),
            )
            person.post(f"{at}/repair-record", {"action": "resoldered", "result": result})
            person.post(f"{at}/complete", {})

    def first_piece(self, person: Any) -> None:
        """Somebody inspects at a point, by hand or what has become due, and changes their mind now and then."""
        open_ones = [
            one
            for one in person.get(f"/api/ipqc/run/{self.run}").data or []
            if one["status"] in ("PENDING", "INSPECTING")
        ]
        if not open_ones:
            self.floor.make("ipqc", self.run, checkpointCode=POINT)
            return
        key = self.chance.choice(open_ones)["id"]
        self.floor.do("ipqc", key, "start")
        self.floor.item("ipqc", key, self.chance.choice(("PASS", "PASS", "FAIL")), sn=self.sn())
        for decision in self.chance.sample(("PASS", "FAIL"), 2):
            self.floor.decide("ipqc", key, decision)
        person.post(f"/api/ipqc/{key}/sign", {})

    def mrb(self, person: Any) -> None:
        decision = self.chance.choice(("RELEASE", "REWORK", "SCRAP"))
        more = {"reworkType": self.chance.choice(("REUSE_PREP", "FULL_PREP"))} if decision == "REWORK" else {}
        done = person.post(f"/api/runs/{self.run}/mrb-decision", {"decision": decision, "reason": "as seen", **more})
        if done.ok and done.data["reworkRunNo"]:
            self.run = done.data["reworkRunNo"]
        else:
            self.go_on()

    def go_on(self) -> None:
        """Follow a run that was sent to rework by somebody else; begin another where this one has ended."""
        status = self.floor.status(self.run)
        children = (
            self.floor.planner.get(f"/api/runs/{self.run}/rework-runs").data if status == "CLOSED_REWORK" else None
        )
        if children:
            self.run = children[-1]["runNo"]
        elif status in ("COMPLETED", "SCRAPPED", "CLOSED_REWORK"):
            self.run = self.floor.prepared(*ROUTE, units=3, faiTrialPolicy="OPTIONAL")

    def go(self, steps: int) -> set[str]:
        seen = set()
        for number in range(steps):
            self.chance.choice(self.acts())()
            found = self.floor.store.read_now(TEST, _broken)
            assert found == [], f"after act {number}"
            seen.add(self.floor.status(self.run))
        return seen


@pytest.mark.one_engine
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whatever_people_do_what_is_always_true_stays_true(seed: int, plant: Plant) -> None:
    Walk(pointed(Quality(plant)), seed).go(120)


def pointed(floor: Quality) -> Quality:
    """The floor with a first piece at the first step, which a second board waits for."""
    body = {
        "code": POINT,
        "name": "段首件",
        "stepNo": 10,
        "checkType": "FIRST_PIECE",
        "gate": "WARN",
        "retriggerOn": ["SHIFT"],
    }
    floor.quality.post("/api/ipqc-checkpoints", body).must()
    return floor


def walk_together(plant: Plant, seed: int, *, walkers: int, rounds: int, acts: int) -> set[str]:
    """Several people at once on the same runs; whenever all of them rest, what is always true is looked at. Give the states seen."""
    floor = pointed(Quality(plant))
    first, seen = Walk(floor, seed), set[str]()
    run, faults = first.run, list[str]()

    def walk(number: int, turn: int) -> str:
        api = Api(plant.api.app)
        try:
            own = Plant(api, plant.store)
            own.name = lambda prefix: f"{prefix}-{seed}-{turn}-{number}-{next(own._numbers):03d}"  # type: ignore[method-assign]
            person = Walk(Quality(own), seed * 1000 + turn * 10 + number, run=run)
            for _ in range(acts):
                person.chance.choice(person.acts())()
            person.go_on()
            return person.run
        except Exception as fault:  # noqa: BLE001 - a thread's fault must be told by the test
            faults.append(repr(fault))
            return run
        finally:
            api.close()

    for turn in range(rounds):
        with ThreadPoolExecutor(walkers) as pool:
            after = list(pool.map(walk, range(walkers), [turn] * walkers))
        assert not faults, faults[:3]
        found = floor.store.read_now(TEST, _broken)
        assert found == [], f"after round {turn}"
        seen.add(floor.status(run))
        run = after[0]
    return seen


def test_people_at_once_leave_a_plant_that_keeps_its_promises(plant: Plant) -> None:
    walk_together(plant, 7, walkers=4, rounds=3, acts=8)


@pytest.mark.soak
@pytest.mark.parametrize("seed", range(100, 120))
def test_it_stays_true_for_long(seed: int, plant: Plant) -> None:
    Walk(pointed(Quality(plant)), seed).go(1500)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [200, 201])
def test_ten_thousand_acts_of_people_at_once_stay_true(seed: int, plant: Plant) -> None:
    walk_together(plant, seed, walkers=4, rounds=125, acts=20)


@pytest.mark.one_engine
def test_a_broken_promise_is_found(plant: Plant) -> None:
    floor = Quality(plant)
    run_no = floor.running(units=2)
    first, second = floor.sns(run_no)
    for sn, status in ((first, "ON_HOLD"), (second, "IN_STATION")):
        plant.sql(update(units).where(units.c.sn == sn).values(status=status))
    found = dict(floor.store.read_now(TEST, _broken))
    assert found == {"held unit has its hold": (first,), "unit in station has an open visit": (second,)}


def test_every_promise_can_be_asked_on_both_databases(plant: Plant) -> None:
    assert Quality(plant).store.read_now(TEST, _broken) == []
    assert len({one.name for one in INVARIANTS}) == len(INVARIANTS)
