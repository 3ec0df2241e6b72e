"""What the doors to other systems are given by the environment (from `app.py`): how a message is sent, and from where data are pulled."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of one attempt to send: no status when nobody answered. `retry_after` in seconds, when the other side named it."""

    http_status: int | None
    answer: str = ""
    error: str = ""
    retry_after: int | None = None
    taken: bool = False  # whether the other system has it now


class Sender(Protocol):
    """The way out to the ERP."""

    def send(self, payload: Mapping[str, Any], idempotency_key: str) -> Sent:
        """Send one message; never raises for what the other side or the network does."""


@dataclass(slots=True)
class _Wires:
    feedback: bool = False
    sender: Sender | None = None


_wires = _Wires()


def wire_outbound(*, feedback: bool, sender: Sender | None) -> None:
    """Say whether ended runs are told to the ERP (MES_OUTBOUND_FEEDBACK_ENABLED), and how."""
    _wires.feedback, _wires.sender = feedback, sender


def feedback_is_on() -> bool:
    """Tell whether the end of a run is told by itself."""
    return _wires.feedback


def sender() -> Sender | None:
    """Give the way out; None while there is none."""
    return _wires.sender
