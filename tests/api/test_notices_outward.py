"""Notifications outside (spec 09.6): WeCom group robots and e-mail, against servers of the test itself."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson
import pytest
from sqlalchemy import select, update
from tests.api.plant import LINE, TEST, Plant
from tests.api.test_notices import happens, told
from tests.api.web import Api

from fiducial.kit.acting import query
from fiducial.kit.tx import Tx
from fiducial.notices import outward
from fiducial.notices.outward import Channels, send_due
from fiducial.notices.tables import deliveries
from fiducial.people.tables import users

HERE = "https://mes.example.com"
KEY = "webhooks"


class Group:
    """A WeCom group with its robot: what was posted to it, and what it answers next."""

    def __init__(self) -> None:
        self.heard: list[dict[str, Any]] = []
        self.status, self.answer, self.location = 200, b'{"errcode":0,"errmsg":"ok"}', ""
        group = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                group.heard.append(orjson.loads(self.rfile.read(int(self.headers["content-length"]))))
                self.send_response(group.status)
                if group.location:
                    self.send_header("location", group.location)
                self.send_header("content-length", str(len(group.answer)))
                self.end_headers()
                self.wfile.write(group.answer)

            def log_message(self, *_args: Any) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/cgi-bin/webhook/send?key=very-secret"

    @property
    def said(self) -> list[str]:
        return [one["markdown"]["content"] for one in self.heard]


class PostOffice(socketserver.ThreadingTCPServer):
    """A mail server that keeps what it gets; `refuses` is what it answers to a recipient."""

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        self.mails: list[tuple[str, bytes]] = []
        self.refuses = ""
        self.sign_ins: list[str] = []
        super().__init__(("127.0.0.1", 0), Counter)
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server_address[1]}"


class Counter(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        office: Any = self.server
        to = ""
        self.say("220 ready")
        while line := self.rfile.readline():
            verb = line.decode().strip()
            if verb.upper().startswith("EHLO"):
                self.say("250-here\r\n250 AUTH PLAIN LOGIN")
            elif verb.upper().startswith("AUTH"):
                office.sign_ins.append(verb)
                self.say("235 welcome")
            elif verb.upper().startswith("RCPT"):
                to = verb.partition("<")[2].partition(">")[0]
                self.say(office.refuses or "250 fine")
            elif verb.upper() == "DATA":
                self.say("354 go on")
                content = b""
                while (part := self.rfile.readline()) != b".\r\n":
                    content += part
                office.mails.append((to, content))
                self.say("250 taken")
            elif verb.upper() == "QUIT":
                self.say("221 bye")
                return
            else:
                self.say("250 fine")

    def say(self, text: str) -> None:
        self.wfile.write(text.encode() + b"\r\n")


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def group() -> Iterator[Group]:
    standing = Group()
    yield standing
    standing.close()


@pytest.fixture
def office() -> Iterator[PostOffice]:
    standing = PostOffice()
    yield standing
    standing.shutdown()
    standing.server_close()


def robots(api: Api, *those: dict[str, Any]) -> None:
    api.as_("admin").patch(
        "/api/system/config/notify.wecom.webhooks", {"value": list(those), "reason": "设置车间群"}
    ).must()


def wants(api: Api, username: str, type_: str, **how: bool) -> None:
    api.as_(username).put("/api/notifications/settings", {"items": [{"type": type_, **how}]}).must()


def send(plant: Plant, **channels: Any) -> dict[str, int]:
    return send_due(plant.store, Channels(HERE, **channels))


@query("system:ops")
def all_deliveries(tx: Tx) -> list[Any]:
    return list(tx.all(select(deliveries).order_by(deliveries.c.id)))


def entered(plant: Plant) -> list[Any]:
    found: list[Any] = plant.store.read_now(TEST, all_deliveries)
    return found


def due_again(plant: Plant) -> None:
    plant.sql(update(deliveries).where(deliveries.c.ended_at.is_(None)).values(next_at=0))


# ---- WeCom ----------------------------------------------------------------------------------------------------------


def test_the_group_of_a_line_hears_what_somebody_wants_told_there_once(api: Api, plant: Plant, group: Group) -> None:
    robots(api, {"lineCode": LINE, "url": group.url})
    for username in ("leader", "material"):
        wants(api, username, "SLOT_LOCKED", wecom=True)
    happens(plant, "SLOT_LOCKED", slotCode="F-1", reason="错料", runNo="RUN-1")
    assert group.heard == [], "the lane sends nothing"
    assert send(plant) == {"sent": 1, "failed": 0}
    assert group.said == [
        "**【紧急】站位已锁定**\n> LINE-A 的 F-1：错料\n\n[在系统中查看](https://mes.example.com/loading?run=RUN-1)"
    ]
    assert group.heard[0]["msgtype"] == "markdown"
    due_again(plant)
    assert send(plant) == {"sent": 0, "failed": 0}, "what was sent is not sent again"
    assert told(api, "leader"), "in the program it shows as well"


def test_who_is_told_out_of_reach_or_wants_nothing_makes_no_group_speak(api: Api, plant: Plant, group: Group) -> None:
    robots(api, {"lineCode": None, "url": group.url})
    happens(plant, "SLOT_LOCKED", slotCode="F-1", reason="错料")
    wants(api, "operator", "SLOT_LOCKED", wecom=True)
    happens(plant, "SLOT_LOCKED", slotCode="F-2", reason="错料")
    assert send(plant) == {"sent": 0, "failed": 0}, "operators are not told of it, so their choice counts for nothing"


def test_a_robot_hears_of_its_line_and_one_without_a_line_of_the_whole_plant(
    api: Api, plant: Plant, group: Group
) -> None:
    other = Group()
    robots(api, {"lineCode": None, "url": group.url}, {"lineCode": "LINE-FAR", "url": other.url})
    wants(api, "engineer", "SLOT_LOCKED", wecom=True)
    wants(api, "admin", "MODE_SWITCHED", wecom=True)
    happens(plant, "SLOT_LOCKED", LINE, slotCode="F-1", reason="错料")
    happens(plant, "SLOT_LOCKED", "LINE-FAR", slotCode="F-9", reason="错料")
    happens(plant, "MODE_SWITCHED", None, system="AOI", mode="MANUAL")
    assert send(plant) == {"sent": 4, "failed": 0}
    assert (len(group.heard), len(other.heard)) == (3, 1)
    assert "LINE-FAR 的 F-9" in other.said[0]
    other.close()


def test_no_name_of_a_thing_becomes_a_link_or_calls_everybody(api: Api, plant: Plant, group: Group) -> None:
    robots(api, {"lineCode": None, "url": group.url})
    wants(api, "engineer", "SLOT_LOCKED", wecom=True)
    happens(plant, "SLOT_LOCKED", slotCode="<@all>", reason="[点我](http://evil)\n# 大字" + "长" * 5000)
    send(plant)
    assert "<@all>" not in group.said[0]
    assert "[点我]" not in group.said[0]
    assert "\n#" not in group.said[0]
    assert len(group.said[0].encode()) < 4096


@pytest.mark.parametrize(
    "answered",
    [
        (200, b'{"errcode":93000,"errmsg":"invalid webhook url"}', "93000 invalid webhook url"),
        (502, b"<html>", "HTTP 502"),
        (200, b"<html>welcome</html>", "the answer is not that of a group robot"),
        (200, b"[]", "the answer is not that of a group robot"),
        (302, b"", "HTTP 302"),
    ],
)
def test_what_the_group_does_not_take_is_tried_again_later(
    api: Api, plant: Plant, group: Group, answered: tuple[int, bytes, str]
) -> None:
    group.status, group.answer, why = answered
    group.location = group.url if group.status == 302 else ""
    robots(api, {"lineCode": None, "url": group.url})
    wants(api, "engineer", "SLOT_LOCKED", wecom=True)
    happens(plant, "SLOT_LOCKED", slotCode="F-1", reason="错料")
    assert send(plant) == {"sent": 0, "failed": 1}
    assert send(plant) == {"sent": 0, "failed": 0}, "not before its time"
    assert len(group.heard) == 1, "no redirect is followed"
    (row,) = entered(plant)
    assert (row.state, row.attempts, row.error) == ("RETRY", 1, why)
    assert 25_000 < row.next_at - row.created_at < 60_000
    group.status, group.answer, group.location = 200, b'{"errcode":0}', ""
    due_again(plant)
    assert send(plant) == {"sent": 1, "failed": 0}
    assert entered(plant)[0].state == "SENT"


def test_a_group_that_is_away_stops_nobody_and_no_secret_is_kept_of_it(api: Api, plant: Plant, group: Group) -> None:
    robots(api, {"lineCode": None, "url": group.url})
    group.close()
    wants(api, "engineer", "SLOT_LOCKED", wecom=True)
    happens(plant, "SLOT_LOCKED", slotCode="F-1", reason="错料")
    assert told(api, "engineer"), "a channel's failure never touches what is told in the program"
    assert send(plant) == {"sent": 0, "failed": 1}
    assert entered(plant)[0].error == "ConnectError"
    assert "very-secret" not in repr(entered(plant))
    assert "very-secret" not in api.as_("admin").get("/notifications/outward").text
    assert "very-secret" not in api.as_("admin").get("/api/audit-logs/export", format="jsonl").text


def test_the_tenth_failure_gives_up_and_administrators_are_told_but_never_in_a_circle(
    api: Api, plant: Plant, group: Group
) -> None:
    group.status = 500
    robots(api, {"lineCode": None, "url": group.url})
    wants(api, "engineer", "SLOT_LOCKED", wecom=True)
    wants(api, "admin", "OUTBOUND_DEAD", wecom=True)
    happens(plant, "SLOT_LOCKED", slotCode="F-1", reason="错料")
    for _ in range(12):
        send(plant)
        due_again(plant)
        plant.settle()
    (dead, of_dead) = entered(plant)
    assert (dead.state, dead.attempts, dead.type) == ("DEAD", 10, "SLOT_LOCKED")
    (mine,) = told(api, "admin", type="OUTBOUND_DEAD")
    assert "HTTP 500" in mine["message"]
    for _ in range(12):
        send(plant)
        due_again(plant)
        plant.settle()
    assert [row.state for row in entered(plant)] == ["DEAD", "DEAD"]
    assert of_dead.type == "OUTBOUND_DEAD"
    assert len(told(api, "admin", type="OUTBOUND_DEAD")) == 1


def test_a_robot_that_is_not_set_any_more_is_not_written_to(api: Api, plant: Plant, group: Group) -> None:
    robots(api, {"lineCode": None, "url": group.url})
    wants(api, "engineer", "SLOT_LOCKED", wecom=True)
    happens(plant, "SLOT_LOCKED", slotCode="F-1", reason="错料")
    robots(api)
    assert send(plant) == {"sent": 0, "failed": 1}
    assert (group.heard, entered(plant)[0].state) == ([], "DROPPED")


def test_two_nodes_send_a_message_once(api: Api, plant: Plant, group: Group) -> None:
    robots(api, {"lineCode": None, "url": group.url})
    wants(api, "engineer", "SLOT_LOCKED", wecom=True)
    for number in range(5):
        happens(plant, "SLOT_LOCKED", slotCode=f"F-{number}", reason="错料")
    nodes = [threading.Thread(target=send, args=(plant,)) for _ in range(3)]
    for node in nodes:
        node.start()
    for node in nodes:
        node.join()
    assert len(group.heard) == 5
    assert [row.state for row in entered(plant)] == ["SENT"] * 5


def test_an_event_told_twice_is_sent_once(api: Api, plant: Plant, group: Group) -> None:
    robots(api, {"lineCode": None, "url": group.url})
    wants(api, "engineer", "SLOT_LOCKED", wecom=True, email=True)
    happens(plant, "SLOT_LOCKED", slotCode="F-1", reason="错料")
    before = entered(plant)
    row = before[0]
    plant.store.write_now(TEST, enter_again, row.event_id, row.type)
    assert entered(plant) == before


from fiducial.kit.acting import action  # noqa: E402 - beside what it marks


@action(audit="TEST", entity="LINE", internal_only=True)
def enter_again(tx: Tx, event_id: int, type_: str) -> None:
    tx.unrecorded()
    everybody = [row.id for row in tx.all(select(users.c.id))]
    outward.enter(tx, (type_, event_id), everybody, [], {})


def test_a_demo_sends_nothing_and_shows_what_it_would_have_sent(api: Api, plant: Plant, group: Group) -> None:
    robots(api, {"lineCode": None, "url": group.url})
    wants(api, "engineer", "SLOT_LOCKED", wecom=True, email=True)
    happens(plant, "SLOT_LOCKED", slotCode="F-1", reason="错料")
    assert send(plant, sink=True) == {"sent": 2, "failed": 0}
    assert group.heard == []
    shown = api.as_("admin").get("/notifications/outward").text
    assert "仅展示（演示）" in shown
    assert "李工艺" in shown


# ---- e-mail ---------------------------------------------------------------------------------------------------------


def test_a_mail_goes_to_whoever_wants_one_in_their_language(api: Api, plant: Plant, office: PostOffice) -> None:
    wants(api, "leader", "SLOT_LOCKED", email=True)
    wants(api, "engineer", "SLOT_LOCKED", email=True)
    api.as_("engineer").patch("/api/users/me", {"locale": "en"}).must()
    happens(plant, "SLOT_LOCKED", slotCode="F-1", reason="错料", runNo="RUN-1")
    assert send(plant, smtp_url=office.url, smtp_from="mes@example.com") == {"sent": 2, "failed": 0}
    mails = {to: message_from_bytes(content, policy=policy.default) for to, content in office.mails}
    assert set(mails) == {"leader@example.com", "engineer@example.com"}
    assert mails["leader@example.com"]["subject"] == "[紧急] 站位已锁定"
    assert mails["engineer@example.com"]["subject"] == "[Urgent] Feeder slot locked"
    assert mails["leader@example.com"]["from"] == "mes@example.com"
    text = mails["leader@example.com"].get_content()
    assert "LINE-A 的 F-1：错料" in text
    assert "https://mes.example.com/loading?run=RUN-1" in text


def test_the_mail_server_is_signed_in_to_when_the_address_says_so(api: Api, plant: Plant, office: PostOffice) -> None:
    wants(api, "engineer", "SLOT_LOCKED", email=True)
    happens(plant, "SLOT_LOCKED", slotCode="F-1", reason="错料")
    signed = office.url.replace("smtp://", "smtp://mes%40example.com:pass%2Fword@")
    assert send(plant, smtp_url=signed) == {"sent": 1, "failed": 0}
    assert office.sign_ins
    assert message_from_bytes(office.mails[0][1], policy=policy.default)["from"] == "mes@example.com"


def test_what_the_mail_server_refuses_is_tried_again_and_told_without_the_password(
    api: Api, plant: Plant, office: PostOffice
) -> None:
    office.refuses = "550 no such mailbox"
    wants(api, "engineer", "SLOT_LOCKED", email=True)
    happens(plant, "SLOT_LOCKED", slotCode="F-1", reason="错料")
    assert send(plant, smtp_url=office.url) == {"sent": 0, "failed": 1}
    (row,) = entered(plant)
    assert (row.state, row.error) == ("RETRY", "550 no such mailbox")
    assert "550 no such mailbox" in api.as_("admin").get("/notifications/outward").text


def test_without_a_mail_server_it_waits_and_says_why(api: Api, plant: Plant) -> None:
    wants(api, "engineer", "SLOT_LOCKED", email=True)
    happens(plant, "SLOT_LOCKED", slotCode="F-1", reason="错料")
    assert send(plant) == {"sent": 0, "failed": 1}
    assert entered(plant)[0].error == "SMTP_URL is not set"


def test_who_has_no_address_any_more_gets_no_mail(api: Api, plant: Plant, office: PostOffice) -> None:
    wants(api, "engineer", "SLOT_LOCKED", email=True)
    happens(plant, "SLOT_LOCKED", slotCode="F-1", reason="错料")
    plant.sql(update(users).where(users.c.username == "engineer").values(is_active=False))
    send(plant, smtp_url=office.url)
    assert (office.mails, entered(plant)[0].state) == ([], "DROPPED")


def test_a_mail_comes_also_to_who_has_silenced_the_program(api: Api, plant: Plant, office: PostOffice) -> None:
    wants(api, "engineer", "MODE_SWITCHED", inApp=False, email=True)
    happens(plant, "MODE_SWITCHED", None, system="AOI", mode="MANUAL")
    assert told(api, "engineer") == []
    send(plant, smtp_url=office.url)
    assert [to for to, _content in office.mails] == ["engineer@example.com"]


# ---- settings -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("value", [
    "no list", [{"url": "ftp://example.com/x"}], [{"url": "https://"}], [{"lineCode": 7, "url": "https://example.com"}],
    [{"url": "https://user:pw@example.com/"}], [{"url": "https://example.com/ x"}], [{"url": "https://example.com:port/"}],
    [{"url": "https://example.com", "colour": "red"}], [{"url": "https://example.com"}, {"url": "https://example.com"}], ["https://example.com"],
    [{"url": f"https://example.com/{number}"} for number in range(51)],
])  # fmt: skip
@pytest.mark.one_engine
def test_an_address_that_is_none_is_not_taken(api: Api, value: Any) -> None:
    refused = api.as_("admin").patch(
        "/api/system/config/notify.wecom.webhooks", {"value": value, "reason": "设置车间群"}
    )
    assert (refused.status, refused.field_paths) == (422, ["value"])


@pytest.mark.one_engine
def test_the_addresses_are_secret_and_the_form_takes_them_one_by_one(api: Api) -> None:
    robots(api, {"lineCode": LINE, "url": "https://example.com/very-secret"})
    admin = api.as_("admin")
    for path in ("/api/system/config", "/api/system/config/notify.wecom.webhooks/history", "/api/audit-logs"):
        assert "very-secret" not in admin.get(path).text
    form = admin.get("/system/settings/dialogs/notify.wecom.webhooks").text
    assert "very-secret" not in form
    assert 'name="value.0.url"' in form
    assert f'value="{LINE}"' in form


def test_how_one_is_told_is_a_part_of_ones_own_account(api: Api, plant: Plant) -> None:
    me = api.as_("leader")
    changed = me.patch(
        "/api/users/me", {"phone": "138", "notificationSettings": [{"type": "SLOT_LOCKED", "email": True}]}
    ).must()
    mine = {one["type"]: one for one in changed["notificationSettings"]}
    assert (mine["SLOT_LOCKED"]["email"], mine["SLOT_LOCKED"]["wecom"], changed["phone"]) == (True, False, "138")
    assert me.get("/api/users/me").must()["notificationSettings"] == changed["notificationSettings"]
    assert me.get("/api/notifications/settings").must()["items"] == changed["notificationSettings"]
    (one,) = plant.audit(action="USER_PROFILE_UPDATE")
    assert {"path": "SLOT_LOCKED.email", "before": False, "after": True} in one["changes"]
    for wrong, path in (
        ({"type": "NONSENSE", "email": True}, "type"),
        ({"type": "SLOT_LOCKED", "inApp": False}, "inApp"),
    ):
        refused = me.patch("/api/users/me", {"phone": "139", "notificationSettings": [wrong]})
        assert refused.field_paths == [f"notificationSettings.0.{path}"]
    assert me.get("/api/users/me").must()["phone"] == "138", "nothing is half done"


@pytest.mark.one_engine
def test_only_who_runs_the_computer_sees_what_was_sent(api: Api) -> None:
    assert api.as_("leader").get("/notifications/outward").status == 403
    assert "还没有对外发送" in api.as_("admin").get("/notifications/outward").text
    assert "/notifications/outward" in api.as_("admin").get("/notifications/settings").text
    assert "/notifications/outward" not in api.as_("leader").get("/notifications/settings").text
    assert "种" in api.as_("leader").get("/profile").text


@pytest.mark.one_engine
def test_what_was_sent_long_ago_is_forgotten(api: Api, plant: Plant, group: Group) -> None:
    from fiducial.notices.actions import sweep

    robots(api, {"lineCode": None, "url": group.url})
    wants(api, "engineer", "SLOT_LOCKED", wecom=True)
    happens(plant, "SLOT_LOCKED", slotCode="F-1", reason="错料")
    send(plant)
    plant.store.write_now(TEST, sweep)
    assert len(entered(plant)) == 1
    plant.sql(update(deliveries).values(ended_at=1))
    plant.store.write_now(TEST, sweep)
    assert entered(plant) == []
