"""What people ask of rooms above them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol

from fiducial.kit.tx import Tx


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
