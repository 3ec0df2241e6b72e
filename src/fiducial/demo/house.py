"""What the commands of the demo need of the assembled program; `cli.py`, which stands above, gives it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # the command line must start fast
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from fiducial.kit.http.door import Entrance
    from fiducial.kit.store import Store


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """The accounts that the environment names (spec 12.2, 13.1)."""

    admin_email: str = "admin@example.com"
    admin_password: str = field(default="ChangeMe123!", repr=False)
    test_password: str = field(default="Test123!", repr=False)


@dataclass(frozen=True, kw_only=True)
class House:
    """The program around the demo: its mode, its accounts, its database."""

    mode: str  # APP_MODE
    accounts: Accounts
    database: Callable[[], AbstractContextManager[Store]]  # owned and migrated for as long as the block runs
    entrances: Callable[[], Sequence[Entrance]]  # every endpoint of the API
    database_url: str


_wired: list[Callable[[], House]] = []


def wire_house(find: Callable[[], House]) -> None:
    """Give the demo its house (from `cli.py`); asked for only when a command needs the database."""
    _wired[:] = [find]


def house() -> House:
    """Give the house."""
    if not _wired:
        raise RuntimeError("cli.py has not wired the house of the demo: wire_house")
    return _wired[0]()
