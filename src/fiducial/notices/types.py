"""Every notification there is (spec 09.6), in its order: what it is called, who gets it, what it says.

The type is the name of the event it is made from. `{name}` in a text is a fact of the event (docs/how-to/tell-people.md).
"""

from __future__ import annotations

from dataclasses import dataclass

from fiducial.kit.text import Text

NORMAL, HIGH = "normal", "high"


@dataclass(frozen=True, slots=True)
class Notice:
    """One type of notification. `roles` within reach of the event's line get it, and whoever the event names."""

    type: str
    priority: str
    roles: tuple[str, ...]
    title: Text
    message: Text
    kind: str = ""  # what it leads to
    key: str = ""  # which of the facts names it


# Where a thing of a kind is shown.
LINKS = {
    "RUN": "/runs/{key}", "UNIT": "/trace/{key}", "WORK_ORDER": "/work-orders/{key}", "ROUTE": "/routes/{key}",
    "INSPECTION": "/inspections/{key}", "DEFECT": "/defects/{key}", "LOADING": "/loading?run={key}", "TOOL": "/tools/{key}",
    "FORM": "/forms/{key}", "INTEGRATION": "/integration", "SYSTEM": "/system/operations", "API_TOKEN": "/system/tokens",
    "AUDIT": "/system/audit", "OUTBOUND": "/integration/messages",
}  # fmt: skip

LEADER, ENGINEER, QUALITY, PLANNER = "leader", "engineer", "quality", "planner"
MATERIAL, OPERATOR, ADMIN = "material", "operator", "admin"
_n = Notice

