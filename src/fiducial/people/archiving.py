"""Old audit entries leave the book for files (spec 09.7.3): written and proved beside the lane, entered, and only then deleted."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import delete, insert, select

from fiducial.kit import clock, ids
from fiducial.kit.acting import Caller, action, query
from fiducial.kit.archive import (
    NEW,
    Archived,
    BrokenChain,
    LanePart,
    fault_of,
    remove_archive,
    write_archive,
)
from fiducial.kit.audit import archive, archive_lane, context, entry
from fiducial.kit.audit_walk import Rows, archived_to, heads_of_archives
from fiducial.kit.files import clear_cut_off
from fiducial.kit.listing import Listed, Listing, Page
from fiducial.kit.refusals import Kept, Refused
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx
from fiducial.people import signing
from fiducial.people.book import SEE_ALL
from fiducial.people.proof import Proof, must_prove
from fiducial.people.shapes import ArchiveFacts, ArchiveNow

if sys.platform != "win32":
    import fcntl

OPS = "system:ops"
READ_AT_ONCE = 250
DAY_MS = 24 * 3_600_000
ME = Caller(internal="audit archive")
ARCHIVES = Listing(
    filters={}, sorts={"firstSeq": archive.c.first_seq, "verifiedAt": archive.c.verified_at}, default_sort="firstSeq.desc",
    key=archive.c.id,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rules:
    """What the environment says of archiving: `AUDIT_ARCHIVE_…`."""

    enabled: bool
    folder: Path
    cutoff_days: int
    batch: int


def rules_of(environment: Any) -> Rules:
    """Give the rules of an environment; archives stand in the data folder unless it names another."""
    return Rules(
        environment.audit_archive_enabled, environment.audit_archive_dir or environment.app_data_dir / "audit-archives",
        environment.audit_archive_cutoff_days, environment.audit_archive_batch_size,
    )  # fmt: skip


@query(SEE_ALL)
def list_archives(tx: Tx, page: Page) -> Listed[ArchiveFacts]:
    """Give the archives, newest first."""
    return ARCHIVES.answer(tx, select(archive), page, _facts)


def _facts(row: Any) -> ArchiveFacts:
    return {
        "id": ids.to_wire(row.id), "file": row.file, "firstSeq": row.first_seq, "lastSeq": row.last_seq,
        "from": clock.to_wire(row.from_at), "to": clock.to_wire(row.to_at), "rows": row.rows, "sha256": row.sha256,
        "verifiedAt": clock.to_wire(row.verified_at), "archivedByName": row.archived_by,
    }  # fmt: skip


class ArchiveSubject:
    """What a signature of an archive vouches for: exactly which entries went into which file."""

    type, version = "AUDIT_ARCHIVE", 1

    def content(self, tx: Tx, subject_id: int, meaning: str, version: int) -> dict[str, Any] | None:  # noqa: ARG002
        """Give range, count and hashes of an archive; None when there is no such archive."""
        row = tx.first(select(archive).where(archive.c.id == subject_id))
        if row is None:
            return None
        lanes = tx.all(select(archive_lane).where(archive_lane.c.archive_id == row.id).order_by(archive_lane.c.lane))
        return {
            "file": row.file, "firstSeq": row.first_seq, "lastSeq": row.last_seq, "rows": row.rows, "sha256": row.sha256,
            "lanes": [[one.lane, one.first_seq, one.last_seq, one.first_prev.hex(), one.last_hash.hex()] for one in lanes],
        }  # fmt: skip

    def must_read(self, tx: Tx, subject_id: int) -> None:
        """Refuse FORBIDDEN to whoever may not read the book, AUDIT_ARCHIVE_NOT_FOUND."""
        if not tx.actor.holds(SEE_ALL):
            raise Refused("FORBIDDEN", permission=SEE_ALL)
        if tx.first(select(archive.c.id).where(archive.c.id == subject_id)) is None:
            raise Refused("AUDIT_ARCHIVE_NOT_FOUND")


# ---- the act --------------------------------------------------------------------------------------------------------


def archive_now(
    store: Store, caller: Caller, rules: Rules, body: ArchiveNow | None = None, proof: Proof | None = None
) -> ArchiveFacts:
    """Archive what is older than the rules allow. Takes its time: call it from a thread of its own.

    A person signs (`body`, `proof`); the timer and the command do not. Refuses AUDIT_ARCHIVE_OFF, AUDIT_ARCHIVE_BUSY,
    AUDIT_ARCHIVE_EMPTY, AUDIT_CHAIN_BROKEN, FORBIDDEN, REAUTH_REQUIRED, REAUTH_FAILED; each attempt is entered.
    """
    store.write_now(replace(caller, idempotency_key=None), admit, proof)
    try:
        with _alone(rules.folder):
            return _archive(store, caller, rules, body, proof)
    except Refused as refused:
        if refused.entered:
            raise
        fault = refused
    except BrokenChain as broken:
        fault = Refused("AUDIT_CHAIN_BROKEN", seq=broken.seq, kind=broken.kind)
    # Raises the fault, unless the same was asked before under this key: then it gives what was answered then.
    answered: ArchiveFacts = store.write_now(caller, refuse_archive, fault)
    return answered


def _archive(store: Store, caller: Caller, rules: Rules, body: ArchiveNow | None, proof: Proof | None) -> ArchiveFacts:
    if not rules.enabled:
        raise Refused("AUDIT_ARCHIVE_OFF")
    _delete_what_is_archived(store, rules.batch)  # of a time when the power failed between the row and the deletion
    taken_to, heads = store.read_now(ME, where_archives_end, slow=True)
    before = clock.now_ms() - rules.cutoff_days * DAY_MS
    made = write_archive(rules.folder, _old_entries(store, taken_to, before), heads)
    if made is None:
        raise Refused("AUDIT_ARCHIVE_EMPTY", days=rules.cutoff_days)
    try:
        facts: ArchiveFacts = store.write_now(caller, keep_archive, made, body, proof)
    except BaseException as fault:
        if isinstance(fault, Refused):
            fault.entered = True
        # Of two who wrote the same file the one that was entered keeps it.
        if not store.read_now(ME, is_entered, made.file):
            remove_archive(rules.folder, made.file)
        raise
    _delete_what_is_archived(store, rules.batch)
    return facts


def _old_entries(store: Store, above: int, before: int) -> Iterator[Any]:
    """Give the entries above a number, oldest first, up to the first that is too young; each batch is a read of its own."""
    while True:
        began = time.monotonic()
        rows = store.read_now(ME, entries_above, above, READ_AT_ONCE, slow=True)
        for row in rows:
            if row.at >= before:
                return
            yield row
        if len(rows) < READ_AT_ONCE:
            return
        clock.leave_half(began)
        above = rows[-1].seq


def _delete_what_is_archived(store: Store, batch: int) -> None:
    began = time.monotonic()
    while store.write_now(ME, delete_archived, batch) == batch:
        clock.leave_half(began)
        began = time.monotonic()


_held = threading.Lock()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Archive alone: of this process, and of all processes that see the folder. Refuses AUDIT_ARCHIVE_BUSY."""
    if not _held.acquire(blocking=False):
        raise Refused("AUDIT_ARCHIVE_BUSY")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / ".lock").open("a") as file:
            if sys.platform != "win32":
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    raise Refused("AUDIT_ARCHIVE_BUSY") from None
            clear_cut_off(folder, NEW)
            yield
    finally:
        _held.release()


