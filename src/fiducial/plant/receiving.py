"""How a reported state is taken: the rules common to every push (spec 08.2), whoever the thing belongs to.

A record is only ever added. The same event of the same sender has an effect once, whatever comes twice at the same
moment: its unique key decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Row, Table, false, or_, select, update

from fiducial.kit import clock, ids
from fiducial.kit.columns import canonical
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.tx import Tx
from fiducial.people.tables import tokens, users
from fiducial.plant import push_refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.plant.modes import HELD_BY_MODE, is_manual
from fiducial.plant.pushes import Push
from fiducial.plant.reported import AUTO, EFFECTIVE, HELD, HISTORY, MANUAL
from fiducial.plant.settings import CLOCK_TOLERANCE_SECONDS

SUPERSEDED = "SUPERSEDED"
OLDEST_MS, LATEST_MS = 400 * 86_400_000, 24 * 3_600_000
OFFSET_THAT_COUNTS_MS = 5_000


@dataclass(frozen=True, slots=True)
class Taken:
    """A record that was taken, or that was there already."""

    row: Row[Any]
    is_duplicate: bool

    @property
    def effective(self) -> bool:
        """Tell whether it took effect when it came."""
        return self.row.held_reason is None

    def common(self) -> dict[str, Any]:
        """Give the fields that every answer has (spec 08.2)."""
        row = self.row
        said = {
            "id": ids.to_wire(row.id), "eventId": row.event_id, "receivedAt": clock.to_wire(row.received_at),
            "effective": self.effective, "isDuplicate": self.is_duplicate, "warnings": row.warnings or [],
        }  # fmt: skip
        return said if row.held_reason is None else said | {"heldReason": row.held_reason}


def sender_of(tx: Tx) -> str:
    """Give who sends: the system of a token, MANUAL for people."""
    return str(tx.actor.system) if tx.actor.kind == "TOKEN" else MANUAL


def digest_of(push: Push) -> bytes:
    """Give the digest of a body, by which a repeat is told from another body under the same event."""
    return sha256(canonical(push.model_dump(mode="json", by_alias=True, exclude_unset=True))).digest()


def repeated(tx: Tx, table: Table, push: Push) -> Taken | None:
    """Give what was taken under the event before, None when it is new. Refuses EVENT_ID_REUSED for another body."""
    row = tx.first(select(table).where(table.c.system == sender_of(tx), table.c.event_id == push.event_id))
    if row is None:
        return None
    if row.digest != digest_of(push):
        raise Refused("EVENT_ID_REUSED", eventId=push.event_id, firstReceivedAt=clock.to_wire(row.received_at))
    return Taken(row, is_duplicate=True)


def must_be_allowed(tx: Tx, push: Push) -> str | None:
    """Give the operator of a push; refuses SOURCE_NOT_ALLOWED, OPERATOR_MISMATCH and a time out of range (spec 08.2)."""
    if push.source != (AUTO if tx.actor.kind == "TOKEN" else MANUAL):
        raise Refused("SOURCE_NOT_ALLOWED", source=push.source)
    when = clock.from_datetime(push.event_time)
    if not tx.now - OLDEST_MS <= when <= tx.now + LATEST_MS:
        raise bad_field(
            "eventTime", Said(zh="out_of_range：超出 −400 天至 +24 小时", en="out_of_range: −400 days to +24 h")
        )
    if tx.actor.kind != "USER":
        return push.operator_id
    person = tx.one(select(users.c.username, users.c.badge_no).where(users.c.id == tx.actor.id))
    own = {person.username, person.badge_no, ids.to_wire(tx.actor.id or 0)}
    if push.operator_id is not None and push.operator_id not in own:
        raise Refused("OPERATOR_MISMATCH", operatorId=push.operator_id)
    return str(person.badge_no or person.username)


def take(
    tx: Tx,
    table: Table,
    push: Push,
    *,
    feed: str,
    subject_id: int,
    line_id: int | None,
    warnings: list[dict[str, Any]],
    **own: Any,
) -> Taken:
    """Take a new record of a thing. `feed` is the system whose mode counts, `line_id` the line the thing stands on.

    Refuses as `must_be_allowed`, and VALIDATION_ERROR when a person gives no reason while the system speaks for itself.
    """
    operator = must_be_allowed(tx, push)
    by_hand = is_manual(tx, feed, line_id)
    if push.source == MANUAL and not by_hand and push.reason is None:
        raise bad_field(
            "reason",
            Said(
                zh=f"系统 {feed} 处于自动模式，手工录入必须填写原因", en=f"required while {feed} is in automatic mode"
            ),
        )
    alone_with(tx, table, subject_id)
    times = times_of(tx, push, warnings)
    standing = HELD if push.source == AUTO and by_hand else EFFECTIVE
    held = HELD_BY_MODE if standing == HELD else SUPERSEDED if _is_older(tx, table, subject_id, times) else None
    key = tx.new_id()
    row = {
        "id": key, "subject_id": subject_id, "source": push.source, "standing": standing, "system": sender_of(tx),
        "event_id": push.event_id, "digest": digest_of(push), "event_time": clock.from_datetime(push.event_time),
        "received_at": tx.now, **times, "confirmed_at": times["effective_at"], "held_reason": held, "warnings": warnings or None,
        "line_id": line_id, "operator_id": operator, "reason": push.reason, "equipment_id": push.equipment_id, "meta": push.meta,
        "by_id": tx.actor.id, "by_name": tx.actor.name, **own,
    }  # fmt: skip
    if not tx.insert_once(table, **row):  # it came twice at the same moment, and the other was first
        there = repeated(tx, table, push)
        assert there is not None, "a unique key held"
        return there
    if push.source == MANUAL and not by_hand:
        tx.emit(
            "MANUAL_ENTRY_IN_AUTO",
            key,
            system=feed,
            what=push.event_id,
            lineId=line_id,
            byName=tx.actor.name,
            reason=push.reason,
        )
    return Taken(tx.one(select(table).where(table.c.id == key)), is_duplicate=False)


def alone_with(tx: Tx, table: Table, subject_id: int) -> None:
    """Have the thing alone: two records at once are judged one after the other."""
    subject = next(iter(table.c.subject_id.foreign_keys)).column.table
    tx.first(select(subject.c.id).where(subject.c.id == subject_id).with_for_update(key_share=True))


def times_of(tx: Tx, push: Push, warnings: list[dict[str, Any]]) -> dict[str, Any]:
    """Give effective time, offset and suspicion of a sender's clock."""
    said = clock.from_datetime(push.event_time)
    offset = _offset(tx)
    effective = said + offset if offset is not None else said
    suspect = effective > tx.now + CLOCK_TOLERANCE_SECONDS.of(tx) * 1000
    if suspect:
        text = (
            "The sender's clock is ahead; the time of receipt counts."
            if tx.caller.language == "en" else "发送方时钟超前，以收到时间为准。"
        )  # fmt: skip
        warnings.append({"code": "CLOCK_AHEAD", "message": text, "details": {"eventTime": clock.to_wire(said)}})
    return {"effective_at": tx.now if suspect else effective, "offset_ms": offset, "clock_suspect": suspect}


