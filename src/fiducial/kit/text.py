"""The words people read: marked in the source in English, translated when they are shown.

The language belongs to the request, not to the process, so it is kept in a context variable; whoever answers a request
sets it with `use_language`. A label that is declared at import time is a `Text`: it waits until somebody reads it.
"""

from __future__ import annotations

import gettext as _gettext
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

LANGUAGES: Final = ("zh-CN", "en")
"""The languages of the program; the first is spoken to whoever names no other."""
DEFAULT_LANGUAGE: Final = LANGUAGES[0]
LOCALE_DIR: Final = Path(__file__).resolve().parent.parent / "locale"
DOMAIN: Final = "fiducial"

_language: ContextVar[str] = ContextVar("language", default=DEFAULT_LANGUAGE)
_RANGE: Final = re.compile(r"\s*([A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*|\*)\s*(?:;\s*q\s*=\s*([01](?:\.\d{0,3})?)\s*)?")


def current_language() -> str:
    return _language.get()


@contextmanager
def use_language(language: str) -> Iterator[None]:
    """Speak `language` until the block ends. An unknown language is a fault of ours: negotiate first."""
    if language not in LANGUAGES:
        raise ValueError(f"no catalogue for {language!r}")
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def negotiate(accept_language: str | None, cookie: str | None = None) -> str:
    """The language to answer in: what the person chose, else what the browser asks for, else the plant's own."""
    if cookie in LANGUAGES:
        return cookie
    wanted = [
        (float(match[2] or 1), -place, match[1])
        for place, part in enumerate((accept_language or "")[:200].split(","))
        if (match := _RANGE.fullmatch(part))
    ]
    for quality, _place, tag in sorted(wanted, reverse=True):
        if quality > 0 and (known := _known(tag)):
            return known
    return DEFAULT_LANGUAGE


def _known(tag: str) -> str | None:
    if tag == "*":
        return DEFAULT_LANGUAGE
    primary = tag.split("-", maxsplit=1)[0].lower()
    return next((language for language in LANGUAGES if language.split("-")[0] == primary), None)


def locale_name(language: str) -> str:
    """`zh-CN` on the wire is `zh_CN` to gettext and to the Unicode locale data."""
    return language.replace("-", "_")


@cache
def _catalogue(language: str) -> _gettext.NullTranslations:
    """The compiled catalogue; the source one when it is newer, so that an edit shows without a build step.

    Newer means by some seconds: an installer writes both files in one go, in any order.
    """
    folder = LOCALE_DIR / locale_name(language) / "LC_MESSAGES"
    source, compiled = folder / f"{DOMAIN}.po", folder / f"{DOMAIN}.mo"
    if compiled.exists() and not (source.exists() and source.stat().st_mtime > compiled.stat().st_mtime + 3):
        with compiled.open("rb") as stream:
            return _gettext.GNUTranslations(stream)
    return _from_source(source)


def _from_source(source: Path) -> _gettext.NullTranslations:
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with source.open("rb") as stream:
        messages = read_po(stream)
    compiled = io.BytesIO()
    write_mo(compiled, messages)
    compiled.seek(0)
    return _gettext.GNUTranslations(compiled)


def gettext(message: str) -> str:
    # The empty msgid is the catalogue's own header; nobody means that.
    return _catalogue(_language.get()).gettext(message) if message else ""


def ngettext(singular: str, plural: str, number: int) -> str:
    return _catalogue(_language.get()).ngettext(singular, plural, number)


_ = gettext


def N_(message: str) -> str:  # noqa: N802 - the name that every gettext tool knows
    """Mark a text for the catalogues and leave it as it is."""
    return message


@dataclass(frozen=True, slots=True)
class Text:
    """A text declared once and translated each time it is read: `Text("Sign in")`, a label, a heading, a hint."""

    message: str

    def __str__(self) -> str:
        return gettext(self.message)

    def __html__(self) -> str:
        """Escaped like any other string; without this a template would have to say `|string` first."""
        from html import escape

        return escape(gettext(self.message))
