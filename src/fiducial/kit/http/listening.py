"""The server process: it finishes its requests when it is asked to end, tells what never finishes by itself, and ends what never begins."""

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
    """Serve until a signal ends it; `ending` is called when it begins to end.

    Where a request came from is judged by `Frame`, from the proxies that the plant has named: uvicorn would believe any on this machine.
    """
    config = uvicorn.Config(
        app, host=host, port=port, log_config=None, access_log=False, timeout_graceful_shutdown=LONGEST_END_S,
        server_header=False, date_header=False, proxy_headers=False, ws="none", http=_protocol(),
    )  # fmt: skip
    Server(config, ending).run()


def _protocol() -> Any:
    """Give uvicorn's protocol with an end to its patience; its own fall-back where httptools is not there (Windows)."""
    try:
        from fiducial.kit.http.patience import Patience
    except ImportError:
        return "auto"
    return Patience
