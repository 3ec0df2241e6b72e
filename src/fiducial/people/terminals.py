"""Shared terminals (spec 09.2): a browser on the shop floor that is paired once and at which badges may sign in."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from sqlalchemy import select, update

from fiducial.kit import clock, ids, listing
from fiducial.kit.acting import OPEN, action, query
from fiducial.kit.listing import Listed, Listing, Page
from fiducial.kit.refusals import Kept, Refused, Said, bad_field, changed_fields
from fiducial.kit.tx import Tx
from fiducial.people import lockout
from fiducial.people.accounts import in_order
from fiducial.people.reach import lines_in_reach, must_reach_line, places
from fiducial.people.tables import terminals
from fiducial.people.terminal_shapes import NewTerminal, PairingCode, TerminalChange, TerminalFacts

MANAGE = "system:user_manage"
PAIRING_MS = 10 * 60_000
CODE_LENGTH = 8
_LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # read from one screen and typed at another
TERMINALS = Listing(
    filters={"search": listing.part(terminals.c.code, terminals.c.name), "isActive": listing.yes_no(terminals.c.is_active)},
    sorts={"code": terminals.c.code, "name": terminals.c.name, "createdAt": terminals.c.created_at},
    default_sort="code.asc", key=terminals.c.id,
)  # fmt: skip


@query(MANAGE)
def list_terminals(tx: Tx, page: Page) -> Listed[TerminalFacts]:
    """Give the terminals of the lines in reach."""
    statement, lines = select(terminals), lines_in_reach(tx, MANAGE)
    if lines is not None:
        statement = statement.where(terminals.c.line_id.in_(lines))
    return TERMINALS.answer_all(tx, statement, page, lambda rows: _facts(tx, rows))


@query(MANAGE)
def terminal_detail(tx: Tx, code: str) -> TerminalFacts:
    """Give one terminal; refuses TERMINAL_NOT_FOUND."""
    row = must_find(tx, code)
    must_reach_line(tx, row.line_id, MANAGE)
    return _facts(tx, [row])[0]


@action(MANAGE, audit="TERMINAL_CREATE", entity="TERMINAL", key="body.code")
def create_terminal(tx: Tx, body: NewTerminal) -> TerminalFacts:
    """Register a terminal; it is of use once a browser is paired. Refuses LINE_NOT_FOUND, STATION_NOT_FOUND, VALIDATION_ERROR."""
    key, line = tx.new_id(), _line(tx, body.line_code)
    new = tx.insert_once(
        terminals, id=key, code=body.code, name=body.name, line_id=line, station_ids=_stations(tx, line, body.station_codes),
        is_active=body.is_active, created_at=tx.now, updated_at=tx.now,
    )  # fmt: skip
    if not new:
        raise bad_field("code", Said(zh="终端代码已存在", en="there is a terminal with this code"))
    facts = _facts(tx, [must_find(tx, body.code)])[0]
    tx.record(body.code, key=key, line=body.line_code, changes=changed_fields({}, _audited(facts)))
    return facts


@action(MANAGE, audit="TERMINAL_UPDATE", entity="TERMINAL", key="code")
def change_terminal(tx: Tx, code: str, body: TerminalChange) -> TerminalFacts:
    """Change a terminal. Refuses TERMINAL_NOT_FOUND, LINE_NOT_FOUND, STATION_NOT_FOUND."""
    row, given = must_find(tx, code), body.given()
    must_reach_line(tx, row.line_id, MANAGE)
    before = _facts(tx, [row])[0]
    values: dict[str, Any] = {name: given[name] for name in ("name", "is_active") if name in given}
    line = _line(tx, body.line_code) if "line_code" in given else row.line_id
    if "station_codes" in given:
        values["station_ids"] = _stations(tx, line, body.station_codes)
    elif line != row.line_id:
        values["station_ids"] = ""
    tx.run(update(terminals).where(terminals.c.id == row.id).values(**values, line_id=line, updated_at=tx.now))
    after = _facts(tx, [must_find(tx, code)])[0]
    tx.record(code, key=row.id, line=after["lineCode"], changes=changed_fields(_audited(before), _audited(after)))
    return after


@action(MANAGE, audit="TERMINAL_UPDATE", entity="TERMINAL", key="code", shown_once=True)
def make_pairing_code(tx: Tx, code: str) -> PairingCode:
    """Give a code that pairs one browser within ten minutes; a former code is worth nothing then. Refuses TERMINAL_NOT_FOUND."""
    row = must_find(tx, code)
    must_reach_line(tx, row.line_id, MANAGE)
    pairing = "".join(secrets.choice(_LETTERS) for _ in range(CODE_LENGTH))
    until = tx.now + PAIRING_MS
    values = {"pairing_digest": sha256(pairing.encode()).digest(), "pairing_until": until}
    tx.run(update(terminals).where(terminals.c.id == row.id).values(values))
    tx.record(code, key=row.id, pairing=True)
    return {"code": pairing, "expiresAt": clock.to_wire(until)}


@action(OPEN, audit="TERMINAL_PAIR", entity="TERMINAL", shown_once=True)
def pair_terminal(tx: Tx, code: str, digest: bytes) -> dict[str, str] | Kept:
    """Make the asking browser the terminal of a pairing code, which is spent by it; the former browser is none any more.

    Refuses TERMINAL_NOT_FOUND for a code that is wrong, spent or too old, which counts for the address, and RATE_LIMITED.
    """
    if limited := lockout.refusal_of_address(tx, tx.caller.ip):
        return Kept(limited)
    wanted = select(terminals).where(
        terminals.c.pairing_digest == sha256(code.strip().upper().encode()).digest(), terminals.c.pairing_until > tx.now,
        terminals.c.is_active,
    )  # fmt: skip
    row = tx.first(wanted.with_for_update())
    if row is None:
        lockout.count_address(tx, tx.caller.ip)
        return Kept(Refused("TERMINAL_NOT_FOUND"))
    values = {"cookie_digest": digest, "paired_at": tx.now, "pairing_digest": None, "pairing_until": None}
    tx.run(update(terminals).where(terminals.c.id == row.id).values(values))
    tx.record(row.code, key=row.id)
    return {"code": row.code, "name": row.name}


def paired(tx: Tx) -> Any:
    """Give the row of the terminal at which the caller's browser stands; None away from one."""
    if tx.caller.terminal_hash is None:
        return None
    live = select(terminals).where(terminals.c.cookie_digest == tx.caller.terminal_hash, terminals.c.is_active)
    return tx.first(live)


