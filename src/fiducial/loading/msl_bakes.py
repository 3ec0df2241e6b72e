"""The floor life of a lot whose bake was recorded wrongly (spec 04.8, 10.2): a record that is voided or corrected takes its effect back.

The events of the lot are gone through once more as if the record had been right from the start, so the clock stands where it
would have stood. A bake that never was leaves the parts in the room: the time in the "oven" counts as floor life.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

from sqlalchemy import select

from fiducial.kit.set_backs import as_seen_now, set_backs_of
from fiducial.kit.tx import Tx
from fiducial.loading import msl
from fiducial.loading.msl import BAKING, DRY, EXPIRED, MINUTE, OPEN, STATES
from fiducial.loading.tables import msl_events
from fiducial.loading.words import Warned, warning

UNDONE, ENOUGH, NOT_ENOUGH = "BAKE_UNDONE", "BAKE_ENOUGH", "BAKE_NOT_ENOUGH"


def undo_bake(tx: Tx, material_code: str, lot_no: str, *, out_at: int | None) -> None:
    """A bake record was voided: the lot was never baked by it, whether it is out already (at `out_at`, ms) or not.

    Does nothing for a lot whose clock the bake did not move.
    """
    lot_id = msl.lot_with_clock(tx, material_code, lot_no, STATES)
    if lot_id is not None:
        _say(tx, lot_id, out_at, UNDONE)


def judge_bake_anew(
    tx: Tx, material_code: str, lot_no: str, *, out_at: int, passed: bool, temp_c: float, hours: float
) -> list[Warned]:
    """The record of a bake that is over was corrected: its clock starts anew, or does not, by what is known now.

    Give the warning MSL_BAKE_NOT_SUFFICIENT when the bake does not reach the level, or was not of this lot.
    """
    lot_id = msl.lot_with_clock(tx, material_code, lot_no, STATES)
    if lot_id is None:
        return []
    is_enough = msl.reaches(msl.clock_to_move(tx, lot_id), passed=passed, temp_c=temp_c, hours=hours)
    found = _say(tx, lot_id, out_at, ENOUGH if is_enough else NOT_ENOUGH)
    return [] if is_enough and found else [warning(tx, "MSL_BAKE_NOT_SUFFICIENT")]


def _say(tx: Tx, lot_id: int, out_at: int | None, verdict: str) -> bool:
    """Let a bake count as it is judged now; give whether the lot has such a bake."""
    clock = msl.clock_to_move(tx, lot_id)
    events = tx.all(select(msl_events).where(msl_events.c.lot_id == lot_id).order_by(msl_events.c.id))
    bake = _bake(events, out_at)
    if bake is None:
        return False
    verdicts = {event.about_id: event.event for event in events if event.about_id is not None}
    if verdicts.get(bake.put_in.id, bake.as_it_was) != verdict:
        _set(
            tx,
            clock,
            _replayed(_as_seen_now(tx, events), verdicts | {bake.put_in.id: verdict}, clock, tx.now),
            verdict,
            bake.put_in.id,
        )
        msl.announce_lot(tx, lot_id)
    return True


@dataclass(frozen=True, slots=True)
class _Bake:
    put_in: Any
    as_it_was: str | None  # None while it is in the oven


def _bake(events: Sequence[Any], out_at: int | None) -> _Bake | None:
    """Give the bake that ended at `out_at`, or with None the one that has not ended."""
    put_in = None
    for event in events:
        if event.event == "BAKE_IN":
            put_in = event
        elif event.event == "BAKE_OUT" and put_in is not None:
            if event.at == out_at:
                return _Bake(put_in, ENOUGH if _started_anew(event) else NOT_ENOUGH)
            put_in = None
    return _Bake(put_in, None) if out_at is None and put_in is not None else None


def _started_anew(event: Any) -> bool:
    return bool(event.to_state == OPEN and event.used_ms == 0)


def _as_seen_now(tx: Tx, events: Sequence[Any]) -> Sequence[Any]:
    """Give the events at their instants by the clock as it goes now: what it was set back by since has passed too."""
    found = set_backs_of(tx)
    if not found:
        return events
    return [
        SimpleNamespace(**dict(event._mapping) | {"at": as_seen_now(found, event.at, made=event.id)})
        for event in events
    ]


@dataclass(slots=True)
class _Stand:
    """Where a clock stands: its state (of a lot in the oven: the state before), and how long it has run."""

    state: str = msl.SEALED
    in_oven: bool = False
    used: int = 0
    at: int = 0

    def move_on(self, to: int, *, dry_pauses: bool) -> None:
        """Let the time go on to an instant; one that lies before the last adds nothing and takes nothing."""
        runs = not self.in_oven and (self.state == OPEN or (self.state == DRY and not dry_pauses))
        if runs:
            self.used += max(0, to - self.at)
        self.at = to


def _replayed(events: Sequence[Any], verdicts: dict[int, str], clock: Any, now: int) -> _Stand:
    stand, verdict, counts = _Stand(), None, True
    is_less = (
        ENOUGH in verdicts.values()
    )  # else no less was used at any event than was written then, whatever the clock said
    for event in (one for one in events if one.about_id is None):
        stand.move_on(event.at, dry_pauses=clock.dry_pauses)
        if event.event == "BAKE_IN":
            verdict = verdicts.get(event.id)
            counts = verdict != UNDONE
            stand.used = stand.used if is_less or counts else max(stand.used, event.used_ms)
        if event.event in ("BAKE_IN", "BAKE_OUT") and not counts:
            continue
        if event.event == "BAKE_IN":
            stand.in_oven = True
        elif event.event == "BAKE_OUT":
            stand.in_oven = False
            if verdict == ENOUGH or (verdict is None and _started_anew(event)):
                stand.state, stand.used = OPEN, 0
        elif event.event == "EXPIRE":
            stand.state = EXPIRED if _is_over(stand.used, clock) else stand.state
        elif stand.state != EXPIRED:  # only a bake that counts wakes it
            stand.state = event.to_state
    stand.move_on(now, dry_pauses=clock.dry_pauses)
    return stand


def _is_over(used: int, clock: Any) -> bool:
    return clock.level_minutes is None or used >= (clock.floor_life_minutes or clock.level_minutes) * MINUTE


def _set(tx: Tx, clock: Any, stand: _Stand, verdict: str, about_id: int) -> None:
    """Set the clock to where it stands; what is over by now is ended by the timer, and no gate passes it until then."""
    minutes = clock.floor_life_minutes or clock.level_minutes
    runs = not stand.in_oven and (stand.state == OPEN or (stand.state == DRY and not clock.dry_pauses))
    left = None if minutes is None else max(0, minutes * MINUTE - stand.used)
    ends = left is not None and stand.state in (OPEN, DRY) and not stand.in_oven and (runs or left == 0)
    msl.write_event(
        tx, clock, verdict, None, about_id=about_id, state=BAKING if stand.in_oven else stand.state, used_ms=stand.used,
        since=tx.now if runs else None, expires_at=tx.now + left if ends and left is not None else None,
        before_bake=stand.state if stand.in_oven else clock.before_bake,
    )  # fmt: skip
