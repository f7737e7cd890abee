"""What goes with a release: a bill of materials and the licences."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tomllib
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]


def test_every_library_of_the_product_is_in_both_files(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bench.release", str(tmp_path), "--python", sys.executable]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    wanted = {canonicalize_name(Requirement(line).name) for line in project["dependencies"]}
    [materials] = tmp_path.glob("*.cdx.json")
    [licences] = tmp_path.glob("*.csv")
    bill = json.loads(materials.read_text(encoding="utf-8"))
    assert bill["metadata"]["component"]["name"] == "autoqa"
    assert wanted <= {canonicalize_name(one["name"]) for one in bill["components"]}
    assert all(one["version"] for one in bill["components"])
    with licences.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert wanted <= {canonicalize_name(row["Name"]) for row in rows}
