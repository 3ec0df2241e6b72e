"""How instants, numbers and spans of time are written on a page. The same in every language but for the words."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import orjson
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from fiducial.kit.text import _

NOTHING = "–"
Instant = int | str | datetime
"""Milliseconds since 1970, ISO 8601 with its zone, or a datetime with its zone."""


def moment(value: Instant) -> datetime:
    """An instant in UTC. A time without its zone is refused: nobody could say when it was."""
    if isinstance(value, int):
        return datetime.fromtimestamp(value / 1000, UTC)
    parsed = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    if parsed.tzinfo is None:
        raise ValueError(f"{value!r} has no zone")
    return parsed.astimezone(UTC)


def instant_filter(zone: ZoneInfo) -> Callable[[Instant | None, str], Markup | str]:
    """`{{ run.startedAt|instant }}`: minutes by default; `instant("seconds")`, `instant("date")`, `instant("time")`."""
    patterns = {
        "minutes": "%Y-%m-%d %H:%M",
        "seconds": "%Y-%m-%d %H:%M:%S",
        "date": "%Y-%m-%d",
        "time": "%H:%M:%S",
    }

    def instant(value: Instant | None, precision: str = "minutes") -> Markup | str:
        if value is None or value == "":
            return NOTHING
        utc = moment(value)
        exact = utc.strftime("%Y-%m-%dT%H:%M:%SZ")
        shown = utc.astimezone(zone).strftime(patterns[precision])
        return Markup('<time datetime="{0}" title="{1}">{2}</time>').format(
            exact, utc.strftime("%Y-%m-%d %H:%M:%S UTC"), shown
        )

    return instant


def local_input_filter(zone: ZoneInfo) -> Callable[[Instant | None], str]:
    """The value of a `datetime-local` input, in the plant's zone; forms.js turns it back into an instant."""

    def local_input(value: Instant | None) -> str:
        return "" if value is None or value == "" else moment(value).astimezone(zone).strftime("%Y-%m-%dT%H:%M")

    return local_input


def number(value: float | Decimal | None, decimals: int | None = None) -> str:
    """`12345.5` is `12,345.5`. Without `decimals` a measured value keeps the digits that it came with."""
    if value is None:
        return NOTHING
    if decimals is not None:
        return f"{value:,.{decimals}f}"
    if isinstance(value, float):
        value = Decimal(repr(value)) if abs(value) < 1e15 else value
        return f"{value:,f}".removesuffix(".0") if isinstance(value, Decimal) else f"{value:g}"
    return f"{value:,}"


def duration(seconds: float | None) -> str:
    """The two largest units that matter: `2 h 05 min`, `3 min 20 s`, `8 s`."""
    if seconds is None:
        return NOTHING
    whole = int(abs(seconds))
    sign = "−" if seconds < 0 else ""
    days, hours, minutes, rest = whole // 86400, whole // 3600 % 24, whole // 60 % 60, whole % 60
    if days:
        text = _("%(days)s d %(hours)s h") % {"days": days, "hours": hours}
    elif hours:
        text = _("%(hours)s h %(minutes)02d min") % {"hours": hours, "minutes": minutes}
    elif minutes:
        text = _("%(minutes)s min %(seconds)02d s") % {"minutes": minutes, "seconds": rest}
    else:
        text = _("%(seconds)s s") % {"seconds": rest}
    return sign + text


@pass_context
def duration_filter(_context: Context, seconds: float | None) -> str:
    """`{{ 7380|duration }}`. Asks for the context so that Jinja does not work it out once, in the language of the first
    reader, when the number is a constant."""
    return duration(seconds)


def indented(value: object) -> str:
    """Give data as JSON that people read: a line for each value, every language's letters as they are."""
    return orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2).decode()


def dash(value: object) -> object:
    """What is not known is shown as a dash, never as `None` and never as an empty cell."""
    return NOTHING if value is None or value == "" else value
