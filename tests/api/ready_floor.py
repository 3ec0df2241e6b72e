"""A line on which every gate can be satisfied, and what breaks each: states, bindings, tools, clocks, written where their doors would.

Instants are given as hours ago, so that a test reads as a sentence: `line.stencil_state("READY", hours_ago=25)`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select, update
from tests.api.orders_floor import Floor, step
from tests.api.plant import LINE, STATIONS, TEST, Plant

from fiducial.forms.tables import TABLES
from fiducial.kit.acting import action
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs
from fiducial.people.tables import users
from fiducial.plant.state_tables import equipment, equipment_states, equipment_tasks
from fiducial.plant.tables import lines
from fiducial.timers.tables import clocks, rules
from fiducial.tooling.tables import bindings, maintenance, paste_lots, paste_states, stencil_states, tools

KINDS = ("PRINT", "SPI", "MOUNT", "REFLOW", "AOI")
PRINTING = tuple(
    step(10 * n, kind, station, processKind=kind)
    for n, (kind, station) in enumerate(zip(KINDS, STATIONS, strict=True), 1)
)
HOUR = 3_600_000


class ReadyFloor(Floor):
    """LINE-A with a route that prints and places, and one line for each fact that a gate reads."""

    def __init__(self, plant: Plant) -> None:
        super().__init__(plant)
        self.quality = self.api.as_("quality")
        self.engineer = self.api.as_("engineer")

    def printing_run(self, **order: Any) -> str:
        """A run whose route has all five kinds of step."""
        return self.run(route=self.route(None, *PRINTING), **order)

    def check(self, run_no: str, *, who: str = "leader") -> Any:
        return self.api.as_(who).post(f"/api/runs/{run_no}/readiness/check").must()

    def item(self, run_no: str, gate: str, key: str | None = None) -> Any:
        """The item of a gate (and key) in a formal check made now."""
        found = [
            item for item in self.check(run_no)["items"] if item["itemType"] == gate and key in (None, item["itemKey"])
        ]
        assert len(found) == 1, [(item["itemType"], item["itemKey"], item["causeCode"]) for item in found]
        return found[0]

    def cause(self, run_no: str, gate: str, key: str | None = None) -> str | None:
        return self.item(run_no, gate, key)["causeCode"]

    def only(self, *gates: str, **settings: Any) -> None:
        """Enable ROUTE and these gates; settings are those of the first."""
        body: dict[str, Any] = {"enabled": ["ROUTE", *gates]}
        if settings:
            body["gates"] = {gates[0]: settings}
        self.engineer.put(f"/api/lines/{LINE}/readiness-config", body).must()

    # What other rooms would have written

    def write(self, table: Any, *, at: tuple[str, ...] = (), hours_ago: float = 0, **values: Any) -> int:
        """One row of a table, with its key and the instants named in `at` so many hours ago; gives the key."""
        return int(self.store.write_now(TEST, _write, table, at, hours_ago, values))

    def person(self, username: str) -> Any:
        return self.rows(select(users).where(users.c.username == username))[0]

    def key_of(self, run_no: str) -> int:
        return int(self.rows(select(runs.c.id).where(runs.c.run_no == run_no))[0].id)

    def _state(self, table: Any, subject: int, status: str, *, by: str | None, hours_ago: float, **more: Any) -> int:
        who = self.person(by) if by else None
        said = {
            "source": "MANUAL" if by else "AUTO", "standing": "EFFECTIVE", "system": "MANUAL" if by else "X",
            "event_id": self.plant.name("EV"), "digest": b"", "clock_suspect": False, "by_id": who and who.id, "by_name": who and who.name,
        }  # fmt: skip
        at = ("event_time", "received_at", "effective_at", "confirmed_at")
        return self.write(table, at=at, hours_ago=hours_ago, subject_id=subject, status=status, **(said | more))

    # Tools

    def tool(self, kind: str, code: str | None = None, **more: Any) -> int:
        code = code or self.plant.name(kind)
        base = {
            "code": code, "code_folded": code.lower(), "kind": kind, "name": code, "product_codes": [], "life_limit": 1000, "count_base": 0,
            "used": 0, "life_no": 1, "calibration_required": False, "calibration_interval_days": 30, "status": "ACTIVE",
        }  # fmt: skip
        return self.write(tools, at=("life_started_at", "created_at", "updated_at"), **(base | more))

    def change(self, table: Any, key: int, **values: Any) -> None:
        self.plant.sql(update(table).where(table.c.id == key).values(**values))

    def stencil(self, code: str = "STENCIL-1", *, by: str = "leader", **more: Any) -> int:
        """A stencil bound to LINE-A by somebody."""
        key, who = self.tool("STENCIL", code, **more), self.person(by)
        self.write(
            bindings,
            at=("bound_at",),
            line_id=self.line_id(),
            kind="STENCIL",
            tool_id=key,
            bound_by=who.id,
            bound_by_name=who.name,
        )
        return key

    def stencil_state(
        self, stencil: int, status: str = "READY", *, by: str | None = None, hours_ago: float = 0, **more: Any
    ) -> int:
        return self._state(stencil_states, stencil, status, by=by, hours_ago=hours_ago, **more)

    def paste(self, code: str = "SP-1", *, by: str = "leader", **more: Any) -> int:
        """A jar bound to LINE-A by somebody."""
        key, who = self.write(paste_lots, at=("created_at",), code=code, **more), self.person(by)
        self.write(
            bindings, at=("bound_at",), line_id=self.line_id(), kind="SOLDER_PASTE", paste_lot_id=key, bound_by=who.id,
            bound_by_name=who.name,
        )  # fmt: skip
        return key

    def paste_state(
        self, lot: int, status: str = "COMPLIANT", *, by: str | None = None, hours_ago: float = 0, **more: Any
    ) -> int:
        return self._state(paste_states, lot, status, by=by, hours_ago=hours_ago, **more)

    # Machines

    def machine(self, code: str, status: str | None = "NORMAL", **state: Any) -> int:
        key = self.write(equipment, at=("created_at", "updated_at"), code=code, name=code, source_system="TPM")
        if status:
            self.machine_state(key, status, **state)
        return key

    def machine_state(
        self, machine: int, status: str, *, by: str | None = None, hours_ago: float = 0, **more: Any
    ) -> int:
        return self._state(equipment_states, machine, status, by=by, hours_ago=hours_ago, **more)

    def machines(self) -> dict[str, int]:
        """A machine in order at every station of LINE-A."""
        return {station: self.machine(station) for station in STATIONS}

    def task(self, machine: int, type: str, status: str) -> int:
        return self.write(
            equipment_tasks,
            at=("confirmed_at",),
            equipment_id=machine,
            task_no=self.plant.name("TASK"),
            type=type,
            status=status,
        )

    def out_of_use(self, kind: str, code: str, **more: Any) -> int:
        said = {
            "record_no": self.plant.name("MT"), "entity_type": kind, "entity_id": code, "maintenance_type": "REPAIR",
            "status": "IN_PROGRESS", "blocks_use": True, "description": "x", "reset_life": False, "opened_from": "MANUAL",
        }  # fmt: skip
        return self.write(maintenance, at=("reported_at", "created_at", "updated_at"), **(said | more))

    # Papers

    def paper(
        self,
        form: str,
        run_no: str | None = None,
        *,
        line: bool = True,
        hours_ago: float = 0,
        result: str | None = "PASS",
        **own: Any,
    ) -> int:
        """A record of a paper form by the leader: of a run, else of LINE-A, else of neither."""
        who = self.person("leader")
        base = {
            "record_no": self.plant.name("REC"), "form_code": "F", "form_revision": "1", "line_id": self.line_id() if line else None,
            "run_id": self.key_of(run_no) if run_no else None, "recorded_by": who.id, "recorded_by_name": who.name, "source": "MANUAL",
            "result": result, "result_reasons": [{"code": "X", "field": "checkEdge"}] if result == "FAIL" else [],
            "late_entry": False, "voided": False,
        }  # fmt: skip
        return self.write(TABLES[form], at=("recorded_at", "happened_at"), hours_ago=hours_ago, **(base | own))

    def stencil_check(self, run_no: str | None = None, **more: Any) -> int:
        own = {
            "stencil_id": "STENCIL-1",
            "check_deform": True,
            "check_hole_damage": True,
            "check_seal_intact": True,
            "tension_values": [40] * 5,
        }
        return self.paper("stencil_usage", run_no, **(own | more))

    def jar(self, step: str = "ISSUE", run_no: str | None = None, *, hours_ago: float = 0, **more: Any) -> int:
        """The record of the jar SP-1 at a step, with the times that it has by then."""
        order = ("RECEIVE", "THAW_START", "THAW_END", "STIR_START", "STIR_END", "ISSUE", "RETURN")
        names = (
            "received_at",
            "thaw_started_at",
            "thawed_at",
            "stir_started_at",
            "stirred_at",
            "issued_at",
            "returned_at",
        )
        key = self.paper(
            "solder_paste",
            run_no,
            hours_ago=hours_ago,
            result=None,
            **({"lot_id": "SP-1", "step": step, "return_count": 0} | more),
        )
        for name in names[: order.index(step) + 1] if step in order else ():
            self.move(TABLES["solder_paste"], key, name, -hours_ago)
        return key

    def bake(
        self,
        run_no: str | None = None,
        *,
        process: str = "PCB",
        out_hours_ago: float | None = 0,
        hours: float = 8,
        **more: Any,
    ) -> int:
        own = {
            "item_code": "P-1", "bake_process": process, "bake_qty": 10, "bake_temperature": 110, "duration_hours_min": 4, "actual_hours": hours,
        }  # fmt: skip
        key = self.paper("bake", run_no, **(own | more))
        if out_hours_ago is not None:
            self.move(TABLES["bake"], key, "out_at", -out_hours_ago)
        return key

    # Clocks

    def clock(
        self,
        run_no: str | None,
        *,
        ends_in_hours: float,
        status: str = "ACTIVE",
        waivable: bool = True,
        by: str = "leader",
        **more: Any,
    ) -> int:
        rule, who = self.rows(select(rules).order_by(rules.c.code))[0], self.person("leader")
        values = {
            "rule_id": rule.id, "definition": {"name": rule.name, "isWaivable": waivable}, "rule_type": rule.rule_type,
            "definition_code": rule.code, "run_id": self.key_of(run_no) if run_no else None, "line_id": self.line_id(),
            "entity_type": "UNIT", "entity_id": self.plant.name("7").replace("-", ""), "entity_display": "SN-1", "started_by": who.id,
            "started_by_name": who.name, "status": status,
        }  # fmt: skip
        key = self.write(clocks, at=("started_at", "created_at", "updated_at", "expires_at"), **(values | more))
        self.move(clocks, key, "expires_at", ends_in_hours)
        return key

    def move(self, table: Any, key: int, column: str, hours: float) -> None:
        """Put an instant so many hours from now."""
        self.store.write_now(TEST, _move, table, key, column, hours)


@action(audit="TEST", entity="LINE", internal_only=True)
def _write(tx: Tx, table: Any, at: tuple[str, ...], hours_ago: float, values: dict[str, Any]) -> int:
    tx.unrecorded()
    key = tx.new_id()
    then = tx.now - int(hours_ago * HOUR)
    tx.run(insert(table).values({**dict.fromkeys(at, then), **values, "id": key}))
    return key


@action(audit="TEST", entity="LINE", internal_only=True)
def _move(tx: Tx, table: Any, key: int, column: str, hours: float) -> None:
    tx.unrecorded()
    tx.run(update(table).where(table.c.id == key).values({column: tx.now + int(hours * HOUR)}))


__all__ = ["LINE", "PRINTING", "STATIONS", "ReadyFloor", "lines"]
