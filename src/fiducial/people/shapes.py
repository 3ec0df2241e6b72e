"""Shapes of what people's endpoints take and give."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints
from typing_extensions import TypedDict

from fiducial.kit.http.shapes import Body, Instant, Key, Name

Scope = Literal["ALL", "ASSIGNED_LINES", "ASSIGNED_STATIONS"]
Locale = Literal["zh-CN", "en"]


def _text(low: int, high: int, pattern: str | None = None) -> Any:
    return StringConstraints(min_length=low, max_length=high, pattern=pattern, strip_whitespace=True)


Username = Annotated[str, _text(3, 32, r"^[a-z][a-z0-9._-]*$")]
ShownName = Annotated[str, _text(1, 64)]
Email = Annotated[str, _text(3, 254, r"^[^@\s<>\"]+@[^@\s<>\"]+$")]
EmployeeNo = Annotated[str, _text(1, 32)]
BadgeNo = Annotated[str, _text(4, 64)]
Department = Annotated[str, _text(1, 64)]
Phone = Annotated[str, _text(1, 32)]
HomePath = Annotated[str, _text(1, 100, r"^/[A-Za-z0-9/_-]*$")]
RoleCode = Annotated[str, _text(3, 32, r"^[a-z0-9_]+$")]
# Blanks at the ends are part of a password.
Secret = Annotated[str, StringConstraints(min_length=1, max_length=1024, strip_whitespace=False)]
Codes = Annotated[list[Key], Field(max_length=500)]


class SignIn(Body):
    """E-mail or user name, and the password."""

    email: Annotated[str, _text(1, 254)]
    password: Secret


class SecretProof(Body):
    """A secret given again (spec 09.4)."""

    method: Literal["PASSWORD", "PIN"]
    secret: Secret


class Proving(Body):
    """What may come along with an act that asks for fresh proof: the password, or a secret with its method."""

    password: Secret | None = None
    reauth: SecretProof | None = None


class Rotate(Body):
    """For how long the former secret of a token lives on."""

    overlap_hours: Annotated[int, Field(ge=0, le=168)] = 24


class ChangePassword(Body):
    """The present password and the next."""

    current_password: Secret
    new_password: Secret


class NewUser(Body):
    """A new account; lines and stations by id, by code, or both."""

    username: Username
    name: ShownName
    email: Email | None = None
    employee_no: EmployeeNo | None = None
    badge_no: BadgeNo | None = None
    department: Department | None = None
    phone: Phone | None = None
    locale: Locale = "zh-CN"
    is_active: bool = True
    preferred_home_page: HomePath | None = None
    role_codes: Annotated[list[RoleCode], Field(min_length=1, max_length=50)]
    line_ids: Codes | None = None
    line_codes: Codes | None = None
    station_ids: Codes | None = None
    station_codes: Codes | None = None


class UserChange(Body):
    """What may change of an account: anything but the user name."""

    name: ShownName = ""
    email: Email | None = None
    employee_no: EmployeeNo | None = None
    badge_no: BadgeNo | None = None
    department: Department | None = None
    phone: Phone | None = None
    locale: Locale = "zh-CN"
    is_active: bool = True
    preferred_home_page: HomePath | None = None
    role_codes: Annotated[list[RoleCode], Field(min_length=1, max_length=50)] = []
    line_ids: Codes | None = None
    line_codes: Codes | None = None
    station_ids: Codes | None = None
    station_codes: Codes | None = None


class Choice(Body):
    """How somebody wants to be told of one type of notification; what is left out stays as it is."""

    type: Key
    in_app: bool | None = None
    wecom: bool | None = None
    email: bool | None = None


class OwnChange(Proving):
    """What people may change of their own account."""

    name: ShownName = ""
    email: Email | None = None
    phone: Phone | None = None
    locale: Locale = "zh-CN"
    preferred_home_page: HomePath | None = None
    notification_settings: Annotated[list[Choice], Field(max_length=100)] = []


class NewRole(Body):
    """A role; `copyFrom` names a role, or the template `director`, whose permissions and scope it begins with."""

    code: RoleCode
    name: Name
    description: Annotated[str, _text(0, 500)] | None = None
    permissions: Annotated[list[Annotated[str, _text(1, 64)]], Field(max_length=200)] | None = None
    data_scope: Scope | None = None
    copy_from: RoleCode | None = None


class RoleChange(Body):
    """What may change of a role."""

    code: RoleCode = ""
    name: Name = ""
    description: Annotated[str, _text(0, 500)] | None = None
    permissions: Annotated[list[Annotated[str, _text(1, 64)]], Field(max_length=200)] = []
    data_scope: Scope = "ALL"


class NewToken(Proving):
    """A machine's token, with the proof that asks for it."""

    name: Name
    system: Annotated[str, _text(1, 32, r"^[A-Z][A-Z0-9_]*$")]
    scopes: Annotated[list[Annotated[str, _text(1, 64)]], Field(min_length=1, max_length=20)]
    line_ids: Codes = []
    allowed_addresses: Annotated[list[Annotated[str, _text(2, 64)]], Field(max_length=50)] = []
    trust_sent_at: bool = False
    expires_at: Instant


