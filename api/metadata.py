"""The metadata of a posted call: the fields of ``calls.csv``, each checked.

In a folder a value that does not fit is left out with a warning, since one cell must not cost a
night. Here there is a program that can send it right, and it is told which field is wrong.
"""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from api.problems import Problem
from autoqa.codec import encode
from autoqa.contacts import read_contact
from autoqa.i18n import N_, render
from autoqa.settings import Settings
from autoqa.types import Contact, Message

LONGEST = 128
"""Of an id or a name: what the store's columns take."""
LONGEST_ID = 500
"""Of a call's id: each leg of a call that was handed on gets a suffix of its own."""
MOST_EXTRA = 50

_WHEN = N_("“{value}” should be like 2026-01-31 09:30:00")
_WANTED = {
    "direction": N_("“{value}” should be inbound or outbound"),
    "started_at": _WHEN,
    "queue_seconds": N_("“{value}” should be seconds like 12.5"),
    "channel_roles": N_("“{value}” should be agent,customer"),
    "holds": N_("“{value}” should be from and to in seconds, like 10~35;60~80"),
}
_NO_TEXT = {"Cc", "Cs", "Co"}
"""Control characters, halves of characters, and those that mean something only here."""
_DOTS = (".", "..")
"""No path leads to them: every client and proxy takes them for steps."""
_YEARS = range(1980, 2200)

_NO_ID = N_("no call can be called that")
_TOO_LONG = N_("longer than {limit} characters")
_ODD = N_("holds characters that are no text")
_TOO_MANY = N_("more than {limit} fields of your own")
_NOT_AN_OBJECT = N_("the metadata must be one JSON object with plain values")
_WRONG = N_("{count} fields of the metadata are not as they should be; see errors")


def metadata_of(written: str) -> dict[str, Any]:
    """The field ``metadata``: a JSON object. Raises ``Problem`` 422."""
    try:
        row = json.loads(written)
    except (ValueError, RecursionError):
        row = None
    return checked_row(row)


def checked_row(row: object) -> dict[str, Any]:
    """A mapping of names to plain values or lists of them. Raises ``Problem`` 422."""
    if not isinstance(row, dict) or not all(map(_is_plain, row.values())):
        raise Problem(422, "metadata", Message(_NOT_AN_OBJECT))
    return row


def contact_of(row: Mapping[str, Any], file: str, settings: Settings) -> Contact:
    """The contact of a row. ``file``: what the recording is called where it comes from.

    Its ``call_id`` is empty where the row has none. Raises ``Problem`` 422 that names each field.
    """
    contact, misfits = read_contact({**row, "file": ""}, settings)
    contact = replace(contact, file=file)
    errors = [(one.column, Message(_WANTED[one.name], {"value": one.value})) for one in misfits]
    for name, value in _texts(contact):
        limit = LONGEST_ID if name == "call_id" else LONGEST
        if len(value) > limit:
            errors.append((name, Message(_TOO_LONG, {"limit": limit})))
        elif any(unicodedata.category(mark) in _NO_TEXT for mark in value):
            errors.append((name, Message(_ODD)))
    if contact.call_id in _DOTS:
        errors.append(("call_id", Message(_NO_ID)))
    if contact.started_at is not None and contact.started_at.year not in _YEARS:
        params = {"value": str(contact.started_at)}
        errors.append(("started_at", Message(_WHEN, params)))
    if len(contact.extra) > MOST_EXTRA:
        errors.append(("", Message(_TOO_MANY, {"limit": MOST_EXTRA})))
    if errors:
        told = [{"at": ["metadata", name], "what": render(message)} for name, message in errors]
        raise Problem(422, "metadata", Message(_WRONG, {"count": len(told)}), errors=told)
    return contact


def with_id(contact: Contact, recording_id: str) -> Contact:
    """The same with an id, of its own if it had none: the same for the same call posted again."""
    if contact.call_id:
        return contact
    digest = hashlib.sha256(recording_id.encode() + encode(contact)).hexdigest()
    return replace(contact, call_id=digest[:32])


def _is_plain(value: object) -> bool:
    if isinstance(value, list):
        return all(map(_is_plain, value)) and len(value) < 1000
    return value is None or isinstance(value, str | int | float)


def _texts(contact: Contact) -> list[tuple[str, str]]:
    """Every text that is kept, by the name of its field."""
    own = [(item.name, getattr(contact, item.name)) for item in fields(contact)]
    lists = [("agent_ids", one) for one in contact.agent_ids]
    extra = [(pair[0][:80], text) for pair in contact.extra.items() for text in pair]
    return [(name, value) for name, value in [*own, *lists, *extra] if isinstance(value, str)]
