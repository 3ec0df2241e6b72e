"""Whoever runs the plant's computer (spec 13.9, 12.1, 14.2): metrics, the demo's data by a call, the operations page, health in detail."""

from __future__ import annotations

import shutil
from typing import Any

import httpx
import pytest
from sqlalchemy import update
from tests.api.plant import TEST, Plant
from tests.api.tooling_floor import Crib

from fiducial.demo import loader, seeding_api
from fiducial.demo.installation import mark_new
from fiducial.demo.serving import free_port
from fiducial.kit.acting import action
from fiducial.kit.tx import Tx
from fiducial.ops.asked import do_asked
from fiducial.ops.backups import doors
from fiducial.ops.environment import WrongEnvironment, read_environment, split_bind
from fiducial.ops.ground import tell_broken_chain, walk_the_book, watch_disk
from fiducial.ops.metrics_bind import serve_metrics
from fiducial.ops.outside import HANDLERS
from fiducial.ops.worker import EVENT_BATCH, SWEEP_SECONDS, Timer, Worker, value_of
from fiducial.tooling.machine_counts import compare_with_machine
from fiducial.tooling.reading import the_tool
from fiducial.tooling.tables import tools


def scraped(plant: Plant) -> dict[str, float]:
    """The metrics by name and labels, as a scraper reads them."""
    answer = plant.token("metrics:read").get("/metrics")
    assert answer.status == 200, answer.text
    lines = [line for line in answer.text.splitlines() if line and not line.startswith("#")]
    return {line.rpartition(" ")[0]: float(line.rpartition(" ")[2]) for line in lines}


def test_a_scraper_reads_what_stands_in_the_plant_and_what_was_answered(plant: Plant) -> None:
    crib = Crib(plant)
    run = crib.under_way(plan=2)
    sn = crib.units_of(run)[0]
    before = scraped(plant)
    crib.come_in(sn).must()
    assert crib.come_in(sn).code == "UNIT_ALREADY_IN_STATION"
    crib.go_out(sn).must()
    now = scraped(plant)

    def grown(series: str) -> float:
        return now.get(series, 0) - before.get(series, 0)

    at = "/api/stations/{stationCode}/track-in"
    assert grown(f'fiducial_http_requests_total{{route="{at}",method="POST",status="200"}}') == 1
    assert grown(f'fiducial_http_request_seconds_count{{route="{at}"}}') == 2
    assert grown('fiducial_refusals_total{code="UNIT_ALREADY_IN_STATION"}') == 1
    assert grown('fiducial_track_total{direction="in",line="LINE-A",result="IN_STATION"}') == 1
    assert grown('fiducial_track_total{direction="out",line="LINE-A",result="PASS"}') == 1
    assert (now['fiducial_units{status="QUEUED"}'], now['fiducial_runs{status="IN_PROGRESS"}']) == (2, 1)
    assert now["fiducial_audit_chain_ok"] == 1
    assert now["fiducial_disk_free_bytes"] > 0
    assert now['fiducial_outbox{state="DEAD"}'] == 0
    assert any(series.startswith("fiducial_build_info") for series in now)
    assert "fiducial_backup_age_seconds" not in now  # there is none yet


