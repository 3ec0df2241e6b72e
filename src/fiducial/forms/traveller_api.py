"""The run traveller (批次流转单, spec 10.5): what goes with the boards on paper where the process sheet went before, with codes to scan."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from fastapi import Request
from starlette.responses import Response

from fiducial.forms.printing import both
from fiducial.kit import clock, text
from fiducial.kit.acting import query
from fiducial.kit.http.door import Doors, File, answer, caller_of, refuse_parameters
from fiducial.kit.http.shapes import path_text
from fiducial.kit.pdf.parts import Column, Head, Signed, must_have_font
from fiducial.kit.tx import Tx
from fiducial.orders.lookup import must_reach_run, order_of_run, the_run
from fiducial.plant.lookup import line_of_id, material_name
from fiducial.plant.shifts import WORDS
from fiducial.routing.frozen import FrozenStep, frozen_route
from fiducial.web.shell import LANGUAGE_COOKIE

PDF = "application/pdf"


@dataclass(frozen=True, slots=True)
class Traveller:
    """What is printed of a run."""

    run_no: str
    facts: Sequence[tuple[str, str]]
    steps: Sequence[Sequence[str]]
    by: str


@query("run:read")
def traveller_of(tx: Tx, run_no: str) -> Traveller:
    """Give what the traveller of a run says. Refuses RUN_NOT_FOUND, FORBIDDEN."""
    run = the_run(tx, run_no)
    must_reach_run(tx, run, "run:read")
    order, route, line = order_of_run(tx, run), frozen_route(tx, run.version_id), line_of_id(tx, run.line_id)
    facts = [
        ("批次 Run", run.run_no), ("工单 Work order", order.wo_no), ("产品 Product", order.product_code),
        ("名称 Name", material_name(tx, order.product_code) or ""), ("计划数量 Quantity", str(run.plan_qty)),
        ("产线 Line", line.code if line else ""),
        ("客户 Customer", order.customer or ""), ("客户工单 Job", order.job_no or ""),
        ("工艺路线 Routing", f"{route.route_code} @{route.version_no}"),
        ("班次 Shift", _shift(run.shift_code)), ("转拉单号 Changeover", run.changeover_no or ""),
        ("建立时间 Created", f"{datetime.fromtimestamp(run.created_at / 1000, ZoneInfo(tx.store.zone)):%Y-%m-%d %H:%M}"),
        ("备注 Remark", run.remark or ""),
    ]  # fmt: skip
    return Traveller(run.run_no, facts, [_step(step) for step in route.steps], tx.actor.name)


def _shift(code: str | None) -> str:
    """Give a shift as the paper has it: its name where it is one of the usual ones."""
    return both(WORDS[code]) if code is not None and code in WORDS else code or ""


def _step(step: FrozenStep) -> list[str]:
    where = ", ".join(sorted(step.allowed_station_codes)) or step.station_group_code or step.station_type
    asked = [spec.name for spec in step.specs if spec.is_required]
    marks = ["首件 FAI"] if step.requires_fai else []
    if profile := step.facts.get("expectedReflowProfile"):
        marks.append(str(profile.get("programName") or profile.get("code")))
    return [
        str(step.step_no),
        f"{step.operation_code} {step.operation_name}",
        where,
        "、".join([*marks, *asked]),
        "",
        "",
        "",
    ]


def drawn(said: Traveller, zone: str) -> bytes:
    """Draw the traveller: codes to scan, what is made, the steps with room to write."""
    now = f"{datetime.fromtimestamp(clock.now_ms() / 1000, ZoneInfo(zone)):%Y-%m-%d %H:%M}"
    from fiducial.kit.pdf.paper import Paper

    paper = Paper(Head("批次流转单", "Run traveller", said=f"fiducial · {said.by} · {now}"))
    top = paper.get_y()
    paper.barcode(said.run_no, x=paper.l_margin, y=top, width=100, height=15)
    paper.qr(said.run_no, x=paper.l_margin + paper.epw - 26, y=top - 2, size=24)
    paper.set_y(top + 25)
    paper.facts(said.facts)
    paper.section("工艺步骤 Steps")
    paper.rows([
        Column("步骤 No.", 0.5, "RIGHT"), Column("工序 Operation", 1.8), Column("工位 Station", 1.5), Column("要求 Asked for", 2.2),
        Column("数量 Qty", 0.6), Column("日期 Date", 0.8), Column("签名 Sign", 0.9),
    ], said.steps)  # fmt: skip
    paper.section("签署 Signatures")
    paper.signatures([Signed("组长 Line leader"), Signed("工艺 Engineer"), Signed("质量 Quality")])
    return paper.finished()


async def _traveller(request: Request) -> Response:
    must_have_font()
    language = text.negotiate(request.headers.get("accept-language"), request.cookies.get(LANGUAGE_COOKIE))
    refuse_parameters(request)
    store = request.app.state.store
    said = await store.read(
        replace(caller_of(request), language=language), traveller_of, path_text(request.path_params["runNo"])
    )
    content = await asyncio.to_thread(drawn, said, store.zone)
    return answer(File(content, PDF, f"{said.run_no}.pdf"))


def open_traveller(doors: Doors) -> None:
    """Open `GET /api/runs/{runNo}/traveller`."""
    doors.custom("GET", "/api/runs/{runNo}/traveller", traveller_of, _traveller, file=(PDF,))
