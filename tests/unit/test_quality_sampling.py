"""Sampling plans: read from tables that are data, held against the public-domain MIL-STD-105E, drawn so that anybody can repeat it."""

from __future__ import annotations

from itertools import pairwise
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiducial.quality.sampling.choosing import percent_of
from fiducial.quality.sampling.draw import draw, fingerprint, new_seed
from fiducial.quality.sampling.plans import LETTERS, plan_for
from fiducial.quality.sampling.seeded import AQLS, letters, plans
from fiducial.quality.sampling.switching import proposed

TABLE = {"letters": letters(), "plans": plans()}

# MIL-STD-105E (10 May 1989, public domain), table I: sample size code letters, S-1 S-2 S-3 S-4 I II III by the largest lot.
MIL_LETTERS = {
    8: "AAAAAAB", 15: "AAAAABC", 25: "AABBBCD", 50: "ABBCCDE", 90: "BBCCCEF", 150: "BBCDDFG", 280: "BCDEEGH", 500: "BCDEFHJ",
    1200: "CCEFGJK", 3200: "CDEGHKL", 10_000: "CDFGJLM", 35_000: "CDFHKMN", 150_000: "DEGJLNP", 500_000: "DEGJMPQ", 10**9: "DEHKNQR",
}  # fmt: skip
# Table II-A, single sampling, normal inspection: sample sizes, and the letters at which each AQL has its acceptance numbers
# 0 1 2 3 5 7 10 14 21; between 0 and 1 stand an arrow up and an arrow down, before them arrows down, after them arrows up.
MIL_SIZES = dict(
    zip("ABCDEFGHJKLMNPQR", (2, 3, 5, 8, 13, 20, 32, 50, 80, 125, 200, 315, 500, 800, 1250, 2000), strict=True)
)
MIL_PLANS = {
    "0.10": ("K", "NPQR"), "0.15": ("J", "MNPQR"), "0.25": ("H", "LMNPQR"), "0.40": ("G", "KLMNPQR"), "0.65": ("F", "JKLMNPQR"),
    "1.0": ("E", "HJKLMNPQ"), "1.5": ("D", "GHJKLMNP"), "2.5": ("C", "FGHJKLMN"), "4.0": ("B", "EFGHJKLM"), "6.5": ("A", "DEFGHJKL"),
}  # fmt: skip
NUMBERS = (1, 2, 3, 5, 7, 10, 14, 21)


def by_the_standard(letter: str, aql: str) -> tuple[int, int]:
    """Sample and acceptance number of MIL-STD-105E for a letter, arrows followed."""
    zero, more = MIL_PLANS[aql]
    acceptance = {zero: 0, **dict(zip(more, NUMBERS, strict=False))}
    if letter in acceptance:
        return MIL_SIZES[letter], acceptance[letter]
    place = LETTERS.index(letter)
    if place < LETTERS.index(zero):
        used = zero
    elif place == LETTERS.index(zero) + 1:
        used = zero  # the arrow up
    elif place < LETTERS.index(more[0]):
        used = more[0]  # the arrow down
    else:
        used = [one for one in more if one in acceptance][-1]
    return MIL_SIZES[used], acceptance[used]


@pytest.mark.parametrize("level", ["S-1", "S-2", "S-3", "S-4", "I", "II", "III"])
def test_every_code_letter_is_that_of_the_standard(level: str) -> None:
    place = ["S-1", "S-2", "S-3", "S-4", "I", "II", "III"].index(level)
    lots = list(MIL_LETTERS)
    for lot, code in MIL_LETTERS.items():
        first = 2 if lot == 8 else lots[lots.index(lot) - 1] + 1
        for size in (first, min(lot, 2_000_000)):
            plan = plan_for(TABLE, lot=size, level=level, aql="6.5", severity="NORMAL")
            assert plan is not None
            assert plan.letter == code[place], (size, level)


