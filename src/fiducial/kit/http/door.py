"""JSON doors: shape in, one action or query, shape out. What a door shows of itself in the API description is read from
the marks and signatures of what lies behind it, so it cannot say anything else.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

import orjson
from fastapi import APIRouter, Request
from pydantic import ValidationError
from starlette.responses import Response

from fiducial.kit import text
from fiducial.kit.acting import OPEN, Caller, Mark, action, mark_of
from fiducial.kit.http.seen import seen
from fiducial.kit.http.shapes import Body, Nothing, parse, path_text, refused_shape
from fiducial.kit.listing import TWICE, Listing, instant_of
from fiducial.kit.refusals import Refused, Said, bad_field, refusals
from fiducial.kit.tx import Tx

SESSION_COOKIE, TERMINAL_COOKIE = "fiducial_session", "fiducial_terminal"
JSON = "application/json"
EARLY_REFUSALS = frozenset({"VALIDATION_ERROR", "ORIGIN_NOT_ALLOWED", "PAYLOAD_TOO_LARGE"})
EARLY_REFUSALS_A_MINUTE = 10
# To read and judge JSON holds up whoever else asks (a megabyte some 200 ms), so no body is larger than its shape can mean.
JSON_LIMIT, OPEN_LIMIT = 1024 * 1024, 16 * 1024
UNKNOWN_PARAMETER = Said(zh="未知的参数", en="unknown parameter")


@dataclass(frozen=True, slots=True)
class File:
    """An answer that is a file, without the envelope (spec 00.2)."""

    content: bytes
    media_type: str
    name: str


@dataclass(frozen=True, slots=True)
class Entrance:
    """One endpoint, for the API description and the tests of the house."""

    method: str
    path: str
    function: Callable[..., Any]
    body: type[Body] | None = None
    listing: Listing | None = None
    params: type[Body] | None = None
    tag: str = ""
    file: tuple[str, ...] = ()  # media types of an answer that is a file
    upload: type[Body] | None = None  # the fields beside a file that is sent

    @property
    def mark(self) -> Mark:
        """Give the mark of what lies behind the door."""
        return mark_of(self.function)


def refuse_parameters(request: Request) -> None:
    """Refuse VALIDATION_ERROR for parameters of an address that takes none."""
    if request.query_params:
        unknown = [{"path": name[:100], "reason": UNKNOWN_PARAMETER} for name in request.query_params]
        raise Refused("VALIDATION_ERROR", fields=unknown[:50])


def caller_of(request: Request) -> Caller:
    """Give what can be seen of who stands at the door."""
    headers = request.headers
    bearer = headers.get("authorization", "")
    cookie = request.cookies.get(SESSION_COOKIE) if "cookie" in headers else None
    terminal = request.cookies.get(TERMINAL_COOKIE) if "cookie" in headers else None
    token = bearer[7:].strip() if bearer[:7].lower() == "bearer " else None
    state = request.scope.get("state", {})
    return Caller(
        session_hash=hashlib.sha256(cookie.encode()).digest() if cookie and not token else None,
        token_hash=hashlib.sha256(token.encode()).digest() if token else None,
        terminal_hash=hashlib.sha256(terminal.encode()).digest() if terminal else None,
        ip=state.get("ip"),
        agent=headers.get("user-agent", "")[:200] or None,
        request_id=state.get("request_id", ""),
        language=text.negotiate(headers.get("accept-language"), None),
        path=f"{request.method} {request.scope['path']}",
        sent_at=_sent_at(headers.get("x-sent-at")),
    )  # fmt: skip


def _sent_at(said: str | None) -> int | None:
    """Give the instant a machine says it sent this; None when it says none, or nonsense."""
    try:
        return None if said is None else instant_of(said[:40])
    except ValueError:
        return None


def answer(data: Any) -> Response:
    """Give the envelope of a success, or the file."""
    if isinstance(data, File):
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{quote(data.name, safe='')}",
            "X-Content-SHA256": hashlib.sha256(data.content).hexdigest(),
        }
        return Response(data.content, media_type=data.media_type, headers=headers)
    return Response(orjson.dumps({"ok": True, "data": data}), media_type=JSON)


def refusal_answer(refused: Refused, language: str) -> Response:
    """Give the envelope of a refusal with its status; `Retry-After` where waiting helps."""
    seen.refusal(refused.code)
    response = Response(
        orjson.dumps({"ok": False, "error": refused.on_wire(language)}, default=str),
        status_code=refused.status,
        media_type=JSON,
    )
    if refused.status in (429, 503):
        response.headers["Retry-After"] = str(refused.details.get("retryAfterSeconds", 2))
    return response


def check_origin(request: Request) -> None:
    """Refuse ORIGIN_NOT_ALLOWED: a write by cookie from another site (spec 09.2)."""
    if SESSION_COOKIE not in request.cookies:
        return
    said = request.headers.get("origin") or request.headers.get("referer")
    if said is None:
        return
    allowed: Sequence[str] = request.app.state.origins
    if not any(said == origin or said.startswith(origin + "/") for origin in allowed):
        raise Refused("ORIGIN_NOT_ALLOWED", origin=said[:200])


def idempotency_key(request: Request) -> str | None:
    """Give the `Idempotency-Key` sent; refuses VALIDATION_ERROR when it is no key."""
    key = request.headers.get("idempotency-key")
    if key is not None and not (1 <= len(key) <= 128 and key.isprintable()):
        raise bad_field("Idempotency-Key", Said(zh="必须是 1 至 128 个可打印字符", en="1 to 128 printable characters"))
    return key


class Doors:
    """The endpoints of one room."""

    def __init__(self, tag: str, *, limit: int = JSON_LIMIT) -> None:
        self.tag, self.router, self._limit = tag, APIRouter(tags=[tag]), limit
        self.entrances: list[Entrance] = []

    def get(
        self,
        path: str,
        query: Callable[..., Any],
        *,
        listing: Listing | None = None,
        params: type[Body] | None = None,
        slow: bool = False,
    ) -> None:
        """Open a read. The query gets the path's parts in order, then the page of a listing or the checked parameters."""
        entrance = Entrance("GET", path, query, listing=listing, params=params, tag=self.tag)

        async def endpoint(request: Request) -> Response:
            caller = caller_of(request)
            try:
                args: list[Any] = [path_text(value) for value in request.path_params.values()]
                if listing is not None:
                    args.append(listing.parse(request.query_params.multi_items()))
                elif params is not None:
                    args.append(_params(params, request, caller.language))
                else:
                    refuse_parameters(request)
                return answer(await request.app.state.store.read(caller, query, *args, slow=slow))
            except Refused as refused:
                return refusal_answer(refused, caller.language)

        self._add(entrance, endpoint)

    def post(
        self,
        path: str,
        action: Callable[..., Any],
        body: type[Body] | None = None,
        *,
        by: Callable[[Any], Callable[..., Any]] | None = None,
    ) -> None:
        """Open a write by POST. The action gets the path's parts in order, then the body when it has a shape.

        Where the body says which of several acts is meant, `by` gives the act, and `action` stands for all of them.
        """
        self._write("POST", path, action, body, by)

    def put(self, path: str, action: Callable[..., Any], body: type[Body] | None = None) -> None:
        """Open a write by PUT."""
        self._write("PUT", path, action, body)

    def patch(self, path: str, action: Callable[..., Any], body: type[Body] | None = None) -> None:
        """Open a write by PATCH."""
        self._write("PATCH", path, action, body)

    def delete(self, path: str, action: Callable[..., Any], body: type[Body] | None = None) -> None:
        """Open a write by DELETE."""
        self._write("DELETE", path, action, body)

    def custom(
        self,
        method: str,
        path: str,
        function: Callable[..., Any],
        endpoint: Callable[[Request], Awaitable[Response]],
        body: type[Body] | None = None,
        *,
        listing: Listing | None = None,
        params: type[Body] | None = None,
        file: tuple[str, ...] = (),
        upload: type[Body] | None = None,
    ) -> None:
        """Open a door that needs more than the usual hand-over: `function` is what lies behind it, `endpoint` the hand-over.

        `listing`, `params`, `upload` and `file` are said for the API description: what it takes, and the kinds of file it answers with.
        """
        entrance = Entrance(
            method, path, function, body=body, listing=listing, params=params, tag=self.tag, file=file, upload=upload
        )

        async def guarded(request: Request) -> Response:
            try:
                if method != "GET":
                    check_origin(request)
                    idempotency_key(request)
                return await endpoint(request)
            except Refused as refused:
                caller = caller_of(request)
                if method != "GET" and refused.code in EARLY_REFUSALS and not refused.entered:
                    await _enter_early(request, caller, function, list(request.path_params.values()), refused)
                return refusal_answer(refused, caller.language)

        self._add(entrance, guarded)

    def _write(
        self,
        method: str,
        path: str,
        function: Callable[..., Any],
        body: type[Body] | None,
        by: Callable[[Any], Callable[..., Any]] | None = None,
    ) -> None:
        entrance = Entrance(method, path, function, body=body, tag=self.tag)

        async def endpoint(request: Request) -> Response:
            caller = caller_of(request)
            parts: list[Any] = []
            try:
                check_origin(request)
                parts = [path_text(value) for value in request.path_params.values()]
                raw = await body_of(request, self._limit)
                caller = keyed(caller, request, raw)
                shaped = parse(body or Nothing, raw, caller.language)
                args = [*parts, shaped] if body is not None else parts
                said = await request.app.state.store.write(caller, by(shaped) if by else function, *args)
                seen.did(function, said)
                return answer(said)
            except Refused as refused:
                if refused.code in EARLY_REFUSALS and not refused.entered:
                    await _enter_early(request, caller, function, parts, refused)
                return refusal_answer(refused, caller.language)

        self._add(entrance, endpoint)

    def _add(self, entrance: Entrance, endpoint: Callable[[Request], Awaitable[Response]]) -> None:
        self.entrances.append(entrance)
        endpoint.__name__ = entrance.mark.name
        endpoint.__path__ = entrance.path  # type: ignore[attr-defined]  # under which it is counted (kit/http/seen)
        self.router.add_route(entrance.path, endpoint, methods=[entrance.method], include_in_schema=False)


