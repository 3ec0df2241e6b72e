"""Rules for a new password (spec 09.2)."""

from __future__ import annotations

import pytest

from fiducial.people.passwords import Hashing, common, faults_of, fresh_password, kinds_of

cheap = Hashing(time_cost=1, memory_kib=64)


def faults(password: str, *, username: str = "planner", classes: int = 3, mode: str = "production") -> list[str]:
    return faults_of(password, username=username, classes=classes, mode=mode)


@pytest.mark.parametrize(
    ("password", "rules"),
    [
        ("Solder-Paste-24h", []),
        ("Ab1-xyz", ["LENGTH"]),
        ("A1-" + "x" * 125, []),
        ("A1-" + "x" * 126, ["LENGTH"]),
        ("onlylowercase!", ["CLASSES"]),
        ("password1", ["CLASSES", "COMMON"]),
        ("ChangeMe123!", ["DEMO"]),
        ("test123!", ["DEMO"]),
        ("密码锡膏钢网刮刀AB", ["CLASSES"]),
    ],
)
def test_a_weak_password_is_told_which_rules_it_breaks(password: str, rules: list[str]) -> None:
    assert faults(password) == rules


def test_the_user_name_is_no_password_in_whatever_case() -> None:
    assert faults("Line.Lead-1", username="line.lead-1") == ["USERNAME"]


def test_demo_passwords_are_for_the_demo() -> None:
    assert faults("ChangeMe123!", mode="demo") == []


def test_classes_may_be_turned_off() -> None:
    assert faults("qzkvwxjmpy", classes=0) == []


def test_ten_thousand_common_passwords_are_known() -> None:
    assert len(common()) == 10_000


def test_a_fresh_password_meets_every_rule() -> None:
    made = {fresh_password() for _ in range(200)}
    assert len(made) == 200
    assert all(len(password) == 12 and kinds_of(password) == 4 for password in made)


def test_nobody_is_verified_as_long_as_somebody() -> None:
    kept = cheap.hash("Solder-Paste-24h")
    assert cheap.matches("Solder-Paste-24h", kept)
    assert not cheap.matches("solder-paste-24h", kept)
    assert not cheap.matches("anything")
    assert not cheap.matches("anything", None)
    assert not cheap.matches("anything", "no hash at all")
    assert cheap.matches("Solder-Paste-24h", cheap.hash("other"), kept)
