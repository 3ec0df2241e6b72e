"""What must be known before the database opens (spec 13.1): command line, environment, `.env` or the file named by
`FIDUCIAL_CONFIG`, default, in this order. All faults are listed at once.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError, model_validator

SECRET_ENDINGS = ("_KEY", "_PASSWORD", "_SECRET")


class WrongEnvironment(Exception):
    """One or more values cannot be used; `faults` names each variable and what is wrong with it."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{name}: {fault}" for name, fault in faults))
        self.faults = faults


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        raise ValueError("is no time zone; for example Asia/Shanghai") from None
    return name


def _cron(value: str) -> str:
    from cronsim import CronSim, CronSimError

    try:
        CronSim(value, datetime.now(UTC))
    except CronSimError:
        raise ValueError("is no cron expression; for example 30 2 * * *") from None
    return value


def _url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError("must be an address such as https://mes.example.com")
    return value.rstrip("/")


def _bind(value: str) -> str:
    if value:
        split_bind(value)
    return value


def split_bind(bind: str) -> tuple[str, int]:
    """Give host and port of `host:port`, `[::1]:port` or `:port`. Raises ValueError for anything else."""
    host, colon, port = bind.rpartition(":")
    if not colon or not port.isdigit() or not 0 < int(port) < 65_536:
        raise ValueError("must be host:port")
    return host.strip("[]") or "0.0.0.0", int(port)  # noqa: S104 - no host named is every one


class Environment(BaseModel):
    """The effective values. Field names are the variables' names in lower case."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    app_mode: Literal["production", "demo", "test"] = "production"
    app_url: Annotated[str, AfterValidator(_url)] = ""
    host: str = "0.0.0.0"  # noqa: S104 - a plant's terminals must reach it (spec 13.1)
    port: int = Field(default=3000, ge=1, le=65535)
    app_timezone: Annotated[str, AfterValidator(_zone)] = "Asia/Shanghai"
    app_data_dir: Path = Path("data")
    database_url: str = ""
    app_secret_key: str | None = Field(default=None, min_length=32)
    app_trusted_proxies: str = ""
    app_max_body_mb: int = Field(default=5, ge=1, le=100)
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    log_format: Literal["json", "console"] = "json"
    jobs_enabled: bool = True
    auto_migrate: bool | None = None
    seed_admin_email: str = "admin@example.com"
    seed_admin_password: str | None = None
    seed_admin_name: str = "Admin"
    seed_test_password: str = "Test123!"  # noqa: S105 - the demo's own, refused in production (spec 12.2)
    pg_writers: int = Field(default=8, ge=1, le=64)
    uploads_in_db: bool = False
    smtp_url: str | None = None
    smtp_from: str | None = None
    audit_archive_enabled: bool = False
    audit_archive_cron: Annotated[str, AfterValidator(_cron)] = "0 3 1 * *"
    audit_archive_cutoff_days: int = Field(default=365, ge=1, le=36_500)
    audit_archive_dir: Path | None = None
    audit_archive_batch_size: int = Field(default=1000, ge=1, le=10_000)
    mes_outbound_feedback_enabled: bool = False
    mes_outbound_erp_base_url: str = ""
    mes_outbound_erp_path: str = "/api/mes/outbound/erp/feedback"
    mes_outbound_erp_api_key: str | None = None
    backup_enabled: bool = True
    backup_cron: Annotated[str, AfterValidator(_cron)] = "30 2 * * *"
    backup_dir: Path | None = None
    backup_copy_to: Path | None = None
    backup_keep_daily: int = Field(default=14, ge=1, le=400)
    backup_keep_weekly: int = Field(default=8, ge=0, le=400)
    backup_keep_monthly: int = Field(default=12, ge=0, le=400)
    disk_warn_percent: int = Field(default=20, ge=0, le=90)
    disk_stop_percent: int = Field(default=5, ge=0, le=90)
    metrics_enabled: bool = True
    metrics_bind: Annotated[str, AfterValidator(_bind)] = ""

    @model_validator(mode="before")
    @classmethod
    def _derive(cls, given: Any) -> Any:
        values = dict(given)
        port = values.get("port", 3000)
        values["app_url"] = values.get("app_url") or f"http://localhost:{port}"
        folder = Path(values.get("app_data_dir") or "data")
        values["database_url"] = values.get("database_url") or f"sqlite:///{(folder / 'fiducial.db').resolve()}"
        return values

    @model_validator(mode="after")
    def _database(self) -> Environment:
        if not self.database_url.startswith(("sqlite:///", "file:/", "postgresql://", "postgres://")):
            raise ValueError("DATABASE_URL must begin with sqlite:///, file:/ or postgresql://")
        if self.on_sqlite and (path := Path(self.database_path)).is_dir():
            raise ValueError(f"DATABASE_URL is a folder, not a file: {path}")
        if self.uploads_in_db and self.on_sqlite:
            raise ValueError("UPLOADS_IN_DB is for PostgreSQL only")
        return self

    @model_validator(mode="after")
    def _outbound(self) -> Environment:
        if self.mes_outbound_feedback_enabled and self.app_mode == "production" and not self.mes_outbound_erp_base_url:
            raise ValueError("MES_OUTBOUND_ERP_BASE_URL is needed when MES_OUTBOUND_FEEDBACK_ENABLED is true")
        return self

    @property
    def demo_accounts(self) -> dict[str, str]:
        """Give the accounts of the demo that the environment names; what it does not name is the demo's own."""
        named = {
            "admin_email": self.seed_admin_email,
            "admin_password": self.seed_admin_password,
            "test_password": self.seed_test_password,
        }
        return {name: value for name, value in named.items() if value}

    @property
    def backups(self) -> Path:
        """Give the folder of the backups."""
        return self.backup_dir or self.app_data_dir / "backups"

    @property
    def on_sqlite(self) -> bool:
        """Tell whether the database is one file."""
        return self.database_url.startswith(("sqlite:", "file:"))

    @property
    def database_path(self) -> str:
        """Give the path of the SQLite file."""
        return self.database_url.removeprefix("sqlite:///").removeprefix("file:")

    @property
    def migrates_itself(self) -> bool:
        """Tell whether a start migrates: by default on SQLite, where nobody else could be using the file."""
        return self.on_sqlite if self.auto_migrate is None else self.auto_migrate

    @property
    def origins(self) -> tuple[str, ...]:
        """Give the origins from which a page of ours may write; the address of APP_URL comes first.

        In demo and test mode also the loopback names, for people open a demo at whatever name comes to mind.
        """
        own = "{0.scheme}://{0.netloc}".format(urlsplit(self.app_url))
        if self.app_mode == "production":
            return (own,)
        return (own, f"http://localhost:{self.port}", f"http://127.0.0.1:{self.port}")

    def secret(self) -> bytes:
        """Give the secret key: as given, or kept in the data folder since the first start (mode 0600)."""
        if self.app_secret_key:
            return self.app_secret_key.encode()
        file = self.app_data_dir / "secret.key"
        if not file.exists():
            self.app_data_dir.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as stream:
                stream.write(secrets.token_urlsafe(48))
        return file.read_bytes()


