"""The runs of which the past is copied: played once on each line, by the program itself, through its actions.

Each kind holds a board for the first article, good ones, ones that failed and were repaired, and one that was scrapped. What a play wrote is
found again by the keys between its first and its last, which the audit book tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import func, select

from fiducial.demo.finding import first_of
from fiducial.demo.history import shape
from fiducial.demo.history.shape import HistoryLine
from fiducial.demo.inside import Inside
from fiducial.demo.making import Maker, sign_origin
from fiducial.demo.rich.hours import MINUTE, Story, tell
from fiducial.kit import clock
from fiducial.kit.acting import action
from fiducial.kit.audit import entry
from fiducial.kit.tx import Tx
from fiducial.orders.actions.run_create import create_numbered
from fiducial.orders.answers import CreatedRun
from fiducial.orders.shapes import CreateRun
from fiducial.orders.tables import work_orders

PASSED, UNINSPECTED, FAILED, WAIVED = "P", "U", "F", "W"
KINDS = (PASSED, UNINSPECTED, FAILED, WAIVED)
GOOD = 7
QTY = 1 + GOOD + len(shape.FAIL_AT) + 1
AFTER_PLACING = 3  # the step (from 0) by which no board needs a reel any more
MARK = "SYSTEM_DEMO_SEED"


@dataclass(slots=True)
class Play:
    """One template: what its numbers are made of, and the parts of its time."""

    line: HistoryLine
    kind: str
    token: str
    facts: dict[str, int] = field(default_factory=dict)

    @property
    def leader(self) -> str:
        """Give who leads its line."""
        return f"leader-{self.line.short.lower()}"

    @property
    def material(self) -> str:
        """Give who loads its line."""
        return f"material-{self.line.short.lower()}"

    def note(self, name: str) -> None:
        """Note when a part of it begins."""
        self.facts[name] = clock.now_ms()


def operator_of(line: HistoryLine) -> str:
    """Give who works at the stations of a line."""
    return f"operator-{line.short.lower()}"


@action("run:create", audit="RUN_CREATE", entity="RUN", key="wo_no")
def create_template_run(tx: Tx, wo_no: str, body: CreateRun, run_no: str) -> CreatedRun:
    """Create a run under the number of the template."""
    return create_numbered(tx, wo_no, body, run_no)


@action(audit=MARK, entity="SYSTEM_CONFIG", internal_only=True)
def mark_template(tx: Tx, token: str, facts: dict[str, int]) -> None:
    """Enter into the book which keys a template wrote, so that a load that goes on later finds it."""
    tx.record(token, template=facts)


@action(audit=MARK, entity="SYSTEM_CONFIG", internal_only=True)
def take_key(tx: Tx) -> tuple[int, int]:
    """Take a key, and the number of the last entry: what is written before has smaller ones, what comes after has larger ones."""
    tx.unrecorded()
    return tx.new_id(), int(tx.scalar(select(func.coalesce(func.max(entry.c.seq), 0))))


def find_or_play(maker: Maker, line: HistoryLine, kind: str, begins: int) -> Play:
    """Give a template of a line; played at that time when it is not there. One that was interrupted is played under another number."""
    for attempt in "abcdefghijklmnopqrstuvwxyz":
        token = f"HT{line.short.replace('-', '')}{kind}{attempt}"
        play = Play(line, kind, token)
        marked = select(entry.c.detail).where(entry.c.entity_display == token, entry.c.action == MARK)
        detail = maker.inside.store.read_now(maker.inside.ours(), first_of, marked)
        if detail is not None:
            play.facts = orjson.loads(detail)["payload"]["template"]
            maker.loaded.found["template run"] += 1
            return play
        there = select(work_orders.c.id).where(work_orders.c.wo_no == f"WO-{token}")
        if maker.inside.store.read_now(maker.inside.ours(), first_of, there) is None:
            _play(maker, play, begins)
            return play
    raise RuntimeError(f"no number is left for a template of {line.code}")


def _play(maker: Maker, play: Play, begins: int) -> None:
    play.facts["firstKey"], play.facts["firstEntry"] = maker.ours(take_key)
    tell(maker.inside.store, begins, [(0, _story(maker.inside, play))])
    play.facts["lastKey"], play.facts["lastEntry"] = maker.ours(take_key)
    maker.ours(sign_origin, ((work_orders, f"WO-{play.token}"),))
    maker.ours(mark_template, play.token, play.facts)
    maker.loaded.created["template run"] += 1


def _story(inside: Inside, play: Play) -> Story:
    call, line, token = inside.call, play.line, play.token
    wo_no, run_no = f"WO-{token}", f"RUN-{token}"
    product = shape.PLAIN if play.kind in (UNINSPECTED, WAIVED) else shape.INSPECTED
    play.note("begins")
    order = {"woNo": wo_no, "productCode": product, "plannedQty": QTY, "pickStatus": "3", "routingCode": line.route, "customer": "示例客户",
             "sourceSystem": "MANUAL"}  # fmt: skip
    call("planner", "POST /api/integration/work-orders", order)
    call("planner", f"POST /api/work-orders/{wo_no}/release", {"lineCode": line.code})
    body = CreateRun(line_code=line.code, plan_qty=QTY, shift_code="DAY")
    inside.as_person("planner", create_template_run, wo_no, body, run_no)
    sns = [f"{token}U{number:03d}" for number in range(1, QTY + 1)]
    call("planner", f"POST /api/runs/{run_no}/units", {"sns": sns})
    yield 4 * MINUTE
    _prepare(inside, play, run_no)
    yield 4 * MINUTE
    _authorize(inside, play, run_no, sns[0])
    yield MINUTE
    play.note("works")
    yield from _made(inside, play, sns)
    play.note("made")
    yield 5 * MINUTE
    if product == shape.INSPECTED:
        _inspect(inside, run_no, "FAIL" if play.kind == FAILED else "PASS")
        yield 10 * MINUTE
    if play.kind == FAILED:
        decision = {"decision": "RELEASE", "reason": "复核后让步放行"}
        call("quality", f"POST /api/runs/{run_no}/mrb-decision", decision)
    else:
        call("planner", f"POST /api/runs/{run_no}/close", {})
    call("planner", f"POST /api/work-orders/{wo_no}/close", {"reason": "历史数据"})
    play.note("ends")


def _prepare(inside: Inside, play: Play, run_no: str) -> None:
    line = play.line
    if line.kind == "SMT":
        inside.call(play.material, f"POST /api/runs/{run_no}/loading/load-table", {})
        for place in range(1, shape.SLOTS + 1):
            scanned = {"runNo": run_no, "slotCode": shape.slot(line, place), "operatorId": "MT-01",
                       "materialLotBarcode": f"{shape.material(place)}|LOT-{play.token}L{place:02d}"}  # fmt: skip
            inside.call(play.material, "POST /api/loading/verify", scanned)
    for place in range(len(line.steps)):
        if play.kind == WAIVED and place == 0:
            continue  # quality vouches for this one
        said = {"equipmentCode": line.station(place), "status": "NORMAL", "source": "MANUAL", "reason": "开线确认",
                "eventId": f"{play.token}E{place:02d}", "eventTime": clock.to_wire(clock.now_ms())}  # fmt: skip
        inside.call("quality", "POST /api/integration/equipment-status", said)


def _authorize(inside: Inside, play: Play, run_no: str, sn: str) -> None:
    checked = inside.call(play.leader, f"POST /api/runs/{run_no}/readiness/check", {})
    for item in checked["items"]:
        if item["status"] == "FAILED":
            waived = {"reason": "设备状态已现场确认"}
            inside.call("quality2", f"POST /api/runs/{run_no}/readiness/items/{item['id']}/waive", waived)
    made = inside.call("quality", f"POST /api/fai/run/{run_no}", {"sampleQty": 1})
    inside.call("quality", f"POST /api/fai/{made['id']}/start", {})
    _visit(inside, play.line, sn, 0)
    item = {"itemName": "外观与焊盘对位", "result": "PASS", "unitSn": sn}
    inside.call("quality", f"POST /api/fai/{made['id']}/items", item)
    inside.call("quality", f"POST /api/fai/{made['id']}/complete", {"decision": "PASS"})
    inside.call("quality", f"POST /api/fai/{made['id']}/sign", {"meaning": "APPROVED"})
    inside.call("planner", f"POST /api/runs/{run_no}/authorize", {"action": "AUTHORIZE"})


def _made(inside: Inside, play: Play, sns: Sequence[str]) -> Story:
    """The boards go through, one after the other; in the middle every reel is changed."""
    line, last = play.line, len(play.line.steps)
    fails = dict(zip(sns[1 + GOOD :], (*shape.FAIL_AT, 4), strict=True))
    for number, sn in enumerate(sns):
        if number == 1 + GOOD // 2 and line.kind == "SMT":
            for place in range(1, shape.SLOTS + 1):
                change = {"runNo": f"RUN-{play.token}", "slotCode": shape.slot(line, place), "reason": "用完换料", "operatorId": "MT-01",
                          "newMaterialLotBarcode": f"{shape.material(place)}|LOT-{play.token}L{place:02d}"}  # fmt: skip
                inside.call(play.material, "POST /api/loading/replace", change)
            yield MINUTE
        for place in range(1 if number == 0 else 0, last):
            if sn == sns[-1] and place == AFTER_PLACING:
                play.note("closes")
                _unload(inside, play)
            if fails.get(sn) != place:
                yield from _through(inside, line, sn, place)
                continue
            yield from _through(
                inside, line, sn, place, result="FAIL", defectCode=shape.PLAYED_CODE, defectLocation="U3"
            )
            if sn == sns[-1]:
                _decide(inside, sn, "SCRAP")
                yield MINUTE
                break
            task = _decide(inside, sn, "REWORK", toStepNo=10 * place + 10)["reworkTask"]
            yield 6 * MINUTE
            repaired = {"action": "补焊并清洗", "result": "REPAIRED", "remark": "复检合格"}
            inside.call("quality", f"POST /api/rework-tasks/{task['id']}/repair-record", repaired)
            yield 2 * MINUTE
            yield from _through(inside, line, sn, place)
        yield MINUTE


def _unload(inside: Inside, play: Play) -> None:
    """The reels come off when the last board is past them: the run may end with it."""
    if play.line.kind == "SMT":
        for place in range(1, shape.SLOTS + 1):
            gone = {"runNo": f"RUN-{play.token}", "slotCode": shape.slot(play.line, place), "reason": "转线"}
            inside.call(play.material, "POST /api/loading/unload", gone)


def _through(inside: Inside, line: HistoryLine, sn: str, place: int, **more: Any) -> Story:
    inside.call(
        operator_of(line), f"POST /api/stations/{line.station(place)}/track-in", {"sn": sn, "operatorId": "OP-01"}
    )
    yield 2 * MINUTE
    _out(inside, line, sn, place, **more)
    yield MINUTE // 2


def _visit(inside: Inside, line: HistoryLine, sn: str, place: int) -> None:
    inside.call(
        operator_of(line), f"POST /api/stations/{line.station(place)}/track-in", {"sn": sn, "operatorId": "OP-01"}
    )
    _out(inside, line, sn, place)


def _out(inside: Inside, line: HistoryLine, sn: str, place: int, **more: Any) -> None:
    values = [{"specName": name, "valueNumber": middle} for name, middle, _low, _high in shape.VALUES]
    body = {"sn": sn, "result": "PASS", "operatorId": "OP-01", "data": values, **more}
    inside.call(operator_of(line), f"POST /api/stations/{line.station(place)}/track-out", body)


def _decide(inside: Inside, sn: str, kind: str, **more: Any) -> Any:
    found = inside.look("quality", "GET /api/defects", sn=sn)
    defect = next(one for one in found["items"] if one["status"] == "RECORDED")
    body = {"type": kind, "reason": "焊点不良", **more}
    return inside.call("quality", f"POST /api/defects/{defect['id']}/disposition", body)


def _inspect(inside: Inside, run_no: str, result: str) -> None:
    found = inside.look("quality", "GET /api/oqc", runNo=run_no)["items"][0]
    inside.call("quality", f"POST /api/oqc/{found['id']}/start", {})
    sampled = inside.detail("quality", f"GET /api/oqc/{found['id']}")["sampledUnits"]
    for place, sn in enumerate(sampled):
        failed = result == "FAIL" and place == 0
        more = {"defectCode": shape.PLAYED_CODE, "remark": "引脚桥连"} if failed else {}
        item = {"itemName": "外观", "result": "FAIL" if failed else "PASS", "unitSn": sn, **more}
        inside.call("quality", f"POST /api/oqc/{found['id']}/items", item)
    inside.call("quality", f"POST /api/oqc/{found['id']}/complete", {"decision": result})
