"""The shape of an inspection machine's result (spec 08.3.6)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import orjson
from pydantic import AfterValidator, Field

from fiducial.kit.http.shapes import Body, Key
from fiducial.kit.refusals import Said
from fiducial.plant.pushes import Push, words

MOST_RAW_BYTES, MOST_DEFECTS = 64 * 1024, 200


def _texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _texts(inner)]
    if isinstance(value, list):
        return [text for inner in value for text in _texts(inner)]
    return [value] if isinstance(value, str) else []


def _raw(value: dict[str, Any]) -> dict[str, Any]:
    if len(orjson.dumps(value)) > MOST_RAW_BYTES:
        raise ValueError(Said(zh="最大 64 KiB", en="at most 64 KiB"))
    for text in _texts(value):
        scheme, colon, rest = text.partition("://")
        if colon and rest and scheme.isalpha() and scheme.lower() not in ("http", "https"):
            raise ValueError(Said(zh="链接只能是 http 或 https", en="links must be http or https"))
    return value


class FoundDefect(Body):
    """One fault that a machine found."""

    code: Key
    location: Annotated[str, words(1, 64)] | None = None
    description: Annotated[str, words(1, 500)] | None = None
    qty: Annotated[int, Field(ge=1, le=9999)] = 1


class InspectionResult(Push):
    """What a machine, or a person in its place, says of a board."""

    run_no: Key | None = None
    station_code: Key | None = None
    unit_sn: Key | None = None
    step_no: Annotated[int, Field(ge=1, le=100_000)] | None = None
    track_id: Key | None = None
    inspection_type: Literal["SPI", "AOI"]
    result: Literal["PASS", "FAIL"]
    defects: Annotated[list[FoundDefect], Field(max_length=MOST_DEFECTS)] = []
    remark: Annotated[str, words(4, 500)] | None = None
    raw_data: Annotated[dict[str, Any], AfterValidator(_raw)] | None = None
