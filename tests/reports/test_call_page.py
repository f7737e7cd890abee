"""The page of a call shows what was decided, why, and where to hear it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from autoqa.i18n import language
from autoqa.reports.call_page import call_html
from autoqa.types import Call, Contact, Leg, Outcome, Scorecard
from tests.reports.html import Element, parse
from tests.reports.samples import RATIONALES, clips_of, samples


def page(name: str, lang: str = "en", *, has_clips: bool = True) -> Element:
    call, contact, card = samples()[name]
    with language(lang):
        clips = clips_of(call, card) if has_clips else ()
        return parse(call_html(call, contact, card, clips, RATIONALES))


def finding(page: Element, rule_id: str) -> Element:
    (found,) = [e for e in page.all("article", "finding") if e.attributes["id"] == rule_id]
    return found


def test_score_has_its_range_mark_and_verdict() -> None:
    (hero,) = page("rich").all(css="hero")
    assert "77.8" in hero.words
    assert "64.2–77.9" in hero.words
    assert "pass mark 80" in hero.words
    assert [badge.words for badge in hero.all(css="badge")] == ["failed", "provisional"]


def test_fatal_rule_is_named_beside_the_score() -> None:
    (hero,) = page("fatal").all(css="hero")
    assert "Fatal: 不承诺收益" in hero.words
    assert hero.all(css="badge")[0].words == "failed (fatal rule)"


def test_what_failed_comes_first_and_what_does_not_apply_last() -> None:
    told = page("rich").all(css="findings")[0]
    groups = [group.words for group in told.all("h2")]
    assert groups == ["failed 4", "to review 2", "passed 12", "not applicable 1"]


def test_finding_shows_points_reason_rationale_and_each_occurrence() -> None:
    thanked = finding(page("rich", "zh_CN"), "hold-thanked")
    assert "−8 0 / 8 分" in thanked.words
    assert "应说而未说" in thanked.words
    assert "《服务规范》第十二条" in thanked.words
    first, second = thanked.all(css="case")
    assert "合格" in first.words and "感谢您的耐心等待" in first.words
    assert "不合格" in second.words and "两次识别均未听到" in second.words


def test_reason_that_the_evidence_repeats_is_told_once() -> None:
    call, contact, card = samples()["rich"]
    heard = next(f for f in card.findings if f.rule_id == "interruption")
    message = heard.occurrences[0].evidence[0].message
    only = replace(card, findings=(replace(heard, reason=message),))
    told = parse(call_html(call, contact, only)).all(css="findings")[0].words
    assert told.count("坐席抢话 1.9 秒") == 1


def test_rationale_is_read_out_where_points_are_lost_or_open() -> None:
    rich = page("rich")
    told = [e.words for e in rich.all(css="rationale")]
    assert len(told) == 3
    assert not finding(rich, "greeting").all(css="rationale")


def test_undetermined_points_are_open_not_lost() -> None:
    (points,) = finding(page("rich"), "dead-air").all(css="points")
    assert points.words == "5 points open"


def test_match_by_sound_says_how_sure_it_is() -> None:
    assert "matched by sound, 82% sure" in finding(page("rich"), "staff-id").words


def test_evidence_plays_from_a_clip_that_is_in_the_page() -> None:
    rich = page("rich")
    (data,) = [s for s in rich.all("script") if "type" in s.attributes]
    clips = json.loads("".join(child.text for child in data.children))["clips"]
    buttons = [b for b in rich.all("button", "play") if "data-clip" in b.attributes]
    assert len(buttons) > 10
    for button in buttons:
        clip = clips[int(button.attributes["data-clip"])]
        at_ms = clip["start"] + 1000 * float(button.attributes["data-from"])
        assert clip["src"].startswith("data:audio/ogg;base64,")
        assert at_ms <= int(button.attributes["data-at"]) < clip["end"]


def test_without_clips_evidence_still_has_its_place() -> None:
    rich = page("rich", has_clips=False)
    assert not [b for b in rich.all("button") if "data-clip" in b.attributes]
    assert "2:20–2:30" in finding(rich, "hold-thanked").words


def test_words_of_evidence_are_marked_with_the_outcome() -> None:
    marks = [(mark.words, mark.classes[0]) for mark in page("fatal").all("mark")]
    assert ("稳赚不赔", "failed") in marks
    assert ("随便你问谁", "undetermined") in marks
    assert ("您好，工号六六一八为您服务", "passed") in marks


def test_every_pin_of_the_picture_leads_to_an_occurrence() -> None:
    rich = page("rich")
    targets = [e.attributes["data-target"] for e in rich.all() if "data-target" in e.attributes]
    anchors = {e.attributes["id"] for e in rich.all() if "id" in e.attributes}
    assert targets
    assert set(targets) <= anchors


def test_remark_on_the_recording_is_seen() -> None:
    assert "录音不完整，结尾缺 12 秒" in page("fatal").all(css="remark")[0].words


def test_empty_call_says_that_nothing_was_heard() -> None:
    told = page("empty").words
    assert "Nothing was said" in told
    assert "nothing to score" in told


@pytest.mark.parametrize("outcome", list(Outcome))
def test_any_single_finding_makes_a_page(outcome: Outcome) -> None:
    call, contact, card = samples()["rich"]
    only = replace(card, findings=(replace(card.findings[5], outcome=outcome),))
    assert card.findings[5].name in parse(call_html(call, contact, only)).words


def test_evidence_says_which_agents_part_it_is_from_where_there_are_several() -> None:
    call, contact, card = samples()["rich"]
    legs = (Leg(0, 100_000, "8026"), Leg(100_000, call.duration_ms, None))
    assert notes_of(replace(call, legs=legs[:1]), contact, card).isdisjoint({"agent 1 (8026)"})
    assert {"agent 1 (8026)", "agent 2"} <= notes_of(replace(call, legs=legs), contact, card)


def notes_of(call: Call, contact: Contact, card: Scorecard) -> set[str]:
    """What is noted of pieces of evidence."""
    with language("en"):
        page = parse(call_html(call, contact, card))
    return {note.words for item in page.all(css="evidence") for note in item.all(css="small")}
