"""A trace to be taken away (spec 07.8): the data of the read call, its hash, and the same as a list of tables for paper and spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import orjson

from fiducial.kit.columns import canonical
from fiducial.trace import labels


@dataclass(frozen=True, slots=True)
class Table:
    """One table of the takeaway: its section, which fields it shows, and the rows."""

    section: str
    fields: tuple[str, ...]
    rows: Sequence[Mapping[str, Any]]

    @property
    def title(self) -> str:
        """Give its title in the language that is spoken."""
        return str(labels.section(self.section))


@dataclass(frozen=True, slots=True)
class Takeaway:
    """Everything that a file is made of."""

    kind: str  # unit run lot tool carrier station defect-code: part of the file's name
    key: str
    product: str
    data: Mapping[str, Any]
    head: Sequence[tuple[str, Any]]  # facts, by the names of fields
    tables: Sequence[Table]
    rows: int
    filters: Mapping[str, str] = field(default_factory=dict)
    by: str = ""
    hash: str = ""


def hash_of(data: Mapping[str, Any]) -> str:
    """Give the SHA-256 of the JSON without the time at which it was asked: the same facts give the same hash in every format."""
    return sha256(canonical({name: value for name, value in data.items() if name != "generatedAt"})).hexdigest()


def cell(value: Any) -> Any:
    """Give a value as one cell holds it: what is a list or an object becomes one text."""
    if isinstance(value, list | tuple):
        if all(isinstance(part, str | int | float) for part in value):
            return ", ".join(str(part) for part in value)
        return orjson.dumps(value).decode() if value else None
    if isinstance(value, Mapping):
        return orjson.dumps(dict(value)).decode() if value else None
    return value


def value_at(row: Mapping[str, Any], name: str) -> Any:
    """Give the value of a field; `limits.min` leads into an object."""
    value: Any = row
    for piece in name.split("."):
        value = value.get(piece) if isinstance(value, Mapping) else None
    return cell(value)


UNIT_TABLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("flags", ("code", "text", "section")),
    ("runs", ("runNo", "lineCode", "status", "from", "to", "parentRunNo", "reworkType", "authorizationType", "authorizedByName", "authorizedAt",
              "mrbFaiWaiver", "mrbWaiverReason")),
    ("steps", ("stepNo", "operationCode", "operationName", "stationType", "stationGroupCode", "requiresFAI", "state")),
    ("tracks", ("stepNo", "operationName", "stationCode", "runNo", "mode", "visitNo", "inAt", "outAt", "cycleSeconds", "result", "inByName",
                "outByName", "source", "toolCodes", "voidedAt", "voidReason")),
    ("dataValues", ("stepNo", "name", "value", "unit", "limits.min", "limits.max", "judge", "alarmed", "source", "collectedAt",
                    "collectedByName")),
    ("machineResults", ("kind", "result", "effective", "stationCode", "stepNo", "eventTime", "source", "matchStatus", "operatorId", "remark")),
    ("testRecords", ("kind", "programCode", "programVersion", "attempt", "result", "startedAt", "completedAt", "stationCode", "toolCode")),
    ("loadingRecords", ("slotCode", "materialCode", "lotNo", "verifyResult", "isAlternate", "loadedAt", "loadedByName", "unloadedAt",
                        "certainty", "runNo")),
    ("materials", ("position", "materialCode", "lotNo", "partSn", "isKeyPart", "source", "usedAt", "usedByName", "replaces", "removedAt",
                   "certainty")),
    ("missingKeyParts", ("materialCode", "materialName", "qty")),
    ("inspections", ("type", "runNo", "status", "inSample", "sampleQty", "trial", "decidedByName", "decidedAt", "signedByName",
                     "signatureMeaning", "signedAt", "contentHash", "mrb.decision", "mrb.reason", "remark")),
    ("inspectionItems", ("type", "itemName", "itemSpec", "actualValue", "result", "unitSn", "defectCode", "inspectedByName", "remark")),
    ("defects", ("defectNo", "code", "codeName", "location", "qty", "stepNo", "stationCode", "source", "status", "closeReason", "createdAt",
                 "createdByName", "disposition.type", "disposition.reason", "disposition.decidedByName")),
    ("repairs", ("fromStepNo", "toStepNo", "status", "reason", "action", "result", "recordedByName", "recordedAt", "partsReplaced",
                 "doneByName", "doneAt")),
    ("readiness", ("itemType", "itemKey", "status", "failReason", "source", "waivedByName", "waivedAt", "waiveReason")),
    ("readinessHistory", ("runNo", "status", "checkedAt", "waivedCount")),
    ("timeRules", ("code", "name", "entityDisplay", "status", "startedAt", "expiresAt", "completedAt", "expiredAt", "waivedByName", "waiveReason")),
    ("tools", ("toolCode", "kind", "name", "stationCode", "stepNo", "usedAt", "countAtUse", "lifeLimit", "calibrationDueAt")),
    ("carrierLoads", ("carrierNo", "type", "loadedAt", "unloadedAt")),
    ("holds", ("source", "reason", "placedByName", "placedAt", "releasedByName", "releasedAt", "releaseReason")),
    ("records", ("section", "recordNo", "recordedAt", "by", "scope", "summary", "result")),
)  # fmt: skip

RUN_TABLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("steps", ("stepNo", "operationCode", "operationName", "inCount", "passFirst", "passTotal", "failTotal", "fpy")),
    ("units", ("sn", "status", "currentStepNo", "reworkCount", "createdAt", "updatedAt")),
    ("inspections", ("type", "status", "sampleQty", "trial", "decidedByName", "decidedAt", "signedByName", "signatureMeaning", "signedAt",
                     "contentHash", "mrb.decision", "mrb.reason", "remark")),
    ("inspectionItems", ("type", "unitSn", "itemName", "itemSpec", "actualValue", "result", "defectCode", "inspectedByName", "remark")),
    ("defects", ("code", "codeName", "count", "qty")),
    ("readiness", ("itemType", "itemKey", "status", "failReason", "source", "waivedByName", "waivedAt", "waiveReason")),
    ("readinessHistory", ("runNo", "status", "checkedAt", "waivedCount")),
    ("loadingRecords", ("slotCode", "materialCode", "lotNo", "verifyResult", "failCode", "expectedCode", "isAlternate", "loadedAt",
                        "loadedByName", "unloadedAt")),
    ("tools", ("toolCode", "kind", "name", "boards", "from", "to", "lifeLimit", "calibrationDueAt")),
    ("timeRules", ("code", "name", "entityDisplay", "status", "startedAt", "expiresAt", "completedAt", "expiredAt", "waivedByName", "waiveReason")),
    ("records", ("section", "recordNo", "recordedAt", "by", "scope", "summary", "result")),
    ("events", ("at", "action", "byName", "reason")),
)  # fmt: skip

TOUCHED = (
    "sn",
    "status",
    "woNo",
    "runNo",
    "lineCode",
    "productCode",
    "via",
    "slotCode",
    "position",
    "from",
    "to",
    "certainty",
    "shippable",
)


def tables_of(data: Mapping[str, Any], shown: Sequence[tuple[str, tuple[str, ...]]]) -> list[Table]:
    """Give the tables of a unit's or a run's trace."""
    return [Table(name, fields, _rows(data, name)) for name, fields in shown]


def _rows(data: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    if name == "inspectionItems":
        return [{"type": one["type"], **item} for one in data["inspections"] for item in one["items"]]
    if name == "readiness":
        check = data["readiness"] or {"items": [], "waivedItems": []}
        waived = {(item["itemType"], item["itemKey"]): item for item in check["waivedItems"]}
        return [item | waived.get((item["itemType"], item["itemKey"]), {}) for item in check["items"]]
    if name == "records":
        return [
            {"section": section, **record} for section, written in data["records"].items() for record in written if not record.get("voided")
        ]  # fmt: skip
    if name == "defects" and isinstance(data["defects"], Mapping):
        return list(data["defects"]["byCode"])
    rows: Any = data[name]
    return list(rows["items"] if isinstance(rows, Mapping) else rows)
