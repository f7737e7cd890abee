"""Who may do what: people of the bank, and programs that hold a key."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Scope(StrEnum):
    """Something one may be allowed to do. A key is made with any of the first five."""

    SUBMIT = "submit"
    """Post calls."""
    READ = "read"
    """See calls, scorecards, recordings and reports."""
    REVIEW = "review"
    """Confirm and correct findings."""
    RULES = "rules"
    """Edit, try and propose rules."""
    ADMIN = "admin"
    """Delete calls, make keys and people, read the audit log."""
    APPEAL = "appeal"
    """Appeal against findings of one's own calls."""
    DECIDE = "decide"
    """Decide appeals, approve what somebody else proposes to publish."""
    UNMASK = "unmask"
    """See and hear personal data that is masked for everybody else."""


class Duty(StrEnum):
    """What a person is here for; it gives the scopes (``SCOPES``)."""

    AGENT = "agent"
    REVIEWER = "reviewer"
    RULE_EDITOR = "rule_editor"
    SUPERVISOR = "supervisor"
    ADMIN = "admin"
    UNMASKER = "unmasker"


SCOPES: Mapping[Duty, frozenset[Scope]] = {
    Duty.AGENT: frozenset({Scope.READ, Scope.APPEAL}),
    Duty.REVIEWER: frozenset({Scope.READ, Scope.REVIEW}),
    Duty.RULE_EDITOR: frozenset({Scope.READ, Scope.RULES}),
    Duty.SUPERVISOR: frozenset({Scope.SUBMIT, Scope.READ, Scope.REVIEW, Scope.RULES, Scope.DECIDE}),
    Duty.ADMIN: frozenset(Scope) - {Scope.APPEAL, Scope.UNMASK},
    Duty.UNMASKER: frozenset({Scope.READ, Scope.UNMASK}),
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. ``name``: of the person or the key, as the audit log knows it.

    ``agent_ids``: None for those who see every call; an agent sees the calls of these ids only.
    """

    name: str
    scopes: frozenset[Scope]
    agent_ids: frozenset[str] | None = None

    def may(self, scope: Scope) -> bool:
        return scope in self.scopes


@dataclass(frozen=True, slots=True)
class Key:
    """What a program shows to come in; its secret is kept by its owner only."""

    id: str
    name: str
    scopes: frozenset[Scope]
    made_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None
    used_at: datetime | None = None

    @property
    def caller(self) -> Caller:
        """``key:NAME`` in the audit log, so that no key passes for a person."""
        return Caller(f"key:{self.name}", self.scopes)

    def is_good(self, at: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of the bank. ``agent_ids``: of an agent, in the metadata of the calls.

    ``subject``: who this is for the bank's own sign-in; empty for a person of the store only.
    """

    name: str
    duties: frozenset[Duty]
    agent_ids: frozenset[str] = frozenset()
    subject: str = ""
    disabled: bool = False

    @property
    def caller(self) -> Caller:
        """An agent sees the calls of his ids only; whoever has another duty sees all."""
        scopes = frozenset[Scope]().union(*(SCOPES[duty] for duty in self.duties))
        is_agent = self.duties <= {Duty.AGENT}
        return Caller(self.name, scopes, self.agent_ids if is_agent else None)
