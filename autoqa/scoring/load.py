"""A folder of YAML files → a RuleSet, or all of its faults at once.

Every ``*.yaml`` and ``*.yml`` in the folder and below is read. Names of phrase sets and rules are
shared by all files of a folder.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path as Folder
from typing import Any

from pydantic import ValidationError

from autoqa.errors import UsageError
from autoqa.i18n import N_
from autoqa.scoring.alert_documents import faults_of_alerts, watch_of
from autoqa.scoring.conditions import faults_of_names
from autoqa.scoring.dialogue import read_dialogue
from autoqa.scoring.dialogue_information import DialogueError
from autoqa.scoring.documents import RuleDocument, RuleFile
from autoqa.scoring.faults import Fault, RuleError
from autoqa.scoring.forms import documents_of, faults_of_forms, faults_of_points, form_of
from autoqa.scoring.knowledge_documents import ExamplesDocument, entry_of
from autoqa.scoring.names import day
from autoqa.scoring.phrase_documents import phrase_set
from autoqa.scoring.rule import (
    RUNNING,
    Example,
    NamedCondition,
    Rule,
    RuleSet,
    Source,
    Status,
)
from autoqa.scoring.sense import nonsense
from autoqa.scoring.sentence_documents import faults_of_sentences, taught_of
from autoqa.scoring.source import Path, Tree, parse
from autoqa.scoring.validation import faults_of
from autoqa.scoring.versions import RuleVersions, rule_set_version
from autoqa.types import Message, Outcome

_ALWAYS = date.min, date.max
_RULE_TWICE = N_("there is already a rule “{name}” in “{place}”")
_OVERLAP = N_(
    "the rule “{name}” of “{place}” holds on {day}, too; let “until” of the one be before “from” "
    "of the other"
)
_ENTRY_TWICE = N_("there is already an entry “{name}” in “{place}”")
_ENTRY_OVERLAP = N_(
    "the entry “{name}” of “{place}” holds on {day}, too; let “until” of the one be before “from” "
    "of the other"
)
_SET_TWICE = N_("there is already a phrase set “{name}” in “{place}”")
_CONDITION_TWICE = N_("there is already a condition “{name}” in “{place}”")
_NOT_READ = N_("this file is not read; take “.txt” off the end of its name")
_MAX_FILES = 500
_ENDINGS = (".yaml", ".yml")
_HIDDEN = (".yaml.txt", ".yml.txt")
"""What Windows makes of a name when it hides endings."""


@dataclass(frozen=True, slots=True)
class _Read:
    """A file that was read: its tree and, where it has no faults, its document."""

    name: str
    tree: Tree
    document: RuleFile | None


@dataclass(frozen=True, slots=True)
class _Names:
    """Of phrase sets, conditions and the bank's own columns in all files; None: not known."""

    phrases: frozenset[str] | None = None
    conditions: frozenset[str] | None = None
    columns: frozenset[str] | None = None


def load_rules(folder: Folder) -> RuleSet:
    """The rules in a folder.

    Raises ``RuleError`` with every fault of every file, ``UsageError`` where there is no such
    folder or nothing in it. Warnings do not keep it from loading.
    """
    rule_set, faults, _ = _load(folder)
    serious = [fault for fault in faults if fault.severity == "error"]
    if serious or rule_set is None:
        raise RuleError(str(folder), serious)
    return rule_set


def check_rules(folder: Folder) -> list[Fault]:
    """Every fault and warning of the files in a folder, in order of place; none: they are good."""
    return examine(folder)[1]


def examine(folder: Folder) -> tuple[Mapping[str, Tree], list[Fault]]:
    """The same, and what the files hold, by name."""
    _, faults, trees = _load(folder)
    return trees, sorted(faults)


def _load(folder: Folder) -> tuple[RuleSet | None, list[Fault], Mapping[str, Tree]]:
    if not folder.is_dir():
        raise UsageError(N_("there is no folder {folder} with rules"), folder=str(folder))
    every = sorted(path for path in folder.rglob("*") if path.is_file())
    paths = [path for path in every if path.suffix.lower() in _ENDINGS]
    if not paths or len(paths) > _MAX_FILES:
        raise UsageError(N_("no rule files (*.yaml) in {folder}"), folder=str(folder))
    trees = []
    faults = [
        Fault(path.relative_to(folder).as_posix(), 1, 1, Message(_NOT_READ), "warning")
        for path in every
        if path.suffix.lower() not in _ENDINGS and path.name.lower().endswith(_HIDDEN)
    ]
    for path in paths:
        name = path.relative_to(folder).as_posix()
        try:
            content = path.read_bytes()
        except OSError:
            faults.append(
                Fault(name, 1, 1, Message(N_("this file may not be read; ask its owner")))
            )
            continue
        tree = parse(name, content)
        faults += tree.faults
        trees.append((name, tree))
    names = _Names(
        frozenset(key for _, tree in trees for key in _mapping(tree.data, "phrases")),
        frozenset(key for _, tree in trees for key in _mapping(tree.data, "conditions")),
        frozenset(str(name) for _, tree in trees for name in _listed(tree.data, "columns")),
    )
    if any(tree.data is None for _, tree in trees):
        names = _Names()  # who knows what stands in the file that cannot be read
    files = [_validated(name, tree, names, faults) for name, tree in trees]
    faults += _across(files)
    if any(fault.severity == "error" for fault in faults):
        return None, faults, dict(trees)
    return _rule_set(files), faults, dict(trees)


