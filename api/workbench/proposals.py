"""Changes of the rules on their way: compare and propose, approve or return, history, roll-back."""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from nicegui import ui

from api import drafting
from api.audited import audited
from api.guard import LOCAL
from api.problems import Problem
from api.workbench import rule_views
from api.workbench.frame import Viewer, call_address, draw, frame, page, say
from api.workbench.rules import RULES, add_style
from autoqa.errors import AutoqaError, UsageError
from autoqa.i18n import N_, _, language, render
from autoqa.reports import wording
from autoqa.reports.changes import changes_body
from autoqa.rulebook.drafting import edited, texts_of
from autoqa.rulebook.proposing import (
    edits_back,
    find_proposal,
    pending,
    propose,
    redraft,
    return_proposal,
    withdraw,
)
from autoqa.rulebook.publications import publications
from autoqa.rulebook.publishing import is_same_person
from autoqa.rulebook.rulebook import find_publication
from autoqa.scoring.faults import Fault
from autoqa.store import Edit, Proposal, Proposals, ProposalState
from autoqa.types import Action, Caller, Scope

PROPOSALS = f"{RULES}/proposals"
MOST_LINES = 400
STATES = {
    ProposalState.OPEN: (N_("waits for a second person"), "open"),
    ProposalState.APPROVED: (N_("approved and in force"), "passed"),
    ProposalState.RETURNED: (N_("returned"), "failed"),
    ProposalState.WITHDRAWN: (N_("withdrawn"), "none"),
}
_NOT_CHECKED = N_("wait until faults and examples are checked; all of them have to be in order")


@dataclass(frozen=True, slots=True)
class FileDiff:
    """What changes in the text of a file; ``lines``: how each is shown, and itself."""

    name: str
    added: int
    removed: int
    lines: tuple[tuple[str, str], ...]
    moved: bool


@page("/rules/propose", Scope.RULES, scripts=("proposals.js",))
async def propose_page(viewer: Viewer) -> None:
    caller = viewer.caller(Scope.RULES)
    service = viewer.service
    folder = service.rules.folder
    edits = await asyncio.to_thread(pending, folder, service.store, caller.name)
    texts = await asyncio.to_thread(texts_of, folder)
    add_style()
    with frame(viewer, "rules", _("Compare and propose")):
        ui.html(rule_views.tabs(service, "propose"), sanitize=False)
        with ui.element("div").classes("review"):
            ui.html(
                draw("propose.html", diffs=diffs(texts, edits), asks_name=caller == LOCAL),
                sanitize=False,
            )
            shown = ui.html("", sanitize=False)
    checks = Checks(viewer, shown, texts, edits)

    async def do_propose(caller: Caller, value: Any) -> None:
        if not checks.are_good:
            raise UsageError(_NOT_CHECKED)
        author = str(value.get("name", "")) if caller == LOCAL else caller.name
        made = await asyncio.to_thread(
            propose,
            folder,
            service.store,
            person=caller.name,
            author=author,
            reason=str(value.get("reason", "")),
        )
        audited(viewer.request, caller, Action.RULES_PROPOSE, str(made.id), author=made.author)
        _go(f"{PROPOSALS}/{made.id}")

    viewer.on("propose", Scope.RULES, do_propose)
    if edits:
        ui.timer(0.05, checks.run, once=True)


@page("/rules/proposals", Scope.RULES, scripts=("proposals.js",))
async def proposals_page(viewer: Viewer) -> None:
    service = viewer.service
    made = await asyncio.to_thread(Proposals(service.store).all)
    published = await asyncio.to_thread(publications, service.settings.store)
    add_style()
    with frame(viewer, "rules", _("Proposals and history")):
        ui.html(rule_views.tabs(service, "proposals"), sanitize=False)
        with ui.element("div").classes("review"):
            shown = draw(
                "proposals.html",
                proposals=[(one, *_state(one), wording.moment(one.proposed_at)) for one in made],
                published=[(one, wording.moment(one.published_at)) for one in reversed(published)],
                version=service.rules.rule_set.version,
                href=PROPOSALS,
            )
            ui.html(shown, sanitize=False)

    async def do_restore(caller: Caller, value: Any) -> None:
        """An older version becomes drafts, which go the way of every change."""

        def take_back() -> None:
            then = find_publication(str(value), service.settings.store)
            edits = edits_back(service.rules.folder, then)
            redraft(service.store, caller.name, edits)

        await asyncio.to_thread(take_back)
        audited(viewer.request, caller, Action.RULES_SAVE, str(value), restored="yes")
        _go(f"{RULES}/propose")

    viewer.on("restore", Scope.RULES, do_restore)


@page("/rules/proposals/{id:int}", Scope.RULES, scripts=("proposals.js",))
async def proposal_page(viewer: Viewer) -> None:
    caller = viewer.caller(Scope.RULES)
    service = viewer.service
    id_ = int(viewer.request.path_params["id"])
    one = await asyncio.to_thread(find_proposal, service.store, id_)
    texts = await asyncio.to_thread(texts_of, service.rules.folder)
    is_open = one.state == ProposalState.OPEN
    add_style()
    with frame(viewer, "rules", one.reason):
        ui.html(rule_views.tabs(service, "proposals"), sanitize=False)
        with ui.element("div").classes("review"):
            word, style = _state(one)
            is_own = is_same_person(one.author, caller.name)
            shown = draw(
                "proposal.html",
                one=one,
                word=word,
                style=style,
                proposed=wording.moment(one.proposed_at),
                decided=wording.moment(one.decided_at) if one.decided_at else "",
                diffs=diffs(texts if is_open else _before(one), one.edits),
                asks_name=caller == LOCAL,
                is_own=is_own,
                may_withdraw=is_open and (is_own or caller == LOCAL),
                may_redraft=one.state in (ProposalState.RETURNED, ProposalState.WITHDRAWN)
                and (is_own or caller == LOCAL),
            )
            ui.html(shown, sanitize=False)
            judged = ui.html("", sanitize=False)
    checks = Checks(viewer, judged, texts, one.edits)
    Deciding(viewer, one).listen()
    if is_open:
        ui.timer(0.05, checks.run, once=True)


