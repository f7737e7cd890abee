"""The parts of the rules page, drawn from what is edited."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any
from urllib.parse import quote

from api.service import Service
from api.workbench.desk import Desk
from api.workbench.frame import call_address, draw
from autoqa.errors import UsageError
from autoqa.i18n import N_, _, render
from autoqa.reports import wording
from autoqa.rulebook.examining import Tried
from autoqa.rulebook.fields import EXAMPLES, groups_of
from autoqa.rulebook.form import Change
from autoqa.rulebook.outline import KINDS, Entry, outline, points
from autoqa.rulebook.trying import ORDER, Trial
from autoqa.scoring.faults import Fault
from autoqa.scoring.rule import Status
from autoqa.scoring.source import parse
from autoqa.store import Proposals, ProposalState
from autoqa.types import Outcome

KIND_NAMES = {
    "rules": N_("Rules"),
    "phrases": N_("Phrase sets"),
    "sentences": N_("Sentences"),
    "conditions": N_("Conditions"),
    "knowledge": N_("Knowledge"),
    "alerts": N_("Alerts"),
    "forms": N_("Forms"),
}
STATUS_NAMES = {
    Status.DRAFT: N_("being written"),
    Status.TRIAL: N_("on trial"),
    Status.ACTIVE: N_("active"),
    Status.RETIRED: N_("retired"),
    Status.WATCH: N_("for alerts"),
}
_KEYS = {
    Outcome.PASSED: "pass",
    Outcome.FAILED: "fail",
    Outcome.NOT_APPLICABLE: "not_applicable",
    Outcome.UNDETERMINED: "undetermined",
}
_NO_KEY = N_("give it a name of small letters and digits, such as fee-told or fee_told")
_THERE_IS = N_("there is already “{name}”; choose another name")
_LAST = N_("a file needs something in it: propose to take the whole file away instead")


def tabs(service: Service, active: str) -> str:
    waiting = Proposals(service.store).count(ProposalState.OPEN)
    return draw("rules_tabs.html", active=active, waiting=waiting)


def tree(desk: Desk) -> str:
    """Every file with what stands in it; those with a draft are marked."""
    texts = desk.all_texts()
    drafted = desk.drafted | {desk.file} if desk.is_changed else desk.drafted
    files = [
        (name, [(kind, [one for one in found if one.kind == kind]) for kind in KINDS])
        for name, found in outline(texts).items()
    ]
    return draw(
        "rules_tree.html",
        files=files,
        here=desk.file,
        item=desk.item,
        drafted=drafted,
        kinds=KIND_NAMES,
        statuses=STATUS_NAMES,
        active=Status.ACTIVE,
        points=points(texts),
        address=lambda file, one: address(file, one.kind, one.key),
    )


def address(file: str, kind: str = "", key: str = "") -> str:
    at = f"&at={quote(f'{kind}:{key}', safe='')}" if kind else ""
    return f"?file={quote(file, safe='')}{at}"


def head(desk: Desk, stopped: str = "") -> str:
    entry = desk.entry
    return draw(
        "rules_head.html",
        desk=desk,
        entry=entry,
        kind=_(KIND_NAMES[entry.kind]) if entry else "",
        others=[(one.person, wording.moment(one.changed_at)) for one in desk.others()],
        stopped=stopped,
    )


def form(desk: Desk) -> str:
    entry = desk.entry
    data = parse(desk.file, desk.text.encode()).data
    groups = groups_of(entry.kind, data, entry.path) if entry else []
    worths = points(desk.all_texts()).get(entry.key, ()) if entry else ()
    return draw(
        "rules_form.html",
        groups=groups,
        entry=entry,
        worths=worths,
        sets=sorted(
            {
                one.key
                for found in outline(desk.all_texts()).values()
                for one in found
                if one.kind == "phrases"
            }
        ),
        form_file=_form_file(desk),
    )


def _form_file(desk: Desk) -> str:
    files = outline(desk.all_texts())
    named = (name for name, found in files.items() if any(one.kind == "forms" for one in found))
    return address(next(named, desk.file))


def faults(desk: Desk, found: Sequence[Fault]) -> str:
    shown = [(one, render(one.message)) for one in found]
    own = [pair for pair in shown if pair[0].file == desk.file]
    others = [pair for pair in shown if pair[0].file != desk.file and pair[0].severity == "error"]
    return draw("rules_faults.html", own=own, others=others, address=address)


def examples(entry: Entry, tried: Sequence[Tried]) -> str:
    wrong = [one for one in tried if one.fault is not None]
    return draw(
        "rules_side.html",
        phase="examples",
        entry=entry,
        tried=[
            (
                one,
                _(EXAMPLES[_KEYS[one.example.outcome]]),
                [
                    _("; ").join(map(render, note))
                    for note in (one.fault.notes if one.fault else ())
                ],
                render(one.fault.message) if one.fault else "",
            )
            for one in tried
        ],
        wrong=len(wrong),
    )


def trial(found: Trial) -> str:
    total = sum(found.counts.values())
    groups = [
        (
            outcome,
            wording.outcome_name(outcome),
            found.counts.get(outcome, 0),
            found.shown.get(outcome, ()),
        )
        for outcome in ORDER
    ]
    return draw(
        "rules_side.html",
        phase="trial",
        name=found.name,
        total=total,
        groups=groups,
        unheard=found.unheard,
        address=lambda contact: call_address(contact.call_id, found.rule_id),
    )


def growth(desk: Desk, kind: str, key: str, name: str) -> list[Change]:
    """The changes that make a new rule or phrase set, or take away what is looked at.

    Raises ``UsageError`` for a name that is none, or is there already.
    """
    entry = desk.entry
    if kind == "gone" and entry is not None:
        if len(desk.entries) == 1:
            raise UsageError(_LAST)
        return [Change("set", entry.path, None)]
    sign = "_" if kind == "phrases" else "-"
    is_plain = key.replace(sign, "").isalnum() and key == key.lower()
    if not is_plain or (kind == "rules" and not key.isascii()):
        raise UsageError(_NO_KEY)
    known = [
        one.key for found in outline(desk.all_texts()).values() for one in found if one.kind == kind
    ]
    if key in known:
        raise UsageError(_THERE_IS, name=key)
    if kind == "rules":
        sets = [
            one.key
            for found in outline(desk.all_texts()).values()
            for one in found
            if one.kind == "phrases"
        ]
        rule = {
            "id": key,
            "name": name,
            "status": "草稿",
            "passes_if": {"says": sets[0] if sets else "greeting", "role": "坐席"},
        }
        return [Change("add", ("rules",), rule)]
    return [Change("set", ("phrases", key), [name])]


@cache
def _schema() -> dict[str, Any]:
    path = resources.files("autoqa") / "schema" / "rule-file.schema.json"
    schema: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return schema


def completion(texts: Mapping[str, str]) -> dict[str, Any]:
    """What the editor completes: the keys of the schema, and names that the files give."""
    found = [one for entries in outline(texts).values() for one in entries]
    names = {kind: sorted({one.key for one in found if one.kind == kind}) for kind in KINDS}
    return {"schema": _schema(), "names": names, "points": sorted(points(texts))}
