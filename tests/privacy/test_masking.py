"""A call without personal data, and what quotes it."""

from dataclasses import replace
from decimal import Decimal

from autoqa.privacy import PLACEHOLDERS, Kind, Masks, masked
from autoqa.turns import build_turns
from autoqa.types import (
    Call,
    Event,
    EventKind,
    Evidence,
    Finding,
    Message,
    Occurrence,
    Outcome,
    Party,
    Recording,
    Role,
    Scorecard,
    Segment,
    Total,
    Utterance,
    Word,
)

PHONE, NAME = PLACEHOLDERS[Kind.PHONE], PLACEHOLDERS[Kind.NAME]


def utterance(role: Role, start_ms: int, *words: str) -> Utterance:
    """Each word lasts 100 ms."""
    made = tuple(
        Word(start_ms + 100 * at, start_ms + 100 * (at + 1), word, 0.9)
        for at, word in enumerate(words)
    )
    channel = int(role == Role.CUSTOMER)
    return Utterance(channel, role, start_ms, made[-1].end_ms, "".join(words), made, 0.9)


def call_of(*utterances: Utterance, events: tuple[Event, ...] = ()) -> Call:
    recording = Recording("a" * 64, 8000, 2, 60_000, "pcm")
    return Call(recording, (), utterances, build_turns(utterances), events)


CALL = call_of(
    utterance(Role.AGENT, 0, "您好", "，", "请问", "贵姓"),
    utterance(Role.CUSTOMER, 1000, "我", "姓", "王"),
    utterance(Role.CUSTOMER, 2000, "手机", "138", "0013", "8000", "谢谢"),
)


def quoting(quote: str, start_ms: int, end_ms: int, **params: str) -> Scorecard:
    message = Message("said", params)
    evidence = Evidence(start_ms, end_ms, Role.CUSTOMER, quote, message)
    nothing = Decimal(0)
    finding = Finding(
        "a", "a", "a", Party.AGENT, False, Outcome.PASSED, nothing, nothing,
        (Occurrence(Outcome.PASSED, (evidence,), message),), message,
    )  # fmt: skip
    total = Total("a", Party.AGENT, nothing, nothing, nothing, None, None, None)
    return Scorecard("a", "v", (finding,), (), total, total, nothing, None, False)


def test_text_words_and_turns_are_masked_and_times_stay():
    hidden = masked(CALL)
    assert [one.text for one in hidden.utterances] == [
        "您好，请问贵姓",
        f"我姓{NAME}",
        f"手机{PHONE}谢谢",
    ]
    words = hidden.utterances[2].words
    assert [one.text for one in words] == ["手机", PHONE, "谢谢"]
    assert [(one.start_ms, one.end_ms) for one in words] == [
        (2000, 2100),
        (2100, 2400),
        (2400, 2500),
    ]
    assert [turn.text for turn in hidden.turns] == [
        "您好，请问贵姓",
        f"我姓{NAME}，手机{PHONE}谢谢",
    ]
    assert [(one.start_ms, one.end_ms) for one in hidden.turns] == [
        (one.start_ms, one.end_ms) for one in CALL.turns
    ]


def test_masking_twice_changes_nothing_more():
    assert masked(masked(CALL)) == masked(CALL)


def test_a_call_without_personal_data_is_itself():
    plain = call_of(utterance(Role.AGENT, 0, "余额", "14680", "元"))
    assert masked(plain) is plain


def test_a_word_keeps_what_it_has_beside_the_mask():
    call = call_of(utterance(Role.CUSTOMER, 0, "手机13800", "138000呀", "好"))
    (one,) = masked(call).utterances
    assert [word.text for word in one.words] == [f"手机{PHONE}呀", "好"]
    assert one.text == f"手机{PHONE}呀好"


def test_what_a_scorecard_quotes_is_masked():
    card = Masks(CALL).scorecard(
        quoting("手机13800138000谢谢", 2000, 2500, said="0013", other="余额")
    )
    (occurrence,) = card.findings[0].occurrences
    assert occurrence.evidence[0].quote == f"手机{PHONE}谢谢"
    assert occurrence.evidence[0].message.params == {"said": PHONE, "other": "余额"}
    assert card.findings[0].reason == occurrence.reason == occurrence.evidence[0].message


def test_a_part_of_a_number_that_is_quoted_is_masked():
    card = Masks(CALL).scorecard(quoting("8000谢谢", 2300, 2500))
    assert card.findings[0].occurrences[0].evidence[0].quote == f"{PHONE}谢谢"


def test_a_name_that_is_quoted_alone_is_masked():
    call = call_of(
        utterance(Role.CUSTOMER, 0, "我叫", "张伟民", "，", "帮我查一下"),
        utterance(Role.CUSTOMER, 1000, "我", "姓", "王"),
    )
    for quote, start_ms, masked_quote in (("张伟民", 100, NAME), ("王", 1200, NAME)):
        card = Masks(call).scorecard(quoting(quote, start_ms, start_ms + 100))
        assert card.findings[0].occurrences[0].evidence[0].quote == masked_quote


def test_findings_that_are_masked_already_stay_as_they_are():
    finding = quoting("手机13800138000谢谢", 2000, 2500).findings[0]
    card = replace(quoting("", 0, 1), findings=(finding,))
    assert Masks(CALL).scorecard(card, {"a": finding}).findings[0] is finding
    assert Masks(CALL).scorecard(card, {"a": replace(finding)}).findings[0] != finding


def test_a_quote_without_personal_data_stays():
    card = quoting("您好，请问贵姓", 0, 400)
    assert Masks(CALL).scorecard(card) == card


def test_keys_are_hidden_where_they_are_a_number():
    def key(at_ms: int, name: str) -> Event:
        return Event(EventKind.DTMF, at_ms, at_ms + 100, Role.CUSTOMER, 0, {"key": name})

    menu = [key(1000, "2"), key(9000, "0")]
    number = [key(20_000 + 500 * at, digit) for at, digit in enumerate("138001#")]
    shown = masked(call_of(*CALL.utterances, events=(*menu, *number))).events
    assert [one.measures["key"] for one in shown] == ["2", "0", *"••••••", "#"]
    assert [one.start_ms for one in shown] == [one.start_ms for one in (*menu, *number)]


def test_what_is_bleeped_is_longer_than_what_was_said():
    call = replace(CALL, recording=replace(CALL.recording, duration_ms=2500))
    assert Masks(call).unheard(300) == (Segment(900, 1600), Segment(1800, 2500))
