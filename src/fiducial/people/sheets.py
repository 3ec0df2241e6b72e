"""The lists of administrators as spreadsheets. The book has an export of its own (spec 09.7.3)."""

from __future__ import annotations

from fiducial.kit.sheets.columns import SheetColumn
from fiducial.kit.text import Text
from fiducial.people import queries, roles, terminals, tokens
from fiducial.people.admin_pages import SCOPES
from fiducial.sheets.exports import Sheet

ACTIVE, CREATED = (
    SheetColumn("isActive", Text("In use"), "flag", width=8),
    SheetColumn("createdAt", Text("Created"), "instant"),
)

SHEETS: tuple[Sheet, ...] = (
    Sheet("users", Text("Users"), queries.list_users, queries.USERS, (
        SheetColumn("username", Text("User name"), width=20), SheetColumn("name", Text("Name shown"), width=24),
        SheetColumn("email", Text("E-mail"), width=32), SheetColumn("employeeNo", Text("Employee number")), SheetColumn("badgeNo", Text("Badge")),
        SheetColumn("department", Text("Department"), width=20), SheetColumn("phone", Text("Phone")),
        SheetColumn("roleCodes", Text("Roles"), width=24),
        SheetColumn("lineCodes", Text("Lines"), width=24), SheetColumn("stationCodes", Text("Stations"), width=32), ACTIVE,
        SheetColumn("lastSignInAt", Text("Last sign-in"), "instant"), CREATED,
    )),
    Sheet("roles", Text("Roles"), roles.list_roles, roles.ROLES, (
        SheetColumn("code", Text("Code"), width=20), SheetColumn("name", Text("Name shown"), width=24),
        SheetColumn("dataScope", Text("Reach"), "words", SCOPES), SheetColumn("isSystem", Text("Preset"), "flag"),
        SheetColumn("userCount", Text("Users"), "number"), SheetColumn("permissions", Text("Permissions"), width=60),
        SheetColumn("description", Text("Description"), width=40),
    )),
    Sheet("api-tokens", Text("Machine tokens"), tokens.list_tokens, tokens.TOKENS, (
        SheetColumn("name", Text("Name shown"), width=24), SheetColumn("system", Text("System")), SheetColumn("prefix", Text("Begins with")),
        SheetColumn("scopes", Text("May"), width=40), SheetColumn("lineCodes", Text("Lines"), width=24),
        SheetColumn("allowedAddresses", Text("Addresses"), width=32), SheetColumn("expiresAt", Text("Expires"), "instant"),
        SheetColumn("lastUsedAt", Text("Last used"), "instant"), SheetColumn("lastUsedFrom", Text("From where"), width=20), ACTIVE, CREATED,
    )),
    Sheet("terminals", Text("Shared terminals"), terminals.list_terminals, terminals.TERMINALS, (
        SheetColumn("code", Text("Terminal"), width=20), SheetColumn("name", Text("Name shown"), width=24), SheetColumn("lineCode", Text("Line")),
        SheetColumn("stationCodes", Text("Stations"), width=32), SheetColumn("isPaired", Text("paired"), "flag"),
        SheetColumn("pairedAt", Text("Paired at"), "instant"), ACTIVE,
    )),
)  # fmt: skip
