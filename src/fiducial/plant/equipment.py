"""Equipment as gates and guards read it (spec 03.6, 05.10): the machines of a station, what counts of each, its open tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select

from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.plant.lookup import StationRow
from fiducial.plant.modes import is_manual
from fiducial.plant.state_now import State, state_of
from fiducial.plant.state_tables import equipment, equipment_states, equipment_tasks
from fiducial.plant.tables import stations

TPM = "TPM"
NORMAL = "NORMAL"
STATUSES = ("NORMAL", "DOWN", "REPAIR", "MAINTENANCE", "OFFLINE")
UNKNOWN = "UNKNOWN"  # a word of the maintenance system that nobody has mapped yet
OPEN_TASK = ("PENDING", "IN_PROGRESS")
URGENT_TASKS = ("REPAIR", "BREAKDOWN", "CRITICAL")


# Asked at every track-in, for the station's own code and the few it names; compiled once.
_by_code = Hot(select(equipment.c.id, equipment.c.code, equipment.c.name).where(equipment.c.code == bindparam("code")))
_open_tasks = Hot(
    select(equipment_tasks.c.id, equipment_tasks.c.task_no, equipment_tasks.c.type, equipment_tasks.c.status)
    .where(equipment_tasks.c.equipment_id == bindparam("machine"), equipment_tasks.c.status.in_(OPEN_TASK))
    .order_by(equipment_tasks.c.task_no)
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Machine:
    """One piece of equipment of a station. `tasks` are the open ones of the maintenance system, none while people speak for it."""

    id: int
    code: str
    name: str | None
    state: State
    tasks: Sequence[Any]  # `id`, `task_no`, `type`, `status` of each

    def urgent_task(self) -> Any:
        """Give the task that takes it out of use for a readiness check: in progress, or pending and urgent (spec 03.6)."""
        return next((t for t in self.tasks if t.status == "IN_PROGRESS" or t.type in URGENT_TASKS), None)


def codes_of(station: StationRow) -> tuple[str, ...]:
    """Give the equipment codes of a station: its own code, and those it names (spec 01.2)."""
    return (station.code, *(code for code in station.equipment_codes if code != station.code))


def machines_of(tx: Tx, station: StationRow) -> list[Machine]:
    """Give the machines of a station that the plant knows, by code; empty when it knows none."""
    by_hand_only = is_manual(tx, TPM, station.line_id)
    return [
        Machine(
            row.id, row.code, row.name, state_of(tx, equipment_states, row.id, positive=(NORMAL,), by_hand_only=by_hand_only),
            () if by_hand_only else _open_tasks.all(tx, machine=row.id),
        )
        for code in sorted(codes_of(station))
        if (row := _by_code.first(tx, code=code)) is not None
    ]  # fmt: skip


def stations_with(tx: Tx, code: str) -> list[Row[Any]]:
    """Give the stations a machine belongs to: of the same code, or naming it (spec 08.5); each with `id`, `code`, `line_id`."""
    named = select(stations.c.id, stations.c.code, stations.c.line_id, stations.c.equipment_codes)
    own = tx.all(named.where(stations.c.code == code))
    others = tx.all(named.where(stations.c.equipment_codes != [], stations.c.code != code))
    return [*own, *(row for row in others if code in row.equipment_codes)]


def tell_of_equipment(tx: Tx, code: str) -> None:
    """Announce READINESS_INPUT_CHANGED for the lines that have a station with a machine whose state or upkeep changed (spec 03.8)."""
    for line_id in sorted({row.line_id for row in stations_with(tx, code)}):
        tx.emit("READINESS_INPUT_CHANGED", line_id, lineId=line_id, gates=["EQUIPMENT"])
