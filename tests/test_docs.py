"""The manuals tell the truth: their rule files work, and the commands they name exist."""

from __future__ import annotations

import csv
import json
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from autoqa.contacts import COLUMNS
from autoqa.reports.result import result_schema
from autoqa.reports.row import failed_row
from autoqa.reports.summary import write_summary
from autoqa.scoring.check import run_examples
from autoqa.scoring.load import check_rules, load_rules
from autoqa.scoring.operators import REGISTRY
from autoqa.scoring.place import Place
from autoqa.types import Contact, EventKind, Message

ROOT = Path(__file__).parent.parent
MANUAL = ROOT / "docs" / "manual.zh-CN.md"
DOCUMENTS = (ROOT / "README.md", ROOT / "README.zh-CN.md", *sorted((ROOT / "docs").glob("*.md")))
SHIPPED = ROOT / "rules" / "retail-bank"

_GOOD = re.compile(r"^```yaml\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_WRONG = re.compile(r"^```yaml wrong\n(.*?)^```$.*?^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_COMMAND = re.compile(r"(?:^|`|/)autoqa ((?:rules )?[a-z]+)\b(?!\.)", re.MULTILINE)
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)#:]+)(?:#[^)]*)?\)")
_HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)
_ANCHOR = re.compile(r"\]\(#([^)]+)\)")
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def documents() -> list[dict[str, Any]]:
    """The rule files of the manual, in its order."""
    return [read(text) for text in _GOOD.findall(MANUAL.read_text("utf-8"))]


def read(text: str) -> dict[str, Any]:
    document: dict[str, Any] = YAML(typ="safe").load(text)
    return document


def write(folder: Path, name: str, document: dict[str, Any]) -> None:
    """As JSON, which is YAML."""
    (folder / name).write_text(json.dumps(document, ensure_ascii=False, default=str), "utf-8")


@cache
def shipped_phrases() -> dict[str, Any]:
    phrases: dict[str, Any] = read((SHIPPED / "phrases.yaml").read_text("utf-8"))["phrases"]
    return phrases


def form(rule_ids: list[str]) -> dict[str, Any]:
    section = {"name": "手册", "rules": dict.fromkeys(rule_ids, 5)}
    return {"id": "manual", "name": "手册", "pass_mark": 80, "sections": [section]}


def test_the_rules_of_the_manual_load_and_say_what_their_examples_say(tmp_path: Path) -> None:
    rules = [document for document in documents() if "rules" in document]
    own = {name for document in rules for name in document.get("phrases", {})}
    for number, document in enumerate(rules):
        write(tmp_path, f"block-{number}.yaml", document)
    rest = {name: some for name, some in shipped_phrases().items() if name not in own}
    ids = [rule["id"] for document in rules for rule in document["rules"]]
    write(tmp_path, "rest.yaml", {"phrases": rest, "form": form(ids)})
    assert [str(fault) for fault in check_rules(tmp_path)] == []
    rule_set = load_rules(tmp_path)
    assert {rule.id for rule in rule_set.rules} == set(ids)
    assert [str(fault) for fault in run_examples(rule_set)] == []


def manual_forms() -> list[dict[str, Any]]:
    return [one for one in documents() if "form" in one or "forms" in one]


@pytest.mark.parametrize("own", manual_forms(), ids=lambda one: next(iter(one)))
def test_the_forms_of_the_manual_fit_the_rules_that_ship(
    tmp_path: Path, own: dict[str, Any]
) -> None:
    for path in SHIPPED.glob("*.yaml"):
        if path.name != "form.yaml":
            (tmp_path / path.name).write_bytes(path.read_bytes())
    written = json.dumps(own)
    for number, document in enumerate(documents()):
        if any(f'"{rule["id"]}"' in written for rule in document.get("rules", ())):
            write(tmp_path, f"block-{number}.yaml", document)
    write(tmp_path, "form.yaml", own)
    first = own["forms"][0] if "forms" in own else own["form"]
    assert load_rules(tmp_path).forms[0].name == first["name"]


def test_the_faults_that_the_manual_shows_are_those_that_are_told(tmp_path: Path) -> None:
    ((wrong, told),) = _WRONG.findall(MANUAL.read_text("utf-8"))
    (tmp_path / "fee.yaml").write_text(wrong, "utf-8")
    write(tmp_path, "form.yaml", {"form": form(["fee-told"])})
    assert [str(fault) for fault in check_rules(tmp_path)] == told.splitlines()


def test_the_manual_has_an_example_of_every_operator_and_place() -> None:
    said = "\n".join(_GOOD.findall(MANUAL.read_text("utf-8")))
    for operator in REGISTRY:
        assert f"{operator.key}:" in said, operator.key
    manual = MANUAL.read_text("utf-8")
    for place in Place.model_fields:
        assert f"`{place}" in manual or f"{place}:" in said, place


def test_the_manual_names_every_column_of_the_metadata() -> None:
    manual = MANUAL.read_text("utf-8")
    for name, others in COLUMNS.items():
        assert f"| {name} |" in manual
        assert any(f"| {other}" in manual for other in others), name


def commands() -> list[str]:
    texts = [path.read_text("utf-8") for path in DOCUMENTS]
    return sorted({match for text in texts for match in _COMMAND.findall(text)})


@pytest.mark.parametrize("command", commands())
def test_commands_that_documents_name_exist(command: str) -> None:
    asked = [sys.executable, "-m", "autoqa", *command.split(), "--help"]
    done = subprocess.run(asked, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    text = document.read_text("utf-8")
    for target in _LINK.findall(text):
        assert (document.parent / target).exists(), target
    headings = {_slug(heading) for heading in _HEADING.findall(_FENCE.sub("", text))}
    for anchor in _ANCHOR.findall(text):
        assert anchor in headings, anchor


def _slug(heading: str) -> str:
    """A heading's anchor as code hosts make it: lower case, no punctuation, spaces as dashes."""
    kept = re.sub(r"[^\w\s-]", "", heading.lower())
    return re.sub(r"\s", "-", kept)


def test_both_readmes_have_the_same_first_two_commands() -> None:
    english, chinese = (
        re.findall(r"^```sh\n(.*?)^```$", path.read_text("utf-8"), re.MULTILINE | re.DOTALL)
        for path in DOCUMENTS[:2]
    )
    assert len(english) >= 2
    assert english[:2] == chinese[:2]


def excerpts() -> list[tuple[str, str]]:
    text = (ROOT / "docs" / "output.md").read_text("utf-8")
    return re.findall(r"^```json (\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("name", "excerpt"), excerpts())
def test_excerpts_of_the_document_are_as_its_schema_says(name: str, excerpt: str) -> None:
    """An excerpt may lack a field that is new; it has none that the document lacks."""
    schema = result_schema()
    for kind in [schema, *schema["$defs"].values()]:
        kind.pop("required", None)
        if "properties" in kind:
            kind["additionalProperties"] = False
    if name != "Result":
        schema = {"$ref": f"#/$defs/{name}", "$defs": schema["$defs"]}
    Draft202012Validator(schema).validate(json.loads(excerpt))


def test_every_kind_of_event_and_column_of_the_summary_is_explained(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "output.md").read_text("utf-8")
    assert all(f"| `{kind}` |" in text for kind in EventKind)
    write_summary([failed_row(Contact("a.wav", "a.wav"), Message("no"))], tmp_path / "a.csv")
    titles = next(csv.reader((tmp_path / "a.csv").read_text("utf-8-sig").splitlines()))
    assert all(title in text for title in titles)
