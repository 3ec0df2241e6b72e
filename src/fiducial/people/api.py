"""JSON doors of people (spec 09; index 14.1)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from fastapi import Request
from starlette.responses import Response

from fiducial.kit.acting import Caller
from fiducial.kit.http.door import (
    JSON_LIMIT,
    OPEN_LIMIT,
    SESSION_COOKIE,
    TERMINAL_COOKIE,
    Doors,
    answer,
    body_of,
    caller_of,
    check_origin,
    keyed,
)
from fiducial.kit.http.shapes import Body, parse, path_text
from fiducial.kit.refusals import Refused
from fiducial.people import (
    actions,
    badge,
    queries,
    roles,
    shapes,
    signing,
    signing_in,
    terminal_shapes,
    terminals,
    tokens,
)
from fiducial.people import refusals as _refusals  # noqa: F401 - declares them
from fiducial.people.book_api import open_book_doors
from fiducial.people.config_api import open_config_doors
from fiducial.people.passwords import KEPT_FORMER, faults_of, fresh_password, hashing
from fiducial.people.proof import PASSWORD, Proof
from fiducial.people.proof_api import proving
from fiducial.people.signing_in import Attempt

doors = Doors("people")
OPEN_SHAPES = (shapes.SignIn, terminal_shapes.SignInByBadge, terminal_shapes.Pair)
TERMINAL_LIVES_S = 400 * 24 * 3600  # the longest that browsers keep a cookie
TRIES = 3  # the password may be changed by somebody at the very moment it is verified


async def _shaped(request: Request, shape: type[Body]) -> tuple[Caller, Any]:
    """Give the caller with its key, and the body in its shape; the usual checks of a write (kit.http.door)."""
    check_origin(request)
    raw = await body_of(request, OPEN_LIMIT if shape in OPEN_SHAPES else JSON_LIMIT)
    caller = keyed(caller_of(request), request, raw)
    return caller, parse(shape, raw, caller.language)


# Signing in and out


async def _sign_in(request: Request) -> Response:
    caller, body = await _shaped(request, shapes.SignIn)
    way = _Way(signing_in.account_named, body.email, body.password, signing_in.sign_in, signing_in.fail_sign_in)
    return await _let_in(request, caller, way)


async def _sign_in_by_badge(request: Request) -> Response:
    caller, body = await _shaped(request, terminal_shapes.SignInByBadge)
    way = _Way(badge.account_of_badge, body.badge_no, body.pin, badge.sign_in_by_badge, badge.fail_badge)
    return await _let_in(request, caller, way)


@dataclass(frozen=True, slots=True)
class _Way:
    """A way of signing in: how the account is found, by which name, the secret given, and what succeeds or fails."""

    find: Callable[..., Any]
    name: str
    secret: str
    succeed: Callable[..., Any]
    fail: Callable[..., Any]


async def _let_in(request: Request, caller: Caller, way: _Way) -> Response:
    """Verify the secret on the thread that only hashes, then let the lane decide."""
    store = request.app.state.store
    for _ in range(TRIES):
        key, seen, shown = await store.read(caller, way.find, way.name)
        right = await hashing.apart(hashing.matches, way.secret, seen)
        attempt, cookie = Attempt(key, seen, right, shown), secrets.token_urlsafe(32)
        try:
            if right:
                data = await store.write(caller, way.succeed, attempt, sha256(cookie.encode()).digest())
                return _with_cookie(request, answer(data), cookie)
        except Refused as refused:
            if refused.code == "CONFLICT_RETRY":
                continue
            if refused.code not in ("ACCOUNT_LOCKED", "ACCOUNT_DISABLED", "INVALID_CREDENTIALS"):
                raise
        return answer(await store.write(caller, way.fail, attempt, shown))
    raise Refused("CONFLICT_RETRY")


async def _pair(request: Request) -> Response:
    """Give the browser the cookie that makes it a terminal."""
    caller, body = await _shaped(request, terminal_shapes.Pair)
    cookie = secrets.token_urlsafe(32)
    digest = sha256(cookie.encode()).digest()
    response = answer(await request.app.state.store.write(caller, terminals.pair_terminal, body.code, digest))
    parts = [f"{TERMINAL_COOKIE}={cookie}", "HttpOnly", "Path=/", "SameSite=Lax", f"Max-Age={TERMINAL_LIVES_S}"]
    response.headers["set-cookie"] = "; ".join([*parts, *_secure(request)])
    return response


def _secure(request: Request) -> list[str]:
    return ["Secure"] if request.app.state.origins[0].startswith("https:") else []


def _with_cookie(request: Request, response: Response, value: str) -> Response:
    """Set the session cookie, or take it away when the value is empty; it is the only Set-Cookie (spec 09.2)."""
    parts = [f"{SESSION_COOKIE}={value}", "HttpOnly", "Path=/", "SameSite=Lax"]
    if not value:
        parts.append("Max-Age=0")
    response.headers["set-cookie"] = "; ".join([*parts, *_secure(request)])
    return response


async def _sign_out(request: Request) -> Response:
    check_origin(request)
    data = await request.app.state.store.write(caller_of(request), signing_in.sign_out)
    return _with_cookie(request, answer(data), "")


# Passwords


async def _change_password(request: Request) -> Response:
    """Judge and hash outside the lane; what was found is told to the lane, so that it is entered and counted."""
    caller, body = await _shaped(request, shapes.ChangePassword)
    store = request.app.state.store
    facts = await store.read(caller, signing_in.password_facts)
    right = await hashing.apart(hashing.matches, body.current_password, facts.present)
    fault, new_hash = None, ""
    if right:
        mode = request.app.state.environment.app_mode
        broken = faults_of(body.new_password, username=facts.username, classes=facts.classes, mode=mode)
        former = [facts.present, *facts.former][:KEPT_FORMER]
        if broken:
            fault = Refused("PASSWORD_TOO_WEAK", rules=broken)
        elif await hashing.apart(hashing.matches, body.new_password, *former):
            fault = Refused("PASSWORD_REUSED")
        else:
            new_hash = await hashing.apart(hashing.hash, body.new_password)
    proof = Proof(PASSWORD, right, facts.present)
    return answer(await store.write(caller, signing_in.change_password, proof, fault, new_hash))


async def _hash_for(request: Request, caller: Caller, password: str) -> str:
    """Hash a password of another's account. For whoever may not set it no time is spent: the write refuses and enters it."""
    try:
        await request.app.state.store.read(caller, queries.may_manage_users)
    except Refused:
        return ""
    return await hashing.apart(hashing.hash, password)


