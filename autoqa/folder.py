"""Which recordings lie in a folder, and which two files are one call.

A recording is a file with an ending of ``ENDINGS`` (or any file that was named itself). Hidden
files and the output folder are passed over. Two files of one call, the agent's line and the
customer's, are joined by a pair pattern: two file names with one ``*`` each, the agent's first,
such as ``*.agent.wav,*.caller.wav``.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from autoqa.contacts import Metadata, distinct, read_metadata
from autoqa.errors import RecordingError, UsageError
from autoqa.settings import Settings
from autoqa.types import Contact, Message, Role

ENDINGS = frozenset(
    ".wav .wave .mp3 .m4a .mp4 .aac .amr .awb .3gp .opus .ogg .oga .webm .flac .wma .asf .gsm .au"
    " .aif .aiff .g722 .g726 .vox .ul .al .ulaw .alaw .mulaw .pcm .raw .sln".split()
)


@dataclass(frozen=True, slots=True)
class Source:
    """One call to hear: its contact and its file, or the files of agent and customer.

    ``fault`` is why it cannot be heard, known before anyone listens (a partner file is missing).
    """

    contact: Contact
    paths: tuple[Path, ...]
    fault: Message | None = None

    @property
    def file(self) -> str:
        return self.contact.file


def find_sources(
    place: Path, settings: Settings, *, pair: str = "", leave_out: Path | None = None
) -> tuple[list[Source], tuple[Message, ...]]:
    """The recordings at ``place`` (a folder or one file), in order of path, and warnings.

    Raises ``UsageError`` where nothing is there, ``MetadataError`` for an unreadable table.
    """
    if place.is_file():
        folder, files = place.parent, [place.name]
    elif place.is_dir():
        folder, files = place, sorted(_files(place, leave_out))
    else:
        raise UsageError("{path} is neither a folder nor a file; check the path", path=str(place))
    if not files:
        raise UsageError(
            "no recordings in {path}; files with these endings count: {endings}",
            path=str(place),
            endings=" ".join(sorted(ENDINGS)),
        )
    metadata = read_metadata(folder, files, settings)
    sources = list(_sources(folder, files, metadata, _pair_pattern(pair)))
    contacts, twice = distinct(source.contact for source in sources)
    sources = [
        replace(source, contact=contact) for source, contact in zip(sources, contacts, strict=True)
    ]
    return sources, (*metadata.warnings, *twice)


def _files(folder: Path, leave_out: Path | None) -> Iterator[str]:
    """Paths of recordings below ``folder``, relative, with forward slashes."""
    outside = leave_out.resolve() if leave_out else None
    for parent, folders, names in os.walk(folder):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and (Path(parent) / name).resolve() != outside
        ]
        for name in names:
            if not name.startswith(".") and Path(name).suffix.lower() in ENDINGS:
                yield (Path(parent) / name).relative_to(folder).as_posix()


def _sources(
    folder: Path,
    files: Sequence[str],
    metadata: Metadata,
    pair: tuple[tuple[str, str], tuple[str, str]] | None,
) -> Iterator[Source]:
    known = set(files)
    for file in files:
        contact = metadata.contact(file)
        parent, _, name = file.rpartition("/")
        if pair is not None:
            agent, customer = pair
            if (stem := _star(name, customer)) is not None:
                partner = _join(parent, agent, stem)
                if partner not in known:
                    yield Source(contact, (folder / file,), _alone(file, partner))
                continue
            if (stem := _star(name, agent)) is not None:
                partner = _join(parent, customer, stem)
                if partner not in known:
                    yield Source(contact, (folder / file,), _alone(file, partner))
                    continue
                contact = replace(contact, channel_roles=(Role.AGENT, Role.CUSTOMER))
                yield Source(contact, (folder / file, folder / partner))
                continue
        yield Source(contact, (folder / file,))


def _alone(file: str, partner: str) -> Message:
    return RecordingError(
        "{file}: the other party's recording {partner} is missing; put it beside, or leave out "
        "--pair",
        file=file,
        partner=partner,
    ).message


def _pair_pattern(pair: str) -> tuple[tuple[str, str], tuple[str, str]] | None:
    if not pair:
        return None
    patterns = pair.split(",")
    if len(patterns) != 2 or any(pattern.count("*") != 1 for pattern in patterns):
        raise UsageError(
            "--pair {pair} should be two file names with one * each, the agent's first, such as "
            "*.agent.wav,*.caller.wav",
            pair=pair,
        )
    (agent_head, _, agent_tail), (head, _, tail) = (
        pattern.strip().partition("*") for pattern in patterns
    )
    return (agent_head, agent_tail), (head, tail)


def _star(name: str, pattern: tuple[str, str]) -> str | None:
    """What stands for the ``*``, or None where the name does not fit."""
    head, tail = pattern
    fits = len(name) > len(head) + len(tail) and name.startswith(head) and name.endswith(tail)
    return name[len(head) : len(name) - len(tail)] if fits else None


def _join(parent: str, pattern: tuple[str, str], stem: str) -> str:
    name = pattern[0] + stem + pattern[1]
    return f"{parent}/{name}" if parent else name
