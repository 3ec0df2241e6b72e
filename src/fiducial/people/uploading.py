"""Files that administrators upload (spec 09.8): kept under a random name, known by what is in them, not by what they are called."""

from __future__ import annotations

import re

from sqlalchemy import select

from fiducial.kit.acting import OPEN, action, query
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.tx import Tx
from fiducial.people.config_shapes import UploadFacts
from fiducial.people.tables import uploads

MEDIA = {"png": "image/png", "jpg": "image/jpeg", "webp": "image/webp", "pdf": "application/pdf"}
NAME = re.compile(r"[0-9a-f]{32}\.(?:png|jpg|webp|pdf)")


def kind_of(content: bytes) -> str:
    """Give png, jpg, webp or pdf by the content; refuses VALIDATION_ERROR for anything else."""
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    if content.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content.startswith(b"%PDF-"):
        return "pdf"
    raise bad_field("file", Said(zh="只接受 PNG、JPEG、WebP、PDF", en="only PNG, JPEG, WebP and PDF are taken"))


@action("system:config", audit="SYSTEM_UPLOAD", entity="SYSTEM_CONFIG")
def keep_upload(tx: Tx, name: str, original: str, size: int, digest: str) -> UploadFacts:
    """Note a file that stands in the data folder already."""
    media = MEDIA[name.rpartition(".")[2]]
    tx.run(uploads.insert().values(
        id=tx.new_id(), name=name, original=original, media=media, size=size, sha256=digest, uploaded_by=tx.actor.id, uploaded_at=tx.now,
    ))  # fmt: skip
    tx.record(name, file=original, size=size, sha256=digest)
    return {"name": name, "url": f"/uploads/{name}", "mediaType": media, "size": size, "sha256": digest}


@query(OPEN)
def media_of(tx: Tx, name: str) -> tuple[str, str]:
    """Give media type and original name of an upload; refuses NOT_FOUND. Its random name is what admits to it."""
    row = tx.first(select(uploads.c.media, uploads.c.original).where(uploads.c.name == name))
    if row is None:
        raise Refused("NOT_FOUND")
    return row.media, row.original
