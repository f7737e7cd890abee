"""The evidence of a score in one file: it stands, or it is said why not."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

from autoqa.audio import content_id
from autoqa.bundle.file import Bundle, bundle_html, read_bundle
from autoqa.bundle.making import make_bundle
from autoqa.bundle.verifying import Verdict, verify
from autoqa.errors import UsageError
from autoqa.i18n import language, render
from autoqa.scoring.dialogue import read_dialogue
from autoqa.scoring.evaluate import score
from autoqa.scoring.load import load_rules
from autoqa.settings import Settings
from autoqa.store import RECORDINGS, Recordings, Store
from tests.databases import url_of

ROOT = Path(__file__).parents[2]
RULES = ROOT / "rules" / "example-bank"
SOUND = ROOT / "examples" / "balance-good.wav"
BEIJING = timezone(timedelta(hours=8))
ODD: list[Any] = [
    None,
    -1,
    10**30,
    1e308,
    float("inf"),
    "NaN",
    "1E+999999",
    "",
    [],
    {},
    True,
    "../x",
]
CALL = "甲<script>.wav"
SAID = """
客户: 请问金卡年费多少？我的身份证是110101199003074518。
坐席: 金卡年费是五百元。
"""


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = url_of(tmp_path / "qa.db")
    rules = load_rules(RULES)
    call, contact = read_dialogue(SAID)
    recording = replace(call.recording, id=content_id([SOUND]))
    call = replace(call, recording=recording)
    contact = replace(
        contact, call_id=CALL, file=CALL, started_at=datetime(2026, 11, 2, 9, tzinfo=BEIJING)
    )
    with Store(url) as store, store.begin():
        store.put_call(call)
        Recordings(store, tmp_path / RECORDINGS).note(recording.id, [SOUND])
        store.put_scorecard(contact, call, score(call, contact, rules)[0])
    return url


@pytest.fixture
def file(tmp_path: Path, url: str) -> Path:
    with Store(url) as store, language("en"):
        made = make_bundle(store, url, CALL, Settings(data_dir=tmp_path), RULES)
    assert made.is_heard
    path = tmp_path / "bundle.html"
    path.write_text(made.page, "utf-8", newline="")
    return path


def said(verdict: Verdict) -> str:
    return verdict.sentence


def verified(file: Path, url: str | None = None, *recording: Path) -> Verdict:
    with language("en"):
        return verify(file, Settings(), url, recording)


def test_it_stands_by_itself_in_its_store_and_with_its_recording(file: Path, url: str) -> None:
    alone = verified(file)
    assert alone.stands
    assert "--store" in "".join(alone.notes)
    whole = verified(file, url, SOUND)
    assert whole.stands
    assert "the store has the same call" in said(whole)
    assert "the recording is the one" in said(whole)


def test_nothing_personal_and_nothing_that_runs_is_in_it(file: Path) -> None:
    page = file.read_text("utf-8")
    assert "110101199003074518" not in page
    assert "甲<script>" not in page
    assert "gold-annual-fee" in page
    assert page.count("<script") == 3


def test_another_recording_is_told(file: Path) -> None:
    verdict = verified(file, None, ROOT / "examples" / "bill-hold-good.wav")
    assert not verdict.stands
    assert "not the one that was scored" in said(verdict)


def _again(file: Path, change: Callable[[Bundle], Bundle]) -> Verdict:
    """Of a bundle whose data were changed and whose page was made anew from them."""
    bundle, clips, _page = read_bundle(file)
    changed = change(bundle)
    page = bundle_html(changed, clips, load_rules(RULES))
    file.write_text(page, "utf-8", newline="")
    return verified(file)


def test_a_score_that_was_written_higher_does_not_stand(file: Path) -> None:
    def higher(bundle: Bundle) -> Bundle:
        card = bundle.scorecard
        total = replace(card.agent, score=card.pass_mark)
        return replace(bundle, scorecard=replace(card, agent=total, passed=True))

    verdict = _again(file, higher)
    assert not verdict.stands
    assert "its points come to 0" in said(verdict)


def test_words_that_were_changed_come_out_otherwise(file: Path, url: str) -> None:
    def kinder(bundle: Bundle) -> Bundle:
        utterances = tuple(
            replace(one, text=one.text.replace("五百", "三百")) for one in bundle.call.utterances
        )
        turns = tuple(
            replace(one, text=one.text.replace("五百", "三百")) for one in bundle.call.turns
        )
        return replace(bundle, call=replace(bundle.call, utterances=utterances, turns=turns))

    verdict = _again(file, kinder)
    assert not verdict.stands
    assert "业务解答正确" in said(verdict)
    assert "the store has other words" in said(verified(file, url))


def test_other_rules_than_those_it_names_are_told(file: Path) -> None:
    def other(bundle: Bundle) -> Bundle:
        name = "knowledge/cards.yaml"
        changed = bundle.files[name].replace("300元".encode(), "500元".encode())
        return replace(bundle, files={**bundle.files, name: changed})

    assert "are not the rules" in said(_again(file, other))


def test_a_page_that_shows_another_thing_than_its_data_is_told(file: Path) -> None:
    page = file.read_text("utf-8")
    shown = "<q>金卡年费是五百元</q>"
    assert shown in page
    file.write_text(page.replace(shown, "<q>金卡年费是三百元</q>"), "utf-8", newline="")
    assert "what its page shows" in said(verified(file))


@pytest.mark.parametrize(
    "change",
    [
        lambda one: replace(one, files={"../../out.yaml": b"rules: []"}),
        lambda one: replace(one, files={"/tmp/out.yaml": b"rules: []"}),
        lambda one: replace(one, kind="autoqa/bundle 9"),
        lambda one: replace(one, language="../x"),
        lambda one: replace(
            one,
            call=replace(one.call, recording=replace(one.call.recording, duration_ms=10**15)),
        ),
    ],
    ids=["path above", "path from the root", "kind", "language", "endless"],
)
def test_a_crafted_bundle_is_refused(file: Path, change: Callable[[Bundle], Bundle]) -> None:
    bundle, _clips, page = read_bundle(file)
    head, _sep, rest = page.partition('id="bundle">')
    tail = rest[rest.index("</script>") :]
    data = msgspec.json.encode(change(bundle)).decode().replace("<", "\\u003c")
    file.write_text(f'{head}id="bundle">{data}{tail}', "utf-8", newline="")
    with pytest.raises(UsageError):
        verified(file)


def _value(data: DataObject, of: Any) -> tuple[Any, Any]:
    """Somewhere in it: what holds it, and its place there."""
    while True:
        places = list(of) if isinstance(of, dict) else list(range(len(of)))
        place = data.draw(st.sampled_from(places))
        if not (isinstance(of[place], dict | list) and of[place]):
            return of, place
        of = of[place]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_whatever_is_written_into_it_is_told_in_a_sentence(file: Path, data: DataObject) -> None:
    page = file.read_text("utf-8")
    piece = data.draw(st.sampled_from(["bundle", "bundle", "data"]))
    head, mark, rest = page.partition(f'id="{piece}">')
    end = rest.index("</script>")
    content = json.loads(rest[:end])
    holder, place = _value(data, content)
    holder[place] = data.draw(st.sampled_from(ODD))
    odd = file.with_name("odd.html")
    changed = json.dumps(content).replace("<", "\\u003c")
    odd.write_text(head + mark + changed + rest[end:], "utf-8", newline="")
    try:
        assert said(verified(odd))
    except UsageError as refused:
        assert "odd.html" in render(refused.message)


@pytest.mark.parametrize("content", [b"", b"<html>", b"\xff\xfe", b"x" * 100])
def test_what_is_no_bundle_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "no.html"
    path.write_bytes(content)
    with pytest.raises(UsageError):
        verified(path)


def test_rules_that_nobody_published_have_to_be_given(tmp_path: Path, url: str) -> None:
    with Store(url) as store, pytest.raises(UsageError, match="--rules"):
        make_bundle(store, url, CALL, Settings(data_dir=tmp_path))