async def body_of(request: Request, limit: int = JSON_LIMIT) -> bytes:
    """Give the body; refuses PAYLOAD_TOO_LARGE as soon as it is larger than this door takes."""
    pieces, got = [], 0
    async for piece in request.stream():
        got += len(piece)
        if got > limit:
            raise Refused("PAYLOAD_TOO_LARGE", limitBytes=limit)
        pieces.append(piece)
    return b"".join(pieces)


def keyed(caller: Caller, request: Request, raw: bytes) -> Caller:
    """Give the caller with its idempotency key and the digest of what it sent."""
    key = idempotency_key(request)
    if key is None:
        return caller
    return replace(caller, idempotency_key=key, body_digest=hashlib.sha256(raw or b"{}").digest())


def _params(model: type[Body], request: Request, language: str) -> Body:
    asked = request.query_params.multi_items()
    given = {name: path_text(value) for name, value in asked}
    twice = [{"path": name, "reason": TWICE} for name in given if sum(name == other for other, _ in asked) > 1]
    if twice:
        raise Refused("VALIDATION_ERROR", fields=twice)
    try:
        return model.model_validate_strings(given)
    except ValidationError as problem:
        raise refused_shape(problem, language) from None


# A refusal before the lane (a body without the right shape) is entered too, but a stuck scanner must not fill the book.


