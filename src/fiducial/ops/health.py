"""Is it alive, is it ready (spec 13.9)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import text
from typing_extensions import TypedDict

from fiducial import __version__
from fiducial.kit.acting import OPEN, query
from fiducial.kit.clock import to_wire
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx


class Health(TypedDict):
    """What an open health answer says."""

    status: str
    version: str
    time: str | None


class Details(TypedDict):
    """What the people who run the system are told."""

    version: str
    engine: str
    engineVersion: str
    node: int
    writeQueue: int
    time: str | None


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
    }