@dataclass(frozen=True, slots=True)
class Sourced:
    """One effective value and where it came from."""

    name: str
    value: str
    source: str


def _file_values(path: Path) -> dict[str, str]:
    values = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        name, equals, value = line.partition("=")
        if equals and not line.lstrip().startswith("#"):
            values[name.strip()] = value.strip().strip("\"'")
    return values


def _given(
    environ: Mapping[str, str], overrides: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str], list[tuple[str, str]]]:
    values: dict[str, Any] = {}
    sources: dict[str, str] = {}
    faults: list[tuple[str, str]] = []
    file = Path(environ.get("FIDUCIAL_CONFIG", ".env"))
    layers: list[tuple[str, Mapping[str, str]]] = [("environment", environ)]
    if file.is_file():
        layers.insert(0, (str(file), _file_values(file)))
    elif "FIDUCIAL_CONFIG" in environ:
        faults.append(("FIDUCIAL_CONFIG", f"{file} does not exist"))
    for source, layer in layers:
        for field in Environment.model_fields:
            name = field.upper()
            if layer.get(name):
                values[field], sources[field] = layer[name], source
            elif name.endswith(SECRET_ENDINGS) and layer.get(f"{name}_FILE"):
                try:
                    values[field], sources[field] = Path(layer[f"{name}_FILE"]).read_text().strip(), f"{source} (file)"
                except OSError as fault:
                    faults.append((f"{name}_FILE", str(fault)))
    for field, value in overrides.items():
        if value is not None:
            values[field], sources[field] = value, "command line"
    return values, sources, faults


def read_environment(environ: Mapping[str, str] | None = None, **overrides: Any) -> Environment:
    """Give the effective environment. Raises `WrongEnvironment` with every fault at once."""
    values, _, faults = _given(os.environ if environ is None else environ, overrides)
    try:
        environment = Environment.model_validate(values)
    except ValidationError as problem:
        faults += [_fault(error["loc"], error["msg"].removeprefix("Value error, ")) for error in problem.errors()]
        raise WrongEnvironment(faults) from None
    if faults:
        raise WrongEnvironment(faults)
    return environment


def _fault(place: tuple[int | str, ...], said: str) -> tuple[str, str]:
    """Give the variable and what is wrong with it; a rule about several variables begins with the one to be mended."""
    first = said.split(maxsplit=1)[0]
    return (str(place[0]).upper() if place else first if first.isupper() else "DATABASE_URL"), said


def shown(environ: Mapping[str, str] | None = None) -> list[Sourced]:
    """Give every effective value with its source, secrets masked (`fiducial config show`)."""
    environment = read_environment(environ)
    _, sources, _ = _given(os.environ if environ is None else environ, {})
    rows = []
    for field in Environment.model_fields:
        value = getattr(environment, field)
        name = field.upper()
        text = "***" if value and name.endswith(SECRET_ENDINGS) else "" if value is None else str(value)
        rows.append(
            Sourced(
                name, _masked(text) if name in ("DATABASE_URL", "SMTP_URL") else text, sources.get(field, "default")
            )
        )
    return rows


def _masked(url: str) -> str:
    parts = urlsplit(url)
    if not parts.password:
        return url
    return urlunsplit(parts._replace(netloc=parts.netloc.replace(f":{parts.password}@", ":***@")))
