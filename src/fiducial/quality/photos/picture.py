"""A photo as it is kept: judged by what is in it, turned upright, made small, and written anew, so that nothing but the picture
stays of the file that was sent. A camera's place, time, name and thumbnail (EXIF, XMP, IPTC) go, and so does whatever was hidden in it.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from fiducial.kit.refusals import Said, bad_field

TAKEN = ("JPEG", "PNG", "WEBP")
LARGEST_SIDE, SMALLEST_SIDE = 2048, 16
MOST_PIXELS = 60_000_000  # what the cameras of telephones make; a file of few bytes may claim far more
QUALITY = 85
MEDIA = "image/jpeg"
NO_PHOTO = Said(zh="只接受 JPEG、PNG、WebP 照片", en="only JPEG, PNG and WebP photos are taken")
TOO_MANY_PIXELS = Said(
    zh=f"照片最多 {MOST_PIXELS // 1_000_000} 百万像素", en=f"at most {MOST_PIXELS // 1_000_000} million pixels"
)
TOO_SMALL = Said(zh=f"照片每边至少 {SMALLEST_SIDE} 像素", en=f"at least {SMALLEST_SIDE} pixels on each side")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as it is kept: a JPEG with its size in pixels."""

    content: bytes
    width: int
    height: int


def picture_of(content: bytes) -> Picture:
    """Give the picture of a file that was sent. Refuses VALIDATION_ERROR for `file`: no photo, too many pixels, too few. Slow: not in the lane."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=TAKEN) as sent:
                if sent.width * sent.height > MOST_PIXELS:
                    raise bad_field("file", TOO_MANY_PIXELS)
                if min(sent.size) < SMALLEST_SIDE:
                    raise bad_field("file", TOO_SMALL)
                sent.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))
                return _written(ImageOps.exif_transpose(sent))
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise bad_field("file", TOO_MANY_PIXELS) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError, OverflowError):
        raise bad_field("file", NO_PHOTO) from None


def _written(sent: Image.Image) -> Picture:
    upright = sent.convert("RGBA") if sent.mode in ("RGBA", "LA", "P", "PA") else sent.convert("RGB")
    upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE), Image.Resampling.LANCZOS)
    if upright.mode == "RGBA":
        ground = Image.new("RGB", upright.size, "white")
        ground.paste(upright, mask=upright.getchannel("A"))
        upright = ground
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    made = io.BytesIO()
    clean.save(made, "JPEG", quality=QUALITY, optimize=True)
    return Picture(made.getvalue(), *clean.size)
