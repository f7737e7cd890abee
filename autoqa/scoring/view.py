"""A call indexed once for all rules: who said what when, and every phrase of the rule set in it.

All hits of all phrases are found in one pass over the turns; operators then only look them up.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from typing import TypeAlias

from autoqa.cue_matching import may_sound_in
from autoqa.i18n import N_
from autoqa.scoring.finder import Finder
from autoqa.scoring.phrases import Hit
from autoqa.scoring.rule import PhraseSet, RuleSet
from autoqa.scoring.speech import Chunk, chunks_of, speaking_turns, speech_ms, uncovered, within_ms
from autoqa.text import normalise
from autoqa.types import (
    Answer,
    Call,
    Channel,
    Contact,
    Event,
    EventKind,
    Message,
    Question,
    Role,
    Segment,
    Turn,
    Utterance,
)

FLOOR = 0.6
"""A hit less certain than this decides nothing. The matcher's scale, see ``phrases``."""
TRANSCRIBED_SHARE = 0.9
"""A window of which less has text is not judged (the project's definition of a score)."""
_FINISHED = (EventKind.BUSY_TONE, EventKind.RECORDED_PROMPT, EventKind.FAX_TONE)

MONO = N_("needs to know who speaks; install autoqa[mono]")
VOICES = N_(
    "needs to know who speaks; the voices on this mono recording cannot be told apart surely"
)
ONE_LINE = N_("talk-over cannot be heard on a mono recording; record each party on its own channel")
WHO_SPEAKS = N_("needs to know who speaks; give the roles of the channels in the metadata")
_UNHEARD = {
    EventKind.HOLD: N_("holds cannot be heard here yet"),
    EventKind.DEAD_AIR: N_("silence cannot be judged here yet"),
    EventKind.TALK_OVER: N_("talk-over cannot be heard here yet"),
    EventKind.RECORDED_PROMPT: N_("recordings cannot be told from live voices here yet"),
    EventKind.DTMF: N_("keys cannot be heard here yet"),
    EventKind.RINGBACK: N_("ringing cannot be heard here yet"),
    EventKind.QUEUE: N_("queueing cannot be heard here yet"),
    EventKind.TRANSFER: N_("transfers cannot be heard here yet"),
}
_UNHEARD_OTHER = N_("this cannot be heard here yet: {kind}")
NOT_TRANSCRIBED = N_("less than nine tenths of what was said here could be transcribed")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A phrase that was said. ``turn``: index into ``CallView.turns``.

    ``stretch``: (start_ms, end_ms) of the words around it that were said without a long pause.

    ``certainty``: 0 to 1; ``how``: ``exact``, ``sound`` or ``similar``; ``probability``: the
    recogniser's mean for the words. ``negated``, ``question``, ``quoted``: said, but not meant;
    ``doubted``: perhaps not meant, which is enough to spare a prohibition. ``perhaps``: a phrase
    that is too loose to count.
    """

    phrases: str
    phrase: str
    role: Role
    turn: int
    stretch: tuple[int, int]
    start_ms: int
    end_ms: int
    quote: str
    certainty: float
    how: str
    probability: float = 1.0
    negated: bool = False
    question: bool = False
    quoted: bool = False
    doubted: bool = False
    perhaps: bool = False

    @property
    def is_exact(self) -> bool:
        return self.how == "exact"

    @property
    def counts(self) -> bool:
        """Whether it is sure enough to decide anything."""
        return self.certainty >= FLOOR and not self.perhaps


@lru_cache(maxsize=16)
def _finder(phrases: tuple[PhraseSet, ...]) -> Finder:
    return Finder(phrases)


Found: TypeAlias = Mapping[str, tuple[Spoken, ...]]
"""What was found of phrase sets, by their name, in order of time."""


def texts_of(call: Call) -> tuple[str, ...]:
    """What is said in a call, ready to be searched."""
    return tuple(
        normalise(chunk.text).text
        for turn in speaking_turns(call)
        for chunk in chunks_of(call, turn)
    )


def may_be_spoken(calls: Sequence[Sequence[str]], sets: tuple[PhraseSet, ...]) -> list[bool]:
    """Whether ``find_spoken`` may find anything in each of these calls; from ``texts_of`` them."""
    likely = iter(_finder(sets).may_find([text for texts in calls for text in texts]))
    return [any(tuple(islice(likely, len(texts)))) for texts in calls]


def find_spoken(calls: Sequence[Call], sets: tuple[PhraseSet, ...]) -> list[Found]:
    """What each interpreted call has of each of these phrase sets, in one pass: many calls at once
    are faster than one after the other."""
    turns = [
        (number, index, turn.role, chunk)
        for number, call in enumerate(calls)
        for index, turn in enumerate(speaking_turns(call))
        for chunk in chunks_of(call, turn)
    ]
    found: list[dict[str, list[Spoken]]] = [{one.name: [] for one in sets} for _ in calls]
    hits_of = _finder(sets).find_all([chunk.text for *_, chunk in turns])
    for (number, index, role, chunk), hits in zip(turns, hits_of, strict=True):
        for hit in hits:
            found[number][str(hit.key)].append(_spoken(hit, chunk, role, index))
    return [
        {
            name: tuple(sorted(hits, key=lambda hit: (hit.start_ms, hit.end_ms, hit.phrase)))
            for name, hits in one.items()
        }
        for one in found
    ]


class CallView:
    """A call, its contact and the answers of the second listen, as operators see them.

    ``found``: of all phrase sets, where somebody has looked already.
    """

    def __init__(
        self,
        call: Call,
        contact: Contact,
        rule_set: RuleSet,
        answers: Sequence[Answer] = (),
        found: Found | None = None,
    ) -> None:
        self._found = found
        self.call = call
        self.contact = contact
        self.rule_set = rule_set
        self.is_exact = not call.model
        """A typed transcript: what is not there was not said."""
        self._answers = {_place(answer.question): answer for answer in answers}
        self._coverage: dict[tuple[Role, int, int], bool] = {}
        self._bare_speech: dict[int, tuple[Segment, ...]] = {}

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """By time."""
        return speaking_turns(self.call)

    # ------------------------------------------------------------ words

    @cached_property
    def _spoken(self) -> Found:
        if self._found is not None:
            return self._found
        (found,) = find_spoken([self.call], self.rule_set.phrases)
        return found

    def said(self, names: Iterable[str], roles: Iterable[Role]) -> tuple[Spoken, ...]:
        """Hits of these phrase sets by these roles, in order of time."""
        wanted = set(roles)
        hits = [hit for name in names for hit in self._spoken.get(name, ()) if hit.role in wanted]
        return tuple(sorted(hits, key=lambda hit: (hit.start_ms, hit.end_ms, hit.phrases)))

    def answer(self, question: Question) -> Answer | None:
        """What the second listen said of this place, whichever rule asked."""
        return self._answers.get(_place(question))

    def may_hold(self, names: Iterable[str], text: str) -> bool:
        """Whether a text has anything of these phrase sets, however unsure."""
        wanted = set(names)
        return any(str(hit.key) in wanted for hit in _finder(self.rule_set.phrases).find(text))

    def may_be_named(self, names: Iterable[str], utterances: Iterable[Utterance]) -> bool:
        """Whether anything that sounds like these phrase sets, tones aside, is in utterances."""
        phrases = [one.text for name in names for one in self.rule_set.phrase_set(name).phrases]
        return any(
            may_sound_in(phrase, utterance.text) for utterance in utterances for phrase in phrases
        )

    # ------------------------------------------------------------ who

    def utterances(self, *roles: Role) -> tuple[Utterance, ...]:
        """What these roles said, in order of time."""
        chosen = (item for item in self.call.utterances if item.role in roles and item.text.strip())
        return tuple(sorted(chosen, key=lambda item: (item.start_ms, item.end_ms)))

    def knows(self, role: Role) -> bool:
        """Whether this role's voice can be told from the others'."""
        return any(channel.role == role for channel in self.call.channels) or any(
            utterance.role == role for utterance in self.call.utterances
        )

    def unknown_party(self, role: Role) -> Message | None:
        """Why a party's words cannot be told from the other's, or None. A recording is nobody."""
        is_party = role in (Role.AGENT, Role.CUSTOMER)
        return self.role_needed if is_party and not self.knows(role) else None

    @property
    def role_needed(self) -> Message:
        """The sentence for what cannot be said without knowing who speaks."""
        same = any(remark.kind == "dual_mono" for remark in self.call.remarks)
        if not (self.call.is_mixed or same):
            return Message(WHO_SPEAKS)
        told_apart = "speakers" in self.call.stages
        return Message(VOICES if told_apart else MONO)

    def channels(self, role: Role) -> tuple[Channel, ...]:
        """The lines on which this role would be heard."""
        own = tuple(channel for channel in self.call.channels if channel.role == role)
        if own:
            return own
        # Recordings lie on either line; a mixed line carries everybody.
        return self.call.channels if self.call.is_mixed or role == Role.RECORDED else ()

    @cached_property
    def live_turns(self) -> tuple[int, ...]:
        """Indexes of the turns of live voices."""
        return tuple(i for i, turn in enumerate(self.turns) if turn.role != Role.RECORDED)

    @cached_property
    def agent_start_ms(self) -> int | None:
        """The agent's first live word; where roles are unknown, the first live word at all."""
        for roles in self._perhaps_agent:
            if spoken := self.utterances(*roles):
                return spoken[0].start_ms
        return None

    @cached_property
    def agent_end_ms(self) -> int | None:
        """The end of the agent's last live word; where roles are unknown, of the last at all."""
        for roles in self._perhaps_agent:
            if spoken := self.utterances(*roles):
                return max(item.end_ms for item in spoken)
        return None

    @property
    def _perhaps_agent(self) -> tuple[tuple[Role, ...], ...]:
        """Whose words may be the agent's; on a mixed line a voice that is not sure, too."""
        if self.call.is_mixed:
            return ((Role.AGENT, Role.UNKNOWN),)
        return (Role.AGENT,), (Role.UNKNOWN,)

    @cached_property
    def hears_agent(self) -> bool:
        """Whether anything that the agent may have said has words."""
        return bool(self.utterances(Role.AGENT, Role.UNKNOWN))

    @cached_property
    def has_agent(self) -> bool:
        """Whether an agent may be on the recording: words, or speech that has no words yet."""
        if self.hears_agent:
            return True
        lines = self.call.channels if not self.knows(Role.AGENT) else self.channels(Role.AGENT)
        return any(within_ms(self._bare(channel), self.span) for channel in lines)

    # ------------------------------------------------------------ where

    @cached_property
    def span(self) -> Segment:
        """What is scored: the recording, or the leg that the contact is."""
        if self.contact.leg and self.contact.leg <= len(self.call.legs):
            leg = self.call.legs[self.contact.leg - 1]
            return Segment(leg.start_ms, leg.end_ms)
        return Segment(0, self.call.duration_ms)

    @cached_property
    def live_end_ms(self) -> int:
        """Where the live call ends: at a busy tone or the survey after the last live word."""
        live = self.utterances(Role.AGENT, Role.CUSTOMER, Role.UNKNOWN)
        last = max((item.end_ms for item in live), default=0)
        after = [
            event.start_ms
            for event in self.call.events
            if live and event.kind in _FINISHED and event.start_ms >= last
        ]
        return min(after, default=self.span.end_ms)

    def events(self, kind: EventKind) -> tuple[Event, ...]:
        """Events of a kind, in order of time."""
        chosen = (event for event in self.call.events if event.kind == kind)
        return tuple(sorted(chosen, key=lambda event: (event.start_ms, event.end_ms)))

    def unheard(self, kind: EventKind) -> Message | None:
        """Why nothing can be said about events of a kind, or None."""
        if kind in self.call.heard:
            return None
        if kind == EventKind.TALK_OVER and self.call.is_mixed:
            return Message(ONE_LINE)
        template = _UNHEARD.get(kind, _UNHEARD_OTHER)
        return Message(template, {"code": "not_heard_yet", "kind": kind.value})

    # ------------------------------------------------------------ how well

    def is_named(self, start_ms: int, end_ms: int) -> bool:
        """Whether at least 90 % of the talk in the window is somebody's who is known.

        On a mixed line; on lines of their own the parties are known or not (``knows``).
        """
        if not self.call.is_mixed or self.is_exact:
            return True
        window = Segment(start_ms, max(start_ms, end_ms))
        talk = [
            (item.role, Segment(item.start_ms, item.end_ms).overlap_ms(window))
            for item in self.utterances(Role.AGENT, Role.CUSTOMER, Role.UNKNOWN)
        ]
        nobodys = sum(spoken_ms for role, spoken_ms in talk if role is Role.UNKNOWN)
        return nobodys <= (1 - TRANSCRIBED_SHARE) * sum(spoken_ms for _, spoken_ms in talk)

    def _bare(self, channel: Channel) -> tuple[Segment, ...]:
        """Speech of a line that has no text."""
        if channel.index not in self._bare_speech:
            self._bare_speech[channel.index] = tuple(uncovered(self.call, channel))
        return self._bare_speech[channel.index]

    def is_transcribed(self, role: Role, start_ms: int, end_ms: int) -> bool:
        """Whether at least 90 % of the role's speech in the window has text."""
        if self.is_exact:
            return True
        key = (role, start_ms, end_ms)
        if key not in self._coverage:
            window = Segment(start_ms, max(start_ms, end_ms))
            total = sum(speech_ms(channel, window) for channel in self.channels(role))
            bare = sum(within_ms(self._bare(line), window) for line in self.channels(role))
            self._coverage[key] = bare <= (1 - TRANSCRIBED_SHARE) * total
        return self._coverage[key]