def _mapping(data: Any, key: str) -> Mapping[str, Any]:
    inner = data.get(key) if isinstance(data, dict) else None
    return inner if isinstance(inner, dict) else {}


def _listed(data: Any, key: str) -> Sequence[Any]:
    inner = data.get(key) if isinstance(data, dict) else None
    return inner if isinstance(inner, list) else ()


def _validated(name: str, tree: Tree, names: _Names, faults: list[Fault]) -> _Read:
    if any(fault.severity == "error" for fault in tree.faults) and tree.data is None:
        return _Read(name, tree, None)
    odd = [one for one in nonsense(tree, names.columns) if one.path not in tree.broken]
    faults += [Fault(name, *tree.place(one.path, one.at_key), one.message) for one in odd]
    tree = replace(tree, broken=tree.broken | {one.path for one in odd})
    faults += _of_dialogues(name, tree)
    try:
        context = {"phrases": names.phrases, "conditions": names.conditions}
        document = RuleFile.model_validate(tree.data, context=context)
    except ValidationError as error:
        faults += faults_of(name, tree, error)
        return _Read(name, tree, None)
    return _Read(name, tree, document)


def _of_dialogues(name: str, tree: Tree) -> Iterable[Fault]:
    """Lines of examples that are no lines of a dialogue."""
    for kind in ("rules", "knowledge"):
        for number, shown in enumerate(_listed(tree.data, kind)):
            examples = _mapping(shown, "examples")
            for key in examples:
                for at, text in enumerate(_listed(examples, key)):
                    path = (kind, number, "examples", key, at)
                    if isinstance(text, str) and path not in tree.broken:
                        yield from _of_dialogue(name, tree, path, text)


def _of_dialogue(name: str, tree: Tree, path: Path, text: str) -> Iterable[Fault]:
    try:
        read_dialogue(text)
    except DialogueError as error:
        line, column = tree.place(path)
        if tree.styles.get(path) == "|":  # its first line is the one after the stroke
            line += error.line
            written = tree.lines[line - 1] if line <= len(tree.lines) else ""
            column = len(written) - len(written.lstrip()) + 1
        yield Fault(name, line, column, error.message)


# ---------------------------------------------------------------- faults between files


def _across(files: list[_Read]) -> list[Fault]:
    conditions = {
        name: condition
        for file in files
        if file.document
        for name, condition in file.document.conditions.items()
    }
    named = faults_of_names([(file.name, file.tree) for file in files], conditions)
    taught = _of_sentences(files)
    return [*_duplicates(files), *named, *taught, *_forms(files), *_without_examples(files)]


def _of_sentences(files: list[_Read]) -> Iterable[Fault]:
    """What is wrong with what phrase sets are learned from, where all files are good."""
    if any(file.document is None for file in files):
        return ()
    sets = frozenset(key for file in files for key in _mapping(file.tree.data, "phrases"))
    read = [(file.name, file.tree, file.document.sentences) for file in files if file.document]
    return faults_of_sentences(read, sets)


def _duplicates(files: list[_Read]) -> Iterable[Fault]:
    """Rules of one id that hold on the same day, and names that are given twice."""
    named: dict[tuple[str, str], Source] = {}
    yield from _held_twice(files, "rules", _RULE_TWICE, _OVERLAP)
    yield from _held_twice(files, "knowledge", _ENTRY_TWICE, _ENTRY_OVERLAP)
    for file in files:
        for kind, template in (("phrases", _SET_TWICE), ("conditions", _CONDITION_TWICE)):
            for name in _mapping(file.tree.data, kind):
                source = Source(file.name, *file.tree.place((kind, name), prefer_key=True))
                if (kind, name) in named:
                    params = {"name": name, "place": str(named[kind, name])}
                    yield Fault(source.file, source.line, source.column, Message(template, params))
                named.setdefault((kind, name), source)


def _held_twice(files: list[_Read], kind: str, twice: str, overlap: str) -> Iterable[Fault]:
    known: dict[str, list[tuple[Source, tuple[date, date]]]] = {}
    for file in files:
        for number, one in enumerate(_listed(file.tree.data, kind)):
            if not isinstance(one, dict) or "id" not in one:
                continue
            source = Source(file.name, *file.tree.place((kind, number, "id"), prefer_key=True))
            period = _period(one)
            for other, its_period in known.setdefault(str(one["id"]), []):
                if (both := _overlap(period, its_period)) is not None:
                    params = {"name": str(one["id"]), "place": str(other), "day": str(both)}
                    always = period == its_period == _ALWAYS
                    message = Message(twice if always else overlap, params)
                    yield Fault(source.file, source.line, source.column, message)
                    break
            known[str(one["id"])].append((source, period))


