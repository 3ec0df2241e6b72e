"""Settings of notices (spec 09.8)."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from fiducial.kit.refusals import Said
from fiducial.kit.settings import Setting, whole

MOST_ROBOTS = 50

read_days = Setting(
    "retention.notificationsReadDays", 90, whole(1, 4000), unit="d", zh="已读通知保留天数", en="Read notifications are kept",
)  # fmt: skip
unread_days = Setting(
    "retention.notificationsUnreadDays", 365, whole(1, 4000), unit="d", zh="未读通知保留天数", en="Unread notifications are kept",
)  # fmt: skip


def _robots(value: Any) -> list[dict[str, Any]]:
    """Take a list of `{lineCode or null, url}`, each address once."""
    if not isinstance(value, list) or len(value) > MOST_ROBOTS:
        raise ValueError(Said(zh=f"必须是至多 {MOST_ROBOTS} 项的列表", en=f"must be a list of at most {MOST_ROBOTS}"))
    robots = [_robot(place, given) for place, given in enumerate(value, 1)]
    if len({robot["url"] for robot in robots}) != len(robots):
        raise ValueError(Said(zh="同一地址只能出现一次", en="each address may stand there once"))
    return robots


def _robot(place: int, given: Any) -> dict[str, Any]:
    line, url = (given.get("lineCode"), given.get("url")) if isinstance(given, dict) else (None, None)
    fields = isinstance(given, dict) and set(given) <= {"lineCode", "url"}
    known_line = line is None or (isinstance(line, str) and 1 <= len(line.strip()) <= 64 and line.isprintable())
    if not (fields and known_line and _is_address(url)):
        raise ValueError(
            Said(
                zh=f"第 {place} 项须为 {{lineCode: 产线或空, url: http(s) 地址}}",
                en=f"entry {place} must be {{lineCode: a line or null, url: an http(s) address}}",
            )
        )
    return {"lineCode": line.strip() if line else None, "url": url}


def _is_address(url: Any) -> bool:
    if not isinstance(url, str) or len(url) > 500 or not url.isprintable() or " " in url:
        return False
    try:
        parts = urlsplit(url)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and parts.username is None
            and (parts.port or 1) > 0
        )
    except ValueError:
        return False


_robots.limits = {"fields": ["lineCode", "url"]}  # type: ignore[attr-defined]
webhooks: Setting[list[dict[str, Any]]] = Setting(
    "notify.wecom.webhooks", [], _robots, secret=True,
    zh="企业微信群机器人；未选产线的机器人接收全厂通知", en="WeCom group robots; one without a line hears of the whole plant",
)  # fmt: skip
