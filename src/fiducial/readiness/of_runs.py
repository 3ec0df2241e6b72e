"""What readiness answers to orders: may this run be authorised, and what do lists and details show (ports of orders)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, or_, select

from fiducial.kit import clock, ids
from fiducial.kit.refusals import Refused
from fiducial.kit.tx import Tx
from fiducial.orders.ports import CheckOutcome, RunRow
from fiducial.orders.tables import runs
from fiducial.plant.lookup import line_of_id
from fiducial.readiness.causes import Reader, fail_reason
from fiducial.readiness.checks import FORMAL, PRECHECK, failed_items, keep, newest, summary_of, whole_check
from fiducial.readiness.config import config_of
from fiducial.readiness.evaluate import FAILED, PASSED, WAIVED, Judgement, evaluate
from fiducial.readiness.tables import checks, line_configs


class ReadinessCheck:
    """The first question before an authorisation: every enabled gate, now, inside the authorising transaction (spec 02.7 step 3)."""

    def check(self, tx: Tx, run: RunRow) -> CheckOutcome:
        """Evaluate and keep the result as a FORMAL check, also when it says no. Refuses READINESS_NOT_CONFIGURED."""
        return _formal_check(tx, run, "AUTHORIZE")

    def foresee(self, tx: Tx, run: RunRow) -> str | None:
        """Give READINESS_CHECK_FAILED or READINESS_NOT_CONFIGURED when that is what would be answered now."""
        try:
            return "READINESS_CHECK_FAILED" if evaluate(tx, run).status == FAILED else None
        except Refused as refused:
            return refused.code


def _formal_check(tx: Tx, run: RunRow, trigger: str) -> CheckOutcome:
    judgement = evaluate(tx, run)
    check_id = keep(tx, run, judgement, type=FORMAL, trigger=trigger)
    if judgement.status == FAILED:
        return CheckOutcome(refused=_failed(tx, check_id), check_id=check_id)
    waived = sum(item.status == WAIVED for item in judgement.items)
    facts = {"checkId": ids.to_wire(check_id), "status": judgement.status, "waivedCount": waived}
    return CheckOutcome(check_id=check_id, readiness=facts)


def _failed_since(tx: Tx, check: Any, now: Judgement) -> Refused | None:
    """Give the refusal when what a check found does not hold any more, with the items as they are now."""
    if now.status == PASSED:
        return None
    reader = Reader.of(tx)
    failed = [
        {
            "id": None, "itemType": item.gate, "itemKey": item.key, "causeCode": item.cause,
            "failReason": fail_reason(item.cause, item.evidence, reader),
        }
        for item in now.items if item.status == FAILED
    ]  # fmt: skip
    return Refused("READINESS_CHECK_FAILED", checkId=ids.to_wire(check.id), failedItems=failed)


def _failed(tx: Tx, check_id: int) -> Refused:
    return Refused("READINESS_CHECK_FAILED", checkId=ids.to_wire(check_id), failedItems=failed_items(tx, check_id))


class RunsReadiness:
    """What lists and details of runs show of readiness (spec 02.11)."""

    def standing(self, tx: Tx, run: RunRow) -> Refused | None:
        """Give READINESS_CHECK_FAILED unless the newest FORMAL check is PASSED, was not invalidated, and would pass now too.

        Makes no check: a change of a moment ago is seen here, and the job that judges anew writes it down.
        """
        check = newest(tx, run.id, FORMAL)
        if check is None:
            return Refused("READINESS_CHECK_FAILED", checkId=None, failedItems=[])
        if check.status == PASSED and check.invalidated_at is None:
            return _failed_since(tx, check, evaluate(tx, run))
        told = check.invalidated_by if check.status == PASSED and check.invalidated_by is not None else check.id
        return _failed(tx, told)

    def check_now(self, tx: Tx, run: RunRow, trigger: str) -> CheckOutcome:
        """Make a FORMAL check now and keep it."""
        return _formal_check(tx, run, trigger)

    def detail(self, tx: Tx, run: RunRow) -> dict[str, Any]:
        """Give `{latestFormal, latestPrecheck, stale, enabled}`."""
        line = line_of_id(tx, run.line_id)
        assert line is not None, "a run's line is never deleted"
        config = config_of(tx, line.id, line.process_type)
        formal, early = newest(tx, run.id, FORMAL), newest(tx, run.id, PRECHECK)
        latest = max((check for check in (formal, early) if check), key=lambda check: check.id, default=None)
        stale = latest is not None and (
            latest.invalidated_at is not None
            or latest.config_version != config.version
            or (latest.next_expiry_at is not None and latest.next_expiry_at <= tx.now)
        )
        return {
            "latestFormal": _brief(formal), "latestPrecheck": _brief(early), "stale": stale, "enabled": list(config.enabled),
        }  # fmt: skip

    def latest_items(self, tx: Tx, run: RunRow) -> Mapping[str, Any] | None:
        """Give the newest check of any type with its items, in the reader's language."""
        check = newest(tx, run.id)
        line = line_of_id(tx, run.line_id)
        if check is None or line is None:
            return None
        return whole_check(tx, check, run.run_no, config_of(tx, line.id, line.process_type))

    def latest_status(self, run_id: ColumnElement[int]) -> ColumnElement[str | None]:
        """Give the status of the newest check of any type, as an expression."""
        status: ColumnElement[str | None] = _of_newest(checks.c.status, run_id)
        return status

    def latest_is_stale(self, run_id: ColumnElement[int], now: int) -> ColumnElement[bool]:
        """Tell, as an expression, whether that check no longer tells what is."""
        versions_of_line = select(func.max(line_configs.c.version)).where(line_configs.c.line_id == runs.c.line_id)
        config = func.coalesce(versions_of_line.correlate(runs).scalar_subquery(), 0)
        outdated = or_(
            checks.c.invalidated_at.is_not(None),
            checks.c.config_version != config,
            and_(checks.c.next_expiry_at.is_not(None), checks.c.next_expiry_at <= now),
        )
        return func.coalesce(_of_newest(case((outdated, 1), else_=0), run_id), 0) == 1


def _of_newest(column: ColumnElement[Any], run_id: ColumnElement[int]) -> Any:
    """Give a column of the newest check of a run of the statement around, as an expression."""
    newest_first = select(column).where(checks.c.run_id == run_id).order_by(checks.c.id.desc()).limit(1)
    return newest_first.correlate(runs).scalar_subquery()


def _brief(check: Any) -> dict[str, Any] | None:
    if check is None:
        return None
    return {
        "checkId": ids.to_wire(check.id), "status": check.status, "checkedAt": clock.to_wire(check.checked_at),
        "checkedByName": check.checked_by_name, "trigger": check.trigger, "invalidatedAt": clock.to_wire(check.invalidated_at),
        "summary": summary_of(check),
    }  # fmt: skip
