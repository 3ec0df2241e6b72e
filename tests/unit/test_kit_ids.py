"""Surrogate keys: they grow, they come back from the wire, and nonsense names nothing."""

from __future__ import annotations

from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.kit_plant import ALICE, US, make_board, opened

from fiducial.kit import audit, ids
from fiducial.kit.clock import now_ms
from fiducial.kit.ids import START_MS, IdMaker
from fiducial.kit.store import Store, newest_key

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


def test_a_maker_goes_on_after_the_keys_of_the_one_before_it_whose_clock_was_ahead() -> None:
    before = IdMaker(clock=Clock(NOW + 60_000))
    made = [before() for _ in range(3)]
    after = IdMaker(clock=Clock(NOW))
    after.go_on_after(made[-1])
    fresh = [after(), *after.many(70_000)]
    assert made[-1] < fresh[0]
    assert len({*made, *fresh}) == 70_004
    after.go_on_after(made[0])  # an older one changes nothing
    assert after() > fresh[-1]


def test_a_process_that_starts_with_its_clock_set_back_makes_no_key_a_second_time(any_store: Store) -> None:
    ahead = IdMaker(any_store.node, clock=lambda: now_ms() + 3_600_000)
    any_store.ids = ahead
    any_store.write_now(ALICE, make_board, "B-1")
    made = any_store.read_now(US, newest_key)
    assert ids.time_of(made) > now_ms() + 3_000_000
    with opened(any_store.url.render_as_string(hide_password=False)) as again:
        assert again.ids() > made


def test_a_clock_that_was_years_ahead_once_is_not_followed(store: Store) -> None:
    store.ids = IdMaker(store.node, clock=lambda: now_ms() + 10 * 365 * 86_400_000)
    store.write_now(ALICE, make_board, "B-1")
    fresh = IdMaker(store.node)
    store.ids = fresh
    store.go_on_with_keys()
    assert ids.time_of(fresh()) < now_ms() + 60_000
