"""Which reel is in which board (spec 04.7): the one rule, as one statement that is read forward and backward, so that both agree.

Nothing is written for a board. A reel's window is the time it was on its slot; the first board of a new reel moves the
boundary between the two from the scan to that board's track-in. A board takes from a reel when its time at a placement step
overlaps the window, for CERTAIN when the window covers all of that time.

- While a first board that was named has not been placed, the boundary stays at the scan.
- A board that comes back to a placement step is judged at each visit by itself; a round is the tracks of one `visit_no`.
- A route without a step of kind MOUNT: all steps of a board are one time, from first in to last out.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.sql.visitors import iterate

from fiducial.execution.tables import tracks
from fiducial.kit.tx import Tx
from fiducial.loading.tables import loaded_tables, placement_steps, records
from fiducial.loading.words import GOOD

CERTAIN, POSSIBLE = "CERTAIN", "POSSIBLE"
NEVER = 1 << 62  # later than any instant
_next = records.alias("next_record")


class _Window(NamedTuple):
    """The time of a reel on its slot; `…_by_board` says that a first board drew the boundary, and the order of boards decides."""

    starts_at: ColumnElement[int]
    starts_by_board: ColumnElement[bool]
    ends_at: ColumnElement[int | None]
    ends_by_board: ColumnElement[bool]


def _round_start(of: Any, alias: str) -> ColumnElement[Any]:
    """Give when the round of a track began: the first track-in at a placement step with its visit number."""
    there, step = tracks.alias(alias), placement_steps.alias(f"{alias}_step")
    return (
        select(func.min(there.c.in_at))
        .join_from(there, step, and_(step.c.run_id == there.c.run_id, step.c.step_no == there.c.step_no))
        .where(
            there.c.unit_id == of.c.unit_id, there.c.run_id == of.c.run_id, there.c.visit_no == of.c.visit_no,
            there.c.voided_at.is_(None),
        )
        .correlate(of)
        .scalar_subquery()
    )  # fmt: skip


def _first_board_at(record: Any, alias: str) -> ColumnElement[Any]:
    """Give the track-in of a record's first board, in the first round that did not end before the reel was loaded; null without one."""
    board, step = tracks.alias(alias), placement_steps.alias(f"{alias}_step")
    return (
        select(func.min(_round_start(board, f"{alias}_round")))
        .join_from(board, step, and_(step.c.run_id == board.c.run_id, step.c.step_no == board.c.step_no))
        .where(
            board.c.unit_id == record.c.first_unit_id, board.c.run_id == record.c.run_id, board.c.voided_at.is_(None),
            or_(board.c.out_at.is_(None), board.c.out_at > record.c.loaded_at),
        )
        .correlate(record)
        .scalar_subquery()
    )  # fmt: skip


def _window() -> _Window:
    own, following = _first_board_at(records, "own_first"), _first_board_at(_next, "next_first")
    return _Window(
        func.coalesce(own, records.c.loaded_at), own.is_not(None), func.coalesce(following, records.c.unloaded_at), following.is_not(None)
    )  # fmt: skip


def good_records() -> Any:
    """Give the records whose scan passed, each beside the one that replaced it."""
    replaced_by = and_(_next.c.replaced_record_id == records.c.id, _next.c.verify_result.in_(GOOD))
    return records.outerjoin(_next, replaced_by)


def links(*conditions: ColumnElement[bool]) -> Select[Any]:
    """Give `record_id, run_id, slot_id, lot_id, unit_id, in_at, out_at, certain` of boards and the reels they take from.

    One row for each visit at a placement step. `conditions` narrow `record` or `track` columns; they decide from which side
    the statement is read. For routes with steps of kind MOUNT.
    """
    window = _windows(*[one for one in conditions if _names(one, records)])
    joined = window.join(placement_steps, placement_steps.c.run_id == window.c.run_id).join(
        tracks, and_(tracks.c.run_id == window.c.run_id, tracks.c.step_no == placement_steps.c.step_no)
    )
    ordered_at = case(
        (or_(window.c.starts_by_board, window.c.ends_by_board), _round_start(tracks, "round")), else_=tracks.c.in_at
    )
    begun = case(
        (window.c.starts_by_board, ordered_at >= window.c.starts_at),
        else_=or_(
            tracks.c.in_at >= window.c.starts_at, tracks.c.out_at.is_(None), tracks.c.out_at > window.c.starts_at
        ),
    )
    over = func.coalesce(window.c.ends_at, NEVER)
    not_over = case((window.c.ends_by_board, ordered_at < over), else_=tracks.c.in_at < over)
    certain = and_(
        or_(window.c.starts_by_board, tracks.c.in_at >= window.c.starts_at),
        or_(window.c.ends_by_board, window.c.ends_at.is_(None), func.coalesce(tracks.c.out_at, NEVER) <= over),
    )
    return (
        select(
            window.c.record_id, window.c.run_id, window.c.slot_id, window.c.lot_id, tracks.c.unit_id, tracks.c.in_at, tracks.c.out_at,
            case((certain, 1), else_=0).label("certain"),
        )
        .select_from(joined)
        .where(
            window.c.whole_line.is_(False), tracks.c.voided_at.is_(None), *[one for one in conditions if not _names(one, records)],
            tracks.c.in_at < case((window.c.ends_by_board, NEVER), else_=over),  # what the index is asked
            begun, not_over,
        )
    )  # fmt: skip


