"""What nobody should send, sent to every endpoint: refused with path and reason in both languages, and nothing is written.

Made from the shapes, so an endpoint of tomorrow is tried too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from pydantic import ValidationError
from sqlalchemy import func, select
from tests.api.filled import REQUIRED_QUERY, Stand, file_format
from tests.api.plant import TEST
from tests.api.samples import places, put, sample
from tests.api.web import Answer, Api

from fiducial.app import METADATA, entrances
from fiducial.kit.acting import query
from fiducial.kit.http.door import Entrance
from fiducial.kit.tx import Tx

DOORS = entrances()
# The sign-out is tried with the others by hand: it ends the session that all tests of this file share.
WRITES = [door for door in DOORS if door.method != "GET" and not door.path.endswith("/sign-out")]
BODIES = [door for door in WRITES if door.body]
READS = [door for door in DOORS if door.method == "GET"]
LISTS = [door for door in READS if door.listing]
BOOK = re.compile("^(audit|outbox|event|session|idempotency|sign_in|rate|login)")  # what a refused attempt may leave
CHINESE = re.compile("[\u4e00-\u9fff]")

WRONG: tuple[Any, ...] = (12, -1.5, "text", "", True, [], {}, [[1]], {"$ne": 1}, None)
TOO_LONG = "x" * 5000
CONTROL = ("a\x00b", "a\x1bb", "a\x7fb", "a\u2028b", "a\u0085b")
HOSTILE = (
    "<script>alert(1)</script>",
    '\'; DROP TABLE "user"; --',
    "{{7*7}}${7*7}",
    "../../etc/passwd",
    "\u202eabc",
    "%00%0a",
    "🙂" * 3,
)


def named(door: Entrance) -> str:
    return f"{door.method} {door.path}"


@query("open")
def count_rows(tx: Tx) -> dict[str, int]:
    return {
        table.name: int(tx.scalar(select(func.count()).select_from(table)) or 0)
        for table in METADATA.sorted_tables
        if not BOOK.match(table.name)
    }


def rows(stand: Stand) -> dict[str, int]:
    return dict(stand.store.read_now(TEST, count_rows))


def in_both_languages(stand: Stand, door: Entrance, body: bytes) -> Iterator[tuple[str, Answer]]:
    for language in ("zh-CN", "en"):
        who = stand.api.as_("everyone").with_headers(accept_language=language)
        yield language, who.ask(door.method, stand.there.of(door), body)


def must_say(answer: Answer, language: str, what: str, *, path: str | None = None) -> None:
    """A refusal of the shape names each field and says why in the language asked for."""
    assert (answer.status, answer.code) == (422, "VALIDATION_ERROR"), f"{what}: {answer.status} {answer.text[:300]}"
    assert answer.details["fields"], what
    for field in answer.details["fields"]:
        assert set(field) >= {"path", "reason"}, what
        assert field["reason"], what
        said = CHINESE.search(field["reason"]) is not None
        assert said is (language == "zh-CN"), f"{what} in {language}: {field}"
    if path is not None:
        assert any(field["path"].startswith(path) for field in answer.details["fields"]), f"{what}: {answer.details}"


@pytest.mark.parametrize("door", BODIES, ids=named)
def test_a_body_that_is_not_an_object_is_refused(door: Entrance, shared: Stand) -> None:
    before = rows(shared)
    for body in (b"{", b"[]", b"[{}]", b"null", b'"text"', b"12", b"\xff\xfe", b"{'a': 1}", b'{"a": NaN}', b"\x00", b"{}{}", b"a=1&b=2",
                 b"[" * 2000, b'{"a":' * 2000):  # fmt: skip
        for language, answer in in_both_languages(shared, door, body):
            must_say(answer, language, repr(body[:20]))
    assert rows(shared) == before


@pytest.mark.parametrize("door", BODIES, ids=named)
def test_a_field_of_the_wrong_kind_is_refused_by_its_path(door: Entrance, shared: Stand) -> None:
    """What is wrong for a field, its shape knows; that it is said, and that nothing happened, is what is asked here."""
    assert door.body is not None
    good, before = sample(door.body, shared.there), rows(shared)
    for at, value in places(good):
        for wrong in (*WRONG, TOO_LONG):
            if type(wrong) is type(value) and not isinstance(wrong, str):
                continue
            body = json.dumps(put(good, at, wrong)).encode()
            try:
                door.body.model_validate_json(body)
            except ValidationError:
                where = str(at[0])
                language = "en" if len(repr(wrong)) % 2 else "zh-CN"
                who = shared.api.as_("everyone").with_headers(accept_language=language)
                answer = who.ask(door.method, shared.there.of(door), body)
                must_say(answer, language, f"{at} = {wrong!r:.40}", path=where)
    assert rows(shared) == before


@pytest.mark.parametrize("door", BODIES, ids=named)
def test_an_unknown_field_is_refused_not_ignored(door: Entrance, shared: Stand) -> None:
    assert door.body is not None
    before = rows(shared)
    body = orjson.dumps(sample(door.body, shared.there) | {"surprise": 1})
    for language, answer in in_both_languages(shared, door, body):
        must_say(answer, language, "surprise", path="surprise")
    assert rows(shared) == before


@pytest.mark.parametrize("door", BODIES, ids=named)
def test_control_characters_are_refused_wherever_they_stand(door: Entrance, shared: Stand) -> None:
    assert door.body is not None
    good, before = sample(door.body, shared.there), rows(shared)
    for at, value in places(good):
        if not isinstance(value, str):
            continue
        for number, text in enumerate(CONTROL):
            language = ("zh-CN", "en")[number % 2]
            who = shared.api.as_("everyone").with_headers(accept_language=language)
            answer = who.ask(door.method, shared.there.of(door), json.dumps(put(good, at, text)).encode())
            must_say(answer, language, f"{at} = {text!r}", path=str(at[0]))
    assert rows(shared) == before


@pytest.mark.parametrize("door", WRITES, ids=named)
def test_a_body_of_ten_megabytes_is_refused_before_it_is_read(door: Entrance, shared: Stand) -> None:
    before = rows(shared)
    answer = shared.api.as_("everyone").ask(door.method, shared.there.of(door), b'{"a":"' + b"x" * 10_500_000 + b'"}')
    assert (answer.status, answer.code) == (413, "PAYLOAD_TOO_LARGE")
    assert answer.details["limitBytes"] > 0
    assert rows(shared) == before


@pytest.mark.parametrize("door", WRITES, ids=named)
def test_a_key_that_is_none_is_refused(door: Entrance, shared: Stand) -> None:
    before, body = rows(shared), orjson.dumps(sample(door.body, shared.there)) if door.body else b""
    for key in ("k" * 129, "a\tb", "a\x7fb"):
        for language in ("zh-CN", "en"):
            who = shared.api.as_("everyone").with_headers(accept_language=language, idempotency_key=key)
            must_say(who.ask(door.method, shared.there.of(door), body), language, repr(key[:5]), path="Idempotency-Key")
    assert rows(shared) == before


@pytest.mark.parametrize("door", BODIES, ids=named)
def test_an_empty_body_is_an_object_without_fields(door: Entrance, filled: Stand) -> None:
    """With whatever content type it announces (spec 00.2)."""
    assert door.body is not None
    must = any(field.is_required() for field in door.body.model_fields.values())
    for kind in ("application/json", "text/plain", "multipart/form-data; boundary=x", "nonsense"):
        who = filled.somebody("everyone").with_headers(content_type=kind)
        answers = [who.ask(door.method, filled.there.of(door), body) for body in (b"", b"{}")]
        assert all(answer.status < 500 for answer in answers), answers
        assert {answer.code == "VALIDATION_ERROR" for answer in answers} == {must} or not must, answers


@pytest.mark.parametrize("door", LISTS, ids=named)
def test_a_list_refuses_what_it_does_not_know(door: Entrance, shared: Stand) -> None:
    at = shared.there.path(door.path)
    asked = {
        "page=0": "page", "page=-1": "page", "page=x": "page", "page=": "page", "page=99999999999999999999": "page", "page=1e3": "page",
        "pageSize=0": "pageSize", "pageSize=1000": "pageSize", "pageSize=101": "pageSize", "page=1&page=2": "page", "sort=nothing": "sort",
        "sort=id;drop": "sort", "sort=createdAt.sideways": "sort", "unheardOf=1": "unheardOf", "%00=1": "", "page=1000000&pageSize=100": "page",
    }  # fmt: skip
    form = f"&format={file_format(door)}" if "export" in door.path else ""
    for text, path in asked.items():
        for language in ("zh-CN", "en"):
            who = shared.api.as_("everyone").with_headers(accept_language=language)
            must_say(who.ask("GET", f"{at}?{text}{form}"), language, text, path=path)


@pytest.mark.parametrize("door", LISTS, ids=named)
def test_a_filter_with_nonsense_finds_nothing_or_is_refused(door: Entrance, shared: Stand) -> None:
    assert door.listing is not None
    at = shared.there.path(door.path)
    for name in door.listing.filters:
        for value in (*HOSTILE[:3], TOO_LONG, CONTROL[0], "%", "\\", "-1", "9" * 30, ",,a"):
            form = {"format": file_format(door)} if "export" in door.path else {}
            query = REQUIRED_QUERY.get(door.path, {}) | {name: value} | form
            answer = shared.api.as_("everyone").with_headers(accept_language="zh-CN").get(at, **query)
            assert answer.status in (200, 404, 422), (name, value, answer.text)
            if answer.status == 422:
                must_say(answer, "zh-CN", f"{name}={value!r:.30}", path=name)


@pytest.mark.parametrize("door", [door for door in READS if not door.listing], ids=named)
def test_a_read_refuses_a_parameter_it_does_not_know(door: Entrance, shared: Stand) -> None:
    at = shared.there.of(door)
    for language in ("zh-CN", "en"):
        who = shared.api.as_("everyone").with_headers(accept_language=language)
        must_say(
            who.ask("GET", at + ("&" if "?" in at else "?") + "unheardOf=1"), language, "unheardOf", path="unheardOf"
        )


@pytest.mark.parametrize("door", [door for door in READS if door.params], ids=named)
def test_a_parameter_with_nonsense_is_refused_or_finds_nothing(door: Entrance, shared: Stand) -> None:
    assert door.params is not None
    at = shared.there.path(door.path)
    for name, field in door.params.model_fields.items():
        wire = field.alias or name.rstrip("_")
        for value in (
            *HOSTILE,
            TOO_LONG,
            *CONTROL,
            "",
            "0",
            "-1",
            "1.5",
            "9" * 30,
            "true",
            "null",
            "NaN",
            "2026-13-45",
        ):
            answer = shared.api.as_("everyone").with_headers(accept_language="zh-CN").get(at, **{wire: value})
            assert answer.status in (200, 404, 409, 422), (wire, value, answer.text)
            if (
                answer.status == 422 and answer.code != "TRACE_FORMAT_INVALID"
            ):  # a trace names that by itself (spec 07.8)
                must_say(answer, "zh-CN", f"{wire}={value!r:.30}")
        who = shared.api.as_("everyone").with_headers(accept_language="en")
        must_say(who.ask("GET", f"{at}?{wire}=1&{wire}=2"), "en", f"{wire} twice", path=wire)


@pytest.mark.parametrize("door", [door for door in DOORS if "{" in door.path], ids=named)
def test_a_path_with_nonsense_names_nothing(door: Entrance, shared: Stand) -> None:
    """Every part in turn, the others being right."""
    before, body = rows(shared), orjson.dumps(sample(door.body, shared.there)) if door.body else None
    for part in re.findall(r"{\w+(?::\w+)?}", door.path):
        for value in ("%00", "%ff%fe", "%ed%a0%80", "%0d%0aX:%20y", "%C2%85", "x" * 3000, "%20", "'%20OR%201=1--", "%3Cscript%3E", "..%2f..",
                      "%2F", "9" * 30, "-1", "0", "null", "%F0%9F%99%82", "00000000-0000-7000-8000-000000000000",
                      "ffffffff-ffff-7fff-bfff-ffffffffffff", "%25s", "1.5"):  # fmt: skip
            at = shared.there.path(door.path.replace(part, "\0")).replace("\0", value)
            answer = shared.api.as_("everyone").ask(door.method, at, body)
            if answer.status == 200 and door.method == "GET" and "entity" in door.path:
                continue  # the entries of a thing that never was: none
            assert answer.status in (404, 405, 409, 422), (part, value, answer.status, answer.text[:300])
            assert answer.code or answer.status == 404, answer.text[:300]
    assert rows(shared) == before


@pytest.mark.parametrize("door", BODIES, ids=named)
def test_html_and_sql_in_any_text_is_taken_as_text_or_refused(door: Entrance, filled: Stand) -> None:
    assert door.body is not None
    good = sample(door.body, filled.there)
    tables, who = set(rows(filled)), filled.api.as_("everyone")
    for at, value in places(good):
        if not isinstance(value, str):
            continue
        for text in HOSTILE:
            answer = who.ask(door.method, filled.there.of(door), put(good, at, text))
            if answer.code == "UNAUTHORIZED":  # what was asked before has ended the session
                who = filled.somebody("everyone")
                answer = who.ask(door.method, filled.there.of(door), put(good, at, text))
            assert answer.status < 500, (at, text, answer.text)
            if answer.code == "VALIDATION_ERROR":
                must_say(answer, "zh-CN", f"{at} = {text}")
    assert set(rows(filled)) == tables
    assert filled.api.as_("admin").get("/api/users").must()["total"] > 0


def test_a_key_is_not_taken_from_somebody_else(shared: Stand) -> None:
    """Not an input by itself, but what makes a repeated click harmless must not make another person's click vanish."""
    one, other = (
        shared.somebody("engineer"),
        Api(shared.api.app, runner=shared.api._runner, headers=shared.api.as_("everyone").headers),
    )
    assert one.post("/api/station-groups", {"code": "KEYED", "name": "n"}, key="same").ok
    assert (
        other.post("/api/station-groups", {"code": "KEYED", "name": "n"}, key="same").code
        == "STATION_GROUP_CODE_DUPLICATE"
    )
