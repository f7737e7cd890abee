"""The agent makes the customer wait.

Definition (the ground truth's format): after the agent's first live word, 3 s (``HOLD_MS``) or
more without agent speech that (a) contains hold music or a hold announcement, or (b) follows the
agent's request to wait or his word that he is looking something up. From the end of his last
voiced frame to his next one, or to the end of the call. Customer speech does not end it; two
holds with a sentence between are two.

Where the metadata has the times of holds (``Contact.holds``), these are the holds, from 3 s on,
whatever is heard. ``remarks`` tells where 3 s or more are held of which only one of the two knows.

Measures: ``source``: ``metadata`` or ``heard``; ``music``: true or false; ``music_share``: 0 to 1
of its length; ``announcement``: whether a recording was played; ``to_end``: whether the call ended
in it; ``asked``, ``consent``, ``thanked``: what was said about it (``hold_words``). Example:
请您稍等 to 8,000 ms, music 8,500 to 21,000, 感谢您的耐心等待 from 21,400 → hold 8,000 to 21,400,
asked and thanked for.

A mixed line: the gap is one in which nobody speaks live, and ``role`` is unknown.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence

from autoqa import cues
from autoqa.cue_matching import Cues, Heard, hear
from autoqa.events import spans
from autoqa.events.hold_words import is_for_days, words_about
from autoqa.events.scene import Said, Scene
from autoqa.events.spans import Spans
from autoqa.i18n import N_
from autoqa.types import Event, EventKind, Message, Remark, Role, Segment

HOLD_MS = 3000
MUSIC_MS = 1000
"""Less music than this in a gap is an edge of the detector, not hold music."""
REQUEST_WITHIN_MS = 6000
"""What the agent said longer than this before he fell silent is not why he is silent."""
BACKGROUND_MS = 2000
"""Music that plays on for so long while the agent speaks is a radio behind somebody: hold music
ends when he is back, but for the time in which a recorder or a detector lets it fade."""
PASSAGE_MS = 1000
FLANK_MS = 3000
REQUEST_SYLLABLES = 16
"""So much may follow the request (why it takes so long) and it is still one."""
LET_WITHIN_MS = 3000
"""An answer begins within this time."""
SILENT_MS = 2000
"""With less silence in a gap, 我帮您查一下 was said in passing: the two just talked on."""

DIFFERS = "holds_differ"
_NOT_GIVEN = N_(
    "A hold is heard from {start_s} to {end_s} s that the metadata does not have; it is not counted"
)
_NOT_HEARD = N_(
    "The metadata has a hold from {start_s} to {end_s} s where none is heard; it is counted"
)
_NOT_RECORDED = N_(
    "The metadata has a hold from {start_s} to {end_s} s, after the end of the recording; it is "
    "not counted"
)


def detect(scene: Scene, _found: Sequence[Event]) -> tuple[Event, ...]:
    """The holds of a call, by start."""
    if scene.given_holds is None:
        return tuple(_event(scene, gap, "heard") for gap in _heard(scene))
    whole = Segment(0, scene.call.duration_ms)
    given = spans.intersect(scene.given_holds, [whole])
    return tuple(_event(scene, one, "metadata") for one in given if one.duration_ms >= HOLD_MS)


def unknown_to_metadata(scene: Scene) -> Spans:
    """Where a hold is heard and the metadata, which has the times of holds, has none."""
    return () if scene.given_holds is None else spans.subtract(_heard(scene), scene.given_holds)


def remarks(scene: Scene) -> Iterator[Remark]:
    """Where metadata and ears disagree by 3 s or more; ``scene`` is one whose holds are heard."""
    given, whole = scene.given_holds or (), Segment(0, scene.call.duration_ms)
    differing = (
        (_NOT_GIVEN, unknown_to_metadata(scene)),
        (_NOT_HEARD, spans.subtract(spans.intersect(given, [whole]), _heard(scene))),
        (_NOT_RECORDED, spans.subtract(given, [whole])),
    )
    for template, stretches in differing:
        for one in stretches:
            if one.duration_ms >= HOLD_MS:
                start_s, end_s = (round(at / 1000, 1) for at in (one.start_ms, one.end_ms))
                yield Remark(DIFFERS, Message(template, {"start_s": start_s, "end_s": end_s}))


def _heard(scene: Scene) -> Spans:
    """The gaps in the agent's speech that are holds."""
    voice = _words_of_agent(scene) if scene.knows_parties else _anybody(scene)
    if not voice:
        return ()
    bounds = [(one.end_ms, other.start_ms) for one, other in itertools.pairwise(voice)]
    gaps = [
        Segment(*bound)
        for bound in [*bounds, (voice[-1].end_ms, scene.call.duration_ms)]
        if bound[1] - bound[0] >= HOLD_MS
    ]
    return tuple(gap for gap in gaps if _is_hold(scene, gap))


