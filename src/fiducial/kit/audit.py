"""The audit book (spec 09.7): append-only by triggers, one hash chain for each lane, written in the transaction of the change.

What an entry repeats is kept small: actor, roles, address, agent and session stand once in an immutable context row, whose
digest the entry's hash covers; the previous hash is that of the entry before in the lane.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import (
    DDL,
    BigInteger,
    Column,
    Identity,
    Index,
    Integer,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    bindparam,
    event,
    insert,
    select,
    update,
)

from fiducial.kit import columns as c
from fiducial.kit.ids import LARGEST
from fiducial.kit.statements import Hot

if TYPE_CHECKING:
    from fiducial.kit.acting import Actor, Caller
    from fiducial.kit.tx import Tx

SUCCESS, REFUSED, FAILED = "SUCCESS", "REFUSED", "FAILED"
FIRST = bytes(32)

context = Table(
    "audit_context", c.metadata, c.key(),
    c.blob("digest", nullable=False),
    c.json("facts", nullable=False),
    UniqueConstraint("digest"),
)  # fmt: skip

entry = Table(
    "audit_entry", c.metadata,
    Column("seq", BigInteger().with_variant(Integer(), "sqlite"), Identity(always=False), primary_key=True),
    c.instant("at", nullable=False),
    c.ref("context_id", "audit_context"),
    c.text("entity_type", nullable=False),
    c.whole("entity_key"),
    c.text("entity_display"),
    c.text("line_code"),
    c.text("station_code"),
    c.text("action", nullable=False),
    c.text("code"),  # of a refusal; FAILED has INTERNAL_ERROR; null is SUCCESS
    c.text("detail"),  # canonical JSON of changes, payload, reason, keys: what only some entries have
    c.text("request_id"),
    c.whole("lane", nullable=False),
    c.whole("lane_seq", nullable=False),
    c.blob("hash", nullable=False),
    UniqueConstraint("lane", "lane_seq"),
    # In the order of bytes on PostgreSQL too, so that what begins with a text is a range of it.
    Index("ix_audit_entry_thing", "entity_display", "entity_type", postgresql_ops={"entity_display": "text_pattern_ops"}),
    Index("ix_audit_entry_context", "context_id"),
)  # fmt: skip

lane_head = Table(
    "audit_lane", c.metadata, c.key(),
    c.text("name", nullable=False, unique=True),
    c.whole("head_seq", nullable=False),
    c.blob("head_hash", nullable=False),
)  # fmt: skip

# What was taken out of the book into files (kit.archive): each row was written after its file had been read back whole.
archive = Table(
    "audit_archive", c.metadata, c.key(),
    c.text("file", nullable=False, unique=True),
    c.whole("first_seq", nullable=False),
    c.whole("last_seq", nullable=False),
    c.instant("from_at", nullable=False),
    c.instant("to_at", nullable=False),
    c.whole("rows", nullable=False),
    c.text("sha256", nullable=False),
    c.instant("verified_at", nullable=False),
    c.text("archived_by"),
    UniqueConstraint("first_seq"),  # of two who archive at once one finds it taken
)  # fmt: skip

archive_lane = Table(
    "audit_archive_lane", c.metadata, c.ref("archive_id", "audit_archive"),
    c.whole("lane", nullable=False),
    c.whole("first_seq", nullable=False),
    c.whole("last_seq", nullable=False),
    c.blob("first_prev", nullable=False),
    c.blob("last_hash", nullable=False),
    PrimaryKeyConstraint("lane", "last_seq"),
)  # fmt: skip

# A row once written stays as it was. RAISE(ABORT), not ROLLBACK: the innocents of the same group must live.
_NO_CHANGE_SQLITE = """
CREATE TRIGGER {table}_no_{verb} BEFORE {VERB} ON {table}
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_NO_CHANGE_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
_NO_CHANGE_POSTGRES = """
CREATE TRIGGER {table}_no_change BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()
"""
# An entry may go when an archive that was verified covers it (spec 09.7.2); it may never change.
_NO_CHANGE_BUT_ARCHIVED_SQLITE = """
CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
WHEN NOT EXISTS (SELECT 1 FROM audit_archive WHERE OLD.seq BETWEEN first_seq AND last_seq)
BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END
"""
_BUT_ARCHIVED_FUNCTION = """
CREATE OR REPLACE FUNCTION refuse_change_of_entry() RETURNS trigger LANGUAGE plpgsql AS
$$ BEGIN
IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM audit_archive WHERE OLD.seq BETWEEN first_seq AND last_seq) THEN RETURN OLD; END IF;
RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$
"""
_NO_TRUNCATE_POSTGRES = """
CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""


def append_only_ddl(table: str, engine: str) -> list[str]:
    """Give the statements that make a table append-only on `sqlite` or `postgresql`."""
    if engine == "sqlite":
        update, delete = (
            _NO_CHANGE_SQLITE.format(table=table, verb=verb, VERB=verb.upper()) for verb in ("update", "delete")
        )
        return [update, _NO_CHANGE_BUT_ARCHIVED_SQLITE.format(table=table) if table == entry.name else delete]
    change, truncate = _NO_CHANGE_POSTGRES.format(table=table), _NO_TRUNCATE_POSTGRES.format(table=table)
    if table == entry.name:
        change = change.replace("refuse_change()", "refuse_change_of_entry()")
        return [_NO_CHANGE_FUNCTION, _BUT_ARCHIVED_FUNCTION, change, truncate]
    return [_NO_CHANGE_FUNCTION, change, truncate]


GUARDED: list[str] = []


def append_only(table: Table) -> None:
    """Have a table made append-only whenever it is created."""
    GUARDED.append(table.name)
    for engine in ("sqlite", "postgresql"):
        for statement in append_only_ddl(table.name, engine):
            ddl = DDL(  # type: ignore[no-untyped-call]
                statement.replace("%", "%%")
            ).execute_if(dialect=engine)
            event.listen(table, "after_create", ddl)


append_only(context)
append_only(entry)
append_only(archive)
append_only(archive_lane)

_ENTRY_COLUMNS = [column.name for column in entry.columns if column.name != "seq"]
_insert_entry = Hot(insert(entry).values({name: bindparam(name) for name in _ENTRY_COLUMNS}))
_find_context = Hot(select(context.c.id).where(context.c.digest == bindparam("digest")))
_find_head = Hot(select(lane_head.c.head_seq, lane_head.c.head_hash).where(lane_head.c.id == bindparam("lane")))
_move_head = Hot(
    update(lane_head).where(lane_head.c.id == bindparam("lane"))
    .values(head_seq=bindparam("head_seq"), head_hash=bindparam("head_hash"))
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Note:
    """What an action says of what it did; the rest of the entry is known already."""

    action: str
    entity_type: str
    entity_key: int | None = None
    display: str | None = None
    line_code: str | None = None
    station_code: str | None = None
    code: str | None = None
    detail: dict[str, Any] = field(default_factory=dict)


class Chain:
    """The head of one lane's chain, held by the one connection that writes it."""

    def __init__(self, lane: int) -> None:
        self.lane, self.seq, self.hash = lane, 0, FIRST

    @property
    def mark(self) -> tuple[int, bytes]:
        """Give a mark to come back to when what follows is rolled back."""
        return self.seq, self.hash

    def back_to(self, mark: tuple[int, bytes]) -> None:
        """Forget the entries since the mark: they were rolled back."""
        self.seq, self.hash = mark

    def read_head(self, tx: Tx) -> None:
        """Take the head as the database has it; make the lane's row if there is none."""
        row = _find_head.first(tx, lane=self.lane)
        if row is None:
            tx.run(insert(lane_head).values(id=self.lane, name=f"lane-{self.lane}", head_seq=0, head_hash=FIRST))
            self.back_to((0, FIRST))
        else:
            self.back_to((row.head_seq, row.head_hash))

    def write_head(self, tx: Tx) -> None:
        """Anchor the head, so that a chain cut at its end is noticed."""
        tx.send(_move_head, lane=self.lane, head_seq=self.seq, head_hash=self.hash)

    def append(self, tx: Tx, note: Note) -> None:
        """Write one entry."""
        actor_id, digest = _context_of(tx)
        values: dict[str, Any] = {
            "at": tx.now, "context_id": actor_id, "entity_type": note.entity_type, "entity_key": note.entity_key,
            "entity_display": note.display, "line_code": note.line_code, "station_code": note.station_code,
            "action": note.action, "code": note.code, "request_id": tx.caller.request_id or None,
            "detail": c.canonical(note.detail, default=str).decode() if note.detail else None,
            "lane": self.lane, "lane_seq": self.seq + 1,
        }  # fmt: skip
        values["hash"] = entry_hash(self.hash, digest, values)
        tx.send(_insert_entry, **values)
        self.seq, self.hash = self.seq + 1, values["hash"]


