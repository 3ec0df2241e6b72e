"""The audit book as people read it (spec 09.7). The book itself is the kit's (`kit.audit`); nothing here changes an entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired

import orjson
from sqlalchemy import ColumnElement, Select, and_, func, select

from fiducial.kit import clock, ids, listing
from fiducial.kit.acting import SIGNED_IN, action, query
from fiducial.kit.audit import FIRST, SUCCESS, archive_lane, context, entry, entry_id, lane_head, seq_of
from fiducial.kit.audit_walk import Rows, Walk
from fiducial.kit.listing import COUNT_CAP, Listed, Listing, Page
from fiducial.kit.refusals import Refused, refusals
from fiducial.kit.tx import Tx
from fiducial.people.book_search import BOOK, acted_by, outcome, search
from fiducial.people.reach import lines_in_reach, places
from fiducial.people.shapes import AuditEntry

SEE_ALL = "system:audit"
EXPORT_LIMIT = 1_000_000


_before = entry.alias("before")
_taken_out = archive_lane.alias("taken_out")  # the entry before may stand in an archive


def _entries() -> Select[Any]:
    """Give entries with their context, their lane's name and the hash of the entry before in the lane.

    From the entries on, never from the few contexts or lanes, as a planner likes to begin: it would take the whole book to find the newest.
    """
    return (
        select(
            entry,
            context.c.facts,
            lane_head.c.name.label("lane_name"),
            func.coalesce(_before.c.hash, _taken_out.c.last_hash).label("prev_hash"),
        )
        .join_from(entry, context, context.c.id == entry.c.context_id + 0)
        .join(lane_head, lane_head.c.id == entry.c.lane + 0)
        .outerjoin(_before, and_(_before.c.lane == entry.c.lane, _before.c.lane_seq == entry.c.lane_seq - 1))
        .outerjoin(_taken_out, and_(_taken_out.c.lane == entry.c.lane, _taken_out.c.last_seq == entry.c.lane_seq - 1))
    )


class ListedEntries(Listed[AuditEntry]):
    """Entries of the book. When the rest of it was not looked at: how far back the search came, and what is asked with to go on."""

    searchedBackTo: NotRequired[str | None]
    before: NotRequired[str]


@query(SIGNED_IN)
def list_entries(tx: Tx, page: Page) -> ListedEntries:
    """Give entries, newest first. Without `system:audit` one's own; naming another's `actorId` is FORBIDDEN.

    With filters the newest of the book are looked at, and what an index names of the rest (`book_search`). When that was not all, `searchedBackTo`
    says how far back it was, and the same question with the `before` of the answer goes on from there: nothing is skipped or given twice.
    """
    only = []
    if not _sees_all(tx):
        if "actorId" in page.filters and ids.from_wire(page.filters["actorId"]) != tx.actor.id:
            raise Refused("FORBIDDEN", permission=SEE_ALL)
        only = [acted_by(tx.actor.id)]
    found = search(tx, page, *only)
    rows = {row.seq: row for row in tx.all(_entries().where(entry.c.seq.in_(found.seqs)))} if found.seqs else {}
    answer: ListedEntries = {
        "items": [entry_facts(rows[seq], tx.caller.language) for seq in found.seqs],
        "total": min(found.total, COUNT_CAP), "page": page.number, "pageSize": page.size,
    }  # fmt: skip
    if found.total > COUNT_CAP:
        answer["totalIsCapped"] = True
    if found.before is not None:
        answer["searchedBackTo"], answer["before"] = clock.to_wire(found.back_to), str(found.before)
    return answer


@query(SIGNED_IN)
def entry_detail(tx: Tx, entry_text: str) -> AuditEntry:
    """Give one entry; without `system:audit` only one's own. Refuses AUDIT_ENTRY_NOT_FOUND."""
    statement = _entries().where(entry.c.seq == (seq_of(entry_text) or -1))
    if not _sees_all(tx):
        statement = statement.where(acted_by(tx.actor.id))
    row = tx.first(statement)
    if row is None or entry_id(row.at, row.seq) != entry_text.lower():
        raise Refused("AUDIT_ENTRY_NOT_FOUND")
    return entry_facts(row, tx.caller.language)


def _sees_all(tx: Tx) -> bool:
    return tx.actor.kind == "SYSTEM" or tx.actor.holds(SEE_ALL)


