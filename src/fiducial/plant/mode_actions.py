"""Switching the mode of a system (spec 08.1, 08.7): by a person, and back by itself when its time is over."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import Row, select, update
from typing_extensions import TypedDict

from fiducial.kit import clock
from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.tx import Tx
from fiducial.people import reach
from fiducial.plant.lookup import line_of_id, the_line
from fiducial.plant.modes import PLANT_WIDE_ONLY, SYSTEMS, mode_of, now_is
from fiducial.plant.pushes import SystemMode
from fiducial.plant.reported import AUTO, MANUAL
from fiducial.plant.state_tables import PLANT_WIDE, system_modes
from fiducial.plant.tables import lines

LONGEST_MS, REMIND_EVERY_MS = 72 * 3_600_000, 8 * 3_600_000
MAY_SWITCH = ("readiness:manual", "system:integration")
GATES_OF = {
    "TPM": ("EQUIPMENT",),
    "STENCIL": ("STENCIL",),
    "SOLDER_PASTE": ("SOLDER_PASTE", "PREP_PASTE"),
    "WMS": ("MATERIAL",),
}


class Holder(Protocol):
    """A room that holds records back while people speak for a system."""

    @property
    def systems(self) -> Sequence[str]:
        """Give the systems whose records it holds."""

    def take_over(self, tx: Tx, system: str) -> Mapping[str, int]:
        """Let what was held count again; give `held` and `takenOver`."""

    def held_now(self, tx: Tx, system: str) -> int:
        """Give how many records wait."""


_holders: list[Holder] = []


def wire_holders(holders: Sequence[Holder]) -> None:
    """Give the modes the rooms that hold records back (from `app.py`)."""
    _holders[:] = holders


def held_now(tx: Tx, system: str) -> int:
    """Give how many records of a system wait for it to speak for itself again."""
    return sum(holder.held_now(tx, system) for holder in _holders if system in holder.systems)


class ModeShown(TypedDict):
    """The mode of a system as it is now."""

    system: str
    mode: str
    lineCode: str | None
    reason: str
    until: str | None
    setAt: str | None
    setBy: str | None
    held: int
    takenOver: int
    history: int


@action(*MAY_SWITCH, audit="INTEGRATION_MODE_SET", entity="INTEGRATION_SYSTEM", key="system")
def set_mode(tx: Tx, system: str, body: SystemMode) -> ModeShown:
    """Switch a system to AUTO or MANUAL, for the plant or for one line.

    Give the mode, and what was held and taken over. Refuses NOT_FOUND for an unknown system, MODE_UNCHANGED, FORBIDDEN for
    whoever is bound to lines and names none of theirs, VALIDATION_ERROR for a line of a system that is plant-wide only.
    """
    if system not in SYSTEMS:
        raise Refused("NOT_FOUND")
    line = None if body.line_code is None else the_line(tx, body.line_code)
    if line is not None and system in PLANT_WIDE_ONLY:
        raise bad_field(
            "lineCode", Said(zh=f"{system} 只能全厂切换", en=f"{system} is switched for the whole plant only")
        )
    _must_reach(tx, None if line is None else line.id)
    until = None if body.until is None else clock.from_datetime(body.until)
    if until is not None and not tx.now < until <= tx.now + LONGEST_MS:
        raise bad_field("until", Said(zh="必须在今后 72 小时之内", en="must lie within the next 72 hours"))
    line_key = PLANT_WIDE if line is None else line.id
    before = _row(tx, system, line_key)
    if mode_of(tx, system, line_key or None) == body.mode and (before is None or before.mode == body.mode):
        raise Refused("MODE_UNCHANGED", system=system, mode=body.mode, lineCode=body.line_code)
    values = {
        "mode": body.mode, "reason": body.reason, "set_by": tx.actor.id, "set_by_name": tx.actor.name, "set_at": tx.now,
        "until": until if body.mode == MANUAL else None, "reminded_at": None,
    }  # fmt: skip
    _put(tx, system, line_key, before, values)
    counts = _switched(tx, system, line_key, body.mode)
    tx.record(
        system, line=None if line is None else line.code, reason=body.reason,
        changes=[{"path": "mode", "before": AUTO if before is None else now_is(tx, before), "after": body.mode}],
        until=clock.to_wire(until), held=counts["held"], takenOver=counts["takenOver"],
    )  # fmt: skip
    return ModeShown(
        system=system, mode=body.mode, lineCode=body.line_code, reason=body.reason, until=clock.to_wire(until if body.mode == MANUAL else None),
        setAt=clock.to_wire(tx.now), setBy=tx.actor.name, held=counts["held"], takenOver=counts["takenOver"],
        history=counts["held"] - counts["takenOver"],
    )  # fmt: skip


def _must_reach(tx: Tx, line_id: int | None) -> None:
    """Refuse FORBIDDEN to whoever is bound to lines and names none of theirs."""
    if reach.scope_of(tx, *MAY_SWITCH) == reach.ALL:
        return
    if line_id is None:
        raise Refused("FORBIDDEN", scope=reach.scope_of(tx, *MAY_SWITCH))
    reach.must_reach_line(tx, line_id, *MAY_SWITCH)


def _row(tx: Tx, system: str, line_key: int) -> Row[Any] | None:
    wanted = select(system_modes).where(system_modes.c.system == system, system_modes.c.line_key == line_key)
    return tx.first(wanted.with_for_update())


def _put(tx: Tx, system: str, line_key: int, before: Row[Any] | None, values: dict[str, Any]) -> None:
    """Write a mode over the row that was judged and is held, or as the first one of its place."""
    if before is not None:
        tx.run(update(system_modes).where(system_modes.c.id == before.id).values(values))
    elif not tx.insert_once(system_modes, id=tx.new_id(), system=system, line_key=line_key, **values):
        raise Refused("MODE_UNCHANGED", system=system, mode=values["mode"])  # another did the same a moment ago


def _switched(tx: Tx, system: str, line_key: int, mode: str) -> dict[str, int]:
    """Do what follows a switch: held records count again, gates judge anew, the plant is told."""
    counts = {"held": 0, "takenOver": 0}
    if mode == AUTO:
        for holder in _holders:
            if system in holder.systems:
                told = holder.take_over(tx, system)
                counts = {name: counts[name] + told[name] for name in counts}
    concerned = [line_key] if line_key else [row.id for row in tx.all(select(lines.c.id).where(lines.c.is_active))]
    for line_id in concerned if system in GATES_OF else ():
        tx.emit("READINESS_INPUT_CHANGED", line_id, lineId=line_id, gates=list(GATES_OF[system]))
    line = line_of_id(tx, line_key) if line_key else None
    tx.emit(
        "MODE_SWITCHED", None, system=system, mode=mode, lineCode=line.code if line else None, lineId=line_key or None
    )
    return counts


@action(audit="INTEGRATION_MODE_SET", entity="INTEGRATION_SYSTEM", internal_only=True)
def sweep_modes(tx: Tx) -> dict[str, int]:
    """Bring back to AUTO what was switched until a time that has come, and remind of the rest every 8 hours.

    Safe on several nodes: each row is moved by one guarded UPDATE. Give how many came back and how many were reminded of.
    """
    tx.unrecorded()
    back = reminded = 0
    over = select(system_modes).where(system_modes.c.mode == MANUAL, system_modes.c.until <= tx.now)
    for row in tx.all(over):
        mine = (system_modes.c.id == row.id, system_modes.c.mode == MANUAL, system_modes.c.until == row.until)
        if not tx.run(
            update(system_modes)
            .where(*mine)
            .values(mode=AUTO, until=None, set_at=tx.now, set_by=None, set_by_name=None)
        ):
            continue
        back += 1
        counts = _switched(tx, row.system, row.line_key, AUTO)
        line = line_of_id(tx, row.line_key) if row.line_key else None
        tx.record(
            row.system, line=line.code if line else None, reason="until",
            changes=[{"path": "mode", "before": MANUAL, "after": AUTO}], held=counts["held"], takenOver=counts["takenOver"],
        )  # fmt: skip
    standing = select(system_modes).where(system_modes.c.mode == MANUAL)
    for row in tx.all(standing):
        since = row.reminded_at or row.set_at
        if row.until is not None or tx.now - since < REMIND_EVERY_MS:
            continue
        same = (
            system_modes.c.id == row.id,
            system_modes.c.reminded_at.is_(None)
            if row.reminded_at is None
            else system_modes.c.reminded_at == row.reminded_at,
        )
        if tx.run(update(system_modes).where(*same).values(reminded_at=tx.now)):
            reminded += 1
            line = line_of_id(tx, row.line_key) if row.line_key else None
            tx.emit(
                "MODE_REMINDER", None, system=row.system, mode=row.mode, lineCode=line.code if line else "", lineId=row.line_key or None,
                since=row.set_at,
            )  # fmt: skip
    return {"back": back, "reminded": reminded}
