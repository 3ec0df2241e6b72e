"""The writes of oven programs (炉温程式, spec 01.7): versions of a code, of which at most one is ACTIVE."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, delete, func, select, update

from fiducial.kit.acting import action
from fiducial.kit.counters import next_number
from fiducial.kit.refusals import Refused, changed_fields
from fiducial.kit.tx import Tx
from fiducial.plant import answers as plain
from fiducial.plant import ports
from fiducial.plant import profile_answers as answers
from fiducial.plant.changing import bad, must_be_fresh, must_keep_code, save, stamp
from fiducial.plant.profile_shapes import CROSSED, NewProfile, ProfileChange, crossed_limits
from fiducial.plant.queries.profiles import profile_row
from fiducial.plant.tables import reflow_profiles

# What a usage was judged by, or a frozen version says, stays as it was (spec 01.7).
FROZEN_IN_USE = (
    "kind", "program_name", "zones", "chain_speed", "peak_temp_min", "peak_temp_max", "total_time_min", "total_time_max",
)  # fmt: skip
MATTERS = ("status", *FROZEN_IN_USE)


@action("route:configure", audit="REFLOW_PROFILE_CREATE", entity="REFLOW_PROFILE")
def create_profile(tx: Tx, body: NewProfile) -> answers.ReflowProfile:
    """Make a version of an oven program; made ACTIVE, it takes the place of the one that was.

    Refuses REFLOW_PROFILE_DUPLICATE (code and version), REFLOW_PROFILE_STATUS_INVALID (made as ARCHIVED).
    """
    if body.status == "ARCHIVED":
        raise Refused("REFLOW_PROFILE_STATUS_INVALID", code=body.code, status=None, target=body.status)
    _one_at_a_time(tx)
    version = body.version or _next_version(tx, body.code)
    if tx.first(_versions(body.code).where(reflow_profiles.c.version == version)) is not None:
        raise Refused("REFLOW_PROFILE_DUPLICATE", code=body.code, version=version)
    if body.status == "ACTIVE":
        _deprecate_the_active(tx, body.code)
    key = tx.new_id()
    values = body.model_dump(exclude={"zones"}) | {"version": version, "program_name": body.program_name or body.code}
    zones = [zone.model_dump(by_alias=True) for zone in body.zones]
    tx.run(reflow_profiles.insert().values(id=key, created_at=tx.now, updated_at=tx.now, zones=zones, **values))
    row = tx.one(select(reflow_profiles).where(reflow_profiles.c.id == key))
    ports.profile_changed(tx, body.code)
    tx.record(_named(row), key=key, status=body.status)
    return answers.profile_of(row)


@action("route:configure", audit="REFLOW_PROFILE_UPDATE", entity="REFLOW_PROFILE", key="profile_id")
def update_profile(tx: Tx, profile_id: str, body: ProfileChange) -> answers.ReflowProfile:
    """Change a version, or its status: making one ACTIVE makes the former DEPRECATED, ARCHIVED is final.

    Refuses REFLOW_PROFILE_IN_USE (what was frozen or judged by), REFLOW_PROFILE_STATUS_INVALID, STALE_UPDATE.
    """
    given = body.given()
    _one_at_a_time(tx)
    row = _locked(tx, profile_id)
    before = answers.profile_of(row)
    must_keep_code(given.pop("code", None), row.code)
    must_keep_code(given.pop("version", None), row.version, "version")
    must_be_fresh(given.pop("if_updated_at", None), row.updated_at, lambda: before)
    if "zones" in given:
        given["zones"] = [zone.model_dump(by_alias=True) for zone in given["zones"]]
    _must_be_changeable(tx, row, given)
    if path := crossed_limits({**row._mapping, **given}):
        raise bad(path, **CROSSED)
    if given.get("status") == "ACTIVE" and row.status != "ACTIVE":
        _deprecate_the_active(tx, row.code)
    after = answers.profile_of(save(tx, reflow_profiles, row, given))
    changes = [change for change in changed_fields(before, after) if change["path"] != "updatedAt"]
    if any(name in given and given[name] != getattr(row, name) for name in MATTERS):
        ports.profile_changed(tx, row.code)
    tx.record(_named(row), key=row.id, changes=changes)
    return after


@action("route:configure", audit="REFLOW_PROFILE_DELETE", entity="REFLOW_PROFILE", key="profile_id")
def delete_profile(tx: Tx, profile_id: str) -> plain.Gone:
    """Delete a version that nothing names. Refuses REFLOW_PROFILE_IN_USE with the counts by kind."""
    _one_at_a_time(tx)
    row = _locked(tx, profile_id)
    counts = ports.profile_counts(tx, row.code, row.version)
    others = tx.scalar(select(func.count()).where(reflow_profiles.c.code == row.code, reflow_profiles.c.id != row.id))
    if not others and (configs := ports.profile_configs(tx, row.code)):
        counts = {**counts, "configs": configs}
    if counts:
        raise Refused("REFLOW_PROFILE_IN_USE", code=row.code, version=row.version, counts=counts)
    tx.run(delete(reflow_profiles).where(reflow_profiles.c.id == row.id))
    if row.status == "ACTIVE":
        ports.profile_changed(tx, row.code)
    answer = answers.profile_of(row)
    tx.record(_named(row), key=row.id, changes=changed_fields(answer, {}))
    return plain.Gone(id=answer["id"])


def _named(row: Row[Any]) -> str:
    return f"{row.code}|{row.version}"


def _one_at_a_time(tx: Tx) -> None:
    """Of two who make a version ACTIVE at once the second must see the first (as BOMs do)."""
    next_number(tx, "REFLOW_PROFILE")


def _locked(tx: Tx, profile_id: str) -> Row[Any]:
    key = profile_row(tx, profile_id).id
    return tx.one(select(reflow_profiles).where(reflow_profiles.c.id == key).with_for_update())


def _versions(code: str) -> Any:
    return select(reflow_profiles).where(reflow_profiles.c.code == code)


def _next_version(tx: Tx, code: str) -> str:
    taken = {row.version for row in tx.all(_versions(code))}
    number = len(taken) + 1
    while str(number) in taken:
        number += 1
    return str(number)


def _deprecate_the_active(tx: Tx, code: str) -> None:
    for row in tx.all(_versions(code).where(reflow_profiles.c.status == "ACTIVE").with_for_update()):
        changed = {"status": "DEPRECATED", "updated_at": stamp(tx, row.updated_at)}
        tx.run(update(reflow_profiles).where(reflow_profiles.c.id == row.id).values(**changed))
        tx.record(
            _named(row), action="REFLOW_PROFILE_UPDATE", key=row.id,
            changes=[{"path": "status", "before": "ACTIVE", "after": "DEPRECATED"}],
        )  # fmt: skip


def _must_be_changeable(tx: Tx, row: Row[Any], given: Mapping[str, Any]) -> None:
    differing = [name for name, value in given.items() if getattr(row, name) != value]
    if row.status == "ARCHIVED" and differing:
        raise Refused("REFLOW_PROFILE_STATUS_INVALID", code=row.code, status=row.status, target=given.get("status"))
    frozen = [name for name in differing if name in FROZEN_IN_USE]
    if frozen and (counts := ports.profile_counts(tx, row.code, row.version)):
        raise Refused("REFLOW_PROFILE_IN_USE", code=row.code, version=row.version, counts=counts, fields=frozen)
