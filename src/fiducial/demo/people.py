"""The people of the demo plant (spec 12.2)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoPerson:
    """One account. `stations_of` names lines of which the person has every station."""

    username: str
    name: str
    role: str
    badge: str | None = None
    lines: tuple[str, ...] = ()
    stations_of: tuple[str, ...] = ()
    stations: tuple[str, ...] = ()
    is_active: bool = True

    @property
    def email(self) -> str:
        """Give the address."""
        return f"{self.username}@example.com"


# Of the lines named only those are bound that are there: LINE-B comes with the dataset `rich`.
PEOPLE: tuple[DemoPerson, ...] = (
    DemoPerson(username="admin", name="系统管理员", role="admin"),
    DemoPerson(username="planner", name="张计划", role="planner"),
    DemoPerson(username="engineer", name="李工艺", role="engineer"),
    DemoPerson(username="quality", name="王质量", role="quality", badge="QC-01"),
    DemoPerson(username="quality2", name="郑质量", role="quality", badge="QC-02"),
    DemoPerson(
        username="leader", name="赵组长", role="leader", badge="LD-01", lines=("LINE-A", "LINE-B", "LINE-C", "LINE-DIP-A", "LINE-DIP-B")
    ),
    DemoPerson(username="material", name="周物料", role="material", badge="MT-01", lines=("LINE-A", "LINE-B", "LINE-C", "LINE-DIP-A")),
    DemoPerson(username="operator", name="钱操作", role="operator", badge="OP-01", stations_of=("LINE-A", "LINE-C", "LINE-DIP-A")),
    DemoPerson(username="trace", name="吴追溯", role="trace"),
    DemoPerson(username="disabled", name="停用账号", role="operator", stations=("ST-PRINT-01",), is_active=False),
)  # fmt: skip

# Who works where only the dataset `rich` has stations.
RICH_PEOPLE: tuple[DemoPerson, ...] = (
    DemoPerson(
        username="operator2", name="孙操作", role="operator", badge="OP-02", stations_of=("LINE-B", "LINE-DIP-B")
    ),
)
