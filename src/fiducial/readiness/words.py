"""Words of the pages of readiness: gates, what started a check, settings of gates."""

from __future__ import annotations

from fiducial.kit.text import Text

GATES = {
    "ROUTE": Text("Route"), "EQUIPMENT": Text("Equipment"), "MATERIAL": Text("Material"), "STENCIL": Text("Stencil"),
    "SOLDER_PASTE": Text("Solder paste"), "LOADING": Text("Loading"), "PREP_BAKE": Text("Baking"), "PREP_PASTE": Text("Paste preparation"),
    "PREP_STENCIL_USAGE": Text("Stencil check"), "PREP_STENCIL_CLEAN": Text("Stencil cleaning"), "PREP_SCRAPER": Text("Squeegee"),
    "PREP_FIXTURE": Text("Fixtures"), "PREP_PROGRAM": Text("Oven program"), "TIME_RULE": Text("Time rules"),
    "CHECKLIST": Text("Pre-changeover check"),
}  # fmt: skip

TRIGGERS = {
    "RUN_CREATE": Text("new run"), "INPUT_CHANGED": Text("something changed"), "SCHEDULE": Text("by the clock"), "MANUAL": Text("by hand"),
    "AUTHORIZE": Text("at the authorisation"), "FAI": Text("for the first article"), "REWORK": Text("for rework"),
}  # fmt: skip

SETTINGS = {
    "maxAgeHours": Text("Evidence holds"), "manualMaxAgeHours": Text("By hand it holds"), "waivable": Text("May be waived"),
    "waiverHours": Text("A waiver holds"), "fourEyes": Text("Four eyes"),
    "requireDailyInspection": Text("Daily inspection of SPI and AOI"), "minPickStatus": Text("Pick status at least"),
    "notNeededAllowed": Text("A person may say: not needed"), "lifeMustCoverRun": Text("Life must last for the whole run"),
    "requireProgramRecord": Text("A program record is asked for"),
}  # fmt: skip
