"""What a disk holds when the power goes: everything that was synced, and of the rest whatever it likes.

The book of `odd_ground.py` is played up to a moment. Of what a file was given after its last sync, each write is there whole,
not there, or there in part by sectors of 512 bytes, in any order; so is a change of its size. A synced deletion is one.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.odd_ground import DELETE, HEAD, SYNC, TRUNCATE, WRITE

SECTOR = 512
NEW_NAMES = (
    "-wal",
    "-journal",
)  # with the first sync of a new one of these SQLite syncs its folder: what was deleted stays so


@dataclass(frozen=True, slots=True)
class Act:
    """One thing the disk was asked to do."""

    what: int
    name: str
    place: int
    data: bytes
    ended: int  # how long the book was after it


def acts_of(book: Path) -> Iterator[Act]:
    """Give the acts in their order; the last may be cut off, for the book's writer was killed."""
    whole, at = book.read_bytes(), 0
    while at + HEAD.size <= len(whole):
        what, named, place, length = HEAD.unpack_from(whole, at)
        begin = at + HEAD.size + named
        if begin + length > len(whole):
            return
        name = whole[at + HEAD.size : begin].decode()
        at = begin + length
        yield Act(what, name, place, whole[begin:at], at)


@dataclass(slots=True)
class Platter:
    """One file of the disk: what is safe, and what was asked since."""

    safe: bytearray = field(default_factory=bytearray)
    since: list[Act] = field(default_factory=list)
    exists: bool = False  # a file that was never synced may not be there at all
    gone: bool = False  # deleted, but the folder was not synced: it may come back

    def sync(self) -> None:
        for act in self.since:
            _put(self.safe, act, None)
        self.since.clear()
        self.exists = True


def _put(content: bytearray, act: Act, chance: random.Random | None) -> None:
    """Do an act to a file's content; with `chance`, a write reaches the disk in part."""
    if act.what == TRUNCATE:
        if len(content) < act.place:
            content.extend(bytes(act.place - len(content)))
        del content[act.place :]
        return
    end = act.place + len(act.data)
    if len(content) < end:
        content.extend(bytes(end - len(content)))
    if chance is None:
        content[act.place : end] = act.data
        return
    for begin in range(act.place // SECTOR * SECTOR, end, SECTOR):
        low, high = max(begin, act.place), min(begin + SECTOR, end)
        if chance.random() < 0.5:
            content[low:high] = act.data[low - act.place : high - act.place]


class Disk:
    """A disk on which a book is played."""

    def __init__(self, *, lies: bool = False) -> None:
        """With `lies` the disk says that it synced and did not: what nothing can be safe on."""
        self._files: dict[str, Platter] = {}
        self._lies = lies

    def do(self, act: Act) -> None:
        """Do what was asked."""
        file = self._files.get(act.name)
        if act.what == DELETE:
            if file is not None and act.place:
                del self._files[act.name]
            elif file is not None:
                file.gone = True
            return
        if file is None or file.gone:
            file = self._files[act.name] = Platter()
        if act.what in (WRITE, TRUNCATE):
            file.since.append(act)
        elif act.what == SYNC and not self._lies:
            if not file.exists and act.name.endswith(NEW_NAMES):
                self._files = {name: file for name, file in self._files.items() if not file.gone}
            file.sync()

    def cut(self, folder: Path, chance: random.Random) -> None:
        """Write what there is after a power cut at this moment to a folder."""
        how = chance.choice(("nothing", "everything", "some", "torn"))
        folder.mkdir(parents=True)
        for name, file in self._files.items():
            if file.gone and chance.random() < 0.5:
                continue
            content = bytearray(file.safe)
            acts = list(file.since)
            if how in ("some", "torn"):
                chance.shuffle(acts)
                acts = [act for act in acts if chance.random() < 0.6]
            for act in () if how == "nothing" else acts:
                _put(content, act, chance if how == "torn" and chance.random() < 0.5 else None)
            if content or file.exists:
                (folder / name).write_bytes(content)
