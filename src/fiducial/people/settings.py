"""Settings of sign-in, passwords and proof (spec 09.8)."""

from __future__ import annotations

import re
from typing import Any

from fiducial.kit.refusals import Said
from fiducial.kit.settings import Setting, some_of, whole
from fiducial.people.meanings import MEANINGS

password_hours = Setting(
    "auth.session.passwordHours", 12, whole(1, 24), unit="h",
    zh="密码登录会话的最长时间", en="Longest session of a sign-in by password",
)  # fmt: skip
password_idle_minutes = Setting(
    "auth.session.passwordIdleMinutes", 120, whole(1, 720), unit="min",
    zh="密码登录会话的空闲时限", en="Idle limit of a session by password",
)  # fmt: skip
badge_hours = Setting(
    "auth.session.badgeHours", 12, whole(1, 24), unit="h",
    zh="工牌会话的最长时间", en="Longest session of a sign-in by badge",
)  # fmt: skip
badge_idle_minutes = Setting(
    "auth.session.badgeIdleMinutes", 15, whole(1, 720), unit="min",
    zh="工牌会话的空闲时限", en="Idle limit of a session by badge",
)  # fmt: skip
password_classes = Setting(
    "auth.password.classes", 3, whole(0, 4),
    zh="密码至少包含的字符种类（大写、小写、数字、其他），0 为不要求",
    en="Kinds of characters a password needs (upper, lower, digit, other); 0 is off",
)  # fmt: skip
password_max_age_days = Setting(
    "auth.password.maxAgeDays", 0, whole(0, 365), unit="d", zh="密码有效期，0 为不过期", en="Life of a password; 0 is for ever",
)  # fmt: skip
fresh_seconds = Setting(
    "signature.freshSeconds", 300, whole(0, 3600), unit="s",
    zh="登录后多久内仍可作为签署证明，0 为每次都要验证", en="Age of a sign-in that still proves; 0 asks every time",
)  # fmt: skip
accepted_methods = Setting(
    "signature.methods", ["PASSWORD", "PIN"], some_of("PASSWORD", "PIN"), zh="可作为签署证明的方式", en="Accepted proofs of a signature",
)  # fmt: skip
four_eyes: Setting[list[str]] = Setting(
    "signature.fourEyes", [], some_of(*MEANINGS), zh="必须由第二人签署的含义", en="Meanings of signatures that need a second person",
)  # fmt: skip


def _words(most: int) -> Any:
    def check(value: Any) -> str:
        if not isinstance(value, str) or not 1 <= len(value.strip()) <= most or not value.isprintable():
            raise ValueError(
                Said(zh=f"必须是 1 至 {most} 个可打印字符", en=f"must be 1 to {most} printable characters")
            )
        return value.strip()

    return check


def _upload(value: Any) -> str | None:
    if value is not None and not (isinstance(value, str) and re.fullmatch(r"[0-9a-f]{32}\.(?:png|jpg|webp)", value)):
        raise ValueError(Said(zh="必须是已上传图片的名称", en="must be the name of an image that was uploaded"))
    return value


_upload.limits = {"upload": True}  # type: ignore[attr-defined]
app_name: Setting[str] = Setting("branding.appName", "fiducial", _words(60), zh="系统名称", en="Name of the program")
short_name: Setting[str] = Setting(
    "branding.shortName", "fiducial", _words(20), zh="系统简称", en="Short name of the program"
)
logo: Setting[str | None] = Setting(
    "branding.logo", None, _upload, zh="徽标图片", en="Logo",
)  # fmt: skip