@pytest.mark.parametrize("aql", AQLS)
def test_every_plan_is_that_of_the_standard(aql: str) -> None:
    lot_of = {code[5]: lot for lot, code in MIL_LETTERS.items()} | {"R": 10**9}
    for letter, lot in lot_of.items():
        level = "II" if letter != "R" else "III"
        plan = plan_for(TABLE, lot=lot, level=level, aql=aql, severity="NORMAL")
        assert plan is not None
        n, ac = by_the_standard(letter, aql)
        assert (plan.letter, plan.n, plan.ac, plan.re) == (letter, min(n, lot), ac, ac + 1)


@pytest.mark.parametrize(
    ("lot", "aql", "letter", "n", "ac"), [(1000, "0.65", "J", 80, 1), (40, "2.5", "D", 5, 0), (60, "2.5", "E", 20, 1)]
)
def test_the_checks_of_the_specification(lot: int, aql: str, letter: str, n: int, ac: int) -> None:
    plan = plan_for(TABLE, lot=lot, level="II", aql=aql, severity="NORMAL")
    assert plan is not None
    assert (plan.letter, plan.n, plan.ac) == (letter, n, ac)


def test_a_lot_of_one_is_inspected_and_a_plan_never_asks_for_more_than_the_lot() -> None:
    one = plan_for(TABLE, lot=1, level="II", aql="0.10", severity="NORMAL")
    assert one is not None
    assert (one.n, one.ac) == (1, 0)
    small = plan_for(TABLE, lot=10, level="III", aql="0.10", severity="NORMAL")
    assert small is not None
    assert (small.n, small.ac) == (10, 0), "inspect all, with the Ac of the plan"


def test_what_a_table_does_not_have_gives_no_plan() -> None:
    assert plan_for(TABLE, lot=100, level="II", aql="2.5", severity="TIGHTENED") is None
    assert plan_for(TABLE, lot=100, level="II", aql="15", severity="NORMAL") is None
    nowhere = {
        "letters": letters(),
        "plans": [{"severity": "NORMAL", "letter": "F", "n": 20, "entries": {"1.0": "UP"}}],
    }
    assert plan_for(nowhere, lot=100, level="II", aql="1.0", severity="NORMAL") is None


@given(st.integers(1, 400), st.data())
def test_a_draw_is_a_sample_without_replacement_and_can_be_repeated(size: int, data: st.DataObject) -> None:
    lot = [f"SN-{number:04d}" for number in range(size)]
    wanted = data.draw(st.integers(0, size))
    seed = new_seed()
    drawn = draw(seed, lot, wanted)
    assert drawn == draw(seed, list(reversed(lot)), wanted)
    assert len(set(drawn)) == wanted
    assert set(drawn) <= set(lot)
    assert fingerprint(lot) == fingerprint(list(reversed(lot)))


def test_every_unit_is_drawn_about_as_often_as_any_other() -> None:
    lot = [f"SN-{number}" for number in range(20)]
    often = dict.fromkeys(lot, 0)
    for number in range(2000):
        for sn in draw(f"seed-{number}", lot, 5):
            often[sn] += 1
    assert all(400 < count < 600 for count in often.values()), often


@pytest.mark.parametrize(
    ("lot", "percent", "size"),
    [(3, 60, 2), (10, 10, 1), (1, 1, 1), (100, 0, 0), (7, 100, 7), (1000, 0.1, 1), (3, 33.333333, 1)],
)
def test_a_percentage_is_rounded_up_and_at_least_one(lot: int, percent: float, size: int) -> None:
    assert percent_of(lot, percent) == size


@pytest.mark.parametrize(
    ("severity", "newest_first", "says"),
    [
        ("NORMAL", ["FAIL", "PASS", "FAIL"], "TIGHTENED"), ("NORMAL", ["FAIL", *["PASS"] * 5], "NORMAL"), ("NORMAL", ["PASS"] * 10, "REDUCED"),
        ("NORMAL", ["PASS"] * 9, "NORMAL"), ("TIGHTENED", ["PASS"] * 5, "NORMAL"), ("TIGHTENED", ["PASS"] * 4, "TIGHTENED"),
        ("TIGHTENED", ["PASS", "FAIL", "PASS", "PASS", "PASS"], "TIGHTENED"), ("REDUCED", ["FAIL", "PASS"], "NORMAL"),
        ("REDUCED", ["PASS"], "REDUCED"),
        ("REDUCED", [], "REDUCED"),
    ],
)  # fmt: skip
def test_the_switching_rules_propose(severity: str, newest_first: list[str], says: str) -> None:
    assert proposed(severity, newest_first) == says


