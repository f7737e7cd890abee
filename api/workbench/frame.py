"""What all pages share: who looks at them, the head with its navigation, and how events come back.

::

    @page("/calls", Scope.READ, scripts=("calls.js",))
    async def calls(viewer: Viewer) -> None:
        with frame(viewer, "calls", _("Call list"), keys):
            shown = ui.html(..., sanitize=False)
        viewer.on("choose", Scope.READ, choose)

A page asks who it is when it is loaded and again at each event: a session may have ended between.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from nicegui import events, ui
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Send
from starlette.types import Scope as AsgiScope

from api.guard import LOCAL, form_token_of, visitor_of
from api.problems import NOT_FOUND, Problem
from api.service import Service, service_of
from api.sign_in import sign_in_url
from api.workbench.assets import asset_url
from autoqa.errors import AutoqaError
from autoqa.i18n import N_, _, current_language, language, render
from autoqa.reports.pages import fragment
from autoqa.types import Caller, Scope
from autoqa.types import Message as Sentence

HOME = "/ui/calls"
LEDGER = "/ui/ledger"
_PACKAGE = "api.workbench"
_MAY_NOT = N_("this needs the scope {scope}, which {name} does not have")


@dataclass(frozen=True, slots=True)
class Entry:
    """A page in the navigation. ``label``: marked for the catalogue with ``N_``."""

    name: str
    label: str
    href: str
    scope: Scope


ENTRIES: list[Entry] = []
"""In the order of the navigation; a page that is not there yet has none."""

Key = tuple[str, str]
"""Keys, apart by spaces, and what they do."""

Build = Callable[["Viewer"], Awaitable[Response | None]]
"""Draws a page, or says where the viewer goes instead."""

Handler = Callable[[Caller, Any], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at a page, and how. ``tongue``: the language he reads."""

    request: Request
    service: Service
    tongue: str

    def caller(self, scope: Scope) -> Caller:
        """Who it is now. ``Problem`` where he may not, or is nobody any more."""
        caller = visitor_of(self.request)
        if not caller.may(scope):
            params = {"scope": scope.value, "name": caller.name}
            raise Problem(403, "scope", Sentence(_MAY_NOT, params))
        return caller

    def on(self, name: str, scope: Scope, handler: Handler) -> None:
        """``handler(caller, value)`` whenever a script of the page tells ``name``."""

        async def act(event: events.GenericEventArguments) -> None:
            with language(self.tongue):
                try:
                    await handler(self.caller(scope), event.args)
                except Problem as problem:
                    if problem.status == 401:
                        ui.run_javascript("aq.ended()")
                    else:
                        _say(render(problem.message), is_fault=True)
                except AutoqaError as error:
                    _say(render(error.message), is_fault=True)

        ui.on(name, act)


def page(path: str, scope: Scope, scripts: Sequence[str] = ()) -> Callable[[Build], None]:
    """Registers a page of the workbench at ``/ui`` + ``path``, for those who have ``scope``."""

    def register(build: Build) -> None:
        @ui.page(path, response_timeout=30)
        async def shown(request: Request) -> Response | None:
            return await _show(request, scope, scripts, build)

    return register


async def nowhere(request: Request) -> Response | None:
    """The page for an address that nothing is at."""

    async def build(_viewer: Viewer) -> None:
        raise Problem(404, "not_found", Sentence(NOT_FOUND, {"path": request.url.path}))

    return await _show(request, Scope.READ, (), build)


async def _show(
    request: Request, scope: Scope, scripts: Sequence[str], build: Build
) -> Response | None:
    viewer = Viewer(request, service_of(request), current_language())
    with language(viewer.tongue):
        try:
            viewer.caller(scope)
            _add_head(viewer, scripts)
            return await build(viewer)
        except Problem as problem:
            if problem.status == 401:
                return RedirectResponse(sign_in_url(request), 303)
            _refuse(viewer, problem.status, render(problem.message))
        except AutoqaError as error:
            _refuse(viewer, 422, render(error.message))
    return None


@contextmanager
def frame(viewer: Viewer, active: str, title: str, keys: Sequence[Key] = ()) -> Iterator[None]:
    """The head of a page; what is drawn inside is its content. ``active``: the entry's name."""
    caller = viewer.caller(Scope.READ)
    ui.page_title(f"{title} · {_('QA workbench')}")
    is_english = viewer.tongue == "en"
    head = draw(
        "frame.html",
        home=HOME,
        entries=[entry for entry in ENTRIES if caller.may(entry.scope)],
        active=active,
        person=name_of(caller.name),
        is_local=caller == LOCAL,
        form_token=form_token_of(viewer.request),
        again=sign_in_url(viewer.request),
        other_language="zh_CN" if is_english else "en",
        other_tag="zh-CN" if is_english else "en",
        other_name="中文" if is_english else "English",
        keys=[*keys, ("?", _("these keys"))],
    )
    ui.html(head, sanitize=False).classes("framebox")
    with ui.element("div").classes("main").props("id=main tabindex=-1"):
        yield


def call_address(call_id: str, finding: str | None = None, back: str = "") -> str:
    """Of a call's page. ``finding``: the id of a rule, to open it at, or ``""`` for the first that
    waits for a person. ``back``: the query of the list from which it is opened."""
    query = f"?{urlencode({'back': back})}" if back else ""
    place = "" if finding is None else f"#finding={quote(finding, safe='')}"
    return f"{HOME}/{quote(call_id, safe='')}{query}{place}"


def issue_address(**about: str | int) -> str:
    """Where a problem is put into the ledger. ``about``: what is known of it; empty: nothing."""
    known = {name: value for name, value in about.items() if value}
    return f"{LEDGER}?{urlencode(known)}#open"


def name_of(person: str) -> str:
    """A caller's name as pages show it."""
    return _("this machine") if person == LOCAL.name else person


def draw(template: str, **values: Any) -> str:
    """The HTML of a template of the workbench; what it is given is text, never markup."""
    return fragment(_PACKAGE, template, **values)


def say(text: str) -> None:
    """Tells the viewer that something was done."""
    _say(text, is_fault=False)


def _say(text: str, *, is_fault: bool) -> None:
    kind: Any = "negative" if is_fault else "positive"
    ui.notify(text, type=kind, position="top", timeout=8000 if is_fault else 2500)


def _add_head(viewer: Viewer, scripts: Sequence[str]) -> None:
    ui.add_head_html(f'<link rel="stylesheet" href="{asset_url("workbench.css")}">')
    for name in ("workbench.js", *scripts):
        ui.add_head_html(f'<script src="{asset_url(name)}"></script>')
    # Quasar writes its own language there when it starts.
    tag = "en" if viewer.tongue == "en" else "zh-CN"
    ui.run_javascript(f'document.documentElement.lang = "{tag}"')


def _refuse(viewer: Viewer, status: int, text: str) -> None:
    ui.context.client.status_code = status
    with frame(viewer, "", _("Not possible")):
        shown = draw(
            "problem.html", title=_("Not possible"), text=text, href=HOME, label=_("Call list")
        )
        ui.html(shown, sanitize=False)


class Policy:
    """Middleware: what pages may do. NiceGUI compiles its templates in the browser (eval)."""

    POLICY = (
        "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
        "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self'; "
        "media-src 'self' blob:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; "
        "form-action 'self'"
    )

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: AsgiScope, receive: Receive, send: Send) -> None:
        async def sent(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Content-Security-Policy"] = self.POLICY
            await send(message)

        await self._app(scope, receive, sent if scope["type"] == "http" else send)
