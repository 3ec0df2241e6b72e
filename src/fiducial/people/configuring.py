"""Settings as administrators change them (spec 09.8): each with its history, and a way back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy import func, select
from typing_extensions import TypedDict

from fiducial.kit import clock, ids, settings
from fiducial.kit.acting import OPEN, action, query
from fiducial.kit.columns import canonical
from fiducial.kit.listing import Listed
from fiducial.kit.refusals import Refused, Said, bad_field, reason_of
from fiducial.kit.settings import EVERYWHERE, Setting
from fiducial.kit.tx import Tx
from fiducial.people.config_shapes import Rollback, SettingChange, SettingFacts, SettingVersion
from fiducial.people.settings import app_name, logo, short_name
from fiducial.people.tables import setting_versions

CONFIG = "system:config"
HIDDEN = "***"
OURS = ("installation.",)  # what a database remembers of itself; nobody sets it


def shown_settings() -> list[Setting[Any]]:
    """Give the settings that people set, by key."""
    return [setting for key, setting in sorted(settings.declared.items()) if not key.startswith(OURS)]


@query(CONFIG)
def list_settings(tx: Tx) -> Listed[SettingFacts]:
    """Give every setting with what it takes, what it is, and where that comes from."""
    stored = _stored(tx)
    items = [_facts(setting, stored) for setting in shown_settings()]
    return {"items": items, "total": len(items), "page": 1, "pageSize": len(items)}


def _stored(tx: Tx) -> Mapping[str, str]:
    rows = tx.all(select(settings.values.c.key, settings.values.c.value).where(settings.values.c.place == EVERYWHERE))
    return {row.key: row.value for row in rows}


def _facts(setting: Setting[Any], stored: Mapping[str, str]) -> SettingFacts:
    if setting.key in settings.fixed:
        value, source = settings.fixed[setting.key], "environment"
    elif setting.key in stored:
        value, source = orjson.loads(stored[setting.key]), "database"
    else:
        value, source = setting.default, "default"
    return {
        "key": setting.key, "group": setting.key.partition(".")[0], "type": setting.type, "unit": setting.unit,
        "limits": setting.limits, "default": setting.default, "value": _masked(setting, value), "source": source,
        "scope": "line" if setting.by_place else "plant", "help": {"zh": setting.zh, "en": setting.en}, "restartNeeded": False,
    }  # fmt: skip


def _masked(setting: Setting[Any], value: Any) -> Any:
    return HIDDEN if setting.secret and value not in (None, [], "") else value


def setting_facts(tx: Tx, key: str) -> SettingFacts:
    """Give one setting; refuses SETTING_NOT_FOUND."""
    return _facts(_must_find(key), _stored(tx))


def _must_find(key: str) -> Setting[Any]:
    setting = settings.declared.get(key)
    if setting is None or key.startswith(OURS):
        raise Refused("SETTING_NOT_FOUND", key=key)
    return setting


@action(CONFIG, audit="SYSTEM_CONFIG_UPDATE", entity="SYSTEM_CONFIG", key="key")
def change_setting(tx: Tx, key: str, body: SettingChange) -> SettingFacts:
    """Set a value of the plant; null gives the default back. Refuses SETTING_NOT_FOUND, CONFIG_FROM_ENVIRONMENT, VALIDATION_ERROR."""
    return _put(tx, _must_find(key), body.value, body.reason)


@action(CONFIG, audit="SYSTEM_CONFIG_UPDATE", entity="SYSTEM_CONFIG", key="key")
def roll_back(tx: Tx, key: str, body: Rollback) -> SettingFacts:
    """Set the value of an earlier version again, as a new version; version 0 is the default. Refuses as `change_setting`."""
    setting, value = _must_find(key), None
    if body.to_version:
        mine = setting_versions.c
        row = tx.first(select(mine.value).where(mine.key == key, mine.version == body.to_version))
        if row is None:
            raise bad_field("toVersion", Said(zh="没有这个版本", en="there is no such version"))
        value = None if row.value is None else orjson.loads(row.value)
    return _put(tx, setting, value, body.reason, toVersion=body.to_version)


def _put(tx: Tx, setting: Setting[Any], value: Any, reason: str, **payload: Any) -> SettingFacts:
    if setting.key in settings.fixed:
        raise Refused("CONFIG_FROM_ENVIRONMENT", key=setting.key)
    before = _facts(setting, _stored(tx))
    try:
        setting.put(tx, value)
    except ValueError as wrong:
        raise bad_field("value", reason_of(wrong)) from None
    mine = setting_versions.c
    last = tx.scalar(select(func.max(mine.version)).where(mine.key == setting.key)) or 0
    kept = None if value is None else canonical(setting.check(value)).decode()
    new = tx.insert_once(
        setting_versions, id=tx.new_id(), key=setting.key, version=last + 1, value=kept, changed_at=tx.now,
        changed_by=tx.actor.id, changed_by_name=tx.actor.name, reason=reason,
    )  # fmt: skip
    if not new:  # somebody else changed it at the same moment
        raise Refused("STALE_UPDATE")
    after = _facts(setting, _stored(tx))
    changes = [{"path": setting.key, "before": before["value"], "after": after["value"]}]
    tx.record(setting.key, changes=changes, reason=reason, version=last + 1, **payload)
    return after


@query(CONFIG)
def setting_history(tx: Tx, key: str) -> Listed[SettingVersion]:
    """Give the versions of a setting, newest first; the last is version 0, the default. Refuses SETTING_NOT_FOUND."""
    setting = _must_find(key)
    rows = tx.all(
        select(setting_versions).where(setting_versions.c.key == key).order_by(setting_versions.c.version.desc())
    )
    items: list[SettingVersion] = [
        {
            "version": row.version, "changedAt": clock.to_wire(row.changed_at), "changedBy": ids.wire_or_none(row.changed_by),
            "value": _masked(setting, setting.default if row.value is None else orjson.loads(row.value)),
            "changedByName": row.changed_by_name, "reason": row.reason,
        }
        for row in rows
    ]  # fmt: skip
    items.append(
        {"version": 0, "value": _masked(setting, setting.default), "changedAt": None, "changedBy": None, "changedByName": None, "reason": None}
    )  # fmt: skip
    return {"items": items, "total": len(items), "page": 1, "pageSize": len(items)}


class Branding(TypedDict):
    """What pages show; `logo` is the address of an image, or null."""

    appName: str
    shortName: str
    logo: str | None


def brand_of(tx: Tx) -> tuple[str, str]:
    """Give the short name and the address of the logo, for the frame of every page."""
    image = logo.of(tx)
    return short_name.of(tx), f"/uploads/{image}" if image else ""


@query(OPEN)
def branding(tx: Tx) -> Branding:
    """Give names and logo of the program as this plant shows them."""
    image = logo.of(tx)
    return {"appName": app_name.of(tx), "shortName": short_name.of(tx), "logo": f"/uploads/{image}" if image else None}