def _words_of_agent(scene: Scene) -> Spans:
    """The agent's voice, but for sounds amid music or recordings of which no word was made out: he
    is not back before he says something."""
    wordless = (one.segment for one in scene.stretches if one.said is None)
    return spans.subtract(scene.agent, (one for one in wordless if _amid_music(scene, one)))


def _anybody(scene: Scene) -> Spans:
    """Where nobody knows who speaks: all live voices, but for talk amid music that no agent would
    say, which is the customer's, to whom the music plays."""
    return spans.subtract(
        scene.live,
        (
            one.segment
            for one in scene.stretches
            if one.said and not _is_agents(one.said.heard) and _amid_music(scene, one.segment)
        ),
    )


def _is_agents(heard: Heard) -> bool:
    kinds = (cues.AGENT_STRONG, cues.AGENT_WEAK, cues.BACK_AGAIN, cues.LOOKED_UP)
    return any(kind.any(heard) for kind in kinds)


def _amid_music(scene: Scene, voice: Segment) -> bool:
    before = Segment(max(0, voice.start_ms - FLANK_MS), voice.start_ms)
    after = Segment(voice.end_ms, voice.end_ms + FLANK_MS)
    played = spans.union((*scene.music, *scene.recorded))
    return all(spans.covered_ms(side, played) > 0 for side in (before, after))


def _is_hold(scene: Scene, gap: Segment) -> bool:
    if _said_goodbye(scene, gap) and _music_ms(scene, gap) < MUSIC_MS:
        return False
    announced = spans.covered_ms(gap, _announcements(scene, gap)) > 0
    return announced or _music_ms(scene, gap) >= MUSIC_MS or _was_asked_for(scene, gap)


def _event(scene: Scene, gap: Segment, source: str) -> Event:
    music_ms = _music_ms(scene, gap)
    return Event(
        kind=EventKind.HOLD,
        start_ms=gap.start_ms,
        end_ms=gap.end_ms,
        role=Role.AGENT if scene.knows_parties else Role.UNKNOWN,
        measures={
            "source": source,
            "music": music_ms >= MUSIC_MS,
            "music_share": round(music_ms / gap.duration_ms, 3),
            "announcement": spans.covered_ms(gap, _announcements(scene, gap)) > 0,
            "to_end": gap.end_ms >= scene.call.duration_ms,
            **words_about(scene, gap),
        },
    )


def _music_ms(scene: Scene, gap: Segment) -> int:
    return spans.covered_ms(gap, _hold_music(scene))


def _hold_music(scene: Scene) -> Spans:
    """The music that does not play on while the agent speaks."""
    return spans.union(
        music.segment
        for music in scene.events(EventKind.MUSIC)
        if spans.covered_ms(music.segment, scene.agent) < BACKGROUND_MS
    )


