"""Backups as they are asked for and seen (spec 13.4): each is a job beside the lane, whoever or whatever asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from typing_extensions import TypedDict

from fiducial.kit.acting import action, query
from fiducial.kit.listing import Listed
from fiducial.kit.refusals import Refused
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx
from fiducial.ops.asked import Handler, Heard, Progress, ask, entering
from fiducial.ops.backups import making, places, verifying
from fiducial.ops.environment import Environment

BACKUP, VERIFY = "BACKUP", "BACKUP_VERIFY"
_here: list[Environment] = []


class Started(TypedDict):
    """The job that was asked for."""

    jobId: str


def wire_backups(environment: Environment) -> None:
    """Say where backups lie and of what they are made (from `app.py`)."""
    _here[:] = [environment]


def here() -> Environment:
    """Give the environment of this installation."""
    return _here[0]


@query("system:ops")
def list_backups(tx: Tx) -> Listed[dict[str, Any]]:  # noqa: ARG001 - what is known of backups lies beside them, not in the database
    """Give the backups, newest first, each with its manifest and whether it was verified."""
    items = [backup.on_wire() for backup in places.known(here().backups)]
    return {"items": items, "total": len(items), "page": 1, "pageSize": max(len(items), 1)}


@action("system:ops", audit="BACKUP_CREATE", entity="BACKUP")
def ask_backup(tx: Tx) -> Started:
    """Ask for a backup. Refuses STORAGE_LOW when there is no room for it, BACKUP_RUNNING."""
    needed, free = making.room_needed(here())
    if free < needed:
        raise Refused("STORAGE_LOW", neededBytes=needed, freeBytes=free)
    job_id = ask(tx, BACKUP, {}, only=BACKUP)
    if job_id is None:
        raise Refused("BACKUP_RUNNING")
    tx.record(None, jobId=job_id)
    return {"jobId": job_id}


@action("system:ops", audit="BACKUP_VERIFY", entity="BACKUP", key="name")
def ask_verify(tx: Tx, name: str) -> Started:
    """Ask for a backup to be verified. Refuses BACKUP_NOT_FOUND."""
    if places.find(here().backups, name) is None:
        raise Refused("BACKUP_NOT_FOUND", name=name)
    job_id = ask(tx, VERIFY, {"name": name})
    assert job_id is not None, "there may be many"
    tx.record(name, jobId=job_id)
    return {"jobId": job_id}


# By themselves


@action(audit="BACKUP_CREATE", entity="BACKUP", internal_only=True)
def ask_by_timer(tx: Tx) -> dict[str, int]:
    """Ask for the backup of the timer, unless one is being made. What goes wrong is told by the job."""
    tx.unrecorded()
    return {"asked": 1 if ask(tx, BACKUP, {}, only=BACKUP) else 0}


@action(audit="BACKUP_VERIFY", entity="BACKUP", internal_only=True)
def verify_newest(tx: Tx) -> dict[str, int]:
    """Ask for the newest backup to be verified from its archive: the weekly drill."""
    tx.unrecorded()
    newest = next(iter(places.known(here().backups)), None)
    if newest is None:
        return {"asked": 0}
    ask(tx, VERIFY, {"name": newest.name})
    return {"asked": 1}


class FromEnvironment:
    """When backups are made: `BACKUP_CRON`."""

    def of(self, tx: Tx) -> str:  # noqa: ARG002 - it is no setting
        """Give the expression."""
        return here().backup_cron


class Weekly:
    """When the newest backup is verified: Sunday morning, when little is made."""

    def of(self, tx: Tx) -> str:  # noqa: ARG002 - it is no setting
        """Give the expression."""
        return "0 5 * * 0"


# Done


def _make(_store: Store, _args: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    made = making.create(here(), progress=progress)
    return {"name": made.name, "bytes": made.path.stat().st_size, "sha256": made.sha256, "pruned": making.prune(here())}


def _verify(_store: Store, args: Mapping[str, Any], progress: Progress) -> dict[str, Any]:
    backup = places.find(here().backups, str(args["name"]))
    if backup is None:
        raise Refused("BACKUP_NOT_FOUND", name=str(args["name"]))
    return {"name": backup.name, **verifying.verify(backup, progress=progress)}


def _made(tx: Tx, result: Mapping[str, Any] | None, error: str | None) -> None:
    name = str((result or {}).get("name", ""))
    entering(tx, "BACKUP_CREATE", name, result or {}, error)
    if error:
        tx.emit("BACKUP_FAILED", None, error=error, file=name)


def _verified(tx: Tx, result: Mapping[str, Any] | None, error: str | None) -> None:
    name = str((result or {}).get("name", ""))
    entering(tx, "BACKUP_VERIFY", name, result or {}, error)
    if error:
        tx.emit("BACKUP_FAILED", None, error=error, file=name)


HANDLERS: Mapping[str, Handler] = {BACKUP: _make, VERIFY: _verify}
HEARD: Mapping[str, Heard] = {BACKUP: _made, VERIFY: _verified}


def newest_of(folder: Path) -> tuple[places.Backup | None, places.Backup | None]:
    """Give the newest backup, and the newest that was verified."""
    all_of_them = places.known(folder)
    return next(iter(all_of_them), None), next((one for one in all_of_them if one.verified), None)
