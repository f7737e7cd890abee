"""A store of scored calls for tests of what is kept about them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path

from autoqa.events import interpret
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.store import Store
from autoqa.types import Contact
from tests.builders import dialogue
from tests.databases import url_of
from tests.rulebook.stores import CALLS, ROLES, RULES, write_rules

BEIJING = timezone(timedelta(hours=8))
LATE = datetime(2026, 1, 31, 23, 30, tzinfo=BEIJING)
MORNING = LATE + timedelta(days=3, hours=10, minutes=30)
"""The day after the last of the filled calls."""
FATAL, PERHAPS, GOOD = "a/promising.wav", "a/rude.wav", "a/polite.wav"
"""A call that failed a fatal rule, one that a person has to decide, one without fault."""


def filled(folder: Path) -> Store:
    """The four calls, a day each, of two agents in two teams; rules are in ``folder``/rules."""
    store = Store(url_of(folder / "qa.db"))
    for number, (name, script) in enumerate(CALLS.items()):
        heard = dialogue(script)
        contact = Contact(
            f"a/{name}.wav",
            f"a/{name}.wav",
            agent_id=f"80{number % 2}",
            team=f"{number % 2 + 1}组",
            started_at=LATE + timedelta(days=number),
            channel_roles=ROLES,
        )
        heard = replace(heard, recording=replace(heard.recording, id=str(number) * 64))
        store.put_call(heard)
        store.put_contact(contact, heard)
    rescore(store, folder)
    return store


def rescore(store: Store, folder: Path, old: str = "", new: str = "") -> None:
    """Scores every call by the rules, in which ``old`` is now ``new``."""
    rules = load_rules(write_rules(folder / "rules", RULES.replace(old, new) if old else RULES))
    for stored in store.stored(store.call_ids()):
        call = interpret(stored.call, stored.contact)
        store.put_scorecard(stored.contact, call, score(call, stored.contact, rules)[0])
