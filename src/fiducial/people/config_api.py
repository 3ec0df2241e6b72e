"""Doors of settings, branding and uploads (spec 09.8)."""

from __future__ import annotations

import asyncio
import secrets
from pathlib import Path
from urllib.parse import quote

from fastapi import Request
from starlette.responses import FileResponse, Response

from fiducial.kit import files
from fiducial.kit.http.door import Doors, answer, caller_of, refusal_answer
from fiducial.kit.http.upload import UPLOAD_LIMIT, upload_of
from fiducial.kit.refusals import Refused
from fiducial.people import config_shapes, configuring, uploading


async def _upload(request: Request) -> Response:
    """Write the file before the lane; without its row it is nothing, and is taken away again. Or keep it in the row (UPLOADS_IN_DB)."""
    sent = await upload_of(
        request, caller_of(request), uploading.keep_upload, config_shapes.UploadAsked, limit=UPLOAD_LIMIT
    )
    name = f"{secrets.token_hex(16)}.{uploading.kind_of(sent.content)}"
    file, content = _folder(request) / name, None
    if request.app.state.environment.uploads_in_db:
        content = sent.content
    else:
        await asyncio.to_thread(files.keep, file, sent.content)
    try:
        new = uploading.NewUpload(name, sent.name, len(sent.content), sent.digest.hex(), content)
        return answer(await request.app.state.store.write(sent.caller, uploading.keep_upload, new))
    except BaseException:
        file.unlink(missing_ok=True)
        raise


def _folder(request: Request) -> Path:
    folder: Path = request.app.state.environment.app_data_dir
    return folder / "uploads"


async def _served(request: Request) -> Response:
    caller, name = caller_of(request), request.path_params["name"]
    try:
        media, original, content = await request.app.state.store.read(caller, uploading.media_of, name)
        file = _folder(request) / name
        if not uploading.NAME.fullmatch(name) or (content is None and not file.is_file()):
            raise Refused("NOT_FOUND")
    except Refused as refused:
        return refusal_answer(refused, caller.language)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(original or name, safe='')}",
        "Cache-Control": "private, max-age=31536000, immutable",
    }
    if content is not None:
        return Response(content, media_type=media, headers=headers)
    return FileResponse(file, media_type=media, headers=headers)


def open_config_doors(doors: Doors) -> None:
    """Open the doors of settings."""
    doors.get("/api/system/config", configuring.list_settings)
    doors.patch("/api/system/config/{key}", configuring.change_setting, config_shapes.SettingChange)
    doors.get("/api/system/config/{key}/history", configuring.setting_history)
    doors.post("/api/system/config/{key}/rollback", configuring.roll_back, config_shapes.Rollback)
    doors.get("/api/system/branding", configuring.branding)
    doors.custom("POST", "/api/system/upload", uploading.keep_upload, _upload, upload=config_shapes.UploadAsked)
    doors.router.add_route("/uploads/{name}", _served, methods=["GET"], include_in_schema=False)
