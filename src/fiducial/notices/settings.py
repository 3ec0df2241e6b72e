"""Settings of notices (spec 09.8)."""

from __future__ import annotations

from fiducial.kit.settings import Setting, whole

read_days = Setting(
    "retention.notificationsReadDays", 90, whole(1, 4000), unit="d", zh="已读通知保留天数", en="Read notifications are kept",
)  # fmt: skip
unread_days = Setting(
    "retention.notificationsUnreadDays", 365, whole(1, 4000), unit="d", zh="未读通知保留天数", en="Unread notifications are kept",
)  # fmt: skip
