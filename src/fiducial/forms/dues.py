"""Telling people that a record is due (spec 10.4.3, 10.4.6, 10.4.8) and that an exception has stood open for a day (10.4.11)."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import exists, select

from fiducial.forms.papers.cold_storage import USUAL_STORE
from fiducial.forms.settings import BY_FORM
from fiducial.forms.tables import TABLES, reminders
from fiducial.kit import clock
from fiducial.kit.acting import action
from fiducial.kit.outbox import Event
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import run_of_id
from fiducial.plant.lookup import stations_of_line
from fiducial.routing.frozen import frozen_route
from fiducial.tooling.reading import ACTIVE, SQUEEGEE
from fiducial.tooling.tables import tools

DAY_MS = 86_400_000
READ_BY = {"AM": 12, "PM": 20}  # the hour by which a reading of the morning, of the afternoon is there
CHECKED_EVERY_DAYS, STORE_FORGOTTEN_DAYS = 7, 30
AT_ONCE = 500  # exceptions in one turn; the next turn tells of the others
INSPECTED_KINDS = ("SPI", "AOI")


@action(audit="FORM_DUE", entity="FORM", internal_only=True)
def remind_of_records(tx: Tx) -> int:
    """Announce FORM_DUE and PRODUCTION_EXCEPTION_OPEN for what is due and was not told of today; give how many. For the timer."""
    tx.unrecorded()
    forgotten = clock.plant_day(tx.now - STORE_FORGOTTEN_DAYS * DAY_MS, tx.store.zone).isoformat()
    tx.run(reminders.delete().where(reminders.c.day < forgotten))
    return _cold_stores(tx) + _squeegees(tx) + _open_exceptions(tx)


def remind_of_inspection(tx: Tx, event: Event) -> None:
    """Announce FORM_DUE for each SPI or AOI machine of a line without a PASS of the day when its run starts (listens to RUN_START)."""
    run = run_of_id(tx, event.thing) if event.thing is not None else None
    if run is None or not BY_FORM["equipment_inspection"].enabled.of(tx):
        return
    steps = [step for step in frozen_route(tx, run.version_id).steps if step.process_kind in INSPECTED_KINDS]
    t, begun = TABLES["equipment_inspection"].c, _day_start(tx)
    for station in stations_of_line(tx, run.line_id):
        fits = any(
            step.fits(
                code=station.code,
                station_type=station.station_type,
                group_code=station.group_code,
                is_active=station.is_active,
            )
            for step in steps
        )
        codes = (station.code, *station.equipment_codes)
        passed = exists().where(
            t.equipment_code.in_(codes), t.happened_at >= begun, t.result == "PASS", t.voided.is_(False)
        )
        if fits and not tx.scalar(select(passed)):
            _tell(tx, "equipment_inspection", station.code, line_id=run.line_id)


def _day_start(tx: Tx) -> int:
    return clock.day_start(clock.plant_day(tx.now, tx.store.zone), tx.store.zone)


def _cold_stores(tx: Tx) -> int:
    """A reading of the morning is missing at noon, one of the afternoon at eight: for every store that was read within a month."""
    settings = BY_FORM["cold_storage"]
    if not settings.enabled.of(tx):
        return 0
    t, begun = TABLES["cold_storage"].c, _day_start(tx)
    hour = datetime.fromtimestamp(tx.now / 1000, ZoneInfo(tx.store.zone)).hour
    known = {
        row.storage_code
        for row in tx.all(
            select(t.storage_code).where(t.happened_at >= tx.now - STORE_FORGOTTEN_DAYS * DAY_MS).distinct()
        )
    }
    stores = known or ({USUAL_STORE} if settings.manual_entry.of(tx) else set())
    told = 0
    for store in sorted(stores):
        for period, by in READ_BY.items():
            there = exists().where(
                t.storage_code == store, t.period == period, t.happened_at >= begun, t.voided.is_(False)
            )
            if hour >= by and not tx.scalar(select(there)):
                told += _tell(tx, "cold_storage", f"{store} {period}")
    return told


def _squeegees(tx: Tx) -> int:
    """A squeegee that is in use was not checked for seven days (每周检查一次)."""
    if not BY_FORM["squeegee"].enabled.of(tx):
        return 0
    t, since = TABLES["squeegee"].c, tx.now - CHECKED_EVERY_DAYS * DAY_MS
    checked = exists().where(t.squeegee_id == tools.c.code, t.happened_at >= since, t.voided.is_(False))
    in_use = select(tools.c.code).where(
        tools.c.kind == SQUEEGEE, tools.c.status == ACTIVE, tools.c.last_used_at >= since, ~checked
    )
    return sum(_tell(tx, "squeegee", row.code) for row in tx.all(in_use.order_by(tools.c.code)))


def _open_exceptions(tx: Tx) -> int:
    """Each day anew, of every exception that has stood open for more than a day."""
    t, r = TABLES["production_exception"].c, reminders.c
    told_today = exists().where(r.form == "production_exception", r.subject == t.record_no, r.day == _today(tx))
    overdue = select(t.id, t.record_no, t.line_id).where(
        t.confirmed_at.is_(None), t.voided.is_(False), t.recorded_at < tx.now - DAY_MS, ~told_today
    )
    told = 0
    for row in tx.all(overdue.order_by(t.id).limit(AT_ONCE)):
        if _first_today(tx, "production_exception", row.record_no):
            tx.emit("PRODUCTION_EXCEPTION_OPEN", row.id, form="production_exception", lineId=row.line_id)
            told += 1
    return told


def _tell(tx: Tx, form_key: str, subject: str, *, line_id: int | None = None) -> int:
    if not _first_today(tx, form_key, subject):
        return 0
    tx.emit("FORM_DUE", None, form=form_key, subject=subject, lineId=line_id)
    return 1


def _first_today(tx: Tx, form_key: str, subject: str) -> bool:
    """Tell whether nobody was told of this today; it is noted that somebody is now."""
    return tx.insert_once(reminders, form=form_key, subject=subject, day=_today(tx))


def _today(tx: Tx) -> str:
    return clock.plant_day(tx.now, tx.store.zone).isoformat()
