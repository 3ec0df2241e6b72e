"""The ground the program stands on (spec 13.6, 13.10): the disk, and whether the audit book is whole; what is wrong is told once a day."""

from __future__ import annotations

import shutil
import time
from typing import Any

from sqlalchemy import update

from fiducial.kit import clock
from fiducial.kit.acting import Caller, action, query
from fiducial.kit.audit_walk import BESIDE_WORK, Walk
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx
from fiducial.ops.backups.doors import here
from fiducial.ops.tables import told_of

AGAIN_MS = 23 * 3_600_000
ME = Caller(internal="worker", language="zh-CN")


@action(audit="GROUND_WATCH", entity="SYSTEM_CONFIG", internal_only=True)
def watch_disk(tx: Tx) -> dict[str, int]:
    """Tell once a day that less than DISK_WARN_PERCENT of the disk with the data is free (DISK_LOW). For the timer."""
    tx.unrecorded()
    folder = here().app_data_dir
    if not folder.exists():
        return {"told": 0}
    usage = shutil.disk_usage(folder)
    free = round(usage.free * 100 / usage.total, 1)
    if free >= here().disk_warn_percent or not first_today(tx, "DISK_LOW"):
        return {"told": 0}
    tx.emit("DISK_LOW", None, path=str(folder), freePercent=free)
    return {"told": 1}


@query("system:ops")
def walk_on(tx: Tx, walk: Walk) -> bool:
    """Walk one piece of the audit book; give whether there is more."""
    return walk.step(tx)


@action(audit="GROUND_WATCH", entity="AUDIT", internal_only=True)
def tell_broken_chain(tx: Tx, bad: dict[str, Any]) -> None:
    """Tell once a day that the audit book is not whole (AUDIT_CHAIN_BROKEN)."""
    tx.unrecorded()
    if first_today(tx, "AUDIT_CHAIN_BROKEN"):
        tx.emit("AUDIT_CHAIN_BROKEN", None, seq=bad["seq"], kind=bad["kind"])


def walk_the_book(store: Store) -> dict[str, int]:
    """Walk the audit book beside the lane; give whether it was found broken. The errand of every night."""
    walk, began = Walk(piece=BESIDE_WORK), time.monotonic()
    while store.read_now(ME, walk_on, walk, slow=True):
        clock.leave_half(began)
        began = time.monotonic()
    bad = walk.found.first_bad
    if bad is not None:
        store.write_now(ME, tell_broken_chain, bad)
    return {"broken": int(bad is not None)}


def first_today(tx: Tx, what: str) -> bool:
    """Tell whether people have not been told of this within a day, and note that they are told now."""
    if tx.insert_once(told_of, id=tx.new_id(), what=what, told_at=tx.now):
        return True
    again = update(told_of).where(told_of.c.what == what, told_of.c.told_at <= tx.now - AGAIN_MS)
    return tx.run(again.values(told_at=tx.now)) == 1
