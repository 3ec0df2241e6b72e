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
# Parts of a snapshot that are no field of a config: of the routing, of a collection item.
PART_WORDS: Final = {
    "name": Text("Name shown"), "productCode": Text("Product"), "processType": Text("Process type"), "faiTemplate": Text("First article template"),
    "options.unknownSerialPolicy": Text("Unknown serial"), "options.faiTrialPolicy": Text("First article trial"),
    "operationName": Text("Operation"), "isKeyQuality": Text("Key to quality"), "expectedReflowProfile": Text("Oven program"),
    "itemType": Text("Kind"), "dataType": Text("Data type"), "method": Text("Recorded by"), "triggerType": Text("When recorded"),
    "triggerRule.event": Text("At which moment"), "triggerRule.everyMinutes": Text("Every so many minutes"), "isRequired": Text("Required"),
    "spec.unit": Text("Unit of measure"), "spec.decimals": Text("Decimals"),
    "spec.lsl": Text("Lower spec limit"), "spec.usl": Text("Upper spec limit"),
    "spec.target": Text("Target"), "spec.min": Text("Lowest value"), "spec.max": Text("Highest value"), "spec.enum": Text("Allowed values"),
    "spec.pattern": Text("Pattern"), "spec.expected": Text("Expected answer"), "alarm.action": Text("Alarm"), "alarm.min": Text("Alarm below"),
    "alarm.max": Text("Alarm above"),
}  # fmt: skip
SCOPE_WORDS: Final = {
    "STEP": Text("set at this step"),
    "OPERATION": Text("from the operation's default"),
    "ROUTE": Text("from this routing"),
    "GLOBAL": Text("from the plant's default"),
    "STEP_FIELD": Text("from the list of steps"),
    "OPERATION_TYPE": Text("from the operation"),
    "DEFAULT": Text("default"),
}
FIXTURE_TYPES: Final = (
    ("SMT_JIG", Text("SMT carrier")), ("WAVE_JIG", Text("Wave solder jig")), ("INSERT_JIG", Text("Insertion jig")),
    ("COATING_JIG", Text("Coating jig")), ("ICT_JIG", Text("ICT jig")), ("FCT_JIG", Text("Function test jig")), ("OTHER", Text("Other jig")),
)  # fmt: skip
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
EVENT_TYPES: Final = (("AUTO", Text("Automatic")), ("BATCH", Text("Batch")), ("TEST", Text("Test")))
BATCH_POLICIES: Final = (("ALL_OR_NOTHING", Text("refuse all of the message")), ("PARTIAL", Text("take the others")))
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
