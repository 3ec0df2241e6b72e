"""Tables of people. Bindings name lines and stations by id; those tables are higher up, so no foreign key ties them."""

from __future__ import annotations

from sqlalchemy import Index, PrimaryKeyConstraint, Table, UniqueConstraint

from fiducial.kit import columns as c
from fiducial.kit.audit import append_only

users = Table(
    "person", c.metadata, c.key(),
    c.text("username", nullable=False, unique=True),  # lower case, never changes
    c.text("name", nullable=False),
    c.text("email"),
    c.text("email_folded", unique=True),
    c.text("employee_no", unique=True),
    c.text("badge_no", unique=True),
    c.text("department"),
    c.text("phone"),
    c.text("locale", nullable=False),
    c.flag("is_active", default=True),
    c.flag("must_change_password", default=False),
    c.text("home_page"),
    c.text("password_hash"),
    c.instant("password_set_at"),
    c.json("former_passwords"),
    c.instant("last_sign_in_at"),
    c.instant("locked_until"),
    c.whole("failures", nullable=False, default=0),
    c.instant("failures_since"),
    c.whole("locks", nullable=False, default=0),
    c.text("pin_hash"),
    c.whole("pin_failures", nullable=False, default=0),  # the fifth makes the PIN useless until it is set again
    c.text("origin"),  # "demo" for what the demo plant made
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
)  # fmt: skip

roles = Table(
    "role", c.metadata, c.key(),
    c.text("code", nullable=False, unique=True),
    c.text("name", nullable=False),
    c.text("description"),
    c.text("permissions", nullable=False),  # space separated, sorted: read on every request
    c.text("data_scope", nullable=False),
    c.flag("is_system", default=False),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
)  # fmt: skip

user_roles = Table(
    "person_role", c.metadata,
    c.ref("user_id", "person"), c.ref("role_id", "role", index=True),
    PrimaryKeyConstraint("user_id", "role_id"),
)  # fmt: skip

user_lines = Table(
    "person_line", c.metadata,
    c.ref("user_id", "person"), c.whole("line_id", nullable=False),
    PrimaryKeyConstraint("user_id", "line_id"),
)  # fmt: skip

user_stations = Table(
    "person_station", c.metadata,
    c.ref("user_id", "person"), c.whole("station_id", nullable=False),
    PrimaryKeyConstraint("user_id", "station_id"),
)  # fmt: skip

sessions = Table(
    "session", c.metadata, c.key(),
    c.blob("digest", nullable=False),  # SHA-256 of the cookie; the cookie itself is stored nowhere
    c.ref("user_id", "person", index=True),
    c.text("method", nullable=False),
    c.instant("authenticated_at", nullable=False),
    c.instant("created_at", nullable=False),
    c.instant("expires_at", nullable=False),
    c.whole("idle_ms", nullable=False),
    c.instant("last_seen_at", nullable=False),
    c.text("ip"),
    c.text("agent"),
    c.text("terminal_code"),
    c.instant("ended_at"),
    UniqueConstraint("digest"),
)  # fmt: skip

tokens = Table(
    "api_token", c.metadata, c.key(),
    c.text("name", nullable=False),
    c.text("system", nullable=False),
    c.blob("digest", nullable=False),
    c.text("prefix", nullable=False),
    c.text("scopes", nullable=False),  # space separated
    c.text("line_ids", nullable=False),  # space separated keys; empty is all
    c.text("allowed_addresses", nullable=False),  # space separated networks; empty is any
    c.flag("trust_sent_at", default=False),
    c.instant("expires_at", nullable=False),
    c.instant("last_used_at"),
    c.text("last_used_from"),
    c.flag("is_active", default=True),
    c.blob("former_digest"),  # of the secret before the last rotation, good until `former_until`
    c.instant("former_until"),
    c.whole("warned_days"),  # how many days before its end it was last announced that it expires
    c.text("origin"),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
    UniqueConstraint("digest"),
    UniqueConstraint("former_digest"),
)  # fmt: skip

terminals = Table(
    "terminal", c.metadata, c.key(),
    c.text("code", nullable=False, unique=True),
    c.text("name", nullable=False),
    c.whole("line_id", nullable=False),
    c.text("station_ids", nullable=False),  # space separated keys
    c.flag("is_active", default=True),
    c.blob("cookie_digest"),  # SHA-256 of the cookie of the browser that is paired
    c.instant("paired_at"),
    c.blob("pairing_digest"),
    c.instant("pairing_until"),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False),
    UniqueConstraint("cookie_digest"),
    UniqueConstraint("pairing_digest"),
)  # fmt: skip

setting_versions = Table(
    "setting_version", c.metadata, c.key(),
    c.text("key", nullable=False),
    c.whole("version", nullable=False),
    c.text("value"),  # canonical JSON; null is the default
    c.instant("changed_at", nullable=False),
    c.whole("changed_by"),
    c.text("changed_by_name"),
    c.text("reason"),
    UniqueConstraint("key", "version"),
)  # fmt: skip

uploads = Table(
    "upload", c.metadata, c.key(),
    c.text("name", nullable=False, unique=True),
    c.text("original", nullable=False),
    c.text("media", nullable=False),
    c.whole("size", nullable=False),
    c.text("sha256", nullable=False),
    c.blob("content"),  # of a plant of several nodes that share no disk (UPLOADS_IN_DB)
    c.whole("uploaded_by"),
    c.instant("uploaded_at", nullable=False),
)  # fmt: skip

address_failures = Table(
    "sign_in_failure", c.metadata, c.key(),
    c.text("address", nullable=False),
    c.instant("at", nullable=False),
    Index("ix_sign_in_failure_address", "address", "at"),
)  # fmt: skip

signatures = Table(
    "signature", c.metadata, c.key(),
    c.text("subject_type", nullable=False),
    c.whole("subject_id", nullable=False),
    c.text("meaning", nullable=False),
    c.ref("signer_id", "person"),
    c.text("signer_name", nullable=False),  # as at that moment, like the roles
    c.json("signer_roles", nullable=False),
    c.instant("signed_at", nullable=False),
    c.text("method", nullable=False),
    c.whole("session_id"),
    c.text("content_hash", nullable=False),
    c.whole("content_version", nullable=False),
    c.text("remark"),
    Index("ix_signature_subject", "subject_type", "subject_id"),
)  # fmt: skip
append_only(signatures)