def test_only_a_token_for_metrics_reads_them(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    assert plant.api.nobody.get("/metrics").status == 401
    assert plant.api.as_("admin").get("/metrics").code == "FORBIDDEN"
    assert plant.token("integration:push").get("/metrics").code == "FORBIDDEN"
    doors.wire_backups(doors.here().model_copy(update={"metrics_enabled": False}))
    assert plant.token("metrics:read").get("/metrics").status == 404


def test_health_in_detail_tells_of_disk_backups_and_what_waits(plant: Plant) -> None:
    told = plant.api.as_("admin").get("/api/health/details").must()
    assert (told["mode"], told["lastBackup"], told["deadEvents"]) == ("test", None, 0)
    assert abs(told["clockAgainstDatabaseSeconds"]) < 5
    assert 0 < told["diskFreePercent"] <= 100
    assert plant.api.as_("quality").get("/api/health/details").code == "FORBIDDEN"


def test_the_operations_page_shows_backups_jobs_and_events(plant: Plant) -> None:
    admin = plant.api.as_("admin")
    assert "还没有备份" in admin.get("/system/operations").text
    admin.post("/api/system/backups").must()
    do_asked(plant.store, HANDLERS, doors.HEARD)
    page = admin.get("/system/operations").text
    name = admin.get("/api/system/backups").must()["items"][0]["name"]
    assert name in page
    assert name in admin.get("/system/operations/panel").text
    for tab in ("jobs", "events"):
        assert admin.get("/system/operations", tab=tab).status == 200
    assert plant.api.as_("planner").get("/system/operations").status == 403


# The demo's data


def seeding(plant: Plant, mode: str = "test") -> None:
    from fiducial.app import entrances
    from fiducial.ops.asked import ask

    seeding_api.wire_seeding(mode, {}, entrances, ask)


def test_the_demos_data_are_loaded_as_a_job(plant: Plant, monkeypatch: pytest.MonkeyPatch) -> None:
    seeding(plant)
    loads: list[Any] = []

    def load(_store: Any, house: Any, *, datasets: Any, as_of: str | None, size: str) -> Any:
        loads.append((house.mode, datasets, as_of, size))
        from fiducial.demo.making import Loaded

        done = Loaded()
        done.created["line"] += 3
        return done

    monkeypatch.setattr(loader, "load", load)
    plant.store.write_now(TEST, mark_new, "test")
    admin = plant.api.as_("admin")
    mark(plant)
    asked = admin.post("/api/system/demo-seed", {"datasets": ["base"], "asOf": "2026-11-20"}).must()
    assert do_asked(plant.store, HANDLERS | seeding_api.HANDLERS, doors.HEARD)["done"] == 1
    assert loads == [("test", ["base"], "2026-11-20", "M")]
    job = admin.get(f"/api/system/jobs/{asked['jobId']}").must()
    assert (job["kind"], job["result"]) == ("DEMO_SEED", {"created": {"line": 3}, "found": {}})
    assert plant.audit(action="SYSTEM_DEMO_SEED", outcome="SUCCESS")
    assert admin.post("/api/system/demo-seed", {"datasets": ["nothing"]}).status == 422
    assert plant.api.as_("engineer").post("/api/system/demo-seed", {"datasets": ["base"]}).code == "FORBIDDEN"


def mark(plant: Plant, mode: str = "test") -> None:
    """The database was begun in that mode."""
    from fiducial.demo.installation import MARK

    @action(audit="TEST", entity="SYSTEM_CONFIG", internal_only=True)
    def put(tx: Tx) -> None:
        tx.unrecorded()
        MARK.put(tx, mode)

    plant.store.write_now(TEST, put)


def test_outside_the_demo_and_over_real_data_nothing_is_loaded(plant: Plant) -> None:
    admin = plant.api.as_("admin")
    seeding(plant, "production")
    refused = admin.post("/api/system/demo-seed", {"datasets": ["base"]})
    assert (refused.status, refused.code) == (403, "DEMO_MODE_OFF")
    seeding(plant)
    refused = admin.post("/api/system/demo-seed", {"datasets": ["base"]})  # ten people, and no mark
    assert (refused.status, refused.code, refused.details["counts"]["users"] > 0) == (
        409,
        "DEMO_DB_HAS_REAL_DATA",
        True,
    )
    mark(plant, "production")
    assert admin.post("/api/system/demo-seed", {"datasets": ["base"]}).code == "DEMO_DB_HAS_REAL_DATA"


# Settings of what runs by itself


def test_the_plant_says_how_often_time_rules_are_swept_and_how_many_events_a_turn_takes(plant: Plant) -> None:
    admin = plant.api.as_("admin")
    for key, value, wrong in (
        ("jobs.timeRuleSweep.seconds", 30, 1),
        ("jobs.eventProcessor.batch", 1, 0),
        ("jobs.eventProcessor.seconds", 1, 61),
    ):
        assert admin.patch(f"/api/system/config/{key}", {"value": wrong, "reason": "As agreed"}).status == 422
        admin.patch(f"/api/system/config/{key}", {"value": value, "reason": "As agreed"}).must()
    assert plant.store.read_now(TEST, value_of, SWEEP_SECONDS) == 30
    timer = Timer("counted", doors.verify_newest, 0.0, every=SWEEP_SECONDS)
    worker = Worker(plant.store, (timer,))
    Crib(plant).run()  # announces several things
    worker._due = dict.fromkeys(worker._due, 0.0)
    worker._turn()
    assert worker._due["counted"] > 0
    assert not worker._drained  # one event was handled, more may wait
    assert EVENT_BATCH.default == 50


# What is told by itself


def test_a_disk_that_fills_and_a_book_that_was_touched_are_told_once_a_day(plant: Plant) -> None:
    here = doors.here()
    doors.wire_backups(here.model_copy(update={"disk_warn_percent": 90}))
    usage = shutil.disk_usage(here.app_data_dir)
    full = usage.free * 100 / usage.total < 90
    told = [plant.store.write_now(TEST, watch_disk)["told"] for _ in range(2)]
    assert told == ([1, 0] if full else [0, 0])
    doors.wire_backups(here.model_copy(update={"disk_warn_percent": 0}))
    assert plant.store.write_now(TEST, watch_disk) == {"told": 0}
    assert walk_the_book(plant.store) == {"broken": 0}
    for _ in range(2):
        plant.store.write_now(TEST, tell_broken_chain, {"seq": 7, "kind": "HASH"})
    plant.settle()
    told_of = plant.api.as_("admin").get("/api/notifications", type="AUDIT_CHAIN_BROKEN").must()["items"]
    assert [one["data"]["seq"] for one in told_of] == [7]


def test_a_machines_own_counter_is_compared_and_changes_nothing(plant: Plant) -> None:
    crib = Crib(plant)
    code = crib.tool(countBase=1000)
    said = [plant.store.write_now(TEST, compared, code, count) for count in (1010, 990, 1021, 900)]
    assert said == [False, False, True, False], "people are told of a tool once a day"
    plant.sql(update(tools).values(count_told_at=tools.c.count_told_at - 86_400_000))
    assert plant.store.write_now(TEST, compared, code, 900)
    plant.settle()
    told = crib.engineer.get("/api/notifications", type="TOOL_COUNT_DIFFERS").must()["items"]
    assert sorted(one["data"]["machineCount"] for one in told) == [900, 1021]
    assert crib.tool_now(code)["totalCount"] == 1000


@action(audit="TEST", entity="TOOL", internal_only=True)
def compared(tx: Tx, code: str, said: int) -> bool:
    tx.unrecorded()
    return compare_with_machine(tx, the_tool(tx, code), said)


def test_metrics_are_open_on_an_address_of_their_own_and_nothing_else_is_there(plant: Plant) -> None:
    port = free_port()
    there = serve_metrics(plant.store, f"127.0.0.1:{port}")
    assert there is not None
    try:
        told = httpx.get(f"http://127.0.0.1:{port}/metrics")
        assert (told.status_code, told.headers["content-type"].split(";")[0]) == (200, "text/plain")
        assert "fiducial_build_info" in told.text
        assert httpx.get(f"http://127.0.0.1:{port}/api/lines").status_code == 404
        assert httpx.post(f"http://127.0.0.1:{port}/metrics").status_code == 501
        doors.wire_backups(doors.here().model_copy(update={"metrics_enabled": False}))
        assert httpx.get(f"http://127.0.0.1:{port}/metrics").status_code == 404
        with pytest.raises(OSError, match="in use"):
            serve_metrics(plant.store, f"127.0.0.1:{port}")
    finally:
        there.stop()
    assert serve_metrics(plant.store, "") is None


@pytest.mark.parametrize(("bind", "where"), [
    ("127.0.0.1:9100", ("127.0.0.1", 9100)), (":9100", ("0.0.0.0", 9100)), ("[::1]:9100", ("::1", 9100)),
    ("9100", None), ("host:", None), ("host:99999", None), ("host:http", None),
])  # fmt: skip
def test_an_address_for_metrics_is_host_and_port(bind: str, where: tuple[str, int] | None) -> None:
    if where is not None:
        assert split_bind(bind) == where
        return
    with pytest.raises(ValueError, match="host:port"):
        split_bind(bind)
    with pytest.raises(WrongEnvironment):
        read_environment(metrics_bind=bind)
