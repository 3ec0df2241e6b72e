"""Surrogate keys: 64-bit and time-ordered in the database, an opaque UUIDv7 on the wire, either made from the other.

41 bits of milliseconds since 2024, 6 bits of node, 16 bits of counter. Integers keep rows small and inserts at the
end of the tree; the UUID keeps the wire free of anything a program could be tempted to count with.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from hashlib import blake2b
from uuid import UUID

from fiducial.kit.clock import now_ms

START_MS = 1_704_067_200_000  # 2024-01-01T00:00:00Z
NODES = 64
LARGEST = (1 << 63) - 1  # what a column takes
_COUNTER_BITS, _NODE_BITS = 16, 6
_LOW_BITS = _COUNTER_BITS + _NODE_BITS
_COUNTER_MASK = (1 << _COUNTER_BITS) - 1
_LOW_MASK = (1 << _LOW_BITS) - 1


class IdMaker:
    """Gives out keys that grow: also when the clock goes back, also within one millisecond."""

    def __init__(self, node: int = 0, clock: Callable[[], int] = now_ms) -> None:
        if not 0 <= node < NODES:
            raise ValueError(f"node must be 0 to {NODES - 1}")
        self._node, self._clock, self._lock = node, clock, threading.Lock()
        self._ms = self._counter = 0

    def __call__(self) -> int:
        """Give a key greater than every earlier one of this maker."""
        with self._lock:
            ms = self._clock() - START_MS
            if ms > self._ms:
                self._ms, self._counter = ms, 0
            else:
                # The clock stood still or went back: stay in the newest millisecond seen, borrow the next when it is full.
                self._counter += 1
                if self._counter >> _COUNTER_BITS:
                    self._ms, self._counter = self._ms + 1, 0
            return self._ms << _LOW_BITS | self._node << _COUNTER_BITS | self._counter

    def begin_after(self, key: int) -> None:
        """Give only keys greater than this one, which stands in the database: the clock may have gone back since it was made."""
        with self._lock:
            if (ms := key >> _LOW_BITS) >= self._ms:
                self._ms, self._counter = ms, _COUNTER_MASK

    def many(self, count: int) -> list[int]:
        """Give `count` keys, each greater than the one before; for ten thousand rows one by one would cost 6 ms."""
        keys: list[int] = []
        while len(keys) < count:
            first = self()
            keys.append(first)
            with self._lock:
                # The counter is the lowest part of a key, so what is left of this millisecond is a row of whole numbers.
                if first & _COUNTER_MASK == self._counter:
                    more = min(count - len(keys), _COUNTER_MASK - self._counter)
                    keys.extend(range(first + 1, first + 1 + more))
                    self._counter += more
        return keys


def _mark(ms: int, low: int) -> int:
    """Give 52 bits that make the id look unlike its neighbour and let a mistyped one be told from a real one."""
    return int.from_bytes(blake2b(f"{ms}:{low}".encode(), digest_size=7).digest()) >> 4


def to_wire(key: int) -> str:
    """Give the opaque id of a key, as UUIDv7 text."""
    ms, low = (key >> _LOW_BITS) + START_MS, key & _LOW_MASK
    high, rest = low >> 10, low & 0x3FF
    tail = rest << 52 | _mark(ms, low)
    return str(UUID(int=ms << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | tail))


def wire_or_none(key: int | None) -> str | None:
    """Give the opaque id of a key, None for None."""
    return None if key is None else to_wire(key)


def from_wire(text: str) -> int | None:
    """Give the key of an opaque id; None when the text is no id of ours, so that a look-up simply finds nothing."""
    try:
        whole = UUID(text).int
    except ValueError:
        return None
    low = (whole >> 64 & 0xFFF) << 10 | whole >> 52 & 0x3FF
    key = ((whole >> 80) - START_MS) << _LOW_BITS | low
    return key if 0 <= key <= LARGEST and to_wire(key) == text else None


def time_of(key: int) -> int:
    """Give the instant at which a key was made."""
    return (key >> _LOW_BITS) + START_MS


def first_of(instant: int) -> int:
    """Give the smallest key that can have been made at an instant (ms) or later: what a range over time begins with."""
    return max(instant - START_MS, 0) << _LOW_BITS
