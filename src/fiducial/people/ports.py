"""What people ask of rooms above them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from fiducial.kit.tx import Tx
from fiducial.people.shapes import Choice, ChoiceFacts


class Places(Protocol):
    """Lines and stations, which people are bound to but which stand higher in the house."""

    def lines_of(self, tx: Tx, station_ids: Iterable[int]) -> Mapping[int, int]:
        """Give the line of each station."""

    def line_codes(self, tx: Tx, line_ids: Iterable[int]) -> Mapping[int, str]:
        """Give the code of each line; a line that is gone is left out."""

    def station_codes(self, tx: Tx, station_ids: Iterable[int]) -> Mapping[int, str]:
        """Give the code of each station; a station that is gone is left out."""

    def find_lines(self, tx: Tx, names: Iterable[str]) -> Mapping[str, int]:
        """Give the key of each line, named by its id on the wire or by its code; refuses LINE_NOT_FOUND (`details.lineCode`)."""

    def find_stations(self, tx: Tx, names: Iterable[str]) -> Mapping[str, int]:
        """Give the key of each station, named by id or code; refuses STATION_NOT_FOUND (`details.stationCode`)."""

    def named_lines(self, tx: Tx) -> Sequence[tuple[str, str]]:
        """Give code and name of every line, for a choice on a page."""

    def named_stations(self, tx: Tx) -> Sequence[tuple[str, str]]:
        """Give code and name of every station, by line, for a choice on a page."""


class Telling(Protocol):
    """How people want to be told of things: kept by the room of notices, and a part of one's own account (spec 09.1)."""

    def choices(self, tx: Tx) -> Sequence[ChoiceFacts]:
        """Give how whoever asks wants to be told of each type."""

    def choose(self, tx: Tx, items: Sequence[Choice], at: str) -> list[dict[str, Any]]:
        """Write it and give what changed; `at` is where the items stand in the body. Refuses VALIDATION_ERROR."""


class Subject(Protocol):
    """A kind of thing that people sign (spec 09.4). The room of the thing implements it; `app.py` lists it."""

    @property
    def type(self) -> str:
        """The name of the kind on the wire, UPPER_SNAKE: `INSPECTION`, `FORM_RECORD`."""

    @property
    def version(self) -> int:
        """The version of the shape in which `content` gives a thing now; older signatures keep theirs."""

    def content(self, tx: Tx, subject_id: int, meaning: str, version: int) -> Mapping[str, Any] | None:
        """Give what a signature of this meaning vouches for, in the shape of that version; None when the thing is gone.

        Everything that was decided and measured, nothing that goes on changing (status after the signature, other
        signatures, `updatedAt`): when this changes the signature shows as superseded. Instants in milliseconds or as on the wire.
        """

    def must_read(self, tx: Tx, subject_id: int) -> None:
        """Refuse FORBIDDEN, or the thing's …_NOT_FOUND, unless the actor may read the thing."""
