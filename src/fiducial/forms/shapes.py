"""Bodies that are the same for all forms (spec 10.2); those of records are made from the declarations."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from fiducial.kit.http.shapes import Body, Instant, Key, Reason, Remark
from fiducial.people.shapes import Proving


class Confirm(Body):
    """Confirming a record."""

    remark: Remark | None = None


class SignedConfirm(Proving):
    """Confirming a record with proof of who does it."""

    remark: Remark | None = None


class VoidRecord(Body):
    """Voiding a record."""

    reason: Annotated[str, StringConstraints(min_length=4, max_length=200)]


class LateEntryWindow(Body):
    """Times inside `from` to `to` are taken until `until`."""

    from_: Annotated[Instant, Field(alias="from")]
    to: Instant
    until: Instant
    reason: Reason


class TakeOut(Body):
    """Taking out of an oven."""

    lot_no: Key | None = None
    remark: Remark | None = None
