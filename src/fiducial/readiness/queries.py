"""Reading checks and a line's gates (spec 03.3, 03.7)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from fiducial.kit import clock, ids
from fiducial.kit.acting import query
from fiducial.kit.listing import Listed, Listing, Page, one_of
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import must_reach_run, the_run
from fiducial.people.reach import must_reach_line
from fiducial.plant.lookup import LineRow, line_of_id, the_line
from fiducial.readiness import refusals as _declared  # noqa: F401 - what is raised here is declared there
from fiducial.readiness.answers import Check, Item, LineGates
from fiducial.readiness.causes import Reader
from fiducial.readiness.checks import TRIGGERS, TYPES, check_on_wire, item_on_wire, items_of, newest, whole_check
from fiducial.readiness.config import LineConfig, config_of
from fiducial.readiness.evaluate import FAILED, PASSED
from fiducial.readiness.shapes import OfType
from fiducial.readiness.tables import checks, items

HISTORY = Listing(
    filters={
        "type": one_of(checks.c.type, TYPES), "status": one_of(checks.c.status, (PASSED, FAILED)),
        "trigger": one_of(checks.c.trigger, TRIGGERS),
    },
    sorts={"checkedAt": checks.c.checked_at},
    default_sort="checkedAt.desc",
    key=checks.c.id,
)  # fmt: skip


@query("readiness:view")
def latest_check(tx: Tx, run_no: str, asked: OfType) -> Check:
    """Give the newest check of a run, of one type or of any. Refuses RUN_NOT_FOUND, NO_CHECK_FOUND."""
    run = _run(tx, run_no)
    check = newest(tx, run.id, asked.type)
    if check is None:
        raise Refused("NO_CHECK_FOUND", runNo=run_no)
    return whole_check(tx, check, run_no, _config(tx, run))


@query("readiness:view")
def check_history(tx: Tx, run_no: str, page: Page) -> Listed[Check]:
    """Give the checks of a run without their items, newest first. Refuses RUN_NOT_FOUND."""
    run = _run(tx, run_no)

    mine = select(checks).where(checks.c.run_id == run.id)
    return HISTORY.answer(tx, mine, page, lambda row: check_on_wire(row, run_no))


@query("readiness:view")
def one_check(tx: Tx, run_no: str, check_id: str) -> Check:
    """Give one check of a run. Refuses RUN_NOT_FOUND, NO_CHECK_FOUND."""
    run = _run(tx, run_no)
    check = tx.first(select(checks).where(checks.c.id == ids.from_wire(check_id), checks.c.run_id == run.id))
    if check is None:
        raise Refused("NO_CHECK_FOUND", runNo=run_no)
    return whole_check(tx, check, run_no, _config(tx, run))


@query("readiness:view")
def line_gates(tx: Tx, id_or_code: str) -> LineGates:
    """Give the gates of a line and their settings. Refuses LINE_NOT_FOUND."""
    line = the_line(tx, id_or_code)
    must_reach_line(tx, line.id, "readiness:view")
    return gates_on_wire(line, config_of(tx, line.id, line.process_type))


def gates_on_wire(line: LineRow, config: LineConfig) -> LineGates:
    """Give a line's configuration."""
    return {
        "lineId": ids.to_wire(line.id), "lineCode": line.code, "isDefault": config.version == 0, "enabled": list(config.enabled),
        "gates": config.all_settings(), "version": config.version, "updatedAt": clock.to_wire(config.updated_at),
        "updatedBy": ids.wire_or_none(config.updated_by), "updatedByName": config.updated_by_name,
    }  # fmt: skip


def _run(tx: Tx, run_no: str) -> Any:
    run = the_run(tx, run_no)
    must_reach_run(tx, run, "readiness:view")
    return run


def _config(tx: Tx, run: Any) -> LineConfig:
    line = line_of_id(tx, run.line_id)
    assert line is not None, "a run's line is never deleted"
    return config_of(tx, line.id, line.process_type)


def item_to_waive(tx: Tx, run_no: str, item_id: str) -> tuple[Item | None, float]:
    """Give an item of a run as on the wire, and for how many hours at most it may be waived; None when it is not the run's."""
    run = _run(tx, run_no)
    config = _config(tx, run)
    key = ids.from_wire(item_id)
    for check in tx.all(
        select(checks).join(items, items.c.check_id == checks.c.id).where(items.c.id == key, checks.c.run_id == run.id)
    ):
        item = next(item for item in items_of(tx, check.id) if item.id == key)
        return item_on_wire(item, Reader.of(tx), config), config.settings(item.item_type).get("waiverHours", 0)
    return None, 0
