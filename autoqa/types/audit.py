"""What the audit log tells: who did what to what, and when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Action(StrEnum):
    """Something that is written down. A stored log holds these words: add, never change."""

    RECORDING_READ = "recording.read"
    CALL_READ = "call.read"
    CALL_SUBMIT = "call.submit"
    CALL_RESCORE = "call.rescore"
    CALL_DELETE = "call.delete"
    BUNDLE = "call.bundle"
    PURGE = "call.purge"
    BACKUP = "store.backup"
    RESTORE = "store.restore"
    REVIEW = "review.add"
    UNMASK = "call.unmask"
    APPEAL = "appeal.add"
    DECIDE = "appeal.decide"
    SAMPLE = "sample.draw"
    CASE = "case.put"
    EXPORT = "report.export"
    ALERT = "alert.change"
    ISSUE_OPEN = "ledger.open"
    ISSUE_CHANGE = "ledger.change"
    RULES_SAVE = "rules.save"
    RULES_PROPOSE = "rules.propose"
    RULES_PUBLISH = "rules.publish"
    KEY_MAKE = "key.make"
    KEY_REVOKE = "key.revoke"
    PERSON_ADD = "person.add"
    PERSON_CHANGE = "person.change"
    PERSON_DISABLE = "person.disable"
    PASSWORD = "person.password"
    SIGN_IN = "sign_in.ok"
    SIGN_IN_FAILED = "sign_in.failed"
    SIGN_IN_LOCKED = "sign_in.locked"
    SIGN_OUT = "sign_out"


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """A line of the audit log. It outlives what it tells of.

    ``number``: 1 for the first line, then one more for each. ``who``: a person's or a key's name.
    ``target``: what was touched, by its id. ``request_id``: as in the log of the service, or empty.
    ``detail``: a few words for machines (versions, outcomes), never what somebody said or wrote.
    """

    number: int
    at: datetime
    who: str
    action: Action
    target: str
    request_id: str
    detail: Mapping[str, str]
