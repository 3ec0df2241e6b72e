"""What a fault of the database means: two transactions met, and the one that was given up may be run again."""

from __future__ import annotations

import psycopg
from sqlalchemy.exc import DBAPIError

RETRIED = ("40001", "40P01")  # a serialisation failure, a deadlock


def cause_of(fault: BaseException) -> BaseException:
    """Give what the driver said, of a fault that came by way of the engine."""
    return fault.orig if isinstance(fault, DBAPIError) and fault.orig is not None else fault


def sqlstate_of(fault: BaseException) -> str | None:
    """Give the SQLSTATE of a fault of PostgreSQL, None of any other."""
    cause = cause_of(fault)
    return cause.sqlstate if isinstance(cause, psycopg.Error) else None


def has_met_another(fault: BaseException) -> bool:
    """Tell whether a fault is nobody's: whoever keeps faults lets it pass, for the writer runs the whole act again."""
    return sqlstate_of(fault) in RETRIED
