"""The words of routing on pages: fields, scopes, kinds. The codes stay what they are on the wire."""

from __future__ import annotations

from typing import Final

from fiducial.kit.text import Text
from fiducial.web.shell import Status, StatusSet

STATION_TYPES: Final = (
    ("MANUAL", Text("By hand")), ("AUTO", Text("Automatic")), ("BATCH", Text("Batch")), ("TEST", Text("Test")),
)  # fmt: skip
PROCESS_TYPES: Final = (("SMT", "SMT"), ("DIP", "DIP"))
FIELD_WORDS: Final = {
    "stationType": Text("Station type"),
    "stationGroupCode": Text("Station group"),
    "allowedStationCodes": Text("Only these stations"),
    "requiresFAI": Text("First article"),
    "requiresAuthorization": Text("Authorised run"),
    "dataSpecIds": Text("Collection items"),
    "excludedDataSpecIds": Text("Items left out on purpose"),
    "expectedReflowProfileCode": Text("Oven program"),
    "requiredTools": Text("Required tools"),
    "requiresTestProgram": Text("Test program"),
    "ingestMapping": Text("Machine mapping"),
    "operationCode": Text("Operation"),
    "processKind": Text("Process kind"),
}
SCOPE_WORDS: Final = {
    "STEP": Text("set at this step"),
    "OPERATION": Text("from the operation's default"),
    "ROUTE": Text("from this routing"),
    "GLOBAL": Text("from the plant's default"),
    "STEP_FIELD": Text("from the list of steps"),
    "OPERATION_TYPE": Text("from the operation"),
    "DEFAULT": Text("default"),
}
ITEM_TYPES: Final = (("KEY", Text("Key item")), ("OBSERVATION", Text("Observation")))
DATA_TYPES: Final = (
    ("NUMBER", Text("Number")),
    ("TEXT", Text("Text")),
    ("BOOLEAN", Text("Yes or no")),
    ("JSON", Text("JSON")),
)
METHODS: Final = (("MANUAL", Text("A person")), ("AUTO", Text("A machine")))
TRIGGERS: Final = (
    ("EVENT", Text("At track-in or track-out")), ("EACH_UNIT", Text("Each unit")), ("EACH_CARRIER", Text("Each carrier")),
    ("TIME", Text("Every so many minutes")),
)  # fmt: skip
EVENTS: Final = (("TRACK_OUT", Text("At track-out")), ("TRACK_IN", Text("At track-in")))
ALARMS: Final = (("ALARM_ONLY", Text("Tell only")), ("HOLD", Text("Hold the unit")))

STATUSES: Final = (
    StatusSet(
        kind="route_version",
        states=(
            Status(code="READY", label=Text("Ready"), colour="green"),
            Status(code="INVALID", label=Text("Has errors"), colour="red"),
            Status(code="RETIRED", label=Text("Retired"), colour="secondary"),
        ),
    ),
)


def word(choices: tuple[tuple[str, object], ...], code: str | None) -> object:
    """Give the label of a code; the code itself when it is unknown."""
    return dict(choices).get(code or "", code)
