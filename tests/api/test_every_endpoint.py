"""The API keeps its word: whatever is sent, the answer is one that its description names, in the shape it describes.

schemathesis makes the requests from the description, right ones and wrong ones; half of them name what is there. A short
run here, a long one in `make soak`.
"""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Mapping
from typing import Any

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from schemathesis.checks import load_all_checks
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi import checks
from tests.api.filled import REQUIRED_QUERY, Stand
from tests.api.samples import right as right_parts
from tests.api.samples import sample
from tests.api.web import HERE

from fiducial import __version__
from fiducial.app import entrances
from fiducial.kit.http.describe import describe
from fiducial.kit.http.door import Entrance

load_all_checks()
DESCRIPTION = describe(entrances(), title="fiducial", version=__version__)


def closed(schema: Any) -> None:
    """What an answer holds and the description does not name is a surprise too; bodies are closed already."""
    if isinstance(schema, dict):
        if "properties" in schema and schema.get("type") == "object":
            schema.setdefault("additionalProperties", False)
        for inner in schema.values():
            closed(inner)
    elif isinstance(schema, list):
        for inner in schema:
            closed(inner)


closed(DESCRIPTION)
SCHEMA = schemathesis.openapi.from_dict(DESCRIPTION)
CHECKS = [
    schemathesis.checks.not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
]
DOORS = entrances()
FEW, MANY = 8, 400
WHO = ("authorization", "cookie")  # who asks is said by the test, and is not made up


def named(door: Entrance) -> str:
    return f"{door.method} {door.path}"


def asked(stand: Stand, door: Entrance, case: schemathesis.Case, headers: Mapping[str, str]) -> None:
    """Send what was made and hold the answer to the description."""
    sent = case.as_transport_kwargs(base_url=HERE)
    made = {name: value for name, value in (sent.get("headers") or {}).items() if name.lower() not in WHO}
    answer = asyncio.run(_send(stand, sent, {**made, **headers}))
    case.validate_response(answer, checks=CHECKS)


async def _send(stand: Stand, sent: dict[str, Any], headers: Mapping[str, str]) -> httpx.Response:
    transport = httpx.ASGITransport(stand.api.app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport) as client:
        request = client.build_request(
            sent["method"], sent["url"], params=sent.get("params"), json=sent.get("json"), content=sent.get("data"),
            headers=headers,
        )  # fmt: skip
        return await client.send(request)


def _name_what_is_there(stand: Stand, door: Entrance, case: schemathesis.Case) -> None:
    """Name, in two of three requests, things that exist: a name made up is refused before any rule is asked."""
    for name, value in (case.path_parameters or {}).items():
        if zlib.crc32(str(value).encode("utf-8", "replace")) % 3:
            case.path_parameters[name] = stand.there.part(door.path, name)
    if isinstance(case.body, dict) and door.body is not None:
        good = sample(door.body, stand.there)
        for name in list(case.body):
            if name in good and zlib.crc32(repr(case.body[name]).encode("utf-8", "replace")) % 3:
                case.body[name] = good[name]


def right(stand: Stand, door: Entrance) -> schemathesis.Case:
    """A request in which everything is in order."""
    parts, said = right_parts(door, stand.there)
    body = {"body": said, "media_type": "application/json"} if door.body else {}
    return SCHEMA[door.path][door.method].Case(path_parameters=parts, query=REQUIRED_QUERY.get(door.path, {}), **body)


def trial(door: Entrance, stand: Stand, *, examples: int) -> None:
    asked(stand, door, right(stand, door), stand.somebody("everyone").headers)
    operation = SCHEMA[door.path][door.method]
    made = st.one_of(
        operation.as_strategy(generation_mode=GenerationMode.POSITIVE),
        operation.as_strategy(generation_mode=GenerationMode.NEGATIVE),
    )

    @seed(20261121)
    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=False, phases=(Phase.generate,),
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=made)
    def ask(case: schemathesis.Case) -> None:
        _name_what_is_there(stand, door, case)
        asked(stand, door, case, stand.somebody("everyone").headers)

    ask()


@pytest.mark.parametrize("door", DOORS, ids=named)
def test_an_endpoint_answers_as_it_is_described(door: Entrance, filled: Stand) -> None:
    trial(door, filled, examples=FEW)


@pytest.mark.soak
@pytest.mark.parametrize("door", DOORS, ids=named)
def test_an_endpoint_answers_as_it_is_described_however_long_it_is_asked(door: Entrance, filled: Stand) -> None:
    trial(door, filled, examples=MANY)
