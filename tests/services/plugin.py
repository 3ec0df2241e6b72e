"""How a test run begins and ends: the services it shares, the network it may not touch, the skips that CI forbids."""

import ipaddress
import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.services.chromium import chromium_flags, find_chromium
from tests.services.memory import in_memory
from tests.services.postgres import NoPostgres, Server, ensure_server, scratch_folder

FOLDER, OWNER = "FIDUCIAL_TEST_SERVICES", "FIDUCIAL_TEST_OWNER"

# Which marker a test gets by asking for one of these fixtures.
NEEDS = {
    "postgres": ("postgres", "postgres_url"),
    "browser": ("chromium_path", "browser", "page"),
}


def in_ci() -> bool:
    return os.environ.get("CI", "").lower() in {"1", "true", "yes"}


def is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


# ---- begin and end --------------------------------------------------------------------------------------------------


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="run the long tests (marked soak), and only them")


def pytest_configure(config: pytest.Config) -> None:
    shut_the_door()
    if is_worker(config):
        return
    # The workers inherit the environment, so all of them find the same services.
    services = ExitStack()
    os.environ[FOLDER] = str(services.enter_context(scratch_folder()))
    os.environ[OWNER] = str(os.getpid())
    config.add_cleanup(services.close)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> None:
    """Put the temporary folders of tests into memory, where there is one, unless somebody said where they belong."""
    if not config.option.basetemp and (memory := in_memory()):
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(memory))


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    for item in items:
        fixtures = set(getattr(item, "fixturenames", ()))
        for marker, names in NEEDS.items():
            if fixtures.intersection(names) and item.get_closest_marker(marker) is None:
                item.add_marker(marker)

    wants_soak = config.getoption("--soak")
    left_out = [item for item in items if (item.get_closest_marker("soak") is not None) != wants_soak]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


# ---- a skip is a promise broken -------------------------------------------------------------------------------------


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    outcome: Any = yield
    report: pytest.TestReport = outcome.get_result()
    needed = [marker for marker in NEEDS if item.get_closest_marker(marker) is not None]
    if in_ci() and report.skipped and needed and not hasattr(report, "wasxfail"):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
        report.outcome = "failed"
        report.longrepr = f"CI does not skip tests that need {' and '.join(needed)}. {reason}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", [])
    for marker, service in (("postgres", "PostgreSQL"), ("browser", "a browser")):
        missed = [report for report in skipped if marker in report.keywords]
        if missed:
            terminalreporter.section(
                f"{len(missed)} TESTS DID NOT RUN for want of {service}", sep="!", red=True, bold=True
            )


# ---- only this machine ----------------------------------------------------------------------------------------------


class ReachedOutside(Exception):
    """A test tried to speak to something that is not on this machine."""


def is_here(address: Any) -> bool:
    if not isinstance(address, tuple):
        return True  # a Unix socket
    host = address[0]
    if isinstance(host, bytes):
        host = host.decode("idna")
    if host in {None, "", "localhost"}:
        return True
    try:
        found = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return found.is_loopback or found.is_unspecified


def shut_the_door() -> None:
    """Tests that need the network are tests that fail on somebody's train. Loopback and Unix sockets stay open."""

    def guarded(name: str) -> None:
        real = getattr(socket.socket, name)

        def method(self: socket.socket, *arguments: Any) -> Any:
            # The address is the last argument of each of them.
            if self.family in {socket.AF_INET, socket.AF_INET6} and not is_here(arguments[-1]):
                raise ReachedOutside(f"{name} to {arguments[-1]!r}")
            return real(self, *arguments)

        setattr(socket.socket, name, method)

    if getattr(socket, "door_is_shut", False):
        return
    for name in ("connect", "connect_ex", "sendto"):
        guarded(name)

    look_up = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *arguments: Any, **named: Any) -> Any:
        if not is_here((host, port)):
            flags = named.get("flags", arguments[3] if len(arguments) > 3 else 0)
            if not flags & socket.AI_NUMERICHOST:
                raise ReachedOutside(f"looking up {host!r}")
        return look_up(host, port, *arguments, **named)

    socket.getaddrinfo = getaddrinfo
    socket.door_is_shut = True  # type: ignore[attr-defined]


# ---- fixtures -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgres() -> Server:
    """The PostgreSQL of this test run, shared by all workers, started by whoever needs it first."""
    try:
        return ensure_server(Path(os.environ[FOLDER]), owner=int(os.environ[OWNER]))
    except NoPostgres as missing:
        pytest.skip(f"no PostgreSQL: {missing}")


@pytest.fixture(scope="module")
def postgres_url(postgres: Server) -> Iterator[str]:
    """An empty database for this module, as a URL for SQLAlchemy."""
    with postgres.database() as url:
        yield url


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    found = find_chromium()
    if found is None:
        pytest.skip("no Chromium: `make browser` looks for one")
    return found


@pytest.fixture(scope="module")
def browser(chromium_path: Path) -> Iterator[Any]:
    """A headless Chromium.

    One per module and not one per run: Playwright's synchronous interface keeps an event loop running in the thread as
    long as it lives, and no other test of the worker could start its own.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=chromium_path, args=chromium_flags())
        yield chromium
        chromium.close()
