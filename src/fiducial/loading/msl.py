"""Floor life of moisture-sensitive parts (湿敏元件, spec 04.8): the clock of a lot, moved by events whose times are the server's.

A bake is entered by its record (spec 10.4.1), which calls `bake_in` and `bake_out` here; no bake is entered by hand.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from fiducial.kit.acting import action
from fiducial.kit.refusals import Refused
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.loading.tables import msl_clocks, msl_events, msl_levels, records
from fiducial.loading.words import LOADED, Warned, announce_input, warning
from fiducial.plant.tables import lots, materials

SEALED, OPEN, DRY, BAKING, EXPIRED = "SEALED", "OPEN", "DRY", "BAKING", "EXPIRED"
STATES = (SEALED, OPEN, DRY, BAKING, EXPIRED)
BY_HAND = {"OPEN": (SEALED,), "DRY_IN": (OPEN,), "DRY_OUT": (DRY,)}
BAKED_FROM = (OPEN, DRY, EXPIRED)
MINUTE = 60_000
AT_ONCE = 100

# level: floor life in hours (None: no limit), by the label; to be compared with the plant's copy of J-STD-033.
SEED: dict[str, tuple[int | None, bool]] = {
    "1": (None, False), "2": (8760, False), "2a": (672, False), "3": (168, False), "4": (72, False), "5": (48, False),
    "5a": (24, False), "6": (None, True),
}  # fmt: skip
SEED_BAKE_TEMP_C = 125.0

_sensitive = Hot(
    select(materials.c.is_moisture_sensitive, materials.c.msl_level).where(materials.c.code == bindparam("code"))
)
_state = Hot(select(msl_clocks.c.state).where(msl_clocks.c.lot_id == bindparam("lot")))


@action(audit="MSL_LEVEL_UPDATE", entity="MATERIAL", internal_only=True)
def seed_levels(tx: Tx) -> int:
    """Put the levels there that are missing; give how many were. Changes none that is there."""
    there = {row.level for row in tx.all(select(msl_levels.c.level))}
    missing = [
        {
            "level": level, "floor_life_minutes": None if hours is None else hours * 60, "by_label": by_label,
            "bake_temp_c": SEED_BAKE_TEMP_C, "bake_min_hours": None, "dry_pauses": True, "updated_at": tx.now,
        }
        for level, (hours, by_label) in SEED.items() if level not in there
    ]  # fmt: skip
    if missing:
        tx.run(insert(msl_levels), missing)
    else:
        tx.unrecorded()
    return len(missing)


def opened_by_scan(tx: Tx, lot_id: int, material_code: str | None) -> None:
    """A first loading scan opens the bag by itself."""
    known = _sensitive.first(tx, code=material_code)
    if known is None or not known.is_moisture_sensitive or known.msl_level is None:
        return
    if _state.scalar(tx, lot=lot_id) not in (None, SEALED):
        return
    clock = clock_to_move(tx, lot_id)
    if clock.state == SEALED:  # else the scan of another reel of the lot was first
        _run_on(tx, clock, "OPEN", clock.used_ms)
        announce_lot(tx, lot_id)


def clock_to_move(tx: Tx, lot_id: int) -> Any:
    """Give the clock of a lot, had alone; made SEALED when the lot has none. Refuses MSL_EVENT_INVALID for a part that is not sensitive."""
    tx.insert_once(msl_clocks, lot_id=lot_id, state=SEALED, used_ms=0)
    joined = (
        msl_clocks.join(lots, lots.c.id == msl_clocks.c.lot_id).join(materials, materials.c.code == lots.c.material_code)
        .join(msl_levels, msl_levels.c.level == materials.c.msl_level)
    )  # fmt: skip
    found = (
        select(
            msl_clocks, msl_levels.c.floor_life_minutes.label("level_minutes"), msl_levels.c.dry_pauses, msl_levels.c.bake_temp_c,
            msl_levels.c.bake_min_hours,
        )
        .select_from(joined).where(msl_clocks.c.lot_id == lot_id, materials.c.is_moisture_sensitive.is_(True))
        .with_for_update(of=msl_clocks)
    )  # fmt: skip
    clock = tx.first(found)
    if clock is None:
        raise Refused("MSL_EVENT_INVALID", event="–", state="–")
    return clock


def move(tx: Tx, lot_id: int, event: str, *, remark: str | None) -> None:
    """Move a clock by an event that people or a scan make: OPEN, DRY_IN, DRY_OUT. Refuses MSL_EVENT_INVALID."""
    clock = clock_to_move(tx, lot_id)
    if clock.state not in BY_HAND.get(event, ()):
        raise Refused("MSL_EVENT_INVALID", event=event, state=clock.state)
    if event == "DRY_IN" and not clock.dry_pauses:
        write_event(tx, clock, event, remark, state=DRY)
    elif event == "DRY_IN":
        write_event(tx, clock, event, remark, state=DRY, used_ms=_used(tx, clock), since=None, expires_at=None)
    elif event == "DRY_OUT" and clock.since is not None:  # it went on
        write_event(tx, clock, event, remark, state=OPEN)
    else:
        _run_on(tx, clock, event, clock.used_ms, remark=remark)
    announce_lot(tx, lot_id)


def bake_in(tx: Tx, lot_id: int) -> None:
    """A lot went into the oven. Refuses MSL_EVENT_INVALID."""
    clock = clock_to_move(tx, lot_id)
    if clock.state not in BAKED_FROM:
        raise Refused("MSL_EVENT_INVALID", event="BAKE_IN", state=clock.state)
    write_event(
        tx,
        clock,
        "BAKE_IN",
        None,
        state=BAKING,
        used_ms=_used(tx, clock),
        since=None,
        expires_at=None,
        before_bake=clock.state,
    )
    announce_lot(tx, lot_id)


def bake_out(tx: Tx, lot_id: int, *, passed: bool, temp_c: float, hours: float) -> list[Warned]:
    """A lot came out of the oven; its clock starts again when the bake reached the level's values. Refuses MSL_EVENT_INVALID."""
    clock = clock_to_move(tx, lot_id)
    if clock.state != BAKING:
        raise Refused("MSL_EVENT_INVALID", event="BAKE_OUT", state=clock.state)
    enough = reaches(clock, passed=passed, temp_c=temp_c, hours=hours)
    if enough:
        _run_on(tx, clock, "BAKE_OUT", 0)
    elif clock.before_bake == EXPIRED:
        write_event(tx, clock, "BAKE_OUT", None, state=EXPIRED)
    elif clock.before_bake == DRY and clock.dry_pauses:
        write_event(tx, clock, "BAKE_OUT", None, state=DRY)
    else:
        _run_on(tx, clock, "BAKE_OUT", clock.used_ms, state=clock.before_bake)
    announce_lot(tx, lot_id)
    return [] if enough else [warning(tx, "MSL_BAKE_NOT_SUFFICIENT")]


