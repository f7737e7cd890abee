"""Speaking without the speech model: what is spelled, split, cached, and said when parts lack."""

from __future__ import annotations

import hashlib
import io
import tarfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench import speech
from bench.speech import Speaker, SpeechError, respell, split_text


@pytest.mark.parametrize(
    ("written", "spoken"),
    [
        ("我行为您办理", "我航卫您办理"),
        ("提前还款", "提前环款"),
        ("本期应还，三百元", "本期应环，三百元"),
        ("还有什么可以帮您", "还有什么可以帮您"),
        ("那还可以", "那还可以"),
        ("行不行", "行不行"),
        ("您说得很对", "您说的很对"),
        ("先生别着急", "先生别着急"),
    ],
)
def test_characters_that_would_be_misread_are_respelled(written: str, spoken: str) -> None:
    assert respell(written) == spoken


@given(st.text(alphabet="您好请稍等。！？，", max_size=200))
def test_splitting_loses_nothing_but_marks_at_the_start(text: str) -> None:
    assert "".join(split_text(text)) == text.lstrip("。！？")


def test_long_text_is_cut_after_sentences() -> None:
    sentence = "这是一个有二十个字左右的句子请您听清楚。"
    assert split_text(sentence * 4) == [sentence * 2, sentence * 2]


def test_a_missing_voice_is_one_sentence_with_the_command(tmp_path: Path) -> None:
    with pytest.raises(SpeechError, match=r"npm pack kokoro-js .* bench\.synthesize voices"):
        Speaker(cache=tmp_path)._style("zf_xiaobei")


def test_voices_come_out_of_the_package_and_mix(tmp_path: Path) -> None:
    package = tmp_path / "kokoro-js.tgz"
    with tarfile.open(package, "w:gz") as archive:
        for value, name in enumerate(speech.VOICES):
            data = np.full((speech.STYLE_ROWS, speech.STYLE_SIZE), value, np.float32).tobytes()
            member = tarfile.TarInfo(f"package/voices/{name}.bin")
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    assert speech.install_voices(package, tmp_path) == 8
    assert np.all(Speaker(cache=tmp_path)._style("zf_xiaoni+zm_yunxi") == 3.0)
    assert np.allclose(Speaker(cache=tmp_path)._style("0.75*zf_xiaoni+0.25*zm_yunxi"), 2.0)


def test_a_damaged_model_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "part.bin").write_bytes(b"not a model")
    monkeypatch.setattr(speech, "_package_folder", lambda package: tmp_path)
    cache = tmp_path / "cache"
    with pytest.raises(SpeechError, match="wrong SHA-256"):
        speech.assemble_model(cache)
    assert list(cache.iterdir()) == []


def test_a_sound_model_is_joined_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "part.bin").write_bytes(b"part")
    monkeypatch.setattr(speech, "_package_folder", lambda package: tmp_path)
    monkeypatch.setattr(speech, "MODEL_SHA256", hashlib.sha256(b"part" * 4).hexdigest())
    path = speech.assemble_model(tmp_path / "cache")
    assert path.read_bytes() == b"part" * 4
    assert speech.assemble_model(tmp_path / "cache") == path


def test_what_was_spoken_once_is_not_spoken_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wave = 0.1 * np.sin(np.arange(2400) / 10).astype(np.float32)
    spoken: list[str] = []

    def synthesize(self: Speaker, text: str, voice: str, speed: float) -> speech.Samples:
        spoken.append(text)
        return np.asarray(wave, dtype=np.float32)

    monkeypatch.setattr(Speaker, "_synthesize", synthesize)
    first, again = (Speaker(cache=tmp_path).speak("您好。", "zf_xiaoni") for _ in range(2))
    Speaker(cache=tmp_path).speak("您好。", "zm_yunxi")
    assert spoken == ["您好。", "您好。"]
    assert np.array_equal(first, again)
    assert np.allclose(first, wave, atol=1e-3)
