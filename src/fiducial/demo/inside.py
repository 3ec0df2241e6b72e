"""The API without the wire: the same entrances, shapes and actions, called in this process as a person of the plant."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, signature
from typing import Any

import orjson
from sqlalchemy import select

from fiducial.demo.finding import first_of
from fiducial.kit.acting import Caller
from fiducial.kit.http.door import Entrance
from fiducial.kit.http.shapes import Nothing, parse
from fiducial.kit.store import Store
from fiducial.people.proof import PASSWORD, Proof
from fiducial.people.tables import users


class Inside:
    """Calls entrances by method and path, in the name of a person."""

    def __init__(self, store: Store, entrances: Sequence[Entrance]) -> None:
        self.store = store
        self._entrances = [
            (entrance, re.compile(re.sub(r"\{\w+\}", "([^/]+)", entrance.path) + "$")) for entrance in entrances
        ]
        self._people: dict[str, Caller] = {}

    def call(self, username: str, request: str, body: Mapping[str, Any] | None = None) -> Any:
        """Give the data of a write; raises `Refused` as the API would refuse. LookupError when there is no such entrance."""
        method, path = request.split(" ", 1)
        for entrance, pattern in self._entrances:
            found = pattern.match(path) if entrance.method == method else None
            if found:
                args: list[Any] = list(found.groups())
                shaped = parse(entrance.body or Nothing, orjson.dumps(body or {}), "en")
                if _wants_more(entrance, len(args)):
                    args.append(shaped)
                if "proof" in signature(entrance.function).parameters:
                    args.append(self._proof(username))
                return self.store.write_now(self._caller(username), entrance.function, *args)
        raise LookupError(f"there is no {request}")

    def as_person(self, username: str, act: Callable[..., Any], *args: Any) -> Any:
        """Do an act of the demo's own in the name of a person, by whose permissions it is judged."""
        return self.store.write_now(self._caller(username), act, *args)

    def look(self, username: str, request: str, **asked: str) -> Any:
        """Give the data of a list as a person sees it."""
        _method, path = request.split(" ", 1)
        entrance = next(one for one, pattern in self._entrances if one.method == "GET" and pattern.match(path))
        assert entrance.listing is not None
        return self.store.read_now(
            self._caller(username), entrance.function, entrance.listing.parse(list(asked.items()))
        )

    def detail(self, username: str, request: str) -> Any:
        """Give the data of one thing as a person sees it."""
        _method, path = request.split(" ", 1)
        for entrance, pattern in self._entrances:
            found = (
                pattern.match(path)
                if entrance.method == "GET" and entrance.listing is None and not entrance.params
                else None
            )
            if found:
                return self.store.read_now(self._caller(username), entrance.function, *found.groups())
        raise LookupError(f"there is no {request}")

    def _proof(self, username: str) -> Proof:
        """Give the fresh proof of a person of the demo: the password it was given at its making (spec 12.2)."""
        seen = self.store.read_now(
            self.ours(), first_of, select(users.c.password_hash).where(users.c.username == username)
        )
        return Proof(PASSWORD, right=True, seen_hash=seen)

    def ours(self) -> Caller:
        """Give the caller of what no person of the plant does."""
        return Caller(internal="demo", request_id="demo-load")

    def _caller(self, username: str) -> Caller:
        if username not in self._people:
            key = self.store.read_now(self.ours(), first_of, select(users.c.id).where(users.c.username == username))
            self._people[username] = Caller(internal="demo", user_id=key, request_id="demo-load", path="demo load")
        return self._people[username]


def _wants_more(entrance: Entrance, parts: int) -> bool:
    """Tell whether the action takes the body: some doors hand over what they made of it, and do without."""
    required = [one for one in signature(entrance.function).parameters.values() if one.default is Parameter.empty]
    return entrance.body is not None and len([one for one in required if one.name != "proof"]) > parts + 1
