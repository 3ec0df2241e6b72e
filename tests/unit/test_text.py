"""The words people read: which language, and what is shown when."""

import pytest

from fiducial.kit.text import LANGUAGES, Text, current_language, gettext, negotiate, use_language


@pytest.mark.parametrize(
    ("asked", "chosen", "answered"),
    [
        (None, None, "zh-CN"),
        ("", None, "zh-CN"),
        ("en", None, "en"),
        ("en-GB,en;q=0.9", None, "en"),
        ("zh-TW", None, "zh-CN"),
        ("fr", None, "zh-CN"),
        ("fr;q=1, en;q=0.5, zh;q=0.4", None, "en"),
        ("en;q=0, zh", None, "zh-CN"),
        ("en;q=0.5, zh;q=0.5", None, "en"),
        ("*", None, "zh-CN"),
        ("zh-CN", "en", "en"),
        ("en", "xx", "en"),
        (";;;,,=\x00" * 500, None, "zh-CN"),
    ],
)
def test_the_answer_is_in_the_language_that_was_asked_for(asked: str, chosen: str, answered: str) -> None:
    assert negotiate(asked, chosen) == answered


def test_a_declared_label_waits_until_somebody_reads_it() -> None:
    label = Text("Sign in")
    with use_language("zh-CN"):
        assert str(label) == "登录"
    with use_language("en"):
        assert str(label) == "Sign in"


def test_the_language_ends_with_its_block() -> None:
    before = current_language()
    with use_language("en"):
        assert current_language() == "en"
    assert current_language() == before


def test_an_unknown_language_is_a_fault_of_ours() -> None:
    with pytest.raises(ValueError, match="no catalogue"), use_language("fr"):
        pass


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_translates_to_the_header_of_the_catalogue(language: str) -> None:
    with use_language(language):
        assert gettext("") == ""


def test_a_label_is_escaped_on_a_page() -> None:
    assert Text("<b>").__html__() == "&lt;b&gt;"
