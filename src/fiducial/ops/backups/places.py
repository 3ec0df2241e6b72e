"""Where backups lie and what is known of each without opening it: its name, its manifest and whether it was verified."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from fiducial.kit.files import put_whole

NAME = re.compile(
    r"fiducial-(?P<installation>[0-9a-f]{8})-(?P<at>\d{8}T\d{6}Z)-(?P<schema>\w+?)(?P<tag>-preupgrade)?\.(tar\.zst|dump)"
)
PRE_UPGRADE = "-preupgrade"
STAMP = "%Y%m%dT%H%M%SZ"
PIECE = 1024 * 1024
PRE_UPGRADE_DAYS = 30


@dataclass(frozen=True, slots=True)
class Backup:
    """One backup: its file, what it says of itself, and what was said of it since."""

    path: Path
    at: datetime
    manifest: Mapping[str, Any]
    sha256: str
    verified_at: str | None
    verified: bool | None  # None: nobody has looked

    @property
    def name(self) -> str:
        """Give the name by which it is asked for."""
        return self.path.name

    @property
    def pre_upgrade(self) -> bool:
        """Tell whether it was made before an upgrade."""
        return PRE_UPGRADE in self.path.name

    def on_wire(self) -> dict[str, Any]:
        """Give it as it stands on the wire."""
        return {
            "name": self.name, "createdAt": self.at.isoformat().replace("+00:00", "Z"), "bytes": self.path.stat().st_size,
            "sha256": self.sha256, "place": str(self.path.parent), "preUpgrade": self.pre_upgrade, "verified": self.verified,
            "verifiedAt": self.verified_at, "manifest": dict(self.manifest),
        }  # fmt: skip


def known(folder: Path) -> list[Backup]:
    """Give the backups of a folder, newest first; what has no manifest beside it is none."""
    if not folder.is_dir():
        return []
    found = [backup for path in folder.iterdir() if (backup := read(path)) is not None]
    return sorted(found, key=lambda one: (one.at, one.name), reverse=True)


def find(folder: Path, name: str) -> Backup | None:
    """Give the backup of a name; None when there is none. A name that is no backup's names nothing, wherever it leads."""
    return read(folder / name) if NAME.fullmatch(name) else None


def read(path: Path) -> Backup | None:
    """Give a backup by its file; None when that is none."""
    named, beside = NAME.fullmatch(path.name), beside_of(path)
    if named is None or not path.is_file() or not beside.is_file():
        return None
    try:
        said = orjson.loads(beside.read_bytes())
    except orjson.JSONDecodeError:  # the power failed while it was written: the others are still to be found
        return None
    at = datetime.strptime(named["at"], STAMP).replace(tzinfo=UTC)
    return Backup(path, at, said["manifest"], said["sha256"], said.get("verifiedAt"), said.get("verified"))


def beside_of(path: Path) -> Path:
    """Give the file beside a backup that says what is in it."""
    return path.with_name(path.name + ".json")


def keep_beside(path: Path, said: Mapping[str, Any]) -> None:
    """Write the file beside a backup, whole or not at all."""
    put_whole(beside_of(path), orjson.dumps(said, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))


def digest_of(path: Path) -> str:
    """Give the SHA-256 of a file, in hexadecimal."""
    whole = sha256()
    with path.open("rb") as stream:
        while piece := stream.read(PIECE):
            whole.update(piece)
    return whole.hexdigest()


def to_be_pruned(backups: Sequence[Backup], now: datetime, *, daily: int, weekly: int, monthly: int) -> list[Backup]:
    """Give what the rules do not keep: the newest of each of the last days, weeks and months stays, and so does the newest good one,
    and one made before an upgrade for 30 days (spec 13.4)."""
    newest_first = sorted(backups, key=lambda one: one.at, reverse=True)
    kept = {one.name for one in newest_first if one.pre_upgrade and (now - one.at).days < PRE_UPGRADE_DAYS}
    ordinary = [one for one in newest_first if not one.pre_upgrade]
    kept |= {one.name for one in ordinary[:1]}
    kept |= {one.name for one in [one for one in ordinary if one.verified][:1]}
    for many, of in ((daily, "%Y-%m-%d"), (weekly, "%G-W%V"), (monthly, "%Y-%m")):
        seen: list[str] = []
        for one in ordinary:
            period = one.at.strftime(of)
            if period not in seen and len(seen) < many:
                seen.append(period)
                kept.add(one.name)
    return [one for one in newest_first if one.name not in kept]
