"""What is shown in place of personal data.

A placeholder names the kind and keeps no digit. Banks show the last four of a card, but those are
what a caller is asked for to prove who he is, and of a number whose digits a recogniser dropped
nobody knows which were the last. Said as such (尾号6612) they stay: a receipt shows them, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache, partial

from autoqa.privacy.finding import find
from autoqa.privacy.spans import Kind, Span
from autoqa.privacy.words import placed_words
from autoqa.turns import joined
from autoqa.types import (
    Call,
    Event,
    EventKind,
    Evidence,
    Finding,
    Message,
    Role,
    Scorecard,
    Segment,
    Utterance,
    Word,
)

PLACEHOLDERS = {
    Kind.CARD: "〔卡号〕",
    Kind.IDENTITY: "〔证件号〕",
    Kind.PHONE: "〔电话〕",
    Kind.CODE: "〔密码〕",
    Kind.NAME: "〔姓名〕",
    Kind.ADDRESS: "〔地址〕",
}
"""In the language of transcripts, since they become part of one."""

KEY = "•"
"""In place of a key that was pressed as part of a number."""
_KEYS_APART_MS = 5_000
_MENU_KEYS = 2
"""So many keys in a row choose from menus; more are a number."""


@dataclass(frozen=True)
class Masks:
    """The masks of one call, for it and whatever quotes it. ``known``: the spans, where somebody
    has looked for them before."""

    original: Call
    known: tuple[Span, ...] | None = None

    @cached_property
    def spans(self) -> tuple[Span, ...]:
        return find(self.original.utterances) if self.known is None else self.known

    @cached_property
    def _by_utterance(self) -> dict[int, list[Span]]:
        found: dict[int, list[Span]] = {}
        for span in self.spans:
            found.setdefault(span.utterance, []).append(span)
        return found

    @property
    def call(self) -> Call:
        """The call without personal data: in text, words, turns and pressed keys."""
        call = self.original
        events = _without_keys(call.events)
        if not self.spans and events == call.events:
            return call
        utterances = tuple(
            _masked_utterance(one, self._by_utterance[at]) if at in self._by_utterance else one
            for at, one in enumerate(call.utterances)
        )
        turns = tuple(
            replace(turn, text=joined(utterances[at].text for at in turn.utterances))
            if not self._by_utterance.keys().isdisjoint(turn.utterances)
            else turn
            for turn in call.turns
        )
        return replace(call, utterances=utterances, turns=turns, events=events)

    def scorecard(
        self, scorecard: Scorecard, before: Mapping[str, Finding] | None = None
    ) -> Scorecard:
        """The same findings; what they quote of the call is masked.

        ``before``: findings that are masked already, by rule id. Those of the scorecard that are
        taken from there stay as they are, and where all are the call is not looked through, which
        takes longer than scoring it again.
        """
        before = before or {}
        findings = tuple(
            one if before.get(one.rule_id) is one else self.finding(one)
            for one in scorecard.findings
        )
        return (
            scorecard if findings == scorecard.findings else replace(scorecard, findings=findings)
        )

    def finding(self, finding: Finding) -> Finding:
        """The same without personal data."""
        return replace(
            finding,
            reason=self._message(finding.reason),
            occurrences=tuple(
                replace(
                    one,
                    reason=self._message(one.reason),
                    evidence=tuple(map(self._evidence, one.evidence)),
                )
                for one in finding.occurrences
            ),
        )

    def text(self, text: str, when: Segment | None = None) -> str:
        """Something that was quoted from the call, by preference of that time."""
        utterances = self.original.utterances
        quoted = [at for at, one in enumerate(utterances) if text in one.text]
        if quoted and self._by_utterance.keys().isdisjoint(quoted):
            return text
        if quoted:
            at = quoted[0] if when is None else min(quoted, key=partial(self._apart_ms, when))
            return _cut(text, -utterances[at].text.find(text), self._by_utterance.get(at, ()))
        for at, spans in self._by_utterance.items():
            for span in spans:
                secret = utterances[at].text[span.start : span.end]
                if len(secret) > 1:
                    text = text.replace(secret, PLACEHOLDERS[span.kind])
        return masked_text(text)

    def unheard(self, around_ms: int) -> tuple[Segment, ...]:
        """The stretches of what must not be heard, ``around_ms`` longer on both sides."""
        length = self.original.duration_ms
        return tuple(
            Segment(max(0, one.start_ms - around_ms), min(length, one.end_ms + around_ms))
            for one in self.spans
        )

    def _apart_ms(self, when: Segment, at: int) -> int:
        one = self.original.utterances[at]
        return max(0, one.start_ms - when.end_ms, when.start_ms - one.end_ms)

    def _evidence(self, evidence: Evidence) -> Evidence:
        when = Segment(evidence.start_ms, evidence.end_ms)
        quote = self.text(evidence.quote, when)
        message = self._message(evidence.message, when)
        if quote == evidence.quote and message is evidence.message:
            return evidence
        return replace(evidence, quote=quote, message=message or evidence.message)

    def _message(self, message: Message | None, when: Segment | None = None) -> Message | None:
        if message is None:
            return None
        params = {
            name: self.text(value, when) if isinstance(value, str) else value
            for name, value in message.params.items()
        }
        return message if params == message.params else replace(message, params=params)


def masked(call: Call) -> Call:
    """``call`` without personal data; the times are the same."""
    return Masks(call).call


@lru_cache(maxsize=1_000)
def masked_text(text: str) -> str:
    """One text that stands for itself, such as a person's note."""
    alone = Utterance(0, Role.UNKNOWN, 0, max(1, len(text)), text, (), 1.0)
    return _cut(text, 0, find([alone]))


