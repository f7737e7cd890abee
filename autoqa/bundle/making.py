"""A bundle of a call of a store."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from autoqa import __version__
from autoqa.bundle.file import KIND, Bundle, bundle_html, with_clips
from autoqa.errors import AutoqaError, UsageError
from autoqa.i18n import N_, current_language
from autoqa.privacy import Masks
from autoqa.readings import Heard, Reader
from autoqa.reports.clips import Clip, clip_spans
from autoqa.rulebook.past_calls import library_of
from autoqa.rulebook.publications import publications
from autoqa.rulebook.rulebook import Rulebook, of_folder, of_publication
from autoqa.scoring.evaluate import score
from autoqa.scoring.rule import RuleSet
from autoqa.scoring.view import day_of
from autoqa.settings import Settings
from autoqa.store import RECORDINGS, Overview, Recordings, Store, store_url
from autoqa.types import Answer, Contact, Scorecard

if TYPE_CHECKING:
    from autoqa.prompts import Library

_NO_CALL = N_(
    "there is no scored call {call} in the store; ids stand in summary.csv and in the list of calls"
)
_NO_RULES = N_(
    "the rules {version}, by which {call} was scored, are neither published in this store nor the "
    "ones given; name their folder: autoqa bundle --rules FOLDER, or score the call again"
)


@dataclass(frozen=True, slots=True)
class Made:
    """``page``: to be written as UTF-8. ``is_heard``: whether there are clips to hear."""

    bundle: Bundle
    page: str
    is_heard: bool


def bundle_of(call_id: str, settings: Settings, rules: Path | None = None) -> Made:
    """The bundle of a call in the store of the settings. Raises ``AutoqaError``."""
    url = store_url(settings.store)
    library = library_of(rules or Path("rules"), settings)
    with Store(url) as store:
        return make_bundle(store, url, call_id, settings, rules, library)


def make_bundle(
    store: Store,
    store_url: str,
    call_id: str,
    settings: Settings,
    rules: Path | None = None,
    library: Library | None = None,
) -> Made:
    """The bundle of the scorecard that a call stands by. Raises ``UsageError``."""
    scorecard = store.current_scorecard(call_id)
    heard = Reader(store, library).read([call_id])
    if scorecard is None or not heard:
        raise UsageError(_NO_CALL, call=call_id)
    rulebook = _rules_of(scorecard.rule_set_version, store_url, call_id, rules)
    one = heard[0]
    bundle, masks = _bundle(one, scorecard, rulebook, _day(store, one.contact))
    clips = _clips(store, bundle, masks, settings)
    bundle = with_clips(bundle, clips)
    return Made(bundle, bundle_html(bundle, clips, rulebook.rule_set), bool(clips))


def _rules_of(version: str, store_url: str, call_id: str, rules: Path | None) -> Rulebook:
    if rules is not None:
        rulebook = of_folder(rules)
        if rulebook.rule_set.version == version:
            return rulebook
    for published in reversed(publications(store_url)):
        if published.version == version:
            return of_publication(published)
    raise UsageError(_NO_RULES, version=version, call=call_id)


def _day(store: Store, contact: Contact) -> date:
    """Whose rules were in force: of a call without a date, those of the day of its scoring."""
    standing = Overview(store).call(contact.call_id)
    if contact.started_at is not None or standing is None:
        return day_of(contact)
    return standing.scored_at.astimezone().date()


def _bundle(
    heard: Heard, scorecard: Scorecard, rulebook: Rulebook, day: date
) -> tuple[Bundle, Masks]:
    masks = Masks(heard.worded(), heard.spans)
    call = masks.call
    answers = tuple(_masked(masks, answer) for answer in heard.answers)
    bundle = Bundle(
        kind=KIND,
        contact=heard.contact,
        call=call,
        answers=answers,
        scorecard=scorecard,
        day=day,
        files=dict(rulebook.files),
        hearing={
            "model": call.model,
            "stages": " ".join(f"{name} {number}" for name, number in sorted(call.stages.items())),
        },
        clips=(),
        hidden=(),
        language=current_language(),
        made_at=datetime.now(UTC).replace(microsecond=0),
        made_by=__version__,
    )
    again = rescored(bundle, rulebook.rule_set)
    return replace(bundle, hidden=differing(scorecard, again)), masks


def _masked(masks: Masks, answer: Answer) -> Answer:
    return replace(answer, quote=masks.text(answer.quote), heard=masks.text(answer.heard))


def rescored(bundle: Bundle, rule_set: RuleSet) -> Scorecard:
    """The score of what the bundle holds, by its rules."""
    return score(bundle.call, bundle.contact, rule_set, bundle.answers, bundle.day)[0]


def differing(one: Scorecard, other: Scorecard) -> tuple[str, ...]:
    """Ids of rules of which two scorecards say different things in any way, in their order."""
    before, after = (
        {finding.rule_id: finding for finding in each.findings} for each in (one, other)
    )
    ids = dict.fromkeys((*before, *after))
    return tuple(rule_id for rule_id in ids if before.get(rule_id) != after.get(rule_id))


def _clips(store: Store, bundle: Bundle, masks: Masks, settings: Settings) -> list[Clip]:
    """What there is to hear of the evidence, bleeped; nothing where the recording is gone."""
    from autoqa.audio import encode_clip, load
    from autoqa.audio.bleep import AROUND_MS, bleeped

    paths = Recordings(store, settings.data_dir / RECORDINGS).paths(bundle.call.recording.id)
    if not paths or not all(path.is_file() for path in paths):
        return []
    try:
        audio = bleeped(load(paths, settings), masks.unheard(AROUND_MS))
        return [
            Clip(span.start_ms, span.end_ms, *encode_clip(audio, span.start_ms, span.end_ms))
            for span in clip_spans(bundle.scorecard, audio.duration_ms)
        ]
    except AutoqaError:
        return []  # what was said and measured is evidence without them
