"""The conversation and the picture: everything once, in order, given to the right voice."""

from __future__ import annotations

import random
from dataclasses import replace

from autoqa.i18n import language
from autoqa.reports.timeline import timeline, voices
from autoqa.reports.transcript import Band, Line, transcript
from autoqa.types import Call, Event, EventKind, Outcome, Role, Scorecard, Segment
from tests.reports.samples import card_of, hit, rich_call, rich_scorecard, samples

NO_RULES = card_of({})


def lines(call: Call, card: Scorecard = NO_RULES) -> list[Line]:
    return [item for item in transcript(call, card) if isinstance(item, Line)]


def bands(call: Call) -> list[str]:
    with language("en"):
        return [item.text for item in transcript(call, NO_RULES) if isinstance(item, Band)]


def marked(call: Call, card: Scorecard) -> list[tuple[str, str]]:
    return [(p.text, p.outcome) for line in lines(call, card) for p in line.pieces if p.outcome]


def said(text: str, start_ms: int, end_ms: int, role: Role = Role.AGENT) -> Scorecard:
    case = (Outcome.PASSED, [hit(start_ms, end_ms, role, text)])
    return card_of({"greeting": (Outcome.PASSED, [case])})


def test_no_word_is_lost_or_told_twice() -> None:
    call = rich_call()
    told = ["".join(piece.text for piece in line.pieces) for line in lines(call, rich_scorecard())]
    assert told == [utterance.text for utterance in call.utterances]


def test_order_of_utterances_does_not_matter() -> None:
    call = replace(rich_call(), turns=())
    mixed = random.Random(3).sample(call.utterances, len(call.utterances))
    assert lines(replace(call, utterances=tuple(mixed))) == lines(call)


def test_utterance_that_no_turn_holds_is_told() -> None:
    call = rich_call()
    assert len(lines(replace(call, turns=call.turns[1:]))) == len(call.utterances)


def test_same_words_of_the_other_party_are_not_marked() -> None:
    call = rich_call()
    assert marked(call, said("祝您生活愉快", 165_000, 166_600)) == []
    assert marked(call, said("祝您生活愉快", 165_000, 166_600, Role.CUSTOMER)) == [
        ("祝您生活愉快", "passed")
    ]


def test_quote_not_in_the_text_is_marked_by_the_times_of_words() -> None:
    call = rich_call()
    line = call.utterances[8]  # 感谢您的耐心等待，…
    first, third = line.words[0], line.words[2]
    assert marked(call, said("感谢你的耐心", first.start_ms, third.end_ms)) == [
        (first.text + line.words[1].text + third.text, "passed")
    ]


def test_repeated_quote_is_marked_where_it_was_heard() -> None:
    call, _contact, _card = samples()["fatal"]
    text = "好的好的好的"
    only = replace(call.utterances[0], text=text, words=(), start_ms=0, end_ms=6_000)
    twice = replace(call, utterances=(only,), turns=())
    (line,) = lines(twice, said("好的", 2_000, 4_000))
    assert [piece.text for piece in line.pieces] == ["好的", "好的", "好的"]
    assert [piece.outcome for piece in line.pieces] == ["", "passed", ""]


def test_events_stand_between_the_lines_and_keys_stand_together() -> None:
    assert bands(rich_call()) == [
        "menu, 7.5 s",
        "key 2 3",
        "advertisement, 8.2 s",
        "ringing, 6 s",
        "hold, 28.5 s, with music",
        "talk-over, 1.9 s, begun by agent",
        "hold, 35.7 s",
        "dead air, 9.3 s, unexplained, agent should speak",
        "notice, 6.5 s",
        "key 1",
    ]


def test_speech_is_given_to_who_the_words_say_it_was() -> None:
    spoken = voices(rich_call())
    assert spoken[Role.RECORDED][0] == Segment(400, 7_900)
    assert Segment(27_100, 30_600) in spoken[Role.AGENT]
    assert not spoken[Role.UNKNOWN]


def test_speech_without_words_stays_with_its_channel() -> None:
    call = replace(rich_call(), utterances=(), turns=())
    spoken = voices(call)
    assert len(spoken[Role.CUSTOMER]) == 7
    assert not spoken[Role.RECORDED]


def test_picture_stays_inside_its_frame() -> None:
    call = rich_call()
    late = Event(EventKind.HOLD, 170_000, 999_000)
    picture = timeline(replace(call, events=(late,)), rich_scorecard())
    for lane in picture.voices:
        for mark in lane.marks:
            assert 0 <= float(mark.x[:-1]) <= float(mark.x[:-1]) + float(mark.width[:-1]) <= 100.01
    (mark,) = picture.events
    assert float(mark.x[:-1]) + float(mark.width[:-1]) <= 100.01


def test_axis_of_any_length_has_few_round_labels() -> None:
    call = rich_call()
    for duration_ms in (0, 900, 60_000, 181_000, 3_600_000, 6 * 3_600_000):
        long = replace(call, recording=replace(call.recording, duration_ms=duration_ms))
        ticks = timeline(long, NO_RULES).ticks
        assert 1 <= len(ticks) <= 13
        assert ticks[0].label == "0:00"
