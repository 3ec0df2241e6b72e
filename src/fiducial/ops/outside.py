"""How this installation reaches other systems, made of its environment (spec 13.1): told to the rooms that ask."""

from __future__ import annotations

from fiducial.connect import ports
from fiducial.connect.outbound import any_due, deliver_due
from fiducial.connect.sending import RestSender, Sink
from fiducial.ops.environment import Environment
from fiducial.ops.errands import Errand


def wire_outside(environment: Environment) -> None:
    """Give the doors to other systems their ways out. The demo and tests send nothing outside (spec 12.7)."""
    base, on = environment.mes_outbound_erp_base_url, environment.mes_outbound_feedback_enabled
    sender: ports.Sender | None = None
    if environment.app_mode != "production":
        sender = Sink()
    elif base:
        sender = RestSender(base.rstrip("/") + environment.mes_outbound_erp_path, environment.mes_outbound_erp_api_key)
    ports.wire_outbound(feedback=on, sender=sender if on else None)


# What is done beside the lane, each in a thread of its own.
ERRANDS: tuple[Errand, ...] = (Errand("messages are delivered", deliver_due, 5.0, wanted=any_due),)
