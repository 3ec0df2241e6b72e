"""The plant that API tests begin with, and one line for each thing a test needs more.

Everybody of the demo is there and signed in (PEOPLE), with LINE-A and its five stations. What a factory makes goes through
the API, made by whoever makes it in a real plant, with the values that do not matter filled in; names that are not given
are made up.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from sqlalchemy import select, update
from tests.api.web import Api, cookie_of

from fiducial.app import open_store
from fiducial.kit import outbox
from fiducial.kit.acting import Caller, action
from fiducial.kit.clock import now_ms, to_wire
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx
from fiducial.ops.environment import Environment
from fiducial.people.accounts import Person, set_bindings
from fiducial.people.actions import seed_person
from fiducial.people.passwords import Hashing
from fiducial.people.tables import sessions, users
from fiducial.plant import shapes as plant_shapes
from fiducial.plant.actions.lines import create_line
from fiducial.plant.actions.stations import create_station
from fiducial.plant.tables import lines, stations
from fiducial.readiness.listeners import judge_next_due
from fiducial.readiness.tables import due

TEST = Caller(internal="test")
PASSWORD = "Correct-Horse-7"
LINE = "LINE-A"
STATIONS = ("ST-PRINT-01", "ST-SPI-01", "ST-MOUNT-01", "ST-REFLOW-01", "ST-AOI-01")
PEOPLE = {  # user name: shown name, role
    "admin": ("系统管理员", "admin"), "planner": ("张计划", "planner"), "engineer": ("李工艺", "engineer"),
    "quality": ("王质量", "quality"), "quality2": ("郑质量", "quality"), "leader": ("赵组长", "leader"),
    "material": ("周物料", "material"), "operator": ("钱操作", "operator"), "operator2": ("孙操作", "operator"),
    "trace": ("吴追溯", "trace"),
}  # fmt: skip
AT_LINE, AT_STATIONS = ("leader", "material"), ("operator",)  # bound to LINE-A, to its stations
ELSEWHERE = ("operator2",)  # bound to ST-FAR-01 of LINE-FAR alone
cheap = Hashing(time_cost=1, memory_kib=64)


def environment(url: str, folder: Path) -> Environment:
    """The environment of a test: mode test, nothing that runs by itself."""
    return Environment.model_validate(
        {
            "app_mode": "test", "app_data_dir": folder, "database_url": url.replace("+psycopg", ""), "auto_migrate": True,
            "jobs_enabled": False, "log_level": "warning", "app_secret_key": "a secret of the tests, 32 bytes long",
            "pg_writers": 3,
        }
    )  # fmt: skip


def fill_template(url: str, folder: Path) -> None:
    """Make the database that all tests copy."""
    store = open_store(environment(url, folder))
    hashed = cheap.hash(PASSWORD)
    for code, stations_of in ((LINE, STATIONS), ("LINE-FAR", ("ST-FAR-01",))):
        store.write_now(TEST, create_line, plant_shapes.NewLine(code=code, name=code, process_type="SMT"))
        for station in stations_of:
            new = plant_shapes.NewStation(code=station, name=station, line_code=code, station_type="MANUAL")
            store.write_now(TEST, create_station, new)
    bound = store.write_now(TEST, places_by_code)
    for username, (name, role) in PEOPLE.items():
        person = Person(
            username=username, name=name, role_codes=[role], email=f"{username}@example.com", must_change_password=False,
            lines=frozenset([bound[LINE]]) if username in AT_LINE else frozenset(),
            stations=frozenset(bound[s] for s in (STATIONS if username in AT_STATIONS else ("ST-FAR-01",)))
            if role == "operator" else frozenset(),
        )  # fmt: skip
        store.write_now(TEST, seed_person, person, hashed)
        store.write_now(TEST, begin_session, username, cookie_of(username))
    store.stop()


@action(audit="TEST", entity="LINE", internal_only=True)
def places_by_code(tx: Tx) -> dict[str, int]:
    tx.unrecorded()
    return {row.code: row.id for table in (lines, stations) for row in tx.all(select(table.c.code, table.c.id))}


@action(audit="TEST", entity="SESSION", internal_only=True)
def begin_session(tx: Tx, username: str, cookie: str) -> None:
    """A session without the cost of a sign-in."""
    tx.unrecorded()
    hour = 3_600_000
    tx.run(sessions.insert().values(
        id=tx.new_id(), digest=sha256(cookie.encode()).digest(), method="PASSWORD", authenticated_at=tx.now,
        user_id=select(users.c.id).where(users.c.username == username).scalar_subquery(),
        created_at=tx.now, expires_at=tx.now + 12 * hour, idle_ms=12 * hour, last_seen_at=tx.now,
    ))  # fmt: skip


def sign_in_anew(store: Store) -> None:
    """Let the template's people have proved just now who they are: they signed in when it was made, long ago in a long run."""
    now = now_ms()
    store.write_now(TEST, run_statements, [update(sessions).values(authenticated_at=now, last_seen_at=now)])


@action(audit="TEST", entity="USER", internal_only=True)
def bind(tx: Tx, username: str, line_codes: Sequence[str] | None, station_codes: Sequence[str] | None) -> None:
    tx.unrecorded()
    key = tx.scalar(select(users.c.id).where(users.c.username == username))
    at_lines, at_stations = (
        None
        if codes is None
        else frozenset(row.id for row in tx.all(select(table.c.id).where(table.c.code.in_(codes))))
        for table, codes in ((lines, line_codes), (stations, station_codes))
    )
    set_bindings(tx, key, lines=at_lines, stations=at_stations)


