"""Files that administrators upload (spec 09.8): kept under a random name, known by what is in them, not by what they are called."""

from __future__ import annotations

import re
from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class NewUpload:
    """A file that came: the random name it has now, what it was called, and its content where the database is to keep it."""

    name: str
    original: str
    size: int
    sha256: str
    content: bytes | None = None


@action("system:config", audit="SYSTEM_UPLOAD", entity="SYSTEM_CONFIG")
def keep_upload(tx: Tx, new: NewUpload) -> UploadFacts:
    """Note a file that stands in the data folder already, or keep it in the database (UPLOADS_IN_DB)."""
    media = MEDIA[new.name.rpartition(".")[2]]
    tx.run(uploads.insert().values(
        id=tx.new_id(), name=new.name, original=new.original, media=media, size=new.size, sha256=new.sha256, content=new.content,
        uploaded_by=tx.actor.id, uploaded_at=tx.now,
    ))  # fmt: skip
    tx.record(new.name, file=new.original, size=new.size, sha256=new.sha256)
    return {"name": new.name, "url": f"/uploads/{new.name}", "mediaType": media, "size": new.size, "sha256": new.sha256}


@query(OPEN)
def media_of(tx: Tx, name: str) -> tuple[str, str, bytes | None]:
    """Give media type, original name and, if the database keeps it, content of an upload; refuses NOT_FOUND.

    Its random name is what admits to it.
    """
    row = tx.first(select(uploads.c.media, uploads.c.original, uploads.c.content).where(uploads.c.name == name))
    if row is None:
        raise Refused("NOT_FOUND")
    return row.media, row.original, row.content
