"""The way out to the ERP over a real socket (spec 08.6): what is sent, and what each answer means."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

from fiducial.connect.sending import LONGEST_ANSWER, RestSender, Sink

PAYLOAD = {"schemaVersion": 1, "businessKey": {"runNo": "RUN-1"}}


class Erp:
    """An ERP that answers what it was told to."""

    def __init__(self) -> None:
        self.answer: tuple[int, dict[str, str], str] = (200, {}, "thanks")
        self.got: list[tuple[str, dict[str, str], Any]] = []
        erp = self

        class Door(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                erp.got.append(
                    (self.path, {name.lower(): value for name, value in self.headers.items()}, json.loads(body))
                )
                status, headers, text = erp.answer
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(text.encode()))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())

            def log_message(self, *_: Any) -> None: ...

        self.server = HTTPServer(("127.0.0.1", 0), Door)
        self.url = f"http://127.0.0.1:{self.server.server_port}/feedback"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()


@pytest.fixture
def erp() -> Iterator[Erp]:
    there = Erp()
    yield there
    there.server.shutdown()
    there.server.server_close()


def test_a_message_is_posted_with_its_key_and_is_delivered_by_a_2xx(erp: Erp) -> None:
    sent = RestSender(erp.url, "secret").send(PAYLOAD, "key-1")
    assert (sent.taken, sent.http_status, sent.answer, sent.error) == (True, 200, "thanks", "")
    [(path, headers, body)] = erp.got
    assert (path, body) == ("/feedback", PAYLOAD)
    assert (headers["idempotency-key"], headers["authorization"], headers["content-type"]) == (
        "key-1",
        "Bearer secret",
        "application/json",
    )


@pytest.mark.parametrize("status", [302, 400, 404, 408, 429, 500, 503])
def test_anything_else_is_not_delivered_and_no_redirect_is_followed(erp: Erp, status: int) -> None:
    erp.answer = (status, {"Location": erp.url}, "no")
    sent = RestSender(erp.url).send(PAYLOAD, "key-1")
    assert (sent.taken, sent.http_status, sent.error) == (False, status, f"HTTP {status}")
    assert len(erp.got) == 1


def test_the_erp_may_say_when_to_come_again_in_seconds_or_as_a_date(erp: Erp) -> None:
    for said, seconds in (("120", 120), ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("soon", None), ("99999999", 3600)):
        erp.answer = (429, {"Retry-After": said}, "")
        assert RestSender(erp.url).send(PAYLOAD, "key-1").retry_after == seconds, said


def test_a_long_answer_is_kept_in_part(erp: Erp) -> None:
    erp.answer = (400, {}, "x" * (LONGEST_ANSWER + 500))
    assert len(RestSender(erp.url).send(PAYLOAD, "key-1").answer) == LONGEST_ANSWER


def test_where_nobody_answers_there_is_no_status_and_nothing_is_raised() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{closed.getsockname()[1]}/"
        sent = RestSender(url).send(PAYLOAD, "key-1")
    assert (sent.taken, sent.http_status) == (False, None)
    assert "ConnectError" in sent.error


def test_the_demo_sends_nothing() -> None:
    assert Sink().send(PAYLOAD, "key-1").taken is True
