"""The commands `backup …` and `restore` (spec 13.2, 13.4). What they do is imported late: the command line must start fast."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from fiducial.ops.command_line import FAILED, GUARD, OWNED, USAGE, demand_database, given_environment, leave

backup = typer.Typer(no_args_is_help=True, help="Backups of this installation.")


@backup.command("create")
def create_command() -> None:
    """Make a backup, also while the program runs; its path is printed."""
    from fiducial.ops.backups import making
    from fiducial.ops.backups.checking import NotWhole

    environment = given_environment()
    demand_database(environment)
    try:
        made = making.create(environment)
    except (NotWhole, OSError) as fault:
        leave(FAILED, f"no backup was made: {fault}")
    typer.echo(str(made.path))


@backup.command("list")
def list_command() -> None:
    """Print the backups, newest first: name, bytes, and whether it was verified."""
    from fiducial.ops.backups import places

    for one in places.known(given_environment().backups):
        state = {True: f"verified {one.verified_at}", False: "NOT WHOLE", None: "not verified"}[one.verified]
        typer.echo(f"{one.name}  {one.path.stat().st_size:>12}  {state}")


@backup.command("verify")
def verify_command(file: Annotated[str, typer.Argument(help="The file, or its name in BACKUP_DIR.")]) -> None:
    """Unpack a backup apart and ask it everything that was asked when it was made; exit 1 when it is not whole."""
    from fiducial.ops.backups import places, verifying
    from fiducial.ops.backups.checking import NotWhole

    path = Path(file) if Path(file).is_file() else given_environment().backups / file
    known = places.read(path)
    if known is None:
        leave(USAGE, f"there is no backup {file}")
    try:
        found = verifying.verify(known)
    except NotWhole as fault:
        leave(FAILED, f"{known.name} is NOT WHOLE: {fault}")
    typer.echo(f"{known.name} is whole: {found['rows']} rows, audit head {found['auditHead']['seq']}")


@backup.command("prune")
def prune_command() -> None:
    """Delete what the keep rules (BACKUP_KEEP_…) do not keep; the names are printed."""
    from fiducial.ops.backups import making

    for name in making.prune(given_environment()):
        typer.echo(name)


def restore_command(
    file: Annotated[Path, typer.Argument(help="The archive.", exists=True, dir_okay=False)],
    to: Annotated[Path | None, typer.Option("--to", help="Another database file: for a rehearsal.")] = None,
    force: Annotated[bool, typer.Option("--force", help="Also over a database of another installation.")] = False,  # noqa: FBT002 - a switch
) -> None:
    """Put a backup back. What is there is moved to before-restore-…/; the next start enters it into the audit book."""
    from fiducial.ops.backups.checking import NotWhole
    from fiducial.ops.backups.restoring import NotApart, OtherInstallation, restore
    from fiducial.ops.backups.restoring_pg import restore_postgresql
    from fiducial.ops.ownership import OwnedElsewhere, own_file

    environment = given_environment()
    if not environment.on_sqlite and to is not None:
        leave(USAGE, "--to names a file; on PostgreSQL name another, empty database by DATABASE_URL")
    try:
        # A rehearsal owns the file it fills: the plant goes on beside it.
        with own_file(
            environment if to is None else environment.model_copy(update={"database_url": f"sqlite:///{to}"})
        ):
            if environment.on_sqlite:
                done = restore(environment, file, to=to, over_another=force)
            else:
                done = restore_postgresql(environment, file, over_another=force)
    except OwnedElsewhere as owned:
        leave(OWNED, owned)
    except NotApart as among:
        leave(USAGE, among)
    except OtherInstallation as other:
        leave(GUARD, other)
    except NotWhole as fault:
        leave(FAILED, f"nothing was changed: {fault}")
    typer.echo(f"{done.database} is the backup of {done.manifest['at']}")
    if done.moved_to is not None:
        typer.echo(f"what was there lies in {done.moved_to}")
    if done.lost_minutes is not None:
        typer.echo(
            f"{done.lost_minutes} minutes of work are lost since {done.manifest['auditHead']['at']}: have people enter them again"
        )
