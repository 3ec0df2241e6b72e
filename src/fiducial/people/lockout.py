"""Failures are counted, successes never (spec 09.2): five of one account in 15 minutes lock it, 30 of one address close it out.

The counts are rows, for several nodes share them; the account's row is locked while it is counted.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, select, update

from fiducial.kit.acting import OPEN, query
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.people.tables import address_failures, terminals, users

MINUTE = 60_000
FAILURES_LOCK = 5
FAILURE_WINDOW_MS = 15 * MINUTE
FIRST_LOCK_MS, LONGEST_LOCK_MS = 15 * MINUTE, 24 * 60 * MINUTE
ADDRESS_FAILURES, ADDRESS_WINDOW_MS, ADDRESS_REST_MS = 30, 10 * MINUTE, 10 * MINUTE
TERMINAL_FAILURES = 100  # of the address of a shared terminal


def refusal_of_lock(tx: Tx, row: Any) -> Refused | None:
    """Give ACCOUNT_LOCKED with the seconds left, or None."""
    if row.locked_until is None or row.locked_until <= tx.now:
        return None
    seconds = _seconds(row.locked_until - tx.now)
    return Refused("ACCOUNT_LOCKED", retryAfterSeconds=seconds, minutes=-(-seconds // 60))


def refusal_of_address(tx: Tx, ip: str | None) -> Refused | None:
    """Give RATE_LIMITED with the seconds left when the address has failed too often, or None."""
    if ip is None:
        return None
    most = TERMINAL_FAILURES if _at_terminal(tx) else ADDRESS_FAILURES
    latest = (
        select(address_failures.c.at).where(address_failures.c.address == ip).order_by(address_failures.c.at.desc())
    )
    times = [row.at for row in tx.all(latest.limit(most))]
    if len(times) < most or times[0] - times[-1] >= ADDRESS_WINDOW_MS:
        return None
    left = times[0] + ADDRESS_REST_MS - tx.now
    return Refused("RATE_LIMITED", retryAfterSeconds=_seconds(left)) if left > 0 else None


def _at_terminal(tx: Tx) -> bool:
    if tx.caller.terminal_hash is None:
        return False
    live = select(terminals.c.id).where(terminals.c.cookie_digest == tx.caller.terminal_hash, terminals.c.is_active)
    return tx.first(live) is not None


def count_address(tx: Tx, ip: str | None) -> None:
    """Count a failure of an address, and forget its old ones."""
    if ip is None:
        return
    old = tx.now - ADDRESS_WINDOW_MS - ADDRESS_REST_MS
    tx.run(delete(address_failures).where(address_failures.c.address == ip, address_failures.c.at < old))
    tx.run(address_failures.insert().values(id=tx.new_id(), address=ip, at=tx.now))


def count_failure(tx: Tx, row: Any) -> None:
    """Count a failure of an account whose row is locked; the fifth locks it, for twice as long each time, and is entered."""
    fresh = row.failures_since is not None and tx.now - row.failures_since < FAILURE_WINDOW_MS
    failures = row.failures + 1 if fresh else 1
    values: dict[str, Any] = {"failures": failures, "failures_since": row.failures_since if fresh else tx.now}
    if failures >= FAILURES_LOCK:
        lasts = min(FIRST_LOCK_MS << min(row.locks, 10), LONGEST_LOCK_MS)
        values = {"failures": 0, "failures_since": None, "locks": row.locks + 1, "locked_until": tx.now + lasts}
        tx.record(row.username, action="ACCOUNT_LOCKED", entity="USER", key=row.id, seconds=lasts // 1000)
    tx.run(update(users).where(users.c.id == row.id).values(values))


def count_pin_failure(tx: Tx, row: Any) -> None:
    """Count a wrong PIN of an account whose row is locked; the fifth makes the PIN useless, which is entered."""
    failures = row.pin_failures + 1
    tx.run(update(users).where(users.c.id == row.id).values(pin_failures=failures))
    if failures == FAILURES_LOCK:
        tx.record(row.username, action="ACCOUNT_LOCKED", entity="USER", key=row.id, what="PIN")


def pin_is_live(row: Any) -> bool:
    """Tell whether the account has a PIN that was not tried wrongly five times."""
    return row.pin_hash is not None and row.pin_failures < FAILURES_LOCK


def _seconds(ms: int) -> int:
    return max(1, -(-ms // 1000))


@query(OPEN)
def address_is_free(tx: Tx) -> None:
    """Refuse RATE_LIMITED to an address that has failed too often, before anything costly is done for it."""
    refused = refusal_of_address(tx, tx.caller.ip)
    if refused:
        raise refused
