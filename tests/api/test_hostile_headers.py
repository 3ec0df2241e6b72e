"""What every answer tells the browser: no script but ours, no frame around us, no guessing of kinds, nothing kept for others (spec 13.3)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from fastapi import FastAPI
from tests.api.filled import Stand
from tests.api.test_every_permission import PAGE_DOORS, page_path
from tests.api.web import Api

from fiducial.app import entrances

pytestmark = pytest.mark.one_engine


def policy_of(said: str) -> dict[str, set[str]]:
    parts = (part.split() for part in said.split(";"))
    return {name: set(sources) for name, *sources in parts}


@pytest.mark.parametrize("path", [path for path, _ in PAGE_DOORS])
def test_every_page_forbids_foreign_and_inline_script(path: str, shared: Stand) -> None:
    for who in ("everyone", "operator"):
        answer = shared.api.as_(who).get(page_path(shared, path))
        policy = policy_of(answer.headers["content-security-policy"])
        assert policy["default-src"] == {"'self'"}
        assert policy["script-src"] == policy["style-src"] == {"'self'"}
        assert policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == {"'none'"}
        assert policy["form-action"] == {"'self'"}
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert answer.headers.get("cache-control") == "no-store" or answer.status in (303, 404), (path, answer.status)


def test_every_endpoint_is_for_programs_and_kept_by_nobody(shared: Stand) -> None:
    for door in entrances():
        if door.method != "GET" or door.path.endswith("/stream"):
            continue
        answer = shared.api.as_("everyone").get(shared.there.of(door))
        policy = policy_of(answer.headers["content-security-policy"])
        assert policy == {"default-src": {"'none'"}, "frame-ancestors": {"'none'"}}, door.path
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store", door.path


@pytest.mark.parametrize(
    "path", ["/", "/nothing/here", "/api/nothing", "/static/nothing.js", "/sign-in", "/api/health"]
)
def test_what_is_refused_or_open_has_them_too(path: str, shared: Stand) -> None:
    answer = Api(shared.api.app, runner=shared.api._runner).get(path)
    assert answer.headers["x-content-type-options"] == "nosniff"
    if not path.startswith("/static"):
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


def test_over_https_the_browser_is_told_to_stay_there(make_app: Callable[..., FastAPI]) -> None:
    for url, told in (("https://mes.example.com", "max-age=31536000"), ("http://mes.example.com", None)):
        with_url = Api(make_app(app_url=url))
        assert with_url.get("/sign-in").headers.get("strict-transport-security") == told
        with_url.close()