def _period(rule: Mapping[str, Any]) -> tuple[date, date]:
    """The days on which a rule holds, both included."""
    return day(rule.get("from")) or date.min, day(rule.get("until")) or date.max


def _overlap(one: tuple[date, date], other: tuple[date, date]) -> date | None:
    """The first day that is in both."""
    first = max(one[0], other[0])
    return first if first <= min(one[1], other[1]) else None


def _forms(files: list[_Read]) -> Iterable[Fault]:
    """What is wrong with the scorecard forms; what does not add up, where all rules are good."""
    written = {
        str(rule["id"]): _place_of(file, number)
        for file in files
        for number, rule in enumerate(_listed(file.tree.data, "rules"))
        if isinstance(rule, dict) and "id" in rule
    }
    rules = [rule for file in files for _, rule in _rules(file)]
    counted = {rule.id for rule in rules if rule.status in RUNNING - {Status.WATCH}}
    idle = {rule.id for rule in rules} - counted
    trees = [(file.name, file.tree) for file in files]
    yield from faults_of_forms(trees, written, idle)
    if all(tree.data is not None for _, tree in trees):
        yield from faults_of_alerts(trees, written)
    if any(file.document is None for file in files):
        return
    parties = {rule.id: rule.counts_for for rule in rules}
    active = {rule.id for rule in rules if rule.status == Status.ACTIVE}
    for file in files:
        if file.document is not None:
            resting = set(parties) - active
            yield from faults_of_points(file.name, file.tree, file.document, parties, resting)


def _without_examples(files: list[_Read]) -> Iterable[Fault]:
    for file in files:
        for number, rule in _rules(file):
            if not (rule.examples.passing and rule.examples.failing):
                place = file.tree.place(("rules", number, "id"))
                template = N_("the rule “{name}” has no example of passing or none of failing")
                yield Fault(file.name, *place, Message(template, {"name": rule.id}), "warning")


def _rules(file: _Read) -> Iterable[tuple[int, RuleDocument]]:
    return enumerate(file.document.rules) if file.document else ()


def _place_of(file: _Read, number: int, kind: str = "rules") -> Source:
    return Source(file.name, *file.tree.place((kind, number, "id")))


# ---------------------------------------------------------------- the rule set


def _rule_set(files: list[_Read]) -> RuleSet:
    documents = [file.document for file in files if file.document]
    versions = RuleVersions(documents)
    rules = sorted(
        (_rule(file, i, rule, versions.of(rule)) for file in files for i, rule in _rules(file)),
        key=lambda rule: (rule.id, rule.first_day or date.min),
    )
    ordinary = [line for document in documents for line in document.ordinary]
    taught = taught_of([document.sentences for document in documents], ordinary)
    phrases = sorted(
        (
            phrase_set(name, item, taught.get(name))
            for document in documents
            for name, item in document.phrases.items()
        ),
        key=lambda item: item.name,
    )
    forms = tuple(form_of(form) for document in documents for form in documents_of(document))
    conditions = (item for document in documents for item in document.conditions.items())
    named = tuple(
        NamedCondition(name, condition)
        for name, condition in sorted(conditions, key=lambda item: item[0])
    )
    knowledge = sorted(
        (
            (entry_of(entry, str(_place_of(file, number, "knowledge"))), file, number, entry)
            for file in files
            if file.document
            for number, entry in enumerate(file.document.knowledge)
        ),
        key=lambda one: (one[0].id, one[0].first_day or date.min),
    )
    return RuleSet(
        rules=tuple(rules),
        phrases=tuple(phrases),
        forms=forms,
        version=rule_set_version(documents),
        conditions=named,
        knowledge=tuple(one for one, *_ in knowledge),
        tried=tuple(
            (one.id, example)
            for one, file, number, entry in knowledge
            for example in _examples(file, ("knowledge", number), entry.examples)
        ),
        watch=watch_of(
            [alert for document in documents for alert in document.alerts],
            [document.quiet_hours for document in documents if document.quiet_hours],
        ),
    )


def _examples(file: _Read, path: Path, given: ExamplesDocument) -> tuple[Example, ...]:
    groups = (
        ("pass", Outcome.PASSED, given.passing),
        ("fail", Outcome.FAILED, given.failing),
        ("not_applicable", Outcome.NOT_APPLICABLE, given.not_applicable),
        ("undetermined", Outcome.UNDETERMINED, given.undetermined),
    )
    return tuple(
        Example(outcome, text, Source(file.name, *file.tree.place((*path, "examples", key, i))))
        for key, outcome, texts in groups
        for i, text in enumerate(texts)
    )


def _rule(file: _Read, number: int, rule: RuleDocument, version: str) -> Rule:
    return Rule(
        id=rule.id,
        name=rule.name,
        counts_for=rule.counts_for,
        rationale=rule.rationale.strip(),
        passes_if=rule.passes_if,
        applies_if=rule.applies_if,
        excused_if=rule.excused_if,
        undetermined_if=rule.undetermined_if,
        examples=_examples(file, ("rules", number), rule.examples),
        source=_place_of(file, number),
        owner=rule.owner.strip(),
        status=rule.status,
        first_day=rule.first_day,
        last_day=rule.last_day,
        version=version,
    )
