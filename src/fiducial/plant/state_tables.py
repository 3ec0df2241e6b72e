"""Tables of equipment and of the modes of other systems (spec 08.1, 08.3.4, 08.5)."""

from __future__ import annotations

from sqlalchemy import Table, UniqueConstraint

from fiducial.kit import columns as c
from fiducial.plant.reported import reported

PLANT_WIDE = 0

system_modes = Table(
    "system_mode", c.metadata, c.key(),
    c.text("system", nullable=False),
    c.whole("line_key", nullable=False),  # 0 is the plant; a line's own mode wins over it
    c.text("mode", nullable=False),
    c.text("reason", nullable=False),
    c.whole("set_by"),
    c.text("set_by_name"),
    c.instant("set_at", nullable=False),
    c.instant("until"),
    c.instant("reminded_at"),
    UniqueConstraint("system", "line_key"),
)  # fmt: skip

equipment = Table(
    "equipment", c.metadata, c.key(),
    c.text("code", nullable=False, unique=True),
    c.text("name"),
    c.text("workshop_code"),
    c.text("location"),
    c.text("source_system", nullable=False),
    c.text("origin"),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
)  # fmt: skip

equipment_states = reported("equipment_status", "equipment", c.text("foreign_status"))

# Tasks of the maintenance system (TPM), as it last told them; the plant's own repair records are another thing.
equipment_tasks = Table(
    "equipment_task", c.metadata, c.key(),
    c.ref("equipment_id", "equipment", index=True),
    c.text("task_no", nullable=False, unique=True),
    c.text("type", nullable=False),  # ROUTINE CALIBRATION REPAIR BREAKDOWN CRITICAL
    c.text("status", nullable=False),  # PENDING IN_PROGRESS COMPLETED CANCELLED
    c.text("foreign_type"),
    c.text("foreign_status"),
    c.instant("scheduled_at"),
    c.instant("started_at"),
    c.instant("completed_at"),
    c.instant("confirmed_at", nullable=False),
)  # fmt: skip
