"""The shell of the pages: what the menu shows, how lists link, what the macros make of what they are given."""

from typing import Any

import pytest
from jinja2 import Environment, UndefinedError

from fiducial.kit.text import LANGUAGES, Text, use_language
from fiducial.web.lists import Address, Listing
from fiducial.web.shell import (
    MenuItem,
    Page,
    Person,
    Status,
    Statuses,
    StatusSet,
    make_environment,
    make_ready,
    menu_for,
)

PLAN, WORK = Text("Planning"), Text("Work")
MENU = (
    MenuItem(label=Text("Runs"), url="/runs", icon="stack-2", group=PLAN, permissions=("run:read",)),
    MenuItem(
        label=Text("Archive"), url="/runs/archive", icon="box", group=PLAN, permissions=("run:read", "trace:read")
    ),
    MenuItem(label=Text("Help"), url="/help", icon="help", group=WORK),
)
RUN = StatusSet(kind="run", states=(Status(code="PREP", label=Text("Pages"), colour="azure"),))


@pytest.fixture(scope="module")
def pages() -> Environment:
    return make_environment(statuses=(RUN,), static_url="/static/x")


def shown(pages: Environment, body: str, language: str = "en", **given: Any) -> str:
    with use_language(language):
        return pages.from_string('{% import "web/ui.html" as ui %}' + body).render(**given)


def listing(items: list[Any], query: dict[str, str], **more: Any) -> Listing:
    return Listing(items=items, total=len(items), page=1, page_size=30, address=Address("/runs", query), **more)


# ---- the menu -------------------------------------------------------------------------------------------------------


def test_a_person_sees_what_they_may_open() -> None:
    entries = [entry.item.url for group in menu_for({"trace:read"}, MENU) for entry in group.entries]
    assert entries == ["/runs/archive", "/help"]


def test_a_group_without_an_entry_is_not_there() -> None:
    assert [group.label for group in menu_for((), MENU)] == [WORK]


def test_the_entry_that_leads_furthest_is_active() -> None:
    groups = menu_for({"run:read"}, MENU, "/runs/archive/2025")
    assert [entry.item.url for group in groups for entry in group.entries if entry.active] == ["/runs/archive"]
    assert [group.active for group in groups] == [True, False]


def test_a_state_is_declared_once() -> None:
    with pytest.raises(ValueError, match="declared twice"):
        Statuses((RUN, RUN))


# ---- lists ----------------------------------------------------------------------------------------------------------


def test_sorting_turns_round_and_begins_at_the_first_page() -> None:
    runs = listing([1], {"sort": "runNo.asc", "page": "7", "status": "PREP"})
    assert runs.sort_url("runNo") == "/runs?sort=runNo.desc&status=PREP"
    assert runs.sort_url("planQty") == "/runs?sort=planQty.asc&status=PREP"


def test_a_capped_total_says_so(pages: Environment) -> None:
    many = Listing(
        items=[1] * 30, total=1000, page=2, page_size=30, address=Address("/runs", {"page": "2"}), capped=True
    )
    assert "31–60 of 1,000+" in shown(pages, "{{ ui.pager(runs) }}", runs=many)


def test_an_empty_list_says_why(pages: Environment) -> None:
    table = '{% call(row) ui.table(runs, [column("Run")], empty_title="No runs yet") %}{% endcall %}'
    assert "No runs yet" in shown(pages, table, runs=listing([], {}))
    filtered = shown(pages, table, runs=listing([], {"status": "PREP"}))
    assert "Nothing matches the filters" in filtered
    assert 'href="/runs"' in filtered


def test_what_somebody_typed_stays_text(pages: Environment) -> None:
    evil = '"><script>alert(1)</script>'
    html = shown(
        pages,
        "{{ ui.key(evil, evil) }}{{ ui.text(evil, evil, evil) }}{{ ui.verdict('bad', evil, evil, evil, evil) }}"
        "{{ ui.action(evil, api=evil, body={'a': evil}, reason=evil) }}{{ ui.facts([(evil, evil)]) }}"
        "{{ ui.scan(evil) }}{{ ui.flag(evil, title=evil) }}{{ ui.filter_text(runs, 'status', evil) }}",
        evil=evil,
        runs=listing([], {"status": evil}),
    )
    assert "<script" not in html


