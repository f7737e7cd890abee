"""Whether somebody may see a call: all do who may read, but an agent only what is his."""

from __future__ import annotations

from api.problems import Problem
from api.service import Service
from autoqa.i18n import N_
from autoqa.store import Overview, Standing
from autoqa.types import Caller, Message

_NO_CALL = N_("there is no scored call {call_id} that you may see")


def seen(service: Service, caller: Caller, call_id: str) -> Standing:
    """Where the call stands; ``Problem`` 404 where there is none for this caller."""
    found = Overview(service.store).call(call_id)
    if found is None or (caller.agent_ids is not None and found.agent_id not in caller.agent_ids):
        raise Problem(404, "no_call", Message(_NO_CALL, {"call_id": call_id}))
    return found
