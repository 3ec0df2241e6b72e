"""Photos of faults: what is taken, what stays of it, who may add and who may look; and the places that a board offers."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image
from sqlalchemy import select
from tests.api.plant import STATIONS, Plant
from tests.api.quality_floor import Quality
from tests.api.test_exports import taken
from tests.api.uploads import picture, sent
from tests.api.web import Api

from fiducial.kit.http.upload import UPLOAD_LIMIT
from fiducial.quality.photos.keeping import MOST_PHOTOS
from fiducial.quality.photos.picture import LARGEST_SIDE
from fiducial.quality.tables import defect_photos

SECRET = b"Hangzhou 30.27 N 120.15 E"


@pytest.fixture
def floor(plant: Plant) -> Quality:
    return Quality(plant)


def with_place(size: tuple[int, int] = (64, 48), *, turned: bool = False) -> bytes:
    """A photo as a telephone makes it: with the place in its EXIF, perhaps lying on its side."""
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    if turned:
        exif[0x0112] = 6
    return picture(size=size, exif=exif, comment=SECRET)


def defect(floor: Quality) -> str:
    (sn,) = floor.sns(floor.running(units=1))
    return str(floor.quality.post("/api/defects", {"unitSn": sn, "code": "A3"}).must()["id"])


def add(who: Api, key: str, content: bytes, name: str = "IMG_0001.jpg") -> Any:
    return sent(who, f"/api/defects/{key}/photos", content, name=name)


def looked_at(who: Api, url: str) -> httpx.Response:
    return taken(who, url)


def folder(floor: Quality) -> Path:
    return Path(floor.api.app.state.environment.app_data_dir) / "uploads"


def test_a_photo_is_kept_without_what_the_camera_wrote_into_it(floor: Quality) -> None:
    key = defect(floor)
    content = with_place()
    assert SECRET in content
    photo = add(floor.quality, key, content).must()
    seen = looked_at(floor.quality, photo["url"])
    assert (seen.status_code, seen.headers["content-type"]) == (200, "image/jpeg")
    assert SECRET not in seen.content
    assert b"Exif" not in seen.content
    with Image.open(io.BytesIO(seen.content)) as kept:
        assert not kept.getexif()
        assert kept.size == (photo["width"], photo["height"]) == (64, 48)
    assert seen.headers["x-content-type-options"] == "nosniff"
    (shown,) = floor.quality.get(f"/api/defects/{key}").must()["photos"]
    assert (shown["id"], shown["addedByName"]) == (photo["id"], "王质量")
    assert floor.entries("DEFECT_PHOTO_ADD") == ["DEFECT_PHOTO_ADD"]


def test_a_photo_that_lies_on_its_side_is_turned_and_a_large_one_made_small(floor: Quality) -> None:
    key = defect(floor)
    assert add(floor.quality, key, with_place((40, 20), turned=True)).must()["height"] == 40
    large = add(floor.quality, key, picture(size=(5000, 1000))).must()
    assert (large["width"], large["height"]) == (LARGEST_SIDE, round(LARGEST_SIDE / 5))


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_what_cameras_and_screens_make_is_taken_whatever_it_is_called(floor: Quality, kind: str) -> None:
    assert add(floor.quality, defect(floor), picture(kind), name="photo.txt").must()["width"] == 64


def _png_that_claims(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"\0" * 100)) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [
        b"", b"hello", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", b"%PDF-1.7", picture("GIF"), picture("BMP"),
        picture()[:200], b"\xff\xd8\xff" + b"\0" * 100, _png_that_claims(60_000, 60_000), _png_that_claims(9_000, 9_000), picture(size=(8, 8)),
    ],
    ids=["nothing", "text", "svg", "pdf", "gif", "bmp", "cut off", "a jpeg by its first bytes", "a bomb", "too many pixels", "too small"],
)  # fmt: skip
@pytest.mark.one_engine
def test_what_is_no_photo_is_refused_and_leaves_nothing(floor: Quality, content: bytes) -> None:
    refused = add(floor.quality, defect(floor), content)
    assert (refused.status, refused.code, refused.field_paths) == (422, "VALIDATION_ERROR", ["file"])
    assert not folder(floor).exists() or not list(folder(floor).iterdir())


def test_a_file_that_is_too_large_is_refused(floor: Quality) -> None:
    refused = add(floor.quality, defect(floor), b"\xff\xd8\xff" + b"\0" * UPLOAD_LIMIT)
    assert (refused.status, refused.code) == (413, "PAYLOAD_TOO_LARGE")


def test_the_same_picture_twice_is_one_photo_and_the_eleventh_is_refused(floor: Quality) -> None:
    key = defect(floor)
    first = add(floor.quality, key, picture(colour="#000001")).must()
    assert add(floor.quality, key, picture(colour="#000001")).must()["id"] == first["id"]
    for number in range(1, MOST_PHOTOS):
        add(floor.quality, key, picture(colour=f"#{number * 20:02x}0000")).must()
    refused = add(floor.quality, key, picture(colour="#0000ff"))
    assert (refused.code, refused.field_paths) == ("VALIDATION_ERROR", ["file"])
    assert len(floor.rows(select(defect_photos))) == MOST_PHOTOS == len(list(folder(floor).iterdir()))


def test_a_repeat_with_the_same_key_is_answered_from_the_first(floor: Quality) -> None:
    key, content = defect(floor), picture()
    path = f"/api/defects/{key}/photos"
    first = sent(floor.quality, path, content, name="a.jpg", key="photo-1").must()
    assert sent(floor.quality, path, content, name="a.jpg", key="photo-1").must()["id"] == first["id"]
    assert (
        sent(floor.quality, path, picture(colour="blue"), name="a.jpg", key="photo-1").code == "IDEMPOTENCY_KEY_REUSED"
    )


def test_who_may_add_and_who_may_look(floor: Quality) -> None:
    key = defect(floor)
    recorder, reader = floor.plant.holder("quality:record"), floor.plant.holder("trace:read")
    photo = add(recorder, key, picture()).must()
    assert add(reader, key, picture(colour="blue")).code == "FORBIDDEN"
    assert looked_at(reader, photo["url"]).status_code == 200
    assert looked_at(recorder, photo["url"]).status_code == 403
    assert looked_at(floor.api.nobody, photo["url"]).status_code == 401
    far = {"scope": "ASSIGNED_LINES", "lineCodes": ["LINE-FAR"]}
    assert looked_at(floor.plant.holder("trace:read", **far), photo["url"]).status_code == 403
    assert add(floor.plant.holder("quality:record", **far), key, picture(colour="green")).code == "FORBIDDEN"


def test_a_photo_is_found_under_its_own_fault_alone_and_not_among_the_public_files(floor: Quality) -> None:
    one, other = defect(floor), defect(floor)
    photo = add(floor.quality, one, picture()).must()
    assert looked_at(floor.quality, photo["url"].replace(one, other)).status_code == 404
    assert looked_at(floor.quality, f"/api/defects/{one}/photos/none").status_code == 404
    (name,) = (row.name for row in floor.rows(select(defect_photos.c.name)))
    assert (folder(floor) / name).is_file()
    assert looked_at(floor.quality, f"/uploads/{name}").status_code == 404
    (folder(floor) / name).unlink()
    assert looked_at(floor.quality, photo["url"]).status_code == 404
    assert add(floor.quality, "D-20260101-0001", picture()).code == "DEFECT_NOT_FOUND"


def test_a_refused_photo_leaves_no_file(floor: Quality) -> None:
    assert add(floor.quality, "D-20260101-0001", picture()).code == "DEFECT_NOT_FOUND"
    assert not folder(floor).exists() or not list(folder(floor).iterdir())


@pytest.mark.one_engine
def test_photos_are_shown_with_the_fault_and_in_the_trace(floor: Quality) -> None:
    key = defect(floor)
    photo = add(floor.quality, key, picture()).must()
    assert photo["url"] in floor.quality.get(f"/defects/{key}").text
    sn = floor.quality.get(f"/api/defects/{key}").must()["sn"]
    (traced,) = floor.api.as_("trace").get(f"/api/trace/units/{sn}").must()["defects"]
    assert [one["id"] for one in traced["photos"]] == [photo["id"]]
    assert photo["url"] in floor.api.as_("trace").get(f"/trace/units/{sn}", tab="quality").text


@pytest.mark.one_engine
def test_whoever_only_records_adds_photos_without_seeing_what_was_decided(floor: Quality) -> None:
    key, recorder = defect(floor), floor.plant.holder("quality:record")
    assert f"/api/defects/{key}/photos" in recorder.get(f"/defects/{key}/photo").text
    assert recorder.get(f"/defects/{key}").status == 403
    photo = add(recorder, key, picture()).must()
    shown = recorder.with_headers(accept_language="en").get(f"/defects/{key}/photo").text
    assert "1 photo is kept." in shown
    assert photo["url"] not in shown


# ---- places on the board


@pytest.fixture
def placed(floor: Quality) -> Quality:
    """A board whose slots say where their parts sit."""
    engineer = floor.api.as_("engineer")
    slot = engineer.post("/api/lines/LINE-A/feeder-slots", {"slotCode": "1F-01", "position": 1}).must()
    part = floor.plant.material()["code"]
    body = {"slotId": slot["id"], "materialCode": part, "productCode": "P-1", "refDes": ["R10", "R2", "C1"]}
    made = engineer.post("/api/slot-mappings", body)
    made.must()
    return floor


@pytest.mark.one_engine
def test_the_place_of_a_fault_is_picked_from_the_designators_of_the_board(placed: Quality) -> None:
    (sn,) = placed.sns(placed.running(units=1))
    part = placed.quality.get("/defects/dialogs/places", unitSn=sn).text
    places = [part.index(f'<option value="{name}">') for name in ("C1", "R2", "R10")]
    assert places == sorted(places), "R2 before R10"
    assert 'value="R2"' in placed.quality.get("/defects/dialogs/new", sn=sn).text
    assert "<option" not in placed.quality.get("/defects/dialogs/places", unitSn="SN-NONE").text
    placed.come_in(sn).must()
    assert 'value="R10"' in placed.operator.get(f"/execution/{STATIONS[0]}/panel", sn=sn).text


def test_a_place_that_nobody_knows_may_be_written_all_the_same(placed: Quality) -> None:
    (sn,) = placed.sns(placed.running(units=1))
    body = {"unitSn": sn, "code": "A3", "location": "左上角 / edge"}
    assert placed.quality.post("/api/defects", body).must()["location"] == "左上角 / edge"
