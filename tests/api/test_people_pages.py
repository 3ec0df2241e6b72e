"""Pages of people: sign-in, home, profile, audit (spec 14.2, 09.5.3)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import update
from tests.api.plant import Plant
from tests.api.web import Api

from fiducial.kit.store import Store
from fiducial.kit.text import Text
from fiducial.people import homes
from fiducial.people.tables import users
from fiducial.web.shell import MenuItem

pytestmark = pytest.mark.one_engine


@pytest.fixture
def whole_menu(store: Store) -> Iterator[None]:  # the store comes first, for it wires the menu that is built
    """A house in which every page of the specification has been built."""
    built = list(homes._menu)
    pages = {
        "/system/users": "system:user_manage", "/work-orders": "wo:read", "/routes": "route:read", "/fai": "quality:fai",
        "/runs": "run:read", "/loading": "loading:view", "/execution": "exec:read", "/trace": "trace:read",
    }  # fmt: skip
    homes.wire_menu(
        [
            MenuItem(label=Text(url), url=url, icon="home", group=Text("All"), permissions=(p,))
            for url, p in pages.items()
        ]
    )
    yield
    homes.wire_menu(built)


def test_whoever_is_not_signed_in_is_sent_to_the_sign_in_page_and_back(api: Api) -> None:
    assert (api.nobody.get("/").status, api.nobody.get("/").headers["location"]) == (303, "/sign-in")
    sent = api.nobody.get("/system/audit", outcome="REFUSED")
    assert (sent.status, sent.headers["location"]) == (303, "/sign-in?next=/system/audit%3Foutcome%3DREFUSED")
    page = api.nobody.get("/sign-in", next="/system/audit?outcome=REFUSED")
    assert 'data-then="/system/audit?outcome=REFUSED"' in page.text


@pytest.mark.parametrize(
    "elsewhere",
    ["https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/{x}", "/sign-in"],
)
def test_the_sign_in_page_leads_to_no_other_site(api: Api, elsewhere: str) -> None:
    assert 'data-then="/"' in api.nobody.get("/sign-in", next=elsewhere).text


def test_the_sign_in_page_speaks_both_languages(api: Api) -> None:
    assert "用户名或邮箱" in api.nobody.get("/sign-in").text
    assert "User name or e-mail" in api.nobody.with_headers(accept_language="en").get("/sign-in").text


HOMES = {
    "admin": "/system/users", "planner": "/work-orders", "engineer": "/routes", "quality": "/fai", "leader": "/runs",
    "material": "/loading", "operator": "/execution", "trace": "/trace",
}  # fmt: skip


@pytest.mark.usefixtures("whole_menu")
@pytest.mark.parametrize(("who", "home"), HOMES.items())
def test_everybody_lands_on_the_page_of_their_work(api: Api, who: str, home: str) -> None:
    assert api.as_(who).get("/").headers["location"] == home
    assert api.as_(who).get("/api/permissions/me").must()["homePage"] == home


@pytest.mark.usefixtures("whole_menu")
def test_ones_own_choice_goes_first_while_one_may_open_it(api: Api, plant: Plant) -> None:
    assert api.as_("planner").patch("/api/users/me", {"preferredHomePage": "/runs"}).ok
    assert api.as_("planner").get("/").headers["location"] == "/runs"
    assert api.as_("planner").patch("/api/users/me", {"preferredHomePage": "/nowhere"}).field_paths == [
        "preferredHomePage"
    ]
    plant.sql(update(users).where(users.c.username == "material").values(home_page="/routes"))
    assert api.as_("material").get("/").headers["location"] == "/loading", "never a page one may not open"


@pytest.mark.parametrize("who", HOMES)
def test_in_the_house_as_it_is_built_nobody_lands_on_a_page_they_may_not_open(api: Api, who: str) -> None:
    home = api.as_(who).get("/").headers["location"]
    assert api.as_(who).get(home).status == 200


def test_the_profile_shows_ones_own_account_and_sessions(api: Api) -> None:
    page = api.as_("leader").with_headers(accept_language="en").get("/profile")
    assert page.status == 200
    assert "leader@example.com" in page.text
    assert "Line leader" in page.text
    assert "LINE-A" in page.text
    assert "this one" in page.text


def test_who_must_choose_a_password_gets_the_profile_whatever_they_ask_for(api: Api, plant: Plant) -> None:
    plant.sql(update(users).where(users.c.username == "admin").values(must_change_password=True))
    person = api.as_("admin").with_headers(accept_language="en")
    for path in ("/", "/system/audit"):
        assert person.get(path).headers["location"] == "/profile"
    page = person.get("/profile").text
    assert "Choose a password of your own first" in page
    assert "/system/audit" not in page, "the menu offers nothing that would be refused"


def test_the_audit_page_shows_filters_and_hides_nothing(api: Api, plant: Plant) -> None:
    plant.line("LINE-X")
    api.as_("operator").post("/api/lines", {"code": "L", "name": "L", "processType": "SMT"})
    page = api.as_("trace").with_headers(accept_language="en").get("/system/audit").text
    assert "LINE-X" in page
    assert "FORBIDDEN" in page
    refused = api.as_("trace").get("/system/audit", outcome="REFUSED").text
    assert "LINE-X" not in refused
    assert "FORBIDDEN" in refused
    assert "LINE-X" not in api.as_("trace").get("/system/audit", to="2026-01-01").text
    assert api.as_("trace").get("/system/audit", **{"from": "nonsense", "outcome": "MAYBE", "page": "x"}).status == 200


def test_the_audit_page_is_closed_to_who_may_not_see_it(api: Api) -> None:
    for path in ("/system/audit", "/system/audit/verified"):
        page = api.as_("operator").get(path)
        assert page.status == 403
        assert "FORBIDDEN" in page.text


def test_what_somebody_typed_never_becomes_markup(api: Api, plant: Plant) -> None:
    nasty = '<script>alert("x")</script>'
    api.as_("planner").patch("/api/users/me", {"name": nasty, "phone": "'; DROP TABLE person; --"}).must()
    assert nasty not in api.as_("planner").get("/profile").text
    page = api.as_("admin").get("/system/audit").text
    assert nasty not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("answer", "words"),
    [({"ok": "true", "checked": "12"}, "whole"), ({"ok": "false", "seq": "7", "kind": "GAP"}, "tampered")],
)
def test_the_finding_of_a_verification_is_said_in_words(api: Api, answer: dict[str, str], words: str) -> None:
    assert words in api.as_("admin").with_headers(accept_language="en").get("/system/audit/verified", **answer).text
