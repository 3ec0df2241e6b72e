"""One of everything of quality, for the filled plant: an inspection of each type being inspected, rules, tables, points."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tests.api.plant import LINE, STATIONS, Plant

if TYPE_CHECKING:
    from tests.api.filled import Filled

DATA = {"Temperature": {"valueNumber": 15}}


def inspections(plant: Plant, there: Filled, say: Callable[[str], str]) -> None:
    """Make them: a first article of a run in preparation, the others of runs that are under way or finished."""
    quality = plant.api.as_("quality")
    rule = quality.post(
        "/api/oqc/sampling-rules",
        {"productCode": there.parts["materialCode"], "lineCode": LINE, "samplingType": "FIXED", "sampleValue": 1},
    ).must()
    point = quality.post("/api/ipqc-checkpoints", {
        "code": say("POINT-1"), "name": say("Point"), "routingCode": there.parts["routingCode"], "stepNo": 20, "checkType": "EVENT",
        "items": [{"itemName": say("Solder"), "itemSpec": say("Spec"), "required": False}],
    }).must()  # fmt: skip
    there.parts |= {"ruleId": rule["id"], "oqc/code": "ISO2859-1", "ipqc-checkpoints/code": point["code"]}
    preparing, _ = _run(plant, there, say, "WO-FAI")
    there.spare |= {"runInPreparation": preparing}
    fai = _begun(plant, f"/api/fai/run/{preparing}", {"sampleQty": 1, "remark": say("Remark")}, "fai")
    ipqc = _begun(plant, f"/api/ipqc/run/{there.parts['runNo']}", {"checkpointCode": point["code"]}, "ipqc")
    ended, done = _run(plant, there, say, "WO-OQC")
    _finish(plant, there, say, ended, done)
    oqc = _begun(plant, f"/api/oqc/run/{ended}", {}, "oqc")
    drawn = quality.get(f"/api/oqc/{oqc}").must()["sampledUnits"][0]
    fqc = _begun(plant, f"/api/fqc/run/{ended}", {}, "fqc")
    for kind, key in (("fai", fai), ("ipqc", ipqc), ("fqc", fqc), ("oqc", oqc)):
        body = {
            "itemName": say("Item"),
            "itemSpec": say("Spec"),
            "actualValue": say("Value"),
            "result": "PASS",
            "remark": say("Remark"),
        }
        item = quality.post(f"/api/{kind}/{key}/items", body | ({"unitSn": drawn} if kind == "oqc" else {})).must()
        there.parts |= {f"{kind}Id": key, f"{kind}/itemId": item["id"]}
    there.spare |= {"finishedRun": ended, "finishedSn": drawn}
    _rework(plant, there, say)


def _rework(plant: Plant, there: Filled, say: Callable[[str], str]) -> None:
    """A fault found by a person, decided, with a repair on record."""
    quality = plant.api.as_("quality")
    fault = {"unitSn": say("SN-4"), "code": say("FAULT"), "location": say("R2"), "remark": say("Remark")}
    defect = quality.post("/api/defects", fault).must()
    decided = quality.post(
        f"/api/defects/{defect['id']}/disposition", {"type": "REWORK", "reason": say("Because")}
    ).must()
    task = decided["reworkTask"]["id"]
    parts = [{"position": say("R2"), "materialCode": "C-1", "lotNo": say("LOT-1")}]
    record = {"action": say("Repaired"), "result": say("Good"), "remark": say("Remark"), "partsReplaced": parts}
    quality.post(f"/api/rework-tasks/{task}/repair-record", record).must()
    there.parts |= {"taskId": task}


def _run(plant: Plant, there: Filled, say: Callable[[str], str], wo_no: str) -> tuple[str, list[str]]:
    planner, number = plant.api.as_("planner"), say(wo_no)
    order = {
        "woNo": number,
        "productCode": there.parts["materialCode"],
        "plannedQty": 10,
        "pickStatus": "3",
        "routingCode": there.parts["routingCode"],
    }
    planner.post("/api/integration/work-orders", order).must()
    at = f"/api/work-orders/{quote(number, safe='')}"
    planner.post(f"{at}/release", {"lineCode": LINE}).must()
    run_no = str(planner.post(f"{at}/runs", {"lineCode": LINE, "planQty": 2}).must()["runNo"])
    sns = [say(f"SN-{wo_no}-{number}") for number in (1, 2)]
    planner.post(f"/api/runs/{run_no}/units", {"sns": sns}).must()
    return run_no, sns


def _finish(plant: Plant, there: Filled, say: Callable[[str], str], run_no: str, sns: list[str]) -> None:
    """Have the boards made; the rule asks for an outgoing inspection, so the run does not end by itself."""
    plant.api.as_("leader").post(f"/api/runs/{run_no}/authorize", {"action": "AUTHORIZE"}).must()
    operator, data = plant.api.as_("operator"), [{"specName": say("Temperature"), "valueNumber": 15.0}]
    for sn in sns:
        for station, values in ((STATIONS[0], data), (STATIONS[1], [])):
            operator.post(f"/api/stations/{station}/track-in", {"sn": sn}).must()
            operator.post(f"/api/stations/{station}/track-out", {"sn": sn, "result": "PASS", "data": values}).must()


def _begun(plant: Plant, path: str, body: dict[str, Any], kind: str) -> str:
    quality = plant.api.as_("quality")
    key = str(quality.post(path, body).must()["id"])
    quality.post(f"/api/{kind}/{key}/start").must()
    return key
