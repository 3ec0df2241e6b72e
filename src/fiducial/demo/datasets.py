"""The names of what `demo load` can load (spec 12.1). Kept apart from the loader, which a server that nobody asks for it does not need."""

from __future__ import annotations

DATASETS = ("base", "rich", "history")
USUAL = ("base", "rich")
