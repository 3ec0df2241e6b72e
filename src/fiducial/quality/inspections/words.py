"""Reasons that shapes cannot give, in both languages."""

from __future__ import annotations

from fiducial.kit.refusals import Said

REQUIRED = Said(zh="必填", en="required")
TAKEN = Said(zh="已存在", en="exists already")
