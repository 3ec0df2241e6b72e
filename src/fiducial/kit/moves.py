"""A lifecycle is data; a move is one guarded UPDATE (house, idea 3).

    RUN = Lifecycle("run", runs.c.status, states=("PREP", …), moves=(Move("authorize", ("PREP",), "AUTHORIZED"), …))
    if not RUN.move(tx, "authorize", runs.c.id == run.id, display=run.run_no, key=run.id, authorized_at=tx.now): …

To move is `UPDATE … SET status=:target WHERE … AND status IN (:source)`, a look at the row count, an audit entry and an
event. What the move is called elsewhere is derived from its name (`run:authorize` → RUN_AUTHORIZE) unless said otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import Column, ColumnElement, Table, Update, update

if TYPE_CHECKING:
    from fiducial.kit.tx import Tx


@dataclass(frozen=True, slots=True)
class Move:
    """One way from some states to one. `source` () is birth; `audit` and `event` None mean derived, "" means none."""

    name: str
    source: tuple[str, ...]
    target: str
    label: str = ""
    permission: str | None = None
    audit: str | None = None
    event: str | None = None


class Lifecycle:
    """The states of one kind of thing and who may go where."""

    def __init__(
        self,
        entity: str,
        column: Column[str],
        *,
        states: tuple[str, ...],
        terminal: tuple[str, ...],
        moves: tuple[Move, ...],
    ) -> None:
        self.entity, self.column, self.states, self.terminal = entity, column, states, terminal
        self.moves = moves
        self._by_name = {move.name: move for move in moves}
        known = set(states)
        for move in moves:
            if not {*move.source, move.target} <= known:
                raise ValueError(f"{entity}: move {move.name} names a state that is not declared")
        if len(self._by_name) != len(moves):
            raise ValueError(f"{entity}: two moves have one name")
        lifecycles.append(self)

    def __getitem__(self, name: str) -> Move:
        return self._by_name[name]

    def __iter__(self) -> Iterator[Move]:
        return iter(self.moves)

    def audit_of(self, move: Move) -> str:
        """Give the audit action of a move."""
        return f"{self.entity}_{move.name}".upper() if move.audit is None else move.audit

    def event_of(self, move: Move) -> str:
        """Give the event of a move."""
        return self.audit_of(move) if move.event is None else move.event

    def statement(self, name: str, *where: ColumnElement[bool], **values: Any) -> Update:
        """Give the guarded UPDATE of a move, for a caller that compiles it (`Hot`) and records by itself."""
        move = self._by_name[name]
        table = self.column.table
        assert isinstance(table, Table)
        guard = self.column == move.source[0] if len(move.source) == 1 else self.column.in_(move.source)
        return update(table).where(*where, guard).values({self.column.name: move.target, **values})

    def move(
        self,
        tx: Tx,
        name: str,
        *where: ColumnElement[bool],
        key: int,
        display: str,
        line: str | None = None,
        seen: str | None = None,
        reason: str | None = None,
        payload: dict[str, Any] | None = None,
        **values: Any,
    ) -> bool:
        """Move one thing and record it. False when it was not (any more) in a state from which this may happen.

        `seen` is the state it was read in, where the move has several sources: it must still be in it, and the entry says so.
        """
        move = self._by_name[name]
        guard = (self.column == seen,) if seen else ()
        moved = tx.run(self.statement(name, *where, *guard, **values))
        if moved > 1:
            raise RuntimeError(f"{self.entity}: {name} moved more than one thing; `where` must name one")
        if moved == 0:
            return False
        if self.audit_of(move):
            changes = [{"path": self.column.name, "before": seen or "|".join(move.source), "after": move.target}]
            tx.record(
                display, action=self.audit_of(move), entity=self.entity, key=key, line=line, reason=reason,
                changes=changes, **(payload or {}),
            )  # fmt: skip
        if self.event_of(move):
            tx.emit(self.event_of(move), key, **(payload or {}))
        return True


lifecycles: list[Lifecycle] = []
