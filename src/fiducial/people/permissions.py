"""Every permission there is, and the eight preset roles (spec 09.5.1). The list is complete: no other page grants one.

One line of the table is one line here, in its order, with the letters of the roles that hold it:
A admin, P planner, E engineer, Q quality, L leader, M material, O operator, T trace.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from fiducial.people.reach import ALL, ASSIGNED_LINES, ASSIGNED_STATIONS

EVERYBODY_READS = "line:read"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """One thing that somebody may do. `strong` bars it from badge sessions; `person` is False for what only tokens hold."""

    code: str
    zh: str
    en: str
    holders: str = ""  # letters of the preset roles
    includes: tuple[str, ...] = ()
    strong: bool = False
    token_allowed: bool = False
    person: bool = True

    @property
    def group(self) -> str:
        """Give the part before the colon, by which pages group them."""
        return self.code.partition(":")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A role that every plant begins with."""

    code: str
    letter: str
    zh: str
    en: str
    data_scope: str


PRESETS = (
    Preset(code="admin", letter="A", zh="管理员", en="Administrator", data_scope=ALL),
    Preset(code="planner", letter="P", zh="计划", en="Planner", data_scope=ALL),
    Preset(code="engineer", letter="E", zh="工艺", en="Engineer", data_scope=ALL),
    Preset(code="quality", letter="Q", zh="质量", en="Quality", data_scope=ALL),
    Preset(code="leader", letter="L", zh="组长", en="Line leader", data_scope=ASSIGNED_LINES),
    Preset(code="material", letter="M", zh="物料", en="Material", data_scope=ASSIGNED_LINES),
    Preset(code="operator", letter="O", zh="操作员", en="Operator", data_scope=ASSIGNED_STATIONS),
    Preset(code="trace", letter="T", zh="追溯", en="Trace", data_scope=ALL),
)

DIRECTOR = (
    "wo:read", "run:read", "trace:read", "readiness:override", "quality:disposition", "quality:sign", "integration:view",
)  # fmt: skip
"""The template for a factory director, offered when a role is made; it is no role by itself."""

ADMIN_KEEPS = frozenset({"system:user_manage", "system:role_manage"})


def _p(code: str, holders: str, zh: str, en: str, **rest: object) -> Permission:
    return Permission(code=code, holders=holders, zh=zh, en=en, **rest)  # type: ignore[arg-type]


