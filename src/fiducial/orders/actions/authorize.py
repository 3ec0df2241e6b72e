"""Allowing a run to start, and taking that back: by a person, or by the system when it got too old (spec 02.7)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import insert, select, update

from fiducial.kit.acting import action
from fiducial.kit.refusals import Kept, Refused
from fiducial.kit.tx import Tx
from fiducial.orders import ports
from fiducial.orders.answers import AuthorizedRun
from fiducial.orders.completion import finish_if_all_done
from fiducial.orders.lookup import must_reach_run, run_to_change
from fiducial.orders.settings import AUTHORIZATION_VALID_MINUTES
from fiducial.orders.shapes import Authorize
from fiducial.orders.states import AUTHORIZED, PREP, RUN, UNIT
from fiducial.orders.tables import authorizations, runs, units
from fiducial.orders.views import authorization_on_wire, run_now
from fiducial.plant.lookup import line_of_id

NORMAL, REVOKED, LAPSED = "NORMAL", "REVOKED", "LAPSED"
AT_ONCE = 50  # lapsed in one transaction


@action("run:authorize", audit="RUN_AUTHORIZE", entity="RUN", key="run_no")
def authorize_run(tx: Tx, run_no: str, body: Authorize) -> AuthorizedRun | Kept:
    """Authorise a prepared run. Give it with `authorization`; one that is authorised already is answered as it is.

    Every check is asked now, readiness first; what readiness found is kept also when a check says no. Refuses RUN_NOT_FOUND,
    FORBIDDEN, RUN_NOT_READY, and what the checks refuse (READINESS_NOT_CONFIGURED, READINESS_CHECK_FAILED, FAI_NOT_PASSED,
    FAI_NOT_SIGNED). Spec 02.7.
    """
    run = run_to_change(tx, run_no)  # of two calls at once the second finds it authorised
    must_reach_run(tx, run, "run:authorize")
    if run.status == AUTHORIZED:
        tx.unrecorded()
        return _answer(tx, run, already=True)
    if run.status != PREP:
        raise Refused("RUN_NOT_READY", runNo=run_no, status=run.status)
    facts = ports.CheckOutcome(authorization_type=NORMAL)
    for check in ports.authorize_checks():
        outcome = check.check(tx, run)
        facts = _with(facts, outcome)
        if outcome.refused is not None:
            return Kept(outcome.refused)
    return _authorize(tx, run, facts, body.reason)


@action("run:revoke", audit="RUN_REVOKE", entity="RUN", key="run_no")
def revoke_run(tx: Tx, run_no: str, body: Authorize) -> AuthorizedRun:
    """Take an authorisation back before the run has started, for a reason. Give the run.

    Refuses RUN_NOT_FOUND, FORBIDDEN, RUN_NOT_REVOCABLE. Spec 02.7.
    """
    run = run_to_change(tx, run_no)
    must_reach_run(tx, run, "run:revoke")
    if run.status == PREP:
        tx.unrecorded()
        return _answer(tx, run)
    if run.status != AUTHORIZED:
        raise Refused("RUN_NOT_REVOCABLE", runNo=run_no, status=run.status)
    _take_back(tx, run, move="revoke", became=REVOKED, reason=body.reason or "")
    return _answer(tx, run)


@action("run:authorize", "run:revoke", audit="RUN_AUTHORIZE", entity="RUN", key="run_no")
def authorize_or_revoke(tx: Tx, run_no: str, body: Authorize) -> AuthorizedRun | Kept:
    """Authorise a run or revoke its authorisation, by `action` (spec 02.7). The door calls the one or the other itself, so
    that each asks its own permission and stands in the book under its own name."""
    return act_of(body)(tx, run_no, body)


def act_of(body: Authorize) -> Callable[[Tx, str, Authorize], AuthorizedRun | Kept]:
    """Give the act that a body asks for."""
    return revoke_run if body.action == "REVOKE" else authorize_run


def _with(facts: ports.CheckOutcome, outcome: ports.CheckOutcome) -> ports.CheckOutcome:
    """Gather what the checks leave behind for the authorisation entry."""
    return ports.CheckOutcome(
        check_id=outcome.check_id or facts.check_id, fai_id=outcome.fai_id or facts.fai_id,
        authorization_type=outcome.authorization_type or facts.authorization_type, readiness=outcome.readiness or facts.readiness,
    )  # fmt: skip


def _authorize(tx: Tx, run: Any, facts: ports.CheckOutcome, reason: str | None) -> AuthorizedRun:
    line = authorize_now(tx, run, facts, reason)
    oqc = _start_if_nothing_is_left(tx, run, line)
    return _answer(tx, run, readiness=facts.readiness, oqc=oqc)


def authorize_now(tx: Tx, run: Any, facts: ports.CheckOutcome, reason: str | None) -> str | None:
    """Authorise a run that every check has let pass, and keep why; give the code of its line. For this action, and for the MRB."""
    line = _line_code(tx, run)
    RUN.move(
        tx, "authorize", runs.c.id == run.id, key=run.id, display=run.run_no, line=line, reason=reason,
        authorized_at=tx.now, authorization_type=facts.authorization_type, updated_at=tx.now,
    )  # fmt: skip
    entry = {
        "id": tx.new_id(), "run_id": run.id, "type": facts.authorization_type, "status": AUTHORIZED, "by_id": tx.actor.id,
        "by_name": tx.actor.name, "at": tx.now, "reason": reason, "check_id": facts.check_id, "fai_id": facts.fai_id,
    }  # fmt: skip
    tx.run(insert(authorizations).values(entry))
    return line


def _start_if_nothing_is_left(tx: Tx, run: Any, line: str | None) -> Any:
    """Start a run whose units are all terminal already: after the trial of a one-step route nobody could track in any more."""
    of_run = units.c.run_id == run.id
    some = tx.first(select(units.c.id).where(of_run).limit(1))
    open_one = tx.first(select(units.c.id).where(of_run, units.c.status.not_in(UNIT.terminal)).limit(1))
    if some is None or open_one is not None:
        return None
    RUN.move(
        tx, "start", runs.c.id == run.id, key=run.id, display=run.run_no, line=line, started_at=tx.now, updated_at=tx.now
    )  # fmt: skip
    return finish_if_all_done(tx, run.id).oqc


def _take_back(tx: Tx, run: Any, *, move: str, became: str, reason: str) -> bool:
    moved = RUN.move(
        tx, move, runs.c.id == run.id, key=run.id, display=run.run_no, line=_line_code(tx, run), reason=reason,
        authorized_at=None, authorization_type=None, updated_at=tx.now,
    )  # fmt: skip
    if moved:
        standing = update(authorizations).where(
            authorizations.c.run_id == run.id, authorizations.c.status == AUTHORIZED
        )
        tx.run(
            standing.values(
                status=became, ended_by_id=tx.actor.id, ended_by_name=tx.actor.name, ended_at=tx.now, ended_reason=reason
            )
        )  # fmt: skip
    return moved


def lapse(tx: Tx, run: Any, reason: str) -> bool:
    """Take an authorised run that has not started back to preparation, because an input got worse. False when it is not so (any more)."""
    return _take_back(tx, run, move="lapse", became=LAPSED, reason=reason)


@action(audit="RUN_AUTHORIZATION_LAPSED", entity="RUN", internal_only=True)
def lapse_authorizations(tx: Tx) -> int:
    """Take back authorisations older than `run.authorizationValidMinutes` of their line, at most 50; give how many.

    For the timer. A run that has started is never touched. Spec 02.7.
    """
    tx.unrecorded()
    waiting = select(runs.c.line_id).where(runs.c.status == AUTHORIZED).distinct()
    lapsed = 0
    for row in tx.all(waiting):
        minutes = AUTHORIZATION_VALID_MINUTES.of(tx, row.line_id)
        too_old = select(runs).where(
            runs.c.status == AUTHORIZED, runs.c.line_id == row.line_id, runs.c.authorized_at < tx.now - minutes * 60_000
        )
        for run in tx.all(too_old.order_by(runs.c.id).limit(AT_ONCE - lapsed).with_for_update(skip_locked=True)):
            lapsed += lapse(tx, run, f"{minutes} min")
    return lapsed


def _line_code(tx: Tx, run: Any) -> str | None:
    line = line_of_id(tx, run.line_id)
    return line.code if line else None


def _answer(tx: Tx, run: Any, *, already: bool = False, readiness: Any = None, oqc: Any = None) -> AuthorizedRun:
    newest = tx.first(
        select(authorizations).where(authorizations.c.run_id == run.id).order_by(authorizations.c.id.desc()).limit(1)
    )
    return {
        **run_now(tx, run.id), "alreadyAuthorized": already, "authorization": authorization_on_wire(newest) if newest else None,
        "readiness": dict(readiness) if readiness else None, "oqc": oqc,
    }  # fmt: skip
