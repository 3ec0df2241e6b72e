"""Asking the program as a browser or a machine does, in this process: `api.as_("planner").post("/api/runs", {...}).data`."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import httpx
import orjson
from fastapi import FastAPI

from fiducial.kit.http.door import SESSION_COOKIE

HERE = "http://localhost:3000"
Ask = tuple[Any, ...]


@dataclass(frozen=True)
class Answer:
    """An answer: `ok` and `data`, or `code` and `details` of the refusal. `text` and `headers` for pages and files."""

    status: int
    ok: bool
    data: Any
    code: str | None
    details: Mapping[str, Any]
    message: str
    headers: httpx.Headers
    text: str

    @property
    def field_paths(self) -> list[str]:
        """The paths of the fields that a VALIDATION_ERROR names."""
        return [field["path"] for field in self.details["fields"]]

    def must(self) -> Any:
        """The data; a refusal where none was meant says what it was."""
        assert self.ok, f"{self.status} {self.code}: {self.message} {dict(self.details)}"
        return self.data


def answer_of(response: httpx.Response) -> Answer:
    kind = response.headers.get("content-type", "")
    body = orjson.loads(response.content) if kind == "application/json" else {}
    error = body.get("error") or {}
    ok = body.get("ok", response.status_code < 400)
    return Answer(
        response.status_code, ok, body.get("data"), error.get("code"), error.get("details") or {}, error.get("message", ""),
        response.headers, response.text,
    )  # fmt: skip


class Api:
    """Somebody who asks. `as_` gives another person, `with_token` a machine, `nobody` whoever is not signed in."""

    def __init__(
        self,
        app: FastAPI,
        *,
        ip: str = "127.0.0.1",
        runner: asyncio.Runner | None = None,
        headers: Mapping[str, str] | None = None,
    ):
        self.app, self.ip, self.headers = app, ip, dict(headers or {})
        self._runner = runner or asyncio.Runner()

    def close(self) -> None:
        self._runner.close()

    # Who asks

    def _but(self, **headers: str | None) -> Api:
        kept = {**self.headers, **headers}
        return Api(self.app, ip=self.ip, runner=self._runner, headers={k: v for k, v in kept.items() if v is not None})

    def as_(self, username: str) -> Api:
        """A person of the plant, signed in (see `tests.api.plant.PEOPLE`)."""
        return self.with_cookie(cookie_of(username))

    def with_cookie(self, value: str) -> Api:
        return self._but(cookie=f"{SESSION_COOKIE}={value}", authorization=None)

    def with_token(self, secret: str) -> Api:
        return self._but(authorization=f"Bearer {secret}", cookie=None)

    @property
    def nobody(self) -> Api:
        return self._but(cookie=None, authorization=None)

    def from_(self, ip: str) -> Api:
        """The same, from another address."""
        return Api(self.app, ip=ip, runner=self._runner, headers=self.headers)

    def with_headers(self, **headers: str) -> Api:
        """With more headers; `_` in a name stands for `-`."""
        return self._but(**{name.replace("_", "-"): value for name, value in headers.items()})

    # What is asked

    def get(self, path: str, **query: Any) -> Answer:
        return self.ask("GET", path, query=query)

    def post(self, path: str, body: Any = None, *, key: str | None = None) -> Answer:
        return self.ask("POST", path, body, key=key)

    def put(self, path: str, body: Any = None, *, key: str | None = None) -> Answer:
        return self.ask("PUT", path, body, key=key)

    def patch(self, path: str, body: Any = None, *, key: str | None = None) -> Answer:
        return self.ask("PATCH", path, body, key=key)

    def delete(self, path: str, body: Any = None, *, key: str | None = None) -> Answer:
        return self.ask("DELETE", path, body, key=key)

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        query: Mapping[str, Any] | None = None,
        key: str | None = None,
    ) -> Answer:
        """One request. A body of `bytes` is sent as it is, anything else as JSON; `key` is the Idempotency-Key."""
        return self._runner.run(self._ask(method, path, body, query, key))

    def at_once(self, *asks: tuple[Api, str, str, Any]) -> Sequence[Answer]:
        """Several requests at the same time, each `(who, method, path, body)`."""

        async def all_of_them() -> Sequence[Answer]:
            return await asyncio.gather(*(who._ask(method, path, body, None, None) for who, method, path, body in asks))

        return self._runner.run(all_of_them())

    async def _ask(self, method: str, path: str, body: Any, query: Mapping[str, Any] | None, key: str | None) -> Answer:
        content = body if isinstance(body, bytes) else None if body is None else orjson.dumps(body)
        headers = {**self.headers, **({"content-type": "application/json"} if content is not None else {})}
        if key:
            headers["idempotency-key"] = key
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False, client=(self.ip, 40_000))
        async with httpx.AsyncClient(transport=transport, base_url=HERE) as client:
            return answer_of(await client.request(method, path, content=content, params=query or None, headers=headers))


def cookie_of(username: str) -> str:
    """The cookie of the session that the template database holds for each person of the plant."""
    return f"the-session-of-{username}"
