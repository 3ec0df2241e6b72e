"""Assembly: which rooms there are, in which order guards are asked, who listens to what, what stands in the menu.

No rule of the factory is here. A newcomer sees every wire of the house in this file.
"""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from fiducial import __version__
from fiducial.connect import wiring as connect_wiring
from fiducial.demo import seeding_api
from fiducial.demo.installation import mark_at_start
from fiducial.execution import api as execution_api
from fiducial.execution import pages as execution_pages
from fiducial.execution import ports as execution_ports
from fiducial.execution import spc_pages
from fiducial.execution import telling as execution_telling
from fiducial.execution import uses as execution_uses
from fiducial.forms import api as forms_api
from fiducial.forms import pages as forms_pages
from fiducial.forms import wiring as forms_wiring
from fiducial.kit import columns, idempotency, outbox, settings
from fiducial.kit.acting import Caller
from fiducial.kit.http.describe import describe
from fiducial.kit.http.door import Doors, Entrance
from fiducial.kit.http.frame import Frame as HttpFrame
from fiducial.kit.http.upload import IMPORT_LIMIT, LONGEST_FIELD
from fiducial.kit.store import Store, Wiring
from fiducial.loading import api as loading_api
from fiducial.loading import guard as loading_guard
from fiducial.loading import listeners as loading_listeners
from fiducial.loading import low_reels, msl, repair_parts
from fiducial.loading import pages as loading_pages
from fiducial.loading import reuse as loading_reuse
from fiducial.loading import uses as loading_uses
from fiducial.loading.queries import standing as loading_standing
from fiducial.notices import actions as notices_actions
from fiducial.notices import api as notices_api
from fiducial.notices import making as notices_making
from fiducial.notices import pages as notices_pages
from fiducial.notices import queries as notices_queries
from fiducial.ops import api as ops_api
from fiducial.ops import asked
from fiducial.ops import pages as ops_pages
from fiducial.ops.environment import Environment, WrongEnvironment
from fiducial.ops.errands import Errands
from fiducial.ops.first_start import first_administrator
from fiducial.ops.headers import headers_of
from fiducial.ops.lists import IMPORTERS, SHEETS
from fiducial.ops.logs import configure_logging
from fiducial.ops.migrate import pending
from fiducial.ops.outside import HANDLERS, enter_what_was_restored, errands_of, timers_of, wire_outside
from fiducial.ops.storage import Storage
from fiducial.ops.upgrading import upgrade
from fiducial.ops.worker import SWEEP_SECONDS, Timer, Worker
from fiducial.orders import api as orders_api
from fiducial.orders import menu as orders_menu
from fiducial.orders import pages as orders_pages
from fiducial.orders import ports as orders_ports
from fiducial.orders import telling as orders_telling
from fiducial.orders import uses as orders_uses
from fiducial.orders.actions import authorize as orders_authorize
from fiducial.orders.states import RUN
from fiducial.people import api as people_api
from fiducial.people import archiving, configuring, homes, identity, reach, roles, signing, tokens, told
from fiducial.people import pages as people_pages
from fiducial.people import ports as people_ports
from fiducial.plant import api as plant_api
from fiducial.plant import equipment_state, mode_actions, places
from fiducial.plant import menu as plant_menu
from fiducial.plant import ports as plant_ports
from fiducial.quality import api as quality_api
from fiducial.quality import code_pages
from fiducial.quality import menu as quality_menu
from fiducial.quality import opened as quality_opened
from fiducial.quality import ports as quality_ports
from fiducial.quality import telling as quality_telling
from fiducial.quality import wiring as quality_wiring
from fiducial.readiness import api as readiness_api
from fiducial.readiness import listeners as readiness_listeners
from fiducial.readiness import of_runs, run_part, watching
from fiducial.readiness import pages as readiness_pages
from fiducial.readiness import reminders as readiness_reminders
from fiducial.readiness import wiring as readiness_wiring
from fiducial.routing import api as routing_api
from fiducial.routing import pages as routing_pages
from fiducial.routing import ports as routing_ports
from fiducial.routing import touched
from fiducial.routing import words as routing_words
from fiducial.sheets import exports, exports_api, importing, imports, imports_api
from fiducial.sheets import pages as sheets_pages
from fiducial.timers import actions as timers_actions
from fiducial.timers import ports as timers_ports
from fiducial.timers import seeds as timers_seeds
from fiducial.timers import wiring as timers_wiring
from fiducial.tooling import wiring as tooling_wiring
from fiducial.trace import api as trace_api
from fiducial.trace import pages as trace_pages
from fiducial.web.pages import Frame, Pages, not_here
from fiducial.web.shell import STATIC_DIR, MenuItem, StatusSet, make_environment, static_root