NOTICES: tuple[Notice, ...] = (
    _n("RUN_READINESS_FAILED", NORMAL, (LEADER, ENGINEER), Text("Run not ready any more"),
       Text("{runNo} on {lineCode} had passed its check and does not now: {failed}"), "RUN", "runNo"),
    _n("PRECHECK_CHANGED", NORMAL, (LEADER, ENGINEER), Text("Readiness of a run changed"),
       Text("{runNo} on {lineCode}: {changed}"), "RUN", "runNo"),
    _n("RUN_AUTHORIZATION_LAPSED", HIGH, (PLANNER, LEADER), Text("Authorisation lapsed"),
       Text("{runNo} on {lineCode} must be authorised again: {reason}"), "RUN", "runNo"),
    _n("MANUAL_SUPERSEDED", NORMAL, (), Text("Your entry was superseded"),
       Text("{what} on {lineCode}: the machine has reported, so what you entered by hand does not count any more"), "RUN", "runNo"),
    _n("CHECKLIST_DUE", NORMAL, (LEADER,), Text("Pre-changeover list due"),
       Text("{runNo} on {lineCode}: the list before the changeover is not prepared yet"), "RUN", "runNo"),
    _n("SLOT_LOCKED", HIGH, (LEADER, MATERIAL, ENGINEER), Text("Feeder slot locked"),
       Text("{slotCode} on {lineCode}: {reason}"), "LOADING", "runNo"),
    _n("SLOT_TAKEN_FROM_RUN", HIGH, (LEADER, MATERIAL), Text("A reel was taken from a run"),
       Text("{slotCode} on {lineCode}: the reel of {runNo} was taken over"), "LOADING", "runNo"),
    _n("REEL_LOW", HIGH, (LEADER, MATERIAL), Text("Reel nearly empty"),
       Text("{slotCode} on {lineCode}: {lotNo} is enough for {boards} more boards"), "LOADING", "runNo"),
    _n("FLOOR_LIFE_EXPIRED", HIGH, (LEADER, MATERIAL), Text("Floor life used up"),
       Text("{lotNo} of {materialCode} has been open too long"), "LOADING", "runNo"),
    _n("TIME_RULE_WARNING", NORMAL, (LEADER, MATERIAL, OPERATOR), Text("Time rule nearly over"),
       Text("{ruleName}: {subject} has {minutes} min left"), "RUN", "runNo"),
    _n("TIME_RULE_EXPIRED", HIGH, (LEADER, MATERIAL, OPERATOR, QUALITY), Text("Time rule over"),
       Text("{ruleName}: {subject} is beyond its time"), "RUN", "runNo"),
    _n("FAI_FAILED", HIGH, (QUALITY, LEADER, ENGINEER), Text("First article failed"),
       Text("{runNo} on {lineCode}: {inspectionNo}"), "RUN", "runNo"),
    _n("FAI_SIGN_DUE", HIGH, (QUALITY, LEADER, ENGINEER), Text("First article waits for a signature"),
       Text("{runNo} on {lineCode}: {inspectionNo}"), "RUN", "runNo"),
    _n("IPQC_DUE", HIGH, (QUALITY, LEADER),
       Text("In-process inspection due"), Text("{runNo} on {lineCode}: {inspectionNo}"), "RUN", "runNo"),
    _n("IPQC_FAILED", HIGH, (QUALITY, LEADER), Text("In-process inspection failed"),
       Text("{runNo} on {lineCode}: {inspectionNo}"), "RUN", "runNo"),
    _n("DEFECT_RECORDED", NORMAL, (QUALITY,),
       Text("Defect recorded"), Text("{sn} at {stationCode}: {code}"), "UNIT", "sn"),
    _n("DATA_ALARM", HIGH, (LEADER, QUALITY, ENGINEER),
       Text("A value alarms"), Text("{sn} at {stationCode}: {name} {value}"), "UNIT", "sn"),
    _n("OQC_REQUIRED", HIGH, (QUALITY, PLANNER),
       Text("Outgoing inspection required"), Text("{runNo}: all units are made"), "RUN", "runNo"),
    _n("OQC_FAILED", HIGH, (QUALITY, PLANNER),
       Text("Outgoing inspection failed"), Text("{runNo}: {inspectionNo}"), "RUN", "runNo"),
    _n("RUN_ON_HOLD", HIGH, (QUALITY, PLANNER),
       Text("Run on hold"), Text("{runNo} waits for a review"), "RUN", "runNo"),
    _n("MRB_DECIDED", HIGH, (QUALITY, PLANNER), Text("Review decided"), Text("{runNo}: {decision}"), "RUN", "runNo"),
    _n("PRODUCTION_EXCEPTION_RAISED", HIGH, (LEADER, ENGINEER, QUALITY), Text("Production exception"),
       Text("{lineCode}: {recordNo} {what}"), "FORM", "formPath"),
    _n("PRODUCTION_EXCEPTION_CONFIRMED", NORMAL, (LEADER, ENGINEER, QUALITY), Text("Production exception closed"),
       Text("{lineCode}: {recordNo} {what}"), "FORM", "formPath"),
    _n("PRODUCTION_EXCEPTION_OPEN", NORMAL, (LEADER, ENGINEER, QUALITY), Text("Production exception still open"),
       Text("{lineCode}: {recordNo} {what}"), "FORM", "formPath"),
    _n("TOOL_LIFE_80", NORMAL, (LEADER, ENGINEER),
       Text("Tool near the end of its life"), Text("{toolCode}: {count} of {limit}"), "TOOL", "toolCode"),
    _n("TOOL_LIFE_REACHED", HIGH, (LEADER, ENGINEER),
       Text("Tool at the end of its life"), Text("{toolCode}: {count} of {limit}"), "TOOL", "toolCode"),
    _n("FIXTURE_LIFE_3_MONTHS", NORMAL, (ENGINEER, LEADER),
       Text("Fixture runs out in three months"), Text("{toolCode}"), "TOOL", "toolCode"),
    _n("TOOL_CALIBRATION_DUE", NORMAL, (ENGINEER, LEADER),
       Text("Calibration due"), Text("{toolCode}: {dueOn}"), "TOOL", "toolCode"),
    _n("TOOL_COUNT_DIFFERS", NORMAL, (ENGINEER, LEADER), Text("Count of a tool differs"),
       Text("{toolCode}: counted {count}, the machine says {machineCount}"), "TOOL", "toolCode"),
    _n("FORM_OUT_OF_LIMIT", NORMAL, (LEADER, ENGINEER),
       Text("Record out of limits"), Text("{formName} {recordNo}"), "FORM", "formPath"),
    _n("FORM_DUE", NORMAL, (LEADER, ENGINEER), Text("Record due"), Text("{formName}: {subject}"), "FORM", "formPath"),
    _n("FORM_CORRECTED", NORMAL, (ENGINEER, QUALITY), Text("A record was corrected that a passed gate had used"),
       Text("{formName} {recordNo} of {runNo}"), "FORM", "formPath"),
    _n("ROUTE_COMPILE_INVALID", HIGH, (ENGINEER,),
       Text("Route does not compile"), Text("{routingCode}: {errors}"), "ROUTE", "routingCode"),
    _n("MANUAL_ENTRY_IN_AUTO", NORMAL, (ENGINEER, QUALITY), Text("Entry by hand while the system is automatic"),
       Text("{system}: {what}"), "INTEGRATION", "system"),
    _n("RESULT_ORPHAN", NORMAL, (ENGINEER, QUALITY),
       Text("Result without its track"), Text("{system}: {sn}"), "INTEGRATION", "system"),
    _n("SYSTEM_HEALTH_CHANGED", NORMAL, (ENGINEER, ADMIN, LEADER),
       Text("State of a system changed"), Text("{system}: {health}"), "INTEGRATION", "system"),
    _n("MODE_SWITCHED", NORMAL, (ENGINEER, ADMIN, LEADER),
       Text("Mode of a system switched"), Text("{system} {lineCode}: {mode}"), "INTEGRATION", "system"),
    _n("MODE_REMINDER", NORMAL, (ENGINEER, ADMIN, LEADER), Text("A system is still not automatic"),
       Text("{system} {lineCode}: {mode}"), "INTEGRATION", "system"),
    _n("CLOCK_SKEW", NORMAL, (ENGINEER, ADMIN, LEADER),
       Text("A clock goes wrong"), Text("{system}: {seconds} s"), "INTEGRATION", "system"),
    _n("WORK_ORDER_CHANGED", NORMAL, (PLANNER,),
       Text("Work order changed"), Text("{woNo}: {changed}"), "WORK_ORDER", "woNo"),
    _n("ERP_CONFLICT", NORMAL, (PLANNER,),
       Text("The ERP says something else"), Text("{woNo}: {what}"), "WORK_ORDER", "woNo"),
    _n("OUTBOUND_DEAD", HIGH, (ADMIN, ENGINEER),
       Text("A message could not be delivered"), Text("{target}: {what}"), "OUTBOUND", "id"),
    _n("EVENT_DEAD", HIGH, (ADMIN, ENGINEER),
       Text("An event could not be handled"), Text("{eventType}: {error}"), "SYSTEM", "eventType"),
    _n("SYNC_FAILED", HIGH, (ADMIN, ENGINEER),
       Text("Synchronising failed three times"), Text("{system} {entity}"), "INTEGRATION", "system"),
    _n("BACKUP_FAILED", HIGH, (ADMIN, ENGINEER), Text("Backup failed"), Text("{error}"), "SYSTEM", "file"),
    _n("DISK_LOW", HIGH, (ADMIN, ENGINEER),
       Text("Disk nearly full"), Text("{path}: {freePercent} % free"), "SYSTEM", "path"),
    _n("CERT_EXPIRING", HIGH, (ADMIN, ENGINEER),
       Text("Certificate expires"), Text("{subject}: {expiresAt}"), "SYSTEM", "subject"),
    _n("TOKEN_EXPIRING", HIGH, (ADMIN, ENGINEER),
       Text("Token expires"), Text("{name}: {days} days left"), "API_TOKEN", "name"),
    _n("AUDIT_CHAIN_BROKEN", HIGH, (ADMIN, ENGINEER),
       Text("The audit book was tampered with"), Text("Entry {seq}: {kind}"), "AUDIT", "seq"),
)  # fmt: skip
BY_TYPE = {notice.type: notice for notice in NOTICES}
