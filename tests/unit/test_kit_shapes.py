"""Shapes at the door: what is not as declared is refused by path and reason, whatever was sent; nothing breaks the door."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from fiducial.kit.http.shapes import Body, Instant, Key, Name, Reason, Remark, instant_or_none, parse, path_text
from fiducial.kit.refusals import Refused


class Part(Body):
    part_no: Key
    qty: Annotated[int, Field(ge=1, le=1000)] = 1


class Board(Body):
    serial_no: Key
    name: Name = "board"
    remark: Remark | None = None
    reason: Reason = "because"
    weight: Annotated[float, Field(gt=0, lt=100)] = 1.0
    good: bool = True
    side: Literal["TOP", "BOTTOM"] = "TOP"
    parts: Annotated[list[Part], Field(max_length=3)] = []
    facts: dict[str, Any] = {}
    made_at: Instant | None = None
    any_count: int = 0


BODY = '{"serialNo": "B1", 0}'


def fields(raw: bytes | str, language: str = "en") -> dict[str, str]:
    """Give path and reason of everything that was found wrong."""
    with pytest.raises(Refused) as refused:
        parse(Board, raw.encode() if isinstance(raw, str) else raw, language)
    assert refused.value.code == "VALIDATION_ERROR"
    return {field["path"]: field["reason"] for field in refused.value.details["fields"]}


def test_a_body_comes_in_as_its_shape() -> None:
    body: Any = parse(
        Board,
        b'{"serialNo": " B1 ", "parts": [{"partNo": "R1"}], "madeAt": "2026-01-25T10:10:00+08:00", "remark": "a\\nb"}',
        "en",
    )
    assert (body.serial_no, body.parts[0].part_no, body.remark) == ("B1", "R1", "a\nb")
    assert instant_or_none(body.made_at) == 1_769_307_000_000
    assert instant_or_none(None) is None
    assert set(body.given()) == {"serial_no", "parts", "made_at", "remark"}


def test_an_empty_body_is_an_empty_object() -> None:
    assert fields(b"") == {"serialNo": "Field required"}


WRONG = {
    "serialNo": [
        '"serialNo": 1',
        '"serialNo": ""',
        '"serialNo": "  "',
        '"serialNo": null',
        f'"serialNo": "{"x" * 65}"',
    ],
    "colour": ['"serialNo": "B1", "colour": "red"'],
    "serial_no": ['"serialNo": "B1", "serial_no": "B2"'],
    "good": ['"serialNo": "B1", "good": 1', '"serialNo": "B1", "good": "true"'],
    "weight": [
        f'"serialNo": "B1", "weight": {value}' for value in ('"1"', "0", "100", "NaN", "Infinity", "1e400", "null")
    ],
    "side": ['"serialNo": "B1", "side": "LEFT"'],
    "reason": ['"serialNo": "B1", "reason": "no"'],
    "remark": [f'"serialNo": "B1", "remark": "{"x" * 501}"'],
    "parts": [
        '"serialNo": "B1", "parts": {"a": 1}',
        '"serialNo": "B1", "parts": [' + ",".join(['{"partNo": "R"}'] * 4) + "]",
    ],
    "parts.1.qty": ['"serialNo": "B1", "parts": [{"partNo": "R1"}, {"partNo": "R2", "qty": 0}]'],
    "parts.0.qty": ['"serialNo": "B1", "parts": [{"partNo": "R1", "qty": 1.5}]'],
    "madeAt": ['"serialNo": "B1", "madeAt": "2026-01-25T10:10:00"', '"serialNo": "B1", "madeAt": "yesterday"'],
}
NO_OBJECT = ["[]", "1", '"B1"', "null", "{", "{'serialNo': 'B1'}", '{"serialNo": "B1"} {}', "\ufeff{}"]
CASES = [(f"{{{raw}}}", path) for path, bodies in WRONG.items() for raw in bodies] + [(raw, "") for raw in NO_OBJECT]


@pytest.mark.parametrize(("raw", "path"), CASES)
def test_what_is_not_as_declared_is_named(raw: str, path: str) -> None:
    assert list(fields(raw)) == [path]
    assert all(fields(raw, "zh-CN").values())


@pytest.mark.parametrize("sign", ["\x00", "\x01", "\x08", "\x0b", "\x1b", "\x7f", "\u2028", "\u2029"])
@pytest.mark.parametrize("how", ["escaped", "bare"])
def test_control_characters_are_refused_in_every_text(sign: str, how: str) -> None:
    text = f"\\u{ord(sign):04x}" if how == "escaped" else sign
    found = fields(BODY.replace("0", f'"remark": "a{text}b", "parts": [{{"partNo": "R{text}1"}}]'))
    assert set(found) == {"remark", "parts.0.partNo"} or (how == "bare" and ord(sign) < 32 and set(found) == {""})


@pytest.mark.parametrize("sign", ["\n", "\t", "\r"])
def test_a_business_key_has_no_line_end_and_no_tab(sign: str) -> None:
    assert list(fields(json.dumps({"serialNo": f"B{sign}1"}))) == ["serialNo"]


def test_control_characters_deep_in_free_data_are_found() -> None:
    assert list(fields(r'{"serialNo": "B1", "facts": {"a": [1, {"b": "\u0007"}]}}')) == ["facts.a.1.b"]
    assert list(fields(r'{"serialNo": "B1", "facts": {"a\u0000": 1}}')) == ["facts"]


@pytest.mark.parametrize("depth", [100, 190, 300, 600, 1023, 5000, 200_000])
@pytest.mark.parametrize("inside", ["1", r'"\u0001"'])
def test_deep_nesting_is_refused_and_not_fallen_over(depth: int, inside: str) -> None:
    raw = BODY.replace("0", f'"facts": {{"a": {"[" * depth}{inside}{"]" * depth}}}')
    try:
        parse(Board, raw.encode(), "en")
    except Refused as refused:
        assert refused.code == "VALIDATION_ERROR"  # noqa: PT017
    else:
        assert depth < 200
        assert inside == "1"


@pytest.mark.parametrize(
    "raw", [b"\xff\xfe", b'{"serialNo": "\xc3\x28"}', b'{"serialNo": "\\ud800"}', b'{"serialNo": "\xed\xa0\x80"}']
)
def test_what_is_no_utf8_is_refused(raw: bytes) -> None:
    assert fields(raw)


@pytest.mark.parametrize("number", ["9223372036854775808", "-9223372036854775809", "1" + "0" * 30, "1" + "0" * 4000])
@pytest.mark.parametrize("where", ["anyCount", "facts"])
def test_a_number_no_column_can_take_is_refused(number: str, where: str) -> None:
    raw = BODY.replace("0", f'"{where}": ' + (number if where == "anyCount" else f'{{"deep": [{number}]}}'), 1)
    assert [path.split(".")[0] or where for path in fields(raw)] == [where]


def test_a_serial_of_many_digits_is_text_and_passes() -> None:
    body: Any = parse(Board, b'{"serialNo": "012345678901234567890123456789", "anyCount": 9223372036854775807}', "en")
    assert (len(body.serial_no), body.any_count) == (30, 2**63 - 1)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity"])
def test_free_data_holds_no_number_that_is_none(number: str) -> None:
    assert fields(BODY.replace("0", f'"facts": {{"a": {number}}}'))


def test_a_flood_of_wrong_fields_is_answered_shortly() -> None:
    found = fields("{" + ",".join(f'"{"x" * 5000}{n}": 1' for n in range(500)) + "}")
    assert len(found) <= 50
    assert max(len(path) for path in found) <= 200


@given(st.binary(max_size=200))
def test_no_bytes_at_all_break_the_door(raw: bytes) -> None:
    try:
        parse(Board, raw, "zh-CN")
    except Refused as refused:
        assert refused.code == "VALIDATION_ERROR"  # noqa: PT017


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    )
)
def test_no_json_at_all_breaks_the_door(value: Any) -> None:
    for raw in (
        json.dumps(value),
        json.dumps({"serialNo": "B1", "facts": {"a": value}}),
        json.dumps({"serialNo": value}),
    ):
        try:
            parse(Board, raw.encode(), "zh-CN")
        except Refused as refused:
            assert refused.code == "VALIDATION_ERROR"  # noqa: PT017


def test_a_part_of_a_path_is_trimmed_and_may_hold_a_slash() -> None:
    assert path_text(" A%2FB%2fC ") == "A/B/C"


@pytest.mark.parametrize("value", ["x" * 201, "a\x00b", "a\nb", "a\tb", "a\u2028x"])
def test_a_part_of_a_path_that_names_nothing_is_refused(value: str) -> None:
    with pytest.raises(Refused, match="VALIDATION_ERROR"):
        path_text(value)
