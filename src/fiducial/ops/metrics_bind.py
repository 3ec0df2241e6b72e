"""Metrics on an address of their own (`METRICS_BIND`, spec 13.9): open there, for the plant chooses who reaches it."""

from __future__ import annotations

import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import structlog

from fiducial.kit.acting import Caller
from fiducial.kit.refusals import Refused
from fiducial.kit.store import Store
from fiducial.ops.environment import split_bind
from fiducial.ops.metrics import metrics

ME = Caller(internal="metrics")
PATIENCE_S = 10
log = structlog.get_logger("fiducial.metrics")


class MetricsServer:
    """A small server that answers `GET /metrics` and nothing else."""

    def __init__(self, store: Store, bind: str) -> None:
        host, port = split_bind(bind)
        kind = type("Handler", (_Handler,), {"store": store})
        server = type("Server", (ThreadingHTTPServer,), {
            "address_family": socket.AF_INET6 if ":" in host else socket.AF_INET, "daemon_threads": True,
        })  # fmt: skip
        self._server: ThreadingHTTPServer = server((host, port), kind)
        self._thread = threading.Thread(target=self._server.serve_forever, name="metrics", daemon=True)

    def start(self) -> MetricsServer:
        """Begin to answer."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(timeout=5)


class _Handler(BaseHTTPRequestHandler):
    store: Store
    timeout = PATIENCE_S  # who begins a request and never ends it holds a thread no longer

    def do_GET(self) -> None:
        if self.path.partition("?")[0] != "/metrics":
            self.send_error(404)
            return
        try:
            found = self.store.read_now(ME, metrics, slow=True)
        except Refused as refused:
            self.send_error(404 if refused.code == "NOT_FOUND" else 503, refused.code)
            return
        self.send_response(200)
        self.send_header("Content-Type", found.media_type)
        self.send_header("Content-Length", str(len(found.content)))
        self.end_headers()
        self.wfile.write(found.content)

    def log_message(self, format: str, *args: object) -> None:
        log.debug("metrics_asked", line=format % args)


def serve_metrics(store: Store, bind: str) -> MetricsServer | None:
    """Begin to answer on an address; None when none is named. Raises OSError when nothing can listen there."""
    return MetricsServer(store, bind).start() if bind else None
