"""The commands `upgrade`, `rollback` and `audit export` (spec 13.2, 13.5, 13.9). What they do is imported late: the command line must start fast."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fiducial.kit.files import settle
from fiducial.ops.command_line import (
    FAILED,
    GUARD,
    MIGRATION,
    NEWER,
    OWNED,
    USAGE,
    demand_database,
    given_environment,
    leave,
)

if TYPE_CHECKING:
    from fiducial.ops.environment import Environment

ROOM = 2.5  # times the database must be free for an upgrade
LINK = Path("/opt/fiducial/current")
AT_ONCE = 2000


def upgrade_command(
    check: Annotated[bool, typer.Option("--check", help="Only say whether it could be done.")] = False,  # noqa: FBT002 - a switch
) -> None:
    """Say with --check whether this program could be put in: settings, disk, pending migrations; exit 1 when not.

    Without it: `fiducial migrate`, which makes and verifies a backup first.
    """
    from fiducial.ops.migrate import NewerDatabase, pending

    environment = given_environment()
    if not check:
        migrate_command(check=False)
        return
    try:
        todo = pending(environment.database_url)
    except NewerDatabase as newer:
        leave(NEWER, f"the database stands at {newer}, which this program does not know: start the newer release")
    typer.echo(f"pending: {', '.join(todo) or 'nothing'}")
    if environment.on_sqlite and Path(environment.database_path).is_file():
        size, free = Path(environment.database_path).stat().st_size, shutil.disk_usage(environment.app_data_dir).free
        typer.echo(f"disk: {int(size * ROOM) // 2**20} MB needed, {free // 2**20} MB free")
        if free < size * ROOM:
            leave(FAILED, "there is not room enough for the backup that is made first")
    elif not environment.on_sqlite and todo and not (shutil.which("pg_dump") and shutil.which("pg_restore")):
        leave(FAILED, "pg_dump and pg_restore are not installed here: the backup before the migration needs them")
    typer.echo("ok")


def migrate_command(
    check: Annotated[bool, typer.Option("--check", help="Only say what is pending.")] = False,  # noqa: FBT002 - a switch
) -> None:
    """Bring the database to the schema of this program; of one that was worked on a verified backup is made first."""
    from fiducial.ops.migrate import NewerDatabase, pending
    from fiducial.ops.ownership import HalfRestored, OwnedElsewhere, own_database
    from fiducial.ops.upgrading import NotUpgraded, upgrade

    environment = given_environment()
    try:
        todo = pending(environment.database_url)
        if todo and not check:
            with own_database(environment):
                todo = upgrade(environment)
    except NewerDatabase as newer:
        leave(NEWER, f"the database stands at {newer}, which this program does not know: start the newer release")
    except OwnedElsewhere as owned:
        leave(OWNED, owned)
    except HalfRestored as half:
        leave(GUARD, half)
    except NotUpgraded as fault:
        leave(MIGRATION, fault)
    typer.echo("\n".join(todo) or "nothing to do")
    if check and todo:
        raise typer.Exit(1)


def rollback_command(
    export_since: Annotated[
        Path | None,
        typer.Option("--export-since", help="First write what was entered since the upgrade into this file."),
    ] = None,
    lose: Annotated[bool, typer.Option("--lose-work", help="Do not write it anywhere.")] = False,  # noqa: FBT002 - a switch
    link: Annotated[Path, typer.Option("--link", help="The link to the program in use.")] = LINK,
) -> None:
    """Go back to the database of before the newest upgrade, and to its program. What was entered since is lost: it is listed first."""
    from fiducial.ops.backups.checking import NotWhole
    from fiducial.ops.backups.restoring import OtherInstallation
    from fiducial.ops.ownership import HalfRestored, OwnedElsewhere, own_database, own_file
    from fiducial.ops.upgrading import NoWayBack, go_back, way_back

    environment = given_environment()
    if not environment.on_sqlite:
        leave(
            USAGE,
            "on PostgreSQL put the newest …-preupgrade.dump into an empty database by `fiducial restore FILE`, then start the older release",
        )
    if export_since is None and not lose:
        leave(
            USAGE,
            "what was entered since the upgrade is lost: name a file for it by --export-since, or say --lose-work",
        )
    try:
        way = way_back(environment)
        # What is written out first is read of a whole database; without that a restore that was cut off is ended by this one.
        with (own_file if export_since is None else own_database)(environment):
            if export_since is not None:
                count = _write_out(environment, export_since, above=way.seq)
                typer.echo(f"{export_since}: {count} entries since the upgrade")
            done, program = go_back(environment, way, link)
    except NoWayBack as none:
        leave(FAILED, none)
    except OwnedElsewhere as owned:
        leave(OWNED, owned)
    except HalfRestored as half:
        leave(GUARD, half)
    except OtherInstallation as other:
        leave(GUARD, other)
    except NotWhole as fault:
        leave(FAILED, f"nothing was changed: {fault}")
    typer.echo(f"{done.database} is {way.backup.name}; what was there lies in {done.moved_to}")
    typer.echo(
        f"{link} leads to {program}" if program else f"{link} was not moved: start release {way.version} by hand"
    )


def export_command(
    since: Annotated[int, typer.Option("--since", help="Only entries after this one (seq).")] = 0,
    out: Annotated[Path | None, typer.Option("--out", help="The file; without it to the terminal.")] = None,
) -> None:
    """Write the audit book as one JSON object a line, newest first. Reads only, also beside a server; archived entries stand in their files."""
    from fiducial.ops.migrate import pending

    environment = given_environment()
    demand_database(environment)
    if pending(environment.database_url):
        leave(USAGE, "this database has not been migrated: run `fiducial migrate` first")
    if out is None:
        for line in _entries(environment, since):
            sys.stdout.buffer.write(line)
        sys.stdout.flush()
        return
    typer.echo(f"{out}: {_write_out(environment, out, above=since)} entries")


def _entries(environment: Environment, above: int) -> Iterator[bytes]:
    import orjson

    from fiducial.kit.audit_walk import Reading
    from fiducial.kit.store import make_engine
    from fiducial.people.book import entries_below

    with make_engine(environment.database_url, read_only=True).connect() as connection:
        below: int | None = None
        while batch := entries_below(Reading(connection), below, AT_ONCE, above=above):
            for facts in batch:
                yield orjson.dumps(facts) + b"\n"
            below = batch[-1]["seq"]
            connection.rollback()  # the next batch on a new snapshot, so that a server beside can go on with its log


def _write_out(environment: Environment, out: Path, *, above: int) -> int:
    """Write the entries after one into a file and give how many; the file is on the disk whole, or not there at all."""
    count, draft = 0, out.with_name(f".{out.name}.tmp")
    with draft.open("wb") as stream:
        for line in _entries(environment, above):
            stream.write(line)
            count += 1
    settle(draft, out)
    return count


def wire_commands(app: Any, audit: Any) -> None:
    """Put the commands into the command line."""
    app.command("migrate")(migrate_command)
    app.command("upgrade")(upgrade_command)
    app.command("rollback")(rollback_command)
    audit.command("export")(export_command)
