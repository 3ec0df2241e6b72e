"""Steps that are renumbered take their settings along when the caller says which step is meant; nothing falls to the wrong step."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.plant import Plant
from tests.api.web import Api

Body = dict[str, Any]
AT = "/api/routes/R-1"


@pytest.fixture
def route(plant: Plant) -> None:
    """Printing at 10, inspection at 20, both with a remark of their own; packing at 30 with none."""
    for code in ("PRINT-OP", "AOI-OP", "PACK-OP"):
        plant.operation(code)
    steps = [step(10, "PRINT-OP"), step(20, "AOI-OP"), step(30, "PACK-OP")]
    plant.made("engineer", "/api/routes", {"code": "R-1", "name": "r", "processType": "SMT", "steps": steps})
    for number, remark in ((10, "of printing"), (20, "of inspection")):
        plant.made("engineer", f"{AT}/execution-config", {"scopeType": "STEP", "stepNo": number, "remark": remark})


def step(number: int, operation: str, was: int | None = None) -> Body:
    return {"stepNo": number, "operationCode": operation} | ({} if was is None else {"wasStepNo": was})


def put(api: Api, *steps: Body) -> Any:
    return api.as_("engineer").put(f"{AT}/steps", {"steps": list(steps)})


def remarks(api: Api) -> dict[str, tuple[int, bool]]:
    items = api.as_("engineer").get(f"{AT}/execution-config").must()["items"]
    return {one["remark"]: (one["stepNo"], one["orphaned"]) for one in items}


def test_two_steps_that_change_places_keep_each_its_own_settings(api: Api, plant: Plant, route: None) -> None:
    put(api, step(10, "AOI-OP", 20), step(20, "PRINT-OP", 10), step(30, "PACK-OP", 30)).must()
    assert remarks(api) == {"of printing": (20, False), "of inspection": (10, False)}
    entry = plant.audit(action="ROUTE_STEPS_UPDATE")[0]
    assert entry["payload"]["settingsMoved"] == [{"from": 10, "to": 20}, {"from": 20, "to": 10}]


def test_settings_of_a_step_that_is_gone_wait_and_do_not_fall_to_the_step_that_takes_its_number(
    api: Api, route: None
) -> None:
    put(api, step(10, "PACK-OP", 30), step(20, "AOI-OP", 20)).must()
    assert remarks(api) == {"of printing": (10, True), "of inspection": (20, False)}
    shown = api.as_("engineer").get(AT).must()["steps"]
    assert [one["operationCode"] for one in shown] == ["PACK-OP", "AOI-OP"]
    config = next(one for one in api.as_("engineer").get(f"{AT}/execution-config").must()["items"] if one["orphaned"])
    assert api.as_("engineer").delete(f"{AT}/execution-config/{config['id']}").ok


def test_without_a_word_the_number_decides(api: Api, route: None) -> None:
    put(api, step(10, "AOI-OP"), step(20, "PRINT-OP"), step(40, "PACK-OP")).must()
    assert remarks(api) == {"of printing": (10, False), "of inspection": (20, False)}


@pytest.mark.parametrize(
    ("wanted", "path"),
    [
        ([step(10, "PRINT-OP", 15)], "steps[0].wasStepNo"),
        ([step(10, "PRINT-OP", 10), step(15, "AOI-OP", 10)], "steps[1].wasStepNo"),
    ],
)
def test_a_step_that_was_not_there_or_is_claimed_twice_is_refused(
    api: Api, route: None, wanted: list[Body], path: str
) -> None:
    refused = put(api, *wanted)
    assert (refused.code, refused.field_paths) == ("VALIDATION_ERROR", [path])
    assert remarks(api) == {"of printing": (10, False), "of inspection": (20, False)}


def test_of_two_engineers_the_second_is_shown_what_stands_there(api: Api, plant: Plant, route: None) -> None:
    """Both read the same; the second gets STALE_UPDATE with the routing as the first left it, and nothing is written."""
    read = api.as_("engineer").get(AT).must()["route"]["updatedAt"]
    first, second = [
        {"steps": [step(10, operation)], "ifUpdatedAt": read} for operation in ("PRINT-OP", "AOI-OP")
    ]  # fmt: skip
    both = api.at_once(*((api.as_("engineer"), "PUT", f"{AT}/steps", body) for body in (first, second)))
    won, lost = sorted(both, key=lambda answer: not answer.ok)
    assert (won.ok, lost.code) == (True, "STALE_UPDATE")
    there = won.data["steps"][0]["operationCode"]
    assert [one["operationCode"] for one in lost.details["current"]["steps"]] == [there]
    assert [one["operationCode"] for one in api.as_("engineer").get(AT).must()["steps"]] == [there]
