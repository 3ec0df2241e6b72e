"""A floor for the tests of paper forms: tools in the register, a run on LINE-A, each record in one line."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select, update
from tests.api.orders_floor import FULL, Floor, step
from tests.api.plant import LINE, STATIONS, TEST, Plant
from tests.api.web import Answer, Api

from fiducial.forms.papers import BY_KEY
from fiducial.forms.tables import TABLES
from fiducial.kit.acting import action, query
from fiducial.kit.outbox import events
from fiducial.kit.settings import declared
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs
from fiducial.tooling.tables import tools

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
UNTRACKED = (step(10, "MOUNT", STATIONS[2], processKind="MOUNT"),)
PRINTED = (step(10, "PRINT", STATIONS[0], processKind="PRINT"), *FULL[1:])
GOOD_STENCIL: dict[str, Any] = {
    "stencilId": "ST-1", "productModel": "P-1", "checkDeform": True, "checkHoleDamage": True, "checkSealIntact": True,
    "tensionValues": [35, 36, 37, 38, 39],
}  # fmt: skip
GOOD: dict[str, dict[str, Any]] = {
    "bake": {
        "itemCode": "P-1", "materialCode": "C-1", "lotNo": "LOT-1", "bakeProcess": "PCB", "bakeQty": 20, "bakeTemperature": 125,
        "durationHoursMin": 4, "durationHoursMax": 8,
    },
    "solder_paste": {"lotId": "JAR-1", "step": "RECEIVE", "batchNo": "B-1", "materialCode": "PASTE-1", "expiresAt": "2099-01-01T00:00:00Z"},
    "cold_storage": {"temperature": 4.5},
    "stencil_usage": GOOD_STENCIL,
    "stencil_clean": {"stencilId": "ST-1", "method": "MACHINE", "cleanResult": "OK"},
    "squeegee": {"squeegeeId": "SQ-1", "productModel": "P-1", "checkSurface": True, "checkEdge": True, "checkFlatness": True},
    "fixture": {"fixtureId": "FX-1", "maintenance": [{"item": "1", "result": "OK"}, {"item": "2", "result": "NA"}]},
    "equipment_inspection": {
        "equipmentType": "AOI", "machineName": "AOI 1", "sampleModel": "GOLDEN-1", "programName": "AOI-P1", "result": "PASS",
    },
    "oven_program": {"productName": "P-1", "programName": "PB-FREE-01", "peakTemp": 245, "zoneTemps": [150, 180, 245]},
    "daily_qc": {"inspectedQty": 280, "totalParts": 41, "defectSummary": [{"code": "SOLDER_BRIDGE", "qty": 3}]},
    "production_exception": {"description": "Oven stopped"},
    "xray": {"productName": "P-1", "sampleQty": 5, "reasonCode": "B", "checkResult": "OK", "maxVoidPercent": 10},
}  # fmt: skip
"""A record of each form that nothing speaks against."""


class Papers:
    """What tests of forms ask for in one line."""

    def __init__(self, plant: Plant) -> None:
        self.plant, self.api, self.store = plant, plant.api, plant.store
        self.operator, self.leader, self.engineer = (self.api.as_(name) for name in ("operator", "leader", "engineer"))
        self._floor: Floor | None = None

    @property
    def floor(self) -> Floor:
        """Orders and runs, when a test needs them."""
        self._floor = self._floor or Floor(self.plant)
        return self._floor

    def tool(self, code: str = "ST-1", kind: str = "STENCIL", **more: Any) -> str:
        """A tool of the register."""
        self.store.write_now(TEST, _add_tool, {"code": code, "kind": kind, "life_limit": 60_000} | more)
        return code

    def tool_row(self, code: str = "ST-1") -> Any:
        return self.store.read_now(TEST, _tool_row, code)

    def run(self, *steps: dict[str, Any]) -> str:
        """A run on LINE-A over these steps (one that mounts: nothing counts a stencil); its number."""
        return self.floor.run(route=self.floor.route(None, *(steps or UNTRACKED)))

    def post(self, key: str, who: Api | None = None, **more: Any) -> Answer:
        """The answer to a record of a form that is good but for what is given; None leaves a field out."""
        form = BY_KEY[key]
        timed = {form.when.name: wire()} if form.when and form.when.typed else {}
        body = {name: value for name, value in (timed | GOOD[key] | more).items() if value is not None}
        return (who or self.operator).post(f"/api/{form.path}", body)

    def made(self, key: str, who: Api | None = None, **more: Any) -> Any:
        return self.post(key, who, **more).must()

    def at(self, key: str, record: Any, act: str = "") -> str:
        """The address of a record, or of an act on it."""
        return f"/api/{BY_KEY[key].path}/{record['id']}" + (f"/{act}" if act else "")

    def jar(self, step_: str, **more: Any) -> Answer:
        """Scan a jar."""
        body = {"lotId": "JAR-1", "step": step_} | (GOOD["solder_paste"] if step_ == "RECEIVE" else {}) | more
        return self.operator.post("/api/solder-paste-usage-records", body)

    def ago(self, key: str, milliseconds: int, *columns: str) -> None:
        """Shift instants of all records of a form into the past."""
        table = TABLES[key]
        self.plant.sql(update(table).values({name: table.c[name] - milliseconds for name in columns}))

    def run_row(self, run_no: str) -> Any:
        return self.store.read_now(TEST, _run_row, run_no)

    def tell(self, listener: Any, event: Any) -> None:
        """Let a listener hear of an event."""
        self.store.write_now(TEST, _tell, listener, event)

    def set(self, key: str, value: Any) -> None:
        """Set a setting."""
        self.store.write_now(TEST, _put_setting, key, value)

    def events(self, type_: str) -> list[Any]:
        """What was announced of a type."""
        return list(self.store.read_now(TEST, _events, type_))


def wire(moment: timedelta = timedelta()) -> str:
    """An instant from now, as it stands on the wire."""
    return (datetime.now(UTC) + moment).isoformat().replace("+00:00", "Z")


@action(audit="TEST", entity="TOOL", internal_only=True)
def _add_tool(tx: Tx, row: dict[str, Any]) -> None:
    tx.unrecorded()
    told = {
        "id": tx.new_id(), "code_folded": row["code"].lower(), "name": row["code"], "product_codes": [], "status": "ACTIVE",
        "life_started_at": tx.now, "created_at": tx.now, "updated_at": tx.now,
    }  # fmt: skip
    tx.run(insert(tools).values(told | row))


@query()
def _run_row(tx: Tx, run_no: str) -> Any:
    return tx.one(select(runs).where(runs.c.run_no == run_no))


@action(audit="TEST", entity="EVENT", internal_only=True)
def _tell(tx: Tx, listener: Any, event: Any) -> None:
    tx.unrecorded()
    listener(tx, event)


@query()
def _tool_row(tx: Tx, code: str) -> Any:
    return tx.one(select(tools).where(tools.c.code == code))


@action(audit="TEST", entity="SETTING", internal_only=True)
def _put_setting(tx: Tx, key: str, value: Any) -> None:
    tx.unrecorded()
    declared[key].put(tx, value)


@query()
def _events(tx: Tx, type_: str) -> Any:
    return tx.all(select(events).where(events.c.type == type_).order_by(events.c.id))


__all__ = ["DAY", "GOOD", "HOUR", "LINE", "MINUTE", "PRINTED", "UNTRACKED", "Papers", "wire"]
