"""`demo run`: the whole job before the eyes of somebody who has just cloned the repository."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from fiducial.demo.acceptance.client import Api
from fiducial.demo.acceptance.options import Options
from fiducial.demo.acceptance.report import Result
from fiducial.demo.acceptance.run import walk_one
from fiducial.demo.acceptance.scenarios import SCENARIOS
from fiducial.demo.people import PEOPLE
from fiducial.demo.serving import Fresh, NotServing, ended_by_signal, free_port, plant_environment, run_command, serving

Say = Callable[[str], None]


def show(folder: Path, *, port: int, host: str, keep_serving: bool, say: Say) -> int:
    """Make or find the plant in the folder, serve it, let one board go through, and tell where to look; give the exit code."""
    folder.mkdir(parents=True, exist_ok=True)
    accounts = _accounts()
    environ = plant_environment(folder.resolve(), free_port(port), accounts) | {"HOST": host}
    try:
        say(f"The demo plant in {folder}: {'found' if (folder / 'fiducial.db').exists() else 'making it'}")
        run_command("migrate", environ=environ)
        run_command("demo", "load", "--dataset", "base", environ=environ)
        with ended_by_signal(), serving(environ, log=folder / "server.log") as server:
            result = _one_board(server.address, accounts, say)
            _let_people_in(server.address, accounts, str(result.context.get("lineCode", "")))
            _tell(server.address, accounts, result, say)
            if result.ok and keep_serving:
                _until_told_to_stop(say)
            return 0 if result.ok else 1
    except NotServing as fault:
        say(str(fault))
        return 1


def _accounts() -> Fresh:
    of = os.environ.get
    return Fresh(
        admin_email=of("SEED_ADMIN_EMAIL") or "admin@example.com", admin_password=of("SEED_ADMIN_PASSWORD") or "ChangeMe123!",
        test_password=of("SEED_TEST_PASSWORD") or "Test123!",
    )  # fmt: skip


def _one_board(address: str, accounts: Fresh, say: Say) -> Result:
    options = Options(
        api_url=f"{address}/api", email=accounts.admin_email, password=accounts.admin_password, test_password=accounts.test_password
    )  # fmt: skip
    say("\nOne board goes from work order to trace:\n")
    spine = next(scenario for scenario in SCENARIOS if scenario.name == "spine")
    with Api(options.api_url) as api:
        return walk_one(api, options, spine, "smt", say)


def _let_people_in(address: str, accounts: Fresh, line: str) -> None:
    """Bind the people of the demo to the line that the run was made on, so that whoever looks may go on there by hand.

    The acceptance command puts its bindings back, as it must; on the plant's own lines a run waits for gates and a first
    article that this version does not have yet.
    """
    with Api(f"{address}/api") as api:
        api.call(
            "admin", "POST", "/auth/sign-in/email", {"email": accounts.admin_email, "password": accounts.admin_password}
        )
        stations = [
            item["code"] for item in api.call("admin", "GET", f"/stations?lineCode={line}&pageSize=100").data["items"]
        ]
        for person in api.call("admin", "GET", "/users?pageSize=100").data["items"]:
            if person["username"] == "operator":
                bound = {"stationCodes": sorted({*person["stationCodes"], *stations})}
            elif person["username"] in ("leader", "material"):
                bound = {"lineCodes": sorted({*person["lineCodes"], line})}
            else:
                continue
            api.call("admin", "PATCH", f"/users/{person['id']}", bound)


def _tell(address: str, accounts: Fresh, result: Result, say: Say) -> None:
    say(f"\nThe plant is at  {address}\n")
    say(f"{'e-mail':28}{'name':10}{'role':10}password")
    for person in PEOPLE:
        if person.is_active:
            password = accounts.admin_password if person.role == "admin" else accounts.test_password
            email = accounts.admin_email if person.role == "admin" else person.email
            # Chinese names take two columns for each character.
            say(f"{email:28}{person.name}{' ' * max(1, 10 - 2 * len(person.name))}{person.role:10}{password}")
    if result.context.get("sn"):
        say(f"\nThe board that just went through:\n  {address}/trace/units/{quote(str(result.context['sn']), safe='')}")
        say(
            f"\nTo go on by hand, release an order with route {result.context['routeCode']} to line {result.context['lineCode']}."
        )


def _until_told_to_stop(say: Say) -> None:
    say("\nCtrl-C ends it.")
    with suppress(KeyboardInterrupt):
        threading.Event().wait()
    say("Stopping.")
