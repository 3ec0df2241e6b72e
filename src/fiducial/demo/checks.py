"""`demo check`: the checks of spec 12.8 that concern `base`; the numbers are those of the page.

Not here: 2, 3 and 14 need other databases (they are tests), 4 is the acceptance command, 9 to 12 need the dataset `rich`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from fiducial.demo import base, loader
from fiducial.demo.finding import first_of, rows_of
from fiducial.demo.house import House
from fiducial.demo.inside import Inside
from fiducial.demo.people import PEOPLE
from fiducial.kit.acting import Caller, query
from fiducial.kit.audit_walk import Verification, verify
from fiducial.kit.refusals import Refused
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs
from fiducial.people.passwords import hashing
from fiducial.people.tables import users
from fiducial.plant.tables import lines, stations
from fiducial.readiness.tables import line_configs

OURS = Caller(internal="demo")
TERMINAL = ("COMPLETED", "CLOSED_REWORK", "SCRAPPED", "CANCELLED")
FIRST_PAGE = 30


@dataclass(frozen=True, slots=True)
class Checked:
    """One check as it went; `told` says what is wrong."""

    number: int
    says: str
    told: str

    @property
    def ok(self) -> bool:
        """Tell whether it holds."""
        return not self.told

    def as_json(self) -> dict[str, Any]:
        """Give it for programs."""
        return {"number": self.number, "says": self.says, "ok": self.ok, "told": self.told}


def run(store: Store, house: House) -> list[Checked]:
    """Run all of them."""
    return [Checked(number, says, "; ".join(_told(check, store, house))) for number, says, check in CHECKS]


def _told(check: Callable[[Store, House], Iterator[str]], store: Store, house: House) -> Iterator[str]:
    try:
        yield from check(store, house)
    except Refused as refused:  # a plant that is only half there refuses what a check asks of it
        yield f"{refused.code} {refused.details}"


def _nothing_is_missing(store: Store, _house: House) -> Iterator[str]:
    yield from loader.missing(store)


def _line_a_is_listed(store: Store, _house: House) -> Iterator[str]:
    first = [
        row["code"]
        for row in store.read_now(OURS, rows_of, select(lines.c.code).order_by(lines.c.code).limit(FIRST_PAGE))
    ]
    if "LINE-A" not in first:
        yield f"LINE-A is not among the first {FIRST_PAGE} lines"
    gates = (
        select(line_configs.c.enabled).join(lines, lines.c.id == line_configs.c.line_id).where(lines.c.code == "LINE-A")
    )
    enabled = store.read_now(OURS, first_of, gates)
    if enabled is None or set(enabled) != {"ROUTE", "LOADING"}:
        yield f"the gates of LINE-A are {enabled}"


def _line_a_is_clear(store: Store, _house: House) -> Iterator[str]:
    of_line_a = lines.c.code == "LINE-A"
    count = store.read_now(OURS, first_of, select(func.count()).select_from(stations.join(lines)).where(of_line_a))
    if count != 5:
        yield f"LINE-A has {count} stations"
    open_runs = select(runs.c.run_no).join(lines).where(of_line_a, runs.c.status.not_in(TERMINAL))
    for row in store.read_now(OURS, rows_of, open_runs):
        yield f"run {row['run_no']} is open on LINE-A"


def _routes_are_compiled(store: Store, house: House) -> Iterator[str]:
    inside = Inside(store, house.entrances())
    for route in base.ROUTES:
        version = inside.call("engineer", f"POST /api/routes/{route.code}/compile")
        if version["status"] != "READY" or version["isNew"]:
            yield f"{route.code} compiles to {version['status']}, new: {version['isNew']}"


def _people_may_sign_in(store: Store, house: House) -> Iterator[str]:
    rows = store.read_now(
        OURS, rows_of, select(users.c.username, users.c.email, users.c.is_active, users.c.password_hash)
    )
    there = {row["username"]: row for row in rows}
    for person in PEOPLE:
        row = there.get(person.username)
        secret = house.accounts.admin_password if person.role == "admin" else house.accounts.test_password
        if row is None or row["is_active"] != person.is_active:
            yield f"{person.username} is not there, or not as active as it must be"
        elif not hashing.matches(secret, row["password_hash"]):
            yield f"{person.username} has another password"


@query()
def _walk(tx: Tx) -> Verification:
    return verify(tx)


def _book_is_whole(store: Store, _house: House) -> Iterator[str]:
    walked = store.read_now(OURS, _walk)
    if not walked.ok:
        yield f"first bad entry: {walked.first_bad}"


CHECKS: tuple[tuple[int, str, Callable[[Store, House], Iterator[str]]], ...] = (
    (1, "loading again would make nothing", _nothing_is_missing),
    (5, "LINE-A is on the first page of lines, with ROUTE and LOADING", _line_a_is_listed),
    (6, "LINE-A has five stations and no open run", _line_a_is_clear),
    (7, "both routes compile to the version that is there", _routes_are_compiled),
    (8, "each account has its password; `disabled` is disabled", _people_may_sign_in),
    (13, "the audit book verifies", _book_is_whole),
)
