"""How people are told of things is kept by the room of notices, above this one, and is a part of one's own account (spec 09.1)."""

from __future__ import annotations

from fiducial.people.ports import Telling

_wired: list[Telling] = []


def wire_telling(room: Telling) -> None:
    """Give people the room that keeps how they are told (from `app.py`)."""
    _wired[:] = [room]


def telling() -> Telling:
    """Give the room that keeps how people are told."""
    return _wired[0]
