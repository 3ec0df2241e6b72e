"""Shapes of what the endpoints of shared terminals, badges and PINs take and give."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints
from typing_extensions import TypedDict

from fiducial.kit.http.shapes import Body, Key, Name
from fiducial.people.shapes import BadgeNo, Codes, Proving

Pin = Annotated[str, StringConstraints(pattern=r"^[0-9]{6}$")]


class SignInByBadge(Body):
    """What the badge reader gave, and the PIN."""

    badge_no: BadgeNo
    pin: Annotated[str, StringConstraints(min_length=1, max_length=32)]


class OwnPin(Proving):
    """The new PIN of one's own, with the proof that asks for it."""

    pin: Pin


class UserPin(Body):
    """Badge and PIN of somebody; without a PIN they have none any more."""

    badge_no: BadgeNo | None = None
    pin: Pin | None = None


class NewTerminal(Body):
    """A shared terminal of a line, perhaps of some of its stations."""

    code: Key
    name: Name
    line_code: Key
    station_codes: Codes = []
    is_active: bool = True


class TerminalChange(Body):
    """What may change of a terminal."""

    name: Name = ""
    line_code: Key = ""
    station_codes: Codes = []
    is_active: bool = True


class Pair(Body):
    """The one-time code that an administrator was shown."""

    code: Annotated[str, StringConstraints(min_length=4, max_length=32)]


class PinFacts(TypedDict):
    """The badge of an account, and whether it has a PIN."""

    badgeNo: str | None
    hasPin: bool


class TerminalFacts(TypedDict):
    """A shared terminal; `isPaired` when a browser stands for it."""

    id: str
    code: str
    name: str
    lineCode: str
    stationCodes: list[str]
    isActive: bool
    isPaired: bool
    pairedAt: str | None
    createdAt: str | None
    updatedAt: str | None


class PairingCode(TypedDict):
    """A code that pairs one browser, shown once."""

    code: str
    expiresAt: str | None
