"""A random draw that anybody can repeat (spec 06.7): the seed is kept, and the same seed over the same serials draws the same units.

The serials are put in the order of SHA-256(seed, serial); the first of them are the sample. That is uniform, and does not rest
on the random numbers of one language or one version of it.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence


def new_seed() -> str:
    """Give a seed that nobody could foresee."""
    return secrets.token_hex(16)


def draw(seed: str, serials: Sequence[str], size: int) -> list[str]:
    """Give `size` of the serials without replacement, in the order of their serials."""
    ranked = sorted(serials, key=lambda sn: hashlib.sha256(f"{seed}\n{sn}".encode()).digest())
    return sorted(ranked[:size])


def fingerprint(serials: Sequence[str]) -> str:
    """Give SHA-256 of the serials drawn from, sorted, one a line: it tells whether a repeated draw is from the same lot."""
    return hashlib.sha256("\n".join(sorted(serials)).encode()).hexdigest()
