"""The order of steps in a frozen route: numbers grow, but need not be consecutive (spec 01.5 rule 1)."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fiducial.kit.columns import canonical
from fiducial.plant.lookup import StationRow
from fiducial.routing.compile import compile_route
from fiducial.routing.facts import OperationFacts, RouteFacts, StepFacts
from fiducial.routing.fit import fits
from fiducial.routing.frozen import FrozenRoute, read_snapshot

OPERATION = OperationFacts("id-1", "PRINTING", "印刷", "MANUAL", is_key_quality=False, process_kind="PRINT")


def frozen(*numbers: int, allowed: list[str] | None = None, group: str | None = None) -> FrozenRoute:
    steps = tuple(
        StepFacts(number, OPERATION, group, None, None, requires_fai=False, source_step_key=None, erp=None,
                  layers={"STEP": {"allowedStationCodes": allowed}})
        for number in numbers
    )  # fmt: skip
    facts = RouteFacts("R", "r", "MES", None, None, "SMT", "REFUSE", "REQUIRED", steps, specs={}, stations={})
    return read_snapshot(1, 1, "READY", 0, compile_route(facts).snapshot)


def station(code: str = "S1", *, kind: str = "MANUAL", group: str | None = None, is_active: bool = True) -> StationRow:
    return StationRow(
        1, code, code, 1, "LINE", None, group, kind, is_active, is_manual_bench=False, equipment_text="[]"
    )


step_numbers = st.lists(st.integers(1, 99_999), min_size=1, max_size=12, unique=True)


@given(step_numbers)
def test_the_next_step_is_the_one_with_the_next_greater_number(numbers: list[int]) -> None:
    route = frozen(*numbers)
    walked, here = [], route.first
    while True:
        walked.append(here.step_no)
        following = route.after(here.step_no)
        if following is None:
            break
        here = following
    assert walked == sorted(numbers)


@given(step_numbers)
def test_the_order_in_which_steps_are_stored_changes_nothing(numbers: list[int]) -> None:
    assert canonical(frozen(*numbers).snapshot) == canonical(frozen(*reversed(numbers)).snapshot)


def test_a_station_fits_by_its_type_its_group_and_the_list_all_at_once() -> None:
    step = frozen(10, allowed=["S1", "S2"], group="G").first
    assert fits(step, station("S1", group="G"))
    assert not fits(step, station("S3", group="G")), "not in the list"
    assert not fits(step, station("S1", group="H")), "in another group"
    assert not fits(step, station("S1", group="G", kind="AUTO")), "of another type"
    assert not fits(step, station("S1", group="G", is_active=False)), "switched off"


def test_an_empty_list_of_stations_allows_the_whole_group() -> None:
    step = frozen(10, allowed=[], group="G").first
    assert fits(step, station("S9", group="G"))
