"""The table of a form and the view for reports, both made from the declaration (spec 10.2, 13.11)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Column, Connection, Index, MetaData, Table, event, inspect

from fiducial.kit import columns as c
from fiducial.kit.forms.declaration import Form
from fiducial.kit.forms.fields import Field, column_of


def table_of(form: Form, common: Sequence[Any], metadata: MetaData = c.metadata) -> Table:
    """Give the table of a form: what all records of the room have in common, then the form's own fields.

    A field by which the list is filtered is indexed together with the time, so that a list of one tool or lot reads only its rows.
    """
    known = {part.name for part in common if isinstance(part, Column)}
    own = [column_of(item) for item in form.fields if item.stored and item.column_name not in known]
    indexed = [
        Index(f"ix_{form.table_name}_{item.column_name}", item.column_name, "happened_at")
        for item in form.fields
        if item.filtered and item.stored and item.kind in ("key", "text", "choice", "instant", "flag")
    ]
    return Table(form.table_name, metadata, *common, *own, *indexed, *form.indexes())


VIEWS = "views"


def as_time(column: str, engine: str) -> str:
    """Give the expression of an instant as reports read it: a timestamp in UTC."""
    if engine == "sqlite":
        return f"strftime('%Y-%m-%dT%H:%M:%fZ', {column} / 1000.0, 'unixepoch')"
    return f"to_timestamp({column} / 1000.0)"


def declare_view(name: str, over: str, statements: dict[str, str], metadata: MetaData = c.metadata) -> None:
    """Declare a view over a table, with its SELECT for each engine: made after the tables, and written into the first migration."""
    metadata.info.setdefault(VIEWS, {})[name] = statements

    def make(_metadata: Any, connection: Connection, **_rest: Any) -> None:
        there = inspect(connection)
        if there.has_table(over) and name not in there.get_view_names():
            made = f"CREATE VIEW {name} AS {statements[connection.dialect.name]}"  # names of this program alone
            connection.exec_driver_sql(made)

    event.listen(metadata, "after_create", make)


def views_of(metadata: MetaData) -> dict[str, dict[str, str]]:
    """Give the declared views: name, then SELECT by engine."""
    return dict(metadata.info.get(VIEWS, {}))


def shown_in_view(item: Field, engine: str) -> str:
    """Give the column of a field in a view for reports, by the field's name on the wire."""
    column = f"r.{item.column_name}"
    return f'{as_time(column, engine) if item.kind == "instant" else column} AS "{item.name}"'
