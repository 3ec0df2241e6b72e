"""The mark of an installation (spec 12.1): a new database remembers the mode of its first start, and the demo asks for it."""

from __future__ import annotations

from typing import Any

import orjson
from sqlalchemy import ColumnElement, Table, func, inspect, select, update

from fiducial.demo import refusals as _refusals  # noqa: F401 - declares them
from fiducial.kit.acting import Caller, action, query
from fiducial.kit.refusals import Refused
from fiducial.kit.settings import Setting, one_of, values, yes_no
from fiducial.kit.store import Store, make_engine
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs, units, work_orders
from fiducial.people.tables import roles, sessions, tokens, user_roles, users

PRODUCTION, DEMO, TEST = "production", "demo", "test"
UNMARKED = ""

MARK = Setting(
    "installation.mode", UNMARKED, one_of(PRODUCTION, DEMO, TEST),
    zh="安装标记：数据库首次启动时的模式", en="Mark of the installation: the mode of the first start of this database",
)  # fmt: skip

DISARMED = Setting(
    "installation.demoDisarmed", False, yes_no,
    zh="生产启动时已停用演示账号口令与令牌", en="Production took this demo database over: its passwords and tokens are no good any more",
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


# A demo database must not survive into production unseen


class DemoInProduction(Exception):
    """A production start on a database that the demo marked (exit code 4)."""


def mark_in(url: str) -> str:
    """Give the mark of a database that nobody has opened yet; empty when there is none, or no table of settings."""
    engine = make_engine(url)
    with engine.connect() as connection:
        if not inspect(connection).has_table(values.name):
            return UNMARKED
        told = connection.execute(select(values.c.value).where(values.c.key == MARK.key)).scalar()
    return UNMARKED if told is None else str(orjson.loads(told))


def demand_no_demo(url: str, mode: str) -> None:
    """Raise DemoInProduction when production would start on a demo database; asked before anything opens it."""
    if mode == PRODUCTION and mark_in(url) in (DEMO, TEST):
        raise DemoInProduction(
            "this database holds demo data; name another one, or start with --accept-demo-data to disarm its accounts"
        )


def mark_at_start(store: Store, mode: str) -> None:
    """Mark a new database with the mode of its first start; disarm the demo when production was told to accept it."""
    ours = Caller(internal="start")
    if store.write_now(ours, mark_new, mode) in (DEMO, TEST) and mode == PRODUCTION:
        store.write_now(ours, disarm)


@action(audit="SYSTEM_CONFIG_UPDATE", entity="SYSTEM_CONFIG", internal_only=True)
def disarm(tx: Tx) -> None:
    """Have every account of the demo change its password, end its sessions, revoke its tokens; once for each database."""
    if DISARMED.of(tx):
        tx.unrecorded()
        return
    of_demo = select(users.c.id).where(users.c.origin == DEMO)
    changed = tx.run(update(users).where(users.c.origin == DEMO).values(must_change_password=True, updated_at=tx.now))
    tx.run(
        update(sessions).where(sessions.c.user_id.in_(of_demo), sessions.c.ended_at.is_(None)).values(ended_at=tx.now)
    )
    revoked = tx.run(update(tokens).where(tokens.c.origin == DEMO).values(is_active=False, updated_at=tx.now))
    DISARMED.put(tx, value=True)
    tx.record(MARK.key, accountsToChange=changed, tokensRevoked=revoked, reason="demo data accepted in production")
