"""The commands `demo …` and `acceptance` (spec 12.1, 13.11). What they do is imported late: the command line must start fast."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn, TypeVar

import typer

from fiducial.demo.datasets import DATASETS, USUAL
from fiducial.demo.house import wire_house

if TYPE_CHECKING:
    from collections.abc import Callable

    from fiducial.demo.house import House
    from fiducial.kit.store import Store

__all__ = ["acceptance", "demo", "wire_house"]

demo = typer.Typer(no_args_is_help=True, help="The demo plant.")

GOOD, FAILED, USAGE, GUARD = 0, 1, 2, 3

Datasets = Annotated[
    list[str] | None, typer.Option("--dataset", help="What to load: base, rich (both unless said), history.")
]
AsOf = Annotated[
    str | None, typer.Option("--as-of", metavar="DATE", help="The plant's day the demo tells of (YYYY-MM-DD).")
]
Seed = Annotated[int, typer.Option("--seed", help="For what is drawn by chance; base draws nothing.")]
Size = Annotated[
    str,
    typer.Option(
        "--size",
        metavar="S|M|L|TRACE",
        help="How large a past history makes: 90 days (S), a year (M, L), three (TRACE).",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="JSON for programs.")]


@demo.command("load")
def load_command(
    dataset: Datasets = None, as_of: AsOf = None, seed: Seed = 42, size: Size = "M", as_json: Json = False,  # noqa: FBT002
) -> None:  # fmt: skip
    """Make what is missing of the demo plant. What is there stays as it is."""
    _load(dataset, as_of=as_of, seed=seed, size=size, form="json" if as_json else "text")


@demo.command("reset")
def reset_command(  # noqa: PLR0917 - options of a command line
    dataset: Datasets = None,
    as_of: AsOf = None,
    seed: Seed = 42,
    size: Size = "M",
    as_json: Json = False,  # noqa: FBT002
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,  # noqa: FBT002
) -> None:
    """Empty the database and load again."""
    from fiducial.demo.emptying import empty_database
    from fiducial.demo.house import house
    from fiducial.demo.installation import demand_mode, guard
    from fiducial.kit.acting import Caller
    from fiducial.kit.refusals import Refused

    given = house()
    if not yes:
        typer.confirm("Everything in the database will be removed. Go on?", abort=True)
    try:
        demand_mode(given.mode)
        with given.database() as store:
            store.read_now(Caller(internal="demo"), guard)
    except Refused as refused:
        _guarded(refused)
    empty_database(given.database_url)
    _load(dataset, as_of=as_of, seed=seed, size=size, form="json" if as_json else "text")


def _load(datasets: list[str] | None, *, as_of: str | None, seed: int, size: str, form: str) -> None:
    import orjson

    from fiducial.demo import loader
    from fiducial.demo.house import house
    from fiducial.demo.installation import demand_mode
    from fiducial.kit.refusals import Refused

    unknown = sorted(set(datasets or ()) - set(DATASETS))
    if unknown:
        _wrong(f"there is no dataset {', '.join(unknown)}; there is {', '.join(DATASETS)}")
    given = house()
    try:
        demand_mode(given.mode)
        with given.database() as store:
            done = loader.load(
                store, given, datasets=datasets or USUAL, as_of=as_of, seed=seed, size=size, say=_progress
            )
    except Refused as refused:
        _guarded(refused)
    except ValueError as fault:
        _wrong(str(fault))
    typer.echo(orjson.dumps(done.as_json()).decode() if form == "json" else done.as_text())


def _progress(line: str) -> None:
    typer.echo(line, err=True)


@demo.command("check")
def check_command(
    as_json: Json = False,  # noqa: FBT002
    sample: Annotated[
        int, typer.Option("--sample", min=0, help="Replay so many random units of the past against the rules.")
    ] = 0,
) -> None:
    """Run the checks of the demo plant; exit 1 when one fails."""
    import orjson

    from fiducial.demo import checks
    from fiducial.demo.history import replay

    results = _on_database(checks.run)
    if sample:
        told = _on_database(lambda store, _given: replay.sample(store, sample))
        results.append(checks.Checked(0, f"{told.units} units of the past keep the rules", "; ".join(told.broken)))
    if as_json:
        typer.echo(orjson.dumps([result.as_json() for result in results]).decode())
    else:
        for result in results:
            typer.echo(
                f"{'OK  ' if result.ok else 'FAIL'} {result.number:2} {result.says}{'' if result.ok else ': ' + result.told}"
            )
    raise typer.Exit(GOOD if all(result.ok for result in results) else FAILED)


@demo.command("digest")
def digest_command() -> None:
    """Print the SHA-256 of what the plant holds, the same on every machine."""
    from fiducial.demo import digest

    typer.echo(_on_database(lambda store, _given: digest.of(store)))


T = TypeVar("T")


def _on_database(act: Callable[[Store, House], T]) -> T:
    from fiducial.demo.house import house

    given = house()
    with given.database() as store:
        return act(store, given)


@demo.command("run")
def run_command(
    port: Annotated[int, typer.Option(help="Port to serve on; another free one when it is taken.")] = 3000,
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    folder: Annotated[Path, typer.Option("--data-dir", help="Where the demo plant lives.")] = Path("data/demo"),
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="Keep serving after the run.")] = True,  # noqa: FBT002
) -> None:
    """Show the whole: a demo plant, one board from work order to trace, and the address to look at it."""
    from fiducial.demo.show import show

    raise typer.Exit(show(folder, port=port, host=host, keep_serving=serve, say=typer.echo))


def acceptance(
    *,
    track: Annotated[str, typer.Option(help="smt or dip.")] = "smt",
    scenario: Annotated[str, typer.Option(help="Which scenario.")] = "spine",
    every: Annotated[bool, typer.Option("--all", help="Every scenario on every track.")] = False,
    repeat: Annotated[int, typer.Option(help="How many times in a row.")] = 1,
    api_url: Annotated[str | None, typer.Option(help="Default: MES_API_URL, or http://127.0.0.1:3000/api.")] = None,
    email: Annotated[str | None, typer.Option(help="E-mail of the administrator.")] = None,
    password: Annotated[str | None, typer.Option(help="Password of the administrator.")] = None,
    test_password: Annotated[str | None, typer.Option(help="Password of the other five.")] = None,
    line_code: Annotated[str | None, typer.Option(help="Line to use instead of the scenario's own.")] = None,
    route_code: Annotated[str | None, typer.Option(help="Route to use instead of the scenario's own.")] = None,
    product_code: Annotated[str, typer.Option()] = "P-1001",
    slot_code: Annotated[str, typer.Option()] = "SLOT-01",
    material_code: Annotated[str, typer.Option()] = "MAT-001",
    operator_id: Annotated[str, typer.Option(help="Badge of the operator.")] = "OP-01",
    with_loading: Annotated[bool, typer.Option("--with-loading/--skip-loading")] = True,
    id_strategy: Annotated[str, typer.Option(help="reuse-wo or unique.")] = "reuse-wo",
    dataset: Annotated[str, typer.Option(help="Part of the order's number.")] = "acceptance",
    wo_no: Annotated[str | None, typer.Option(help="Order to use.")] = None,
    sn: Annotated[str | None, typer.Option(help="Serial to use.")] = None,
    fresh: Annotated[bool, typer.Option("--fresh", help="Make a plant, serve it, run, and remove it.")] = False,
    database_url: Annotated[str | None, typer.Option(help="With --fresh: an empty database.")] = None,
    as_json: Json = False,
    json_file: Annotated[Path | None, typer.Option(help="Write the JSON report there.")] = None,
    junit_file: Annotated[Path | None, typer.Option(help="Write the JUnit report there.")] = None,
) -> None:
    """Drive the public API through a scenario. Exit 0 passed, 1 failed, 2 wrong usage."""
    from fiducial.demo.acceptance.options import Options
    from fiducial.demo.acceptance.run import run_acceptance

    said = {"api_url": api_url, "email": email, "password": password, "test_password": test_password}
    options = Options(
        track=track, scenario=scenario, every=every, repeat=repeat, line_code=line_code, route_code=route_code,
        product_code=product_code, slot_code=slot_code, material_code=material_code, operator_id=operator_id,
        with_loading=with_loading, id_strategy=id_strategy, dataset=dataset, wo_no=wo_no, sn=sn, fresh=fresh,
        database_url=database_url, as_json=as_json, json_file=json_file, junit_file=junit_file,
        **{name: value for name, value in said.items() if value is not None},
    )  # fmt: skip
    raise typer.Exit(run_acceptance(options))


def _wrong(fault: str) -> NoReturn:
    typer.echo(fault, err=True)
    raise typer.Exit(USAGE)


def _guarded(refused: Exception) -> NoReturn:
    from fiducial.kit.refusals import Refused

    assert isinstance(refused, Refused)
    typer.echo(f"{refused.code}: {refused.sentence('en')} {refused.details or ''}".rstrip(), err=True)
    raise typer.Exit(GUARD)
