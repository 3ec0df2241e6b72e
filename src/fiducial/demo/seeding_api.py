"""The demo's data asked for by a page or another program (spec 12.1): the same load as the command, as a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import Field
from typing_extensions import TypedDict

from fiducial.demo import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.demo.datasets import DATASETS, USUAL
from fiducial.demo.house import Accounts, House
from fiducial.demo.installation import demand_mode, guard
from fiducial.kit.acting import action
from fiducial.kit.http.door import Doors, Entrance
from fiducial.kit.http.shapes import Body
from fiducial.kit.refusals import Said, bad_field
from fiducial.kit.store import Store
from fiducial.kit.tx import Tx

DEMO_SEED = "DEMO_SEED"
Ask = Callable[..., str | None]
_wired: list[tuple[House, Ask]] = []


class DemoSeed(Body):
    """Which data, and of which day they tell."""

    datasets: Annotated[list[str], Field(min_length=1, max_length=3)]
    size: Literal["S", "M", "L", "TRACE"] | None = None
    as_of: date | None = None


class Started(TypedDict):
    """The job that was asked for."""

    jobId: str


def wire_seeding(mode: str, accounts: Mapping[str, str], entrances: Callable[[], Sequence[Entrance]], ask: Ask) -> None:
    """Give the demo its house and how a job is asked for (from `app.py`); the database is open already."""
    house = House(mode=mode, accounts=Accounts(**accounts), database=nullcontext, database_url="", entrances=entrances)  # type: ignore[arg-type]
    _wired[:] = [(house, ask)]


@action("system:demo_seed", audit="SYSTEM_DEMO_SEED", entity="SYSTEM_CONFIG")
def seed_demo(tx: Tx, body: DemoSeed) -> Started:
    """Ask for the demo's data to be loaded; of two loads at once the second waits for the first.

    Refuses DEMO_MODE_OFF, DEMO_DB_HAS_REAL_DATA, VALIDATION_ERROR for a dataset that there is not.
    """
    house, ask = _wired[0]
    demand_mode(house.mode)
    unknown = sorted(set(body.datasets) - set(DATASETS))
    if unknown:
        known = ", ".join(DATASETS)
        named = ", ".join(unknown)
        raise bad_field(
            "datasets", Said(zh=f"没有数据集 {named}；可用：{known}", en=f"no dataset {named}; there is {known}")
        )
    guard(tx)
    job_id = ask(tx, DEMO_SEED, {
        "asOf": body.as_of.isoformat() if body.as_of else None, "datasets": body.datasets, "size": body.size,
    })  # fmt: skip
    assert job_id is not None, "there may be many"
    tx.record(None, jobId=job_id, datasets=body.datasets)
    return {"jobId": job_id}


def load_asked(store: Store, args: Mapping[str, Any], _progress: Callable[[int], None]) -> dict[str, Any]:
    """Load what was asked for; give how many of each kind were made and found. Secrets are not part of it."""
    from fiducial.demo import loader
    from fiducial.demo.history import shape

    house, _ = _wired[0]
    done = loader.load(
        store, house, datasets=args.get("datasets") or USUAL, as_of=args.get("asOf"),
        size=args.get("size") or shape.DEFAULT_SIZE,
    )  # fmt: skip
    return {"created": dict(done.created), "found": dict(done.found)}


doors = Doors("demo")
doors.post("/api/system/demo-seed", seed_demo, DemoSeed)
HANDLERS = {DEMO_SEED: load_asked}
