"""Why people are turned away (spec 09, codes of 14.5)."""

from __future__ import annotations

from fiducial.kit.refusals import refusals

refusals.missing("USER", zh="用户", en="User")
refusals.missing("ROLE", zh="角色", en="Role")
refusals.missing("SESSION", zh="会话", en="Session")
refusals.missing("TERMINAL", zh="终端", en="Terminal")
refusals.missing("SETTING", zh="配置项", en="Setting")
refusals.missing("API_TOKEN", zh="机器令牌", en="API token")
refusals.missing("AUDIT_ENTRY", zh="审计记录", en="Audit entry")
refusals.missing("AUDIT_ARCHIVE", zh="审计归档", en="Audit archive")

refusals.declare(
    "INVALID_CREDENTIALS", 401, zh="账号或密码不正确。", en="The account or the password is not right.",
    todo_zh="请检查大小写后重试。",
    todo_en="Check upper and lower case and try again.",
)  # fmt: skip
refusals.declare(
    "ACCOUNT_DISABLED", 403, zh="账号已停用。", en="This account is disabled.",
    todo_zh="请联系管理员。", todo_en="Ask an administrator.",
)  # fmt: skip
refusals.declare(
    "ACCOUNT_LOCKED", 429, zh="失败次数过多，账号已锁定，约 {minutes} 分钟后可重试。",
    en="Too many failures: this account is locked for another {minutes} min.",
    todo_zh="请稍后再试，或请管理员解锁。", todo_en="Try again later, or ask an administrator to unlock it.",
)  # fmt: skip
refusals.declare(
    "TERMINAL_NOT_REGISTERED", 403, zh="这台设备不是已登记的共用终端。", en="This device is not a registered terminal.",
    todo_zh="请使用密码登录，或请管理员为本设备配对。", todo_en="Sign in with your password, or have an administrator pair this device.",
)  # fmt: skip
refusals.declare(
    "BADGE_NOT_ALLOWED_HERE", 403, zh="您的数据范围不包含本终端所在的产线 {lineCode}。",
    en="The line {lineCode} of this terminal lies outside your lines and stations.",
    todo_zh="请到所属产线的终端登录，或请管理员绑定。", todo_en="Sign in at a terminal of your own line, or ask an administrator for the binding.",
)  # fmt: skip
refusals.declare(
    "PASSWORD_CHANGE_REQUIRED", 403, zh="必须先修改密码。", en="Your password must be changed first.",
    todo_zh="请打开“个人资料”设置新密码。", todo_en="Open your profile and choose a new password.",
)  # fmt: skip
refusals.declare(
    "PASSWORD_WRONG", 409, zh="当前密码不正确。", en="The current password is not right.",
    todo_zh="请重新输入当前密码。", todo_en="Enter your current password again.",
)  # fmt: skip
refusals.declare(
    "PASSWORD_TOO_WEAK", 422, zh="新密码不符合要求。", en="The new password is too weak.",
    todo_zh="请使用 8–128 个字符，混合大小写、数字和符号，不要用常见密码或用户名。",
    todo_en="Use 8 to 128 characters of several kinds; no common password and not the user name.",
)  # fmt: skip
refusals.declare(
    "PASSWORD_REUSED", 409, zh="不能重复使用最近 5 次的密码。", en="One of the last five passwords may not be used again.",
    todo_zh="请换一个新密码。", todo_en="Choose another one.",
)  # fmt: skip
refusals.declare(
    "REAUTH_REQUIRED", 403, zh="该操作需要重新验证身份。", en="This act asks for fresh proof that it is you.",
    todo_zh="请输入密码后重试。", todo_en="Enter your password and try again.",
)  # fmt: skip
refusals.declare(
    "REAUTH_FAILED", 403, zh="身份验证未通过。", en="The proof is not right.",
    todo_zh="请重新输入密码。", todo_en="Enter your password again.",
)  # fmt: skip
refusals.declare(
    "SIGNER_MUST_DIFFER", 409, zh="签署人不能是记录人或决定人本人。", en="Whoever signs may not be the one who recorded or decided it.",
    todo_zh="请由另一位有权限的人员签署。", todo_en="Have another person who may sign it do so.",
)  # fmt: skip
refusals.declare(
    "USER_EXISTS", 409, zh="已有用户使用该{field}。", en="Another user has this {field} already.",
    todo_zh="请使用其他值，或启用原有用户。", todo_en="Use another value, or enable the user who has it.",
)  # fmt: skip
refusals.declare(
    "LAST_ADMIN", 409, zh="这是最后一个可管理角色的有效用户。", en="This is the last active user who may manage roles.",
    todo_zh="请先授权另一位管理员。", todo_en="Make somebody else an administrator first.",
)  # fmt: skip
refusals.declare(
    "SELF_CHANGE_NOT_ALLOWED", 409, zh="不能停用自己的账号，也不能给自己增加角色。",
    en="Nobody may disable their own account or give themselves a role.",
    todo_zh="请由另一位管理员操作。", todo_en="Ask another administrator.",
)  # fmt: skip
refusals.declare(
    "LINE_BINDING_REQUIRED", 409, zh="角色 {roles} 需要绑定至少一条产线。", en="The role {roles} needs at least one line.",
    todo_zh="请为用户绑定产线。", todo_en="Bind the user to a line.",
)  # fmt: skip
refusals.declare(
    "STATION_BINDING_REQUIRED", 409, zh="角色 {roles} 需要绑定至少一个工位。", en="The role {roles} needs at least one station.",
    todo_zh="请为用户绑定工位。", todo_en="Bind the user to a station.",
)  # fmt: skip
refusals.declare(
    "CONFIG_FROM_ENVIRONMENT", 409, zh="配置项 {key} 由服务器环境变量固定，不能在此修改。",
    en="The setting {key} is fixed by the environment of the server.",
    todo_zh="请修改环境变量后重启服务。", todo_en="Change the environment variable and start the server again.",
)  # fmt: skip
refusals.declare(
    "ROLE_EXISTS", 409, zh="角色代码 {code} 已存在。", en="There is a role with the code {code} already.",
    todo_zh="请使用其他代码。", todo_en="Use another code.",
)  # fmt: skip
refusals.declare(
    "ROLE_SYSTEM_LOCKED", 409, zh="预置角色不能删除或改代码，管理员必须保留用户与角色管理权限。",
    en="A preset role keeps its code and stays, and the administrator keeps the management of users and roles.",
    todo_zh="请另建角色。", todo_en="Make a role of your own instead.",
)  # fmt: skip
refusals.declare(
    "ROLE_IN_USE", 409, zh="仍有用户持有该角色：{users}。", en="People still hold this role: {users}.",
    todo_zh="请先从这些用户移除该角色。", todo_en="Take it from them first.",
)  # fmt: skip
refusals.declare(
    "PERMISSION_UNKNOWN", 422, zh="没有这些权限：{permissions}。", en="There are no such permissions: {permissions}.",
    todo_zh="请从权限清单中选择。", todo_en="Choose from the list of permissions.",
)  # fmt: skip
refusals.declare(
    "TOKEN_SCOPE_INVALID", 422, zh="机器令牌不能持有：{scopes}。", en="A token may not hold: {scopes}.",
    todo_zh="请从可用于令牌的权限中选择。", todo_en="Choose from the permissions that tokens may hold.",
)  # fmt: skip
refusals.declare(
    "AUDIT_ARCHIVE_OFF", 409, zh="审计归档未启用。", en="Archiving of the audit book is switched off.",
    todo_zh="请在服务器环境中设置 AUDIT_ARCHIVE_ENABLED=true 后重启。",
    todo_en="Set AUDIT_ARCHIVE_ENABLED=true in the server's environment and start again.",
)  # fmt: skip
refusals.declare(
    "AUDIT_ARCHIVE_EMPTY", 409, zh="没有早于 {days} 天的审计记录可归档。", en="No audit entry is older than {days} days.",
    todo_zh="无需处理；期限由 AUDIT_ARCHIVE_CUTOFF_DAYS 决定。", todo_en="Nothing needs to be done; AUDIT_ARCHIVE_CUTOFF_DAYS sets the age.",
)  # fmt: skip
refusals.declare(
    "AUDIT_ARCHIVE_BUSY", 409, zh="正在进行另一次审计归档。", en="The audit book is being archived already.",
    todo_zh="请等其完成后刷新本页。", todo_en="Wait until that is done and load the page again.",
)  # fmt: skip
refusals.declare(
    "AUDIT_CHAIN_BROKEN", 409, zh="审计记录在第 {seq} 条处不完整（{kind}），未归档任何内容。",
    en="The audit book does not fit at entry {seq} ({kind}); nothing was archived.",
    todo_zh="请保留现有数据库原样，执行“校验”，并报告负责人。",
    todo_en="Keep the database as it is, verify the book, and tell whoever is responsible for it.",
)  # fmt: skip
