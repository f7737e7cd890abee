"""Known recordings: the table that staff edit, where they play, and what a call says then."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autoqa import acoustics, pipeline
from autoqa.cells import FORMULA_STARTS
from autoqa.errors import UsageError
from autoqa.events import interpret
from autoqa.i18n import language
from autoqa.prompts import (
    LABELS,
    TABLE,
    Entry,
    Library,
    load_library,
    read_table,
    with_prompts,
    write_table,
)
from autoqa.scoring import evidence
from autoqa.settings import Settings
from autoqa.types import Call, Channel, Event, EventKind, Role, Segment
from tests.builders import CONTACT
from tests.builders_transcriber import FakeTranscriber
from tests.prompts.sounds import audio, silence, voice, write_wav

AD, MENU, LIVE = voice(6, seed=1), voice(5, seed=2), voice(7, seed=3)
AD_TEXT, MENU_TEXT = "金秋分期火热办理中", "个人业务请按一"
WORDS = st.text(st.characters(exclude_categories=["C", "Z"]), max_size=8)


def library(folder: Path, *entries: Entry) -> Library:
    write_wav(folder / "clips/P001.wav", AD)
    write_wav(folder / "clips/P002.wav", MENU)
    known = entries or (
        Entry("P001", "ad", name="金秋分期", text=AD_TEXT, file="clips/P001.wav"),
        Entry("P002", text=MENU_TEXT, file="clips/P002.wav"),
    )
    write_table(folder, known)
    return load_library(folder, Settings())


def relabelled(known: Library, id_: str, **changes: str) -> Library:
    rows = [replace(one, **changes) if one.id == id_ else one for one in known.entries]  # type: ignore[arg-type]
    write_table(known.folder, rows)
    return load_library(known.folder, Settings())


def speaking(*seconds: tuple[float, float]) -> Channel:
    parts = tuple(Segment(round(a * 1000), round(b * 1000)) for a, b in seconds)
    return Channel(0, Role.UNKNOWN, parts)


# ---------------------------------------------------------------- the table


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.builds(
            Entry,
            id=st.integers(1, 999).map("P{:03}".format),
            label=st.sampled_from(["", *LABELS.values()]),
            guess=st.sampled_from(["", *LABELS.values()]),
            name=WORDS,
            text=WORDS.map("={}".format) | WORDS,
            seconds=st.integers(0, 999).map(lambda tenths: tenths / 10),
            calls=st.integers(0, 999),
            file=st.just("clips/a.wav"),
            extra=st.just({"备注": "问过营销部"}),
        ),
        max_size=4,
        unique_by=lambda one: one.id,
    ),
    st.sampled_from(["zh_CN", "en"]),
)
def test_what_was_written_is_read(tmp_path_factory, entries: list[Entry], spoken: str) -> None:
    folder = tmp_path_factory.mktemp("table")
    with language(spoken):
        write_table(folder, entries)
    assert read_table(folder) == entries


def test_excel_may_have_saved_it_its_own_way(tmp_path: Path) -> None:
    rows = "编号,名称,标签,我的列\r\nP001,金秋分期,公告,x\r\n\r\nP002,,不是录音,\r\n"
    (tmp_path / TABLE).write_bytes(rows.encode("gb18030"))
    first, second = read_table(tmp_path)
    assert (first.id, first.name, first.label, first.extra) == (
        "P001",
        "金秋分期",
        "notice",
        {"我的列": "x"},
    )
    assert second.label == "agent"
    assert read_table(tmp_path / "nowhere") == []


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("标签\n广告\n", "编号"),
        ("编号,标签\nP001,广吿\n", "广吿"),
        ("编号\nP001\nP001\n", "P001"),
        ("编号,标签\n,广告\n", "prompts.csv:2"),
    ],
)
def test_a_fault_says_what_and_where(tmp_path: Path, rows: str, told: str) -> None:
    (tmp_path / TABLE).write_text(rows, encoding="utf-8")
    with pytest.raises(UsageError, match=told):
        read_table(tmp_path)


def test_a_clip_that_is_missing_is_named(tmp_path: Path) -> None:
    write_table(tmp_path, [Entry("P001", "ad", file="clips/gone.wav")])
    with pytest.raises(UsageError, match=r"gone\.wav"):
        load_library(tmp_path, Settings())
    with pytest.raises(UsageError, match="nowhere"):
        load_library(tmp_path / "nowhere", Settings())


# ---------------------------------------------------------------- by sound


def test_a_recording_is_found_with_the_edges_of_its_voice(tmp_path: Path) -> None:
    call = audio(np.concatenate([silence(1), AD, silence(2), LIVE]))
    line = speaking((1.02, 6.9), (9.1, 15.9))
    [found] = library(tmp_path).find(call, [line], [])
    assert (found.prompt, found.start_ms, found.end_ms) == ("P001", 1_020, 6_900)
    assert found.label == found.text == ""


def test_what_only_leaks_over_is_not_found(tmp_path: Path) -> None:
    call = audio(np.concatenate([silence(1), AD]), np.concatenate([silence(1), 0.02 * AD]))
    lines = [speaking((1, 7)), replace(speaking(), index=1)]
    assert [one.channel for one in library(tmp_path).find(call, lines, [])] == [0]


def test_labels_names_and_wording_need_no_new_hearing(tmp_path: Path) -> None:
    known = library(tmp_path)
    version = known.version
    assert relabelled(known, "P002", label="menu", name="主菜单").version == version
    assert relabelled(known, "P001", text="别的话").version == version
    assert relabelled(known, "P001", label="agent").version != version


def test_what_seems_an_agents_own_is_not_looked_for_until_staff_say_so(tmp_path: Path) -> None:
    call = audio(np.concatenate([silence(1), AD]))
    row = Entry("P001", guess="agent", text=AD_TEXT, file="clips/P001.wav")
    known = library(tmp_path, row)
    line = [speaking((1.0, 7.0))]
    assert known.find(call, line, []) == ()
    assert len(relabelled(known, "P001", label="notice").find(call, line, [])) == 1


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_no_cell_runs_and_what_was_said_comes_back(tmp_path: Path, start: str) -> None:
    evil = f"{start}cmd|' /C calc'!A1"
    write_table(tmp_path, [Entry("P001", name=evil, text=evil, file=f"{evil}.ogg")])
    with (tmp_path / "prompts.csv").open(encoding="utf-8-sig", newline="") as file:
        _titles, row = csv.reader(file)
    assert not any(cell.startswith(FORMULA_STARTS) for cell in row)
    (entry,) = read_table(tmp_path)
    assert (entry.name, entry.text) == (evil, evil)


def test_an_empty_library_finds_nothing(tmp_path: Path) -> None:
    write_table(tmp_path, [])
    assert load_library(tmp_path, Settings()).find(audio(AD), [speaking((0, 6))], []) == ()


# ---------------------------------------------------------------- what it means for a call


@pytest.fixture(scope="module")
def heard(tmp_path_factory: pytest.TempPathFactory) -> tuple[Call, Library]:
    """A call of an advertisement, a menu broken off, and someone who speaks; and who knows the
    first two."""
    known = library(tmp_path_factory.mktemp("library"))
    agent = np.concatenate(
        [silence(1), AD, silence(1), MENU[: 3 * 8_000], silence(3), LIVE, silence(1)]
    )
    models = pipeline.Models(FakeTranscriber({}), known)
    [call] = pipeline.analyze([audio(agent, silence(1))], models)
    return call, known


def prompts_of(call: Call) -> list[Event]:
    return [one for one in call.events if one.kind is EventKind.RECORDED_PROMPT]


def test_known_recordings_are_not_transcribed_anew(heard: tuple[Call, Library]) -> None:
    call, known = heard
    assert [one.prompt for one in call.prompts] == ["P001", "P002"]
    assert call.stages["prompts"] == known.version
    assert min(one.start_ms for one in call.channels[0].unheard) > 11_000


def test_they_have_the_label_of_staff_and_the_text_of_the_library(
    heard: tuple[Call, Library],
) -> None:
    call, known = heard
    first, second = prompts_of(interpret(with_prompts(call, known), CONTACT))
    assert (first.measures["label"], first.measures["prompt"]) == ("ad", "P001")
    assert (first.measures["name"], first.measures["text"]) == ("金秋分期", AD_TEXT)
    assert abs(first.duration_ms - 6_000) <= 500
    assert second.measures["label"] == "menu", "nobody labelled it: its words say so"
    assert str(second.measures["text"]) != MENU_TEXT
    assert MENU_TEXT.startswith(str(second.measures["text"])), "it was broken off"


def test_a_label_outweighs_the_words(heard: tuple[Call, Library]) -> None:
    call, known = heard
    other = relabelled(known, "P002", label="queue")
    labels = [
        e.measures["label"] for e in prompts_of(interpret(with_prompts(call, other), CONTACT))
    ]
    assert labels == ["ad", "queue"]
    relabelled(known, "P002", label="")


def test_applied_twice_nothing_changes(heard: tuple[Call, Library]) -> None:
    call, known = heard
    once = interpret(with_prompts(call, known), CONTACT)
    assert interpret(with_prompts(once, known), CONTACT) == once


def test_music_by_label_is_music(heard: tuple[Call, Library]) -> None:
    call, known = heard
    tune = relabelled(known, "P001", label="music")
    named = with_prompts(call, tune)
    assert [one.kind for one in named.events if "prompt" in one.measures] == [EventKind.MUSIC]
    assert with_prompts(named, tune) == named
    relabelled(known, "P001", label="ad")


def test_evidence_says_which_advertisement_for_how_long_and_before_which_key() -> None:
    ad = Event(
        EventKind.RECORDED_PROMPT,
        0,
        6_000,
        measures={"label": "ad", "prompt": "P001", "name": "金秋分期", "before_key": "2"},
    )
    found = evidence.of_event(ad).message
    told = found.template.format(**found.params)
    assert "金秋分期" in told
    assert "6.0 s" in told
    assert "key 2" in told
    bare = evidence.of_event(replace(ad, measures={"label": "ad"})).message
    assert bare.template.format(**bare.params) == "advertisement of 6.0 s"


def test_the_speech_of_a_line_is_left_as_it_was_without_a_library() -> None:
    recording = audio(np.concatenate([silence(1), AD]))
    [call] = pipeline.analyze([recording], pipeline.Models(FakeTranscriber({})))
    assert call.prompts == ()
    assert "prompts" not in call.stages
    assert call.channels[0].speech == acoustics.listen(recording).channels[0].speech
