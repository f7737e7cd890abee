"""The form of an entry of a rule file: a rule, a phrase set, a named condition, a scorecard form.

A choice brings the changes that make it (``form.changed``); whatever the form has no fields for is
shown as it is written, and edited as text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from autoqa.i18n import N_, _
from autoqa.rulebook.condition_fields import NEW_CONDITION, condition_group
from autoqa.rulebook.form import at
from autoqa.rulebook.form_parts import Field, Group, Option, set_at
from autoqa.scoring.names import STATUSES
from autoqa.scoring.sentence_documents import lines_of
from autoqa.scoring.source import Path
from autoqa.scoring.vocabulary import first_names

PARTS = {
    "passes_if": N_("Passes if"),
    "applies_if": N_("Applies only if"),
    "excused_if": N_("Is excused if"),
    "undetermined_if": N_("A person decides if"),
}
EXAMPLES = {
    "pass": N_("passes"),
    "fail": N_("fails"),
    "not_applicable": N_("does not apply"),
    "undetermined": N_("a person decides"),
}
_NEW_EXAMPLE = "坐席: 您好。\n客户: 你好。\n"


def groups_of(kind: str, data: Any, path: Path) -> list[Group]:
    """The form of an entry; empty where its kind has none. ``data``: of the file."""
    entry = at(data, path)
    if kind == "rules" and isinstance(entry, dict):
        return list(_rule(entry, path))
    if kind == "phrases":
        return list(_phrases(entry, path))
    if kind == "sentences":
        return list(_sentences(entry, path))
    if kind == "conditions":
        return [condition_group(_("Holds if"), entry, path)]
    if kind == "forms" and isinstance(entry, dict):
        return list(_form(entry, path))
    return []


# ---------------------------------------------------------------- rules


def _rule(rule: Mapping[str, Any], path: Path) -> Iterator[Group]:
    yield Group(_("About"), tuple(_about(rule, path)))
    missing = []
    for key, title in PARTS.items():
        if key in rule:
            removal = Option(_("remove"), (set_at((*path, key), None),))
            group = condition_group(_(title), rule[key], (*path, key))
            buttons = () if key == "passes_if" else (removal,)
            yield Group(group.title, group.fields, group.groups, (*group.buttons, *buttons))
        else:
            missing.append(Option("+ " + _(title), (set_at((*path, key), NEW_CONDITION),)))
    if missing:
        yield Group("", (), (), tuple(missing))
    yield _examples(rule, path)


def _about(rule: Mapping[str, Any], path: Path) -> Iterator[Field]:
    yield Field("text", _("Name"), (*path, "name"), rule.get("name", ""))
    yield Field("area", _("Why there is this rule"), (*path, "rationale"), rule.get("rationale"))
    yield Field("text", _("Owner"), (*path, "owner"), rule.get("owner", ""))
    yield _choice(_("Status"), (*path, "status"), rule.get("status"), STATUSES, "启用")
    parties = {"坐席": "agent", "agent": "agent", "中心": "centre", "centre": "centre"}
    yield _choice(_("Counts for"), (*path, "counts_for"), rule.get("counts_for"), parties, "坐席")
    yield Field("text", _("From day"), (*path, "from"), rule.get("from", ""), hint="2026-01-31")
    yield Field("text", _("Until day"), (*path, "until"), rule.get("until", ""), hint="2026-12-31")


def _choice(label: str, path: Path, value: Any, names: Mapping[str, Any], usual: str) -> Field:
    """One of names, of which several may mean the same; the usual one is not written."""
    meant = names.get(str(usual if value is None else value).strip().lower())
    options = tuple(
        Option(
            name,
            (set_at(path, None if names[name] == names[usual] else name),),
            names[name] == meant,
        )
        for name in first_names(names)
    )
    return Field("choice", label, path, str(value or usual), options)


def _examples(rule: Mapping[str, Any], path: Path) -> Group:
    given = rule.get("examples") if isinstance(rule.get("examples"), dict) else {}
    fields = []
    for key, label in EXAMPLES.items():
        texts = given.get(key) if isinstance(given, dict) else None
        for number, text in enumerate(texts if isinstance(texts, list) else ()):
            here = (*path, "examples", key, number)
            moves = tuple(
                Option(
                    _(other),
                    (
                        {"kind": "add", "path": [*here[:-2], to], "value": str(text)},
                        set_at(here, None),
                    )
                    if to != key
                    else (),
                    to == key,
                )
                for to, other in EXAMPLES.items()
            )
            fields.append(Field("dialogue", _(label), here, str(text), moves, key))
    adding = tuple(
        Option(
            _(label),
            ({"kind": "add", "path": [*path, "examples", key], "value": _NEW_EXAMPLE},),
        )
        for key, label in (
            ("pass", N_("+ one that passes")),
            ("fail", N_("+ one that fails")),
            ("not_applicable", N_("+ one to which it does not apply")),
        )
    )
    return Group(_("Examples"), tuple(fields), (), adding)


# ---------------------------------------------------------------- phrase sets and forms


def _phrases(given: Any, path: Path) -> Iterator[Group]:
    inner = path if isinstance(given, list) else (*path, "phrases")
    lines: Sequence[Any] = given if isinstance(given, list) else at(given, ("phrases",)) or ()
    plain = [str(line) for line in lines if not isinstance(line, dict | list)]
    fields = [Field("lines", _("One phrase a line"), inner, "\n".join(plain), hint=str(len(plain)))]
    if len(plain) != len(lines):
        note = _("{count} more have options and are edited as text.")
        fields.append(Field("note", note.format(count=len(lines) - len(plain))))
    if isinstance(given, dict) and set(given) - {"phrases"}:
        fields.append(Field("note", _("The set has options, which are edited as text.")))
    yield Group(_("What is said"), tuple(fields))


def _sentences(given: Any, path: Path) -> Iterator[Group]:
    if isinstance(given, str):
        yield Group(_("Said by anybody, of no phrase set"), (_block(path, given),))
        return
    for key, title in (("is", N_("Said so")), ("is_not", N_("Only looks so"))):
        text = at(given, (key,))
        if text is None or isinstance(text, str):
            yield Group(_(title), (_block((*path, key), text or ""),))


def _block(path: Path, text: str) -> Field:
    return Field("block", _("One sentence a line"), path, text, hint=str(len(lines_of(text))))


def _form(form: Mapping[str, Any], path: Path) -> Iterator[Group]:
    about = [Field("text", _("Name"), (*path, "name"), form.get("name", ""))]
    if "pass_mark" in form:
        mark = (*path, "pass_mark")
        about.append(Field("number", _("Pass mark"), mark, form["pass_mark"]))
    yield Group(_("About"), tuple(about))
    sections = form.get("sections")
    for number, section in enumerate(sections if isinstance(sections, list) else ()):
        rules = at(section, ("rules",))
        fields = []
        for rule_id, worth in rules.items() if isinstance(rules, dict) else ():
            here = (*path, "sections", number, "rules", rule_id)
            if isinstance(worth, dict):
                key = "points" if "points" in worth else "deduct"
                fatal = _("fatal") if worth.get("fatal") else ""
                if key in worth:
                    fields.append(Field("number", rule_id, (*here, key), worth[key], hint=fatal))
            else:
                fields.append(Field("number", rule_id, here, worth))
        yield Group(str(at(section, ("name",)) or ""), tuple(fields))