HERE = Path(__file__).resolve().parent
METADATA = columns.metadata


# Every room has doors; in the order in which the API description lists them.
DOORS: tuple[Doors, ...] = (
    people_api.doors,
    notices_api.doors,
    plant_api.doors,
    routing_api.doors,
    orders_api.doors,
    execution_api.doors,
    quality_api.doors,
    tooling_wiring.DOORS,
    timers_wiring.DOORS,
    loading_api.doors,
    forms_api.doors,
    readiness_api.doors,
    trace_api.doors,
    connect_wiring.DOORS,
    exports_api.doors,
    imports_api.doors,
    ops_api.doors,
    seeding_api.doors,
)

PAGES: tuple[Pages, ...] = (
    people_pages.pages,
    notices_pages.pages,
    sheets_pages.pages,
    *plant_menu.PAGES,
    code_pages.pages,
    routing_pages.pages,
    orders_pages.pages,
    execution_pages.pages,
    loading_pages.pages,
    *quality_opened.PAGES,
    tooling_wiring.PAGES,
    timers_wiring.PAGES,
    connect_wiring.PAGES,
    readiness_pages.pages,
    spc_pages.pages,
    forms_pages.pages,
    trace_pages.pages,
    ops_pages.pages,
)

# What stands in the menu, from top to bottom: work first, then what is set up, then the system.
MENU: tuple[MenuItem, ...] = (
    *execution_pages.MENU,
    *loading_pages.MENU,
    *orders_menu.MENU,
    *readiness_pages.MENU,
    *tooling_wiring.MENU,
    *timers_wiring.MENU,
    *connect_wiring.MENU,
    *quality_menu.MENU,
    *forms_pages.MENU,
    *trace_pages.MENU,
    *routing_pages.MENU,
    *plant_menu.MENU,
    *people_pages.MENU,
    *ops_pages.MENU,
)

STATUSES: tuple[StatusSet, ...] = (
    *people_pages.STATUSES,
    *notices_pages.STATUSES,
    *plant_menu.STATUSES,
    *sheets_pages.STATUSES,
    *routing_words.STATUSES,
    *orders_menu.STATUSES,
    *execution_pages.STATUSES,
    *loading_pages.STATUSES,
    *quality_menu.STATUSES,
    *readiness_pages.STATUSES,
    *tooling_wiring.STATUSES,
    *timers_wiring.STATUSES,
    *connect_wiring.STATUSES,
    *forms_pages.STATUSES,
    *trace_pages.STATUSES,
    *ops_pages.STATUSES,
)

TEMPLATES = tuple(dict.fromkeys(HERE / pages.room / "templates" for pages in PAGES))

# What a notification says of an event whose payload does not say it by itself (docs/how-to/tell-people.md).
NOTICE_FACTS: dict[str, notices_making.Facts] = {
    **orders_telling.FACTS, **execution_telling.FACTS, **quality_telling.FACTS, **forms_wiring.NOTICE_FACTS
}  # fmt: skip

# Who hears of what after the commit, each event in this order.
LISTENERS: tuple[tuple[str, outbox.Listener], ...] = (
    *readiness_wiring.LISTENERS,
    *timers_wiring.LISTENERS,
    *tooling_wiring.LISTENERS,
    *quality_wiring.LISTENERS,
    *forms_wiring.LISTENERS,
    *((RUN.event_of(move), loading_listeners.end_reels_of_run) for move in RUN if move.target in RUN.terminal),
    ("MATERIAL_LOT_CHANGED", loading_listeners.judge_lot_again),
    *notices_making.wires(NOTICE_FACTS),
)

# What can be signed: each kind says what a signature of it vouches for (docs/how-to/sign-something.md).
SUBJECTS: tuple[people_ports.Subject, ...] = (
    archiving.ArchiveSubject(),
    *quality_wiring.SUBJECTS,
    *tooling_wiring.SUBJECTS,
    *readiness_wiring.SUBJECTS,
    *forms_wiring.SUBJECTS,
)

