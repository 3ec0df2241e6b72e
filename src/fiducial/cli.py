"""The commands of the one file (spec 13.2). Exit codes: 0 good, 1 failed, 2 usage or settings, 3 refused by a guard,
4 demo data in production, 5 migration failed, 6 the database is newer, 7 another process owns the database.
"""

from __future__ import annotations

import gc
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any

import typer

from fiducial import __version__
from fiducial.demo import command as demo_command
from fiducial.demo.house import Accounts, House
from fiducial.ops import upgrade_command
from fiducial.ops.backups import command as backup_command
from fiducial.ops.command_line import demand_database, leave, wire_environment
from fiducial.ops.environment import Environment, WrongEnvironment, read_environment, shown

if TYPE_CHECKING:  # the command line must start fast
    from fiducial.kit.store import Store

app = typer.Typer(
    no_args_is_help=False,
    add_completion=False,
    help="fiducial: a Manufacturing Execution System for SMT and DIP lines.",
)
config = typer.Typer(no_args_is_help=True, help="What must be known before the database opens.")
audit = typer.Typer(no_args_is_help=True, help="The audit book.")
app.add_typer(config, name="config")
app.add_typer(audit, name="audit")

app.add_typer(demo_command.demo, name="demo")
app.command("acceptance")(demo_command.acceptance)
app.add_typer(backup_command.backup, name="backup")
app.command("restore")(backup_command.restore_command)


def _house() -> House:
    """Give the commands of the demo what they need of the assembled program."""
    from fiducial.app import entrances, open_store
    from fiducial.ops.ownership import own_database

    environment = environment_or_exit()

    @contextmanager
    def database() -> Iterator[Store]:
        with _exits(), own_database(environment):
            store = open_store(environment)
            try:
                yield store
            finally:
                store.stop()

    accounts = Accounts(**environment.demo_accounts)
    return House(
        mode=environment.app_mode, accounts=accounts, database_url=environment.database_url, database=database, entrances=entrances
    )  # fmt: skip


demo_command.wire_house(_house)


def environment_or_exit(**overrides: Any) -> Environment:
    """Give the environment; a wrong one is told in full and ends the command with code 2."""
    try:
        return read_environment(**overrides)
    except WrongEnvironment as wrong:
        for name, fault in wrong.faults:
            typer.echo(f"{name}: {fault}", err=True)
        raise typer.Exit(2) from None


wire_environment(environment_or_exit)
upgrade_command.wire_commands(app, audit)


@app.callback(invoke_without_command=True)
def main(context: typer.Context) -> None:
    """Serve when no command is named."""
    if context.invoked_subcommand is None:
        serve()


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(help="Port to listen on.")] = None,
    accept_demo_data: Annotated[
        bool, typer.Option("--accept-demo-data", help="Start production on a demo database; its accounts are disarmed.")
    ] = False,
) -> None:
    """Serve pages and API."""
    gc.disable()  # what is made at a start stays; the app lets it go on when it is up
    from fiducial.app import create_app, open_for_serving
    from fiducial.demo.installation import DemoInProduction, demand_no_demo
    from fiducial.kit.http.listening import listen
    from fiducial.notices.stream import streams
    from fiducial.ops.metrics_bind import serve_metrics
    from fiducial.ops.ownership import own_database
    from fiducial.web.shell import make_ready

    environment = environment_or_exit(host=host, port=port)
    _demand_free_port(environment)
    with _exits(), own_database(environment):
        try:
            if not accept_demo_data:
                demand_no_demo(environment.database_url, environment.app_mode)
        except DemoInProduction as demo:
            leave(4, demo)
        # uvicorn finishes its requests on SIGTERM and then raises it again: the store must be closed before that ends the process.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        store = open_for_serving(environment)
        metrics = None
        try:
            metrics = serve_metrics(store, environment.metrics_bind)
            program = create_app(environment, store)
            make_ready(program.state.frame.environment)
            listen(program, environment.host, environment.port, ending=streams.end)
        except OSError as fault:
            if metrics is not None or not environment.metrics_bind:
                raise
            leave(2, f"METRICS_BIND: cannot listen on {environment.metrics_bind}: {fault.strerror}")
        finally:
            if metrics is not None:
                metrics.stop()
            store.stop()


@contextmanager
def _exits() -> Iterator[None]:
    """Turn what stops a start into its exit code and one sentence."""
    from fiducial.app import NotMigrated
    from fiducial.ops.migrate import NewerDatabase
    from fiducial.ops.ownership import HalfRestored, OwnedElsewhere
    from fiducial.ops.upgrading import NotUpgraded

    try:
        yield
    except OwnedElsewhere as owned:
        leave(7, owned)
    except HalfRestored as half:
        leave(3, half)
    except NewerDatabase as newer:
        leave(6, f"the database stands at {newer}, which this program does not know: start the newer release")
    except (NotMigrated, NotUpgraded) as pending:
        leave(5, pending)
    except WrongEnvironment as wrong:
        leave(2, wrong)


