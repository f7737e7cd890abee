"""What is true about sounds laid out in time, and what a rendered recording holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoqa.scoring.load import load_rules
from bench import codecs, mixing, signals, truth
from bench.expected import expected_outcomes
from bench.layout import Layout, Sound, lay_out, voiced_stretches
from bench.mixing import Condition
from bench.script import COMPUTED_RULES, RULES, Item, Script, ScriptError, load_script, load_scripts
from bench.signals import RATE_HZ, Samples
from bench.synthesize import ASIDE_VOICES, CONVERSATIONS, HELD_OUT, PARTS, truth_text

EVERY_PART = (*PARTS, "examples")


def said(role: str, start_ms: int, end_ms: int, text: str = "这里有一句话", **item: Any) -> Sound:
    return Sound(
        "speech",
        start_ms,
        end_ms,
        role,
        role,
        text,
        item=Item(role, text, **item),
        voiced=((start_ms, end_ms),),
    )


def sound(kind: str, start_ms: int, end_ms: int, **more: Any) -> Sound:
    return Sound(kind, start_ms, end_ms, **more)


def prompt(start_ms: int, end_ms: int, label: str, text: str = "请按一") -> Sound:
    return Sound("prompt", start_ms, end_ms, "agent", "recorded", text, label)


def kinds(sounds: list[Sound], kind: str, duration_ms: int = 60_000) -> list[tuple[int, int]]:
    found = truth.events(sounds, duration_ms)
    return [(e["start_ms"], e["end_ms"]) for e in found if e["kind"] == kind]


class TestHold:
    def test_music_makes_a_hold_from_the_last_word_to_the_next(self) -> None:
        sounds = [
            said("agent", 1000, 3000),
            said("customer", 3200, 3900, "好的"),
            sound("hold", 4500, 14_000),
            sound("music", 4500, 14_000, within="hold"),
            said("agent", 14_400, 16_000),
        ]
        assert truth.holds(sounds, 20_000) == [
            {"kind": "hold", "start_ms": 3000, "end_ms": 14_400, "music": True}
        ]

    def test_silence_is_a_hold_after_a_request_and_dead_air_without(self) -> None:
        asked = [said("agent", 0, 2000, wait=True), said("agent", 9000, 9900)]
        plain = [said("agent", 0, 2000), said("agent", 9000, 9900)]
        assert kinds(asked, "hold") == [(2000, 9000)]
        assert kinds(asked, "dead_air") == []
        assert kinds(plain, "hold") == []
        assert kinds(plain, "dead_air") == [(2000, 9000)]

    def test_customer_speech_does_not_end_it_and_a_sentence_of_the_agent_does(self) -> None:
        sounds = [
            said("agent", 0, 1000, wait=True),
            said("customer", 4000, 8000),
            said("agent", 12_000, 13_000, wait=True),
            said("agent", 20_000, 21_000),
        ]
        assert kinds(sounds, "hold") == [(1000, 12_000), (13_000, 20_000)]

    def test_lasts_to_the_end_of_the_call(self) -> None:
        assert kinds([said("agent", 0, 1000, wait=True)], "hold", 9000) == [(1000, 9000)]

    def test_under_three_seconds_is_none(self) -> None:
        sounds = [said("agent", 0, 1000, wait=True), said("agent", 3900, 4500)]
        assert kinds(sounds, "hold", 5000) == []

    def test_announcement_inside_is_no_prompt_event(self) -> None:
        sounds = [
            said("agent", 0, 1000, wait=True),
            sound("hold", 1500, 9000),
            prompt(4000, 6000, "notice"),
            said("agent", 9500, 10_000),
        ]
        assert kinds(sounds, "recorded_prompt") == []


class TestDeadAir:
    @pytest.mark.parametrize(("gap_ms", "count"), [(2900, 0), (3000, 1), (7000, 1)])
    def test_counts_from_three_seconds(self, gap_ms: int, count: int) -> None:
        sounds = [said("agent", 0, 1000), said("agent", 1000 + gap_ms, 9000 + gap_ms)]
        assert len(kinds(sounds, "dead_air")) == count

    def test_lies_between_the_first_and_last_words_of_the_agent(self) -> None:
        sounds = [
            said("customer", 0, 1000),
            said("agent", 6000, 7000),
            said("customer", 12_000, 13_000),
        ]
        assert kinds(sounds, "dead_air") == []

    def test_tells_cause_and_debtor_from_the_script(self) -> None:
        pause = Item("pause", cause="customer_searching", owed_by="customer")
        sounds = [
            said("agent", 0, 1000),
            sound("pause", 1000, 6000, item=pause),
            said("customer", 6000, 7000),
            said("agent", 12_000, 13_000),
        ]
        assert truth.dead_air(sounds, []) == [
            {
                "kind": "dead_air",
                "start_ms": 1000,
                "end_ms": 6000,
                "cause": "customer_searching",
                "owed_by": "customer",
            },
            {
                "kind": "dead_air",
                "start_ms": 7000,
                "end_ms": 12_000,
                "cause": "unexplained",
                "owed_by": "agent",
            },
        ]

    def test_a_key_or_ringing_breaks_it(self) -> None:
        key = sound("key", 3500, 3600, item=Item("keys", "5"))
        sounds = [said("agent", 0, 1000), key, said("agent", 6000, 7000)]
        assert kinds(sounds, "dead_air") == []


class TestTalkOver:
    def test_names_who_began_second(self) -> None:
        sounds = [said("customer", 0, 5000), said("agent", 4000, 8000)]
        assert truth.talk_over(sounds) == [
            {"kind": "talk_over", "start_ms": 4000, "end_ms": 5000, "interrupter": "agent"}
        ]

    def test_together_within_200_ms_is_nobody(self) -> None:
        sounds = [said("customer", 100, 3000), said("agent", 0, 3000)]
        assert truth.talk_over(sounds)[0]["interrupter"] == "none"

    @pytest.mark.parametrize("nod", ["嗯。", "对，对！", "好的"])
    def test_a_back_channel_inside_the_turn_is_none(self, nod: str) -> None:
        sounds = [said("agent", 0, 8000), said("customer", 2000, 2900, nod)]
        assert truth.talk_over(sounds) == []

    def test_a_short_word_inside_the_turn_is_none(self) -> None:
        assert truth.talk_over([said("agent", 0, 8000), said("customer", 2000, 2450)]) == []

    def test_stretches_close_together_merge(self) -> None:
        broken = replace(said("customer", 1000, 4000), voiced=((1000, 1400), (1550, 1800)))
        assert kinds([said("agent", 0, 1700), broken], "talk_over") == [(1000, 1700)]

    def test_shorter_than_half_a_second_is_none(self) -> None:
        assert truth.talk_over([said("agent", 0, 2000), said("customer", 1600, 4000)]) == []


class TestBeforeTheAgent:
    def test_prompts_split_at_labels_and_pauses(self) -> None:
        sounds = [
            prompt(0, 1000, "menu"),
            prompt(2500, 4000, "menu"),
            prompt(4100, 5000, "ad"),
            prompt(7500, 8000, "ad"),
        ]
        spans = [(0, 4000), (4100, 5000), (7500, 8000)]
        assert kinds(sounds, "recorded_prompt") == spans

    def test_ringing_is_one_run_over_its_own_gaps(self) -> None:
        sounds = [
            sound("ring", 0, 6000),
            sound("ring", 10_500, 11_500),
            sound("ring", 17_000, 18_000),
        ]
        assert kinds(sounds, "ringback") == [(0, 11_500), (17_000, 18_000)]

    def test_queue_runs_from_the_last_key_to_the_agent(self) -> None:
        sounds = [
            prompt(0, 3000, "menu"),
            sound("key", 3500, 3600, item=Item("keys", "1")),
            sound("queue", 4200, 12_000),
            sound("music", 4200, 12_000, within="queue"),
            said("agent", 12_500, 13_000),
        ]
        assert truth.queue(sounds) == [
            {"kind": "queue", "start_ms": 3600, "end_ms": 12_500, "music": True}
        ]

    def test_no_agent_no_events_of_his(self) -> None:
        assert truth.events([said("customer", 0, 1000)], 9000) == []
        assert truth.events([], 0) == []


TURNS = st.lists(
    st.tuples(
        st.sampled_from(["agent", "customer"]),
        st.integers(0, 40_000),
        st.integers(50, 6000),
        st.booleans(),
    ),
    max_size=8,
)


@given(TURNS, st.integers(0, 5000), st.randoms())
def test_order_does_not_matter_and_events_move_with_the_sounds(
    turns: list[tuple[str, int, int, bool]], shift_ms: int, shuffler: Any
) -> None:
    sounds = [said(role, at, at + lasts, wait=wait) for role, at, lasts, wait in turns]
    moved = [
        said(role, at + shift_ms, at + shift_ms + lasts, wait=wait)
        for role, at, lasts, wait in turns
    ]
    shuffler.shuffle(moved)
    later = [
        {**event, "start_ms": event["start_ms"] + shift_ms, "end_ms": event["end_ms"] + shift_ms}
        for event in truth.talk_over(sounds) + truth.dead_air(sounds, [])
    ]
    assert truth.talk_over(moved) + truth.dead_air(moved, []) == later


class TestOutcomes:
    def outcomes(self, sounds: list[Sound], duration_ms: int) -> dict[str, str | None]:
        return expected_outcomes(sounds, truth.events(sounds, duration_ms), duration_ms, {})

    def test_every_rule_has_one(self) -> None:
        assert set(self.outcomes([said("agent", 0, 1000)], 9000)) == set(RULES)

    def test_hold_asked_for_and_thanked(self) -> None:
        sounds = [
            said("agent", 1000, 3000, classes=("hold_request",), wait=True),
            said("agent", 15_000, 16_000, classes=("hold_thanks",)),
        ]
        found = self.outcomes(sounds, 20_000)
        assert (found["hold-requested"], found["hold-thanked"]) == ("passed", "passed")
        found = self.outcomes([replace(s, item=Item("agent", wait=True)) for s in sounds], 20_000)
        assert (found["hold-requested"], found["hold-thanked"]) == ("failed", "failed")

    def test_customer_who_hangs_up_leaves_no_occasion_for_a_closing(self) -> None:
        sounds = [said("agent", 0, 1000), said("customer", 2000, 4000)]
        assert self.outcomes(sounds, 5000)["closing"] == "not_applicable"
        assert self.outcomes(sounds, 9000)["closing"] == "failed"

    def test_long_number_is_no_menu_key(self) -> None:
        keys = [
            sound("key", 4000 + 400 * n, 4100 + 400 * n, item=Item("keys", "7")) for n in range(6)
        ]
        choice = sound("key", 12_000, 12_100, item=Item("keys", "0"))
        menu = prompt(0, 3500, "menu")
        found = self.outcomes([menu, *keys, choice, said("agent", 14_000, 15_000)], 20_000)
        assert (found["menu-depth"], found["answer-time"]) == ("passed", "passed")

    def test_interrupting_for_over_a_second(self) -> None:
        sounds = [said("customer", 0, 5000), said("agent", 3000, 8000)]
        assert self.outcomes(sounds, 9000)["interruption"] == "failed"


class Talker:
    """Speaks a buzz of 150 ms for each character, with 300 ms of silence around it."""

    def speak(self, text: str, voice: str, speed: float = 1.0) -> Samples:
        time = np.arange(int(24_000 * 0.15 * len(text) / speed)) / 24_000
        buzz = 0.1 * np.sign(np.sin(2 * np.pi * (500 if voice == "low" else 700) * time))
        return np.pad(buzz, 7200).astype(np.float32)


def hum(duration_ms: int) -> Samples:
    return signals.tone((330, 440), duration_ms)


def a_script(*items: Item, **more: Any) -> Script:
    voices = {"agent": "low", "customer": "high", "recorded": "high"}
    return Script("a-call", "", voices, items, {}, seed=5, **more)


def laid(*items: Item, **more: Any) -> Layout:
    return lay_out(a_script(*items, **more), Talker(), hum)


TWO_TURNS = (
    Item("agent", "您好请问有什么可以帮您"),
    Item("customer", "我想查一下余额", after_ms=500),
)


class TestLayout:
    def test_turns_begin_and_end_where_they_are_voiced(self) -> None:
        one, other = laid(*TWO_TURNS).sounds
        assert one.start_ms == 700
        assert one.end_ms == pytest.approx(700 + 11 * 150, abs=20)
        assert other.start_ms == one.end_ms + 500

    def test_overlap_and_during(self) -> None:
        late = Item("agent", "好的知道了", after_ms=-600)
        nod = Item("customer", "嗯嗯", during_ms=200)
        first, second, third = laid(TWO_TURNS[0], late, nod).sounds
        assert second.start_ms == first.end_ms - 600
        assert third.start_ms == second.start_ms + 200

    def test_music_of_a_hold_stops_for_its_announcement(self) -> None:
        hold = Item("hold", "请稍候", duration_ms=12_000, every_ms=5000)
        sounds = laid(TWO_TURNS[0], hold).sounds
        music = [s for s in sounds if s.kind == "music"]
        announced = [s for s in sounds if s.kind == "prompt"]
        assert announced
        assert all(
            m.end_ms <= p.start_ms or m.start_ms >= p.end_ms for m in music for p in announced
        )

    def test_a_cut_turn_says_what_was_heard(self) -> None:
        (turn,) = laid(Item("agent", "感谢您的来电再见", cut_ms=300, said="感谢")).sounds
        assert (turn.end_ms - turn.start_ms, turn.text) == (300, "感谢")

    def test_faster_speech_is_shorter_and_pauses_stay(self) -> None:
        pause = Item("pause", duration_ms=4000, cause="unexplained", owed_by="agent")
        script = a_script(TWO_TURNS[0], pause, TWO_TURNS[1])
        slow = lay_out(script, Talker(), hum)
        fast = lay_out(script, Talker(), hum, speed=1.5)
        assert fast.duration_ms < slow.duration_ms
        assert [s.end_ms - s.start_ms for s in fast.sounds if s.kind == "pause"] == [4000]

    def test_each_party_speaks_at_a_rate_of_its_own(self) -> None:
        usual, brisk = laid(*TWO_TURNS), laid(*TWO_TURNS, rates={"agent": 1.5})
        lengths = [[s.end_ms - s.start_ms for s in layout.sounds] for layout in (usual, brisk)]
        assert lengths[1][0] < lengths[0][0]
        assert lengths[1][1] == lengths[0][1]

    def test_voiced_stretches_join_over_closures_only(self) -> None:
        buzz = signals.tone((500,), 200)
        close = np.concatenate([buzz, signals.silence(100), buzz])
        apart = np.concatenate([buzz, signals.silence(300), buzz])
        assert len(voiced_stretches(close)) == 1
        assert len(voiced_stretches(apart)) == 2
        assert voiced_stretches(signals.silence(0)) == ()


def rms_db(samples: Samples) -> float:
    return float(10 * np.log10(np.mean(np.square(samples, dtype=np.float64)) + 1e-12))


class TestMix:
    def speech_of(self, layout: Layout, index: int) -> slice:
        chosen = layout.sounds[index]
        return slice(chosen.start_ms * 8, chosen.end_ms * 8)

    def test_each_party_has_a_line_and_swapping_swaps_them(self) -> None:
        layout = laid(*TWO_TURNS)
        lines = mixing.mix(layout, Condition("clean"))
        agent, customer = self.speech_of(layout, 0), self.speech_of(layout, 1)
        assert rms_db(lines[agent, 0]) - rms_db(lines[agent, 1]) > 20
        assert rms_db(lines[customer, 1]) - rms_db(lines[customer, 0]) > 20
        swapped = mixing.mix(layout, Condition("swapped", swapped=True))
        assert rms_db(swapped[agent, 1]) - rms_db(swapped[agent, 0]) > 20
        assert mixing.channel_roles(Condition("swapped", swapped=True)) == ["customer", "agent"]

    def test_mono_holds_both(self) -> None:
        layout = laid(*TWO_TURNS)
        lines = mixing.mix(layout, Condition("mono", mono=True))
        assert lines.shape == (layout.duration_ms * 8, 1)
        assert min(rms_db(lines[self.speech_of(layout, n), 0]) for n in (0, 1)) > -32

    def test_crosstalk_has_its_level(self) -> None:
        layout = laid(*TWO_TURNS)
        lines = mixing.mix(layout, Condition("crosstalk", crosstalk_db=-30.0))
        agent = self.speech_of(layout, 0)
        assert rms_db(lines[agent, 1]) - rms_db(lines[agent, 0]) == pytest.approx(-30, abs=1)

    @pytest.mark.parametrize("noise", ["pink", "street", "car", "babble"])
    def test_noise_lies_below_speech_by_its_ratio(self, noise: str) -> None:
        layout = laid(*TWO_TURNS)
        crowd = [Talker().speak("一二三四", "low"), Talker().speak("五六七八九", "high")]
        clean = mixing.mix(layout, Condition("same"))
        noisy = mixing.mix(layout, Condition("same", noise=noise, snr_db=10), lambda: crowd)
        added = rms_db(noisy[:, 0] - clean[:, 0])
        assert rms_db(clean[self.speech_of(layout, 0), 0]) - added == pytest.approx(10, abs=1)

    def test_a_dead_line_is_silent_to_the_last_bit(self) -> None:
        dead = Item("pause", duration_ms=4000, cause="line_dead", owed_by="agent")
        layout = laid(TWO_TURNS[0], dead, TWO_TURNS[1])
        lines = mixing.mix(layout, Condition("clean"))
        ((start_ms, end_ms),) = mixing.dead_line(layout)
        assert end_ms - start_ms > 3800
        assert not lines[start_ms * 8 : end_ms * 8].any()

    def test_the_same_call_twice_is_the_same(self) -> None:
        layout = laid(*TWO_TURNS)
        condition = Condition("pink-5db", noise="pink", snr_db=5, loss=0.05)
        assert np.array_equal(mixing.mix(layout, condition), mixing.mix(layout, condition))

    def test_the_stated_share_of_packets_is_lost(self) -> None:
        random = np.random.default_rng(1)
        lines = random.normal(0, 0.1, (RATE_HZ * 120, 2)).astype(np.float32)
        received = mixing.lose_packets(lines, 0.05, random)
        changed = (received != lines).reshape(-1, 160, 2).any(axis=1)
        assert changed.mean() == pytest.approx(0.05, abs=0.015)


@pytest.mark.parametrize("key", list("1234567890*#"))
def test_a_key_has_its_two_frequencies(key: str) -> None:
    spectrum = np.abs(np.fft.rfft(signals.key_press(key, 100), RATE_HZ))
    row, column = divmod(signals.KEY_SIGNS.index(key), 4)
    assert abs(int(np.argmax(spectrum[:1100])) - signals.KEY_ROWS_HZ[row]) <= 5
    assert abs(int(np.argmax(spectrum[1100:])) + 1100 - signals.KEY_COLUMNS_HZ[column]) <= 5


@pytest.mark.parametrize("timbre", signals.TIMBRES)
def test_a_tune_has_its_length_and_comes_again_from_its_seed(timbre: str) -> None:
    one, other = (signals.tune(3000, np.random.default_rng(7), timbre) for _ in range(2))
    assert one.size == 3000 * 8
    assert np.array_equal(one, other)
    assert rms_db(one) == pytest.approx(-20, abs=0.5)


@pytest.mark.parametrize("codec", ["pcm", "alaw", "flac", "mp3", "opus", "m4a", "amr", "gsm"])
def test_what_comes_back_from_a_codec_is_in_time(codec: str) -> None:
    layout = laid(*TWO_TURNS)
    lines = mixing.mix(layout, Condition("mono", mono=codec in ("amr", "gsm")))
    back = codecs.decode(codecs.encode(lines, codec))
    assert abs(len(back) - len(lines)) < 0.08 * RATE_HZ
    begins = [int(np.argmax(np.abs(each[:, 0]) > 0.02)) for each in (lines, back)]
    assert abs(begins[0] - begins[1]) < 0.015 * RATE_HZ


class TestScripts:
    @pytest.mark.parametrize("part", EVERY_PART)
    def test_all_can_be_read_and_judge_every_rule(self, part: str) -> None:
        scripts = load_scripts(CONVERSATIONS / part)
        assert scripts
        for script in scripts:
            assert set(script.outcomes) | set(COMPUTED_RULES) == set(RULES)

    def test_the_part_kept_aside_shares_no_voice_and_no_sentence(self) -> None:
        aside = load_scripts(CONVERSATIONS / "aside")
        others = [s for part in ("tuned", "examples") for s in load_scripts(CONVERSATIONS / part)]
        heard = {
            voice
            for script in others
            for cast in script.voices.values()
            for voice in cast.split("+")
        }
        assert not heard & set(ASIDE_VOICES)
        for script in aside:
            assert {script.voices["agent"], script.voices["customer"]} <= set(ASIDE_VOICES)
        known = {item.text for script in others for item in script.items if len(item.text) > 12}
        assert not known & {item.text for script in aside for item in script.items}

    def test_the_part_kept_to_the_end_shares_no_blend_of_voices_and_no_sentence(self) -> None:
        kept = load_scripts(CONVERSATIONS / "kept")
        earlier = ("tuned", "fresh", "aside", "examples")
        others = [s for part in earlier for s in load_scripts(CONVERSATIONS / part)]
        heard = {voice for script in others for voice in script.voices.values()}
        assert not heard & {voice for script in kept for voice in script.voices.values()}
        known = {item.text for script in others for item in script.items if len(item.text) > 12}
        assert not known & {item.text for script in kept for item in script.items}

    def test_parts_held_out_share_no_sentence_of_people(self) -> None:
        apart = [part for part in HELD_OUT if part != "kept"]
        sealed = [s for p in apart for s in load_scripts(CONVERSATIONS / p)]
        others = [s for p in EVERY_PART if p not in apart for s in load_scripts(CONVERSATIONS / p)]
        known = {item.text for script in others for item in script.items if len(item.text) > 12}
        live = [
            one for script in sealed for one in script.items if one.kind in ("agent", "customer")
        ]
        assert not known & {item.text for item in live}

    def test_nothing_that_is_said_in_parts_held_out_teaches(self) -> None:
        sets = load_rules(CONVERSATIONS.parents[1] / "rules" / "retail-bank").phrases
        taught = [one.taught for one in sets if one.taught is not None]
        known = {text for one in taught for text in (*one.sentences, *one.others)}
        assert len(known) > 5_000
        said = {
            item.text
            for part in HELD_OUT
            for script in load_scripts(CONVERSATIONS / part)
            for item in script.items
            if len(item.text) > 12
        }
        assert not known & said

    @pytest.mark.parametrize(
        "wrong",
        [
            "call: [{agent: 您好, customer: 您好}]",
            "call: [{agent: 您好, is: [hello]}]",
            "call: [{agent: 您好, afer: 2}]",
            "call: [{pause: 5}]",
            "call: [{agent: 您好}]\noutcomes: {passed: greeting}",
            "title: 没有通话",
        ],
    )
    def test_a_wrong_one_is_named(self, tmp_path: Path, wrong: str) -> None:
        path = tmp_path / "wrong.yaml"
        body = "title: 错\nvoices: {}\n" + wrong.replace("title: 没有通话", "")
        path.write_text(body, encoding="utf-8")
        with pytest.raises(ScriptError, match=r"wrong\.yaml"):
            load_script(path)


@settings(max_examples=25)
@given(st.lists(st.dictionaries(st.sampled_from(["text", "role"]), st.text(), min_size=1)))
def test_truth_is_written_as_it_is(rows: list[dict[str, str]]) -> None:
    import json

    facts = {"duration_ms": 5, "channel_roles": ["mixed"], "turns": rows, "outcomes": {}}
    assert json.loads(truth_text(facts)) == facts
