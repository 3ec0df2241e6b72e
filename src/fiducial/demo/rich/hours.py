"""The time of the demo's stories: each thing is done at its own hour, in the order of time, whoever's story it belongs to."""

from __future__ import annotations

import heapq
from collections.abc import Generator, Iterable
from itertools import count

from fiducial.kit import clock, outbox
from fiducial.kit.acting import Caller
from fiducial.kit.store import Store

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000
Story = Generator[int, None, None]  # gives how many milliseconds pass until it goes on


def tell(store: Store, as_of: int, stories: Iterable[tuple[int, Story]]) -> None:
    """Tell stories together: each begins so many milliseconds before or after `as_of`; the clock stands where the next one goes on.

    What is announced is heard before the next thing happens, as the jobs of a running plant would see to it.
    """
    turn = count()
    waiting = [(as_of + begins, next(turn), story) for begins, story in stories]
    heapq.heapify(waiting)
    while waiting:
        at, _order, story = heapq.heappop(waiting)
        with clock.at(at):
            passes = next(story, None)
            if passes is not None:
                heapq.heappush(waiting, (at + passes, next(turn), story))
            _hear(store)


def _hear(store: Store) -> None:
    caller = Caller(internal="demo", request_id="demo-load")
    while store.write_now(caller, outbox.handle_one):
        pass