def _announcements(scene: Scene, gap: Segment) -> Spans:
    """Recordings in a gap that ask to wait: not the survey, which comes after the agent has gone,
    and no machine that takes a PIN, which keeps the customer busy."""
    if not spans.meeting(scene.recorded, gap):
        return ()
    inside = (one for one in scene.said_by(Role.RECORDED) if one.segment.overlap_ms(gap))
    return spans.union(one.segment for one in inside if not _asks_keys(one.heard))


def _asks_keys(heard: Heard) -> bool:
    menu = cues.MENU.any(heard) and not cues.QUEUE.any(heard)
    return menu or cues.SURVEY.any(heard) or cues.takes_keys(heard)


def _last_passage(scene: Scene, before_ms: int) -> str:
    """What the agent said last before a moment, without a pause in which he could be back.

    His nods (嗯, 好的) after it change nothing.
    """
    role = Role.AGENT if scene.knows_parties else Role.UNKNOWN
    passage: list[Said] = []
    for one in reversed(scene.said_by(role, before_ms=before_ms)):
        nod = cues.is_back_channel(one.utterance.text)
        within_ms = REQUEST_WITHIN_MS if not passage or nod else PASSAGE_MS
        follows_ms = passage[-1].segment.start_ms if passage else before_ms
        if passage and cues.is_back_channel("".join(said.utterance.text for said in passage)):
            within_ms = REQUEST_WITHIN_MS
        if follows_ms - one.segment.end_ms >= within_ms:
            break
        passage.append(one)
    return "".join(one.utterance.text for one in reversed(passage))


def _said_goodbye(scene: Scene, gap: Segment) -> bool:
    """Whether the agent took leave and the call ends in the gap: what is played then is no wait."""
    heard = hear(_last_passage(scene, gap.start_ms))
    left = cues.GOODBYE.last_end(heard) > cues.WAIT.last_end(heard)
    return left and gap.end_ms >= scene.call.duration_ms


def _was_asked_for(scene: Scene, gap: Segment) -> bool:
    """Whether the agent's last words are that he needs time, and no question came after."""
    heard = hear(_last_passage(scene, gap.start_ms))
    if not scene.knows_parties and cues.SEARCHING.any(heard):
        return False
    if is_last_word(heard, cues.WAIT.last_end(heard), cues.QUESTION):
        return True
    silent_ms = gap.duration_ms - spans.covered_ms(gap, scene.live)
    return silent_ms >= SILENT_MS and (looks_up(heard) or _was_let_go(scene, gap))


def _was_let_go(scene: Scene, gap: Segment) -> bool:
    """Whether the customer answers the agent's last words with 好，你查吧, whatever these were."""
    answers = scene.said_by(Role.CUSTOMER, before_ms=gap.start_ms + LET_WITHIN_MS)
    return any(cues.LETS.any(one.heard) for one in answers if one.segment.end_ms > gap.start_ms)


def looks_up(heard: Heard) -> bool:
    """Whether words end in 我帮您查一下, and the customer was not told to do something for it."""
    own = cues.last_own(cues.LOOK_UP, heard)
    told = cues.last_told(cues.INSTRUCTION, heard)
    return not 0 <= told <= own and is_last_word(heard, own, cues.PLAIN_QUESTION)


def is_last_word(heard: Heard, asked: int, questions: Cues) -> bool:
    """Whether what ends at syllable ``asked`` is still what the speaker is about.

    Not where he went on for long, asked or told the other something, said goodbye or was done.
    """
    if asked < 0 or heard.syllables - asked > REQUEST_SYLLABLES or is_for_days(heard, asked):
        return False
    over = max(kind.last_end(heard) for kind in (cues.LOOKED_UP, cues.LATER, cues.GOODBYE))
    questioned = -1 if _asks_leave(heard) else questions.last_end(heard)
    return max(over, questioned, cues.last_told(cues.INSTRUCTION, heard)) < asked


def _asks_leave(heard: Heard) -> bool:
    """请您稍等好吗 is a request to wait, not a question."""
    return cues.LEAVE.last_end(heard) >= heard.syllables - 1