# ---- parts ----------------------------------------------------------------------------------------------------------


def test_a_state_is_shown_with_its_label_and_an_unknown_one_as_it_is(pages: Environment) -> None:
    assert "页" in shown(pages, '{{ ui.status("run", "PREP") }}', "zh-CN")
    assert "MARS" in shown(pages, '{{ ui.status("run", "MARS") }}')


def test_what_one_may_not_do_is_not_there_and_what_cannot_be_done_says_why(pages: Environment) -> None:
    assert shown(pages, '{{ ui.action("Go", api="POST /api/x", shown=false) }}').strip() == ""
    blocked = shown(pages, '{{ ui.action("Go", api="POST /api/x", blocked="Not signed") }}')
    assert "disabled" in blocked
    assert "Not signed" in blocked
    assert "data-api" not in blocked


def test_an_instant_is_shown_in_the_zone_of_the_plant(pages: Environment) -> None:
    html = shown(pages, "{{ 1748760180000|instant }} {{ none|instant }}")
    assert html == '<time datetime="2025-06-01T06:43:00Z" title="2025-06-01 06:43:00 UTC">2025-06-01 14:43</time> –'


def test_a_span_of_time_speaks_the_language_of_each_reader(pages: Environment) -> None:
    template = pages.from_string("{{ 7380|duration }}")
    with use_language("zh-CN"):
        assert template.render() == "2 小时 03 分"
    with use_language("en"):
        assert template.render() == "2 h 03 min"


@pytest.mark.parametrize(
    ("value", "text"), [(None, "–"), (1234567, "1,234,567"), (0.1, "0.1"), (1e-7, "0.0000001"), (12345.5, "12,345.5")]
)
def test_a_measured_value_keeps_its_digits(pages: Environment, value: float | None, text: str) -> None:
    assert shown(pages, "{{ value|number }}", value=value) == text


def test_a_forgotten_value_is_a_fault_not_a_blank(pages: Environment) -> None:
    with pytest.raises(UndefinedError):
        shown(pages, "{{ ui.key(nobody_gave_this) }}")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("person", [None, Person(name="王小明", roles=("operator",))])
def test_the_frame_stands_without_inline_script_or_style(
    pages: Environment, language: str, person: Person | None
) -> None:
    with use_language(language):
        page = Page(
            path="/help", person=person, menu=menu_for((), MENU, "/help"), demo=True, search_url="/trace", unread=3
        )
        html = pages.get_template("web/refusal.html").render(
            page=page, code="RUN_NOT_FOUND", message="Run not found.", status=404, path="/runs/X"
        )
    assert f'lang="{language}"' in html
    for inline in ("style=", "onclick", "onload", "<style", "<script>", "hx-on"):
        assert inline not in html


def test_after_a_start_every_template_is_compiled_before_it_is_asked_for() -> None:
    """The first page after a start took as long as its templates: they are compiled on a thread that nobody waits for."""
    environment = make_environment()
    thread = make_ready(environment)
    assert thread.daemon
    thread.join(30)
    compiled = {name for _loader, name in environment.cache.keys()}  # type: ignore[union-attr]  # noqa: SIM118
    assert compiled == set(environment.list_templates(extensions=["html"]))


def test_a_number_with_one_limit_says_which_and_ticks_name_their_words(pages: Environment) -> None:
    least = shown(pages, '{{ ui.number("t", "Tension", low=30, unit="N/cm") }}')
    assert "≥ 30 N/cm" in least
    assert "≤ 5" in shown(pages, '{{ ui.number("t", "Tension", high=5) }}')
    assert "1 … 5" in shown(pages, '{{ ui.number("t", "Tension", low=1, high=5) }}')
    ticks = shown(pages, '{{ ui.ticks("kinds", "Kinds", [("A", "first"), ("B", "second")], ["B"]) }}')
    assert 'data-ticks="kinds"' in ticks
    assert 'value="B" checked' in ticks
    assert "first" in ticks


def test_data_is_shown_in_its_own_letters(pages: Environment) -> None:
    assert "复判" in shown(pages, "{{ {'remark': '复判'}|indented }}")
