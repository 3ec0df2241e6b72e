"""The public API as a client sees it: people who sign in by e-mail, each with a cookie of their own."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any
from urllib.parse import quote

import httpx
import orjson

PATIENCE_S = 30.0
UNREACHABLE, BAD_ANSWER = "UNREACHABLE", "BAD_ANSWER"  # what stands for a code where no answer of the API came
SECRET_FIELDS = frozenset({"password", "secret", "pin", "currentPassword", "newPassword"})


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: the data of a success, or the error of a refusal. Status 0: nobody answered."""

    status: int
    data: Any = None
    code: str | None = None
    message: str = ""
    details: Mapping[str, Any] = field(default_factory=dict)
    request_id: str | None = None


class Api:
    """The API at one address. Every person has a client of their own, so no cookie meets another's."""

    def __init__(self, base_url: str, *, transport: httpx.BaseTransport | None = None) -> None:
        self.base_url, self._transport = base_url.rstrip("/"), transport
        self._people: dict[str, httpx.Client] = {}

    def __enter__(self) -> Api:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        for actor, client in self._people.items():
            if client.cookies:
                self.call(actor, "POST", "/auth/sign-out")
            client.close()

    def call(self, actor: str, method: str, path: str, body: Mapping[str, Any] | None = None) -> Answer:
        """Give the answer to one request of one person. Never raises: no answer is an answer too."""
        try:
            content = None if body is None else orjson.dumps(body)
            headers = {"Content-Type": "application/json"} if content is not None else {}
            response = self._client(actor).request(method, self.base_url + path, content=content, headers=headers)
        except httpx.HTTPError as fault:
            return Answer(0, code=UNREACHABLE, message=f"{self.base_url}: {str(fault) or type(fault).__name__}")
        return _read(response)

    def curl(self, actor: str, method: str, path: str, body: Mapping[str, Any] | None = None) -> str:
        """Give the request as a line for a shell, with the place of each secret but not the secret."""
        words = ["curl", "-i", "-X", method, self.base_url + path]
        if actor in self._people and self._people[actor].cookies:
            words += ["-b", f"fiducial_session=<session of {actor}>"]
        if body is not None:
            shown = {name: "***" if name in SECRET_FIELDS else value for name, value in body.items()}
            words += ["-H", "Content-Type: application/json", "-d", orjson.dumps(shown).decode()]
        return shlex.join(words)

    def bear(self, actor: str, secret: str) -> None:
        """Let somebody be a machine: each request carries the token."""
        self._client(actor).headers["Authorization"] = f"Bearer {secret}"

    def give_away(self, actor: str) -> str:
        """Give the person's cookie to somebody else, who will sign out or not; this client forgets it."""
        client = self._client(actor)
        given = "; ".join(f"{name}={value}" for name, value in client.cookies.items())
        client.cookies.clear()
        return given

    def _client(self, actor: str) -> httpx.Client:
        if actor not in self._people:
            # The plant's own address is meant, whatever proxy the machine's environment names.
            agent = {"User-Agent": f"fiducial-acceptance ({actor})", "Accept-Language": "en"}
            self._people[actor] = httpx.Client(
                timeout=PATIENCE_S, headers=agent, trust_env=False, transport=self._transport
            )
        return self._people[actor]


def in_path(key: str) -> str:
    """Give a business key as a part of a path."""
    return quote(key, safe="")


def _read(response: httpx.Response) -> Answer:
    request_id = response.headers.get("x-request-id")
    try:
        envelope = orjson.loads(response.content)
        if envelope["ok"]:
            return Answer(response.status_code, envelope["data"], request_id=request_id)
        error = envelope["error"]
        return Answer(
            response.status_code, None, error["code"], error["message"], error.get("details") or {}, request_id,
        )  # fmt: skip
    except (orjson.JSONDecodeError, KeyError, TypeError):
        start = response.text[:200]
        return Answer(
            response.status_code, code=BAD_ANSWER, message=f"not an answer of the API: {start}", request_id=request_id
        )