def whole_line_links(run_ids: Collection[int], *conditions: ColumnElement[bool]) -> Select[Any]:
    """Give the same for runs whose route has no step of kind MOUNT: one row for each board and reel."""
    window = _windows(records.c.run_id.in_(run_ids), *[one for one in conditions if _names(one, records)])
    board = (
        select(
            tracks.c.unit_id, tracks.c.run_id, func.min(tracks.c.in_at).label("in_at"),
            case((func.count(tracks.c.out_at) == func.count(), func.max(tracks.c.out_at))).label("out_at"),
        )
        .where(
            tracks.c.run_id.in_(run_ids), tracks.c.voided_at.is_(None), *[one for one in conditions if not _names(one, records)]
        )
        .group_by(tracks.c.unit_id, tracks.c.run_id).subquery("board")
    )  # fmt: skip
    over = func.coalesce(window.c.ends_at, NEVER)
    begun = case(
        (window.c.starts_by_board, board.c.in_at >= window.c.starts_at),
        else_=or_(board.c.in_at >= window.c.starts_at, board.c.out_at.is_(None), board.c.out_at > window.c.starts_at),
    )
    certain = and_(
        or_(window.c.starts_by_board, board.c.in_at >= window.c.starts_at),
        or_(window.c.ends_by_board, window.c.ends_at.is_(None), func.coalesce(board.c.out_at, NEVER) <= over),
    )
    return (
        select(
            window.c.record_id, window.c.run_id, window.c.slot_id, window.c.lot_id, board.c.unit_id, board.c.in_at, board.c.out_at,
            case((certain, 1), else_=0).label("certain"),
        )
        .select_from(window.join(board, board.c.run_id == window.c.run_id))
        .where(window.c.whole_line.is_(True), board.c.in_at < over, begun)
    )  # fmt: skip


def _windows(*conditions: ColumnElement[bool]) -> Any:
    window = _window()
    joined = good_records().join(loaded_tables, loaded_tables.c.run_id == records.c.run_id)
    return (
        select(
            records.c.id.label("record_id"), records.c.run_id, records.c.slot_id, records.c.lot_id, loaded_tables.c.whole_line,
            window.starts_at.label("starts_at"), window.starts_by_board.label("starts_by_board"), window.ends_at.label("ends_at"),
            window.ends_by_board.label("ends_by_board"),
        )
        .select_from(joined).where(records.c.verify_result.in_(GOOD), *conditions).subquery("reel_window")
    )  # fmt: skip


def _names(condition: ColumnElement[bool], table: Any) -> bool:
    return any(getattr(part, "table", None) is table for part in iterate(condition))


def of_reels(tx: Tx, *conditions: ColumnElement[bool]) -> Select[Any]:
    """Give the links of the records that fit: backward from reels to boards."""
    whole = (
        select(records.c.run_id).join(loaded_tables, loaded_tables.c.run_id == records.c.run_id)
        .where(*conditions, records.c.verify_result.in_(GOOD), loaded_tables.c.whole_line.is_(True)).distinct()
    )  # fmt: skip
    return _both(tx, whole, *conditions)


def of_board(tx: Tx, unit_id: int) -> Select[Any]:
    """Give the links of one board: forward from the board to its reels."""
    runs_of = (
        select(tracks.c.run_id).join(loaded_tables, loaded_tables.c.run_id == tracks.c.run_id)
        .where(tracks.c.unit_id == unit_id, loaded_tables.c.whole_line.is_(True)).distinct()
    )  # fmt: skip
    in_runs = records.c.run_id.in_(select(tracks.c.run_id).where(tracks.c.unit_id == unit_id))
    return _both(tx, runs_of, tracks.c.unit_id == unit_id, in_runs)


def _both(tx: Tx, whole: Select[Any], *conditions: ColumnElement[bool]) -> Select[Any]:
    whole_runs = [row.run_id for row in tx.all(whole)]
    found = links(*conditions)
    if whole_runs:
        both = found.union_all(whole_line_links(whole_runs, *conditions)).subquery("both")
        return select(both)
    return found
