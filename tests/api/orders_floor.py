"""An order floor for the tests of orders and readiness: LINE-A with a frozen route, orders and runs in one line each."""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update
from tests.api.plant import LINE, STATIONS, TEST, Plant

from fiducial.kit.acting import action, query
from fiducial.kit.columns import canonical
from fiducial.kit.settings import Setting
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, units
from fiducial.plant.tables import lines
from fiducial.routing.tables import routes, versions

OPERATIONS = ("PRINT", "SPI", "MOUNT", "REFLOW", "AOI")


def step(no: int, code: str, *stations: str, **more: Any) -> dict[str, Any]:
    """One step of a frozen route, done at these stations."""
    given = {
        "stepNo": no, "operationId": None, "operationCode": code, "operationName": code.title(), "processKind": "OTHER",
        "isKeyQuality": False, "stationType": "MANUAL", "stationGroupCode": None, "allowedStationCodes": list(stations),
        "requiresFAI": False, "requiresAuthorization": False, "dataSpecIds": [], "dataSpecs": [], "expectedReflowProfile": None,
        "requiredTools": None, "requiresTestProgram": False, "ingestMapping": None, "sourceStepKey": None,
    }  # fmt: skip
    return given | more


FULL = tuple(step(10 * n, code, station) for n, (code, station) in enumerate(zip(OPERATIONS, STATIONS, strict=True), 1))
ONE_STEP = (step(10, "PRINT", STATIONS[0]),)


class Floor:
    """What tests of orders ask for in one line."""

    def __init__(self, plant: Plant) -> None:
        self.plant, self.api, self.store = plant, plant.api, plant.store
        self.planner, self.leader = self.api.as_("planner"), self.api.as_("leader")
        self.gates(LINE, "ROUTE")
        plant.settle()

    def gates(self, line: str, *enabled: str) -> Any:
        return self.api.as_("engineer").put(f"/api/lines/{line}/readiness-config", {"enabled": list(enabled)}).must()

    # Routes, written straight into the tables

    def route(
        self, code: str | None = None, *steps: dict[str, Any], kind: str = "SMT", ready: bool = True, **columns: Any
    ) -> str:
        """A routing with one READY version of these steps (all five of LINE-A when none is given)."""
        code = code or self.plant.name("R")
        self.store.write_now(TEST, _make_route, code, kind, columns)
        if ready:
            self.compile(code, *steps)
        return code

    def compile(self, code: str, *steps: dict[str, Any], **said: Any) -> int:
        """One more READY version; `said` is what else its head says: unknownSerialPolicy, faiTrialPolicy, faiTemplate."""
        return int(self.store.write_now(TEST, _freeze, code, list(steps or FULL), said))

    # Orders and runs, by the API

    def order(self, *, qty: float = 100, route: str | None = None, **more: Any) -> str:
        """A work order that was received; its number."""
        body = {
            "woNo": self.plant.name("WO"),
            "productCode": "P-1",
            "plannedQty": qty,
            "pickStatus": "3",
            "routingCode": route or self.route(),
            **more,
        }
        return str(self.planner.post("/api/integration/work-orders", body).must()["woNo"])

    def released(self, *, line: str = LINE, **order: Any) -> str:
        """A work order released to a line; its number."""
        wo_no = self.order(**order)
        self.planner.post(f"/api/work-orders/{wo_no}/release", {"lineCode": line}).must()
        return wo_no

    def run(self, *, plan: int = 10, units: int = 0, line: str = LINE, **order: Any) -> str:
        """A run in preparation; its number."""
        wo_no = self.released(line=line, **order)
        run_no = self.planner.post(f"/api/work-orders/{wo_no}/runs", {"lineCode": line, "planQty": plan}).must()[
            "runNo"
        ]
        if units:
            self.planner.post(f"/api/runs/{run_no}/generate-units", {"quantity": units}).must()
        return str(run_no)

    def authorize(self, run_no: str) -> Any:
        return self.leader.post(f"/api/runs/{run_no}/authorize", {"action": "AUTHORIZE"})

    def detail(self, run_no: str) -> Any:
        return self.planner.get(f"/api/runs/{run_no}").must()

    def status(self, run_no: str) -> str:
        return str(self.detail(run_no)["run"]["status"])

    def order_now(self, wo_no: str) -> Any:
        return self.planner.get(f"/api/work-orders/{wo_no}").must()

    # Reaching behind the doors

    def set_run(self, run_no: str, **values: Any) -> None:
        self.plant.sql(update(runs).where(runs.c.run_no == run_no).values(**values))

    def set_units(self, run_no: str, *, only: str | None = None, **values: Any) -> None:
        """Put the units of a run, or one, where execution would have brought them."""
        of_run = units.c.run_id == select(runs.c.id).where(runs.c.run_no == run_no).scalar_subquery()
        which = of_run if only is None else units.c.sn == only
        self.plant.sql(update(units).where(which).values(**values))

    def under_way(self, *, plan: int = 2, made: int | None = None, **order: Any) -> str:
        """A run IN_PROGRESS with its units made."""
        run_no = self.run(plan=plan, units=made if made is not None else plan, **order)
        self.set_run(run_no, status="IN_PROGRESS", started_at=1)
        return run_no

    def line_id(self, code: str = LINE) -> int:
        return int(self.rows(select(lines.c.id).where(lines.c.code == code))[0].id)

    def setting(self, setting: Setting[Any], value: Any, place: int = 0) -> None:
        self.store.write_now(TEST, _set, setting, value, place)

    def rows(self, statement: Any) -> list[Any]:
        return list(self.store.read_now(TEST, _look, statement))


@action(audit="TEST", entity="LINE", internal_only=True)
def _make_route(tx: Tx, code: str, kind: str, columns: dict[str, Any]) -> None:
    tx.unrecorded()
    row = {
        "id": tx.new_id(), "code": code, "code_folded": code.lower(), "name": f"{code} name", "source_system": "MES", "process_type": kind,
        "is_active": True, "needs_compile": False, "unknown_serial_policy": "REFUSE", "fai_trial_policy": "REQUIRED",
        "created_at": tx.now, "updated_at": tx.now,
    }  # fmt: skip
    tx.run(insert(routes).values(row | columns))


@action(audit="TEST", entity="LINE", internal_only=True)
def _freeze(tx: Tx, code: str, steps: list[dict[str, Any]], more: dict[str, Any]) -> int:
    tx.unrecorded()
    route = tx.one(select(routes).where(routes.c.code == code))
    number = len(tx.all(select(versions.c.id).where(versions.c.route_id == route.id))) + 1
    options = {
        "unknownSerialPolicy": more.get("unknownSerialPolicy", "REFUSE"),
        "faiTrialPolicy": more.get("faiTrialPolicy", "REQUIRED"),
    }
    said = {"code": code, "name": route.name, "sourceSystem": "MES", "sourceKey": None, "productCode": None, "processType": route.process_type,
            "options": options, "faiTemplate": more.get("faiTemplate")}  # fmt: skip
    key = tx.new_id()
    tx.run(insert(versions).values(
        id=key, route_id=route.id, version_no=number, status="READY", content_hash="0", errors=[], warnings=[], compiled_at=tx.now,
        snapshot=canonical({"route": said, "steps": steps}).decode(),
    ))  # fmt: skip
    return key


@action(audit="TEST", entity="LINE", internal_only=True)
def _set(tx: Tx, setting: Setting[Any], value: Any, place: int) -> None:
    tx.unrecorded()
    setting.put(tx, value, place)


@query("open")
def _look(tx: Tx, statement: Any) -> list[Any]:
    return list(tx.all(statement))
