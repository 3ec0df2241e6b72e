"""What routing asks of rooms above it: who uses this routing, this collection item?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fiducial.kit.tx import Tx


class RouteUses:
    """Who uses a routing or a collection item? A room above answers what it knows of and leaves the rest at none."""

    def open_runs_of(self, tx: Tx, route_id: int) -> int:  # noqa: ARG002
        """Give how many runs on a version of the routing have not ended."""
        return 0

    def route_counts(self, tx: Tx, route_id: int, code: str) -> Mapping[str, int]:  # noqa: ARG002
        """Give what names the routing besides its versions, by kind (work orders, mappings, rules)."""
        return {}

    def has_values(self, tx: Tx, spec_id: str) -> bool:  # noqa: ARG002
        """Tell whether a value of the collection item (opaque id) is stored. Asked only when some version has frozen it."""
        return False


_uses: list[RouteUses] = []


def wire_route_uses(uses: Sequence[RouteUses]) -> None:
    """Give routing the rooms that use it (from `app.py`)."""
    _uses[:] = uses


def open_runs_of(tx: Tx, route_id: int) -> int:
    """Give how many runs on a version of the routing have not ended."""
    return sum(room.open_runs_of(tx, route_id) for room in _uses)


def route_counts(tx: Tx, route_id: int, code: str) -> dict[str, int]:
    """Give what names the routing, of all rooms."""
    total: dict[str, int] = {}
    for room in _uses:
        for kind, count in room.route_counts(tx, route_id, code).items():
            total[kind] = total.get(kind, 0) + count
    return {kind: count for kind, count in sorted(total.items()) if count}


def has_values(tx: Tx, spec_id: str) -> bool:
    """Tell whether a value of the collection item is stored anywhere."""
    return any(room.has_values(tx, spec_id) for room in _uses)
