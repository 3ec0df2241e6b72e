"""The dataset `history` (spec 12.6): a past copied in bulk of what the program itself wrote, which keeps every rule that the program keeps."""

# ruff: noqa: F811 - the fixture `url` is imported

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import delete, func, select, update
from tests.api.demo_plant import house_of, opened, url  # noqa: F401 - a fixture
from tests.api.plant import TEST, run_statements

from fiducial.demo import loader
from fiducial.demo.finding import first_of, rows_of
from fiducial.demo.history import replay, shape
from fiducial.demo.history.shape import Size
from fiducial.execution.tables import data_values, tracks
from fiducial.kit import outbox
from fiducial.kit.acting import query
from fiducial.kit.audit_walk import Verification, verify
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx
from fiducial.loading.tables import records
from fiducial.ops.invariants import Broken, broken
from fiducial.orders.tables import runs, units
from fiducial.people.signing import content_hash
from fiducial.people.tables import signatures
from fiducial.plant.tables import lines, lots
from fiducial.quality.tables import defect_codes

AS_OF = "2026-11-21"  # a Saturday
SMALL = Size(days=3, units=120, smt=1, dip=1)
SMALLER = Size(days=2, units=24, smt=0, dip=1)


@query()
def promises_broken(tx: Tx) -> list[Broken]:
    return broken(tx.conn)


@query()
def codes_known(tx: Tx) -> list[str]:
    return [row.code for row in tx.all(select(defect_codes.c.code))]


@query()
def book(tx: Tx) -> Verification:
    return verify(tx)


@query()
def unsound_signatures(tx: Tx) -> list[str]:
    return [
        row.subject_type for row in tx.all(select(signatures))
        if content_hash(tx, row.subject_type, row.subject_id, row.meaning, row.content_version) != row.content_hash
    ]  # fmt: skip


def load(store: Store, url: str, folder: Path, size: Size, **more: object) -> Counter[str]:
    done = loader.load(store, house_of(url, folder), datasets=("base", "history"), as_of=AS_OF, size=size, **more)  # type: ignore[arg-type]
    return done.created


def count(store: Store, what: object) -> int:
    return int(store.read_now(TEST, first_of, select(func.count()).select_from(what)))  # type: ignore[arg-type]


def serials(store: Store) -> list[str]:
    return [row["sn"] for row in store.read_now(TEST, rows_of, select(units.c.sn).order_by(units.c.sn))]


def test_the_past_keeps_every_promise_of_the_program_and_is_made_once(url: str, tmp_path: Path) -> None:
    told: list[str] = []
    with opened(url, tmp_path) as store:
        made = load(store, url, tmp_path, SMALL, say=told.append)
        assert made["day"] == 3
        assert len(told) == 3
        assert "3 of 3 days" in told[-1]
        assert store.read_now(TEST, promises_broken) == []
        assert store.read_now(TEST, book).ok
        assert store.read_now(TEST, unsound_signatures) == []
        past = [sn for sn in serials(store) if not sn.startswith("HT")]
        assert len(past) == 120
        assert count(store, outbox.work) == 0, "its events are done"
        known = set(store.read_now(TEST, codes_known))
        assert {code for codes in shape.CODES.values() for code in codes} <= known, (
            "its defects are of codes that the plant knows"
        )
        lot = (
            select(func.count())
            .select_from(records.join(lots, lots.c.id == records.c.lot_id))
            .where(records.c.run_id.is_not(None))
        )
        assert store.read_now(TEST, first_of, lot) == count(store, records), "every reel is of a lot that is there"
        replayed = replay.sample(store, 60)
        assert replayed.units > 20
        assert replayed.broken == []
        assert load(store, url, tmp_path, SMALL).total() == 0
        of_line_a = select(func.count()).select_from(runs.join(lines)).where(lines.c.code == "LINE-A")
        assert store.read_now(TEST, first_of, of_line_a) == 0, "daily lists stay readable"


@pytest.mark.one_engine
def test_an_interrupted_load_goes_on_after_the_last_whole_day_and_makes_the_same(tmp_path: Path) -> None:
    class Interrupted(Exception):
        """Somebody pressed Ctrl-C."""

    def stop(_line: str) -> None:
        raise Interrupted

    found = []
    for name in ("whole", "interrupted"):
        address = f"sqlite:///{tmp_path / name}.db"
        with opened(address, tmp_path) as store:
            if name == "interrupted":
                with pytest.raises(Interrupted):
                    load(store, address, tmp_path, SMALLER, say=stop)
                assert len([sn for sn in serials(store) if not sn.startswith("HT")]) == 12
                assert store.read_now(TEST, book).ok
                assert load(store, address, tmp_path, SMALLER) == {"day": 1}
            else:
                load(store, address, tmp_path, SMALLER)
            found.append(serials(store))
    assert found[0] == found[1]


@pytest.mark.one_engine
def test_the_replay_notices_what_breaks_a_rule(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'past.db'}"
    with opened(address, tmp_path) as store:
        load(store, address, tmp_path, SMALLER)
        assert replay.sample(store, 300).broken == []
        past = select(units.c.id).where(units.c.sn.like("DIP-H1-%"))
        one = store.read_now(TEST, first_of, past.order_by(units.c.id))
        visits = select(tracks.c.id).where(tracks.c.unit_id == one)
        store.write_now(TEST, run_statements, [
            delete(data_values).where(data_values.c.track_id.in_(visits.where(tracks.c.step_no == 10))),
            update(data_values).where(data_values.c.track_id.in_(visits.where(tracks.c.step_no == 20))).values(value_number=1000.0),
            update(tracks).where(tracks.c.unit_id == one, tracks.c.step_no == 60).values(result="FAIL"),
        ])  # fmt: skip
        told = " / ".join(replay.sample(store, 300).broken)
    assert "nothing was collected at step 10" in told
    assert "1000.0 is judged PASS" in told
    assert "its failure at step 60 has no defect" in told
    assert "it is done after [10, 20, 30, 40, 50]" in told


def test_the_plant_rests_on_sundays_and_its_yield_drifts_within_what_is_known() -> None:
    days = list(shape.working_days(date(2026, 8, 1), 90))
    assert {day.weekday() for day in days} == set(range(6))
    shares = [shape.first_pass_yield(day, Random(1)) for day in days]
    assert 0.96 <= min(shares) < max(shares) <= 0.995
    drawn = Counter(shape.pick_code(Random(number), shape.CODES["SMT"]) for number in range(4000))
    assert [code for code, _times in drawn.most_common(3)] == list(shape.CODES["SMT"][:3])
    assert {name: (size.days, size.units) for name, size in shape.SIZES.items()} == {
        "S": (90, 50_000), "M": (365, 500_000), "L": (365, 1_500_000), "TRACE": (1095, 1_000_000),
    }  # fmt: skip


@pytest.mark.one_engine
def test_a_size_that_there_is_not_is_wrong_usage(tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'none.db'}"
    with opened(address, tmp_path) as store:
        with pytest.raises(ValueError, match="there is no size XL; there is S, M, L, TRACE"):
            loader.load(store, house_of(address, tmp_path), datasets=("history",), size="XL")
        assert count(store, lines) == 0, "nothing was made"