def reaches(clock: Any, *, passed: bool, temp_c: float, hours: float) -> bool:
    """Tell whether a bake reaches what the level of a lot asks; a level that does not say it is reached by none."""
    known = clock.bake_temp_c is not None and clock.bake_min_hours is not None
    return bool(passed and known and temp_c >= clock.bake_temp_c and hours >= clock.bake_min_hours)


def put_in_oven(tx: Tx, material_code: str, lot_no: str) -> bool:
    """A bake record of a lot begins: its clock stops. Give False for a lot without a clock that runs or has run out.

    A bake is a fact on paper: a lot that was never opened, or that is not known, is baked without a clock.
    """
    lot_id = lot_with_clock(tx, material_code, lot_no, BAKED_FROM)
    if lot_id is None:
        return False
    bake_in(tx, lot_id)
    return True


def taken_out_of_oven(
    tx: Tx, material_code: str, lot_no: str, *, passed: bool, temp_c: float, hours: float
) -> list[Warned]:
    """A bake record of a lot ends: its clock starts anew if the bake reached the level's values, else it is as before.

    Give the warning MSL_BAKE_NOT_SUFFICIENT then; nothing for a lot whose clock is not in the oven.
    """
    lot_id = lot_with_clock(tx, material_code, lot_no, (BAKING,))
    return [] if lot_id is None else bake_out(tx, lot_id, passed=passed, temp_c=temp_c, hours=hours)


def lot_with_clock(tx: Tx, material_code: str, lot_no: str, states: tuple[str, ...]) -> int | None:
    """Give the key of a lot whose clock is in one of these states, the clock being had alone; None when there is none."""
    named = (lots.c.material_code == material_code, lots.c.lot_no == lot_no, msl_clocks.c.state.in_(states))
    sensitive = materials.join(lots, materials.c.code == lots.c.material_code).join(
        msl_clocks, msl_clocks.c.lot_id == lots.c.id
    )
    found = select(lots.c.id).select_from(sensitive).where(*named, materials.c.is_moisture_sensitive.is_(True))
    lot_id: int | None = tx.scalar(found.with_for_update(of=msl_clocks))
    return lot_id


