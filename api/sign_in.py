"""People come in and go: the sign-in page, the bank's own sign-in, the account, the way out."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Mapping
from datetime import timedelta
from urllib.parse import parse_qsl, quote

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api import cookies
from api.gate_page import gate_page
from api.guard import form_token_of, is_same_origin, person_of
from api.languages import COOKIE as LANGUAGE
from api.service import service_of
from autoqa.access.oidc import Begun
from autoqa.access.signed_in import is_form_token
from autoqa.errors import AutoqaError, SignInLocked, SignInRefused, UsageError
from autoqa.i18n import LANGUAGES, N_, _, render
from autoqa.store import Audit
from autoqa.types import Action, Duty, Message, Person

router = APIRouter(include_in_schema=False)

HOME = "/"
_LONGEST_FORM = 16 * 1024
_BANK_MINUTES = 10
_YEAR_S = 365 * 24 * 3600

_ELSEWHERE = N_("this did not come from a page of this service; load the page again and repeat it")
_DIFFERENT = N_("the two new passwords are different")
_CHANGED = N_("your password is changed")
_OUT = N_("you are signed out")
_NOBODY = "nobody"
_SAME_KNOCKING = timedelta(seconds=10)

DUTIES: Mapping[Duty, str] = {
    Duty.AGENT: N_("agent"),
    Duty.REVIEWER: N_("reviewer"),
    Duty.RULE_EDITOR: N_("rule editor"),
    Duty.SUPERVISOR: N_("supervisor"),
    Duty.ADMIN: N_("administrator"),
    Duty.UNMASKER: N_("may see personal data"),
}


def sign_in_url(request: HTTPConnection) -> str:
    """Where to send somebody who asks for a page and is not signed in; he comes back to it."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return f"/sign-in?next={quote(path, safe='/')}"


@router.get("/sign-in")
def sign_in_page(request: Request) -> Response:
    next_ = _inside(request.query_params.get("next", ""))
    if (chosen := request.query_params.get("language")) in LANGUAGES:
        return _speaking(request, RedirectResponse(f"/sign-in?next={quote(next_, safe='')}", 303))
    if person_of(request) is not None:
        return RedirectResponse(next_, 303)
    told = render(Message(_OUT)) if chosen is None and "out" in request.query_params else ""
    return _sign_in_page(request, next_, told=told)


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    form = await _form(request)
    return await run_in_threadpool(_sign_in, request, form)


@router.post("/sign-out")
async def sign_out(request: Request) -> Response:
    form = await _form(request)
    return await run_in_threadpool(_sign_out, request, form)


@router.get("/sign-in/bank")
def bank_sign_in(request: Request) -> Response:
    bank = service_of(request).access.bank
    next_ = _inside(request.query_params.get("next", ""))
    if bank is None:
        return _sign_in_page(request, next_, status=404)
    try:
        url, begun = bank.begin(_back_url(request))
    except SignInRefused as error:
        return _sign_in_page(request, next_, error=render(error.message), status=503)
    response = RedirectResponse(url, 303)
    kept = json.dumps([begun.state, begun.nonce, begun.verifier, next_]).encode()
    value = base64.urlsafe_b64encode(kept).decode()
    cookies.write(request, response, cookies.BANK, value, max_age_s=_BANK_MINUTES * 60)
    return response


@router.get("/sign-in/bank/back")
def bank_back(request: Request) -> Response:
    access = service_of(request).access
    begun, next_ = _begun(request)
    if access.bank is None:
        return _sign_in_page(request, next_, status=404)
    try:
        identity = access.bank.finish(begun, _back_url(request), request.query_params)
        person = access.staff.by_identity(identity)
    except SignInRefused as error:
        _note(request, _NOBODY, Action.SIGN_IN_FAILED, "", how="bank")
        response: Response = _sign_in_page(request, next_, error=render(error.message), status=403)
    else:
        response = _admit(request, person, next_, how="bank")
    cookies.remove(request, response, cookies.BANK)
    return response


@router.get("/account")
def account(request: Request) -> Response:
    if request.query_params.get("language") in LANGUAGES:
        return _speaking(request, RedirectResponse("/account", 303))
    person = person_of(request)
    if person is None:
        return RedirectResponse(sign_in_url(request), 303)
    return _account_page(request, person)


@router.post("/account/password")
async def change_password(request: Request) -> Response:
    form = await _form(request)
    return await run_in_threadpool(_change_password, request, form)


# ---------------------------------------------------------------- what the routes do


def _sign_in(request: Request, form: Mapping[str, str]) -> Response:
    access = service_of(request).access
    next_, name = _inside(form.get("next", "")), form.get("name", "")
    if not is_same_origin(request, must_say=True):
        return _sign_in_page(request, next_, name=name, error=_(_ELSEWHERE), status=403)
    address = request.client.host if request.client else ""
    try:
        person = access.staff.by_password(name, form.get("password", ""), address)
    except SignInRefused as error:
        locked = isinstance(error, SignInLocked)
        action = Action.SIGN_IN_LOCKED if locked else Action.SIGN_IN_FAILED
        # What nobody is called may be a password that was typed one field too early.
        known = access.staff.known_name(name)
        _note(request, _NOBODY, action, known, address=address, how="password")
        response = _sign_in_page(
            request, next_, name=name, error=render(error.message), status=429 if locked else 401
        )
        if isinstance(error, SignInLocked):
            response.headers["Retry-After"] = str(error.wait_s)
        return response
    return _admit(request, person, next_, how="password")


