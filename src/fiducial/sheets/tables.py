"""Tables of imports: what was read of a file, until it has been taken or given up."""

from __future__ import annotations

from sqlalchemy import PrimaryKeyConstraint, Table

from fiducial.kit import columns as c

imports = Table(
    "import_job", c.metadata, c.key(),
    c.text("list", nullable=False),
    c.text("file_name", nullable=False),
    c.blob("file_hash", nullable=False),
    c.text("status", nullable=False),
    c.whole("row_count", nullable=False, default=0),
    c.whole("good_count", nullable=False, default=0),
    c.whole("faulty_count", nullable=False, default=0),
    c.whole("fault_count", nullable=False, default=0),
    c.whole("done_count", nullable=False, default=0),
    c.json("outcomes", nullable=False),  # how many rows were created, updated, unchanged, refused
    c.json("ignored", nullable=False),  # headings that mean nothing here
    c.whole("created_by"),
    c.text("created_by_name", nullable=False),
    c.instant("created_at", nullable=False),
    c.instant("updated_at", nullable=False, ),
)  # fmt: skip

# Rows lie in parts of some 25: a row of the database for each would cost ten times as much.
parts = Table(
    "import_part", c.metadata,
    c.ref("import_id", "import_job"),
    c.text("kind", nullable=False),  # GOOD: rows that wait to be taken; FAULT: what is wrong with others
    c.whole("no", nullable=False),
    c.json("rows", nullable=False),
    PrimaryKeyConstraint("import_id", "kind", "no"),
)  # fmt: skip