def _demand_free_port(environment: Environment) -> None:
    """Leave before anything is opened or made when somebody listens there already."""
    with socket.socket(socket.AF_INET6 if ":" in environment.host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((environment.host, environment.port))
        except OSError as fault:
            leave(2, f"PORT: cannot listen on {environment.host}:{environment.port}: {fault.strerror}")


@app.command()
def version() -> None:
    """Say which version this is."""
    typer.echo(__version__)


@app.command()
def openapi() -> None:
    """Print the API description."""
    import orjson

    from fiducial import __version__
    from fiducial.app import entrances
    from fiducial.kit.http.describe import describe

    typer.echo(
        orjson.dumps(describe(entrances(), title="fiducial", version=__version__), option=orjson.OPT_INDENT_2).decode()
    )


@config.command("show")
def config_show() -> None:
    """Print the effective values and where each came from; secrets are masked."""
    environment_or_exit()
    for row in shown():
        typer.echo(f"{row.name:24} {row.value:48} {row.source}")


@config.command("check")
def config_check() -> None:
    """Say whether the values can be used."""
    environment_or_exit()
    typer.echo("ok")


@audit.command("verify")
def audit_verify(
    archives: Annotated[bool, typer.Option("--archives", help="Read the archived entries too.")] = False,
) -> None:
    """Walk the audit book and say whether it is whole; exit 1 names the first bad entry. Reads only, also beside a server."""
    from fiducial.kit.audit_walk import Reading, Walk
    from fiducial.kit.store import make_engine
    from fiducial.ops.migrate import pending
    from fiducial.people.archiving import archives_in, rules_of, verify_archives

    environment = environment_or_exit()
    demand_database(environment)
    with _exits():
        if pending(environment.database_url):
            leave(2, "this database has not been migrated: run `fiducial migrate` first")
    with make_engine(environment.database_url, read_only=True).connect() as connection:
        walk = Walk()
        while walk.step(Reading(connection)):
            connection.rollback()  # the next piece on a new snapshot, so that a server beside can go on with its log
        result = walk.found
        files = archives_in(Reading(connection)) if archives else []
    found = verify_archives(rules_of(environment).folder, files)
    where = environment.database_path if environment.on_sqlite else "PostgreSQL"
    typer.echo(f"{where}: checked {result.checked} entries, head {result.head_seq} {result.head_hash[:16]}")
    for one in found:
        typer.echo(
            f"{one['file']}: {one['rows']} entries, {'whole' if one['ok'] else one['firstBad']}", err=not one["ok"]
        )
    if not result.ok:
        typer.echo(f"first bad entry: {result.first_bad}", err=True)
    if not (result.ok and all(one["ok"] for one in found)):
        raise typer.Exit(1)


@audit.command("archive")
def audit_archive() -> None:
    """Take what is older than AUDIT_ARCHIVE_CUTOFF_DAYS out of the book into a file; exit 3 when there is nothing, or it is switched off.

    On SQLite the server must not be running; while it runs its page `/system/audit` does the same.
    """
    from fiducial.app import open_store
    from fiducial.kit.refusals import Refused
    from fiducial.ops.ownership import own_database
    from fiducial.people.archiving import ME, archive_now, rules_of

    environment = environment_or_exit()
    with _exits(), own_database(environment):
        store = open_store(environment)
        try:
            made = archive_now(store, ME, rules_of(environment))
        except Refused as refused:
            leave(1 if refused.code == "AUDIT_CHAIN_BROKEN" else 3, refused.sentence("en"))
        finally:
            store.stop()
    typer.echo(f"{rules_of(environment).folder / made['file']}: {made['rows']} entries, sha256 {made['sha256']}")


@app.command()
def doctor() -> None:
    """Look whether everything that must always be true of the plant is true; exit 1 names what is not. Reads only, also beside a server."""
    from fiducial.kit.set_backs import set_backs_lately
    from fiducial.kit.store import make_engine
    from fiducial.ops.invariants import INVARIANTS, broken
    from fiducial.ops.migrate import pending

    environment = environment_or_exit()
    demand_database(environment)
    with _exits():
        if pending(environment.database_url):
            leave(2, "this database has not been migrated: run `fiducial migrate` first")
    with make_engine(environment.database_url, read_only=True).connect() as connection:
        found, lost = broken(connection), set_backs_lately(connection)
    for line in lost:
        typer.echo(f"NOTE {line}", err=True)
    for one in found:
        typer.echo(f"BROKEN {one.invariant.name}: {one.invariant.says} ({', '.join(one.keys)})", err=True)
    typer.echo(f"{len(INVARIANTS) - len(found)} of {len(INVARIANTS)} promises hold")
    if found:
        raise typer.Exit(1)


if __name__ == "__main__":
    app()
