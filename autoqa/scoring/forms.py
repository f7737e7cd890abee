"""The scorecard forms of a folder: where they are written, what is wrong with them, what they make.

``form`` holds the only one, ``forms`` a list; all stand in one file. What is wrong is looked for in
the file as written wherever that is possible, so that other faults do not hide it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

from autoqa.i18n import N_
from autoqa.scoring.documents import RuleFile
from autoqa.scoring.faults import Fault
from autoqa.scoring.form_documents import ONE_KIND, FormDocument, ItemDocument
from autoqa.scoring.rule import Form, Item, Section, Source
from autoqa.scoring.source import Path, Tree
from autoqa.scoring.vocabulary import guess
from autoqa.types import Grade, Message, Party, Value

NO_FORM = N_("no file of this folder holds a form, which begins with “form:”")
ELSEWHERE = N_("there is already a form in “{place}”")
BOTH = N_("write either “form”, for the only form, or “forms”, for several")
ID_TWICE = N_("there is already a form “{name}” in line {line}")
NOT_LAST = N_("it has no “used_if”, so that no call would ever get to the forms below it")
NO_DEFAULT = N_("the last form is for all calls that no other is for; remove its “used_if”")
RULE_TWICE = N_("the form names “{name}” twice; first in line {line}")
NO_RULE = N_("there is no rule “{name}”")
NO_RULE_MEANT = N_("there is no rule “{name}”; did you mean “{meant}”?")
NO_POINTS = N_("the form gives the rule “{name}” no points, so that it does not count")
NO_WEIGHT = N_("other sections have a weight; give this one its weight, too")
WEIGHTS_DIFFER = N_("the weights add up to {sum}, not to the {total} that the form begins with")
TOTAL_DIFFERS = N_("the points add up to {sum}, not to {total}")
TOTAL_DIFFERS_CENTRE = N_("the points of the centre's rules add up to {sum}, not to {total}")
WEIGHTS_TOTAL = N_("the weights add up to {sum}, not to {total}")
MORE_THAN_ALL = N_("“{key}” is more than the {most} that there is to lose")
MARK_INSIDE = N_("the grade “{name}” holds scores on both sides of the pass mark {mark}")


def written_forms(data: Any) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Each form of a file as written, and its path."""
    if not isinstance(data, dict):
        return
    if isinstance(data.get("form"), dict):
        yield ("form",), data["form"]
    several = data.get("forms")
    for number, form in enumerate(several if isinstance(several, list) else ()):
        if isinstance(form, dict):
            yield ("forms", number), form


def documents_of(document: RuleFile) -> tuple[FormDocument, ...]:
    """The forms of a file."""
    return (document.form,) if document.form else document.forms


# ---------------------------------------------------------------- faults


def faults_of_forms(
    trees: Sequence[tuple[str, Tree]], written: Mapping[str, Source], idle: Collection[str]
) -> Iterable[Fault]:
    """What is wrong with the forms of a folder. ``trees``: its files by name; ``written``: where
    each rule is; ``idle``: those that do not run, so that they may be on no form."""
    having = [(name, tree) for name, tree in trees if any(written_forms(tree.data))]
    all_read = not any(tree.data is None for _, tree in trees)
    if not having:
        keys = {key for _, tree in trees for key in tree.keys if len(key) == 1}
        misspelt = any(guess(str(key), ["form", "forms"]) for (key,) in keys)
        if trees and not misspelt and all_read:
            yield Fault(trees[0][0], 1, 1, Message(NO_FORM))
        return
    name, tree = having[0]
    for other, its_tree in having[1:]:
        path, _ = next(written_forms(its_tree.data))
        place = its_tree.place(path[:1], prefer_key=True)
        yield Fault(other, *place, Message(ELSEWHERE, {"place": name}))
    if "form" in tree.data and "forms" in tree.data:
        yield Fault(name, *tree.place(("forms",), prefer_key=True), Message(BOTH))
    yield from _order(name, tree)
    if all_read:  # else not all rules are known
        yield from _rules(name, tree, written, idle)


def _order(name: str, tree: Tree) -> Iterator[Fault]:
    """Forms that no call, or not every call, would get to."""
    forms = list(written_forms(tree.data))
    lines: dict[str, int] = {}
    for number, (path, form) in enumerate(forms):
        place = tree.place((*path, "id"))
        form_id = str(form.get("id"))
        if form_id in lines:
            params: dict[str, Value] = {"name": form_id, "line": lines[form_id]}
            yield Fault(name, *place, Message(ID_TWICE, params))
        lines.setdefault(form_id, place[0])
        is_last = number == len(forms) - 1
        if is_last and "used_if" in form:
            place = tree.place((*path, "used_if"), prefer_key=True)
            yield Fault(name, *place, Message(NO_DEFAULT))
        elif not is_last and "used_if" not in form:
            yield Fault(name, *place, Message(NOT_LAST))


