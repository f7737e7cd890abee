"""A bundle: everything that a score follows from, in a page that people read.

What is read back is data: a page is never run, and of what it holds only two pieces of JSON are
taken, by their ids, within limits.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from autoqa.errors import UsageError
from autoqa.i18n import LANGUAGES, N_, _, language
from autoqa.reports import wording
from autoqa.reports.call_page import call_html
from autoqa.reports.clips import Clip
from autoqa.reports.pages import embedded_text
from autoqa.reports.proof import Proof, Written, written_in
from autoqa.scoring.rule import RuleSet
from autoqa.types import Answer, Call, Contact, Outcome, Scorecard

KIND = "autoqa/bundle 1"
MAX_BYTES = 40_000_000
_MAX_CALL_MS = 48 * 3600 * 1000
_MOST_POINTS = 10**6
_NO_BUNDLE = N_("{file} is no evidence bundle, or was cut off; ask for it again")
_TOO_LARGE = N_("{file} is larger than an evidence bundle can be")
_OUTCOMES = (Outcome.FAILED, Outcome.UNDETERMINED)


@dataclass(frozen=True, slots=True)
class Bundle:
    """``call``: interpreted and masked; ``answers``: of the second listen, masked. ``scorecard``:
    as it was stored. ``day``: whose rules hold. ``files``: of the rules, by path. ``hearing``:
    model and stages. ``clips``: SHA-256 of each. ``hidden``: ids of rules that need what is masked,
    so that only the store can say. ``language``: of the page; ``made_by`` autoqa's version."""

    kind: str
    contact: Contact
    call: Call
    answers: tuple[Answer, ...]
    scorecard: Scorecard
    day: date
    files: Mapping[str, bytes]
    hearing: Mapping[str, str]
    clips: tuple[str, ...]
    hidden: tuple[str, ...]
    language: str
    made_at: datetime
    made_by: str