@action(SEE_ALL, also=OPS, audit="AUDIT_ARCHIVE", entity="AUDIT")
def admit(tx: Tx, proof: Proof | None) -> None:
    """Enter that archiving begins; refuse FORBIDDEN, and a person REAUTH_REQUIRED or REAUTH_FAILED, before a long work is begun."""
    tx.record("audit", phase="BEGIN")
    if tx.actor.kind != "SYSTEM":
        assert proof is not None
        must_prove(tx, proof)


@query(SEE_ALL)
def where_archives_end(tx: Tx) -> tuple[int, dict[int, tuple[int, bytes]]]:
    """Give the number of the last archived entry and where each lane stood then."""
    return archived_to(tx), heads_of_archives(tx)


@query(SEE_ALL)
def entries_above(tx: Tx, above: int, size: int) -> list[Any]:
    """Give the next entries with their contexts, oldest first."""
    some = select(entry, context.c.digest, context.c.facts).join(context).where(entry.c.seq > above)
    return list(tx.all(some.order_by(entry.c.seq).limit(size)))


@query(SEE_ALL)
def is_entered(tx: Tx, file: str) -> bool:
    """Tell whether a file is an archive of this book."""
    return tx.first(select(archive.c.id).where(archive.c.file == file)) is not None


@action(SEE_ALL, also=OPS, audit="AUDIT_ARCHIVE", entity="AUDIT")
def keep_archive(tx: Tx, made: Archived, body: ArchiveNow | None, proof: Proof | None) -> ArchiveFacts:
    """Enter an archive whose file was read back whole, signed by whoever made it. Refuses AUDIT_ARCHIVE_BUSY to the second of two."""
    key = tx.new_id()
    mine = archived_to(tx) < made.first_seq and tx.insert_once(
        archive, id=key, file=made.file, first_seq=made.first_seq, last_seq=made.last_seq, from_at=made.from_at, to_at=made.to_at,
        rows=made.rows, sha256=made.sha256, verified_at=tx.now, archived_by=tx.actor.name,
    )  # fmt: skip
    if not mine:
        raise Refused("AUDIT_ARCHIVE_BUSY")
    tx.run(insert(archive_lane), [
        {"archive_id": key, "lane": part.lane, "first_seq": part.first_seq, "last_seq": part.last_seq,
         "first_prev": part.first_prev, "last_hash": part.last_hash}
        for part in made.lanes
    ])  # fmt: skip
    if tx.actor.kind != "SYSTEM":
        assert proof is not None
        assert body is not None
        signing.sign(
            tx,
            subject_type=ArchiveSubject.type,
            subject_id=key,
            meaning="AUDIT_ARCHIVE",
            proof=proof,
            remark=body.remark,
        )
    tx.record(made.file, key=key, firstSeq=made.first_seq, lastSeq=made.last_seq, rows=made.rows, sha256=made.sha256)
    return _facts(tx.one(select(archive).where(archive.c.id == key)))


