"""Where people land (spec 09.5.3): their own choice, else by role, and never on a page that they may not open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from fiducial.web.shell import MenuItem

PROFILE = "/profile"
BY_ROLE = {
    "admin": "/system/users", "planner": "/work-orders", "engineer": "/routes", "quality": "/fai", "leader": "/runs",
    "material": "/loading", "operator": "/execution", "trace": "/trace",
}  # fmt: skip
"""In the order in which a person with several roles is asked for them."""

_menu: list[MenuItem] = []


def wire_menu(menu: Sequence[MenuItem]) -> None:
    """Give people the pages that there are (from `app.py`)."""
    _menu[:] = menu


def may_open(path: str, permissions: Mapping[str, str]) -> bool:
    """Tell whether the page exists and whoever holds these permissions may open it."""
    if path == PROFILE:
        return True
    return any(
        item.url == path and (not item.permissions or any(map(permissions.__contains__, item.permissions)))
        for item in _menu
    )


def is_page(path: str) -> bool:
    """Tell whether there is a page at the path."""
    return path == PROFILE or any(item.url == path for item in _menu)


def home_of(chosen: str | None, roles: Sequence[str], permissions: Mapping[str, str]) -> str:
    """Give the path on which a person lands."""
    wishes = [chosen] if chosen else []
    wishes += [path for role, path in BY_ROLE.items() if role in roles]
    wishes += [item.url for item in _menu]
    return next((path for path in wishes if may_open(path, permissions)), PROFILE)


def choices(permissions: Mapping[str, str]) -> list[tuple[str, object]]:
    """Give the pages that somebody may choose to land on, with their names."""
    return [(item.url, item.label) for item in _menu if may_open(item.url, permissions)]


def all_pages() -> list[tuple[str, object]]:
    """Give every page that an administrator may choose for somebody."""
    return [(item.url, item.label) for item in _menu]
