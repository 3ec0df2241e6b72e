"""What a reel's barcode says: material and lot (spec 04.5).

The plant's own patterns are matched by the engine in linear time (decision 0005), which tells only whether a text matches.
So a pattern is cut at its two groups, and where each of its five parts begins is found by matching the parts.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

from fiducial.kit.refusals import Refused, Said
from fiducial.loading import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.routing.patterns import LONGEST, Pattern, pattern

SEPARATORS = ("|", ":", "@", "#")  # in this order, wherever they stand
_GROUP = re.compile(r"\(\?P?<(material|lot)>")


class Scanned(NamedTuple):
    """What a barcode says; `material_code` is None when it names a lot alone."""

    material_code: str | None
    lot_no: str


class _Cut(NamedTuple):
    """A pattern cut at its groups: before, first group, between, second group, after."""

    parts: tuple[Pattern, ...]
    first: str


def checked_pattern(text: object) -> str:
    """Give the pattern when it is one: two groups named `material` and `lot` outside of any bracket. ValueError when not."""
    if not isinstance(text, str) or not 1 <= len(text) <= LONGEST:
        raise ValueError(Said(zh=f"必须是最多 {LONGEST} 个字符的文本", en=f"a text of at most {LONGEST} characters"))
    _cut(text)
    return text


def _close(text: str, start: int) -> int:
    """Give where the bracket that opened before `start` closes; the end of the text when it does not."""
    depth, at, in_class = 1, start, False
    while at < len(text):
        sign = text[at]
        if sign == "\\":
            at += 1
        elif in_class:
            in_class = sign != "]"
        elif sign == "[":
            in_class = True
        elif sign in "()":
            depth += 1 if sign == "(" else -1
            if depth == 0:
                return at
        at += 1
    return at


@lru_cache(maxsize=100)
def _cut(text: str) -> _Cut:
    found = list(_GROUP.finditer(text))
    if {group[1] for group in found} != {"material", "lot"} or len(found) != 2:
        raise ValueError(
            Said(
                zh="必须正好有 (?P<material>…) 和 (?P<lot>…) 两个分组",
                en="needs (?P<material>…) and (?P<lot>…), each once",
            )
        )
    pieces, at = list[str](), 0
    for group in found:
        end = _close(text, group.end())
        pieces += [text[at : group.start()], text[group.end() : end]]
        at = end + 1
    pieces.append(text[at:])
    try:
        pattern(text)
        return _Cut(tuple(pattern(piece) for piece in pieces), found[0][1])
    except ValueError as fault:
        raise ValueError(Said(zh=f"不是可用的正则表达式：{fault}", en=f"no pattern we can take: {fault}")) from None


def _spans(cut: _Cut, text: str) -> tuple[str, str] | None:
    """Give the texts of the two groups, each as long as it can be; None when the pattern does not match in full."""
    size = len(text)
    # reach[n] holds from where the parts from n on can match to the end of the text, and where part n ends then.
    reach: list[dict[int, int]] = [{size: size}]
    for part in reversed(cut.parts):
        ends = sorted(reach[0], reverse=True)
        begins = {}
        for start in range(size + 1):
            end = next((end for end in ends if end >= start and part.matches(text[start:end])), None)
            if end is not None:
                begins[start] = end
        reach.insert(0, begins)
    if 0 not in reach[0]:
        return None
    at, found = 0, list[str]()
    for begins in reach[:5]:
        found.append(text[at : begins[at]])
        at = begins[at]
    return found[1], found[3]


def read_barcode(text: str, patterns: list[str]) -> Scanned:
    """Give what a barcode says. Refuses BARCODE_PARSE_ERROR when a side of it is empty, too long, or holds a line feed or the like."""
    text = text.strip()
    for one in patterns:
        cut = _cut(one)
        spans = _spans(cut, text)
        if spans is not None:
            material, lot = (side.strip() for side in (spans if cut.first == "material" else spans[::-1]))
            return _both(text, material, lot)
    for separator in SEPARATORS:
        if separator in text:
            material, _, lot = text.partition(separator)
            return _both(text, material.strip(), lot.strip())
    if not _is_key(text):
        raise Refused("BARCODE_PARSE_ERROR", barcode=text)
    return Scanned(None, text)


_LONGEST_KEY = 64


def _both(text: str, material: str, lot: str) -> Scanned:
    if not _is_key(material) or not _is_key(lot):
        raise Refused("BARCODE_PARSE_ERROR", barcode=text)
    return Scanned(material, lot)


def _is_key(side: str) -> bool:
    """Tell whether a side of a barcode may be a business key (spec 00.4): one line, at most 64 characters."""
    return 0 < len(side) <= _LONGEST_KEY and not any(unicodedata.category(sign) in ("Cc", "Zl", "Zp") for sign in side)
