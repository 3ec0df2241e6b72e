"""Passwords (spec 09.2): Argon2id on a thread of its own, before the lane and never in it; and the rules for a new one."""

from __future__ import annotations

import asyncio
import secrets
import string
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from fiducial.kit.refusals import Refused

R = TypeVar("R")

SHORTEST, LONGEST = 8, 128
KEPT_FORMER = 5
COMMON = 10_000
DEMO_PASSWORDS = frozenset({"changeme123!", "test123!"})
WAITING_LIMIT = 64
_OTHER = "!#%+-=?@_"
_ALPHABET = "".join(c for c in string.ascii_letters + string.digits if c not in "0O1lI")  # read aloud and typed by hand


class Hashing:
    """Hashes and verifies, one at a time: 19 MiB and about 40 ms each (the OWASP minimum for Argon2id)."""

    def __init__(self, *, time_cost: int = 2, memory_kib: int = 19_456) -> None:
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory_kib, parallelism=1)
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="argon2")
        self._waiting = threading.BoundedSemaphore(WAITING_LIMIT)
        self._nobody: str | None = None

    def hash(self, password: str) -> str:
        """Give the hash of a password."""
        return self._hasher.hash(password)

    def matches(self, password: str, *hashes: str | None) -> bool:
        """Tell whether the password is that of any of the hashes; with none at all as much time goes by and the answer is no."""
        known = [kept for kept in hashes if kept]
        if not known:
            self._nobody = self._nobody or self._hasher.hash(secrets.token_hex(16))
            self._verify(self._nobody, password)
            return False
        return any(self._verify(kept, password) for kept in known)

    def _verify(self, kept: str, password: str) -> bool:
        try:
            return self._hasher.verify(kept, password)
        except (VerifyMismatchError, VerificationError, InvalidHashError):
            return False

    async def apart(self, work: Callable[..., R], *args: Any) -> R:
        """Do it on the thread that only hashes; refuses WRITE_QUEUE_FULL when too many wait for it already."""
        if not self._waiting.acquire(blocking=False):
            raise Refused("WRITE_QUEUE_FULL")
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, work, *args)
        finally:
            self._waiting.release()


hashing = Hashing()


def faults_of(password: str, *, username: str, classes: int, mode: str) -> list[str]:
    """Give the rules that a new password breaks, of LENGTH, CLASSES, USERNAME, COMMON, DEMO.

    `mode` is that of the program: the demo's own passwords are refused in production.
    """
    folded = password.lower()
    broken = {
        "LENGTH": not SHORTEST <= len(password) <= LONGEST,
        "CLASSES": kinds_of(password) < classes,
        "USERNAME": folded == username.lower(),
        "COMMON": folded in common(),
        "DEMO": mode == "production" and folded in DEMO_PASSWORDS,
    }
    return [rule for rule, is_broken in broken.items() if is_broken]


def kinds_of(password: str) -> int:
    """Give how many of upper, lower, digit and other are in a password."""
    kinds: tuple[Callable[[str], bool], ...] = (str.isupper, str.islower, str.isdigit)
    return sum(any(map(kind, password)) for kind in kinds) + any(not any(kind(c) for kind in kinds) for c in password)


@lru_cache(maxsize=1)
def common() -> frozenset[str]:
    """Give the 10 000 most common passwords."""
    from zxcvbn.frequency_lists import FREQUENCY_LISTS

    listed: Iterable[str] = FREQUENCY_LISTS["passwords"]
    return frozenset(list(listed)[:COMMON])


def fresh_password(length: int = 12) -> str:
    """Give a random password of every kind of character, without those that look alike."""
    while True:
        candidate = "".join(secrets.choice(_ALPHABET + _OTHER) for _ in range(length))
        if kinds_of(candidate) == 4:
            return candidate
