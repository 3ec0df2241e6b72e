"""What every request goes through: one pure ASGI middleware (a stack of them would cost ten times as much)."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, MutableMapping
from typing import Any, Protocol
from urllib.parse import unquote

import orjson
import structlog
from starlette.requests import ClientDisconnect

from fiducial.kit.http.seen import seen
from fiducial.kit.refusals import Refused, Said

Scope = MutableMapping[str, Any]
SLOW_S = 1.0
_NO_BODY = (b"GET", b"HEAD")

log = structlog.get_logger("fiducial.http")


class Storage(Protocol):
    """Says whether there is room for a write."""

    def refusal(self, method: str, path: str, *, a_file: bool) -> Refused | None:
        """Give the refusal of a request; None when it may go on."""


class Frame:
    """Names the request, bounds its body, guards the headers of the answer, writes the log line."""

    def __init__(
        self,
        app: Any,
        *,
        limit: int,
        headers: Callable[[str], list[tuple[bytes, bytes]]],
        trusted: frozenset[str],
        upload_limit: int = 0,
        storage: Storage | None = None,
    ) -> None:
        self._app, self._limit, self._trusted, self._storage = app, limit, trusted, storage
        self._upload_limit = max(
            limit, upload_limit
        )  # of a form with a file; its door has a limit of its own (spec 13.1)
        # The headers of an answer depend on nothing but whether it is a page, a file of ours or data.
        self._headers = {kind: headers(kind) for kind in ("/static", "/api", "/")}

    async def __call__(self, scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.perf_counter(), 0
        given = dict(scope["headers"])
        state = scope.setdefault("state", {})
        state["request_id"] = request_id = _request_id(given.get(b"x-request-id"))
        state["ip"] = self._address(scope, given)
        _keep_slashes(scope)
        extra = self._extra_headers(scope["path"], request_id)
        a_file = given.get(b"content-type", b"").lower().startswith(b"multipart/form-data")
        limit = self._upload_limit if a_file else self._limit

        async def send_on(message: Any) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *extra]
            await send(message)

        try:
            length = given.get(b"content-length", b"0")
            if not length.isdigit() or len(length) > 18:
                raise _BadLength
            if int(length) > limit:
                raise _TooLarge
            if self._storage is not None and (
                full := self._storage.refusal(scope["method"], scope["path"], a_file=a_file)
            ):
                await _refuse(send_on, full, given)
                return
            await self._app(scope, _bounded(receive, limit), send_on)
        except _TooLarge:
            await _refuse(send_on, Refused("PAYLOAD_TOO_LARGE", limitBytes=limit), given)
        except _BadLength:
            fields = [{"path": "Content-Length", "reason": Said(zh="不是数字", en="not a number")}]
            await _refuse(send_on, Refused("VALIDATION_ERROR", fields=fields), given)
        except ClientDisconnect:
            log.info("asker_left", request_id=request_id, path=scope["path"])
        except Exception as fault:
            log.error("unhandled", request_id=request_id, path=scope["path"], exc_info=fault)
            if not status:
                await _refuse(send_on, Refused("INTERNAL_ERROR", requestId=request_id), given)
        finally:
            spent = time.perf_counter() - began
            seen.request(scope, status, spent)
            write = log.warning if spent > SLOW_S or status >= 500 else log.info
            write(
                "request",
                requestId=request_id,
                method=scope["method"],
                path=scope["path"],
                status=status,
                durationMs=round(spent * 1000, 2),
            )

    def _extra_headers(self, path: str, request_id: str) -> list[tuple[bytes, bytes]]:
        kind = "/static" if path.startswith("/static/") else "/api" if path.startswith("/api/") else "/"
        return [(b"x-request-id", request_id.encode()), *self._headers[kind]]

    def _address(self, scope: Scope, given: dict[bytes, bytes]) -> str | None:
        peer: str | None = (scope.get("client") or (None,))[0]
        if peer in self._trusted and (said := given.get(b"x-forwarded-for")):
            # The last address was written by our own proxy; those before it by whoever asked.
            return said.decode("latin-1").split(",")[-1].strip()[:64]
        return peer


def _bounded(receive: Any, limit: int) -> Any:
    got = 0

    async def receive_some() -> Any:
        nonlocal got
        message = await receive()
        if message["type"] == "http.request":
            got += len(message.get("body", b""))
            if got > limit:
                raise _TooLarge
        return message

    return receive_some


class _TooLarge(Exception):
    """The body is larger than any endpoint takes."""


class _BadLength(Exception):
    """The announced length is no number."""


def _request_id(given: bytes | None) -> str:
    if given and len(given) <= 64 and given.isascii() and given.decode().isprintable():
        return given.decode()
    return secrets.token_hex(8)


def _keep_slashes(scope: Scope) -> None:
    """Keep `%2F` inside a path part: a business key may hold a slash, which must not look like the next part."""
    raw: bytes = scope.get("raw_path", b"")
    if b"%2f" in raw.lower():
        parts = raw.split(b"?")[0].decode("ascii", "replace").replace("%2f", "%2F").split("%2F")
        scope["path"] = "%2F".join(unquote(part) for part in parts)


async def _refuse(send: Any, refused: Refused, given: dict[bytes, bytes]) -> None:
    language = "en" if given.get(b"accept-language", b"").lower().startswith(b"en") else "zh-CN"
    body = orjson.dumps({"ok": False, "error": refused.on_wire(language)})
    headers = [(b"content-type", b"application/json"), (b"connection", b"close")]
    if refused.status == 503:
        headers.append((b"retry-after", b"60"))
    await send({"type": "http.response.start", "status": refused.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