def must_find(tx: Tx, code: str) -> Any:
    """Give the row of a terminal; refuses TERMINAL_NOT_FOUND. A write locks it."""
    named = select(terminals).where(terminals.c.code == code)
    row = tx.first(named if tx.chain is None else named.with_for_update())
    if row is None:
        raise Refused("TERMINAL_NOT_FOUND", terminalCode=code)
    return row


def stations_of(row: Any) -> list[int]:
    """Give the stations at which a terminal stands."""
    return [int(key) for key in row.station_ids.split()]


def _line(tx: Tx, code: str) -> int:
    line = next(iter(places().find_lines(tx, [code]).values()))
    must_reach_line(tx, line, MANAGE)
    return line


def _stations(tx: Tx, line: int, codes: Sequence[str]) -> str:
    found = places().find_stations(tx, codes)
    lines = places().lines_of(tx, found.values())
    elsewhere = sorted(code for code, key in found.items() if lines.get(key) != line)
    if elsewhere:
        told = ", ".join(elsewhere)
        raise bad_field("stationCodes", Said(zh=f"{told} 不属于该产线", en=f"{told} stands on another line"))
    return " ".join(str(key) for key in sorted(set(found.values())))


def _facts(tx: Tx, rows: Sequence[Any]) -> list[TerminalFacts]:
    lines = places().line_codes(tx, {row.line_id for row in rows})
    stations = places().station_codes(tx, {key for row in rows for key in stations_of(row)})
    return [
        {
            "id": ids.to_wire(row.id), "code": row.code, "name": row.name, "lineCode": lines.get(row.line_id, ""),
            "stationCodes": [stations[key] for key in in_order(stations_of(row), stations)], "isActive": row.is_active,
            "isPaired": row.cookie_digest is not None, "pairedAt": clock.to_wire(row.paired_at),
            "createdAt": clock.to_wire(row.created_at), "updatedAt": clock.to_wire(row.updated_at),
        }
        for row in rows
    ]  # fmt: skip


def _audited(facts: TerminalFacts) -> dict[str, Any]:
    return {
        name: value for name, value in facts.items() if name in ("code", "name", "lineCode", "stationCodes", "isActive")
    }
