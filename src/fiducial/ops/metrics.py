"""Metrics as Prometheus reads them (spec 13.9): what this process has answered, and what stands in the database now."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sqlalchemy import func, select

from fiducial import __version__
from fiducial.connect.outbound_states import STATES as OUTBOUND_STATES
from fiducial.connect.outbound_tables import outbound
from fiducial.connect.queries import health_of, last_good_of
from fiducial.execution.track_in import track_in
from fiducial.execution.track_out import track_out
from fiducial.kit import audit, audit_walk, clock, ids
from fiducial.kit.acting import query
from fiducial.kit.http.door import File
from fiducial.kit.http.seen import BUCKETS, seen
from fiducial.kit.outbox import DEAD, PENDING, RETRY, work
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.loading.actions.scans import verify
from fiducial.ops.backups.doors import here, newest_of
from fiducial.orders.states import RUN, UNIT
from fiducial.orders.tables import runs, units
from fiducial.people.tables import sessions
from fiducial.plant.modes import SYSTEMS
from fiducial.plant.tables import lines, stations
from fiducial.readiness.actions import check_run, precheck_run

MEDIA = "text/plain; version=0.0.4; charset=utf-8"
LAST_ENTRIES = 500
HEALTH = {"ONLINE": 1.0, "STALE": 0.5, "OFFLINE": 0.0}
Sample = tuple[Mapping[str, str], float]


def _tracked(direction: str, answer: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, str]]]:
    said = {
        "direction": direction,
        "result": str(answer.get("result") or answer["status"]),
        "station": str(answer["stationCode"]),
    }
    return [("fiducial_track_total", said)]


def _judged(answer: Mapping[str, Any]) -> Iterable[tuple[str, Mapping[str, str]]]:
    return [
        ("fiducial_readiness_items_total", {"type": item["itemType"], "status": item["status"]})
        for item in answer["items"]
    ]


def watch() -> None:
    """Say what is counted of the acts of the plant (from the door of the metrics)."""
    seen.watch(track_in, lambda answer: _tracked("in", answer))
    seen.watch(track_out, lambda answer: _tracked("out", answer))
    seen.watch(verify, lambda answer: [("fiducial_loading_scans_total", {"result": str(answer["verifyResult"])})])
    for check in (check_run, precheck_run):
        seen.watch(check, _judged)


watch()


@query("metrics:read")
def metrics(tx: Tx) -> File:
    """Give all metrics. Refuses NOT_FOUND while METRICS_ENABLED is off."""
    if not here().metrics_enabled:
        raise Refused("NOT_FOUND")
    text = "\n".join([*_of_process(tx), *_of_plant(tx), *_of_system(tx)]) + "\n"
    return File(text.encode(), MEDIA, "metrics.txt")


def _family(name: str, kind: str, says: str, samples: Iterable[Sample]) -> Iterator[str]:
    yield f"# HELP {name} {says}"
    yield f"# TYPE {name} {kind}"
    for labels, value in samples:
        yield f"{name}{_labels(labels)} {value:g}"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _of_process(tx: Tx) -> Iterator[str]:
    """Give what this process has counted since it began."""
    requests = [
        ({"route": route, "method": method, "status": str(status)}, count)
        for (route, method, status), count in sorted(seen.requests.items())
    ]
    yield from _family("fiducial_http_requests_total", "counter", "Requests by route, method and status.", requests)
    yield "# HELP fiducial_http_request_seconds How long requests took."
    yield "# TYPE fiducial_http_request_seconds histogram"
    for route, counts in sorted(seen.buckets.items()):
        total = 0
        for most, count in zip((*map(str, BUCKETS), "+Inf"), counts, strict=True):
            total += count
            yield f"fiducial_http_request_seconds_bucket{_labels({'route': route, 'le': most})} {total}"
        yield f"fiducial_http_request_seconds_sum{_labels({'route': route})} {seen.seconds[route]:g}"
        yield f"fiducial_http_request_seconds_count{_labels({'route': route})} {total}"
    refused = [({"code": code}, count) for code, count in sorted(seen.refusals.items())]
    yield from _family("fiducial_refusals_total", "counter", "Refusals by code.", refused)
    there = select(stations.c.code, lines.c.code.label("line")).join(lines, lines.c.id == stations.c.line_id)
    line_of = {row.code: row.line for row in tx.all(there)}
    acts: dict[str, dict[tuple[tuple[str, str], ...], int]] = {}
    for (name, labels), count in seen.acts.items():
        said = dict(labels)
        if "station" in said:  # a series for each line, not for each station
            said["line"] = line_of.get(said.pop("station"), "")
        of_name, key = acts.setdefault(name, {}), tuple(sorted(said.items()))
        of_name[key] = of_name.get(key, 0) + count
    for name, says in (
        ("fiducial_track_total", "Boards in and out of stations."),
        ("fiducial_readiness_items_total", "Items of readiness checks that people asked for."),
        ("fiducial_loading_scans_total", "Scans of reels by result."),
    ):  # fmt: skip
        yield from _family(
            name, "counter", says, [(dict(key), count) for key, count in sorted(acts.get(name, {}).items())]
        )
    signed_in = [
        ({"outcome": "success" if status < 400 else "refused"}, count)
        for (route, _, status), count in seen.requests.items() if route.startswith("/api/auth/sign-in")
    ]  # fmt: skip
    together: list[Sample] = [
        ({"outcome": outcome}, sum(count for labels, count in signed_in if labels["outcome"] == outcome))
        for outcome in ("success", "refused")
    ]
    yield from _family("fiducial_signins_total", "counter", "Sign-ins by outcome.", together)


def _counted(tx: Tx, column: Any, states: Iterable[str], label: str) -> list[Sample]:
    counted = select(column.label("state"), func.count().label("qty")).group_by(column)
    found = {row.state: int(row.qty) for row in tx.all(counted)}
    return [({label: state}, found.get(state, 0)) for state in states]


def _of_plant(tx: Tx) -> Iterator[str]:
    """Give what stands in the database now."""
    yield from _family(
        "fiducial_units", "gauge", "Units by status.", _counted(tx, units.c.status, UNIT.states, "status")
    )
    yield from _family("fiducial_runs", "gauge", "Runs by status.", _counted(tx, runs.c.status, RUN.states, "status"))
    yield from _family(
        "fiducial_outbox",
        "gauge",
        "Messages to other systems by state.",
        _counted(tx, outbound.c.status, OUTBOUND_STATES, "state"),
    )
    yield from _family(
        "fiducial_events",
        "gauge",
        "Events that wait to be handled.",
        _counted(tx, work.c.state, (PENDING, RETRY, DEAD), "state"),
    )
    oldest = tx.scalar(select(func.min(work.c.event_id)).where(work.c.state.in_((PENDING, RETRY))))
    age = max(0.0, (tx.now - ids.time_of(oldest)) / 1000) if oldest is not None else 0.0
    yield from _family("fiducial_oldest_event_seconds", "gauge", "Age of the oldest event that waits.", [({}, age)])
    health = ((system, health_of(tx, system, last_good_of(tx, system))) for system in SYSTEMS)
    known: list[Sample] = [({"system": system}, HEALTH[state]) for system, state in health if state in HEALTH]
    yield from _family(
        "fiducial_integration_health",
        "gauge",
        "1 online, 0.5 silent, 0 away; a system that never spoke is not there.",
        known,
    )
    live = (
        select(func.count()).select_from(sessions).where(sessions.c.ended_at.is_(None), sessions.c.expires_at > tx.now)
    )
    yield from _family("fiducial_sessions", "gauge", "Sessions that are open.", [({}, int(tx.scalar(live) or 0))])


def _of_system(tx: Tx) -> Iterator[str]:
    """Give how the program and its ground are."""
    yield from _family(
        "fiducial_db_write_queue", "gauge", "Writes that wait for their turn.", [({}, tx.store.writer.waiting)]
    )
    environment = here()
    newest, verified = newest_of(environment.backups)
    for name, says, backup in (
        ("fiducial_backup_age_seconds", "Age of the newest backup; absent while there is none.", newest),
        ("fiducial_backup_verified_age_seconds", "Age of the newest backup that was found whole.", verified),
    ):
        ages: list[Sample] = [] if backup is None else [({}, (tx.now - clock.from_datetime(backup.at)) / 1000)]
        yield from _family(name, "gauge", says, ages)
    folder = environment.app_data_dir if environment.app_data_dir.exists() else environment.app_data_dir.parent
    if folder.exists():
        yield from _family(
            "fiducial_disk_free_bytes", "gauge", "Free where the data lie.", [({}, shutil.disk_usage(folder).free)]
        )
    head = int(tx.scalar(select(func.max(audit.entry.c.seq))) or 0)
    whole = audit_walk.verify(tx, from_seq=max(0, head - LAST_ENTRIES)).ok
    says = f"Whether the last {LAST_ENTRIES} entries of the audit book are a chain."
    yield from _family("fiducial_audit_chain_ok", "gauge", says, [({}, float(whole))])
    yield from _family(
        "fiducial_build_info", "gauge", "Which program this is.", [({"version": __version__, "engine": tx.engine}, 1)]
    )