@action(audit="TEST", entity="USER", internal_only=True)
def run_statements(tx: Tx, statements: Sequence[Any]) -> None:
    tx.unrecorded()
    for statement in statements:
        tx.run(statement)


def until(happened: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for what nobody answers for: a small write that was left to the writers, and on PostgreSQL to any of them."""
    end = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.01)


class Plant:
    """What tests ask for in one line."""

    def __init__(self, api: Api, store: Store) -> None:
        self.api, self.store = api, store
        self._numbers = itertools.count(1)

    def name(self, prefix: str) -> str:
        """A name that nothing has yet."""
        return f"{prefix}-{next(self._numbers):03d}"

    def made(self, who: str, path: str, body: dict[str, Any]) -> Any:
        """What a POST by somebody made."""
        return self.api.as_(who).post(path, body).must()

    # Reaching behind the doors

    def sql(self, *statements: Any) -> None:
        """Write what no door would: an old date, a broken row."""
        self.store.write_now(TEST, run_statements, statements)

    def settle(self) -> int:
        """Let the listeners hear what was announced, and what they gathered be judged at once; how many events were handled."""
        handled = 0
        while True:
            while self.store.write_now(TEST, outbox.handle_one):
                handled += 1
            self.sql(update(due).where(due.c.input_at.is_not(None)).values(input_at=0))
            if not self.judge_due():
                return handled

    def settle_once(self) -> None:
        """The same for one turn: what fails is put off, not tried again at once."""
        while self.store.write_now(TEST, outbox.handle_one):
            pass
        self.sql(update(due).where(due.c.input_at.is_not(None)).values(input_at=0))
        self.judge_due()

    def judge_due(self) -> int:
        """Judge the runs whose time has come, as the job does every second; how many."""
        judged = 0
        while self.store.write_now(TEST, judge_next_due):
            judged += 1
        return judged

    def bind(
        self, username: str, *, line_codes: Sequence[str] | None = None, station_codes: Sequence[str] | None = None
    ) -> None:
        """Bind somebody to exactly these; None leaves them."""
        self.store.write_now(TEST, bind, username, line_codes, station_codes)

    def session(self, username: str) -> Api:
        """Another session of somebody."""
        cookie = self.name(f"another-session-of-{username}")
        self.store.write_now(TEST, begin_session, username, cookie)
        return self.api.with_cookie(cookie)

    def audit(self, **filters: Any) -> list[dict[str, Any]]:
        """The entries of the audit book, newest first."""
        return list(self.api.as_("admin").get("/api/audit-logs", pageSize=100, **filters).must()["items"])

    # People

    def user(self, username: str | None = None, *, roles: Sequence[str] = ("quality",), **more: Any) -> Any:
        body = {"username": username or self.name("user"), "name": "某人", "roleCodes": list(roles), **more}
        return self.made("admin", "/api/users", body)

    def role(self, code: str | None = None, *, permissions: Sequence[str] = (), scope: str = "ALL", **more: Any) -> Any:
        code = code or self.name("role").replace("-", "_")
        return self.made(
            "admin",
            "/api/roles",
            {"code": code, "name": code, "permissions": list(permissions), "dataScope": scope, **more},
        )

    def holder(self, *permissions: str, scope: str = "ALL", **bindings: Any) -> Api:
        """Somebody, signed in, who holds exactly these permissions (and what they include)."""
        role = self.role(permissions=permissions, scope=scope)
        user = self.user(roles=[role["code"]], **bindings)
        self.sql(users.update().where(users.c.username == user["username"]).values(must_change_password=False))
        return self.session(user["username"])

    def token(self, *scopes: str, system: str = "DEVICE", **more: Any) -> Api:
        """A machine that holds these scopes."""
        body = {
            "name": self.name("token"),
            "system": system,
            "scopes": list(scopes),
            "expiresAt": to_wire(now_ms() + 180 * 86_400_000),
            **more,
        }
        return self.api.with_token(self.made("admin", "/api/api-tokens", body)["secret"])

    # Master data

    def line(self, code: str | None = None, *, process_type: str = "SMT", **more: Any) -> Any:
        code = code or self.name("LINE")
        return self.made("engineer", "/api/lines", {"code": code, "name": code, "processType": process_type, **more})

    def group(self, code: str | None = None, **more: Any) -> Any:
        code = code or self.name("GROUP")
        return self.made("engineer", "/api/station-groups", {"code": code, "name": code, **more})

    def station(
        self, code: str | None = None, *, line: str = LINE, group: str | None = None, kind: str = "MANUAL", **more: Any
    ) -> Any:
        code = code or self.name("ST")
        body = {"code": code, "name": code, "lineCode": line, "groupCode": group, "stationType": kind, **more}
        return self.made("engineer", "/api/stations", body)

    def operation(self, code: str | None = None, *, kind: str = "OTHER", **more: Any) -> Any:
        code = code or self.name("OP")
        return self.made(
            "engineer",
            "/api/operations",
            {"code": code, "name": code, "defaultType": "MANUAL", "processKind": kind, **more},
        )

    def material(self, code: str | None = None, **more: Any) -> Any:
        code = code or self.name("MAT")
        return self.made("engineer", "/api/materials", {"code": code, "name": code, **more})
