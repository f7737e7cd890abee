"""The rules: a tree of what there is, an editor and a form, examples and trials beside them."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from nicegui import ui

from api import drafting
from api.audited import audited
from api.problems import Problem
from api.workbench import rule_views
from api.workbench.assets import asset_url
from api.workbench.desk import Desk, open_desk
from api.workbench.frame import ENTRIES, Entry, Key, Viewer, draw, frame, page
from autoqa.errors import AutoqaError, UsageError
from autoqa.i18n import N_, _, language, render
from autoqa.reports.pages import embedded
from autoqa.rulebook.form import changed, read_changes
from autoqa.scoring.faults import Fault
from autoqa.types import Action, Caller, Scope

RULES = "/ui/rules"
ENTRIES.append(Entry("rules", N_("Rules"), RULES, Scope.RULES))
TRIED = 20
"""Calls shown of each outcome when a rule is tried."""

log = logging.getLogger(__name__)

_NOT_THERE = N_("this is not in the file any more; choose it again in the tree")


@dataclass(slots=True)
class Panes:
    """The parts of the page that are drawn again; ``stopped``: another window went on."""

    tree: ui.html
    head: ui.html
    form: ui.html
    faults: ui.html
    side: ui.html
    found: list[Fault]
    stopped: bool = False
    waiting: asyncio.Task[None] | None = None


@page("/rules", Scope.RULES, scripts=("rules.js",))
async def rules_page(viewer: Viewer) -> None:
    caller = viewer.caller(Scope.RULES)
    asked = viewer.request.query_params
    file, item = asked.get("file", ""), asked.get("at", "")
    desk = await asyncio.to_thread(open_desk, viewer.service, caller, file, item)
    tree = await asyncio.to_thread(rule_views.tree, desk)
    head, form = rule_views.head(desk), rule_views.form(desk)
    add_style()
    with frame(viewer, "rules", _("Rules"), rules_keys()):
        ui.html(rule_views.tabs(viewer.service, "edit"), sanitize=False)
        ui.add_body_html(_data(desk))
        with ui.element("div").classes("rulebench").props("id=rulebench data-mode=form"):
            panes_tree = ui.html(tree, sanitize=False).classes("ruletree")
            with ui.element("section").classes("ruleedit"):
                panes_head = ui.html(head, sanitize=False)
                panes_form = ui.html(form, sanitize=False).classes("ruleform")
                editor = ui.codemirror(desk.text, language="YAML", line_wrapping=True, indent="  ")
                editor.classes("rulecode")
                panes_faults = ui.html("", sanitize=False).classes("rulefaults")
            side = ui.html(draw("rules_side.html", phase="loading"), sanitize=False)
            side.classes("ruleside")
    panes = Panes(panes_tree, panes_head, panes_form, panes_faults, side, [])
    Handling(viewer, desk, panes).listen()


def rules_keys() -> list[Key]:
    return [
        ("Ctrl+Space", _("complete what is typed (in the text)")),
        ("F8", _("next fault")),
        ("Ctrl+E", _("form, text")),
        ("Ctrl+Enter", _("try this rule on calls")),
        ("/", _("search the tree")),
    ]


def add_style() -> None:
    ui.add_head_html(f'<link rel="stylesheet" href="{asset_url("rules.css")}">')


def _data(desk: Desk) -> str:
    entry = desk.entry
    data = rule_views.completion(desk.all_texts()) | {"line": entry.line if entry else 1}
    return draw("rules_data.html", data=embedded(data))


class Handling:
    """What the events of one window do."""

    def __init__(self, viewer: Viewer, desk: Desk, panes: Panes) -> None:
        self._viewer, self._desk, self._panes = viewer, desk, panes
        self._service = viewer.service

    def listen(self) -> None:
        for name in ("typed", "at", "form", "new", "discard", "rebase", "examine", "try"):
            self._viewer.on(name, Scope.RULES, getattr(self, "do_" + name))

    # ------------------------------------------------------------ what was edited

    async def do_typed(self, caller: Caller, value: Any) -> None:
        """The text after a pause."""
        if isinstance(value, str):
            await self._edit(caller, value, from_editor=True)

    async def do_form(self, caller: Caller, value: Any) -> None:
        entry = self._desk.entry
        if entry is None:
            raise UsageError(_NOT_THERE)
        changes = read_changes(value, [entry.path])
        text = await asyncio.to_thread(changed, self._desk.text, changes)
        if await self._edit(caller, text):
            if entry.kind == "rules" and self._desk.entry is None:  # its id was changed
                self._desk.choose(entry.line)
            self._draw_form()

    async def do_new(self, caller: Caller, value: Any) -> None:
        """A new rule or phrase set, or one of them gone."""
        kind, key = str(value.get("kind", "")), str(value.get("key", "")).strip()
        name = str(value.get("name", "")).strip() or key
        changes = rule_views.growth(self._desk, kind, key, name)
        text = await asyncio.to_thread(changed, self._desk.text, changes)
        if await self._edit(caller, text):
            if kind != "gone":
                self._desk.item = kind, key
            else:
                self._desk.choose(1)
            self._draw_form()
            self._tell("jump", self._desk.entry.line if self._desk.entry else 1)

    async def do_discard(self, caller: Caller, _value: Any) -> None:
        await asyncio.to_thread(self._desk.discard)
        audited(self._viewer.request, caller, Action.RULES_SAVE, self._desk.file, kept="no")
        self._tell("leave", f"{RULES}?file={quote(self._desk.file, safe='')}")

    async def do_rebase(self, _caller: Caller, _value: Any) -> None:
        await asyncio.to_thread(self._desk.rebase)
        self._panes.head.set_content(rule_views.head(self._desk))

    async def _edit(self, caller: Caller, text: str, *, from_editor: bool = False) -> bool:
        """Keeps a text and looks at it; whether it was kept."""
        desk = self._desk
        if self._panes.stopped:
            return False
        was = desk.revision
        try:
            await asyncio.to_thread(desk.keep, text)
        except UsageError as error:
            self._panes.stopped = True
            head = rule_views.head(desk, stopped=render(error.message))
            self._panes.head.set_content(head)
            return False
        if not was and desk.revision:
            audited(self._viewer.request, caller, Action.RULES_SAVE, desk.file, kept="yes")
        if not from_editor:
            self._tell("setText", desk.text.replace("\r\n", "\n"))
        self._panes.head.set_content(rule_views.head(desk))
        self._panes.tree.set_content(await asyncio.to_thread(rule_views.tree, desk))
        if from_editor:
            self._draw_form()
        self._look()
        return True

    # ------------------------------------------------------------ what is looked at

    async def do_at(self, _caller: Caller, value: Any) -> None:
        """Another line: perhaps another rule."""
        if isinstance(value, int) and self._desk.choose(value):
            self._panes.head.set_content(rule_views.head(self._desk))
            self._draw_form()
            self._look(only_examples=True)

    async def do_examine(self, _caller: Caller, _value: Any) -> None:
        self._look()

    async def do_try(self, caller: Caller, _value: Any) -> None:
        entry = self._desk.entry
        if entry is None or entry.kind != "rules":
            raise UsageError(_NOT_THERE)
        side = self._panes.side
        side.set_content(draw("rules_side.html", phase="trying", name=entry.name))
        texts = self._desk.all_texts()
        try:
            trial = await drafting.trial(self._service, caller, texts, entry.key, TRIED)
        except (Problem, AutoqaError) as error:
            side.set_content(
                draw("rules_side.html", phase="untried", name=entry.name, why=render(error.message))
            )
            return
        side.set_content(rule_views.trial(trial))

    def _draw_form(self) -> None:
        self._panes.form.set_content(rule_views.form(self._desk))

    def _tell(self, name: str, value: Any) -> None:
        """Calls a function of the page's script."""
        with self._panes.head:
            ui.run_javascript(f"rulesPage.{name}({json.dumps(value)})")

    def _look(self, *, only_examples: bool = False) -> None:
        """Faults, then examples, of what there is now; what was begun before is left."""
        self._desk.at_work += 1
        if self._panes.waiting is not None:
            self._panes.waiting.cancel()
        work = self._look_at(self._desk.at_work, only_examples)
        self._panes.waiting = asyncio.create_task(work)

    async def _look_at(self, number: int, only_examples: bool) -> None:
        desk, panes = self._desk, self._panes
        texts: Mapping[str, str] = desk.all_texts()
        with language(self._viewer.tongue):
            try:
                if not only_examples:
                    was_faulty = any(one.severity == "error" for one in panes.found)
                    panes.found = await drafting.faults(self._service, texts)
                    if number == desk.at_work:
                        self._show_faults()
                entry = desk.entry
                has_faults = any(one.severity == "error" for one in panes.found)
                if entry is None or has_faults:
                    panes.side.set_content(draw("rules_side.html", phase="faulty"))
                    return
                if not only_examples and was_faulty:
                    panes.side.set_content(draw("rules_side.html", phase="loading"))
                tried = await drafting.examples(self._service, texts, entry.kind, entry.key)
                if number == desk.at_work:
                    panes.side.set_content(rule_views.examples(entry, tried))
            except (Problem, AutoqaError) as error:
                why = render(error.message)
                if number == desk.at_work:
                    panes.side.set_content(draw("rules_side.html", phase="failed", why=why))
            except Exception:
                log.exception("rules could not be looked at")
                raise

    def _show_faults(self) -> None:
        desk, found = self._desk, self._panes.found
        self._panes.faults.set_content(rule_views.faults(desk, found))
        marks = [
            {
                "line": one.line,
                "column": one.column,
                "severity": one.severity,
                "text": render(one.message),
            }
            for one in found
            if one.file == desk.file
        ]
        self._tell("showFaults", marks)
