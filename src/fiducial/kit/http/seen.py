"""What this process has answered since it began, as counters (spec 13.9). Kept in memory; each node has its own.

Only the event loop counts, so nothing is locked. A watcher says under which name and labels an act is counted.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)  # seconds
Labels = tuple[tuple[str, str], ...]
Watcher = Callable[[Any], Iterable[tuple[str, Mapping[str, str]]]]


class Seen:
    """Requests by route, how long they took, refusals by code, and acts that are watched."""

    def __init__(self) -> None:
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self.buckets: dict[str, list[int]] = {}
        self.seconds: Counter[str] = Counter()
        self.refusals: Counter[str] = Counter()
        self.acts: Counter[tuple[str, Labels]] = Counter()
        self._watchers: dict[Callable[..., Any], Watcher] = {}

    def request(self, scope: Mapping[str, Any], status: int, spent: float) -> None:
        """Count a request by the path of its door, not by what stood in it: names of things would be endless."""
        route = str(getattr(scope.get("endpoint"), "__path__", "other"))
        self.requests[route, str(scope["method"]), status] += 1
        found = self.buckets.setdefault(route, [0] * (len(BUCKETS) + 1))
        found[next((at for at, most in enumerate(BUCKETS) if spent <= most), len(BUCKETS))] += 1
        self.seconds[route] += spent  # type: ignore[assignment]  # a sum of seconds

    def refusal(self, code: str) -> None:
        """Count a refusal."""
        self.refusals[code] += 1

    def watch(self, action: Callable[..., Any], watcher: Watcher) -> None:
        """Have what an action answers counted."""
        self._watchers[action] = watcher

    def did(self, action: Callable[..., Any], answer: Any) -> None:
        """Count what an action answered, if somebody watches it."""
        watcher = self._watchers.get(action)
        if watcher is not None:
            for name, labels in watcher(answer):
                self.acts[name, tuple(sorted(labels.items()))] += 1


seen = Seen()
