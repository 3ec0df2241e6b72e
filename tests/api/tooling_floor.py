"""A tool crib for the tests of tooling and time rules: tools, states and bindings in one line each, on the floor of orders."""

from __future__ import annotations

import itertools
from typing import Any

from sqlalchemy import select, update
from tests.api.orders_floor import Floor, step
from tests.api.plant import LINE, STATIONS, Plant
from tests.api.web import Answer

from fiducial.kit import clock
from fiducial.tooling.tables import tools

HOUR, MINUTE = 3_600_000, 60_000
_events = itertools.count(1)


class Crib(Floor):
    """What tests of tooling ask for in one line."""

    def __init__(self, plant: Plant) -> None:
        super().__init__(plant)
        self.engineer, self.quality, self.operator = (
            self.api.as_(name) for name in ("engineer", "quality", "operator")
        )

    # Tools

    def tool(self, code: str | None = None, kind: str = "STENCIL", **more: Any) -> str:
        """A tool in the register; its code."""
        code = code or self.plant.name(kind)
        own = {"fixtureType": "WAVE_JIG", "material": "SYNTHETIC_STONE"} if kind == "FIXTURE" else {}
        body = {"toolCode": code, "kind": kind, "name": code, **own, **more}
        return str(self.engineer.post("/api/tools", body).must()["toolCode"])

    def tool_now(self, code: str) -> Any:
        return self.engineer.get(f"/api/tools/{code}").must()

    def set_tool(self, code: str, **values: Any) -> None:
        """Write what no door would: a count of years, an old date."""
        self.plant.sql(update(tools).where(tools.c.code == code).values(**values))

    def tool_id(self, code: str) -> int:
        return int(self.rows(select(tools.c.id).where(tools.c.code == code))[0].id)

    # States and bindings

    def push(self, door: str, who: str | Any = "quality", *, ago: int = 0, **body: Any) -> Answer:
        """Say how a thing is, `ago` ms ago; by hand unless `who` is a machine."""
        asking = self.api.as_(who) if isinstance(who, str) else who
        said = {
            "eventId": f"event-{next(_events)}", "eventTime": clock.to_wire(clock.now_ms() - ago),
            "source": "MANUAL" if isinstance(who, str) else "AUTO", "reason": "Seen with my own eyes" if isinstance(who, str) else None,
        }  # fmt: skip
        return asking.post(f"/api/integration/{door}", {k: v for k, v in (said | body).items() if v is not None})

    def stencil(self, code: str, status: str = "READY", who: str | Any = "quality", **more: Any) -> Answer:
        return self.push("stencil-status", who, stencilId=code, status=status, **more)

    def paste(self, lot: str, status: str = "COMPLIANT", who: str | Any = "quality", **more: Any) -> Answer:
        return self.push("solder-paste-status", who, lotId=lot, status=status, **more)

    def machine(self, code: str, status: str = "NORMAL", who: str | Any = "quality", **more: Any) -> Answer:
        return self.push("equipment-status", who, equipmentCode=code, status=status, **more)

    def bind(self, code: str, *, line: str = LINE, what: str = "stencil", who: str = "quality") -> Answer:
        name = "stencilId" if what == "stencil" else "lotId"
        return self.api.as_(who).post(f"/api/integration/lines/{line}/{what}/bind", {name: code})

    def mode(self, system: str, mode: str, who: str = "quality", **more: Any) -> Answer:
        body = {"mode": mode, "reason": "The system is away", **more}
        return self.api.as_(who).put(f"/api/integration/systems/{system}/mode", body)

    # Boards

    def printing(self, *, plan: int = 10, made: int | None = None, **first: Any) -> str:
        """A run under way whose first step prints; its number."""
        steps = (
            step(10, "PRINT", STATIONS[0], processKind="PRINT", **first),
            step(20, "SPI", STATIONS[1], processKind="SPI"),
        )
        return self.under_way(plan=plan, made=made, route=self.route(None, *steps))

    def units_of(self, run_no: str) -> list[str]:
        found = self.planner.get(f"/api/runs/{run_no}/units", pageSize=100).must()["items"]
        return [unit["sn"] for unit in found]

    def come_in(self, sn: str, station: str = STATIONS[0], **body: Any) -> Answer:
        return self.operator.post(f"/api/stations/{station}/track-in", {"sn": sn, **body})

    def go_out(self, sn: str, station: str = STATIONS[0], result: str = "PASS", **body: Any) -> Answer:
        return self.operator.post(f"/api/stations/{station}/track-out", {"sn": sn, "result": result, **body})

    def through(self, sn: str, station: str = STATIONS[0], **out: Any) -> None:
        self.come_in(sn, station).must()
        self.go_out(sn, station, **out).must()
