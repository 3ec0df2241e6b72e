"""Shapes of what the endpoints of settings and uploads take and give."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from fiducial.kit.http.shapes import Body

Why = Annotated[str, StringConstraints(min_length=4, max_length=200, strip_whitespace=True)]


class SettingChange(Body):
    """The new value, null for the default, and why."""

    value: Any
    reason: Why


class Rollback(Body):
    """The version whose value is set again; 0 is the default."""

    to_version: Annotated[int, Field(ge=0, le=1_000_000)]
    reason: Why


class UploadAsked(Body):
    """Nothing stands beside an uploaded file."""


class HelpText(TypedDict):
    """What a setting means."""

    zh: str
    en: str


class SettingFacts(TypedDict):
    """One setting. A secret's value is shown as `***`."""

    key: str
    group: str
    type: str
    unit: str | None
    limits: dict[str, Any]
    default: Any
    value: Any
    source: str
    scope: str
    help: HelpText
    restartNeeded: bool


class SettingVersion(TypedDict):
    """One version of a setting: what it became, by whom, when and why."""

    version: int
    value: Any
    changedAt: str | None
    changedBy: str | None
    changedByName: str | None
    reason: str | None


class UploadFacts(TypedDict):
    """A file that was uploaded; `name` is what a setting takes, `url` where it is served."""

    name: str
    url: str
    mediaType: str
    size: int
    sha256: str
