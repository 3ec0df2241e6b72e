"""The kinds of column that every table is made of. All but JSON are what the drivers speak, so hot statements need no conversion."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, MetaData, Text
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
    }
)

# SQLite keeps a table in the order of its key only when the column is called exactly INTEGER.
Big = BigInteger().with_variant(Integer(), "sqlite")


class Json(TypeDecorator[Any]):
    """A JSON value kept as canonical text on both engines, for it may be hashed (never JSONB)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:  # noqa: ARG002
        """Give the canonical text of a value."""
        return None if value is None else canonical(value).decode()

    def process_result_value(self, value: str | None, dialect: Any) -> Any:  # noqa: ARG002
        """Give the value of the text."""
        return None if value is None else orjson.loads(value)


def canonical(value: Any, *, default: Callable[[Any], Any] | None = None) -> bytes:
    """Give canonical JSON: sorted keys, UTF-8, no spaces. `default` turns what JSON does not know into what it does."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS, default=default)


def key() -> Column[int]:
    """Give the primary key of a thing: from `tx.new_id()`."""
    return Column("id", Big, primary_key=True, autoincrement=False)


def ref(name: str, target: str, *, nullable: bool = False, index: bool = False) -> Column[int]:
    """Give a reference to another table's `id`."""
    return Column(name, Big, ForeignKey(f"{target}.id"), nullable=nullable, index=index)


def instant(name: str, *, nullable: bool = True) -> Column[int]:
    """Give an instant in milliseconds."""
    return Column(name, Big, nullable=nullable)


def whole(name: str, *, nullable: bool = True, default: int | None = None) -> Column[int]:
    """Give a whole number."""
    return Column(name, Big, nullable=nullable, default=default)


def text(name: str, *, nullable: bool = True, index: bool = False, unique: bool = False) -> Column[str]:
    """Give a text; its length is judged at the door."""
    return Column(name, Text, nullable=nullable, index=index, unique=unique)


def flag(name: str, *, default: bool | None = None) -> Column[bool]:
    """Give a yes or no that is never unknown."""
    return Column(name, Boolean(create_constraint=False), nullable=False, default=default)


def json(name: str, *, nullable: bool = True) -> Column[Any]:
    """Give a JSON value."""
    return Column(name, Json, nullable=nullable)


def blob(name: str, *, nullable: bool = True) -> Column[bytes]:
    """Give bytes."""
    return Column(name, LargeBinary, nullable=nullable)
