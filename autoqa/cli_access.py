"""The commands about who may do what: ``autoqa keys …``, ``people …`` and ``audit …``.

Whoever may write the store may run them. What they do is in the audit log as ``cli:ACCOUNT``.
"""

from __future__ import annotations

import getpass
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from autoqa.console import DataOption, Lang, LangOption, StoreOption, account, stderr, stored
from autoqa.errors import UsageError
from autoqa.i18n import _
from autoqa.types import Action, Duty, Person, Scope

if TYPE_CHECKING:
    from autoqa.access import Access
    from autoqa.store import Audit, Database

keys_app = typer.Typer(help="Keys of programs that use the service.", no_args_is_help=True)
people_app = typer.Typer(help="People who sign in to the service.", no_args_is_help=True)
audit_app = typer.Typer(help="The log of who did what.", no_args_is_help=True)

NameArgument = Annotated[str, typer.Argument(help="As the person signs in.")]
DutyOption = Annotated[list[Duty], typer.Option(help="What for; may be given several times.")]
AgentOption = Annotated[
    list[str] | None,
    typer.Option("--agent-id", help="Of an agent, as in the metadata of calls; several times."),
]


@keys_app.command("make")
def keys_make(
    name: Annotated[str, typer.Argument(help="Of the program that the key is for.")],
    scope: Annotated[list[Scope], typer.Option(help="What it may do; several times.")],
    days: Annotated[int | None, typer.Option(min=1, help="It ends after so many days.")] = None,
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Make a key and print it. It is shown this once: the store keeps its hash only."""
    with _opened(lang, data, store) as (access, audit):
        ends = datetime.now().astimezone() + timedelta(days=days) if days else None
        key, text = access.keys.make(name, scope, ends)
        scopes = " ".join(sorted(key.scopes))
        audit.add(account(), Action.KEY_MAKE, key.id, detail={"scopes": scopes})
        stderr.print(_("made the key {id}; keep it now, it is not shown again").format(id=key.id))
        print(text)


@keys_app.command("list")
def keys_list(
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """List all keys: id, name, scopes, when it ends, when it was last used."""
    with _opened(lang, data, store) as (access, _audit):
        for key in access.keys.all():
            state = _("never ends")
            if key.revoked_at is not None:
                state = _("revoked on {day}").format(day=_day(key.revoked_at))
            elif key.expires_at is not None:
                state = _("ends on {day}").format(day=_day(key.expires_at))
            used = _("used on {day}").format(day=_day(key.used_at)) if key.used_at else _("unused")
            print(key.id, key.name, ",".join(sorted(key.scopes)), state, used, sep="\t")


@keys_app.command("revoke")
def keys_revoke(
    id_: Annotated[str, typer.Argument(metavar="ID", help="From autoqa keys list.")],
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Make a key useless from the next request on."""
    with _opened(lang, data, store) as (access, audit):
        access.keys.revoke(id_)
        audit.add(account(), Action.KEY_REVOKE, id_)
        stderr.print(_("the key {id} is revoked").format(id=id_))


@people_app.command("add")
def people_add(
    name: NameArgument,
    duty: DutyOption,
    agent_id: AgentOption = None,
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Add somebody. He signs in once he has a password: autoqa people set-password NAME."""
    with _opened(lang, data, store) as (access, audit):
        person = access.staff.add(name, duty, agent_id or ())
        _tell(audit, Action.PERSON_ADD, person)
        told = _("{name} is added; give a password: autoqa people set-password {name}")
        stderr.print(told.format(name=person.name), markup=False)


@people_app.command("change")
def people_change(
    name: NameArgument,
    duty: DutyOption,
    agent_id: AgentOption = None,
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Give somebody other duties, all of them at once."""
    with _opened(lang, data, store) as (access, audit):
        _tell(audit, Action.PERSON_CHANGE, access.staff.change(name, duty, agent_id or ()))


@people_app.command("set-password")
def people_set_password(
    name: NameArgument, data: DataOption = None, store: StoreOption = None, lang: LangOption = None
) -> None:
    """Set a password: asked for twice, or the first line of standard input.

    Whoever is signed in by that name is signed out, and a locked name is free again.
    """
    with _opened(lang, data, store) as (access, audit):
        person = access.staff.set_password(access.staff.find(name).name, _password())
        audit.add(account(), Action.PASSWORD, person.name)
        stderr.print(_("{name} has a new password").format(name=person.name), markup=False)


@people_app.command("list")
def people_list(
    data: DataOption = None, store: StoreOption = None, lang: LangOption = None
) -> None:
    """List everybody: name, duties, agent ids, how he signs in."""
    with _opened(lang, data, store) as (access, _audit):
        for person in access.staff.all():
            how = _("by password") if access.staff.has_password(person.name) else _("not yet")
            how = _("by the bank's sign-in") if person.subject else how
            how = _("disabled") if person.disabled else how
            duties, ids = (",".join(sorted(some)) for some in (person.duties, person.agent_ids))
            print(person.name, duties, ids, how, sep="\t")


@people_app.command("disable")
def people_disable(
    name: NameArgument, data: DataOption = None, store: StoreOption = None, lang: LangOption = None
) -> None:
    """Keep somebody out from now on. Nobody is deleted: reviews and the audit log name him."""
    with _opened(lang, data, store) as (access, audit):
        _tell(audit, Action.PERSON_DISABLE, access.staff.disable(name))


@people_app.command("enable")
def people_enable(
    name: NameArgument, data: DataOption = None, store: StoreOption = None, lang: LangOption = None
) -> None:
    """Let somebody in again who was disabled or locked."""
    with _opened(lang, data, store) as (access, audit):
        _tell(audit, Action.PERSON_CHANGE, access.staff.enable(name))


@audit_app.command("verify")
def audit_verify(
    known: Annotated[
        str, typer.Option(help="A hash that this command printed once: it must be there still.")
    ] = "",
    data: DataOption = None,
    store: StoreOption = None,
    lang: LangOption = None,
) -> None:
    """Find lines of the audit log that were changed or taken out, and print the last one's hash.

    Keep the hash elsewhere: with it (--known) even a log that was written anew as a whole is found
    out. Exit code 0: whole; 1: not.
    """
    with _opened(lang, data, store) as (_access, audit):
        faults = list(audit.faults())
        for number in faults:
            told = _("line {number} is missing or not as it was written")
            stderr.print(told.format(number=number))
        lost = bool(known) and not audit.has_hash(known)
        if lost:
            stderr.print(_("no line has the hash {hash}").format(hash=known))
        count, last = audit.last()
        stderr.print(_("{count} lines; hash of the last one:").format(count=count))
        print(last)
    raise typer.Exit(1 if faults or lost else 0)


@contextmanager
def _opened(
    lang: Lang | None, data: Path | None, store: str | None
) -> Iterator[tuple[Access, Audit]]:
    with stored(lang, data_dir=data, store=store) as settings:
        from autoqa.access import Access
        from autoqa.store import Audit, Database, store_url

        database: Database
        with Database(store_url(settings.store)) as database:
            yield Access(settings, database), Audit(database)


def _tell(audit: Audit, action: Action, person: Person) -> None:
    detail = {
        "duties": " ".join(sorted(person.duties)),
        "agent_ids": " ".join(sorted(person.agent_ids)),
    }
    audit.add(account(), action, person.name, detail=detail)


def _password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    first = getpass.getpass(_("password: "))
    if first != getpass.getpass(_("the same again: ")):
        raise UsageError("these were two different passwords; nothing is changed")
    return first


def _day(at: datetime) -> str:
    return at.astimezone().strftime("%Y-%m-%d %H:%M")
