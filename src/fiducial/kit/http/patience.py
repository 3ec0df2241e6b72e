"""A request comes in time and in measure, or its connection is closed: whoever opens connections and says nothing keeps none."""

from __future__ import annotations

import asyncio
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

# A head is a few hundred bytes and comes at once; 20 MB of a file take 120 s over a poor radio link.
SLOWEST_HEAD_S, SLOWEST_REQUEST_S = 15.0, 120.0
LONGEST_HEAD = 64 * 1024


class Patience(HttpToolsProtocol):
    """A connection that is closed when nothing is said on it, or a header a minute, or a head without end."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self._begun: float | None = None  # when the request began that is not here whole yet
        self._in_head, self._heard = True, 0
        self._watch: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._begun = self.loop.time()
        self._look_again()

    def connection_lost(self, exc: Exception | None) -> None:
        if self._watch is not None:
            self._watch.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._heard += len(data)
        super().data_received(data)
        if self._in_head and self._heard > LONGEST_HEAD and not self.transport.is_closing():
            self.send_400_response("The head of the request is too long.")

    def on_message_begin(self) -> None:
        self._begun, self._in_head, self._heard = self.loop.time(), True, 0
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._begun, self._in_head, self._heard = None, True, 0
        super().on_message_complete()

    def _look_again(self) -> None:
        limit = SLOWEST_HEAD_S if self._in_head else SLOWEST_REQUEST_S
        if self._begun is not None and self.loop.time() - self._begun >= limit:
            self.transport.close()
            return
        self._watch = self.loop.call_later(min(SLOWEST_HEAD_S / 2, 5.0), self._look_again)