PAPERS = (
    "BAKE_RECORD", "SOLDER_PASTE_USAGE", "COLD_STORAGE_TEMP", "STENCIL_USAGE", "STENCIL_CLEANING", "SQUEEGEE_USAGE", "FIXTURE_USAGE",
    "EQUIPMENT_INSPECTION", "OVEN_PROGRAM_RECORD", "DAILY_QC_RECORD", "PRODUCTION_EXCEPTION", "XRAY_INSPECTION",
)  # fmt: skip
# Who may read a thing may read its history.
READ_BY = {
    "WORK_ORDER": "wo:read", "RUN": "run:read", "UNIT": "run:read", "TRACK": "exec:read", "DATA_VALUE": "exec:read",
    "INSPECTION": "trace:read", "DEFECT": "trace:read", "DISPOSITION": "trace:read", "FORM_RECORD": "trace:read",
    "MATERIAL_LOT": "material:read", "LOADING": "loading:view", "READINESS_CHECK": "readiness:view",
    "TIME_RULE": "readiness:view", "TOOL": "tool:read", "MAINTENANCE": "maintenance:read", "ROUTE": "route:read",
    "OPERATION": "operation:read", "DATA_SPEC": "data_spec:read", "LINE": "line:read", "STATION": "line:read",
    "INTEGRATION": "integration:view", "OUTBOUND": "system:integration", "USER": "system:user_manage",
    "TERMINAL": "system:user_manage", "SESSION": "system:user_manage", "ROLE": "system:role_manage",
    "API_TOKEN": "system:token_manage", "SYSTEM_CONFIG": "system:config", "BACKUP": "system:ops",
    "MATERIAL": "material:read", "BOM": "material:read", "STATION_GROUP": "line:read", "FAI_TEMPLATE": "fai_template:read",
    "REFLOW_PROFILE": "route:read", "EQUIPMENT": "readiness:view", "SOLDER_PASTE_LOT": "readiness:view",
    **dict.fromkeys(("FAI", "IPQC", "FQC", "OQC", "REWORK_TASK", *PAPERS), "trace:read"),
}  # fmt: skip
OF_A_LINE = frozenset({
    "WORK_ORDER", "RUN", "UNIT", "TRACK", "DATA_VALUE", "INSPECTION", "DEFECT", "DISPOSITION", "LOADING", "READINESS_CHECK",
    "FAI", "IPQC", "FQC", "OQC", "REWORK_TASK",
})  # fmt: skip
HISTORY = Listing(
    filters={"action": listing.exact(entry.c.action), "outcome": outcome}, sorts={"seq": entry.c.seq, "at": entry.c.at},
    default_sort="seq.desc", key=entry.c.seq,
)  # fmt: skip


@query(SIGNED_IN)
def thing_history(tx: Tx, entity_type: str, entity_key: str, page: Page) -> Listed[AuditEntry]:
    """Give the history of one thing, by its business key or id, to whoever may read the thing; lines out of reach are left out.

    Refuses FORBIDDEN with the permission or the scope that is missing.
    """
    thing = entry.c.entity_display == entity_key
    if (key := ids.from_wire(entity_key)) is not None:
        thing = thing | (entry.c.entity_key == key)
    statement = _entries().where(entry.c.entity_type == entity_type, thing)
    if not _sees_all(tx):
        statement = statement.where(*_within_reach(tx, entity_type, statement))
    return HISTORY.answer(tx, statement, page, lambda row: entry_facts(row, tx.caller.language))


def _within_reach(tx: Tx, entity_type: str, statement: Select[Any]) -> Sequence[ColumnElement[bool]]:
    permission = READ_BY.get(entity_type, SEE_ALL)
    if not tx.actor.holds(permission):
        raise Refused("FORBIDDEN", permission=permission)
    lines = lines_in_reach(tx, permission)
    if lines is None:
        return ()
    codes = set(places().line_codes(tx, lines).values())
    lines_of_thing = {row.line_code for row in tx.all(statement.with_only_columns(entry.c.line_code).distinct())} - {
        None
    }
    if lines_of_thing and not lines_of_thing & codes:
        raise Refused("FORBIDDEN", scope=tx.actor.permissions[permission])
    within = entry.c.line_code.in_(codes)
    # Of what belongs to a line and is on none yet, such as an order that was not released, nothing is in reach.
    return (within if entity_type in OF_A_LINE and not lines_of_thing else entry.c.line_code.is_(None) | within,)


