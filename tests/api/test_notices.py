"""Notifications (spec 09.6): who is told of what, once, and what they do with it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, cast

import orjson
import pytest
from sqlalchemy import func, select, update
from tests.api.plant import LINE, TEST, Plant, until
from tests.api.web import Api, cookie_of

from fiducial.kit import ids
from fiducial.kit.acting import Caller, action
from fiducial.kit.clock import now_ms
from fiducial.kit.outbox import Event
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx
from fiducial.notices import actions, making, stream
from fiducial.notices.tables import notifications
from fiducial.notices.types import BY_TYPE, NOTICES
from fiducial.people.tables import sessions, users
from fiducial.plant.tables import lines

DAY = 24 * 3_600_000


@action(audit="TEST", entity="LINE", internal_only=True)
def announce(tx: Tx, type_: str, line: str | None, payload: dict[str, Any]) -> None:
    tx.unrecorded()
    of_line = {"lineId": tx.scalar(select(lines.c.id).where(lines.c.code == line))} if line else {}
    tx.emit(type_, 1, **of_line, **payload)


def happens(plant: Plant, type_: str, line: str | None = LINE, **payload: Any) -> None:
    """Something happens, and the listeners hear of it."""
    plant.store.write_now(TEST, announce, type_, line, payload)
    plant.settle()


def told(api: Api, username: str, **query: Any) -> list[dict[str, Any]]:
    return list(api.as_(username).get("/api/notifications", **query).must()["items"])


def those_told(api: Api) -> set[str]:
    everybody = ("admin", "planner", "engineer", "quality", "leader", "material", "operator", "operator2", "trace")
    return {username for username in everybody if told(api, username)}


def test_what_happened_on_a_line_is_told_to_the_roles_that_reach_it(api: Api, plant: Plant) -> None:
    happens(plant, "SLOT_LOCKED", slotCode="F-1", reason="错料")
    assert those_told(api) == {"leader", "material", "engineer"}
    (mine,) = told(api, "leader")
    assert (mine["type"], mine["priority"], mine["status"], mine["readAt"]) == ("SLOT_LOCKED", "high", "unread", None)
    assert (mine["title"], mine["message"]) == ("站位已锁定", "LINE-A 的 F-1：错料")
    assert mine["data"] == {"slotCode": "F-1", "reason": "错料", "lineCode": LINE}


def test_a_line_out_of_reach_tells_only_those_who_reach_everything(api: Api, plant: Plant) -> None:
    happens(plant, "TIME_RULE_WARNING", "LINE-FAR")
    assert those_told(api) == {"operator2"}, "who is bound to a station there; the leader of another line is not told"
    happens(plant, "TIME_RULE_EXPIRED", "LINE-FAR")
    assert those_told(api) == {"operator2", "quality"}


def test_what_belongs_to_no_line_is_told_to_every_holder(api: Api, plant: Plant) -> None:
    happens(plant, "MODE_SWITCHED", None, system="AOI", mode="MANUAL")
    assert those_told(api) == {"engineer", "admin", "leader"}


def test_whoever_the_event_names_is_told_and_nobody_else(api: Api, plant: Plant) -> None:
    key = plant.store.read_now(TEST, key_of_operator)
    happens(plant, "MANUAL_SUPERSEDED", persons=[key])
    assert those_told(api) == {"operator"}


from fiducial.kit.acting import query  # noqa: E402 - beside what it marks


@query("system:ops")
def key_of_operator(tx: Tx) -> int:
    return int(tx.scalar(select(users.c.id).where(users.c.username == "operator")))


def test_a_disabled_account_is_told_nothing(api: Api, plant: Plant) -> None:
    plant.sql(update(users).where(users.c.username == "material").values(is_active=False))
    happens(plant, "SLOT_LOCKED")
    rows = plant.store.read_now(TEST, recipients)
    assert "material" not in rows


@query("system:ops")
def recipients(tx: Tx) -> set[str]:
    joined = select(users.c.username).join_from(notifications, users, users.c.id == notifications.c.recipient_id)
    return {row.username for row in tx.all(joined)}


def test_an_event_told_twice_doubles_nothing_even_when_dismissed(api: Api, plant: Plant) -> None:
    @action(audit="TEST", entity="LINE", internal_only=True)
    def tell_again(tx: Tx) -> None:
        tx.unrecorded()
        making.telling(BY_TYPE["WORK_ORDER_CHANGED"])(tx, Event(77, "WORK_ORDER_CHANGED", 1, {"woNo": "WO-1"}))

    plant.store.write_now(TEST, tell_again)
    (mine,) = told(api, "planner")
    api.as_("planner").delete(f"/api/notifications/{mine['id']}").must()
    plant.store.write_now(TEST, tell_again)
    assert told(api, "planner") == []


def test_a_run_whose_authorisation_lapsed_is_told_with_its_number(api: Api, plant: Plant) -> None:
    happens(plant, "RUN_AUTHORIZATION_LAPSED")  # of a run that is gone: nothing to tell
    assert those_told(api) == set()


def test_one_reads_all_or_one_and_dismisses(api: Api, plant: Plant) -> None:
    planner = api.as_("planner")
    for number in range(3):
        happens(plant, "WORK_ORDER_CHANGED_BY_NOBODY")
        happens(plant, "ERP_CONFLICT", None, woNo=f"WO-{number}", what="closed")
    assert planner.get("/api/notifications/unread-count").must() == {"count": 3}
    newest = told(api, "planner")[0]
    assert newest["message"] == "WO-2：closed"
    read = planner.patch(f"/api/notifications/{newest['id']}/read").must()
    assert read["status"] == "read"
    assert planner.patch(f"/api/notifications/{newest['id']}/read").must()["readAt"] == read["readAt"], "read is read"
    assert [len(told(api, "planner", status=status)) for status in ("unread", "read")] == [2, 1]
    assert planner.patch("/api/notifications/read-all").must() == {"read": 2}
    assert planner.get("/api/notifications/unread-count").must() == {"count": 0}
    planner.delete(f"/api/notifications/{newest['id']}").must()
    assert len(told(api, "planner")) == 2
    assert planner.patch(f"/api/notifications/{newest['id']}/read").code == "NOTIFICATION_NOT_FOUND"


def test_notifications_are_filtered(api: Api, plant: Plant) -> None:
    happens(plant, "SLOT_LOCKED")
    happens(plant, "RUN_READINESS_FAILED", runNo="R-1")
    assert [item["type"] for item in told(api, "leader")] == ["RUN_READINESS_FAILED", "SLOT_LOCKED"]
    assert [item["type"] for item in told(api, "leader", priority="high")] == ["SLOT_LOCKED"]
    assert [item["type"] for item in told(api, "leader", type="RUN_READINESS_FAILED,FORM_DUE")] == [
        "RUN_READINESS_FAILED"
    ]
    assert told(api, "leader", to="2020-01-01T00:00:00Z") == []
    for bad in ({"status": "new"}, {"priority": "HIGH"}, {"type": "DREAM"}, {"recipientId": "x"}):
        assert api.as_("leader").get("/api/notifications", **bad).code == "VALIDATION_ERROR", bad


def test_anothers_notification_is_not_found(api: Api, plant: Plant) -> None:
    happens(plant, "SLOT_LOCKED")
    (mine,) = told(api, "leader")
    for who in (api.as_("material"), api.as_("admin")):
        assert who.patch(f"/api/notifications/{mine['id']}/read").code == "NOTIFICATION_NOT_FOUND"
        refused = who.delete(f"/api/notifications/{mine['id']}")
        assert (refused.status, refused.code) == (404, "NOTIFICATION_NOT_FOUND")
    assert told(api, "leader")[0]["status"] == "unread"


def test_a_machine_is_told_nothing(plant: Plant) -> None:
    machine = plant.token("run:read")
    for path in ("", "/unread-count", "/settings", "/stream"):
        assert machine.get(f"/api/notifications{path}").details == {"reason": "PEOPLE_ONLY"}
    assert machine.patch("/api/notifications/read-all").code == "FORBIDDEN"


def test_one_is_told_in_ones_own_language(api: Api, plant: Plant) -> None:
    plant.sql(update(users).where(users.c.username == "leader").values(locale="en"))
    happens(plant, "TOOL_LIFE_80", toolCode="SQ-1", count=41000, limit=50000)
    (english,), (chinese,) = told(api, "leader"), told(api, "engineer")
    assert (english["title"], english["message"]) == ("Tool near the end of its life", "SQ-1: 41000 of 50000")
    assert (chinese["title"], chinese["message"]) == ("工具寿命将到", "SQ-1：41000 / 50000")
    assert english["data"] | {"kind": "TOOL", "key": "SQ-1"} == english["data"]


def test_one_chooses_what_one_is_told_of_but_not_of_what_is_urgent(api: Api, plant: Plant) -> None:
    leader = api.as_("leader")
    listed = leader.get("/api/notifications/settings").must()["items"]
    assert [item["type"] for item in listed] == [notice.type for notice in NOTICES]
    assert listed[0] == {
        "type": "RUN_READINESS_FAILED", "title": "批次不再满足准备条件", "priority": "normal", "roles": ["leader", "engineer"],
        "inApp": True, "wecom": False, "email": False,
    }  # fmt: skip
    off = {"items": [{"type": "RUN_READINESS_FAILED", "inApp": False}, {"type": "SLOT_LOCKED", "email": True}]}
    changed = leader.put("/api/notifications/settings", off).must()["items"]
    assert {item["type"]: (item["inApp"], item["email"]) for item in changed}["SLOT_LOCKED"] == (True, True)
    happens(plant, "RUN_READINESS_FAILED")
    assert those_told(api) == {"engineer"}
    (entry,) = plant.audit(action="NOTIFICATION_SETTINGS")
    assert {change["path"] for change in entry["changes"]} == {"RUN_READINESS_FAILED.inApp", "SLOT_LOCKED.email"}
    urgent = leader.put("/api/notifications/settings", {"items": [{"type": "SLOT_LOCKED", "inApp": False}]})
    assert (urgent.code, urgent.field_paths) == ("VALIDATION_ERROR", ["items.0.inApp"])
    unknown = leader.put("/api/notifications/settings", {"items": [{"type": "DREAM"}]})
    assert unknown.field_paths == ["items.0.type"]


def test_old_ones_are_swept_read_sooner_than_unread(api: Api, plant: Plant) -> None:
    for _ in range(2):
        happens(plant, "ERP_CONFLICT", None)
    api.as_("planner").patch(f"/api/notifications/{told(api, 'planner')[0]['id']}/read").must()
    ago = ids.first_of(now_ms()) - ids.first_of(now_ms() - 100 * DAY)
    plant.sql(update(notifications).values(created_at=now_ms() - 100 * DAY, id=notifications.c.id - ago))
    plant.sql(update(notifications).where(notifications.c.read_at.is_not(None)).values(read_at=now_ms() - 91 * DAY))
    assert plant.store.write_now(TEST, actions.sweep) == 1
    assert [item["status"] for item in told(api, "planner")] == ["unread"]
    plant.sql(update(notifications).values(created_at=now_ms() - 366 * DAY))
    assert plant.store.write_now(TEST, actions.sweep) == 1


def test_asking_for_the_count_keeps_no_session_alive(api: Api, plant: Plant) -> None:
    plant.sql(update(sessions).values(last_seen_at=now_ms() - 70_000))
    before = plant.store.read_now(TEST, seen_at)
    api.as_("planner").get("/api/notifications/unread-count").must()
    plant.sql()
    assert plant.store.read_now(TEST, seen_at) == before
    api.as_("planner").get("/api/notifications").must()
    until(lambda: plant.store.read_now(TEST, seen_at) > before)


@query("system:ops")
def seen_at(tx: Tx) -> int:
    return int(tx.scalar(select(func.max(sessions.c.last_seen_at)).join(users).where(users.c.username == "planner")))


# The stream


@pytest.fixture(autouse=True)
def _look_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "LOOK_EVERY_S", 0.02)


def caller_of(username: str) -> Caller:
    from hashlib import sha256

    return Caller(session_hash=sha256(cookie_of(username).encode()).digest())


async def next_of(events: AsyncIterator[bytes]) -> tuple[str, Any]:
    while True:
        piece = await asyncio.wait_for(anext(events), 5)
        lines_of = dict(line.split(": ", 1) for line in piece.decode().splitlines() if ": " in line)
        if "event" in lines_of:
            return lines_of["event"], orjson.loads(lines_of["data"])


def test_a_stream_tells_of_what_comes_and_of_the_count(api: Api, plant: Plant) -> None:
    async def listen() -> None:
        events = await stream.Streams().events(plant.store, caller_of("leader"))
        assert await next_of(events) == ("unread", {"count": 0})
        await asyncio.to_thread(happens, plant, "SLOT_LOCKED", slotCode="F-1")
        kind, facts = await next_of(events)
        assert (kind, facts["type"], facts["data"]["slotCode"]) == ("notification", "SLOT_LOCKED", "F-1")
        assert await next_of(events) == ("unread", {"count": 1})
        await plant.store.write(caller_of("leader"), actions.mark_all_read)
        assert await next_of(events) == ("unread", {"count": 0})

    asyncio.run(listen())


def test_a_stream_ends_with_its_session(api: Api, plant: Plant) -> None:
    async def listen() -> None:
        events = await stream.Streams().events(plant.store, caller_of("leader"))
        await next_of(events)
        await asyncio.to_thread(plant.sql, update(sessions).values(ended_at=now_ms()))
        assert (await next_of(events))[0] == "signed-out"
        with pytest.raises(StopAsyncIteration):
            await next_of(events)

    asyncio.run(listen())


def test_a_stream_ends_with_its_account_and_with_the_process(api: Api, plant: Plant) -> None:
    async def listen() -> None:
        streams = stream.Streams()
        leader = await streams.events(plant.store, caller_of("leader"))
        planner = await streams.events(plant.store, caller_of("planner"))
        for events in (leader, planner):
            await next_of(events)
        disable = update(users).where(users.c.username == "leader").values(is_active=False)
        await asyncio.to_thread(plant.sql, disable)
        assert (await next_of(leader))[0] == "signed-out"
        streams.end()
        assert (await next_of(planner))[0] == "ended"
        with pytest.raises(StopAsyncIteration):
            await next_of(planner)

    asyncio.run(listen())


def test_a_page_that_opens_while_the_watcher_looks_is_not_told_that_it_is_signed_out(api: Api, plant: Plant) -> None:
    """It was so: a page loaded anew at that moment heard that its session was gone, and loaded itself once more."""

    class Meanwhile:
        """The store, in which another page opens its stream between the question of the watcher and its answer."""

        def __init__(self) -> None:
            self.opened: list[AsyncIterator[bytes]] = []
            self.has_opened = asyncio.Event()

        async def read(self, caller: Caller, asked: Any, *arguments: Any) -> Any:
            answer = await plant.store.read(caller, asked, *arguments)
            if asked is stream.standings and not self.opened:
                self.opened.append(await streams.events(plant.store, caller_of("leader")))
                await next_of(self.opened[0])
                self.has_opened.set()
            return answer

    async def listen() -> None:
        store = Meanwhile()
        planner = await streams.events(cast(Store, store), caller_of("planner"))
        await next_of(planner)
        await asyncio.wait_for(store.has_opened.wait(), 5)
        await asyncio.to_thread(happens, plant, "SLOT_LOCKED", slotCode="F-1")
        assert (await next_of(store.opened[0]))[0] == "notification"

    streams = stream.Streams()
    asyncio.run(listen())


def test_a_session_has_one_stream(api: Api, plant: Plant) -> None:
    async def listen() -> None:
        streams = stream.Streams()
        first = await streams.events(plant.store, caller_of("leader"))
        await next_of(first)
        second = await streams.events(plant.store, caller_of("leader"))
        await next_of(second)
        assert (await next_of(first))[0] == "replaced"
        with pytest.raises(StopAsyncIteration):
            await next_of(first)

    asyncio.run(listen())


def test_nobody_opens_a_stream_who_is_not_signed_in(api: Api, plant: Plant) -> None:
    stranger = replace(caller_of("leader"), session_hash=b"x" * 32)

    async def listen() -> None:
        await stream.Streams().events(plant.store, stranger)

    with pytest.raises(Exception, match="UNAUTHORIZED"):
        asyncio.run(listen())
    once = api.as_("leader").get("/api/notifications/stream")
    assert once.text == 'event: unread\ndata: {"count":0}\n\n'
    assert once.headers["content-type"].startswith("text/event-stream")
