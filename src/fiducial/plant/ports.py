"""What the plant asks of rooms above it: who uses this, and who must know that it changed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from fiducial.kit.tx import Tx


class Uses:
    """Who uses a line, a station, a group, an operation? A room above answers what it knows of and leaves the rest at none."""

    def open_runs(self, tx: Tx, line_id: int) -> int:  # noqa: ARG002
        """Give how many runs of the line have not ended."""
        return 0

    def line_counts(self, tx: Tx, line_id: int) -> Mapping[str, int]:  # noqa: ARG002
        """Give what hangs on a line, by kind: runs, slots, bindings, records, rules (spec 01.2)."""
        return {}

    def units_in(self, tx: Tx, station_id: int) -> int:  # noqa: ARG002
        """Give how many units are in the station now."""
        return 0

    def has_history(self, tx: Tx, station_id: int) -> bool:  # noqa: ARG002
        """Tell whether any track or record names the station."""
        return False

    def group_counts(self, tx: Tx, group_id: int, code: str) -> Mapping[str, int]:  # noqa: ARG002
        """Give what names a station group, by kind."""
        return {}

    def routings_of(self, tx: Tx, operation_id: int) -> Sequence[tuple[str, bool]]:  # noqa: ARG002
        """Give the routings with a step of the operation: code, and whether it is active."""
        return ()

    def profile_counts(self, tx: Tx, code: str, version: str) -> Mapping[str, int]:  # noqa: ARG002
        """Give what names a version of an oven program and needs it as it is, by kind: READY versions, usages, records (spec 01.7)."""
        return {}

    def profile_configs(self, tx: Tx, code: str) -> int:  # noqa: ARG002
        """Give how many execution configs expect the oven program, whatever its version."""
        return 0

    def template_routings(self, tx: Tx, code: str) -> Sequence[str]:  # noqa: ARG002
        """Give the routings that bind the FAI template."""
        return ()

    def lot_runs(self, tx: Tx, lot_id: int) -> Sequence[str]:  # noqa: ARG002
        """Give the open runs that have a reel of the lot loaded (spec 01.4)."""
        return ()

    def gaps(self, tx: Tx) -> Mapping[str, Any]:  # noqa: ARG002
        """Give what the gaps report shows of a room above: `unmappedOperations`, `unmappedWorkCenters`, `invalidVersions` (spec 01.3)."""
        return {}


class Watcher:
    """A room above that must know, in the same transaction, that something it has read has changed."""

    def operation_changed(self, tx: Tx, operation_id: int) -> None:
        """An operation has another name, type or kind, or was switched."""

    def stations_changed(self, tx: Tx, codes: Collection[str], group_codes: Collection[str]) -> None:
        """Stations came, went or changed in group, type or activity; `group_codes` are their groups before and after."""

    def template_changed(self, tx: Tx, code: str) -> None:
        """An FAI template has other items or was switched."""

    def profile_changed(self, tx: Tx, code: str) -> None:
        """An oven program has another active version, program or limits."""

    def lot_changed(self, tx: Tx, lot_id: int) -> None:
        """A material lot was held, released, or has another result or date."""


_uses: list[Uses] = []
_watchers: list[Watcher] = []


def wire_uses(uses: Sequence[Uses]) -> None:
    """Give the plant the rooms that use it (from `app.py`)."""
    _uses[:] = uses


def wire_watchers(watchers: Sequence[Watcher]) -> None:
    """Give the plant the rooms that watch it (from `app.py`)."""
    _watchers[:] = watchers


def open_runs(tx: Tx, line_id: int) -> int:
    """Give how many runs of the line have not ended, of all rooms."""
    return sum(room.open_runs(tx, line_id) for room in _uses)


def line_counts(tx: Tx, line_id: int) -> dict[str, int]:
    """Give what hangs on a line, of all rooms."""
    return _summed(room.line_counts(tx, line_id) for room in _uses)


def units_in(tx: Tx, station_id: int) -> int:
    """Give how many units are in the station now."""
    return sum(room.units_in(tx, station_id) for room in _uses)


def has_history(tx: Tx, station_id: int) -> bool:
    """Tell whether any room has a record of the station."""
    return any(room.has_history(tx, station_id) for room in _uses)


def group_counts(tx: Tx, group_id: int, code: str) -> dict[str, int]:
    """Give what names a station group, of all rooms."""
    return _summed(room.group_counts(tx, group_id, code) for room in _uses)


def routings_of(tx: Tx, operation_id: int) -> list[tuple[str, bool]]:
    """Give the routings with a step of the operation, by code."""
    return sorted(found for room in _uses for found in room.routings_of(tx, operation_id))


def operation_changed(tx: Tx, operation_id: int) -> None:
    """Tell who watches that an operation changed."""
    for room in _watchers:
        room.operation_changed(tx, operation_id)


def stations_changed(tx: Tx, codes: Collection[str], group_codes: Collection[str | None]) -> None:
    """Tell who watches that stations changed."""
    named = {code for code in group_codes if code is not None}
    for room in _watchers:
        room.stations_changed(tx, codes, named)


def profile_counts(tx: Tx, code: str, version: str) -> dict[str, int]:
    """Give what needs a version of an oven program as it is, of all rooms."""
    return _summed(room.profile_counts(tx, code, version) for room in _uses)


def profile_configs(tx: Tx, code: str) -> int:
    """Give how many execution configs expect an oven program."""
    return sum(room.profile_configs(tx, code) for room in _uses)


def template_routings(tx: Tx, code: str) -> list[str]:
    """Give the routings that bind an FAI template, by code."""
    return sorted(found for room in _uses for found in room.template_routings(tx, code))


def lot_runs(tx: Tx, lot_id: int) -> list[str]:
    """Give the open runs that have a reel of the lot loaded."""
    return sorted({run for room in _uses for run in room.lot_runs(tx, lot_id)})


def gaps(tx: Tx) -> dict[str, list[Any]]:
    """Give what the rooms above add to the gaps report, by part."""
    found: dict[str, list[Any]] = {}
    for room in _uses:
        for part, items in room.gaps(tx).items():
            found.setdefault(part, []).extend(items)
    return found


def template_changed(tx: Tx, code: str) -> None:
    """Tell who watches that an FAI template changed."""
    for room in _watchers:
        room.template_changed(tx, code)


def profile_changed(tx: Tx, code: str) -> None:
    """Tell who watches that an oven program changed."""
    for room in _watchers:
        room.profile_changed(tx, code)


def lot_changed(tx: Tx, lot_id: int) -> None:
    """Tell who watches that a material lot changed."""
    for room in _watchers:
        room.lot_changed(tx, lot_id)


def _summed(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    total: dict[str, int] = {}
    for one in counts:
        for kind, count in one.items():
            total[kind] = total.get(kind, 0) + count
    return {kind: count for kind, count in sorted(total.items()) if count}
