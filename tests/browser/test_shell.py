"""The scripts of the pages in a real browser, under the strict policy that the product sends."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.browser.shell_stand import Stand, standing


@pytest.fixture(scope="module")
def ground() -> Iterator[Stand]:
    with standing() as stand:
        yield stand


@pytest.fixture
def stand(ground: Stand) -> Stand:
    ground.calls.clear()
    ground.answers.clear()
    return ground


@pytest.fixture
def tab(browser: Any) -> Iterator[Any]:
    """A tab of a 7-inch terminal. A fault in a script, or a breach of the policy, fails the test."""
    context = browser.new_context(viewport={"width": 1024, "height": 600})
    context.set_default_timeout(30_000)
    page, faults = context.new_page(), []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if "Content Security Policy" in said.text else None)
    yield page
    context.close()
    assert faults == []


def at(tab: Any, stand: Stand, path: str) -> Any:
    tab.goto(stand.address + path)
    return tab


def scan(tab: Any, code: str) -> None:
    tab.keyboard.type(code)
    tab.keyboard.press("Enter")


def listening(tab: Any) -> bool:
    return bool(tab.evaluate("document.activeElement.matches('[data-scan-input]')"))


def refusal(code: str, **details: Any) -> dict[str, Any]:
    return {"ok": False, "error": {"code": code, "message": f"No: {code}", "details": details}}


@contextmanager
def before_the_scripts(tab: Any, stand: Stand, path: str) -> Iterator[Any]:
    """A page that can be pressed already, while its scripts are still on the way; they come when the block ends."""
    came: list[Any] = []

    def hold(route: Any) -> None:
        came.append(route)

    tab.route("**/js/main.js*", hold, times=1)
    tab.goto(stand.address + path, wait_until="commit")
    tab.wait_for_function("() => document.readyState === 'interactive'")
    yield tab
    while not came:
        tab.wait_for_timeout(10)
    came[0].continue_()


def wait_for_calls(stand: Stand, tab: Any, number: int) -> None:
    """Wait until the API was asked so often; whoever asks for more is found by the next look at the calls."""
    for _ in range(3000):
        if len(stand.calls) >= number:
            return
        tab.wait_for_timeout(10)
    raise AssertionError(f"{len(stand.calls)} calls, not {number}")


def open_dialog(tab: Any, stand: Stand) -> None:
    at(tab, stand, "/desk").click("[data-dialog]")
    tab.wait_for_selector("#fd-dialog form")


def send(tab: Any) -> None:
    tab.click("#fd-dialog [type=submit]")


# ---- before the scripts are there -----------------------------------------------------------------------------------


def test_what_is_scanned_before_the_scripts_are_there_is_sent_scan_by_scan(tab: Any, stand: Stand) -> None:
    with before_the_scripts(tab, stand, "/station"):
        tab.focus("[data-scan-input]")
        scan(tab, "DO-1")
        scan(tab, "DO-2")
        tab.keyboard.type("DO-")
    tab.wait_for_selector(".fd-verdict-ok")
    tab.keyboard.type("3")
    tab.keyboard.press("Enter")
    wait_for_calls(stand, tab, 3)
    assert [call["body"]["sn"] for call in stand.calls] == ["DO-1", "DO-2", "DO-3"]
    assert urlsplit(tab.url).query == ""


def test_what_is_pressed_before_the_scripts_are_there_is_done_once(tab: Any, stand: Stand) -> None:
    with before_the_scripts(tab, stand, "/desk"):
        tab.click("[data-dialog]")
        assert tab.is_hidden("#fd-dialog")
    tab.wait_for_selector("#fd-dialog form")
    with before_the_scripts(tab, stand, "/desk"):
        tab.click("[data-api='POST /api/look']")
        assert stand.calls == []
    wait_for_calls(stand, tab, 1)
    tab.wait_for_load_state("load")
    tab.wait_for_timeout(100)
    assert [call["path"] for call in stand.calls] == ["/api/look"]


def test_enter_before_the_scripts_are_there_passes_no_board(tab: Any, stand: Stand) -> None:
    with before_the_scripts(tab, stand, "/station"):
        tab.fill("[name='data.height']", "0.1")
        tab.check("[name='data.clean'][value=true]")
        tab.press("[name='data.height']", "Enter")
    tab.wait_for_load_state("load")
    tab.wait_for_timeout(100)
    assert stand.calls == []
    assert tab.input_value("[name='data.height']") == "0.1"
    assert urlsplit(tab.url).query == ""


# ---- the scan box ---------------------------------------------------------------------------------------------------


def test_one_scan_is_one_action_however_often_the_scanner_bounces(tab: Any, stand: Stand) -> None:
    at(tab, stand, "/station")
    assert listening(tab)
    tab.evaluate("""() => {
        const box = document.querySelector("[data-scan-input]");
        for (const _ of ["scan", "bounce"]) { box.value = "DO-1"; box.form.requestSubmit(); }
    }""")
    tab.wait_for_selector(".fd-verdict-ok")
    tab.wait_for_selector(".fd-flash-on.fd-flash-ok", state="attached")
    assert [(call["path"], call["body"]) for call in stand.calls] == [("/api/track-in", {"sn": "DO-1"})]
    assert len(stand.calls[0]["key"]) == 32
    tab.wait_for_selector(".fd-flash-on", state="detached")
    assert listening(tab)


def test_a_refused_scan_is_red_and_says_why(tab: Any, stand: Stand) -> None:
    stand.answers.append((409, refusal("RUN_ON_HOLD")))
    at(tab, stand, "/station")
    scan(tab, "DO-1")
    assert "RUN_ON_HOLD" in tab.inner_text(".fd-verdict-bad")


def test_a_scan_that_only_looks_sends_nothing(tab: Any, stand: Stand) -> None:
    at(tab, stand, "/station")
    scan(tab, "LOOK-1")
    assert "Ask the leader" in tab.inner_text(".fd-verdict-bad")
    assert stand.calls == []


def test_a_scan_is_kept_over_a_lost_network_and_a_reload_and_sent_once_with_its_key(tab: Any, stand: Stand) -> None:
    keys: list[str] = []

    def cut(route: Any) -> None:
        if route.request.method == "POST":  # the bell asks for its count too, and gets no answer either
            keys.append(route.request.headers["idempotency-key"])
        route.abort()

    at(tab, stand, "/station")
    tab.route("**/api/**", cut)
    scan(tab, "DO-7")
    assert "DO-7" in tab.inner_text("[data-kept] li")
    assert tab.is_visible("#fd-offline")
    tab.reload()
    assert "DO-7" in tab.inner_text("[data-kept] li")
    tab.unroute("**/api/**")
    tab.click("[data-kept] button >> nth=0")
    tab.wait_for_selector(".fd-verdict-ok")
    assert [call["key"] for call in stand.calls] == [keys[0]]
    assert set(keys) == {keys[0]}
    assert tab.is_hidden("[data-kept]")
    assert tab.is_hidden("#fd-offline")


def test_a_busy_system_keeps_the_scan(tab: Any, stand: Stand) -> None:
    stand.answers.append((503, refusal("WRITE_QUEUE_FULL")))
    at(tab, stand, "/station")
    scan(tab, "DO-8")
    tab.click("[data-kept] button >> nth=0")
    tab.wait_for_selector(".fd-verdict-ok")
    assert len({call["key"] for call in stand.calls}) == 1


def test_a_scan_whose_look_up_fails_is_not_lost(tab: Any, stand: Stand) -> None:
    at(tab, stand, "/station")
    scan(tab, "BROKEN-1")
    assert "BROKEN-1" in tab.inner_text("[data-kept] li")


def test_a_scan_into_a_data_field_does_not_pass_the_board(tab: Any, stand: Stand) -> None:
    at(tab, stand, "/station").focus("[name='data.height']")
    scan(tab, "0.1")
    assert tab.evaluate("document.activeElement.name") == "data.clean"
    assert stand.calls == []


# ---- forms ----------------------------------------------------------------------------------------------------------


def test_pass_needs_its_data_and_a_chinese_keyboard_can_give_it(tab: Any, stand: Stand) -> None:
    at(tab, stand, "/station").keyboard.press("F8")
    assert tab.locator("form [aria-invalid=true]").count() == 3
    assert stand.calls == []
    tab.fill("[name='data.height']", "０。19")
    assert "Outside the limits" in tab.inner_text("[data-field='data.height']")
    tab.click(".fd-choice label >> nth=1")
    tab.keyboard.press("F8")
    tab.wait_for_selector(".fd-verdict-ok")
    assert stand.calls[0]["body"] == {"sn": "SN-1", "data": {"height": 0.19, "clean": False}, "result": "PASS"}


def test_fail_goes_with_what_there_is(tab: Any, stand: Stand) -> None:
    at(tab, stand, "/station").keyboard.press("F9")
    tab.wait_for_selector(".fd-verdict-ok")
    assert stand.calls[0]["body"] == {"sn": "SN-1", "result": "FAIL"}


def test_fields_become_json(tab: Any, stand: Stand) -> None:
    open_dialog(tab, stand)
    tab.fill("[name=woNo]", "  WO-1 ")
    served = tab.inner_text("#part")
    send(tab)
    tab.wait_for_function("text => document.getElementById('part').innerText !== text", arg=served)
    assert not tab.evaluate("document.getElementById('fd-dialog').open")
    assert stand.calls[0]["path"] == "/api/work-orders/by%20hand"
    assert stand.calls[0]["language"] == "en"
    assert stand.calls[0]["body"] == {
        "woNo": "WO-1",
        "spec": {"qty": 100},
        "due": "2025-06-01T06:43:00Z",
        "urgent": False,
        "line": None,
        "tags": ["a", "b", "c"],
    }


def test_a_refused_field_is_marked_where_it_stands(tab: Any, stand: Stand) -> None:
    fields = [{"path": "spec.qty", "reason": "too many"}, {"path": "lineCode", "reason": "is missing"}]
    stand.answers.append((422, refusal("VALIDATION_ERROR", fields=fields)))
    open_dialog(tab, stand)
    tab.fill("[name=woNo]", "WO-1")
    send(tab)
    tab.wait_for_selector("#fd-dialog .alert")
    assert tab.inner_text("[data-field='spec.qty'] [data-fault]") == "too many"
    assert "is missing" in tab.inner_text("#fd-dialog .alert")
    assert "VALIDATION_ERROR" in tab.inner_text("#fd-dialog .alert")
    assert tab.input_value("[name=woNo]") == "WO-1"


def test_a_double_click_sends_once(tab: Any, stand: Stand) -> None:
    open_dialog(tab, stand)
    tab.fill("[name=woNo]", "WO-1")
    tab.evaluate(
        "() => { const send = document.querySelector('#fd-dialog [type=submit]'); send.click(); send.click(); }"
    )
    tab.wait_for_selector(".fd-toast")
    assert len(stand.calls) == 1


@pytest.mark.parametrize(("status", "code", "same"), [(503, "WRITE_QUEUE_FULL", True), (409, "DUPLICATE", False)])
def test_an_answer_renews_the_key_and_a_busy_system_does_not(
    tab: Any, stand: Stand, status: int, code: str, *, same: bool
) -> None:
    stand.answers.append((status, refusal(code)))
    open_dialog(tab, stand)
    tab.fill("[name=woNo]", "WO-1")
    send(tab)
    tab.wait_for_selector("#fd-dialog .alert")
    send(tab)
    tab.wait_for_selector(".fd-toast")
    first, second = (call["key"] for call in stand.calls)
    assert (first == second) is same


def test_a_reason_is_asked_for_and_sent(tab: Any, stand: Stand) -> None:
    at(tab, stand, "/desk").click("text=Revoke")
    tab.click("#fd-ask-yes")
    assert tab.inner_text("#fd-ask-fault") == "At least 4 characters."
    tab.fill("#fd-ask-text", "line change")
    tab.click("#fd-ask-yes")
    tab.wait_for_selector(".fd-toast")
    assert stand.calls[0]["body"] == {"reason": "line change"}


def test_second_thoughts_send_nothing(tab: Any, stand: Stand) -> None:
    at(tab, stand, "/desk").click("text=Revoke")
    tab.keyboard.press("Escape")
    tab.wait_for_selector("#fd-ask", state="hidden")
    assert stand.calls == []


@pytest.mark.parametrize(("answered", "sent"), [("#fd-ask-yes", 2), ("#fd-ask [data-close]", 1)])
def test_a_question_stays_while_an_earlier_answer_comes_and_the_page_is_fresh_after_it(
    tab: Any, stand: Stand, answered: str, sent: int
) -> None:
    at(tab, stand, "/desk")
    served = tab.inner_text("#part")
    stand.may_answer.clear()
    tab.click("text=Look again")
    tab.click("text=Revoke")
    tab.fill("#fd-ask-text", "line change")
    stand.may_answer.set()
    tab.wait_for_selector(".fd-toast")
    assert tab.is_visible("#fd-ask"), "the page must not be loaded anew under a question"
    tab.click(answered)
    tab.wait_for_function("served => document.getElementById('part')?.textContent !== served", arg=served)
    assert len(stand.calls) == sent


# ---- reading --------------------------------------------------------------------------------------------------------


def test_filters_and_order_stand_in_the_address(tab: Any, stand: Stand) -> None:
    at(tab, stand, "/desk").click("th a")
    tab.wait_for_url("**/desk?sort=runNo.asc")
    tab.keyboard.press("/")
    tab.keyboard.type("zzz")
    tab.wait_for_url("**/desk?search=zzz&sort=runNo.asc")
    tab.wait_for_selector("#list .fd-empty")
    assert tab.evaluate("document.activeElement.value") == "zzz"
    tab.go_back()
    tab.wait_for_selector("#list tbody tr")


def test_a_list_that_could_not_be_loaded_says_so(tab: Any, stand: Stand) -> None:
    at(tab, stand, "/desk?status=x")
    tab.evaluate("htmx.ajax('GET', '/desk?status=BROKEN', {target: '#list', select: '#list', swap: 'outerHTML'})")
    tab.wait_for_selector("#list .fd-unloaded")
    assert tab.is_visible("#list tbody tr")


def test_theme_language_and_keys(tab: Any, stand: Stand) -> None:
    at(tab, stand, "/desk").click("[data-theme-switch]")
    tab.reload()
    assert tab.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    with tab.expect_navigation():
        tab.click("[data-language='zh-CN']")
    assert "fiducial_lang=zh-CN" in tab.evaluate("document.cookie")
    tab.keyboard.press("?")
    assert tab.is_visible("#fd-keys")
    tab.keyboard.press("Escape")
    assert tab.is_hidden("#fd-keys")
