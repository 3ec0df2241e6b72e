"""Imports: what was read of a file is kept, shown, and taken in batches so short that no scan waits for them."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from typing_extensions import TypedDict

from fiducial.kit import clock, ids
from fiducial.kit.acting import SIGNED_IN, Mark, action, query
from fiducial.kit.http.shapes import Body
from fiducial.kit.jobs import demand
from fiducial.kit.refusals import Refused, refusals
from fiducial.kit.tx import Tx
from fiducial.sheets.importing import Importer, the_importer
from fiducial.sheets.tables import imports, parts

READING = "READING"
BUDGET_S = 0.012  # of one batch in the lane
MOST_FAULTS_TOLD, FAULTS_IN_A_PART = 200, 100
KEPT_MS = 7 * 24 * 3_600_000

refusals.missing("IMPORT", zh="导入", en="Import")
refusals.declare(
    "IMPORT_HAS_FAULTS", 409, zh="有 {faultyCount} 行有误，未导入任何内容。", en="{faultyCount} rows are faulty; nothing was imported.",
    todo_zh="请修正文件后重新上传，或选择“只导入正确的行”。", todo_en="Correct the file and send it again, or say that the good rows shall be taken.",
)  # fmt: skip
refusals.declare(
    "IMPORT_GIVEN_UP", 409, zh="该导入已放弃。", en="This import was given up.",
    todo_zh="请重新上传文件。", todo_en="Send the file again.",
)  # fmt: skip


class ImportFault(TypedDict):
    """What is wrong with one cell; `column` is empty when the row as a whole is meant."""

    row: int
    column: str
    value: str
    reason: str


class ImportOutcomes(TypedDict):
    """What became of the rows that were taken."""

    created: int
    updated: int
    unchanged: int
    refused: int


class Import(TypedDict):
    """An import: READING, then PREVIEW, then TAKING and DONE, or GIVEN_UP."""

    id: str
    list: str
    fileName: str
    status: str
    rowCount: int
    goodCount: int
    faultyCount: int
    faultCount: int
    doneCount: int
    outcomes: ImportOutcomes
    ignoredColumns: list[str]
    faults: list[ImportFault]
    createdByName: str
    createdAt: str | None
    updatedAt: str | None


class TakeImport(Body):
    """Whether the good rows are taken though others are faulty."""

    only_good: bool = False


def admitted_to(tx: Tx, importer: Importer) -> None:
    """Refuse FORBIDDEN to whoever may not fill the list."""
    demand(tx.actor, Mark("import", (importer.permission,)))


# ---- reads ----------------------------------------------------------------------------------------------------------


@query(SIGNED_IN)
def import_detail(tx: Tx, list_name: str, import_id: str) -> Import:
    """Give an import with the first of its faults. Refuses LIST_NOT_FOUND, IMPORT_NOT_FOUND, FORBIDDEN."""
    admitted_to(tx, the_importer(list_name))
    return answer_of(tx, _row(tx, list_name, import_id))


def _row(tx: Tx, list_name: str, import_id: str) -> Row[Any]:
    key = ids.from_wire(import_id)
    row = None if key is None else tx.first(select(imports).where(imports.c.id == key, imports.c.list == list_name))
    if row is None or row.status == READING:  # what is still being read is nobody's to take or to give up
        raise Refused("IMPORT_NOT_FOUND", importId=import_id)
    return row


def answer_of(tx: Tx, row: Row[Any]) -> Import:
    """Give an import as it is answered, its faults in the language of who asks."""
    statement = select(parts.c.rows).where(parts.c.import_id == row.id, parts.c.kind == "FAULT").order_by(parts.c.no)
    told = [fault for part in tx.all(statement.limit(2 + MOST_FAULTS_TOLD // FAULTS_IN_A_PART)) for fault in part.rows]
    said = "en" if tx.caller.language == "en" else "zh"
    return Import(
        id=ids.to_wire(row.id), list=row.list, fileName=row.file_name, status=row.status, rowCount=row.row_count,
        goodCount=row.good_count, faultyCount=row.faulty_count, faultCount=row.fault_count, doneCount=row.done_count,
        outcomes=ImportOutcomes(
            created=row.outcomes.get("created", 0), updated=row.outcomes.get("updated", 0),
            unchanged=row.outcomes.get("unchanged", 0), refused=row.outcomes.get("refused", 0),
        ),
        ignoredColumns=row.ignored,
        faults=[
            ImportFault(row=fault["row"], column=fault["column"], value=fault["value"], reason=fault[said])
            for fault in told[:MOST_FAULTS_TOLD]
        ],
        createdByName=row.created_by_name, createdAt=clock.to_wire(row.created_at), updatedAt=clock.to_wire(row.updated_at),
    )  # fmt: skip


# ---- what was read is kept ------------------------------------------------------------------------------------------


@action(audit="LIST_IMPORT", entity="IMPORT", internal_only=True)
def begin_import(tx: Tx, list_name: str, file_name: str, file_hash: bytes) -> int:
    """Make room for what is read of a file and give its key; nobody sees it before it is presented."""
    tx.unrecorded()
    key = tx.new_id()
    tx.run(insert(imports).values(
        id=key, list=list_name, file_name=file_name, file_hash=file_hash, status=READING, outcomes={}, ignored=[], created_by_name="",
        created_at=tx.now, updated_at=tx.now,
    ))  # fmt: skip
    return key


@action(audit="LIST_IMPORT", entity="IMPORT", internal_only=True)
def keep_parts(tx: Tx, key: int, kind: str, first: int, batch: Sequence[Sequence[Any]]) -> None:
    """Keep some parts of what was read."""
    tx.unrecorded()
    tx.run(
        insert(parts),
        [{"import_id": key, "kind": kind, "no": first + at, "rows": rows} for at, rows in enumerate(batch)],
    )


@action(SIGNED_IN, audit="LIST_IMPORT", entity="IMPORT", key="list_name")
def present_import(tx: Tx, list_name: str, key: int, counts: dict[str, int], ignored: list[str]) -> Import:
    """Show what was read: how many rows, how many good, and what is wrong with the others. Refuses FORBIDDEN."""
    admitted_to(tx, the_importer(list_name))
    tx.run(
        update(imports).where(imports.c.id == key).values(
            status="PREVIEW", ignored=ignored, created_by=tx.actor.id, created_by_name=tx.actor.name, updated_at=tx.now, **counts
        )
    )  # fmt: skip
    row = tx.one(select(imports).where(imports.c.id == key))
    tx.record(
        list_name,
        key=key,
        phase="READ",
        fileName=row.file_name,
        fileHash=row.file_hash.hex(),
        rows=_wire_counts(counts),
    )
    return answer_of(tx, row)


def _wire_counts(counts: dict[str, int]) -> dict[str, int]:
    return {"rowCount": counts["row_count"], "goodCount": counts["good_count"], "faultyCount": counts["faulty_count"]}


# ---- and taken ------------------------------------------------------------------------------------------------------


@action(SIGNED_IN, audit="LIST_IMPORT", entity="IMPORT", key="list_name")
def take_some(tx: Tx, list_name: str, import_id: str, body: TakeImport) -> Import:
    """Take the next rows, as many as some milliseconds allow; called again until the import is DONE. Each row is entered as what it is.

    Refuses IMPORT_HAS_FAULTS unless the good rows are meant, IMPORT_GIVEN_UP, FORBIDDEN.
    """
    importer = the_importer(list_name)
    admitted_to(tx, importer)
    key = _row(tx, list_name, import_id).id
    job = tx.one(select(imports).where(imports.c.id == key).with_for_update())
    if job.status == "DONE":
        tx.record(list_name, key=key, phase="ALREADY_DONE")
        return answer_of(tx, job)
    if job.status == "GIVEN_UP":
        raise Refused("IMPORT_GIVEN_UP")
    if job.status == "PREVIEW" and job.faulty_count and not body.only_good:
        raise Refused("IMPORT_HAS_FAULTS", faultyCount=job.faulty_count)
    done, outcomes, faults = _take_parts(tx, importer, job)
    is_last = tx.scalar(select(func.count()).where(parts.c.import_id == key, parts.c.kind == "GOOD")) == 0
    tx.run(
        update(imports).where(imports.c.id == key).values(
            status="DONE" if is_last else "TAKING", done_count=job.done_count + done, outcomes=outcomes,
            fault_count=job.fault_count + faults, updated_at=tx.now,
        )
    )  # fmt: skip
    row = tx.one(select(imports).where(imports.c.id == key))
    if is_last or job.status == "PREVIEW":
        tx.record(
            list_name,
            key=key,
            phase="DONE" if is_last else "BEGIN",
            fileName=row.file_name,
            outcomes=outcomes,
            onlyGood=body.only_good,
        )
    return answer_of(tx, row)


def _take_parts(tx: Tx, importer: Importer, job: Row[Any]) -> tuple[int, dict[str, int], int]:
    """Take whole parts until the time is up; give how many rows, the outcomes so far, and how many new faults."""
    began, done, faults = time.perf_counter(), 0, 0
    outcomes = dict(job.outcomes)
    following = select(parts).where(parts.c.import_id == job.id, parts.c.kind == "GOOD").order_by(parts.c.no).limit(1)
    while (part := tx.first(following)) is not None:
        refused = []
        for rows in _groups(importer, part.rows):
            outcome, fault = _take_group(tx, importer, rows)
            outcomes[outcome] = outcomes.get(outcome, 0) + len(rows)
            done += len(rows)
            refused += fault
        tx.run(delete(parts).where(parts.c.import_id == job.id, parts.c.kind == "GOOD", parts.c.no == part.no))
        if refused:
            tx.run(insert(parts).values(import_id=job.id, kind="FAULT", no=1_000_000 + part.no, rows=refused))
            faults += len(refused)
        if time.perf_counter() - began > BUDGET_S:
            break
    return done, outcomes, faults


def _groups(importer: Importer, rows: list[tuple[int, dict[str, Any]]]) -> list[list[tuple[int, Any]]]:
    """Give the rows as bodies, those of one group together."""
    groups: list[list[tuple[int, Any]]] = []
    last: Any = None
    for number, given in rows:
        body = importer.shape.model_validate(given, strict=False)
        group = importer.group(body)
        if group is not None and groups and group == last:
            groups[-1].append((number, body))
        else:
            groups.append([(number, body)])
        last = group
    return groups


def _take_group(tx: Tx, importer: Importer, rows: list[tuple[int, Any]]) -> tuple[str, list[dict[str, Any]]]:
    try:
        with tx.savepoint():
            return importer.take(tx, [body for _, body in rows]).lower(), []
    except Refused as refused:  # somebody was faster than the preview
        said = {"zh": refused.sentence("zh-CN"), "en": refused.sentence("en")}
        return "refused", [{"row": number, "column": "", "value": refused.code, **said} for number, _ in rows]


@action(SIGNED_IN, audit="LIST_IMPORT", entity="IMPORT", key="list_name")
def give_up_import(tx: Tx, list_name: str, import_id: str) -> Import:
    """Forget what was read and not taken yet. What was taken stays. Refuses IMPORT_NOT_FOUND, FORBIDDEN."""
    admitted_to(tx, the_importer(list_name))
    key = _row(tx, list_name, import_id).id
    job = tx.one(select(imports).where(imports.c.id == key).with_for_update())
    if job.status != "DONE":
        tx.run(update(imports).where(imports.c.id == key).values(status="GIVEN_UP", updated_at=tx.now))
    phase = "ALREADY_DONE" if job.status == "DONE" else "GIVEN_UP"
    tx.record(list_name, key=key, phase=phase, fileName=job.file_name)
    return answer_of(tx, tx.one(select(imports).where(imports.c.id == key)))


@action(audit="IMPORT_SWEEP", entity="IMPORT", internal_only=True)
def sweep_imports(tx: Tx) -> int:
    """Delete the parts of imports that ended or were left a week ago, 200 at a time; give how many. What was left is given up."""
    tx.unrecorded()
    long_ago = imports.c.updated_at < tx.now - KEPT_MS
    tx.run(update(imports).where(long_ago, imports.c.status.in_(("PREVIEW", "TAKING"))).values(status="GIVEN_UP"))
    old = select(imports.c.id).where(long_ago)
    some = tx.all(select(parts.c.import_id, parts.c.kind, parts.c.no).where(parts.c.import_id.in_(old)).limit(200))
    for part in some:
        tx.run(
            delete(parts).where(parts.c.import_id == part.import_id, parts.c.kind == part.kind, parts.c.no == part.no)
        )
    return len(some)
