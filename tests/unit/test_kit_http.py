"""What every request goes through: bounded bodies, one shape of error, guarded headers, who may write from where."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Annotated, Any
from urllib.parse import quote

import httpx
import pytest
from fastapi import FastAPI, Request
from pydantic import Field
from starlette.responses import Response
from tests.unit.kit_plant import US, board, book, make_board, serials
from tests.unit.test_kit_listing import BOARDS, shown

from fiducial.kit.acting import OPEN, action, query
from fiducial.kit.http import door
from fiducial.kit.http.door import SESSION_COOKIE, Doors, File, answer, caller_of
from fiducial.kit.http.frame import Frame
from fiducial.kit.http.shapes import Body, Key
from fiducial.kit.refusals import Refused
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx

LIMIT = 1000
OURS, THEIRS = "https://mes.example.com", "https://evil.example.com"


class Make(Body):
    serial: Key
    note: Annotated[str, Field(max_length=100_000)] = ""


class Asked(Body):
    text: str = ""


@action("board:make", audit="BOARD_CREATE", entity="BOARD", key="line")
def make(tx: Tx, line: str, body: Make) -> Any:
    if body.serial == "REFUSED":
        raise Refused("VALIDATION_ERROR", fields=[{"path": "serial", "reason": "by a rule"}])
    if body.serial == "BUSY":
        raise Refused("WRITE_QUEUE_FULL")
    return make_board(tx, body.serial)


@query(OPEN)
def echo(tx: Tx, text: str) -> Any:
    return {"text": text, "who": tx.caller.ip, "language": tx.caller.language}


@query(OPEN)
def broken(tx: Tx, kind: str) -> Any:
    raise {"value": ValueError, "key": KeyError, "stop": StopIteration, "exit": SystemExit}[kind]("secret of the house")


@query(OPEN)
def asked(tx: Tx, params: Asked) -> Any:
    return {"text": params.text}


@query(OPEN)
def export(tx: Tx, name: str) -> File:
    return File(b"a,b\n", "text/csv", name)


@query("board:read")
def found(tx: Tx, serial: str) -> Any:
    row = board(tx, serial)
    if row is None:
        raise Refused("NOT_FOUND")
    return {"serial": row.serial}


async def special(request: Request) -> Response:
    return answer(await request.app.state.store.write(caller_of(request), make_board, (await request.body()).decode()))


doors = Doors("boards")
doors.get("/api/boards", shown, listing=BOARDS)
doors.get("/api/boards/{serial}", found)
doors.post("/api/lines/{line}/boards", make, Make)
doors.get("/api/echo/{text}", echo)
doors.get("/api/broken/{kind}", broken)
doors.get("/api/asked", asked, params=Asked)
doors.get("/api/export/{name}", export)
doors.custom("POST", "/api/special", make_board, special)


def security(kind: str) -> list[tuple[bytes, bytes]]:
    return [(b"x-content-type-options", b"nosniff"), (b"cache-control", {"/api": b"no-store"}.get(kind, b"public"))]


class Browser:
    """An HTTP client over the application itself, from a thread that may wait."""

    def __init__(self, app: FastAPI, loop: asyncio.AbstractEventLoop, **given: Any) -> None:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=("proxy", 1))
        self._client, self._loop = httpx.AsyncClient(transport=transport, base_url=OURS, **given), loop
        self.cookies = self._client.cookies

    def get(self, path: str, **given: Any) -> Any:
        return self._loop.run_until_complete(self._client.get(path, **given))

    def post(self, path: str, **given: Any) -> Any:
        if isinstance(given.get("content"), list):
            given["content"] = in_pieces(given["content"])
        return self._loop.run_until_complete(self._client.post(path, **given))


async def in_pieces(pieces: list[bytes]) -> Any:
    for piece in pieces:
        yield piece


@pytest.fixture
def http(store: Store, monkeypatch: pytest.MonkeyPatch) -> Iterator[Browser]:
    app = FastAPI(openapi_url=None)
    app.state.store, app.state.origins = store, (OURS,)
    app.include_router(doors.router)
    app.add_middleware(Frame, limit=LIMIT, headers=security, trusted=frozenset({"proxy"}))
    monkeypatch.setattr(door, "_stuck", type(door._stuck)())
    loop = asyncio.new_event_loop()
    yield Browser(app, loop, cookies={SESSION_COOKIE: "alice"})
    loop.close()


def code_of(response: Any) -> tuple[int, str]:
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["cache-control"] == "no-store"
    body = response.json()
    assert (body["ok"], set(body["error"]) - {"details"}) == (False, {"code", "message"})
    assert "secret" not in response.text
    return response.status_code, body["error"]["code"]


# ---- bodies ---------------------------------------------------------------------------------------------------------


def test_a_body_of_the_right_shape_becomes_a_board(http: Browser, store: Store) -> None:
    response = http.post("/api/lines/L1/boards", json={"serial": "B1"})
    assert (response.status_code, response.json()) == (200, {"ok": True, "data": {"serial": "B1"}})
    assert store.read_now(US, serials) == ["B1"]


@pytest.mark.parametrize("by", ["length", "chunks"])
def test_a_body_beyond_the_limit_is_refused_however_it_comes(http: Browser, store: Store, by: str) -> None:
    big = b'{"serial": "B1", "note": "%s"}' % (b"x" * LIMIT)
    content: Any = [big[:10], big[10:500], big[500:]] if by != "length" else big
    response = http.post("/api/lines/L1/boards", content=content)
    assert code_of(response) == (413, "PAYLOAD_TOO_LARGE")
    assert response.json()["error"]["details"] == {"limitBytes": LIMIT}
    assert store.read_now(US, serials) == []


def test_a_body_in_chunks_within_the_limit_is_taken(http: Browser) -> None:
    assert http.post("/api/lines/L1/boards", content=[b'{"serial"', b': "B1"}']).status_code == 200


@pytest.mark.parametrize("length", ["abc", "-5", "1e3", "", "²", "9" * 400])
def test_a_length_that_is_none_is_refused(http: Browser, length: str) -> None:
    response = http.post("/api/lines/L1/boards", content=b"{}", headers={"content-length": length.encode()})
    assert code_of(response) in ((422, "VALIDATION_ERROR"), (413, "PAYLOAD_TOO_LARGE"))


# ---- one shape of error ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["value", "key", "stop", "exit"])
def test_a_fault_of_ours_has_the_same_shape_and_tells_nothing(http: Browser, kind: str) -> None:
    response = http.get(f"/api/broken/{kind}", headers={"X-Request-Id": "R-7", "Accept-Language": "en"})
    assert code_of(response) == (500, "INTERNAL_ERROR")
    assert response.json()["error"]["details"] == {"requestId": "R-7"}
    assert "R-7" in response.json()["error"]["message"]


def test_what_is_asked_in_vain_is_refused_in_the_language_that_was_asked(http: Browser) -> None:
    said = {
        language: http.get("/api/boards/B9", headers={"Accept-Language": language}).json()["error"]["message"]
        for language in ("en", "zh-CN", "de", "")
    }
    assert said["en"].startswith("There is nothing")
    assert said["zh-CN"] == said["de"] == said[""]


@pytest.mark.parametrize(
    ("path", "status"),
    [("/api/boards?colour=red", 422), ("/api/boards?page=0", 422), ("/api/echo/x?y=1", 422), ("/api/asked?text=a&y=1", 422),
     ("/api/asked?text=a%00b", 422), ("/api/asked?text=a&text=b", 422), ("/api/asked?text=a", 200), ("/api/boards?sort=serial.asc", 200)],
)  # fmt: skip
def test_parameters_are_checked_by_name(http: Browser, path: str, status: int) -> None:
    assert http.get(path).status_code == status


def test_busy_says_when_to_come_again(http: Browser) -> None:
    response = http.post("/api/lines/L1/boards", json={"serial": "BUSY"})
    assert code_of(response) == (503, "WRITE_QUEUE_FULL")
    assert response.headers["retry-after"].isdigit()


# ---- paths and names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["A/B", "../../etc/passwd", "a b", "批次/01", "100%", "?", "#", "<script>"])
def test_a_business_key_may_hold_any_sign(http: Browser, text: str) -> None:
    response = http.get("/api/echo/" + quote(text, safe=""))
    assert response.json()["data"]["text"] == text


def test_a_slash_in_a_key_reaches_no_other_door(http: Browser) -> None:
    assert http.get("/api%2Fboards").status_code == 404
    assert http.get("/api/echo/a/b").status_code == 404


@pytest.mark.parametrize("sign", ["%00", "%0A", "%7F", "a" * 201])
def test_a_key_with_a_control_character_names_nothing(http: Browser, sign: str) -> None:
    assert code_of(http.get(f"/api/boards/B{sign}1")) == (422, "VALIDATION_ERROR")


@pytest.mark.parametrize(
    ("given", "kept"), [("R-1", True), ("x" * 64, True), ("x" * 65, False), ("a\tb", False), ("é", False), ("", False)]
)
def test_a_request_keeps_its_name_when_it_is_one(http: Browser, given: str, kept: bool) -> None:
    response = http.get("/api/echo/x", headers={"X-Request-Id": given.encode()})
    assert (response.headers["x-request-id"] == given) is kept
    assert response.headers["x-request-id"]


def test_two_requests_have_two_names(http: Browser) -> None:
    assert len({http.get("/api/echo/x").headers["x-request-id"] for _ in range(5)}) == 5


@pytest.mark.parametrize(
    ("forwarded", "who"), [("", "proxy"), ("203.0.113.9", "203.0.113.9"), ("1.1.1.1, 203.0.113.9", "203.0.113.9")]
)
def test_an_address_is_believed_from_our_own_proxy_alone(http: Browser, forwarded: str, who: str) -> None:
    assert (
        http.get("/api/echo/x", headers={"X-Forwarded-For": forwarded} if forwarded else {}).json()["data"]["who"]
        == who
    )


@pytest.mark.parametrize("name", ["runs.csv", "批次 01.csv", 'a"b.csv', "a\\b.csv"])
def test_a_file_comes_under_its_name_whatever_the_name(http: Browser, name: str) -> None:
    response = http.get("/api/export/" + quote(name, safe=""))
    assert (response.status_code, response.content) == (200, b"a,b\n")
    disposition = response.headers["content-disposition"]
    assert disposition.startswith("attachment; ")
    assert quote(name, safe="") in disposition or f'filename="{name}"' in disposition


# ---- from where -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200), ({"Origin": OURS}, 200), ({"Referer": OURS + "/runs"}, 200), ({"Origin": THEIRS}, 403), ({"Origin": "null"}, 403),
        ({"Origin": OURS + ".evil.example"}, 403), ({"Referer": THEIRS + "/?" + OURS}, 403), ({"Referer": OURS + ".evil.example/"}, 403),
        ({"Origin": OURS, "Referer": THEIRS}, 200), ({"Origin": "http://mes.example.com"}, 403),
    ],
)  # fmt: skip
@pytest.mark.parametrize("path", ["/api/lines/L1/boards", "/api/special"])
def test_a_write_by_cookie_comes_from_our_own_pages(
    http: Browser, store: Store, headers: dict[str, str], status: int, path: str
) -> None:
    body = '{"serial": "B1"}' if "lines" in path else "B1"
    response = http.post(path, content=body, headers=headers)
    assert response.status_code == status
    assert store.read_now(US, serials) == (["B1"] if status == 200 else [])
    if status == 403:
        assert code_of(response) == (403, "ORIGIN_NOT_ALLOWED")
        assert [entry.code for entry in store.read_now(US, book)] == ["ORIGIN_NOT_ALLOWED"]


def test_a_program_without_a_cookie_is_asked_for_its_permission_only(http: Browser) -> None:
    http.cookies.clear()
    assert code_of(http.post("/api/lines/L1/boards", json={"serial": "B1"}, headers={"Origin": THEIRS})) == (
        401,
        "UNAUTHORIZED",
    )


# ---- what is entered ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [{"serial": ""}, {"serial": "REFUSED"}])
def test_a_wrong_body_is_entered_once_with_the_key_it_named(http: Browser, store: Store, body: dict[str, str]) -> None:
    assert code_of(http.post("/api/lines/L1/boards", json=body)) == (422, "VALIDATION_ERROR")
    entries = store.read_now(US, book)
    assert [(entry.action, entry.entity_display, entry.code) for entry in entries] == [
        ("BOARD_CREATE", "L1", "VALIDATION_ERROR")
    ]


def test_a_stuck_scanner_does_not_fill_the_book(http: Browser, store: Store) -> None:
    for _ in range(30):
        http.post("/api/lines/L1/boards", content=b"")
    assert len(store.read_now(US, book)) == door.EARLY_REFUSALS_A_MINUTE


def test_a_stuck_scanner_is_entered_ten_times_in_any_minute_that_begins_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = 119.5  # no minute of the clock, but one of its own
    monkeypatch.setattr(door, "time", SimpleNamespace(monotonic=lambda: now))
    stuck = door._Stuck()
    assert [stuck.lets("A") for _ in range(11)] == [True] * 10 + [False]
    now = 120.5
    assert (stuck.lets("A"), stuck.lets("B")) == (False, True)
    now = 179.5
    assert stuck.lets("A")


@pytest.mark.parametrize("key", ["", "x" * 129, "a\tb"])
def test_an_idempotency_key_that_is_none_is_refused(http: Browser, key: str) -> None:
    assert http.post("/api/lines/L1/boards", json={"serial": "B1"}, headers={"Idempotency-Key": key}).status_code == 422


def test_the_same_request_twice_answers_the_same(http: Browser, store: Store) -> None:
    first, second = (
        http.post("/api/lines/L1/boards", json={"serial": "B1"}, headers={"Idempotency-Key": "k"}) for _ in range(2)
    )
    assert first.json() == second.json()
    other = http.post("/api/lines/L1/boards", json={"serial": "B2"}, headers={"Idempotency-Key": "k"})
    assert code_of(other) == (409, "IDEMPOTENCY_KEY_REUSED")
    assert store.read_now(US, serials) == ["B1"]