class _Stuck:
    """Counts early refusals of one caller in one minute; a minute begins with the first refusal after the one before."""

    def __init__(self) -> None:
        self.began, self.counts = -60.0, dict[object, int]()

    def lets(self, who: object) -> bool:
        now = time.monotonic()
        if now - self.began >= 60:
            self.began, self.counts = now, {}
        self.counts[who] = self.counts.get(who, 0) + 1
        return self.counts[who] <= EARLY_REFUSALS_A_MINUTE


_stuck = _Stuck()


@action(OPEN, audit="", entity="")
def enter_early_refusal(
    tx: Tx, function: Callable[..., Any], display: str | None, code: str, details: dict[str, Any]
) -> None:
    """Enter an attempt that was refused at the door."""
    tx.unrecorded()
    if tx.actor.kind != "ANONYMOUS":
        tx.enter_failure(mark_of(function), display, code, details)


async def _enter_early(
    request: Request, caller: Caller, function: Callable[..., Any], parts: Sequence[Any], refused: Refused
) -> None:
    known = caller.session_hash or caller.token_hash
    if known is None or not _stuck.lets((known, refused.code)):
        return
    display = parts[0] if parts and isinstance(parts[0], str) else None
    try:
        await request.app.state.store.write(
            replace(caller, idempotency_key=None), enter_early_refusal, function, display, refused.code, refused.details
        )
    except Refused:
        return


refusals.declare(
    "ORIGIN_NOT_ALLOWED", 403, zh="请求来自其他网站，已拒绝。", en="The request came from another site and was refused.",
    todo_zh="请使用系统的正式网址打开页面。", todo_en="Open the page at the address of this system (APP_URL).",
)  # fmt: skip
