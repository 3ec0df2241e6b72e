"""What the acceptance command can be told (spec 13.11)."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

TRACKS = ("smt", "dip")
REUSE_WO, UNIQUE = "reuse-wo", "unique"

ACCOUNTS = {
    "admin": "admin@example.com",
    "planner": "planner@example.com",
    "engineer": "engineer@example.com",
    "quality": "quality@example.com",
    "leader": "leader@example.com",
    "operator": "operator@example.com",
}


def _from_environment(name: str, default: str) -> str:
    return os.environ.get(name) or default


class WrongUsage(Exception):
    """The options do not fit together."""


@dataclass(frozen=True, kw_only=True)
class Options:
    """The options of one call; a code that is None is the scenario's own choice."""

    api_url: str = field(default_factory=lambda: _from_environment("MES_API_URL", "http://127.0.0.1:3000/api"))
    track: str = "smt"
    scenario: str = "spine"
    every: bool = False  # --all
    repeat: int = 1
    email: str = field(default_factory=lambda: _from_environment("SEED_ADMIN_EMAIL", ACCOUNTS["admin"]))
    password: str = field(default_factory=lambda: _from_environment("SEED_ADMIN_PASSWORD", "ChangeMe123!"), repr=False)
    test_password: str = field(default_factory=lambda: _from_environment("SEED_TEST_PASSWORD", "Test123!"), repr=False)
    line_code: str | None = None
    route_code: str | None = None
    product_code: str = "P-1001"
    slot_code: str = "SLOT-01"
    material_code: str = "MAT-001"
    operator_id: str = "OP-01"
    with_loading: bool = True
    id_strategy: str = REUSE_WO
    dataset: str = "acceptance"
    wo_no: str | None = None
    sn: str | None = None
    fresh: bool = False
    database_url: str | None = None
    as_json: bool = False
    json_file: Path | None = None
    junit_file: Path | None = None

    def login_of(self, actor: str) -> tuple[str, str]:
        """Give e-mail and password of one of the six people."""
        if actor == "admin":
            return self.email, self.password
        return ACCOUNTS[actor], self.test_password

    def check(self) -> None:
        """Refuse with WrongUsage what cannot be meant."""
        if self.track not in TRACKS:
            raise WrongUsage(f"--track must be one of {', '.join(TRACKS)}")
        if self.id_strategy not in (REUSE_WO, UNIQUE):
            raise WrongUsage(f"--id-strategy must be {REUSE_WO} or {UNIQUE}")
        if self.repeat < 1:
            raise WrongUsage("--repeat must be at least 1")
        if self.database_url and not self.fresh:
            raise WrongUsage("--database-url goes with --fresh; another server is named by --api-url")
        for option, file in (("--json-file", self.json_file), ("--junit-file", self.junit_file)):
            if file is not None and (file.is_dir() or not file.parent.is_dir()):
                raise WrongUsage(f"{option}: {file} cannot be written: there is no such folder, or it is one")
        if self.sn and (self.repeat > 1 or self.every):
            raise WrongUsage("--sn names one board: it goes neither with --repeat nor with --all")
