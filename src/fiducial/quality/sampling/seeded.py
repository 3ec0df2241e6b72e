"""The table that a new plant begins with (spec 06.7): ISO 2859-1:1999, single sampling, normal inspection, as far as the
specification types it. It counts as not verified until a person has compared it with the factory's own copy of the standard.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import insert, select

from fiducial.kit.acting import action
from fiducial.kit.tx import Tx
from fiducial.quality.sampling.plans import DOWN, UP
from fiducial.quality.tables import aql_tables

CODE, EDITION = "ISO2859-1", "ISO 2859-1:1999"
LEVELS = ("S-1", "S-2", "S-3", "S-4", "I", "II", "III")
AQLS = ("0.10", "0.15", "0.25", "0.40", "0.65", "1.0", "1.5", "2.5", "4.0", "6.5")

_LOTS = """
2-8 A A A A A A B
9-15 A A A A A B C
16-25 A A B B B C D
26-50 A B B C C D E
51-90 B B C C C E F
91-150 B B C D D F G
151-280 B C D E E G H
281-500 B C D E F H J
501-1200 C C E F G J K
1201-3200 C D E G H K L
3201-10000 C D F G J L M
10001-35000 C D F H K M N
35001-150000 D E G J L N P
150001-500000 D E G J M P Q
500001- D E H K N Q R
"""
_PLANS = """
A 2 v v v v v v v v v 0
B 3 v v v v v v v v 0 ^
C 5 v v v v v v v 0 ^ v
D 8 v v v v v v 0 ^ v 1
E 13 v v v v v 0 ^ v 1 2
F 20 v v v v 0 ^ v 1 2 3
G 32 v v v 0 ^ v 1 2 3 5
H 50 v v 0 ^ v 1 2 3 5 7
J 80 v 0 ^ v 1 2 3 5 7 10
K 125 0 ^ v 1 2 3 5 7 10 14
L 200 ^ v 1 2 3 5 7 10 14 21
M 315 v 1 2 3 5 7 10 14 21 ^
N 500 1 2 3 5 7 10 14 21 ^ ^
P 800 2 3 5 7 10 14 21 ^ ^ ^
Q 1250 3 5 7 10 14 21 ^ ^ ^ ^
R 2000 5 7 10 14 21 ^ ^ ^ ^ ^
"""


def letters() -> list[dict[str, Any]]:
    """Give the code letters as `{lotFrom, lotTo, levels}`; the last row has no end."""
    rows = []
    for line in _LOTS.split("\n"):
        if line:
            lot, *codes = line.split()
            low, high = lot.split("-")
            rows.append(
                {
                    "lotFrom": int(low),
                    "lotTo": int(high) if high else None,
                    "levels": dict(zip(LEVELS, codes, strict=True)),
                }
            )
    return rows


def plans() -> list[dict[str, Any]]:
    """Give the plans as `{severity, letter, n, entries}`."""
    rows = []
    for line in _PLANS.split("\n"):
        if line:
            letter, n, *entries = line.split()
            said: dict[str, int | str] = {
                aql: {"v": DOWN, "^": UP}.get(entry) or int(entry) for aql, entry in zip(AQLS, entries, strict=True)
            }
            rows.append({"severity": "NORMAL", "letter": letter, "n": int(n), "entries": said})
    return rows


@action(audit="AQL_TABLE_CREATE", entity="AQL_TABLE", internal_only=True)
def seed_aql_tables(tx: Tx) -> int:
    """Put the seeded table there when no version of it is; give how many were made. Changes none that is there."""
    if tx.first(select(aql_tables.c.id).where(aql_tables.c.code == CODE).limit(1)) is not None:
        tx.unrecorded()
        return 0
    key = tx.new_id()
    row = {
        "id": key, "code": CODE, "version": 1, "edition": EDITION, "letters": letters(), "plans": plans(),
        "source": "spec 06.7", "is_active": True, "created_at": tx.now,
    }  # fmt: skip
    tx.run(insert(aql_tables).values(row))
    tx.record(CODE, key=key, edition=EDITION, version=1)
    return 1
