"""Verifying a backup from its archive: it is unpacked into a place of its own and asked everything that was asked when it was made."""

from __future__ import annotations

import tarfile
import tempfile
from pathlib import Path
from typing import Any

import orjson
import zstandard

from fiducial.kit import clock
from fiducial.ops.backups import places
from fiducial.ops.backups.checking import Facts, NotWhole, check_file
from fiducial.ops.backups.making import DATABASE, MANIFEST, VERIFYING, Progress, no_progress


def unpack(archive: Path, target: Path) -> dict[str, Any]:
    """Unpack an archive and give its manifest. Raises `NotWhole` when a part is missing or is not what the manifest says."""
    try:
        with (
            archive.open("rb") as stream,
            zstandard.ZstdDecompressor().stream_reader(stream) as plain,
            tarfile.open(fileobj=plain, mode="r|") as parts,
        ):
            parts.extractall(target, filter=_plain_file)  # noqa: S202 - data_filter and stricter
        manifest: Any = orjson.loads((target / MANIFEST).read_bytes())
    except (OSError, tarfile.TarError, zstandard.ZstdError, orjson.JSONDecodeError, EOFError) as fault:
        raise NotWhole(f"the archive cannot be read: {fault}") from None
    written = manifest["parts"] if isinstance(manifest, dict) and isinstance(manifest.get("parts"), dict) else {}
    found = {part.relative_to(target).as_posix() for part in target.rglob("*") if part.is_file()}
    if stray := sorted(found - {*written, MANIFEST}):
        raise NotWhole(f"{stray[0]} is not among what was written")
    for name in sorted({*written, DATABASE}):
        if name not in found or places.digest_of(target / name) != written.get(name):
            raise NotWhole(f"{name} is missing or was changed")
    return dict(manifest)


def _plain_file(member: tarfile.TarInfo, target: str) -> tarfile.TarInfo | None:
    """Let through what a backup is made of: files inside it, no link to anywhere."""
    if not member.isreg():
        raise NotWhole(f"{member.name} is no plain file")
    return tarfile.data_filter(member, target)


def verify(backup: places.Backup, *, progress: Progress = no_progress) -> dict[str, Any]:
    """Verify a backup, write beside it how that went, and give `{rows, auditHead}`. Raises `NotWhole`."""
    said = orjson.loads(places.beside_of(backup.path).read_bytes())
    try:
        facts = _verify(backup, progress)
    except NotWhole as fault:
        places.keep_beside(
            backup.path, said | {"verified": False, "verifiedAt": clock.to_wire(clock.now_ms()), "fault": str(fault)}
        )
        raise
    said.pop("fault", None)
    places.keep_beside(backup.path, said | {"verified": True, "verifiedAt": clock.to_wire(clock.now_ms())})
    progress(100)
    return {"rows": sum(facts.rows.values()), "auditHead": {"seq": facts.audit_seq, "hash": facts.audit_hash}}


def _verify(backup: places.Backup, progress: Progress) -> Facts:
    if places.digest_of(backup.path) != backup.sha256:
        raise NotWhole("the archive is not the file that was written: its SHA-256 differs")
    progress(20)
    if backup.path.suffix == ".dump":
        head = backup.manifest["auditHead"]
        return Facts(dict(backup.manifest["rows"]), backup.manifest["installation"], head["seq"], head["hash"])
    with tempfile.TemporaryDirectory(dir=backup.path.parent, prefix=VERIFYING) as apart:
        manifest = unpack(backup.path, Path(apart))
        progress(60)
        facts = check_file(Path(apart) / DATABASE)
    if facts.rows != manifest["rows"]:
        wrong = [name for name, count in manifest["rows"].items() if facts.rows.get(name) != count]
        raise NotWhole(f"other numbers of rows than the manifest says: {', '.join(wrong[:5])}")
    if (facts.audit_seq, facts.audit_hash) != (manifest["auditHead"]["seq"], manifest["auditHead"]["hash"]):
        raise NotWhole("the end of the audit book is not the one in the manifest")
    return facts