HASHED = (
    "at", "entity_type", "entity_key", "entity_display", "line_code", "station_code", "action", "code", "detail",
    "request_id", "lane", "lane_seq",
)  # fmt: skip


def entry_hash(previous: bytes, context_digest: bytes, values: dict[str, Any]) -> bytes:
    """Give SHA-256( previous ‖ canonical JSON of the other fields ), 32 bytes (spec 09.7.2)."""
    return hash_of(previous, context_digest, [values[name] for name in HASHED])


def hash_of(previous: bytes, context_digest: bytes, values: Sequence[Any]) -> bytes:
    """Give the same of the values in the order of `HASHED`."""
    return sha256(previous + c.canonical([context_digest.hex(), *values])).digest()


def digest_of(facts: Any) -> bytes:
    """Give the digest of a context row, which the hash of each of its entries covers."""
    return sha256(c.canonical(facts)).digest()


def context_facts(actor: Actor, caller: Caller) -> dict[str, Any]:
    """Give what the entries of one person at one place have in common."""
    facts: dict[str, Any] = {
        "actorType": actor.kind,
        "actorId": actor.id,
        "actorName": actor.name,
        "actorRoles": list(actor.roles),
    }
    optional = {
        "ip": caller.ip,
        "userAgent": caller.agent,
        "terminalCode": actor.terminal,
        "sessionId": actor.session_id,
    }
    return facts | {name: value for name, value in optional.items() if value is not None}


def _context_of(tx: Tx) -> tuple[int, bytes]:
    """Give id and digest of the context row of whoever acts; made when they are new."""
    if tx.context is not None:
        return tx.context
    facts = context_facts(tx.actor, tx.caller)
    digest = digest_of(facts)
    found = _find_context.scalar(tx, digest=digest)
    if found is None:
        # Two PostgreSQL lanes may meet here: the loser finds the winner's row once it is committed.
        tx.insert_once(context, id=tx.new_id(), digest=digest, facts=facts)
        found = _find_context.scalar(tx, digest=digest)
    tx.context = (found, digest)
    return tx.context


def entry_id(at: int, seq: int) -> str:
    """Give the opaque id of an entry: a UUIDv7 of its time and number."""
    return str(UUID(int=at << 80 | 0x7 << 76 | (seq >> 62 & 0xFFF) << 64 | 0b10 << 62 | seq & (1 << 62) - 1))


def seq_of(text: str) -> int | None:
    """Give the number of an entry's opaque id; None for a text that is no id."""
    try:
        whole = UUID(text).int
    except ValueError:
        return None
    seq = (whole >> 64 & 0xFFF) << 62 | whole & (1 << 62) - 1
    return seq if 0 < seq <= LARGEST else None
