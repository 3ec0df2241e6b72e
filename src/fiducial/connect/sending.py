"""Ways out to the ERP (spec 08.6): by REST, or into the demo's sink. Nothing here touches the database."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any

from fiducial.connect.ports import Sent
from fiducial.kit import clock
from fiducial.kit.columns import canonical

LONGEST_ANSWER = 4_000
CONNECT_S, TOTAL_S = 5.0, 30.0


@dataclass(frozen=True, slots=True)
class RestSender:
    """`POST {base}{path}` with a bearer key; no redirects. 2xx is delivered."""

    url: str
    api_key: str | None = None

    def send(self, payload: Mapping[str, Any], idempotency_key: str) -> Sent:
        """Send one message."""
        import httpx

        headers = {"Content-Type": "application/json", "Idempotency-Key": idempotency_key}
        if self.api_key:
            headers["Authorization"] = f"Bearer {self.api_key}"
        limits = httpx.Timeout(TOTAL_S, connect=CONNECT_S)
        try:
            with httpx.Client(timeout=limits, follow_redirects=False, trust_env=False) as client:
                response = client.post(self.url, content=canonical(payload), headers=headers)
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as fault:
            return Sent(None, error=f"{type(fault).__name__}: {fault}"[:500])
        return Sent(
            response.status_code, answer=response.text[:LONGEST_ANSWER], retry_after=_seconds(response.headers.get("retry-after")),
            taken=response.is_success, error="" if response.is_success else f"HTTP {response.status_code}",
        )  # fmt: skip


def _seconds(said: str | None) -> int | None:
    """Give the seconds of a Retry-After: a number, or a date."""
    if said is None:
        return None
    if said.strip().isdigit():
        return min(int(said.strip()[:6]), 3_600)
    try:
        wait = clock.from_datetime(parsedate_to_datetime(said)) - clock.now_ms()
    except (TypeError, ValueError):
        return None
    return max(0, min(wait // 1000, 3_600))


class Sink:
    """The demo sends nothing outside (spec 12.7): it keeps what it would have sent, and the pages show it."""

    def send(self, payload: Mapping[str, Any], idempotency_key: str) -> Sent:  # noqa: ARG002
        """Take the message as if it had been delivered."""
        return Sent(200, answer="kept in the demo's sink; nothing was sent", taken=True)
