"""Write migration 0001 from the tables. For use until the first release; after it, migrations are written one by one."""

from __future__ import annotations

import textwrap
from pathlib import Path

from alembic.autogenerate import produce_migrations, render_python_code
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from fiducial.app import METADATA
from fiducial.kit.audit import GUARDED
from fiducial.kit.forms.tables import views_of

TARGET = Path(__file__).resolve().parent.parent / "src/fiducial/migrations/versions/0001_spine.py"

HEAD = '''"""The tables of the spine: people, plant, routing, orders, execution, quality, readiness, the audit book and the kit's own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from fiducial.kit.audit import append_only_ddl
from fiducial.kit.columns import Json

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

GUARDED = {guarded}
VIEWS = {views}


def upgrade() -> None:
    """Apply."""
{body}
    engine = op.get_context().dialect.name
    for name, select in VIEWS.items():
        op.execute(sa.text(f"CREATE VIEW {{name}} AS {{select[engine]}}".replace(":", r"\\:")))
    for table in GUARDED:
        for statement in append_only_ddl(table, engine):
            op.execute(sa.text(statement.replace(":", r"\\\\:")))
'''


def main() -> None:
    """Write the file."""
    with create_engine("sqlite://").connect() as conn:
        context = MigrationContext.configure(conn, opts={"render_item": _plain, "user_module_prefix": None})
        script = produce_migrations(context, METADATA)
        assert script.upgrade_ops is not None
        code = render_python_code(script.upgrade_ops, render_item=_plain, migration_context=context)
    body = "\n".join(f"    {line}" if line and not line.startswith("    ") else line for line in code.splitlines())
    body = body.replace("fiducial.kit.columns.Json()", "Json()")
    TARGET.write_text(HEAD.format(guarded=repr(tuple(GUARDED)), views=_views(), body=body), encoding="utf-8")


def _views() -> str:
    """Give the views for reports as source, in lines that a person can read."""
    rows = [
        f"    {name!r}: {{\n"
        + "".join(f"        {engine!r}: {_wrapped(select)},\n" for engine, select in sorted(statements.items()))
        + "    },"
        for name, statements in sorted(views_of(METADATA).items())
    ]
    return "{\n" + "\n".join(rows) + "\n}"


def _wrapped(select: str) -> str:
    return (
        "(\n"
        + "".join(f"            {line + ' '!r}\n" for line in textwrap.wrap(select, 120, break_long_words=False))
        + "        )"
    )


def _plain(type_: str, item: object, _context: object) -> str | bool:
    """Render our own types by their plain names."""
    return "Json()" if type_ == "type" and type(item).__name__ == "Json" else False


if __name__ == "__main__":
    main()
