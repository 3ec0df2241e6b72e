"""One transaction as an action or query sees it: rows in and out, what is noted of it, what it announces.

An action never commits and never opens a connection. It reads and writes through `tx`, says what it did by `tx.record`,
announces facts by `tx.emit`, and raises `Refused` when a rule says no.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Executable, Row, Table
from sqlalchemy.dialects import postgresql, sqlite

from fiducial.kit import audit, ids, outbox
from fiducial.kit.acting import ANONYMOUS, Actor, Caller, Mark

if TYPE_CHECKING:
    from fiducial.kit.statements import Asked, Hot
    from fiducial.kit.store import Store

_INSERT: dict[str, Callable[[Table], Any]] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

_COUNTED = {"preserve_rowcount": True}  # else SQLAlchemy forgets how many rows an INSERT made


class Tx:
    """One transaction. `now` is its instant (ms); `actor` and `caller` say who acts and from where."""

    __slots__ = (
        "_ahead", "_depth", "_notes", "_recording", "_unsent", "actor", "caller", "chain", "conn", "context", "driver", "engine",
        "mark", "now", "signature", "store",
    )  # fmt: skip

    def __init__(
        self, store: Store, conn: Connection, caller: Caller, *, driver: Any, now: int, chain: audit.Chain | None = None
    ) -> None:
        self.store, self.conn, self.driver, self.caller, self.now, self.chain = store, conn, driver, caller, now, chain
        self.engine: str = store.engine_name
        self.actor: Actor = ANONYMOUS
        self.context: tuple[int, bytes] | None = None
        self.mark: Mark | None = None
        self.signature: int | None = None  # what was signed in this act; the entries made after it name it
        self._notes = 0
        self._recording = True
        self._depth = 0
        self._ahead: dict[tuple[Hot, tuple[Any, ...]], list[Any]] = {}
        self._unsent: list[tuple[str, Mapping[str, Any]]] = []

    # Rows

    def all(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Sequence[Row[Any]]:
        """Give all rows."""
        return self.conn.execute(statement, values).all()

    def first(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Row[Any] | None:
        """Give the first row or None."""
        return self.conn.execute(statement, values).first()

    def one(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Row[Any]:
        """Give the only row; anything else is a fault of ours."""
        return self.conn.execute(statement, values).one()

    def scalar(self, statement: Executable, values: Mapping[str, Any] | None = None) -> Any:
        """Give the first value of the first row, or None."""
        return self.conn.execute(statement, values).scalar()

    def run(self, statement: Executable, values: Any = None) -> int:
        """Run a write and give the number of rows it touched."""
        return self.conn.execute(statement, values, execution_options=_COUNTED).rowcount

    def send(self, statement: Hot, /, **values: Any) -> None:
        """Write what nobody looks at again in this transaction: a track, a value, an entry, an event.

        On PostgreSQL such writes wait and go out together with the COMMIT, in one round trip instead of one each.
        """
        if self.engine == "sqlite":
            statement.run(self, **values)
        else:
            self._unsent.append(statement.bound(self.engine, values))

    def send_waiting(self) -> None:
        """Send what waits, for what is written next refers to it. Outside savepoints alone: undoing one would undo what waited before it."""
        assert self._depth == 0, "what waits may be older than the savepoint"
        unsent, self._unsent = self._unsent, []
        for sql, values in unsent:
            self.driver.execute(sql, values)

    def read_ahead(self, asked: Sequence[Asked]) -> None:
        """Read what this transaction will ask first, all in one journey (PostgreSQL; on SQLite there is no journey to save).

        Each answer is given once, to the first who asks the same with the same values; whoever asks again reads again.
        """
        if self.engine == "sqlite":
            return
        with self.driver.pipeline():
            cursors = [self.driver.execute(*statement.bound(self.engine, values)) for statement, values in asked]
        for (statement, values), cursor in zip(asked, cursors, strict=True):
            self._ahead[statement, tuple(values.items())] = cursor.fetchall()

    def was_read_ahead(self, statement: Hot, values: Mapping[str, Any]) -> list[Any] | None:
        """Give the rows that were read ahead for this question, None when they were not."""
        return self._ahead.pop((statement, tuple(values.items())), None) if self._ahead else None

    def commit(self) -> None:
        """Send what waits and commit (PostgreSQL; the lane of SQLite commits for its whole group)."""
        unsent, self._unsent = self._unsent, []
        with self.driver.pipeline():
            for sql, values in unsent:
                self.driver.execute(sql, values)
            self.driver.commit()

    def insert_once(self, table: Table, **values: Any) -> bool:
        """Insert a row unless a unique key already holds; tell whether it was new. Never breaks the transaction."""
        statement = _INSERT[self.engine](table).values(values).on_conflict_do_nothing()
        return self.run(statement) == 1

    def new_id(self) -> int:
        """Give a new surrogate key."""
        return self.store.ids()

    def new_ids(self, count: int) -> list[int]:
        """Give new surrogate keys, for many rows at once."""
        return self.store.ids.many(count)

    @contextmanager
    def savepoint(self) -> Iterator[None]:
        """Undo what is written inside when it raises, and raise on."""
        self._depth += 1
        name, mark, context = f"sp{self._depth}", self.chain.mark if self.chain else None, self.context
        unsent = len(self._unsent)
        self.driver.execute(f"SAVEPOINT {name}")
        try:
            yield
        except BaseException:
            self.context = context
            del self._unsent[unsent:]
            if self.chain and mark:
                self.chain.back_to(mark)
            # The fault may have ended the whole transaction; then there is nothing to go back to, and the fault itself is told.
            if self.driver.in_transaction if self.engine == "sqlite" else not self.driver.closed:
                self.driver.execute(f"ROLLBACK TO SAVEPOINT {name}")
                self.driver.execute(f"RELEASE SAVEPOINT {name}")
            raise
        else:
            self.driver.execute(f"RELEASE SAVEPOINT {name}")
        finally:
            self._depth -= 1

    # What is said of it

    def record(
        self,
        display: str | None = None,
        *,
        action: str | None = None,
        entity: str | None = None,
        key: int | None = None,
        line: str | None = None,
        station: str | None = None,
        changes: Sequence[Mapping[str, Any]] | None = None,
        reason: str | None = None,
        **payload: Any,
    ) -> None:
        """Enter what was done into the audit book (spec 09.7.1), in this transaction.

        `action` and `entity` default to those of the running action. `display` is the business key of the thing.
        """
        assert self.mark is not None, "only an action may enter into the book"
        said = {
            "changes": list(changes) if changes else None, "reason": reason, "payload": payload or None,
            "signatureId": ids.wire_or_none(self.signature),
        }  # fmt: skip
        self._append(
            action or self.mark.audit or "", entity or self.mark.entity, display,
            entity_key=key, line_code=line, station_code=station,
            detail={name: value for name, value in said.items() if value is not None},
        )  # fmt: skip
        self._notes += 1

    def unrecorded(self) -> None:
        """Say that this action is housekeeping and makes no entry. Not for anything a person or a machine asked for."""
        self._recording = False

    def enter_default(self, display: str | None) -> None:
        """Make the entry an action did not make itself, so that none can be forgotten."""
        if self._recording and not self._notes:
            self.record(display)

    def enter_failure(self, mark: Mark, display: str | None, code: str, details: Mapping[str, Any]) -> None:
        """Enter a refused or failed attempt."""
        detail: dict[str, Any] = {"details": dict(details)} if details else {}
        if self.caller.idempotency_key:
            detail["idempotencyKey"] = self.caller.idempotency_key
        if self.caller.path:
            detail["call"] = self.caller.path  # which door, and so where: the thing named may not even exist
        self._append(mark.audit or mark.name.upper(), mark.entity, display, code=code, detail=detail)

    def _append(self, action: str, entity: str, display: str | None, **rest: Any) -> None:
        assert self.chain is not None, "a read writes nothing"
        self.chain.append(self, audit.Note(action=action, entity_type=entity, display=display, **rest))

    def emit(self, type_: str, thing: int | None, **payload: Any) -> None:
        """Announce a fact; listeners hear of it after the commit."""
        outbox.emit(self, type_, thing, payload)
