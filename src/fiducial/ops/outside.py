"""How this installation reaches other systems, made of its environment (spec 13.1): told to the rooms that ask."""

from __future__ import annotations

from dataclasses import dataclass

from fiducial.connect import ports
from fiducial.connect.outbound import any_due, deliver_due
from fiducial.connect.sending import RestSender, Sink
from fiducial.kit.tx import Tx
from fiducial.notices import outward
from fiducial.ops.environment import Environment
from fiducial.ops.errands import Errand
from fiducial.people import archiving


def wire_outside(environment: Environment) -> None:
    """Give the doors to other systems their ways out. The demo and tests send nothing outside (spec 12.7)."""
    base, on = environment.mes_outbound_erp_base_url, environment.mes_outbound_feedback_enabled
    sender: ports.Sender | None = None
    if environment.app_mode != "production":
        sender = Sink()
    elif base:
        sender = RestSender(base.rstrip("/") + environment.mes_outbound_erp_path, environment.mes_outbound_erp_api_key)
    ports.wire_outbound(feedback=on, sender=sender if on else None)


@dataclass(frozen=True, slots=True)
class _Times:
    """When, as the environment says it."""

    cron: str

    def of(self, tx: Tx) -> str:  # noqa: ARG002 - a setting would be read here
        """Give the expression."""
        return self.cron


def errands_of(environment: Environment) -> tuple[Errand, ...]:
    """Give what this installation has done beside the lane, each in a thread of its own."""
    rules, channels = archiving.rules_of(environment), outward.channels_of(environment)
    archive = Errand(
        "old audit entries are archived", lambda store: archiving.archive_in_time(store, rules), 60.0,
        cron=_Times(environment.audit_archive_cron),
    )  # fmt: skip
    return (
        Errand("messages are delivered", deliver_due, 5.0, wanted=any_due),
        Errand(
            "notifications are sent outward",
            lambda store: outward.send_due(store, channels),
            3.0,
            wanted=outward.any_due,
        ),
        *([archive] if rules.enabled else []),
    )
