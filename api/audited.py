"""One line of the audit log from a route or a page::

    audited(request, caller, Action.REVIEW, call_id, rule_id=rule_id)

before something is shown, and after something was changed.
"""

from __future__ import annotations

from datetime import timedelta

from starlette.requests import HTTPConnection

from api.service import service_of
from autoqa.store import Audit
from autoqa.types import Action, Caller

SAME_READING = timedelta(minutes=5)
"""A player fetches a recording in many pieces; so long it is one reading."""

_READINGS = (Action.RECORDING_READ, Action.CALL_READ, Action.UNMASK)


def audited(
    connection: HTTPConnection, caller: Caller, action: Action, target: str, **detail: str
) -> None:
    """Writes down that ``caller`` does ``action`` to ``target`` (an id).

    ``detail``: a few words for machines, never what somebody said or wrote. ``StoreError`` where it
    cannot be written; then nothing must be shown.
    """
    audit = Audit(service_of(connection).store)
    if action in _READINGS and audit.has(caller.name, action, target, SAME_READING):
        return
    request_id = str(getattr(connection.state, "request_id", ""))
    audit.add(caller.name, action, target, request_id=request_id, detail=detail)
