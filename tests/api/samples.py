"""A body that each endpoint takes, made from its shape, with the names of things that are there: for generated tests."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from tests.api.filled import Filled
from tests.api.filled_papers import SAMPLES
from tests.api.plant import PASSWORD

from fiducial.kit.http.door import Entrance
from fiducial.kit.http.shapes import Body

Json = Any
Path = tuple[str | int, ...]

# Where a name or a pattern has a meaning, by the name of the field.
BY_FIELD: dict[str, Json] = {
    "username": "newcomer", "email": "new@example.com", "preferredHomePage": "/runs", "roleCodes": ["spare"], "copyFrom": "spare",
    "password": PASSWORD, "currentPassword": PASSWORD, "newPassword": "Another-Horse-8", "secret": PASSWORD, "method": "PASSWORD",
    "scopes": ["exec:read"], "permissions": ["wo:read"], "allowedAddresses": ["10.0.0.0/8"], "expiresAt": "2027-06-01T00:00:00Z",
    "lineIds": [], "stationIds": [], "stationCodes": ["ST-PRINT-01"], "lineCodes": ["LINE-A"], "lineCode": "LINE-A", "system": "DEVICE",
    "eventId": "event-1", "planStartDate": "2026-12-01T00:00:00Z", "planFinishDate": "2026-12-02T00:00:00Z", "sns": ["SN-NEW-1"],
    "defectCode": "OTHER", "excludedDataSpecIds": [], "expectedReflowProfileCode": None, "enabled": ["ROUTE"], "gates": {},
    "ifUpdatedAt": None, "includeArchives": False, "passValues": ["OK"], "failValues": ["NG"], "inValues": ["IN"], "outValues": ["OUT"],
    "fromSeq": 1, "toSeq": 5, "spec": {"unit": "mm", "lsl": 1, "usl": 2}, "alarm": {"action": "ALARM_ONLY", "max": 3},
    "triggerRule": {"event": "TRACK_OUT"}, "dataType": "NUMBER", "triggerType": "EVENT", "mslLevel": "3", "toolCodes": [], "needsReview": False,
    "calibratedAt": "2026-11-10T08:00:00Z", "dueAt": "2027-06-01T00:00:00Z", "eventTime": "2026-11-26T08:00:00Z", "operatorId": None,
    "completedAt": None, "lastCleanedAt": None, "thawedAt": None, "stirredAt": None, "until": None, "scopeValue": None, "warningMinutes": None,
    "stepNo": 10, "allowedStationCodes": ["ST-PRINT-01"],
    "letters": [{"lotFrom": 2, "lotTo": None, "levels": {"II": "A"}}], "tableCode": "ISO2859-1", "aql": "1.0", "unitSns": None, "unitSn": None,
    "plans": [{"severity": "NORMAL", "letter": "A", "n": 2, "entries": {"1.0": 0}}],
}  # fmt: skip
PATHS = "path"  # a field whose name ends so takes a path into a machine's message
# What a shape wants or forbids together, by its name.
BY_SHAPE: dict[str, dict[str, Json]] = {
    **SAMPLES,
    "Authorize": {"action": "REVOKE", "reason": "Not today"},
    "OwnChange": {"password": None, "reauth": None},
    "NewToken": {"reauth": None},
    "LineSettings": {"execution.verifyOperatorId": False},
    "Pair": {"code": "ABCD2345"},
    "OwnPin": {"pin": "246813", "reauth": None},
    "UserPin": {"pin": "246813", "badgeNo": "B-4711"},
    "SignInByBadge": {"badgeNo": "B-4711", "pin": "246813"},
    "SettingChange": {"value": 2, "reason": "As agreed"},
    "Rollback": {"toVersion": 0, "reason": "As before"},
    "Choices": {"items": [{"type": "DATA_ALARM", "email": True}]},
    "NewRole": {"code": "newrole"},
    "RoleChange": {"code": "spare"},
    "NewConfig": {"scopeType": "STEP", "stepNo": 20, "dataSpecIds": None, "stationGroupCode": None},
    "ConfigChange": {"stepNo": None, "dataSpecIds": None, "excludedDataSpecIds": None},
    "Defaults": {"allowedStationCodes": None, "dataSpecIds": None, "excludedDataSpecIds": None, "requiredTools": None},
    "NewRoute": {"effectiveTo": "2028-01-01T00:00:00Z", "steps": []},
    "RouteChange": {"effectiveTo": "2028-01-01T00:00:00Z"},
    "TrackOut": {"result": "FAIL", "defects": None, "data": [{"specName": "Temperature", "valueNumber": 15}]},
    "Receive": {"woNo": "WO-NEW"},
    "SignIn": {"email": "planner"},
    "VerifyProgram": {"stepNo": 10},
    "NewUsage": {"usedAt": "2026-11-20T00:00:00Z"},
    "NewDefectCode": {"code": "NEW-CODE", "operationCodes": []},
    "DefectCodeChange": {"code": "A1", "operationCodes": []},
    "NewProfile": {"peakTempMin": 235, "peakTempMax": 250, "totalTimeMin": 300, "totalTimeMax": 400},
    "ProfileChange": {
        "peakTempMin": 235,
        "peakTempMax": 250,
        "totalTimeMin": 300,
        "totalTimeMax": 400,
        "version": "1",
        "code": "RP-1",
    },
    "TemplateChange": {"code": "FAI-1"},
    "NewOperationMapping": {"sourceProcessKey": "NEW"},
    "NewSpec": {"method": "MANUAL"},
    "SpecChange": {"method": "MANUAL"},
    "NewTool": {
        "toolCode": "NEW-TOOL",
        "kind": "STENCIL",
        "spec": None,
        "lengthMm": None,
        "fixtureType": None,
        "material": None,
        "thicknessMm": 0.12,
    },
    "ToolChange": {
        "thicknessMm": None,
        "version": None,
        "minTension": None,
        "spec": None,
        "lengthMm": None,
        "fixtureType": "WAVE_JIG",
    },
    "StencilStatus": {"source": "MANUAL", "tensionValue": 40},
    "PasteStatus": {"source": "MANUAL", "status": "COMPLIANT"},
    "EquipmentStatus": {"source": "MANUAL"},
    "SystemMode": {"mode": "MANUAL"},
    "NewTimeRule": {
        "code": "NEW-RULE",
        "scope": "GLOBAL",
        "durationMinutes": 60,
        "startEvent": "TRACK_OUT",
        "endEvent": "TRACK_IN",
    },
    "TimeRuleChange": {
        "code": "RULE-1",
        "scope": "GLOBAL",
        "durationMinutes": 60,
        "startEvent": "TRACK_OUT",
        "endEvent": "TRACK_IN",
    },
    "NewRecord": {"entityType": "FIXTURE", "entityId": "FIXTURE-1", "lineCode": "LINE-A"},
    "CompleteWork": {"resetLife": False},
    "AssignTool": {"stationCode": "ST-PRINT-01"},
    "NewRule": {"samplingType": "FIXED", "sampleValue": 1},
    "RuleChange": {"samplingType": "FIXED", "sampleValue": 1},
    "NewPoint": {"code": "POINT-2", "processKind": None, "frequency": None, "checkType": "EVENT"},
    "PointChange": {"processKind": None, "frequency": None, "checkType": "EVENT"},
    "NewAqlTable": {"code": "TABLE-2"},
    "InspectedItem": {"defectCode": None},
    "ItemChange": {"defectCode": None},
    "NewIpqc": {"checkpointCode": "POINT-1"},
    "NewDefect": {"unitSn": None, "trackId": None},
    "Disposition": {"toStepNo": None},
    "MrbDecision": {"reworkType": None, "reauth": None, "faiWaiver": False},
    "ReworkRun": {"reauth": None, "faiWaiver": False},
    "SignInspection": {"reauth": None},
    "NewProgram": {"programCode": "NEW-PROGRAM", "fixtureTypes": []},
    "ProgramChange": {"version": "3.0", "fixtureTypes": []},
    "Activate": {"reauth": None},
    "GiveUp": {"reason": "Told by telephone"},
    "DemoSeed": {"datasets": ["base"], "size": None, "asOf": "2026-11-20"},
    "NewTestRecord": {
        "testResultId": "T-2",
        "operatorId": "OP-01",
        "completedAt": "2026-11-20T09:00:00Z",
        "startedAt": None,
        "source": None,
        "kind": None,
        "programVersion": None,
    },
}
NEVER_NULL = ("ifUpdatedAt", "stepNo")  # left out rather than null
NAMES_NEW = {
    "NewTerminal",
    "NewTemplate",
    "NewProfile",
    "NewLine",
    "NewStation",
    "NewGroup",
    "NewOperation",
    "NewMaterial",
    "NewRoute",
}
UNCHANGED = {"LineChange": "lineId", "StationChange": "stationCode", "GroupChange": "groupCode", "OperationChange": "operationId",
             "MaterialChange": "materialCode", "RouteChange": "routingCode"}  # fmt: skip


def sample(model: type[Body], there: Filled) -> dict[str, Json]:
    """Give a body with every field that its shape takes."""
    schema = model.model_json_schema()
    made = _object(schema, schema.get("$defs", {}), there)
    made |= BY_SHAPE.get(model.__name__, {})
    if model.__name__ in NAMES_NEW:
        made["code"] = f"NEW-{model.__name__}"
    if model.__name__ in UNCHANGED:
        made["code"] = there.parts[UNCHANGED[model.__name__]]
    return {name: value for name, value in made.items() if not (name in NEVER_NULL and value is None)}


def _object(schema: dict[str, Json], defs: dict[str, Json], there: Filled) -> dict[str, Json]:
    return {name: _value(name, inner, defs, there) for name, inner in schema.get("properties", {}).items()}


def _value(name: str, schema: dict[str, Json], defs: dict[str, Json], there: Filled) -> Json:
    if name in BY_FIELD:
        return BY_FIELD[name]
    known = {"dataSpecIds": [there.parts["specId"]], "stationGroupCode": there.parts["groupCode"], "groupCode": there.parts["groupCode"],
             "productCode": there.parts["materialCode"], "childCode": "C-1", "specName": "Temperature"}  # fmt: skip
    if name in known:
        return known[name]
    if name in there.parts:
        return there.parts[name]
    while "$ref" in schema or "anyOf" in schema:
        schema = defs[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema["anyOf"][0]
    return _plain(name, schema, defs, there)


def _plain(name: str, schema: dict[str, Json], defs: dict[str, Json], there: Filled) -> Json:
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, defs, there)
    if kind == "array":
        return [_value("", schema["items"], defs, there)]
    if kind in ("integer", "number"):
        return max(schema.get("minimum", 1), 1)
    if kind == "boolean":
        return schema.get("default", True)
    if schema.get("format") == "date-time":
        return "2026-12-01T08:00:00Z"
    if name.lower().endswith(PATHS):
        return "a.b"
    return "Words"[: schema.get("maxLength", 5)].ljust(schema.get("minLength", 1), "s") if kind == "string" else None


def right(door: Entrance, there: Filled) -> tuple[dict[str, str], dict[str, Json] | None]:
    """Give the parts of the path and the body of a request that nothing speaks against, as the plant stands."""
    body = sample(door.body, there) if door.body else None
    parts = {name: there.part(door.path, name) for name in re.findall(r"{(\w+)", door.path)}
    spare, what = there.spare, f"{door.method} {door.path}"
    name, key = {
        "DELETE /api/station-groups/{groupCode}": ("groupCode", "groupCode"), "DELETE /api/roles/{id}": ("id", "role"),
        "DELETE /api/lines/{lineId}": ("lineId", "lineId"), "DELETE /api/stations/{stationCode}": ("stationCode", "stationCode"),
        "DELETE /api/routes/{routingCode}": ("routingCode", "routingCode"), "DELETE /api/auth/sessions/{id}": ("id", "session"),
        "PATCH /api/lines/{lineId}/process-type": ("lineId", "lineId"), "POST /api/units/{sn}/release": ("sn", "held"),
        "POST /api/maintenance-records/{id}/verify": ("id", "done"), "POST /api/tools/{toolCode}/release": ("toolCode", "blocked"),
        "POST /api/tools/{toolCode}/assign": ("toolCode", "free"), "POST /api/test-programs/{id}/retire": ("id", "activeProgram"),
        "POST /api/integration/messages/{id}/replay": ("id", "refusedMessage"),
        **{f"{line}": ("runNo", "runNo") for line in OF_A_NEW_RUN},
        **dict.fromkeys(OF_A_CHECKED_RUN, ("runNo", "checkedRunNo")), **dict.fromkeys(OF_A_NEW_ORDER, ("woNo", "woNo")),
    }.get(what, ("", ""))  # fmt: skip
    if name:
        parts[name] = spare[key]
    if "/oqc/{oqcId}/items" in what:
        body = (body or {}) | {"unitSn": spare["finishedSn"]}
    if what == "POST /api/fai/run/{runNo}":
        parts["runNo"] = spare["runInPreparation"]
    if what in ("POST /api/oqc/run/{runNo}", "POST /api/fqc/run/{runNo}"):
        parts["runNo"] = spare["finishedRun"]
    if what.endswith("/authorize"):
        body = {"action": "AUTHORIZE"}
    if what.startswith("DELETE /api/runs"):
        body = {"sns": [spare["waiting"]]}
    if what.endswith("/track-in"):
        body = {"sn": spare["waiting"]}
    if what.startswith("PATCH /api/lines/{lineId}"):
        body = (body or {}) | ({"code": spare["lineId"]} if "code" in (body or {}) and name else {})
    return parts, body


OF_A_NEW_RUN = (
    "POST /api/runs/{runNo}/authorize", "POST /api/runs/{runNo}/units", "POST /api/runs/{runNo}/generate-units",
    "POST /api/runs/{runNo}/cancel", "POST /api/runs/{runNo}/readiness/check", "POST /api/runs/{runNo}/readiness/precheck",
)  # fmt: skip
OF_A_CHECKED_RUN = (
    "POST /api/runs/{runNo}/readiness/items/{itemId}/waive",
    "POST /api/runs/{runNo}/readiness/waivers/{waiverId}/revoke",
    "PUT /api/runs/{runNo}/readiness/checklist/items/{itemKey}",
    "POST /api/runs/{runNo}/readiness/checklist/confirm",
)
OF_A_NEW_ORDER = (
    "POST /api/work-orders/{woNo}/release", "PATCH /api/work-orders/{woNo}/routing", "POST /api/work-orders/{woNo}/close",
)  # fmt: skip


def places(value: Json, at: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Give every place in a body with what stands there; of a list the first entry."""
    if at:
        yield at, value
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from places(inner, (*at, name))
    elif isinstance(value, list) and value:
        yield from places(value[0], (*at, 0))


def put(value: Json, at: Path, new: Json) -> Json:
    """Give a body with something else at a place."""
    copy = json.loads(json.dumps(value))
    inner = copy
    for part in at[:-1]:
        inner = inner[part]
    inner[at[-1]] = new
    return copy
