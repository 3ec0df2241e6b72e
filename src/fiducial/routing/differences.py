"""How two frozen versions differ, field by field, in words (spec 01.9). Pure: changes of snapshots in, lines to read out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fiducial.kit.text import _
from fiducial.routing import words
from fiducial.routing.spec_words import plain_number

NESTED = ("requiredTools", "ingestMapping", "expectedReflowProfile", "options", "spec", "alarm", "triggerRule")
NOT_TOLD = frozenset({"dataSpecIds", "id", "operationId", "revision", "sourceStepKey"})  # what else says better
CODED = {
    "stationType": words.STATION_TYPES, "itemType": words.ITEM_TYPES, "dataType": words.DATA_TYPES, "method": words.METHODS,
    "triggerType": words.TRIGGERS, "alarm.action": words.ALARMS, "triggerRule.event": words.EVENTS,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Line:
    """One difference: what it is about, and how it was before and after; None is "not there"."""

    label: str
    before: str | None
    after: str | None


def lines_of(changes: Sequence[Mapping[str, Any]]) -> list[Line]:
    """Give the differences of one step, or of the routing, as lines."""
    return [line for change in changes for line in _of(change["path"], change["before"], change["after"])]


def _of(path: str, before: Any, after: Any) -> Iterator[Line]:
    if path in NOT_TOLD:
        return
    if path == "dataSpecs":
        yield from _of_items(before or [], after or [])
    elif path == "faiTemplate":
        yield from _of_template(before, after)
    elif path in NESTED:
        yield from _of_parts(path, before or {}, after or {})
    else:
        yield Line(_label(path), _said(path, before), _said(path, after))


def _of_parts(path: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Line]:
    for name in dict.fromkeys([*before, *after]):
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        if isinstance(old, Mapping) or isinstance(new, Mapping):
            yield from _of_parts(f"{path}.{name}", old or {}, new or {})
        else:
            yield Line(_label(f"{path}.{name}"), _said(f"{path}.{name}", old), _said(f"{path}.{name}", new))


def _of_items(before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]]) -> Iterator[Line]:
    """Items are the same by their id, whatever their name: one that was renamed is told as renamed."""
    old, new = {item["id"]: item for item in before}, {item["id"]: item for item in after}
    for key in dict.fromkeys([*old, *new]):
        if key not in old or key not in new:
            item = old.get(key) or new[key]
            yield Line(_("Collection item"), item["name"] if key in old else None, item["name"] if key in new else None)
            continue
        for name in dict.fromkeys([*old[key], *new[key]]):
            if old[key].get(name) != new[key].get(name):
                yield from (
                    Line(f"{new[key]['name']}: {line.label}", line.before, line.after)
                    for line in _of(name, old[key].get(name), new[key].get(name))
                )


def _of_template(before: Mapping[str, Any] | None, after: Mapping[str, Any] | None) -> Iterator[Line]:
    names = [
        f"{one['code']} ({_('revision %(no)s') % {'no': one['revision']}})" if one else None for one in (before, after)
    ]
    yield Line(_label("faiTemplate"), *names)
    old, new = ({item["seq"]: item for item in (one or {}).get("items", ())} for one in (before, after))
    for seq in sorted({*old, *new}):
        if old.get(seq) != new.get(seq):
            yield Line(f"{_label('faiTemplate')}: {seq}", _inspected(old.get(seq)), _inspected(new.get(seq)))


def _inspected(item: Mapping[str, Any] | None) -> str | None:
    if item is None:
        return None
    return " · ".join(filter(None, (item["itemName"], item.get("itemSpec"))))


def _label(path: str) -> str:
    if path in words.FIELD_WORDS:
        return str(words.FIELD_WORDS[path])
    if path in words.PART_WORDS:
        return str(words.PART_WORDS[path])
    head, _dot, rest = path.partition(".")
    return f"{words.FIELD_WORDS[head]}: {rest}" if rest and head in words.FIELD_WORDS else path


def _said(path: str, value: Any) -> str | None:
    if value is None or value in ([], ""):
        return None
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if path in CODED:
        return str(words.word(CODED[path], value))
    if isinstance(value, float | int):
        return plain_number(value)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return str(value)
