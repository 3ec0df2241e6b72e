"""What `bench/plant.py --profile` tells of the stacks that py-spy saw."""

from __future__ import annotations

import pytest
from bench.profiling import shares

HEAD = "thread (0x7F2A): writer-{}"
SERVE = "Writer._serve (/plant/src/fiducial/kit/pool.py:90)"
SENT = "Tx.send (/plant/src/fiducial/kit/tx.py:{})"
DRIVER = "BaseCursor._send (/plant/.venv/lib/python3.11/site-packages/psycopg/cursor.py:7)"
IDLE = "Intake.take (/plant/src/fiducial/kit/jobs.py:127)"


def stack(writer: int, *frames: str, count: int) -> str:
    return ";".join([HEAD.format(writer), *frames]) + f" {count}"


RAW = "\n".join([
    stack(1, SERVE, SENT.format(10), DRIVER, count=6),
    stack(2, SERVE, SENT.format(12), count=2),
    stack(2, SERVE, IDLE, count=90),
])  # fmt: skip


def test_a_function_is_told_alone_and_with_what_it_calls_whatever_its_lines() -> None:
    told = shares(RAW)
    assert told["own"] == {"BaseCursor._send (psycopg/cursor.py)": 0.75, "Tx.send (fiducial/kit/tx.py)": 0.25}
    assert told["withCalls"] == {"Writer._serve (fiducial/kit/pool.py)": 1.0, "Tx.send (fiducial/kit/tx.py)": 1.0}


def test_threads_of_one_kind_are_told_together_and_those_that_wait_for_work_not_at_all() -> None:
    told = shares(RAW)
    assert told["samples"] == 8
    assert told["threads"] == pytest.approx({"writer": 1.0})