class SignaturesAsked(Body):
    """Whose signatures are asked for."""

    subject_type: Annotated[str, _text(1, 64)]
    subject_id: Key


class ExportAsked(Body):
    """As which kind of file the audit book is exported."""

    format: Literal["csv", "jsonl"] = "csv"


class Verify(Body):
    """Which part of the audit book to verify."""

    from_seq: Annotated[int, Field(ge=1)] | None = None
    to_seq: Annotated[int, Field(ge=1)] | None = None
    include_archives: bool = False


class ArchiveNow(Proving):
    """A signature under what is archived."""

    remark: Annotated[str, _text(1, 500)] | None = None


# A function, for `from` is a word of the language.
ArchiveFacts = TypedDict(
    "ArchiveFacts",
    {
        "id": str, "file": str, "firstSeq": int, "lastSeq": int, "from": str | None, "to": str | None, "rows": int, "sha256": str,
        "verifiedAt": str | None, "archivedByName": str | None,
    },
)  # fmt: skip
"""One archive of the audit book: which entries, in which file, of which SHA-256, and when that file was read back whole."""


class SignedInUser(TypedDict):
    """The person of a session."""

    id: str
    name: str
    username: str
    email: str | None
    locale: str


class SessionFacts(TypedDict):
    """A session as its owner knows it."""

    id: str
    expiresAt: str | None
    authenticatedAt: str | None
    method: str
    terminalCode: str | None


class LiveSession(TypedDict):
    """One of one's own live sessions."""

    id: str
    createdAt: str | None
    lastSeenAt: str | None
    expiresAt: str | None
    address: str | None
    agent: str | None
    method: str
    terminalCode: str | None
    isCurrent: bool


class AuditEntry(TypedDict):
    """An entry of the audit book (spec 09.7.1)."""

    seq: int
    id: str
    at: str | None
    actorType: str
    actorId: str | None
    actorName: str | None
    actorRoles: list[str]
    ip: str | None
    userAgent: str | None
    terminalCode: str | None
    sessionId: str | None
    entityType: str
    entityId: str | None
    entityDisplay: str | None
    lineCode: str | None
    stationCode: str | None
    action: str
    outcome: str
    code: str | None
    message: str | None
    changes: list[dict[str, Any]]
    reason: str | None
    signatureId: str | None
    requestId: str | None
    traceId: str | None
    idempotencyKey: str | None
    payload: dict[str, Any]
    lane: str
    laneSeq: int
    prevHash: str
    hash: str


class SignedIn(TypedDict):
    """The answer of a sign-in."""

    user: SignedInUser
    session: SessionFacts
    mustChangePassword: bool
    homePage: str


class UserFacts(TypedDict):
    """An account."""

    id: str
    username: str
    name: str
    email: str | None
    employeeNo: str | None
    badgeNo: str | None
    hasPin: bool
    department: str | None
    phone: str | None
    locale: str
    isActive: bool
    mustChangePassword: bool
    preferredHomePage: str | None
    roleCodes: list[str]
    lineIds: list[str]
    lineCodes: list[str]
    stationIds: list[str]
    stationCodes: list[str]
    lastSignInAt: str | None
    lockedUntil: str | None
    createdAt: str | None
    updatedAt: str | None


class ChoiceFacts(TypedDict):
    """One type of notification, who gets it, and how one wants to be told. What is urgent always shows in the program itself."""

    type: str
    title: str
    priority: str
    roles: list[str]
    inApp: bool
    wecom: bool
    email: bool


class OwnFacts(UserFacts):
    """One's own account, with how one wants to be told of each type of notification."""

    notificationSettings: list[ChoiceFacts]


class NewUserFacts(UserFacts):
    """An account just made, with the password that is shown once."""

    initialPassword: str


class InitialPassword(TypedDict):
    """A password that is shown once."""

    initialPassword: str


class RoleFacts(TypedDict):
    """A role; `presetPermissions` is what a preset role began with."""

    id: str
    code: str
    name: str
    description: str | None
    permissions: list[str]
    dataScope: str
    isSystem: bool
    presetPermissions: list[str] | None
    userCount: int
    createdAt: str | None
    updatedAt: str | None


class TokenFacts(TypedDict):
    """A token; never its secret."""

    id: str
    name: str
    system: str
    prefix: str
    scopes: list[str]
    lineIds: list[str]
    lineCodes: list[str]
    allowedAddresses: list[str]
    trustSentAt: bool
    expiresAt: str | None
    lastUsedAt: str | None
    lastUsedFrom: str | None
    isActive: bool
    createdAt: str | None
    updatedAt: str | None


class NewTokenFacts(TokenFacts):
    """A token just made, with the secret that is shown once."""

    secret: str


class MeaningText(TypedDict):
    """What a signature says, in words."""

    zh: str
    en: str


class SignatureFacts(TypedDict):
    """A signature; `valid` is false when what was signed has changed since: it is superseded."""

    id: str
    subjectType: str
    subjectId: str
    meaning: str
    meaningText: MeaningText
    signerId: str
    signerName: str
    signerRoles: list[str]
    signedAt: str | None
    method: str
    sessionId: str | None
    contentHash: str
    contentVersion: int
    remark: str | None
    valid: bool
