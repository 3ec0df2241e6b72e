"""Where a material lot was used (spec 01.4): on slots and in boards, newest first; holding it names the open runs."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import insert, select, update
from tests.api.execution_floor import STEPS, Floor
from tests.api.plant import LINE, Plant

from fiducial.kit import ids
from fiducial.kit.store import Store
from fiducial.loading.tables import material_uses, records, slots
from fiducial.orders.tables import runs
from fiducial.plant.tables import lines, stations


@pytest.fixture
def used(store: Store, plant: Plant) -> Any:
    """A lot that lies on a slot of RUN-1, was refused on it once, and is in one board as a key part."""
    plant.material("C-1")
    lot = plant.made("engineer", "/api/material-lots", {"materialCode": "C-1", "lotNo": "L-1"})
    floor = Floor(store)
    floor.line_id = floor.ask(select(lines.c.id).where(lines.c.code == LINE))[0][0]
    floor.station_ids = {row.code: row.id for row in floor.ask(select(stations.c.code, stations.c.id))}
    floor.wo_id, floor.version_id = floor.add_order("WO-1"), floor.freeze(*STEPS)
    floor.run_id = floor.add_run("RUN-1", plan_qty=3)
    floor.add_units("SN-1")
    unit = floor.ask(select(material_uses.metadata.tables["unit"].c.id))[0][0]
    key = ids.from_wire(lot["id"])
    scan = {"run_id": floor.run_id, "slot_id": 11, "kind": "LOAD", "lot_id": key, "material_code": "C-1", "lot_no": "L-1", "barcode": "x",
            "expected_code": "C-1"}  # fmt: skip
    part = {"id": 31, "unit_id": unit, "run_id": floor.run_id, "station_id": floor.station_ids["ST-PRINT-01"], "step_no": 10, "lot_id": key,
            "material_code": "C-1", "lot_no": "L-1", "qty": 1, "is_key_part": True, "source": "MANUAL", "used_at": 3000}  # fmt: skip
    plant.sql(
        insert(slots).values(id=11, line_id=floor.line_id, slot_code="2F-46", position=1, created_at=1, updated_at=1),
        insert(records).values(id=21, verify_result="PASS", status="LOADED", loaded_at=1000, operator_id="B-1", **scan),
        insert(records).values(id=22, verify_result="FAIL", status="REJECTED", loaded_at=2000, **scan),
        insert(material_uses).values(**part),
    )
    return lot


def test_a_lot_tells_where_it_was_used_newest_first(plant: Plant, used: Any) -> None:
    path, who = f"/api/material-lots/{used['id']}/usage", plant.api.as_("engineer")
    listed = who.get(path).must()
    assert listed["total"] == 2
    assert [(item["type"], item["runNo"], item["slotCode"], item["sn"], item["operatorId"]) for item in listed["items"]] == [
        ("KEY_PART", "RUN-1", None, "SN-1", None), ("LOADING", "RUN-1", "2F-46", None, "B-1"),
    ]  # fmt: skip
    second = who.get(path, page="2", pageSize="1").must()
    assert (second["total"], [item["type"] for item in second["items"]]) == (2, ["LOADING"])
    assert who.get("/api/material-lots/none/usage").code == "MATERIAL_LOT_NOT_FOUND"
    assert plant.api.as_("operator").get(path).code == "FORBIDDEN"


def test_holding_a_lot_names_the_open_runs_that_have_it_loaded(plant: Plant, used: Any) -> None:
    at, quality = f"/api/material-lots/{used['id']}", plant.api.as_("quality")
    assert quality.post(f"{at}/hold", {"reason": "Wrong marking"}).must()["affectedRuns"] == ["RUN-1"]
    plant.sql(update(runs).values(status="COMPLETED"))
    assert quality.post(f"{at}/release", {"reason": "It is right"}).must()["affectedRuns"] == []
