"""What people type is shown as they typed it on every page, and is never part of the page (spec 09.2).

The plant is filled with names that an attacker would choose, down to the serial numbers; each page is read as a browser reads it.
"""

from __future__ import annotations

from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.api.filled import Filled, Stand, copy_of, filled_file

from fiducial.app import PAGES

EVIL = "'\"></script><evil-x>{{7*7}}"
SHOWN = "&lt;evil-x&gt;"
ADDRESSES = [path for pages in PAGES for path, _ in pages.opened if path not in pages.papers]
# Other faces of a page, and what it repeats of its address.
FACES: dict[str, tuple[str, ...]] = {
    "/runs/{runNo}": ("?tab=units", "?tab=history", "?tab=checklist", "?check={evil}"),
    "/trace/units/{sn}": tuple(
        f"?tab={tab}" for tab in ("timeline", "steps", "materials", "quality", "preparation", "machines", "raw")
    ),
    "/execution": ("?station=ST-PRINT-01", "?station={evil}", "?line=LINE-A", "?line={evil}"),
    "/execution/{stationCode}/panel": (
        "?sn={sn}",
        "?sn={evil}",
        "?sn={done}",
        "?sn={failed}",
        "?sn={held}",
        "?sn={waiting}",
    ),
    "/trace": ("?q={evil}", "?q={sn}"),
    "/runs": ("?search={evil}", "?sort={evil}", "?page={evil}"),
    "/work-orders": ("?search={evil}", "?status={evil}"),
    "/routes/{routingCode}": ("?tab=config", "?tab=versions", "?tab=steps", "?tab={evil}"),
    "/system/audit": ("?actorName={evil}", "?entityDisplay={evil}", "?page=2"),
    "/sign-in": ("?next=/{evil}", "?next=javascript:alert(1)", "?next=//evil.example"),
}
NAMES = {
    "/work-orders/{woNo}/dialogs/{name}": ("release", "dispatch", "routing", "pick", "close", "run"),
    "/runs/{runNo}/dialogs/{name}": ("generate", "register", "authorize", "close"),
    "/routes/{routingCode}/dialogs/config/{scope}": ("ROUTE", "STEP-10", "10"),
}


def say(text: str) -> str:
    return (EVIL + text)[:64]


class Reader(HTMLParser):
    """Notes every element that data has made, every script that is not ours, every address that runs."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = dict(attrs)
        if "evil" in tag or any(
            "evil" in name or "<" in name or '"' in name or name.startswith("on") for name, _ in attrs
        ):
            self.found.append(f"<{tag} {attrs}>")
        if tag in ("script", "style") and "src" not in known and known.get("type") != "application/json":
            self.found.append(f"<{tag}> without a source: {attrs}")
        for name in ("href", "src", "action", "formaction", "data-next", "hx-get"):
            value = (known.get(name) or "").strip().lower()
            if value.startswith(("javascript:", "data:text", "//")) or "evil.example" in value:
                self.found.append(f"{name}={value}")


@pytest.fixture(scope="module")
def evil_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Filled]:
    return filled_file(sqlite_template, tmp_path_factory.mktemp("evil"), say)


@pytest.fixture(scope="module")
def evil(evil_template: tuple[Path, Filled], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    with copy_of(evil_template, tmp_path_factory.mktemp("evil_copy")) as stand:
        yield stand


def faces(stand: Stand, path: str) -> list[str]:
    there = stand.there
    words = {
        "evil": quote(EVIL, safe=""), "sn": quote(there.parts["sn"], safe=""), "done": quote(say("SN-1"), safe=""),
        "failed": quote(say("SN-2"), safe=""), "held": quote(say("SN-5"), safe=""), "waiting": quote(say("SN-6"), safe=""),
    }  # fmt: skip
    made = [there.path(path.replace("{name}", name).replace("{scope}", name)) for name in NAMES.get(path, ("",))]
    return [made[0] + face.format(**words) for face in ("", *FACES.get(path, ()))] + made[1:]


@pytest.mark.parametrize("path", ADDRESSES)
def test_no_page_takes_data_for_markup(path: str, evil: Stand) -> None:
    for who in ("everyone", "operator") if path.startswith("/execution") else ("everyone",):
        for address in faces(evil, path):
            for language in ("zh-CN", "en"):
                answer = evil.api.as_(who).with_headers(accept_language=language).get(address)
                assert answer.status in (200, 303, 403, 404, 422), (address, answer.status)
                reader = Reader()
                reader.feed(answer.text)
                assert reader.found == [], address


@pytest.mark.parametrize("path", ["/runs", "/work-orders", "/lines", "/routes", "/data-specs", "/trace/units/{sn}", "/runs/{runNo}",
                                  "/execution/{stationCode}/queue", "/system/audit", "/work-orders/{woNo}"])  # fmt: skip
def test_what_was_typed_is_shown_as_it_was_typed(path: str, evil: Stand) -> None:
    """Else the test above would pass over pages that show nothing."""
    assert SHOWN in evil.api.as_("everyone").get(evil.there.path(path)).text


@pytest.mark.parametrize("path", [path for path in ADDRESSES if "{" in path])
def test_a_page_of_what_is_not_there_repeats_its_name_harmlessly(path: str, evil: Stand) -> None:
    for part in (
        "{runNo}",
        "{woNo}",
        "{sn}",
        "{stationCode}",
        "{routingCode}",
        "{lineCode}",
        "{specId}",
        "{operationCode}",
    ):
        if part in path:
            answer = evil.api.as_("everyone").get(
                evil.there.path(path.replace(part, "@").replace("{name}", "close")).replace("@", quote(EVIL, safe=""))
            )
            assert answer.status in (200, 404, 409, 422), (path, answer.status)
            reader = Reader()
            reader.feed(answer.text)
            assert reader.found == [], path
