"""The frame around every page: the template environment, the menu a person sees, the vocabulary of states.

No room is known here: `app.py` hands in the template folders, the menu entries and the status sets of the rooms.
"""

from __future__ import annotations

import hashlib
import itertools
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined

from fiducial.kit import text
from fiducial.kit.text import Text
from fiducial.web import lists, texts

HERE: Final = Path(__file__).resolve().parent
STATIC_DIR: Final = HERE / "static"
TEMPLATE_DIR: Final = HERE / "templates"
LANGUAGE_COOKIE: Final = "fiducial_lang"
CONTENT_SECURITY_POLICY: Final = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
"""No inline script and no inline style: text that somebody typed can never become either."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """One state as people read it. Colours: green done, blue moving, azure waiting, yellow attention, orange risk,
    red stopped, purple special, secondary over."""

    code: str
    label: Text
    colour: str = "secondary"


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSet:
    """The states of one kind of thing, declared beside its lifecycle: `StatusSet(kind="run", states=(…))`."""

    kind: str
    states: tuple[Status, ...]


class Statuses:
    """Every state of the program by kind and code; declared twice is a fault, unknown is shown as it is."""

    def __init__(self, sets: Iterable[StatusSet] = ()) -> None:
        self._known: dict[tuple[str, str], Status] = {}
        for declared in sets:
            for status in declared.states:
                if (declared.kind, status.code) in self._known:
                    raise ValueError(f"status {declared.kind} {status.code} is declared twice")
                self._known[declared.kind, status.code] = status

    def get(self, kind: str, code: str) -> Status:
        """A state from an old record or another system may be unknown here; its code is better than no page."""
        return self._known.get((kind, code)) or Status(code=code, label=Text(code))

    def options(self, kind: str) -> list[tuple[str, Text]]:
        """The states of a kind for a filter, in the order of their declaration."""
        return [(status.code, status.label) for (its_kind, _code), status in self._known.items() if its_kind == kind]


RESULTS: Final = StatusSet(
    kind="result",
    states=(
        Status(code="PASS", label=Text("Pass"), colour="green"),
        Status(code="FAIL", label=Text("Fail"), colour="red"),
        Status(code="NA", label=Text("Not judged"), colour="secondary"),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuItem:
    """One entry of the menu. It is shown to whoever holds any one of `permissions`; with none, to everybody."""

    label: Text
    url: str
    icon: str
    group: Text
    permissions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuEntry:
    item: MenuItem
    active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuGroup:
    label: Text
    entries: tuple[MenuEntry, ...]

    @property
    def active(self) -> bool:
        return any(entry.active for entry in self.entries)


def menu_for(permissions: Iterable[str], items: Sequence[MenuItem], path: str = "") -> tuple[MenuGroup, ...]:
    """What a person may open, in groups; the entry whose address leads furthest towards `path` is active."""
    held = frozenset(permissions)
    shown = [item for item in items if not item.permissions or held.intersection(item.permissions)]
    leading = [item.url for item in shown if path == item.url or path.startswith(item.url.rstrip("/") + "/")]
    active = max(leading, key=len, default=None)
    groups: dict[Text, list[MenuEntry]] = {}
    for item in shown:
        groups.setdefault(item.group, []).append(MenuEntry(item=item, active=item.url == active))
    return tuple(MenuGroup(label=label, entries=tuple(entries)) for label, entries in groups.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """The signed-in person, as the corner of the page shows them."""

    name: str
    username: str = ""
    roles: tuple[str, ...] = ()
    terminal: str = ""
    """The shared terminal at which the person stands, if any."""
    signs_by: str = "PASSWORD"
    """What this session is asked for when something is signed: PASSWORD, or PIN at a shared terminal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What the layout needs to know. A door makes one for each request and hands it to the template as `page`."""

    path: str
    person: Person | None = None
    menu: tuple[MenuGroup, ...] = ()
    permissions: frozenset[str] = frozenset()
    demo: bool = False
    search_url: str = ""
    notice: str = ""
    home_url: str = "/"
    brand: str = "fiducial"
    logo: str = ""
    unread: int = 0
    language: str = field(default_factory=text.current_language)

    def may(self, *permissions: str) -> bool:
        """Whether the person holds any one of them."""
        return not self.permissions.isdisjoint(permissions)


def assets_version(folder: Path = STATIC_DIR) -> str:
    """A hash of all static files. It stands in their address, so they may be kept for ever and never be stale."""
    digest = hashlib.sha256()
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            digest.update(file.relative_to(folder).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


@cache
def static_root(folder: Path = STATIC_DIR) -> str:
    """Where `app.py` mounts the static files: relative imports between our scripts keep the version by themselves."""
    return f"/static/{assets_version(folder)}"


PAUSE_S: Final = 0.005
FIRST: Final = ("web/layout.html", "web/ui.html", "web/refusal.html")  # every page is made of them


def make_ready(environment: Environment) -> threading.Thread:
    """Compile the templates on a thread of its own, so that the first page after a start need not: some 50 ms each page, 2 s all.

    The start does not wait for it; between two templates it lets others work.
    """

    def compile_each() -> None:
        for name in (*FIRST, *environment.list_templates(extensions=["html"])):
            environment.get_template(name)
            time.sleep(PAUSE_S)

    thread = threading.Thread(target=compile_each, name="templates", daemon=True)
    thread.start()
    return thread


def make_environment(
    template_dirs: Sequence[Path] = (),
    *,
    statuses: Iterable[StatusSet] = (),
    zone: str = "Asia/Shanghai",
    static_url: str | None = None,
    extra_globals: Mapping[str, Any] | None = None,
) -> Environment:
    """The one template environment. `template_dirs` are the rooms' `templates` folders; each room keeps its own in
    `templates/<room>/`, so that `orders/run.html` names a file and its owner."""
    environment = Environment(
        loader=ChoiceLoader([FileSystemLoader(folder) for folder in (TEMPLATE_DIR, *template_dirs)]),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    install_gettext: Callable[..., None] = environment.install_gettext_callables  # type: ignore[attr-defined]
    install_gettext(text.gettext, text.ngettext, newstyle=True)
    plant_zone = ZoneInfo(zone)
    environment.filters.update(
        instant=texts.instant_filter(plant_zone),
        local_input=texts.local_input_filter(plant_zone),
        number=texts.number,
        duration=texts.duration_filter,
        dash=texts.dash,
        indented=texts.indented,
        segment=lambda value: quote(str(value), safe=""),
    )
    root = static_url if static_url is not None else static_root()
    counter = itertools.count(1)
    environment.globals.update(
        statuses=Statuses((RESULTS, *statuses)),
        column=lists.column,
        asset=lambda path: f"{root}/{path}",
        uid=lambda: f"u{next(counter)}",
        zone=zone,
        languages=(("zh-CN", "中文"), ("en", "English")),
        **(extra_globals or {}),
    )
    return environment