def _rules(
    name: str, tree: Tree, written: Mapping[str, Source], idle: Collection[str]
) -> Iterator[Fault]:
    """Rules that a form names and nobody wrote, twice named, or written and on no form."""
    everywhere = set()
    for path, form in written_forms(tree.data):
        counted: dict[str, int] = {}
        for number, section in enumerate(_listed(form.get("sections"))):
            rules = section.get("rules") if isinstance(section, dict) else None
            for rule_id in rules if isinstance(rules, dict) else ():
                inner = (*path, "sections", number, "rules", rule_id)
                place = tree.place(inner, prefer_key=True)
                if rule_id in counted:
                    params: dict[str, Value] = {"name": rule_id, "line": counted[rule_id]}
                    yield Fault(name, *place, Message(RULE_TWICE, params))
                elif rule_id not in written:
                    yield Fault(name, *place, _no_rule(rule_id, written))
                counted.setdefault(rule_id, place[0])
        everywhere |= set(counted)
    for rule_id in sorted(set(written) - everywhere - set(idle)):
        source = written[rule_id]
        message = Message(NO_POINTS, {"name": rule_id})
        yield Fault(source.file, source.line, source.column, message, "warning")


def _no_rule(rule_id: str, written: Iterable[str]) -> Message:
    if meant := guess(rule_id, written):
        return Message(NO_RULE_MEANT, {"name": rule_id, "meant": meant})
    return Message(NO_RULE, {"name": rule_id})


def _listed(data: Any) -> Sequence[Any]:
    return data if isinstance(data, list) else ()


# ---------------------------------------------------------------- points that do not add up


def faults_of_points(
    name: str, tree: Tree, document: RuleFile, parties: Mapping[str, Party], resting: set[str]
) -> Iterator[Fault]:
    """What does not add up. ``parties``: whom each rule counts for; ``resting``: rules that earn
    nothing, being drafts, on trial or retired."""
    paths = [path for path, _ in written_forms(tree.data)]
    for path, form in zip(paths, documents_of(document), strict=True):
        for inner, message, severity in (
            *_of_items(form),
            *_of_weights(form),
            *_of_total(form, parties, resting),
            *_of_grades(form),
        ):
            place = tree.place((*path, *inner), prefer_key=True)
            yield Fault(name, *place, message, severity)


_Odd = tuple[Path, Message, Literal["error", "warning"]]


def _of_items(form: FormDocument) -> Iterator[_Odd]:
    for number, section in enumerate(form.sections):
        most = form.start if section.weight is None or form.start is None else section.weight
        for rule_id, item in section.rules.items():
            path: Path = ("sections", number, "rules", rule_id)
            if (item.points is None) != (form.start is not None):
                yield path, Message(ONE_KIND), "error"
            for key in ("deduct", "at_most"):
                value: Decimal | None = getattr(item, key)
                if most is not None and value is not None and value > most:
                    params = {"key": key, "most": str(most)}
                    yield (*path, key), Message(MORE_THAN_ALL, params), "error"


def _of_weights(form: FormDocument) -> Iterator[_Odd]:
    weights = [section.weight for section in form.sections]
    known = [weight for weight in weights if weight is not None]
    if not known:
        return
    for number, weight in enumerate(weights):
        if weight is None:
            yield ("sections", number, "name"), Message(NO_WEIGHT), "error"
    if len(known) == len(weights) and form.start is not None and sum(known) != form.start:
        params = {"sum": str(sum(known)), "total": str(form.start)}
        yield ("start",), Message(WEIGHTS_DIFFER, params), "error"


def _of_total(
    form: FormDocument, parties: Mapping[str, Party], resting: set[str]
) -> Iterator[_Odd]:
    if form.total is None:
        return
    known = [section.weight for section in form.sections if section.weight is not None]
    if known:
        yield from _differs(form.total, sum(known), WEIGHTS_TOTAL)
        return
    lines = [
        (rule_id, item.points)
        for section in form.sections
        for rule_id, item in section.rules.items()
        if item.points is not None and rule_id not in resting
    ]
    for party, template in ((Party.AGENT, TOTAL_DIFFERS), (Party.CENTRE, TOTAL_DIFFERS_CENTRE)):
        own = [points for rule_id, points in lines if parties.get(rule_id) == party]
        if own:
            yield from _differs(form.total, sum(own), template)


def _differs(total: Decimal, found: Decimal | int, template: str) -> Iterator[_Odd]:
    if found != total:
        params = {"sum": str(found), "total": str(total)}
        yield ("total",), Message(template, params), "error"


def _of_grades(form: FormDocument) -> Iterator[_Odd]:
    """A grade that is half a pass, half a fail: likely not meant."""
    best_first = _grades(form)
    for grade, better in zip(best_first[1:], best_first, strict=False):
        if grade.lowest < form.pass_mark < better.lowest:
            params = {"name": grade.name, "mark": str(form.pass_mark)}
            yield ("grades", grade.name), Message(MARK_INSIDE, params), "warning"


# ---------------------------------------------------------------- the forms


def form_of(form: FormDocument) -> Form:
    """The form that a document describes."""
    sections = tuple(
        Section(
            section.name,
            tuple(
                _item(rule_id, item, form.start if section.weight is None else section.weight)
                for rule_id, item in section.rules.items()
            ),
            section.weight,
        )
        for section in form.sections
    )
    grades = tuple(_grades(form))
    return Form(form.id, form.name, form.pass_mark, sections, form.start, form.used_if, grades)


def _item(rule_id: str, item: ItemDocument, most: Decimal | None) -> Item:
    once = None if item.per_occurrence else item.deduct
    points = next(p for p in (item.points, item.at_most, once, most) if p is not None)
    return Item(rule_id, points, item.fatal, item.deduct, item.per_occurrence)


def _grades(form: FormDocument) -> list[Grade]:
    """Best first."""
    grades = [Grade(name, mark) for name, mark in (form.grades or {}).items()]
    return sorted(grades, key=lambda grade: -grade.lowest)
