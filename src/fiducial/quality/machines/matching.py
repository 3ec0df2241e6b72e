"""Results that came before their board: matched when it comes in, an orphan when it does not come in time (spec 08.3.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row, bindparam, func, select, update

from fiducial.execution.ports import Entering
from fiducial.kit.acting import action, query
from fiducial.kit.settings import Setting, whole
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.orders.tables import units
from fiducial.plant.modes import is_manual
from fiducial.plant.reported import EFFECTIVE, HELD, HISTORY, MANUAL
from fiducial.quality.machine_tables import machine_results
from fiducial.quality.machines.effect import take_effect
from fiducial.quality.machines.placing import newest_visit
from fiducial.quality.machines.taking import MATCHED, ORPHAN, PENDING

MATCH_WINDOW = Setting(
    "integration.matchWindowMinutes", 60, whole(1, 1440), "检测结果等待进站的时间", "how long a result waits for its track-in", unit="min",
)  # fmt: skip
MINUTE_MS, AT_ONCE = 60_000, 100
m = machine_results.c
_waiting = Hot(
    select(m.id, m.station_id, m.step_no, m.received_at, m.standing)
    .where(m.subject_id == bindparam("unit"), m.match_status == PENDING).order_by(m.id)
)  # fmt: skip


class WaitingResults:
    """What waits for a unit at a station is matched when it comes in (execution's port `TrackInEffect`)."""

    def apply(self, tx: Tx, entering: Entering, track_id: int) -> None:
        """Match the results of this station and step that are not too old; what they say takes effect on this visit."""
        for row in _waiting.all(tx, unit=entering.unit.unit_id):
            fits = row.station_id == entering.station.id and row.step_no in (None, entering.step.step_no)
            if fits and row.received_at >= tx.now - MATCH_WINDOW.of(tx) * MINUTE_MS:
                tx.send_waiting()  # the visit itself, to which the result will point
                _match(tx, row.id, track_id, entering.step.step_no)
                if row.standing == EFFECTIVE:
                    take_effect(tx, row.id)


def _match(tx: Tx, key: int, track_id: int, step_no: int) -> bool:
    matched = update(machine_results).where(m.id == key, m.match_status == PENDING)
    return tx.run(matched.values(match_status=MATCHED, track_id=track_id, step_no=step_no)) == 1


@action(audit="INSPECTION_RESULT_RECEIVE", entity="UNIT", internal_only=True)
def end_waiting(tx: Tx) -> bool:
    """Give up results whose board did not come in time, and tell of each (RESULT_ORPHAN); True when there may be more."""
    tx.unrecorded()
    old = select(machine_results, units.c.sn).join(units, units.c.id == m.subject_id).where(
        m.match_status == PENDING, m.received_at < tx.now - MATCH_WINDOW.of(tx) * MINUTE_MS
    )  # fmt: skip
    rows = tx.all(old.order_by(m.id).limit(AT_ONCE))
    for row in rows:
        gone = update(machine_results).where(m.id == row.id, m.match_status == PENDING).values(match_status=ORPHAN)
        if tx.run(gone) == 1:
            tx.emit("RESULT_ORPHAN", row.id, system=row.kind, sn=row.sn, lineId=row.line_id)
    return len(rows) == AT_ONCE


@query()
def any_orphan(tx: Tx) -> bool:
    """Tell whether a result has waited too long: mostly none has, and no writer need be asked."""
    old = select(m.id).where(m.match_status == PENDING, m.received_at < tx.now - MATCH_WINDOW.of(tx) * MINUTE_MS)
    return tx.first(old.limit(1)) is not None


def waiting_now(tx: Tx) -> int:
    """Give how many results wait for their boards (the status page)."""
    return int(tx.scalar(select(func.count()).where(m.match_status == PENDING)) or 0)


class ResultsHeld:
    """Results that were held back while people spoke for SPI and AOI (plant's port `Holder`)."""

    systems: Sequence[str] = ("SPI", "AOI")

    def held_now(self, tx: Tx, system: str) -> int:
        """Give how many results of a system wait."""
        return int(tx.scalar(select(func.count()).where(m.kind == system, m.standing == HELD)) or 0)

    def take_over(self, tx: Tx, system: str) -> Mapping[str, int]:
        """Let held results count again: of each visit the newest that is later than what a person said there (spec 08.1)."""
        held, taken = 0, 0
        seen = set[tuple[int, int | None]]()
        waiting = (
            select(machine_results)
            .where(m.kind == system, m.standing == HELD)
            .order_by(m.effective_at.desc(), m.id.desc())
        )
        for row in tx.all(waiting.with_for_update()):
            if is_manual(tx, system, row.line_id):
                continue
            held += 1
            counts = (row.subject_id, row.track_id) not in seen and not self._a_person_spoke_later(tx, row)
            seen.add((row.subject_id, row.track_id))
            tx.run(update(machine_results).where(m.id == row.id).values(standing=EFFECTIVE if counts else HISTORY))
            if counts:
                taken += 1
                self._take_effect(tx, row)
        return {"held": held, "takenOver": taken}

    def _a_person_spoke_later(self, tx: Tx, row: Row[Any]) -> bool:
        same = m.track_id == row.track_id if row.track_id is not None else m.track_id.is_(None)
        by_hand = select(m.id).where(
            m.subject_id == row.subject_id, same, m.kind == row.kind, m.standing == EFFECTIVE, m.source == MANUAL,
            m.effective_at >= row.effective_at,
        )  # fmt: skip
        return tx.first(by_hand.limit(1)) is not None

    def _take_effect(self, tx: Tx, row: Row[Any]) -> None:
        track_id = row.track_id
        if track_id is None:
            track = newest_visit(tx, row.subject_id, row.run_id, row.station_id, row.step_no)
            if track is None or not _match(tx, row.id, track.id, track.step_no):
                return
        take_effect(tx, row.id)
