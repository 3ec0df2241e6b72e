"""What notifications say of the things that rooms announce by their ids alone (spec 09.6)."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from tests.api.filled import Stand
from tests.api.plant import LINE, TEST

from fiducial.kit.acting import action, query
from fiducial.kit.tx import Tx
from fiducial.orders.tables import runs
from fiducial.quality.tables import inspections

pytestmark = pytest.mark.one_engine


@query("system:ops")
def things(tx: Tx) -> tuple[int, Any]:
    inspection = tx.first(
        select(inspections.c.id, inspections.c.type, runs.c.run_no).join_from(inspections, runs).limit(1)
    )
    return int(tx.scalar(select(runs.c.id).order_by(runs.c.id).limit(1))), inspection


@action(audit="TEST", entity="LINE", internal_only=True)
def announce(tx: Tx, type_: str, thing: int) -> None:
    tx.unrecorded()
    tx.emit(type_, thing)


def told(stand: Stand, who: str, type_: str) -> Any:
    items = stand.somebody(who).get("/api/notifications", type=type_).must()["items"]
    assert items, f"{who} is not told of {type_}"
    return items[0]


def test_what_happens_to_a_run_is_told_with_its_number_and_line(filled: Stand) -> None:
    run, _ = filled.store.read_now(TEST, things)
    for type_ in ("RUN_ON_HOLD", "MRB_DECIDED"):
        filled.store.write_now(TEST, announce, type_, run)
        filled.plant.settle()
        item = told(filled, "quality", type_)
        assert (item["data"]["kind"], item["data"]["lineCode"]) == ("RUN", LINE)
        assert item["data"]["key"] in item["message"]


@pytest.mark.parametrize(
    "type_", ["FAI_FAILED", "FAI_SIGN_DUE", "IPQC_DUE", "IPQC_FAILED", "OQC_FAILED", "OQC_REQUIRED"]
)
def test_what_comes_of_an_inspection_is_told_with_its_run(type_: str, filled: Stand) -> None:
    _, inspection = filled.store.read_now(TEST, things)
    filled.store.write_now(TEST, announce, type_, inspection.id)
    filled.plant.settle()
    item = told(filled, "quality", type_)
    assert item["data"]["key"] == inspection.run_no
    assert item["data"]["inspectionNo"].startswith(inspection.type)


def test_an_alarm_names_unit_station_and_value(filled: Stand) -> None:
    item = told(filled, "engineer", "DATA_ALARM")
    assert item["data"]["stationCode"]
    assert "31.5" in item["message"]


def test_a_defect_names_its_unit(filled: Stand) -> None:
    item = told(filled, "quality", "DEFECT_RECORDED")
    assert item["data"]["kind"] == "UNIT"
    assert item["data"]["sn"] in item["message"]


def test_a_leader_whose_lines_have_no_run_is_told_which_lines_those_are(filled: Stand) -> None:
    far = filled.api.as_("faraway").with_headers(accept_language="en").get("/runs").text
    assert "You see the lines LINE-FAR" in far
