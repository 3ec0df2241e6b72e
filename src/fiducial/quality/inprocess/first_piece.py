"""First pieces (段首件, spec 06.8, 11.6): the first board of a segment is inspected before others follow it."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from fiducial.execution.answers import Warned
from fiducial.execution.ports import Entering, Leaving, Outcome
from fiducial.execution.tables import tracks
from fiducial.kit import ids
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.tables import units
from fiducial.quality.inprocess.standing import (
    BLOCK,
    DUE,
    NONE,
    PASSED,
    WARN,
    Standing,
    first_pieces_at,
    hold_state,
    sn_of,
    state_of,
)
from fiducial.quality.inspections.ipqc import make_first_piece
from fiducial.quality.states import OPEN_INSPECTION, PASS
from fiducial.quality.tables import inspections
from fiducial.quality.warnings import warned


class FirstPieceGuard:
    """Guard 24 of a track-in: a further unit waits, or is warned of, until the first piece has passed."""

    def check(self, tx: Tx, entering: Entering) -> Sequence[Warned]:
        """Give the warning of a point with gate WARN. Refuses IPQC_FIRST_PIECE_REQUIRED at one with gate BLOCK."""
        warnings = list[Warned]()
        for point in first_pieces_at(tx, entering.route, entering.step, entering.station.code):
            if point.gate not in (WARN, BLOCK):
                continue
            # While nothing is passed one unit goes in at a time: who counts, counts alone.
            standing = (hold_state if point.gate == BLOCK else state_of)(tx, entering.run.run_id, point.id)
            if standing.state == PASSED:
                continue
            ahead = _ahead(tx, entering, standing)
            if ahead is None:
                continue
            about = {
                "checkpointCode": point.code, "ipqcId": ids.wire_or_none(standing.inspection_id), "sampleSn": ahead, "state": standing.state,
            }  # fmt: skip
            if point.gate == BLOCK:
                raise Refused("IPQC_FIRST_PIECE_REQUIRED", **about)
            warnings.append(warned("IPQC_DUE", tx.caller.language, **about))
        return warnings


def _ahead(tx: Tx, entering: Entering, standing: Standing) -> str | None:
    """Give the unit that is the first piece, or is becoming it; None when this unit is, or may become it."""
    if standing.unit_id is not None:
        return None if standing.unit_id == entering.unit.unit_id else str(sn_of(tx, standing.unit_id))
    if standing.inspection_id is not None:
        row = tx.first(
            select(inspections.c.sampled_units, inspections.c.status).where(inspections.c.id == standing.inspection_id)
        )
        if row is not None and row.status in OPEN_INSPECTION:
            sampled = row.sampled_units or ["–"]
            return None if entering.unit.sn in sampled else str(sampled[0])
    inside = tx.first(
        select(units.c.sn).join_from(tracks, units, units.c.id == tracks.c.unit_id)
        .where(
            tracks.c.run_id == entering.run.run_id, tracks.c.step_no == entering.step.step_no, tracks.c.out_at.is_(None),
            tracks.c.voided_at.is_(None), tracks.c.unit_id != entering.unit.unit_id,
        )
        .limit(1)
    )  # fmt: skip
    return inside.sn if inside is not None else None


class FirstPieceMade:
    """What follows a PASS at the step of a point (the effect of a track-out): the unit is the sample of an inspection."""

    def apply(self, tx: Tx, leaving: Leaving, outcome: Outcome) -> None:
        """Create the inspection PENDING when the segment has no first piece yet."""
        if leaving.result != PASS:
            return
        for point in first_pieces_at(tx, leaving.route, leaving.step, leaving.station.code):
            if state_of(tx, leaving.run.run_id, point.id).state != NONE:
                continue
            if hold_state(tx, leaving.run.run_id, point.id).state == NONE:
                key = make_first_piece(tx, leaving.run.run_id, point.id, leaving.unit.unit_id)
                outcome.warnings.append(
                    warned("IPQC_DUE", tx.caller.language, checkpointCode=point.code, ipqcId=ids.wire_or_none(key),
                           sampleSn=leaving.unit.sn, state=DUE)
                )  # fmt: skip