# What must be true of such tables whatever they say: held against typing slips that a second table typed by the same hand would share.


def plan_of(letter: str, aql: str) -> tuple[str, int, int]:
    """The plan that a letter leads to: its own letter, sample, acceptance number."""
    rows = {row["letter"]: row for row in plans()}
    place = LETTERS.index(letter)
    while rows[LETTERS[place]]["entries"][aql] in ("UP", "DOWN"):
        place += 1 if rows[LETTERS[place]]["entries"][aql] == "DOWN" else -1
    return LETTERS[place], rows[LETTERS[place]]["n"], int(rows[LETTERS[place]]["entries"][aql])


def test_sample_sizes_are_preferred_numbers_a_fifth_of_a_decade_apart() -> None:
    """R5: each is about 10^(1/5) = 1.585 times the one before (2 3 5 8 13 20 …)."""
    sizes = [row["n"] for row in plans()]
    assert all(1.45 <= after / before <= 1.7 for before, after in pairwise(sizes)), sizes


def test_lots_have_no_gap_and_a_larger_lot_or_a_higher_level_never_a_smaller_letter() -> None:
    rows = letters()
    assert rows[0]["lotFrom"] == 2
    assert rows[-1]["lotTo"] is None
    for before, after in pairwise(rows):
        assert after["lotFrom"] == before["lotTo"] + 1
        for level in before["levels"]:
            assert before["levels"][level] <= after["levels"][level], level
    for row in rows:
        for order in (("S-1", "S-2", "S-3", "S-4"), ("I", "II", "III")):
            codes = [row["levels"][level] for level in order]
            assert codes == sorted(codes), row


@pytest.mark.parametrize("aql", AQLS)
def test_every_arrow_leads_to_a_plan_and_larger_samples_accept_no_fewer(aql: str) -> None:
    found = [plan_of(letter, aql) for letter in LETTERS]
    numbers = [ac for _, _, ac in found]
    assert numbers == sorted(numbers)
    assert set(numbers) <= {0, *NUMBERS}
    sizes = [n for _, n, _ in found]
    assert sizes == sorted(sizes), "who has a larger lot never looks at fewer"


@pytest.mark.parametrize("letter", LETTERS)
def test_a_milder_aql_never_accepts_fewer_of_one_sample(letter: str) -> None:
    row = next(row for row in plans() if row["letter"] == letter)
    numbers = [entry for aql in AQLS if isinstance(entry := row["entries"][aql], int)]
    assert numbers == sorted(numbers)
    assert len(set(numbers)) == len(numbers)


def test_the_same_number_stands_on_a_diagonal() -> None:
    """One letter further and one AQL stricter is the same acceptance number: n times AQL stays what it was."""
    rows = {row["letter"]: row["entries"] for row in plans()}
    for upper, lower in pairwise(LETTERS):
        for strict, mild in pairwise(AQLS):
            here, there = rows[upper][mild], rows[lower][strict]
            if isinstance(here, int) and isinstance(there, int):
                assert here == there, (upper, mild, lower, strict)


def accepted_at(n: int, ac: int, share: float) -> float:
    """The chance that a lot with this share of bad units is accepted (binomial)."""
    return sum(comb(n, bad) * share**bad * (1 - share) ** (n - bad) for bad in range(ac + 1))


@pytest.mark.parametrize("aql", AQLS)
def test_a_lot_as_good_as_its_aql_is_accepted_nine_times_in_ten_and_a_far_worse_one_hardly_ever(aql: str) -> None:
    """The operating characteristic of normal inspection: about 88 % and more at the AQL."""
    share = float(aql) / 100
    for letter in LETTERS:
        _, n, ac = plan_of(letter, aql)
        assert 0.87 <= accepted_at(n, ac, share) <= 0.998, (letter, n, ac)
        assert accepted_at(n, ac, min(0.999, (ac + 1) * 4 / n)) < 0.25, (letter, n, ac)
