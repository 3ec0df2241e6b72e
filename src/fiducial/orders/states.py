"""The lifecycles of orders: who may go from where to where (spec 02.1 and 05.2).

States are compared with these tuples and words, never with words of one's own.
"""

from __future__ import annotations

from fiducial.kit.moves import Lifecycle, Move
from fiducial.orders.tables import runs, units, work_orders

RECEIVED, RELEASED, IN_PROGRESS, COMPLETED = "RECEIVED", "RELEASED", "IN_PROGRESS", "COMPLETED"
PREP, AUTHORIZED, ON_HOLD = "PREP", "AUTHORIZED", "ON_HOLD"
CLOSED_REWORK, SCRAPPED, CANCELLED = "CLOSED_REWORK", "SCRAPPED", "CANCELLED"
QUEUED, IN_STATION, OUT_FAILED, DONE = "QUEUED", "IN_STATION", "OUT_FAILED", "DONE"

WORK_ORDER = Lifecycle(
    "WORK_ORDER", work_orders.c.status,
    states=("RECEIVED", "RELEASED", "IN_PROGRESS", "COMPLETED"),
    terminal=("COMPLETED",),
    moves=(
        Move("receive", (), "RECEIVED", label="Receive", permission="wo:receive"),
        Move("release", ("RECEIVED",), "RELEASED", label="Release", permission="wo:release"),
        Move("begin", ("RELEASED",), "IN_PROGRESS", label="First run created", audit="", event=""),
        Move("close", ("IN_PROGRESS",), "COMPLETED", label="Close", permission="wo:close"),
        Move("void", ("RECEIVED", "RELEASED"), "COMPLETED", label="Close without a run", permission="wo:close", audit="WORK_ORDER_CLOSE"),
        Move("end_by_erp", ("RECEIVED",), "COMPLETED", label="Closed by the ERP", audit="WORK_ORDER_CLOSE"),
    ),
)  # fmt: skip

RUN = Lifecycle(
    "RUN", runs.c.status,
    states=("PREP", "AUTHORIZED", "IN_PROGRESS", "ON_HOLD", "COMPLETED", "CLOSED_REWORK", "SCRAPPED", "CANCELLED"),
    terminal=("COMPLETED", "CLOSED_REWORK", "SCRAPPED", "CANCELLED"),
    moves=(
        Move("create", (), "PREP", label="Create", permission="run:create"),
        Move("authorize", ("PREP",), "AUTHORIZED", label="Authorise", permission="run:authorize"),
        Move("revoke", ("AUTHORIZED",), "PREP", label="Revoke", permission="run:revoke"),
        Move("lapse", ("AUTHORIZED",), "PREP", label="Authorisation lapsed", audit="RUN_AUTHORIZATION_LAPSED"),
        Move("start", ("AUTHORIZED",), "IN_PROGRESS", label="First track-in"),
        Move("cancel", ("PREP", "AUTHORIZED"), "CANCELLED", label="Cancel", permission="run:revoke"),
        Move("close", ("IN_PROGRESS",), "COMPLETED", label="Close out", permission="run:close"),
        Move("complete", ("IN_PROGRESS",), "COMPLETED", label="Last unit done", audit="RUN_COMPLETED"),
        Move("complete_by_oqc", ("IN_PROGRESS",), "COMPLETED", label="Outgoing inspection passed", permission="quality:oqc", audit="RUN_COMPLETED"),
        Move("hold", ("IN_PROGRESS",), "ON_HOLD", label="Outgoing inspection failed", permission="quality:oqc", audit="RUN_ON_HOLD"),
        Move("mrb_release", ("ON_HOLD",), "COMPLETED", label="MRB: release", permission="quality:disposition",
             audit="MRB_RELEASE", event="MRB_DECIDED"),
        Move("mrb_rework", ("ON_HOLD",), "CLOSED_REWORK", label="MRB: rework", permission="quality:disposition",
             audit="MRB_REWORK", event="MRB_DECIDED"),
        Move("mrb_scrap", ("ON_HOLD",), "SCRAPPED", label="MRB: scrap", permission="quality:disposition", audit="MRB_SCRAP", event="MRB_DECIDED"),
    ),
)  # fmt: skip

