"""The demo plant makes itself by the product's own rules, twice the same, and never in a database that is somebody's."""

# ruff: noqa: F811 - the fixture `url` is imported

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update
from tests.api.demo_plant import ACCOUNTS, app_over, house_of, opened, url  # noqa: F401 - a fixture
from tests.api.plant import TEST, run_statements
from tests.api.web import Api

from fiducial.demo import checks, digest, loader
from fiducial.demo.finding import first_of, rows_of
from fiducial.demo.installation import (
    MARK,
    DemoInProduction,
    demand_mode,
    demand_no_demo,
    mark_at_start,
    mark_in,
    mark_new,
    mark_of,
)
from fiducial.demo.people import PEOPLE
from fiducial.kit.audit import entry
from fiducial.kit.refusals import Refused
from fiducial.kit.store import Store
from fiducial.orders.tables import work_orders
from fiducial.people.tables import tokens, users
from fiducial.plant.tables import lines


@pytest.fixture
def empty(url: str, tmp_path: Path) -> Iterator[Store]:
    """The store over it."""
    with opened(url, tmp_path) as store:
        yield store


def some_order(**more: object) -> object:
    now = {"id": 1, "created_at": 1, "updated_at": 1}
    return insert(work_orders).values(
        wo_no="WO-REAL", product_code="P", planned_qty=1, status="RECEIVED", source_system="MANUAL", **now, **more
    )  # fmt: skip


def test_loading_again_makes_nothing_and_changes_nothing(url: str, empty: Store, tmp_path: Path) -> None:
    house = house_of(url, tmp_path)
    first = loader.load(empty, house)
    assert first.created["line"] == 3
    assert first.created["station"] == 14
    assert first.created["person"] == len(PEOPLE)
    before = digest.of(empty)
    again = loader.load(empty, house)
    assert not again.created
    assert again.found.total() == first.created.total()
    assert not again.secrets
    assert digest.of(empty) == before


def test_two_machines_with_different_engines_make_the_same_plant(postgres_url: str, tmp_path: Path) -> None:
    digests = set()
    for one in (f"sqlite:///{tmp_path / 'a.db'}", postgres_url.replace("+psycopg", "")):
        with opened(one, tmp_path) as store:
            loader.load(store, house_of(one, tmp_path))
            digests.add(digest.of(store))
    assert len(digests) == 1


def test_a_loaded_plant_passes_its_checks(url: str, empty: Store, tmp_path: Path) -> None:
    house = house_of(url, tmp_path)
    loader.load(empty, house)
    results = checks.run(empty, house)
    assert [(result.number, result.told) for result in results] == [(number, "") for number in (1, 5, 6, 7, 8, 13)]


def test_the_checks_notice_what_somebody_changed(url: str, empty: Store, tmp_path: Path) -> None:
    house = house_of(url, tmp_path)
    loader.load(empty, house)
    empty.write_now(TEST, run_statements, [
        update(users).where(users.c.username == "disabled").values(is_active=True),
        update(users).where(users.c.username == "planner").values(username="planner9"),
        update(lines).where(lines.c.code == "LINE-A").values(code="LINE-Z"),
    ])  # fmt: skip
    failed = {result.number: result.told for result in checks.run(empty, house) if not result.ok}
    assert set(failed) == {1, 5, 6, 8}
    assert "line LINE-A" in failed[1]
    assert "disabled" in failed[8]
    assert "planner" in failed[8]


def test_what_people_changed_stays_changed(url: str, empty: Store, tmp_path: Path) -> None:
    house = house_of(url, tmp_path)
    loader.load(empty, house)
    empty.write_now(TEST, run_statements, [update(lines).where(lines.c.code == "LINE-A").values(name="我们的线")])
    loader.load(empty, house)
    assert empty.read_now(TEST, first_of, select(lines.c.name).where(lines.c.code == "LINE-A")) == "我们的线"


def test_what_is_missing_is_made_again(url: str, empty: Store, tmp_path: Path) -> None:
    house = house_of(url, tmp_path)
    loader.load(empty, house)
    empty.write_now(TEST, run_statements, [update(users).where(users.c.username == "trace").values(
        username="gone", email="gone@example.com", email_folded="gone@example.com")])  # fmt: skip
    assert loader.missing(empty) == ["person trace"]
    assert dict(loader.load(empty, house).created) == {"person": 1}


def test_the_plant_is_made_by_its_people_and_stands_so_in_the_book(url: str, empty: Store, tmp_path: Path) -> None:
    loader.load(empty, house_of(url, tmp_path))
    api = Api(app_over(url, tmp_path, empty))
    api.post("/api/auth/sign-in/email", {"email": "admin", "password": ACCOUNTS.admin_password}).must()
    entries = empty.read_now(TEST, rows_of, select(entry.c.action, entry.c.entity_display, func.count()).group_by(
        entry.c.action, entry.c.entity_display))  # fmt: skip
    made = {(row["action"], row["entity_display"]) for row in entries}
    assert {("LINE_CREATE", "LINE-A"), ("ROUTE_COMPILE", "PCBA-STD-V1"), ("USER_CREATE", "operator")} <= made
    origins = empty.read_now(TEST, rows_of, select(lines.c.origin))
    assert {row["origin"] for row in origins} == {"demo"}
    api.close()