TIMERS: tuple[Timer, ...] = (
    Timer("runs are judged anew", readiness_listeners.judge_next_due, 1.0, while_=readiness_listeners.any_run_due),
    Timer("pre-changeover lists are due", readiness_reminders.remind_of_lists, 300.0),
    Timer("paper records are due", forms_wiring.REMINDERS, 300.0),
    Timer("authorisations lapse", orders_authorize.lapse_authorizations, 60.0),
    Timer("time rules are swept", timers_actions.sweep_clocks, 5.0, every=SWEEP_SECONDS),
    Timer("modes come back", mode_actions.sweep_modes, 60.0),
    Timer("tools are looked after", tooling_wiring.SWEEP, 3600.0),
    Timer("tokens that expire are announced", tokens.warn_of_expiry, 3600.0),
    Timer("sessions end", identity.end_expired_sessions, 300.0),
    Timer("old notifications are swept", notices_actions.sweep, 3600.0, on=True),
    Timer("idempotency keys are swept", idempotency.sweep, 60.0, on=True),
    Timer("patrols are due", quality_opened.PATROLS, 60.0),
    Timer("shifts begin", quality_opened.SHIFTS, 60.0),
    Timer("floor life ends", msl.expire_clocks, 60.0),
    Timer("results without a board end", quality_wiring.ORPHANS, 60.0, while_=quality_wiring.ANY_WAITING),
    Timer("low reels are told", low_reels.tell_low_reels, 60.0, look=low_reels.reels_that_run_low),
    Timer("old imports are swept", imports.sweep_imports, 600.0),
)


def wiring(environment: Environment) -> Wiring:
    """Give what the store must know of the rooms."""
    return Wiring(
        identity=identity.Identity(), listeners=LISTENERS, zone=environment.app_timezone, secret=environment.secret(),
        pg_writers=environment.pg_writers, set_back=(readiness_wiring.SET_BACK, identity.set_back, msl.set_back, timers_actions.set_back),
    )  # fmt: skip


def wire_ports() -> None:
    """Give each room what it asks of rooms above it; start-up fails when one is missing."""
    reach.wire_places(places.Places())
    homes.wire_menu(MENU)
    told.wire_telling(notices_actions.OwnTelling())
    signing.wire_subjects(SUBJECTS)
    exports.wire_sheets(SHEETS)
    importing.wire_importers(IMPORTERS)
    uses = (
        touched.RoutingUses(), orders_uses.PlantUse(), execution_uses.PlantUse(),
        *readiness_wiring.PLANT_USES, loading_uses.PlantUse(),
    )  # fmt: skip
    plant_ports.wire_uses(uses)
    plant_ports.wire_watchers((touched.RoutingWatcher(), watching.InputsWatcher(), loading_uses.LotWatcher()))
    routing_ports.wire_route_uses((orders_uses.RoutingUse(), execution_uses.RoutingUse()))
    quality_ports.wire(findings=quality_wiring.FINDINGS, exceptions=forms_wiring.EXCEPTIONS, parts=repair_parts.RepairParts(),
                       places=loading_uses.BoardPlaces())  # fmt: skip
    orders_ports.wire(
        # Readiness is judged first, then the first article (spec 02.7): the order is part of the contract.
        authorize_checks=(of_runs.ReadinessCheck(), quality_wiring.AUTHORIZE_CHECK),
        readiness=of_runs.RunsReadiness(),
        # The last piece before the outgoing inspection (spec 02.8 steps 6 and 7).
        close_checks=quality_wiring.CLOSE_CHECKS,
        sections={**quality_wiring.SECTIONS, "loading": loading_standing.RunsLoading()},
        ends=(*quality_wiring.RUN_ENDS, *connect_wiring.RUN_ENDS),
        reuse=(loading_reuse.TakeReels(), *readiness_wiring.REUSE),
        parts=(run_part.ChecksPart(), quality_opened.RUN_PART, run_part.ChecklistPart()),
    )
    timers_ports.wire(paste=tooling_wiring.PASTE_ON_LINE, watchers=readiness_wiring.WATCHERS)
    mode_actions.wire_holders((equipment_state.EquipmentHeld(), tooling_wiring.SUPPLIES_HELD, quality_wiring.HELD))
    execution_ports.wire(
        execution_ports.Wires(
            defects=quality_wiring.DEFECT_BOOK,
            equipment=tooling_wiring.EQUIPMENT_GUARD,
            trial=quality_wiring.TRIAL,
            start=readiness_wiring.START,
            # Tools (22), slots (23), first piece of the segment (24); time rules only remind.
            track_in=(
                *tooling_wiring.TRACK_IN_GUARDS,
                loading_guard.SlotsAreRight(),
                *quality_wiring.TRACK_IN_GUARDS,
                timers_wiring.CLOCKS,
            ),
            entered=quality_wiring.ENTERED,
            verdicts=(*quality_wiring.VERDICTS, *tooling_wiring.VERDICTS),
            track_out=(*tooling_wiring.TRACK_OUT_GUARDS, *quality_wiring.TRACK_OUT_GUARDS),
            effects=(*quality_wiring.EFFECTS, *tooling_wiring.TRACK_OUT_EFFECTS, timers_wiring.CLOCKS),
        )
    )


