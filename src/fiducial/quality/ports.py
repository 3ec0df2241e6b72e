"""What quality asks of rooms above it: what machines found, and who keeps the production exceptions.

The implementations are wired in `app.py`; while a room is not built, nothing is known and nothing is raised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from fiducial.kit.tx import Tx


@dataclass(frozen=True, slots=True)
class MachineFinding:
    """One effective result of a machine: SPI, AOI or a test record (spec 08.3.6, 11.5)."""

    unit_id: int
    sn: str
    kind: str  # SPI AOI TEST
    result: str  # PASS FAIL
    station_code: str | None
    event_time: int


class MachineFindings(Protocol):
    """What machines found of units, in effect: a result that a person has overruled does not count."""

    def since(self, tx: Tx, unit_ids: Sequence[int], instant: int) -> Sequence[MachineFinding]:
        """Give the effective results of units since an instant, oldest first."""


class ExceptionBook(Protocol):
    """Where production exceptions are kept (spec 06.13)."""

    def open(
        self, tx: Tx, *, source: str, inspection_id: int, run: Any, line_code: str | None, description: str
    ) -> Mapping[str, Any] | None:
        """Open one in this transaction, caused by an inspection (`source` FQC_FAIL, IPQC_FAIL; category QUALITY); give it."""


class PartsBook(Protocol):
    """Where it is kept which lots are in a unit: a repair takes parts out and puts others in (spec 06.10)."""

    def replaced(self, tx: Tx, *, unit_id: int, run_id: int, step_no: int, parts: Sequence[Mapping[str, Any]]) -> None:
        """Note `{position, materialCode, lotNo}` of each new part, in this transaction; the old one at its place ends."""


class BoardPlaces(Protocol):
    """Who knows the places on a board by their reference designators (位号)."""

    def of_product(self, tx: Tx, product_code: str) -> Sequence[str]:
        """Give the designators of a product, each once, in the order in which people count: R2 before R10."""


@dataclass(slots=True)
class _Wires:
    findings: tuple[MachineFindings, ...] = ()
    exceptions: ExceptionBook | None = None
    parts: PartsBook | None = None
    places: BoardPlaces | None = None


_wires = _Wires()


def wire(
    *, findings: Sequence[MachineFindings] = (), exceptions: ExceptionBook | None = None, parts: PartsBook | None = None,
    places: BoardPlaces | None = None,
) -> None:  # fmt: skip
    """Give quality the rooms above it (from `app.py`)."""
    _wires.findings, _wires.exceptions, _wires.parts, _wires.places = tuple(findings), exceptions, parts, places


def board_places(tx: Tx, product_code: str) -> Sequence[str]:
    """Give the places on a board of a product that somebody knows; none where nobody does, for a place may always be written freely."""
    return _wires.places.of_product(tx, product_code) if _wires.places is not None else ()


def parts_replaced(tx: Tx, *, unit_id: int, run_id: int, step_no: int, parts: Sequence[Mapping[str, Any]]) -> None:
    """Tell which parts a repair put in, where there is a room that keeps them."""
    if _wires.parts is not None and parts:
        _wires.parts.replaced(tx, unit_id=unit_id, run_id=run_id, step_no=step_no, parts=parts)


def machine_findings(tx: Tx, unit_ids: Sequence[int], since: int) -> list[MachineFinding]:
    """Give the effective machine results of units since an instant."""
    return [found for source in _wires.findings for found in source.since(tx, unit_ids, since)] if unit_ids else []


def open_exception(
    tx: Tx, *, source: str, inspection_id: int, run: Any, line_code: str | None, description: str
) -> None:
    """Have a production exception opened, where there is a room that keeps them."""
    if _wires.exceptions is not None:
        _wires.exceptions.open(
            tx, source=source, inspection_id=inspection_id, run=run, line_code=line_code, description=description
        )
