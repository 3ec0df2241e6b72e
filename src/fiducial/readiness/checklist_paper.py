"""The pre-changeover list on paper (SMT 转拉前检查项目, QR-Pro-133): as the plant's form has it, in both languages, with who confirmed it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from fiducial.kit import clock
from fiducial.kit.acting import query
from fiducial.kit.http.door import File
from fiducial.kit.pdf.parts import Column, Head, Signed
from fiducial.kit.text import Text, use_language
from fiducial.kit.tx import Tx
from fiducial.plant.lookup import the_line
from fiducial.readiness.answers import Checklist, ChecklistRow
from fiducial.readiness.checklist import NA, NG, OK, PENDING, checklist_of_run
from fiducial.readiness.checklist_rows import GROUPS, SYSTEM, template
from fiducial.web.pages import View

FORM_CODE, PDF = "QR-Pro-133", "application/pdf"
RESULTS = {OK: "OK", NG: "NG 不合格", NA: "NA 不适用", PENDING: "待填 open"}


@dataclass(frozen=True, slots=True)
class Printed:
    """What is printed of a run's list, and by whom."""

    list: Checklist
    texts: Mapping[str, tuple[str, str]]  # of each row: its group and its text, in both languages
    kind: str  # of the line: SMT or DIP
    by: str


@query("readiness:view")
def printed_list(tx: Tx, run_no: str, view: View) -> Printed:  # noqa: ARG001
    """Give what the paper says of a run's list. Refuses RUN_NOT_FOUND, FORBIDDEN."""
    shown = checklist_of_run(tx, run_no)
    kind = the_line(tx, shown["lineCode"]).process_type
    texts = {row.key: (_both(GROUPS[row.group]), _both(row.text)) for row in template(kind)}
    return Printed(shown, texts, kind, tx.actor.name)


def _both(said: Text) -> str:
    with use_language("zh-CN"):
        zh = str(said)
    with use_language("en"):
        en = str(said)
    return zh if zh == en else f"{zh} {en}"


def drawn(said: Printed, zone: str) -> File:
    """Draw the list: what is made, every row with who answered it, the time of the check, the confirmation."""
    told, at = said.list, _Times(ZoneInfo(zone))
    from fiducial.kit.pdf.paper import Paper

    paper = Paper(
        Head(
            f"{said.kind} 转拉前检查项目",
            "Pre-changeover check",
            FORM_CODE,
            "",
            f"fiducial · {said.by} · {at.shown(clock.to_wire(clock.now_ms()))}",
        )
    )
    paper.facts([
        ("批次 Run", told["runNo"]), ("产线 Line", told["lineCode"]), ("产品 Product", told["productCode"]),
        ("计划数量 Quantity", str(told["planQty"])), ("客户 Customer", told["customer"] or ""), ("客户工单 Job", told["jobNo"] or ""),
        ("转拉时间 Changeover", at.shown(told["changeoverAt"])), ("转拉单号 Number", told["changeoverNo"] or ""),
        ("门禁检查 Gates judged", at.shown(told["checkedAt"])),
    ])  # fmt: skip
    for group, rows in _by_group(said):
        paper.section(group)
        paper.rows(
            [Column("项目 Item", 2.2), Column("需要 Needed", 0.7), Column("结果 Result", 0.8), Column("数值 Value", 1), Column("备注 Remark", 2.2),
             Column("填写 By", 1.3)],
            [_cells(said, row, at) for row in rows],
        )  # fmt: skip
    bad = [row for row in told["rows"] if row["result"] in (NG, PENDING)]
    if bad:
        paper.verdict("有不合格或未填的项目 Rows are not good or open", good=False)
    if told["confirmRemark"]:
        paper.said(f"备注 Remark: {told['confirmRemark']}")
    paper.section("签署 Signatures")
    note = "电子签名 signed" if told["confirmedAt"] else ""
    paper.signatures([Signed("确认 Confirmed", told["confirmedByName"] or "", at.shown(told["confirmedAt"]), note)])
    return File(paper.finished(), PDF, f"{FORM_CODE}-{told['runNo']}.pdf")


def _by_group(said: Printed) -> Sequence[tuple[str, list[ChecklistRow]]]:
    found: dict[str, list[ChecklistRow]] = {}
    for row in said.list["rows"]:
        found.setdefault(said.texts[row["itemKey"]][0], []).append(row)
    return list(found.items())


def _cells(said: Printed, row: ChecklistRow, at: _Times) -> list[str]:
    needed = "" if row["needed"] is None else "是 yes" if row["needed"] else "否 no"
    value = f"{row['value']} {row['unit']}".strip() if row["value"] else ""
    who = row["setByName"] or ("系统 system" if row["by"] == SYSTEM and row["result"] != PENDING else "")
    return [
        said.texts[row["itemKey"]][1], needed, RESULTS[row["result"]], value, row["remark"] or "",
        " ".join(filter(None, (who, at.shown(row["setAt"])))),
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Times:
    """Instants as wall-clock time of the plant."""

    zone: ZoneInfo

    def shown(self, value: str | None) -> str:
        return "" if value is None else f"{datetime.fromisoformat(value).astimezone(self.zone):%Y-%m-%d %H:%M}"
