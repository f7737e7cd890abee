"""A folder of YAML files → a RuleSet, or all of its faults at once.

Every ``*.yaml`` and ``*.yml`` in the folder and below is read. Names of phrase sets and rules are
shared by all files of a folder.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path as Folder
from typing import Any

from pydantic import ValidationError

from autoqa.errors import UsageError
from autoqa.i18n import N_
from autoqa.scoring.dialogue import DialogueError, read_dialogue
from autoqa.scoring.documents import FormDocument, RuleDocument, RuleFile
from autoqa.scoring.faults import Fault, RuleError
from autoqa.scoring.rule import (
    Example,
    Form,
    Item,
    PhraseSet,
    Rule,
    RuleSet,
    Section,
    Source,
    WrittenPhrase,
)
from autoqa.scoring.sense import nonsense
from autoqa.scoring.source import Path, Tree, parse
from autoqa.scoring.validation import faults_of
from autoqa.scoring.vocabulary import guess
from autoqa.types import Message, Outcome, Value

_RULE_TWICE = N_("there is already a rule “{name}” in “{place}”")
_SET_TWICE = N_("there is already a phrase set “{name}” in “{place}”")
_NOT_READ = N_("this file is not read; take “.txt” off the end of its name")
_MAX_FILES = 500
_ENDINGS = (".yaml", ".yml")
_HIDDEN = (".yaml.txt", ".yml.txt")
"""What Windows makes of a name when it hides endings."""
_SLOT = "{"
_NUMBER = re.compile(r"[{｛](?:数字|number)[}｝]")
_MUST = re.compile(r"[<>＜＞]")
_OPTION = re.compile(r"[\[［【][^\[\]［］【】]*[\]］】]")
_CHOICE = re.compile(
    r"[\[(（［【]([^\[\]()（）［］【】|｜]*)(?:[|｜][^\[\]()（）［］【】]*)?[\])）］】]"
)


@dataclass(frozen=True, slots=True)
class _Read:
    """A file that was read: its tree and, where it has no faults, its document."""

    name: str
    tree: Tree
    document: RuleFile | None


@dataclass(frozen=True, slots=True)
class _Names:
    """Of phrase sets and of the bank's own columns in all files; None: not known."""

    phrases: frozenset[str] | None = None
    columns: frozenset[str] | None = None


def load_rules(folder: Folder) -> RuleSet:
    """The rules in a folder.

    Raises ``RuleError`` with every fault of every file, ``UsageError`` where there is no such
    folder or nothing in it. Warnings do not keep it from loading.
    """
    rule_set, faults = _load(folder)
    serious = [fault for fault in faults if fault.severity == "error"]
    if serious or rule_set is None:
        raise RuleError(str(folder), serious)
    return rule_set


def check_rules(folder: Folder) -> list[Fault]:
    """Every fault and warning of the files in a folder, in order of place; none: they are good."""
    return sorted(_load(folder)[1])


def _load(folder: Folder) -> tuple[RuleSet | None, list[Fault]]:
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
        frozenset(str(name) for _, tree in trees for name in _listed(tree.data, "columns")),
    )
    if any(tree.data is None for _, tree in trees):
        names = _Names()  # who knows what stands in the file that cannot be read
    files = [_validated(name, tree, names, faults) for name, tree in trees]
    faults += _across(files)
    if any(fault.severity == "error" for fault in faults):
        return None, faults
    return _rule_set(files), faults


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
        document = RuleFile.model_validate(tree.data, context={"phrases": names.phrases})
    except ValidationError as error:
        faults += faults_of(name, tree, error)
        return _Read(name, tree, None)
    return _Read(name, tree, document)


def _of_dialogues(name: str, tree: Tree) -> Iterable[Fault]:
    """Lines of examples that are no lines of a dialogue."""
    for number, rule in enumerate(_listed(tree.data, "rules")):
        examples = _mapping(rule, "examples")
        for key in examples:
            for at, text in enumerate(_listed(examples, key)):
                path = ("rules", number, "examples", key, at)
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
    return [*_duplicates(files), *_forms(files), *_without_examples(files)]


