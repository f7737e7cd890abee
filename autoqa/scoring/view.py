"""A call indexed once for all rules: who said what when, and every phrase of the rule set in it.

All hits of all phrases are found in one pass over the turns; operators then only look them up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from autoqa.cue_matching import may_sound_in
from autoqa.i18n import N_
from autoqa.scoring.finder import LEARNED, SURE_SOUND
from autoqa.scoring.rule import RuleSet
from autoqa.scoring.speech import speaking_turns, speech_ms, uncovered, within_ms
from autoqa.scoring.spoken import Found, Spoken, find_spoken, finder_of
from autoqa.text import normalise
from autoqa.types import (
    Answer,
    Call,
    Channel,
    Contact,
    Event,
    EventKind,
    Finding,
    Message,
    Question,
    Role,
    Segment,
    Turn,
    Utterance,
)

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
class Known:
    """What somebody has found out about a call already.

    ``found``: of all phrase sets. ``worded``: gives the same call with its words, where it is
    without. ``before``: what rules said of this very call with the same answers, by rule id.
    """

    found: Found | None = None
    worded: Callable[[], Call] | None = None
    before: Mapping[str, Finding] = field(default_factory=dict)


class CallView:
    """A call, its contact and the answers of the second listen, as operators see them."""

    def __init__(
        self,
        call: Call,
        contact: Contact,
        rule_set: RuleSet,
        answers: Sequence[Answer] = (),
        known: Known | None = None,
    ) -> None:
        self._known = known or Known()
        self.call = call
        self.contact = contact
        self.rule_set = rule_set
        self.is_exact = not call.model
        """A typed transcript: what is not there was not said."""
        self.day = day_of(contact)
        """Whose rules and knowledge hold."""
        self._answers = {_place(answer.question): answer for answer in answers}
        self._coverage: dict[tuple[Role, int, int], bool] = {}
        self._bare_speech: dict[int, tuple[Segment, ...]] = {}

    @cached_property
    def worded(self) -> Call:
        """The call with its words; ``call`` may be without."""
        return self.call if self._known.worded is None else self._known.worded()

    @cached_property
    def turns(self) -> tuple[Turn, ...]:
        """By time."""
        return speaking_turns(self.call)

    # ------------------------------------------------------------ words

    @cached_property
    def _spoken(self) -> Found:
        if self._known.found is not None:
            return self._known.found
        (found,) = find_spoken([self.call], self.rule_set.phrases)
        return found

    def said(self, names: Iterable[str], roles: Iterable[Role]) -> tuple[Spoken, ...]:
        """Hits of these phrase sets by these roles, in order of time."""
        wanted = set(roles)
        hits = [hit for name in names for hit in self._spoken.get(name, ()) if hit.role in wanted]
        return tuple(sorted(hits, key=lambda hit: (hit.start_ms, hit.end_ms, hit.phrases)))

    def whose(self, turn: int) -> frozenset[Role]:
        """Who may speak in a turn: one, unless nobody knows. What sounds on the line of a party is
        his or a recording's; on any other line it may be anybody's."""
        spoken = self.turns[turn]
        if spoken.role != Role.UNKNOWN:
            return frozenset((spoken.role,))
        lines = {self.call.utterances[index].channel for index in spoken.utterances}
        owners = {one.role for one in self.call.channels if one.index in lines}
        if self.call.is_mixed or owners not in ({Role.AGENT}, {Role.CUSTOMER}):
            return frozenset(Role)
        return frozenset((*owners, Role.RECORDED))

    def answer(self, question: Question) -> Answer | None:
        """What the second listen said of this place, whichever rule asked."""
        return self._answers.get(_place(question))

    def may_hold(self, names: Iterable[str], text: str) -> bool:
        """Whether a text has anything of these phrase sets, however unsure; what is only perhaps
        like them in other words does not count. Each line is what was said in one go."""
        wanted = set(names)
        return any(
            hit.key in wanted and not (hit.how == LEARNED and hit.phrase.perhaps)
            for hits in finder_of(self.rule_set.phrases).find_all(text.splitlines())
            for hit in hits
        )

    def is_another(self, names: Iterable[str], answer: Answer) -> bool:
        """Whether what was written where a phrase was listened for is longer, and surely of other
        phrase sets: 请问还有什么可以帮您 is no misheard 请问有什么可以帮您, however alike."""
        wanted, quote = set(names), answer.quote
        (hits,) = finder_of(self.rule_set.phrases).find_all([quote])
        sure = [hit for hit in hits if not hit.phrase.perhaps]
        is_longer = len(normalise(quote).text) > len(normalise(answer.phrase).text)
        return (
            is_longer
            and not any(hit.key in wanted for hit in sure)
            and any(
                hit.certainty >= SURE_SOUND and quote[hit.start : hit.end] not in answer.phrase
                for hit in sure
            )
        )

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

    def agent_perhaps_ms(self, since_ms: int) -> int:
        """The first moment since then at which the agent may have spoken: his words, those of a
        voice that may be his, or a sound on his line that got no words and is no music. The end of
        the call where there is none."""
        music = [event.segment for event in self.events(EventKind.MUSIC)]
        spoken = [
            turn.start_ms for at, turn in enumerate(self.turns) if Role.AGENT in self.whose(at)
        ]
        wordless = [
            one.start_ms
            for channel in self.channels(Role.AGENT)
            for one in self._bare(channel)
            if within_ms([one], one) and not any(map(one.overlap_ms, music))
        ]
        later = (at for at in (*spoken, *wordless) if at >= since_ms)
        return min(later, default=self.span.end_ms)

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
        """Speech of a line that has no text and may be live."""
        if channel.index not in self._bare_speech:
            live_ms = 0 if channel.role == Role.CUSTOMER else self._menus_end_ms
            bare = (one for one in uncovered(self.call, channel) if one.start_ms >= live_ms)
            self._bare_speech[channel.index] = tuple(bare)
        return self._bare_speech[channel.index]

    @cached_property
    def _menus_end_ms(self) -> int:
        """Who waits in a queue after he pressed a key has heard a recording until then."""
        queues = self.events(EventKind.QUEUE)
        keys = self.events(EventKind.DTMF) if queues else ()
        return max((key.end_ms for key in keys if key.end_ms <= queues[0].start_ms), default=0)

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


def day_of(contact: Contact) -> date:
    """The day whose rules hold for a call: the bank's day on which it began, else today."""
    return contact.started_at.date() if contact.started_at else date.today()


def _place(question: Question) -> tuple[tuple[str, ...], Role, int, int]:
    return question.phrases, question.role, question.start_ms, question.end_ms
