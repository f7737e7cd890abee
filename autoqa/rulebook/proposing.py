"""Two people for each change of the rules: one proposes what he has drafted, another approves it.

What is approved is published and written into the folder of rules. A change of a file that is not
any more what it was when the change was begun is refused: nobody's work is overwritten unseen.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from autoqa.errors import UsageError
from autoqa.files import write_whole
from autoqa.i18n import N_
from autoqa.rulebook.drafting import as_bytes, edited, known_name, texts_of
from autoqa.rulebook.folder import write_files
from autoqa.rulebook.publications import Publication, publications
from autoqa.rulebook.publishing import is_same_person, publish
from autoqa.scoring.source import decoded
from autoqa.store.database import Database
from autoqa.store.drafts import Drafts, Edit
from autoqa.store.proposals import Proposal, Proposals, ProposalState

_NO_NAME = N_("say who you are")
_NO_REASON = N_("say why in a few words")
_NOTHING = N_("there is nothing to propose: no file differs from the rules in force")
_NO_SUCH = N_("there is no proposal {id}")
_DECIDED = N_("proposal {id} is decided already")
_OWN = N_("“{name}” cannot approve what is his own; a second person has to")
_NOT_OWN = N_("only “{name}”, who made the proposal, can withdraw it")
_MOVED = N_(
    "{file} was changed in the rules since this proposal was begun; return it, so that its author "
    "can put both together"
)
_APPROVING = Lock()
"""One after the other: each looks at the files that the one before wrote."""


def pending(folder: Path, database: Database, person: str) -> dict[str, Edit]:
    """His drafts that differ from the rules in force, by file."""
    texts = texts_of(folder)
    return {
        file: draft.edit
        for file, draft in Drafts(database).of(person).items()
        if draft.edit.after != texts.get(file)
    }


def propose(folder: Path, database: Database, *, person: str, author: str, reason: str) -> Proposal:
    """Makes a proposal of all drafts of ``person``, which are its from now on.

    ``author``: the name that is published; of whoever has an account, the same. Raises
    ``UsageError`` without a name, a reason, or any change.
    """
    author, reason = author.strip(), reason.strip()
    if not author:
        raise UsageError(_NO_NAME)
    if not reason:
        raise UsageError(_NO_REASON)
    edits = pending(folder, database, person)
    if not edits:
        raise UsageError(_NOTHING)
    with database.begin():
        made = Proposals(database).add(author, reason, edits)
        Drafts(database).drop(person)
    return made


def find_proposal(database: Database, id_: int) -> Proposal:
    """Raises ``UsageError`` where there is none."""
    found = Proposals(database).find(id_)
    if found is None:
        raise UsageError(_NO_SUCH, id=id_)
    return found


def approve(
    folder: Path, database: Database, store: str, id_: int, *, approver: str
) -> Publication:
    """Publishes a proposal and writes its files into the folder of rules.

    Raises ``UsageError`` where it is decided, the approver is its author, or a file of it is not
    as it was; ``RuleError`` for faults and examples that are not as they should be. Where the
    machine fails in the middle, approving again finishes it.
    """
    proposal = _open(database, id_)
    approver = approver.strip()
    if is_same_person(proposal.author, approver):
        raise UsageError(_OWN, name=approver)
    with _APPROVING:
        return _approved(folder, database, store, proposal, approver)


def _approved(
    folder: Path, database: Database, store: str, proposal: Proposal, approver: str
) -> Publication:
    texts = texts_of(folder)
    for file, edit in proposal.edits.items():
        known_name(file)
        if texts.get(file) not in (edit.before, edit.after):
            raise UsageError(_MOVED, file=file)
    files = as_bytes(edited(texts, proposal.edits))
    published = _already(store, proposal, approver, files)
    if published is None:
        with TemporaryDirectory() as drafted:
            write_files(Path(drafted), files)
            published = publish(
                Path(drafted),
                store,
                author=proposal.author,
                approver=approver,
                reason=proposal.reason,
            )
    for file, edit in proposal.edits.items():
        if edit.after is None:
            (folder / file).unlink(missing_ok=True)
        else:
            write_whole(folder / file, edit.after)
    if not Proposals(database).decide(proposal.id, ProposalState.APPROVED, approver):
        raise UsageError(_DECIDED, id=proposal.id)
    return published


def return_proposal(database: Database, id_: int, *, by: str, remark: str) -> None:
    """Gives it back to its author, with what is to be changed."""
    _open(database, id_)
    if not by.strip():
        raise UsageError(_NO_NAME)
    if not remark.strip():
        raise UsageError(_NO_REASON)
    if not Proposals(database).decide(id_, ProposalState.RETURNED, by.strip(), remark.strip()):
        raise UsageError(_DECIDED, id=id_)


def withdraw(database: Database, id_: int, *, by: str) -> None:
    """Its author does not propose it any more."""
    proposal = _open(database, id_)
    if not is_same_person(proposal.author, by):
        raise UsageError(_NOT_OWN, name=proposal.author)
    if not Proposals(database).decide(id_, ProposalState.WITHDRAWN, by.strip()):
        raise UsageError(_DECIDED, id=id_)


def redraft(database: Database, person: str, edits: dict[str, Edit]) -> None:
    """Makes edits drafts of ``person``: those of a proposal that came back, or an older version's.

    His own of the same files are replaced.
    """
    with database.begin():
        for file, edit in edits.items():
            Drafts(database).keep(person, file, edit, None)


def edits_back(folder: Path, published: Publication) -> dict[str, Edit]:
    """What turns the rules in force into a version that was published before."""
    now, then = texts_of(folder), {name: decoded(one)[0] for name, one in published.files.items()}
    return {
        name: Edit(now.get(name), then.get(name))
        for name in sorted({*now, *then})
        if now.get(name) != then.get(name)
    }


def _open(database: Database, id_: int) -> Proposal:
    found = find_proposal(database, id_)
    if found.state != ProposalState.OPEN:
        raise UsageError(_DECIDED, id=id_)
    return found


def _already(
    store: str, proposal: Proposal, approver: str, files: dict[str, bytes]
) -> Publication | None:
    """The publication of this proposal, where the machine failed after it."""
    last = next(reversed(publications(store)), None)
    if last is None or last.published_at < proposal.proposed_at or last.files != files:
        return None
    return last if (last.author, last.approver) == (proposal.author, approver) else None