def _duplicates(files: list[_Read]) -> Iterable[Fault]:
    """Ids and phrase sets that are defined twice, in one file or in two."""
    seen: dict[str, Source] = {}
    for file in files:
        named = [
            (str(rule["id"]), ("rules", i, "id"), _RULE_TWICE)
            for i, rule in enumerate(_listed(file.tree.data, "rules"))
            if isinstance(rule, dict) and "id" in rule
        ] + [
            (
                f"phrases:{key}",
                ("phrases", key),
                _SET_TWICE,
            )
            for key in _mapping(file.tree.data, "phrases")
        ]
        for key, path, template in named:
            source = Source(file.name, *file.tree.place(path, prefer_key=True))
            if key in seen:
                params = {"name": key.removeprefix("phrases:"), "place": str(seen[key])}
                yield Fault(source.file, source.line, source.column, Message(template, params))
            else:
                seen[key] = source


def _forms(files: list[_Read]) -> Iterable[Fault]:
    forms = [file for file in files if _mapping(file.tree.data, "form")]
    if not forms:
        keys = {key for file in files for key in file.tree.keys if len(key) == 1}
        misspelt = any(guess(str(key), ["form"]) for (key,) in keys)
        if files and not misspelt and not any(file.tree.data is None for file in files):
            yield Fault(
                files[0].name,
                1,
                1,
                Message(N_("no file of this folder holds a form, which begins with “form:”")),
            )
        return
    for file in forms[1:]:
        message = Message(N_("there is already a form in “{place}”"), {"place": forms[0].name})
        yield Fault(file.name, *file.tree.place(("form",), prefer_key=True), message)
    if not any(file.tree.data is None for file in files):  # else not all rules are known
        yield from _form_rules(forms[0], files)


def _form_rules(file: _Read, files: list[_Read]) -> Iterable[Fault]:
    """Rules that the form names and nobody wrote, twice named, or written and never counted."""
    written = {
        str(rule["id"]): _place_of(file, number)
        for file in files
        for number, rule in enumerate(_listed(file.tree.data, "rules"))
        if isinstance(rule, dict) and "id" in rule
    }
    counted: dict[str, int] = {}
    form = _mapping(file.tree.data, "form")  # as written: whatever else is wrong with it
    for number, section in enumerate(_listed(form, "sections")):
        for rule_id in _mapping(section, "rules"):
            path = ("form", "sections", number, "rules", rule_id)
            place = file.tree.place(path, prefer_key=True)
            if rule_id in counted:
                params: dict[str, Value] = {"name": rule_id, "line": counted[rule_id]}
                message = Message(N_("the form names “{name}” twice; first in line {line}"), params)
                yield Fault(file.name, *place, message)
            elif rule_id not in written:
                yield Fault(file.name, *place, _no_rule(rule_id, written))
            counted.setdefault(rule_id, place[0])
    for rule_id in sorted(set(written) - set(counted)):
        source = written[rule_id]
        message = Message(
            N_("the form gives the rule “{name}” no points, so that it does not count"),
            {"name": rule_id},
        )
        yield Fault(source.file, source.line, source.column, message, "warning")


def _no_rule(rule_id: str, written: Iterable[str]) -> Message:
    if meant := guess(rule_id, written):
        params = {"name": rule_id, "meant": meant}
        return Message(N_("there is no rule “{name}”; did you mean “{meant}”?"), params)
    return Message(N_("there is no rule “{name}”"), {"name": rule_id})


def _without_examples(files: list[_Read]) -> Iterable[Fault]:
    for file in files:
        for number, rule in _rules(file):
            if not (rule.examples.passing and rule.examples.failing):
                place = file.tree.place(("rules", number, "id"))
                template = N_("the rule “{name}” has no example of passing or none of failing")
                yield Fault(file.name, *place, Message(template, {"name": rule.id}), "warning")


def _rules(file: _Read) -> Iterable[tuple[int, RuleDocument]]:
    return enumerate(file.document.rules) if file.document else ()