def _admit(request: Request, person: Person, next_: str, *, how: str) -> Response:
    """A new session, whatever session the browser brought: nobody can have planted it."""
    service = service_of(request)
    if old := cookies.session_token(request):
        service.access.signed_in.end(old)
    token = service.access.signed_in.begin(person)
    _note(request, person.name, Action.SIGN_IN, person.name, how=how)
    response = RedirectResponse(next_, 303)
    hours = service.settings.session_hours
    cookies.write(request, response, cookies.SESSION, token, max_age_s=hours * 3600)
    return response


def _sign_out(request: Request, form: Mapping[str, str]) -> Response:
    person, token = person_of(request), cookies.session_token(request)
    if person is not None:
        if not _is_ours(request, form, token):
            return _account_page(request, person, error=_(_ELSEWHERE), status=403)
        service_of(request).access.signed_in.end(token)
        _note(request, person.name, Action.SIGN_OUT, person.name)
    response = RedirectResponse("/sign-in?out", 303)
    cookies.remove(request, response, cookies.SESSION)
    return response


def _change_password(request: Request, form: Mapping[str, str]) -> Response:
    staff = service_of(request).access.staff
    person, token = person_of(request), cookies.session_token(request)
    if person is None:
        return RedirectResponse("/sign-in?next=/account", 303)
    if not _is_ours(request, form, token):
        return _account_page(request, person, error=_(_ELSEWHERE), status=403)
    address = request.client.host if request.client else ""
    try:
        staff.by_password(person.name, form.get("old", ""), address)
        if form.get("new") != form.get("again"):
            raise UsageError(_DIFFERENT)
        staff.set_password(person.name, form.get("new", ""))
    except AutoqaError as error:
        status = 429 if isinstance(error, SignInLocked) else 422
        return _account_page(request, person, error=render(error.message), status=status)
    _note(request, person.name, Action.PASSWORD, person.name)
    # Every session ended with the old password; this browser gets a new one.
    return _admit(request, person, "/account?changed", how="password")


# ---------------------------------------------------------------- pages


def _sign_in_page(
    request: Request,
    next_: str,
    *,
    name: str = "",
    error: str = "",
    told: str = "",
    status: int = 200,
) -> HTMLResponse:
    access = service_of(request).access
    return gate_page(
        "sign_in.html",
        status,
        title=_("Sign in"),
        here="/sign-in",
        next=next_,
        name=name[:64],
        error=error,
        told=told,
        is_open=access.is_open(),
        bank=access.bank is not None,
    )


def _account_page(
    request: Request, person: Person, *, error: str = "", status: int = 200
) -> HTMLResponse:
    service = service_of(request)
    return gate_page(
        "account.html",
        status,
        title=_("Your account"),
        here="/account",
        next="",
        person=person,
        duties=[_(DUTIES[duty]) for duty in Duty if duty in person.duties],
        has_password=service.access.staff.has_password(person.name),
        shortest=service.settings.password_length,
        form_token=form_token_of(request),
        error=error,
        told=render(Message(_CHANGED)) if "changed" in request.query_params else "",
    )


def _speaking(request: Request, response: Response) -> Response:
    chosen = request.query_params["language"]
    response.set_cookie(LANGUAGE, chosen, max_age=_YEAR_S, samesite="lax")
    return response


# ---------------------------------------------------------------- what comes with a request


async def _form(request: Request) -> dict[str, str]:
    """The fields of a form; none of one that is longer than ours are, or takes too long."""
    body = b""
    try:
        async with asyncio.timeout(service_of(request).settings.body_timeout_s):
            async for part in request.stream():
                body += part
                if len(body) > _LONGEST_FORM:
                    return {}
    except TimeoutError:
        return {}
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def _is_ours(request: Request, form: Mapping[str, str], token: str) -> bool:
    sent = form.get("form_token", "")
    return is_same_origin(request, must_say=True) and is_form_token(sent, token)


def _inside(path: str) -> str:
    """A path of this service to go on to; never another host, whatever a link says."""
    begins_well = path.startswith("/") and not path.startswith(("//", "/\\"))
    return path if begins_well and path.isprintable() and len(path) < 2048 else HOME


def _back_url(request: Request) -> str:
    return str(request.url_for("bank_back"))


def _begun(request: Request) -> tuple[Begun | None, str]:
    try:
        kept = base64.urlsafe_b64decode(cookies.read(request, cookies.BANK))
        state, nonce, verifier, next_ = map(str, json.loads(kept))
    except (ValueError, TypeError):
        return None, HOME
    return Begun(state, nonce, verifier), _inside(next_)


def _note(request: Request, who: str, action: Action, target: str, **detail: str) -> None:
    request_id = str(getattr(request.state, "request_id", ""))
    audit = Audit(service_of(request).store)
    # Wrong passwords are few, then locked; whatever else somebody repeats does not fill the log.
    is_noise = action == Action.SIGN_IN_LOCKED or (who == _NOBODY and detail.get("how") == "bank")
    if is_noise and audit.has(who, action, target, _SAME_KNOCKING):
        return
    audit.add(who, action, target, request_id=request_id, detail=detail)
