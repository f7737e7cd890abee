"""What goes with a release for a bank's security people: what is in it, and under which licences.

::

    python -m bench.release OUT              # installs the product into an environment of its own
    python -m bench.release OUT --extra mono
    python -m bench.release OUT --python .venv/bin/python    # of an environment that is there

``autoqa-VERSION.cdx.json``: a software bill of materials (CycloneDX 1.6, validated), every package
with its version. ``autoqa-VERSION.licences.csv``: name, version and licence of each. What gives no
licence, or one that obliges whoever passes the software on to pass its source on, too, is named on
the screen for somebody to look at.
"""

from __future__ import annotations

import argparse
import csv
import re
import subprocess
import sys
import tomllib
import venv
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
_TO_LOOK_AT = re.compile(r"\bA?L?GPL|General Public|UNKNOWN|^$", re.IGNORECASE)


def main() -> None:
    parser = argparse.ArgumentParser(description="Bill of materials and licences of a release.")
    parser.add_argument("out", type=Path, help="Folder for both files.")
    parser.add_argument("--extra", action="append", default=["offline"], help="Of the product.")
    parser.add_argument("--python", type=Path, help="Of an environment that is there.")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    if options.python is not None:
        write(options.out, options.python)
        return
    with TemporaryDirectory() as folder:
        write(options.out, install(Path(folder), options.extra))


def install(folder: Path, extras: list[str]) -> Path:
    """The interpreter of a new environment that holds the product and nothing else."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    run(python, "-m", "pip", "install", "-q", f"{ROOT}[{','.join(extras)}]")
    return python


def write(out: Path, python: Path) -> None:
    """Both files, and on the screen what somebody should look at."""
    project = ROOT / "pyproject.toml"
    version = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"]
    materials = out / f"autoqa-{version}.cdx.json"
    licences = out / f"autoqa-{version}.licences.csv"
    name: tuple[str, ...] = ("-m", "cyclonedx_py", "environment")
    run(sys.executable, *name, "--pyproject", project, "--validate", "-o", materials, python)
    name = ("-m", "piplicenses", "--from=mixed", "--format=csv", "--with-system")
    others = ("--ignore-packages", "autoqa")
    run(sys.executable, *name, f"--python={python}", f"--output-file={licences}", *others)
    with licences.open(encoding="utf-8", newline="") as file:
        packages = list(csv.DictReader(file))
    print(f"{materials}\n{licences}\n{len(packages)} packages; to look at:")
    for package in packages:
        if _TO_LOOK_AT.search(package["License"]):
            print(f"  {package['Name']} {package['Version']}: {package['License'] or '-'}")


def run(*command: str | Path) -> None:
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


if __name__ == "__main__":
    main()