async def _create_user(request: Request) -> Response:
    caller, body = await _shaped(request, shapes.NewUser)
    password = fresh_password()
    hashed = await _hash_for(request, caller, password)
    return answer(await request.app.state.store.write(caller, actions.create_user, body, password, hashed))


async def _hash_of_pin(body: terminal_shapes.OwnPin) -> str:
    return await hashing.apart(hashing.hash, body.pin)


async def _set_pin(request: Request) -> Response:
    caller, body = await _shaped(request, terminal_shapes.UserPin)
    hashed = await _hash_for(request, caller, body.pin) if body.pin is not None else None
    user_id = path_text(request.path_params["id"])
    return answer(await request.app.state.store.write(caller, badge.set_pin, user_id, body, hashed))


async def _reset_password(request: Request) -> Response:
    check_origin(request)
    caller = keyed(caller_of(request), request, await body_of(request))
    password = fresh_password()
    hashed = await _hash_for(request, caller, password)
    user_id = path_text(request.path_params["id"])
    return answer(await request.app.state.store.write(caller, actions.reset_password, user_id, password, hashed))


doors.custom("POST", "/api/auth/sign-in/email", signing_in.sign_in, _sign_in, shapes.SignIn)
doors.custom(
    "POST", "/api/auth/sign-in/badge", badge.sign_in_by_badge, _sign_in_by_badge, terminal_shapes.SignInByBadge
)
doors.custom("POST", "/api/auth/terminals/pair", terminals.pair_terminal, _pair, terminal_shapes.Pair)
doors.custom("POST", "/api/auth/sign-out", signing_in.sign_out, _sign_out)
doors.get("/api/auth/session", signing_in.present_session)
proving(doors, "POST", "/api/auth/reauth", signing_in.reauthenticate, shapes.SecretProof)
doors.get("/api/auth/sessions", signing_in.own_sessions)
doors.delete("/api/auth/sessions/{id}", signing_in.end_own_session)

doors.get("/api/signatures", signing.list_signatures, params=shapes.SignaturesAsked)

doors.get("/api/permissions", roles.list_permissions)
doors.get("/api/permissions/me", queries.own_permissions)

# `me` before any id
doors.get("/api/users/me", queries.own_account)
proving(doors, "PATCH", "/api/users/me", actions.change_own, shapes.OwnChange)
doors.custom(
    "POST", "/api/users/me/change-password", signing_in.change_password, _change_password, shapes.ChangePassword
)
proving(doors, "POST", "/api/users/me/pin", badge.set_own_pin, terminal_shapes.OwnPin, ahead=_hash_of_pin)
doors.get("/api/users", queries.list_users, listing=queries.USERS)
doors.custom("POST", "/api/users", actions.create_user, _create_user, shapes.NewUser)
doors.get("/api/users/{id}", queries.user_detail)
doors.patch("/api/users/{id}", actions.change_user, shapes.UserChange)
doors.custom("POST", "/api/users/{id}/reset-password", actions.reset_password, _reset_password)
doors.custom("POST", "/api/users/{id}/pin", badge.set_pin, _set_pin, terminal_shapes.UserPin)
doors.post("/api/users/{id}/unlock", actions.unlock_user)
doors.delete("/api/users/{id}/sessions", actions.end_user_sessions)

doors.get("/api/roles", roles.list_roles, listing=roles.ROLES)
doors.post("/api/roles", roles.create_role, shapes.NewRole)
doors.get("/api/roles/{id}", roles.role_detail)
doors.patch("/api/roles/{id}", roles.change_role, shapes.RoleChange)
doors.delete("/api/roles/{id}", roles.delete_role)

doors.get("/api/api-tokens", tokens.list_tokens, listing=tokens.TOKENS)
proving(doors, "POST", "/api/api-tokens", tokens.create_token, shapes.NewToken)
doors.post("/api/api-tokens/{id}/revoke", tokens.revoke_token)
doors.post("/api/api-tokens/{id}/rotate", tokens.rotate_token, shapes.Rotate)

doors.get("/api/terminals", terminals.list_terminals, listing=terminals.TERMINALS)
doors.post("/api/terminals", terminals.create_terminal, terminal_shapes.NewTerminal)
doors.patch("/api/terminals/{code}", terminals.change_terminal, terminal_shapes.TerminalChange)
doors.post("/api/terminals/{code}/pairing-code", terminals.make_pairing_code)

open_book_doors(doors)
open_config_doors(doors)
