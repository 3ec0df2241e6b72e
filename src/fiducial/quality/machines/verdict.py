"""What machines said, as stations and first articles ask it (spec 05.8, 06.5, 08.3.6)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from fiducial.execution.ports import Leaving
from fiducial.execution.ports import Verdict as VerdictPort
from fiducial.kit import clock, ids
from fiducial.kit.statements import Hot
from fiducial.kit.tx import Tx
from fiducial.orders.tables import units
from fiducial.plant.reported import EFFECTIVE
from fiducial.plant.tables import stations
from fiducial.quality.machine_tables import machine_results
from fiducial.quality.machines.effect import FAIL
from fiducial.quality.ports import MachineFinding

m = machine_results.c
_fails = Hot(
    select(m.id, m.kind, m.event_id)
    .where(m.track_id == bindparam("track"), m.standing == EFFECTIVE, m.status == FAIL, m.overruled_by.is_(None)).order_by(m.id)
)  # fmt: skip


class MachineFails(VerdictPort):
    """A result that is effectively FAIL turns a PASS into a FAIL (spec 05.8 a)."""

    def forces_fail(self, tx: Tx, leaving: Leaving) -> Sequence[Mapping[str, Any]]:
        """Give the results of the visit that force the FAIL."""
        return [{"kind": row.kind, "reference": row.event_id} for row in _fails.all(tx, track=leaving.track_id)]

    def of_track(self, tx: Tx, track_id: int) -> Sequence[Mapping[str, Any]]:
        """Give what counts of each kind on a visit: the FAIL nobody overruled, else the latest."""
        rows = tx.all(
            select(machine_results)
            .where(m.track_id == track_id, m.standing == EFFECTIVE)
            .order_by(m.effective_at, m.received_at)
        )
        counts = dict[str, Any]()
        for row in rows:
            now = counts.get(row.kind)
            if now is None or now.status != FAIL or now.overruled_by is not None:
                counts[row.kind] = row
        return [
            {
                "kind": row.kind, "result": "PASS" if row.overruled_by is not None else row.status, "eventTime": clock.to_wire(row.event_time),
                "reference": row.event_id,
            }
            for row in counts.values()
        ]  # fmt: skip


class Findings:
    """The effective results of machines, for first articles (quality's port `MachineFindings`)."""

    def since(self, tx: Tx, unit_ids: Sequence[int], instant: int) -> Sequence[MachineFinding]:
        """Give the effective results of units since an instant, oldest first; a FAIL that was overruled is told as PASS."""
        rows = tx.all(
            select(machine_results, stations.c.code).join(stations, stations.c.id == m.station_id)
            .where(m.subject_id.in_(unit_ids), m.standing == EFFECTIVE, m.track_id.is_not(None), m.effective_at >= instant)
            .order_by(m.effective_at, m.id)
        )  # fmt: skip
        names = _names(tx, unit_ids)
        return [
            MachineFinding(
                row.subject_id, names[row.subject_id], row.kind, "PASS" if row.overruled_by is not None else row.status, row.code, row.event_time,
            )
            for row in rows
        ]  # fmt: skip


def _names(tx: Tx, unit_ids: Sequence[int]) -> dict[int, str]:
    return {row.id: row.sn for row in tx.all(select(units.c.id, units.c.sn).where(units.c.id.in_(unit_ids)))}


def results_of(tx: Tx, unit_id: int) -> list[dict[str, Any]]:
    """Give every result of a unit as a trace shows it, oldest first (spec 07.2): held and overruled ones too, each with what counts."""
    rows = tx.all(
        select(machine_results, stations.c.code).join(stations, stations.c.id == m.station_id)
        .where(m.subject_id == unit_id).order_by(m.event_time, m.id)
    )  # fmt: skip
    return [
        {
            "id": ids.to_wire(row.id), "kind": row.kind, "result": row.status, "effective": row.standing == EFFECTIVE and row.overruled_by is None,
            "matchStatus": row.match_status, "stationCode": row.code, "stepNo": row.step_no, "trackId": ids.wire_or_none(row.track_id),
            "eventTime": clock.to_wire(row.event_time), "receivedAt": clock.to_wire(row.received_at), "source": row.source,
            "equipmentId": row.equipment_id, "operatorId": row.operator_id, "byName": row.by_name, "reason": row.reason,
            "defects": row.defects or [], "overruledBy": row.overruled_by_name, "overruledAt": clock.to_wire(row.overruled_at),
            "remark": row.remark, "degraded": row.degraded, "heldReason": row.held_reason,
        }
        for row in rows
    ]  # fmt: skip
