"""What every answer tells the browser besides its content (spec 13.3)."""

from __future__ import annotations

from fiducial.ops.environment import Environment
from fiducial.web.shell import CONTENT_SECURITY_POLICY


def headers_of(kind: str, environment: Environment) -> list[tuple[bytes, bytes]]:
    """Give the headers of an answer, by the kind of its address: `/static`, `/api`, a page."""
    common = [(b"x-content-type-options", b"nosniff"), (b"referrer-policy", b"same-origin")]
    if environment.app_url.startswith("https:"):
        common.append((b"strict-transport-security", b"max-age=31536000"))
    if kind == "/static":
        return [*common, (b"cache-control", b"public, max-age=31536000, immutable")]
    if kind == "/api":
        return [
            *common,
            (b"cache-control", b"no-store"),
            (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
        ]
    return [*common, (b"content-security-policy", CONTENT_SECURITY_POLICY.encode())]