class Deciding:
    """What is done with a proposal."""

    def __init__(self, viewer: Viewer, proposal: Proposal) -> None:
        self._viewer, self._proposal = viewer, proposal
        self._service = viewer.service

    def listen(self) -> None:
        self._viewer.on("approve", Scope.RULES, self.approve)
        self._viewer.on("return", Scope.RULES, self.give_back)
        self._viewer.on("withdraw", Scope.RULES, self.withdraw)
        self._viewer.on("redraft", Scope.RULES, self.redraft)

    async def approve(self, caller: Caller, value: Any) -> None:
        say(_("Everything is checked once more, then it is published; this takes a moment."))
        id_ = self._proposal.id
        made = await drafting.approval(self._service, id_, self._name(caller, value))
        audited(self._viewer.request, caller, Action.RULES_PUBLISH, made.version, proposal=str(id_))
        _go(f"{PROPOSALS}/{id_}")

    async def give_back(self, caller: Caller, value: Any) -> None:
        store, id_ = self._service.store, self._proposal.id
        name, remark = self._name(caller, value), str(value.get("remark", ""))
        await asyncio.to_thread(return_proposal, store, id_, by=name, remark=remark)
        audited(self._viewer.request, caller, Action.RULES_PROPOSE, str(id_), returned="yes")
        _go(f"{PROPOSALS}/{id_}")

    async def withdraw(self, caller: Caller, _value: Any) -> None:
        id_ = self._proposal.id
        by = self._proposal.author if caller == LOCAL else caller.name
        await asyncio.to_thread(withdraw, self._service.store, id_, by=by)
        audited(self._viewer.request, caller, Action.RULES_PROPOSE, str(id_), withdrawn="yes")
        _go(f"{PROPOSALS}/{id_}")

    async def redraft(self, caller: Caller, _value: Any) -> None:
        edits = dict(self._proposal.edits)
        await asyncio.to_thread(redraft, self._service.store, caller.name, edits)
        _go(f"{RULES}/propose")

    @staticmethod
    def _name(caller: Caller, value: Any) -> str:
        return str(value.get("name", "")) if caller == LOCAL else caller.name


class Checks:
    """Faults, examples and what changes on stored calls, shown as they are found."""

    def __init__(
        self, viewer: Viewer, shown: ui.html, texts: Mapping[str, str], edits: Mapping[str, Edit]
    ) -> None:
        self._viewer, self._shown = viewer, shown
        self._texts, self._edits = texts, edits
        self._found: dict[str, Any] = {"faults": None, "examples": None, "changes": "", "why": ""}
        self.are_good = False

    async def run(self) -> None:
        with language(self._viewer.tongue):
            try:
                await self._run()
            except (Problem, AutoqaError) as error:
                self._show(why=render(error.message))

    async def _run(self) -> None:
        service, new = self._viewer.service, edited(self._texts, self._edits)
        self._show()
        found = await drafting.faults(service, new)
        self._show(faults=[_told(one) for one in found])
        if any(one.severity == "error" for one in found):
            return
        tried = await drafting.all_examples(service, new)
        self._show(examples=(tried.count, [_told(one) for one in tried.faults]))
        self.are_good = not tried.faults
        self._show()
        caller = self._viewer.caller(Scope.RULES)
        found_changes = await drafting.changes(service, caller, self._texts, self._edits)
        self._show(changes=changes_body(found_changes, call_address))

    def _show(self, **found: Any) -> None:
        self._found |= found
        self._shown.set_content(draw("checks.html", good=self.are_good, **self._found))


def diffs(texts: Mapping[str, str], edits: Mapping[str, Edit]) -> list[FileDiff]:
    """What edits change in the texts; ``moved``: the file is not any more what it was."""
    return [
        _diff(name, texts.get(name) or "", edit, texts.get(name) not in (edit.before, edit.after))
        for name, edit in edits.items()
    ]


def _diff(name: str, before: str, edit: Edit, moved: bool) -> FileDiff:
    old, new = before.splitlines(), (edit.after or "").splitlines()
    found = list(difflib.unified_diff(old, new, n=2, lineterm=""))[2:]
    styles = {"+": "add", "-": "del", "@": "at"}
    lines = tuple((styles.get(line[:1], ""), line) for line in found[:MOST_LINES])
    added, removed = (sum(line.startswith(sign) for line in found) for sign in "+-")
    return FileDiff(name, added, removed, lines, moved)


def _before(proposal: Proposal) -> dict[str, str]:
    return {name: edit.before for name, edit in proposal.edits.items() if edit.before is not None}


def _go(address: str) -> None:
    """Opens another page; NiceGUI puts what it is mounted at before the path."""
    ui.navigate.to(address.removeprefix("/ui"))


def _state(proposal: Proposal) -> tuple[str, str]:
    word, style = STATES[proposal.state]
    return _(word), style


def _told(fault: Fault) -> tuple[str, str, str, list[str]]:
    notes = [_("; ").join(map(render, note)) for note in fault.notes]
    return fault.severity, f"{fault.file}:{fault.line}", render(fault.message), notes
