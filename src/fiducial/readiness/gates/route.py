"""ROUTE (工艺路线): the run's frozen version may be used, and its line can do every step. Never waivable, never off (spec 03.6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from fiducial.kit import clock, ids
from fiducial.kit.tx import Tx
from fiducial.orders.states import PREP
from fiducial.plant.tables import lines
from fiducial.readiness.causes import declare
from fiducial.readiness.items import Case, Failed, Item, Passed, RunRow, held
from fiducial.routing.fit import unfit_steps
from fiducial.routing.frozen import FrozenRoute
from fiducial.routing.tables import versions


class RouteGate:
    """One item, key `routingCode@versionNo`."""

    type = "ROUTE"

    def check(self, tx: Tx, case: Case) -> Sequence[Item]:
        """Judge version and line. A rework run keeps its parent's version even if that is retired (spec 02.10)."""
        run, route = case.run, case.route
        version = held(tx, select(versions.c.status, versions.c.retired_at).where(versions.c.id == run.version_id))
        if version is None:
            return [Failed(key=run.run_no, cause="ROUTE_VERSION_MISSING", evidence={"source": "SYSTEM"})]
        key = f"{route.route_code}@{route.version_no}"
        evidence = {
            "source": "SYSTEM", "recordId": ids.to_wire(route.id), "versionId": ids.to_wire(route.id), "routingCode": route.route_code,
            "versionNo": route.version_no, "compiledAt": clock.to_wire(route.compiled_at), "evidenceAt": clock.to_wire(tx.now),
        }  # fmt: skip
        cause, more = self._cause(tx, run, version, route)
        if cause is not None:
            return [Failed(key=key, cause=cause, evidence=evidence | more)]
        return [Passed(key=key, evidence=evidence)]

    @staticmethod
    def _cause(tx: Tx, run: RunRow, version: Any, route: FrozenRoute) -> tuple[str | None, dict[str, Any]]:
        if version.status != "READY" or not route.steps:
            return "ROUTE_VERSION_NOT_READY", {"status": version.status}
        # A run that was authorised before the version was retired goes on (spec 01.9).
        if version.retired_at is not None and run.parent_run_id is None and run.status == PREP:
            return "ROUTE_VERSION_RETIRED", {"retiredAt": clock.to_wire(version.retired_at)}
        line = held(tx, select(lines.c.code, lines.c.process_type).where(lines.c.id == run.line_id))
        assert line is not None, "a run's line is never deleted"
        if line.process_type != route.process_type:
            said = {
                "lineCode": line.code,
                "lineProcessType": line.process_type,
                "routingProcessType": route.process_type,
            }
            return "LINE_ROUTING_PROCESS_MISMATCH", said
        steps = unfit_steps(tx, run.line_id, route)
        if steps:
            numbers = ", ".join(f"{step['stepNo']} {step['operationCode']}" for step in steps)
            return "LINE_INCOMPATIBLE", {"lineCode": line.code, "steps": steps, "stepNumbers": numbers}
        return None, {}


declare(
    "ROUTE_VERSION_MISSING", zh="批次没有冻结的工艺路线版本。", en="The run has no frozen route version.",
    todo_zh="请取消批次并重新创建。", todo_en="Cancel the run and create it anew.",
)  # fmt: skip
declare(
    "ROUTE_VERSION_NOT_READY", zh="冻结版本 {routingCode} V{versionNo} 不可用（{status}）。",
    en="The frozen version {routingCode} V{versionNo} cannot be used ({status}).",
    todo_zh="请工艺工程师修正并编译路线，然后取消本批次并重新创建。",
    todo_en="Have an engineer mend and compile the routing; then cancel this run and create it anew.",
)  # fmt: skip
declare(
    "ROUTE_VERSION_RETIRED", zh="冻结版本 {routingCode} V{versionNo} 已作废。",
    en="The frozen version {routingCode} V{versionNo} was retired.",
    todo_zh="请取消本批次，用新版本重新创建。", todo_en="Cancel this run and create it anew on the newer version.",
)  # fmt: skip
declare(
    "LINE_ROUTING_PROCESS_MISMATCH", zh="产线 {lineCode} 是 {lineProcessType}，工艺路线是 {routingProcessType}。",
    en="Line {lineCode} is {lineProcessType}, the routing is {routingProcessType}.",
    todo_zh="请取消批次，改在同类型的产线上创建。", todo_en="Cancel the run and create it on a line of the same kind.",
)  # fmt: skip
declare(
    "LINE_INCOMPATIBLE", zh="产线 {lineCode} 没有工位能做这些工序：{stepNumbers}。",
    en="Line {lineCode} has no station for the steps {stepNumbers}.",
    todo_zh="请在产线页面补齐或启用工位、工位组。", todo_en="Add or switch on the stations or groups on the line's page.",
)  # fmt: skip
