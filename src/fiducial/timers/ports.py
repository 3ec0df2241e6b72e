"""What time rules ask of rooms beside and above them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from fiducial.kit.tx import Tx


class PasteOnLine(Protocol):
    """Which paste prints on a line: its clocks concern the runs there."""

    def lots_on_line(self, tx: Tx, line_id: int) -> Sequence[str]:
        """Give the codes of the paste lots bound to a line now."""

    def lines_of_lot(self, tx: Tx, lot_code: str) -> Sequence[int]:
        """Give the lines a paste lot is bound to now."""


class WaiverWatcher(Protocol):
    """Who must know, in the same transaction, that a clock was waived: the item of the newest FORMAL check becomes WAIVED too."""

    def clock_waived(self, tx: Tx, clock: Any, reason: str) -> None:
        """A person waived the clock (a row of `time_rule_instance`)."""

    def four_eyes(self, tx: Tx, line_id: int | None) -> bool:
        """Tell whether who made the clock start may not waive it (setting of the gate TIME_RULE)."""


@dataclass(slots=True)
class _Wires:
    paste: PasteOnLine | None = None
    watchers: Sequence[WaiverWatcher] = field(default_factory=tuple)


_wires = _Wires()


def wire(*, paste: PasteOnLine, watchers: Sequence[WaiverWatcher] = ()) -> None:
    """Give time rules the rooms they ask (from `app.py`)."""
    _wires.paste, _wires.watchers = paste, tuple(watchers)


def paste() -> PasteOnLine:
    """Give the room that knows where paste is; a fault of ours when none is wired."""
    if _wires.paste is None:
        raise RuntimeError("time rules are not wired: nobody knows which paste is on which line")
    return _wires.paste


def watchers() -> Sequence[WaiverWatcher]:
    """Give who must know of waivers."""
    return _wires.watchers