# The moves of a unit are recorded by the act that makes them (a track-in is one entry, not two), so they name no entry of their own.
UNIT = Lifecycle(
    "UNIT", units.c.status,
    states=("QUEUED", "IN_STATION", "OUT_FAILED", "ON_HOLD", "DONE", "SCRAPPED"),
    terminal=("DONE", "SCRAPPED"),
    moves=(
        Move("create", (), "QUEUED", label="Generate or register", permission="run:create", audit="", event=""),
        Move("track_in", ("QUEUED",), "IN_STATION", label="Track in", permission="exec:track_in", audit="TRACK_IN"),
        Move("cancel_track_in", ("IN_STATION",), "QUEUED", label="Cancel the track-in", permission="exec:track_in", audit="TRACK_IN_CANCEL"),
        Move("pass_on", ("IN_STATION",), "QUEUED", label="Pass, a step follows", permission="exec:track_out", audit="TRACK_OUT"),
        Move("finish", ("IN_STATION",), "DONE", label="Pass at the last step", permission="exec:track_out", audit="TRACK_OUT", event="UNIT_DONE"),
        Move("fail", ("IN_STATION",), "OUT_FAILED", label="Fail", permission="exec:track_out", audit="TRACK_OUT"),
        Move("hold_at_exit", ("IN_STATION",), "ON_HOLD", label="Alarm or waiting hold at track-out",
             audit="TRACK_OUT", event="UNIT_HELD"),
        Move("hold", ("QUEUED", "DONE", "OUT_FAILED"), "ON_HOLD", label="Hold", permission="quality:disposition", event="UNIT_HELD"),
        Move("release_to_queue", ("ON_HOLD",), "QUEUED", label="Release", permission="quality:disposition",
             audit="UNIT_RELEASE", event="UNIT_RELEASED"),
        Move("release_as_done", ("ON_HOLD",), "DONE", label="Release", permission="quality:disposition",
             audit="UNIT_RELEASE", event="UNIT_RELEASED"),
        Move("find_fault", ("QUEUED", "DONE"), "OUT_FAILED", label="Blocking defect recorded", permission="quality:record",
             audit="DEFECT_CREATE", event=""),
        Move("rework", ("OUT_FAILED", "ON_HOLD"), "QUEUED", label="Disposition: rework", permission="quality:disposition",
             audit="DEFECT_DISPOSITION_ASSIGN", event=""),
        Move("overrule", ("OUT_FAILED",), "QUEUED", label="A machine's FAIL was overruled", permission="exec:track_out",
             audit="INSPECTION_RESULT_RECEIVE", event=""),
        Move("keep_apart", ("OUT_FAILED",), "ON_HOLD", label="Disposition: hold", permission="quality:disposition",
             audit="DEFECT_DISPOSITION_ASSIGN", event="UNIT_HELD"),
        Move("scrap", ("OUT_FAILED", "ON_HOLD"), "SCRAPPED", label="Disposition: scrap", permission="quality:disposition",
             audit="DEFECT_DISPOSITION_ASSIGN", event=""),
        Move("return_trial", ("QUEUED", "DONE"), "QUEUED", label="First article failed, trial unit returned", permission="quality:fai",
             audit="FAI_COMPLETE", event=""),
        Move("mrb_scrap", ("QUEUED", "IN_STATION", "OUT_FAILED", "ON_HOLD", "DONE"), "SCRAPPED", label="MRB: scrap",
             permission="quality:disposition", audit="MRB_SCRAP", event=""),
        Move("mrb_rework", ("QUEUED", "IN_STATION", "OUT_FAILED", "ON_HOLD", "DONE"), "QUEUED", label="MRB: rework",
             permission="quality:disposition", audit="MRB_REWORK", event=""),
    ),
)  # fmt: skip
