"""API tests run on both databases, each test on a fresh copy of a filled template: ask for `api` and `plant`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from tests.api.filled import Filled, Stand, copy_of, filled_file
from tests.api.plant import Plant, cheap, environment, fill_template, sign_in_anew
from tests.api.web import Api

from fiducial.app import create_app, open_store
from fiducial.kit.http import door
from fiducial.kit.store import Store
from fiducial.people import passwords

BOTH = ("sqlite", pytest.param("postgresql", marks=pytest.mark.postgres))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run what is marked `one_engine` on SQLite alone: nothing in it reaches SQL that differs or a race."""
    left = [item for item in items if item.get_closest_marker("one_engine") and _on_postgresql(item)]
    config.hook.pytest_deselected(items=left)
    items[:] = [item for item in items if item not in set(left)]


def _on_postgresql(item: pytest.Item) -> bool:
    spec = getattr(item, "callspec", None)
    return spec is not None and spec.params.get("database") == "postgresql"


@pytest.fixture(autouse=True)
def _cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test is about the cost of a hash."""
    for name in ("hash", "matches"):
        monkeypatch.setattr(passwords.hashing, name, getattr(cheap, name))


@pytest.fixture(autouse=True)
def _nobody_is_stuck(monkeypatch: pytest.MonkeyPatch) -> None:
    """The people of the template have one session each in all tests, and some tests send many bad bodies."""
    monkeypatch.setattr(door, "_stuck", type(door._stuck)())


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file that every SQLite test copies."""
    folder = tmp_path_factory.mktemp("template")
    fill_template(f"sqlite:///{folder / 'fiducial.db'}", folder)
    return folder / "fiducial.db"


@pytest.fixture(params=BOTH)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database of this test alone; the test runs once on each engine."""
    if request.param == "sqlite":
        file = tmp_path / "fiducial.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), file)
        yield f"sqlite:///{file}"
        return
    server = request.getfixturevalue("postgres")
    template = server.template("fiducial_api", lambda url: fill_template(url, tmp_path))
    with server.database(template=template) as url:
        yield url


@pytest.fixture
def store(database: str, tmp_path: Path) -> Iterator[Store]:
    """The store over that database."""
    opened = open_store(environment(database, tmp_path))
    sign_in_anew(opened)
    yield opened
    opened.stop()


@pytest.fixture
def app(database: str, store: Store, tmp_path: Path) -> FastAPI:
    """The program over that store."""
    return create_app(environment(database, tmp_path), store)


@pytest.fixture
def make_app(database: str, store: Store, tmp_path: Path) -> Callable[..., FastAPI]:
    """Another program over the same store, with something else in its environment: `make_app(app_url="https://…")`."""

    def make(**changed: Any) -> FastAPI:
        return create_app(environment(database, tmp_path).model_copy(update=changed), store)

    return make


@pytest.fixture
def api(app: FastAPI) -> Iterator[Api]:
    """Whoever asks; begin with `api.as_("planner")`."""
    asking = Api(app)
    yield asking
    asking.close()


@pytest.fixture
def plant(api: Api, store: Store) -> Plant:
    """The plant, for what a test needs besides what is there."""
    return Plant(api, store)


@pytest.fixture(scope="session")
def filled_template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Filled]:
    """The file of a plant in which there is one of everything, and the names of what is there."""
    return filled_file(sqlite_template, tmp_path_factory.mktemp("filled"))


@pytest.fixture
def filled(filled_template: tuple[Path, Filled], tmp_path: Path) -> Iterator[Stand]:
    """A plant in which there is one of everything, of this test alone, on SQLite."""
    with copy_of(filled_template, tmp_path) as stand:
        yield stand


@pytest.fixture(scope="module")
def shared(filled_template: tuple[Path, Filled], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stand]:
    """The same for all tests of a file: for those that change nothing, or that do not mind."""
    with copy_of(filled_template, tmp_path_factory.mktemp("shared")) as stand:
        yield stand
