"""docs/dependencies.md has a row for everything that pyproject.toml asks for."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_dependency_has_a_row_and_every_row_a_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"].values()
    asked = [*project["dependencies"], *(line for extra in extras for line in extra)]
    names = {re.match(r"[\w-]+", line)[0] for line in asked}
    table = (ROOT / "docs" / "dependencies.md").read_text()
    rows = re.findall(r"^\| ([\w, -]+?)(?: \(.*?\))? \|", table, re.MULTILINE)
    described = {name for row in rows for name in row.split(", ")} - {"package"}
    assert described == names
