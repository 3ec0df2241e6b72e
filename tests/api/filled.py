"""A plant in which there is one of everything: what the generated tests over all endpoints and pages name.

LINE-A makes a board from order to defect; LINE-FAR stands beside it and has nothing. Whatever people type is said by
`say`, so that the same plant can be filled with names that an attacker would choose.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import select
from tests.api.filled_papers import papers
from tests.api.filled_quality import inspections
from tests.api.filled_tooling import tools
from tests.api.plant import LINE, PASSWORD, STATIONS, TEST, Plant, begin_session, cheap, environment, sign_in_anew
from tests.api.uploads import csv_of, picture, sent
from tests.api.web import Api, cookie_of

from fiducial.app import create_app, open_store
from fiducial.execution.carrier_tables import carrier_loads, carriers
from fiducial.kit import clock, ids
from fiducial.kit.clock import now_ms
from fiducial.kit.http.door import Entrance
from fiducial.kit.store import Store
from fiducial.notices.tables import notifications
from fiducial.orders.tables import units
from fiducial.people import passwords
from fiducial.people.archiving import Rules, archive_now
from fiducial.people.permissions import PERMISSIONS
from fiducial.people.tables import users
from fiducial.plant.tables import work_centers

SPEC_LIMITS = {"unit": "℃", "decimals": 1, "lsl": 10, "usl": 20}


@dataclass
class Filled:
    """The names of what is there, by the part of a path that takes them."""

    parts: dict[str, str] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)  # what `{id}` means, by the word before it
    spare: dict[str, str] = field(default_factory=dict)  # things that nothing holds on to, by the same names

    def part(self, path: str, name: str) -> str:
        """Give what stands for a part of a path."""
        if name == "id":
            return self.ids[path.split("/{id}", maxsplit=1)[0].rpartition("/")[2]]
        # One word may mean several things: `fai/itemId` is the item of a first article.
        first = next((part for part in path.split("/") if part not in ("", "api")), "")
        return self.parts.get(f"{first}/{name}") or self.parts[name]

    def path(self, door_path: str) -> str:
        """Give an address with every part filled."""
        return re.sub(r"{(\w+)(:\w+)?}", lambda found: quote(self.part(door_path, found[1]), safe=""), door_path)

    def of(self, door: Entrance) -> str:
        """Give the address of an endpoint, with what its query must have."""
        must = "&".join(f"{name}={value}" for name, value in REQUIRED_QUERY.get(door.path, {}).items())
        return self.path(door.path) + (f"?{must}" if must else "")


@dataclass
class Stand:
    """A filled plant of a test's own, with somebody at its doors."""

    api: Api
    store: Store
    plant: Plant
    there: Filled

    def somebody(self, username: str) -> Api:
        """Give somebody in a session of this moment: whatever was ended before, this one is not."""
        return self.plant.session(username)