@dataclass(frozen=True, slots=True)
class Level:
    """What a moisture level asks: floor life in hours (None: no limit, or by the label), the temperature of its bake (℃)."""

    floor_life_hours: float | None
    bake_temp_c: float | None


def levels_now(tx: Tx) -> dict[str, Level]:
    """Give the moisture levels as the engineer has them (spec 04.8)."""
    return {
        row.level: Level(None if row.floor_life_minutes is None else row.floor_life_minutes / 60, row.bake_temp_c)
        for row in tx.all(select(msl_levels))
    }


def used_ms(clock: Any, now: int) -> int:
    """Give how long a clock has run by now, in ms."""
    return int(clock.used_ms + (max(0, now - clock.since) if clock.since is not None else 0))


def _used(tx: Tx, clock: Any) -> int:
    return used_ms(clock, tx.now)


def _run_on(tx: Tx, clock: Any, event: str, used: int, *, remark: str | None = None, state: str = OPEN) -> None:
    """Start the clock, or let it go on, from what is used already."""
    minutes = clock.level_minutes
    write_event(
        tx, clock, event, remark, state=state, used_ms=used, since=tx.now, floor_life_minutes=minutes,
        opened_at=clock.opened_at or tx.now, expires_at=None if minutes is None else tx.now + max(0, minutes * MINUTE - used),
    )  # fmt: skip


def write_event(
    tx: Tx, clock: Any, event: str, remark: str | None, *, state: str, about_id: int | None = None, **values: Any
) -> None:
    """Move a clock that is had alone and write what moved it; `about_id` names the earlier event that is judged anew."""
    tx.run(update(msl_clocks).where(msl_clocks.c.lot_id == clock.lot_id).values(state=state, **values))
    tx.run(
        insert(msl_events).values(
            id=tx.new_id(), lot_id=clock.lot_id, event=event, from_state=clock.state, to_state=state,
            used_ms=values.get("used_ms", _used(tx, clock)), remark=remark, about_id=about_id, at=tx.now, by_id=tx.actor.id, by_name=tx.actor.name,
        )
    )  # fmt: skip


def announce_lot(tx: Tx, lot_id: int) -> None:
    """Announce to the runs that have a lot loaded that what the gate judges has changed."""
    loaded = select(records.c.run_id).where(records.c.lot_id == lot_id, records.c.status == LOADED).distinct()
    for row in tx.all(loaded):
        announce_input(tx, row.run_id)


@action(audit="MSL_EVENT", entity="MATERIAL_LOT", internal_only=True)
def expire_clocks(tx: Tx) -> int:
    """Let the clocks end whose floor life is used up, at most 100; give how many. For the timer (spec 04.10)."""
    tx.unrecorded()
    due = (
        select(msl_clocks, lots.c.material_code, lots.c.lot_no).join_from(msl_clocks, lots, lots.c.id == msl_clocks.c.lot_id)
        .where(msl_clocks.c.state.in_((OPEN, DRY)), msl_clocks.c.expires_at <= tx.now)
        .order_by(msl_clocks.c.expires_at).limit(AT_ONCE).with_for_update(of=msl_clocks, skip_locked=True)
    )  # fmt: skip
    ended = tx.all(due)
    for clock in ended:
        write_event(tx, clock, "EXPIRE", None, state=EXPIRED, used_ms=_used(tx, clock), since=None, expires_at=None)
        tx.emit("FLOOR_LIFE_EXPIRED", clock.lot_id, materialCode=clock.material_code, lotNo=clock.lot_no)
        tx.record(f"{clock.material_code}|{clock.lot_no}", key=clock.lot_id, event="EXPIRE")
        announce_lot(tx, clock.lot_id)
    return len(ended)


def set_back(tx: Tx, lost: int) -> None:
    """The clock was set back by `lost` ms: the clocks that run began so much earlier by it, and end so much earlier."""
    tx.run(
        update(msl_clocks).where(msl_clocks.c.since.is_not(None) | msl_clocks.c.expires_at.is_not(None))
        .values(since=msl_clocks.c.since - lost, expires_at=msl_clocks.c.expires_at - lost)
    )  # fmt: skip
