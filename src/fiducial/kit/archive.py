"""Files of old audit entries (spec 09.7.3): written, read back and walked like the book itself before anything is deleted.

`audit-<first>-<last>.jsonl.gz` has one line for each entry, with everything its hash covers, so that the chain can be proved
from the file alone (docs/audit-archive.md); beside it stands `….manifest.json`.
"""

from __future__ import annotations

import gzip
import io
import os
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import file_digest, sha256
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import orjson

from fiducial.kit import columns as c
from fiducial.kit import files
from fiducial.kit.audit import FIRST
from fiducial.kit.audit_walk import judge

Heads = dict[int, tuple[int, bytes]]
"""Where each lane stands: the number in the lane and the hash of its last entry."""
MISSING, CHANGED = "GAP", "HASH"
_WIRE = {
    "seq": "seq", "at": "at", "entity_type": "entityType", "entity_key": "entityKey", "entity_display": "entityDisplay",
    "line_code": "lineCode", "station_code": "stationCode", "action": "action", "code": "code", "detail": "detail",
    "request_id": "requestId", "lane": "lane", "lane_seq": "laneSeq",
}  # fmt: skip


BLOCK = 1 << 18  # bytes
NEW = ".new-"  # of what is being written


@dataclass(frozen=True, slots=True)
class LanePart:
    """What an archive holds of one lane."""

    lane: int
    first_seq: int
    last_seq: int
    first_prev: bytes
    last_hash: bytes


@dataclass(frozen=True, slots=True)
class Archived:
    """One archive: what its manifest says, and the row of the database."""

    file: str
    first_seq: int
    last_seq: int
    from_at: int
    to_at: int
    rows: int
    sha256: str
    lanes: tuple[LanePart, ...]


class BrokenChain(Exception):
    """An entry does not fit the one before it; `seq` and `kind` (HASH, GAP, ORDER) say which and how."""

    def __init__(self, seq: int, kind: str) -> None:
        super().__init__(f"entry {seq}: {kind}")
        self.seq, self.kind = seq, kind


@dataclass(slots=True)
class _Tally:
    """What is gathered of the entries as they pass."""

    heads: Heads
    first_seq: int = 0
    last_seq: int = 0
    from_at: int = 0
    to_at: int = 0
    rows: int = 0
    lanes: dict[int, LanePart] = field(default_factory=dict)

    def pass_by(self, row: Any) -> None:
        """Take one more entry. Raises `BrokenChain` when it does not fit."""
        bad = judge(row, self.heads)
        if bad or row.seq <= self.last_seq:
            raise BrokenChain(row.seq, bad or "ORDER")
        before = self.lanes.get(row.lane)
        prev = before.first_prev if before else self.heads.get(row.lane, (0, FIRST))[1]
        self.lanes[row.lane] = LanePart(
            row.lane, before.first_seq if before else row.lane_seq, row.lane_seq, prev, row.hash
        )
        self.heads[row.lane] = (row.lane_seq, row.hash)
        self.first_seq = self.first_seq or row.seq
        self.from_at = min(self.from_at, row.at) if self.rows else row.at
        self.last_seq, self.to_at, self.rows = row.seq, max(self.to_at, row.at), self.rows + 1

    def archived(self, file: str, digest: str) -> Archived:
        """Give what was gathered."""
        lanes = tuple(self.lanes[lane] for lane in sorted(self.lanes))
        return Archived(file, self.first_seq, self.last_seq, self.from_at, self.to_at, self.rows, digest, lanes)


def write_archive(folder: Path, entries: Iterable[Any], heads: Heads) -> Archived | None:
    """Write the entries that follow `heads` into a file and its manifest; None when there is none.

    Raises `BrokenChain`, and leaves no file, when the book itself does not fit or what was written does not read back the same.
    """
    folder.mkdir(parents=True, exist_ok=True)
    tally, new = _Tally(dict(heads)), folder / f"{NEW}{os.getpid()}.jsonl.gz"
    try:
        # No time and no name in the file's head: the same entries make the same bytes.
        with (
            new.open("wb") as raw,
            gzip.GzipFile("", "wb", mtime=0, fileobj=raw) as packed,
            io.BufferedWriter(packed, BLOCK) as lines,
        ):
            for row in entries:
                tally.pass_by(row)
                lines.write(_line_of(row))
        if not tally.rows:
            return None
        archived = tally.archived(f"audit-{tally.first_seq}-{tally.last_seq}.jsonl.gz", _digest(new))
        if bad := fault_of(new, archived, dict(heads)):
            raise BrokenChain(*bad)
        _keep_apart(folder, archived)
        manifest = folder / manifest_of(archived.file)
        files.put_whole(manifest, _manifest(archived))
        files.settle(new, folder / archived.file)
        return archived
    finally:
        new.unlink(missing_ok=True)


