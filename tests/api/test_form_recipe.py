"""The recipe of docs/how-to/add-a-form.md, followed to the letter: its form is added and used, in a process of its own."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.one_engine
ROOT = Path(__file__).resolve().parents[2]

USED = """
import sys
from pathlib import Path
import fiducial.forms.papers as papers
namespace = {"__name__": "fiducial.forms.papers.torque"}
exec(compile(Path(sys.argv[1]).read_text("utf-8"), "torque.py", "exec"), namespace)
papers.FORMS = (*papers.FORMS, namespace["TORQUE"])
papers.BY_KEY["torque"] = namespace["TORQUE"]

from fiducial import app as program
from fiducial.kit.columns import metadata
from fiducial.kit.store import make_engine
from tests.api.plant import fill_template, environment
from tests.api.web import Api
from tests.api import plant as floor

folder = Path(sys.argv[2])
url = f"sqlite:///{folder / 'recipe.db'}"
engine = make_engine(url)
with engine.connect() as connection:
    metadata.create_all(connection)
    connection.commit()
engine.dispose()
program.upgrade = lambda _environment: []  # the schema is made already, with the new form in it
fill_template(url, folder)
store = program.open_store(environment(url, folder))
api = Api(program.create_app(environment(url, folder), store)).as_("operator")
made = api.post("/api/torque-records", {"driverCode": "DR-1", "wantedTorque": 1.0, "measuredTorque": 1.05}).must()
assert (made["result"], made["checkedByName"], made["formCode"]) == ("PASS", "钱操作", "QR-Mac-300"), made
assert api.post("/api/torque-records", {"driverCode": "DR-1", "wantedTorque": 1.0, "measuredTorque": 2}).must()["result"] == "FAIL"
assert api.post("/api/torque-records", {"driverCode": "DR-1", "wantedTorque": 1.0, "measuredTorque": 99}).field_paths == ["measuredTorque"]
assert api.get("/api/torque-records", driverCode="DR-1").must()["total"] == 2
assert "DR-1" in api.get("/torque-records").text
assert api.get("/torque-records/new").status == 200
assert api.get(f"/torque-records/{made['recordNo']}").status == 200
assert api.get("/api/torque-records/export", format="csv").text.count("DR-1") == 2
assert api.get("/api/forms/torque").must()["fields"][0]["name"] == "driverCode"
store.stop()
print("used")
"""


def test_the_form_of_the_recipe_is_added_and_used(tmp_path: Path) -> None:
    page = (ROOT / "docs/how-to/add-a-form.md").read_text("utf-8")
    declaration = re.findall(r"```python\n(.*?)```", page, re.DOTALL)[0]
    (tmp_path / "torque.py").write_text(declaration, "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", USED, str(tmp_path / "torque.py"), str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.stdout.strip().endswith("used"), done.stderr[-3000:]
