"""Data scope (spec 09.5.2): which lines and stations a permission reaches, asked as the rooms above ask it."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import sha256
from typing import Any

import pytest
from sqlalchemy import select
from tests.api.plant import LINE, STATIONS, TEST, Plant
from tests.api.web import Api

from fiducial.kit.acting import OPEN, Caller, query
from fiducial.kit.refusals import Refused
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx
from fiducial.people.reach import lines_in_reach, must_reach_line, must_reach_station, scope_of
from fiducial.plant.tables import lines, stations

FAR_LINE, FAR_STATION = "LINE-FAR", "ST-FAR-01"
Ask = Callable[[str | Api, Callable[[Tx], Any]], Any]


@query(OPEN)
def codes(tx: Tx) -> dict[str, int]:
    return {row.code: row.id for table in (lines, stations) for row in tx.all(select(table.c.id, table.c.code))}


@pytest.fixture
def key(store: Store) -> dict[str, int]:
    """The keys of the lines and stations, by code."""
    return store.read_now(TEST, codes)  # type: ignore[no-any-return]


@pytest.fixture
def ask(store: Store, api: Api) -> Ask:
    """What a question about reach gives for somebody; a refusal gives its details."""

    def asked(who: str | Api, question: Callable[[Tx], Any]) -> Any:
        person = api.as_(who) if isinstance(who, str) else who
        cookie = person.headers["cookie"].partition("=")[2]

        def asking(tx: Tx) -> Any:
            try:
                return question(tx)
            except Refused as refused:
                return refused.details

        return store.read_now(Caller(session_hash=sha256(cookie.encode()).digest()), query(OPEN)(asking))

    return asked


def test_planner_engineer_quality_and_trace_reach_every_line(ask: Ask) -> None:
    for who in ("planner", "engineer", "quality", "trace"):
        assert ask(who, lambda tx: lines_in_reach(tx, "run:read")) is None


def test_a_leader_reaches_the_bound_line_and_all_its_stations(ask: Ask, key: dict[str, int]) -> None:
    assert ask("leader", lambda tx: lines_in_reach(tx, "run:read")) == {key[LINE]}
    assert ask("leader", lambda tx: must_reach_line(tx, key[LINE], "run:authorize")) is None
    assert ask("leader", lambda tx: must_reach_station(tx, key[STATIONS[3]], key[LINE], "exec:track_in")) is None


def test_a_line_out_of_reach_is_refused_with_the_scope_and_the_line(ask: Ask, key: dict[str, int]) -> None:
    refused = ask("leader", lambda tx: must_reach_line(tx, key[FAR_LINE], "run:authorize"))
    assert refused == {"scope": "ASSIGNED_LINES", "lineCode": FAR_LINE}
    refused = ask(
        "leader", lambda tx: must_reach_station(tx, key[FAR_STATION], key[FAR_LINE], "exec:track_in", code=FAR_STATION)
    )
    assert refused == {"scope": "ASSIGNED_LINES", "stationCode": FAR_STATION}


def test_an_operator_works_at_the_bound_stations_alone(ask: Ask, key: dict[str, int], plant: Plant) -> None:
    plant.bind("operator", station_codes=STATIONS[:1])
    at_first = ask("operator", lambda tx: must_reach_station(tx, key[STATIONS[0]], key[LINE], "exec:track_in"))
    at_second = ask(
        "operator", lambda tx: must_reach_station(tx, key[STATIONS[1]], key[LINE], "exec:track_in", code=STATIONS[1])
    )
    assert at_first is None
    assert at_second == {"scope": "ASSIGNED_STATIONS", "stationCode": STATIONS[1]}


def test_an_operator_reads_the_lines_of_the_bound_stations(ask: Ask, key: dict[str, int]) -> None:
    assert ask("operator", lambda tx: lines_in_reach(tx, "run:read")) == {key[LINE]}
    assert ask("operator", lambda tx: must_reach_line(tx, key[LINE], "run:read")) is None
    assert ask("operator2", lambda tx: must_reach_line(tx, key[LINE], "run:read"))["scope"] == "ASSIGNED_STATIONS"


@pytest.mark.parametrize(
    ("permission", "reached"),
    [("loading:verify", True), ("readiness:record", True), ("quality:record", True), ("exec:track_in", False)],
)
def test_at_a_line_an_operator_may_do_three_things_and_no_more(
    ask: Ask, key: dict[str, int], permission: str, reached: bool
) -> None:
    answer = ask("operator", lambda tx: must_reach_line(tx, key[LINE], permission))
    assert (answer is None) is reached


def test_a_person_with_two_roles_has_the_wider_scope_of_each_permission(
    ask: Ask, key: dict[str, int], plant: Plant
) -> None:
    reader = plant.role(permissions=["run:read"], scope="ALL")
    user = plant.user(roles=["operator", reader["code"]], stationCodes=[FAR_STATION])
    from sqlalchemy import update

    from fiducial.people.tables import users

    plant.sql(update(users).where(users.c.username == user["username"]).values(must_change_password=False))
    both = plant.session(user["username"])
    assert ask(both, lambda tx: scope_of(tx, "run:read")) == "ALL"
    assert ask(both, lambda tx: scope_of(tx, "exec:track_in")) == "ASSIGNED_STATIONS"
    assert (
        ask(both, lambda tx: must_reach_station(tx, key[STATIONS[0]], key[LINE], "exec:track_in", code="x")) is not None
    )


def test_a_binding_taken_away_counts_at_once(ask: Ask, key: dict[str, int], plant: Plant) -> None:
    assert ask("leader", lambda tx: must_reach_line(tx, key[LINE], "run:read")) is None
    plant.bind("leader", line_codes=[FAR_LINE])
    assert ask("leader", lambda tx: must_reach_line(tx, key[LINE], "run:read"))["scope"] == "ASSIGNED_LINES"


def test_without_the_permission_nothing_is_in_reach(ask: Ask, key: dict[str, int]) -> None:
    assert ask("material", lambda tx: must_reach_line(tx, key[LINE], "run:authorize"))["scope"] == "NONE"
    assert (
        ask("material", lambda tx: must_reach_station(tx, key[STATIONS[0]], key[LINE], "exec:track_in"))["scope"]
        == "NONE"
    )


def test_the_history_of_a_line_out_of_reach_is_closed(api: Api, plant: Plant) -> None:
    plant.station("ST-NEAR", line=LINE)
    plant.station("ST-AWAY", line=FAR_LINE)
    assert api.as_("leader").get("/api/audit-logs/entity/STATION/ST-NEAR").ok
    away = api.as_("leader").get("/api/audit-logs/entity/STATION/ST-AWAY")
    assert away.code in (None, "FORBIDDEN")
    assert not away.ok or all(entry["lineCode"] is None for entry in away.data["items"])
