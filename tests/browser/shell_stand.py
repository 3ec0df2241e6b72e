"""A stand for the scripts of the pages: sample pages and an API that says what the test tells it to."""

import json
import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from fiducial.kit.text import use_language
from fiducial.web.lists import Address, Listing
from fiducial.web.shell import CONTENT_SECURITY_POLICY, STATIC_DIR, Page, Person, make_environment

LAYOUT = '{% extends "web/layout.html" %}{% import "web/ui.html" as ui %}{% block title %}Sample{% endblock %}'
STATION = (
    LAYOUT
    + """{% block content %}{{ ui.scan("/panel?sn={code}") }}<div id="scan-panel"></div>
{% call ui.form("POST /api/track-out", result="/panel?sn=OUT") %}{{ ui.hidden("sn", "SN-1") }}
{{ ui.number("data.height", "Height", unit="mm", low=0.08, high=0.15, required=true) }}
{{ ui.choice("data.clean", "Clean", boolean=true, required=true) }}{{ ui.pass_fail() }}{% endcall %}{% endblock %}"""
)
DESK = (
    LAYOUT
    + """{% block content %}<p id="part">{{ served }}</p>
{{ ui.action("Receive", dialog="/dialog") }}
{{ ui.action("Look again", api="POST /api/look") }}
{{ ui.action("Revoke", api="POST /api/revoke", reason="Why?", refresh="#part") }}
{{ ui.filters(runs) }}{{ ui.filter_select(runs, "status", "Status", [("BROKEN", "Broken")]) }}
{% call(row) ui.table(runs, [column("Run", "runNo")]) %}<td>{{ ui.key(row) }}</td>{% endcall %}{% endblock %}"""
)
DIALOG = """{% import "web/ui.html" as ui %}{% call ui.dialog("Receive") %}
{% call ui.form("POST /api/work-orders/{kind}", refresh="#part", submit="Send", cancel=true) %}{{ ui.hidden("kind", "by hand") }}
{{ ui.text("woNo", "Number", required=true) }}{{ ui.number("spec.qty", "Quantity", 100, whole=true, min=1) }}
{{ ui.instant("due", "Due", 1748760180000) }}{{ ui.check("urgent", "Urgent") }}{{ ui.text("line", "Line", empty_as_null=true) }}
{{ ui.text("tags", "Tags", "a, b，c", as_list=true) }}{{ ui.text("remark", "Remark") }}{% endcall %}{% endcall %}"""
PANELS = {
    "DO": '{% import "web/ui.html" as ui %}{% if outcome %}{{ ui.verdict("ok" if outcome == "ok" else "bad", outcome) }}'
    '{% else %}{{ ui.scan_next("POST /api/track-in", {"sn": sn}) }}{% endif %}',
    "LOOK": '{% import "web/ui.html" as ui %}{{ ui.verdict("bad", "Unknown board", next="Ask the leader") }}',
    "OUT": '{% import "web/ui.html" as ui %}{{ ui.verdict("ok", "Send to ICT-01") }}',
}


class Stand:
    """What was sent to the API, and what it answers next: `answers.append((409, {...}))`, else 200."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.calls: list[dict[str, Any]] = []
        self.answers: list[tuple[int, dict[str, Any]]] = []
        self.served = 0
        self.may_answer = Event()
        self.may_answer.set()
        self.pages = make_environment()

    def page(self, path: str, query: dict[str, str]) -> tuple[int, str]:
        self.served += 1
        runs = Listing(
            items=[] if query.get("search") else ["RUN-1"], total=1, page=1, page_size=30, address=Address(path, query)
        )
        if path == "/panel":
            kind = query["sn"].partition("-")[0]
            if kind not in PANELS:
                return 500, ""
            body = PANELS[kind]
        else:
            body = {"/station": STATION, "/dialog": DIALOG}.get(path, DESK)
        if query.get("status") == "BROKEN":
            return 422, "no"
        page = Page(path=path, person=Person(name="Alice"))
        given = {"sn": query.get("sn"), "outcome": query.get("outcome"), "runs": runs, "served": self.served}
        return 200, self.pages.from_string(body).render(page=page, **given)


@contextmanager
def standing() -> Iterator[Stand]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    stand = server.stand = Stand(f"http://127.0.0.1:{server.server_port}")  # type: ignore[attr-defined]
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield stand
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class Handler(BaseHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        if url.path.startswith("/static/"):
            file = STATIC_DIR / url.path.split("/", 3)[3]
            kind = mimetypes.guess_type(file.name)[0] or "text/plain"
            return self.answer(200 if file.is_file() else 404, file.read_bytes() if file.is_file() else b"", kind)
        with use_language("en"):
            status, html = self.server.stand.page(url.path, dict(parse_qsl(url.query)))  # type: ignore[attr-defined]
        return self.answer(status, html.encode(), "text/html; charset=utf-8")

    def do_POST(self) -> None:
        stand: Stand = self.server.stand  # type: ignore[attr-defined]
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        key, language = self.headers["Idempotency-Key"], self.headers["Accept-Language"]
        stand.calls.append({"path": self.path, "body": body, "key": key, "language": language})
        stand.may_answer.wait(5)
        status, answer = stand.answers.pop(0) if stand.answers else (200, {"ok": True, "data": {"sn": "SN-1"}})
        self.answer(status, json.dumps(answer).encode(), "application/json")

    def answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", CONTENT_SECURITY_POLICY)
        self.end_headers()
        # A test may go on to another page before it has heard all of this one.
        with suppress(ConnectionError):
            self.wfile.write(body)
