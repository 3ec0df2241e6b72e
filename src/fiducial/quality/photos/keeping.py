"""Adding a photo to a defect, and reading it. The specification names no endpoint for them; these stand beside the defect's own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import func, select

from fiducial.kit import clock, ids
from fiducial.kit.acting import action, query
from fiducial.kit.http.shapes import Body
from fiducial.kit.refusals import Refused, Said, bad_field
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs
from fiducial.people.reach import must_reach_line
from fiducial.plant.lookup import line_of_id
from fiducial.quality import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.quality.answers import Photo
from fiducial.quality.tables import defect_photos, defects

MAY_ADD = ("quality:disposition", "quality:record")
MAY_SEE = ("quality:disposition", "trace:read")
MOST_PHOTOS = 10
TOO_MANY = Said(zh=f"每条不良最多 {MOST_PHOTOS} 张照片", en=f"at most {MOST_PHOTOS} photos of one defect")


class PhotoSent(Body):
    """Nothing beside the file."""


def the_defect(tx: Tx, defect_id: str, *permissions: str) -> Any:
    """Give `id defect_no run_id line_id` of a defect by its id or number. Refuses DEFECT_NOT_FOUND, FORBIDDEN."""
    key = ids.from_wire(defect_id)
    named = defects.c.id == key if key is not None else defects.c.defect_no == defect_id
    row = tx.first(
        select(defects.c.id, defects.c.defect_no, defects.c.code, defects.c.code_name, defects.c.run_id, defects.c.station_code, runs.c.line_id)
        .join_from(defects, runs, runs.c.id == defects.c.run_id).where(named)
    )  # fmt: skip
    if row is None:
        raise Refused("DEFECT_NOT_FOUND", defectId=defect_id)
    must_reach_line(tx, row.line_id, *permissions)
    return row


@dataclass(frozen=True, slots=True)
class NewPhoto:
    """A picture that stands in the data folder: the name of its file, its size in pixels and bytes, and its digest."""

    name: str
    width: int
    height: int
    size: int
    sha256: str


@action(*MAY_ADD, audit="DEFECT_PHOTO_ADD", entity="DEFECT", key="defect_id")
def add_photo(tx: Tx, defect_id: str, photo: NewPhoto) -> Photo:
    """Note a picture that stands in the data folder already. The same picture again is the photo that is there.

    Refuses DEFECT_NOT_FOUND, FORBIDDEN, VALIDATION_ERROR beyond ten photos.
    """
    row = the_defect(tx, defect_id, *MAY_ADD)
    tx.first(select(defects.c.id).where(defects.c.id == row.id).with_for_update())  # who counts the photos counts alone
    mine = defect_photos.c.defect_id == row.id
    there = tx.first(select(defect_photos).where(mine, defect_photos.c.sha256 == photo.sha256))
    if there is not None:
        tx.unrecorded()
        return photo_shown(there)
    if int(tx.scalar(select(func.count()).select_from(defect_photos).where(mine)) or 0) >= MOST_PHOTOS:
        raise bad_field("file", TOO_MANY)
    key = tx.new_id()
    tx.run(defect_photos.insert().values(
        id=key, defect_id=row.id, added_by=tx.actor.id, added_by_name=tx.actor.name, added_at=tx.now, **asdict(photo),
    ))  # fmt: skip
    line = line_of_id(tx, row.line_id)
    tx.record(
        row.defect_no,
        key=row.id,
        line=line.code if line else None,
        station=row.station_code,
        sha256=photo.sha256,
        size=photo.size,
    )
    return photo_shown(tx.one(select(defect_photos).where(defect_photos.c.id == key)))


@query(*MAY_SEE)
def file_of_photo(tx: Tx, defect_id: str, photo_id: str) -> str:
    """Give the name of the file of a photo. Refuses DEFECT_NOT_FOUND, FORBIDDEN, NOT_FOUND."""
    row = the_defect(tx, defect_id, *MAY_SEE)
    named = defect_photos.c.id == (ids.from_wire(photo_id) or -1)
    found = tx.scalar(select(defect_photos.c.name).where(named, defect_photos.c.defect_id == row.id))
    if found is None:
        raise Refused("NOT_FOUND")
    return str(found)


@query(*MAY_ADD)
def must_reach_defect(tx: Tx, defect_id: str) -> None:
    """Refuse DEFECT_NOT_FOUND, FORBIDDEN: asked before a file is read."""
    the_defect(tx, defect_id, *MAY_ADD)


@query(*MAY_ADD)
def is_kept(tx: Tx, name: str) -> bool:
    """Tell whether a file of the data folder is a photo."""
    return tx.first(select(defect_photos.c.id).where(defect_photos.c.name == name)) is not None


def photos_of(tx: Tx, defect_ids: Sequence[int]) -> dict[int, list[Photo]]:
    """Give the photos of each defect that has any, oldest first."""
    found = dict[int, list[Photo]]()
    for row in tx.all(
        select(defect_photos).where(defect_photos.c.defect_id.in_(defect_ids)).order_by(defect_photos.c.id)
    ):
        found.setdefault(row.defect_id, []).append(photo_shown(row))
    return found


def photo_shown(row: Any) -> Photo:
    """Give a photo as it stands on the wire."""
    return {
        "id": ids.to_wire(row.id), "url": f"/api/defects/{ids.to_wire(row.defect_id)}/photos/{ids.to_wire(row.id)}", "width": row.width,
        "height": row.height, "size": row.size, "sha256": row.sha256, "addedBy": ids.wire_or_none(row.added_by),
        "addedByName": row.added_by_name, "addedAt": clock.to_wire(row.added_at),
    }  # fmt: skip
