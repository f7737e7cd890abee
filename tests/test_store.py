"""The store keeps what was heard and scored, whole, once, and for several processes."""

import multiprocessing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from autoqa.errors import StoreError
from autoqa.store import Store, hearing_key, store_url
from autoqa.types import (
    Answer,
    Call,
    Channel,
    Contact,
    Event,
    EventKind,
    Party,
    Question,
    Recording,
    Role,
    Scorecard,
    Segment,
    Total,
    Utterance,
    Word,
)
from tests.databases import execute, url_of

pytestmark = pytest.mark.usefixtures("on_both")

CALL = Call(
    recording=Recording("a" * 64, 8000, 2, 60_000, "pcm_alaw"),
    channels=(Channel(0, Role.UNKNOWN, (Segment(100, 900),), speech_dbfs=-21.5),),
    utterances=(
        Utterance(0, Role.UNKNOWN, 100, 900, "您好", (Word(100, 900, "您好", 0.93),), 0.93),
    ),
    events=(Event(EventKind.DTMF, 5, 90, channel=1, measures={"key": "0"}),),
    heard=(EventKind.DTMF,),
    model="base:int8",
    stages={"words": 1},
)
QUESTION = Question("closing", ("感谢您的来电",), Role.AGENT, 50_000, 60_000)
HEARING = hearing_key(CALL.model, CALL.stages)


def scorecard(version: str = "v1") -> Scorecard:
    total = Total("", Party.AGENT, Decimal("7.5"), Decimal(0), Decimal(10), *[Decimal(75)] * 3)
    return Scorecard("form", version, (), (), total, total, Decimal(60), True, False)


@pytest.fixture
def url(tmp_path: Path) -> str:
    return url_of(tmp_path / "qa.db")


def test_what_was_heard_comes_back_the_same(url: str) -> None:
    with Store(url) as store:
        store.put_call(CALL)
    with Store(url) as store:
        assert store.call(CALL.recording.id, HEARING) == CALL


def test_other_ears_have_not_heard_it(url: str) -> None:
    with Store(url) as store:
        store.put_call(CALL)
        assert store.call(CALL.recording.id, hearing_key("base:int8", {"words": 2})) is None
        assert store.call(CALL.recording.id, hearing_key("large:int8", {"words": 1})) is None


def test_stage_versions_name_the_hearing_in_any_order() -> None:
    assert hearing_key("m", {"a": 1, "b": 2}) == hearing_key("m", {"b": 2, "a": 1})


def test_an_answer_is_found_by_its_question_only(url: str) -> None:
    answer = Answer(QUESTION, said=False, margin_nats=-31.0)
    later = replace(QUESTION, start_ms=QUESTION.start_ms + 1)
    with Store(url) as store:
        store.put_answers(CALL.recording.id, HEARING, [answer])
        assert store.answers(CALL.recording.id, HEARING, [later, QUESTION]) == [answer]
        assert store.answers("b" * 64, HEARING, [QUESTION]) == []


def test_a_scorecard_is_kept_once_and_never_changed(url: str) -> None:
    contact = Contact("call-1", "a.wav", agent_id="8026")
    with Store(url) as store:
        for version in ("v1", "v1", "v2"):
            store.put_scorecard(contact, CALL, scorecard(version))
        assert [card.rule_set_version for card in store.scorecards("call-1")] == ["v1", "v2"]
        assert store.scorecards("call-1")[0] == scorecard("v1")
        assert store.scorecards("call-2") == []


def test_what_is_scored_is_scored_as_this_call_by_these_rules(url: str) -> None:
    contact = Contact("call-1", "a.wav", agent_id="8026")
    with Store(url) as store:
        store.put_scorecard(contact, CALL, scorecard("v1"))
        assert store.is_scored(contact, CALL.recording.id, "v1")
        assert not store.is_scored(contact, CALL.recording.id, "v2")
        assert not store.is_scored(contact, "b" * 64, "v1")
        assert not store.is_scored(replace(contact, agent_id="1"), CALL.recording.id, "v1")
        assert not store.is_scored(replace(contact, call_id="call-2"), CALL.recording.id, "v1")


def test_another_version_of_the_store_is_refused_in_one_sentence(url: str) -> None:
    Store(url).close()
    execute(url, "UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="another version"):
        Store(url)


@pytest.mark.parametrize("content", [b"not a database at all" * 100])
def test_a_file_that_is_no_store_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "qa.db"
    path.write_bytes(content)
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(store_url(str(path)))


@pytest.mark.parametrize("url", ["nonsense", "mongo://x/y", "sqlite:////no/such/folder/x.db"])
def test_a_wrong_url_is_one_sentence(url: str) -> None:
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(url)


def test_a_password_is_never_shown() -> None:
    with pytest.raises(StoreError) as caught:
        Store("postgresql+nodriver://qa:secret@127.0.0.1/qa")
    assert "secret" not in str(caught.value)


def _write(url: str, number: int) -> None:
    with Store(url) as store:
        for step in range(25):
            recording = replace(CALL.recording, id=f"{number}-{step}")
            store.put_call(replace(CALL, recording=recording))
            store.put_call(CALL)


def test_processes_that_write_at_once_lose_nothing(url: str) -> None:
    Store(url).close()
    context = multiprocessing.get_context("spawn")
    writers = [context.Process(target=_write, args=(url, number)) for number in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    assert execute(url, "SELECT count(*) FROM calls") == [(76,)]