def digest_of(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def rules_digest(files: Mapping[str, bytes]) -> str:
    """Of all rule files, by name."""
    told = "".join(f"{name}\0{digest_of(files[name])}\n" for name in sorted(files))
    return digest_of(told.encode())


def with_clips(bundle: Bundle, clips: Sequence[Clip]) -> Bundle:
    return replace(bundle, clips=tuple(digest_of(clip.data) for clip in clips))


def bundle_html(bundle: Bundle, clips: Sequence[Clip], rule_set: RuleSet) -> str:
    """The page; the same bundle and clips make the same page, byte for byte.

    ``rule_set``: of ``bundle.files``.
    """
    with language(bundle.language):
        data = embedded_text(msgspec.json.encode(bundle).decode())
        proof = Proof(tuple(_facts(bundle)), _rules(bundle, rule_set), data)
        rationales = rule_set.rationales(bundle.day)
        return call_html(
            bundle.call, bundle.contact, bundle.scorecard, clips, rationales, proof=proof
        )


def _facts(bundle: Bundle) -> list[tuple[str, str]]:
    hearing = bundle.hearing
    hidden = _(", ").join(_names(bundle))
    pairs = [
        (_("Recording (SHA-256 of its bytes)"), bundle.call.recording.id),
        (_("Rule set"), bundle.scorecard.rule_set_version),
        (_("Rule files (SHA-256)"), rules_digest(bundle.files)),
        (_("Recogniser"), hearing.get("model", "") or _("none: a typed transcript")),
        (_("Parameters and stages"), hearing.get("stages", "")),
        (_("Clips (SHA-256)"), "\n".join(bundle.clips)),
        (_("Rules that need what is masked here"), hidden),
        (_("Made at"), wording.moment(bundle.made_at)),
        (_("Made by"), f"autoqa {bundle.made_by}"),
    ]
    return [(label, value) for label, value in pairs if value]


def _names(bundle: Bundle) -> list[str]:
    return [one.name for one in bundle.scorecard.findings if one.rule_id in bundle.hidden]


def _rules(bundle: Bundle, rule_set: RuleSet) -> tuple[Written, ...]:
    """The text of rules that cost points or may, and of the knowledge they went by."""
    found: dict[str, Written] = {}
    for finding in bundle.scorecard.findings:
        if finding.outcome not in _OUTCOMES:
            continue
        if (rule := rule_set.rule_on(finding.rule_id, bundle.day)) is not None:
            found[finding.rule_id] = written_in(bundle.files, finding.name, str(rule.source))
        asked = {
            str(case.reason.params["entry"])
            for case in finding.occurrences
            if case.outcome in _OUTCOMES and case.reason and "entry" in case.reason.params
        }
        for entry in rule_set.knowledge:
            if entry.id in asked and entry.holds_on(bundle.day):
                found[f"knowledge {entry.id}"] = written_in(bundle.files, entry.name, entry.source)
    return tuple(found.values())


# ---------------------------------------------------------------- reading


def read_bundle(file: Path) -> tuple[Bundle, tuple[Clip, ...], str]:
    """The bundle, the clips of its page, and the page. Raises ``UsageError``."""
    try:
        if file.stat().st_size > MAX_BYTES:
            raise UsageError(_TOO_LARGE, file=file.name)
        page = file.read_bytes().decode("utf-8")
    except OSError as error:
        raise UsageError(
            N_("{file} cannot be read: {reason}"), file=file.name, reason=error.strerror or ""
        ) from None
    except UnicodeDecodeError:
        raise UsageError(_NO_BUNDLE, file=file.name) from None
    scripts = _Scripts()
    scripts.feed(page)
    try:
        bundle = msgspec.json.decode(scripts.found["bundle"], type=Bundle)
        clips = _clips(json.loads(scripts.found["data"]))
    except (KeyError, ValueError, TypeError, OverflowError, RecursionError, msgspec.MsgspecError):
        raise UsageError(_NO_BUNDLE, file=file.name) from None
    if not _is_sound(bundle):
        raise UsageError(_NO_BUNDLE, file=file.name)
    return bundle, clips, page


def _is_sound(bundle: Bundle) -> bool:
    """Whether nothing in it reaches beyond a bundle: other kinds, paths, lengths without end."""
    call = bundle.call
    times = [
        *((one.start_ms, one.end_ms) for one in call.utterances),
        *((one.start_ms, one.end_ms) for one in call.turns),
        *((one.start_ms, one.end_ms) for one in call.events),
        *((one.start_ms, one.end_ms) for channel in call.channels for one in channel.speech),
    ]
    return (
        bundle.kind == KIND
        and bundle.language in LANGUAGES
        and 0 <= call.duration_ms <= _MAX_CALL_MS
        and all(-_MAX_CALL_MS <= start <= end <= 2 * _MAX_CALL_MS for start, end in times)
        and all(_is_inside(name) for name in bundle.files)
        and all(one.is_finite() and abs(one) < _MOST_POINTS for one in _numbers(bundle.scorecard))
    )


def _numbers(value: object) -> Iterator[Decimal]:
    """Every score and number of points that is told."""
    plain = msgspec.to_builtins(value, builtin_types=(Decimal,))
    rest = [plain]
    while rest:
        one = rest.pop()
        if isinstance(one, Decimal):
            yield one
        elif isinstance(one, Mapping):
            rest += one.values()
        elif isinstance(one, list | tuple):
            rest += one


def _is_inside(name: str) -> bool:
    path = PurePosixPath(name)
    plain = not path.is_absolute() and "\\" not in name and ":" not in name and "\0" not in name
    return plain and bool(path.parts) and ".." not in path.parts and len(name) < 200


def _clips(data: Any) -> tuple[Clip, ...]:
    clips = []
    for one in data["clips"]:
        head, _sep, text = str(one["src"]).partition(";base64,")
        mime = head.removeprefix("data:")
        try:
            content = base64.b64decode(text, validate=True)
        except binascii.Error as error:
            raise ValueError from error
        clips.append(Clip(int(one["start"]), int(one["end"]), content, mime))
    return tuple(clips)


class _Scripts(HTMLParser):
    """The first script of each id, as text."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: dict[str, str] = {}
        self._open = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = dict(attrs).get("id") or "" if tag == "script" else ""
        self._open = name if name not in self.found else ""

    def handle_endtag(self, tag: str) -> None:
        self._open = ""

    def handle_data(self, data: str) -> None:
        if self._open:
            self.found[self._open] = self.found.get(self._open, "") + data
