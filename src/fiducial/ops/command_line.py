"""What the commands of this room share: where the environment comes from, and how a command ends that cannot do its work (spec 13.2)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from fiducial.ops.environment import Environment

FAILED, USAGE, GUARD, MIGRATION, NEWER, OWNED = 1, 2, 3, 5, 6, 7
_given: list[Callable[[], Environment]] = []


def wire_environment(give: Callable[[], Environment]) -> None:
    """Say where the environment comes from (from `cli.py`)."""
    _given[:] = [give]


def given_environment() -> Environment:
    """Give the environment; a wrong one ends the command with code 2."""
    return _given[0]()


def demand_database(environment: Environment) -> None:
    """End the command with code 2 when there is no file of a database on SQLite."""
    if environment.on_sqlite and not Path(environment.database_path).is_file():
        leave(USAGE, f"there is no database {environment.database_path}: name one by DATABASE_URL or APP_DATA_DIR")


def leave(code: int, why: object) -> NoReturn:
    """End the command with a code and one sentence."""
    typer.echo(str(why), err=True)
    raise typer.Exit(code) from None
