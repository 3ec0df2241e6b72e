"""The first administrator of an empty database (spec 13.1, `SEED_ADMIN_*`)."""

from __future__ import annotations

import sys

from fiducial.kit.acting import Caller
from fiducial.kit.store import Store
from fiducial.ops.environment import Environment
from fiducial.people import actions, passwords

DEMO_PASSWORD = "ChangeMe123!"  # noqa: S105 - the demo's own, refused in production (spec 12.2)


def first_administrator(store: Store, environment: Environment) -> None:
    """Make the administrator when there are no people yet. In production without a password a random one is printed once."""
    production = environment.app_mode == "production"
    given = environment.seed_admin_password
    password = given or (passwords.fresh_password() if production else DEMO_PASSWORD)
    caller = Caller(internal="start")
    if store.read_now(caller, actions.has_people):
        return
    made = store.write_now(
        caller, actions.ensure_admin, environment.seed_admin_email, environment.seed_admin_name,
        passwords.hashing.hash(password), production,
    )  # fmt: skip
    if made and production and not given:
        # Once, to the terminal of whoever starts it; the log of a service is no place for a password to stay.
        sys.stderr.write(f"first administrator: admin / {password}   (to be changed at the first sign-in)\n")
