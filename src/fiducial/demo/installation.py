"""The mark of an installation (spec 12.1): a new database remembers the mode of its first start, and the demo asks for it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Table, func, select

from fiducial.demo import refusals as _refusals  # noqa: F401 - declares them
from fiducial.kit.acting import action, query
from fiducial.kit.refusals import Refused
from fiducial.kit.settings import Setting, one_of
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, units, work_orders
from fiducial.people.tables import roles, user_roles, users

PRODUCTION, DEMO, TEST = "production", "demo", "test"
UNMARKED = ""

MARK = Setting(
    "installation.mode", UNMARKED, one_of(PRODUCTION, DEMO, TEST),
    zh="安装标记：数据库首次启动时的模式", en="Mark of the installation: the mode of the first start of this database",
)  # fmt: skip


@query()
def mark_of(tx: Tx) -> str:
    """Give the mode of the first start; empty when there is no mark."""
    return MARK.of(tx)


@action(audit="SYSTEM_CONFIG_UPDATE", entity="SYSTEM_CONFIG", internal_only=True)
def mark_new(tx: Tx, mode: str) -> str:
    """Mark a database that has no mark and nothing real in it, and give the mark it has then; a mark never changes."""
    mark = MARK.of(tx)
    if mark or any(real_data(tx).values()):
        tx.unrecorded()
        return mark
    MARK.put(tx, mode)
    tx.record(MARK.key, changes=[{"path": MARK.key, "before": None, "after": mode}])
    return mode


def demand_mode(mode: str) -> None:
    """Refuse DEMO_MODE_OFF outside demo and test mode."""
    if mode not in (DEMO, TEST):
        raise Refused("DEMO_MODE_OFF", mode=mode)


@query()
def guard(tx: Tx) -> None:
    """Refuse DEMO_DB_HAS_REAL_DATA: a database of production, or one without a mark that holds what the demo did not make."""
    mark = MARK.of(tx)
    if mark == PRODUCTION:
        raise Refused("DEMO_DB_HAS_REAL_DATA", mark=mark)
    counts = real_data(tx) if mark == UNMARKED else {}
    if any(counts.values()):
        raise Refused("DEMO_DB_HAS_REAL_DATA", counts=counts)


def real_data(tx: Tx) -> dict[str, int]:
    """Count what the demo did not make: orders, runs, units, and users besides one administrator."""
    return {
        "workOrders": _count(tx, work_orders, work_orders.c.origin.is_(None)),
        "runs": _count(tx, runs, runs.c.origin.is_(None)),
        "units": _count(tx, units.join(work_orders), work_orders.c.origin.is_(None)),
        "users": max(0, _count(tx, users, users.c.origin.is_(None)) - _one_administrator(tx)),
    }


def _count(tx: Tx, things: Table | Any, condition: ColumnElement[bool]) -> int:
    return int(tx.scalar(select(func.count()).select_from(things).where(condition)))


def _one_administrator(tx: Tx) -> int:
    admins = users.join(user_roles).join(roles)
    return min(1, _count(tx, admins, (roles.c.code == "admin") & users.c.origin.is_(None)))
