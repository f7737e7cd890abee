"""The bank's own sign-in: OpenID Connect, authorization code with PKCE (RFC 7636), state, nonce.

Two requests to the issuer, and a third for its keys; tokens are checked by joserfc.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from autoqa.access.tokens import is_same, new_token
from autoqa.errors import SignInRefused, UsageError
from autoqa.i18n import N_
from autoqa.settings import Settings
from autoqa.types import Duty

TIMEOUT_S = 5.0
CLOCK_SKEW_S = 60
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""Signed with the issuer's private key; a secret that is shared proves nothing here."""
_REFRESH = timedelta(hours=1)
_RETRY = timedelta(seconds=5)
"""An issuer that is away is not asked again by everybody who waits."""

_STALE = N_("this sign-in was begun elsewhere or too long ago; begin again")
_DENIED = N_("the bank's sign-in did not let you in")
_UNREACHABLE = N_("the bank's sign-in cannot be reached now; try again later")
_UNSOUND = N_("what the bank's sign-in said does not hold; tell your administrator")


@dataclass(frozen=True, slots=True)
class Identity:
    """Who somebody is for the bank. ``subject``: issuer and its own id of him."""

    subject: str
    name: str
    duties: frozenset[Duty]
    agent_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Begun:
    """What a browser keeps between leaving for the issuer and coming back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class _Issuer:
    """Its discovery document, as far as it is needed."""

    authorization_url: str
    token_url: str
    keys: KeySet
    read_at: datetime


class BankSignIn:
    """``begin`` sends the browser to the issuer, ``finish`` reads what it comes back with."""

    def __init__(self, settings: Settings, clock: Callable[[], datetime]) -> None:
        """``UsageError`` for settings that cannot work or are not safe."""
        self._settings, self._clock = settings, clock
        self._duties = duties_of(settings.oidc_duties)
        self._issuer: _Issuer | None = None
        self._away_at: datetime | None = None
        self._lock = Lock()
        _check_url(settings.oidc_issuer)
        if not settings.oidc_client_id:
            raise UsageError("AUTOQA_OIDC_ISSUER is set, and AUTOQA_OIDC_CLIENT_ID is not")

    def begin(self, back_url: str) -> tuple[str, Begun]:
        """Where to send the browser, and what it is to keep (in a cookie that no script reads)."""
        begun = Begun(new_token(), new_token(), new_token())
        challenge = hashlib.sha256(begun.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": back_url,
            "scope": self._settings.oidc_scope,
            "state": begun.state,
            "nonce": begun.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        url = self._known_issuer().authorization_url
        return f"{url}{'&' if '?' in url else '?'}{urlencode(query)}", begun

    def finish(self, begun: Begun | None, back_url: str, query: Mapping[str, str]) -> Identity:
        """Who has come back with ``query``; ``SignInRefused`` where that is not beyond doubt."""
        if begun is None or not is_same(query.get("state", ""), begun.state):
            raise SignInRefused(_STALE)
        issuer = query.get("iss", self._settings.oidc_issuer)  # RFC 9207
        if "error" in query or not query.get("code") or issuer != self._settings.oidc_issuer:
            raise SignInRefused(_DENIED)
        token = self._token(query["code"], begun.verifier, back_url)
        return self._identity(self._claims(token, begun.nonce))

    def _token(self, code: str, verifier: str, back_url: str) -> str:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": back_url,
            "client_id": self._settings.oidc_client_id,
            "code_verifier": verifier,
        }
        if self._settings.oidc_client_secret:
            form["client_secret"] = self._settings.oidc_client_secret
        answer = _json(
            lambda: httpx.post(self._known_issuer().token_url, data=form, timeout=TIMEOUT_S)
        )
        token = answer.get("id_token")
        if not isinstance(token, str):
            raise SignInRefused(_UNSOUND)
        return token

    def _claims(self, token: str, nonce: str) -> dict[str, Any]:
        settings = self._settings
        registry = jwt.JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=CLOCK_SKEW_S,
            iss={"essential": True, "value": settings.oidc_issuer},
            aud={"essential": True, "value": settings.oidc_client_id},
            sub={"essential": True},
            exp={"essential": True},
            iat={"essential": True},
        )
        try:
            claims = self._verified(token)
            registry.validate(claims)
        except (JoseError, ValueError):
            raise SignInRefused(_UNSOUND) from None
        party = claims.get("azp", settings.oidc_client_id)
        if not is_same(str(claims.get("nonce", "")), nonce) or party != settings.oidc_client_id:
            raise SignInRefused(_UNSOUND)
        return claims

    def _verified(self, token: str) -> dict[str, Any]:
        """The claims, signed by a key of the issuer; its keys are read again if it has new ones."""
        issuer = self._known_issuer()
        try:
            return jwt.decode(token, issuer.keys, algorithms=list(ALGORITHMS)).claims
        except (JoseError, ValueError):
            issuer = self._known_issuer(newer_than=issuer)
            return jwt.decode(token, issuer.keys, algorithms=list(ALGORITHMS)).claims

    def _identity(self, claims: Mapping[str, Any]) -> Identity:
        settings = self._settings
        said = _texts(claims.get(settings.oidc_duty_claim))
        duties = frozenset(self._duties[value] for value in said if value in self._duties)
        if len(duties) > 1:
            duties -= {Duty.AGENT}  # who also judges calls sees them all
        agent_ids = _texts(claims.get(settings.oidc_agent_claim))
        return Identity(
            f"{settings.oidc_issuer}#{claims['sub']}",
            next(iter(_texts(claims.get(settings.oidc_name_claim))), ""),
            duties,
            frozenset(agent_ids) if duties == {Duty.AGENT} else frozenset(),
        )

    def _known_issuer(self, *, newer_than: _Issuer | None = None) -> _Issuer:
        """As it was read within the hour, and since ``newer_than``."""
        with self._lock:
            now = self._clock()
            if self._away_at is not None and now - self._away_at < _RETRY:
                raise SignInRefused(_UNREACHABLE)
            known = self._issuer
            if known is None or known is newer_than or now - known.read_at >= _REFRESH:
                self._away_at = now
                known = self._issuer = self._read_issuer(now)
            self._away_at = None
            return known

    def _read_issuer(self, now: datetime) -> _Issuer:
        url = self._settings.oidc_issuer.rstrip("/") + "/.well-known/openid-configuration"
        document = _json(lambda: httpx.get(url, timeout=TIMEOUT_S))
        if document.get("issuer") != self._settings.oidc_issuer:
            raise SignInRefused(_UNSOUND)
        try:
            keys_url = _check_url(document["jwks_uri"])
            keys = _json(lambda: httpx.get(keys_url, timeout=TIMEOUT_S))
            return _Issuer(
                _check_url(document["authorization_endpoint"]),
                _check_url(document["token_endpoint"]),
                KeySet.import_key_set({"keys": keys["keys"]}),
                now,
            )
        except (KeyError, TypeError, ValueError, JoseError, UsageError):
            raise SignInRefused(_UNSOUND) from None


def duties_of(text: str) -> dict[str, Duty]:
    """``qa=reviewer,qa-lead=supervisor`` read; ``UsageError`` for what is no duty."""
    found: dict[str, Duty] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        value, _, duty = part.rpartition("=")
        try:
            found[value.strip()] = Duty(duty.strip())
        except ValueError:
            raise UsageError(
                "AUTOQA_OIDC_DUTIES: “{part}” names no duty; duties are {known}",
                part=part,
                known=", ".join(Duty),
            ) from None
    return found


def _json(request: Callable[[], httpx.Response]) -> dict[str, Any]:
    try:
        response = request()
        if response.is_client_error:  # a code that is used up or not for us
            raise SignInRefused(_DENIED)
        response.raise_for_status()
        document = response.json()
    except (httpx.HTTPError, ValueError):
        raise SignInRefused(_UNREACHABLE) from None
    if not isinstance(document, dict):
        raise SignInRefused(_UNSOUND)
    return document


def _texts(claim: object) -> tuple[str, ...]:
    """A claim is one value or a list of them."""
    values = claim if isinstance(claim, list) else [claim]
    return tuple(str(value) for value in values if isinstance(value, str | int) and str(value))


def _check_url(url: object) -> str:
    """``UsageError`` unless it is https, or on this machine."""
    parts = urlsplit(str(url))
    local = parts.hostname in ("127.0.0.1", "::1", "localhost")
    if parts.scheme != "https" and not (parts.scheme == "http" and local):
        raise UsageError("AUTOQA_OIDC_ISSUER: {url} is no https address", url=str(url))
    return str(url)