def _offset(tx: Tx) -> int | None:
    """Give what a clock that is known to be wrong is off by (header `X-Sent-At`, flag `trustSentAt` of the token); None up to 5 s."""
    if tx.actor.kind != "TOKEN" or tx.caller.sent_at is None:
        return None
    if not tx.scalar(select(tokens.c.trust_sent_at).where(tokens.c.id == tx.actor.id)):
        return None
    offset = tx.now - tx.caller.sent_at
    return offset if abs(offset) > OFFSET_THAT_COUNTS_MS else None


def _is_older(tx: Tx, table: Table, subject_id: int, times: dict[str, Any]) -> bool:
    newer = select(table.c.id).where(
        table.c.subject_id == subject_id, table.c.standing == EFFECTIVE, table.c.effective_at > times["effective_at"]
    )
    return tx.first(newer.limit(1)) is not None


def take_over(tx: Tx, table: Table, *, feed: str) -> tuple[int, list[int]]:
    """Let held records count where people do not speak for the system any more (spec 08.1).

    For each thing the newest one becomes effective if it is later than the newest a person entered; the others are history.
    Give how many were held and the things whose state was taken over.
    """
    held, taken = 0, []
    waiting = select(table.c.subject_id, table.c.line_id).where(table.c.standing == HELD).distinct()
    free: dict[int, list[int | None]] = {}
    for row in tx.all(waiting.order_by(table.c.subject_id)):
        if not is_manual(tx, feed, row.line_id):
            free.setdefault(row.subject_id, []).append(row.line_id)
    for (
        subject_id,
        places,
    ) in free.items():  # a machine may have said thousands of things, so no row is looked at by itself
        alone_with(tx, table, subject_id)
        on_line = or_(table.c.line_id.in_([place for place in places if place is not None]), false())
        mine = (
            table.c.subject_id == subject_id,
            table.c.standing == HELD,
            or_(on_line, table.c.line_id.is_(None)) if None in places else on_line,
        )
        newest = tx.first(select(table).where(*mine).order_by(table.c.effective_at.desc(), table.c.id.desc()).limit(1))
        if newest is None:
            continue
        by_hand = tx.scalar(
            select(table.c.effective_at)
            .where(table.c.subject_id == subject_id, table.c.standing == EFFECTIVE, table.c.source == MANUAL)
            .order_by(table.c.effective_at.desc()).limit(1)
        )  # fmt: skip
        held += tx.run(update(table).where(*mine).values(standing=HISTORY))
        if by_hand is None or newest.effective_at > by_hand:
            tx.run(update(table).where(table.c.id == newest.id).values(standing=EFFECTIVE))
            taken.append(subject_id)
    return held, taken
