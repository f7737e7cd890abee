"""A bank's sign-in on the loopback, as honest or dishonest as a test wants it."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

CLIENT = "autoqa"
SECRET = "issuer-secret"


class Issuer:
    """``claims``: what the next token says beside the usual; None takes a claim away."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.claims: dict[str, Any] = {}
        self.header: dict[str, Any] = {}
        self.document: dict[str, Any] = {}
        self.key = self._signing = RSAKey.generate_key(2048, auto_kid=True)
        self._codes: dict[str, dict[str, str]] = {}

    def reset(self) -> None:
        """Honest again."""
        self.claims, self.header, self.document = {}, {}, {}
        self._signing = self.key

    def authorize(self, url: str) -> dict[str, str]:
        """What the browser comes back with after somebody signed in at ``url``."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = f"code-{len(self._codes)}"
        self._codes[code] = asked
        return {"code": code, "state": asked["state"]}

    def turn_key(self) -> None:
        """Signs with a new key from now on, and says so."""
        self.key = self._signing = RSAKey.generate_key(2048, auto_kid=True)

    def sign_with_another_key(self) -> None:
        """Somebody else signs in its place."""
        stolen: Any = {**RSAKey.generate_key(2048).as_dict(private=True), "kid": self.key.kid}
        self._signing = RSAKey.import_key(stolen)

    def discovery(self) -> dict[str, Any]:
        return {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/keys",
            **self.document,
        }

    def keys(self) -> dict[str, Any]:
        return dict(KeySet([self.key]).as_dict(private=False))

    def token(self, form: dict[str, str]) -> dict[str, Any] | None:
        """The answer to a code, once, to who began the sign-in; else None."""
        asked = self._codes.pop(form.get("code", ""), None)
        challenge = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        text = base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()
        good = (
            asked is not None
            and asked["code_challenge"] == text
            and asked["code_challenge_method"] == "S256"
            and asked["redirect_uri"] == form.get("redirect_uri")
            and (form.get("client_id"), form.get("client_secret")) == (CLIENT, SECRET)
        )
        if asked is None or not good:
            return None
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "u-1",
            "iat": now,
            "exp": now + 300,
            "nonce": asked["nonce"],
            "preferred_username": "王芳",
            "groups": ["qa-staff"],
            **self.claims,
        }
        claims = {name: value for name, value in claims.items() if value is not None}
        header = {"alg": "RS256", "kid": self._signing.kid, **self.header}
        signing: Any = self._signing
        if header["alg"] == "HS256":  # the public key as if it were a secret that is shared
            from joserfc.jwk import OctKey

            signing = OctKey.import_key(self.key.as_pem(private=False))
        algorithms = ["RS256", "HS256", "none"]
        return {"id_token": jwt.encode(header, claims, signing, algorithms=algorithms)}


@contextmanager
def serving() -> Iterator[Issuer]:
    """An issuer that answers on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            paths = {
                "/.well-known/openid-configuration": issuer.discovery,
                "/keys": issuer.keys,
            }
            self._answer(paths[self.path]() if self.path in paths else None)

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self._answer(issuer.token(dict(parse_qsl(body))))

        def _answer(self, document: dict[str, Any] | None) -> None:
            body = json.dumps(document or {"error": "invalid_grant"}).encode()
            self.send_response(400 if document is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        issuer = Issuer(f"http://127.0.0.1:{server.server_port}")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield issuer
        finally:
            server.shutdown()
            thread.join()