def _keep_apart(folder: Path, archived: Archived) -> None:
    """Give a file of the same numbers another name: it is of a book that a restore has put away, and nothing else has its entries."""
    before = folder / archived.file
    if not before.is_file() or (digest := _digest(before)) == archived.sha256:
        return
    kept = archived.file.replace("audit-", f"replaced-{digest[:12]}-", 1)
    if (manifest := folder / manifest_of(archived.file)).is_file():
        manifest.replace(folder / manifest_of(kept))
    before.replace(folder / kept)


def manifest_of(file: str) -> str:
    """Give the name of the manifest beside an archive."""
    return file.removesuffix(".jsonl.gz") + ".manifest.json"


def remove_archive(folder: Path, file: str) -> None:
    """Take away the file of an archive that was never entered."""
    for name in (file, manifest_of(file)):
        (folder / name).unlink(missing_ok=True)


def fault_of(path: Path, archived: Archived, heads: Heads) -> tuple[int, str] | None:
    """Walk one archive from `heads`, which move to its end; give `(seq, kind)` of the first fault: HASH, GAP or ORDER.

    A file that is gone is a GAP at its first entry; one whose bytes are others than they were is HASH at the entry that
    changed, or at its first entry when all of them still fit.
    """
    after = {part.lane: (part.last_seq, part.last_hash) for part in archived.lanes}
    if not path.is_file():
        heads |= after
        return archived.first_seq, MISSING
    tally = _Tally(dict(heads))
    found: tuple[int, str] | None = None
    try:
        for row in _entries_in(path):
            tally.pass_by(row)
        if tally.archived(archived.file, archived.sha256) != archived:
            cut = tally.rows < archived.rows
            found = (tally.last_seq if cut else archived.first_seq, MISSING if cut else CHANGED)
        elif _digest(path) != archived.sha256:
            found = archived.first_seq, CHANGED
    except BrokenChain as broken:
        found = broken.seq, broken.kind
    except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error):  # what is in it is no archive any more
        found = tally.last_seq or archived.first_seq, CHANGED
    heads |= after
    return found


def _line_of(row: Any) -> bytes:
    facts = {wire: getattr(row, name) for name, wire in _WIRE.items()}
    return orjson.dumps({**facts, "context": row.facts, "hash": row.hash.hex()}) + b"\n"


def _entries_in(path: Path) -> Iterator[Any]:
    # In blocks: a thread that gives the interpreter away line by line, for a moment each, keeps those who wait for it waiting.
    with gzip.open(path, "rb") as packed, io.BufferedReader(packed, BLOCK) as lines:
        for line in lines:
            yield _entry_of(orjson.loads(line))


def _entry_of(given: Mapping[str, Any]) -> Any:
    values = {name: given[wire] for name, wire in _WIRE.items()}
    facts = given["context"]
    digest = sha256(c.canonical(facts)).digest()
    return SimpleNamespace(**values, facts=facts, digest=digest, hash=bytes.fromhex(given["hash"]), _mapping=values)


def _manifest(archived: Archived) -> bytes:
    lanes = [
        {"lane": part.lane, "firstLaneSeq": part.first_seq, "lastLaneSeq": part.last_seq, "firstPrevHash": part.first_prev.hex(),
         "lastHash": part.last_hash.hex()}
        for part in archived.lanes
    ]  # fmt: skip
    facts = {
        "file": archived.file, "firstSeq": archived.first_seq, "lastSeq": archived.last_seq, "fromAt": archived.from_at,
        "toAt": archived.to_at, "rows": archived.rows, "sha256": archived.sha256, "lanes": lanes,
    }  # fmt: skip
    return orjson.dumps(facts, option=orjson.OPT_INDENT_2)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()