def test_everybody_signs_in_by_email_and_by_user_name_and_disabled_does_not(
    url: str, empty: Store, tmp_path: Path
) -> None:
    loader.load(empty, house_of(url, tmp_path))
    api = Api(app_over(url, tmp_path, empty))
    for person in PEOPLE:
        secret = ACCOUNTS.admin_password if person.role == "admin" else ACCOUNTS.test_password
        for name in (person.email, person.username):
            answer = api.post("/api/auth/sign-in/email", {"email": name, "password": secret})
            if person.is_active:
                assert answer.must()["mustChangePassword"] is False
            else:
                assert (answer.status, answer.code) == (403, "ACCOUNT_DISABLED")
    api.close()


def test_a_plant_with_a_real_work_order_is_left_alone(url: str, empty: Store, tmp_path: Path) -> None:
    empty.write_now(TEST, run_statements, [some_order()])
    before = digest.of(empty)
    with pytest.raises(Refused) as told:
        loader.load(empty, house_of(url, tmp_path))
    assert told.value.code == "DEMO_DB_HAS_REAL_DATA"
    assert told.value.details["counts"]["workOrders"] == 1
    assert digest.of(empty) == before


def test_an_order_of_the_demo_itself_is_not_real_data(url: str, empty: Store, tmp_path: Path) -> None:
    empty.write_now(TEST, run_statements, [some_order(origin="demo")])
    assert loader.load(empty, house_of(url, tmp_path)).created["line"] == 3


def test_a_database_of_production_is_never_loaded_however_empty(url: str, empty: Store, tmp_path: Path) -> None:
    empty.write_now(TEST, mark_new, "production")
    with pytest.raises(Refused) as told:
        loader.load(empty, house_of(url, tmp_path))
    assert (told.value.code, told.value.details) == ("DEMO_DB_HAS_REAL_DATA", {"mark": "production"})


def test_the_mark_of_an_installation_never_changes(empty: Store) -> None:
    assert empty.write_now(TEST, mark_new, "demo") == "demo"
    assert empty.write_now(TEST, mark_new, "production") == "demo"
    assert empty.read_now(TEST, mark_of) == "demo"
    assert MARK.key == "installation.mode"


@pytest.mark.parametrize("mode", ["production", "", "Demo"])
def test_only_demo_and_test_mode_may_load(mode: str) -> None:
    with pytest.raises(Refused) as told:
        demand_mode(mode)
    assert (told.value.code, told.value.status) == ("DEMO_MODE_OFF", 403)


def test_production_does_not_start_on_a_demo_database(url: str, tmp_path: Path) -> None:
    demand_no_demo(url, "production")  # nothing is there yet
    assert mark_in(url) == ""
    with opened(url, tmp_path) as store:
        loader.load(store, house_of(url, tmp_path))
    assert mark_in(url) == "demo"
    with pytest.raises(DemoInProduction, match="--accept-demo-data"):
        demand_no_demo(url, "production")
    demand_no_demo(url, "demo")


def test_production_that_accepts_demo_data_disarms_every_account_once(url: str, empty: Store, tmp_path: Path) -> None:
    loader.load(empty, house_of(url, tmp_path))
    api = Api(app_over(url, tmp_path, empty))
    sign_in = {"email": "planner", "password": ACCOUNTS.test_password}
    before = api.with_cookie(cookie_in(api, sign_in))
    assert before.get("/api/work-orders").ok
    mark_at_start(empty, "production")
    assert before.get("/api/work-orders").code == "UNAUTHORIZED"
    for name, password in (("planner", ACCOUNTS.test_password), ("admin", ACCOUNTS.admin_password)):
        told = api.post("/api/auth/sign-in/email", {"email": name, "password": password}).must()
        assert told["mustChangePassword"] is True
    after = api.with_cookie(cookie_in(api, sign_in))
    assert after.get("/api/work-orders").code == "PASSWORD_CHANGE_REQUIRED"
    active = empty.read_now(TEST, rows_of, select(tokens.c.name).where(tokens.c.is_active.is_(True)))
    assert active == []
    empty.write_now(TEST, run_statements, [update(users).values(must_change_password=False)])
    mark_at_start(empty, "production")
    assert api.post("/api/auth/sign-in/email", sign_in).must()["mustChangePassword"] is False
    api.close()


def cookie_in(api: Api, sign_in: dict[str, str]) -> str:
    """The cookie that a sign-in sets."""
    answer = api.post("/api/auth/sign-in/email", sign_in)
    return answer.headers["set-cookie"].partition("=")[2].partition(";")[0]


@pytest.mark.parametrize("mode", ["production", "demo", "test"])
def test_a_new_database_remembers_the_mode_of_its_first_start(url: str, empty: Store, mode: str) -> None:
    mark_at_start(empty, mode)
    mark_at_start(empty, "test")
    assert mark_in(url) == mode
