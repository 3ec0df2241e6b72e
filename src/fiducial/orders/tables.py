"""Tables of orders: work orders, runs, units (spec 02)."""

from __future__ import annotations

from sqlalchemy import Column, Index, Numeric, Table

from fiducial.kit import columns as c

work_orders = Table(
    "work_order", c.metadata, c.key(),
    c.text("wo_no", nullable=False, unique=True),
    c.text("product_code", nullable=False, index=True),
    Column("planned_qty", Numeric(14, 4, asdecimal=False), nullable=False),
    c.text("status", nullable=False),
    c.text("routing_code"),  # what the order carries
    c.json("routing_resolution"),  # {mode, candidates}, and the code it led to in `resolved_routing_code`
    c.text("resolved_routing_code"),
    c.json("routing_override"),  # {routingCode, by, byName, at, reason}
    c.text("pick_status"),
    c.text("erp_status"),
    c.text("erp_pick_status"),
    c.instant("due_date"),
    c.instant("plan_start_date"),
    c.instant("plan_finish_date"),
    c.text("priority"),
    c.text("customer"),
    c.text("job_no"),
    c.text("src_bill_no"),
    c.text("source_system", nullable=False),
    c.ref("dispatch_line_id", "line", nullable=True, index=True),
    c.ref("dispatch_group_id", "station_group", nullable=True),
    c.instant("dispatched_at"),
    c.whole("dispatched_by"),
    c.text("dispatched_by_name"),
    c.text("close_reason"),
    c.text("origin"),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
    Index("ix_work_order_status", "status", "created_at"),
    Index("ix_work_order_newest", "created_at"),  # lists begin with the newest
)  # fmt: skip

runs = Table(
    "run", c.metadata, c.key(),
    c.text("run_no", nullable=False, unique=True),
    c.ref("work_order_id", "work_order", index=True),
    c.ref("line_id", "line", index=True),
    c.ref("version_id", "route_version", index=True),  # frozen for ever
    c.text("status", nullable=False),
    c.whole("plan_qty", nullable=False),
    c.text("shift_code"),
    c.text("changeover_no"),
    c.text("remark"),
    c.ref("parent_run_id", "run", nullable=True, index=True),
    c.text("rework_type"),
    c.text("authorization_type"),
    c.instant("authorized_at"),
    c.instant("started_at"),
    c.instant("ended_at"),
    c.text("short_reason"),
    c.text("origin"),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
    Index("ix_run_status", "status", "created_at"),
    Index("ix_run_newest", "created_at"),
)  # fmt: skip

authorizations = Table(
    "run_authorization", c.metadata, c.key(),
    c.ref("run_id", "run", index=True),
    c.text("type", nullable=False),  # NORMAL or MRB_OVERRIDE
    c.text("status", nullable=False),  # AUTHORIZED REVOKED LAPSED
    c.whole("by_id"),
    c.text("by_name"),
    c.instant("at", nullable=False),
    c.text("reason"),
    c.whole("check_id"),
    c.whole("fai_id"),
    c.whole("ended_by_id"),
    c.text("ended_by_name"),
    c.instant("ended_at"),
    c.text("ended_reason"),
)  # fmt: skip

units = Table(
    "unit", c.metadata, c.key(),
    c.text("sn", nullable=False, unique=True),
    c.ref("work_order_id", "work_order"),
    c.ref("run_id", "run", nullable=True),
    c.text("status", nullable=False),
    c.whole("current_step_no"),
    c.whole("rework_count", nullable=False, default=0),
    c.flag("hold_pending", default=False),
    c.flag("tracked", default=False),  # has a track that is not voided
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
    Index("ix_unit_run", "run_id", "status", "current_step_no", "tracked"),  # counted by it alone: 30 runs are 15,000 units
    # Listed by it: PostgreSQL, where there is none, looks for a page of a run's boards through the serial numbers of all there are.
    Index("ix_unit_of_run", "run_id", "sn"),
)  # fmt: skip

# The runs a unit has belonged to before its present one: a move to a rework run loses nothing.
memberships = Table(
    "unit_run", c.metadata, c.key(),
    c.ref("unit_id", "unit", index=True),
    c.ref("run_id", "run", index=True),
    c.instant("joined_at", nullable=False),
    c.instant("left_at"),
)  # fmt: skip