def _place(question: Question) -> tuple[tuple[str, ...], Role, int, int]:
    return question.phrases, question.role, question.start_ms, question.end_ms


def _spoken(hit: Hit, chunk: Chunk, role: Role, turn: int) -> Spoken:
    start_ms, end_ms, probability = chunk.times(hit.start, hit.end)
    return Spoken(
        phrases=str(hit.key),
        phrase=hit.phrase.text,
        role=role,
        turn=turn,
        stretch=chunk.stretch,
        start_ms=start_ms,
        end_ms=end_ms,
        quote=chunk.text[hit.start : hit.end].replace("\n", ""),
        certainty=hit.certainty,
        how=hit.how,
        probability=probability,
        negated=hit.negated,
        question=hit.question,
        quoted=hit.quoted,
        doubted=hit.doubted,
        perhaps=hit.phrase.perhaps,
    )


def merged(hits: Sequence[Spoken]) -> tuple[Spoken, ...]:
    """One hit a class and stretch of speech: the surest stands for the others.

    >>> merged([])
    ()
    """
    best: dict[tuple[str, tuple[int, int], Role], Spoken] = {}
    for hit in hits:
        key = (hit.phrases, hit.stretch, hit.role)
        other = best.get(key)
        if other is None or _rank(hit) > _rank(other):
            best[key] = hit
    return tuple(sorted(best.values(), key=lambda hit: (hit.start_ms, hit.end_ms, hit.phrases)))


def _rank(hit: Spoken) -> tuple[bool, float, int, int]:
    meant = not (hit.negated or hit.quoted)
    return meant and hit.counts, hit.certainty, len(hit.quote), -hit.start_ms