PERMISSIONS = (
    _p("line:read", "APEQLMOT", "查看产线、工位、工位组", "See lines, stations and groups"),
    _p("line:config", "E", "维护产线、工位、工位组", "Maintain lines, stations and groups", strong=True),
    _p("operation:read", "APEQ", "查看工序及映射", "See operations and their mappings"),
    _p("operation:config", "E", "维护工序及映射", "Maintain operations and their mappings", strong=True,
       includes=("operation:read",)),
    _p("material:read", "APEQLM", "查看物料、BOM、批次、工作中心", "See materials, BOM, lots and work centres"),
    _p("material:config", "EQ", "维护物料、BOM、批次", "Maintain materials, BOM and lots", strong=True,
       includes=("material:read",)),
    _p("route:read", "APEQL", "查看工艺路线、版本、炉温程式", "See routings, versions and reflow profiles"),
    _p("route:create", "E", "建立工艺路线与步骤", "Make routings and steps", strong=True, includes=("route:read",)),
    _p("route:configure", "E", "设置执行语义", "Set how steps are executed", strong=True, includes=("route:read",)),
    _p("route:compile", "E", "编译工艺路线", "Compile routings", strong=True, includes=("route:read",)),
    _p("data_spec:read", "AEQLO", "查看采集项", "See data collection specs"),
    _p("data_spec:config", "E", "维护采集项", "Maintain data collection specs", strong=True, includes=("data_spec:read",)),
    _p("fai_template:read", "AEQL", "查看首件模板", "See first article templates"),
    _p("wo:read", "APEQL", "查看工单", "See work orders", token_allowed=True),
    _p("wo:receive", "P", "接收工单", "Receive work orders", strong=True, token_allowed=True, includes=("wo:read",)),
    _p("wo:release", "P", "下达与派工", "Release and dispatch work orders", strong=True, includes=("wo:read",)),
    _p("wo:update", "P", "修改工单的路线与领料状态", "Change route and pick status of work orders", strong=True,
       includes=("wo:read",)),
    _p("wo:close", "P", "关闭工单", "Close work orders", strong=True, includes=("wo:read",)),
    _p("run:read", "APEQLMOT", "查看批次与单件", "See runs and units", token_allowed=True),
    _p("run:create", "P", "建立批次，生成、登记、删除单件", "Create runs; generate, register and delete units", strong=True,
       includes=("run:read",)),
    _p("run:authorize", "PL", "批次授权", "Authorise runs", strong=True, includes=("run:read",)),
    _p("run:revoke", "PL", "撤销授权或取消批次", "Take back an authorisation, or cancel a run", strong=True,
       includes=("run:read",)),
    _p("run:close", "PL", "批次收尾", "Close out runs", strong=True, includes=("run:read",)),
    _p("exec:read", "APEQLO", "查看排队与执行", "See queues and execution", token_allowed=True),
    _p("exec:track_in", "LO", "进站", "Track units in", includes=("exec:read",)),
    _p("exec:track_out", "LO", "出站", "Track units out", includes=("exec:read",)),
    _p("exec:data_collect", "LO", "录入采集数据", "Enter collected data", includes=("exec:read",)),
    _p("readiness:view", "APEQLMO", "查看检查、准备记录、产线设置", "See checks, preparation records and line settings"),
    _p("readiness:check", "QL", "执行检查，勾选与确认转拉前清单", "Run checks; tick and confirm the pre-changeover list",
       includes=("readiness:view",)),
    _p("readiness:record", "EQLMO", "录入准备记录，分配与计数工具", "Enter preparation records; assign and count tools",
       includes=("readiness:view",)),
    _p("readiness:manual", "QL", "手工状态、绑定、本线模式", "States by hand, bindings, mode of own lines",
       includes=("readiness:view",)),
    _p("readiness:override", "Q", "豁免检查项与时间规则", "Waive items and time rules", strong=True,
       includes=("readiness:view",)),
    _p("readiness:config", "E", "设置门禁与时间规则", "Configure gates and time rules", strong=True,
       includes=("readiness:view",)),
    _p("loading:view", "APEQLMO", "查看上料记录", "See loading records"),
    _p("loading:verify", "LMO", "站位表、扫描、换料", "Load table, scan, replace", includes=("loading:view",)),
    _p("loading:unlock", "EL", "解锁站位，复核换料", "Unlock a slot; review a reel change", includes=("loading:view",)),
    _p("loading:config", "E", "维护站位与对应关系", "Maintain slots and mappings", strong=True, includes=("loading:view",)),
    _p("quality:fai", "Q", "首件、过程、末件检验及模板", "FAI, IPQC, FQC and templates", includes=("fai_template:read",)),
    _p("quality:oqc", "Q", "出货抽检与抽样规则", "OQC and sampling rules"),
    _p("quality:disposition", "Q", "不良、处置、隔离、评审、返修记录", "Defects, dispositions, holds, MRB, repair records"),
    _p("quality:sign", "Q", "签署检验", "Sign inspections"),
    _p("quality:record", "EQLMO", "手工不良、日报、X-ray、生产异常",
       "Defects by hand, daily QC, X-ray, production exceptions"),
    _p("quality:config", "EQ", "维护不良代码、AQL 表、过程检验点", "Defect codes, AQL tables, IPQC points", strong=True),
    _p("maintenance:read", "AEQLO", "查看维修记录", "See repair records"),
    _p("maintenance:write", "EL", "报修与维修", "Report repairs and work on them", includes=("maintenance:read",)),
    _p("maintenance:verify", "Q", "验证维修", "Verify repairs", includes=("maintenance:read",)),
    _p("form:confirm", "EQL", "确认、作废、更正表单记录", "Confirm, void and correct form records"),
    _p("form:backdate", "E", "按表单规定补录", "Enter late where a form allows it", strong=True),
    _p("tool:read", "APEQLMO", "查看工具台账、分配、校准", "See the tool register, assignments and calibrations"),
    _p("tool:config", "E", "维护、封存、放行、校准工具", "Maintain, block, release and calibrate tools", strong=True,
       includes=("tool:read",)),
    _p("trace:read", "APEQLOT", "追溯；查看检验、不良、表单", "Trace; read inspections, defects and forms", token_allowed=True),
    _p("trace:export", "QT", "导出追溯", "Export trace", strong=True, includes=("trace:read",)),
    _p("integration:view", "APEQL", "查看集成状态与设备数据", "See integration status and device data"),
    _p("integration:push", "", "设备与系统推送", "Push from machines and systems", token_allowed=True, person=False),
    _p("metrics:read", "", "读取指标", "Scrape metrics", token_allowed=True, person=False),
    _p("system:integration", "AE", "同步、原始报文、外发、全厂模式", "Syncs, raw messages, outbound, plant-wide mode",
       strong=True, includes=("integration:view",)),
    _p("system:user_manage", "A", "用户与终端", "Users and terminals", strong=True),
    _p("system:role_manage", "A", "角色", "Roles", strong=True),
    _p("system:token_manage", "A", "机器令牌", "API tokens", strong=True),
    _p("system:config", "A", "系统配置", "System settings", strong=True),
    _p("system:audit", "AQT", "查看全部审计记录并验证", "See and verify all audit entries", strong=True),
    _p("system:ops", "A", "备份、归档、任务、事件、健康详情", "Backups, archive, jobs, events, health details", strong=True),
    _p("system:demo_seed", "A", "载入演示数据", "Load demo data", strong=True),
)  # fmt: skip

BY_CODE = {permission.code: permission for permission in PERMISSIONS}
TOKEN_SCOPES = frozenset(permission.code for permission in PERMISSIONS if permission.token_allowed)


@cache
def with_included(code: str) -> frozenset[str]:
    """Give a permission with everything it includes; a code from an older version, which is in the list no more, gives nothing."""
    permission = BY_CODE.get(code)
    if permission is None:
        return frozenset()
    inner = (with_included(included) for included in permission.includes)
    return frozenset({code, EVERYBODY_READS}).union(*inner)


def preset_permissions(letter: str) -> tuple[str, ...]:
    """Give what a preset role is granted, by its letter, in the order of the list."""
    return tuple(permission.code for permission in PERMISSIONS if letter in permission.holders)


def unknown_to_people(codes: Iterable[str]) -> list[str]:
    """Give the codes that no role may hold: they do not exist, or only tokens hold them."""
    return [code for code in codes if code not in BY_CODE or not BY_CODE[code].person]
