"""A line on which collection items are tried: one operation, its items bound to the first of two steps, boards that wait."""

from __future__ import annotations

from typing import Any

from tests.api.plant import LINE, STATIONS, Plant
from tests.api.web import Answer

FIRST, SECOND = STATIONS[:2]
ROUTE = "R-COLLECT"
NUMBER = {"dataType": "NUMBER", "spec": {"unit": "mm", "decimals": 3, "lsl": 0.1, "target": 0.15, "usl": 0.2}}


class CollectingLine:
    """LINE-A with ROUTE as its only gate. Make items first (`item`), then `freeze` and `boards`."""

    def __init__(self, plant: Plant) -> None:
        self.plant, self.api = plant, plant.api
        self.items: list[dict[str, Any]] = []
        self.orders = 0
        engineer = self.api.as_("engineer")
        plant.operation("OP-COLLECT", name="锡膏检测", kind="SPI")
        plant.operation("OP-AFTER", name="外观检查", kind="INSPECT")
        gates = {"enabled": ["ROUTE"], "reason": "the test is about values"}
        engineer.put(f"/api/lines/{LINE}/readiness-config", gates).must()
        for code in (FIRST, SECOND):
            plant.group(f"G-{code}")
            engineer.patch(f"/api/stations/{code}", {"groupCode": f"G-{code}", "isManualBench": True}).must()
        steps = [
            {"stepNo": 10, "operationCode": "OP-COLLECT", "stationGroupCode": f"G-{FIRST}"},
            {"stepNo": 20, "operationCode": "OP-AFTER", "stationGroupCode": f"G-{SECOND}"},
        ]
        plant.made("engineer", "/api/routes", {"code": ROUTE, "name": "采集", "processType": "SMT", "steps": steps})
        plant.material("P-COLLECT", name="板")

    def item(self, name: str, **more: Any) -> dict[str, Any]:
        """One more item of the first step's operation; a NUMBER from 0.1 to 0.2 mm unless said otherwise."""
        body = {
            "operationCode": "OP-COLLECT",
            "name": name,
            "itemType": "KEY",
            "method": "MANUAL",
            "triggerType": "EVENT",
        }
        made: dict[str, Any] = self.plant.made("engineer", "/api/data-collection-specs", {**body, **NUMBER, **more})
        self.items.append(made)
        return made

    def bind(self, *names: str) -> Answer:
        """Bind items by name, all of them when none is named."""
        wanted = [item["id"] for item in self.items if not names or item["name"] in names]
        body = {"dataSpecIds": wanted}
        return self.api.as_("engineer").put(f"/api/routes/{ROUTE}/steps/10/data-specs", body)

    def freeze(self, *names: str) -> dict[str, Any]:
        """Bind and compile; give the version."""
        self.bind(*names).must()
        version: dict[str, Any] = self.api.as_("engineer").post(f"/api/routes/{ROUTE}/compile").must()
        assert version["status"] == "READY", version["errors"]
        return version

    def boards(self, count: int = 1) -> list[str]:
        """A run of an order of its own, authorised; give the serials of its boards."""
        self.orders += 1
        planner, leader, wo = self.api.as_("planner"), self.api.as_("leader"), f"WO-COLLECT-{self.orders}"
        order = {"woNo": wo, "productCode": "P-COLLECT", "plannedQty": count, "routingCode": ROUTE}
        planner.post("/api/integration/work-orders", order).must()
        planner.post(f"/api/work-orders/{wo}/release", {"lineCode": LINE}).must()
        run = planner.post(f"/api/work-orders/{wo}/runs", {"lineCode": LINE, "planQty": count}).must()["runNo"]
        planner.post(f"/api/runs/{run}/generate-units", {"quantity": count}).must()
        leader.post(f"/api/runs/{run}/readiness/check").must()
        leader.post(f"/api/runs/{run}/authorize", {"action": "AUTHORIZE"}).must()
        return [
            unit["sn"] for unit in planner.get(f"/api/runs/{run}/units", sort="sn.asc", pageSize=100).must()["items"]
        ]

    def comes_in(self, sn: str, station: str = FIRST) -> Any:
        return self.api.as_("operator").post(f"/api/stations/{station}/track-in", {"sn": sn}).must()

    def goes_out(self, sn: str, *data: dict[str, Any], result: str = "PASS", station: str = FIRST) -> Answer:
        body = {"sn": sn, "result": result, "data": list(data)}
        return self.api.as_("operator").post(f"/api/stations/{station}/track-out", body)

    def measured(self, sn: str, name: str, value: float) -> Any:
        """A board goes through the first station with one value."""
        self.comes_in(sn)
        return self.goes_out(sn, {"specName": name, "valueNumber": value}).must()
