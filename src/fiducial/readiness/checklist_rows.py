"""The rows of the pre-changeover list (转拉前检查, QR-Pro-133; spec 10.4.13, 11.3): what each asks, and who answers it.

A SYSTEM row is answered by a gate. Where the line has switched that gate off, nobody answers but a person, so it is ticked by hand.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from fiducial.kit.text import Text

SYSTEM, PERSON = "SYSTEM", "PERSON"


@dataclass(frozen=True, slots=True)
class Row:
    """One row. `gate` answers it, of its items those whose key begins or ends so; `unit`: its value is a number, a requirement."""

    group: str
    key: str
    text: Text
    gate: str | None = None
    begins: str = ""
    ends: str = ""
    unit: str = ""
    hint: Text | None = None

    def by(self, enabled: Collection[str]) -> str:
        """Give who answers it on a line with these gates."""
        return SYSTEM if self.gate in enabled else PERSON

    def takes(self, item_key: str) -> bool:
        """Tell whether an item of its gate answers this row."""
        return item_key.startswith(self.begins) and item_key.endswith(self.ends)


GROUPS = {
    "BAKE": Text("Baking"), "MATERIAL": Text("Material"), "CONSUMABLES": Text("Consumables"), "PROGRAM": Text("Programs"),
    "TOOLS": Text("Tools"), "PCB": Text("PCB"), "WAVE": Text("Wave soldering"), "TEST": Text("Test"), "PEOPLE": Text("People"),
}  # fmt: skip

SMT_ROWS = (
    Row("BAKE", "BAKE_PCB", Text("PCB baked"), "PREP_BAKE", begins="PCB:", unit="h"),
    Row("BAKE", "BAKE_BGA", Text("BGA baked"), "PREP_BAKE", begins="BGA:", unit="h"),
    Row("BAKE", "BAKE_IC", Text("IC baked"), "PREP_BAKE", begins="IC:", unit="h"),
    Row("BAKE", "BAKE_CONNECTOR", Text("Connectors baked"), "PREP_BAKE", begins="CONNECTOR:", unit="h"),
    Row("BAKE", "BAKE_OTHER", Text("Other parts baked"), "PREP_BAKE", begins="OTHER:", unit="h"),
    Row("MATERIAL", "STICK_FEEDER", Text("Stick feeders loaded"), "LOADING"),
    Row("MATERIAL", "TRAY", Text("Trays loaded"), "LOADING"),
    Row("MATERIAL", "REEL", Text("Reels on their feeders"), "LOADING"),
    Row("MATERIAL", "HAND_PLACED", Text("Hand-placed parts and their places"), hint=Text("Parts and places")),
    Row("CONSUMABLES", "PASTE_THAWED", Text("Solder paste thawed"), "PREP_PASTE"),
    Row("CONSUMABLES", "PASTE_STIRRED", Text("Solder paste stirred"), "PREP_PASTE"),
    Row("PROGRAM", "PLACEMENT_PROGRAM", Text("Placement program"), hint=Text("Name, version, date")),
    Row("PROGRAM", "REFLOW_PROGRAM", Text("Reflow program"), "PREP_PROGRAM"),
    Row("TOOLS", "STENCIL", Text("Stencil checked"), "PREP_STENCIL_USAGE"),
    Row("TOOLS", "STENCIL_CLEAN", Text("Stencil cleaned"), "PREP_STENCIL_CLEAN"),
    Row("TOOLS", "SQUEEGEE", Text("Squeegee and its length"), "PREP_SCRAPER", unit="mm"),
    Row("TOOLS", "FIXTURE", Text("Fixtures"), "PREP_FIXTURE", hint=Text("Name")),
    Row("TOOLS", "RACK_WIDTH", Text("Width of the racks set"), hint=Text("mm")),
    Row("TOOLS", "SUPPORT_PIN", Text("Support-pin template"), hint=Text("Number")),
)

DIP_ROWS = (
    Row("PCB", "PCB_RECEIPT", Text("PCBs received and looked at"), hint=Text("Quantity")),
    Row(
        "MATERIAL",
        "PARTS_ISSUED",
        Text("All parts issued to the line"),
        hint=Text("Issue bill, or material|lot, material|lot"),
    ),
    Row("MATERIAL", "MATERIAL", Text("Material"), "MATERIAL"),
    Row("CONSUMABLES", "FLUX", Text("Flux"), hint=Text("Lot, expiry")),
    Row("CONSUMABLES", "SOLDER_BAR", Text("Solder bars"), hint=Text("Lot, expiry")),
    Row("WAVE", "WAVE_SET", Text("Wave set as on the process sheet"), hint=Text("Preheat, pot, speed")),
    Row("WAVE", "EQUIPMENT", Text("Equipment"), "EQUIPMENT"),
    Row("WAVE", "PREP_PROGRAM", Text("Wave profile"), "PREP_PROGRAM", ends="_PROFILE"),
    Row("TOOLS", "PREP_FIXTURE", Text("Fixtures"), "PREP_FIXTURE"),
    Row("TEST", "TEST_PROGRAM", Text("Test programs (ICT, FCT)"), "PREP_PROGRAM", ends="_PROGRAM"),
    Row("TEST", "TESTER_CHECK", Text("Testers checked with the golden board")),
    Row("PEOPLE", "TRAINING", Text("Operators trained")),
)

NOT_NEEDED_GATES = ("PREP_BAKE", "PREP_FIXTURE")
"""Gates of which a person may say "not needed", where the line allows it (spec 03.10)."""


def template(process_type: str) -> tuple[Row, ...]:
    """Give the rows of a line's kind."""
    return SMT_ROWS if process_type == "SMT" else DIP_ROWS
