"""Collected data of a track-out (spec 05.5 guards 12 to 14, 05.7): found, judged all at once, stored with its limits."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select

from fiducial.execution.settings import MANUAL_FALLBACK
from fiducial.execution.shapes import Entry
from fiducial.execution.standing import Station
from fiducial.execution.tables import data_values
from fiducial.execution.values import Reading, Unfit, read, required_at_track_out
from fiducial.kit.columns import canonical
from fiducial.kit.refusals import Refused, Said, reason_of
from fiducial.kit.statements import AsGiven, Hot
from fiducial.kit.tx import Tx
from fiducial.routing.frozen import FrozenSpec, FrozenStep

_COLUMNS = (
    "id", "track_id", "spec_id", "revision", "name", "value_number", "value_text", "value_boolean", "value_json", "unit", "limits",
    "judge", "alarmed", "source", "method", "collected_at", "collected_by", "collected_by_name", "event_id",
)  # fmt: skip


_store = Hot(
    insert(data_values).values(
        {name: bindparam(name, type_=AsGiven() if name == "value_number" else None) for name in _COLUMNS}
    )
)
_stored = Hot(select(data_values.c.spec_id).where(data_values.c.track_id == bindparam("track")))


def readings_of(tx: Tx, station: Station, step: FrozenStep, entries: Sequence[Entry]) -> list[Reading]:
    """Give what is to be stored of the entries.

    Refuses DATA_SPEC_NOT_FOUND (12), DATA_VALUE_INVALID and DATA_SPEC_METHOD_MISMATCH (13), each with all faults at once.
    """
    if not entries:
        return []
    by_name = step.specs_by_name
    unknown = [entry.spec_name for entry in entries if entry.spec_name not in by_name]
    if unknown:
        raise Refused("DATA_SPEC_NOT_FOUND", specNames=unknown)
    found, faults = list[Reading](), list[dict[str, Any]]()
    seen = set[str]()
    for entry in entries:
        spec = by_name[entry.spec_name]
        try:
            if spec.name in seen:
                raise Unfit(Said(zh="重复给出", en="is given twice"))
            seen.add(spec.name)
            found.append(read(spec, entry.values()))
        except Unfit as reason:
            faults.append({"specName": spec.name, "dataType": spec.data_type, "reason": reason_of(reason)})
    if faults:
        raise Refused("DATA_VALUE_INVALID", specs=faults, names=_names(fault["specName"] for fault in faults))
    may_write(tx, station, [reading.spec for reading in found])
    return found


def may_write(tx: Tx, station: Station, specs: Sequence[FrozenSpec]) -> None:
    """Refuse what is not the caller's to write (spec 08.3.7 point 5): a machine writes AUTO specs alone; a person MANUAL
    ones, and AUTO ones while the line allows people to step in."""
    own = "AUTO" if tx.actor.kind == "TOKEN" else "MANUAL"
    foreign = [spec.name for spec in specs if spec.method != own]
    if foreign and (own == "AUTO" or not MANUAL_FALLBACK.of(tx, station.line_id)):
        raise Refused("DATA_SPEC_METHOD_MISMATCH", specNames=foreign, names=_names(foreign))


def demand_required(tx: Tx, step: FrozenStep, track_id: int, readings: Sequence[Reading]) -> None:
    """Refuse REQUIRED_DATA_MISSING (14): a PASS carries all that is required, or it was stored for this track before."""
    given = {reading.spec.id for reading in readings}
    missing = required_at_track_out(step, stored=given)
    if missing:
        stored = {row.spec_id for row in _stored.all(tx, track=track_id)}
        missing = [spec for spec in missing if spec.id not in stored]
    if missing:
        named = [
            {"specName": spec.name, "dataType": spec.data_type, "unit": (spec.spec or {}).get("unit")}
            for spec in missing
        ]
        raise Refused("REQUIRED_DATA_MISSING", missing=named, names=_names(spec.name for spec in missing))


def _names(names: Any) -> str:
    return ", ".join(names)


def store(
    tx: Tx,
    track_id: int,
    readings: Sequence[Reading],
    *,
    source: str = "MANUAL",
    at: Sequence[int] | None = None,
    event_id: int | None = None,
) -> None:
    """Store the values with the limits they were judged by; announce DATA_ALARM of each that alarms.

    `at` are the times at which a machine measured them, `event_id` the device event that brought them.
    """
    for place, reading in enumerate(readings):
        row = row_of(tx, reading, source=source, at=tx.now if at is None else at[place])
        tx.send(_store, track_id=track_id, event_id=event_id, **row)
        if reading.alarmed:
            tx.emit("DATA_ALARM", row["id"])


def row_of(tx: Tx, reading: Reading, *, source: str, at: int) -> dict[str, Any]:
    """Give what is stored of a reading but for where it was read."""
    spec, value = reading.spec, reading.value
    return {
        "id": tx.new_id(), "spec_id": spec.id, "revision": spec.revision, "name": spec.name,
        "value_number": value if spec.data_type == "NUMBER" else None, "value_text": value if spec.data_type == "TEXT" else None,
        "value_boolean": int(value) if spec.data_type == "BOOLEAN" else None,
        "value_json": canonical(value).decode() if spec.data_type == "JSON" else None, "unit": reading.unit, "limits": reading.limits,
        "judge": reading.judge, "alarmed": reading.alarmed, "source": source, "method": spec.method, "collected_at": at,
        "collected_by": tx.actor.id, "collected_by_name": tx.actor.name,
    }  # fmt: skip
