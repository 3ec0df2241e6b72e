"""What somebody sends who wants to see a fault of ours: each is refused by name, and what was kept can be shown."""

from __future__ import annotations

from typing import Any

import pytest
from tests.api.orders_floor import Floor
from tests.api.plant import Plant
from tests.api.web import Api

from fiducial.kit.http import door

ORDERS = "/api/integration/work-orders"


def _order(**more: Any) -> dict[str, Any]:
    return {"woNo": "WO-X", "productCode": "P-1", "plannedQty": 1, **more}


@pytest.mark.parametrize(
    "moment",
    ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59-23:59"],
)
def test_a_day_that_no_calendar_shows_is_refused_before_it_breaks_every_page_of_orders(api: Api, moment: str) -> None:
    refused = api.as_("planner").post(ORDERS, _order(dueDate=moment))
    assert (refused.code, refused.field_paths) == ("VALIDATION_ERROR", ["dueDate"])


@pytest.mark.parametrize("moment", ["1900-01-01T00:00:00+14:00", "9999-12-30T00:00:00-12:00"])
def test_a_day_at_the_edge_of_what_is_taken_can_be_shown_or_is_refused(api: Api, moment: str) -> None:
    api.as_("planner").post(ORDERS, _order(dueDate=moment))
    assert api.as_("planner").get("/work-orders").status == 200


@pytest.mark.parametrize(
    "body", [b'{"\\ud800": "\\u0001"}', b'{"meta": {"\\ud800": {"a": "\\u0001"}}}', b'{"meta": {"\\u0000": "\\u0000"}}']
)
def test_a_field_whose_name_cannot_be_written_is_refused_and_entered(
    api: Api, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "_stuck", type(door._stuck)())  # other tests have sent as many bad bodies
    assert api.as_("planner").post(ORDERS, body).code == "VALIDATION_ERROR"
    entries = api.as_("admin").get("/api/audit-logs", action="WORK_ORDER_RECEIVE").must()["items"]
    assert [entry["code"] for entry in entries] == ["VALIDATION_ERROR"]


@pytest.mark.parametrize("number", ["A\x7fB", "A\x85B", "A\x9bB"])
def test_a_number_holds_no_control_character_of_the_upper_half_either(api: Api, number: str) -> None:
    assert api.as_("planner").post(ORDERS, _order(woNo=number)).field_paths == ["woNo"]
    escaped = "".join(c if c.isalnum() and c.isascii() else f"\\u{ord(c):04x}" for c in number)
    raw = f'{{"woNo": "{escaped}", "productCode": "P-1", "plannedQty": 1}}'.encode()
    assert api.as_("planner").post(ORDERS, raw).field_paths == ["woNo"]


@pytest.mark.parametrize("depth", [100, 199, 200, 40_000])
def test_deeply_nested_facts_are_kept_or_refused_but_never_a_fault(api: Api, depth: int) -> None:
    raw = b'{"woNo":"WO-X","productCode":"P","plannedQty":1,"meta":' + b'{"a":' * depth + b"1" + b"}" * depth + b"}"
    assert api.as_("planner").post(ORDERS, raw).code in (None, "VALIDATION_ERROR")
    assert api.as_("admin").get("/api/audit-logs").ok


# To judge a body holds up everybody who asks at the same time


@pytest.mark.parametrize(
    ("who", "path", "limit"),
    [("nobody", "/api/auth/sign-in/email", 16 * 1024), ("engineer", "/api/lines", 1024 * 1024), ("planner", ORDERS, 256 * 1024),
     ("engineer", "/api/routes/R/compile", 1024 * 1024), ("admin", "/api/users", 1024 * 1024)],
)  # fmt: skip
def test_a_body_is_no_larger_than_what_its_door_can_mean(api: Api, who: str, path: str, limit: int) -> None:
    asker = api.nobody if who == "nobody" else api.as_(who)
    refused = asker.post(path, b'{"x":["\\u0000"' + b",0" * (limit // 2) + b"]}")
    assert (refused.status, refused.code, dict(refused.details)) == (413, "PAYLOAD_TOO_LARGE", {"limitBytes": limit})
    assert asker.post(path, b'{"x":["' + b"0" * (limit - 10) + b'"]}').status in (404, 422)


def test_a_body_of_thousands_of_faults_is_refused_without_naming_each(api: Api) -> None:
    raw = b"{" + b",".join(b'"a%d":0' % number for number in range(5000)) + b"}"
    refused = api.as_("engineer").post("/api/lines", raw)
    assert (refused.code, refused.field_paths) == ("VALIDATION_ERROR", [""])


def test_a_large_body_of_the_right_shape_is_looked_through_too(api: Api) -> None:
    serials = [f"{number:064d}" for number in range(999)]
    raw = ('{"sns": ["' + '", "'.join([*serials, "A\\u0085B"]) + '"]}').encode()
    assert len(raw) > 64 * 1024
    assert api.as_("planner").post("/api/runs/RUN-X/units", raw).code == "VALIDATION_ERROR"


@pytest.mark.parametrize(
    "headers",
    [{"host": "["}, {"hx_request": "true", "hx_current_url": "http://["}, {"host": "[", "hx_request": "true"}],
)
def test_an_address_that_is_none_leads_to_the_sign_in_and_is_no_fault(api: Api, headers: dict[str, str]) -> None:
    answer = api.nobody.with_headers(**headers).get("/work-orders")
    led = answer.headers.get("location") or answer.headers.get("hx-redirect")
    assert led
    assert led.startswith("/sign-in")


def test_a_line_is_not_given_thousands_of_settings(api: Api) -> None:
    refused = api.as_("engineer").put("/api/lines/LINE-A/settings", {f"no.such.{n}": n for n in range(2000)})
    assert (refused.code, len(refused.details["fields"])) == ("VALIDATION_ERROR", 1)
    named = api.as_("engineer").put("/api/lines/LINE-A/settings", {"x" * 5000: 1})
    assert named.code == "VALIDATION_ERROR"
    assert len(named.text) < 2000


def test_what_is_looked_for_among_runs_is_meant_as_it_is_written(plant: Plant) -> None:
    plant.material("P-1", name="Main board")
    floor = Floor(plant)
    floor.run()
    found = {
        text: floor.planner.get("/api/runs", search=text).must()["total"] for text in ("main B", "Main_board", "%")
    }
    assert found == {"main B": 1, "Main_board": 0, "%": 0}
