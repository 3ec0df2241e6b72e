"""The doors of photos: a picture is made of what was sent before the lane; without its row its file is taken away again."""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from pathlib import Path

from fastapi import Request
from starlette.responses import FileResponse, Response

from fiducial.kit import files
from fiducial.kit.http.door import Doors, answer, caller_of, refuse_parameters
from fiducial.kit.http.shapes import path_text
from fiducial.kit.http.upload import UPLOAD_LIMIT, upload_of
from fiducial.kit.refusals import Refused
from fiducial.quality.photos.keeping import NewPhoto, PhotoSent, add_photo, file_of_photo, is_kept, must_reach_defect
from fiducial.quality.photos.picture import MEDIA, picture_of

_one_at_a_time = asyncio.Semaphore(1)  # a picture takes a tenth of a second of a core, and the stations come first


async def _add(request: Request) -> Response:
    defect_id = path_text(request.path_params["defectId"])
    await request.app.state.store.read(caller_of(request), must_reach_defect, defect_id)
    sent = await upload_of(request, caller_of(request), add_photo, PhotoSent, limit=UPLOAD_LIMIT)
    async with _one_at_a_time:
        picture = await asyncio.to_thread(picture_of, sent.content)
    name = f"{secrets.token_hex(16)}.jpg"
    file = _folder(request) / name
    await asyncio.to_thread(files.keep, file, picture.content)
    photo = NewPhoto(
        name, picture.width, picture.height, len(picture.content), hashlib.sha256(picture.content).hexdigest()
    )
    try:
        kept = await request.app.state.store.write(sent.caller, add_photo, defect_id, photo)
    except BaseException:
        file.unlink(missing_ok=True)
        raise
    if not await request.app.state.store.read(caller_of(request), is_kept, name):
        file.unlink(missing_ok=True)  # the same picture stands there under another name
    return answer(kept)


async def _photo(request: Request) -> Response:
    refuse_parameters(request)
    parts = [path_text(request.path_params[name]) for name in ("defectId", "photoId")]
    name = await request.app.state.store.read(caller_of(request), file_of_photo, *parts)
    file = _folder(request) / name
    if not file.is_file():
        raise Refused("NOT_FOUND")
    headers = {"Content-Disposition": "inline", "Cache-Control": "no-store"}  # the right to it may end
    return FileResponse(file, media_type=MEDIA, headers=headers)


def _folder(request: Request) -> Path:
    """Give where uploads stand (spec 09.8); a photo has no row there, so it is served by these doors alone."""
    folder: Path = request.app.state.environment.app_data_dir
    return folder / "uploads"


def open_photo_doors(doors: Doors) -> None:
    """Open the doors of photos."""
    doors.custom("POST", "/api/defects/{defectId}/photos", add_photo, _add, upload=PhotoSent)
    doors.custom("GET", "/api/defects/{defectId}/photos/{photoId}", file_of_photo, _photo, file=(MEDIA,))