def _cut(text: str, shift: int, spans: Iterable[Span]) -> str:
    """``text`` with placeholders; ``shift`` is added to the places of ``spans``."""
    made, done = "", 0
    for span in sorted(spans):
        start, end = max(span.start + shift, done), min(span.end + shift, len(text))
        if start < end:
            made += text[done:start] + PLACEHOLDERS[span.kind]
            done = end
    return made + text[done:]


def _masked_utterance(utterance: Utterance, spans: Sequence[Span]) -> Utterance:
    words = tuple(_masked_words(utterance, spans))
    return replace(utterance, text=_cut(utterance.text, 0, spans), words=words)


def _masked_words(utterance: Utterance, spans: Sequence[Span]) -> Iterator[Word]:
    """Words that lie in one mask become one word, which lasts as long as they did; what a word has
    beside the mask it keeps."""
    masking: Span | None = None
    held: Word | None = None
    for word, start, end in placed_words(utterance):
        inside = [span for span in spans if span.start < end and start < span.end]
        text = _cut(utterance.text[start:end], -start, inside)
        if held is not None and inside and inside[0] is masking:
            rest = text.removeprefix(PLACEHOLDERS[inside[0].kind])
            held = Word(
                held.start_ms,
                word.end_ms,
                held.text + rest,
                min(held.probability, word.probability),
            )
        else:
            if held is not None:
                yield held
            held = replace(word, text=text) if inside else word
        masking = inside[-1] if inside else None
    if held is not None:
        yield held


def _without_keys(events: Sequence[Event]) -> tuple[Event, ...]:
    """Keys that were pressed one after another, more than a menu asks for, are not told."""
    keys = sorted(
        (one for one in events if one.kind == EventKind.DTMF), key=lambda one: one.start_ms
    )
    groups: list[list[Event]] = []
    for one in keys:
        if groups and one.start_ms - groups[-1][-1].end_ms <= _KEYS_APART_MS:
            groups[-1].append(one)
        else:
            groups.append([one])
    hidden = {
        id(one)
        for group in groups
        if sum(str(one.measures.get("key", "")).isdigit() for one in group) > _MENU_KEYS
        for one in group
        if str(one.measures.get("key", "")).isdigit()
    }
    return tuple(
        replace(one, measures={**one.measures, "key": KEY}) if id(one) in hidden else one
        for one in events
    )