def entry_facts(row: Any, language: str) -> AuditEntry:
    """Give an entry as spec 09.7.1 names its fields; `message` in the reader's language."""
    detail: Mapping[str, Any] = orjson.loads(row.detail) if row.detail else {}
    facts: Mapping[str, Any] = row.facts
    outcome = SUCCESS if row.code is None else "FAILED" if row.code == "INTERNAL_ERROR" else "REFUSED"
    return {
        "seq": row.seq, "id": entry_id(row.at, row.seq), "at": clock.to_wire(row.at),
        "actorType": facts["actorType"], "actorId": ids.wire_or_none(facts["actorId"]), "actorName": facts["actorName"],
        "actorRoles": facts["actorRoles"], "ip": facts.get("ip"), "userAgent": facts.get("userAgent"),
        "terminalCode": facts.get("terminalCode"), "sessionId": ids.wire_or_none(facts.get("sessionId")),
        "entityType": row.entity_type, "entityId": ids.wire_or_none(row.entity_key), "entityDisplay": row.entity_display,
        "lineCode": row.line_code, "stationCode": row.station_code, "action": row.action, "outcome": outcome,
        "code": row.code, "message": _message(row.code, detail.get("details") or {}, language),
        "changes": detail.get("changes") or [], "reason": detail.get("reason"), "signatureId": detail.get("signatureId"),
        "requestId": row.request_id, "traceId": None, "idempotencyKey": detail.get("idempotencyKey"),
        "payload": {**(detail.get("payload") or detail.get("details") or {}), **_call_of(detail)},
        "lane": row.lane_name, "laneSeq": row.lane_seq, "prevHash": (row.prev_hash or FIRST).hex(), "hash": row.hash.hex(),
    }  # fmt: skip


def _call_of(detail: Mapping[str, Any]) -> dict[str, Any]:
    return {"call": detail["call"]} if "call" in detail else {}


def _message(code: str | None, details: Mapping[str, Any], language: str) -> str | None:
    if code is None or code not in refusals:
        return code
    return Refused(code, **details).sentence(language)


# Export: a batch is a read with a snapshot of its own, so that no long cursor holds back checkpoints


@action(SEE_ALL, audit="AUDIT_EXPORT", entity="EXPORT")
def enter_export(tx: Tx, format: str, filters: dict[str, str]) -> None:
    """Enter that the book was exported, before the first row leaves the house."""
    tx.record("audit", format=format, filters=filters)


@query(SEE_ALL)
def export_batch(tx: Tx, page: Page, below: int | None, size: int) -> list[AuditEntry]:
    """Give the next entries of an export, newest first, below a `seq`."""
    wanted = [BOOK.filters[name](value) for name, value in page.filters.items()]
    return entries_below(tx, below, size, *wanted, language=tx.caller.language)


def entries_below(
    rows: Rows, below: int | None, size: int, *wanted: ColumnElement[bool], above: int = 0, language: str = "zh-CN"
) -> list[AuditEntry]:
    """Give the next entries, newest first, between two `seq`."""
    statement = _entries().where(*wanted, entry.c.seq > above)
    if below is not None:
        statement = statement.where(entry.c.seq < below)
    return [entry_facts(row, language) for row in rows.all(statement.order_by(entry.c.seq.desc()).limit(size))]


@query(SEE_ALL)
def walk_on(tx: Tx, walk: Walk) -> bool:
    """Walk one piece of the book; give whether there is more."""
    return walk.step(tx)


def told_of(walk: Walk) -> dict[str, Any]:
    """Give what a walk found, as it is told."""
    found = walk.found
    bad = {"firstBad": found.first_bad} if found.first_bad else {}
    return {
        "ok": found.ok,
        "checked": found.checked,
        "headSeq": found.head_seq,
        "headHash": found.head_hash,
        **bad,
        "archives": [],
    }


def with_archives(result: dict[str, Any], archives: list[dict[str, Any]]) -> dict[str, Any]:
    """Give what a verification found of the book and its archives together; the first fault is that of the oldest entry."""
    checked = result["checked"] + sum(one["rows"] for one in archives)
    bad = [found["firstBad"] for found in (*archives, result) if "firstBad" in found]
    told = {"firstBad": bad[0]} if bad else {}
    return {**result, "ok": not bad, "checked": checked, **told, "archives": archives}


@action(SEE_ALL, audit="AUDIT_VERIFY", entity="AUDIT")
def enter_verification(tx: Tx, result: dict[str, Any]) -> dict[str, Any]:
    """Enter that the book was verified and what was found; gives `{ok, checked, headSeq, headHash, firstBad?, archives}`."""
    tx.record("audit", **{name: result.get(name) for name in ("ok", "checked", "headSeq", "headHash", "firstBad")})
    return result
