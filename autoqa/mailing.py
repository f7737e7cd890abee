"""Letters with reports: one way out, TLS wherever a password is sent."""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from urllib.parse import unquote, urlsplit

from autoqa.errors import UsageError
from autoqa.settings import Settings

ANSWER_S = 30.0
"""For each step of the server."""
_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    kind: str
    """``text/html`` and the like."""
    content: bytes


def send(
    settings: Settings, to: Sequence[str], subject: str, text: str, files: Sequence[Attachment]
) -> None:
    """Sends one letter to all of ``to``. Raises ``UsageError`` with what the server said."""
    server = urlsplit(settings.smtp)
    if server.scheme not in _PORTS or not server.hostname:
        raise UsageError("AUTOQA_SMTP says where letters go; write smtps://USER@HOST:465")
    letter = EmailMessage()
    try:
        letter["Subject"] = subject
        letter["From"] = settings.mail_from or f"autoqa@{server.hostname}"
        letter["To"] = ", ".join(to)
    except ValueError:
        raise UsageError("{addresses} are no e-mail addresses", addresses=", ".join(to)) from None
    letter["Date"] = formatdate()
    letter["Message-ID"] = make_msgid(domain=server.hostname)
    letter.set_content(text)
    for file in files:
        main, _, sub = file.kind.partition("/")
        more = {"charset": "utf-8"} if main == "text" else {}
        letter.add_attachment(
            file.content, maintype=main, subtype=sub, filename=file.name, params=more
        )
    try:
        port = server.port or _PORTS[server.scheme]
        _send(
            server.scheme, server.hostname, port, unquote(server.username or ""), settings, letter
        )
    except (OSError, smtplib.SMTPException, ValueError) as error:
        raise UsageError(
            "the letter was not sent by {host} ({reason}); check AUTOQA_SMTP and the addresses",
            host=server.hostname,
            reason=_reason(error),
        ) from None


def _send(
    scheme: str, host: str, port: int, user: str, settings: Settings, letter: EmailMessage
) -> None:
    context = ssl.create_default_context()
    if scheme == "smtps":
        client: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=ANSWER_S, context=context)
    else:
        client = smtplib.SMTP(host, port, timeout=ANSWER_S)
    with client:
        client.ehlo()
        is_safe = scheme == "smtps"
        if not is_safe and client.has_extn("starttls"):
            client.starttls(context=context)
            client.ehlo()
            is_safe = True
        if user:
            if not is_safe:
                raise ValueError("no TLS, so no password is sent")
            client.login(user, settings.smtp_password)
        client.send_message(letter)


def _reason(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        told = error.smtp_error
        return told.decode("utf-8", "replace") if isinstance(told, bytes) else str(told)
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return ", ".join(error.recipients)
    return str(error) or type(error).__name__
