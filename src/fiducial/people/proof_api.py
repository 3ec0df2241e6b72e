"""The door of an act that asks for fresh proof (spec 09.4): the secret is verified before the lane, by the thread that only hashes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

from fastapi import Request
from starlette.responses import Response

from fiducial.kit.acting import Caller, mark_of
from fiducial.kit.http.door import JSON_LIMIT, Doors, answer, body_of, caller_of, keyed
from fiducial.kit.http.shapes import parse, path_text
from fiducial.kit.refusals import Kept, Refused
from fiducial.kit.tx import Tx
from fiducial.people.passwords import hashing
from fiducial.people.proof import NO_PROOF, PASSWORD, Proof, own_hash, refuse_proof
from fiducial.people.shapes import Proving, SecretProof


def proving(
    doors: Doors, method: str, path: str, action: Callable[..., Any], body: type[Proving] | type[SecretProof],
    *, ahead: Callable[[Any], Awaitable[Any]] | None = None,
) -> None:  # fmt: skip
    """Open a write that asks for fresh proof. The action gets the path's parts in order, the body, and a `Proof`.

    `ahead` gives one more argument that is too slow for the lane, such as the hash of a new PIN, made of a body that is proved.
    It hands the proof to `signing.sign` (or `proof.must_prove`), which raises. A wrong secret never reaches the action: it is
    counted for lock-out and refused as the action's own failure.
    """

    async def endpoint(request: Request) -> Response:
        raw = await body_of(request, JSON_LIMIT)
        caller = keyed(caller_of(request), request, raw)
        parts = [path_text(value) for value in request.path_params.values()]
        shaped = parse(body, raw, caller.language)
        proof = await verified(request, caller, shaped)
        wrong = proof.given and not proof.right
        more = [await ahead(shaped)] if ahead and not wrong else []
        act = refusing(action) if wrong else action
        return answer(await request.app.state.store.write(caller, act, *parts, shaped, proof, *more))

    doors.custom(method, path, action, endpoint, body)


async def verified(request: Request, caller: Caller, body: Any) -> Proof:
    """Give what the secret in a body proves. For whoever is nobody no time is spent: the write refuses and enters it."""
    method, secret = _secret_in(body)
    if method is None or secret is None:
        return NO_PROOF
    store = request.app.state.store
    try:
        seen = await store.read(replace(caller, idempotency_key=None), own_hash, method)
    except Refused:
        return NO_PROOF
    right = seen is not None and await hashing.apart(hashing.matches, secret, seen)
    return Proof(method, right, seen)


def _secret_in(body: Any) -> tuple[str | None, str | None]:
    if isinstance(body, SecretProof):
        return body.method, body.secret
    if body.password is not None:
        return PASSWORD, body.password
    return (body.reauth.method, body.reauth.secret) if body.reauth else (None, None)


def refusing(action: Callable[..., Any]) -> Callable[..., Kept]:
    """Give what stands in for an action whose proof was wrong: the same permission is asked, the same entry is made."""

    def refuse(tx: Tx, *args: Any) -> Kept:
        return refuse_proof(tx, args[-1])

    refuse.__mark__ = mark_of(action)  # type: ignore[attr-defined]
    return refuse
