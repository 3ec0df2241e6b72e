"""Stores for the tests of the kit: `store` is SQLite, `pg_store` PostgreSQL, `any_store` each in turn."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog
from tests.unit.kit_plant import build, emptied_postgres, opened, sqlite_url

from fiducial.kit.store import Store


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    url = sqlite_url(tmp_path)
    build(url)
    with opened(url) as store:
        yield store


@pytest.fixture
def pg_url(postgres_url: str) -> str:
    """The module's database, emptied and with the tables of the kit."""
    emptied_postgres(postgres_url)
    return postgres_url


@pytest.fixture
def pg_store(pg_url: str) -> Iterator[Store]:
    with opened(pg_url) as store:
        yield store


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def any_store(request: pytest.FixtureRequest) -> Store:
    return request.getfixturevalue("store" if request.param == "sqlite" else "pg_store")


@pytest.fixture(autouse=True, scope="session")
def quiet_log() -> None:
    """Faults are provoked here by the hundred; nobody reads their tracebacks, and drawing them takes longer than the tests."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50), cache_logger_on_first_use=False)