def _place_of(file: _Read, number: int) -> Source:
    return Source(file.name, *file.tree.place(("rules", number, "id")))


# ---------------------------------------------------------------- the rule set


def _rule_set(files: list[_Read]) -> RuleSet:
    documents = [file.document for file in files if file.document]
    rules = sorted(
        (_rule(file, i, rule) for file in files for i, rule in _rules(file)), key=lambda r: r.id
    )
    phrases = sorted(
        (
            PhraseSet(
                name,
                (
                    *(
                        WrittenPhrase(
                            phrase.text, phrase.exact or item.exact, (*phrase.unless, *item.unless)
                        )
                        for phrase in item.phrases
                    ),
                    *(
                        WrittenPhrase(text, unless=item.unless, perhaps=True)
                        for text in item.perhaps
                    ),
                ),
                _listen_for(item.listen_for, [phrase.text for phrase in item.phrases]),
            )
            for document in documents
            for name, item in document.phrases.items()
        ),
        key=lambda item: item.name,
    )
    form = _form(next(document.form for document in documents if document.form))
    return RuleSet(tuple(rules), tuple(phrases), form, _version(documents))


def _listen_for(given: Sequence[str], texts: Sequence[str]) -> tuple[str, ...]:
    """What the second listen looks for: what staff gave, else one way of saying each phrase.

    Phrases with a number always, at their shortest: without it nobody has said them. Other slots
    are not listened for.
    """
    numbered = (_without_options(text) for text in texts if _NUMBER.search(text))
    ways = (_MUST.sub("", _first_way(text)) for text in (*(given or texts), *numbered))
    return tuple(dict.fromkeys(way for way in ways if _SLOT not in _NUMBER.sub("", way)))


def _without_options(text: str) -> str:
    shorter = _OPTION.sub("", text)
    return text if shorter == text else _without_options(shorter)


def _first_way(text: str) -> str:
    """The phrase with the first of each choice.

    >>> _first_way("请[您]稍(等|候)")
    '请您稍等'
    """
    shorter = _CHOICE.sub(r"\1", text)
    return text if shorter == text else _first_way(shorter)


def _rule(file: _Read, number: int, rule: RuleDocument) -> Rule:
    groups = (
        ("pass", Outcome.PASSED, rule.examples.passing),
        ("fail", Outcome.FAILED, rule.examples.failing),
        ("not_applicable", Outcome.NOT_APPLICABLE, rule.examples.not_applicable),
        ("undetermined", Outcome.UNDETERMINED, rule.examples.undetermined),
    )
    examples = tuple(
        Example(
            outcome,
            text,
            Source(file.name, *file.tree.place(("rules", number, "examples", key, i))),
        )
        for key, outcome, texts in groups
        for i, text in enumerate(texts)
    )
    return Rule(
        id=rule.id,
        name=rule.name,
        counts_for=rule.counts_for,
        rationale=rule.rationale.strip(),
        passes_if=rule.passes_if,
        applies_if=rule.applies_if,
        excused_if=rule.excused_if,
        undetermined_if=rule.undetermined_if,
        examples=examples,
        source=_place_of(file, number),
    )


def _form(form: FormDocument) -> Form:
    sections = tuple(
        Section(
            section.name,
            tuple(Item(key, item.points, item.fatal) for key, item in section.rules.items()),
        )
        for section in form.sections
    )
    return Form(form.id, form.name, form.pass_mark, sections)


def _version(documents: list[RuleFile]) -> str:
    """Hash of what can change a score: 16 hexadecimal digits."""
    content: dict[str, Any] = {"rules": {}, "phrases": {}, "form": None}
    for document in documents:
        for rule in document.rules:
            content["rules"][rule.id] = rule.model_dump(mode="json", exclude={"examples"})
        for name, item in document.phrases.items():
            dumped = item.model_dump(mode="json")
            dumped["phrases"] = sorted(dumped["phrases"], key=lambda phrase: phrase["text"])
            content["phrases"][name] = dumped
        if document.form:
            content["form"] = document.form.model_dump(mode="json")
    canonical = json.dumps(content, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()[:16]