@contextmanager
def stand_on(url: str, folder: Path, there: Filled) -> Iterator[Stand]:
    """Open a database and ask its doors, for as long as the block runs."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("hash", "matches"):
            patch.setattr(passwords.hashing, name, getattr(cheap, name))
        store = open_store(environment(url, folder))
        sign_in_anew(store)
        api = Api(create_app(environment(url, folder), store))
        try:
            yield Stand(api, store, Plant(api, store), there)
        finally:
            api.close()
            store.stop()


def filled_file(template: Path, folder: Path, say: Callable[[str], str] = str) -> tuple[Path, Filled]:
    """Make a filled plant as a file that tests copy."""
    file = folder / "filled.db"
    shutil.copyfile(template, file)
    with stand_on(f"sqlite:///{file}", folder, Filled()) as stand:
        there = fill(stand.plant, say)
    return file, there


@contextmanager
def copy_of(filled: tuple[Path, Filled], folder: Path) -> Iterator[Stand]:
    """A copy of a filled plant, open."""
    shutil.copyfile(filled[0], folder / "copy.db")
    with stand_on(f"sqlite:///{folder / 'copy.db'}", folder, filled[1]) as stand:
        yield stand


REQUIRED_QUERY: dict[str, dict[str, str]] = {
    "/api/audit-logs/export": {"format": "csv"},
    "/api/trace/search": {"q": "SN"},
    **{
        f"/api/trace/stations/{{stationCode}}/{what}": {"from": "2026-11-01T00:00:00Z", "to": "2026-11-30T00:00:00Z"}
        for what in ("units", "export")
    },
    "/api/signatures": {"subjectType": "SYSTEM_CONFIG", "subjectId": "0"},
}


def file_format(door: Entrance) -> str:
    """Give a kind of file that an export makes: the one that can be read as text where it makes that."""
    return "csv" if any(media.startswith("text/csv") for media in door.file) else "xlsx"


def fill(plant: Plant, say: Callable[[str], str] = str) -> Filled:
    """Make one of everything, by the API, each by whoever makes it in a plant; give the names."""
    there = Filled()
    with (
        tempfile.TemporaryDirectory() as folder
    ):  # an archive of what the template did; its file is nobody's business here
        archive_now(plant.store, TEST, Rules(enabled=True, folder=Path(folder), cutoff_days=0, batch=1000))
    _people(plant, there, say)
    mails = [{"type": type_, "email": True} for type_ in ("DATA_ALARM", "FAI_FAILED", "FORM_OUT_OF_LIMIT", "IPQC_DUE")]
    plant.api.as_("quality").put("/api/notifications/settings", {"items": mails}).must()
    _materials(plant, there, say)
    _routing(plant, there, say)
    _orders(plant, there, say)
    _loading(plant, there, say)
    _boards(plant, there, say)
    papers(plant, there.parts, say)
    _parts(plant, there, say)
    _spares(plant, there, say)
    inspections(plant, there, say)
    tools(plant, there, say)
    _carriers(plant, there, say)
    _machines(plant, there, say)
    plant.settle()
    _readiness(plant, there, say)  # and nobody judges it anew
    entry = plant.audit()[0]
    there.ids["audit-logs"] = entry["id"]
    there.parts |= {"entityType": "RUN", "entityKey": there.parts["runNo"]}
    there.parts |= {"language": "zh", "help/name": "loading.png"}
    _profiles(plant, there, say)
    _imports(plant, there, say)
    return there


def _people(plant: Plant, there: Filled, say: Callable[[str], str]) -> None:
    role = plant.role("spare", permissions=["wo:read"], name=say("Spare role"), description=say("Described"))
    everything = [permission.code for permission in PERMISSIONS if permission.person]
    for name, scope, lines in (("everyone", "ALL", []), ("faraway", "ASSIGNED_LINES", ["LINE-FAR"])):
        plant.role(name, permissions=everything, scope=scope)
        plant.user(name, roles=[name], lineCodes=lines)
        plant.sql(
            users.update()
            .where(users.c.username == name)
            .values(must_change_password=False, password_hash=cheap.hash(PASSWORD))
        )
        plant.store.write_now(TEST, begin_session, name, cookie_of(name))
    user = plant.user(
        "somebody", roles=["spare"], name=say("Somebody"), department=say("Dept"), phone=say("1"), employeeNo=say("E1")
    )
    proof = {"password": "Correct-Horse-7"}
    token = plant.made("admin", "/api/api-tokens", {
        "name": say("A machine"), "system": "DEVICE", "scopes": ["exec:read"], "expiresAt": "2027-06-01T00:00:00Z", **proof,
    })  # fmt: skip
    plant.sql(
        notifications.insert().values(
            id=4711, event_id=1, type="DATA_ALARM", priority="high", created_at=now_ms(),
            recipient_id=select(users.c.id).where(users.c.username == "everyone").scalar_subquery(),
            data={"kind": "UNIT", "key": say("SN-1"), "sn": say("SN-1"), "name": say("Temperature"), "value": say("31.5")},
        )
    )  # fmt: skip
    terminal = {"code": say("T-1"), "name": say("Terminal"), "lineCode": LINE, "stationCodes": [STATIONS[0]]}
    there.parts["terminals/code"] = plant.made("admin", "/api/terminals", terminal)["code"]
    there.parts |= {"system/key": "auth.password.classes", "key": "auth.password.classes"}
    there.parts["roles/code"] = "spare"
    there.ids["notifications"] = ids.to_wire(4711)
    theirs = plant.api.as_("trace").get("/api/auth/sessions").must()["items"][0]
    there.ids |= {
        "users": user["id"],
        "roles": role["id"],
        "tokens": token["id"],
        "api-tokens": token["id"],
        "sessions": theirs["id"],
    }


def _materials(plant: Plant, there: Filled, say: Callable[[str], str]) -> None:
    product, child = say("P-1"), say("C-1")
    plant.material(product, name=say("Product"), category=say("Kind"), model=say("Model"), unit="pcs")
    plant.material(child, name=say("Child"))
    plant.api.as_("engineer").put(
        f"/api/boms/{quote(product, safe='')}", {"children": [{"childCode": child, "qty": 2}]}
    ).must()
    lot = plant.made(
        "engineer", "/api/material-lots", {"materialCode": child, "lotNo": say("LOT-1"), "supplier": say("Supplier")}
    )
    there.ids["material-lots"] = lot["id"]
    there.parts |= {"materialCode": product, "parentCode": product, "childCode": child}


def _routing(plant: Plant, there: Filled, say: Callable[[str], str]) -> None:
    engineer, group = plant.api.as_("engineer"), say("GROUP-1")
    plant.group(group, name=say("Group"))
    for code in STATIONS[:2]:
        engineer.patch(f"/api/stations/{code}", {"groupCode": group, "name": say("Station")}).must()
    engineer.patch(f"/api/lines/{LINE}", {"name": say("Line")}).must()
    operations = [say(f"OP-{number}") for number in (1, 2)]
    for code in operations:
        plant.operation(code, name=say("Operation"))
    spec = plant.made("engineer", "/api/data-collection-specs", {
        "operationCode": operations[0], "name": say("Temperature"), "itemType": "KEY", "dataType": "NUMBER", "method": "MANUAL",
        "triggerType": "EVENT", "triggerRule": {"event": "TRACK_OUT"}, "spec": SPEC_LIMITS, "alarm": {"action": "ALARM_ONLY", "max": 30},
        "isRequired": True,
    })  # fmt: skip
    choice = plant.made("engineer", "/api/data-collection-specs", {
        "operationCode": operations[0], "name": say("Choice"), "itemType": "OBSERVATION", "dataType": "TEXT", "method": "MANUAL",
        "triggerType": "EVENT", "spec": {"enum": [say("Red"), say("Blue")]},
    })  # fmt: skip
    code = say("R-1")
    steps = [
        {"stepNo": number * 10, "operationCode": operation, "stationGroupCode": group, "requiresFAI": False}
        for number, operation in enumerate(operations, 1)
    ]
    plant.made("engineer", "/api/routes", {
        "code": code, "name": say("Routing"), "processType": "SMT", "productCode": there.parts["materialCode"], "version": say("V1"),
        "steps": steps,
    })  # fmt: skip
    at = f"/api/routes/{quote(code, safe='')}"
    engineer.put(f"{at}/steps/10/data-specs", {"dataSpecIds": [spec["id"], choice["id"]]}).must()
    config = plant.made("engineer", f"{at}/execution-config", {"scopeType": "ROUTE", "remark": say("A remark")})
    compiled = engineer.post(f"{at}/compile", {}).must()
    assert compiled["status"] == "READY", compiled
    there.parts |= {
        "lineId": LINE, "lineCode": LINE, "stationCode": STATIONS[0], "groupCode": group, "operationId": operations[0],
        "operationCode": operations[0], "specId": spec["id"], "routingCode": code, "configId": config["id"], "stepNo": "10",
        "versionNo": str(compiled["versionNo"]), "scope": "STEP",
    }  # fmt: skip


def _orders(plant: Plant, there: Filled, say: Callable[[str], str]) -> None:
    planner, wo_no = plant.api.as_("planner"), say("WO-1")
    plant.api.as_("engineer").put(f"/api/lines/{LINE}/readiness-config", {"enabled": ["ROUTE"]}).must()
    planner.post("/api/integration/work-orders", {
        "woNo": wo_no, "productCode": there.parts["materialCode"], "plannedQty": 100, "pickStatus": "3", "priority": say("high")[:16],
        "routingCode": there.parts["routingCode"], "customer": say("Customer"), "jobNo": say("Job"), "srcBillNo": say("Bill"),
        "meta": {say("key"): say("value")},
    }).must()  # fmt: skip
    at = f"/api/work-orders/{quote(wo_no, safe='')}"
    planner.post(f"{at}/release", {"lineCode": LINE}).must()
    new = {
        "lineCode": LINE,
        "planQty": 6,
        "remark": say("Remark"),
        "shiftCode": say("Day")[:32],
        "changeoverNo": say("CO"),
    }
    run_no = planner.post(f"{at}/runs", new).must()["runNo"]
    planner.post(f"/api/work-orders/{quote(wo_no, safe='')}/runs", new | {"planQty": 5}).must()
    there.parts |= {"woNo": wo_no, "runNo": run_no}


def _loading(plant: Plant, there: Filled, say: Callable[[str], str]) -> None:
    engineer, material = plant.api.as_("engineer"), plant.api.as_("material")
    product, slot_code, lot_no = there.parts["materialCode"], say("SLOT-1"), say("LOT-2")
    plant.made(
        "engineer", "/api/material-lots", {"materialCode": product, "lotNo": lot_no, "supplier": say("Supplier")}
    )
    new = {"slotCode": slot_code, "slotName": say("Slot"), "machineNo": say("M-1"), "position": 1}
    slot = plant.made("engineer", f"/api/lines/{LINE}/feeder-slots", new)
    mapping = plant.made(
        "engineer", "/api/slot-mappings", {"slotId": slot["id"], "materialCode": product, "refDes": [say("R1")]}
    )
    plant.made(
        "engineer", "/api/slot-mappings", {"slotId": slot["id"], "materialCode": say("ALT"), "isAlternate": True}
    )
    head = engineer.put("/api/station-tables", {"lineCode": LINE, "programName": say("Program")}).must()
    run_no = there.parts["runNo"]
    material.post(f"/api/runs/{run_no}/loading/load-table").must()
    at = {"runNo": run_no, "slotCode": slot_code, "operatorId": say("B-1")}
    material.post("/api/loading/verify", at | {"materialLotBarcode": f"{say('WRONG')}#{say('LOT-3')}"}).must()
    material.post("/api/loading/verify", at | {"materialLotBarcode": f"{product}|{lot_no}"}).must()
    change = at | {"newMaterialLotBarcode": f"{product}|{lot_no}2", "reason": say("Reel empty")}
    record = material.post("/api/loading/replace", change).must()
    spare = plant.made("engineer", f"/api/lines/{LINE}/feeder-slots", {"slotCode": "SLOT-SPARE", "position": 2})
    engineer.patch(f"/api/lines/{LINE}/feeder-slots/{spare['id']}", {"isActive": False}).must()
    there.parts |= {"slotId": slot["id"], "recordId": record["id"], "lotNo": f"{lot_no}2", "slotCode": slot_code}
    plant.material(say("MSL-1"), isMoistureSensitive=True, mslLevel="3")
    moist = plant.made("engineer", "/api/material-lots", {"materialCode": say("MSL-1"), "lotNo": say("LOT-1")})
    material.post(f"/api/material-lots/{moist['id']}/msl-events", {"event": "OPEN", "remark": say("Opened")}).must()
    there.ids |= {"slot-mappings": mapping["id"], "mappings": mapping["id"], "station-tables": head["id"]}


def _parts(plant: Plant, there: Filled, say: Callable[[str], str]) -> None:
    """A part placed by hand on the board that is in the station."""
    child = there.parts["childCode"]
    use = {
        "sn": there.parts["sn"],
        "stationCode": STATIONS[0],
        "materialLotBarcode": f"{child}|{say('LOT-1')}",
        "position": say("U1"),
    }
    there.ids["material-uses"] = plant.made("operator", "/api/material-uses", use | {"partSn": say("PSN-1")})["id"]


def _boards(plant: Plant, there: Filled, say: Callable[[str], str]) -> None:
    run, sns = f"/api/runs/{there.parts['runNo']}", [say(f"SN-{number}") for number in range(1, 7)]
    plant.api.as_("planner").post(f"{run}/units", {"sns": sns}).must()
    plant.api.as_("leader").post(f"{run}/readiness/check").must()
    plant.api.as_("leader").post(f"{run}/authorize", {"action": "AUTHORIZE", "reason": say("Because")}).must()
    operator, at = plant.api.as_("operator"), f"/api/stations/{STATIONS[0]}"
    data = [
        {"specName": say("Temperature"), "valueNumber": 31.5},
        {"specName": say("Choice"), "valueText": say("Red")},
    ]
    for sn in sns[:3]:
        operator.post(f"{at}/track-in", {"sn": sn, "operatorId": say("B-1")}).must()
    operator.post(f"{at}/track-out", {"sn": sns[0], "result": "PASS", "data": data}).must()
    fault = {"defectCode": "OTHER", "defectLocation": say("R1"), "defectRemark": say("Remark")}
    operator.post(f"{at}/track-out", {"sn": sns[1], "result": "FAIL", "data": data, **fault}).must()
    operator.post(f"{at}/track-in", {"sn": sns[3]}).must()
    operator.post(f"{at}/cancel-track-in", {"sn": sns[3], "reason": say("Wrong board")}).must()
    quality = plant.api.as_("quality")
    quality.post(f"/api/units/{quote(sns[4], safe='')}/hold", {"reason": say("Looks odd")}).must()
    defect = quality.get("/api/defects").must()["items"][0]
    check = quality.get(f"{run}/readiness/latest").must()
    photo = sent(quality, f"/api/defects/{defect['id']}/photos", picture(), name="photo.jpg").must()
    there.parts |= {"sn": sns[2], "defectId": defect["id"], "checkId": check["checkId"], "photoId": photo["id"]}


def _profiles(plant: Plant, there: Filled, say: Callable[[str], str]) -> None:
    template = plant.made("quality", "/api/fai-templates", {
        "code": say("FAI-1"), "name": say("Template"), "productCode": there.parts["materialCode"], "processType": "SMT", "version": say("V1"),
        "items": [{"seq": 10, "itemName": say("Joints"), "itemSpec": say("Class 2")}],
    })  # fmt: skip
    profile = plant.made("engineer", "/api/reflow-profiles", {
        "code": say("RP-1"), "name": say("Lead-free"), "programName": say("Program"), "description": say("Described"),
        "zones": [{"name": say("Peak"), "tempC": 245, "timeS": 30}],
    })  # fmt: skip
    mapping = plant.made("engineer", "/api/operation-mappings", {
        "sourceSystem": say("ERP"), "sourceProcessKey": say("Cable"), "sourceProcessName": say("Cables"),
        "operationCode": there.parts["operationCode"],
    })  # fmt: skip
    group = {"sourceSystem": "ERP", "sourceWorkCenter": say("WC-1"), "stationGroupCode": there.parts["groupCode"]}
    plant.api.as_("engineer").put("/api/work-center-mappings", group).must()
    center = {"code": say("WC-1"), "name": say("Work centre"), "source_system": "ERP", "created_at": 1, "updated_at": 1}
    plant.sql(work_centers.insert().values(id=1, **center))
    there.ids |= {"reflow-profiles": profile["id"], "operation-mappings": mapping["id"]}
    there.parts |= {
        "templateId": template["id"], "profileId": profile["id"], "mappingId": mapping["id"], "code": "A1",
        "lotId": there.ids["material-lots"], "key": "execution.verifyOperatorId",
    }  # fmt: skip
    usage = {
        "runNo": there.parts["runNo"],
        "stationCode": there.parts["stationCode"],
        "actualProgramName": say("Program"),
    }
    plant.made("leader", "/api/reflow-profile-usages", usage)


def _imports(plant: Plant, there: Filled, say: Callable[[str], str]) -> None:
    rows = csv_of(
        ("code", "name", say("Colour")),
        ("M-IMPORTED", "Name", ""),
        ("", f'"{say("Nameless")}"', ""),
        ("M-2", "x" * 200, ""),
    )
    job = sent(plant.api.as_("engineer"), "/api/imports/materials", rows, name=say("list")).must()
    there.parts |= {"listName": "materials", "importId": job["id"]}


def _spares(plant: Plant, there: Filled, say: Callable[[str], str]) -> None:
    """What may be deleted, released, authorised: each in the state before that."""
    line = plant.line("LINE-SPARE")["code"]
    there.spare |= {
        "groupCode": plant.group("GROUP-SPARE")["code"], "lineId": line, "role": plant.role("unheld")["id"],
        "stationCode": plant.station("ST-SPARE", line=LINE)["code"],
        "routingCode": plant.made("engineer", "/api/routes", {"code": "R-SPARE", "name": "R", "processType": "SMT"})["route"]["code"],
    }  # fmt: skip
    order = {"woNo": say("WO-2"), "productCode": there.parts["materialCode"], "plannedQty": 10, "pickStatus": "3"}
    plant.made("planner", "/api/integration/work-orders", order | {"routingCode": there.parts["routingCode"]})
    runs = plant.api.as_("planner").get("/api/runs", woNo=there.parts["woNo"], status="PREP").must()["items"]
    plant.store.write_now(TEST, begin_session, "everyone", "another-session")
    mine = plant.api.as_("everyone").get("/api/auth/sessions").must()["items"]
    there.spare |= {
        "woNo": order["woNo"], "runNo": runs[0]["runNo"], "session": next(s["id"] for s in mine if not s["isCurrent"]),
        "held": say("SN-5"), "waiting": say("SN-6"),
    }  # fmt: skip


def _readiness(plant: Plant, there: Filled, say: Callable[[str], str]) -> None:
    """A run in preparation with a failed item, a waived one, and one that nobody has decided on."""
    planner, gates = plant.api.as_("planner"), f"/api/lines/{LINE}/readiness-config"
    order = {"woNo": say("WO-3"), "productCode": there.parts["materialCode"], "plannedQty": 10, "pickStatus": "3"}
    planner.post("/api/integration/work-orders", order | {"routingCode": there.parts["routingCode"]}).must()
    wo_no = quote(order["woNo"], safe="")
    planner.post(f"/api/work-orders/{wo_no}/release", {"lineCode": LINE}).must()
    run_no = planner.post(f"/api/work-orders/{wo_no}/runs", {"lineCode": LINE, "planQty": 5}).must()["runNo"]
    picked = {"MATERIAL": {"minPickStatus": "4"}}
    plant.api.as_("engineer").put(gates, {"enabled": ["ROUTE", "EQUIPMENT", "MATERIAL"], "gates": picked}).must()
    check = plant.api.as_("leader").post(f"/api/runs/{run_no}/readiness/check").must()
    open_, decided = [item for item in check["items"] if item["status"] == "FAILED"][:2]
    waived = f"/api/runs/{run_no}/readiness/items/{decided['id']}/waive"
    waiver = plant.api.as_("quality").post(waived, {"reason": say("Measured by hand")}).must()
    plant.api.as_("engineer").put(gates, {"enabled": ["ROUTE"]}).must()
    row = {"needed": True, "result": "OK", "value": say("V3"), "remark": say("Seen")}
    plant.api.as_("leader").put(f"/api/runs/{run_no}/readiness/checklist/items/TRAY", row).must()
    there.parts |= {"itemId": open_["id"], "waiverId": waiver["waiverId"], "itemKey": "TRAY"}
    there.spare |= {"checkedRunNo": run_no}


def _carriers(plant: Plant, there: Filled, say: Callable[[str], str]) -> None:
    """A carrier with a board on it, as a machine's event would have made it."""
    sn, now, carrier_no = there.parts["sn"], now_ms(), say("TRAY-1")
    unit_id = select(units.c.id).where(units.c.sn == sn).scalar_subquery()
    run_id = select(units.c.run_id).where(units.c.sn == sn).scalar_subquery()
    plant.sql(
        carriers.insert().values(
            id=31, carrier_no=carrier_no, type="TRAY", status="ACTIVE", created_at=now, updated_at=now
        ),
        carrier_loads.insert().values(id=32, carrier_id=31, unit_id=unit_id, run_id=run_id, loaded_at=now),
    )
    there.parts |= {"carrierNo": carrier_no, "trace/code": "OTHER"}


def _machines(plant: Plant, there: Filled, say: Callable[[str], str]) -> None:
    """What people entered in the place of machines: a result of the AOI, a measured value."""
    said = {
        "eventTime": clock.to_wire(now_ms()), "source": "MANUAL", "reason": say("Machine is away"), "stationCode": STATIONS[0],
        "unitSn": there.parts["sn"], "meta": {say("key"): say("value")},
    }  # fmt: skip
    result = {
        "eventId": "filled-1",
        "runNo": there.parts["runNo"],
        "inspectionType": "AOI",
        "result": "PASS",
        "remark": say("Remark"),
    }
    plant.made("operator", "/api/integration/inspection-result", said | result)
    data = [{"specName": say("Temperature"), "valueNumber": 15}]
    plant.made("operator", "/api/integration/device-data", said | {"eventId": "filled-2", "data": data})
