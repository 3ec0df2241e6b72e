"""Lifecycle of what is told to other systems (spec 08.6)."""

from __future__ import annotations

from fiducial.connect.outbound_tables import outbound
from fiducial.kit.moves import Lifecycle, Move

PENDING, SENDING, RETRY_WAIT = "PENDING", "SENDING", "RETRY_WAIT"
DELIVERED, DEAD, CANCELLED = "DELIVERED", "DEAD", "CANCELLED"
STATES = (PENDING, SENDING, RETRY_WAIT, DELIVERED, DEAD, CANCELLED)
MAY_RETRY, MAY_CANCEL = (DEAD, RETRY_WAIT), (PENDING, RETRY_WAIT, DEAD)

OUTBOUND = Lifecycle(
    "OUTBOUND", outbound.c.status, states=STATES, terminal=(DELIVERED, CANCELLED),
    moves=(
        Move("enqueue", (), PENDING, "a run has ended", audit="OUTBOUND_ERP_RUN_COMPLETION_ENQUEUE", event=""),
        Move("take", (PENDING, RETRY_WAIT), SENDING, "a worker takes it", audit="", event=""),
        Move("give_back", (SENDING,), RETRY_WAIT, "its worker is gone", audit="", event=""),
        Move("deliver", (SENDING,), DELIVERED, "the other system took it", audit="", event=""),
        Move("wait", (SENDING,), RETRY_WAIT, "it could not be sent", audit="", event=""),
        Move("die", (SENDING,), DEAD, "it will not be sent", audit="", event="OUTBOUND_DEAD"),
        Move("retry", MAY_RETRY, PENDING, "try again", permission="system:integration", event=""),
        Move("cancel", MAY_CANCEL, CANCELLED, "give up", permission="system:integration", event=""),
    ),
)  # fmt: skip
