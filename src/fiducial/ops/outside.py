"""How this installation reaches other systems, where its backups lie, and what it does beside the lane: made of its environment (spec 13.1)."""

from __future__ import annotations

from dataclasses import dataclass

from fiducial.connect import ports
from fiducial.connect.outbound import any_due, deliver_due
from fiducial.connect.retention import forget_messages
from fiducial.connect.sending import RestSender, Sink
from fiducial.connect.watching import watch_systems
from fiducial.kit.acting import Caller
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx
from fiducial.notices import outward
from fiducial.ops.asked import Handler, any_asked, do_asked, forget_asked
from fiducial.ops.backups import doors as backups
from fiducial.ops.backups.restoring import enter_restore, forget_note, take_note
from fiducial.ops.backups.restoring_pg import note_place
from fiducial.ops.environment import Environment
from fiducial.ops.errands import Errand
from fiducial.ops.ground import walk_the_book, watch_disk
from fiducial.ops.worker import Timer
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
    backups.wire_backups(environment)


class Nightly:
    """When the audit book is walked: ten past midnight of the plant, with its anchor (spec 09.7.2)."""

    def of(self, tx: Tx) -> str:  # noqa: ARG002 - it is no setting
        """Give the expression."""
        return "10 0 * * *"


HANDLERS: dict[str, Handler] = dict(backups.HANDLERS)
"""Who does which kind of job; `app.py` adds those of rooms beside this one."""


def do_what_was_asked(store: Store) -> dict[str, int]:
    """Do the jobs that people and timers asked for."""
    return do_asked(store, HANDLERS, backups.HEARD)


# What is done beside the lane, each in a thread of its own.
ERRANDS: tuple[Errand, ...] = (
    Errand("messages are delivered", deliver_due, 5.0, wanted=any_due),
    Errand("what was asked is done", do_what_was_asked, 1.0, wanted=any_asked),
    Errand("the audit book is walked", walk_the_book, 60.0, cron=Nightly()),
)


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
        *ERRANDS,
        Errand(
            "notifications are sent outward",
            lambda store: outward.send_due(store, channels),
            3.0,
            wanted=outward.any_due,
        ),
        *([archive] if rules.enabled else []),
    )


ALWAYS: tuple[Timer, ...] = (
    Timer("other systems are watched", watch_systems, 60.0),
    Timer("old messages are swept", forget_messages, 600.0, on=True),
    Timer("old asked jobs are deleted", forget_asked, 86_400.0),
    Timer("the disk is watched", watch_disk, 300.0),
)
OF_ONE_FILE: tuple[Timer, ...] = (
    Timer("backups are made", backups.ask_by_timer, 30.0, cron=backups.FromEnvironment()),
    Timer("the newest backup is verified", backups.verify_newest, 60.0, cron=backups.Weekly()),
)


def timers_of(environment: Environment) -> tuple[Timer, ...]:
    """Give the timers that hang on the environment. PostgreSQL has its standby and its WAL archive (spec 13.8)."""
    return (*ALWAYS, *OF_ONE_FILE) if environment.backup_enabled and environment.on_sqlite else ALWAYS


def enter_what_was_restored(store: Store, environment: Environment) -> None:
    """Enter into the audit book that this database was put back from a backup, once (spec 13.4)."""
    database = note_place(environment)
    note = take_note(database)
    if note is not None:
        store.write_now(Caller(internal="start"), enter_restore, note)
        forget_note(database)
