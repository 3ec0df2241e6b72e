"""Surrogate keys: they grow, they come back from the wire, and nonsense names nothing."""

from __future__ import annotations

from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiducial.kit import audit, ids
from fiducial.kit.ids import START_MS, IdMaker

NOW = START_MS + 90_000_000_000


class Clock:
    def __init__(self, *moments: int) -> None:
        self.moments = list(moments)

    def __call__(self) -> int:
        return self.moments.pop(0) if len(self.moments) > 1 else self.moments[0]


def test_keys_tell_when_they_were_made_and_grow_with_time() -> None:
    make = IdMaker(clock=Clock(NOW, NOW + 1, NOW + 2))
    keys = [make() for _ in range(3)]
    assert keys == sorted(keys)
    assert [ids.time_of(key) for key in keys] == [NOW, NOW + 1, NOW + 2]


def test_keys_grow_when_the_clock_goes_back() -> None:
    make = IdMaker(clock=Clock(NOW, NOW - 60_000, NOW - 59_999, NOW + 1))
    keys = [make() for _ in range(4)]
    assert keys == sorted(set(keys))
    assert [ids.time_of(key) for key in keys] == [NOW, NOW, NOW, NOW + 1]


def test_more_keys_than_the_counter_holds_in_one_millisecond_borrow_the_next() -> None:
    make = IdMaker(clock=Clock(NOW))
    keys = make.many(70_000)
    assert all(before < after for before, after in pairwise(keys))
    assert ids.time_of(keys[-1]) == NOW + 1


def test_a_start_while_the_clock_is_behind_gives_no_key_that_is_there() -> None:
    before = IdMaker(clock=Clock(NOW))
    there = [before() for _ in range(10)]
    again = IdMaker(clock=Clock(NOW - 60_000, NOW - 1, NOW))
    again.begin_after(there[-1])
    fresh = [again() for _ in range(10)]
    assert min(fresh) > max(there)
    assert fresh == sorted(set(fresh))


def test_a_start_in_time_gives_keys_of_the_present() -> None:
    make = IdMaker(clock=Clock(NOW))
    make.begin_after(IdMaker(clock=Clock(NOW - 1))())
    assert ids.time_of(make()) == NOW


def test_two_nodes_never_give_the_same_key() -> None:
    clock = Clock(NOW)
    first, second = IdMaker(3, clock), IdMaker(4, clock)
    assert not {first() for _ in range(1000)} & {second() for _ in range(1000)}


@pytest.mark.parametrize("node", [-1, 64])
def test_a_node_number_that_does_not_fit_is_refused(node: int) -> None:
    with pytest.raises(ValueError, match="0 to 63"):
        IdMaker(node)


@given(st.integers(min_value=0, max_value=2**63 - 1))
def test_every_key_comes_back_from_the_wire(key: int) -> None:
    text = ids.to_wire(key)
    assert ids.from_wire(text) == key
    assert UUID(text).version == 7


@given(st.integers(min_value=0, max_value=2**63 - 2))
def test_opaque_ids_stand_in_order_of_time_but_look_unlike_their_neighbours(key: int) -> None:
    assert (ids.to_wire(key) < ids.to_wire(key + (1 << 22))) or key + (1 << 22) >= 2**63
    assert ids.to_wire(key)[-8:] != ids.to_wire(key + 1)[-8:]


@pytest.mark.parametrize(
    "text", ["", "0", "RUN-1", "9b2f6c1e-5d3a-4f7b-8c2d-1e0f9a8b7c6d", "ffffffff-ffff-ffff-ffff-ffffffffffff",
             "00000000-0000-7000-8000-000000000000", "批次", "\x00"]
)  # fmt: skip
def test_nonsense_is_no_id(text: str) -> None:
    assert ids.from_wire(text) is None


@given(st.integers(min_value=0, max_value=127))
def test_an_id_with_one_bit_changed_names_nothing_or_itself(place: int) -> None:
    key = IdMaker(5, Clock(NOW))()
    changed = str(UUID(int=UUID(ids.to_wire(key)).int ^ 1 << place))
    assert ids.from_wire(changed) is None, changed


def test_an_id_made_to_overflow_the_database_is_no_id() -> None:
    """Whoever knows the formula can make an id of a far-off year; it must be a 404, not a fault of the engine."""
    assert ids.from_wire(ids.to_wire(1 << 65)) is None


@given(st.uuids())
def test_any_uuid_asked_of_the_book_is_a_number_the_database_can_take(asked: UUID) -> None:
    number = audit.seq_of(str(asked))
    assert number is None or 0 <= number < 2**63


@given(st.integers(min_value=0, max_value=2**42), st.integers(min_value=1, max_value=2**63 - 1))
def test_the_id_of_an_entry_tells_its_number(at: int, seq: int) -> None:
    assert audit.seq_of(audit.entry_id(at, seq)) == seq
