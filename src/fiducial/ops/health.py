"""Is it alive, is it ready (spec 13.9)."""

from __future__ import annotations

import shutil
from typing import Any

from sqlalchemy import func, select, text
from typing_extensions import TypedDict

from fiducial import __version__
from fiducial.connect.outbound_queries import outbound_standing
from fiducial.kit.acting import OPEN, query
from fiducial.kit.clock import from_datetime, now_ms, to_wire
from fiducial.kit.outbox import DEAD, work
from fiducial.kit.refusals import Refused
from fiducial.kit.set_backs import set_backs_of
from fiducial.kit.tx import Tx
from fiducial.ops.backups.doors import here, newest_of

WEEK_MS = 7 * 86_400_000


class Health(TypedDict):
    """What an open health answer says."""

    status: str
    version: str
    time: str | None


class BackupSeen(TypedDict):
    """The newest backup."""

    name: str
    createdAt: str | None
    verified: bool | None


class ClockSetBack(TypedDict):
    """The last time that the clock was set back, within a week."""

    at: str | None
    seconds: float


class Details(TypedDict):
    """What the people who run the system are told."""

    version: str
    engine: str
    engineVersion: str
    node: int
    writeQueue: int
    time: str | None
    mode: str
    diskFreePercent: float | None
    lastBackup: BackupSeen | None
    outbound: dict[str, Any]
    deadEvents: int
    clockAgainstDatabaseSeconds: float
    clockSetBack: ClockSetBack | None


@query(OPEN)
def health(tx: Tx) -> Health:
    """Say that the process lives and can read its database."""
    tx.scalar(text("SELECT 1"))
    return {"status": "ok", "version": __version__, "time": to_wire(tx.now)}


@query(OPEN)
def ready(tx: Tx) -> Health:
    """Say that requests are served; 503 with the names of what fails."""
    failing = [name for name, fails in checks(tx).items() if fails]
    if failing:
        raise Refused("NOT_READY", failing=", ".join(failing))
    return health(tx)


@query(OPEN)
def echo(tx: Tx) -> dict[str, str]:  # noqa: ARG001 - what lies behind every door gets a transaction
    """Say nothing: the floor of what any request costs."""
    return {}


def checks(tx: Tx) -> dict[str, Any]:
    """Give each check of readiness and whether it fails."""
    return {"database": tx.store.doomed, "queue": tx.store.writer.waiting >= 200}


@query("system:ops")
def details(tx: Tx) -> Details:
    """Say what runs here, for those who run it."""
    version = "sqlite_version()" if tx.engine == "sqlite" else "version()"
    return {
        "version": __version__,
        "engine": tx.engine,
        "engineVersion": str(tx.scalar(text(f"SELECT {version}"))),
        "node": tx.store.node,
        "writeQueue": tx.store.writer.waiting,
        "time": to_wire(tx.now),
        "mode": here().app_mode,
        "diskFreePercent": _disk_free(),
        "lastBackup": _last_backup(),
        "outbound": outbound_standing(tx),
        "deadEvents": int(tx.scalar(select(func.count()).select_from(work).where(work.c.state == DEAD)) or 0),
        "clockAgainstDatabaseSeconds": _clock_difference(tx),
        "clockSetBack": clock_set_back(tx),
    }


def _disk_free() -> float | None:
    """Give how much of the disk with the data is free, in percent; None while there is no such folder."""
    folder = here().app_data_dir
    if not folder.exists():
        return None
    usage = shutil.disk_usage(folder)
    return round(usage.free * 100 / usage.total, 1)


def _last_backup() -> BackupSeen | None:
    newest, _ = newest_of(here().backups)
    if newest is None:
        return None
    return {"name": newest.name, "createdAt": to_wire(from_datetime(newest.at)), "verified": newest.verified}


def _clock_difference(tx: Tx) -> float:
    """Give by how many seconds the clock of the database is ahead of this process; 0 on SQLite, where they are one."""
    if tx.engine == "sqlite":
        return 0.0
    theirs = tx.scalar(text("SELECT extract(epoch FROM clock_timestamp())"))
    return round(float(theirs) - now_ms() / 1000, 2)


def clock_set_back(tx: Tx) -> ClockSetBack | None:
    """Give when the clock was last set back within a week, and by how many seconds; None when it was not."""
    last = max(set_backs_of(tx), key=lambda one: one.id, default=None)
    if last is None or tx.now - last.after_at > WEEK_MS:
        return None
    return {"at": to_wire(last.after_at), "seconds": round(last.lost_ms / 1000, 1)}
