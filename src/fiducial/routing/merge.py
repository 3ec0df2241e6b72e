"""Execution config of a step, merged from its scopes (spec 01.6). Pure: layers in, each value with the scope it came from out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SCOPES = ("STEP", "OPERATION", "ROUTE", "GLOBAL")
STEP_FIELD, OPERATION_TYPE, DEFAULT = "STEP_FIELD", "OPERATION_TYPE", "DEFAULT"
FIELDS = (
    "stationType", "stationGroupCode", "allowedStationCodes", "requiresFAI", "requiresAuthorization", "dataSpecIds",
    "excludedDataSpecIds", "expectedReflowProfileCode", "requiredTools", "requiresTestProgram", "ingestMapping",
)  # fmt: skip
FALSE_WHEN_UNSAID = ("requiresFAI", "requiresAuthorization", "requiresTestProgram")
MAY_NOT_CARRY = {
    "STEP": frozenset[str](),
    "OPERATION": frozenset({"expectedReflowProfileCode", "excludedDataSpecIds"}),
    "ROUTE": frozenset({"dataSpecIds", "excludedDataSpecIds", "expectedReflowProfileCode"}),
    "GLOBAL": frozenset({"dataSpecIds", "excludedDataSpecIds", "expectedReflowProfileCode"}),
}


@dataclass(frozen=True, slots=True)
class Chosen:
    """A value and where it was said; both None when nobody said it."""

    value: Any
    scope: str | None


@dataclass(frozen=True, slots=True)
class OwnFields:
    """What the step says by itself, and what kind of station its operation usually needs."""

    station_type: str | None = None
    station_group_code: str | None = None
    requires_fai: bool = False
    default_type: str | None = None


def merge(layers: Mapping[str, Mapping[str, Any]], own: OwnFields) -> dict[str, Chosen]:
    """Give every field: the first value said in the order STEP, OPERATION, ROUTE, GLOBAL, the step's own field, the default.

    Null is "not said here"; an empty list is a value.
    """
    return {name: _first(name, layers, own) for name in FIELDS}


def _first(name: str, layers: Mapping[str, Mapping[str, Any]], own: OwnFields) -> Chosen:
    for scope in SCOPES:
        value = layers.get(scope, {}).get(name)
        if value is not None:
            return Chosen(value, scope)
    said = {"stationType": own.station_type, "stationGroupCode": own.station_group_code}.get(name)
    if said is not None or (name == "requiresFAI" and own.requires_fai):
        return Chosen(True if name == "requiresFAI" else said, STEP_FIELD)
    if name == "stationType" and own.default_type is not None:
        return Chosen(own.default_type, OPERATION_TYPE)
    return Chosen(False, DEFAULT) if name in FALSE_WHEN_UNSAID else Chosen(None, None)
