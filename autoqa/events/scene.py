"""What every detector looks at: who spoke when, and what else was on the line.

Times of voices come from the speech segments of the channels, never from the transcript; the
transcript says only whose voice a segment is and what was said in it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from autoqa.cue_matching import Heard, hear
from autoqa.events import spans
from autoqa.events.spans import Spans
from autoqa.types import Call, Event, EventKind, Role, Segment, Utterance

TONES = (EventKind.RINGBACK, EventKind.DTMF, EventKind.BUSY_TONE, EventKind.FAX_TONE)
RECENT_MS = 60_000
SLIVER_MS, EDGE_MS = 700, 200
"""In noise at 10 dB music is heard so much too late, and its beginning taken for a voice."""
_MUSIC_SHARE = 0.5


@dataclass(frozen=True, slots=True)
class Said:
    """An utterance with its sound and the best guess at whose voice it is.

    ``voice`` is the guess even where ``certain`` is false and the utterance's own role, for the
    reader, is ``UNKNOWN``.
    """

    utterance: Utterance
    segment: Segment
    heard: Heard
    voice: Role
    certain: bool


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of a speech segment that is one voice. ``said`` is None where no words were heard."""

    start_ms: int
    end_ms: int
    role: Role
    said: Said | None

    @property
    def segment(self) -> Segment:
        return Segment(self.start_ms, self.end_ms)


@dataclass(frozen=True, slots=True)
class Scene:
    """A call laid out for the detectors. ``said`` and ``stretches`` are sorted by time.

    ``live``: everybody but recordings; on a mixed line where nobody knows who speaks ``agent`` and
    ``customer`` are empty and only ``live`` is known. ``given_holds``: those of the metadata, which
    may reach beyond the recording; None where it has none.
    """

    call: Call
    said: tuple[Said, ...]
    stretches: tuple[Stretch, ...]
    agent: Spans
    customer: Spans
    live: Spans
    recorded: Spans
    music: Spans
    tones: Spans
    given_holds: Spans | None = None

    def events(self, *kinds: EventKind) -> tuple[Event, ...]:
        """The heard events of these kinds, by start."""
        found = (event for event in self.call.events if event.kind in kinds)
        return tuple(sorted(found, key=lambda event: (event.start_ms, event.end_ms)))

    @property
    def knows_parties(self) -> bool:
        """Whether it is known which live voice is the agent's."""
        return bool(self.agent) or any(one.role is Role.AGENT for one in self.call.channels)

    @property
    def agent_or_live(self) -> Spans:
        """The agent's voice, or every live voice where nobody knows which is his."""
        return self.agent if self.knows_parties else self.live

    def said_by(self, *roles: Role, before_ms: int | None = None) -> tuple[Said, ...]:
        """What these voices said, by time; up to the last minute before a moment."""
        if before_ms is None:
            return tuple(one for one in self.said if one.voice in roles)
        begin, end = (
            bisect_left(self.said, limit_ms, key=lambda one: one.segment.start_ms)
            for limit_ms in (before_ms - RECENT_MS, before_ms)
        )
        return tuple(one for one in self.said[begin:end] if one.voice in roles)


def lay_out(
    call: Call,
    voices: Sequence[tuple[Role, bool]],
    given_holds: Iterable[Segment] | None = None,
) -> Scene:
    """The scene of ``call``, whose channels have their roles.

    ``voices``: for each of ``call.utterances`` the guess at its voice, and whether it is certain.
    ``given_holds``: the metadata's.
    """
    said = tuple(
        sorted(
            (
                Said(
                    utterance,
                    Segment(utterance.start_ms, utterance.end_ms),
                    hear(utterance.text),
                    role,
                    certain,
                )
                for utterance, (role, certain) in zip(call.utterances, voices, strict=True)
            ),
            key=lambda one: (one.segment, one.utterance.channel, one.utterance.text),
        )
    )
    music = _of_kind(call.events, EventKind.MUSIC)
    stretches = tuple(sorted(_stretches(call, said, music), key=lambda one: one.segment))
    by_role = {
        role: spans.union(one.segment for one in stretches if one.role is role) for role in Role
    }
    return Scene(
        call=call,
        said=said,
        stretches=stretches,
        agent=by_role[Role.AGENT],
        customer=by_role[Role.CUSTOMER],
        live=spans.union(one.segment for one in stretches if one.role is not Role.RECORDED),
        recorded=by_role[Role.RECORDED],
        music=music,
        tones=_of_kind(call.events, *TONES),
        given_holds=None if given_holds is None else spans.union(given_holds),
    )


def _of_kind(events: Iterable[Event], *kinds: EventKind) -> Spans:
    return spans.union(event.segment for event in events if event.kind in kinds)


def _stretches(call: Call, said: Sequence[Said], music: Spans) -> Iterable[Stretch]:
    for channel in call.channels:
        own = [one for one in said if one.utterance.channel == channel.index]
        live = [one.segment.start_ms for one in own if one.voice is not Role.RECORDED]
        known_from_ms = min(live, default=call.duration_ms) if own else 0
        first = 0
        for segment in channel.speech:
            while first < len(own) and own[first].segment.end_ms <= segment.start_ms:
                first += 1
            inside = _meeting(segment, own, first)
            if inside:
                yield from _pieces(segment, inside)
            elif segment.start_ms < known_from_ms or _is_edge(segment, channel.index, call, music):
                continue
            elif not _is_music(segment, music, bool(own)):
                yield Stretch(segment.start_ms, segment.end_ms, channel.role, None)


def _meeting(segment: Segment, own: Sequence[Said], first: int) -> list[Said]:
    """Those of ``own``, which are sorted and of which those before ``first`` are over, that meet
    ``segment``."""
    inside = []
    for one in own[first:]:
        if one.segment.start_ms >= segment.end_ms:
            break
        if segment.overlap_ms(one.segment) > 0:
            inside.append(one)
    return inside


def _is_edge(segment: Segment, channel: int, call: Call, music: Spans) -> bool:
    """A sliver without words beside music or a recording, where one goes over into the other."""
    around = Segment(max(0, segment.start_ms - EDGE_MS), segment.end_ms + EDGE_MS)
    played = [one.segment for one in call.prompts if one.channel == channel]
    return segment.duration_ms < SLIVER_MS and any(map(around.overlap_ms, (*music, *played)))


def _is_music(segment: Segment, music: Spans, words_were_heard: bool) -> bool:
    """Speech amid music in which the recogniser found no word is the music itself."""
    return (
        words_were_heard and spans.covered_ms(segment, music) >= _MUSIC_SHARE * segment.duration_ms
    )


def _pieces(segment: Segment, inside: Sequence[Said]) -> Iterable[Stretch]:
    """A segment cut where another voice begins."""
    start_ms, current = segment.start_ms, inside[0]
    for one in inside[1:]:
        if one.voice is not current.voice and start_ms < one.segment.start_ms < segment.end_ms:
            yield Stretch(start_ms, one.segment.start_ms, current.voice, current)
            start_ms, current = one.segment.start_ms, one
    yield Stretch(start_ms, segment.end_ms, current.voice, current)
