"""A loading floor: LINE-A with feeder slots, what belongs on them, a run, and somebody at the machine."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update
from tests.api.orders_floor import Floor, step
from tests.api.plant import LINE, STATIONS, Plant
from tests.api.web import Answer

from fiducial.execution.tables import tracks
from fiducial.loading.tables import records
from fiducial.orders.tables import units

PRODUCT = "P-1"
PRINT, MOUNT = STATIONS[0], STATIONS[2]
ROUTE = (step(10, "PRINT", PRINT, processKind="PRINT"), step(20, "MOUNT", MOUNT, processKind="MOUNT"))


class Loading(Floor):
    """What tests of loading ask for in one line."""

    def __init__(self, plant: Plant) -> None:
        super().__init__(plant)
        self.engineer, self.material, self.operator = (
            self.api.as_(who) for who in ("engineer", "material", "operator")
        )

    # The table

    def slot(self, code: str = "SLOT-01", *, position: int = 1, line: str = LINE, **more: Any) -> Any:
        body = {"slotCode": code, "position": position, **more}
        return self.engineer.post(f"/api/lines/{line}/feeder-slots", body).must()

    def maps(self, material: str = "MAT-001", *, slot: str = "SLOT-01", line: str = LINE, **more: Any) -> Any:
        body = {"lineCode": line, "slotCode": slot, "materialCode": material, **more}
        return self.engineer.post("/api/slot-mappings", body).must()

    def table(self, *slots: str, alternate: str | None = None, **more: Any) -> None:
        """Slots with a material of their own each (MAT-001 on the first, and so on)."""
        for number, code in enumerate(slots or ("SLOT-01",), 1):
            self.slot(code, position=number)
            self.maps(f"MAT-{number:03d}", slot=code, **more)
            if alternate:
                self.maps(alternate, slot=code, isAlternate=True, **more)

    def loaded_run(self, *slots: str, plan: int = 10, units: int = 0, **more: Any) -> str:
        """A run whose table is loaded."""
        self.table(*slots, **more)
        return self.run_with_table(plan=plan, units=units)

    def run_with_table(self, *, plan: int = 10, units: int = 0, **order: Any) -> str:
        run_no = self.run(plan=plan, units=units, route=self.route(None, *ROUTE), **order)
        self.load_table(run_no).must()
        return run_no

    def load_table(self, run_no: str, **body: Any) -> Answer:
        who = self.api.as_("leader") if body else self.material
        return who.post(f"/api/runs/{run_no}/loading/load-table", body or None)

    # Scans

    def scan(self, run_no: str, barcode: str, *, slot: str = "SLOT-01", **more: Any) -> Answer:
        return self.material.post(
            "/api/loading/verify", {"runNo": run_no, "slotCode": slot, "materialLotBarcode": barcode, **more}
        )

    def change(self, run_no: str, barcode: str, *, slot: str = "SLOT-01", reason: str = "empty", **more: Any) -> Answer:
        body = {"runNo": run_no, "slotCode": slot, "newMaterialLotBarcode": barcode, "reason": reason, **more}
        return self.material.post("/api/loading/replace", body)

    def take_off(self, run_no: str, *, slot: str = "SLOT-01") -> Answer:
        return self.material.post("/api/loading/unload", {"runNo": run_no, "slotCode": slot, "reason": "jammed"})

    def expected(self, run_no: str, slot: str = "SLOT-01") -> Any:
        items = self.material.get(f"/api/runs/{run_no}/loading/expectations").must()["items"]
        return next(item for item in items if item["slotCode"] == slot)

    def slot_now(self, slot: str = "SLOT-01", line: str = LINE) -> Any:
        items = self.engineer.get(f"/api/lines/{line}/feeder-slots", slotCode=slot).must()["items"]
        return next(item for item in items if item["slotCode"] == slot)

    def scans(self, run_no: str, **filters: Any) -> list[Any]:
        return list(self.material.get(f"/api/runs/{run_no}/loading", pageSize=100, **filters).must()["items"])

    def past(self) -> None:
        """Let the time within which the same scan is the same act go by."""
        self.plant.sql(update(records).values(loaded_at=records.c.loaded_at - 60_000))

    # Boards

    def started(self, run_no: str) -> str:
        """Bring a run to IN_PROGRESS; give its number."""
        self.set_run(run_no, status="IN_PROGRESS", started_at=1)
        return run_no

    def sns(self, run_no: str) -> list[str]:
        return [
            item["sn"] for item in reversed(self.planner.get(f"/api/runs/{run_no}/units", pageSize=100).must()["items"])
        ]

    def to_mount(self, sn: str) -> Answer:
        """Put a board before the placement step and take it in there."""
        self.plant.sql(update(units).where(units.c.sn == sn, units.c.status == "QUEUED").values(current_step_no=20))
        return self.operator.post(f"/api/stations/{MOUNT}/track-in", {"sn": sn})

    def place(self, *sns: str) -> None:
        """Take boards through the placement step, one after the other."""
        for sn in sns:
            self.to_mount(sn).must()
            self.operator.post(f"/api/stations/{MOUNT}/track-out", {"sn": sn, "result": "PASS"}).must()

    def shift_tracks(self, sn: str, ms: int) -> None:
        unit = select(units.c.id).where(units.c.sn == sn).scalar_subquery()
        self.plant.sql(
            update(tracks)
            .where(tracks.c.unit_id == unit)
            .values(in_at=tracks.c.in_at + ms, out_at=tracks.c.out_at + ms)
        )