class NotMigrated(Exception):
    """The database stands below this program, and this start may not migrate it."""


def open_store(environment: Environment) -> Store:
    """Open the database with everything wired, migrated when this start may migrate.

    Raises `NotMigrated` when it may not and there is something to do, `NewerDatabase` for a database of a newer program.
    """
    if environment.migrates_itself:
        upgrade(environment)
    elif todo := pending(environment.database_url):
        raise NotMigrated(f"migrations are pending: {', '.join(todo)}; run `fiducial migrate` first")
    wire_ports()
    wire_outside(environment)
    seeding_api.wire_seeding(environment.app_mode, environment.demo_accounts, entrances, asked.ask)
    HANDLERS.update(seeding_api.HANDLERS)
    if faults := settings.fix(os.environ):
        raise WrongEnvironment(faults)
    store = Store(environment.database_url, wiring(environment)).start()
    starting = Caller(internal="start")
    store.write_now(starting, roles.ensure_roles)
    for seed in (*quality_opened.AT_START, msl.seed_levels, timers_seeds.seed_rules):
        store.write_now(starting, seed)
    return store


def open_for_serving(environment: Environment) -> Store:
    """Open the database and see to it that somebody can sign in."""
    store = open_store(environment)
    mark_at_start(store, environment.app_mode)
    enter_what_was_restored(store, environment)
    first_administrator(store, environment)
    return store


def create_app(environment: Environment, store: Store | None = None) -> FastAPI:
    """Give the application over a store; without one it opens its own at start-up and closes it at the end."""
    configure_logging(environment)
    disk = Storage(environment.app_data_dir, environment.disk_stop_percent, environment.disk_warn_percent)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        if store is None:
            # On a thread: opening waits for its own writes, which an event loop must not.
            app.state.store = await asyncio.to_thread(open_for_serving, environment)
        errands = worker = None
        if environment.jobs_enabled:
            errands = Errands(app.state.store, errands_of(environment), takes_work=disk.takes_work).start()
            worker = Worker(app.state.store, (*TIMERS, *timers_of(environment)), takes_work=disk.takes_work).start()
        gc.collect()
        gc.freeze()  # what is loaded now lives for ever; looking at it again and again cost half the p99
        gc.enable()
        yield
        if worker and errands:
            errands.stop()
            worker.stop()
        if store is None:
            app.state.store.stop()

    app = FastAPI(
        title="fiducial", version=__version__, lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None
    )
    app.state.environment, app.state.origins = environment, environment.origins
    if store is not None:
        app.state.store = store
    app.state.frame = _frame(environment, disk)
    for doors in DOORS:
        app.include_router(doors.router)
    for pages in PAGES:
        app.include_router(pages.router)
    app.router.routes.append(Mount(static_root(), StaticFiles(directory=STATIC_DIR)))
    app.openapi = lambda: describe(entrances(), title="fiducial", version=__version__)  # type: ignore[method-assign]
    app.add_exception_handler(HTTPException, not_here)
    app.add_middleware(
        HttpFrame, limit=environment.app_max_body_mb * 1024 * 1024, headers=lambda kind: headers_of(kind, environment),
        trusted=frozenset(filter(None, (part.strip() for part in environment.app_trusted_proxies.split(",")))),
        upload_limit=IMPORT_LIMIT + LONGEST_FIELD, storage=disk,
    )  # fmt: skip
    return app


def entrances() -> tuple[Entrance, ...]:
    """Give every endpoint of the API."""
    return tuple(entrance for doors in DOORS for entrance in doors.entrances)


def _frame(environment: Environment, disk: Storage) -> Frame:
    more = {"export_url": exports.export_url}
    jinja = make_environment(TEMPLATES, statuses=STATUSES, zone=environment.app_timezone, extra_globals=more)
    return Frame(
        environment=jinja, menu=MENU, demo=environment.app_mode == "demo", person=people_pages.person_of,
        brand=configuring.brand_of, notice=disk.banner,
        unread=lambda tx: notices_queries.unread_of(tx, tx.actor.id if tx.actor.kind == "USER" else None),
        search_url="/trace", search_needs=frozenset({"trace:read"}),
    )  # fmt: skip