@action(SEE_ALL, also=OPS, audit="AUDIT_ARCHIVE", entity="AUDIT")
def refuse_archive(tx: Tx, refused: Refused) -> Kept:  # noqa: ARG001 - the entry is made by whoever keeps it
    """Enter that archiving was refused; whoever may not archive at all is refused for that."""
    return Kept(refused)


@action(audit="AUDIT_ARCHIVE", entity="AUDIT", internal_only=True)
def delete_archived(tx: Tx, size: int) -> int:
    """Delete the next entries that an archive holds; give how many. The database lets no others go."""
    tx.unrecorded()
    gone = select(entry.c.seq).where(entry.c.seq <= archived_to(tx)).order_by(entry.c.seq).limit(size)
    return tx.run(delete(entry).where(entry.c.seq.in_(gone)))


# ---- verification ---------------------------------------------------------------------------------------------------


@query(SEE_ALL)
def all_archives(tx: Tx) -> list[Archived]:
    """Give every archive as its row says, oldest first."""
    return archives_in(tx)


def archives_in(tx: Rows) -> list[Archived]:
    """Do the same for whoever reads a book that no store of this process has open."""
    lanes: dict[int, list[LanePart]] = {}
    for part in tx.all(select(archive_lane).order_by(archive_lane.c.lane)):
        lanes.setdefault(part.archive_id, []).append(
            LanePart(part.lane, part.first_seq, part.last_seq, part.first_prev, part.last_hash)
        )
    return [
        Archived(
            row.file, row.first_seq, row.last_seq, row.from_at, row.to_at, row.rows, row.sha256, tuple(lanes[row.id])
        )
        for row in tx.all(select(archive).order_by(archive.c.first_seq))
    ]


def verify_archives(
    folder: Path, archives: list[Archived], from_seq: int = 0, to_seq: int | None = None
) -> list[dict[str, Any]]:
    """Walk the files of all archives that have entries of the range; give each with `ok`, and `firstBad` of one that is not whole."""
    heads: dict[int, tuple[int, bytes]] = {}
    found = []
    for one in archives:
        if one.last_seq < from_seq or (to_seq is not None and one.first_seq > to_seq):
            heads |= {part.lane: (part.last_seq, part.last_hash) for part in one.lanes}
            continue
        bad = fault_of(folder / one.file, one, heads)
        told = {"firstBad": {"seq": bad[0], "kind": bad[1]}} if bad else {}
        found.append(
            {
                "file": one.file,
                "firstSeq": one.first_seq,
                "lastSeq": one.last_seq,
                "rows": one.rows,
                "ok": bad is None,
                **told,
            }
        )
    return found


def archive_in_time(store: Store, rules: Rules) -> dict[str, int]:
    """Archive when there is something to archive: what the timer does. Gives `{archived}`, the number of entries."""
    if not rules.enabled:
        return {"archived": 0}
    try:
        return {"archived": archive_now(store, ME, rules)["rows"]}
    except Refused as refused:
        if refused.code in ("AUDIT_ARCHIVE_EMPTY", "AUDIT_ARCHIVE_BUSY"):
            return {"archived": 0}
        raise
