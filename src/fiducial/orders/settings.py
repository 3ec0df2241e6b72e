"""Settings of orders and runs (spec 09.8)."""

from __future__ import annotations

from typing import Any

from fiducial.kit.settings import Setting, number, one_of, whole, yes_no

PICK_STATUSES = ("1", "2", "3", "4")


_pick = one_of(*PICK_STATUSES, said={
    "1": ("未领料", "Not picked"), "2": ("部分领料", "Partly picked"), "3": ("全部领料", "Picked"), "4": ("超额领料", "Over-picked"),
})  # fmt: skip


def _pick_or_unset(value: Any) -> str | None:
    return None if value is None else _pick(value)


_pick_or_unset.kind, _pick_or_unset.limits, _pick_or_unset.said = "text", _pick.limits, _pick.said  # type: ignore[attr-defined]

RELEASE_MIN_PICK_STATUS: Setting[str | None] = Setting(
    "workOrder.releaseMinPickStatus", None, _pick_or_unset, "工单释放所需的最低领料状态", "pick status a release needs"
)
OVERRUN_PCT = Setting(
    "workOrder.overrunPct",
    0.0,
    number(0, 100),
    "批次数量合计可超出工单的百分比",
    "how much the runs of an order may exceed it",
    unit="%",
)
AUTHORIZATION_VALID_MINUTES = Setting(
    "run.authorizationValidMinutes", 720, whole(30, 43_200), "授权有效时间，超过后失效",
    "an authorisation older than this lapses", by_place=True, unit="min",
)  # fmt: skip
AUTO_COMPLETE_WITHOUT_OQC = Setting(
    "run.autoCompleteWithoutOqc",
    True,
    yes_no,
    "无需出货抽检的批次自动完成",
    "a run without OQC completes by itself",
    by_place=True,
)
FQC_GATE = Setting(
    "fqc.gate",
    "NONE",
    one_of(
        "NONE", "CLOSE", said={"NONE": ("不需要", "not needed"), "CLOSE": ("收尾前必须通过", "needed to close a run")}
    ),
    "批次收尾需要末件检验通过",
    "a run needs a signed FQC to close",
    by_place=True,
)
