"""The server process: it finishes its requests when it is asked to end, and tells what never finishes by itself."""

from __future__ import annotations

from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn

LONGEST_END_S = 30


class Server(uvicorn.Server):
    """uvicorn, which tells event streams that it ends: it would wait for them as for any request."""

    def __init__(self, config: uvicorn.Config, ending: Callable[[], None]) -> None:
        super().__init__(config)
        self._told = ending

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end (SIGTERM, SIGINT)."""
        self._told()
        super().handle_exit(sig, frame)


def listen(app: Any, host: str, port: int, *, ending: Callable[[], None]) -> None:
    """Serve until a signal ends it; `ending` is called when it begins to end."""
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=LONGEST_END_S,
        server_header=False, date_header=False,
    )  # fmt: skip
    Server(config, ending).run()
